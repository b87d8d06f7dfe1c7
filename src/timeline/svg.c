// SPDX-License-Identifier: GPL-2.0-only
#include "timeline/svg.h"

#include <inttypes.h>
#include <string.h>

#include "html/page.h"
#include "log/printable.h"
#include "timeline/axis.h"
#include "timeline/describe.h"

#define MICRO "\xc2\xb5"
#define LANES_MAX 10
#define MARKS_MAX 40
#define MARK_RADIUS 8.0
#define MARK_LEVELS 4
#define LANE_HEIGHT 24.0
#define LABEL_HEIGHT 15.0
#define BAR_HEIGHT 12.0
/* Thinner ones cannot be seen; what is nearer than that to its neighbour is one with it. */
#define BAR_LEAST 1.5
#define BAR_GAP 0.7

struct drawing {
	FILE *out;
	const struct recording *r;
	const struct findings *f;
	enum svg_view view;
	enum svg_size size;
	struct axis axis;
	double left, right, top, bottom; /* of the lanes */
	double first_lane;		 /* y of the first sender's */
	size_t lanes;			 /* the last one may be shared */
	struct svg_drawn drawn;
};

/* ---- where things are ---- */

static double x_of(const struct drawing *d, uint64_t t_ns)
{
	return axis_x(&d->axis, t_ns);
}

static double lane_height(const struct drawing *d)
{
	return d->size == SVG_NARROW ? LANE_HEIGHT + LABEL_HEIGHT - 6 : LANE_HEIGHT;
}

static double lane_middle(const struct drawing *d, size_t lane)
{
	return d->first_lane + lane_height(d) * (double)(lane + 1) - LANE_HEIGHT / 2;
}

static size_t lane_of(const struct drawing *d, size_t sender)
{
	return sender < d->lanes ? sender : d->lanes - 1;
}

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

/* ---- the axis ---- */

/* What is looked for first when there are more moments than room. */
static int rank(enum timeline_event kind)
{
	switch (kind) {
	case TL_REQUESTED:
	case TL_GATE_CLOSED:
	case TL_RELEASED:
	case TL_SHUTDOWN:
	case TL_VIRTQUEUE_DELETED:
	case TL_UNSAFE_OVERLAP:
	case TL_CRASH:
		return 0;
	case TL_EVENTS:
	case TL_NOTE:
	case TL_ENDPOINT_CREATED:
	case TL_ENDPOINT_DESTROYED:
		return 2;
	default:
		return 1;
	}
}

/* A little of what was before, so that senders are seen to be sending. */
static uint64_t detail_begin(const struct drawing *d)
{
	const struct numbers *n = &d->f->numbers;
	uint64_t begin = d->r->n_events > 0 ? d->r->events[0].t_ns : n->zero_ns, before;

	if (begin > n->zero_ns || n->zero_ns - begin > 1000000000)
		begin = n->zero_ns;
	before = (n->last_ns - begin) / 20;
	before = before < 100000 ? 100000 : before > 5000000 ? 5000000 : before;
	return begin > before ? begin - before : 0;
}

static void stretch(struct drawing *d)
{
	const struct numbers *n = &d->f->numbers;
	const uint64_t begin = detail_begin(d);
	size_t stops = 0;

	d->axis.n = 0;
	axis_add_stop(&d->axis, begin);
	axis_add_stop(&d->axis, n->last_ns > begin ? n->last_ns : begin + 1);
	for (int wanted = 0; wanted <= 2; wanted++)
		for (size_t i = 0; i < d->r->n_events && stops < MARKS_MAX; i++) {
			const struct recorded_event *e = &d->r->events[i];

			if (rank(e->kind) != wanted || e->t_ns < begin)
				continue;
			axis_add_stop(&d->axis, e->t_ns);
			stops++;
		}
	axis_stretch(&d->axis, 2 * MARK_RADIUS + 2, d->left, d->right - MARK_RADIUS);
}

