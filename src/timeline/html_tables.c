// SPDX-License-Identifier: GPL-2.0-only
/* The tables of the page of an episode: its events, the programs that had a device open, its senders. */
#include "html/page.h"
#include "timeline/describe.h"
#include "timeline/html_private.h"

/* A page that a phone can still scroll; --json has all of them. */
#define EVENTS_SHOWN 400
#define TASKS_SHOWN 100

static bool is_bad(const struct recorded_event *e)
{
	return e->kind == TL_UNSAFE_OVERLAP || e->kind == TL_WAITED;
}

/* @number: of a small event; 0: the drawing shows it by a name or a bar. */
static void put_event(const struct page *p, size_t i, size_t number)
{
	const struct recorded_event *e = &p->r->events[i];
	char since[SINCE_MAX], title[64], details[1100], who[128];

	event_title(e, title, sizeof(title));
	event_details(e, details, sizeof(details));
	page_put(p, "<tr%s><td>", is_bad(e) ? " class=\"bad\"" : number ? "" : " class=\"phase\"");
	if (number)
		page_put(p, "<span class=\"no\">%zu</span>", number);
	page_put(p, "</td><td class=\"n\">%s</td><td>", since_text(since, &p->f->numbers, e->t_ns));
	html_text(p->out, "", title, "</td><td class=\"free\">");
	html_text(p->out, "", details, "");
	if (!event_says_who(e))
		html_text(p->out, " <span class=\"soft\">by ",
			  task_name(&e->task, who, sizeof(who)), "</span>");
	page_put(p, "</td></tr>\n");
}

static void put_last(const struct page *p)
{
	char since[SINCE_MAX], result[1024];

	result_text(p->r, result, sizeof(result));
	page_put(p, "<tr%s><td></td><td class=\"n\">%s</td><td>%s</td><td>",
		 p->r->ended ? "" : " class=\"bad\"",
		 p->r->ended ? since_text(since, &p->f->numbers, p->r->end.t_ns) : "",
		 p->r->ended ? "end" : "no end");
	html_text(p->out, "", p->r->ended ? result : no_end_text(p->r), "</td></tr>\n");
}

void page_timeline(const struct page *p)
{
	const size_t n = p->r->n_events, shown = n < EVENTS_SHOWN ? n : EVENTS_SHOWN;
	size_t number = 0;

	page_put(p,
		 "<section class=\"long\">\n<h2>Timeline</h2>\n<table class=\"steps\">\n<thead><tr>"
		 "<th scope=\"col\"><abbr title=\"number in the drawing\">no.</abbr></th>"
		 "<th scope=\"col\" class=\"n\">ms</th><th scope=\"col\">event</th>"
		 "<th scope=\"col\">details</th></tr></thead>\n<tbody>\n");
	for (size_t i = 0; i < shown; i++) {
		const bool small = event_is_small(&p->phases, p->r, i);

		number += small;
		put_event(p, i, small ? number : 0);
	}
	if (n > shown)
		page_put(p, "<tr><td></td><td></td><td>%zu more</td><td></td></tr>\n", n - shown);
	put_last(p);
	page_put(p, "</tbody>\n</table>\n</section>\n");
}

/* ---- programs with a device open ---- */

static void put_keeper(const struct page *p, const struct keeper *k)
{
	char name[64], lasted[DURATION_MAX], since[SINCE_MAX];

	html_text(p->out,
		  k->closed ? "<tr><th scope=\"row\" class=\"free\">"
			    : "<tr class=\"bad\"><th scope=\"row\" class=\"free\">",
		  task_name(&k->task, name, sizeof(name)), "</th>");
	html_text(p->out, "<td class=\"free\">", k->device, "</td>");
	page_put(p,
		 "<td class=\"n\" data-l=\"from, ms\">%s</td><td class=\"n\" data-l=\"for\">%s</td>"
		 "<td>%s</td></tr>\n",
		 since_text(since, &p->f->numbers, k->from_ns),
		 duration_text(lasted, k->to_ns - k->from_ns, HTML_MICRO),
		 k->closed ? "closed" : "not closed");
}

void page_keepers(const struct page *p)
{
	const struct keepers *k = &p->f->keepers;

	if (k->n == 0)
		return;
	page_put(
		p,
		"<section class=\"long\" id=\"programs\">\n<h2>Programs that had a device open</h2>\n"
		"<table class=\"who\">\n<thead><tr><th scope=\"col\">program</th>"
		"<th scope=\"col\">device</th><th scope=\"col\" class=\"n\">from, ms</th>"
		"<th scope=\"col\" class=\"n\">for</th><th scope=\"col\">result</th></tr></thead>\n"
		"<tbody>\n");
	for (size_t i = 0; i < k->n && i < TASKS_SHOWN; i++)
		put_keeper(p, &k->list[i]);
	if (k->n > TASKS_SHOWN)
		page_put(
			p,
			"<tr><th scope=\"row\">%zu more</th><td></td><td></td><td></td><td></td></tr>\n",
			k->n - TASKS_SHOWN);
	page_put(p, "</tbody>\n</table>\n</section>\n");
}

/* ---- senders ---- */

static void put_sender(const struct page *p, const struct sender *s)
{
	char name[128], since[SINCE_MAX], longest[DURATION_MAX];

	page_put(p, "<tr><th scope=\"row\" class=\"free%s\">", s->overlaps ? " bad" : "");
	html_text(p->out, "", task_name(&s->task, name, sizeof(name)),
		  "</th><td class=\"free wideonly\">");
	html_text(p->out, "", s->channel, "</td>");
	page_put(p,
		 "<td class=\"n\" data-l=\"sends\">%zu</td><td class=\"n wideonly\">%s</td>"
		 "<td class=\"n\" data-l=\"longest\">%s</td>",
		 s->sends, s->sends ? since_text(since, &p->f->numbers, s->last_ns) : "",
		 s->longest_ns ? duration_text(longest, s->longest_ns, HTML_MICRO) : "");
	page_put(p, "<td class=\"n\" data-l=\"refused\">%zu</td><td%s>%s%s%s</td></tr>\n",
		 s->refused + s->dropped, s->overlaps ? " class=\"bad\"" : "",
		 s->overlaps ? "unsafe " : "", s->ejected ? "ejected " : "",
		 s->inside ? "still inside" : "");
}

void page_senders(const struct page *p)
{
	const struct senders *s = &p->f->senders;

	if (s->n == 0)
		return;
	page_put(
		p,
		"<section class=\"long\">\n<h2>Senders</h2>\n<table class=\"who\">\n<thead><tr><th scope=\"col\">task</th>"
		"<th scope=\"col\" class=\"wideonly\">channel</th><th scope=\"col\" class=\"n\">sends</th>"
		"<th scope=\"col\" class=\"n wideonly\">last at, ms</th><th scope=\"col\" class=\"n\">longest</th>"
		"<th scope=\"col\" class=\"n\">refused</th><th scope=\"col\">result</th></tr></thead>\n<tbody>\n");
	for (size_t i = 0; i < s->n && i < TASKS_SHOWN; i++)
		put_sender(p, &s->list[i]);
	if (s->n > TASKS_SHOWN)
		page_put(p,
			 "<tr><th scope=\"row\">%zu more</th><td class=\"wideonly\"></td><td></td>"
			 "<td class=\"wideonly\"></td><td></td><td></td><td></td></tr>\n",
			 s->n - TASKS_SHOWN);
	page_put(p, "</tbody>\n</table>\n</section>\n");
}
