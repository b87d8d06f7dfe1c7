// SPDX-License-Identifier: GPL-2.0-only
/*
 * A remoteproc driver for remote processors that do not exist. Its vrings live in a mapping that
 * goes away with a stop, as on i.MX: an access after the stop faults.
 */
#include <linux/delay.h>
#include <linux/dma-mapping.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/version.h>
#include <linux/virtio.h>
#include <linux/virtio_ids.h>
#include <linux/vmalloc.h>

#include <asm/tlbflush.h>

#include "sim_rproc.h"

#define MAX_INSTANCES 4
#define RPMSG_F_NS 0 /* name service: feature bit of VIRTIO_ID_RPMSG */

static unsigned int instances = 1;
module_param(instances, uint, 0444);
MODULE_PARM_DESC(instances, "number of remote processors, 1 to 4");

static char *channels = "vendor-tty@30";
module_param(channels, charp, 0444);
MODULE_PARM_DESC(channels, "name@addr,... announced by every remote processor");

static char *channels2;
module_param(channels2, charp, 0444);
MODULE_PARM_DESC(channels2, "the same, for the second remote processor only");

/* Attaching and detaching are of 5.13. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 13, 0)
#define CAN_DETACH
static bool attached;
module_param(attached, bool, 0444);
MODULE_PARM_DESC(attached,
		 "somebody else has started them: \"start\" attaches, \"detach\" lets go");
#endif

static struct platform_device *devices[MAX_INSTANCES];

static int vring_alloc(struct rproc *rproc, struct rproc_mem_entry *mem)
{
	void **slot = mem->priv;

	mem->va = vzalloc(mem->len);
	if (!mem->va)
		return -ENOMEM;
	*slot = mem->va;
	return 0;
}

static void flush_tlb(void *unused)
{
#ifdef CONFIG_X86
	/*
	 * Drops global entries, too. Nothing that does it is exported to modules (since 7.2 not even
	 * what cr4_clear_bits() calls). Interrupts are off.
	 */
	unsigned long cr4 = native_read_cr4();

	asm volatile("mov %0, %%cr4\n\tmov %1, %%cr4"
		     :
		     : "r"(cr4 & ~X86_CR4_PGE), "r"(cr4)
		     : "memory");
#else
	local_flush_tlb_all();
#endif
}

/*
 * vfree() clears the page table entries at once, but leaves the TLB alone and does not give the
 * address range to anybody else until it next collects freed ranges. The second is welcome: a
 * stale pointer meets nothing. The first would let a processor that was idle meanwhile read the
 * freed page. vm_unmap_aliases() would end both.
 */
static int vring_release(struct rproc *rproc, struct rproc_mem_entry *mem)
{
	void **slot = mem->priv;

	vfree(mem->va);
	on_each_cpu(flush_tlb, NULL, 1);
	*slot = NULL;
	return 0;
}

static int add_vrings(struct sim_rproc *sim)
{
	size_t len = PAGE_ALIGN(vring_size(SIM_RING_SIZE, SIM_RING_ALIGN));
	struct rproc_mem_entry *mem;
	int i;

	for (i = 0; i < SIM_NUM_RINGS; i++) {
		/* remoteproc finds vrings that a driver brings by this name. */
		mem = rproc_mem_entry_init(&sim->rproc->dev, NULL, 0, len, FW_RSC_ADDR_ANY,
					   vring_alloc, vring_release, "vdev0vring%d", i);
		if (!mem)
			return -ENOMEM;
		mem->priv = &sim->vring_va[i];
		rproc_add_carveout(sim->rproc, mem);
	}
	return 0;
}

static struct fw_rsc_vdev *vdev_of(struct resource_table *table)
{
	struct fw_rsc_hdr *hdr = (void *)table + table->offset[0];

	return (void *)hdr->data;
}

static struct resource_table *make_table(size_t *size)
{
	size_t offset = sizeof(struct resource_table) + sizeof(u32);
	struct resource_table *table;
	struct fw_rsc_hdr *hdr;
	struct fw_rsc_vdev *vdev;
	int i;

