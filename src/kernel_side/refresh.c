// SPDX-License-Identifier: GPL-2.0-only
/* Keeping up with modules that come and go: what is attached, and who may be turned back. */
#include "kernel_side/event.h"
#include "kernel_side/private.h"

/*
 * A bus that was loaded anew may have created endpoints before it was hooked, in the memory of dead ones: their
 * messages would be dropped for as long as they live. A bus that is only gone creates none.
 */
static bool may_have_reused(const struct homes *homes, unsigned int changes)
{
	return changes & 1u << VIRTIO_RPMSG_BUS && homes->found[VIRTIO_RPMSG_BUS];
}

bool kside_is_current(struct kside *g)
{
	if (homes_are_current(hooks_homes(g->hooks)))
		return true;
	/* Endpoints may be made that nobody sees. */
	world_open(g);
	return false;
}

int kside_refresh(struct kside *g, char *reason, size_t len)
{
	const unsigned int changes = homes_look(hooks_homes(g->hooks));
	int err;

	/* Before the detaching and attaching, which take their time. */
	if (changes) {
		world_open(g);
		event_forget_callers();
		if (may_have_reused(hooks_homes(g->hooks), changes))
			world_forget_dead(g);
	}
	if (changes & 1u << REMOTEPROC) {
		callers_take_back(g);
		g->callers_known = false;
	}
	err = hooks_refresh(g->hooks, changes, reason, len);
	senders_look_at_unrecorded(g);
	/* The hook is put where there are senders, which may be long after the start. */
	if (!g->right_tried && hooks_park_removals(g->hooks)) {
		g->right_tried = true;
		right_try(g);
	}
	/* Another reading of the kernel's symbols, for those that turn callers back. */
	if (!g->callers_known && g->level == LEVEL_OVERRIDE)
		g->callers_known = callers_find(g);
	trampolines_look(g);
	world_look(g);
	records_take_back(g);
	return err ?: layout_check(g, reason, len);
}
