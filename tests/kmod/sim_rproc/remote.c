// SPDX-License-Identifier: GPL-2.0-only
/* The remote: a kernel thread at the device side of the rings, and its interrupt line. */
#include <linux/interrupt.h>
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/list.h>
#include <linux/mod_devicetable.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "sim_rproc.h"

/* Exported for drivers, but declared in a header that stays inside drivers/remoteproc. */
irqreturn_t rproc_vq_interrupt(struct rproc *rproc, int vq_id);

#define NS_ADDR 53
#define NS_CREATE 0
#define NS_DESTROY 1

struct message {
	u32 src;
	u32 dst;
	u32 reserved;
	u16 len;
	u16 flags;
	u8 data[];
} __packed;

/* Linux 5.10 keeps its own definition private. */
struct ns_message {
	char name[RPMSG_NAME_SIZE];
	u32 addr;
	u32 flags;
} __packed;

/* False when the host has given no buffer to put the message in. */
static bool send_to_host(struct sim_rproc *sim, u32 src, u32 dst, const void *data, u16 len)
{
	struct sim_ring *ring = &sim->ring[SIM_TO_HOST];
	struct sim_buffer buf;
	struct message *msg;

	if (!sim_ring_take(ring, &buf))
		return false;
	msg = buf.data;
	msg->src = src;
	msg->dst = dst;
	msg->reserved = 0;
	msg->flags = 0;
	msg->len = min_t(u32, len, buf.len - sizeof(*msg));
	memcpy(msg->data, data, msg->len);
	sim_ring_give(ring, &buf, sizeof(*msg) + msg->len);
	return true;
}

static bool send_name_service(struct sim_rproc *sim, const struct channel *ch)
{
	struct ns_message ns = {
		.addr = ch->addr,
		.flags = ch->state == TO_CREATE ? NS_CREATE : NS_DESTROY,
	};

	strscpy(ns.name, ch->name, sizeof(ns.name));
	return send_to_host(sim, NS_ADDR, NS_ADDR, &ns, sizeof(ns));
}

static void interrupt_host(struct sim_rproc *sim)
{
	queue_work(sim->irq_queue, &sim->irq[SIM_TO_HOST]);
	queue_work(sim->irq_queue, &sim->irq[SIM_FROM_HOST]);
}

static void tell_channels(struct sim_rproc *sim)
{
	struct channel *ch, *next;
	bool sent = false;

	mutex_lock(&sim->lock);
	list_for_each_entry_safe (ch, next, &sim->channels, node) {
		if (ch->state == UP)
			continue;
		if (!send_name_service(sim, ch))
			break;
		sent = true;
		atomic_dec(&sim->unsent);
		if (ch->state == TO_DESTROY)
			sim_channel_drop(ch);
		else
			ch->state = UP;
	}
	mutex_unlock(&sim->lock);
	if (sent)
		interrupt_host(sim);
}

/*
 * An answer that finds no buffer is lost. Waiting for one could wait for ever: the host gives
 * buffers back in the context that also runs a driver's probe, and a probe may be waiting for
 * this very message to be consumed.
 */
static void answer(struct sim_rproc *sim, const struct sim_buffer *buf)
{
	const struct message *msg = buf->data;

	if (msg->dst != NS_ADDR && buf->len >= sizeof(*msg) && msg->len <= buf->len - sizeof(*msg))
		send_to_host(sim, msg->dst, msg->src, msg->data, msg->len);
}

/*
 * No business of KASAN: a remote processor goes on reading what the host has freed until it is stopped, and nobody
 * checks that.
 */
static __no_sanitize_address void remember_peer(struct sim_rproc *sim, const struct sim_buffer *buf)
{
	const struct message *msg = buf->data;

	if (msg->dst == NS_ADDR)
		return;
	sim->own_addr = msg->dst;
	sim->peer_addr = msg->src;
}

/* As a firmware that reports what it measures, faster than the host can take it. */
static void talk(struct sim_rproc *sim)
{
	static const char report[] = "measured";

	while (sim->peer_addr &&
	       send_to_host(sim, sim->own_addr, sim->peer_addr, report, sizeof(report)))
		;
}

static bool consume_one(struct sim_rproc *sim)
{
	struct sim_ring *ring = &sim->ring[SIM_FROM_HOST];
	struct sim_buffer buf;

	if (!sim_ring_take(ring, &buf))
		return false;
	remember_peer(sim, &buf);
	if (sim->phase == SIM_TALKING && READ_ONCE(sim->echo))
		answer(sim, &buf);
	sim_ring_give(ring, &buf, 0);
	atomic64_inc(&sim->consumed);
	return true;
}

