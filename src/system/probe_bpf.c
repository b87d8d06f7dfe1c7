// SPDX-License-Identifier: GPL-2.0-only
/*
 * BPF, kprobes and the override of functions. They build upon each other: where a feature is
 * missing, nothing can be said of the features that need it.
 */
#include <bpf/bpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <linux/perf_event.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "system/files.h"
#include "system/probe.h"
#include "system/realtime.h"
#include "system/width.h"

#define KPROBE_PMU_TYPE "/sys/bus/event_source/devices/kprobe/type"

#if defined(__x86_64__)
#define LISTED_FUNCTION "__x64_sys_reboot"
#elif defined(__aarch64__)
#define LISTED_FUNCTION "__arm64_sys_reboot"
#elif defined(__arm__)
#define LISTED_FUNCTION "sys_reboot"
#else
#error "which system call is on the error-injection list here?"
#endif

/* Whether @fd is a descriptor. Else it is a negative errno: an option of @feature is off. */
static bool is_there(struct probe *p, int fd, enum kconfig_feature feature)
{
	if (fd < 0)
		probe_blame(p, feature, -fd);
	else
		close(fd);
	return fd >= 0;
}

/* The system call: 3.18. */
bool probe_bpf(struct probe *p)
{
	if (kernel_is_wider()) {
		probe_say(p, WIDER_REASON);
		p->remedy = WIDER_REMEDY;
		return false;
	}
	return is_there(p, bpf_map_create(BPF_MAP_TYPE_ARRAY, NULL, 4, 4, 1, NULL), FOR_BPF);
}

/* BPF_MAP_TYPE_RINGBUF: 5.8, commit 457f44363a88. */
bool probe_ringbuf(struct probe *p)
{
	int fd = bpf_map_create(BPF_MAP_TYPE_RINGBUF, NULL, 0, 0, (uint32_t)getpagesize(), NULL);

	if (fd == -EINVAL) {
		probe_say(p, "the kernel is older than 5.8");
		p->remedy = "use a kernel of 5.8 or later";
		return false;
	}
	if (!is_there(p, fd, FOR_BPF))
		return false;
	if (realtime_ring_is_safe(NULL)) {
		if (realtime_kernel())
			probe_say(p,
				  "real-time kernel: a stop through an old descriptor is deferred");
		return true;
	}
	probe_say(p, "%s", REALTIME_RING_REASON);
	p->remedy = REALTIME_RING_REMEDY;
	return false;
}

#define INSN(c, d, s, o, i)                                                                        \
	((struct bpf_insn){ .code = (c), .dst_reg = (d), .src_reg = (s), .off = (o), .imm = (i) })
#define MOV_REG(d, s) INSN(BPF_ALU64 | BPF_MOV | BPF_X, d, s, 0, 0)
#define MOV_IMM(d, i) INSN(BPF_ALU64 | BPF_MOV | BPF_K, d, 0, 0, i)
#define CALL(helper) INSN(BPF_JMP | BPF_CALL, 0, 0, 0, helper)
#define EXIT() INSN(BPF_JMP | BPF_EXIT, 0, 0, 0, 0)

static int load_kprobe_program(const struct bpf_insn *insns, size_t n)
{
	return bpf_prog_load(BPF_PROG_TYPE_KPROBE, NULL, "GPL", insns, n, NULL);
}

/* Programs of type kprobe: 4.1. */
bool probe_kprobe_program(struct probe *p)
{
	const struct bpf_insn insns[] = { MOV_IMM(BPF_REG_0, 0), EXIT() };

	return is_there(p, load_kprobe_program(insns, ARRAY_SIZE(insns)), FOR_PROGRAMS);
}

/*
 * A program that contains the override and never reaches it: attached to a live function for a
 * moment, it must not change what that does. The verifier must not find that out, or it drops the
 * call unchecked: newer verifiers know the range of a CPU's number, but no verifier knows that of a
 * time.
 */
