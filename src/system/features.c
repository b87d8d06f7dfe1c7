// SPDX-License-Identifier: GPL-2.0-only
/*
 * The list of features. Rights, and what the kernel has beside BPF, are asked for here.
 */
#include "system/features.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fanotify.h>
#include <unistd.h>

#include "system/barrier.h"
#include "system/drivers.h"
#include "system/optimization.h"
#include "system/probe.h"
#include "system/skipping.h"
#include "system/sleep.h"
#include "system/trust.h"

#define ALLOW_MODULE "rpmsg_guard_allow"

/* ---- rights ---- */

static const struct {
	int number;
	const char *name;
} needed_caps[] = {
	{ CAP_SYS_ADMIN, "CAP_SYS_ADMIN" },   /* fanotify permission events, hang-up, BPF */
	{ CAP_SYS_PTRACE, "CAP_SYS_PTRACE" }, /* descriptors and system calls of others */
	{ CAP_DAC_OVERRIDE, "CAP_DAC_OVERRIDE" },
	{ CAP_MKNOD, "CAP_MKNOD" }, /* device nodes put back */
	{ CAP_KILL, "CAP_KILL" },   /* on_open_descriptor = kill */
};

static uint64_t effective_caps(void)
{
	FILE *f = fopen("/proc/self/status", "re");
	unsigned long long caps = 0;
	char line[256];

	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "CapEff: %llx", &caps) == 1)
			break;
	if (f)
		fclose(f);
	return caps;
}

static bool probe_rights(struct probe *p)
{
	const uint64_t caps = effective_caps();
	char missing[128] = "";
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(needed_caps); i++)
		if (!(caps & (1ULL << needed_caps[i].number)))
			n += (size_t)snprintf(missing + n, sizeof(missing) - n, "%s%s",
					      n ? ", " : "", needed_caps[i].name);
	if (n)
		probe_say(p, "missing: %s", missing);
	return n == 0;
}

static bool probe_pid_namespace(struct probe *p)
{
	return trust_pid_namespace(p->reason, p->reason_len);
}

static bool probe_proc(struct probe *p)
{
	return trust_proc(p->reason, p->reason_len);
}

/* As probe_proc() has found it out. */
static bool probe_sleep(struct probe *p)
{
	switch (sleep_source()) {
	case SLEEP_BY_STACK:
		probe_say(p, "read from /proc/<pid>/stack, because /proc/<pid>/wchan is empty "
			     "or wrong");
		return true;
	case SLEEP_BY_NOTHING:
		probe_say(p, "neither wchan nor stack shows it: " SLEEP_LOSS);
		return false;
	default:
		return true;
	}
}

/* ---- what is there ---- */

static bool probe_remoteproc(struct probe *p)
{
	if (access("/sys/class/remoteproc", F_OK) == 0)
		return true;
	if (!p->kconfig)
		probe_say(p, "no driver of a remote processor is loaded");
	else if (probe_judge(p, "REMOTEPROC") == NOT_SET)
		probe_say(p, "the kernel is built without CONFIG_REMOTEPROC");
	else
		probe_say(p, "the remoteproc module is not loaded");
	return false;
}

/* Not as a remote processor, so nothing of it is seen here. */
static bool probe_other_rpmsg(struct probe *p)
{
	char path[PATH_MAX];

	if (!rpmsg_without_remoteproc(VIRTIO_DEVICES, path))
		return true;
	probe_say(p, "not guarded: %.90s uses rpmsg without remoteproc", path);
	return false;
}

/* Permission events on an inode: 2.6.37. On sysfs, because that is where stops are held. */
static bool probe_fanotify(struct probe *p)
{
	int fd = fanotify_init(FAN_CLASS_CONTENT | FAN_CLOEXEC | FAN_NONBLOCK,
			       O_RDONLY | O_CLOEXEC);
	int err = 0;

	if (fd < 0) {
		probe_blame(p, FOR_FANOTIFY, errno);
		return false;
	}
	if (fanotify_mark(fd, FAN_MARK_ADD, FAN_OPEN_PERM, AT_FDCWD, "/sys/kernel/uevent_seqnum"))
		err = errno;
	close(fd); /* lets a process go on that opened the file meanwhile */
	if (err)
		probe_blame(p, FOR_FANOTIFY, err);
	return err == 0;
}

/* See system/barrier.c. CPUs that others were given for themselves need the membarrier, 4.3. */
static bool probe_barrier(struct probe *p)
{
	int err = barrier();

	if (err)
		probe_say(p, "not every CPU can be visited (%s), and there is no membarrier",
			  strerror(-err));
	return err == 0;
}

