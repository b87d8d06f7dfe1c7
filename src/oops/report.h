/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a kernel log says about one failure, and about the remote processors around it.
 */
#ifndef RPMSG_GUARD_OOPS_REPORT_H
#define RPMSG_GUARD_OOPS_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "oops/lines.h"
#include "oops/trace.h"

#define OOPS_FRAMES_MAX 48
#define OOPS_REPORTS_MAX 48
#define OOPS_DRIVERS_MAX 8

enum oops_kind {
	OOPS_TRACE, /* a stack trace whose beginning is missing */
	OOPS_LINT,  /* a debugging check's complaint, such as lockdep's: nothing failed */
	OOPS_WARNING,
	OOPS_HUNG_TASK,
	OOPS_STALL, /* RCU stall, soft or hard lockup */
	OOPS_NULL_POINTER,
	OOPS_PAGE_FAULT,
	OOPS_PROTECTION, /* x86: a pointer that cannot be one */
	OOPS_ABORT,	 /* arm: the bus did not answer */
	OOPS_BUG,	 /* the kernel's own checks */
	OOPS_KASAN,	 /* KFENCE, too */
	OOPS_OTHER,	 /* another exception, or an oops whose beginning is missing */
	OOPS_PANIC,	 /* a panic that no oops led to */
};

enum oops_event_kind {
	OOPS_EVENT_NONE,
	OOPS_EVENT_UP,
	OOPS_EVENT_STOPPED,
	OOPS_EVENT_CRASHED, /* the remote processor, not Linux */
	OOPS_EVENT_CHANNEL_GONE,
	OOPS_EVENT_UNSAFE,   /* rpmsg-guard's own words */
	OOPS_EVENT_NAMELESS, /* a driver speaks of rpmsg and of a device that has lost its name */
};

/* A message about a remote processor. kind is OOPS_EVENT_NONE when there was none. */
struct oops_event {
	enum oops_event_kind kind;
	unsigned int boot;
	unsigned long line;
	enum oops_clock clock;
	double time;
	char quote[OOPS_QUOTE_MAX];
};

struct oops_quote {
	unsigned long line; /* 0 when there is none */
	char text[OOPS_QUOTE_MAX];
};

struct oops_trace {
	struct oops_frame frames[OOPS_FRAMES_MAX]; /* innermost first */
	size_t n;
};

struct oops_report {
	enum oops_kind kind;
	unsigned int boot; /* a log can hold several */
	unsigned long line;
	enum oops_clock clock;
	double time;
	char header[OOPS_QUOTE_MAX];

	bool has_address;
	uint64_t address;	    /* the one that faulted */
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
	bool tangled;	   /* lines of another CPU are among its own, without saying so */
	bool rpmsg_listed; /* an rpmsg module is among "Modules linked in:" */
	struct oops_quote panic;

	/* The last ones before it, and a stop that is reported while it is or right after. */
	struct oops_event stop, up, crash, stop_during, unsafe, nameless;
	unsigned long message, message_end; /* its first and last, counted as kernel messages */
	double time_end;		    /* of its last line */
	double time_last; /* of the last line of its boot, as far as no other report follows */
};

#endif
