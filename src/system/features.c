// SPDX-License-Identifier: GPL-2.0-only
#include "system/features.h"

#include <bpf/libbpf.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "system/probe.h"

#define ALLOW_MODULE "rpmsg_guard_allow"

static const struct {
	const char *name;
	bool (*probe)(struct probe *p);
	enum level needed_for;
	const char *remedy;
} probes[] = {
	{ "rights", probe_rights, LEVEL_USERSPACE, AS_ROOT },
	{ "pid namespace of the host", probe_pid_namespace, LEVEL_USERSPACE,
	  "start in the pid namespace of the host (docker run --pid=host)" },
	{ "other processes in /proc", probe_proc, LEVEL_USERSPACE,
	  "give CAP_SYS_PTRACE, set kernel.yama.ptrace_scope below 3, enable CONFIG_KALLSYMS" },
	{ "remoteproc", probe_remoteproc, LEVEL_MANUAL,
	  "load the driver of the remote processor, or enable it in the kernel" },
	{ "fanotify permission events", probe_fanotify, LEVEL_USERSPACE,
	  "enable CONFIG_FANOTIFY_ACCESS_PERMISSIONS (and CONFIG_SECURITY) in the kernel" },
	{ "barrier on every CPU", probe_barrier, LEVEL_OBSERVE,
	  "let the guard use all CPUs (cpuset), or enable CONFIG_MEMBARRIER in the kernel" },
	{ "kernel symbols", probe_kallsyms, LEVEL_OBSERVE, "enable CONFIG_KALLSYMS in the kernel" },
	{ "bpf", probe_bpf, LEVEL_OBSERVE, "enable CONFIG_BPF_SYSCALL in the kernel" },
	{ "bpf ring buffer", probe_ringbuf, LEVEL_OBSERVE,
	  "use a kernel of 5.8 or later with CONFIG_BPF_SYSCALL" },
	{ "bpf kprobe programs", probe_kprobe_program, LEVEL_OBSERVE,
	  "enable CONFIG_KPROBES, CONFIG_FTRACE, CONFIG_KPROBE_EVENTS and CONFIG_BPF_EVENTS" },
	{ "kprobes", probe_kprobe, LEVEL_OBSERVE,
	  "enable CONFIG_KPROBES, CONFIG_FTRACE, CONFIG_KPROBE_EVENTS and CONFIG_PERF_EVENTS" },
	{ "bpf_override_return", probe_override_helper, LEVEL_OVERRIDE,
	  "enable CONFIG_FUNCTION_ERROR_INJECTION and CONFIG_BPF_KPROBE_OVERRIDE" },
	{ "error injection", probe_error_injection, LEVEL_OVERRIDE,
	  "enable CONFIG_FUNCTION_ERROR_INJECTION in the kernel" },
	{ "allow list for rpmsg_send", probe_allow_list, LEVEL_OVERRIDE,
	  "build and install the module " ALLOW_MODULE " for this kernel (make kmod KDIR=...)" },
	{ "BTF", probe_btf, LEVEL_MANUAL,
	  "not needed; with it (or btf_path) several remote processors are told apart" },
};

_Static_assert(ARRAY_SIZE(probes) <= FEATURES_MAX, "FEATURES_MAX is too small");

static int silent(enum libbpf_print_level lvl, const char *fmt, va_list ap)
{
	(void)lvl;
	(void)fmt;
	(void)ap;
	return 0;
}

static void probe_one(struct probe *p, size_t i, struct feature *out)
{
	memset(out, 0, sizeof(*out));
	out->name = probes[i].name;
	out->needed_for = probes[i].needed_for;
	p->reason = out->reason;
	p->reason_len = sizeof(out->reason);
	p->remedy = probes[i].remedy;
	out->ok = probes[i].probe(p);
	out->remedy = p->remedy;
}

size_t features_probe(struct feature *out, size_t max)
{
	const libbpf_print_fn_t print = libbpf_set_print(silent);
	struct probe p = { 0 };
	size_t n;

	probe_read_kernel(&p);
	for (n = 0; n < ARRAY_SIZE(probes) && n < max; n++)
		probe_one(&p, n, &out[n]);
	free(p.kconfig);
	libbpf_set_print(print);
	return n;
}

enum level features_level(const struct feature *features, size_t n)
{
	enum level level = LEVEL_OVERRIDE;

	for (size_t i = 0; i < n; i++)
		if (!features[i].ok && features[i].needed_for != LEVEL_MANUAL &&
		    level >= features[i].needed_for)
			level = features[i].needed_for - 1;
	return level;
}
