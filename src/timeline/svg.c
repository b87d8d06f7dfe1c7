// SPDX-License-Identifier: GPL-2.0-only
/* Draws what is behind and beside the sends of an episode, and puts all of it together. */
#include "timeline/svg.h"

#include <string.h>

#include "html/page.h"
#include "log/printable.h"
#include "timeline/describe.h"
#include "timeline/svg_private.h"

#define MARKS_MAX 40
#define MARK_RADIUS 8.0
#define MARK_WIDTH ((2 * MARK_RADIUS + 1) * AXIS_PIXEL)
#define MARK_LEVELS 4
#define LABEL_HEIGHT 15.0
#define TITLE_MAX 64

static void put_line(const struct drawing *d, const char *class, double x, double y, double to_x,
		     double to_y)
{
	fprintf(d->out,
		"<line class=\"%s\" x1=\"%.2f%%\" y1=\"%.1f\" x2=\"%.2f%%\" y2=\"%.1f\"/>\n", class,
		x, y, to_x, to_y);
}

/* ---- marks: numbered events ---- */

struct mark {
	size_t event;
	double x;
	int lane; /* -1: the remote processor's */
	int level;
};

struct marks {
	struct mark list[MARKS_MAX];
	size_t n;
	int levels; /* of the remote processor's lane */
};

static bool is_shared(const struct drawing *d, size_t lane)
{
	return lane + 1 == d->lanes && d->f->senders.n > d->lanes;
}

