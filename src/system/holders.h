/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which processes have a device open.
 */
#ifndef RPMSG_GUARD_SYSTEM_HOLDERS_H
#define RPMSG_GUARD_SYSTEM_HOLDERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "system/creds.h"

struct holder {
	pid_t pid;
	char comm[16];
	uint64_t devices; /* which of the devices asked for, a bit for each */
};

/*
 * How long a look at descriptors may take, and what came of it. Any user can have so many descriptors that a look
 * at them takes minutes.
 */
struct holder_look {
	uint64_t until_ms; /* by clock_ms() */
	bool (*unwanted)(
		void *arg); /* asked now and then; ends the look when it returns true. Or NULL */
	void *arg;
	/* The nodes of the devices: who could open them is looked at before other programs. Or none. */
	const struct rights *rights;
	size_t n_rights;

	bool unfinished; /* set when it ended early: a device may be open in programs that were not found */
	pid_t longest;	   /* the process that had most descriptors, of those that were looked at */
	unsigned int most; /* how many of them were looked at */
};

/*
 * Finds the processes, other than the caller's, that have one of the @n character devices @devs (at
 * most 64) open, by whatever path. Descriptors in flight between processes, and descriptors that only
 * io_uring holds, do not show in /proc and are not found. The walk ends early when @fn returns false.
 * Programs with few descriptors are found first.
 */
typedef bool (*holder_fn)(const struct holder *holder, void *arg);
void devices_holders_each(const dev_t *devs, size_t n, struct holder_look *look, holder_fn fn,
			  void *arg);

/* The same into a list. Returns how many were written, at most @max. */
size_t devices_holders(const dev_t *devs, size_t n, struct holder_look *look, struct holder *out,
		       size_t max);

/*
 * Which of the @n character devices @devs (at most 64) process @pid has open in any of its threads,
 * as a bit for each. @threads as /proc/<pid>/stat has it. Of a process of more than eight threads only
 * the table of the first thread is looked at.
 */
uint64_t process_devices(pid_t pid, unsigned int threads, const dev_t *devs, size_t n);

/*
 * The same, with @threads looked up; none when the process has gone. Of the members of @look those about the order do
 * not matter.
 */
uint64_t process_devices_now(pid_t pid, const dev_t *devs, size_t n, struct holder_look *look);

/* Whether thread @tid has a descriptor of the file. */
bool thread_holds_inode(pid_t tid, dev_t fs, ino_t inode);

/* "python (pid 812), sh (pid 9)", cut with "and N more" when @buf of @len bytes is too short. */
void holders_format(const struct holder *holders, size_t n, char *buf, size_t len);

#endif
