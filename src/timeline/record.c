// SPDX-License-Identifier: GPL-2.0-only
/* Takes what one line of an episode file says: cleans its strings, turns its words into enums. */
#include "timeline/read.h"

#include <errno.h>
#include <json-c/json.h>
#include <search.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "log/printable.h"

/* 146 years: differences of two times fit into an int64_t. */
#define NS_MAX (INT64_MAX / 2)

/* ---- strings ---- */

static int compare_strings(const void *a, const void *b)
{
	return strcmp(a, b);
}

const char *pool_clean(struct pool *pool, const char *bytes, size_t len)
{
	static const char cut[] = "...";
	char text[POOL_STRING_MAX + 1];
	char *copy;
	char **node;

	if (printable(text, sizeof(text) - strlen(cut), bytes, len) < len)
		strcat(text, cut);
	node = tfind(text, &pool->tree, compare_strings);
	if (node)
		return *node;
	copy = strdup(text);
	if (!copy)
		return NULL;
	node = tsearch(copy, &pool->tree, compare_strings);
	if (!node)
		free(copy);
	return node ? *node : NULL;
}

void pool_free(struct pool *pool)
{
	tdestroy(pool->tree, free);
	pool->tree = NULL;
}

/* ---- values ---- */

/* What is being read, and the first thing that was wrong with it. */
struct line {
	struct recording *r;
	struct json_object *o;
	int err;
	char *why;
	size_t why_len;
};

__attribute__((format(printf, 2, 3))) static void wrong(struct line *l, const char *fmt, ...)
{
	va_list ap;

	if (l->err)
		return;
	l->err = -EINVAL;
	va_start(ap, fmt);
	vsnprintf(l->why, l->why_len, fmt, ap);
	va_end(ap);
}

static const char *clean(struct line *l, struct json_object *value)
{
	const char *text = pool_clean(&l->r->pool, json_object_get_string(value),
				      (size_t)json_object_get_string_len(value));

	if (!text && !l->err)
		l->err = -ENOMEM;
	return text ? text : "";
}

/* "" when it is not there, or no string. */
static const char *text_of(struct line *l, struct json_object *o, const char *key)
{
	struct json_object *value;

	if (!json_object_object_get_ex(o, key, &value) ||
	    !json_object_is_type(value, json_type_string))
		return "";
	return clean(l, value);
}

static const char *needed_text(struct line *l, const char *key)
{
	const char *text = text_of(l, l->o, key);

	if (!text[0])
		wrong(l, "\"%s\" is missing or is not a string", key);
	return text;
}

static bool number_of(struct json_object *o, const char *key, int64_t *number)
{
	struct json_object *value;

	if (!json_object_object_get_ex(o, key, &value) ||
	    !json_object_is_type(value, json_type_int))
		return false;
	*number = json_object_get_int64(value);
	return true;
}

static bool time_of(struct line *l, const char *key, uint64_t *ns)
{
	int64_t number;

	if (!number_of(l->o, key, &number) || number < 0 || number > NS_MAX)
		return false;
	*ns = (uint64_t)number;
	return true;
}

static uint64_t needed_time(struct line *l, const char *key)
{
	uint64_t ns = 0;

	if (!time_of(l, key, &ns))
		wrong(l, "\"%s\" is missing or is not a time in nanoseconds", key);
	return ns;
}

static uint64_t count_of(struct line *l, const char *key)
{
	int64_t number;

	return number_of(l->o, key, &number) && number > 0 ? (uint64_t)number : 0;
}

static int64_t id_of(struct json_object *o, const char *key)
{
	int64_t number;

	return number_of(o, key, &number) && number >= 0 && number <= INT32_MAX ? number : -1;
}

static struct recorded_task task_of(struct line *l, struct json_object *o)
{
	return (struct recorded_task){ .pid = id_of(o, "pid"),
				       .tid = id_of(o, "tid"),
				       .comm = text_of(l, o, "comm") };
}

/* Returns @array with @entry of @size behind the @n that it has; it grows at powers of two. */
static void *append(struct line *l, void *array, size_t *n, const void *entry, size_t size)
{
	void *bigger = array;

	if (l->err)
		return array;
	if ((*n & (*n - 1)) == 0)
		bigger = reallocarray(array, *n ? *n * 2 : 1, size);
	if (!bigger) {
		l->err = -ENOMEM;
		return array;
	}
	memcpy((char *)bigger + (*n)++ * size, entry, size);
	return bigger;
}

/* ---- records ---- */

