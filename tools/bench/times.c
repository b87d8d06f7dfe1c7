// SPDX-License-Identifier: GPL-2.0-only
/*
 * bench-times: what takes how long on the kernel's monotonic clock, in nanoseconds, without a shell
 * in between; and a crowd of other processes. See the usage text.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define NOTIFY_PATH "/tmp/bench-times.notify"

static const char usage_text[] =
	"usage: bench-times write FILE TEXT      open, and write with close: two times\n"
	"       bench-times read FILE N          open, read and close, the mean of N\n"
	"       bench-times run N COMMAND...     the mean of N runs of the command\n"
	"       bench-times ready COMMAND...     until a service says READY=1; it is ended then\n"
	"       bench-times crowd N FILES        be N more processes with FILES open descriptors each\n";

static uint64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ULL + t.tv_nsec;
}

static _Noreturn void fail(const char *what)
{
	fprintf(stderr, "bench-times: %s: %s\n", what, strerror(errno));
	exit(1);
}

static unsigned int number(const char *text)
{
	char *end;
	const unsigned long n = strtoul(text, &end, 10);

	if (!*text || *end || !n || n > 100000) {
		fprintf(stderr, "bench-times: '%s' is no number from 1 to 100000\n", text);
		exit(2);
	}
	return n;
}

static void time_write(char **args)
{
	const uint64_t begin = now();
	const int fd = open(args[0], O_WRONLY);
	const uint64_t opened = now();

	if (fd < 0)
		fail(args[0]);
	if (write(fd, args[1], strlen(args[1])) < 0)
		fail(args[1]);
	close(fd);
	printf("%llu %llu\n", (unsigned long long)(opened - begin),
	       (unsigned long long)(now() - opened));
}

static void time_read(char **args)
{
	const unsigned int n = number(args[1]);
	const uint64_t begin = now();
	char text[64];
	unsigned int i;
	int fd;

	for (i = 0; i < n; i++) {
		fd = open(args[0], O_RDONLY);
		if (fd < 0 || read(fd, text, sizeof(text)) < 0)
			fail(args[0]);
		close(fd);
	}
	printf("%llu\n", (unsigned long long)((now() - begin) / n));
}

static pid_t start(char **command)
{
	const pid_t pid = fork();

	if (pid < 0)
		fail("fork");
	if (!pid) {
		execvp(command[0], command);
		fail(command[0]);
	}
	return pid;
}

static void end_well(pid_t pid, const char *name)
{
	int status;

	if (waitpid(pid, &status, 0) < 0)
		fail(name);
	if (!WIFEXITED(status) || WEXITSTATUS(status)) {
		fprintf(stderr, "bench-times: %s ended with wait status %#x\n", name, status);
		exit(1);
	}
}

static void time_run(char **args)
{
	const unsigned int n = number(args[0]);
	const uint64_t begin = now();
	unsigned int i;

	for (i = 0; i < n; i++)
		end_well(start(args + 1), args[1]);
	fprintf(stderr, "%llu\n", (unsigned long long)((now() - begin) / n));
}

static int listen_as_systemd(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = NOTIFY_PATH };
	const int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	unlink(NOTIFY_PATH);
	if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
		fail(NOTIFY_PATH);
	setenv("NOTIFY_SOCKET", NOTIFY_PATH, 1);
	return fd;
}

static void time_ready(char **args)
{
	const int fd = listen_as_systemd();
	const uint64_t begin = now();
	const pid_t pid = start(args);
	char text[256] = "";

	while (!strstr(text, "READY=1")) {
		const ssize_t n = recv(fd, text, sizeof(text) - 1, 0);

		if (n < 0)
			fail("recv");
		text[n] = '\0';
	}
	fprintf(stderr, "%llu\n", (unsigned long long)(now() - begin));
	kill(pid, SIGTERM);
	end_well(pid, args[0]);
	unlink(NOTIFY_PATH);
}

/* As daemons are: nothing to read or print to, and files, pipes, sockets and events in about equal parts. */
static void be_one(unsigned int files)
{
	const int null = open("/dev/null", O_RDWR);
	unsigned int n;
	int fd = 0, pair[2];

	for (n = 0; n < 3; n++)
		dup2(null, (int)n);
	close(null);
	while (n < files && fd >= 0) {
		switch (n % 5) {
		case 0:
			fd = open("/proc/self/exe", O_RDONLY);
			break;
		case 1:
			fd = socket(AF_UNIX, SOCK_DGRAM, 0);
			break;
		case 2:
			fd = eventfd(0, 0);
			break;
		default:
			fd = pipe(pair);
			n++;
		}
		n++;
	}
	if (fd < 0)
		_exit(1);
	for (;;)
		pause();
}

/* Until SIGTERM, which ends all of its process group. */
static void crowd(char **args)
{
	const unsigned int n = number(args[0]), files = number(args[1]);
	unsigned int i;

	setpgid(0, 0);
	for (i = 0; i < n; i++) {
		const pid_t pid = fork();

		if (pid < 0)
			fail("fork");
		if (!pid)
			be_one(files);
	}
	printf("ready\n");
	fflush(stdout);
	for (;;)
		pause();
}

static const struct {
	const char *name;
	int n_args;
	void (*run)(char **args);
} commands[] = {
	{ "write", 2, time_write }, { "read", 2, time_read }, { "run", 2, time_run },
	{ "ready", 1, time_ready }, { "crowd", 2, crowd },
};

int main(int argc, char **argv)
{
	size_t i;

	for (i = 0; argc > 1 && i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (strcmp(argv[1], commands[i].name) || argc - 2 < commands[i].n_args)
			continue;
		commands[i].run(argv + 2);
		return 0;
	}
	fputs(usage_text, stderr);
	return 2;
}
