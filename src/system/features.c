// SPDX-License-Identifier: GPL-2.0-only
/*
 * Every question is asked by doing the thing with something harmless, never by looking at a version:
 * vendors' kernels carry patches from everywhere. The versions named here are those of the kernel
 * that brought the feature.
 */
#include "system/features.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/capability.h>
#include <linux/perf_event.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fanotify.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "guard/barrier.h"
#include "system/files.h"
#include "system/kallsyms.h"
#include "system/kconfig.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

#define KPROBE_PMU_TYPE "/sys/bus/event_source/devices/kprobe/type"
#define ALLOW_MODULE "rpmsg_guard_allow"
#define AS_ROOT "run as root, outside of any container"

/* A function that every kernel has and that is not called while we look. */
#define QUIET_FUNCTION "kernel_restart"

#if defined(__x86_64__)
#define LISTED_FUNCTION "__x64_sys_reboot"
#elif defined(__aarch64__)
#define LISTED_FUNCTION "__arm64_sys_reboot"
#else
#error "which system call is on the error-injection list here?"
#endif

/*
 * Functions whose presence says something. Most are there exactly when an option is on: a kernel
 * that does not give its configuration away still gives away its symbols.
 */
static const struct {
	const char *function, *option;
} witnesses[] = {
	{ QUIET_FUNCTION, NULL },
	{ "rproc_shutdown", NULL },
	{ "rpmsg_send", NULL },
	{ "bpf_prog_put", "BPF_SYSCALL" },
	{ "trace_call_bpf", "BPF_EVENTS" },
	{ "bpf_override_return", "BPF_KPROBE_OVERRIDE" },
	{ "within_error_injection_list", "FUNCTION_ERROR_INJECTION" },
	{ "register_kprobe", "KPROBES" },
	{ "trace_kprobe_error_injectable", "KPROBE_EVENTS" },
	{ "perf_event_create_kernel_counter", "PERF_EVENTS" },
	{ "fanotify_free_mark", "FANOTIFY" },
};

struct probe {
	char *kconfig; /* NULL when the kernel does not tell */
	struct kallsyms_wanted symbols[ARRAY_SIZE(witnesses)];
	char *reason;
	size_t reason_len;
	const char *remedy;
};

static bool has_function(const struct probe *p, const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(p->symbols); i++)
		if (strcmp(p->symbols[i].name, name) == 0)
			return p->symbols[i].found;
	return false;
}

static void __attribute__((format(printf, 2, 3))) say(struct probe *p, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(p->reason, p->reason_len, fmt, ap);
	va_end(ap);
}

enum verdict { SET, NOT_SET, SUSPECT };

static enum verdict judge(const struct probe *p, const char *option)
{
	char name[64];

	if (p->kconfig) {
		snprintf(name, sizeof(name), "CONFIG_%s", option);
		return kconfig_get(p->kconfig, name) == KCONFIG_NO ? NOT_SET : SET;
	}
	for (size_t i = 0; i < ARRAY_SIZE(witnesses) && has_function(p, QUIET_FUNCTION); i++)
		if (witnesses[i].option && strcmp(option, witnesses[i].option) == 0)
			return p->symbols[i].found ? SET : NOT_SET;
	return SUSPECT;
}

static void append(char *list, size_t len, const char *option)
{
	const size_t n = strlen(list);

	snprintf(list + n, len - n, "%sCONFIG_%s", n ? ", " : "", option);
}

/* Gives as the reason those of @options ("A B C", without CONFIG_) that are off or may be. */
static void blame(struct probe *p, const char *options, int err)
{
	char words[160], off[120] = "", suspects[120] = "", *save = NULL;

	if (err == EPERM || err == EACCES) {
		say(p, "%s: not root, or kernel lockdown", strerror(err));
		p->remedy = AS_ROOT;
		return;
	}
	snprintf(words, sizeof(words), "%s", options);
	for (char *o = strtok_r(words, " ", &save); o; o = strtok_r(NULL, " ", &save)) {
		enum verdict verdict = judge(p, o);

		if (verdict != SET)
			append(verdict == NOT_SET ? off : suspects, sizeof(off), o);
	}
	if (off[0])
		say(p, "the kernel is built without %s", off);
	else if (suspects[0])
		say(p, "the kernel is probably built without %s", suspects);
	else
		say(p, "%s, although the kernel is configured for it", strerror(err));
}

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
		say(p, "missing: %s", missing);
	return n == 0;
}

/* ---- what is there ---- */

static bool probe_remoteproc(struct probe *p)
{
	if (access("/sys/class/remoteproc", F_OK) == 0)
		return true;
	blame(p, "REMOTEPROC", ENOENT);
	if (p->kconfig && kconfig_get(p->kconfig, "CONFIG_REMOTEPROC") != KCONFIG_NO)
		say(p, "the remoteproc module is not loaded");
	return false;
}

/* Permission events on an inode: 2.6.37. On sysfs, because that is where stops are held. */
static bool probe_fanotify(struct probe *p)
{
	int fd = fanotify_init(FAN_CLASS_CONTENT | FAN_CLOEXEC | FAN_NONBLOCK,
			       O_RDONLY | O_CLOEXEC);
	int err = 0;

	if (fd < 0) {
		blame(p, "FANOTIFY", errno);
		return false;
	}
	if (fanotify_mark(fd, FAN_MARK_ADD, FAN_OPEN_PERM, AT_FDCWD, "/sys/kernel/uevent_seqnum"))
		err = errno;
	close(fd); /* answers whoever opened it meanwhile */
	if (err)
		blame(p, "FANOTIFY_ACCESS_PERMISSIONS", err);
	return err == 0;
}

