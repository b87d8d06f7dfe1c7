// SPDX-License-Identifier: GPL-2.0-only
/* The episode on a terminal. */
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "log/printable.h"
#include "timeline/describe.h"
#include "timeline/render.h"
#include "timeline/steps.h"

/* One screen: what is left out is counted, and in the other forms. The width is that of a terminal. */
#define SENDERS_SHOWN 8
#define EVENTS_SHOWN 32
#define DETAILS_WIDTH 60

struct text {
	FILE *out;
	const struct recording *r;
	const struct findings *f;
	bool color, narrow;
};

#define BOLD "\033[1m"
#define DIM "\033[2m"
#define RED "\033[31m"
#define GREEN "\033[32m"
#define YELLOW "\033[33m"
#define PLAIN "\033[0m"

/* The escape, where colour is wanted. */
static const char *in(const struct text *t, const char *escape)
{
	return t->color ? escape : "";
}

static void print_headline(const struct text *t)
{
	static const char *const colors[] = { GREEN, YELLOW, RED };

	fprintf(t->out, "%s%s%s: %s%s\n", in(t, BOLD), in(t, colors[t->f->grade]), t->r->rproc,
		t->f->headline, in(t, PLAIN));
	print_wrapped(t->out, "  ", "  ", t->f->meaning);
}

__attribute__((format(printf, 3, 4))) static void fact(const struct text *t, const char *name,
						       const char *fmt, ...)
{
	va_list ap;

	fprintf(t->out, "%s  %-8s%s", in(t, DIM), name, in(t, PLAIN));
	va_start(ap, fmt);
	vfprintf(t->out, fmt, ap);
	va_end(ap);
	fputc('\n', t->out);
}

static void print_counts(const struct text *t)
{
	const struct numbers *n = &t->f->numbers;
	char longest[DURATION_MAX] = "";

	if (n->longest_ns)
		duration_text(longest, n->longest_ns, "u");
	fact(t, "sends",
	     "%" PRIu64 " recorded (%" PRIu64 " before the request), %" PRIu64
	     " inside when the gate closed%s%s",
	     n->sends, n->sends_before, n->inside_at_gate, longest[0] ? ", longest " : "", longest);
	fact(t, "counted",
	     "%" PRIu64 " refused, %" PRIu64 " dropped, %" PRIu64 " ejected, %" PRIu64
	     " unsafe overlap%s, %" PRIu64 " lost",
	     n->refused, n->dropped, n->ejected, n->overlaps, plural(n->overlaps), n->lost);
}

static void print_head(const struct text *t)
{
	const struct recording *r = t->r;
	char caller[128], result[1024], held[DURATION_MAX];

	fputc('\n', t->out);
	fact(t, "what", "%s of %s%s%s%s, requested by %s", action_name(r), r->rproc,
	     r->device[0] ? " (" : "", r->device, r->device[0] ? ")" : "",
	     caller_name(r, caller, sizeof(caller)));
	fact(t, "when", "%s, episode %s", r->started[0] ? r->started : "unknown",
	     r->id[0] ? r->id : "unknown");
	result_text(r, result, sizeof(result));
	fact(t, "result", "%s", result);
	if (t->f->numbers.has_held)
		fact(t, "held", "%s%s", duration_text(held, t->f->numbers.held_ns, "u"),
		     r->ended ? "" : " until the end of the record");
	fact(t, "where", "kernel %s %s, guard at level %s", r->kernel[0] ? r->kernel : "unknown",
	     r->machine, r->level[0] ? r->level : "unknown");
	print_counts(t);
}

static void cut(char *details)
{
	details[DETAILS_WIDTH - 3] = '\0';
	utf8_trim(details);
	strcat(details, "...");
}

static void print_event(const struct text *t, const struct recorded_event *e)
{
	char since[SINCE_MAX], title[64], details[2048], who[128] = "";
	const bool bad = e->kind == TL_UNSAFE_OVERLAP || e->kind == TL_WAITED;

	event_title(e, title, sizeof(title));
	event_details(e, details, sizeof(details));
	if (t->narrow && strlen(details) > DETAILS_WIDTH)
		cut(details);
	if (!event_says_who(e))
		task_name(&e->task, who, sizeof(who));
	fprintf(t->out, "%s  %12s  %-18s %s%s%s%s\n", bad ? in(t, RED) : "",
		since_text(since, &t->f->numbers, e->t_ns), title, details,
		details[0] && who[0] ? "  " : "", who, bad ? in(t, PLAIN) : "");
}

static void print_section(const struct text *t, const char *name, const char *remark)
{
	fprintf(t->out, "\n%s%s%s%s\n", in(t, BOLD), name, in(t, PLAIN), remark);
}

/* The first and the last ones: the middle of a long list is the least telling. */
static void print_timeline(const struct text *t)
{
	const size_t n = t->r->n_events, half = EVENTS_SHOWN / 2;
	char since[SINCE_MAX];

	print_section(t, "Timeline", ", in ms from the request");
	for (size_t i = 0; i < n; i++) {
		if (n > EVENTS_SHOWN && i == half) {
			i = n - half;
			fprintf(t->out, "  %12s  %zu more\n", "...", n - EVENTS_SHOWN);
		}
		print_event(t, &t->r->events[i]);
	}
	if (t->r->ended) {
		fprintf(t->out, "  %12s  %s\n", since_text(since, &t->f->numbers, t->r->end.t_ns),
			t->r->end.result);
		return;
	}
	fprintf(t->out, "%s  %12s  %s\n%s", in(t, RED), "-----", no_end_text(t->r), in(t, PLAIN));
}

static void print_sender(const struct text *t, const struct sender *s)
{
	char name[128], since[SINCE_MAX], longest[DURATION_MAX] = "";

	if (s->longest_ns)
		duration_text(longest, s->longest_ns, "u");

	fprintf(t->out, "  %-34s %7zu  %12s  %9s  %7zu%s%s%s\n",
		task_name(&s->task, name, sizeof(name)), s->sends,
		s->sends ? since_text(since, &t->f->numbers, s->last_ns) : "", longest, s->refused,
		s->ejected ? "  ejected" : "", s->inside ? "  still inside" : "",
		s->overlaps ? "  UNSAFE" : "");
}

static void print_senders(const struct text *t)
{
	const struct senders *s = &t->f->senders;

	if (s->n == 0)
		return;
	print_section(t, "Senders", "");
	fprintf(t->out, "%s  %-34s %7s  %12s  %9s  %7s\n%s", in(t, DIM), "task", "sends", "last at",
		"longest", "refused", in(t, PLAIN));
	for (size_t i = 0; i < s->n && i < SENDERS_SHOWN; i++)
		print_sender(t, &s->list[i]);
	if (s->n > SENDERS_SHOWN)
		fprintf(t->out, "  and %zu more\n", s->n - SENDERS_SHOWN);
}

static void print_next(const struct text *t)
{
	struct steps steps;

	steps_of(&steps, t->r, t->f);
	print_section(t, "What to do", "");
	if (steps.n == 0)
		fputs("  No action needed.\n", t->out);
	for (size_t i = 0; i < steps.n; i++) {
		print_wrapped(t->out, "  * ", "    ", steps.list[i].text);
		if (steps.list[i].command[0])
			fprintf(t->out, "      %s\n", steps.list[i].command);
	}
}

void render_text(FILE *out, const struct recording *r, const struct findings *f, bool color,
		 bool narrow)
{
	const struct text t = { .out = out, .r = r, .f = f, .color = color, .narrow = narrow };

	print_headline(&t);
	print_head(&t);
	print_timeline(&t);
	print_senders(&t);
	print_next(&t);
}
