// SPDX-License-Identifier: GPL-2.0-only
/* docs/report-json.md is the schema. */
#include <errno.h>
#include <inttypes.h>
#include <json-c/json.h>
#include <string.h>

#include "timeline/describe.h"
#include "timeline/render.h"

/* Grows when a key changes its meaning or goes away, not when one is added. */
#define SCHEMA_VERSION 1

struct json {
	FILE *out;
	const struct recording *r;
	const struct findings *f;
	bool failed;
};

static void add(struct json *j, struct json_object *o, const char *key, struct json_object *value)
{
	if (!value || json_object_object_add(o, key, value) != 0) {
		json_object_put(value);
		j->failed = true;
	}
}

static void add_text(struct json *j, struct json_object *o, const char *key, const char *text)
{
	if (text[0])
		add(j, o, key, json_object_new_string(text));
}

static void add_number(struct json *j, struct json_object *o, const char *key, uint64_t number)
{
	add(j, o, key, json_object_new_int64((int64_t)number));
}

static void add_known(struct json *j, struct json_object *o, const char *key, int64_t number)
{
	if (number >= 0)
		add(j, o, key, json_object_new_int64(number));
}

static void add_bool(struct json *j, struct json_object *o, const char *key, bool value)
{
	add(j, o, key, json_object_new_boolean(value));
}

/* Exact, which a double of nanoseconds would not be. */
static void add_since(struct json *j, struct json_object *o, const char *key, uint64_t t_ns)
{
	const int64_t ns = since_request(&j->f->numbers, t_ns);
	char text[32];

	snprintf(text, sizeof(text), "%s%" PRId64 ".%06" PRId64, ns < 0 ? "-" : "",
		 (ns < 0 ? -ns : ns) / 1000000, (ns < 0 ? -ns : ns) % 1000000);
	add(j, o, key, json_object_new_double_s((double)ns / 1e6, text));
}

static void add_task(struct json *j, struct json_object *o, const struct recorded_task *task)
{
	add_known(j, o, "pid", task->pid);
	add_known(j, o, "tid", task->tid);
	add_text(j, o, "comm", task->comm);
}

static struct json_object *begin(struct json *j, const char *record)
{
	struct json_object *o = json_object_new_object();

	if (!o)
		j->failed = true;
	else
		add_text(j, o, "record", record);
	return o;
}

static void end(struct json *j, struct json_object *o)
{
	const char *text = json_object_to_json_string_ext(
		o, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE);

	if (text)
		fprintf(j->out, "%s\n", text);
	else
		j->failed = true;
	json_object_put(o);
}

static void print_episode(struct json *j)
{
	const struct recording *r = j->r;
	struct json_object *o = begin(j, "episode"), *caller = NULL;

	if (!o)
		return;
	add_number(j, o, "version", EPISODE_VERSION);
	add_text(j, o, "program", r->program);
	add_text(j, o, "id", r->id);
	add_text(j, o, "rproc", r->rproc);
	add_text(j, o, "device", r->device);
	add_text(j, o, "action", r->action);
	if (r->caller.pid >= 0)
		caller = json_object_new_object();
	if (caller) {
		add_task(j, caller, &r->caller);
		add(j, o, "caller", caller);
	}
	add_text(j, o, "request", r->request);
	add_text(j, o, "level", r->level);
	add_text(j, o, "kernel", r->kernel);
	add_text(j, o, "machine", r->machine);
	add_text(j, o, "boot_id", r->boot_id);
	add_text(j, o, "started", r->started);
	if (r->has_started_ns)
		add_number(j, o, "started_ns", r->started_ns);
	end(j, o);
}

static void print_event(struct json *j, const struct recorded_event *e)
{
	struct json_object *o = begin(j, "event");

	if (!o)
		return;
	add_number(j, o, "t_ns", e->t_ns);
	add_since(j, o, "since_request_ms", e->t_ns);
	add_text(j, o, "event", e->name);
	add_task(j, o, &e->task);
	add_text(j, o, "endpoint", e->endpoint);
	add_text(j, o, "channel", e->channel);
	add_text(j, o, "origin", e->origin);
	add_known(j, o, "senders", e->senders);
	add_text(j, o, "device", e->device);
	add_text(j, o, "text", e->text);
	end(j, o);
}

static void print_send(struct json *j, const struct recorded_send *s)
{
	struct json_object *o = begin(j, "send");

	if (!o)
		return;
	add_number(j, o, "start_ns", s->start_ns);
	add_since(j, o, "since_request_ms", s->start_ns);
	if (s->ended) {
		add_number(j, o, "end_ns", s->end_ns);
		add_number(j, o, "lasted_ns", s->end_ns - s->start_ns);
	}
	add_task(j, o, &s->task);
	add_text(j, o, "function", s->function);
	add_text(j, o, "endpoint", s->endpoint);
	add_text(j, o, "channel", s->channel);
	add_text(j, o, "result", timeline_send_name(s->result));
	if (s->has_value)
		add(j, o, "value", json_object_new_int64(s->value));
	add_bool(j, o, "unsafe", send_overlaps(j->r, &j->f->numbers.teardown, s));
	end(j, o);
}

