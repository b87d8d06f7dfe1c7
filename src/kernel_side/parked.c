// SPDX-License-Identifier: GPL-2.0-only
/*
 * Callers of rproc_shutdown() that are turned back: telling the kernel side which ones may be, and
 * deciding on those that were.
 */
#include "kernel_side/parked.h"

#include <bpf/btf.h>
#include <errno.h>
#include <string.h>

#include "kernel_side/event.h"
#include "kernel_side/private.h"
#include "log/log.h"
#include "system/barrier.h"
#include "system/files.h"
#include "system/kallsyms.h"
#include "system/sleep.h"
#include "system/task.h"

_Static_assert(PARKED_MAX == RG_PARKED_MAX, "the map and its readers have the same size");

/*
 * In drivers/remoteproc: those that run for a write() of a program, to sysfs and to the character
 * device, and the one for the last close() of the latter. And who has called that one.
 */
enum {
	STATE_STORE,
	CDEV_WRITE,
	WRITE_HANDLERS,
	CDEV_RELEASE = WRITE_HANDLERS,
	OF_REMOTEPROC,
	FPUT = OF_REMOTEPROC,
	HANDLERS
};

_Static_assert(WRITE_HANDLERS <= RG_WRITE_HANDLERS, "no room in the kernel side's list");
_Static_assert(HANDLERS - WRITE_HANDLERS == RG_RELEASE_HANDLERS, "one place for each");

/* 1 or 0 for an int or nothing, -1 when @btf does not know the function. */
static int returns_something(const struct btf *btf, const char *function)
{
	const int id = btf ? btf__find_by_name_kind(btf, function, BTF_KIND_FUNC) : -1;
	const struct btf_type *t = id > 0 ? btf__type_by_id(btf, (unsigned int)id) : NULL;

	t = t ? btf__type_by_id(btf, t->type) : NULL;
	return t ? t->type != 0 : -1;
}

static enum shutdown_type shutdown_type_by_btf(void)
{
	struct btf *vmlinux = btf__load_vmlinux_btf();
	struct btf *module = vmlinux ? btf__load_module_btf("remoteproc", vmlinux) : NULL;
	int answer = returns_something(module, "rproc_shutdown");

	if (answer < 0)
		answer = returns_something(vmlinux, "rproc_shutdown");
	btf__free(module);
	btf__free(vmlinux);
	if (answer < 0)
		return SHUTDOWN_UNKNOWN;
	return answer ? SHUTDOWN_INT : SHUTDOWN_VOID;
}

/*
 * rproc_shutdown() returns an int since 5.18, commit c13b780c4597. Its prototype says so, in the kernel's
 * BTF or to the compiler of our module: vendors take such commits into older kernels, so the version says
 * nothing. Without either it counts as void: user space stops in the caller's place, which takes down what
 * it should, but the caller is told "succeeded" before it is known.
 */
static bool shutdown_returns_int(const struct kside *g)
{
	enum shutdown_type type = shutdown_type_by_btf();

	if (type == SHUTDOWN_UNKNOWN)
		type = hooks_shutdown_type(g->hooks);
	if (type == SHUTDOWN_UNKNOWN)
		log_notice("without BTF or a current module rpmsg_guard_allow the guard does not "
			   "know whether rproc_shutdown() returns a status: the write of a late "
			   "stop returns success before the stop is made");
	return type == SHUTDOWN_INT;
}

static struct rg_range *range_of(const struct kside *g, size_t handler)
{
	struct guard_bpf__bss *bss = g->skel->bss;

	return handler < WRITE_HANDLERS ? &bss->write_handlers[handler]
					: &bss->release_handlers[handler - WRITE_HANDLERS];
}

void callers_take_back(struct kside *g)
{
	for (size_t i = 0; i < HANDLERS; i++)
		__atomic_store_n(&range_of(g, i)->end, 0, __ATOMIC_SEQ_CST);
}

/*
 * An empty range gets its beginning first and its end after the barrier: a probe that sees the end has
 * begun after the barrier, so it sees no beginning of an older range. Half of the old and half of the new
 * could name rproc_del() as one that may be turned back.
 */
bool callers_find(struct kside *g)
{
	struct kallsyms_near found[HANDLERS] = {
		[STATE_STORE] = { "rproc_shutdown", { .name = "state_store" } },
		[CDEV_WRITE] = { "rproc_shutdown", { .name = "rproc_cdev_write" } },
		[CDEV_RELEASE] = { "rproc_shutdown", { .name = "rproc_cdev_release" } },
		[FPUT] = { "__fput", { .name = "__fput" } },
	};
	bool any = false;

	kallsyms_functions_near(found, HANDLERS);
	for (size_t i = 0; i < OF_REMOTEPROC; i++)
		any |= found[i].function.begin != 0;
	/* Nobody to be turned back until remoteproc is loaded. */
	if (!any)
		return true;
	g->skel->bss->shutdown_returns_int = shutdown_returns_int(g);
	for (size_t i = 0; i < HANDLERS; i++)
		__atomic_store_n(&range_of(g, i)->begin, found[i].function.begin, __ATOMIC_SEQ_CST);
	/* Without it nobody is turned back for the time being. */
	if (barrier())
		return false;
	for (size_t i = 0; i < HANDLERS; i++) {
		const struct kallsyms_function *f = &found[i].function;

		log_debug("%s: 0x%llx to 0x%llx", f->name, (unsigned long long)f->begin,
			  (unsigned long long)f->end);
		__atomic_store_n(&range_of(g, i)->end, f->end, __ATOMIC_SEQ_CST);
		event_know_caller(f);
	}
	return true;
}

