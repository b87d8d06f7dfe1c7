// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whether the kernel side reads the right of a caller of delete_module() correctly (bpf/right.bpf.h), tried with two
 * calls of our own: one with the right, one without. Wrong offsets would take a caller with the right for one without.
 */
#include <fcntl.h>
#include <linux/capability.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "kernel_side/private.h"
#include "log/log.h"
#include "system/files.h"

/* A program is skipped where somebody was preempted within a bpf() call (5.11 and later). */
#define TRIES 5
#define PAUSE_MS 20

/* No module has this name: the kernel says so, or that we have no right. */
static enum rg_right ask(struct guard_bpf__bss *bss)
{
	enum rg_right told = RG_RIGHT_NOT_TOLD;

	bss->own_right = RG_RIGHT_NOT_TOLD;
	for (int i = 0; i < TRIES && told == RG_RIGHT_NOT_TOLD; i++) {
		if (i)
			pause_ms(PAUSE_MS);
		syscall(SYS_delete_module, "", O_NONBLOCK);
		told = __atomic_load_n(&bss->own_right, __ATOMIC_ACQUIRE);
	}
	return told;
}

/* Of this thread alone. */
static bool use_right(bool on)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	const uint32_t bit = CAP_TO_MASK(CAP_SYS_MODULE);
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];
	struct __user_cap_data_struct *set = &data[CAP_TO_INDEX(CAP_SYS_MODULE)];

	if (syscall(SYS_capget, &header, data) < 0)
		return false;
	set->effective = on ? set->effective | bit : set->effective & ~bit;
	return syscall(SYS_capset, &header, data) == 0;
}

void right_try(struct kside *g)
{
	struct guard_bpf__bss *bss = g->skel->bss;
	bool known;

	if (g->level != LEVEL_OVERRIDE)
		return;
	known = ask(bss) == RG_RIGHT_SHOWN && use_right(false);
	if (known) {
		known = ask(bss) == RG_RIGHT_NONE;
		use_right(true);
	}
	__atomic_store_n(&bss->right_is_known, known, __ATOMIC_RELEASE);
	if (!known)
		log_info(
			"the kernel side cannot read whether a process may remove modules: the service "
			"looks at it after its call");
}
