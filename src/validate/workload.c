// SPDX-License-Identifier: GPL-2.0-only
/* The sending processes, and the board in shared memory by which they are directed. */
#include "validate/workload.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "system/files.h"
#include "validate/target.h"

/* Below the payload of an rpmsg buffer, 496 bytes, that rpmsg_char does not split. */
#define MESSAGE_SIZE 240

/* Writes of a thread after which it counts as busy, and how long one that does not come back may take. */
#define BUSY_WRITES 5
#define BLOCKED_NS 500000000ULL

/* Between two attempts of a write that failed. */
#define RETRY_MS 1

struct thread {
	atomic_ullong writes;
	atomic_ullong round_writes;
	atomic_ullong inside_since_ns; /* 0: not in a write */
	atomic_uint done;	       /* the last round that it has left */
};

struct device {
	atomic_uint opened, closed; /* the last round in which it was */
	atomic_int open_error;	    /* positive, of the last attempt */
	struct thread threads[SENDERS_MAX];
};

/* Shared by all processes. */
struct board {
	atomic_uint round; /* odd: send; even: rest */
	atomic_bool quit;
	struct device devices[VALIDATE_DEVICES_MAX];
};

struct workload {
	struct board *board;
	const struct validate_run *run;
	pid_t pids[VALIDATE_DEVICES_MAX];
};

/* One sending process. */
struct process {
	struct board *board;
	struct device *device;
	const char *target;
	unsigned int n_threads;
	pid_t parent;
	int fd;
};

struct worker {
	struct process *process;
	struct thread *thread;
};

static bool is_odd(unsigned int round)
{
	return round & 1;
}

/* Signals would make a sender that sleeps on a full ring spin, so it looks after its parent itself. */
static bool is_over(const struct process *p)
{
	return atomic_load(&p->board->quit) || getppid() != p->parent;
}

static void write_once(struct worker *w)
{
	static const char message[MESSAGE_SIZE] = "rpmsg-guard validate";
	struct thread *t = w->thread;
	ssize_t n;

	atomic_store(&t->inside_since_ns, clock_ns());
	n = write(w->process->fd, message, sizeof(message));
	atomic_store(&t->inside_since_ns, 0);
	if (n <= 0) {
		pause_ms(RETRY_MS);
		return;
	}
	atomic_fetch_add(&t->writes, 1);
	atomic_fetch_add(&t->round_writes, 1);
}

static void *send_rounds(void *arg)
{
	struct worker *w = arg;
	struct process *p = w->process;

	for (;;) {
		const unsigned int round = atomic_load(&p->device->opened);

		if (round == atomic_load(&w->thread->done)) {
			pause_ms(1);
			continue;
		}
		while (atomic_load(&p->board->round) == round && !is_over(p))
			write_once(w);
		atomic_store(&w->thread->done, round);
	}
	return NULL;
}

static bool all_left(const struct process *p, unsigned int round)
{
	for (unsigned int i = 0; i < p->n_threads; i++)
		if (atomic_load(&p->device->threads[i].done) != round)
			return false;
	return true;
}

static void open_for(struct process *p, unsigned int round)
{
	do {
		p->fd = target_open(p->target);
		if (p->fd >= 0)
			break;
		atomic_store(&p->device->open_error, -p->fd);
		pause_ms(5);
	} while (atomic_load(&p->board->round) == round && !is_over(p));
}

static void one_round(struct process *p, unsigned int round)
{
	open_for(p, round);
	if (p->fd >= 0) {
		for (unsigned int i = 0; i < p->n_threads; i++)
			atomic_store(&p->device->threads[i].round_writes, 0);
		atomic_store(&p->device->opened, round);
		/* A thread that the kernel has killed in an oops never leaves. */
		while (!all_left(p, round) && !atomic_load(&p->board->quit))
			pause_ms(1);
		close(p->fd);
	}
	atomic_store(&p->device->closed, round);
}

static void serve(struct process *p)
{
	unsigned int last = 0;

	while (!is_over(p)) {
		const unsigned int round = atomic_load(&p->board->round);

		if (is_odd(round) && round != last) {
			one_round(p, round);
			last = round;
		} else {
			pause_ms(1);
		}
	}
}

static void block_signals(void)
{
	sigset_t set;

	sigfillset(&set);
	sigprocmask(SIG_SETMASK, &set, NULL);
}

