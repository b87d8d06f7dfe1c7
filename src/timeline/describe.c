// SPDX-License-Identifier: GPL-2.0-only
/* Names what an episode has, in the words of a report. */
#include "timeline/describe.h"

#include <inttypes.h>
#include <string.h>

#include "log/printable.h"

#define NAMES_SHOWN 3

const char *outcome_name(enum outcome outcome)
{
	static const char *const names[] = {
		[OUTCOME_SAFE] = "safe",	 [OUTCOME_UNSAFE] = "unsafe",
		[OUTCOME_REFUSED] = "refused",	 [OUTCOME_NOT_DONE] = "not done",
		[OUTCOME_FAILED] = "failed",	 [OUTCOME_CUT_OFF] = "cut off",
		[OUTCOME_GOING_ON] = "going on", [OUTCOME_OTHER] = "other",
	};

	return names[outcome];
}

const char *grade_name(enum grade grade)
{
	static const char *const names[] = { "good", "attention", "bad" };

	return names[grade];
}

const char *action_name(const struct recording *r)
{
	if (r->action_kind == TL_ACTION_SHUTDOWN)
		return "unheld shutdown";
	return r->action[0] ? r->action : "stop";
}

const char *task_name(const struct recorded_task *task, char *buf, size_t len)
{
	if (task->pid < 0 && task->tid < 0)
		snprintf(buf, len, "%s", task->comm);
	else if (task->tid < 0 || task->pid == task->tid)
		snprintf(buf, len, "%s (pid %" PRId64 ")", task->comm, task->pid);
	else if (task->pid < 0)
		snprintf(buf, len, "%s (pid %" PRId64 ")", task->comm, task->tid);
	else
		snprintf(buf, len, "%s (pid %" PRId64 ", thread %" PRId64 ")", task->comm,
			 task->pid, task->tid);
	utf8_trim(buf);
	return buf;
}

static const struct recorded_event *find_shutdown(const struct recording *r)
{
	for (size_t i = 0; i < r->n_events; i++)
		if (r->events[i].kind == TL_SHUTDOWN)
			return &r->events[i];
	return NULL;
}

const char *caller_name(const struct recording *r, char *buf, size_t len)
{
	const struct recorded_event *shutdown = find_shutdown(r);

	if (r->caller.pid >= 0)
		return task_name(&(struct recorded_task){ r->caller.pid, -1, r->caller.comm }, buf,
				 len);
	if (r->action_kind != TL_ACTION_SHUTDOWN)
		snprintf(buf, len, "%s", r->headless ? "unknown" : "the service");
	else if (shutdown && shutdown->task.pid >= 0)
		return task_name(&shutdown->task, buf, len);
	else
		snprintf(buf, len, "unknown");
	return buf;
}

const char *sender_names(const struct senders *senders, bool overlapping, char *buf, size_t len)
{
	size_t picked = 0, used = 0;
	char name[48];

	buf[0] = '\0';
	for (size_t i = 0; i < senders->n; i++) {
		const struct sender *s = &senders->list[i];

		if (!(overlapping ? s->overlaps > 0 : s->inside) || picked++ >= NAMES_SHOWN)
			continue;
		used += (size_t)snprintf(buf + used, len - used, "%s%s", used ? ", " : "",
					 task_name(&s->task, name, sizeof(name)));
	}
	if (picked > NAMES_SHOWN)
		snprintf(buf + used, len - used, " and %zu more", picked - NAMES_SHOWN);
	return buf;
}

const char *plural(uint64_t n)
{
	return n == 1 ? "" : "s";
}

const char *were(uint64_t n)
{
	return n == 1 ? " was" : "s were";
}

void event_title(const struct recorded_event *e, char *buf, size_t len)
{
	snprintf(buf, len, "%s", e->name);
	for (char *c = buf; *c; c++)
		if (*c == '_')
			*c = ' ';
	utf8_trim(buf);
}

/* Lines of the log often begin with what the event is called. */
static const char *without_title(const struct recorded_event *e)
{
	char title[64];
	size_t len;

	event_title(e, title, sizeof(title));
	len = strlen(title);
	if (strncmp(e->text, title, len) != 0)
		return e->text;
	if (strncmp(e->text + len, ": ", 2) == 0 || strncmp(e->text + len, ", ", 2) == 0)
		return e->text + len + 2;
	return e->text[len] ? e->text : "";
}

bool event_says_who(const struct recorded_event *e)
{
	char name[64];

	if (e->task.pid < 0 && e->task.tid < 0)
		return true;
	snprintf(name, sizeof(name), "%s (pid ", e->task.comm);
	if (strstr(e->text, name))
		return true;
	/* Episodes of older versions. */
	snprintf(name, sizeof(name), "%s[", e->task.comm);
	return strstr(e->text, name) != NULL;
}

void event_details(const struct recorded_event *e, char *buf, size_t len)
{
	size_t used = 0;
	const struct {
		const char *before, *what;
	} parts[] = { { "", e->device }, { "", e->channel }, { "from ", e->origin } };

	if (e->text[0]) {
		snprintf(buf, len, "%s", without_title(e));
		utf8_trim(buf);
		return;
	}
	buf[0] = '\0';
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (parts[i].what[0] && used < len)
			used += (size_t)snprintf(buf + used, len - used, "%s%s%s", used ? ", " : "",
						 parts[i].before, parts[i].what);
	if (e->senders >= 0 && used < len)
		snprintf(buf + used, len - used, "%s%" PRId64 " sender%s inside", used ? ", " : "",
			 e->senders, plural((uint64_t)e->senders));
	utf8_trim(buf);
}

const char *since_text(char buf[SINCE_MAX], const struct numbers *n, uint64_t t_ns)
{
	const bool before = t_ns < n->zero_ns;
	const uint64_t ns = before ? n->zero_ns - t_ns : t_ns - n->zero_ns;

	snprintf(buf, SINCE_MAX, "%c%" PRIu64 ".%03" PRIu64, before ? '-' : '+', ns / 1000000,
		 ns % 1000000 / 1000);
	return buf;
}

const char *no_end_text(const struct recording *r)
{
	return r->going_on ? "it still goes on" : "the kernel or the service died here";
}

void result_text(const struct recording *r, char *buf, size_t len)
{
	if (!r->ended)
		snprintf(buf, len, "none: %s", no_end_text(r));
	else
		snprintf(buf, len, "%s%s%s", r->end.result, r->end.reason[0] ? ": " : "",
			 r->end.reason);
	utf8_trim(buf);
}
