/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Processes that do what may never end.
 *
 * The memory of another process may be a page of a FUSE file that nobody serves; its root, its
 * working folder and the mounts below may lie on one. Whoever touches them sleeps for as long as
 * their owner likes, and no signal ends it, not even SIGKILL: a thread that does so takes its whole
 * process along, with every opener that it owes an answer (fanotify's group lives until the last
 * thread has gone).
 *
 * So nothing that another process chose is followed in this process. A job is given to a helper, a
 * process of its own that shares no descriptor with this one, and has a deadline. What a helper
 * that does not answer means is for the caller to say; the helper may be lost.
 *
 *	service --request, one socket each--> spawner --fork--> helper --answer--> the same socket
 *
 * The spawner is forked before there are threads, touches nothing, and ends with the service.
 */
#ifndef RPMSG_GUARD_HELPER_HELPER_H
#define RPMSG_GUARD_HELPER_HELPER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Bytes of a request or an answer. */
#define HELPER_MESSAGE_MAX 16384

/* What helpers can do; what each is asked and answers stands in helper/jobs.h. */
enum helper_job {
	HELPER_OPEN_HOW,
	HELPER_OPENING,
	HELPER_ASIDE,
	HELPER_BACK,
	HELPER_SYSFS_ROOT,
	HELPER_JOBS,
};

/*
 * Starts the spawner. To be called once, while this process has no other thread and nothing open
 * that must not be inherited for a moment. Without it every helper is silent. Returns 0 or a
 * negative errno.
 */
int helper_begin(void);
void helper_end(void);

/*
 * Asks a new helper. Returns a descriptor that becomes readable when there is an answer, or when
 * the helper has ended without one; the caller closes it, which also tells the helper that nobody
 * waits any more. Negative errno when there is no helper to be had. Any thread may ask. @subject is
 * the process or thread whose things are followed: one that has kept a helper for seconds gets no
 * second one.
 */
int helper_ask(enum helper_job job, pid_t subject, const void *request, size_t len);

/*
 * Takes the answer from @fd without waiting: its length, -EAGAIN when there is none yet, -EPIPE
 * when there never will be one. @passed, which may be NULL, is given the descriptor that came with
 * it, or -1.
 */
ssize_t helper_answer(int fd, void *answer, size_t len, int *passed);

/* Lets a helper that waits for it know that its answer has arrived, see helper_is_heard(). */
void helper_confirm(int fd);

/* Asks, waits for at most @ms milliseconds, confirms. As helper_answer(); -ETIMEDOUT: silence. */
ssize_t helper_do(enum helper_job job, pid_t subject, const void *request, size_t len, void *answer,
		  size_t answer_len, int *passed, unsigned int ms);

/* ---- for jobs, in the helper ---- */

/* Does the job and answers on @fd, if it can. */
typedef void (*helper_fn)(int fd, const void *request, size_t len);

/* @passed is a descriptor to go with it, or -1. Returns whether it was sent. */
bool helper_reply(int fd, const void *answer, size_t len, int passed);

/* Whether somebody still waits. To be asked right before anything is changed. */
bool helper_is_wanted(int fd);

/*
 * Waits until the answer was confirmed; false when nobody waits for it any more. Then what the job
 * has changed has to be undone, for nobody knows of it.
 */
bool helper_is_heard(int fd);

#endif
