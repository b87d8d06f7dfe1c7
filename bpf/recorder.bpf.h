/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Events to user space. What does not fit into the ring buffer is counted, never waited for.
 */
#ifndef RPMSG_GUARD_RECORDER_BPF_H
#define RPMSG_GUARD_RECORDER_BPF_H

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 256 * 1024);
} events SEC(".maps");

__u64 lost_events;

static __always_inline void record(__u16 type, __u32 rproc, __u64 address, __s64 value,
				   const char *channel)
{
	struct rg_event *e = bpf_ringbuf_reserve(&events, sizeof(*e), 0);
	__u64 id = bpf_get_current_pid_tgid();

	if (!e) {
		__sync_fetch_and_add(&lost_events, 1);
		return;
	}
	e->version = RG_EVENT_VERSION;
	e->type = type;
	e->rproc = rproc;
	e->time_ns = bpf_ktime_get_ns();
	e->pid = id >> 32;
	e->tid = (__u32)id;
	e->address = address;
	e->value = value;
	bpf_get_current_comm(e->comm, sizeof(e->comm));
	if (channel)
		__builtin_memcpy(e->channel, channel, sizeof(e->channel));
	else
		__builtin_memset(e->channel, 0, sizeof(e->channel));
	bpf_ringbuf_submit(e, 0);
}

#endif
