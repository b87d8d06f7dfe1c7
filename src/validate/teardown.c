// SPDX-License-Identifier: GPL-2.0-only
/* Collects the events of one stop. */
#include "validate/teardown.h"

#include <stdio.h>

void teardown_note(const struct rg_event *event, void *arg)
{
	struct teardown *t = arg;

	if (event->rproc != t->rproc)
		return;
	if (event->type == RG_RESOURCES_FREED)
		t->resources_freed = true;
	if (event->type != RG_VQ_DELETED)
		return;
	t->virtqueue_deleted = true;
	if (event->value > t->inside)
		t->inside = event->value;
}

bool teardown_seen(const struct teardown *t, char *reason, size_t len)
{
	if (t->virtqueue_deleted && t->resources_freed)
		return true;
	snprintf(reason, len,
		 "the kernel side has not seen %s, so it does not see senders either: kprobes "
		 "are off, or this kernel's structs have another layout. Write 1 to "
		 "/sys/kernel/debug/kprobes/enabled, and enable CONFIG_DEBUG_INFO_BTF or set "
		 "btf_path",
		 t->virtqueue_deleted ? "that the resources were freed"
		 : t->resources_freed ? "that virtqueues were deleted"
				      : "the stop");
	return false;
}
