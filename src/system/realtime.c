// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whether this is a real-time kernel, and whether BPF's ring buffer can be used on it.
 *
 * Until 6.12 (commit 8b62645b09f8, also in 6.11.5 and in later 6.6 and 6.1) the lock of the ring buffer is a
 * spinlock_t. When two CPUs want it at the same time, one of them would sleep in a kprobe. Trying it
 * out could be the end of the machine, and would seldom show it: the one feature that is read from the
 * type of a member and, without BTF, from the version.
 */
#include "system/realtime.h"

#include <bpf/btf.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

bool realtime_kernel(void)
{
	struct utsname name;

	/* The file is that of the patches before 6.12, and not of all of them. */
	return access("/sys/kernel/realtime", F_OK) == 0 ||
	       (uname(&name) == 0 && strstr(name.version, " PREEMPT_RT"));
}

/* The name of the type of @member, or NULL. */
static const char *member_type(const struct btf *btf, const char *structure, const char *member)
{
	const int id = btf__find_by_name_kind(btf, structure, BTF_KIND_STRUCT);
	const struct btf_type *t = id > 0 ? btf__type_by_id(btf, (unsigned int)id) : NULL;

	for (unsigned int i = 0; t && i < btf_vlen(t); i++) {
		const struct btf_member *m = &btf_members(t)[i];

		if (strcmp(btf__name_by_offset(btf, m->name_off), member) == 0)
			return btf__name_by_offset(btf, btf__type_by_id(btf, m->type)->name_off);
	}
	return NULL;
}

bool realtime_ring_is_raw(const struct btf *vmlinux, const char *release)
{
	const char *type = vmlinux ? member_type(vmlinux, "bpf_ringbuf", "spinlock") : NULL;
	int major, minor;

	if (type)
		return strcmp(type, "spinlock_t") != 0;
	return sscanf(release, "%d.%d", &major, &minor) == 2 &&
	       (major > 6 || (major == 6 && minor >= 12));
}

bool realtime_ring_is_safe(const char *btf_path)
{
	struct utsname name;
	struct btf *btf;
	bool raw;

	if (!realtime_kernel() || uname(&name) < 0)
		return true;
	btf = btf_path ? btf__parse(btf_path, NULL) : btf__load_vmlinux_btf();
	raw = realtime_ring_is_raw(btf, name.release);
	btf__free(btf);
	return raw;
}
