// SPDX-License-Identifier: GPL-2.0-only
/* Ends programs that keep a device open, except those that may have got the descriptor from another program. */
#include "hold/ending.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "hold/present.h"
#include "system/files.h"
#include "system/task.h"

struct signalling {
	struct hold *h;
	int signal;
	struct holder_look look;
};

enum spared { SPARED_NOT, SPARED_INIT, SPARED_GUARD, SPARED_NO_RIGHT, SPARED_PROTECTED };

static const char *const reasons[] = {
	[SPARED_INIT] = "it is process 1",
	[SPARED_GUARD] = "it is a part of the guard, or has started it",
	[SPARED_NO_RIGHT] =
		"it has no right to open this device, so another program may have sent it "
		"the descriptor",
	[SPARED_PROTECTED] = "its oom_score_adj is negative, so the system protects it",
};

/* The program that has started the guard, its supervisor mostly, or a process below the guard. */
static bool is_of_the_guard(pid_t pid)
{
	struct task_stat stat;

	if (pid == getppid())
		return true;
	while (pid > 1 && pid != getpid())
		pid = task_stat(pid, &stat) ? stat.parent : 0;
	return pid == getpid();
}

static bool is_protected(pid_t pid)
{
	char line[16];

	return task_read(pid, "oom_score_adj", line, sizeof(line)) > 0 && atoi(line) < 0;
}

/* @node: the rights of the host's. A container chooses those of its own nodes. */
static enum spared spared(pid_t pid, const struct rights *node)
{
	if (pid == 1)
		return SPARED_INIT;
	if (is_of_the_guard(pid))
		return SPARED_GUARD;
	if (!thread_could_open(pid, node, 1, RIGHT_READ | RIGHT_WRITE))
		return SPARED_NO_RIGHT;
	return is_protected(pid) ? SPARED_PROTECTED : SPARED_NOT;
}

static void end(const struct signalling *s, const struct holder *holder, int process,
		const struct keepout *device)
{
	const enum spared why = spared(holder->pid, &device->rights);
	const char *node = device->tty.node;

	if (!why) {
		hold_event(s->h, "%s sent to %s (pid %d): it keeps %s open",
			   s->signal == SIGTERM ? "SIGTERM" : "SIGKILL", holder->comm, holder->pid,
			   node);
		process_signal(process, s->signal);
	} else if (s->signal == SIGTERM) {
		hold_event(s->h, "%s (pid %d) keeps %s open, and the guard does not end it: %s",
			   holder->comm, holder->pid, node, reasons[why]);
	}
}

/*
 * By a descriptor of the process, and only when it has the tty open after that was taken: the
 * number may belong to another process by now.
 */
static bool end_holder(const struct holder *holder, void *arg)
{
	struct signalling *s = arg;
	const int process = process_open(holder->pid);
	struct hold *h = s->h;
	dev_t devs[RPMSG_TTY_MAX];
	const size_t n = present_devices(h, devs);
	uint64_t open;

	if (process < 0)
		return true;
	open = process_devices_now(holder->pid, devs, n, &s->look);
	for (size_t i = 0; i < n; i++) {
		if (tty_may_stay_open(&h->ttys[i]) || !(open & (UINT64_C(1) << i)))
			continue;
		end(s, holder, process, &h->ttys[i].keepout);
		break;
	}
	close(process);
	return true;
}

/* All of them, not only those that there is room to name. */
static void end_all(struct hold *h, int signal)
{
	struct signalling s = { h, signal, present_limit(h, clock_ms() + ENDING_GRACE_MS) };
	dev_t devs[RPMSG_TTY_MAX];

	devices_holders_each(devs, present_devices(h, devs), &s.look, end_holder, &s);
	present_tell_end(h, &s.look);
}

enum waited holders_end(struct hold *h, condition_fn closed)
{
	enum waited waited;

	end_all(h, SIGTERM);
	waited = hold_wait(h, clock_ms() + ENDING_GRACE_MS, closed, NULL);
	if (waited != WAITED_TIMED_OUT)
		return waited;
	end_all(h, SIGKILL);
	return hold_wait(h, clock_ms() + ENDING_GRACE_MS, closed, NULL);
}
