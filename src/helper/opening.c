// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whether a thread that sleeps may be inside an open of a tty or another character device.
 *
 * Its program must not be able to say no. What the program controls is no evidence: the path in its memory,
 * which the kernel has copied long ago, and what that path leads to, may have changed since then. The number of
 * its system call is none either: a worker of an io_uring shows no call, and the thread that has the ring
 * does an open in io_uring_enter(), or in the work that is left to be done at the end of any other call.
 *
 * What the kernel shows is evidence. chrdev_open() in fs/char_dev.c is on the stack of every thread that is
 * inside an open of a character device, whatever it sleeps in: it is called by a pointer, and is not left before
 * the open has ended. So a stack that is shown to its end and does not have that function is outside. With
 * it the thread may be inside, but where the open is that of a core that has a major of its own.
 *
 * Some kernels show no stack (sleep_stack()): 32-bit ARM with SMP, kernels without CONFIG_STACKTRACE, boards that
 * panic on warnings. There the thread counts as inside, with two exceptions. One of a program that the guard trusts
 * (docs/security.md) is believed what it shows: nobody else writes its memory. And where wchan says
 * nothing either, every thread of the system is asked about, and a call that is no open has to do.
 */
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/major.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "helper/helper.h"
#include "helper/jobs.h"
#include "helper/memory.h"
#include "system/creds.h"
#include "system/open_calls.h"
#include "system/task.h"

/* The same number everywhere. */
#define CALL_IO_URING_ENTER 426

/* Sound: CONFIG_SND_MAJOR in sound/core/sound.c. */
#define SND_MAJOR 116

enum verdict {
	OUTSIDE,
	MAY_BE_INSIDE,
	UNKNOWN, /* it has just woken up: to be asked again */
};

/*
 * Where an open of a tty sleeps, or one of another device: its driver's function, which has "open" in
 * its name mostly, and which the count of the driver's module shows otherwise. The node is there before
 * the driver of its number is
 * (tty_register_device_attr() in drivers/tty/tty_io.c): whoever opens it in between has the kernel
 * look for a module, kobj_lookup() in drivers/base/map.c, and gets the tty when modprobe has
 * failed.
 */
static const char *const open_functions[] = {
	"tty",	       "ldisc",		 "ldsem", "__fput",	    "open",
	"kobj_lookup", "request_module", "kmod_", "usermodehelper", NULL
};

bool opening_may_sleep_in(const char *function)
{
	/*
	 * Not inside, or so far that the tty counts it (block_til_ready): hangup_ask() finds it. What has the
	 * last names to the letter is no vendor's.
	 */
	static const char *const elsewhere[] = { "block_til_ready", "tty_write", "wait_until_sent",
						 NULL };

	if (sleep_has(function, elsewhere) || strcmp(function, "fifo_open") == 0 ||
	    strcmp(function, "snd_pcm_open") == 0)
		return false;
	return sleep_has(function, open_functions) || strcmp(function, "0") == 0;
}

/*
 * A thread that had just woken up when it was looked at first is mostly a sender, and asleep in a send by now. A
 * look at that stack may make the kernel print a warning (system/sleep.h).
 */
static bool sleeps_elsewhere(const struct opening_request *r)
{
	char function[128];

	return r->by_wchan && task_read(r->tid, "wchan", function, sizeof(function)) > 0 &&
	       !opening_may_sleep_in(function);
}

/* The core of a major may wait for a free sound card or for a module, for as long as it likes. */
static bool is_of_another_core(const struct opening_request *r)
{
	static const struct {
		unsigned int major;
		const char *const open[2];
	} cores[] = {
		{ MISC_MAJOR, { " misc_open+", NULL } },
		{ SND_MAJOR, { " snd_open+", NULL } },
	};
	bool ours;

	for (size_t i = 0; i < sizeof(cores) / sizeof(cores[0]); i++) {
		ours = r->major_nr == cores[i].major;
		for (uint32_t d = 0; d < r->n; d++)
			ours |= major(r->devs[d]) == cores[i].major;
		if (!ours && task_sleeps_below(r->tid, cores[i].open) == SLEEPS_THERE)
			return true;
	}
	return false;
}

