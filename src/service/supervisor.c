// SPDX-License-Identifier: GPL-2.0-only
/* A parent that looks at the heartbeat of its child. */
#include "service/supervisor.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "log/log.h"
#include "system/exit_status.h"
#include "system/files.h"

/* As often as the child beats, HEARTBEAT_MS in service/agenda.h. */
#define LOOK_MS 2500
/* One that dies at once, again and again, must not take the machine with it. */
#define RESTART_PAUSE_MS 100

struct child {
	pid_t pid;
	atomic_uint *heartbeat;
	unsigned int last_beat;
	uint64_t last_beat_ms;
	unsigned int patience_ms;
};

static pid_t start(supervised_fn fn, const void *arg, atomic_uint *heartbeat,
		   const sigset_t *before)
{
	const pid_t supervisor = getpid();
	const pid_t pid = fork();

	if (pid != 0)
		return pid;
	/* Without its supervisor nobody would notice that it is stuck: it ends in order instead. */
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != supervisor)
		_exit(EXIT_STATUS_FAILED);
	sigprocmask(SIG_SETMASK, before, NULL);
	_exit(fn(arg, heartbeat));
}

static bool is_stuck(struct child *c)
{
	const unsigned int beat = atomic_load(c->heartbeat);

	if (beat != c->last_beat) {
		c->last_beat = beat;
		c->last_beat_ms = clock_ms();
		c->patience_ms = SUPERVISOR_PATIENCE_MS;
	}
	return clock_ms() - c->last_beat_ms > c->patience_ms;
}

/*
 * Time for which this process stood still, too, is no sign: a suspend that fails freezes both for up to
 * pm_freeze_timeout (20 s), see system/standstill.h.
 */
static int next_signal(struct child *c, const sigset_t *signals)
{
	const struct timespec look = { .tv_sec = LOOK_MS / 1000,
				       .tv_nsec = LOOK_MS % 1000 * 1000000L };
	const uint64_t due_ms = clock_ms() + LOOK_MS;
	const int signal = sigtimedwait(signals, NULL, &look);

	if (clock_ms() > due_ms)
		c->last_beat_ms += clock_ms() - due_ms;
	return signal;
}

/* Waits for its end; returns the wait status. */
static int attend(struct child *c, const sigset_t *signals)
{
	int status, signal;

	c->last_beat = atomic_load(c->heartbeat);
	c->last_beat_ms = clock_ms();
	c->patience_ms = SUPERVISOR_START_MS;
	while (waitpid(c->pid, &status, WNOHANG) == 0) {
		signal = next_signal(c, signals);
		if (signal == SIGTERM || signal == SIGINT)
			kill(c->pid, signal);
		if (!is_stuck(c))
			continue;
		log_error("the service has been stuck for %u s: killed", c->patience_ms / 1000);
		kill(c->pid, SIGKILL);
		c->last_beat_ms = clock_ms();
	}
	return status;
}

int supervise(supervised_fn fn, const void *arg)
{
	struct child c = { 0 };
	sigset_t signals, before;
	int status;

	c.heartbeat = mmap(NULL, sizeof(*c.heartbeat), PROT_READ | PROT_WRITE,
			   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (c.heartbeat == MAP_FAILED) {
		log_error("no memory for the heartbeat: %s", strerror(errno));
		return EXIT_STATUS_FAILED;
	}
	log_never_wait();
	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGCHLD);
	sigprocmask(SIG_BLOCK, &signals, &before);
	for (;;) {
		c.pid = start(fn, arg, c.heartbeat, &before);
		if (c.pid < 0) {
			log_error("the service cannot be started: %s", strerror(errno));
			return EXIT_STATUS_FAILED;
		}
		status = attend(&c, &signals);
		if (WIFEXITED(status) && WEXITSTATUS(status) == EXIT_STATUS_AGAIN)
			continue;
		if (WIFEXITED(status))
			return WEXITSTATUS(status);
		log_error("the service was killed by signal %d: started again", WTERMSIG(status));
		pause_ms(RESTART_PAUSE_MS);
	}
}
