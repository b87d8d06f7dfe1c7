// SPDX-License-Identifier: GPL-2.0-only
/*
 * Programs that poll /dev/rpmsgN. From Linux 7.0 on a poller is on two queues: one of the device, which the
 * driver counts references to, and one inside what the stop frees. It leaves both at once, when its poll()
 * returns or its epoll lets go of the file, and that may be long after the stop.
 *
 * At level "override" the kernel side answers in place of the transport while the gate is closed
 * (bpf/poll.bpf.h). So whoever polls anew is on the first queue alone, and hears of the end of the device
 * there. What was there before is made to poll anew: a thread in poll() is interrupted, and its call begins
 * again by itself; a registration is taken out of its epoll and put back. If the stop is not carried out,
 * registrations are put back once more, or the program would never hear that it can write again.
 *
 * The same when the guard has died in a hold: the next instance, or "release", puts back registrations of every
 * device that was put aside.
 *
 * Who cannot be made to (a debugger has the thread, an io_uring), and everybody below level "override", is
 * named, and the device is waited for as those are that must be closed. There a program that begins to poll
 * behind the look is missed.
 *
 * All of it is done by a thread that may be lost: the kernel may wait there for an execve() of the program.
 */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "hold/endpoints.h"
#include "hold/steps.h"
#include "hold/tracee.h"
#include "system/apart.h"
#include "system/chardev.h"
#include "system/files.h"
#include "system/pollers.h"

/* Of so many devices at a time. */
#define POLLERS_MAX 256
#define DEVICES_MAX 64

/* A thread that was interrupted stops within microseconds of CPU time. */
#define STOP_MS 2000
/* For each DEVICES_MAX devices. */
#define SWEEP_MS 5000
#define RETURN_MS 1000

enum sweep_mode {
	SWEEP_LOOK,
	SWEEP_LEAVE, /* make everybody poll anew */
	/* The same for registrations: who polled behind the gate to write has been told that it can. */
	SWEEP_RETURN,
};

struct swept {
	bool polled;	    /* a poller is left */
	struct poller left; /* the first of them */
};

/* Whoever is last, the thread or the hold, frees it. */
struct sweep {
	enum sweep_mode mode;
	struct polled_device *devices;
	size_t n_devices;
	atomic_int users;
	atomic_bool done;
	/* To be read when it is done. */
	struct swept *swept; /* one for each device */
	bool any_polled;
	size_t moved;
	struct poller found[POLLERS_MAX];
};

static void free_sweep(struct sweep *s)
{
	if (s) {
		free(s->devices);
		free(s->swept);
	}
	free(s);
}

static void release(struct sweep *s)
{
	if (atomic_fetch_sub(&s->users, 1) == 1)
		free_sweep(s);
}

/* Returns when it has left its call, or has not within STOP_MS: then it is let go with this thread. */
static bool interrupt(int tid)
{
	const uint64_t deadline = clock_ms() + STOP_MS;
	const int err = tracee_wake(tid);
	enum tracee state;
	int signal;

	if (err)
		return err == -ESRCH;
	while ((state = tracee_look(tid, &signal)) == TRACEE_ON_ITS_WAY && clock_ms() < deadline)
		pause_ms(1);
	if (state == TRACEE_STOPPED)
		tracee_let_go(tid, signal);
	return state != TRACEE_ON_ITS_WAY;
}

/* Whether it has asked the driver anew where to wait. */
static bool poll_anew(const struct sweep *s, const struct poller *p)
{
	switch (p->kind) {
	case POLLER_EPOLL:
		return s->mode != SWEEP_LOOK && !registration_renew(p);
	case POLLER_ASLEEP:
		return s->mode == SWEEP_LEAVE && interrupt(p->tid);
	case POLLER_RUNNING:
		/* Mostly no poller at all. */
		return s->mode != SWEEP_LEAVE || interrupt(p->tid);
	case POLLER_IO_URING:
		break;
	}
	return false;
}

