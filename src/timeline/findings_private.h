/* SPDX-License-Identifier: GPL-2.0-only */
/* How the parts of findings.c say what they have found. */
#ifndef RPMSG_GUARD_TIMELINE_FINDINGS_PRIVATE_H
#define RPMSG_GUARD_TIMELINE_FINDINGS_PRIVATE_H

#include "timeline/findings.h"

/* Two arguments, for "%s%s". */
#define REASON(r) (r)->end.reason[0] ? ": " : "", (r)->end.reason

void finding_judge(struct findings *f, enum outcome outcome, enum grade grade,
		   const char *headline);
void finding_say(struct findings *f, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void finding_say_numbers(struct findings *f, const struct recording *r);

/* findings_up.c */
void find_refused(struct findings *f, const struct recording *r);
void find_given_up(struct findings *f, const struct recording *r);
void find_not_carried_out(struct findings *f, const struct recording *r);
void find_failed(struct findings *f, const struct recording *r);

#endif
