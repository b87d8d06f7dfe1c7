// SPDX-License-Identifier: GPL-2.0-only
/*
 * Switching the compiler off while our programs are loaded: they are then interpreted for as long as they are
 * loaded, whatever is set later.
 *
 * On 32-bit ARM it knows no atomic operation (BPF_STX | BPF_ATOMIC in build_insn(),
 * arch/arm/net/bpf_jit_32.c, up to 7.3). Some kernels interpret what it cannot compile; others (seen on
 * 6.1.176, ENOTSUPP of bpf_prog_select_runtime()) refuse the program.
 */
#include "kernel_side/jit.h"

#include <errno.h>
#include <string.h>

#include "log/log.h"
#include "system/files.h"

#define SWITCH "/proc/sys/net/core/bpf_jit_enable"

#if defined(__arm__)

/* Of the thread that loads. */
static char before[8];

enum jit jit_switch_off(void)
{
	int err;

	/* A kernel without a compiler has no such file. */
	if (file_read_line(SWITCH, before, sizeof(before)) <= 0 || before[0] == '0')
		return JIT_AS_IT_WAS;
	err = file_set(SWITCH, "0");
	if (!err)
		return JIT_OFF;
	log_debug(SWITCH " cannot be set to 0: %s", strerror(-err));
	/* With CONFIG_BPF_JIT_ALWAYS_ON 0 is out of its range. */
	return err == -EINVAL ? JIT_ALWAYS : JIT_AS_IT_WAS;
}

void jit_restore(enum jit jit)
{
	const int err = jit == JIT_OFF ? file_set(SWITCH, before) : 0;

	if (err)
		log_warning(SWITCH " could not be restored to %s: %s", before, strerror(-err));
}

#else

enum jit jit_switch_off(void)
{
	return JIT_AS_IT_WAS;
}

void jit_restore(enum jit jit)
{
	(void)jit;
}

#endif
