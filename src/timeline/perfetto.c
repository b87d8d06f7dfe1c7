// SPDX-License-Identifier: GPL-2.0-only
/* The Trace Event Format (JSON), as ui.perfetto.dev and chrome://tracing open it. */
#include <errno.h>
#include <inttypes.h>
#include <json-c/json.h>
#include <stdlib.h>

#include "timeline/describe.h"
#include "timeline/render.h"

/* Tracks of the remote processor, within a process of its own: no task has so high a number. */
#define REMOTE_PID 4194305
enum track { TRACK_HOLD = 1, TRACK_GATE, TRACK_TEARDOWN, TRACK_EVENTS };

struct trace {
	FILE *out;
	const struct recording *r;
	const struct findings *f;
	bool begun;
	bool failed;
};

static void add(struct trace *t, struct json_object *o, const char *key, struct json_object *value)
{
	if (!value || json_object_object_add(o, key, value) != 0) {
		json_object_put(value);
		t->failed = true;
	}
}

static void add_text(struct trace *t, struct json_object *o, const char *key, const char *text)
{
	if (text[0])
		add(t, o, key, json_object_new_string(text));
}

/* Microseconds, exact to the nanosecond. */
static void add_us(struct trace *t, struct json_object *o, const char *key, uint64_t ns)
{
	char text[32];

	snprintf(text, sizeof(text), "%" PRIu64 ".%03" PRIu64, ns / 1000, ns % 1000);
	add(t, o, key, json_object_new_double_s((double)ns / 1000, text));
}

/* NULL when there is no memory; finish() takes it. */
static struct json_object *begin(struct trace *t, const char *phase, const char *name, int64_t pid,
				 int64_t tid)
{
	struct json_object *o = json_object_new_object();

	if (!o) {
		t->failed = true;
		return NULL;
	}
	add_text(t, o, "ph", phase);
	add(t, o, "name", json_object_new_string(name[0] ? name : "?"));
	add(t, o, "pid", json_object_new_int64(pid));
	add(t, o, "tid", json_object_new_int64(tid));
	return o;
}

static void finish(struct trace *t, struct json_object *o)
{
	const char *text = json_object_to_json_string_ext(
		o, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE);

	if (text)
		fprintf(t->out, "%s%s", t->begun ? ",\n" : "", text);
	else
		t->failed = true;
	t->begun = true;
	json_object_put(o);
}

static void add_args(struct trace *t, struct json_object *o, struct json_object *args)
{
	if (args)
		add(t, o, "args", args);
	else
		t->failed = true;
}

static void name_track(struct trace *t, const char *what, int64_t pid, int64_t tid,
		       const char *name)
{
	struct json_object *o = begin(t, "M", what, pid, tid);
	struct json_object *args = json_object_new_object();

	if (args)
		add(t, args, "name", json_object_new_string(name));
	if (o) {
		add_args(t, o, args);
		finish(t, o);
	} else {
		json_object_put(args);
	}
}

/* A task whose numbers were not recorded gets those of process 0. */
static int64_t known(int64_t id)
{
	return id < 0 ? 0 : id;
}

static void name_tracks(struct trace *t)
{
	static const char *const names[] = { [TRACK_HOLD] = "caller held",
					     [TRACK_GATE] = "gate closed",
					     [TRACK_TEARDOWN] = "teardown",
					     [TRACK_EVENTS] = "events" };

	name_track(t, "process_name", REMOTE_PID, 0, t->r->rproc);
	for (enum track i = TRACK_HOLD; i <= TRACK_EVENTS; i++)
		name_track(t, "thread_name", REMOTE_PID, i, names[i]);
	for (size_t i = 0; i < t->f->senders.n; i++) {
		const struct recorded_task *task = &t->f->senders.list[i].task;

		name_track(t, "process_name", known(task->pid), known(task->tid), task->comm);
		name_track(t, "thread_name", known(task->pid), known(task->tid), task->comm);
	}
}

static void put_span(struct trace *t, enum track track, const char *name, uint64_t from,
		     uint64_t to)
{
	struct json_object *o = begin(t, "X", name, REMOTE_PID, track);

	if (!o)
		return;
	add_us(t, o, "ts", from);
	add_us(t, o, "dur", to > from ? to - from : 0);
	add_text(t, o, "cat", "guard");
	finish(t, o);
}

static void put_spans(struct trace *t)
{
	const struct numbers *n = &t->f->numbers;
	const bool opened = n->gate_opened.seen && n->gate_opened.t_ns > n->gate_closed.t_ns;

	if (n->has_held)
		put_span(t, TRACK_HOLD, "held", n->zero_ns, n->zero_ns + n->held_ns);
	if (n->gate_closed.seen)
		put_span(t, TRACK_GATE, "gate closed", n->gate_closed.t_ns,
			 opened ? n->gate_opened.t_ns : n->last_ns);
	if (n->teardown.seen)
		put_span(t, TRACK_TEARDOWN, "teardown", n->teardown.first_ns, n->teardown.last_ns);
}

static struct json_object *event_args(struct trace *t, const struct recorded_event *e)
{
	struct json_object *args = json_object_new_object();
	char who[128];

