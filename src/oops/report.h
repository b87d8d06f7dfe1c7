/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is read of a kernel log: its lines, the stack frames and messages in them, and the reports
 * of failures that these make up. This is only data: the reader of the log fills it in, the files
 * that weigh a report take it from here.
 */
#ifndef RPMSG_GUARD_OOPS_REPORT_H
#define RPMSG_GUARD_OOPS_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define OOPS_NAME_MAX 64
#define OOPS_QUOTE_MAX 160
#define OOPS_FRAMES_MAX 48
#define OOPS_REPORTS_MAX 48
#define OOPS_DRIVERS_MAX 8

/* Only the difference of two times of the same clock means something. */
enum oops_clock {
	OOPS_CLOCK_NONE,
	OOPS_CLOCK_MONOTONIC, /* printk's own, seconds since boot */
	OOPS_CLOCK_DAY,	      /* seconds since midnight, from a date */
};

struct oops_line {
	unsigned long number; /* of the input's lines, from 1; several can share one */
	enum oops_clock clock;
	double time; /* seconds */
	/* CONFIG_PRINTK_CALLER: 'T' and a thread id or 'C' and a CPU number; 0 when there is none. */
	char caller;
	unsigned long caller_id;
	bool kernel;	  /* false when syslog names a program as its origin */
	char tag[32];	  /* that program, or empty */
	const char *text; /* printable ASCII, without the prefixes; valid during the call */
};

struct oops_quote {
	unsigned long line; /* 0 when there is none */
	char text[OOPS_QUOTE_MAX];
};

struct oops_frame {
	char function[OOPS_NAME_MAX];
	char module[OOPS_NAME_MAX]; /* empty when built into the kernel */
	bool doubtful;		    /* "? ": an address on the stack, perhaps left from earlier */
	struct oops_quote quote;
};

struct oops_trace {
	struct oops_frame frames[OOPS_FRAMES_MAX]; /* innermost first */
	size_t n;
};

enum oops_event_kind {
	OOPS_EVENT_NONE,
	OOPS_EVENT_UP,
	OOPS_EVENT_STOPPED,
	OOPS_EVENT_CRASHED, /* the remote processor, not Linux */
	OOPS_EVENT_CHANNEL_GONE,
	OOPS_EVENT_UNSAFE,   /* rpmsg-guard's own words */
	OOPS_EVENT_NAMELESS, /* a driver speaks of rpmsg and of a device that has lost its name */
	OOPS_EVENT_STOP_FAILED, /* the rings had been taken down all the same */
	OOPS_EVENT_LEFTOVER, /* after a stop: what the teardown should have freed is still there */
};

/* A message about a remote processor. kind is OOPS_EVENT_NONE when there was none. */
struct oops_event {
	enum oops_event_kind kind;
	enum oops_clock clock;
	double time;
	unsigned long message; /* its number; several can have the line of the input in common */
	struct oops_quote quote;
};

/* The last of each kind; the stop can be that of a channel only. */
struct oops_events {
	struct oops_event up, stop, crash, unsafe, nameless, leftover;
};

enum oops_kind {
	OOPS_TRACE, /* a stack trace whose beginning is missing */
	OOPS_LINT,  /* a debugging check's complaint, such as lockdep's: nothing failed */
	OOPS_WARNING,
	OOPS_HUNG_TASK,
	OOPS_STALL, /* RCU stall, soft or hard lockup */
	OOPS_NULL_POINTER,
	OOPS_PAGE_FAULT,
	OOPS_PROTECTION, /* x86: an address that is not possible */
	OOPS_ALIGNMENT,	 /* arm: the address is mapped, but not for an access of that size */
	OOPS_ABORT,	 /* arm: the bus did not answer */
	OOPS_BUG,	 /* the kernel's own checks */
	OOPS_KASAN,	 /* KFENCE, too */
	OOPS_OTHER,	 /* another exception, or an oops whose beginning is missing */
	OOPS_PANIC,	 /* a panic that no oops led to */
};

struct oops_report {
	enum oops_kind kind;
	unsigned int boot; /* a log can hold several */
	enum oops_clock clock;
	double time;
	struct oops_quote header;

	bool has_address;
	uint64_t address;	    /* that faulted */
	struct oops_quote unmapped; /* the page table walk, when it ends in an empty entry */

	struct oops_frame pc, lr; /* function is empty when not known */
	struct oops_trace trace, freed, allocated;
	unsigned long freed_line;

	char comm[32];
	long pid; /* -1 when not known */
	char cpu[8];
	char tainted[32];
	char kernel[96];
	char hardware[96];
	bool no_pc;	   /* the CPU was at an address where no function is */
	bool headless;	   /* it begins with a frame of the stack: what came before is missing */
	bool ended;	   /* its last line is there */
	bool cut;	   /* the log ends before the end of the stack */
	bool tangled;	   /* lines of another CPU are mixed in and cannot be told apart */
	bool rpmsg_listed; /* an rpmsg module is among "Modules linked in:" */
	struct oops_quote panic;

	struct oops_events before;
	struct oops_event stop_during;	    /* a stop that is reported while it is or right after */
	unsigned long message, message_end; /* its first and last, counted as kernel messages */
	double time_end;		    /* of its last line */
	double time_last; /* of the last line of its boot, as far as no other report follows */
};

struct oops_log {
	struct oops_report *reports[OOPS_REPORTS_MAX]; /* in the order of the log; owned */
	size_t n;
	unsigned long dropped; /* more than fit in */
	bool out_of_memory;
	struct {
		char name[OOPS_NAME_MAX];
		bool bound; /* it spoke of its device itself; else it is named like a channel */
	} drivers[OOPS_DRIVERS_MAX];
	size_t n_drivers;
};

/*
 * From @from to @to by the same @clock, negative when @to was earlier. What happens around a crash is
 * less than half a day apart, so a difference of more than that has midnight in it.
 */
static inline double oops_time_between(enum oops_clock clock, double from, double to)
{
	double seconds = to - from;

	if (clock == OOPS_CLOCK_DAY && seconds < -43200)
		seconds += 86400;
	else if (clock == OOPS_CLOCK_DAY && seconds > 43200)
		seconds -= 86400;
	return seconds;
}

static inline bool begins(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

/* What follows the first @words in @text, or NULL. */
static inline const char *behind(const char *text, const char *words)
{
	const char *s = strstr(text, words);

	return s ? s + strlen(words) : NULL;
}

static inline const char *skip_spaces(const char *s)
{
	while (*s == ' ')
		s++;
	return s;
}

/* What is between @from and @end, cut to fit. */
static inline void oops_copy(char *to, size_t size, const char *from, const char *end)
{
	snprintf(to, size, "%.*s", (int)(end - from), from);
}

/* Cuts to fit. */
static inline void oops_set_quote(struct oops_quote *quote, const struct oops_line *line)
{
	quote->line = line->number;
	snprintf(quote->text, sizeof(quote->text), "%.*s", OOPS_QUOTE_MAX - 1, line->text);
}

#endif
