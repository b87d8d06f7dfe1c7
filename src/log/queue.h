/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The service's lines, written by a thread of its own. Whoever reads them may be stuck (a full pipe, a
 * journal that hangs, Ctrl-S on a console), and no hold may wait for that.
 */
#ifndef RPMSG_GUARD_LOG_QUEUE_H
#define RPMSG_GUARD_LOG_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A line with its newline, in bytes. */
#define LOG_LINE_MAX 2048

/* From here on lines are queued; without a thread they are written by their callers as before. */
void log_queue_begin(void);

/*
 * Whether the line was taken, or dropped for want of room, which is counted and said as soon as lines
 * are taken again. False: nobody queues, the caller writes it.
 */
bool log_queue_add(const char *line, size_t n);

/* Lines dropped since the beginning. */
uint64_t log_queue_dropped(void);

/* Writes what is left, for at most @ms milliseconds. */
void log_queue_end(unsigned int ms);

#endif
