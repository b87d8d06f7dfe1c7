// SPDX-License-Identifier: GPL-2.0-only
#include "guard/write_handlers.h"

#include <bpf/btf.h>
#include <string.h>

#include "guard/private.h"
#include "log/log.h"
#include "system/kallsyms.h"

/* Those that run for a write() of a program, in drivers/remoteproc: sysfs and the character device. */
#define HANDLERS 2

_Static_assert(HANDLERS <= RG_WRITE_HANDLERS, "no room in the kernel side's list");

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

void write_handlers_find(struct guard *g)
{
	struct kallsyms_range found[HANDLERS] = { { .name = "state_store" },
						  { .name = "rproc_cdev_write" } };
	struct guard_bpf__bss *bss = g->skel->bss;

	kallsyms_ranges("rproc_shutdown", found, HANDLERS);
	bss->shutdown_returns_int = shutdown_returns_int();
	for (size_t i = 0; i < HANDLERS; i++) {
		log_debug("%s: 0x%llx to 0x%llx", found[i].name, (unsigned long long)found[i].begin,
			  (unsigned long long)found[i].end);
		/* Emptied first, so that a probe never sees half of the old and half of the new. */
		__atomic_store_n(&bss->write_handlers[i].end, 0, __ATOMIC_SEQ_CST);
		__atomic_store_n(&bss->write_handlers[i].begin, found[i].begin, __ATOMIC_SEQ_CST);
		__atomic_store_n(&bss->write_handlers[i].end, found[i].end, __ATOMIC_SEQ_CST);
	}
}
