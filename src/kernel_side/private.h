/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files of this folder share and nobody else sees: the loaded BPF object and its maps.
 */
#ifndef RPMSG_GUARD_KERNEL_SIDE_PRIVATE_H
#define RPMSG_GUARD_KERNEL_SIDE_PRIVATE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Before the skeleton, which has variables of its types. */
#include "shared.h"

#include "guard.skel.h"
#include "kernel_side/attach.h"
#include "kernel_side/kside.h"

/*
 * How long a sender that was let in without a record may be inside: the kernel's own transmit timeout is
 * 15 s (rpmsg_send_offchannel_raw()), and a busy machine wakes it up later.
 */
#define UNRECORDED_NS 18000000000ULL
/* By the clock, whatever the ticks of the kernel say. */
#define UNRECORDED_MOST_NS (4 * UNRECORDED_NS)

#define RG_OWN_MAPS_MAX 64

struct demand;
struct hooks;

struct kside {
	/* None of these changes until kside_close(). */
	struct guard_bpf *skel;
	struct hooks *hooks;
	enum level level;
	const char *btf_path; /* of the configuration */
	struct ring_buffer *events;
	struct rg_gate *gates; /* the map itself, see gate.bpf.h */
	size_t flight_sends;   /* of each record, that the flight recorder keeps */

	/* Of the thread that owns each gate: ends of sends when every CPU was last visited, see kside_all_left(). */
	uint64_t sends_ended[RG_GATES];

	/* Of who takes records back: keys of those that nobody finds any more, and that are not free yet. */
	uint64_t hidden[RG_RECORDS];

	/* Of the thread that consumes events. */
	kside_event_fn event_fn;
	void *event_arg;
	size_t events_taken; /* by this call of kside_consume() */

	/* Of the thread that refreshes: the kernel side knows who may be turned back. */
	bool callers_known;
	bool right_tried;
	int64_t creations; /* of endpoints, under way at its last look */
	uint64_t begun;	   /* and begun until then */
	uint64_t since_ms; /* when both became so */
	bool told_of_lost;
	const char *bypassed; /* what trampolines_look() has told */

	/* Of the thread that guards modules: what is in the map of them. */
	char modules[RG_MODULES_MAX][RG_MODULE_NAME];
	size_t n_modules;

	pthread_mutex_t world; /* see world.c */

	atomic_ullong missed_exits;

	/* The last moment in which a send may have begun that is on no record, and the ticks when that was noticed. */
	pthread_mutex_t unrecorded;
	uint64_t unrecorded_ns;
	unsigned long unrecorded_ticks;

	/* Of missed.c: what the kernel is like; maps of this program; and when others were last seen to use some. */
	bool may_miss, counts_missed;
	uint32_t own_maps[RG_OWN_MAPS_MAX];
	size_t n_own_maps;
	pthread_mutex_t maps; /* for what follows */
	uint32_t last_map;
	uint64_t others_ns;
};

/* Behind the loading: which maps are of this program. */
void missed_begin(struct kside *kside);

/*
 * Whether a signal from a hook is sent by the next tick: on 32-bit ARM with one possible CPU, which has no
 * interrupt for itself (arch_irq_work_has_interrupt()).
 */
bool signals_wait_for_tick(int cpus);

/*
 * How a kernel whose signals are late sends the one that stops a parked caller is tried out once the object is
 * loaded, by a program that signals_choose() leaves out elsewhere.
 */
void signals_choose(const struct guard_bpf *skel, enum level level);
void signals_try(struct guard_bpf *skel);

/* Tries whether the kernel side can read the right of a caller to remove modules. After the hooks are attached. */
void right_try(struct kside *g);

/*
 * Tries once whether the kernel side finds its way, as soon as there is something to try it on; without @g,
 * which needs no hook yet, only says what is known. Returns 0, or a negative errno with one line in @reason.
 * Of the thread of kside_refresh().
 */
int layout_check(struct kside *g, char *reason, size_t len);

/* The same in the words of "check". */
bool layout_describe(char *reason, size_t len, const char **remedy);

/* NULL when remoteproc<index> is beyond those that have a gate. */
struct rg_gate *kside_gate_of(const struct kside *kside, int index);

/*
 * Hooks: attaching the BPF programs to the kernel's functions, and again when a module that holds some of
 * them was unloaded and loaded. Whatever changes something is for the thread of kside_refresh(); what is
 * marked so may be called by any thread at any time, and waits for nothing.
 */

/* The modules that the functions are in, when they are not built in. KERNEL always is. */
enum home { RPMSG_CORE, VIRTIO_RPMSG_BUS, REMOTEPROC, VIRTIO_RING, KERNEL, HOMES };

/* Which loading of each is there, and which is attached. */
struct homes {
	ino_t found[HOMES];		/* at the last look */
	_Atomic(ino_t) attached[HOMES]; /* read by any thread */
};

void homes_init(struct homes *homes);

/* A bit for each one that is not attached; all of them the first time. */
unsigned int homes_look(struct homes *homes);

/* Whether homes_look() would find none. Any thread. */
bool homes_are_current(const struct homes *homes);

/* What the last look has found is attached: a module that was loaded again meanwhile shows at the next. */
void homes_accept(struct homes *homes);