/* The lane of the sender that an event is about, or -1 for the remote processor's. */
static int lane_of_event(const struct drawing *d, const struct recorded_event *e)
{
	if (e->kind != TL_SEND_REFUSED && e->kind != TL_SEND_DROPPED && e->kind != TL_EJECTED &&
	    e->kind != TL_UNSAFE_OVERLAP)
		return -1;
	for (size_t i = 0; i < d->lanes && !is_shared(d, i); i++) {
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

static void place_marks(const struct drawing *d, struct marks *m)
{
	double own[MARK_LEVELS] = { 0 }, lanes[LANES_MAX][MARK_LEVELS] = { { 0 } };

	m->levels = 1;
	for (size_t i = 0; i < d->r->n_events && m->n < MARKS_MAX; i++) {
		const struct recorded_event *e = &d->r->events[i];
		struct mark *mark = &m->list[m->n];

		if (!axis_covers(&d->axis, e->t_ns))
			continue;
		mark->event = i;
		mark->x = svg_x(d, e->t_ns);
		mark->lane = lane_of_event(d, e);
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
	case TL_VIRTQUEUE_DELETED:
	case TL_RESOURCES_FREED:
	case TL_ENDPOINT_DESTROYED:
		return "m down";
	default:
		return "m";
	}
}

static void draw_mark(const struct drawing *d, const struct mark *mark, double y)
{
	const struct recorded_event *e = &d->r->events[mark->event];
	char title[TITLE_MAX], since[SINCE_MAX];

	event_title(e, title, sizeof(title));
	fprintf(d->out, "<g class=\"%s\"><title>%s ms: ", mark_class(e->kind),
		since_text(since, &d->f->numbers, e->t_ns));
	html_text(d->out, "", title, "</title>");
	fprintf(d->out,
		"<circle cx=\"%.2f%%\" cy=\"%.1f\" r=\"%.0f\"/>"
		"<text x=\"%.2f%%\" y=\"%.1f\">%zu</text></g>\n",
		mark->x, y, MARK_RADIUS, mark->x, y + 3.7, mark->event + 1);
}

static void draw_marks(const struct drawing *d, const struct marks *m)
{
	for (size_t i = 0; i < m->n; i++) {
		const struct mark *mark = &m->list[i];
		const int below = m->levels - 1 - mark->level;

		draw_mark(d, mark,
			  mark->lane >= 0 ? svg_lane_middle(d, (size_t)mark->lane)
					  : d->first_lane - 14 - (2 * MARK_RADIUS + 2) * below);
	}
}

/* ---- the guard and the remote processor ---- */

/* A band behind all lanes, or a bar (@label) in the remote processor's. */
static void draw_span(const struct drawing *d, const char *class, uint64_t from, uint64_t to,
		      const char *title, bool label)
{
	struct rect rect = {
		.class = class, .x = svg_x(d, from), .y = d->top, .height = d->bottom - d->top
	};

	rect.width = svg_x(d, to) - rect.x;
	if (rect.width < SPAN_LEAST)
		rect.width = SPAN_LEAST;
	if (label) {
		rect.y += LABEL_HEIGHT + 4;
		rect.height = 16;
	}
	svg_rect(d, &rect, title);
	if (label && rect.width > (double)(6 * strlen(title) + 16) * AXIS_PIXEL)
		fprintf(d->out, "<text class=\"in\" x=\"%.2f%%\" dx=\"6\" y=\"%.1f\">%s</text>\n",
			rect.x, rect.y + 12, title);
}

static void draw_spans(const struct drawing *d)
{
	const struct numbers *n = &d->f->numbers;
	char held[DURATION_MAX], title[TITLE_MAX];

	if (n->gate_closed.seen)
		draw_span(d, "gate", n->gate_closed.t_ns, gate_end(n),
			  "gate closed: sends are refused", false);
	if (n->teardown.seen)
		draw_span(d, "teardown", n->teardown.first_ns, n->teardown.last_ns,
			  "teardown: virtqueues deleted, resources freed", false);
	put_line(d, "request", svg_x(d, n->zero_ns), d->top, svg_x(d, n->zero_ns), d->bottom);
	snprintf(title, sizeof(title), "held %s", duration_text(held, n->held_ns, SVG_MICRO));
	if (n->has_held)
		draw_span(d, "held", n->zero_ns, n->zero_ns + n->held_ns, title, true);
	if (n->teardown.seen)
		draw_span(d, "torn", n->teardown.first_ns, n->teardown.last_ns, "teardown", true);
}

/* Above its lane. */
static void draw_label(const struct drawing *d, double y, const char *class, const char *text)
{
	char cut[41];

	snprintf(cut, sizeof(cut), "%.40s", text);
	utf8_trim(cut);
	fprintf(d->out, "<text class=\"%s\" x=\"0\" y=\"%.1f\">", class, y);
	html_text(d->out, "", cut, "</text>\n");
}

static void draw_lane(const struct drawing *d, size_t lane)
{
	const struct sender *s = &d->f->senders.list[lane];
	const double y = svg_lane_middle(d, lane);
	char name[64];

	if (is_shared(d, lane))
		snprintf(name, sizeof(name), "%zu others", d->f->senders.n - lane);
	else
		task_name(&s->task, name, sizeof(name));
	put_line(d, "lane", 0, y, 100, y);
	draw_label(d, y - 10, s->overlaps > 0 && !is_shared(d, lane) ? "l bad" : "l", name);
}

static void draw_cut_off(const struct drawing *d)
{
	const double x = svg_x(d, d->f->numbers.last_ns);

	if (d->r->ended)
		return;
	put_line(d, "cut", x, d->top, x, d->bottom);
	fprintf(d->out,
		"<text class=\"t bad\" text-anchor=\"end\" x=\"100%%\" y=\"%.1f\">the record ends "
		"here</text>\n",
		d->top - 4);
}

static void draw_tick(const struct drawing *d, uint64_t t_ns)
{
	const int64_t ns = since_request(&d->f->numbers, t_ns);
	const double x = svg_x(d, t_ns);
	char text[DURATION_MAX];

	put_line(d, "tick", x, d->bottom, x, d->bottom + 4);
	fprintf(d->out, "<text class=\"t\" text-anchor=\"%s\" x=\"%.2f%%\" y=\"%.1f\">",
		axis_anchor(x), x, d->bottom + 15);
	if (ns == 0)
		fputs("0</text>\n", d->out);
	else
		fprintf(d->out, "%c%s</text>\n", ns < 0 ? '-' : '+',
			duration_text(text, (uint64_t)(ns < 0 ? -ns : ns), SVG_MICRO));
}

/* ---- the whole ---- */

static void lay_out(struct drawing *d, enum svg_view view, struct marks *m)
{
	const size_t senders = d->f->senders.n;

	d->lanes = senders < LANES_MAX ? senders : LANES_MAX;
	d->drawn.lanes = senders > LANES_MAX ? LANES_MAX - 1 : senders;
	d->drawn.merged = senders - d->drawn.lanes;
	if (view == SVG_DETAIL) {
		axis_of_events(&d->axis, d->r, &d->f->numbers, MARKS_MAX);
		place_marks(d, m);
	} else {
		axis_to_scale(&d->axis, &d->f->numbers);
	}
	d->top = 18;
	d->first_lane = d->top + LABEL_HEIGHT + 26 + (2 * MARK_RADIUS + 2) * m->levels;
	d->bottom = d->first_lane + LANE_HEIGHT * (double)d->lanes + 4;
}

struct svg_drawn svg_draw(FILE *out, const struct recording *r, const struct findings *f,
			  enum svg_view view)
{
	struct drawing d = { .out = out, .r = r, .f = f };
	struct marks marks = { .n = 0 };
	uint64_t ticks[AXIS_TICKS_MAX];
	size_t n;

	lay_out(&d, view, &marks);
	fprintf(out, "<svg height=\"%.0f\" role=\"img\" aria-label=\"%s\">\n", d.bottom + 20,
		view == SVG_DETAIL ? "The way down in detail; its events are in the table"
				   : "All of the record, to scale");
	draw_spans(&d);
	draw_label(&d, d.top + 12, "l own", r->rproc);
	for (size_t lane = 0; lane < d.lanes; lane++)
		draw_lane(&d, lane);
	svg_sends(&d);
	draw_cut_off(&d);
	draw_marks(&d, &marks);
	n = view == SVG_DETAIL ? axis_event_ticks(&d.axis, r, ticks)
			       : axis_round_ticks(&d.axis, &f->numbers, ticks);
	for (size_t i = 0; i < n; i++)
		draw_tick(&d, ticks[i]);
	fputs("</svg>\n", out);
	return d.drawn;
}
