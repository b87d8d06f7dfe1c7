// SPDX-License-Identifier: GPL-2.0-only
#include <inttypes.h>
#include <stdarg.h>

#include "timeline/describe.h"
#include "html/page.h"
#include "timeline/render.h"
#include "timeline/svg.h"

/* A page that a phone can still scroll; --json has all of them. */
#define EVENTS_SHOWN 400
#define SENDERS_SHOWN 100

#define MICRO "\xc2\xb5"

struct page {
	FILE *out;
	const struct recording *r;
	const struct findings *f;
};

/* For what is fixed or a number: nothing in it is escaped. */
__attribute__((format(printf, 2, 3))) static void put(const struct page *p, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vfprintf(p->out, fmt, ap);
	va_end(ap);
}

static void put_text(const struct page *p, const char *text)
{
	html_escape(p->out, text);
}

static const char *grade_class(enum grade grade)
{
	static const char *const classes[] = { "good", "attention", "alarm" };

	return classes[grade];
}

static void put_top(const struct page *p)
{
	put(p, "%s<title>", html_head);
	put_text(p, p->r->rproc);
	put(p, ": ");
	put_text(p, p->f->headline);
	put(p, "</title>\n<style>\n%s</style>\n</head>\n<body>\n<main>\n", html_style);
}

static void put_fact(const struct page *p, const char *name, const char *value)
{
	if (!value[0])
		return;
	put(p, "<dt>%s</dt><dd>", name);
	put_text(p, value);
	put(p, "</dd>\n");
}

static void put_verdict(const struct page *p)
{
	put(p, "<section class=\"verdict %s\">\n<p class=\"over\">", grade_class(p->f->grade));
	put_text(p, action_name(p->r));
	put(p, " of ");
	put_text(p, p->r->rproc);
	if (p->r->device[0]) {
		put(p, " (");
		put_text(p, p->r->device);
		put(p, ")");
	}
	put(p, "</p>\n<h1>");
	put_text(p, p->f->headline);
	put(p, "</h1>\n<p>");
	put_text(p, p->f->meaning);
	put(p, "</p>\n</section>\n");
}

static void put_next(const struct page *p)
{
	put(p, "<section>\n<h2>What to do next</h2>\n<ul>\n");
	for (size_t i = 0; i < p->f->n_next; i++) {
		put(p, "<li>");
		put_text(p, p->f->next[i]);
		put(p, "</li>\n");
	}
	put(p, "</ul>\n</section>\n");
}

static void put_tile(const struct page *p, const char *value, const char *name, bool bad)
{
	put(p, "<div%s><b>%s</b><span>%s</span></div>\n", bad ? " class=\"bad\"" : "", value, name);
}

static void put_count(const struct page *p, uint64_t count, const char *name, bool bad)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRIu64, count);
	put_tile(p, text, name, bad && count > 0);
}

static void put_tiles(const struct page *p)
{
	const struct numbers *n = &p->f->numbers;
	char text[DURATION_MAX];

	put(p, "<section class=\"tiles\">\n");
	if (n->has_held)
		put_tile(p, duration_text(text, n->held_ns, MICRO),
			 p->r->ended ? "held" : "held, so far", false);
	else
		put_tile(p, "&ndash;", "was not held", false);
	put_count(p, n->overlaps, "unsafe overlaps", true);
	if (n->gate_closed.seen)
		put_count(p, n->inside_at_gate, "sends inside when the gate closed", false);
	else
		put_tile(p, "&ndash;", "gate was not closed", false);
	put_count(p, n->refused, "sends refused", false);
	put_count(p, n->dropped, "sends on freed endpoints kept away", false);
	put_count(p, n->ejected, "sleepers made to leave", false);
	put_count(p, n->sends, "sends recorded", false);
	put_tile(p, n->longest_ns ? duration_text(text, n->longest_ns, MICRO) : "&ndash;",
		 "the longest of them", false);
	put_count(p, p->f->senders.n, "senders", false);
	put_count(p, n->lost, "entries lost", true);
	put(p, "</section>\n");
}

