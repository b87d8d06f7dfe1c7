/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The module rpmsg_guard_allow, which makes bpf_override_return() legal on the rpmsg functions.
 */
#ifndef RPMSG_GUARD_GUARD_ALLOW_LIST_H
#define RPMSG_GUARD_GUARD_ALLOW_LIST_H

/*
 * Loads it if it is installed. Harmless when it is not, when it is loaded already (then it stays) or
 * when a patched kernel has the list built in: whether the list is there shows at the attaching.
 */
void allow_list_load(void);

/* Unloads it again if allow_list_load() did load it. */
void allow_list_unload(void);

#endif
