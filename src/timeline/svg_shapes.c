// SPDX-License-Identifier: GPL-2.0-only
/* Draws one bar or band of a drawing, in a form that tells what it is without its colour. */
#include <string.h>

#include "html/page.h"
#include "timeline/svg_private.h"

/* What takes no time can be seen all the same. */
#define SPAN_LEAST 0.5

/* Letters that fit into the narrowest drawing, in the widest common font. */
#define LABEL_LETTERS 44

enum pattern { PLAIN, STRIPES, ARROW };

static const struct form {
	const char *class;
	double height, sinks; /* below the middle of its lane */
	enum pattern pattern;
} forms[SVG_KINDS] = {
	[SVG_KEPT_ON] = { "kepton", 14, 0, STRIPES },
	[SVG_HELD] = { "held", 8, 0, PLAIN },
	[SVG_KEPT] = { "kept", 8, 0, STRIPES },
	[SVG_GATE] = { "gate", 0, 0, PLAIN },
	[SVG_TORN] = { "torn", 14, 0, STRIPES },
	[SVG_SENT] = { "sent", BAR_HEIGHT, 0, PLAIN },
	[SVG_UNKNOWN] = { "unknown", BAR_HEIGHT, 0, PLAIN },
	[SVG_REFUSED] = { "refused", 5, 4, PLAIN },
	[SVG_EJECTED] = { "ejected", BAR_HEIGHT, 0, ARROW },
	[SVG_UNSAFE] = { "unsafe", 15, 0, STRIPES },
};

/* Stripes are a thick line of dashes: a pattern would need names that are good for one page only. */
static void put_pattern(FILE *out, const struct form *form, const struct shape *s, double height)
{
	if (form->pattern == STRIPES)
		fprintf(out,
			"<line class=\"%ss\" x1=\"%.2f%%\" x2=\"%.2f%%\" y1=\"%.1f\" y2=\"%.1f\" "
			"stroke-width=\"%.0f\"/>\n",
			form->class, s->x, s->x + s->width, s->y, s->y, height - 2);
	if (form->pattern == ARROW)
		fprintf(out,
			"<svg class=\"%ss\" x=\"%.2f%%\" y=\"%.1f\" width=\"1\" height=\"1\" "
			"overflow=\"visible\"><path d=\"M-4 0L0 -7L4 0Z\"/></svg>\n",
			form->class, s->x + s->width, s->y - height / 2 - 1);
}

static void put_shape(FILE *out, const struct shape *s, double height, const char *more,
		      const char *title)
{
	const struct form *form = &forms[s->kind];

	fprintf(out,
		"<rect class=\"%s%s\" x=\"%.2f%%\" y=\"%.1f\" width=\"%.2f%%\" height=\"%.0f\"",
		form->class, more, s->x, s->y + form->sinks - height / 2, s->width, height);
	if (s->opacity > 0 && s->opacity < 1)
		fprintf(out, " opacity=\"%.2f\"", s->opacity);
	if (title)
		html_text(out, "><title>", title, "</title></rect>\n");
	else
		fputs("/>\n", out);
	put_pattern(out, form, s, height);
}

void svg_shape(struct drawing *d, const struct shape *shape, const char *title)
{
	const double height = shape->kind == SVG_GATE ? d->bottom - d->top
						      : forms[shape->kind].height;

	d->drawn.kinds |= 1u << shape->kind;
	put_shape(d->out, shape, height, "", title);
}

void svg_span(struct drawing *d, enum svg_kind kind, uint64_t from_ns, uint64_t to_ns, double y,
	      const char *title)
{
	struct shape s = { .kind = kind, .x = svg_x(d, from_ns), .y = y };

	s.width = svg_x(d, to_ns) - s.x;
	if (s.width < SPAN_LEAST)
		s.width = SPAN_LEAST;
	svg_shape(d, &s, title);
}

void svg_key(FILE *out, enum svg_kind kind)
{
	const struct shape s = { .kind = kind, .x = 10, .width = 65, .y = 11 };

	fputs("<svg class=\"key\" width=\"26\" height=\"22\" aria-hidden=\"true\" fill=\"none\" "
	      "stroke=\"currentColor\">",
	      out);
	put_shape(out, &s, kind == SVG_GATE ? 18 : forms[kind].height, " key", NULL);
	fputs("</svg>", out);
}

void svg_line(const struct drawing *d, const char *class, double x, double y, double to_x,
	      double to_y)
{
	fprintf(d->out,
		"<line class=\"%s\" x1=\"%.2f%%\" y1=\"%.1f\" x2=\"%.2f%%\" y2=\"%.1f\"/>\n", class,
		x, y, to_x, to_y);
}

/* In letters; those of other alphabets may be twice as wide. What goes on with one has no width. */
static size_t letters_at(const char *text)
{
	const unsigned char c = (unsigned char)*text;

	return c < 0x80 ? 1 : (c & 0xc0) == 0x80 ? 0 : 2;
}

static size_t letters_of(const char *text)
{
	size_t n = 0;

	for (; *text; text++)
		n += letters_at(text);
	return n;
}

/* Behind the letters of @text that have @most together. */
static const char *skip(const char *text, size_t most)
{
	for (size_t n = 0; *text && n + letters_at(text) <= most; text++)
		n += letters_at(text);
	return text;
}

/* The beginning and the end say most: a name at the one, a number at the other. */
void svg_label(const struct drawing *d, double y, const char *class, const char *text)
{
	const size_t letters = letters_of(text), half = LABEL_LETTERS / 2;
	char head[LABEL_LETTERS * 4 + 1] = "";
	const char *tail = text;

	if (letters > LABEL_LETTERS) {
		snprintf(head, sizeof(head), "%.*s", (int)(skip(text, half - 2) - text), text);
		tail = skip(text, letters - half);
	}
	fprintf(d->out, SVG_TEXT " class=\"%s\" x=\"0\" y=\"%.1f\">", class, y);
	html_escape(d->out, head);
	html_text(d->out, head[0] ? "..." : "", tail, "</text>\n");
}