	*size = offset + sizeof(*hdr) + sizeof(*vdev) +
		SIM_NUM_RINGS * sizeof(struct fw_rsc_vdev_vring);
	table = kzalloc(*size, GFP_KERNEL);
	if (!table)
		return NULL;
	table->ver = 1;
	table->num = 1;
	table->offset[0] = offset;
	hdr = (void *)table + offset;
	hdr->type = RSC_VDEV;
	vdev = vdev_of(table);
	vdev->id = VIRTIO_ID_RPMSG;
	vdev->dfeatures = BIT(RPMSG_F_NS);
	vdev->num_of_vrings = SIM_NUM_RINGS;
	for (i = 0; i < SIM_NUM_RINGS; i++) {
		vdev->vring[i].da = FW_RSC_ADDR_ANY;
		vdev->vring[i].align = SIM_RING_ALIGN;
		vdev->vring[i].num = SIM_RING_SIZE;
	}
	return table;
}

static int sim_parse_fw(struct rproc *rproc, const struct firmware *fw)
{
	struct resource_table *table;

	table = make_table(&rproc->table_sz);
	if (!table)
		return -ENOMEM;
	rproc->cached_table = table;
	rproc->table_ptr = table;
	return add_vrings(rproc->priv);
}

static int sim_load(struct rproc *rproc, const struct firmware *fw)
{
	return 0;
}

static int sim_sanity_check(struct rproc *rproc, const struct firmware *fw)
{
	return 0;
}

/* For as long as a test wants: senders are welcome as before, and whoever stops it is inside. */
static void linger(struct rproc_subdev *subdev, bool crashed)
{
	struct sim_rproc *sim = container_of(subdev, struct sim_rproc, lingerer);

	while (READ_ONCE(sim->linger)) {
		WRITE_ONCE(sim->lingers, true);
		msleep(10);
	}
	WRITE_ONCE(sim->lingers, false);
}

static int sim_start(struct rproc *rproc)
{
	struct sim_rproc *sim = rproc->priv;
	struct fw_rsc_vdev *vdev = vdev_of(rproc->table_ptr);
	int i;

	for (i = 0; i < SIM_NUM_RINGS; i++)
		sim->notifyid[i] = vdev->vring[i].notifyid;
	msleep(READ_ONCE(sim->start_ms));
	WRITE_ONCE(sim->crashed, false);
	if (READ_ONCE(sim->heals))
		WRITE_ONCE(sim->mode, SIM_LIVE);
	/* Added last, it is stopped first. */
	sim->lingerer.stop = linger;
	rproc_add_subdev(rproc, &sim->lingerer);
	return 0;
}

/*
 * What waits in vain for the firmware's answer fails when its virtqueues are gone already: remoteproc
 * stops the subdevices first.
 */
static int sim_stop(struct rproc *rproc)
{
	struct sim_rproc *sim = rproc->priv;

	msleep(READ_ONCE(sim->stop_ms));
	if (READ_ONCE(sim->stop_fails)) {
		WRITE_ONCE(sim->stop_fails, sim->stop_fails - 1);
		return -(int)READ_ONCE(sim->stop_errno);
	}
	rproc_remove_subdev(rproc, &sim->lingerer);
	sim_remote_halt(sim);
	return 0;
}

static void sim_kick(struct rproc *rproc, int vqid)
{
	struct sim_rproc *sim = rproc->priv;
	unsigned int kick_us = READ_ONCE(sim->kick_us);

	wake_up(&sim->kicked);
	if (kick_us)
		fsleep(kick_us);
}

static const struct rproc_ops sim_ops = {
	.start = sim_start,
	.stop = sim_stop,
	.kick = sim_kick,
	.parse_fw = sim_parse_fw,
	.load = sim_load,
	.sanity_check = sim_sanity_check,
};

#ifdef CAN_DETACH
/* What a boot does with the firmware, done without one. */
static int sim_prepare(struct rproc *rproc)
{
	return add_vrings(rproc->priv);
}

static struct resource_table *sim_loaded_table(struct rproc *rproc, size_t *size)
{
	struct sim_rproc *sim = rproc->priv;

	*size = sim->loaded_size;
	return sim->loaded_table;
}

static const struct rproc_ops sim_attached_ops = {
	.prepare = sim_prepare,
	.get_loaded_rsc_table = sim_loaded_table,
	.attach = sim_start,
	.detach = sim_stop,
	.stop = sim_stop,
	.kick = sim_kick,
};

static void free_table(void *table)
{
	kfree(table);
}