/* See guard/barrier.c. CPUs that others were given for themselves need the membarrier, 4.3. */
static bool probe_barrier(struct probe *p)
{
	int err = barrier();

	if (err)
		say(p, "a CPU cannot be visited (%s), and there is no membarrier", strerror(-err));
	return err == 0;
}

static bool probe_kallsyms(struct probe *p)
{
	if (!has_function(p, QUIET_FUNCTION)) {
		blame(p, "KALLSYMS", ENOENT);
		return false;
	}
	if (!has_function(p, "rproc_shutdown"))
		say(p, "remoteproc's functions are not there (yet)");
	return true;
}

/* BTF of the kernel: 4.18, in sysfs since 5.5. */
static bool probe_btf(struct probe *p)
{
	if (access("/sys/kernel/btf/vmlinux", R_OK) == 0)
		return true;
	blame(p, "DEBUG_INFO_BTF", ENOENT);
	return false;
}

/* ---- BPF ---- */

/* The system call: 3.18. */
static bool probe_bpf(struct probe *p)
{
	int fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, NULL, 4, 4, 1, NULL);

	if (fd < 0) {
		blame(p, "BPF_SYSCALL", errno);
		return false;
	}
	close(fd);
	return true;
}

/* BPF_MAP_TYPE_RINGBUF: 5.8, commit 457f44363a88. */
static bool probe_ringbuf(struct probe *p)
{
	int fd = bpf_map_create(BPF_MAP_TYPE_RINGBUF, NULL, 0, 0, (uint32_t)getpagesize(), NULL);

	if (fd < 0) {
		if (errno == EINVAL)
			say(p, "the kernel is older than 5.8");
		else
			blame(p, "BPF_SYSCALL", errno);
		return false;
	}
	close(fd);
	return true;
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
static bool probe_kprobe_program(struct probe *p)
{
	const struct bpf_insn insns[] = { MOV_IMM(BPF_REG_0, 0), EXIT() };
	int fd = load_kprobe_program(insns, ARRAY_SIZE(insns));

	if (fd < 0) {
		blame(p, "BPF_SYSCALL KPROBES KPROBE_EVENTS PERF_EVENTS BPF_EVENTS", errno);
		return false;
	}
	close(fd);
	return true;
}

/*
 * A program that contains the override and never reaches it: attached to a live function for a
 * moment, it must not change what that does. The verifier must not find that out, or it drops the
 * call unchecked: newer ones know the range of a CPU's number, but none that of a time.
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

/* bpf_override_return(): 4.16. */
static bool probe_override_helper(struct probe *p)
{
	int fd = load_override_program();

	if (fd < 0) {
		blame(p, "BPF_EVENTS FUNCTION_ERROR_INJECTION BPF_KPROBE_OVERRIDE", errno);
		return false;
	}
	close(fd);
	return true;
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

static bool probe_kprobe(struct probe *p)
{
	int fd = open_kprobe("rproc_shutdown");

	if (fd == -ENOENT || fd == -EINVAL || fd == -EADDRNOTAVAIL)
		fd = open_kprobe(QUIET_FUNCTION); /* remoteproc may come later */
	if (fd < 0) {
		blame(p, "KPROBES KPROBE_EVENTS PERF_EVENTS", -fd);
		return false;
	}
	close(fd);
	return true;
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
static bool probe_error_injection(struct probe *p)
{
	int err = try_override(LISTED_FUNCTION);

	if (err == 0)
		return true;
	if ((err == -EOPNOTSUPP || err == -ENODEV) && judge(p, "FUNCTION_ERROR_INJECTION") == SET)
		say(p, "cannot be told without what is missing above");
	else
		blame(p, "FUNCTION_ERROR_INJECTION", -err);
	return false;
}

static bool probe_allow_list(struct probe *p)
{
	const bool there = has_function(p, "rpmsg_send");
	const char *function = there ? "rpmsg_send" : "rproc_shutdown";
	int err = try_override(function);

	if (err == 0) {
		if (!there)
			say(p, "rpmsg_core is not loaded; tried with rproc_shutdown");
		return true;
	}
	if (err == -EOPNOTSUPP || err == -ENODEV)
		say(p, "cannot be told without what is missing above");
	else if (err == -EINVAL)
		say(p, "%s is not on the kernel's error-injection list", function);
	else if (!there)
		say(p, "cannot be told before rpmsg_core is loaded");
	else
		say(p, "%s: %s", function, strerror(-err));
	return false;
}

static const struct {
	const char *name;
	bool (*probe)(struct probe *p);
	enum level needed_for;
	const char *remedy;
} probes[] = {
	{ "rights", probe_rights, LEVEL_USERSPACE, AS_ROOT },
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

static void read_kernel(struct probe *p)
{
	p->kconfig = kconfig_read();
	for (size_t i = 0; i < ARRAY_SIZE(witnesses); i++)
		p->symbols[i].name = witnesses[i].function;
	kallsyms_find(p->symbols, ARRAY_SIZE(p->symbols));
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

	read_kernel(&p);
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
