// SPDX-License-Identifier: GPL-2.0-only
/* Draws the sends of an episode as bars in the lanes of their senders. */
#include "timeline/svg_private.h"

/*
 * In percent. Thinner bars have their outline only, of one pixel; what is nearer than that to its
 * neighbour on a wide screen is one with it.
 */
#define BAR_LEAST 0.05
#define BAR_GAP 0.1

/* The later ones lie on top. */
static const enum svg_kind looks[] = { SVG_SENT, SVG_UNKNOWN, SVG_REFUSED, SVG_EJECTED,
				       SVG_UNSAFE };
#define N_LOOKS (sizeof(looks) / sizeof(looks[0]))

static const char *const look_names[SVG_KINDS] = {
	[SVG_SENT] = "sent",	   [SVG_UNKNOWN] = "end not known", [SVG_REFUSED] = "refused",
	[SVG_EJECTED] = "ejected", [SVG_UNSAFE] = "unsafe",
};

static enum svg_kind look_of(const struct drawing *d, const struct recorded_send *s)
{
	if (send_overlaps(d->r, &d->f->numbers.teardown, s))
		return SVG_UNSAFE;
	switch (s->result) {
	case TL_REFUSED:
	case TL_DROPPED:
		return SVG_REFUSED;
	case TL_LEFT:
		return SVG_EJECTED;
	case TL_UNKNOWN:
		return SVG_UNKNOWN;
	default:
		return SVG_SENT;
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

static void draw_bar(struct drawing *d, const struct bar *bar, enum svg_kind look, size_t lane)
{
	struct shape shape = {
		.kind = look, .x = bar->x, .width = bar->end - bar->x, .y = svg_lane_middle(d, lane)
	};
	char title[SVG_TITLE_MAX], lasted[DURATION_MAX];

	if (bar->n == 0)
		return;
	if (bar->n > 1) {
		snprintf(title, sizeof(title), "%zu sends, %s", bar->n, look_names[look]);
		shape.opacity = 0.4 + 0.6 * bar->covered / shape.width;
	} else {
		snprintf(title, sizeof(title), "%s, %s",
			 bar->open ? "a send without an end"
				   : duration_text(lasted, bar->lasted, SVG_MICRO),
			 look_names[look]);
	}
	svg_shape(d, &shape, title);
	d->drawn.bars++;
}

static struct bar bar_of(const struct drawing *d, const struct recorded_send *s)
{
	const uint64_t end = send_end(d->r, &d->f->numbers, s);

	struct bar bar = { .n = 1,
			   .x = svg_x(d, s->start_ns),
			   .end = svg_x(d, end),
			   .covered = svg_x(d, end) - svg_x(d, s->start_ns),
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
static void draw_look(struct drawing *d, enum svg_kind look)
{
	struct bar bars[LANES_MAX] = { { 0 } };

	for (size_t i = 0; i < d->r->n_sends; i++) {
		const struct recorded_send *s = &d->r->sends[i];
		const size_t sender = d->f->senders.of_send[i];
		const size_t lane = sender < d->lanes ? sender : d->lanes - 1;
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

void svg_sends(struct drawing *d)
{
	for (size_t i = 0; i < N_LOOKS && d->lanes > 0; i++)
		draw_look(d, looks[i]);
}