static bool in_mode(const struct sim_rproc *sim, enum sim_mode mode)
{
	return READ_ONCE(sim->mode) == mode && !READ_ONCE(sim->crashed);
}

static void consume(struct sim_rproc *sim)
{
	int i;

	for (i = 0; i < SIM_RING_SIZE && in_mode(sim, SIM_LIVE); i++)
		if (!consume_one(sim))
			break;
}

static void consume_slowly(struct sim_rproc *sim)
{
	ktime_t delay = ns_to_ktime((u64)READ_ONCE(sim->delay_us) * NSEC_PER_USEC);

	wait_event_interruptible_hrtimeout(sim->kicked,
					   kthread_should_stop() || !in_mode(sim, SIM_SLOW), delay);
	if (!kthread_should_stop() && in_mode(sim, SIM_SLOW))
		consume_one(sim);
}

static bool has_work(const struct sim_rproc *sim)
{
	if (READ_ONCE(sim->crashed))
		return false;
	if (atomic_read(&sim->unsent) && sim_ring_ready(&sim->ring[SIM_TO_HOST]))
		return true;
	return !in_mode(sim, SIM_HUNG) && sim_ring_ready(&sim->ring[SIM_FROM_HOST]);
}

static void interrupt_host_if_wanted(struct sim_rproc *sim)
{
	/* Evaluate both: each read has a barrier before it that the other relies on as well. */
	bool messages = sim_ring_wants_interrupt(&sim->ring[SIM_TO_HOST]);
	bool buffers = sim_ring_wants_interrupt(&sim->ring[SIM_FROM_HOST]);

	if (messages || buffers)
		interrupt_host(sim);
}

static void wait_for_work(struct sim_rproc *sim)
{
	unsigned int look_us = READ_ONCE(sim->look_us);
	ktime_t pause = ns_to_ktime((u64)(look_us ?: READ_ONCE(sim->talk_us)) * NSEC_PER_USEC);

	sim_ring_want_kicks(&sim->ring[SIM_FROM_HOST], !look_us || sim->phase != SIM_TALKING);
	if (pause && sim->phase == SIM_TALKING)
		wait_event_interruptible_hrtimeout(sim->kicked,
						   kthread_should_stop() || has_work(sim), pause);
	else
		wait_event_interruptible(sim->kicked, kthread_should_stop() || has_work(sim));
}

static int remote_thread(void *arg)
{
	struct sim_rproc *sim = arg;

	if (sim->phase == SIM_TALKING)
		wait_event_interruptible_timeout(sim->kicked, kthread_should_stop(),
						 msecs_to_jiffies(READ_ONCE(sim->boot_ms)));
	while (!kthread_should_stop()) {
		wait_for_work(sim);
		if (kthread_should_stop())
			break;
		if (READ_ONCE(sim->talk_us) && sim->phase == SIM_TALKING)
			talk(sim);
		if (atomic_read(&sim->unsent))
			tell_channels(sim);
		if (in_mode(sim, SIM_SLOW))
			consume_slowly(sim);
		else
			consume(sim);
		if (sim->phase != SIM_SILENT)
			interrupt_host_if_wanted(sim);
	}
	return 0;
}

/*
 * Work of its own for each ring, as in drivers with a mailbox for each. What a message starts in the
 * host must not stop the remote from consuming, nor the host from hearing that buffers are free: a
 * driver that sends from its probe, behind writers that fill the ring through the tty it has just
 * registered, would sleep out its whole transmit timeout.
 */
static void message_interrupt(struct work_struct *work)
{
	struct sim_rproc *sim = container_of(work, struct sim_rproc, irq[SIM_TO_HOST]);

	WRITE_ONCE(sim->delivering, true);
	if (sim->phase == SIM_TALKING)
		rproc_vq_interrupt(sim->rproc, sim->notifyid[SIM_TO_HOST]);
	WRITE_ONCE(sim->delivering, false);
	if (!READ_ONCE(sim->deleting))
		return;
	complete(&sim->interrupting);
	while (READ_ONCE(sim->deleting)) {
		talk(sim);
		rproc_vq_interrupt(sim->rproc, sim->notifyid[SIM_TO_HOST]);
	}
}

static void buffer_interrupt(struct work_struct *work)
{
	struct sim_rproc *sim = container_of(work, struct sim_rproc, irq[SIM_FROM_HOST]);

	rproc_vq_interrupt(sim->rproc, sim->notifyid[SIM_FROM_HOST]);
}

