// SPDX-License-Identifier: GPL-2.0-only
/*
 * Character devices of a hold that are no ttys: nothing hangs them up, and what their files refer to is
 * freed with the channel, so a stop waits until they are closed.
 *
 * Who has one open is seen in /proc, by name. A descriptor that no table of a process has (in flight on
 * a socket, in an io_uring, handed from process to process) is missed there, but the kernel counts it:
 * each open file has references to the module of its driver. That count is of the module and not
 * of the device. So where the same module has another device that is open, of another remote processor
 * mostly, what /proc shows has to do.
 */
#include "hold/keepers.h"
#include "hold/present.h"
#include "hold/steps.h"
#include "system/chardev.h"
#include "system/module.h"

static bool must_be_closed(const struct hold_tty *t)
{
	return t->keepout.tty.chardev && !tty_may_stay_open(t);
}

/*
 * Whether the kernel's count alone says that it is closed. Behind the keep-out and the wait for opens under way
 * nobody can open it any more, and a file that is not there nobody can hand on.
 */
static bool is_surely_closed(const struct hold_tty *t)
{
	return t->keepout.tty.owns_files && !t->polled &&
	       module_references(t->keepout.tty.module) == 0;
}

bool chardevs_need_close(const struct hold *h)
{
	for (size_t i = 0; i < h->n_ttys; i++)
		if (must_be_closed(&h->ttys[i]) && !is_surely_closed(&h->ttys[i]))
			return true;
	return false;
}

void chardevs_tell(struct hold *h)
{
	char who[128];

	if (!h->looked && chardevs_need_close(h))
		present_look(h);
	for (size_t i = 0; i < h->n_ttys; i++) {
		struct hold_tty *t = &h->ttys[i];

		if (!must_be_closed(t) || t->told || !present_has(h, i, who, sizeof(who)))
			continue;
		hold_event(h,
			   "%s is open in %s, and the kernel cannot hang it up: the %s waits until "
			   "it is closed",
			   t->keepout.tty.node, who, timeline_action_name(h->action));
		t->told = h->met_somebody = true;
	}
	keepers_tell(h);
}

/* Whether another device explains that the module is in use. Not so when the look took too long. */
static bool is_used_elsewhere(struct hold *h, const char *module)
{
	dev_t ours[RPMSG_TTY_MAX], others[RPMSG_TTY_MAX];
	size_t n = present_devices(h, ours);
	struct holder_look look = present_limit(h, h->deadline_ms);
	struct holder holder;

	n = chardev_others(module, ours, n, others, RPMSG_TTY_MAX);
	return devices_holders(others, n, &look, &holder, 1) > 0;
}

static bool is_free(struct hold *h, struct hold_tty *t)
{
	const int references = module_references(t->keepout.tty.module);

	if (references <= 0)
		return true;
	if (is_used_elsewhere(h, t->keepout.tty.module)) {
		if (!t->told_shared)
			hold_event(h,
				   "%s: other devices of module %s are open too, so the reference "
				   "count of the module says nothing about this device; the guard "
				   "uses /proc only",
				   t->keepout.tty.node, t->keepout.tty.module);
		t->told_shared = true;
		return true;
	}
	hold_set_waiting(
		h, TL_CAUSE_DESCRIPTOR_HIDDEN,
		"%s is still open in a program that /proc does not show: its module %s has %d "
		"references",
		t->keepout.tty.node, t->keepout.tty.module, references);
	return false;
}

/* A look that took too long may have missed a program, and only the look decides about such a device. */
static bool was_missed(struct hold *h)
{
	for (size_t i = 0; h->met.unfinished && i < h->n_ttys; i++) {
		const struct hold_tty *t = &h->ttys[i];

		if (!must_be_closed(t) || is_surely_closed(t))
			continue;
		hold_set_waiting(h, TL_CAUSE_DESCRIPTOR_HIDDEN, "%s may still be open: %s",
				 t->keepout.tty.node,
				 h->look_ended[0] ? h->look_ended : present_unnamed(h));
		return true;
	}
	return false;
}

/* The count says nothing of a device that is polled: others of the same module may stay open. */
bool chardevs_are_free(struct hold *h)
{
	if (was_missed(h))
		return false;
	for (size_t i = 0; i < h->n_ttys; i++)
		if (must_be_closed(&h->ttys[i]) && !h->ttys[i].polled && !is_free(h, &h->ttys[i]))
			return false;
	return true;
}