/* @first: the device of the first bit. */
static void leave(struct sweep *s, size_t first, const struct poller *p)
{
	for (size_t i = 0; i < DEVICES_MAX && first + i < s->n_devices; i++)
		if (p->devices & (UINT64_C(1) << i) && !s->swept[first + i].polled)
			s->swept[first + i] = (struct swept){ .polled = true, .left = *p };
	s->any_polled = true;
}

/* Behind its hold the program may poll as it likes. What is put back has to be in any case. */
static bool is_abandoned(struct sweep *s)
{
	return s->mode == SWEEP_LEAVE && atomic_load(&s->users) == 1;
}

static void look_at(struct sweep *s, size_t first, size_t n_devices)
{
	const size_t n = pollers_find(s->devices + first, n_devices, s->found, POLLERS_MAX);

	for (size_t i = 0; i < n && !is_abandoned(s); i++) {
		if (!poll_anew(s, &s->found[i]))
			leave(s, first, &s->found[i]);
		else if (s->found[i].kind != POLLER_RUNNING)
			s->moved++;
	}
	/* There may be more of them. */
	if (n == POLLERS_MAX)
		leave(s, first,
		      &(struct poller){
			      .pid = s->found[0].pid, .comm = "many", .devices = UINT64_MAX });
}

static void look(struct sweep *s)
{
	memset(s->swept, 0, s->n_devices * sizeof(*s->swept));
	s->any_polled = false;
	for (size_t i = 0; i < s->n_devices; i += DEVICES_MAX)
		look_at(s, i, s->n_devices - i < DEVICES_MAX ? s->n_devices - i : DEVICES_MAX);
}

/* Twice: a program may have changed its epoll, or ended, under the first look. */
static void sweep(struct sweep *s)
{
	look(s);
	if (s->any_polled && s->mode != SWEEP_LOOK)
		look(s);
}

static void *run(void *arg)
{
	struct sweep *s = arg;

	/* Without a table of its own nothing can be put back into an epoll. */
	if (apart_begin(-1) < 0)
		s->mode = SWEEP_LOOK;
	sweep(s);
	atomic_store(&s->done, true);
	release(s);
	return NULL;
}

/* Of @n devices at most. NULL for want of memory. */
static struct sweep *new_sweep(enum sweep_mode mode, size_t n)
{
	struct sweep *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->mode = mode;
	s->devices = calloc(n, sizeof(*s->devices));
	s->swept = calloc(n, sizeof(*s->swept));
	if (s->devices && s->swept)
		return s;
	free_sweep(s);
	return NULL;
}

static void add_device(struct sweep *s, dev_t dev, const struct stat *node)
{
	s->devices[s->n_devices++] = (struct polled_device){ dev, node->st_dev, node->st_ino };
}

/* NULL for want of a thread, or when @s is. */
static struct sweep *launch(struct sweep *s)
{
	if (!s)
		return NULL;
	atomic_store(&s->users, 2);
	if (!hold_thread(run, s))
		return s;
	free_sweep(s);
	return NULL;
}

static void add_if_polled_on_bus(struct sweep *s, const struct keepout *k)
{
	if (k->tty.polled_on_bus)
		add_device(s, k->tty.dev, &k->node);
}

/* note() relies on the order. */
static struct sweep *start(const struct hold *h, enum sweep_mode mode)
{
	struct sweep *s = new_sweep(mode, h->n_ttys + h->endpoints.n);

	for (size_t i = 0; s && i < h->n_ttys; i++)
		add_if_polled_on_bus(s, &h->ttys[i].keepout);
	for (size_t i = h->endpoints.n; s && i > 0; i--)
		add_if_polled_on_bus(s, &h->endpoints.list[i - 1]);
	return launch(s);
}

static bool is_done(struct hold *h, void *arg)
{
	struct sweep *s = arg;

	hold_set_waiting(h, TL_CAUSE_DEVICE_OPEN, "programs still poll a device");
	return atomic_load(&s->done);
}

static const char *way_of(enum poller_kind kind)
{
	switch (kind) {
	case POLLER_EPOLL:
		return "epoll";
	case POLLER_IO_URING:
		return "io_uring";
	case POLLER_ASLEEP:
	case POLLER_RUNNING:
		break;
	}
	return "poll";
}