static void lay_axis(struct drawing *d)
{
	const struct numbers *n = &d->f->numbers;

	if (d->view == SVG_DETAIL)
		stretch(d);
	else
		axis_to_scale(&d->axis, n->first_ns, n->last_ns, d->left, d->right - 4);
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

/* The lowest level with room, or -1. Each lane of a sender has one level. */
static int find_level(double ends[MARK_LEVELS], double x, int levels)
{
	for (int i = 0; i < levels; i++)
		if (x >= ends[i]) {
			ends[i] = x + 2 * MARK_RADIUS + 1;
			return i;
		}
	return -1;
}

static void place_marks(const struct drawing *d, struct marks *m)
{
	double own[MARK_LEVELS] = { 0 }, lanes[LANES_MAX][MARK_LEVELS] = { { 0 } };

	m->n = 0;
	m->levels = 1;
	for (size_t i = 0; i < d->r->n_events && m->n < MARKS_MAX; i++) {
		const struct recorded_event *e = &d->r->events[i];
		struct mark *mark = &m->list[m->n];

		if (!axis_covers(&d->axis, e->t_ns))
			continue;
		mark->event = i;
		mark->x = x_of(d, e->t_ns);
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
	char title[64], since[SINCE_MAX];

	event_title(e, title, sizeof(title));
	fprintf(d->out, "<g class=\"%s\"><title>%s ms: ", mark_class(e->kind),
		since_text(since, &d->f->numbers, e->t_ns));
	html_escape(d->out, title);
	fprintf(d->out,
		"</title><circle cx=\"%.1f\" cy=\"%.1f\" r=\"%.0f\"/>"
		"<text x=\"%.1f\" y=\"%.1f\">%zu</text></g>\n",
		mark->x, y, MARK_RADIUS, mark->x, y + 3.7, mark->event + 1);
}

static void draw_marks(const struct drawing *d, const struct marks *m)
{
	for (size_t i = 0; i < m->n; i++) {
		const struct mark *mark = &m->list[i];

		if (mark->lane >= 0)
			draw_mark(d, mark, lane_middle(d, (size_t)mark->lane));
		else
			draw_mark(d, mark,
				  d->first_lane - 14 -
					  (2 * MARK_RADIUS + 2) * (m->levels - 1 - mark->level));
	}
}

/* ---- bands behind the lanes ---- */

static void draw_band(const struct drawing *d, const char *class, uint64_t from, uint64_t to,
		      double least, const char *title)
{
	const double x = x_of(d, from);
	double width = x_of(d, to) - x;

	if (width < least)
		width = least;
	fprintf(d->out,
		"<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\">"
		"<title>%s</title></rect>\n",
		class, x, d->top, width, d->bottom - d->top, title);
}

static void draw_bands(const struct drawing *d)
{
	const struct numbers *n = &d->f->numbers;
	const bool opened = n->gate_opened.seen && n->gate_opened.t_ns > n->gate_closed.t_ns;

	if (n->gate_closed.seen)
		draw_band(d, "gate", n->gate_closed.t_ns, opened ? n->gate_opened.t_ns : n->last_ns,
			  1, "gate closed: sends are refused");
	if (n->teardown.seen)
		draw_band(d, "teardown", n->teardown.first_ns, n->teardown.last_ns, 3,
			  "teardown: virtqueues deleted, resources freed");
}

static void draw_line(const struct drawing *d, const char *class, double x)
{
	fprintf(d->out, "<line class=\"%s\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>\n",
		class, x, d->top, x, d->bottom);
}

/* ---- the remote processor's lane ---- */

static void draw_held(const struct drawing *d, double y)
{
	const struct numbers *n = &d->f->numbers;
	const double x = x_of(d, n->zero_ns), end = x_of(d, n->zero_ns + n->held_ns);
	char held[DURATION_MAX];

	if (!n->has_held)
		return;
	fprintf(d->out,
		"<rect class=\"held\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"16\" rx=\"3\"/>\n",
		x, y, end - x > 2 ? end - x : 2);
	if (end - x > 90)
		fprintf(d->out, "<text class=\"in\" x=\"%.1f\" y=\"%.1f\">held %s</text>\n", x + 6,
			y + 12, duration_text(held, n->held_ns, MICRO));
}

static void draw_teardown(const struct drawing *d, double y)
{
	const struct teardown *t = &d->f->numbers.teardown;
	double x, width;

	if (!t->seen)
		return;
	x = x_of(d, t->first_ns);
	width = x_of(d, t->last_ns) - x;
	fprintf(d->out,
		"<rect class=\"torn\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"16\" "
		"rx=\"3\"/>\n",
		x, y, width > 3 ? width : 3);
	if (width > 64)
		fprintf(d->out, "<text class=\"in\" x=\"%.1f\" y=\"%.1f\">teardown</text>\n", x + 6,
			y + 12);
}

/* ---- senders ---- */

enum look { LOOK_SENT, LOOK_UNKNOWN, LOOK_REFUSED, LOOK_EJECTED, LOOK_UNSAFE, N_LOOKS };

static const char *const look_classes[N_LOOKS] = { "sent", "unknown", "refused", "ejected",
						   "unsafe" };

static enum look look_of(const struct drawing *d, const struct recorded_send *s)
{
	if (send_overlaps(d->r, &d->f->numbers.teardown, s))
		return LOOK_UNSAFE;
	switch (s->result) {
	case TL_REFUSED:
	case TL_DROPPED:
		return LOOK_REFUSED;
	case TL_LEFT:
		return LOOK_EJECTED;
	case TL_UNKNOWN:
		return LOOK_UNKNOWN;
	default:
		return LOOK_SENT;
	}
}

/* Sends of one look in one lane that cannot be told apart. */
struct bar {
	size_t n;
	double x, end;
	double covered;	 /* by sends, of the width */
	uint64_t lasted; /* of the only one */
	bool open;
};

static void draw_bar(struct drawing *d, const struct bar *bar, enum look look, size_t lane)
{
	const double height = look == LOOK_REFUSED ? BAR_HEIGHT - 4 : BAR_HEIGHT;
	const double width = bar->end - bar->x;
	char lasted[DURATION_MAX];

	if (bar->n == 0)
		return;
	fprintf(d->out, "<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.0f\"",
		look_classes[look], bar->x, lane_middle(d, lane) - height / 2, width, height);
	if (bar->n > 1 && bar->covered < width)
		fprintf(d->out, " opacity=\"%.2f\"", 0.4 + 0.6 * bar->covered / width);
	fputs("><title>", d->out);
	if (bar->n > 1)
		fprintf(d->out, "%zu sends", bar->n);
	else if (bar->open)
		fputs("a send without an end", d->out);
	else
		fputs(duration_text(lasted, bar->lasted, MICRO), d->out);
	fprintf(d->out, ", %s</title></rect>\n", look_classes[look]);
	d->drawn.bars++;
}

static struct bar bar_of(const struct drawing *d, const struct recorded_send *s)
{
	const uint64_t end = send_end(d->r, &d->f->numbers, s);

	struct bar bar = { .n = 1,
			   .x = x_of(d, s->start_ns),
			   .end = x_of(d, end),
			   .covered = x_of(d, end) - x_of(d, s->start_ns),
			   .lasted = end - s->start_ns,
			   .open = !s->ended };

	if (bar.end < bar.x + BAR_LEAST)
		bar.end = bar.x + BAR_LEAST;
	return bar;
}

static bool is_drawn(const struct drawing *d, const struct recorded_send *s)
{
	return s->start_ns <= d->axis.t_ns[d->axis.n - 1] &&
	       send_end(d->r, &d->f->numbers, s) >= d->axis.t_ns[0];
}

/* One pass for all lanes: sends come in the order of their starts. */
static void draw_sends(struct drawing *d, enum look look)
{
	struct bar bars[LANES_MAX] = { { 0 } };

	for (size_t i = 0; i < d->r->n_sends; i++) {
		const struct recorded_send *s = &d->r->sends[i];
		const size_t lane = lane_of(d, d->f->senders.of_send[i]);
		struct bar *last = &bars[lane], bar;

		if (look_of(d, s) != look || !is_drawn(d, s))
			continue;
		d->drawn.sends++;
		bar = bar_of(d, s);

		if (last->n > 0 && bar.x - last->end < BAR_GAP) {
			last->n++;
			last->covered += bar.covered;
			last->end = bar.end > last->end ? bar.end : last->end;
			continue;
		}
		draw_bar(d, last, look, lane);
		*last = bar;
	}
	for (size_t lane = 0; lane < d->lanes; lane++)
		draw_bar(d, &bars[lane], look, lane);
}

static void draw_label(const struct drawing *d, double y, const char *class, const char *text)
{
	char cut[25];

	snprintf(cut, sizeof(cut), "%s", text);
	utf8_trim(cut);
	fprintf(d->out, "<text class=\"%s\" x=\"%.1f\" y=\"%.1f\">", class,
		d->size == SVG_NARROW ? d->left : 2, y);
	html_escape(d->out, cut);
	fputs("</text>\n", d->out);
}

static void draw_lane(const struct drawing *d, size_t lane)
{
	const struct sender *s = &d->f->senders.list[lane];
	const double y = lane_middle(d, lane);
	char name[64];

	if (is_shared(d, lane))
		snprintf(name, sizeof(name), "%zu others", d->f->senders.n - lane);
	else
		task_name(&s->task, name, sizeof(name));
	fprintf(d->out, "<line class=\"lane\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>\n",
		d->left, y, d->right, y);
	draw_label(d, d->size == SVG_NARROW ? y - 9 : y + 4,
		   s->overlaps > 0 && !is_shared(d, lane) ? "l bad" : "l", name);
}

/* ---- ticks ---- */

static void draw_tick(const struct drawing *d, double x, const char *text, const char *anchor)
{
	fprintf(d->out,
		"<line class=\"tick\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>"
		"<text class=\"t\" text-anchor=\"%s\" x=\"%.1f\" y=\"%.1f\">%s</text>\n",
		x, d->bottom, x, d->bottom + 4, anchor, x, d->bottom + 15, text);
}

/* "-1.5 s", "+35.4 ms", "0" */
static void signed_duration(char buf[DURATION_MAX + 1], const struct numbers *n, uint64_t t_ns)
{
	const int64_t ns = since_request(n, t_ns);

	buf[0] = ns < 0 ? '-' : '+';
	duration_text(buf + 1, (uint64_t)(ns < 0 ? -ns : ns), MICRO);
	if (ns == 0)
		strcpy(buf, "0");
}

#define TICK_WIDTH 58.0
#define TICKS_MAX 16

static bool has_room(const double *taken, size_t n, double x)
{
	for (size_t i = 0; i < n; i++)
		if (x < taken[i] + TICK_WIDTH && x > taken[i] - TICK_WIDTH)
			return false;
	return true;
}

/* Labels at stops, the most telling first, as far as there is room. */
static void draw_stop_ticks(const struct drawing *d)
{
	double taken[TICKS_MAX];
	char text[DURATION_MAX + 1];
	size_t n = 0;

	for (int wanted = 0; wanted <= 2; wanted++)
		for (size_t i = 0; i < d->r->n_events && n < TICKS_MAX; i++) {
			const struct recorded_event *e = &d->r->events[i];
			const double x = x_of(d, e->t_ns);
			const bool at_edge = x > d->right - TICK_WIDTH / 2;
			const double middle = at_edge ? x - TICK_WIDTH / 2 : x;

			if (rank(e->kind) != wanted || !axis_covers(&d->axis, e->t_ns) ||
			    !has_room(taken, n, middle))
				continue;
			taken[n++] = middle;
			signed_duration(text, &d->f->numbers, e->t_ns);
			draw_tick(d, x, text, at_edge ? "end" : "middle");
		}
}

/* The largest of 1, 2, 5 times a power of ten that leaves room for the labels. */
static uint64_t tick_step(uint64_t range, double ticks)
{
	static const uint64_t factors[] = { 1, 2, 5 };
	uint64_t power = 1;

	for (;;) {
		for (size_t i = 0; i < 3; i++)
			if ((double)range / (double)(power * factors[i]) <= ticks)
				return power * factors[i];
		power *= 10;
	}
}

static void draw_scale_ticks(const struct drawing *d)
{
	const struct numbers *n = &d->f->numbers;
	const uint64_t range = n->last_ns - n->first_ns;
	const uint64_t step = tick_step(range, (d->right - d->left) / (TICK_WIDTH + 22));
	const uint64_t before = (n->zero_ns - n->first_ns) / step * step;
	char text[DURATION_MAX + 1];

	for (uint64_t t = n->zero_ns - before; t <= n->last_ns; t += step) {
		const double x = x_of(d, t);

		signed_duration(text, n, t);
		draw_tick(d, x, text,
			  x > d->right - 24  ? "end"
			  : x < d->left + 24 ? "start"
					     : "middle");
	}
}

/* ---- the whole ---- */

static void draw_cut_off(const struct drawing *d)
{
	const double x = x_of(d, d->f->numbers.last_ns);

	if (d->r->ended)
		return;
	draw_line(d, "cut", x);
	fprintf(d->out,
		"<text class=\"t bad\" text-anchor=\"end\" x=\"%.1f\" y=\"%.1f\">the record ends "
		"here</text>\n",
		d->right, d->top - 4);
}

static void lay_out(struct drawing *d, struct marks *m)
{
	const struct senders *s = &d->f->senders;
	double own;

	d->left = d->size == SVG_NARROW ? 4 : 152;
	d->right = (d->size == SVG_NARROW ? 360 : 960) - 4;
	d->lanes = s->n < LANES_MAX ? s->n : LANES_MAX;
	d->drawn.lanes = s->n > LANES_MAX ? LANES_MAX - 1 : s->n;
	d->drawn.merged = s->n - d->drawn.lanes;
	lay_axis(d);
	m->n = 0;
	m->levels = 0;
	if (d->view == SVG_DETAIL)
		place_marks(d, m);
	d->top = 18;
	own = 26 + (2 * MARK_RADIUS + 2) * m->levels;
	if (d->size == SVG_NARROW)
		own += LABEL_HEIGHT;
	d->first_lane = d->top + own;
	d->bottom = d->first_lane + lane_height(d) * (double)d->lanes + 4;
}

static void draw_remote(const struct drawing *d)
{
	const double y = d->top + (d->size == SVG_NARROW ? LABEL_HEIGHT + 4 : 5);

	draw_label(d, d->size == SVG_NARROW ? d->top + 12 : y + 12, "l own", d->r->rproc);
	draw_held(d, y);
	draw_teardown(d, y);
}

static void open_svg(const struct drawing *d)
{
	fprintf(d->out,
		"<svg class=\"%s\" viewBox=\"0 0 %d %.0f\" role=\"img\" aria-label=\"%s\">\n",
		d->size == SVG_NARROW ? "narrow" : "wide", d->size == SVG_NARROW ? 360 : 960,
		d->bottom + 20,
		d->view == SVG_DETAIL ? "The way down in detail; its events are in the table"
				      : "All of the record, to scale");
}

struct svg_drawn svg_draw(FILE *out, const struct recording *r, const struct findings *f,
			  enum svg_view view, enum svg_size size)
{
	struct drawing d = { .out = out, .r = r, .f = f, .view = view, .size = size };
	struct marks marks;

	lay_out(&d, &marks);
	open_svg(&d);
	draw_bands(&d);
	draw_line(&d, "request", x_of(&d, f->numbers.zero_ns));
	draw_remote(&d);
	for (size_t lane = 0; lane < d.lanes; lane++)
		draw_lane(&d, lane);
	for (enum look look = 0; look < N_LOOKS && d.lanes > 0; look++)
		draw_sends(&d, look);
	draw_cut_off(&d);
	draw_marks(&d, &marks);
	if (view == SVG_DETAIL)
		draw_stop_ticks(&d);
	else
		draw_scale_ticks(&d);
	fputs("</svg>\n", out);
	return d.drawn;
}
