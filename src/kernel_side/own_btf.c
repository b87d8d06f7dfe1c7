// SPDX-License-Identifier: GPL-2.0-only
/*
 * The BTF of our own object, so that every relocation resolves to the offset it was compiled with (see
 * vmlinux-headers/device.h): on a kernel without BTF, and where the kernel's pointers are not as wide as those
 * of BPF. There the members that are pointers are declared as words (vmlinux-headers/pointer.h), and libbpf
 * finds no such members in the kernel's BTF.
 *
 * One offset depends on the kernel's configuration, virtio_device.dev behind its locks. It is set to that of the
 * kernel's BTF, as far as there is one; else to what a kernel for one CPU has, whose spin locks are empty.
 */
#include "kernel_side/own_btf.h"

#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "kernel_side/private.h"
#include "log/log.h"
#include "system/files.h"
#include "system/realtime.h"

#define STRUCTURE "virtio_device"
#define MEMBER "dev"

/* An int and three or four flags are before the locks. */
#define OFFSET_WITHOUT_LOCKS (8 * 8)

static bool always_own(void)
{
	return sizeof(void *) < sizeof(uint64_t);
}

bool own_btf_is_taken(const char *btf_path)
{
	return always_own() || (!btf_path && access("/sys/kernel/btf/vmlinux", R_OK) < 0);
}

/* NULL when @btf does not know it. */
static const struct btf_member *find_member(const struct btf *btf)
{
	const int id = btf__find_by_name_kind(btf, STRUCTURE, BTF_KIND_STRUCT);
	const struct btf_type *t = id > 0 ? btf__type_by_id(btf, (unsigned int)id) : NULL;

	for (unsigned int i = 0; t && i < btf_vlen(t); i++) {
		const struct btf_member *m = &btf_members(t)[i];

		if (strcmp(btf__name_by_offset(btf, m->name_off), MEMBER) == 0)
			return m;
	}
	return NULL;
}

/* In bits; 0 when it is not in the kernel's BTF, or there is none. */
static uint32_t offset_by_btf(const char *btf_path)
{
	struct btf *base = btf_path ? btf__parse(btf_path, NULL) : btf__load_vmlinux_btf();
	struct btf *module = base && !btf_path ? btf__load_module_btf("virtio", base) : NULL;
	const struct btf_member *m = base ? find_member(base) : NULL;
	uint32_t offset;

	if (!m && module)
		m = find_member(module);
	offset = m ? m->offset & 0xffffff : 0;
	btf__free(module);
	btf__free(base);
	return offset;
}

static bool has_empty_locks(void)
{
	struct utsname name;

	return uname(&name) == 0 && !strstr(name.version, " SMP") && !realtime_kernel();
}

static void adapt(struct btf *own, const char *btf_path)
{
	/* libbpf has no call that changes a member; the text of this BTF is ours. */
	struct btf_member *m = (struct btf_member *)find_member(own);
	uint32_t offset = always_own() ? offset_by_btf(btf_path) : 0;

	if (!offset && has_empty_locks())
		offset = OFFSET_WITHOUT_LOCKS;
	if (!m || !offset || m->offset == offset)
		return;
	log_debug(STRUCTURE "." MEMBER " is at %u", offset / 8);
	m->offset = offset;
}

static int write_file(const struct btf *btf, char *path, size_t len)
{
	const int fd = memfd_create("rpmsg-guard-btf", MFD_CLOEXEC);
	const void *data;
	uint32_t size;
	int err;

	if (fd < 0)
		return -errno;
	data = btf__raw_data(btf, &size);
	err = data ? file_write_all(fd, data, size) : -ENOMEM;
	if (err) {
		close(fd);
		return err;
	}
	file_fd_path(fd, path, len);
	return fd;
}

int own_btf(const char *btf_path, char *path, size_t len)
{
	struct guard_bpf *skel = guard_bpf__open();
	struct btf *btf;
	int fd;

	if (!skel)
		return -errno;
	btf = bpf_object__btf(skel->obj);
	adapt(btf, btf_path);
	fd = write_file(btf, path, len);
	guard_bpf__destroy(skel);
	return fd;
}
