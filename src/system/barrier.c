// SPDX-License-Identifier: GPL-2.0-only
/*
 * A thread of our own runs on every CPU that is online, one after the other. An RCU grace period
 * (MEMBARRIER_CMD_GLOBAL) would do the same and takes 10 to 30 ms: most of the delay of a stop for
 * which no sender has to be waited for. It is the fallback where a CPU cannot be visited.
 *
 * Why a visit is as strong as the grace period:
 *
 *  - A BPF program behind a kprobe or kretprobe runs with preemption disabled from its first to its
 *    last instruction, on every kernel from 5.10 on: trace_call_bpf() says cant_sleep() and counts
 *    the programs of a CPU in a per-CPU variable (bpf_prog_active) that only holds then. Whatever
 *    leads there has disabled preemption or interrupts before: the breakpoint handlers and
 *    optimized_callback() of kprobes, ftrace's or the kprobe's own handler for those on an ftrace
 *    location, the hash lock (5.10) or kprobe_busy_begin() for kretprobes, the rethook trampoline
 *    that took their place (5.18, arm64 later). That is all that the grace period waits for, too: a
 *    program is a reader of RCU because it runs with preemption disabled. Nothing here may be
 *    attached to anything else without a second thought: fentry, fexit and fmod_ret programs only
 *    disable migration and can be preempted in the middle, uprobe and sleepable programs as well.
 *    Those need the grace period, or more.
 *  - So a CPU switches to our thread only between programs. Those that it began before have ended,
 *    and the switch is a full barrier (smp_mb__after_spinlock() in __schedule()): what they wrote is
 *    visible to us from then on, and what our caller wrote before the visits is visible to all that
 *    begin there later.
 *  - Hard and soft interrupts: a handler that sends (rpmsg_trysend) runs its programs to the end
 *    before its CPU gets back to the scheduler, so what goes for tasks goes for it. One that
 *    interrupts our visit begins after the switch and sees what the caller wrote; on another CPU it
 *    is covered by the visit there. On PREEMPT_RT handlers are threads, and disabling preemption
 *    still does. Nothing sends from an NMI.
 *  - A CPU that comes online: the list is read after a full barrier behind the caller's store. A CPU
 *    that is not in it sets its bit and goes through full barriers (complete(), its first switch)
 *    before it runs anything; one of both sides must see the other, so its programs see the store.
 *    A CPU that goes offline either is visited, or cannot be (it is not active any more), which is
 *    an error here and a case for the grace period.
 *  - nohz_full and isolcpus: such CPUs are visited like all others, which costs what runs there some
 *    tens of microseconds, once for every stop. The kernel refuses the membarrier altogether where
 *    there is a nohz_full CPU: there is no fallback then.
 *  - The visit is proved, not assumed: getcpu() is asked there. An affinity that the kernel changes
 *    behind our back (a cpuset, a CPU that goes away) shows.
 *
 * The thread has the highest real-time priority, so that only another thread of that priority, or
 * the throttling of real-time tasks, keeps it waiting. If a CPU does not let it in for VISITS_MS it
 * is called back from outside: setting the affinity of a task that waits for a CPU moves it at
 * once. It must not stay there, because a process with a thread that never runs cannot end, and a
 * guard that does not end keeps its openers blocked. Without the right to the priority
 * (CAP_SYS_NICE) it visits with what it has.
 */
#include "system/barrier.h"

#include <ctype.h>
#include <errno.h>
#include <linux/magic.h>
#include <linux/membarrier.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

#include "log/log.h"
#include "system/files.h"

#define ONLINE "/sys/devices/system/cpu/online"

/* Real-time tasks are throttled for 50 ms of each second by default. */
#define VISITS_MS 100
/* How often a visitor that was called back is called again: it may have been on its way on. */
#define CALL_BACK_MS 2
#define STACK_SIZE (128 * 1024)

/* One number at *@p, which moves behind it; -1 when there is none or it is too large. */
static long parse_cpu(const char **p)
{
	char *end;
	long cpu;

	if (!isdigit((unsigned char)**p))
		return -1;
	cpu = strtol(*p, &end, 10);
	*p = end;
	return cpu < CPU_SETSIZE ? cpu : -1;
}

bool cpus_parse(const char *text, cpu_set_t *set)
{
	const char *p = text;
	long first, last;

	CPU_ZERO(set);
	do {
		first = last = parse_cpu(&p);
		if (first >= 0 && *p == '-') {
			p++;
			last = parse_cpu(&p);
		}
		if (first < 0 || last < first)
			return false;
		for (long cpu = first; cpu <= last; cpu++)
			CPU_SET(cpu, set);
	} while (*p++ == ',');
	return p[-1] == '\0';
}

