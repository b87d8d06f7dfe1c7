// SPDX-License-Identifier: GPL-2.0-only
/*
 * A tty driver for rpmsg channels with the habits of the vendors' ones: it sends with the
 * blocking rpmsg_send(), reports a failure through the channel's device, keeps its port in
 * device-managed memory, has no .hangup, and does not hang up on remove. The habits are what
 * the tests need: do not mend them. The kernel's own rpmsg_tty has none of them.
 */
#include <linux/delay.h>
#include <linux/module.h>
#include <linux/rpmsg.h>
#include <linux/slab.h>
#include <linux/tty.h>
#include <linux/tty_driver.h>
#include <linux/tty_flip.h>
#include <linux/version.h>
#include <linux/workqueue.h>

#define CHUNK 256

#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 14, 0)
typedef unsigned int room_t;
#else
typedef int room_t;
#endif

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 6, 0)
typedef size_t count_t;
typedef ssize_t written_t;
#else
typedef int count_t;
typedef int written_t;
#endif

static bool parented;
module_param(parented, bool, 0444);
MODULE_PARM_DESC(parented, "register the tty as a child of the channel's device");

/* The messages of many refused writers take an emulated serial console minutes. */
static bool quiet;
module_param(quiet, bool, 0644);
MODULE_PARM_DESC(quiet, "say of a failed send only once in a while");

/* Until then, or until it is set to 0. */
static unsigned int probe_ms;
module_param(probe_ms, uint, 0644);
MODULE_PARM_DESC(probe_ms, "how long the probe of a channel takes");

static unsigned int linger_ms;
module_param(linger_ms, uint, 0644);
MODULE_PARM_DESC(linger_ms, "how long the tty's device outlives its channel");

struct vendor_port {
	struct tty_port port;
	struct rpmsg_device *rpdev;
	struct tty_driver *driver;
};

static int vendor_install(struct tty_driver *driver, struct tty_struct *tty)
{
	struct vendor_port *vp = driver->driver_state;

	return tty_port_install(&vp->port, driver, tty);
}

static int vendor_open(struct tty_struct *tty, struct file *filp)
{
	return tty_port_open(tty->port, tty, filp);
}

static void vendor_close(struct tty_struct *tty, struct file *filp)
{
	tty_port_close(tty->port, tty, filp);
}

/* On the channel's device, which is freed when it was removed: the error path of the field report. */
static void report(struct rpmsg_device *rpdev, int err)
{
	if (quiet)
		dev_err_ratelimited(&rpdev->dev, "rpmsg_send failed: %d\n", err);
	else
		dev_err(&rpdev->dev, "rpmsg_send failed: %d\n", err);
}

static written_t vendor_write(struct tty_struct *tty, const unsigned char *buf, count_t count)
{
	struct vendor_port *vp = container_of(tty->port, struct vendor_port, port);
	struct rpmsg_device *rpdev = vp->rpdev;
	count_t done = 0;

	while (done < count) {
		int len = min_t(count_t, count - done, CHUNK);
		int err = rpmsg_send(rpdev->ept, (void *)buf + done, len);

		if (err) {
			report(rpdev, err);
			return err;
		}
		done += len;
	}
	return count;
}

static room_t vendor_write_room(struct tty_struct *tty)
{
	return CHUNK;
}

static const struct tty_operations vendor_ops = {
	.install = vendor_install,
	.open = vendor_open,
	.close = vendor_close,
	.write = vendor_write,
	.write_room = vendor_write_room,
};

static const struct tty_port_operations vendor_port_ops = {};

static int vendor_receive(struct rpmsg_device *rpdev, void *data, int len, void *priv, u32 src)
{
	struct vendor_port *vp = dev_get_drvdata(&rpdev->dev);

	if (tty_insert_flip_string(&vp->port, data, len) != len)
		dev_err_ratelimited(&rpdev->dev, "nobody reads: bytes lost\n");
	tty_flip_buffer_push(&vp->port);
	return 0;
}

static struct tty_driver *vendor_alloc_driver(struct vendor_port *vp, u32 dst)
{
	unsigned long flags = TTY_DRIVER_UNNUMBERED_NODE | (parented ? TTY_DRIVER_DYNAMIC_DEV : 0);
	struct tty_driver *driver = tty_alloc_driver(1, flags);

