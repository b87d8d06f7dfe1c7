// SPDX-License-Identifier: GPL-2.0-only
/* Sorts the callers that want to remove a module, and tends them and who is above them. */
#include "service/removals.h"

#include "log/log.h"
#include "service/rprocs.h"
#include "system/files.h"
#include "system/module.h"
#include "system/task.h"

/*
 * Where the kernel side cannot read the right of a caller, any user can come by here. One without the right is refused,
 * but not before this time, and its room is not given away before, even when it has been killed: in a loop it would
 * keep the event loop busy, which runs at a high priority.
 */
#define NO_RIGHT_NS 1000000000ULL

/* Between two lines that say how many were refused. */
#define REFUSED_LINE_MS 60000

static struct remover *find(struct service *sv, const struct removal *r)
{
	for (size_t i = 0; i < sv->n_removers; i++)
		if (sv->removers[i].removal.key == r->key &&
		    sv->removers[i].removal.since_ns == r->since_ns)
			return &sv->removers[i];
	return NULL;
}

static struct remover *add(struct service *sv, const struct removal *r)
{
	struct remover *new;

	if (sv->n_removers == REMOVALS_MAX)
		return NULL;
	new = &sv->removers[sv->n_removers++];
	*new = (struct remover){ .removal = *r };
	return new;
}

/* Whether it is in order that this removal waits for holds; else it has its answer. */
static bool has_to_wait(struct service *sv, const struct removal *r)
{
	enum module_use use = r->module[0] ? module_use(r->module, r->forced) : MODULE_IDLE;

	/* In the kernel's place: let in, it might find that the module is in use no longer. */
	if (use == MODULE_IN_USE)
		removal_decide(sv->world.kside, r, REMOVAL_IN_USE);
	else if (use == MODULE_ABSENT)
		removal_decide(sv->world.kside, r, REMOVAL_FREE);
	else
		return true;
	park_continue_if_stopped(r->pid);
	return false;
}

static void post(struct service *sv, struct remover *remover)
{
	const struct removal *r = &remover->removal;
	const enum removal_right right = r->has_right ? REMOVAL_RIGHT_SHOWN
						      : module_removal_right(r->tid);

	remover->no_right = right == REMOVAL_RIGHT_NONE;
	if (right != REMOVAL_RIGHT_SHOWN)
		return;
	remover->posted = true;
	park_note_ancestors(&remover->above, r->pid);
	if (!has_to_wait(sv, r))
		return;
	/* A remote processor may have come that we have not heard of yet. */
	rprocs_scan(sv);
	unbinds_post_removal(&sv->unbinds, r, sv->rprocs, sv->config->defaults.write_timeout_ms);
}

/*
 * Nobody may use its permission much later: what it was given for is as it was then. A caller that was kept
 * from making its call (by a freezer, by a debugger) is turned back anew. A part of its removal that waits
 * for it does the same, but there may be no part, or none any more.
 */
static bool is_late(struct service *sv, struct remover *remover)
{
	const uint64_t now_ms = clock_ms();

	if (!remover->decided_ms)
		remover->decided_ms = now_ms;
	return now_ms - remover->decided_ms > sv->config->defaults.write_timeout_ms;
}

/*
 * One whose right was not found in time is turned back anew. Not stopped, it may still get the signal, and without its
 * entry nobody would continue it.
 */
static void send_away(struct service *sv, const struct remover *remover)
{
	const struct removal *r = &remover->removal;

	if (remover->no_right)
		removal_decide(sv->world.kside, r, REMOVAL_NO_RIGHT);
	else if (task_is_stopped(r->tid))
		removal_revoke(sv->world.kside, r);
	park_continue_if_stopped(r->pid);
}

static void look_at(struct service *sv, const struct removal *r)
{
	const bool early = clock_ns() - r->since_ns < NO_RIGHT_NS;
	struct kside *kside = sv->world.kside;
	struct remover *known = find(sv, r);

	if (!task_alive(r->tid)) {
		if (r->has_right || !early || (known && known->posted))
			removal_revoke(kside, r);
		return;
	}
	if (!known)
		known = add(sv, r);
	if (!known)
		return;
	known->seen_ms = clock_ms();
	if (!r->decided && !known->posted && !known->no_right)
		post(sv, known);
	if (!r->decided) {
		if (!known->posted && !early)
			send_away(sv, known);
		return;
	}
	if (r->passes && is_late(sv, known) && removal_revoke(kside, r))
		log_info("process %d did not remove module %s in time: its next call is held",
			 r->pid, r->module);
	/* Its SIGSTOP may have been on the way still when it was continued. */
	park_continue_if_stopped(r->pid);
}

/* Those that have gone on, until nobody above them reacts any more; not those of any user. */
static void tend_gone_on(struct service *sv, uint64_t now_ms)
{
	size_t left = 0;

	for (size_t i = 0; i < sv->n_removers; i++) {
		struct remover *r = &sv->removers[i];

		park_continue_ancestors(&r->above);
		if (r->seen_ms >= now_ms || (!r->no_right && now_ms - r->seen_ms < PARK_TEND_MS))
			sv->removers[left++] = *r;
	}
	sv->n_removers = left;
}

static void say_refused(struct service *sv)
{
	const uint64_t refused = removals_refused(sv->world.kside), now_ms = clock_ms();

	if (refused == sv->removals_refused || now_ms < sv->refused_line_ms)
		return;
	log_warning("%llu removals of modules were refused: too many at once, or the process "
		    "could not be stopped",
		    (unsigned long long)(refused - sv->removals_refused));
	sv->removals_refused = refused;
	sv->refused_line_ms = now_ms + REFUSED_LINE_MS;
}

void removals_tend(struct service *sv)
{
	const uint64_t now_ms = clock_ms();
	struct removal all[REMOVALS_MAX];
	size_t n;

	if (!sv->world.kside)
		return;
	n = removals_list(sv->world.kside, all, REMOVALS_MAX);
	for (size_t i = 0; i < n; i++)
		look_at(sv, &all[i]);
	tend_gone_on(sv, now_ms);
	say_refused(sv);
}

bool removals_busy(const struct service *sv)
{
	for (size_t i = 0; i < sv->n_removers; i++)
		if (sv->removers[i].posted)
			return true;
	return false;
}

bool removals_undecided(const struct service *sv)
{
	for (size_t i = 0; i < sv->n_removers; i++)
		if (!sv->removers[i].no_right)
			return true;
	return false;
}

bool removals_untold(const struct service *sv)
{
	return sv->world.kside && removals_refused(sv->world.kside) != sv->removals_refused;
}

void removals_free(struct service *sv)
{
	struct removal all[REMOVALS_MAX];
	const size_t n = removals_list(sv->world.kside, all, REMOVALS_MAX);

	for (size_t i = 0; i < n; i++) {
		removal_decide(sv->world.kside, &all[i], REMOVAL_FREE);
		park_continue_if_stopped(all[i].pid);
	}
}
