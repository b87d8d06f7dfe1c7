// SPDX-License-Identifier: GPL-2.0-only
#include "guard/guard.h"

#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <dirent.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "guard/barrier.h"
#include "guard/in_send.h"
#include "guard/maps.h"
#include "guard/private.h"
#include "guard/write_handlers.h"
#include "log/log.h"
#include "system/files.h"
#include "system/test_hooks.h"

/*
 * A send that does not sleep is over within microseconds. A record older than this belongs to a
 * sleeper, whose stack can be read, or to a send whose exit was missed.
 */
#define RECORD_TRUSTED_NS 50000000ULL

/*
 * How long a sender that was let in without a record may be inside: the kernel's own transmit timeout is
 * 15 s (rpmsg_send_offchannel_raw()).
 */
#define UNRECORDED_NS 16000000000ULL

/* Records read at a time; far more than a bucket of the map can hold, which comes as a whole. */
#define SENDERS_BATCH 128

static int print_libbpf(enum libbpf_print_level level, const char *fmt, va_list ap)
{
	char text[512];

	if (level == LIBBPF_DEBUG)
		return 0;
	vsnprintf(text, sizeof(text), fmt, ap);
	text[strcspn(text, "\n")] = '\0';
	log_debug("%s", text);
	return 0;
}

/*
 * For a kernel without BTF: the BTF of our own object, so that every relocation resolves to the
 * offset it was compiled with (see vmlinux-headers/device.h). Returns a descriptor that keeps the
 * file at @path alive, or a negative errno.
 */
static int own_btf(char *path, size_t len)
{
	struct guard_bpf *skel = guard_bpf__open();
	const void *data;
	int fd, err = 0;
	__u32 size;

	if (!skel)
		return -errno;
	data = btf__raw_data(bpf_object__btf(skel->obj), &size);
	fd = memfd_create("rpmsg-guard-btf", MFD_CLOEXEC);
	if (fd < 0)
		err = -errno;
	else if (write(fd, data, size) != (ssize_t)size)
		err = -EIO;
	guard_bpf__destroy(skel);
	if (err) {
		if (fd >= 0)
			close(fd);
		return err;
	}
	file_fd_path(fd, path, len);
	return fd;
}

static struct guard_bpf *open_skeleton(const struct guard_options *options, int *btf_fd)
{
	LIBBPF_OPTS(bpf_object_open_opts, opts);
	char path[32];

	*btf_fd = -1;
	if (options->btf_path) {
		opts.btf_custom_path = options->btf_path;
	} else if (access("/sys/kernel/btf/vmlinux", R_OK) < 0) {
		*btf_fd = own_btf(path, sizeof(path));
		if (*btf_fd < 0)
			return NULL;
		opts.btf_custom_path = path;
	}
	return guard_bpf__open_opts(&opts);
}

static void set_test_limits(struct guard_bpf *skel)
{
	const unsigned int senders = test_senders_max ? test_senders_max() : 0;
	const unsigned int events = test_event_buffer ? test_event_buffer() : 0;

	if (senders)
		bpf_map__set_max_entries(skel->maps.senders, senders);
	if (events)
		bpf_map__set_max_entries(skel->maps.events, events);
}

static int load(struct guard *g, const struct guard_options *options)
{
	const int cpus = libbpf_num_possible_cpus();
	int btf_fd, err;

	if (cpus < 0)
		return cpus;
	g->cpus = (size_t)cpus;
	g->flight_sends = options->flight_sends;

	g->skel = open_skeleton(options, &btf_fd);
	if (!g->skel)
		return -errno;
	/* At level "override" the other one is the fallback, see hooks.c. */
	if (options->level != LEVEL_OVERRIDE) {
		bpf_program__set_autoload(g->skel->progs.send_enter_override, false);
		bpf_program__set_autoload(g->skel->progs.trysend_enter_override, false);
		bpf_program__set_autoload(g->skel->progs.shutdown_enter_override, false);
		bpf_program__set_autoload(g->skel->progs.get_buf_enter, false);
		bpf_program__set_autoload(g->skel->progs.add_outbuf_enter, false);
		bpf_program__set_autoload(g->skel->progs.dev_probe_enter, false);
		bpf_program__set_autoload(g->skel->progs.dev_probe_exit, false);
	}
	bpf_map__set_max_entries(g->skel->maps.events, options->event_buffer);
	set_test_limits(g->skel);
	bpf_map__set_max_entries(g->skel->maps.flight_counts, (__u32)cpus);
	bpf_map__set_max_entries(g->skel->maps.flights, (__u32)cpus * options->flight_sends);
	g->skel->rodata->flight_sends = options->flight_sends;
	g->skel->rodata->refused_errno = options->refused_errno;
	g->skel->rodata->fail_dead = options->fail_dead;
	g->skel->rodata->passive = options->passive;
	memset(g->skel->data->yardstick, 'x', sizeof(g->skel->data->yardstick));
	err = guard_bpf__load(g->skel);
	if (btf_fd >= 0)
		close(btf_fd);
	return err;
}

