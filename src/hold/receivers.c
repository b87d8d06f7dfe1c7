// SPDX-License-Identifier: GPL-2.0-only
/*
 * Interrupts of the remote processor that are being delivered: bpf/receive.bpf.h. From the moment that it is deaf no
 * delivery begins, and those inside end, each behind the message that it is at. The kernel would delete the virtqueues
 * under one that sleeps, or waits for a CPU.
 *
 * What this costs a remote processor that lives on after all is in bpf/receive.bpf.h, so it is the last step.
 */
#include "hold/steps.h"
#include "kernel_side/kside.h"
#include "system/files.h"
#include "system/sleep.h"
#include "system/task.h"

struct deliveries {
	int tids[KSIDE_DELIVERIES_MAX];
	size_t n;
	bool waited;
};

/*
 * A thread whose delivery has ended unseen: it does what it does without work. Interrupt handlers (0, or on top of any
 * thread) were through when every CPU had been visited.
 */
static bool is_outside(int tid)
{
	static const char *const idle[] = { "worker_thread",	 "rescuer_thread",
					    "irq_thread",	 "irq_wait_for_interrupt",
					    "smpboot_thread_fn", NULL };
	struct task_stat stat;
	char function[128];

	if (!tid || !task_stat(tid, &stat))
		return true;
	/* No delivery sleeps like that, and no delivery is a program's own. */
	if (stat.state == 'I' || !stat.kernel_thread)
		return true;
	return stat.state != 'R' && task_read(tid, "wchan", function, sizeof(function)) > 0 &&
	       sleep_has(function, idle);
}

static bool all_ended(struct hold *h, void *arg)
{
	struct deliveries *d = arg;
	size_t inside = 0;
	char comm[16];

	d->n = kside_deliveries(h->kside, h->rp.index, d->tids);
	for (size_t i = 0; i < d->n; i++)
		if (!is_outside(d->tids[i]))
			d->tids[inside++] = d->tids[i];
	if (!inside)
		return true;
	d->waited = true;
	task_comm(d->tids[0], comm);
	hold_set_waiting(h, TL_CAUSE_RECEIVER_INSIDE,
			 "%s (pid %d) is still inside the driver that gets the messages of %s",
			 comm, d->tids[0], h->rp.name);
	return false;
}

/* A hold that is complete but for this may be past its time: programs have been ended after it. */
#define LEAST_MS 1000

enum waited receivers_leave(struct hold *h)
{
	const uint64_t least = clock_ms() + LEAST_MS;
	struct deliveries d = { 0 };
	enum waited waited;
	int err;

	if (!h->kside || !kside_sees_deliveries(h->kside, h->rp.index))
		return WAITED_DONE;
	err = kside_make_deaf(h->kside, h->rp.index);
	waited = err ? WAITED_FAILED
		     : hold_wait(h, h->deadline_ms > least ? h->deadline_ms : least, all_ended, &d);
	if (waited == WAITED_DONE && d.waited) {
		h->met_somebody = true;
		err = kside_all_delivered(h->kside);
	}
	if (!err)
		return waited;
	hold_give_up(h, TL_CAUSE_GATE, "the end of its interrupts", "cannot be waited for", err);
	return WAITED_FAILED;
}
