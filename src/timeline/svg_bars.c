// SPDX-License-Identifier: GPL-2.0-only
/* Draws rectangles, and with them the sends of an episode as bars in the lanes of their senders. */
#include "timeline/svg_private.h"

/*
 * In percent. Thinner bars have their outline only, of one pixel; what is nearer than that to its
 * neighbour on a wide screen is one with it.
 */
#define BAR_LEAST 0.05
#define BAR_GAP 0.1
#define TITLE_MAX 64

double svg_x(const struct drawing *d, uint64_t t_ns)
{
	return axis_x(&d->axis, t_ns);
}

double svg_lane_middle(const struct drawing *d, size_t lane)
{
	return d->first_lane + LANE_HEIGHT * (double)(lane + 1) - BAR_HEIGHT;
}

void svg_rect(const struct drawing *d, const struct rect *rect, const char *title)
{
	fprintf(d->out,
		"<rect class=\"%s\" x=\"%.2f%%\" y=\"%.1f\" width=\"%.2f%%\" height=\"%.0f\"",
		rect->class, rect->x, rect->y, rect->width, rect->height);
	if (rect->opacity > 0 && rect->opacity < 1)
		fprintf(d->out, " opacity=\"%.2f\"", rect->opacity);
	fprintf(d->out, "><title>%s</title></rect>\n", title);
}

/* ---- sends ---- */

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
	struct rect rect = { .class = look_classes[look],
			     .x = bar->x,
			     .width = bar->end - bar->x,
			     .y = svg_lane_middle(d, lane) - height / 2,
			     .height = height };
	char title[TITLE_MAX], lasted[DURATION_MAX];

	if (bar->n == 0)
		return;
	if (bar->n > 1) {
		snprintf(title, sizeof(title), "%zu sends, %s", bar->n, look_classes[look]);
		rect.opacity = 0.4 + 0.6 * bar->covered / rect.width;
	} else {
		snprintf(title, sizeof(title), "%s, %s",
			 bar->open ? "a send without an end"
				   : duration_text(lasted, bar->lasted, SVG_MICRO),
			 look_classes[look]);
	}
	svg_rect(d, &rect, title);
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
static void draw_look(struct drawing *d, enum look look)
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
	for (enum look look = 0; look < N_LOOKS && d->lanes > 0; look++)
		draw_look(d, look);
}
