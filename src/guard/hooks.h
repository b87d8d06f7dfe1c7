/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Attaching the BPF programs to the kernel's functions, and again when a module that holds some of
 * them was unloaded and loaded.
 *
 * Whatever changes something is for the thread of guard_refresh(); what is marked so below may be
 * called by any thread at any time, and waits for nothing.
 */
#ifndef RPMSG_GUARD_GUARD_HOOKS_H
#define RPMSG_GUARD_GUARD_HOOKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "system/level.h"

struct guard_bpf;
struct hooks;

/* The modules that the functions are in, when they are not built in. */
enum home { RPMSG_CORE, VIRTIO_RPMSG_BUS, REMOTEPROC, VIRTIO_RING, HOMES };

/* Before loading: leaves out the programs that @level has no use for. */
void hooks_choose(const struct guard_bpf *skel, enum level level);

/* Returns NULL when there is no memory. @load_allow_list as in struct guard_options. */
struct hooks *hooks_new(struct guard_bpf *skel, enum level level, bool load_allow_list);
void hooks_free(struct hooks *hooks);

/*
 * Which modules were loaded or unloaded since the last hooks_refresh(): a bit for each home, all of them
 * the first time.
 */
unsigned int hooks_look(struct hooks *hooks);

/* Whether hooks_look() would find no change, and no hooks_refresh() is at work on one. Any thread. */
bool hooks_are_current(const struct hooks *hooks);

/*
 * Detaches from the homes of @changes, which hooks_look() has found, and attaches whatever can be attached
 * now and is not. Returns 0, or a negative errno with one line in @reason; what could be attached stays so.
 */
int hooks_refresh(struct hooks *hooks, unsigned int changes, char *reason, size_t len);

/* Whether every creation of an endpoint is being seen. */
bool hooks_see_endpoints(const struct hooks *hooks);

/* Whether a sleeping sender can be handed a buffer. Any thread. */
bool hooks_can_eject(const struct hooks *hooks);

/* The entry point of the send family that address @ip lies at the beginning of. Any thread. */
const char *hooks_send_name(const struct hooks *hooks, uint64_t ip);

#endif
