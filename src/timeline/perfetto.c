// SPDX-License-Identifier: GPL-2.0-only
/*
 * The episode in the Trace Event Format (JSON), as ui.perfetto.dev and chrome://tracing open it. They drop spans
 * that overlap on one track without one being inside the other, so no track has two spans at a time.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "log/json_write.h"
#include "timeline/describe.h"
#include "timeline/lanes.h"
#include "timeline/render.h"

/* PID_MAX_LIMIT of include/linux/threads.h, with 64 bits: no task has a number above it. */
#define TASK_MAX 4194304

/* Tracks of the remote processor, within a process of its own. */
#define REMOTE_PID (TASK_MAX + 1)
enum track { TRACK_HOLD = 1, TRACK_GATE, TRACK_TEARDOWN, TRACK_EVENTS };

/* The idle tasks, and those whose numbers were not recorded. The viewer hides what process 0 does. */
#define NOBODY_PID (TASK_MAX + 2)
/* The first track that has not the number of a task. */
#define LANE_TID (TASK_MAX + 3)

struct trace {
	struct json_writer json;
	const struct recording *r;
	const struct findings *f;
	unsigned char *lanes; /* of each send */
};

/* Microseconds, exact to the nanosecond. */
static void add_us(struct trace *t, const char *key, uint64_t ns)
{
	json_raw(&t->json, key, "%" PRIu64 ".%03" PRIu64, ns / 1000, ns % 1000);
}

static void begin(struct trace *t, const char *phase, const char *name, int64_t pid, int64_t tid)
{
	if (t->json.more)
		fputs(",\n", t->json.out);
	t->json.more = false;
	json_open(&t->json, NULL, '{');
	json_string(&t->json, "ph", phase);
	json_string(&t->json, "name", name[0] ? name : "?");
	json_number(&t->json, "pid", pid);
	json_number(&t->json, "tid", tid);
}

static void finish(struct trace *t)
{
	json_close(&t->json, '}');
}

static void name_track(struct trace *t, const char *what, int64_t pid, int64_t tid,
		       const char *name)
{
	begin(t, "M", what, pid, tid);
	json_open(&t->json, "args", '{');
	json_string(&t->json, "name", name);
	json_close(&t->json, '}');
	finish(t);
}

static bool has_numbers(const struct recorded_task *task)
{
	return task->pid > 0 && task->pid <= TASK_MAX && task->tid > 0 && task->tid <= TASK_MAX;
}

static int64_t sender_pid(const struct recorded_task *task)
{
	return has_numbers(task) ? task->pid : NOBODY_PID;
}

static int64_t lane_tid(const struct trace *t, size_t sender, unsigned int lane)
{
	const struct recorded_task *task = &t->f->senders.list[sender].task;

	return lane == 0 && has_numbers(task) ? task->tid
					      : LANE_TID + (int64_t)(sender * LANES_MAX + lane);
}

static void name_lanes(struct trace *t, size_t sender, unsigned int lanes)
{
	const struct recorded_task *task = &t->f->senders.list[sender].task;
	char name[POOL_STRING_MAX + 32];

	name_track(t, "process_name", sender_pid(task), lane_tid(t, sender, 0),
		   has_numbers(task) ? task->comm : "interrupts and unknown tasks");
	name_track(t, "thread_name", sender_pid(task), lane_tid(t, sender, 0), task->comm);
	for (unsigned int lane = 1; lane < lanes; lane++) {
		snprintf(name, sizeof(name), "%s, at the same time (%u)", task->comm, lane + 1);
		name_track(t, "thread_name", sender_pid(task), lane_tid(t, sender, lane), name);
	}
}

/* Returns 0 or -ENOMEM. */
static int name_senders(struct trace *t)
{
	unsigned char *used = calloc(t->f->senders.n + 1, sizeof(*used));

	if (!used)
		return -ENOMEM;
	for (size_t i = 0; i < t->r->n_sends; i++) {
		unsigned char *lanes = &used[t->f->senders.of_send[i]];

		if (t->lanes[i] < LANES_MAX && t->lanes[i] >= *lanes)
			*lanes = (unsigned char)(t->lanes[i] + 1);
	}
	for (size_t i = 0; i < t->f->senders.n; i++)
		name_lanes(t, i, used[i]);
	free(used);
	return 0;
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
}

static void put_span(struct trace *t, enum track track, const char *name, uint64_t from,
		     uint64_t to)
{
	begin(t, "X", name, REMOTE_PID, track);
	add_us(t, "ts", from);
	add_us(t, "dur", to > from ? to - from : 0);
	json_string(&t->json, "cat", "guard");
	finish(t);
}

static void put_spans(struct trace *t)
{
	const struct numbers *n = &t->f->numbers;

	if (n->has_held)
		put_span(t, TRACK_HOLD, "held", n->zero_ns, n->zero_ns + n->held_ns);
	if (n->gate_closed.seen)
		put_span(t, TRACK_GATE, "gate closed", n->gate_closed.t_ns, gate_end(n));
	if (n->teardown.seen)
		put_span(t, TRACK_TEARDOWN, "teardown", n->teardown.first_ns, n->teardown.last_ns);
}