static void put_facts(const struct page *p)
{
	const struct recording *r = p->r;
	char caller[128], result[1024];

	put(p, "<section>\n<h2>The episode</h2>\n<dl>\n");
	put_fact(p, "asked for by", caller_name(r, caller, sizeof(caller)));
	put_fact(p, "request", r->request);
	put_fact(p, "when", r->started);
	result_text(r, result, sizeof(result));
	put_fact(p, "result", result);
	put_fact(p, "guard", r->program);
	put_fact(p, "level", r->level);
	put_fact(p, "kernel", r->kernel);
	put_fact(p, "machine", r->machine);
	put_fact(p, "boot", r->boot_id);
	put_fact(p, "episode", r->id);
	put(p, "</dl>\n</section>\n");
}

/* ---- the drawings ---- */

static void put_caption(const struct page *p, const struct svg_drawn *d, const char *axis)
{
	put(p, "<figcaption>%s", axis);
	if (d->sends > d->bars)
		put(p,
		    " %zu sends are drawn as %zu bars: those too near to be told apart are one, the "
		    "paler the less of the time they took.",
		    d->sends, d->bars);
	if (d->merged > 0)
		put(p, " %zu senders share the last lane.", d->merged);
	put(p, "</figcaption>\n");
}

static void put_figure(const struct page *p, enum svg_view view, const char *title,
		       const char *axis)
{
	struct svg_drawn drawn;

	put(p, "<figure>\n<h3>%s</h3>\n", title);
	drawn = svg_draw(p->out, p->r, p->f, view, SVG_WIDE);
	svg_draw(p->out, p->r, p->f, view, SVG_NARROW);
	put_caption(p, &drawn, axis);
	put(p, "</figure>\n");
}

static void put_legend(const struct page *p)
{
	static const struct {
		const char *color, *what;
	} entries[] = {
		{ "--held", "caller held" },
		{ "--gatel", "gate closed" },
		{ "--torn", "teardown" },
		{ "--sent", "send" },
		{ "--refused", "refused or dropped" },
		{ "--ejected", "ejected" },
		{ "--unknown", "not known how it ended" },
		{ "--bad", "unsafe: inside during the teardown" },
	};

	put(p, "<div class=\"legend\">");
	for (size_t i = 0; i < sizeof(entries) / sizeof(entries[0]); i++)
		put(p, "<span><i style=\"background:var(%s)\"></i>%s</span>", entries[i].color,
		    entries[i].what);
	put(p, "</div>\n");
}

static void put_drawings(const struct page *p)
{
	const struct numbers *n = &p->f->numbers;
	char from[DURATION_MAX], to[DURATION_MAX], title[128];

	if (p->r->n_events == 0 && p->r->n_sends == 0)
		return;
	put(p, "<section class=\"drawing\">\n");
	put_figure(p, SVG_DETAIL, "The way down",
		   "Stretched where much happens: every numbered event (see the timeline) has some "
		   "room, a long time takes more of it. Times are from the request.");
	if (n->last_ns > n->first_ns) {
		snprintf(title, sizeof(title), "All of the record, to scale: %s before, %s after",
			 duration_text(from, n->zero_ns - n->first_ns, MICRO),
			 duration_text(to, n->last_ns - n->zero_ns, MICRO));
		put_figure(p, SVG_OVERVIEW, title, "");
	}
	put_legend(p);
	put(p, "</section>\n");
}

/* ---- the tables ---- */

static bool is_bad(const struct recorded_event *e)
{
	return e->kind == TL_UNSAFE_OVERLAP || e->kind == TL_WAITED;
}

static void put_event(const struct page *p, size_t i)
{
	const struct recorded_event *e = &p->r->events[i];
	char since[SINCE_MAX], title[64], details[1100], who[128];

	event_title(e, title, sizeof(title));
	event_details(e, details, sizeof(details));
	put(p, "<tr%s><td><span class=\"no\">%zu</span></td><td class=\"n\">%s</td><td>",
	    is_bad(e) ? " class=\"bad\"" : "", i + 1, since_text(since, &p->f->numbers, e->t_ns));
	put_text(p, title);
	put(p, "</td><td class=\"free\">");
	put_text(p, details);
	if (!event_says_who(e)) {
		put(p, " <span class=\"soft\">by ");
		put_text(p, task_name(&e->task, who, sizeof(who)));
		put(p, "</span>");
	}
	put(p, "</td></tr>\n");
}

