/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Who waits on the queues of a device, as far as /proc shows it: with a registration in an epoll, inside
 * poll() or select(), or through an io_uring.
 */
#ifndef RPMSG_GUARD_SYSTEM_POLLERS_H
#define RPMSG_GUARD_SYSTEM_POLLERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* One file that an epoll watches. */
struct registration {
	int fd; /* the number under which it was registered; with the file the key of it */
	uint32_t events;
	uint64_t data;
	dev_t fs; /* of the file's node */
	ino_t inode;
};

enum poller_kind {
	POLLER_EPOLL,
	POLLER_ASLEEP,	 /* a thread in a call that polls files; it may be others */
	POLLER_RUNNING,	 /* a thread that runs, and may be in such a call */
	POLLER_IO_URING, /* one that waits for files; it may be others */
};

struct poller {
	enum poller_kind kind;
	pid_t pid, tid;
	char comm[16];	  /* of the process */
	uint64_t devices; /* a bit for each that it concerns, or may concern */
	int epoll;	  /* a descriptor of the process */
	struct registration registration;
};

/* A device, and the node of it in the host's /dev. */
struct polled_device {
	dev_t dev;
	dev_t fs;
	ino_t inode;
};

/*
 * Finds the pollers of the @n devices (at most 64) in all processes but the caller's. A process whose
 * devices do not show in /proc (see holders.h) shows here by its epoll, if it has one. May wait for an
 * execve() of a process, see task_syscall(). Returns how many were written, at most @max.
 */
size_t pollers_find(const struct polled_device *devices, size_t n, struct poller *out, size_t max);

/* A line of /proc/<pid>/fdinfo/<fd> of an epoll. False for a line of another kind. */
bool registration_parse(const char *line, struct registration *out);

/*
 * Takes the registration out of its epoll and puts it back, so that the kernel asks the driver anew where
 * its poller has to wait. The program may see one event more than without. Whatever it asks for, the kernel adds
 * EPOLLERR and EPOLLHUP (do_epoll_ctl() in fs/eventpoll.c): a registration with EPOLLONESHOT that has fired tells
 * of these two again. For a thread with a descriptor table of its own, in which any number may be overwritten.
 * Returns 0 or a negative errno: then nothing has changed, unless the log says that it is lost.
 */
int registration_renew(const struct poller *poller);

#endif
