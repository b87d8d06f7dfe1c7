/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Quoted-printable, as mails are sent: "=3D" for "=", and lines that go on after "=". A kernel log has
 * "=" of its own, so a line is taken for quoted only when all that follow are escapes.
 */
#ifndef RPMSG_GUARD_OOPS_QUOTED_H
#define RPMSG_GUARD_OOPS_QUOTED_H

#include <stdbool.h>
#include <stddef.h>

struct oops_quoted {
	bool on; /* the last line with a "=" was quoted for sure */
};

/* Whether the line goes on in the next line; its last byte is "=" then, and is to be dropped. */
bool oops_quoted_goes_on(struct oops_quoted *quoted, const char *raw, size_t len);

/* Decodes in place. */
void oops_quoted_undo(struct oops_quoted *quoted, char *raw);

#endif