static size_t whole_pages(size_t size)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);

	return (size + page - 1) / page * page;
}

/* How much of a map is there to be mapped. */
static size_t mapped_size(const struct bpf_map *map)
{
	return whole_pages((size_t)bpf_map__value_size(map) * bpf_map__max_entries(map));
}

/* NULL with errno. */
static void *map_map(const struct bpf_map *map, int prot)
{
	void *p = mmap(NULL, mapped_size(map), prot, MAP_SHARED, bpf_map__fd(map), 0);

	return p == MAP_FAILED ? NULL : p;
}

static int map_maps(struct guard *g)
{
	g->gates = map_map(g->skel->maps.gates, PROT_READ | PROT_WRITE);
	g->flight_counts = g->gates ? map_map(g->skel->maps.flight_counts, PROT_READ) : NULL;
	g->flights = g->flight_counts ? map_map(g->skel->maps.flights, PROT_READ) : NULL;
	return g->flights ? 0 : -errno;
}

static void unmap_map(const struct bpf_map *map, const void *p)
{
	if (p)
		munmap((void *)p, mapped_size(map));
}

static void unmap_maps(struct guard *g)
{
	if (!g->skel)
		return;
	unmap_map(g->skel->maps.gates, g->gates);
	unmap_map(g->skel->maps.flight_counts, g->flight_counts);
	unmap_map(g->skel->maps.flights, g->flights);
}

static int on_event(void *ctx, void *data, size_t size)
{
	const struct rg_event *event = data;
	struct guard *g = ctx;

	if (size >= sizeof(*event) && event->version == RG_EVENT_VERSION && g->event_fn)
		g->event_fn(event, g->event_arg);
	return 0;
}

static void explain_load(int err, char *reason, size_t len)
{
	if (err == -EPERM)
		snprintf(reason, len, "no right to load BPF programs; run as root");
	else if (err == -ENOSYS)
		snprintf(reason, len, "the kernel has no BPF; it needs CONFIG_BPF_SYSCALL");
	else
		snprintf(reason, len,
			 "the kernel refused the BPF object: %s; 'rpmsg-guard check' "
			 "names what is missing",
			 strerror(-err));
}

int guard_open(struct guard **out, const struct guard_options *options, char *reason, size_t len)
{
	struct guard *g = calloc(1, sizeof(*g));
	int err;

	if (!g)
		return -ENOMEM;
	g->level = options->level;
	libbpf_set_print(print_libbpf);
	err = load(g, options);
	if (!err)
		err = map_maps(g);
	if (err) {
		explain_load(err, reason, len);
		goto fail;
	}
	g->hooks = hooks_new(g->skel, options->level, options->load_allow_list);
	g->events = ring_buffer__new(bpf_map__fd(g->skel->maps.events), on_event, g, NULL);
	if (!g->hooks || !g->events) {
		err = -ENOMEM;
		snprintf(reason, len, "no memory for the kernel side");
		goto fail;
	}
	err = guard_refresh(g, reason, len);
	if (err)
		goto fail;
	*out = g;
	return 0;

fail:
	guard_close(g);
	return err;
}

void guard_close(struct guard *g)
{
	if (!g)
		return;
	hooks_free(g->hooks);
	ring_buffer__free(g->events);
	unmap_maps(g);
	guard_bpf__destroy(g->skel);
	free(g);
}

/* A missing folder is no answer: the bus does not exist before rpmsg_core is loaded. */
static bool no_channels(void)
{
	DIR *dir = opendir("/sys/bus/rpmsg/devices");
	const struct dirent *entry;
	bool empty = true;

	if (!dir)
		return false;
	while (empty && (entry = readdir(dir)))
		empty = entry->d_name[0] == '.';
	closedir(dir);
	return empty;
}

/* See ledger.bpf.h. The order matters: first the probe is there, then the look at the bus. */
static void close_world(struct guard *g)
{
	struct guard_bpf__bss *bss = g->skel->bss;

	if (!bss->world_closed && !bss->lost_endpoints && hooks_see_endpoints(g->hooks) &&
	    no_channels()) {
		bss->world_closed = 1;
		log_debug("every endpoint is known from here on");
	}
}

/*
 * Makes room in the ledger. In the closed world an unknown endpoint is a dead one, so nothing is
 * lost with an entry that says dead.
 */
