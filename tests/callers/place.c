// SPDX-License-Identifier: GPL-2.0-only
/* Namespaces, scheduling and privileges. */
#include <errno.h>
#include <grp.h>
#include <libgen.h>
#include <linux/capability.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "callers.h"

static void own_mounts(void)
{
	if (unshare(CLONE_NEWNS) < 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		die("mount namespace");
}

static void own_dev(const char *tty)
{
	struct stat st;

	if (stat(tty, &st) < 0 || !S_ISCHR(st.st_mode))
		die(tty);
	own_mounts();
	if (mount("none", "/dev", "tmpfs", 0, NULL) < 0 ||
	    mknod(tty, S_IFCHR | 0666, st.st_rdev) < 0 ||
	    mknod("/dev/null", S_IFCHR | 0666, 0x103) < 0)
		die("own /dev");
}

static void own_network(void)
{
	own_mounts();
	if (unshare(CLONE_NEWNET) < 0)
		die("network namespace");
	if (mount("none", "/sys", "sysfs", 0, NULL) < 0)
		die("own sysfs");
}

static void become_process_1(void)
{
	pid_t child;
	int status;

	if (unshare(CLONE_NEWPID) < 0)
		die("pid namespace");
	fflush(stdout);
	child = fork();
	if (child < 0)
		die("fork");
	if (child > 0) {
		if (waitpid(child, &status, 0) != child)
			die("waitpid");
		exit(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
	}
	own_mounts();
	if (getpid() != 1 || mount("none", "/proc", "proc", 0, NULL) < 0)
		die("process 1");
}

static void pin(const struct place *p)
{
	struct sched_param param = { .sched_priority = 50 };
	cpu_set_t set;

	if (p->cpu >= 0) {
		CPU_ZERO(&set);
		CPU_SET(p->cpu, &set);
		if (sched_setaffinity(0, sizeof(set), &set) < 0)
			die("affinity");
	}
	if (p->fifo && sched_setscheduler(0, SCHED_FIFO, &param) < 0)
		die("SCHED_FIFO");
}

/* From the bounding set as well: the program that is run is root's, and would get it back. */
static void drop_admin(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2];

	if (prctl(PR_CAPBSET_DROP, CAP_SYS_ADMIN) < 0 || syscall(SYS_capget, &header, data) < 0)
		die("capabilities");
	data[0].effective &= ~(1U << CAP_SYS_ADMIN);
	data[0].permitted &= ~(1U << CAP_SYS_ADMIN);
	if (syscall(SYS_capset, &header, data) < 0)
		die("capabilities");
}

void enter_place(const struct place *p)
{
	if (p->mount_ns)
		own_mounts();
	if (p->own_tty)
		own_dev(p->own_tty);
	if (p->net_ns)
		own_network();
	if (p->pid_ns)
		become_process_1();
	pin(p);
	if (p->no_admin)
		drop_admin();
	if (p->uid && (setgroups(0, NULL) < 0 || setgid(p->uid) < 0 || setuid(p->uid) < 0))
		die("user");
}