/* Before loading: leaves out the programs that @level has no use for. */
void hooks_choose(const struct guard_bpf *skel, enum level level);

/* Returns NULL when there is no memory. */
struct hooks *hooks_new(struct guard_bpf *skel, enum level level);
void hooks_free(struct hooks *hooks);

/* Which modules were loaded or unloaded since the last hooks_refresh(), and whether one is at work on that. */
struct homes *hooks_homes(struct hooks *hooks);

/*
 * Detaches from the homes of @changes, which homes_look() has found, and attaches whatever can be attached
 * now and is not. Returns 0, or a negative errno with one line in @reason; what could be attached stays so.
 */
int hooks_refresh(struct hooks *hooks, unsigned int changes, char *reason, size_t len);

/*
 * Records of senders (bpf/records.bpf.h): how many there are; all of them free, before a program runs; and taken back
 * from tasks that have gone, where there are few left.
 */
unsigned int records_max(void);
/* The first record from number @i on that a task may have, or RG_RECORDS. */
size_t records_next(const struct kside *kside, size_t i);
/* All of these by their numbers. */
#define for_each_record(kside, i)                                                                  \
	for (size_t i = records_next(kside, 0); i < RG_RECORDS; i = records_next(kside, (i) + 1))
/* The number behind the last of them. */
size_t records_end(const struct kside *kside);
/*
 * Ends of sends that the kernel side has seen so far; only ever grows. One that only a look at the task has found out
 * is not among them: that task has gone, or sleeps elsewhere, and a CPU that takes on another task does what it owes.
 */
uint64_t sends_ended(const struct kside *kside);
int records_free_all(const struct guard_bpf *skel);
void records_take_back(struct kside *kside);

/* The functions of the send family have just been hooked: holds wait for who slept in them already. */
void senders_note_before(struct guard_bpf *skel);

/*
 * Takes note of the last moment in which a send may have begun that is on no record: from then on the kernel's ticks
 * are counted until it must be out. Called by each look at senders, and soon after the moment where that can be.
 */
void senders_look_at_unrecorded(struct kside *kside);

/* Tells the log of BPF trampolines of other programs that are in the way, and of their end. */
void trampolines_look(struct kside *kside);

/*
 * The closed world of bpf/ledger.bpf.h: looks whether it can be closed or has to be opened, and makes room in the
 * ledger. Of the thread of kside_refresh(), as world_forget_dead() is: it forgets which endpoints are dead, where their
 * memory may be that of new ones. world_open() is for any thread.
 */
void world_look(struct kside *kside);
void world_forget_dead(struct kside *kside);
void world_open(struct kside *kside);

/* Whether every creation of an endpoint is being seen. */
bool hooks_see_endpoints(const struct hooks *hooks);

/* Whether callers of delete_module() come to the kernel side. */
bool hooks_park_removals(const struct hooks *hooks);

/* Whether a sleeping sender can be handed a buffer, once hooks_eject() is attached. Any thread. */
bool hooks_can_eject(const struct hooks *hooks);
struct demand *hooks_eject(struct hooks *hooks);

/* Whether nobody gets to the transport who polls behind a closed gate. Any thread. */
bool hooks_answer_polls(const struct hooks *hooks);

/* Whether interrupts are seen when they are delivered, and can be turned away. Any thread. */
bool hooks_see_deliveries(const struct hooks *hooks);

/* By the module that lists functions for overriding. */
enum shutdown_type hooks_shutdown_type(const struct hooks *hooks);

/* The entry point of the send family that address @ip lies at the beginning of. Any thread. */
const char *hooks_send_name(const struct hooks *hooks, uint64_t ip);

/*
 * Who may be turned back at rproc_shutdown(), found in the kernel's symbols: false when it cannot be made
 * known safely. To be taken back before the probe is attached to another loading of remoteproc.
 */
bool callers_find(struct kside *kside);
void callers_take_back(struct kside *kside);

/*
 * Access to maps: nothing else in this folder may call the functions of libbpf that these stand for, see
 * maps.c. All return 0 or a negative errno.
 */
int map_lookup(const struct bpf_map *map, const void *key, void *value);
int map_update(const struct bpf_map *map, const void *key, const void *value, uint64_t flags);
int map_delete(const struct bpf_map *map, const void *key);

/* Entries to read at a time; far more than a bucket of any map here can hold, which comes as a whole. */
#define MAP_BATCH 128

/*
 * Reads up to @count entries, bucket after bucket, each under its lock, and goes on at @cursor unless it is
 * the @first time. -ENOENT comes with the last ones. A walk from key to key takes no lock, and while
 * entries come and go it may leave out buckets, or begin again: see tests/model/walk.pml.
 */
int map_read(const struct bpf_map *map, uint32_t *cursor, bool first, void *keys, void *values,
	     uint32_t *count);

/* The first @elements, one at least, of the map itself in memory. NULL with errno. */
void *map_mmap(const struct bpf_map *map, int prot, size_t elements);
void map_munmap(const struct bpf_map *map, const void *p, size_t elements);

/* Whether one of these calls has run without the highest priority: it may have kept a sender off its record. */
bool maps_are_unprotected(void);

#endif