/* A guess may have the function of an earlier open on the stack. That it does not have it is true with guesses, too. */
static enum verdict by_stack(const struct opening_request *r)
{
	static const char *const opens[] = { "chrdev_open", NULL };

	switch (task_sleeps_below(r->tid, opens)) {
	case SLEEPS_ELSEWHERE:
		return OUTSIDE;
	case SLEEPS_THERE:
		return r->stack == STACK_TRUE && is_of_another_core(r) ? OUTSIDE : MAY_BE_INSIDE;
	default:
		return UNKNOWN;
	}
}

/* The path as the thread sees it. */
static bool find_path(int tid, const struct open_call *call, char *path, size_t len)
{
	char text[512];
	const ssize_t n = memory_read(tid, call->path, text, sizeof(text));

	if (n <= 0 || strnlen(text, (size_t)n) == (size_t)n)
		return false;
	if (text[0] == '/')
		return snprintf(path, len, "/proc/%d/root%s", tid, text) < (int)len;
	if (call->dirfd == AT_FDCWD)
		return snprintf(path, len, "/proc/%d/cwd/%s", tid, text) < (int)len;
	return snprintf(path, len, "/proc/%d/fd/%d/%s", tid, call->dirfd, text) < (int)len;
}

/*
 * Not so when the path leads nowhere any more: its node was put aside. Nor when it leads to /dev/tty, which is
 * whatever tty controls the thread.
 */
static bool leads_elsewhere(const struct opening_request *r, const struct open_call *call)
{
	char path[640];
	struct stat st;

	if (!find_path(r->tid, call, path, sizeof(path)) || stat(path, &st) < 0)
		return false;
	if (!S_ISCHR(st.st_mode))
		return true;
	for (uint32_t i = 0; i < r->n; i++)
		if (st.st_rdev == r->devs[i])
			return false;
	if (r->major_nr && major(st.st_rdev) == r->major_nr)
		return false;
	return st.st_rdev != makedev(TTYAUX_MAJOR, 0);
}

static enum verdict by_call(const struct opening_request *r)
{
	const bool trusted = thread_has_power(r->tid, CAP_SYS_ADMIN);
	struct task_stat stat;
	struct open_call call;
	char line[256];

	if (!thread_stat(r->tid, &stat) || !task_syscall(r->tid, line, sizeof(line)) ||
	    strcmp(line, "running") == 0)
		return UNKNOWN;
	if (stat.io_worker || strtol(line, NULL, 10) == CALL_IO_URING_ENTER)
		return MAY_BE_INSIDE;
	if (!open_call_parse(line, &call))
		return trusted || !r->by_wchan ? OUTSIDE : MAY_BE_INSIDE;
	return trusted && leads_elsewhere(r, &call) ? OUTSIDE : MAY_BE_INSIDE;
}

static enum verdict judge(const struct opening_request *r)
{
	enum verdict verdict = UNKNOWN;

	if (sleeps_elsewhere(r))
		return OUTSIDE;
	if (r->stack != STACK_HIDDEN)
		verdict = by_stack(r);
	if (verdict == OUTSIDE || r->stack == STACK_TRUE)
		return verdict;
	return by_call(r);
}

void opening_look(int fd, const void *request, size_t len)
{
	const struct opening_request *r = request;
	struct opening_answer answer;
	enum verdict verdict;

	if (len != sizeof(*r) || r->n > OPENING_DEVICES)
		return;
	verdict = judge(r);
	if (verdict == UNKNOWN)
		return;
	answer.outside = verdict == OUTSIDE;
	helper_reply(fd, &answer, sizeof(answer), -1);
}
