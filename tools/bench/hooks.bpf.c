// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the guard's hooks are compared with: hooks on rpmsg_send() that do nothing, one program for each
 * way to hook, and the plainest count of who is inside. The loader attaches those of one name.
 */
#include <linux/bpf.h>
#include <linux/types.h>

#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

#define EMPTY(name, section)                                                                       \
	SEC(section)                                                                               \
	int name(void *ctx)                                                                        \
	{                                                                                          \
		(void)ctx;                                                                         \
		return 0;                                                                          \
	}

EMPTY(empty_kprobe, "kprobe/rpmsg_send")
EMPTY(empty_kretprobe, "kretprobe/rpmsg_send")
EMPTY(empty_multi_entry, "kprobe.multi/rpmsg_send")
EMPTY(empty_multi_exit, "kretprobe.multi/rpmsg_send")
EMPTY(empty_fentry, "fentry/rpmsg_send")
EMPTY(empty_fexit, "fexit/rpmsg_send")

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, __u64);
	__type(value, __u64);
} in_flight SEC(".maps");

__s64 n_in_flight;

SEC("kprobe/rpmsg_send")
int count_enter(void *ctx)
{
	__u64 task = bpf_get_current_pid_tgid(), since = bpf_ktime_get_ns();

	(void)ctx;
	bpf_map_update_elem(&in_flight, &task, &since, BPF_ANY);
	__sync_fetch_and_add(&n_in_flight, 1);
	return 0;
}

SEC("kretprobe/rpmsg_send")
int count_exit(void *ctx)
{
	__u64 task = bpf_get_current_pid_tgid();

	(void)ctx;
	if (!bpf_map_delete_elem(&in_flight, &task))
		__sync_fetch_and_add(&n_in_flight, -1);
	return 0;
}
