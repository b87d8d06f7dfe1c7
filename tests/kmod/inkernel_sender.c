// SPDX-License-Identifier: GPL-2.0-only
/*
 * A sender that no tty and no file descriptor stands for: a kernel thread per channel that calls
 * rpmsg_send() for as long as the channel lives, or, with unsafe_remove, longer.
 */
#include <linux/hrtimer.h>
#include <linux/kthread.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/remoteproc.h>
#include <linux/rpmsg.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/workqueue.h>

static unsigned int period_us = 1000;
module_param(period_us, uint, 0644);
MODULE_PARM_DESC(period_us, "pause between two messages");

static bool unsafe_remove;
module_param(unsafe_remove, bool, 0644);
MODULE_PARM_DESC(unsafe_remove, "go on sending on a channel that was removed");

static atomic_long_t sent, refused, failed;

static int counter_get(char *buf, const struct kernel_param *kp)
{
	return sprintf(buf, "%ld\n", atomic_long_read(kp->arg));
}

static const struct kernel_param_ops counter_ops = {
	.get = counter_get,
};
module_param_cb(sent, &counter_ops, &sent, 0444);
MODULE_PARM_DESC(sent, "messages that rpmsg_send() took");
module_param_cb(refused, &counter_ops, &refused, 0444);
MODULE_PARM_DESC(refused, "messages that failed with -ESHUTDOWN");
module_param_cb(failed, &counter_ops, &failed, 0444);
MODULE_PARM_DESC(failed, "messages that failed otherwise");

struct sender {
	struct list_head node;
	struct rpmsg_device *rpdev; /* NULL once removed */
	struct rpmsg_endpoint *ept;
	struct task_struct *thread;
};

static DEFINE_MUTEX(senders_lock);
static LIST_HEAD(senders);

static void count(int err)
{
	if (!err)
		atomic_long_inc(&sent);
	else if (err == -ESHUTDOWN)
		atomic_long_inc(&refused);
	else
		atomic_long_inc(&failed);
}

static void pause_sending(void)
{
	ktime_t period = ns_to_ktime((u64)READ_ONCE(period_us) * NSEC_PER_USEC);

	set_current_state(TASK_INTERRUPTIBLE);
	if (kthread_should_stop())
		__set_current_state(TASK_RUNNING);
	else
		schedule_hrtimeout(&period, HRTIMER_MODE_REL);
}

static int send_thread(void *arg)
{
	struct sender *s = arg;
	char text[32];
	unsigned long n;

	for (n = 0; !kthread_should_stop(); n++) {
		int len = scnprintf(text, sizeof(text), "kernel message %lu", n);

		count(rpmsg_send(s->ept, text, len));
		pause_sending();
	}
	return 0;
}

static int sender_probe(struct rpmsg_device *rpdev)
{
	struct sender *s = kzalloc(sizeof(*s), GFP_KERNEL);
	struct task_struct *thread;

	if (!s)
		return -ENOMEM;
	s->rpdev = rpdev;
	s->ept = rpdev->ept;
	thread = kthread_run(send_thread, s, "kernel-sender");
	if (IS_ERR(thread)) {
		kfree(s);
		return PTR_ERR(thread);
	}
	s->thread = thread;
	dev_set_drvdata(&rpdev->dev, s);
	mutex_lock(&senders_lock);
	list_add(&s->node, &senders);
	mutex_unlock(&senders_lock);
	return 0;
}

static void end_sender(struct sender *s)
{
	kthread_stop(s->thread);
	kfree(s);
}

static void sender_remove(struct rpmsg_device *rpdev)
{
	struct sender *s = dev_get_drvdata(&rpdev->dev);
	bool leave = READ_ONCE(unsafe_remove);

	mutex_lock(&senders_lock);
	s->rpdev = NULL;
	if (!leave)
		list_del(&s->node);
	mutex_unlock(&senders_lock);
	if (!leave)
		end_sender(s);
}

static int sender_receive(struct rpmsg_device *rpdev, void *data, int len, void *priv, u32 src)
{
	return 0;
}

static struct rproc *get_rproc(const char *name)
{
	struct rproc *rproc = NULL;
	struct sender *s;

	mutex_lock(&senders_lock);
	list_for_each_entry (s, &senders, node) {
		rproc = s->rpdev ? rproc_get_by_child(&s->rpdev->dev) : NULL;
		if (rproc && sysfs_streq(rproc->name, name)) {
			get_device(&rproc->dev);
			break;
		}
		rproc = NULL;
	}
	mutex_unlock(&senders_lock);
	return rproc;
}

struct shutdown_request {
	struct work_struct work;
	struct rproc *rproc;
};

static void shutdown_work(struct work_struct *work)
{
	struct shutdown_request *req = container_of(work, struct shutdown_request, work);

	rproc_shutdown(req->rproc);
}

/* From a kernel thread: the writer is not the caller, and cannot be held in its place. */
static int shutdown_set(const char *name, const struct kernel_param *kp)
{
	struct shutdown_request req = { .rproc = get_rproc(name) };

	if (!req.rproc)
		return -ENOENT;
	INIT_WORK_ONSTACK(&req.work, shutdown_work);
	queue_work(system_long_wq, &req.work);
	/* The counters stay readable while a shutdown takes its time. */
	kernel_param_unlock(THIS_MODULE);
	flush_work(&req.work);
	kernel_param_lock(THIS_MODULE);
	destroy_work_on_stack(&req.work);
	put_device(&req.rproc->dev);
	return 0;
}

static const struct kernel_param_ops shutdown_ops = {
	.set = shutdown_set,
};
module_param_cb(shutdown, &shutdown_ops, NULL, 0200);
MODULE_PARM_DESC(shutdown, "name of a remote processor to shut down from the kernel");

/* As somebody does who got hold of it through rproc_get_by_phandle(). */
static struct module *pinned;

static int pin_set(const char *name, const struct kernel_param *kp)
{
	struct rproc *rproc = get_rproc(name);

	module_put(pinned);
	pinned = NULL;
	if (!rproc)
		return sysfs_streq(name, "") ? 0 : -ENOENT;
	if (try_module_get(rproc->dev.parent->driver->owner))
		pinned = rproc->dev.parent->driver->owner;
	put_device(&rproc->dev);
	return pinned ? 0 : -EBUSY;
}

static const struct kernel_param_ops pin_ops = {
	.set = pin_set,
};
module_param_cb(pin, &pin_ops, NULL, 0200);
MODULE_PARM_DESC(pin,
		 "name of a remote processor whose driver's module is kept in use, or nothing");

static struct rpmsg_device_id sender_ids[] = {
	{ .name = "kernel-sender" },
	{},
};
MODULE_DEVICE_TABLE(rpmsg, sender_ids);

static struct rpmsg_driver sender_driver = {
	.drv.name = KBUILD_MODNAME,
	.id_table = sender_ids,
	.probe = sender_probe,
	.callback = sender_receive,
	.remove = sender_remove,
};

static int __init sender_init(void)
{
	return register_rpmsg_driver(&sender_driver);
}
module_init(sender_init);

static void __exit sender_exit(void)
{
	struct sender *s, *next;

	unregister_rpmsg_driver(&sender_driver);
	list_for_each_entry_safe (s, next, &senders, node)
		end_sender(s);
}
module_exit(sender_exit);

MODULE_DESCRIPTION("In-kernel rpmsg sender");
MODULE_LICENSE("GPL v2");
