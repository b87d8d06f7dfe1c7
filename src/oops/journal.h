/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the journal's export format, JSON of the journal and JSON of containers' logs wrap around a
 * message.
 */
#ifndef RPMSG_GUARD_OOPS_JOURNAL_H
#define RPMSG_GUARD_OOPS_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>

struct oops_journal {
	bool export_format; /* a field of the export format was seen */
	unsigned int skip;  /* bytes of a binary field's length that are still to come */
	double time;	    /* of the current entry, seconds; below 0 unknown */
	bool other;	    /* the entry's origin is a program */
};

void oops_journal_init(struct oops_journal *journal);

/*
 * The message in a line, which is unwrapped in place and can have newlines in it; NULL when the line
 * has none. Sets @wrapped when there was something around it.
 */
char *oops_journal_message(struct oops_journal *journal, char *raw, bool *wrapped);

#endif
