/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Access to maps by bpf(), for all of src/guard: nothing else there may call the functions of libbpf
 * that these stand for.
 *
 * While a thread is inside such a call, programs of whoever runs on the same CPU are skipped without a
 * word (bpf_disable_instrumentation() raises bpf_prog_active), and since 5.11 it can be preempted
 * there (commit 74d862b682f5): senders then come in that are neither recorded nor refused, on dead
 * endpoints, too (seen on 6.1 with KASAN, for a walk over the senders and for single elements). At
 * the highest real-time priority nothing that sends gets in between, interrupts left aside. Without
 * the right to it (CAP_SYS_NICE) that stays a risk, as it does for other programs that use maps.
 * Where a mapping will do, it is better.
 */
#ifndef RPMSG_GUARD_GUARD_MAPS_H
#define RPMSG_GUARD_GUARD_MAPS_H

#include <stdint.h>

/* All return 0 or a negative errno. */
int map_lookup(int fd, const void *key, void *value);
int map_update(int fd, const void *key, const void *value, uint64_t flags);
int map_delete(int fd, const void *key);
int map_next_key(int fd, const void *key, void *next);

/* As bpf_map_lookup_batch(): -ENOENT comes with the last ones. */
int map_lookup_batch(int fd, void *from, void *cursor, void *keys, void *values, uint32_t *count);

#endif