static int load_override_program(void)
{
	const struct bpf_insn insns[] = {
		MOV_REG(BPF_REG_6, BPF_REG_1),
		CALL(BPF_FUNC_ktime_get_ns),
		INSN(BPF_JMP | BPF_JNE | BPF_K, BPF_REG_0, 0, 3, -1),
		MOV_REG(BPF_REG_1, BPF_REG_6),
		MOV_IMM(BPF_REG_2, 0),
		CALL(BPF_FUNC_override_return),
		MOV_IMM(BPF_REG_0, 0),
		EXIT(),
	};

	return load_kprobe_program(insns, ARRAY_SIZE(insns));
}

/* What a 32-bit ARM kernel before 6.2 has not got cannot be enabled: no HAVE_FUNCTION_ERROR_INJECTION. */
static void advise_on_injection(struct probe *p)
{
#if defined(__arm__)
	if (probe_judge(p, "FUNCTION_ERROR_INJECTION") == NOT_SET)
		p->remedy = "use Linux 6.2 or later (32-bit ARM has no error injection before), "
			    "and enable CONFIG_FUNCTION_ERROR_INJECTION and "
			    "CONFIG_BPF_KPROBE_OVERRIDE";
#else
	(void)p;
#endif
}

/* bpf_override_return(): 4.16. */
bool probe_override_helper(struct probe *p)
{
	if (is_there(p, load_override_program(), FOR_OVERRIDE))
		return true;
	advise_on_injection(p);
	return false;
}

/* A kprobe through perf, without tracefs: 4.17. Returns a descriptor or a negative errno. */
static int open_kprobe(const char *function)
{
	struct perf_event_attr attr = { .size = sizeof(attr) };
	char text[16];
	int fd = file_read_line(KPROBE_PMU_TYPE, text, sizeof(text));

	if (fd < 0)
		return -ENODEV;
	attr.type = (uint32_t)atoi(text);
	attr.config1 = (uint64_t)(uintptr_t)function;
	fd = (int)syscall(SYS_perf_event_open, &attr, -1, 0, -1, PERF_FLAG_FD_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

bool probe_kprobe(struct probe *p)
{
	int fd = open_kprobe("rproc_shutdown");

	if (fd == -ENOENT || fd == -EINVAL || fd == -EADDRNOTAVAIL)
		fd = open_kprobe(QUIET_FUNCTION); /* remoteproc may come later */
	return is_there(p, fd, FOR_KPROBES);
}

/* 0, or why a program that overrides cannot be attached to @function. -EINVAL: not on the list. */
static int try_override(const char *function)
{
	int program = load_override_program(), kprobe, err = 0;

	if (program < 0)
		return -EOPNOTSUPP;
	kprobe = open_kprobe(function);
	if (kprobe < 0)
		err = kprobe == -EINVAL ? -ENOENT : kprobe;
	else if (ioctl(kprobe, PERF_EVENT_IOC_SET_BPF, program) < 0)
		err = -errno;
	if (kprobe >= 0)
		close(kprobe);
	close(program);
	return err;
}

/* The list of functions that may be overridden: 4.16. System calls have been on it since 4.18. */
bool probe_error_injection(struct probe *p)
{
	int err = try_override(LISTED_FUNCTION);

	if (err == 0)
		return true;
	advise_on_injection(p);
	if ((err == -EOPNOTSUPP || err == -ENODEV) &&
	    probe_judge(p, "FUNCTION_ERROR_INJECTION") == SET)
		probe_say(p, "not known: first add what is missing above");
	else
		probe_blame(p, FOR_INJECTION, -err);
	return false;
}

bool probe_allow_list(struct probe *p)
{
	const bool there = probe_has_function(p, "rpmsg_send");
	const char *function = there ? "rpmsg_send" : "rproc_shutdown";
	int err = try_override(function);

	if (err == 0) {
		if (!there)
			probe_say(p, "rpmsg_core is not loaded; tried with rproc_shutdown");
		return true;
	}
	if (err == -EOPNOTSUPP || err == -ENODEV)
		probe_say(p, "not known: first add what is missing above");
	else if (err == -EINVAL)
		probe_say(p, "%s is not on the kernel's error-injection list", function);
	else if (!there)
		probe_say(p, "not known until rpmsg_core is loaded");
	else
		probe_say(p, "%s: %s", function, strerror(-err));
	return false;
}
