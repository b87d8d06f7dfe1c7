/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Attaching the BPF programs to the kernel's functions, and again when a module that holds some of
 * them was unloaded and loaded.
 */
#ifndef RPMSG_GUARD_GUARD_HOOKS_H
#define RPMSG_GUARD_GUARD_HOOKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "system/level.h"

struct guard_bpf;
struct hooks;

/* Returns NULL when there is no memory. @load_allow_list as in struct guard_options. */
struct hooks *hooks_new(struct guard_bpf *skel, enum level level, bool load_allow_list);
void hooks_free(struct hooks *hooks);

/*
 * Attaches whatever can be attached now and is not. @changed tells whether a module was loaded or
 * unloaded since the last call. Returns 0, or a negative errno with one line in @reason; what could
 * be attached stays so.
 */
int hooks_refresh(struct hooks *hooks, bool *changed, char *reason, size_t len);

/* Whether every creation of an endpoint is being seen. */
bool hooks_see_endpoints(const struct hooks *hooks);

/* Whether a sleeping sender can be handed a buffer. */
bool hooks_can_eject(const struct hooks *hooks);

/* The entry point of the send family that address @ip lies at the beginning of. */
const char *hooks_send_name(const struct hooks *hooks, uint64_t ip);

#endif
