// SPDX-License-Identifier: GPL-2.0-only
/* Lays out the lanes of a drawing, draws all but sends and moments, and puts the parts together. */
#include "timeline/svg.h"

#include <inttypes.h>
#include <string.h>

#include "html/page.h"
#include "timeline/describe.h"
#include "timeline/svg_private.h"

#define KEEPERS_MAX 6
#define KEEPER_HEIGHT (LANE_HEIGHT + ROW_HEIGHT) /* its label has two rows */

double svg_x(const struct drawing *d, uint64_t t_ns)
{
	return axis_x(&d->axis, t_ns);
}

double svg_lane_middle(const struct drawing *d, size_t lane)
{
	return d->first_lane + LANE_HEIGHT * (double)(lane + 1) - BAR_HEIGHT;
}

bool svg_lane_is_shared(const struct drawing *d, size_t lane)
{
	return lane + 1 == d->lanes && d->f->senders.n > d->lanes;
}

/* Of a lane whose label begins at @y and has @rows. */
static double bar_middle(double y, size_t rows)
{
	return y + ROW_HEIGHT * (double)rows + 7;
}

/* ---- bands ---- */

static void draw_bands(struct drawing *d)
{
	const struct numbers *n = &d->f->numbers;

	if (n->gate_closed.seen)
		svg_span(d, SVG_GATE, n->gate_closed.t_ns, gate_end(n), (d->top + d->bottom) / 2,
			 "gate closed: sends are refused");
	svg_line(d, "request", svg_x(d, n->zero_ns), d->top, svg_x(d, n->zero_ns), d->bottom);
}

/* ---- the lane of the remote processor ---- */

/* Below level "observe" the guard does not see the teardown. */
static double up_to(const struct drawing *d)
{
	if (d->f->numbers.teardown.seen)
		return svg_x(d, d->f->numbers.teardown.first_ns);
	return d->f->outcome == OUTCOME_SAFE ? svg_x(d, d->r->end.t_ns) : 100;
}

static void draw_rproc(struct drawing *d)
{
	const struct teardown *t = &d->f->numbers.teardown;
	const double y = bar_middle(d->top, 1);
	char label[256];

	snprintf(label, sizeof(label), "%s%s%s%s", d->r->rproc, d->r->device[0] ? " (" : "",
		 d->r->device, d->r->device[0] ? ")" : "");
	svg_label(d, d->top + 11, "l own", label);
	svg_line(d, "up", 0, y, up_to(d), y);
	if (!t->seen)
		return;
	svg_span(d, SVG_TORN, t->first_ns, t->last_ns, y,
		 "teardown: virtqueues deleted, resources freed");
	if (d->r->ended && !d->phases->up_ns)
		svg_line(d, "down", svg_x(d, t->last_ns), y, 100, y);
	if (d->phases->up_ns)
		svg_line(d, "up", svg_x(d, d->phases->up_ns), y, 100, y);
}

/* ---- the lane of the caller ---- */

static void draw_caller(struct drawing *d)
{
	const struct numbers *n = &d->f->numbers;
	char label[256], held[DURATION_MAX], name[128];

	if (!n->has_held)
		return;
	snprintf(label, sizeof(label), "%s waited %s%s", caller_name(d->r, name, sizeof(name)),
		 duration_text(held, n->held_ns, SVG_MICRO), d->r->ended ? "" : " so far");
	svg_label(d, d->caller_lane + 11, "l", label);
	svg_line(d, "lane", 0, bar_middle(d->caller_lane, 1), 100, bar_middle(d->caller_lane, 1));
	svg_span(d, SVG_HELD, n->zero_ns, n->zero_ns + n->held_ns, bar_middle(d->caller_lane, 1),
		 label);
}

/* ---- the lanes of programs that had a device open ---- */

