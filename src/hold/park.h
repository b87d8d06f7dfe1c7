/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Letting a caller go on that the kernel side has stopped with SIGSTOP (bpf/park.bpf.h, bpf/removal.bpf.h).
 *
 * A parent may take that stop for one by job control: sudo stops itself when its command stops, and
 * nobody would continue it. So those above a caller are looked after, too, for a while.
 */
#ifndef RPMSG_GUARD_HOLD_PARK_H
#define RPMSG_GUARD_HOLD_PARK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PARK_ANCESTORS 4

/* How long after its continuation a caller's parents may still react to its stop. */
#define PARK_TEND_MS 3000

struct park_ancestor {
	int pid;
	uint64_t begun_ticks; /* struct task_stat */
};

/* Those above a caller. */
struct park_ancestors {
	struct park_ancestor all[PARK_ANCESTORS];
	size_t n;
};

/* Only of a caller that has the right to its call: any user could have others continued. */
void park_note_ancestors(struct park_ancestors *a, int pid);

/* Continues those that have been stopped since. */
void park_continue_ancestors(const struct park_ancestors *a);

/* Continues process @pid if it is stopped, and returns whether it was. */
bool park_continue_if_stopped(int pid);

/*
 * park_recover.c: continues every process that is stopped and has a remote processor's state file or character
 * device open for writing, or is about to remove a module: what an instance that died in a hold has
 * left behind. Returns how many.
 */
size_t park_recover(void);

#endif