static int begin_attached(struct device *dev, struct sim_rproc *sim)
{
	if (!attached)
		return 0;
	sim->loaded_table = make_table(&sim->loaded_size);
	if (!sim->loaded_table)
		return -ENOMEM;
	sim->rproc->state = RPROC_DETACHED;
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 1, 0)
	/* As imx_rproc does: a recovery detaches and attaches again. */
	__set_bit(RPROC_FEAT_ATTACH_ON_RECOVERY, sim->rproc->features);
#endif
	return devm_add_action_or_reset(dev, free_table, sim->loaded_table);
}

static const struct rproc_ops *ops(void)
{
	return attached ? &sim_attached_ops : &sim_ops;
}
#else
static int begin_attached(struct device *dev, struct sim_rproc *sim)
{
	return 0;
}

static const struct rproc_ops *ops(void)
{
	return &sim_ops;
}
#endif

static void destroy_queue(void *queue)
{
	destroy_workqueue(queue);
}

/*
 * rproc_del() of 5.10 leaves a remote processor running that was not booted automatically, and
 * rproc_shutdown() of newer kernels refuses one that has crashed and was not recovered.
 */
static void shut_down(void *data)
{
	struct rproc *rproc = data;

	cancel_work_sync(&rproc->crash_handler);
	if (rproc->state == RPROC_CRASHED)
		rproc->state = RPROC_RUNNING;
	if (rproc->state == RPROC_RUNNING)
		rproc_shutdown(rproc);
}

static int sim_setup(struct device *dev, struct sim_rproc *sim)
{
	unsigned int id = to_platform_device(dev)->id;

	sim->firmware_channels = id == 1 && channels2 ? channels2 : channels;
	sim->echo = true;
	sim->stop_errno = EBUSY;
	sim_remote_init(sim);
	sim->irq_queue = alloc_workqueue("%s", WQ_UNBOUND, 0, dev_name(dev));
	if (!sim->irq_queue)
		return -ENOMEM;
	return devm_add_action_or_reset(dev, destroy_queue, sim->irq_queue);
}

static int sim_probe(struct platform_device *pdev)
{
	struct device *dev = &pdev->dev;
	struct rproc *rproc;
	int err;

	err = dma_coerce_mask_and_coherent(dev, DMA_BIT_MASK(64));
	if (err)
		return err;
	rproc = devm_rproc_alloc(dev, dev_name(dev), ops(), "sim-rproc.fw",
				 sizeof(struct sim_rproc));
	if (!rproc)
		return -ENOMEM;
	rproc->auto_boot = false;
	((struct sim_rproc *)rproc->priv)->rproc = rproc;
	platform_set_drvdata(pdev, rproc->priv);
	err = sim_setup(dev, rproc->priv);
	if (err)
		return err;
	err = begin_attached(dev, rproc->priv);
	if (err)
		return err;
	err = devm_rproc_add(dev, rproc);
	if (err)
		return err;
	return devm_add_action_or_reset(dev, shut_down, rproc);
}

static struct platform_driver sim_driver = {
	.probe = sim_probe,
	.driver = {
		.name = "sim-rproc",
		.dev_groups = sim_knob_groups,
	},
};

static struct sim_rproc *sim_of_virtio(struct device *dev)
{
	struct rproc *rproc = rproc_get_by_child(dev);

	if (!rproc || rproc->dev.parent->driver != &sim_driver.driver)
		return NULL;
	return rproc->priv;
}

/* The last moment at which the virtqueues still exist. The host's buffers exist until this returns. */
static void del_vqs(struct virtio_device *vdev)
{
	struct sim_rproc *sim = sim_of_virtio(&vdev->dev);

	sim_remote_host_leaving(sim, SIM_SILENT);
	sim->host_config->del_vqs(vdev);
	sim_remote_host_left(sim);
}

/* As a worker that has to wait for its CPU. */
static void receive_late(struct virtqueue *vq)
{
	struct sim_rproc *sim = sim_of_virtio(&vq->vdev->dev);
	const unsigned int ms = xchg(&sim->interrupt_ms, 0);

	if (ms)
		msleep(ms);
	sim->receive(vq);
}

