// SPDX-License-Identifier: GPL-2.0-only
/*
 * rpmsg-tracer KIND FUNCTION: what tracing tools do to a function of a module or of the kernel. Attaches an empty BPF
 * program of KIND "fentry" or "fexit" to it, prints "attached", and keeps it there until it is killed.
 */
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct target {
	int btf_fd; /* of its module; 0: the kernel */
	int type;
};

static int in_module(uint32_t id, struct btf *kernel, const char *function, struct target *target)
{
	struct btf *btf = btf__load_from_kernel_by_id_split(id, kernel);

	target->type = btf ? btf__find_by_name_kind(btf, function, BTF_KIND_FUNC) : -ENOENT;
	btf__free(btf);
	if (target->type <= 0)
		return -ENOENT;
	target->btf_fd = bpf_btf_get_fd_by_id(id);
	return target->btf_fd < 0 ? target->btf_fd : 0;
}

/* Number 1 is the kernel itself. */
static int find(const char *function, struct target *target)
{
	struct btf *kernel = btf__load_vmlinux_btf();
	uint32_t id = 1;
	int err = -ENOENT;

	if (!kernel)
		return -errno;
	target->btf_fd = 0;
	target->type = btf__find_by_name_kind(kernel, function, BTF_KIND_FUNC);
	if (target->type > 0)
		err = 0;
	while (err && bpf_btf_get_next_id(id, &id) == 0)
		err = in_module(id, kernel, function, target);
	btf__free(kernel);
	return err;
}

static int attach(enum bpf_attach_type kind, const char *function)
{
	const struct bpf_insn insns[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	struct target target = {};
	int program, err = find(function, &target);
	struct bpf_prog_load_opts opts = { .sz = sizeof(opts), .expected_attach_type = kind };

	if (err)
		return err;
	opts.attach_btf_id = (uint32_t)target.type;
	opts.attach_btf_obj_fd = (uint32_t)target.btf_fd;
	program = bpf_prog_load(BPF_PROG_TYPE_TRACING, NULL, "GPL", insns, 2, &opts);
	return program < 0 ? program : bpf_raw_tracepoint_open(NULL, program);
}

int main(int argc, char **argv)
{
	enum bpf_attach_type kind;
	int link;

	if (argc != 3)
		return 2;
	kind = strcmp(argv[1], "fexit") == 0 ? BPF_TRACE_FEXIT : BPF_TRACE_FENTRY;
	link = attach(kind, argv[2]);
	if (link < 0) {
		fprintf(stderr, "rpmsg-tracer: %s: %s\n", argv[2], strerror(-link));
		return 1;
	}
	printf("attached\n");
	fflush(stdout);
	for (;;)
		pause();
}
