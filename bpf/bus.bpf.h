/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Finding what virtio_rpmsg_bus keeps for a virtio device: its two virtqueues and its buffers.
 *
 * virtio_device.priv points to it. Where that is depends on the size of the struct device before it, and so on the
 * kernel's configuration, and many kernels have no BTF. So every word of struct virtio_device is tried. None can be
 * taken for it: what it points to has to begin with the address of this very device, and with two virtqueues
 * which in turn say that they belong to this device, as its first and its second. These members have been the
 * first ones since the driver exists, also in the kernels of vendors.
 */
#ifndef RPMSG_GUARD_BUS_BPF_H
#define RPMSG_GUARD_BUS_BPF_H

/* priv was seen at 776 at most, among 64-bit kernels without lock debugging. */
#define DEVICE_WORDS 192

enum { RECEIVE_INDEX, TRANSMIT_INDEX };

static __always_inline const struct virtio_device *device_of(const struct virtqueue *vq)
{
	return READ_POINTER(vq, vdev);
}

static __always_inline bool is_queue_of(const struct virtio_device *vdev, __u64 queue, __u32 index)
{
	const struct virtqueue *vq = (const void *)queue;

	return vq && device_of(vq) == vdev && BPF_CORE_READ(vq, index) == index;
}

/*
 * NULL when no driver is bound to it, or another one. The loop has little in it, because the verifier walks every
 * round; nothing else in the struct points to something that begins with the address of the device.
 */
static __always_inline const struct virtproc_info *find_bus(const struct virtio_device *vdev)
{
	const kernel_word *words = (const void *)vdev;
	const struct virtproc_info *bus = NULL;

	for (int i = 0; i < DEVICE_WORDS; i++) {
		bus = (const void *)read_word(&words[i]);
		if (read_word(&bus->vdev) == (__u64)vdev)
			break;
	}
	if (read_word(&bus->vdev) != (__u64)vdev ||
	    !is_queue_of(vdev, read_word(&bus->rvq), RECEIVE_INDEX) ||
	    !is_queue_of(vdev, read_word(&bus->svq), TRANSMIT_INDEX))
		return NULL;
	return bus;
}

#endif
