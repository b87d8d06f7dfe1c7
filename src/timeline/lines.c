// SPDX-License-Identifier: GPL-2.0-only
#include "timeline/lines.h"

#include <inttypes.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "log/printable.h"
#include "system/files.h"

static void add(struct json_object *o, const char *key, struct json_object *value)
{
	json_object_object_add_ex(o, key, value, JSON_C_OBJECT_ADD_CONSTANT_KEY);
}

static void add_text(struct json_object *o, const char *key, const char *text)
{
	if (text && *text)
		add(o, key, json_text(text));
}

static void add_number(struct json_object *o, const char *key, uint64_t value)
{
	add(o, key, json_object_new_int64((int64_t)value));
}

static void add_task(struct json_object *o, const struct line_task *task)
{
	if (!task->tid)
		return;
	add_number(o, "pid", (uint64_t)task->pid);
	add_number(o, "tid", (uint64_t)task->tid);
	add_text(o, "comm", task->comm);
}

static void add_address(struct json_object *o, const char *key, uint64_t address)
{
	char text[24];

	if (!address)
		return;
	snprintf(text, sizeof(text), "0x%" PRIx64, address);
	add_text(o, key, text);
}

static struct json_object *begin(const char *record)
{
	struct json_object *o = json_object_new_object();

	if (o)
		add_text(o, "record", record);
	return o;
}

static char *finish(struct json_object *o)
{
	const int flags = JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE;
	const char *text = json_object_to_json_string_ext(o, flags);
	char *line = NULL;

	if (text && asprintf(&line, "%s\n", text) < 0)
		line = NULL;
	json_object_put(o);
	return line;
}

static void add_wall_clock(struct json_object *o, const struct timespec *at)
{
	char text[40], day[24];
	struct tm tm;

	gmtime_r(&at->tv_sec, &tm);
	strftime(day, sizeof(day), "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(text, sizeof(text), "%s.%03ldZ", day, at->tv_nsec / 1000000);
	add_text(o, "started", text);
}

static void add_machine(struct json_object *o)
{
	struct utsname name;
	char boot_id[64];

	if (uname(&name) == 0) {
		add_text(o, "kernel", name.release);
		add_text(o, "machine", name.machine);
	}
	file_read_line("/proc/sys/kernel/random/boot_id", boot_id, sizeof(boot_id));
	add_text(o, "boot_id", boot_id);
}

char *line_episode(const struct line_episode *e)
{
	struct json_object *o = begin("episode"), *caller;

	if (!o)
		return NULL;
	add_number(o, "version", EPISODE_VERSION);
	add_text(o, "program", "rpmsg-guard " VERSION);
	add_text(o, "id", e->id);
	add_text(o, "rproc", e->rproc);
	add_text(o, "device", e->device);
	add_text(o, "action", e->action);
	caller = e->caller.tid ? json_object_new_object() : NULL;
	if (caller) {
		add_task(caller, &e->caller);
		add(o, "caller", caller);
	}
	add_text(o, "request", e->request);
	add_text(o, "level", e->level);
	add_machine(o);
	add_wall_clock(o, &e->started);
	add_number(o, "started_ns", e->started_ns);
	return finish(o);
}

char *line_event(const struct line_event *e)
{
	struct json_object *o = begin("event");

	if (!o)
		return NULL;
	add_text(o, "rproc", e->rproc);
	add_number(o, "t_ns", e->t_ns);
	add_text(o, "event", timeline_event_name(e->event));
	add_task(o, &e->task);
	add_address(o, "endpoint", e->endpoint);
	add_text(o, "channel", e->channel);
	add_text(o, "origin", e->origin);
	if (e->senders >= 0)
		add_number(o, "senders", (uint64_t)e->senders);
	add_text(o, "device", e->device);
	add_text(o, "text", e->text);
	return finish(o);
}

char *line_send(const struct line_send *s)
{
	struct json_object *o = begin("send");

	if (!o)
		return NULL;
	add_text(o, "rproc", s->rproc);
	add_number(o, "start_ns", s->start_ns);
	if (s->end_ns)
		add_number(o, "end_ns", s->end_ns);
	add_task(o, &s->task);
	add_text(o, "function", s->function);
	add_address(o, "endpoint", s->endpoint);
	add_text(o, "channel", s->channel);
	add_text(o, "result", timeline_send_name(s->result));
	if (s->end_ns)
		add(o, "value", json_object_new_int(s->value));
	return finish(o);
}

char *line_lost(uint64_t t_ns, enum timeline_loss what, uint64_t count)
{
	struct json_object *o = begin("lost");

	if (!o)
		return NULL;
	add_number(o, "t_ns", t_ns);
	add_text(o, "what", timeline_loss_name(what));
	add_number(o, "count", count);
	return finish(o);
}

char *line_end(const struct line_end *e)
{
	struct json_object *o = begin("end");

	if (!o)
		return NULL;
	add_number(o, "t_ns", e->t_ns);
	add_text(o, "result", e->result);
	add(o, "reason", json_object_new_string(""));
	add_text(o, "reason", e->reason);
	add_number(o, "held_ns", e->held_ns);
	add_number(o, "refused", e->refused);
	add_number(o, "dropped", e->dropped);
	add_number(o, "ejected", e->ejected);
	add_number(o, "unsafe_overlaps", e->unsafe_overlaps);
	add(o, "complete", json_object_new_boolean(e->complete));
	return finish(o);
}