	if (!args)
		return NULL;
	add_text(t, args, "text", e->text);
	add_text(t, args, "channel", e->channel);
	add_text(t, args, "endpoint", e->endpoint);
	add_text(t, args, "device", e->device);
	add_text(t, args, "origin", e->origin);
	add_text(t, args, "by", task_name(&e->task, who, sizeof(who)));
	if (e->senders >= 0)
		add(t, args, "senders", json_object_new_int64(e->senders));
	return args;
}

static void put_event(struct trace *t, const struct recorded_event *e)
{
	struct json_object *o;
	char title[64];

	event_title(e, title, sizeof(title));
	o = begin(t, "i", title, REMOTE_PID, TRACK_EVENTS);
	if (!o)
		return;
	add_us(t, o, "ts", e->t_ns);
	add_text(t, o, "s", "t");
	add_text(t, o, "cat", "event");
	add_args(t, o, event_args(t, e));
	finish(t, o);
}

static struct json_object *send_args(struct trace *t, const struct recorded_send *s)
{
	struct json_object *args = json_object_new_object();

	if (!args)
		return NULL;
	add_text(t, args, "result", timeline_send_name(s->result));
	if (s->has_value)
		add(t, args, "value", json_object_new_int64(s->value));
	add_text(t, args, "channel", s->channel);
	add_text(t, args, "endpoint", s->endpoint);
	if (!s->ended)
		add(t, args, "no_end_recorded", json_object_new_boolean(true));
	if (send_overlaps(t->r, &t->f->numbers.teardown, s))
		add(t, args, "unsafe_overlap", json_object_new_boolean(true));
	return args;
}

static void put_send(struct trace *t, const struct recorded_send *s)
{
	const bool unsafe = send_overlaps(t->r, &t->f->numbers.teardown, s);
	struct json_object *o = begin(t, "X", s->function[0] ? s->function : "send",
				      known(s->task.pid), known(s->task.tid));

	if (!o)
		return;
	add_us(t, o, "ts", s->start_ns);
	add_us(t, o, "dur", send_end(t->r, &t->f->numbers, s) - s->start_ns);
	add_text(t, o, "cat", "send");
	/* One of the names of colours that the format reserves. */
	if (unsafe)
		add_text(t, o, "cname", "terrible");
	else if (s->result != TL_RETURNED)
		add_text(t, o, "cname", "bad");
	add_args(t, o, send_args(t, s));
	finish(t, o);
}

/* ---- the counter of senders inside ---- */

struct step {
	uint64_t t_ns;
	int change;
};

static int compare_steps(const void *a, const void *b)
{
	const struct step *x = a, *y = b;

	return x->t_ns < y->t_ns ? -1 : x->t_ns > y->t_ns;
}

static void put_counter(struct trace *t, uint64_t t_ns, int64_t inside)
{
	struct json_object *o = begin(t, "C", "senders inside", REMOTE_PID, 0);
	struct json_object *args = json_object_new_object();

	if (args)
		add(t, args, "senders", json_object_new_int64(inside));
	if (!o) {
		json_object_put(args);
		return;
	}
	add_us(t, o, "ts", t_ns);
	add_args(t, o, args);
	finish(t, o);
}

/* A refused send was never inside. */
static size_t list_steps(const struct trace *t, struct step *steps)
{
	size_t n = 0;

	for (size_t i = 0; i < t->r->n_sends; i++) {
		const struct recorded_send *s = &t->r->sends[i];
		const uint64_t end = send_end(t->r, &t->f->numbers, s);

		if (s->result == TL_REFUSED || s->result == TL_DROPPED || end == s->start_ns)
			continue;
		steps[n++] = (struct step){ s->start_ns, 1 };
		steps[n++] = (struct step){ end, -1 };
	}
	qsort(steps, n, sizeof(*steps), compare_steps);
	return n;
}

static void put_counters(struct trace *t)
{
	struct step *steps = calloc(2 * t->r->n_sends + 1, sizeof(*steps));
	int64_t inside = 0;
	size_t n;

	if (!steps) {
		t->failed = true;
		return;
	}
	n = list_steps(t, steps);
	for (size_t i = 0; i < n; i++) {
		inside += steps[i].change;
		if (i + 1 == n || steps[i + 1].t_ns != steps[i].t_ns)
			put_counter(t, steps[i].t_ns, inside);
	}
	free(steps);
}

static void put_other_data(struct trace *t)
{
	struct json_object *o = json_object_new_object();
	const char *text;

	if (!o) {
		t->failed = true;
		return;
	}
	add_text(t, o, "episode", t->r->id);
	add_text(t, o, "headline", t->f->headline);
	add_text(t, o, "meaning", t->f->meaning);
	add_text(t, o, "kernel", t->r->kernel);
	add_text(t, o, "machine", t->r->machine);
	text = json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN);
	fprintf(t->out, "%s", text ? text : "{}");
	json_object_put(o);
}

int render_perfetto(FILE *out, const struct recording *r, const struct findings *f)
{
	struct trace t = { .out = out, .r = r, .f = f };

	fputs("{\"traceEvents\":[\n", out);
	name_tracks(&t);
	put_spans(&t);
	for (size_t i = 0; i < r->n_events; i++)
		put_event(&t, &r->events[i]);
	for (size_t i = 0; i < r->n_sends; i++)
		put_send(&t, &r->sends[i]);
	put_counters(&t);
	fputs("\n],\n\"displayTimeUnit\":\"ms\",\n\"otherData\":", out);
	put_other_data(&t);
	fputs("}\n", out);
	return t.failed ? -ENOMEM : 0;
}
