/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Callers of delete_module() that were turned back and wait for a decision: see bpf/removal.bpf.h.
 * There are none below level "override".
 */
#ifndef RPMSG_GUARD_KERNEL_SIDE_REMOVALS_H
#define RPMSG_GUARD_KERNEL_SIDE_REMOVALS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel_side/kside.h"

#define REMOVALS_MAX 64

struct removal {
	uint64_t key; /* names it in the calls below, with the next */
	uint64_t since_ns;
	int pid, tid;
	bool decided;	 /* it was, and has not come by since */
	bool passes;	 /* decided so that its next call gets through */
	bool has_right;	 /* to remove modules, at its call; else that is not known */
	bool forced;	 /* the call has O_TRUNC: the kernel may remove what is in use */
	char module[56]; /* "": not known */
};

/* From here on the removal of this module is turned back. For one thread at a time. */
void removals_guard(struct kside *kside, const char *module);

/* Fills @out up to @max and returns how many there are. */
size_t removals_list(const struct kside *kside, struct removal *out, size_t max);

/* How many calls were refused by the kernel side: no room, or a caller that cannot be stopped. */
uint64_t removals_refused(const struct kside *kside);

enum removal_answer {
	REMOVAL_PASS,
	REMOVAL_FREE,	/* nothing is guarded that it could take down */
	REMOVAL_BUSY,	/* refused */
	REMOVAL_IN_USE, /* what the kernel itself would say */
	REMOVAL_NO_RIGHT, /* the same. Given late, it must not let in who has got this number meanwhile */
};

/* Tells the kernel side. The caller still has to be continued afterwards. */
void removal_decide(struct kside *kside, const struct removal *r, enum removal_answer answer);

/* Of one with a pass: whether it has not been used yet. */
bool removal_has_pass(const struct kside *kside, const struct removal *r);

/* Makes an unused pass void; false when it was used meanwhile. Also for a caller that has died. */
bool removal_revoke(struct kside *kside, const struct removal *r);

/* Whether the caller has used its pass and is in the call. To be asked after removal_has_pass(). */
bool removal_is_inside(struct kside *kside, const struct removal *r);

#endif
