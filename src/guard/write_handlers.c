// SPDX-License-Identifier: GPL-2.0-only
#include "guard/write_handlers.h"

#include <bpf/btf.h>
#include <string.h>

#include "guard/private.h"
#include "log/log.h"
#include "system/kallsyms.h"

/*
 * In drivers/remoteproc: those that run for a write() of a program, to sysfs and to the character
 * device, and the one for the last close() of the latter.
 */
enum { STATE_STORE, CDEV_WRITE, WRITE_HANDLERS, CDEV_RELEASE = WRITE_HANDLERS, HANDLERS };

_Static_assert(WRITE_HANDLERS <= RG_WRITE_HANDLERS, "no room in the kernel side's list");

/* 1 or 0 for an int or nothing, -1 when @btf does not know the function. */
static int returns_something(const struct btf *btf, const char *function)
{
	const int id = btf ? btf__find_by_name_kind(btf, function, BTF_KIND_FUNC) : -1;
	const struct btf_type *t = id > 0 ? btf__type_by_id(btf, (unsigned int)id) : NULL;

	t = t ? btf__type_by_id(btf, t->type) : NULL;
	return t ? t->type != 0 : -1;
}

/*
 * rproc_shutdown() returns an int since 5.18, commit c13b780c4597. Its prototype says so where there
 * is BTF. Without, it counts as void: then user space stops in the caller's place, which is right
 * for both.
 */
static bool shutdown_returns_int(void)
{
	struct btf *vmlinux = btf__load_vmlinux_btf();
	struct btf *module = vmlinux ? btf__load_module_btf("remoteproc", vmlinux) : NULL;
	int answer = returns_something(module, "rproc_shutdown");

	if (answer < 0)
		answer = returns_something(vmlinux, "rproc_shutdown");
	btf__free(module);
	btf__free(vmlinux);
	return answer > 0;
}

/* Emptied first, so that a probe never sees half of the old and half of the new. */
static void publish(struct rg_range *range, const struct kallsyms_range *found)
{
	log_debug("%s: 0x%llx to 0x%llx", found->name, (unsigned long long)found->begin,
		  (unsigned long long)found->end);
	__atomic_store_n(&range->end, 0, __ATOMIC_SEQ_CST);
	__atomic_store_n(&range->begin, found->begin, __ATOMIC_SEQ_CST);
	__atomic_store_n(&range->end, found->end, __ATOMIC_SEQ_CST);
}

void write_handlers_find(struct guard *g)
{
	struct kallsyms_range found[HANDLERS] = {
		[STATE_STORE] = { .name = "state_store" },
		[CDEV_WRITE] = { .name = "rproc_cdev_write" },
		[CDEV_RELEASE] = { .name = "rproc_cdev_release" },
	};
	struct guard_bpf__bss *bss = g->skel->bss;

	kallsyms_ranges("rproc_shutdown", found, HANDLERS);
	bss->shutdown_returns_int = shutdown_returns_int();
	for (size_t i = 0; i < WRITE_HANDLERS; i++)
		publish(&bss->write_handlers[i], &found[i]);
	publish(&bss->release_handler, &found[CDEV_RELEASE]);
}
