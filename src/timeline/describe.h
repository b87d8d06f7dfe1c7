/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The words that all renderers use for the parts of an episode.
 */
#ifndef RPMSG_GUARD_TIMELINE_DESCRIBE_H
#define RPMSG_GUARD_TIMELINE_DESCRIBE_H

#include <stdio.h>

#include "timeline/numbers.h"

/* "gate closed": the name of the event, for people. */
void event_title(const struct recorded_event *e, char *buf, size_t len);

/* Its text, or what else is known of it: device, channel, senders. "" when there is nothing. */
void event_details(const struct recorded_event *e, char *buf, size_t len);

/* Whether its text names the task, or there is none to name. */
bool event_says_who(const struct recorded_event *e);

/* Milliseconds from the request with three digits: "+2.204", "-1480.000". */
#define SINCE_MAX 32
const char *since_text(char buf[SINCE_MAX], const struct numbers *n, uint64_t t_ns);

/* What stands where there is no end. */
const char *no_end_text(const struct recording *r);

/* "stopped", with the reason where there is one. */
void result_text(const struct recording *r, char *buf, size_t len);

#endif