int cpus_online(cpu_set_t *set)
{
	struct statfs fs;
	char text[1024];
	int n;

	if (statfs(ONLINE, &fs) < 0)
		return -errno;
	if (fs.f_type != SYSFS_MAGIC)
		return -EXDEV;
	n = file_read_line(ONLINE, text, sizeof(text));
	if (n < 0)
		return n;
	/* A list that was cut off might still parse. */
	if (n == sizeof(text) - 1 || !cpus_parse(text, set))
		return -EINVAL;
	return 0;
}

struct visitor {
	_Atomic(pid_t) tid; /* 0 until it runs */
	atomic_bool called_back;
};

static int visit(unsigned int wanted)
{
	unsigned int cpu;
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(wanted, &one);
	if (sched_setaffinity(0, sizeof(one), &one) < 0)
		return -errno;
	/* Not the C library's, which may take the number from memory. */
	if (syscall(SYS_getcpu, &cpu, NULL, NULL) < 0)
		return -errno;
	return cpu == wanted ? 0 : -EAGAIN;
}

static int visit_all(const struct visitor *v)
{
	cpu_set_t online;
	int err = cpus_online(&online), left = err ? 0 : CPU_COUNT(&online);

	for (unsigned int cpu = 0; left > 0 && !err; cpu++) {
		if (!CPU_ISSET(cpu, &online))
			continue;
		if (atomic_load(&v->called_back))
			return -ETIMEDOUT;
		err = visit(cpu);
		left--;
	}
	return err;
}

static void *run(void *arg)
{
	struct visitor *v = arg;

	atomic_store(&v->tid, (pid_t)syscall(SYS_gettid));
	return (void *)(intptr_t)visit_all(v);
}

static int launch(pthread_t *thread, struct visitor *v, int policy)
{
	const struct sched_param param = { .sched_priority = sched_get_priority_max(policy) };
	pthread_attr_t attr;
	int err;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK_SIZE);
	pthread_attr_setinheritsched(&attr, PTHREAD_EXPLICIT_SCHED);
	pthread_attr_setschedpolicy(&attr, policy);
	pthread_attr_setschedparam(&attr, &param);
	err = pthread_create(thread, &attr, run, v);
	pthread_attr_destroy(&attr);
	return -err;
}

#ifndef __GLIBC__
/* musl has it by the clock that can be set, only. */
static int pthread_clockjoin_np(pthread_t thread, void **result, clockid_t clock,
				const struct timespec *until)
{
	struct timespec now;
	int err;

	while ((err = pthread_tryjoin_np(thread, result)) == EBUSY) {
		clock_gettime(clock, &now);
		if (now.tv_sec > until->tv_sec ||
		    (now.tv_sec == until->tv_sec && now.tv_nsec >= until->tv_nsec))
			return ETIMEDOUT;
		pause_us(200);
	}
	return err;
}
#endif

/* Whether the thread has ended, with its result in @err. */
static bool join(pthread_t thread, unsigned int timeout_ms, int *err)
{
	const struct timespec until = clock_in_ms(CLOCK_MONOTONIC, timeout_ms);
	void *result;

	if (pthread_clockjoin_np(thread, &result, CLOCK_MONOTONIC, &until) != 0)
		return false;
	*err = (int)(intptr_t)result;
	return true;
}

/* To the CPU that we are on, where there evidently is time. */
static void call_back(const struct visitor *v)
{
	const pid_t tid = atomic_load(&v->tid);
	unsigned int cpu;
	cpu_set_t here;

	/* One that has not begun is nowhere in particular yet: the scheduler finds it a CPU. */
	if (!tid || syscall(SYS_getcpu, &cpu, NULL, NULL) < 0 || cpu >= CPU_SETSIZE)
		return;
	CPU_ZERO(&here);
	CPU_SET(cpu, &here);
	sched_setaffinity(tid, sizeof(here), &here);
}

static int visit_every_cpu(void)
{
	struct visitor v = { 0 };
	pthread_t thread;
	int err;

	err = launch(&thread, &v, SCHED_FIFO);
	if (err)
		err = launch(&thread, &v, SCHED_OTHER);
	if (err || join(thread, VISITS_MS, &err))
		return err;
	atomic_store(&v.called_back, true);
	do {
		call_back(&v);
	} while (!join(thread, CALL_BACK_MS, &err));
	/* It may have been through by then. */
	return err;
}

int barrier(void)
{
	int err;

	/* Between the caller's store and the look at the CPUs that are online. */
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	err = visit_every_cpu();
	if (!err)
		return 0;
	if (syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0) == 0)
		return 0;
	log_debug("not every CPU can be visited (%d), and there is no membarrier (%d)", -err,
		  errno);
	return err;
}
