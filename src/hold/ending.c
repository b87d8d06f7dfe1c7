// SPDX-License-Identifier: GPL-2.0-only
/* Ends programs that keep a device open. */
#include "hold/ending.h"

#include <signal.h>
#include <unistd.h>

#include "hold/present.h"
#include "system/files.h"
#include "system/task.h"

struct signalling {
	struct hold *h;
	int signal;
	struct holder_look look;
};

static void end(const struct signalling *s, const struct holder *holder, int process,
		const struct keepout *device)
{
	hold_event(s->h, "%s sent to %s (pid %d): it keeps %s open",
		   s->signal == SIGTERM ? "SIGTERM" : "SIGKILL", holder->comm, holder->pid,
		   device->tty.node);
	process_signal(process, s->signal);
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
