// SPDX-License-Identifier: GPL-2.0-only
/*
 * What one rpmsg_send() into a free ring costs, on the kernel's clock: a read of "measure" sends in
 * batches and prints the median of a send. For tools/bench/send, where that clock counts instructions.
 */
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/rpmsg.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/string.h>
#include <linux/version.h>
#include <linux/wait.h>

/* Fewer than the ring has buffers, on either side: every message is answered before the next batch. */
#define BATCH 24
/* The first ones pay for what is only done once: a hook that is optimized, an endpoint that is learned. */
#define WARM_UP 50
#define BATCHES 200
#define MAX_TASKS 64
#define MAX_ENDPOINTS 1000

static unsigned int tasks = 1;
module_param(tasks, uint, 0644);
MODULE_PARM_DESC(tasks, "so many tasks take turns, a batch each");

static unsigned int endpoints = 1;
module_param(endpoints, uint, 0644);
MODULE_PARM_DESC(endpoints, "so many endpoints of the channel take turns, a message each");

static DEFINE_MUTEX(lock); /* channel, own_endpoints */
static struct rpmsg_device *channel;
static struct rpmsg_endpoint *own_endpoints[MAX_ENDPOINTS];
static unsigned int n_endpoints;

static atomic_t unanswered;
static DECLARE_WAIT_QUEUE_HEAD(answered);

typedef int send_fn(struct rpmsg_endpoint *ept, void *data, int len);

struct batch {
	struct kthread_work work;
	send_fn *send;
	unsigned int next; /* endpoint */
	u64 ns;
	int err;
};

/* What the loop around a send costs. */
static noinline int send_nothing(struct rpmsg_endpoint *ept, void *data, int len)
{
	return 0;
}

static void run_batch(struct kthread_work *work)
{
	struct batch *b = container_of(work, struct batch, work);
	char message[16] = "fifteen letters";
	u64 begin;
	int i;

	begin = ktime_get_ns();
	for (i = 0; i < BATCH; i++) {
		b->err |= b->send(own_endpoints[b->next], message, sizeof(message));
		b->next = b->next + 1 < n_endpoints ? b->next + 1 : 0;
	}
	b->ns = ktime_get_ns() - begin;
}

static int by_size(const void *a, const void *b)
{
	const u64 x = *(const u64 *)a, y = *(const u64 *)b;

	return x < y ? -1 : x > y;
}

/* Sets *ns to that of a batch, the median of many. */
static int median(struct kthread_worker **workers, unsigned int n_workers, send_fn *send, u64 *ns)
{
	struct batch b = { .send = send };
	static u64 times[BATCHES];
	unsigned int i;

	kthread_init_work(&b.work, run_batch);
	for (i = 0; i < WARM_UP + BATCHES; i++) {
		atomic_set(&unanswered, send == send_nothing ? 0 : BATCH);
		kthread_queue_work(workers[i % n_workers], &b.work);
		kthread_flush_work(&b.work);
		if (b.err)
			return b.err;
		if (!wait_event_timeout(answered, atomic_read(&unanswered) <= 0, 10 * HZ))
			return -ETIMEDOUT;
		if (i >= WARM_UP)
			times[i - WARM_UP] = b.ns;
	}
	sort(times, BATCHES, sizeof(times[0]), by_size, NULL);
	*ns = times[BATCHES / 2];
	return 0;
}

static struct kthread_worker *make_worker(unsigned int number)
{
	const unsigned int cpu = number % num_online_cpus();
	struct kthread_worker *worker;

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 14, 0)
	worker = kthread_run_worker_on_cpu(cpu, 0, "bench-send/%u");
#else
	worker = kthread_create_worker_on_cpu(cpu, 0, "bench-send/%u", cpu);
#endif
	/* Above the remote: a batch is not interrupted by what the messages start. */
	if (!IS_ERR(worker))
		sched_set_fifo(worker->task);
	return worker;
}

