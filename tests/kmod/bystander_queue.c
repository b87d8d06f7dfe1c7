// SPDX-License-Identifier: GPL-2.0-only
/*
 * A virtqueue that has nothing to do with rpmsg, used from a timer interrupt on every CPU as often as a
 * network card uses its own: also on top of a task that is inside a send. It plays both sides, so it knows
 * what virtqueue_get_buf() has to return.
 */
#include <linux/hrtimer.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/percpu.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/spinlock.h>
#include <linux/version.h>
#include <linux/virtio.h>
#include <linux/virtio_config.h>
#include <linux/virtio_ring.h>

/* Of no driver. */
#define DEVICE_ID 0xfff0
#define QUEUE_SIZE 16

static unsigned int period_us = 500;
module_param(period_us, uint, 0644);
MODULE_PARM_DESC(period_us, "pause between two interrupts of a CPU");

static unsigned long uses, handed, kept;
module_param(uses, ulong, 0444);
MODULE_PARM_DESC(uses, "buffers that went round");
module_param(handed, ulong, 0444);
MODULE_PARM_DESC(handed, "times that a buffer came back which nobody had used yet");
module_param(kept, ulong, 0444);
MODULE_PARM_DESC(kept, "times that a used buffer did not come back");

static void *pages;
static struct vring ring;
static u16 n_used;
static struct virtqueue *queue;
static DEFINE_SPINLOCK(queue_lock);
static DEFINE_PER_CPU(struct hrtimer, timers);

/* Not among the module's own data: a scatterlist takes no such addresses. */
static struct bystander {
	struct virtio_device vdev;
	char payload[16];
} * bystander;

/* As the device: the oldest buffer was used. */
static void use_buffer(void)
{
	ring.used->ring[n_used % QUEUE_SIZE].id = (__force __virtio32)(u32)(__force u16)
							  ring.avail->ring[n_used % QUEUE_SIZE];
	virt_wmb();
	WRITE_ONCE(ring.used->idx, (__force __virtio16)++n_used);
}

static void send_one(void)
{
	char *payload = bystander->payload;
	struct scatterlist sg;
	unsigned int len;

	sg_init_one(&sg, payload, sizeof(bystander->payload));
	if (virtqueue_add_outbuf(queue, &sg, 1, payload, GFP_ATOMIC))
		return;
	if (virtqueue_get_buf(queue, &len))
		handed++;
	use_buffer();
	if (virtqueue_get_buf(queue, &len) == payload)
		uses++;
	else
		kept++;
}

static enum hrtimer_restart on_timer(struct hrtimer *timer)
{
	if (spin_trylock(&queue_lock)) {
		send_one();
		spin_unlock(&queue_lock);
	}
	hrtimer_forward_now(timer, ns_to_ktime((u64)period_us * NSEC_PER_USEC));
	return HRTIMER_RESTART;
}

static void start_timer(void *unused)
{
	struct hrtimer *timer = this_cpu_ptr(&timers);

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 13, 0)
	hrtimer_setup(timer, on_timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL_PINNED_HARD);
#else
	hrtimer_init(timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL_PINNED_HARD);
	timer->function = on_timer;
#endif
	hrtimer_start(timer, ns_to_ktime((u64)period_us * NSEC_PER_USEC),
		      HRTIMER_MODE_REL_PINNED_HARD);
}

static u8 status;

static u8 get_status(struct virtio_device *vdev)
{
	return status;
}

static void set_status(struct virtio_device *vdev, u8 value)
{
	status = value;
}

static void reset(struct virtio_device *vdev)
{
	status = 0;
}

static const struct virtio_config_ops config_ops = {
	.get_status = get_status,
	.set_status = set_status,
	.reset = reset,
};

static void release(struct device *dev)
{
	kfree(container_of(dev, struct bystander, vdev.dev));
}

static bool notify(struct virtqueue *vq)
{
	return true;
}

static int make_queue(void)
{
	pages = alloc_pages_exact(vring_size(QUEUE_SIZE, PAGE_SIZE), GFP_KERNEL | __GFP_ZERO);
	if (!pages)
		return -ENOMEM;
	vring_init(&ring, QUEUE_SIZE, pages, PAGE_SIZE);
	queue = vring_new_virtqueue(0, QUEUE_SIZE, PAGE_SIZE, &bystander->vdev, true, false, pages,
				    notify, NULL, "bystander");
	return queue ? 0 : -ENOMEM;
}

static void free_queue(void)
{
	if (queue)
		vring_del_virtqueue(queue);
	if (pages)
		free_pages_exact(pages, vring_size(QUEUE_SIZE, PAGE_SIZE));
	unregister_virtio_device(&bystander->vdev);
}

static int __init bystander_init(void)
{
	int err;

	bystander = kzalloc(sizeof(*bystander), GFP_KERNEL);
	if (!bystander)
		return -ENOMEM;
	bystander->vdev.id.device = DEVICE_ID;
	bystander->vdev.config = &config_ops;
	bystander->vdev.dev.release = release;
	err = register_virtio_device(&bystander->vdev);
	if (err) {
		put_device(&bystander->vdev.dev);
		return err;
	}
	err = make_queue();
	if (err) {
		free_queue();
		return err;
	}
	on_each_cpu(start_timer, NULL, true);
	return 0;
}
module_init(bystander_init);

static void __exit bystander_exit(void)
{
	int cpu;

	for_each_online_cpu(cpu) hrtimer_cancel(per_cpu_ptr(&timers, cpu));
	free_queue();
}
module_exit(bystander_exit);

MODULE_DESCRIPTION("A virtqueue of somebody else, used from interrupts");
MODULE_LICENSE("GPL v2");
