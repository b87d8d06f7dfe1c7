/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A hook that is attached only while somebody needs it, because it costs something with every send.
 *
 * Who needs it attaches it, which takes milliseconds. It is detached some time later by the thread that
 * refreshes, because that waits for a grace period of RCU; who needs it again before finds it attached.
 */
#ifndef RPMSG_GUARD_KERNEL_SIDE_DEMAND_H
#define RPMSG_GUARD_KERNEL_SIDE_DEMAND_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

struct bpf_link;
struct bpf_program;

struct demand {
	pthread_mutex_t lock;
	/* NULL when the function is not there, or its hook is refused. Read by any thread. */
	_Atomic(const char *) function;
	const struct bpf_program *program;
	uint64_t address;
	struct bpf_link *link;
	unsigned int users;
	bool listed; /* the allow list is loaded for the link */
};

/*
 * Any thread. Returns 0 when the hook is attached, to stay so until demand_end(), or a negative errno. May wait for
 * the file system that the allow list is on.
 */
int demand_begin(struct demand *d);
void demand_end(struct demand *d);

/* Whether it is worth a try. Any thread. */
bool demand_is_offered(const struct demand *d);

/* The following are for the thread that refreshes. */

/* The hook was attached as @link a moment ago, so it can be: keeps that until demand_tidy(). */
void demand_offer(struct demand *d, const struct bpf_program *program, const char *function,
		  uint64_t address, struct bpf_link *link);

/* The function has gone with its module. */
void demand_withdraw(struct demand *d);

/* Detaches what nobody needs. Waits for the kernel. */
void demand_tidy(struct demand *d);

#endif
