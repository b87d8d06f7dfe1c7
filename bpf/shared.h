/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the kernel side and src/kernel_side agree on: the values of the maps.
 */
#ifndef RPMSG_GUARD_BPF_SHARED_H
#define RPMSG_GUARD_BPF_SHARED_H

#include <linux/types.h>
#include <stdbool.h>

#include "rpmsg-guard/event.h"

#define RG_GATES 16 /* remote processors with a gate of their own: N below this */
#define RG_ENDPOINTS_MAX 4096

/* One per remote processor, indexed by its N. */
struct rg_gate {
	__u32 closed;
	__u32 held;	/* closed by user space, for a stop that it holds */
	__u32 released; /* by user space: nobody is inside any more, a shutdown may go on */
	__u32 ejecting; /* ejections: sleepers that wake up are given a buffer, so that they leave */
	__u32 reported;	       /* bits of enum rg_event_type that were sent since it closed */
	__u32 down;	       /* its virtqueues were deleted, and none was made since */
	__u32 noted;	       /* sends turned away since it closed that the flight recorder has */
	__u32 shutdowns;       /* calls of rproc_shutdown() that were let in and have returned */
	__s32 shutdown_result; /* of the last one, where it returns an int */
	__u32 deaf;	       /* its interrupts are not delivered: bpf/receive.bpf.h */
	__u32 freed; /* its resources were freed, and no virtqueue was deleted since: that teardown is over */
	__u64 teardown_ns;	/* when its first virtqueue was deleted, 0 since the gate closed */
	__u64 last_teardown_ns; /* the same, but never reset: for senders that come out later */
	__u64 refused;
	__u64 dropped;
	__u64 unsafe_overlaps;
	__u64 stale; /* sends on dead endpoints that nobody kept away from them */
};

/*
 * The record of a task that sends, or has sent: bpf/records.bpf.h. Each word has one writer, the task with the
 * interrupts on top of it, but for those that are marked.
 */
#define RG_RECORDS 1024 /* a power of two */
#define RG_PART 32	/* of them, a power of two: what is looked at together */
#define RG_IDLE_KEY (1ULL << 63)

struct rg_record {
	__u64 key; /* its pid_tgid, or RG_IDLE_KEY and its CPU for an idle task; 0: a free record */
	/* Of its last send, which it is inside as long as @begun is neither @ended nor @judged. */
	__u64 endpoint;
	__u64 since_ns;
	__u64 ip; /* of the entry point */
	__u64 begun, ended;
	__u32 generation; /* of all gates and endpoints, when it was entered */
	/* A send on that endpoint passes, as long as that generation is the current one; see pass.bpf.h. */
	__u32 pass_generation;
	__u64 pass_endpoint;

	__u64 judged;		  /* by user space: the send of that number was left unseen */
	__u64 tick;		  /* jiffies, when @comm was read */
	__u64 candidate_endpoint; /* may get a pass at the next send */
	__u32 candidate_generation;
	__u32 rproc;	  /* that @endpoint belongs to */
	__u16 depth;	  /* sends inside one another, see sender_enter() */
	__u8 may_sleep;	  /* entered through a function that waits for a buffer */
	__u8 ejected;	  /* was given a buffer to leave with */
	__u32 sent;	  /* sends of it that the flight recorder has */
	__u32 number;	  /* its own, in the array */
	__u32 pass_rproc; /* that @pass_endpoint belongs to */
	char comm[16];
};

static inline bool rg_is_inside(const struct rg_record *r)
{
	const __u64 begun = *(const volatile __u64 *)&r->begun;

	return begun != *(const volatile __u64 *)&r->ended &&
	       begun != *(const volatile __u64 *)&r->judged;
}

/*
 * The flight recorder: the last sends of each record that have ended. User space reads it through a mapping
 * while it is written to, see flight.bpf.h and src/kernel_side/flight.c.
 */
enum rg_send_result {
	RG_SEND_RETURNED = 1,
	RG_SEND_TURNED_AWAY, /* refused */
	RG_SEND_KEPT_AWAY,   /* from a dead endpoint */
	RG_SEND_LEFT,	     /* ejected */
};

struct rg_flight_send {
	__u64 key; /* of the task that had the record then */
	__u64 start_ns, end_ns;
	__u64 endpoint;
	__u64 ip;
	__s32 value;  /* what it returned */
	__u16 rproc;  /* RG_GATES and above: not known */
	__u16 result; /* enum rg_send_result */
};