/* What the stop was refused for, where no program is known. */
static bool has_obstacle(const struct drawing *d)
{
	return d->f->outcome == OUTCOME_REFUSED && d->f->keepers.n_open == 0 && d->r->end.reason[0];
}

static void draw_open_device(struct drawing *d, double y, const char *first, const char *second,
			     enum svg_kind kind, uint64_t from_ns, uint64_t to_ns)
{
	const double middle = bar_middle(y, 2);

	svg_label(d, y + 11, kind == SVG_KEPT_ON ? "l own bad" : "l", first);
	svg_label(d, y + 11 + ROW_HEIGHT, "l", second);
	svg_line(d, "lane", 0, middle, 100, middle);
	svg_span(d, kind, from_ns, to_ns, middle, second);
}

static void draw_keeper(struct drawing *d, size_t i)
{
	const struct keeper *k = &d->f->keepers.list[i];
	char first[128], second[POOL_STRING_MAX + 64], name[64], lasted[DURATION_MAX];

	snprintf(first, sizeof(first), "%s %s", task_name(&k->task, name, sizeof(name)),
		 k->closed ? "closed" : "did not close");
	snprintf(second, sizeof(second), "%s %s %s", k->device, k->closed ? "after" : "for",
		 duration_text(lasted, k->to_ns - k->from_ns, SVG_MICRO));
	draw_open_device(d, d->keeper_lane + KEEPER_HEIGHT * (double)i, first, second,
			 k->closed ? SVG_KEPT : SVG_KEPT_ON, k->from_ns, k->to_ns);
}

/* From the last step that was done. */
static void draw_obstacle(struct drawing *d)
{
	uint64_t from = d->f->numbers.zero_ns;

	for (size_t i = 0; i < d->phases->n; i++)
		if (d->phases->list[i].event != NO_EVENT)
			from = d->phases->list[i].t_ns;
	draw_open_device(d, d->keeper_lane + KEEPER_HEIGHT * (double)d->keepers, "refused, because",
			 d->r->end.reason, SVG_KEPT_ON, from, d->r->end.t_ns);
}

/* ---- the lanes of senders ---- */

static void draw_sender(const struct drawing *d, size_t lane)
{
	const struct sender *s = &d->f->senders.list[lane];
	const double y = svg_lane_middle(d, lane);
	const char *class = "l", *fate = "";
	char label[128], name[64];

	task_name(&s->task, name, sizeof(name));
	if (svg_lane_is_shared(d, lane)) {
		snprintf(name, sizeof(name), "%zu others", d->f->senders.n - lane);
	} else if (s->overlaps > 0) {
		class = "l own bad";
		fate = ": unsafe";
	} else if (s->inside && (!d->r->ended || d->f->outcome == OUTCOME_REFUSED)) {
		class = "l own bad";
		fate = " was still inside";
	}
	snprintf(label, sizeof(label), "%s%s", name, fate);
	svg_line(d, "lane", 0, y, 100, y);
	svg_label(d, y - 12, class, label);
}

static void draw_lanes(struct drawing *d)
{
	draw_rproc(d);
	draw_caller(d);
	for (size_t i = 0; i < d->keepers; i++)
		draw_keeper(d, i);
	if (d->view == SVG_DETAIL && has_obstacle(d))
		draw_obstacle(d);
	for (size_t lane = 0; lane < d->lanes; lane++)
		draw_sender(d, lane);
}

/* ---- the axis ---- */

static void draw_tick(const struct drawing *d, uint64_t t_ns)
{
	const int64_t ns = since_request(&d->f->numbers, t_ns);
	const double x = svg_x(d, t_ns);
	char text[DURATION_MAX];

	svg_line(d, "tick", x, d->bottom, x, d->bottom + 4);
	fprintf(d->out, SVG_TEXT " class=\"t\" text-anchor=\"%s\" x=\"%.2f%%\" y=\"%.1f\">",
		axis_anchor(x), x, d->bottom + 15);
	if (ns == 0)
		fputs("0</text>\n", d->out);
	else
		fprintf(d->out, "%c%s</text>\n", ns < 0 ? '-' : '+',
			duration_text(text, (uint64_t)(ns < 0 ? -ns : ns), SVG_MICRO));
}

