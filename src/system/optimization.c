// SPDX-License-Identifier: GPL-2.0-only
/*
 * Keeping the kernel from optimizing kprobes while programs override functions.
 *
 * With CONFIG_OPTPROBES (x86, 32-bit ARM) the kernel replaces the breakpoint of a probe by a jump, 5 jiffies
 * after it was attached, unless the probe sits on ftrace. What it then calls, optimized_callback() in
 * arch/x86/kernel/kprobes/opt.c and arch/arm/probes/kprobes/opt-arm.c, ignores the address that
 * bpf_override_return() has put into the registers: the function runs all the same (5.10 to 7.3).
 *
 * debug.kprobes-optimization is the switch. By kernel/kprobes.c of 5.10, 6.1, 6.12 and 7.3:
 *
 *  - A write of 0 returns when no probe is optimized any more (unoptimize_all_kprobes(),
 *    wait_for_kprobe_optimizer()). Reads and writes take one mutex: who reads 0 has waited for that, too.
 *  - While it is 0, no probe becomes optimized: optimize_kprobe() is the only way onto the list of probes to be
 *    optimized, and both it and do_optimize_kprobes() look at kprobes_allow_optimization. That goes for a probe
 *    attached later and for several at one address (register_aggr_kprobe(), arm_kprobe()).
 *  - Probes of perf, which BPF programs are attached to, are registered by the same register_kprobe()
 *    (create_local_trace_kprobe()), entries of kretprobes included.
 *
 * No kind of probe gives the same without the switch: perf sets no post_handler, a probe at an offset cannot
 * override, and a second probe within the bytes of the jump would cost every send another trap, exists only where
 * the first instruction is short, and not on ARM.
 *
 * Anybody may write 1 at any time (a drop-in of sysctl.d that is applied late), hence the thread. Optimizing takes
 * 5 jiffies and a grace period of RCU tasks; inotify tells of the write at once.
 */
#include "system/optimization.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "log/log.h"
#include "system/files.h"
#include "system/kallsyms.h"
#include "system/run_dir.h"

#define NAME "debug.kprobes-optimization"
#define SWITCH "/proc/sys/debug/kprobes-optimization"

/* The record is there while the switch is 0 because of us. */
#define KIND "sysctl"

/*
 * Writes by way of a proc that has its own inodes (another pid namespace) are not told. Between holds, which
 * look at both of their ends, only a caller that is to be parked meets an optimized probe. Only where probes
 * can be optimized, and where there is no watch.
 */
#define LOOK_MS 5000

static struct {
	/* None of these changes while the thread runs. -1: there is nothing to keep. */
	int fd, inotify_fd, watch;
	pthread_t thread;

	pthread_mutex_t looking; /* who comes second waits until it is off */
	atomic_bool ends, back;
	atomic_uint times;	   /* that it was turned on, as far as we have looked */
	_Atomic(uint64_t) over_ns; /* when the last of these was over, if it mattered */
	atomic_int tell_fd;	   /* an eventfd, or -1 */
} own = { .fd = -1, .looking = PTHREAD_MUTEX_INITIALIZER, .tell_fd = -1 };

/* 0 or 1, or a negative errno. */
static int read_switch(int fd)
{
	char value;

	return pread(fd, &value, 1, 0) == 1 ? value != '0' : -errno;
}

static int write_switch(int fd, char value)
{
	return pwrite(fd, &value, 1, 0) == 1 ? 0 : -errno;
}

/*
 * Whether a probe at the entry of a function can be optimized. No other architecture that we run on has
 * OPTPROBES, and a reading of the symbols takes a while.
 */
static bool optimizes_entries(void)
{
#if defined(__x86_64__) || defined(__arm__)
	struct kallsyms_wanted wanted[] = {
		{ .name = "arch_prepare_optimized_kprobe" }, /* OPTPROBES */
		{ .name = "kprobe_ftrace_handler" },	     /* KPROBES_ON_FTRACE */
	};

	kallsyms_find(wanted, 2);
	return wanted[0].found && !wanted[1].found;
#else
	return false;
#endif
}

/*
 * Sets @fd to the switch, or to -1 where nothing has to be switched. It may be open for reading only while it is 0
 * already.
 */
static int open_switch(int *fd, char *reason, size_t len)
{
	int err;

	*fd = open(SWITCH, O_RDWR | O_CLOEXEC);
	if (*fd >= 0)
		return 0;
	err = -errno;
	if (!optimizes_entries())
		return 0;
	*fd = open(SWITCH, O_RDONLY | O_CLOEXEC);
	if (*fd >= 0 && read_switch(*fd) == 0)
		return 0;
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
	snprintf(reason, len,
		 "the kernel optimizes kprobes, and an optimized kprobe cannot override; " SWITCH
		 ": %s",
		 strerror(-err));
	return err;
}

