// SPDX-License-Identifier: GPL-2.0-only
/*
 * BPF trampolines of other programs on the functions that the guard overrides.
 *
 * Behind fentry, fexit or fmod_ret of somebody else a kprobe overrides in vain (docs/hooks.md): the function runs,
 * though its program has refused the send and left no record, or its result is lost. Nothing can be done about it
 * from here but to notice. Every such program hangs on a link of BPF, and links have numbers that only grow; so a
 * look takes one call of the kernel when no link is new. Where a link does not say where it hangs (before 5.13,
 * commit 441e8c66b23e) or says it of many functions at once (7.x), nothing is found.
 */
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

#include "kernel_side/private.h"
#include "log/log.h"
#include "system/files.h"

/* How long the kernel may take to attach a program; it waits for a grace period of RCU. */
#define ATTACHING_MS 5000

static const struct overridden {
	const char *function;
	bool gate; /* a hold relies on it */
} overridden[] = {
	{ "rpmsg_send", true },
	{ "rpmsg_sendto", true },
	{ "rpmsg_send_offchannel", true },
	{ "rpmsg_trysend", true },
	{ "rpmsg_trysendto", true },
	{ "rpmsg_trysend_offchannel", true },
	{ "rpmsg_poll", true },
	{ "rpmsg_set_flow_control", true },
	{ "virtqueue_get_buf", true },
	{ "rproc_shutdown", false },
	{ "rproc_detach", false },
	{ "__x64_sys_delete_module", false },
	{ "__ia32_sys_delete_module", false },
	{ "__arm64_sys_delete_module", false },
};

static struct {
	pthread_mutex_t lock;
	uint32_t seen; /* no link up to this number concerns us */
	/* The last link that did: to find that out takes megabytes of BTF. */
	uint32_t known;
	const struct overridden *known_as;
} own = { .lock = PTHREAD_MUTEX_INITIALIZER };

static const struct overridden *by_name(const char *function)
{
	for (size_t i = 0; function && i < sizeof(overridden) / sizeof(overridden[0]); i++)
		if (strcmp(overridden[i].function, function) == 0)
			return &overridden[i];
	return NULL;
}

static const struct overridden *by_type(const struct btf *btf, uint32_t id)
{
	const struct btf_type *type = btf ? btf__type_by_id(btf, id) : NULL;

	return type ? by_name(btf__name_by_offset(btf, type->name_off)) : NULL;
}

/* The types of a module have numbers behind those of the kernel. */
static const struct overridden *by_target(uint32_t btf_id, uint32_t type_id)
{
	struct btf *kernel = btf__load_vmlinux_btf(), *module = NULL;
	const struct overridden *found;

	if (kernel && type_id >= btf__type_cnt(kernel))
		module = btf__load_from_kernel_by_id_split(btf_id, kernel);
	found = by_type(module ?: kernel, type_id);
	btf__free(module);
	btf__free(kernel);
	return found;
}

/* While a link is being attached it has a number and no descriptor, and may be in effect already. */
static int open_link(uint32_t id)
{
	int fd = bpf_link_get_fd_by_id(id);

	for (int ms = 0; fd == -EAGAIN && ms < ATTACHING_MS; ms++) {
		pause_ms(1);
		fd = bpf_link_get_fd_by_id(id);
	}
	return fd;
}

static const struct overridden *by_link(uint32_t id)
{
	struct bpf_link_info info = {};
	const int fd = open_link(id);
	uint32_t len = sizeof(info);
	int err;

	if (fd < 0)
		return NULL;
	err = bpf_obj_get_info_by_fd(fd, &info, &len);
	close(fd);
	/* What replaces a BPF program (0) and what hangs on a hook of LSM are links of this type, too. */
	if (err || info.type != BPF_LINK_TYPE_TRACING || !info.tracing.attach_type ||
	    info.tracing.attach_type == BPF_LSM_MAC)
		return NULL;
	return by_target(info.tracing.target_obj_id, info.tracing.target_btf_id);
}

static const char *find(const struct kside *g, bool gate)
{
	const struct overridden *found = NULL;
	bool none = true;
	uint32_t id;

	if (g->level != LEVEL_OVERRIDE)
		return NULL;
	pthread_mutex_lock(&own.lock);
	id = own.seen;
	while (!(found && (found->gate || !gate)) && bpf_link_get_next_id(id, &id) == 0) {
		found = id == own.known ? own.known_as : by_link(id);
		if (found) {
			own.known = id;
			own.known_as = found;
		}
		none &= !found;
		if (none)
			own.seen = id;
	}
	pthread_mutex_unlock(&own.lock);
	return found && (found->gate || !gate) ? found->function : NULL;
}

const char *kside_bypassed(const struct kside *g)
{
	return find(g, true);
}

void trampolines_look(struct kside *g)
{
	const char *function = find(g, false);

	if (function == g->bypassed)
		return;
	g->bypassed = function;
	if (function)
		log_as(LOG_INCOMPLETE, LVL_WARNING,
		       "another program has a BPF trampoline (fentry, fexit) on %s: the "
		       "guard cannot override this function; end that program",
		       function);
	else
		log_notice("the BPF trampoline of the other program is gone");
}