static void add_episode(struct line *l)
{
	struct recording *r = l->r;
	struct json_object *caller;
	int64_t version = 0;

	if (r->id[0]) {
		wrong(l, "a second episode begins in the same file");
		return;
	}
	if (!number_of(l->o, "version", &version) || version < 1)
		wrong(l, "\"version\" is missing or is not a number");
	else if (version > EPISODE_VERSION)
		wrong(l, "version %lld of the format; this program reads version %d",
		      (long long)version, EPISODE_VERSION);
	r->id = needed_text(l, "id");
	r->rproc = needed_text(l, "rproc");
	r->program = text_of(l, l->o, "program");
	r->device = text_of(l, l->o, "device");
	r->action = text_of(l, l->o, "action");
	r->action_kind = timeline_action_find(r->action);
	r->request = text_of(l, l->o, "request");
	r->level = text_of(l, l->o, "level");
	r->level_kind = timeline_level_find(r->level);
	r->kernel = text_of(l, l->o, "kernel");
	r->machine = text_of(l, l->o, "machine");
	r->boot_id = text_of(l, l->o, "boot_id");
	r->started = text_of(l, l->o, "started");
	r->has_started_ns = time_of(l, "started_ns", &r->started_ns);
	if (json_object_object_get_ex(l->o, "caller", &caller) &&
	    json_object_is_type(caller, json_type_object))
		r->caller = task_of(l, caller);
}

static void add_event(struct line *l)
{
	struct recording *r = l->r;
	struct recorded_event e = {
		.t_ns = needed_time(l, "t_ns"),
		.place = r->n_events,
		.name = needed_text(l, "event"),
		.task = task_of(l, l->o),
		.endpoint = text_of(l, l->o, "endpoint"),
		.channel = text_of(l, l->o, "channel"),
		.origin = text_of(l, l->o, "origin"),
		.device = text_of(l, l->o, "device"),
		.text = text_of(l, l->o, "text"),
		.senders = id_of(l->o, "senders"),
	};

	e.kind = timeline_event_find(e.name);
	r->events = append(l, r->events, &r->n_events, &e, sizeof(e));
}

static void add_send(struct line *l)
{
	struct recording *r = l->r;
	struct recorded_send s = {
		.start_ns = needed_time(l, "start_ns"),
		.task = task_of(l, l->o),
		.function = text_of(l, l->o, "function"),
		.endpoint = text_of(l, l->o, "endpoint"),
		.channel = text_of(l, l->o, "channel"),
	};

	s.ended = time_of(l, "end_ns", &s.end_ns);
	if (s.ended && s.end_ns < s.start_ns)
		wrong(l, "a send ends before it starts");
	s.has_value = number_of(l->o, "value", &s.value);
	s.result = timeline_send_find(text_of(l, l->o, "result"));
	r->sends = append(l, r->sends, &r->n_sends, &s, sizeof(s));
}

static void add_loss(struct line *l)
{
	struct recording *r = l->r;
	struct recorded_loss loss = { .what = needed_text(l, "what"),
				      .count = count_of(l, "count") };

	time_of(l, "t_ns", &loss.t_ns);
	loss.kind = timeline_loss_find(loss.what);
	r->losses = append(l, r->losses, &r->n_losses, &loss, sizeof(loss));
}

static void add_end(struct line *l)
{
	struct recording *r = l->r;
	struct json_object *complete;

	if (r->ended) {
		wrong(l, "a second end of the same episode");
		return;
	}
	r->end.t_ns = needed_time(l, "t_ns");
	r->end.result = needed_text(l, "result");
	r->end.kind = timeline_result_find(r->end.result);
	r->end.reason = text_of(l, l->o, "reason");
	r->end.cause_name = text_of(l, l->o, "cause");
	r->end.cause = r->end.cause_name[0] ? timeline_cause_find(r->end.cause_name)
					    : timeline_cause_of_reason(r->end.reason);
	r->end.has_held = time_of(l, "held_ns", &r->end.held_ns);
	r->end.refused = count_of(l, "refused");
	r->end.dropped = count_of(l, "dropped");
	r->end.ejected = count_of(l, "ejected");
	r->end.unsafe_overlaps = count_of(l, "unsafe_overlaps");
	r->end.complete = !json_object_object_get_ex(l->o, "complete", &complete) ||
			  json_object_get_boolean(complete);
	r->ended = !l->err;
}

int record_add(struct recording *r, struct json_object *o, char *why, size_t why_len)
{
	static const struct {
		const char *record;
		void (*add)(struct line *l);
	} kinds[] = {
		{ "episode", add_episode }, { "event", add_event }, { "send", add_send },
		{ "lost", add_loss },	    { "end", add_end },
	};
	struct line l = { .r = r, .o = o, .why = why, .why_len = why_len };
	const char *record;

	if (!json_object_is_type(o, json_type_object)) {
		wrong(&l, "not a JSON object");
		return l.err;
	}
	record = needed_text(&l, "record");
	for (size_t i = 0; !l.err && i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(kinds[i].record, record) == 0)
			kinds[i].add(&l);
	return l.err;
}