	if (IS_ERR(driver))
		return driver;
	driver->name = kasprintf(GFP_KERNEL, "ttyRPMSG%u", dst);
	if (!driver->name) {
		tty_driver_kref_put(driver);
		return ERR_PTR(-ENOMEM);
	}
	driver->driver_name = "rpmsg_tty";
	driver->major = UNNAMED_MAJOR;
	driver->minor_start = 0;
	driver->type = TTY_DRIVER_TYPE_CONSOLE;
	driver->init_termios = tty_std_termios;
	/* Two parties that both echo never come to an end. */
	driver->init_termios.c_lflag &= ~(ECHO | ICANON);
	driver->init_termios.c_oflag &= ~OPOST;
	driver->driver_state = vp;
	tty_set_operations(driver, &vendor_ops);
	return driver;
}

static void vendor_free_driver(struct tty_driver *driver)
{
	const char *name = driver->name;

	tty_driver_kref_put(driver);
	kfree(name);
}

static int vendor_register(struct vendor_port *vp)
{
	struct device *dev;
	int err = tty_register_driver(vp->driver);

	if (err || !parented)
		return err;
	dev = tty_port_register_device(&vp->port, vp->driver, 0, &vp->rpdev->dev);
	if (IS_ERR(dev)) {
		tty_unregister_driver(vp->driver);
		return PTR_ERR(dev);
	}
	return 0;
}

static void vendor_unregister(struct vendor_port *vp)
{
	if (parented)
		tty_unregister_device(vp->driver, 0);
	tty_unregister_driver(vp->driver);
}

static int vendor_probe(struct rpmsg_device *rpdev)
{
	static const char hello[] = "hello from the vendor tty";
	struct vendor_port *vp = devm_kzalloc(&rpdev->dev, sizeof(*vp), GFP_KERNEL);
	unsigned int ms;
	int err;

	if (!vp)
		return -ENOMEM;
	for (ms = 0; ms < READ_ONCE(probe_ms); ms += 20)
		msleep(20);
	vp->rpdev = rpdev;
	vp->driver = vendor_alloc_driver(vp, rpdev->dst);
	if (IS_ERR(vp->driver))
		return PTR_ERR(vp->driver);
	tty_port_init(&vp->port);
	vp->port.ops = &vendor_port_ops;
	dev_set_drvdata(&rpdev->dev, vp);
	err = vendor_register(vp);
	if (err) {
		dev_err(&rpdev->dev, "cannot register %s: %d\n", vp->driver->name, err);
		goto free_driver;
	}
	err = rpmsg_send(rpdev->ept, (void *)hello, strlen(hello));
	if (err) {
		dev_err(&rpdev->dev, "rpmsg_send failed: %d\n", err);
		goto unregister;
	}
	return 0;

unregister:
	vendor_unregister(vp);
free_driver:
	vendor_free_driver(vp->driver);
	tty_port_destroy(&vp->port);
	return err;
}

/* As the kernel itself, when it is late with the last reference to a tty that was closed (release_one_tty()). */
static struct tty_driver *lingerer;

static void end_linger(struct work_struct *work)
{
	tty_driver_kref_put(xchg(&lingerer, NULL));
}

static DECLARE_DELAYED_WORK(linger, end_linger);

static void begin_linger(struct tty_driver *driver)
{
	if (!READ_ONCE(linger_ms))
		return;
	flush_delayed_work(&linger);
	lingerer = tty_driver_kref_get(driver);
	schedule_delayed_work(&linger, msecs_to_jiffies(linger_ms));
}

static void vendor_remove(struct rpmsg_device *rpdev)
{
	struct vendor_port *vp = dev_get_drvdata(&rpdev->dev);

	begin_linger(vp->driver);
	vendor_unregister(vp);
	vendor_free_driver(vp->driver);
	tty_port_destroy(&vp->port);
}

static struct rpmsg_device_id vendor_ids[] = {
	{ .name = "vendor-tty" },
	{ .name = "vendor-tty-of-the-longest-names" },
	{},
};
MODULE_DEVICE_TABLE(rpmsg, vendor_ids);

static struct rpmsg_driver vendor_driver = {
	.drv.name = KBUILD_MODNAME,
	.id_table = vendor_ids,
	.probe = vendor_probe,
	.callback = vendor_receive,
	.remove = vendor_remove,
};

static int __init vendor_init(void)
{
	return register_rpmsg_driver(&vendor_driver);
}

static void __exit vendor_exit(void)
{
	unregister_rpmsg_driver(&vendor_driver);
	flush_delayed_work(&linger);
}

module_init(vendor_init);
module_exit(vendor_exit);

MODULE_DESCRIPTION("rpmsg tty with the habits of vendor drivers");
MODULE_LICENSE("GPL v2");
