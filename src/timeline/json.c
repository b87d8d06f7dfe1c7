// SPDX-License-Identifier: GPL-2.0-only
/* The episode as JSON Lines with a summary behind it: docs/report-json.md is the schema. */
#include <inttypes.h>

#include "log/json_write.h"
#include "timeline/describe.h"
#include "timeline/render.h"
#include "timeline/steps.h"

/* Grows when a key changes its meaning or goes away, not when one is added. */
#define SCHEMA_VERSION 1

static void add_known(struct json_writer *w, const char *key, int64_t number)
{
	if (number >= 0)
		json_number(w, key, number);
}

/* Exact, which a double of nanoseconds would not be. */
static void add_since(struct json_writer *w, const struct findings *f, const char *key,
		      uint64_t t_ns)
{
	const int64_t since = since_request(&f->numbers, t_ns), ns = since < 0 ? -since : since;

	json_raw(w, key, "%s%" PRId64 ".%06" PRId64, since < 0 ? "-" : "", ns / 1000000,
		 ns % 1000000);
}

static void add_task(struct json_writer *w, const struct recorded_task *task)
{
	add_known(w, "pid", task->pid);
	add_known(w, "tid", task->tid);
	json_known(w, "comm", task->comm);
}

static void begin(struct json_writer *w, const char *record)
{
	w->more = false;
	json_open(w, NULL, '{');
	json_string(w, "record", record);
}

static void end(struct json_writer *w)
{
	json_close(w, '}');
	fputc('\n', w->out);
}

static void print_episode(struct json_writer *w, const struct recording *r)
{
	begin(w, "episode");
	json_number(w, "version", EPISODE_VERSION);
	json_known(w, "program", r->program);
	json_known(w, "id", r->id);
	json_known(w, "rproc", r->rproc);
	json_known(w, "device", r->device);
	json_known(w, "action", r->action);
	if (r->caller.pid >= 0) {
		json_open(w, "caller", '{');
		add_task(w, &r->caller);
		json_close(w, '}');
	}
	json_known(w, "request", r->request);
	json_known(w, "level", r->level);
	json_known(w, "kernel", r->kernel);
	json_known(w, "machine", r->machine);
	json_known(w, "boot_id", r->boot_id);
	json_known(w, "started", r->started);
	if (r->has_started_ns)
		json_number(w, "started_ns", r->started_ns);
	end(w);
}

static void print_event(struct json_writer *w, const struct findings *f,
			const struct recorded_event *e)
{
	begin(w, "event");
	json_number(w, "t_ns", e->t_ns);
	add_since(w, f, "since_request_ms", e->t_ns);
	json_known(w, "event", e->name);
	add_task(w, &e->task);
	json_known(w, "endpoint", e->endpoint);
	json_known(w, "channel", e->channel);
	json_known(w, "origin", e->origin);
	add_known(w, "senders", e->senders);
	json_known(w, "device", e->device);
	json_known(w, "text", e->text);
	end(w);
}

static void print_send(struct json_writer *w, const struct recording *r, const struct findings *f,
		       const struct recorded_send *s)
{
	begin(w, "send");
	json_number(w, "start_ns", s->start_ns);
	add_since(w, f, "since_request_ms", s->start_ns);
	if (s->ended) {
		json_number(w, "end_ns", s->end_ns);
		json_number(w, "lasted_ns", s->end_ns - s->start_ns);
	}
	add_task(w, &s->task);
	json_known(w, "function", s->function);
	json_known(w, "endpoint", s->endpoint);
	json_known(w, "channel", s->channel);
	json_string(w, "result", timeline_send_name(s->result));
	if (s->has_value)
		json_number(w, "value", s->value);
	json_flag(w, "unsafe", send_overlaps(r, &f->numbers.teardown, s));
	end(w);
}

static void print_loss(struct json_writer *w, const struct recorded_loss *l)
{
	begin(w, "lost");
	json_number(w, "t_ns", l->t_ns);
	json_known(w, "what", l->what);
	json_number(w, "count", l->count);
	end(w);
}

