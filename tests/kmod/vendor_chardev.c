// SPDX-License-Identifier: GPL-2.0-only
/*
 * A character device driver for rpmsg channels with the habits of the vendors' ones (TI's rpmsg_pru,
 * ST's rpmsg_sdb): what an open file refers to, the cdev included, is device-managed memory of the
 * channel, and remove() waits for nobody. The habits are what the tests need: do not mend them.
 */
#include <linux/cdev.h>
#include <linux/device.h>
#include <linux/fs.h>
#include <linux/kfifo.h>
#include <linux/module.h>
#include <linux/poll.h>
#include <linux/rpmsg.h>
#include <linux/uaccess.h>
#include <linux/version.h>

#define CHUNK 256
#define FIFO 4096
#define MINORS 256

static bool parented = true;
module_param(parented, bool, 0644);
MODULE_PARM_DESC(parented, "register the device as a child of the channel's device");

static struct class *vendor_class;
static dev_t vendor_devt;

struct vendor_dev {
	struct rpmsg_device *rpdev;
	struct device *dev;
	struct cdev cdev;
	struct kfifo fifo;
	wait_queue_head_t readers;
};

static int vendor_open(struct inode *inode, struct file *filp)
{
	filp->private_data = container_of(inode->i_cdev, struct vendor_dev, cdev);
	return 0;
}

static ssize_t vendor_read(struct file *filp, char __user *buf, size_t count, loff_t *pos)
{
	struct vendor_dev *vd = filp->private_data;
	unsigned int copied;
	int err;

	if (kfifo_is_empty(&vd->fifo) && (filp->f_flags & O_NONBLOCK))
		return -EAGAIN;
	err = wait_event_interruptible(vd->readers, !kfifo_is_empty(&vd->fifo));
	if (!err)
		err = kfifo_to_user(&vd->fifo, buf, count, &copied);
	return err ? err : copied;
}

static ssize_t vendor_write(struct file *filp, const char __user *buf, size_t count, loff_t *pos)
{
	struct vendor_dev *vd = filp->private_data;
	char message[CHUNK];
	int err;

	count = min_t(size_t, count, CHUNK);
	if (copy_from_user(message, buf, count))
		return -EFAULT;
	err = rpmsg_send(vd->rpdev->ept, message, count);
	if (err)
		dev_err_ratelimited(vd->dev, "rpmsg_send failed: %d\n", err);
	return err ? err : count;
}

static __poll_t vendor_poll(struct file *filp, poll_table *wait)
{
	struct vendor_dev *vd = filp->private_data;

	poll_wait(filp, &vd->readers, wait);
	return EPOLLOUT | EPOLLWRNORM | (kfifo_is_empty(&vd->fifo) ? 0 : EPOLLIN | EPOLLRDNORM);
}

static const struct file_operations vendor_fops = {
	.owner = THIS_MODULE,
	.open = vendor_open,
	.read = vendor_read,
	.write = vendor_write,
	.poll = vendor_poll,
};

static int vendor_receive(struct rpmsg_device *rpdev, void *data, int len, void *priv, u32 src)
{
	struct vendor_dev *vd = dev_get_drvdata(&rpdev->dev);

	kfifo_in(&vd->fifo, data, len);
	wake_up_interruptible(&vd->readers);
	return 0;
}

static int vendor_probe(struct rpmsg_device *rpdev)
{
	struct vendor_dev *vd = devm_kzalloc(&rpdev->dev, sizeof(*vd), GFP_KERNEL);
	dev_t devt = vendor_devt + rpdev->dst % MINORS;
	int err;

	if (!vd)
		return -ENOMEM;
	vd->rpdev = rpdev;
	init_waitqueue_head(&vd->readers);
	err = kfifo_alloc(&vd->fifo, FIFO, GFP_KERNEL);
	if (err)
		return err;
	dev_set_drvdata(&rpdev->dev, vd);
	cdev_init(&vd->cdev, &vendor_fops);
	vd->cdev.owner = THIS_MODULE;
	err = cdev_add(&vd->cdev, devt, 1);
	if (err)
		goto free_fifo;
	vd->dev = device_create(vendor_class, parented ? &rpdev->dev : NULL, devt, NULL,
				"rpmsg_vendor%u", rpdev->dst);
	if (!IS_ERR(vd->dev))
		return 0;
	err = PTR_ERR(vd->dev);
	cdev_del(&vd->cdev);
free_fifo:
	kfifo_free(&vd->fifo);
	return err;
}

static void vendor_remove(struct rpmsg_device *rpdev)
{
	struct vendor_dev *vd = dev_get_drvdata(&rpdev->dev);

	kfifo_free(&vd->fifo);
	device_destroy(vendor_class, vd->cdev.dev);
	cdev_del(&vd->cdev);
}

static struct rpmsg_device_id vendor_ids[] = {
	{ .name = "vendor-chardev" },
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

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 4, 0)
#define make_class(name) class_create(name)
#else
#define make_class(name) class_create(THIS_MODULE, name)
#endif

static int __init vendor_init(void)
{
	int err = alloc_chrdev_region(&vendor_devt, 0, MINORS, "rpmsg_vendor");

	if (err)
		return err;
	vendor_class = make_class("rpmsg_vendor");
	err = PTR_ERR_OR_ZERO(vendor_class);
	if (err)
		goto unregister;
	err = register_rpmsg_driver(&vendor_driver);
	if (!err)
		return 0;
	class_destroy(vendor_class);
unregister:
	unregister_chrdev_region(vendor_devt, MINORS);
	return err;
}
module_init(vendor_init);

static void __exit vendor_exit(void)
{
	unregister_rpmsg_driver(&vendor_driver);
	class_destroy(vendor_class);
	unregister_chrdev_region(vendor_devt, MINORS);
}
module_exit(vendor_exit);

MODULE_DESCRIPTION("rpmsg character device with the habits of vendor drivers");
MODULE_LICENSE("GPL v2");
