/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a task that is blocked in open() wants to do with the file. A fanotify permission event does
 * not say; the arguments of the system call it sleeps in do.
 */
#ifndef RPMSG_GUARD_HOLD_OPENER_H
#define RPMSG_GUARD_HOLD_OPENER_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Whether thread @tid can have opened the file of @fd for writing at all: by the mount that it came
 * through, which the event's descriptor has, and by its credentials. Whatever a thread without that right
 * does while it sleeps in its open, through whatever interface, it reads.
 */
bool opener_could_write(int tid, int fd);

enum intent {
	INTENT_READS,
	INTENT_WRITES, /* or what cannot be found out: io_uring, an unknown call, a task that has gone */
	INTENT_IN_MEMORY, /* openat2(): the flags are in the memory of the opener */
	INTENT_NOT_YET,	  /* it has not fallen asleep yet */
};

/*
 * What thread @tid, blocked in open(), may do with the descriptor. With INTENT_IN_MEMORY @address is
 * where struct open_how lies, which only a helper may read (helper/jobs.h).
 */
enum intent opener_intent(int tid, uint64_t *address);

/* The same for one line of /proc/<tid>/syscall. */
enum intent opener_line_intent(const char *line, uint64_t *address);

/* The flags of an open, O_WRONLY and so on. */
enum intent opener_flags_intent(uint64_t flags);

#endif