static void print_loss(struct json *j, const struct recorded_loss *l)
{
	struct json_object *o = begin(j, "lost");

	if (!o)
		return;
	add_number(j, o, "t_ns", l->t_ns);
	add_text(j, o, "what", l->what);
	add_number(j, o, "count", l->count);
	end(j, o);
}

static void print_end(struct json *j)
{
	const struct recorded_end *e = &j->r->end;
	struct json_object *o = begin(j, "end");

	if (!o)
		return;
	add_number(j, o, "t_ns", e->t_ns);
	add_since(j, o, "since_request_ms", e->t_ns);
	add_text(j, o, "result", e->result);
	add(j, o, "reason", json_object_new_string(e->reason));
	if (e->has_held)
		add_number(j, o, "held_ns", e->held_ns);
	add_number(j, o, "refused", e->refused);
	add_number(j, o, "dropped", e->dropped);
	add_number(j, o, "ejected", e->ejected);
	add_number(j, o, "unsafe_overlaps", e->unsafe_overlaps);
	add_bool(j, o, "complete", e->complete);
	end(j, o);
}

static struct json_object *sender(struct json *j, const struct sender *s)
{
	struct json_object *o = json_object_new_object();

	if (!o) {
		j->failed = true;
		return NULL;
	}
	add_task(j, o, &s->task);
	add_text(j, o, "channel", s->channel);
	add_number(j, o, "sends", s->sends);
	if (s->sends > 0)
		add_since(j, o, "last_ms", s->last_ns);
	add_number(j, o, "longest_ns", s->longest_ns);
	add_number(j, o, "refused", s->refused);
	add_number(j, o, "dropped", s->dropped);
	add_number(j, o, "ejected", s->ejected);
	add_number(j, o, "unsafe_overlaps", s->overlaps);
	add_bool(j, o, "inside", s->inside);
	return o;
}

static struct json_object *senders(struct json *j)
{
	struct json_object *array = json_object_new_array();

	for (size_t i = 0; array && i < j->f->senders.n; i++)
		json_object_array_add(array, sender(j, &j->f->senders.list[i]));
	return array;
}

static struct json_object *next_steps(const struct json *j)
{
	struct json_object *array = json_object_new_array();

	for (size_t i = 0; array && i < j->f->n_next; i++)
		json_object_array_add(array, json_object_new_string(j->f->next[i]));
	return array;
}

static void add_numbers(struct json *j, struct json_object *o)
{
	const struct numbers *n = &j->f->numbers;

	if (n->has_held)
		add_number(j, o, "held_ns", n->held_ns);
	add_number(j, o, "sends", n->sends);
	add_number(j, o, "sends_before", n->sends_before);
	add_number(j, o, "inside_at_gate", n->inside_at_gate);
	add_number(j, o, "longest_ns", n->longest_ns);
	add_number(j, o, "refused", n->refused);
	add_number(j, o, "dropped", n->dropped);
	add_number(j, o, "ejected", n->ejected);
	add_number(j, o, "unsafe_overlaps", n->overlaps);
	add_number(j, o, "lost", n->lost);
}

static void print_summary(struct json *j)
{
	const struct findings *f = j->f;
	struct json_object *o = begin(j, "summary");

	if (!o)
		return;
	add_number(j, o, "schema", SCHEMA_VERSION);
	add_text(j, o, "outcome", outcome_name(f->outcome));
	add_text(j, o, "grade", grade_name(f->grade));
	add_text(j, o, "headline", f->headline);
	add_text(j, o, "meaning", f->meaning);
	add(j, o, "next", next_steps(j));
	add_numbers(j, o);
	add_bool(j, o, "complete", f->numbers.complete);
	add_bool(j, o, "cut_off", !j->r->ended);
	add(j, o, "senders", senders(j));
	end(j, o);
}

int render_json(FILE *out, const struct recording *r, const struct findings *f)
{
	struct json j = { .out = out, .r = r, .f = f };

	print_episode(&j);
	for (size_t i = 0; i < r->n_sends; i++)
		print_send(&j, &r->sends[i]);
	for (size_t i = 0; i < r->n_events; i++)
		print_event(&j, &r->events[i]);
	for (size_t i = 0; i < r->n_losses; i++)
		print_loss(&j, &r->losses[i]);
	if (r->ended)
		print_end(&j);
	print_summary(&j);
	return j.failed ? -ENOMEM : 0;
}