/* @s is NULL when nothing is known: then everything counts as polled. */
static bool is_polled(struct hold *h, const struct keepout *k, const struct sweep *s, size_t n)
{
	if (s && s->swept[n].polled)
		hold_event(h,
			   "%s is polled by %s (pid %d, %s), and the %s frees memory that "
			   "this poll uses: end the program, or let it close the device "
			   "first",
			   k->tty.node, s->swept[n].left.comm, s->swept[n].left.pid,
			   way_of(s->swept[n].left.kind), timeline_action_name(h->action));
	return !s || s->swept[n].polled;
}

/* False when more devices are polled than there is room for; a program may poll any number. */
static bool note(struct hold *h, const struct sweep *s)
{
	bool room = true;
	size_t n = 0;

	for (size_t i = 0; i < h->n_ttys; i++)
		if (h->ttys[i].keepout.tty.polled_on_bus)
			h->ttys[i].polled = is_polled(h, &h->ttys[i].keepout, s, n++);
	/* From the last on: the last takes the place of a device that goes among the ttys. */
	for (size_t i = h->endpoints.n; room && i > 0; i--)
		if (h->endpoints.list[i - 1].tty.polled_on_bus &&
		    is_polled(h, &h->endpoints.list[i - 1], s, n++))
			room = endpoints_wait_for(h, i - 1);
	return room;
}

static size_t count_polled_on_bus(const struct hold *h)
{
	size_t n = 0;

	for (size_t i = 0; i < h->n_ttys; i++)
		n += h->ttys[i].keepout.tty.polled_on_bus;
	for (size_t i = 0; i < h->endpoints.n; i++)
		n += h->endpoints.list[i].tty.polled_on_bus;
	return n;
}

static size_t rounds(size_t n_devices)
{
	return (n_devices + DEVICES_MAX - 1) / DEVICES_MAX;
}

static bool polls_are_answered(const struct hold *h)
{
	return h->kside && kside_answers_polls(h->kside, h->rp.index);
}

/* SWEEP_MS in any case. */
static uint64_t sweep_deadline(const struct hold *h, size_t n)
{
	const uint64_t now = clock_ms(), all = hold_by(h, now + rounds(n) * SWEEP_MS);

	return all > now + SWEEP_MS ? all : now + SWEEP_MS;
}

enum waited pollers_leave(struct hold *h)
{
	const size_t n = count_polled_on_bus(h);
	enum waited waited = WAITED_TIMED_OUT;
	struct sweep *s;
	bool room;

	if (!n)
		return WAITED_DONE;
	s = start(h, polls_are_answered(h) ? SWEEP_LEAVE : SWEEP_LOOK);
	if (s)
		waited = hold_wait(h, sweep_deadline(h, n), is_done, s);
	else
		hold_set_waiting(h, TL_CAUSE_NO_MEMORY,
				 "there is no memory to look for programs that poll a device");
	room = note(h, waited == WAITED_DONE ? s : NULL);
	if (waited == WAITED_DONE && s->moved)
		hold_event(h, "moved %zu polls away from memory that the stop frees", s->moved);
	if (s)
		release(s);
	if (waited == WAITED_CANCELLED)
		return waited;
	if (room)
		return WAITED_DONE;
	return waited == WAITED_DONE ? ttys_too_many(h) : waited;
}

/* The guard may end behind it, with a registration in its hands. But the thread may be lost. */
static void wait_returned(struct sweep *s)
{
	uint64_t deadline;

	if (!s)
		return;
	deadline = clock_ms() + rounds(s->n_devices) * RETURN_MS;
	while (!atomic_load(&s->done) && clock_ms() < deadline)
		pause_ms(1);
	release(s);
}

void pollers_return(struct hold *h)
{
	if (count_polled_on_bus(h) && polls_are_answered(h))
		wait_returned(start(h, SWEEP_RETURN));
}

void pollers_recover(dev_t dev, const char *node)
{
	struct sweep *s = chardev_is_polled_on_bus(dev) ? new_sweep(SWEEP_RETURN, 1) : NULL;
	struct stat st;

	if (s && lstat(node, &st) == 0)
		add_device(s, dev, &st);
	wait_returned(launch(s));
}
