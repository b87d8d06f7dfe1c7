/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A simulated remote processor: the driver (driver.c) is an ordinary remoteproc driver, the
 * remote itself (remote.c, channels.c) is a kernel thread, knobs.c is how a test makes it misbehave.
 */
#ifndef SIM_RPROC_H
#define SIM_RPROC_H

#include <linux/atomic.h>
#include <linux/completion.h>
#include <linux/device.h>
#include <linux/mod_devicetable.h>
#include <linux/mutex.h>
#include <linux/remoteproc.h>
#include <linux/virtio_config.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include "ring.h"

#define SIM_RING_SIZE 32
#define SIM_RING_ALIGN PAGE_SIZE

enum sim_mode {
	SIM_LIVE,
	SIM_SLOW, /* delay_us before each message */
	SIM_HUNG, /* consumes nothing; what was announced stays so */
};

/* How far the host has gone with taking its side down. */
enum sim_phase {
	SIM_TALKING,   /* nothing done yet */
	SIM_LISTENING, /* its driver is being unbound: no more messages to it */
	SIM_SILENT,    /* its virtqueues are being deleted: no more interrupts either */
};

enum channel_state { TO_CREATE, UP, TO_DESTROY };

struct channel {
	struct list_head node;
	char name[RPMSG_NAME_SIZE];
	u32 addr;
	enum channel_state state;
};

enum { SIM_TO_HOST, SIM_FROM_HOST, SIM_NUM_RINGS };

struct sim_rproc {
	struct rproc *rproc;
	const char *firmware_channels; /* "name@addr,name@addr", announced at every boot */

	struct resource_table *loaded_table; /* of one that somebody else has started */
	size_t loaded_size;

	void *vring_va[SIM_NUM_RINGS];
	struct sim_ring ring[SIM_NUM_RINGS];
	int notifyid[SIM_NUM_RINGS];

	struct task_struct *thread;
	enum sim_phase phase; /* constant while the thread runs */
	wait_queue_head_t kicked;
	const struct virtio_config_ops *host_config;
	struct virtio_config_ops config; /* the same with a hook */
	struct workqueue_struct *irq_queue;
	struct work_struct irq[SIM_NUM_RINGS];

	struct mutex lock; /* online, channels */
	bool online;
	struct list_head channels;
	atomic_t unsent; /* name service messages that wait for a buffer */

	enum sim_mode mode;
	bool crashed;	    /* until the next start */
	unsigned int heals; /* whether a start ends a hang or slowness */
	unsigned int delay_us;
	unsigned int start_ms;	 /* how long a start takes */
	unsigned int boot_ms;	 /* and the firmware after that, before it announces anything */
	unsigned int kick_us;	 /* what a kick takes: on i.MX up to 100 ms */
	unsigned int stop_ms;	 /* how long it takes to stop it */
	unsigned int stop_fails; /* so many of the next stops fail, as on TI's K3 and Qualcomm's */
	unsigned int stop_errno; /* with this */
	/* How often it fills the ring unasked, until its virtqueues are deleted; 0: never. */
	unsigned int talk_us;
	/* How often it looks at the ring by itself, and wants no kicks for that; 0: it wants kicks. */
	unsigned int look_us;
	/* Whether interrupts for messages go on while the virtqueues are deleted. */
	unsigned int late_interrupts;
	struct completion interrupting; /* completed when they have begun */
	bool delivering;		/* one is under way */
	bool deleting;			/* until the virtqueues are deleted */
	/* How long the next interrupt for messages is kept off its CPU before it looks at its virtqueue. */
	unsigned int interrupt_ms;
	void (*receive)(struct virtqueue *vq); /* the host's callback for messages */
	unsigned int linger; /* whether a teardown waits before it takes anything down */
	bool lingers;	     /* and whether it does */
	struct rproc_subdev lingerer;
	bool echo;
	u32 own_addr,
		peer_addr; /* of the last message from the host: what is sent unasked goes there */
	atomic64_t consumed;
};

extern const struct attribute_group *sim_knob_groups[];

void sim_remote_init(struct sim_rproc *sim);
int sim_remote_host_bound(struct sim_rproc *sim);
void sim_remote_host_leaving(struct sim_rproc *sim, enum sim_phase phase);
void sim_remote_host_left(struct sim_rproc *sim);
void sim_remote_halt(struct sim_rproc *sim);
int sim_remote_announce(struct sim_rproc *sim, const char *spec);
int sim_remote_withdraw(struct sim_rproc *sim, const char *name);

int sim_channel_add(struct sim_rproc *sim, const char *spec);
void sim_channel_drop(struct channel *ch);
int sim_channels_add(struct sim_rproc *sim);
void sim_channels_drop(struct sim_rproc *sim);
int sim_channels_check(const char *list);

#endif