static void put_last(const struct page *p)
{
	char since[SINCE_MAX], result[1024];

	result_text(p->r, result, sizeof(result));
	put(p, "<tr%s><td></td><td class=\"n\">%s</td><td>%s</td><td>",
	    p->r->ended ? "" : " class=\"bad\"",
	    p->r->ended ? since_text(since, &p->f->numbers, p->r->end.t_ns) : "",
	    p->r->ended ? "end" : "no end");
	put_text(p, p->r->ended ? result : no_end_text(p->r));
	put(p, "</td></tr>\n");
}

static void put_timeline(const struct page *p)
{
	const size_t n = p->r->n_events, shown = n < EVENTS_SHOWN ? n : EVENTS_SHOWN;

	put(p,
	    "<section class=\"long\">\n<h2>Timeline</h2>\n<table class=\"steps\">\n<thead><tr><th></th>"
	    "<th class=\"n\">ms</th><th>event</th><th></th></tr></thead>\n<tbody>\n");
	for (size_t i = 0; i < shown; i++)
		put_event(p, i);
	if (n > shown)
		put(p, "<tr><td></td><td></td><td>%zu more</td><td></td></tr>\n", n - shown);
	put_last(p);
	put(p, "</tbody>\n</table>\n</section>\n");
}

static void put_sender(const struct page *p, const struct sender *s)
{
	char name[128], since[SINCE_MAX], longest[DURATION_MAX];

	put(p, "<tr><td class=\"free%s\">", s->overlaps ? " bad" : "");
	put_text(p, task_name(&s->task, name, sizeof(name)));
	put(p, "</td><td class=\"free wideonly\">");
	put_text(p, s->channel);
	put(p,
	    "</td><td class=\"n\" data-l=\"sends\">%zu</td><td class=\"n wideonly\">%s</td>"
	    "<td class=\"n\" data-l=\"longest\">%s</td>",
	    s->sends, s->sends ? since_text(since, &p->f->numbers, s->last_ns) : "",
	    s->longest_ns ? duration_text(longest, s->longest_ns, MICRO) : "");
	put(p, "<td class=\"n\" data-l=\"refused\">%zu</td><td%s>%s%s%s</td></tr>\n",
	    s->refused + s->dropped, s->overlaps ? " class=\"bad\"" : "",
	    s->overlaps ? "unsafe " : "", s->ejected ? "ejected " : "",
	    s->inside ? "never came out" : "");
}

static void put_senders(const struct page *p)
{
	const struct senders *s = &p->f->senders;

	if (s->n == 0)
		return;
	put(p,
	    "<section class=\"long\">\n<h2>Senders</h2>\n<table class=\"who\">\n<thead><tr><th>task</th>"
	    "<th class=\"wideonly\">channel</th><th class=\"n\">sends</th>"
	    "<th class=\"n wideonly\">last at, ms</th><th class=\"n\">longest</th>"
	    "<th class=\"n\">refused</th><th></th></tr></thead>\n<tbody>\n");
	for (size_t i = 0; i < s->n && i < SENDERS_SHOWN; i++)
		put_sender(p, &s->list[i]);
	if (s->n > SENDERS_SHOWN)
		put(p,
		    "<tr><td>%zu more</td><td class=\"wideonly\"></td><td></td>"
		    "<td class=\"wideonly\"></td><td></td><td></td><td></td></tr>\n",
		    s->n - SENDERS_SHOWN);
	put(p, "</tbody>\n</table>\n</section>\n");
}

int render_html(FILE *out, const struct recording *r, const struct findings *f)
{
	const struct page p = { .out = out, .r = r, .f = f };

	put_top(&p);
	put_verdict(&p);
	put_tiles(&p);
	put_drawings(&p);
	put_next(&p);
	put_timeline(&p);
	put_senders(&p);
	put_facts(&p);
	put(&p,
	    "<footer>Made by rpmsg-guard %s. Needs no network and no script.</footer>\n"
	    "</main>\n</body>\n</html>\n",
	    VERSION);
	return 0;
}
