/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The words that all renderers use for the parts of an episode.
 */
#ifndef RPMSG_GUARD_TIMELINE_DESCRIBE_H
#define RPMSG_GUARD_TIMELINE_DESCRIBE_H

#include <stdio.h>

#include "timeline/findings.h"

/* "safe", "cut off". */
const char *outcome_name(enum outcome outcome);
const char *grade_name(enum grade grade);

/* "stop", "recovery", "unannounced shutdown": the noun for what was asked for. */
const char *action_name(const struct recording *r);

/* The caller: "sh (pid 812)", "the service", or the task that made an unheld shutdown. */
const char *caller_name(const struct recording *r, char *buf, size_t len);

/* "python (pid 812)", for another thread of it "python (pid 812, thread 815)". */
const char *task_name(const struct recorded_task *task, char *buf, size_t len);

/*
 * "python (pid 812), inkernel (pid 77) and 3 more": the senders with an unsafe overlap, or (@overlapping false)
 * those that never came out. "" when there is none.
 */
const char *sender_names(const struct senders *senders, bool overlapping, char *buf, size_t len);

/* What comes behind a noun: "" or "s", " was" or "s were". */
const char *plural(uint64_t n);
const char *were(uint64_t n);

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
