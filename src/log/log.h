/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Messages to stderr or to the journal (journal_socket.h), one line each. Safe to call from any thread.
 */
#ifndef RPMSG_GUARD_LOG_LOG_H
#define RPMSG_GUARD_LOG_LOG_H

#include <stdbool.h>
#include <stdint.h>

#include "log/message_ids.h"

/* The numbers are those of syslog(3), which the journal expects in its line prefix. */
enum log_lvl {
	LVL_ERROR = 3,
	LVL_WARNING = 4,
	LVL_NOTICE = 5,
	LVL_INFO = 6,
	LVL_DEBUG = 7,
};

/* Messages above @max are dropped. With @journal each line begins with its level as "<N>". */
void log_init(enum log_lvl max, bool journal);

/* With @name errors and warnings begin with it, as those of any command on a terminal do. Kept, not copied. */
void log_name(const char *name);

/*
 * For a process that has other processes to look after and no thread of log_queue_begin(): a line that
 * cannot be written at once is dropped.
 */
void log_never_wait(void);

/* Whether stderr is connected to the systemd journal. */
bool log_to_journal(void);

/* With @event other than LOG_PLAIN the line has a MESSAGE_ID in the journal. */
void log_as(enum log_event event, enum log_lvl lvl, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#define log_msg(lvl, ...) log_as(LOG_PLAIN, lvl, __VA_ARGS__)

#define log_error(...) log_msg(LVL_ERROR, __VA_ARGS__)
#define log_warning(...) log_msg(LVL_WARNING, __VA_ARGS__)
#define log_notice(...) log_msg(LVL_NOTICE, __VA_ARGS__)
#define log_info(...) log_msg(LVL_INFO, __VA_ARGS__)
#define log_debug(...) log_msg(LVL_DEBUG, __VA_ARGS__)

/*
 * From here on lines are written by a thread of its own: their reader may be stuck (a full pipe, a
 * journal that hangs, Ctrl-S on a console), and no hold may wait for it. Without a thread they are
 * written by their callers as before.
 */
void log_queue_begin(void);

/* Lines dropped for want of room since the beginning; a line says so when there is room again. */
uint64_t log_queue_dropped(void);

/* Writes what is left, for at most @ms milliseconds. */
void log_queue_end(unsigned int ms);

#endif