/*
 * A caller of rproc_shutdown() that was turned back at its entry because nobody had held its open:
 * pid_tgid -> . User space runs the hold meanwhile and then decides.
 */
#define RG_PARKED_MAX 64

/* Callers inside rproc_shutdown() at a time. */
#define RG_INSIDE_MAX 64

struct rg_inside {
	__u32 rproc;
	__u32 closed; /* the gate was closed by this entry: nobody holds this shutdown */
	__u64 since_ns;
};

enum rg_park_mode {
	RG_PARK_ENTERING, /* not decided yet: for user space it is not there */
	RG_PARK_RESTART,  /* stopped by SIGSTOP; continued, it makes the same call again */
	RG_PARK_DEFER, /* stopped by SIGSTOP, but its call has returned: user space stops for it */
	RG_PARK_RUNNING, /* the same, and it could not be stopped either */
	RG_PARK_CLOSED,	 /* the same for a close, which nobody tells the result */
	RG_PARK_BUSY,	 /* not parked: its call has failed with -EBUSY */
};

enum rg_park_verdict {
	RG_PARK_WAIT,
	RG_PARK_PASS,	/* good as long as the hold that it was given for: see answer_parked() */
	RG_PARK_FREE,	/* nobody guards that remote processor */
	RG_PARK_REFUSE, /* -EBUSY */
	RG_PARK_DOWN,	/* -EINVAL, what the kernel says of a remote processor that is down */
	RG_PARK_IN_USE, /* -EAGAIN, what the kernel says of a module that is in use: removals only */
	RG_PARK_NO_RIGHT, /* -EPERM, what it says of a caller without the right: removals only */
};

struct rg_parked {
	__u32 rproc;
	__u32 mode;    /* enum rg_park_mode */
	__u32 verdict; /* enum rg_park_verdict, written by user space */
	__u32 detach;  /* it called rproc_detach() */
	__u64 since_ns;
	__u64 caller; /* return address */
	char comm[16];
};

/*
 * A caller of delete_module() that was turned back: pid_tgid -> . Only user space changes an entry; who
 * deletes it has used the pass, or made it void.
 */
#define RG_REMOVALS_MAX 64
#define RG_MODULES_MAX 64
/* MODULE_NAME_LEN of the kernel, on 64 bits; 60 on 32 bits, where no driver has so long a name either. */
#define RG_MODULE_NAME 56

struct rg_removal {
	__u32 verdict;	 /* enum rg_park_verdict, written by user space */
	__u32 flags;	 /* of the call */
	__u32 has_right; /* at its call; else that is not known */
	__u32 unused;
	__u64 since_ns;
	char module[RG_MODULE_NAME]; /* "": its memory was not there */
	char comm[16];
};

/* Whether a call of the service itself has shown the right to remove modules. */
enum rg_right {
	RG_RIGHT_NOT_TOLD,
	RG_RIGHT_NONE,
	RG_RIGHT_SHOWN,
};

/* The text of a function, from its first byte to the one after its last. */
struct rg_range {
	__u64 begin, end;
};

/* Functions that call rproc_shutdown() for a program that writes "stop", and for a close. */
#define RG_WRITE_HANDLERS 4
#define RG_RELEASE_HANDLERS 2

/* A transmit virtqueue -> one of its buffers, for ejection. */
struct rg_outbuf {
	__u64 buffer;
	__u32 rproc;
	__u32 unused;
};

#define RG_VIRTQUEUES_MAX 64

/*
 * Numbers of virtqueues that a remote processor tells apart, a power of two. They are given out from 0 on, two for
 * each of its virtio devices (idr_alloc() in rproc_alloc_vring()).
 */
#define RG_QUEUES 4
#define RG_DELIVERIES (RG_GATES * RG_QUEUES)

/* The interrupts of a virtqueue: bpf/receive.bpf.h. Written by the delivery only. */
struct rg_delivery {
	__u64 key;   /* of the task that delivers, as in struct rg_record */
	__u32 moves; /* changes with each delivery, and with each message of it */
	__u8 inside;
	__u8 outer; /* the delivery that the task was inside before */
	__u16 unused;
};

/* Ledger: endpoint address -> */
struct rg_endpoint {
	__u32 rproc;
	__u32 dead;
	char channel[RG_CHANNEL_SIZE];
};

#endif
