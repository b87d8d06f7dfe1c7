// SPDX-License-Identifier: GPL-2.0-only
/*
 * Runs a fuzz target over mutated inputs of its corpus in a loop, without sanitizers and without a look at
 * what the inputs reach: many times as fast as libFuzzer, for faults that only numbers find.
 *
 *	blind CORPUS SECONDS [SEED]
 *
 * The input that fails is left in the working folder as blind-crash-<pid>.
 */
#include <dirent.h>
#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

#define LEN_MAX 4096
/* The shortest piece of a seed, and how often it is doubled at most: up to LEN_MAX. */
#define LEN_MIN 16
#define LEN_STEPS 8
#define SEEDS_MAX 4096
#define CHANGES_MAX 8
/* Inputs between two looks at the clock; and those that take so many seconds of CPU time have failed. */
#define ROUND 1024
#define PATIENCE 20
#define REPORT_SECONDS 60

struct input {
	size_t len;
	uint8_t bytes[LEN_MAX];
};

struct piece {
	size_t len;
	const uint8_t *bytes;
};

static struct input seeds[SEEDS_MAX], now;
static size_t n_seeds;
static uint64_t random_state;

static uint64_t any(uint64_t below)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return below ? random_state % below : 0;
}

static void on_failure(int signal_number)
{
	char name[32];
	int fd;

	snprintf(name, sizeof(name), "blind-crash-%d", (int)getpid());
	fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	if (fd < 0 || write(fd, now.bytes, now.len) != (ssize_t)now.len)
		_exit(2);
	signal(signal_number, SIG_DFL);
	raise(signal_number);
}

/*
 * A piece of @from, of any order of magnitude: a log that begins or ends in the middle of a line is the rule
 * in the field, and many short inputs find more in the same time than a few long ones.
 */
static struct piece a_piece(const struct input *from)
{
	size_t len = (size_t)LEN_MIN << any(LEN_STEPS);

	len += any(len);
	if (len > from->len)
		len = from->len;
	return (struct piece){ len, &from->bytes[any(from->len - len + 1)] };
}

/* A piece of @from into the place of a piece of the input. */
static void replace(const struct input *from)
{
	const size_t at = any(now.len + 1), drop = any(2) ? any(now.len - at + 1) : 0;
	const size_t behind = now.len - at - drop;
	struct piece piece = a_piece(from);

	if (piece.len > LEN_MAX - at - behind)
		piece.len = LEN_MAX - at - behind;
	memmove(&now.bytes[at + piece.len], &now.bytes[at + drop], behind);
	memcpy(&now.bytes[at], piece.bytes, piece.len);
	now.len = at + piece.len + behind;
}

static void change(void)
{
	static const char marks[] = "\n\r\0 :[]()<>+/0x9-?.\033\377";
	static struct input self;
	const size_t at = any(now.len);

	switch (any(6)) {
	case 0:
		now.bytes[at] ^= (uint8_t)(1 << any(8));
		break;
	case 1:
		now.bytes[at] = (uint8_t)any(256);
		break;
	case 2:
		now.bytes[at] = (uint8_t)marks[any(sizeof(marks) - 1)];
		break;
	case 3:
		now.len = at;
		break;
	case 4:
		self = now;
		replace(&self);
		break;
	default:
		replace(&seeds[any(n_seeds)]);
		break;
	}
}

static void take_seed(void)
{
	const struct piece piece = a_piece(&seeds[any(n_seeds)]);

	now.len = piece.len;
	memcpy(now.bytes, piece.bytes, piece.len);
}

static void run_one(void)
{
	take_seed();
	for (uint64_t n = 1 + any(CHANGES_MAX); n; n--)
		change();
	LLVMFuzzerTestOneInput(now.bytes, now.len);
}

static void read_seed(const char *folder, const char *name)
{
	struct input *seed = &seeds[n_seeds];
	char path[512];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	fd = open(path, O_RDONLY);
	n = fd < 0 ? -1 : read(fd, seed->bytes, LEN_MAX);
	if (fd >= 0)
		close(fd);
	if (n <= 0)
		return;
	seed->len = (size_t)n;
	n_seeds++;
}

static void read_corpus(const char *folder)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;

	while (dir && n_seeds < SEEDS_MAX && (entry = readdir(dir)))
		read_seed(folder, entry->d_name);
	if (dir)
		closedir(dir);
}

static void report(uint64_t runs, time_t since)
{
	const long seconds = (long)(time(NULL) - since);

	printf("%llu inputs in %ld s, %llu in a second\n", (unsigned long long)runs, seconds,
	       (unsigned long long)(runs / (uint64_t)(seconds ? seconds : 1)));
	fflush(stdout);
}

int main(int argc, char **argv)
{
	const struct itimerval patience = { .it_value.tv_sec = PATIENCE };
	const time_t begin = time(NULL);
	time_t told = begin;
	uint64_t runs = 0;
	long seconds;

	if (argc < 3)
		return 2;
	seconds = atol(argv[2]);
	random_state = argc > 3 ? strtoull(argv[3], NULL, 0) : (uint64_t)begin << 16 | 1;
	printf("seed %llu\n", (unsigned long long)random_state);
	read_corpus(argv[1]);
	if (!n_seeds || !random_state)
		return 2;
	/* The decoder is larger than what malloc() asks the kernel for anew each time. */
	mallopt(M_MMAP_THRESHOLD, 64 << 20);
	mallopt(M_TRIM_THRESHOLD, 64 << 20);
	for (int *s = (int[]){ SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL, SIGVTALRM, 0 }; *s; s++)
		signal(*s, on_failure);
	while (time(NULL) - begin < seconds) {
		setitimer(ITIMER_VIRTUAL, &patience, NULL);
		for (int i = 0; i < ROUND; i++)
			run_one();
		runs += ROUND;
		if (time(NULL) - told < REPORT_SECONDS)
			continue;
		report(runs, begin);
		told = time(NULL);
	}
	report(runs, begin);
	return 0;
}