static void purge_ledger(struct guard *g)
{
	const int fd = bpf_map__fd(g->skel->maps.ledger);
	uint64_t key, next;
	struct rg_endpoint entry;
	bool more;

	if (!g->skel->bss->world_closed || g->skel->bss->n_endpoints < RG_ENDPOINTS_MAX / 2)
		return;
	more = map_next_key(fd, NULL, &key) == 0;
	while (more) {
		more = map_next_key(fd, &key, &next) == 0;
		if (map_lookup(fd, &key, &entry) == 0 && entry.dead && map_delete(fd, &key) == 0)
			__atomic_fetch_sub(&g->skel->bss->n_endpoints, 1, __ATOMIC_RELAXED);
		key = next;
	}
}

int guard_refresh(struct guard *g, char *reason, size_t len)
{
	bool changed;
	int err = hooks_refresh(g->hooks, &changed, reason, len);

	if (changed) {
		g->skel->bss->world_closed = 0;
		/* Three readings of the kernel's symbols, for those that turn callers back. */
		if (g->level == LEVEL_OVERRIDE)
			write_handlers_find(g);
	}
	close_world(g);
	purge_ledger(g);
	return err;
}

struct rg_gate *guard_gate_of(const struct guard *g, int index)
{
	return index >= 0 && index < RG_GATES ? &g->gates[index] : NULL;
}

int guard_gate_close(struct guard *g, int index)
{
	struct rg_gate *gate = guard_gate_of(g, index);
	int err;

	/* Without a gate there are still records to be read. */
	if (!gate)
		return barrier() ?: -ERANGE;
	__atomic_store_n(&gate->reported, 0, __ATOMIC_RELAXED);
	__atomic_store_n(&gate->noted, 0, __ATOMIC_RELAXED);
	/* Still set when a virtio driver was unbound and the remote processor runs on. */
	__atomic_store_n(&gate->teardown_ns, 0, __ATOMIC_RELAXED);
	__atomic_store_n(&gate->released, 0, __ATOMIC_RELAXED);
	/*
	 * A boot, or a shutdown that came to nothing, opens the gate from inside a program, and one
	 * that had looked at it before this may do so after. It has ended after the barrier; those
	 * that begin later see that the gate was closed for good.
	 */
	do {
		__atomic_store_n(&gate->announced, 1, __ATOMIC_RELAXED);
		__atomic_store_n(&gate->closed, 1, __ATOMIC_SEQ_CST);
		err = barrier();
	} while (!err && !__atomic_load_n(&gate->closed, __ATOMIC_SEQ_CST));
	return err;
}

void guard_gate_release(struct guard *g, int index)
{
	struct rg_gate *gate = guard_gate_of(g, index);

	if (gate)
		__atomic_store_n(&gate->released, 1, __ATOMIC_SEQ_CST);
}

void guard_gate_withdraw_release(struct guard *g, int index)
{
	struct rg_gate *gate = guard_gate_of(g, index);

	if (gate)
		__atomic_store_n(&gate->released, 0, __ATOMIC_SEQ_CST);
}

int guard_gate_open(struct guard *g, int index)
{
	struct rg_gate *gate = guard_gate_of(g, index);

	if (!gate)
		return -ERANGE;
	__atomic_store_n(&gate->announced, 0, __ATOMIC_RELAXED);
	__atomic_store_n(&gate->released, 0, __ATOMIC_RELAXED);
	__atomic_store_n(&gate->closed, 0, __ATOMIC_SEQ_CST);
	return 0;
}

bool guard_tearing_down(const struct guard *g, int index)
{
	const struct rg_gate *gate = guard_gate_of(g, index);

	return gate && __atomic_load_n(&gate->closed, __ATOMIC_RELAXED) &&
	       __atomic_load_n(&gate->teardown_ns, __ATOMIC_RELAXED);
}

bool guard_gate_is_closed(const struct guard *g, int index)
{
	const struct rg_gate *gate = guard_gate_of(g, index);

	return gate && __atomic_load_n(&gate->closed, __ATOMIC_RELAXED);
}

void guard_counters(const struct guard *g, int index, struct guard_counters *out)
{
	const struct rg_gate *gate = guard_gate_of(g, index);

	memset(out, 0, sizeof(*out));
	if (!gate)
		return;
	out->refused = __atomic_load_n(&gate->refused, __ATOMIC_RELAXED);
	out->dropped = __atomic_load_n(&gate->dropped, __ATOMIC_RELAXED);
	out->unsafe_overlaps = __atomic_load_n(&gate->unsafe_overlaps, __ATOMIC_RELAXED);
	out->stale = __atomic_load_n(&gate->stale, __ATOMIC_RELAXED);
}

struct guard_losses guard_losses(const struct guard *g)
{
	const struct guard_bpf__bss *bss = g->skel->bss;

	return (struct guard_losses){
		.events = bss->lost_events,
		.senders = bss->lost_senders,
		.endpoints = bss->lost_endpoints,
		.exits = bss->missed_exits + atomic_load(&g->missed_exits),
	};
}

