// SPDX-License-Identifier: GPL-2.0-only
/* Finds out how the kernel sends the signal that stops a parked caller, where that signal is late. */
#include <bpf/libbpf.h>

#include "kernel_side/attach.h"
#include "kernel_side/private.h"
#include "log/log.h"
#include "system/files.h"

#define FUNCTION "uevent_seqnum_show"
#define FILE_OF_IT "/sys/kernel/uevent_seqnum"

bool signals_wait_for_tick(int cpus)
{
#if defined(__arm__)
	return cpus == 1;
#else
	(void)cpus;
	return false;
#endif
}

void signals_choose(const struct guard_bpf *skel, enum level level)
{
	bpf_program__set_autoload(skel->progs.try_signal,
				  skel->rodata->late_signals && level == LEVEL_OVERRIDE);
}

void signals_try(struct guard_bpf *skel)
{
	struct bpf_link *link;
	char line[32];

	if (!bpf_program__autoload(skel->progs.try_signal))
		return;
	link = attach_probe(skel->progs.try_signal, false, FUNCTION, 0);
	if (link && file_read_line(FILE_OF_IT, line, sizeof(line)) < 0)
		log_debug(FILE_OF_IT " cannot be read");
	bpf_link__destroy(link);
	log_debug("signals are late on this kernel: parked callers are %s",
		  skel->bss->signals_wait ? "stopped" : "not stopped");
}