static int measure(unsigned int n_workers, u64 *loop, u64 *sends)
{
	static struct kthread_worker *workers[MAX_TASKS];
	unsigned int n;
	int err = 0;

	for (n = 0; n < n_workers; n++) {
		workers[n] = make_worker(n);
		if (IS_ERR(workers[n])) {
			err = PTR_ERR(workers[n]);
			break;
		}
	}
	if (!err)
		err = median(workers, n_workers, send_nothing, loop);
	if (!err)
		/* Since 7.3 it takes a pointer to const. */
		err = median(workers, n_workers, (send_fn *)rpmsg_send, sends);
	while (n)
		kthread_destroy_worker(workers[--n]);
	return err;
}

/* Instructions of a loop of two: a nanosecond each, but for an interrupt. */
#define LOOP 100000

static u64 time_loop(void)
{
	unsigned long n = LOOP / 2;
	u64 begin = ktime_get_ns();

#ifdef CONFIG_X86
	asm volatile("1: dec %0; jnz 1b" : "+r"(n) : : "cc");
#else
	asm volatile("1: subs %0, %0, #1; bne 1b" : "+r"(n) : : "cc");
#endif
	return ktime_get_ns() - begin;
}

static bool clock_counts_instructions(void)
{
	u64 ns = time_loop();
	int i;

	for (i = 0; i < 5; i++)
		ns = min(ns, time_loop());
	if (ns > LOOP - LOOP / 100 && ns < LOOP + LOOP / 100)
		return true;
	pr_err("bench_send: %d instructions took %llu ns\n", LOOP, ns);
	return false;
}

static int receive(struct rpmsg_device *rpdev, void *data, int len, void *priv, u32 src)
{
	if (atomic_dec_return(&unanswered) <= 0)
		wake_up(&answered);
	return 0;
}

static int make_endpoints(unsigned int wanted)
{
	struct rpmsg_channel_info info = { .src = RPMSG_ADDR_ANY, .dst = channel->dst };

	own_endpoints[0] = channel->ept;
	n_endpoints = max(n_endpoints, 1U);
	while (n_endpoints < wanted) {
		own_endpoints[n_endpoints] = rpmsg_create_ept(channel, receive, NULL, info);
		if (!own_endpoints[n_endpoints])
			return -ENOMEM;
		n_endpoints++;
	}
	return 0;
}

static void drop_endpoints(unsigned int left)
{
	while (n_endpoints > left)
		rpmsg_destroy_ept(own_endpoints[--n_endpoints]);
}

/* Prints hundredths of a nanosecond, the loop not counted. */
static int measure_get(char *buf, const struct kernel_param *kp)
{
	u64 loop = 0, sends = 0;
	int err = -ENODEV;

	if (tasks < 1 || tasks > MAX_TASKS || endpoints < 1 || endpoints > MAX_ENDPOINTS)
		return -EINVAL;
	if (!clock_counts_instructions())
		return -ETIME;
	mutex_lock(&lock);
	if (channel)
		err = make_endpoints(endpoints);
	if (!err)
		err = measure(tasks, &loop, &sends);
	if (channel)
		drop_endpoints(1);
	mutex_unlock(&lock);
	return err ?: sprintf(buf, "%llu\n", (sends - loop) * 100 / BATCH);
}

static const struct kernel_param_ops measure_ops = {
	.get = measure_get,
};
module_param_cb(measure, &measure_ops, NULL, 0444);
MODULE_PARM_DESC(measure, "hundredths of a nanosecond that a send takes");

static int bench_probe(struct rpmsg_device *rpdev)
{
	mutex_lock(&lock);
	channel = rpdev;
	mutex_unlock(&lock);
	return 0;
}

static void bench_remove(struct rpmsg_device *rpdev)
{
	mutex_lock(&lock);
	channel = NULL;
	mutex_unlock(&lock);
}

static struct rpmsg_device_id bench_ids[] = {
	{ .name = "bench-send" },
	{},
};
MODULE_DEVICE_TABLE(rpmsg, bench_ids);

static struct rpmsg_driver bench_driver = {
	.drv.name = KBUILD_MODNAME,
	.id_table = bench_ids,
	.probe = bench_probe,
	.callback = receive,
	.remove = bench_remove,
};
module_rpmsg_driver(bench_driver);

MODULE_DESCRIPTION("Cost of rpmsg_send()");
MODULE_LICENSE("GPL v2");
