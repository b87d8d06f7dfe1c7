// SPDX-License-Identifier: GPL-2.0-only
/*
 * Interrupts of the remote processor whose delivery takes long: it sleeps, or waits for its CPU. The teardown would
 * delete the virtqueues under it. Each delivery that is under way now is waited for until it has moved on: it has ended,
 * or has come to another message. The others end by themselves when the teardown begins, which waits for them, but not
 * for long (bpf/receive.bpf.h).
 */
#include "hold/steps.h"
#include "kernel_side/kside.h"
#include "system/files.h"
#include "system/sleep.h"
#include "system/task.h"

struct look {
	struct kside_delivery found[KSIDE_DELIVERIES_MAX];
	size_t n;
	uint64_t since_ms;
};

/* A stack is not looked at before: a delivery that is really inside makes some kernels warn (system/sleep.h). */
#define TRUSTED_MS 1000

/*
 * Whether the guard has missed the end of the delivery: its thread sleeps where a thread without work sleeps, or nothing
 * of a delivery is on its stack. An interrupt (tid 0, or on top of a program) is over sooner than anybody can look.
 */
static bool has_ended_unseen(int tid, uint64_t since_ms)
{
	static const char *const idle[] = { "worker_thread",	 "rescuer_thread",
					    "irq_thread",	 "irq_wait_for_interrupt",
					    "smpboot_thread_fn", NULL };
	static const char *const inside[] = { "rproc_vq_interrupt", "vring_interrupt",
					      "rpmsg_recv_done", NULL };
	struct task_stat stat;
	char function[128];

	if (!tid)
		return true;
	if (!task_stat(tid, &stat))
		return !task_is_there(tid);
	if (stat.state == 'R')
		return false;
	/* No delivery sleeps like an idle worker. */
	if (stat.state == 'I' || !stat.kernel_thread)
		return true;
	if (task_read(tid, "wchan", function, sizeof(function)) > 0 && sleep_has(function, idle))
		return true;
	return clock_ms() >= since_ms + TRUSTED_MS &&
	       task_sleeps_below(tid, inside) == SLEEPS_ELSEWHERE;
}

static bool has_moved(const struct kside_delivery *d, const struct kside_delivery *now, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (now[i].queue == d->queue)
			return now[i].moves != d->moves;
	return true;
}

static bool all_have_moved(struct hold *h, void *arg)
{
	struct kside_delivery now[KSIDE_DELIVERIES_MAX];
	const size_t n = kside_deliveries(h->kside, h->rp.index, now);
	struct look *l = arg;
	size_t left = 0;
	char comm[16];

	for (size_t i = 0; i < l->n; i++)
		if (!has_moved(&l->found[i], now, n) &&
		    !has_ended_unseen(l->found[i].tid, l->since_ms))
			l->found[left++] = l->found[i];
	l->n = left;
	if (!left)
		return true;
	/* Senders had this time to come in unseen, too. */
	h->met_somebody = true;
	task_comm(l->found[0].tid, comm);
	hold_set_waiting(h, TL_CAUSE_RECEIVER_INSIDE,
			 "%s (pid %d) is still inside the driver that gets the messages of %s",
			 comm, l->found[0].tid, h->rp.name);
	return false;
}

enum waited receivers_leave(struct hold *h)
{
	struct look l = { .since_ms = clock_ms() };

	/* A probe runs inside a delivery. For one that takes too long the kernel itself waits. */
	if (!h->kside || !kside_sees_deliveries(h->kside, h->rp.index) || h->probes_given_up)
		return WAITED_DONE;
	l.n = kside_deliveries(h->kside, h->rp.index, l.found);
	return hold_wait_at_the_end(h, all_have_moved, &l);
}