bool optimization_can_be_off(char *reason, size_t len)
{
	int fd;

	if (open_switch(&fd, reason, len))
		return false;
	if (fd < 0)
		return true;
	snprintf(reason, len, NAME " is 0 while the guard runs");
	close(fd);
	return true;
}

/* The record first: we may die in between. */
static int turn_off(void)
{
	int err = record_write(KIND, NAME, "1");

	if (err)
		log_warning(NAME " will not be restored: %s", strerror(-err));
	err = write_switch(own.fd, '0');
	/* It could only be read when it was opened. */
	if (err == -EBADF)
		err = file_set(SWITCH, "0");
	if (err)
		record_remove(KIND, NAME);
	return err;
}

static int turn_off_again(void)
{
	const int err = turn_off();

	if (optimizes_entries())
		atomic_store(&own.over_ns, clock_ns());
	atomic_fetch_add(&own.times, 1);
	atomic_store(&own.back, err != 0);
	if (err)
		log_error("another program has set " NAME
			  " to 1, and the guard cannot set it to 0 again: %s; " OPTIMIZATION_REMEDY,
			  strerror(-err));
	if (err && write(atomic_load(&own.tell_fd), &(uint64_t){ 1 }, 8) < 0)
		log_debug("no thread waits for the news that " NAME " is 1");
	if (!err)
		log_warning(
			"another program has set " NAME " to 1, and with 1 the guard cannot "
			"refuse sends. The guard has set it to 0 again. Remove the setting from "
			"/etc/sysctl.d");
	return err;
}

int optimization_look(void)
{
	int err = 0;

	if (own.fd < 0)
		return 0;
	pthread_mutex_lock(&own.looking);
	if (atomic_load(&own.back))
		err = -EROFS;
	else if (read_switch(own.fd) != 0)
		err = turn_off_again();
	pthread_mutex_unlock(&own.looking);
	return err;
}

void optimization_tells(int fd)
{
	atomic_store(&own.tell_fd, fd);
}

bool optimization_is_back(void)
{
	return atomic_load(&own.back);
}

unsigned int optimization_times(void)
{
	return atomic_load(&own.times);
}

uint64_t optimization_over_ns(void)
{
	return atomic_load(&own.over_ns);
}

static void *keep_off(void *arg)
{
	struct pollfd event = { .fd = own.inotify_fd, .events = POLLIN };
	bool look = true, known = own.watch < 0;
	char events[1024];

	while (!atomic_load(&own.ends)) {
		/* A reading of the symbols takes a while: not at the start. */
		if (poll(&event, 1, look ? LOOK_MS : -1) == 0 && !known) {
			look = optimizes_entries();
			known = true;
		}
		while (read(own.inotify_fd, events, sizeof(events)) > 0)
			;
		optimization_look();
	}
	return arg;
}

/* Our descriptor keeps the inode that the watch is on. Without a watch the thread only looks. */
static int begin_keeping(void)
{
	char path[FD_PATH_MAX];
	int err;

	file_fd_path(own.fd, path, sizeof(path));
	own.inotify_fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	own.watch = inotify_add_watch(own.inotify_fd, path, IN_MODIFY);
	if (own.watch < 0)
		log_debug(NAME ": the kernel does not report writes: %s", strerror(errno));
	atomic_store(&own.ends, false);
	err = pthread_create(&own.thread, NULL, keep_off, NULL);
	if (err && own.inotify_fd >= 0)
		close(own.inotify_fd);
	return -err;
}

static void close_switch(void)
{
	if (own.fd >= 0)
		close(own.fd);
	own.fd = -1;
}

int optimization_forbid(char *reason, size_t len)
{
	int err = open_switch(&own.fd, reason, len);

	if (err) {
		snprintf(reason + strlen(reason), len - strlen(reason), "; " OPTIMIZATION_REMEDY);
		return err;
	}
	if (own.fd < 0)
		return 0;
	/* 0 already: by the administrator, or by an instance that died, whose record is there. */
	if (read_switch(own.fd) != 0)
		err = turn_off();
	if (!err)
		err = begin_keeping();
	if (!err)
		return 0;
	snprintf(reason, len, SWITCH ": %s; " OPTIMIZATION_REMEDY, strerror(-err));
	close_switch();
	optimization_restore();
	return err;
}

void optimization_allow(void)
{
	if (own.fd < 0)
		return;
	atomic_store(&own.ends, true);
	/* Tells the thread, by IN_IGNORED. */
	inotify_rm_watch(own.inotify_fd, own.watch);
	pthread_join(own.thread, NULL);
	if (own.inotify_fd >= 0)
		close(own.inotify_fd);
	close_switch();
	optimization_restore();
}

size_t optimization_restore(void)
{
	char was[4];
	int err;

	if (record_read(KIND, NAME, was, sizeof(was)) <= 0)
		return 0;
	err = file_set(SWITCH, "1");
	if (err) {
		log_warning(NAME " stays 0: %s", strerror(-err));
		return 0;
	}
	record_remove(KIND, NAME);
	log_notice(NAME " is 1 again");
	return 1;
}