/* Never returns: what the parent has set up is not for a copy of it to take down. */
static void run_process(struct process *p)
{
	struct worker workers[SENDERS_MAX];
	pthread_t id;

	block_signals();
	/* One that is stuck for good must keep neither the program's lock nor its probes. */
	file_close_others(STDERR_FILENO + 1, -1);
	for (unsigned int i = 0; i < p->n_threads; i++) {
		workers[i] = (struct worker){ p, &p->device->threads[i] };
		if (pthread_create(&id, NULL, send_rounds, &workers[i]) != 0)
			_exit(1);
	}
	serve(p);
	_exit(0);
}

static int start_process(struct workload *s, size_t i, pid_t parent)
{
	struct process process = {
		.board = s->board,
		.device = &s->board->devices[i],
		.target = s->run->devices[i],
		.n_threads = s->run->senders,
		.parent = parent,
		.fd = -1,
	};

	s->pids[i] = fork();
	if (s->pids[i] == 0)
		run_process(&process);
	return s->pids[i] < 0 ? -errno : 0;
}

int workload_start(struct workload **out, const struct validate_run *run)
{
	struct workload *s = calloc(1, sizeof(*s));
	int err = 0;

	if (!s)
		return -ENOMEM;
	s->run = run;
	s->board = mmap(NULL, sizeof(*s->board), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
			-1, 0);
	if (s->board == MAP_FAILED) {
		free(s);
		return -ENOMEM;
	}
	for (size_t i = 0; i < run->n_devices && !err; i++)
		err = start_process(s, i, getpid());
	if (err)
		workload_free(s);
	else
		*out = s;
	return err;
}

void workload_go(struct workload *s)
{
	atomic_fetch_add(&s->board->round, 1);
}

static bool is_busy(const struct workload *s, const struct device *device)
{
	if (atomic_load(&device->opened) != atomic_load(&s->board->round))
		return false;
	for (unsigned int i = 0; i < s->run->senders; i++) {
		const struct thread *t = &device->threads[i];
		const uint64_t since = atomic_load(&t->inside_since_ns);

		if (atomic_load(&t->round_writes) < BUSY_WRITES &&
		    (!since || clock_ns() - since < BLOCKED_NS))
			return false;
	}
	return true;
}

/* The first device that is not busy, or NULL. */
static const char *not_busy(const struct workload *s, int *open_error)
{
	for (size_t i = 0; i < s->run->n_devices; i++) {
		const struct device *device = &s->board->devices[i];

		if (is_busy(s, device))
			continue;
		*open_error = 0;
		if (atomic_load(&device->opened) != atomic_load(&s->board->round))
			*open_error = atomic_load(&device->open_error);
		return s->run->devices[i];
	}
	return NULL;
}

bool workload_wait_busy(struct workload *s, unsigned int timeout_ms, char *reason, size_t len)
{
	const uint64_t deadline = clock_ms() + timeout_ms;
	const char *device;
	int err;

	while ((device = not_busy(s, &err))) {
		if (clock_ms() >= deadline) {
			snprintf(reason, len, "%s after %u s: %s", device, timeout_ms / 1000,
				 err ? strerror(err) : "its senders cannot send a message");
			return false;
		}
		pause_ms(2);
	}
	return true;
}

uint64_t workload_writes(const struct workload *s)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < s->run->n_devices; i++)
		for (unsigned int k = 0; k < s->run->senders; k++)
			sum += atomic_load(&s->board->devices[i].threads[k].writes);
	return sum;
}

static const char *not_closed(const struct workload *s, unsigned int round)
{
	for (size_t i = 0; i < s->run->n_devices; i++)
		if (atomic_load(&s->board->devices[i].closed) != round)
			return s->run->devices[i];
	return NULL;
}

bool workload_rest(struct workload *s, unsigned int timeout_ms, char *reason, size_t len)
{
	const uint64_t deadline = clock_ms() + timeout_ms;
	const unsigned int round = atomic_fetch_add(&s->board->round, 1);
	const char *device;

	while ((device = not_closed(s, round))) {
		if (clock_ms() >= deadline) {
			snprintf(reason, len, "a sender of %s does not return from the kernel",
				 device);
			return false;
		}
		pause_ms(2);
	}
	return true;
}

#define END_MS 1000

void workload_free(struct workload *s)
{
	const uint64_t deadline = clock_ms() + END_MS;

	atomic_store(&s->board->quit, true);
	for (size_t i = 0; i < s->run->n_devices; i++)
		while (s->pids[i] > 0 && waitpid(s->pids[i], NULL, WNOHANG) == 0 &&
		       clock_ms() < deadline)
			pause_ms(2);
	munmap(s->board, sizeof(*s->board));
	free(s);
}
