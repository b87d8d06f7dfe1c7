/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Whether a thread has the right to open a file at all, by the rules of generic_permission() in
 * fs/namei.c: owner, group, others, and the capabilities that stand above them. Asked before anything
 * else of a process that another user may have started: a thread that could not open a file has not
 * opened it, whatever else /proc says of the thread.
 */
#ifndef RPMSG_GUARD_SYSTEM_CREDS_H
#define RPMSG_GUARD_SYSTEM_CREDS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* What stands for the owner, the group and others alike. */
#define RIGHT_READ 04
#define RIGHT_WRITE 02

/* A file, as far as it decides who may open it. */
struct rights {
	mode_t mode;
	uid_t uid;
	gid_t gid;
};

/* The rights of the file of @fd (O_PATH will do). An access control list counts as all rights. */
struct rights rights_of(int fd);

/*
 * Whether thread @tid could open any of the @n @files for @right (any of several). Also true of
 * a thread that has gone or does not show its credentials: the caller has to find out more.
 *
 * Of a thread in another user namespace, capabilities count when that namespace has the owner and
 * the group of the file in it (privileged_wrt_inode_uidgid()).
 */
bool thread_could_open(pid_t tid, const struct rights *files, size_t n, int right);

/*
 * Whether thread @tid has @capability (CAP_*) in our own user namespace. Also true of a thread
 * that does not show its credentials.
 */
bool thread_has_power(pid_t tid, int capability);

/*
 * The same as thread_could_open() for the text of /proc/<tid>/status; @tid 0 for a process of our
 * own user namespace.
 */
bool status_could_open(const char *status, pid_t tid, const struct rights *files, size_t n,
		       int right);

#endif