static void draw_axis(const struct drawing *d)
{
	uint64_t ticks[AXIS_TICKS_MAX];
	const size_t n = d->view == SVG_DETAIL ? axis_event_ticks(&d->axis, d->r, ticks)
					       : axis_round_ticks(&d->axis, &d->f->numbers, ticks);

	svg_line(d, "tick", 0, d->bottom, 100, d->bottom);
	for (size_t i = 0; i < n; i++)
		draw_tick(d, ticks[i]);
}

/* ---- the whole ---- */

static void lay_out_detail(struct drawing *d)
{
	const size_t keepers = d->f->keepers.n;

	axis_of_events(&d->axis, d->r, &d->f->numbers, MARKS_MAX);
	d->top = ROW_HEIGHT * (double)svg_phases_place(d) + 6;
	svg_marks_place(d);
	d->keepers = keepers < KEEPERS_MAX ? keepers : KEEPERS_MAX;
	d->drawn.keepers_left = keepers - d->keepers;
}

static void lay_out(struct drawing *d)
{
	const size_t senders = d->f->senders.n;

	d->lanes = senders < LANES_MAX ? senders : LANES_MAX;
	d->drawn.lanes = senders > LANES_MAX ? LANES_MAX - 1 : senders;
	d->drawn.merged = senders - d->drawn.lanes;
	if (d->view == SVG_DETAIL)
		lay_out_detail(d);
	else
		axis_to_scale(&d->axis, &d->f->numbers);
	d->caller_lane = d->top + LANE_HEIGHT + 2 + (2 * MARK_RADIUS + 2) * d->marks.levels;
	d->keeper_lane = d->caller_lane + (d->f->numbers.has_held ? LANE_HEIGHT : 0);
	d->first_lane = d->keeper_lane +
			KEEPER_HEIGHT *
				(double)(d->keepers + (d->view == SVG_DETAIL && has_obstacle(d)));
	d->bottom = d->first_lane + LANE_HEIGHT * (double)d->lanes + 4;
}

/* What a reader hears that cannot see it. */
static void describe(const struct drawing *d)
{
	char since[SINCE_MAX];

	fputs("<desc>", d->out);
	for (size_t i = 0; i < d->phases->n; i++)
		fprintf(d->out, "%s%s at %s ms", i ? ", " : "", d->phases->list[i].name,
			since_text(since, &d->f->numbers, d->phases->list[i].t_ns));
	fprintf(d->out, ". %zu program%s had a device open, %zu did not close it. %zu sender%s.",
		d->f->keepers.n, plural(d->f->keepers.n), d->f->keepers.n_open, d->f->senders.n,
		plural(d->f->senders.n));
	fputs("</desc>\n", d->out);
}

struct svg_drawn svg_draw(FILE *out, const struct recording *r, const struct findings *f,
			  const struct phases *phases, enum svg_view view)
{
	struct drawing d = { .out = out, .r = r, .f = f, .phases = phases, .view = view };

	lay_out(&d);
	/* The attributes are for readers without style sheets: outlines, and text that is not struck. */
	fprintf(out,
		"<svg width=\"100%%\" height=\"%.0f\" role=\"img\" fill=\"none\" "
		"stroke=\"currentColor\" font-size=\"11\">\n<title>%s</title>\n",
		d.bottom + 20,
		view == SVG_DETAIL ? "The stop, from the request to the end"
				   : "The whole record, to scale");
	describe(&d);
	draw_bands(&d);
	svg_phases_draw(&d);
	draw_lanes(&d);
	svg_sends(&d);
	svg_marks_draw(&d);
	draw_axis(&d);
	fputs("</svg>\n", out);
	return d.drawn;
}