static bool concerns(const struct guard *g, const struct rg_sender *record, int index)
{
	struct rg_endpoint entry;

	/* Whose it is cannot be said: everybody waits for it. */
	if (map_lookup(bpf_map__fd(g->skel->maps.ledger), &record->endpoint, &entry) < 0 ||
	    entry.rproc == RG_RPROC_UNKNOWN)
		return true;
	return entry.rproc == (uint32_t)index;
}

/* Removes the record of a task that is not inside a send any more. */
static bool remove_if_stale(struct guard *g, uint64_t key, const struct rg_sender *record)
{
	struct rg_sender now;

	if (key & RG_IDLE_KEY || clock_ns() - record->since_ns < RECORD_TRUSTED_NS ||
	    task_in_send((int)key))
		return false;
	/* It may have left that send and entered another while its stack was read. */
	if (map_lookup(bpf_map__fd(g->skel->maps.senders), &key, &now) < 0 ||
	    now.since_ns != record->since_ns)
		return false;
	if (map_delete(bpf_map__fd(g->skel->maps.senders), &key) == 0) {
		__atomic_fetch_sub(&g->skel->bss->n_senders, 1, __ATOMIC_RELAXED);
		__atomic_fetch_sub(&g->skel->bss->process_senders[rg_process_counter(key)], 1,
				   __ATOMIC_RELAXED);
		atomic_fetch_add(&g->missed_exits, 1);
	}
	log_debug("thread %d left a send unseen; its record is removed", (int)key);
	return true;
}

static void describe(const struct guard *g, uint64_t key, const struct rg_sender *record,
		     struct guard_sender *out)
{
	const bool idle = key & RG_IDLE_KEY;

	memset(out, 0, sizeof(*out));
	out->pid = idle ? 0 : (int)(key >> 32);
	out->tid = idle ? 0 : (int)key;
	out->since_ns = record->since_ns;
	out->endpoint = record->endpoint;
	memcpy(out->comm, record->comm, sizeof(out->comm) - 1);
	snprintf(out->function, sizeof(out->function), "%s", hooks_send_name(g->hooks, record->ip));
}

/* The map cannot be read: then somebody may be inside, and nobody may conclude the opposite. */
static size_t unreadable(struct guard_sender *out, int err)
{
	memset(out, 0, sizeof(*out));
	out->since_ns = clock_ns();
	snprintf(out->comm, sizeof(out->comm), "unknown");
	snprintf(out->function, sizeof(out->function), "%s", strerror(-err));
	return 1;
}

/* Nobody can say whose it was or whether it is out: everybody waits until it must be. */
static size_t unrecorded(const struct guard *g, struct guard_sender *out)
{
	const uint64_t since = __atomic_load_n(&g->skel->bss->unrecorded_ns, __ATOMIC_RELAXED);

	if (!since || clock_ns() - since > UNRECORDED_NS)
		return 0;
	memset(out, 0, sizeof(*out));
	out->since_ns = since;
	snprintf(out->comm, sizeof(out->comm), "unknown");
	snprintf(out->function, sizeof(out->function), "a send without a record");
	return 1;
}

/*
 * Reads bucket after bucket, each under its lock. A walk from key to key takes none, and while
 * refused senders come and go it may leave out buckets, that of a sender inside too: see
 * tests/model/walk.pml.
 */
size_t guard_senders(struct guard *g, int index, struct guard_sender *out, size_t max)
{
	const int fd = bpf_map__fd(g->skel->maps.senders);
	struct rg_sender records[SENDERS_BATCH];
	uint64_t keys[SENDERS_BATCH];
	uint32_t cursor = 0, count;
	void *from = NULL;
	size_t n = max ? unrecorded(g, out) : 0;
	int err;

	/*
	 * The number is exact (gate.bpf.h), and reading it takes no part in the map: mostly it is all
	 * that there is to know.
	 */
	if (__atomic_load_n(&g->skel->bss->n_senders, __ATOMIC_SEQ_CST) <= 0)
		return n;
	do {
		count = SENDERS_BATCH;
		err = map_lookup_batch(fd, from, &cursor, keys, records, &count);
		/* ENOENT comes with the last ones. */
		if (err && err != -ENOENT)
			return n ? n : unreadable(out, err);
		for (uint32_t i = 0; i < count && n < max; i++)
			if (concerns(g, &records[i], index) &&
			    !remove_if_stale(g, keys[i], &records[i]))
				describe(g, keys[i], &records[i], &out[n++]);
		from = &cursor;
	} while (!err && n < max);
	return n;
}

int guard_event_fd(const struct guard *g)
{
	return ring_buffer__epoll_fd(g->events);
}

void guard_consume(struct guard *g, guard_event_fn fn, void *arg)
{
	g->event_fn = fn;
	g->event_arg = arg;
	ring_buffer__consume(g->events);
}
