// SPDX-License-Identifier: GPL-2.0-only
/* The drawings of the page of an episode, each with a legend of what occurs in it. */
#include "html/page.h"
#include "timeline/describe.h"
#include "timeline/html_private.h"
#include "timeline/svg.h"

#define NOT_TO_SCALE " The axis is not to scale: short steps have more room."

static const char *const kind_names[SVG_KINDS] = {
	[SVG_KEPT_ON] = "why the stop was not safe",
	[SVG_HELD] = "the caller waits",
	[SVG_KEPT] = "a program has a device open",
	[SVG_GATE] = "gate closed: sends are refused",
	[SVG_TORN] = "teardown",
	[SVG_SENT] = "send",
	[SVG_UNKNOWN] = "send, end not known",
	[SVG_REFUSED] = "send refused or dropped",
	[SVG_EJECTED] = "sender ejected",
	[SVG_UNSAFE] = "unsafe: inside during the teardown",
};

static void put_legend(const struct page *p, const struct svg_drawn *d)
{
	page_put(p, "<ul class=\"legend\">\n");
	for (enum svg_kind kind = 0; kind < SVG_KINDS; kind++) {
		if (!(d->kinds & (1u << kind)))
			continue;
		page_put(p, "<li>");
		svg_key(p->out, kind);
		page_put(p, "%s</li>\n", kind_names[kind]);
	}
	page_put(p, "</ul>\n");
}

static void put_caption(const struct page *p, const struct svg_drawn *d, const char *axis)
{
	page_put(p, "<figcaption>%s", axis);
	if (d->marks)
		page_put(p, " The timeline below explains the numbers.");
	if (d->keepers_left > 0)
		page_put(p, " %zu more programs are in the table below.", d->keepers_left);
	if (d->sends > d->bars)
		page_put(
			p,
			" %zu sends are drawn as %zu bars: a pale bar stands for many short sends.",
			d->sends, d->bars);
	if (d->merged > 0)
		page_put(p, " %zu senders share the last lane.", d->merged);
	page_put(p, "</figcaption>\n");
}

static void put_figure(const struct page *p, enum svg_view view, const char *axis)
{
	struct svg_drawn drawn;

	page_put(p, "<figure>\n");
	drawn = svg_draw(p->out, p->r, p->f, &p->phases, view);
	put_legend(p, &drawn);
	put_caption(p, &drawn, axis);
	page_put(p, "</figure>\n");
}

void page_drawing(const struct page *p)
{
	if (p->r->n_events == 0 && p->r->n_sends == 0)
		return;
	page_put(p, "<section class=\"drawing\">\n<h2>What happened, and when</h2>\n");
	put_figure(p, SVG_DETAIL,
		   p->r->action_kind == TL_ACTION_SHUTDOWN
			   ? "Times count from the shutdown (the dashed line)." NOT_TO_SCALE
			   : "Times count from the request (the dashed line)." NOT_TO_SCALE);
	page_put(p, "</section>\n");
}

/* Without sends it says nothing that the other one does not. */
void page_overview(const struct page *p)
{
	const struct numbers *n = &p->f->numbers;
	char from[DURATION_MAX], to[DURATION_MAX];

	if (p->r->n_sends == 0 || n->last_ns <= n->first_ns)
		return;
	page_put(p,
		 "<section class=\"drawing\">\n<h2>The whole record, to scale</h2>\n"
		 "<p class=\"soft\">%s before the request, %s after it.</p>\n",
		 duration_text(from, n->zero_ns - n->first_ns, HTML_MICRO),
		 duration_text(to, n->last_ns - n->zero_ns, HTML_MICRO));
	put_figure(p, SVG_OVERVIEW, "");
	page_put(p, "</section>\n");
}
