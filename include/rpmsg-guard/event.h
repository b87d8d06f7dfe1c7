/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * The records that the kernel side writes to its ring buffer: a public, versioned format. A reader
 * checks @version; within one version fields are only ever added at the end, so a reader uses the
 * length that the ring buffer gives and ignores what it does not know. All numbers are in the byte
 * order of the machine that wrote them.
 */
#ifndef RPMSG_GUARD_EVENT_H
#define RPMSG_GUARD_EVENT_H

#include <linux/types.h>

#define RG_EVENT_VERSION 1

/*
 * "virtio10.NAME.SOURCE.DESTINATION": the name has 31 characters at most. It was 40 in version 0.1.0; the
 * channel is the last field, so that a reader of then has its beginning.
 */
#define RG_CHANNEL_SIZE 64

/* No remote processor could be found for the endpoint. */
#define RG_RPROC_UNKNOWN 0xffffffffu

enum rg_event_type {
	RG_BOOT = 1,	     /* rproc_boot() entered; the gate is open again */
	RG_SHUTDOWN = 2,     /* rproc_shutdown() entered; value: 1 when nobody announced it */
	RG_GATE_CLOSED = 3,  /* by the kernel side itself, for an unannounced shutdown */
	RG_SEND_REFUSED = 4, /* first refused send since the gate closed */
	RG_SEND_DROPPED = 5, /* first send on a dead endpoint since the gate closed */
	RG_EPT_CREATED = 6,
	RG_EPT_DESTROYED = 7,
	RG_VQ_DELETED = 8,	/* vring_del_virtqueue() entered */
	RG_RESOURCES_FREED = 9, /* rproc_resource_cleanup() entered */
	RG_UNSAFE_OVERLAP = 10, /* a sender left that was inside while a virtqueue was deleted */
	RG_WAITED = 11,		/* unannounced shutdown waited; value: senders still inside */
	RG_GATE_OPENED = 12,	/* that shutdown returned without having done anything */
	RG_PARKED = 13,		/* its caller was turned back; value: enum rg_park_mode */
	RG_EJECTED = 14,	/* a sleeper woke up and was given a buffer to leave with */
	RG_CRASH = 16,		/* rproc_report_crash() entered; value: enum rproc_crash_type */
	RG_VQ_CREATED = 17,	/* the first virtqueue after a teardown; the gate is open again */
	RG_REMOVAL = 18, /* the removal of a driver's module was turned back; channel: its name */
	RG_RECORDS_SCARCE = 19, /* many tasks have a record; for the service itself */
};

struct rg_event {
	__u16 version; /* RG_EVENT_VERSION */
	__u16 type;    /* enum rg_event_type */
	__u32 rproc;   /* N of remoteprocN, or RG_RPROC_UNKNOWN */
	__u64 time_ns; /* CLOCK_MONOTONIC */
	__u32 pid;     /* thread group and thread that ran into the event */
	__u32 tid;
	char comm[16];
	__u64 address; /* endpoint; for RG_SHUTDOWN and RG_PARKED the caller's return address */
	__s64 value;   /* see enum rg_event_type */
	char channel[RG_CHANNEL_SIZE]; /* its device's name, "virtio0.rpmsg-tty.1024.30", or "" */
};

#endif