static bool probe_kallsyms(struct probe *p)
{
	if (!probe_has_function(p, QUIET_FUNCTION)) {
		probe_blame(p, FOR_SYMBOLS, ENOENT);
		return false;
	}
	if (!probe_has_function(p, "rproc_shutdown"))
		probe_say(p, "the module remoteproc is not loaded yet");
	return true;
}

static bool probe_optimization(struct probe *p)
{
	return optimization_can_be_off(p->reason, p->reason_len);
}

static bool probe_skipping(struct probe *p)
{
	if (!skipping_by_everybody())
		return true;
	probe_say(p, SKIPPING_REASON);
	return false;
}

/* BTF of the kernel: 4.18, in sysfs since 5.5. */
static bool probe_btf(struct probe *p)
{
	if (access("/sys/kernel/btf/vmlinux", R_OK) == 0)
		return true;
	probe_blame(p, FOR_BTF, ENOENT);
	return false;
}

/* ---- the list ---- */

static const struct {
	const char *name;
	bool (*probe)(struct probe *p);
	enum level needed_for;
	const char *remedy;
	enum kconfig_feature options; /* where these are the remedy */
} probes[] = {
	{ "rights", probe_rights, LEVEL_USERSPACE, AS_ROOT, 0 },
	{ "pid namespace of the host", probe_pid_namespace, LEVEL_USERSPACE,
	  "start in the pid namespace of the host (docker run --pid=host)", 0 },
	{ "other processes in /proc", probe_proc, LEVEL_USERSPACE,
	  "give CAP_SYS_PTRACE, set kernel.yama.ptrace_scope below 3, enable CONFIG_KALLSYMS", 0 },
	{ "where threads sleep", probe_sleep, LEVEL_MANUAL, SLEEP_REMEDY, 0 },
	{ "remoteproc", probe_remoteproc, LEVEL_MANUAL,
	  "load the driver of the remote processor, or enable it in the kernel", 0 },
	{ "rpmsg only at remoteproc", probe_other_rpmsg, LEVEL_MANUAL,
	  "the guard holds stops at the files of remoteproc only: close the ttys of this device "
	  "before its driver is unbound",
	  0 },
	{ "fanotify permission events", probe_fanotify, LEVEL_USERSPACE, NULL, FOR_FANOTIFY },
	{ "barrier on every CPU", probe_barrier, LEVEL_OBSERVE,
	  "let the guard use all CPUs (cpuset), or enable CONFIG_MEMBARRIER in the kernel", 0 },
	{ "kernel symbols", probe_kallsyms, LEVEL_OBSERVE, NULL, FOR_SYMBOLS },
	{ "bpf", probe_bpf, LEVEL_OBSERVE, NULL, FOR_BPF },
	{ "bpf ring buffer", probe_ringbuf, LEVEL_OBSERVE, NULL, FOR_BPF },
	{ "bpf kprobe programs", probe_kprobe_program, LEVEL_OBSERVE, NULL, FOR_PROGRAMS },
	{ "kprobes", probe_kprobe, LEVEL_OBSERVE, NULL, FOR_KPROBES },
	{ "bpf_override_return", probe_override_helper, LEVEL_OVERRIDE, NULL, FOR_OVERRIDE },
	{ "error injection", probe_error_injection, LEVEL_OVERRIDE, NULL, FOR_INJECTION },
	{ "allow list for rpmsg_send", probe_allow_list, LEVEL_OVERRIDE,
	  "build and install the module " ALLOW_MODULE " for this kernel (make kmod KDIR=...)", 0 },
	{ "kprobes not optimized", probe_optimization, LEVEL_OVERRIDE, OPTIMIZATION_REMEDY, 0 },
	{ "bpf only for root", probe_skipping, LEVEL_MANUAL, SKIPPING_REMEDY, 0 },
	{ "BTF", probe_btf, LEVEL_MANUAL,
	  "not needed; with BTF (or btf_path) the guard can distinguish several remote processors",
	  0 },
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
	p->remedy = probes[i].options ? kconfig_remedy(probes[i].options) : probes[i].remedy;
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

const char *level_name(enum level level)
{
	static const char *const names[] = {
		[LEVEL_MANUAL] = "manual",   [LEVEL_USERSPACE] = "userspace",
		[LEVEL_OBSERVE] = "observe", [LEVEL_OVERRIDE] = "override",
		[LEVEL_AUTO] = "auto",
	};

	return names[level];
}
