// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rights, and what the kernel has beside BPF.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/fanotify.h>
#include <unistd.h>

#include "system/barrier.h"
#include "system/kconfig.h"
#include "system/probe.h"
#include "system/trust.h"

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

bool probe_rights(struct probe *p)
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

bool probe_pid_namespace(struct probe *p)
{
	return trust_pid_namespace(p->reason, p->reason_len);
}

bool probe_proc(struct probe *p)
{
	return trust_proc(p->reason, p->reason_len);
}

/* ---- what is there ---- */

bool probe_remoteproc(struct probe *p)
{
	if (access("/sys/class/remoteproc", F_OK) == 0)
		return true;
	probe_blame(p, "REMOTEPROC", ENOENT);
	if (p->kconfig && kconfig_get(p->kconfig, "CONFIG_REMOTEPROC") != KCONFIG_NO)
		probe_say(p, "the remoteproc module is not loaded");
	return false;
}

/* Permission events on an inode: 2.6.37. On sysfs, because that is where stops are held. */
bool probe_fanotify(struct probe *p)
{
	int fd = fanotify_init(FAN_CLASS_CONTENT | FAN_CLOEXEC | FAN_NONBLOCK,
			       O_RDONLY | O_CLOEXEC);
	int err = 0;

	if (fd < 0) {
		probe_blame(p, "FANOTIFY", errno);
		return false;
	}
	if (fanotify_mark(fd, FAN_MARK_ADD, FAN_OPEN_PERM, AT_FDCWD, "/sys/kernel/uevent_seqnum"))
		err = errno;
	close(fd); /* answers whoever opened it meanwhile */
	if (err)
		probe_blame(p, "FANOTIFY_ACCESS_PERMISSIONS", err);
	return err == 0;
}

/* See barrier.c. CPUs that others were given for themselves need the membarrier, 4.3. */
bool probe_barrier(struct probe *p)
{
	int err = barrier();

	if (err)
		probe_say(p, "a CPU cannot be visited (%s), and there is no membarrier",
			  strerror(-err));
	return err == 0;
}

bool probe_kallsyms(struct probe *p)
{
	if (!probe_has_function(p, QUIET_FUNCTION)) {
		probe_blame(p, "KALLSYMS", ENOENT);
		return false;
	}
	if (!probe_has_function(p, "rproc_shutdown"))
		probe_say(p, "remoteproc's functions are not there (yet)");
	return true;
}

/* BTF of the kernel: 4.18, in sysfs since 5.5. */
bool probe_btf(struct probe *p)
{
	if (access("/sys/kernel/btf/vmlinux", R_OK) == 0)
		return true;
	probe_blame(p, "DEBUG_INFO_BTF", ENOENT);
	return false;
}