static void describe(uint64_t key, const struct rg_parked *entry, struct parked *out)
{
	memset(out, 0, sizeof(*out));
	out->key = key;
	out->pid = (int)(key >> 32);
	out->tid = (int)(uint32_t)key;
	out->rproc = (int)entry->rproc;
	out->restarts = entry->mode == RG_PARK_RESTART;
	out->closed = entry->mode == RG_PARK_CLOSED;
	out->detach = entry->detach;
	out->decided = entry->verdict != RG_PARK_WAIT;
	memcpy(out->comm, entry->comm, sizeof(out->comm) - 1);
}

size_t parked_list(const struct kside *g, struct parked *out, size_t max)
{
	uint64_t keys[PARKED_MAX];
	struct rg_parked entries[PARKED_MAX];
	uint32_t cursor = 0, count = PARKED_MAX;
	size_t n = 0;
	int err;

	/* Asked again and again; mostly nobody ever was. */
	if (!__atomic_load_n(&g->skel->bss->ever_parked, __ATOMIC_ACQUIRE))
		return 0;
	err = map_read(g->skel->maps.parked, &cursor, true, keys, entries, &count);
	if (err && err != -ENOENT)
		return 0;
	for (uint32_t i = 0; i < count && n < max; i++)
		if (entries[i].mode != RG_PARK_ENTERING)
			describe(keys[i], &entries[i], &out[n++]);
	return n;
}

void parked_decide(struct kside *g, const struct parked *p, enum parked_answer answer)
{
	static const uint32_t verdicts[] = {
		[PARKED_PASS] = RG_PARK_PASS,
		[PARKED_FREE] = RG_PARK_FREE,
		[PARKED_BUSY] = RG_PARK_REFUSE,
		[PARKED_DOWN] = RG_PARK_DOWN,
	};
	struct rg_parked entry;

	if (map_lookup(g->skel->maps.parked, &p->key, &entry) < 0)
		return;
	entry.verdict = verdicts[answer];
	map_update(g->skel->maps.parked, &p->key, &entry, BPF_EXIST);
}

void parked_forget(struct kside *g, uint64_t key)
{
	map_delete(g->skel->maps.parked, &key);
}

/*
 * Most shutdowns are over by then. Whoever is on record for longer and sleeps is looked at with its whole stack,
 * but not before: see sleep.h.
 */
#define INSIDE_TRUSTED_NS 10000000000ULL

/* By its stack. Every function of remoteproc counts: a shutdown may sleep below any of them. */
static bool has_left_unseen(int tid)
{
	static const char *const functions[] = { "rproc_", NULL };

	return task_sleeps_below(tid, functions) == SLEEPS_ELSEWHERE;
}

/* In no call of its own when it came there: a thread of the kernel, a worker of an io_uring, a task at its end. */
static bool comes_without_call(const struct task_stat *stat)
{
	return stat->kernel_thread || stat->io_worker || stat->exiting;
}

static bool is_in_call_that_stops(int tid)
{
	return task_is_writing(tid) || task_is_closing(tid) || task_is_in_ioctl(tid) ||
	       task_is_submitting(tid);
}

/*
 * An exit can be missed for want of kretprobe instances. A caller sleeps in its call or is somewhere in the
 * kernel. Asleep in another call it is outside. And it may make a call of the same kind later that has no end.
 */
static bool is_inside(uint64_t key, uint64_t since_ns)
{
	const int tid = (int)(uint32_t)key;
	struct task_stat stat;

	if (!task_alive(tid))
		return false;
	/* It cannot be read at this moment, for want of a descriptor; or it has ended, which the next look finds. */
	if (!task_stat(tid, &stat))
		return true;
	if (task_process(tid) != (int)(key >> 32))
		return false;
	/* One that runs at this moment may be on its way from one sleep in its call to the next. */
	if (!comes_without_call(&stat) && !is_in_call_that_stops(tid))
		return false;
	return clock_ns() - since_ns < INSIDE_TRUSTED_NS || !has_left_unseen(tid);
}

static void take_off(struct kside *g, const uint64_t *key)
{
	if (map_delete(g->skel->maps.inside_shutdown, key) == 0)
		__atomic_fetch_sub(&g->skel->bss->n_inside, 1, __ATOMIC_SEQ_CST);
}

/* With @look, who is not inside any more is taken off the record. */
static bool any_inside(struct kside *g, int index, bool look)
{
	uint64_t keys[RG_INSIDE_MAX];
	struct rg_inside entries[RG_INSIDE_MAX];
	uint32_t cursor = 0, count = RG_INSIDE_MAX;
	bool any = false;
	int err;

	/* Reading a map switches off the hooks of this CPU for a moment (maps.c): mostly there is no need. */
	if (__atomic_load_n(&g->skel->bss->n_inside, __ATOMIC_SEQ_CST) <= 0)
		return false;
	err = map_read(g->skel->maps.inside_shutdown, &cursor, true, keys, entries, &count);
	/* What cannot be read may be anything. */
	if (err && err != -ENOENT)
		return true;
	for (uint32_t i = 0; i < count; i++) {
		if (entries[i].rproc != (uint32_t)index)
			continue;
		if (!look || is_inside(keys[i], entries[i].since_ns))
			any = true;
		else
			take_off(g, &keys[i]);
	}
	return any;
}

bool parked_inside(struct kside *g, int index)
{
	return any_inside(g, index, true);
}

bool parked_inside_on_record(struct kside *g, int index)
{
	return any_inside(g, index, false);
}

bool parking_is_possible(const struct kside *g)
{
	return g->level == LEVEL_OVERRIDE;
}

void parking_end(struct kside *g)
{
	callers_take_back(g);
	__atomic_store_n(&g->skel->bss->removals_end, 1, __ATOMIC_SEQ_CST);
	/* A program that has seen whom it may turn back has turned it back by then. */
	if (barrier())
		log_debug("no barrier after the end of parking");
}