void sim_remote_init(struct sim_rproc *sim)
{
	mutex_init(&sim->lock);
	init_completion(&sim->interrupting);
	init_waitqueue_head(&sim->kicked);
	INIT_LIST_HEAD(&sim->channels);
	INIT_WORK(&sim->irq[SIM_TO_HOST], message_interrupt);
	INIT_WORK(&sim->irq[SIM_FROM_HOST], buffer_interrupt);
}

static int run_thread(struct sim_rproc *sim, enum sim_phase phase)
{
	struct task_struct *thread;

	sim->phase = phase;
	thread = kthread_run(remote_thread, sim, "%s", sim->rproc->name);
	if (IS_ERR(thread))
		return PTR_ERR(thread);
	sim->thread = thread;
	return 0;
}

static int boot_firmware(struct sim_rproc *sim)
{
	int i, err;

	for (i = 0; i < SIM_NUM_RINGS; i++)
		sim_ring_init(&sim->ring[i], SIM_RING_SIZE, sim->vring_va[i], SIM_RING_ALIGN);
	sim->peer_addr = 0;
	err = sim_channels_add(sim);
	return err ?: run_thread(sim, SIM_TALKING);
}

/* Both rings are set up. */
int sim_remote_host_bound(struct sim_rproc *sim)
{
	int err;

	mutex_lock(&sim->lock);
	err = boot_firmware(sim);
	if (err)
		sim_channels_drop(sim);
	else
		sim->online = true;
	mutex_unlock(&sim->lock);
	return err;
}

static void go_offline(struct sim_rproc *sim)
{
	mutex_lock(&sim->lock);
	sim->online = false;
	sim_channels_drop(sim);
	mutex_unlock(&sim->lock);
}

static void halt_thread(struct sim_rproc *sim)
{
	go_offline(sim);
	if (sim->thread)
		kthread_stop(sim->thread);
	sim->thread = NULL;
}

/*
 * As imx_rproc: a workqueue delivers the interrupts, and nothing waits for it before the virtqueues
 * are deleted. From here on only the work item uses the rings.
 */
static void begin_late_interrupts(struct sim_rproc *sim)
{
	halt_thread(sim);
	reinit_completion(&sim->interrupting);
	WRITE_ONCE(sim->deleting, true);
	if (READ_ONCE(sim->delivering))
		return;
	interrupt_host(sim);
	wait_for_completion(&sim->interrupting);
}

/* The virtqueues are deleted, and the host's buffers go next. */
void sim_remote_host_left(struct sim_rproc *sim)
{
	WRITE_ONCE(sim->deleting, false);
	if (READ_ONCE(sim->late_interrupts))
		sim_remote_halt(sim);
}

/*
 * A real remote processor does not know what the host is doing and goes on until it is stopped.
 * This one consumes until then, but is quiet in time: neither a driver that is being unbound nor
 * rproc_vq_interrupt() while its virtqueue is deleted can bear more. For the first there is talk_us, for the second
 * late_interrupts.
 */
void sim_remote_host_leaving(struct sim_rproc *sim, enum sim_phase phase)
{
	if (phase == SIM_LISTENING && READ_ONCE(sim->talk_us))
		return;
	if (phase == SIM_SILENT && sim->phase == SIM_TALKING && READ_ONCE(sim->late_interrupts)) {
		begin_late_interrupts(sim);
		return;
	}
	sim_remote_halt(sim);
	if (run_thread(sim, phase))
		dev_warn(&sim->rproc->dev, "consumes nothing from here on\n");
	/* One may just have been cancelled that a sender waits for. */
	if (phase == SIM_LISTENING)
		interrupt_host(sim);
}

void sim_remote_halt(struct sim_rproc *sim)
{
	halt_thread(sim);
	cancel_work_sync(&sim->irq[SIM_TO_HOST]);
	cancel_work_sync(&sim->irq[SIM_FROM_HOST]);
}

int sim_remote_announce(struct sim_rproc *sim, const char *spec)
{
	int err = -ENOTCONN;

	mutex_lock(&sim->lock);
	if (sim->online)
		err = sim_channel_add(sim, spec);
	mutex_unlock(&sim->lock);
	wake_up(&sim->kicked);
	return err;
}

int sim_remote_withdraw(struct sim_rproc *sim, const char *name)
{
	struct channel *ch;
	int err = -ENOENT;

	mutex_lock(&sim->lock);
	list_for_each_entry (ch, &sim->channels, node) {
		if (ch->state != UP || strcmp(ch->name, name))
			continue;
		ch->state = TO_DESTROY;
		atomic_inc(&sim->unsent);
		err = 0;
	}
	mutex_unlock(&sim->lock);
	wake_up(&sim->kicked);
	return err;
}