static void put_event(struct trace *t, const struct recorded_event *e)
{
	char title[64], who[128];

	event_title(e, title, sizeof(title));
	begin(t, "i", title, REMOTE_PID, TRACK_EVENTS);
	add_us(t, "ts", e->t_ns);
	json_string(&t->json, "s", "t");
	json_string(&t->json, "cat", "event");
	json_open(&t->json, "args", '{');
	json_known(&t->json, "text", e->text);
	json_known(&t->json, "channel", e->channel);
	json_known(&t->json, "endpoint", e->endpoint);
	json_known(&t->json, "device", e->device);
	json_known(&t->json, "origin", e->origin);
	json_known(&t->json, "by", task_name(&e->task, who, sizeof(who)));
	if (e->senders >= 0)
		json_number(&t->json, "senders", e->senders);
	json_close(&t->json, '}');
	finish(t);
}

/* One without a lane is an instant: all lanes of its sender are taken, so it lies below others. */
static void begin_send(struct trace *t, size_t i)
{
	const struct recorded_send *s = &t->r->sends[i];
	const size_t sender = t->f->senders.of_send[i];
	const bool drawn = t->lanes[i] < LANES_MAX;

	begin(t, drawn ? "X" : "i", s->function[0] ? s->function : "send", sender_pid(&s->task),
	      lane_tid(t, sender, drawn ? t->lanes[i] : 0));
	add_us(t, "ts", s->start_ns);
	if (drawn)
		add_us(t, "dur", send_end(t->r, &t->f->numbers, s) - s->start_ns);
	else
		json_string(&t->json, "s", "t");
}

static void put_send(struct trace *t, size_t i)
{
	const struct recorded_send *s = &t->r->sends[i];
	const bool unsafe = send_overlaps(t->r, &t->f->numbers.teardown, s);

	begin_send(t, i);
	json_string(&t->json, "cat", "send");
	/* One of the names of colours that the format reserves. */
	if (unsafe || s->result != TL_RETURNED)
		json_string(&t->json, "cname", unsafe ? "terrible" : "bad");
	json_open(&t->json, "args", '{');
	json_string(&t->json, "result", timeline_send_name(s->result));
	if (s->has_value)
		json_number(&t->json, "value", s->value);
	json_known(&t->json, "channel", s->channel);
	json_known(&t->json, "endpoint", s->endpoint);
	if (!s->ended)
		json_flag(&t->json, "no_end_recorded", true);
	if (unsafe)
		json_flag(&t->json, "unsafe_overlap", true);
	json_close(&t->json, '}');
	finish(t);
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
	begin(t, "C", "senders inside", REMOTE_PID, 0);
	add_us(t, "ts", t_ns);
	json_open(&t->json, "args", '{');
	json_number(&t->json, "senders", inside);
	json_close(&t->json, '}');
	finish(t);
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

static int put_counters(struct trace *t)
{
	struct step *steps = calloc(2 * t->r->n_sends + 1, sizeof(*steps));
	int64_t inside = 0;
	size_t n;

	if (!steps)
		return -ENOMEM;
	n = list_steps(t, steps);
	for (size_t i = 0; i < n; i++) {
		inside += steps[i].change;
		if (i + 1 == n || steps[i + 1].t_ns != steps[i].t_ns)
			put_counter(t, steps[i].t_ns, inside);
	}
	free(steps);
	return 0;
}

static void put_other_data(struct trace *t)
{
	t->json.more = false;
	json_open(&t->json, NULL, '{');
	json_known(&t->json, "episode", t->r->id);
	json_known(&t->json, "headline", t->f->headline);
	json_known(&t->json, "meaning", t->f->meaning);
	json_known(&t->json, "kernel", t->r->kernel);
	json_known(&t->json, "machine", t->r->machine);
	json_close(&t->json, '}');
}

int render_perfetto(FILE *out, const struct recording *r, const struct findings *f)
{
	struct trace t = { .json = { .out = out }, .r = r, .f = f, .lanes = lanes_of(r, f) };
	int err;

	if (!t.lanes)
		return -ENOMEM;
	fputs("{\"traceEvents\":[\n", out);
	name_tracks(&t);
	err = name_senders(&t);
	put_spans(&t);
	for (size_t i = 0; i < r->n_events; i++)
		put_event(&t, &r->events[i]);
	for (size_t i = 0; i < r->n_sends; i++)
		put_send(&t, i);
	if (!err)
		err = put_counters(&t);
	fputs("\n],\n\"displayTimeUnit\":\"ms\",\n\"otherData\":", out);
	put_other_data(&t);
	fputs("}\n", out);
	free(t.lanes);
	return err;
}
