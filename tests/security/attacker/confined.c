// SPDX-License-Identifier: GPL-2.0-only
/* What the unit of systemd allows, with death for everything else, so that nothing is overlooked. */
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "attacker.h"

#define CALLS_MAX 512

int cmd_confined(int argc, char **argv)
{
	static struct sock_filter code[2 * CALLS_MAX + 2];
	struct sock_fprog program = { 0, code };
	FILE *f = fopen(argv[0], "re");
	unsigned int call;

	(void)argc;
	if (!f)
		die(argv[0]);
	code[program.len++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
							   offsetof(struct seccomp_data, nr));
	while (fscanf(f, "%u", &call) == 1 && program.len < 2 * CALLS_MAX) {
		code[program.len++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call,
								   0, 1);
		code[program.len++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K,
								   SECCOMP_RET_ALLOW);
	}
	fclose(f);
	code[program.len++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K,
							   SECCOMP_RET_KILL_PROCESS);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) < 0)
		die("seccomp");
	execvp(argv[1], argv + 1);
	die(argv[1]);
}