static void print_end(struct json_writer *w, const struct findings *f, const struct recorded_end *e)
{
	begin(w, "end");
	json_number(w, "t_ns", e->t_ns);
	add_since(w, f, "since_request_ms", e->t_ns);
	json_known(w, "result", e->result);
	json_string(w, "reason", e->reason);
	json_known(w, "cause", e->cause_name);
	if (e->has_held)
		json_number(w, "held_ns", e->held_ns);
	json_number(w, "refused", e->refused);
	json_number(w, "dropped", e->dropped);
	json_number(w, "ejected", e->ejected);
	json_number(w, "unsafe_overlaps", e->unsafe_overlaps);
	json_flag(w, "complete", e->complete);
	end(w);
}

static void add_sender(struct json_writer *w, const struct findings *f, const struct sender *s)
{
	json_open(w, NULL, '{');
	add_task(w, &s->task);
	json_known(w, "channel", s->channel);
	json_number(w, "sends", s->sends);
	if (s->sends > 0)
		add_since(w, f, "last_ms", s->last_ns);
	json_number(w, "longest_ns", s->longest_ns);
	json_number(w, "refused", s->refused);
	json_number(w, "dropped", s->dropped);
	json_number(w, "ejected", s->ejected);
	json_number(w, "unsafe_overlaps", s->overlaps);
	json_flag(w, "inside", s->inside);
	json_close(w, '}');
}

static void add_numbers(struct json_writer *w, const struct numbers *n)
{
	if (n->has_held)
		json_number(w, "held_ns", n->held_ns);
	json_number(w, "sends", n->sends);
	json_number(w, "sends_before", n->sends_before);
	json_number(w, "inside_at_gate", n->inside_at_gate);
	json_number(w, "longest_ns", n->longest_ns);
	json_number(w, "refused", n->refused);
	json_number(w, "dropped", n->dropped);
	json_number(w, "ejected", n->ejected);
	json_number(w, "unsafe_overlaps", n->overlaps);
	json_number(w, "lost", n->lost);
}

/* Two lists of the same length. */
static void add_steps(struct json_writer *w, const struct recording *r, const struct findings *f)
{
	struct steps steps;

	steps_of(&steps, r, f);
	json_open(w, "next", '[');
	for (size_t i = 0; i < steps.n; i++)
		json_string(w, NULL, steps.list[i].text);
	json_close(w, ']');
	json_open(w, "next_commands", '[');
	for (size_t i = 0; i < steps.n; i++)
		json_string(w, NULL, steps.list[i].command);
	json_close(w, ']');
}

static void print_summary(struct json_writer *w, const struct recording *r,
			  const struct findings *f)
{
	begin(w, "summary");
	json_number(w, "schema", SCHEMA_VERSION);
	json_string(w, "outcome", outcome_name(f->outcome));
	json_string(w, "grade", grade_name(f->grade));
	json_string(w, "headline", f->headline);
	json_string(w, "meaning", f->meaning);
	add_steps(w, r, f);
	add_numbers(w, &f->numbers);
	json_flag(w, "complete", f->numbers.complete);
	json_flag(w, "cut_off", !r->ended);
	json_open(w, "senders", '[');
	for (size_t i = 0; i < f->senders.n; i++)
		add_sender(w, f, &f->senders.list[i]);
	json_close(w, ']');
	end(w);
}

void render_json(FILE *out, const struct recording *r, const struct findings *f)
{
	struct json_writer w = { .out = out };

	print_episode(&w, r);
	for (size_t i = 0; i < r->n_sends; i++)
		print_send(&w, r, f, &r->sends[i]);
	for (size_t i = 0; i < r->n_events; i++)
		print_event(&w, f, &r->events[i]);
	for (size_t i = 0; i < r->n_losses; i++)
		print_loss(&w, &r->losses[i]);
	if (r->ended)
		print_end(&w, f, &r->end);
	print_summary(&w, r, f);
}