static void hook_receive(struct sim_rproc *sim, struct virtio_device *vdev)
{
	struct virtqueue *vq;

	list_for_each_entry (vq, &vdev->vqs, list) {
		if (vq->index != SIM_TO_HOST)
			continue;
		sim->receive = vq->callback;
		vq->callback = receive_late;
	}
}

static void hook_config(struct sim_rproc *sim, struct virtio_device *vdev)
{
	/* A driver may be bound again to a device that has the hook. */
	if (vdev->config == &sim->config)
		return;
	sim->host_config = vdev->config;
	sim->config = *vdev->config;
	sim->config.del_vqs = del_vqs;
	vdev->config = &sim->config;
}

/*
 * The remote can work as long as a driver is bound to its virtio device, whatever unbinds it: a
 * stop, a crash, rmmod. A driver that is about to be bound will set the rings up anew.
 */
static int virtio_event(struct notifier_block *nb, unsigned long event, void *data)
{
	struct device *dev = data;
	struct sim_rproc *sim = sim_of_virtio(dev);

	if (!sim)
		return NOTIFY_DONE;
	switch (event) {
	case BUS_NOTIFY_BIND_DRIVER:
		sim_remote_halt(sim);
		break;
	case BUS_NOTIFY_BOUND_DRIVER:
		hook_config(sim, dev_to_virtio(dev));
		hook_receive(sim, dev_to_virtio(dev));
		if (sim_remote_host_bound(sim))
			dev_err(dev, "the simulated remote processor did not come up\n");
		break;
	case BUS_NOTIFY_UNBIND_DRIVER:
		sim_remote_host_leaving(sim, SIM_LISTENING);
		break;
	}
	return NOTIFY_OK;
}

static struct notifier_block virtio_watch = {
	.notifier_call = virtio_event,
};

/* Matches nothing; registering it is the way to learn the bus. */
static const struct virtio_device_id no_ids[] = { { 0 } };

static int no_probe(struct virtio_device *vdev)
{
	return -ENODEV;
}

static struct virtio_driver bus_finder = {
	.driver.name = "sim-rproc-bus",
	.driver.owner = THIS_MODULE,
	.id_table = no_ids,
	.probe = no_probe,
};

static int watch_virtio(void)
{
	int err = register_virtio_driver(&bus_finder);

	if (err)
		return err;
	err = bus_register_notifier(bus_finder.driver.bus, &virtio_watch);
	if (err)
		unregister_virtio_driver(&bus_finder);
	return err;
}

static void unwatch_virtio(void)
{
	bus_unregister_notifier(bus_finder.driver.bus, &virtio_watch);
	unregister_virtio_driver(&bus_finder);
}

static int check_parameters(void)
{
	if (instances < 1 || instances > MAX_INSTANCES) {
		pr_err("sim_rproc: instances must be 1 to %d\n", MAX_INSTANCES);
		return -EINVAL;
	}
	if (sim_channels_check(channels) || (channels2 && sim_channels_check(channels2))) {
		pr_err("sim_rproc: channels must be name@addr,name@addr,...\n");
		return -EINVAL;
	}
	return 0;
}

static void remove_devices(void)
{
	int i;

	for (i = 0; i < MAX_INSTANCES; i++)
		platform_device_unregister(devices[i]);
}

static int add_devices(void)
{
	struct platform_device *pdev;
	unsigned int i;

	for (i = 0; i < instances; i++) {
		pdev = platform_device_register_simple("sim-rproc", i, NULL, 0);
		if (IS_ERR(pdev)) {
			remove_devices();
			return PTR_ERR(pdev);
		}
		devices[i] = pdev;
	}
	return 0;
}

static int __init sim_init(void)
{
	int err = check_parameters();

	if (err)
		return err;
	err = watch_virtio();
	if (err)
		return err;
	err = platform_driver_register(&sim_driver);
	if (err)
		goto unwatch;
	err = add_devices();
	if (err)
		goto unregister;
	return 0;

unregister:
	platform_driver_unregister(&sim_driver);
unwatch:
	unwatch_virtio();
	return err;
}
module_init(sim_init);

static void __exit sim_exit(void)
{
	remove_devices();
	platform_driver_unregister(&sim_driver);
	unwatch_virtio();
}
module_exit(sim_exit);

MODULE_DESCRIPTION("Simulated remote processors");
MODULE_LICENSE("GPL v2");
