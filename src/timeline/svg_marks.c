// SPDX-License-Identifier: GPL-2.0-only
/* Draws the moments of a drawing: phases by their names, small events by their numbers. */
#include "html/page.h"
#include "timeline/describe.h"
#include "timeline/svg_private.h"

#define MARK_WIDTH ((2 * MARK_RADIUS + 1) * AXIS_PIXEL)
#define MARK_LEVELS 4

/* ---- phases ---- */

size_t svg_phases_place(struct drawing *d)
{
	for (size_t i = 0; i < d->phases->n; i++)
		d->labels[i] = (struct label){ .x = svg_x(d, d->phases->list[i].t_ns),
					       .width = label_width(d->phases->list[i].name) };
	return labels_place(d->labels, d->phases->n);
}

static void draw_phase(const struct drawing *d, const struct phase *p, const struct label *l)
{
	const double y = ROW_HEIGHT * (double)l->row;
	char since[SINCE_MAX];

	svg_line(d, p->bad ? "pole bad" : "pole", l->x, y + 2, l->x, d->bottom);
	fprintf(d->out,
		SVG_TEXT " class=\"flag%s\" text-anchor=\"%s\" x=\"%.2f%%\" dx=\"%d\" y=\"%.1f\">"
			 "<title>%s ms</title>%s</text>\n",
		p->bad ? " bad" : "", l->before ? "end" : "start", l->x, l->before ? -4 : 4, y + 12,
		since_text(since, &d->f->numbers, p->t_ns), p->name);
}

void svg_phases_draw(const struct drawing *d)
{
	for (size_t i = 0; i < d->phases->n; i++) {
		const struct phase *p = &d->phases->list[i];

		/* To scale there is no room for the others. */
		if (d->view == SVG_DETAIL)
			draw_phase(d, p, &d->labels[i]);
		else if (p->bad)
			svg_line(d, "pole bad", svg_x(d, p->t_ns), d->top, svg_x(d, p->t_ns),
				 d->bottom);
	}
}

/* ---- small events ---- */

/* The lane of the sender that an event is about, or -1 for the remote processor's. */
static int lane_of_event(const struct drawing *d, const struct recorded_event *e)
{
	if (e->kind != TL_SEND_REFUSED && e->kind != TL_SEND_DROPPED && e->kind != TL_EJECTED &&
	    e->kind != TL_UNSAFE_OVERLAP)
		return -1;
	for (size_t i = 0; i < d->lanes && !svg_lane_is_shared(d, i); i++) {
		const struct recorded_task *t = &d->f->senders.list[i].task;

		if (t->pid == e->task.pid && t->tid == e->task.tid && t->pid >= 0)
			return (int)i;
	}
	return -1;
}

/* The lowest level with room, or -1. Each lane of a sender has one level. */
static int find_level(double ends[MARK_LEVELS], double x, int levels)
{
	for (int i = 0; i < levels; i++)
		if (x >= ends[i]) {
			ends[i] = x + MARK_WIDTH;
			return i;
		}
	return -1;
}

void svg_marks_place(struct drawing *d)
{
	double own[MARK_LEVELS] = { 0 }, lanes[LANES_MAX][MARK_LEVELS] = { { 0 } };
	struct marks *m = &d->marks;
	size_t number = 0;

	for (size_t i = 0; i < d->r->n_events && m->n < MARKS_MAX; i++) {
		const struct recorded_event *e = &d->r->events[i];
		struct mark *mark = &m->list[m->n];

		if (!event_is_small(d->phases, d->r, i))
			continue;
		*mark = (struct mark){ .event = i,
				       .number = number + 1,
				       .x = svg_x(d, e->t_ns),
				       .lane = lane_of_event(d, e) };
		number++;
		if (!axis_covers(&d->axis, e->t_ns))
			continue;
		mark->level = mark->lane < 0 ? find_level(own, mark->x, MARK_LEVELS)
					     : find_level(lanes[mark->lane], mark->x, 1);
		if (mark->level < 0)
			continue;
		m->n++;
		if (mark->lane < 0 && mark->level >= m->levels)
			m->levels = mark->level + 1;
	}
}

static const char *mark_class(enum timeline_event kind)
{
	switch (kind) {
	case TL_UNSAFE_OVERLAP:
	case TL_WAITED:
	case TL_CRASH:
		return "m bad";
	default:
		return "m";
	}
}

static void draw_mark(const struct drawing *d, const struct mark *mark, double y)
{
	const struct recorded_event *e = &d->r->events[mark->event];
	char title[SVG_TITLE_MAX], since[SINCE_MAX];

	event_title(e, title, sizeof(title));
	fprintf(d->out, "<g class=\"%s\"><title>%s ms: ", mark_class(e->kind),
		since_text(since, &d->f->numbers, e->t_ns));
	html_text(d->out, "", title, "</title>");
	fprintf(d->out,
		"<circle cx=\"%.2f%%\" cy=\"%.1f\" r=\"%.0f\"/>" SVG_TEXT
		" text-anchor=\"middle\" x=\"%.2f%%\" y=\"%.1f\">%zu</text></g>\n",
		mark->x, y, MARK_RADIUS, mark->x, y + 3.7, mark->number);
}

void svg_marks_draw(struct drawing *d)
{
	for (size_t i = 0; i < d->marks.n; i++) {
		const struct mark *m = &d->marks.list[i];

		draw_mark(d, m,
			  m->lane >= 0
				  ? svg_lane_middle(d, (size_t)m->lane)
				  : d->top + LANE_HEIGHT + 6 + (2 * MARK_RADIUS + 2) * m->level);
	}
	d->drawn.marks = d->marks.n > 0;
}
