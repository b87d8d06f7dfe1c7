/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Channel drivers whose probe function is running. The remote processor may announce a channel
 * while a stop is held or about to be; its driver sends a hello, and one vendor's probe frees memory
 * twice when that fails. So a closed gate lets probe functions send as long as no virtqueue has been
 * deleted. That is safe without being waited for: before rpmsg_remove() deletes the virtqueues, it destroys
 * the endpoint of the announcements, which waits for the callback that runs the probe (with the device of
 * rpmsg_ns; on 5.10 as vrp->ns_ept, when the channels are unregistered). The send is recorded like any other.
 */
#ifndef RPMSG_GUARD_PROBING_BPF_H
#define RPMSG_GUARD_PROBING_BPF_H

/* An exit that was missed must not leave a kernel worker exempt for ever. */
#define PROBING_MAX_NS 20000000000ULL

/* pid_tgid -> when its rpmsg_dev_probe() was entered. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 64);
	__type(key, __u64);
	__type(value, __u64);
} probing SEC(".maps");

static __always_inline void probe_begins(void)
{
	const __u64 key = bpf_get_current_pid_tgid(), now = bpf_ktime_get_ns();

	/* Without room its sends are refused, as they were before there was an exemption. */
	bpf_map_update_elem(&probing, &key, &now, BPF_ANY);
}

static __always_inline void probe_ends(void)
{
	const __u64 key = bpf_get_current_pid_tgid();

	bpf_map_delete_elem(&probing, &key);
}

static __always_inline bool is_probing(__u64 key)
{
	const __u64 *since = bpf_map_lookup_elem(&probing, &key);

	return since && bpf_ktime_get_ns() - *since < PROBING_MAX_NS;
}

#endif
