/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reading the kernel's structs: from an endpoint, a virtqueue or a struct rproc to the N of
 * remoteprocN. The number is parsed from the device's name, so that no table of struct rproc
 * addresses has to be kept, and a wrong offset shows as a name that does not fit.
 */
#ifndef RPMSG_GUARD_KERNEL_BPF_H
#define RPMSG_GUARD_KERNEL_BPF_H

#include "remoteproc.h"
#include "rpmsg.h"
#include "virtio.h"

/* channel, virtio device, (rproc-virtio platform device since 6.2,) vdev, remoteproc: with room. */
#define WALK_MAX 8
#define DEVICE_PREFIX "remoteproc"
#define DEVICE_PREFIX_LEN (sizeof(DEVICE_PREFIX) - 1)

/* A word of the kernel's at @at, as wide as it is there. */
static __always_inline __u64 read_word(const void *at)
{
	kernel_word word = 0;

	bpf_probe_read_kernel(&word, sizeof(word), at);
	return word;
}

#define READ_POINTER(from, member)                                                                 \
	((const void *)read_word(__builtin_preserve_access_index(&(from)->member)))

static __always_inline void read_device_name(const struct device *dev, char *buf, __u32 len)
{
	const char *name = READ_POINTER(dev, kobj.name);

	if (!name || bpf_probe_read_kernel_str(buf, len, name) < 0)
		buf[0] = '\0';
}

/* N of "remoteprocN", or RG_RPROC_UNKNOWN. */
static __always_inline __u32 parse_index(const char *name)
{
	const char prefix[] = DEVICE_PREFIX;
	char tens, ones;

#pragma unroll
	for (int i = 0; i < (int)DEVICE_PREFIX_LEN; i++)
		if (name[i] != prefix[i])
			return RG_RPROC_UNKNOWN;
	tens = name[DEVICE_PREFIX_LEN];
	ones = name[DEVICE_PREFIX_LEN + 1];
	if (tens < '0' || tens > '9')
		return RG_RPROC_UNKNOWN;
	if (ones < '0' || ones > '9')
		return tens - '0';
	if (name[DEVICE_PREFIX_LEN + 2] >= '0' && name[DEVICE_PREFIX_LEN + 2] <= '9')
		return RG_RPROC_UNKNOWN;
	return (tens - '0') * 10 + (ones - '0');
}

static __always_inline __u32 device_to_rproc(const struct device *dev)
{
	char name[16];
	__u32 index;

	for (int i = 0; i < WALK_MAX && dev; i++) {
		read_device_name(dev, name, sizeof(name));
		index = parse_index(name);
		if (index < RG_GATES)
			return index;
		dev = READ_POINTER(dev, parent);
	}
	return RG_RPROC_UNKNOWN;
}

static __always_inline __u32 rproc_index(const struct rproc *rproc)
{
	char name[16];
	__u32 index;

	read_device_name(__builtin_preserve_access_index(&rproc->dev), name, sizeof(name));
	index = parse_index(name);
	return index < RG_GATES ? index : RG_RPROC_UNKNOWN;
}

/*
 * Only for an endpoint that is known to be alive. Without a relocation: the BTF of modules has that struct, which
 * there is none of before 5.11, nor as long as rpmsg_core is not loaded.
 */
static __always_inline const struct device *endpoint_device(const struct rpmsg_endpoint *ept)
{
	const struct rpmsg_device *rpdev = (const void *)read_word(&ept->rpdev);

	return rpdev ? &rpdev->dev : NULL;
}

static __always_inline __u32 virtio_device_to_rproc(const struct virtio_device *vdev)
{
	return vdev ? device_to_rproc(__builtin_preserve_access_index(&vdev->dev))
		    : RG_RPROC_UNKNOWN;
}

static __always_inline __u32 virtqueue_to_rproc(const struct virtqueue *vq)
{
	return virtio_device_to_rproc(READ_POINTER(vq, vdev));
}

#endif
