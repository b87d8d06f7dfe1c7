// SPDX-License-Identifier: GPL-2.0-only
/*
 * bench-hooks NAME COMMAND...: runs the command while the hooks of that name (hooks.bpf.c) are attached
 * to rpmsg_send(), and ends with its status; 77 if this kernel has no such hooks.
 */
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <bpf/libbpf.h>

#include "hooks.skel.h"

#define NOT_HERE 77

static const struct set {
	const char *name, *programs[2];
} sets[] = {
	{ "kprobe", { "empty_kprobe" } },
	{ "kretprobe", { "empty_kretprobe" } },
	{ "pair", { "empty_kprobe", "empty_kretprobe" } },
	{ "multi-entry", { "empty_multi_entry" } },
	{ "multi-exit", { "empty_multi_exit" } },
	{ "multi", { "empty_multi_entry", "empty_multi_exit" } },
	{ "fentry", { "empty_fentry" } },
	{ "fexit", { "empty_fexit" } },
	{ "fpair", { "empty_fentry", "empty_fexit" } },
	{ "counter", { "count_enter", "count_exit" } },
};

static const struct set *find_set(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(sets) / sizeof(sets[0]); i++)
		if (!strcmp(sets[i].name, name))
			return &sets[i];
	return NULL;
}

static bool is_in(const struct set *set, const struct bpf_program *prog)
{
	size_t i;

	for (i = 0; i < sizeof(set->programs) / sizeof(set->programs[0]); i++)
		if (set->programs[i] && !strcmp(set->programs[i], bpf_program__name(prog)))
			return true;
	return false;
}

/* Goes to the console of the benchmark: why a kernel has no such hooks. */
static int print(enum libbpf_print_level level, const char *format, va_list args)
{
	return level == LIBBPF_WARN ? vfprintf(stderr, format, args) : 0;
}

/* NULL if this kernel cannot. */
static struct hooks_bpf *attach(const struct set *set)
{
	struct hooks_bpf *skel = hooks_bpf__open();
	struct bpf_program *prog;

	if (!skel)
		return NULL;
	bpf_object__for_each_program(prog, skel->obj)
		bpf_program__set_autoload(prog, is_in(set, prog));
	if (!hooks_bpf__load(skel) && !hooks_bpf__attach(skel))
		return skel;
	hooks_bpf__destroy(skel);
	return NULL;
}

static int run(char **command)
{
	const pid_t pid = fork();
	int status;

	if (!pid) {
		execvp(command[0], command);
		perror(command[0]);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) < 0) {
		perror("bench-hooks");
		return 1;
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

int main(int argc, char **argv)
{
	const struct set *set = argc > 2 ? find_set(argv[1]) : NULL;
	struct hooks_bpf *skel;
	int status;

	if (!set) {
		fprintf(stderr, "usage: bench-hooks NAME COMMAND...\n");
		return 2;
	}
	libbpf_set_print(print);
	skel = attach(set);
	if (!skel)
		return NOT_HERE;
	status = run(argv + 2);
	hooks_bpf__destroy(skel);
	return status;
}
