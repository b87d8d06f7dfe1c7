// SPDX-License-Identifier: GPL-2.0-only
/*
 * Cuts the bytes into lines and these into messages, in two layers from the last to the first: the
 * messages of a line, the bytes.
 */
#include "oops/lines.h"

#include "oops/cells.h"
#include "oops/inside.h"
#include "oops/markup.h"

enum escape_state {
	ESCAPE_NONE,
	ESCAPE_BEGUN,	/* after ESC */
	ESCAPE_CSI,	/* "ESC [", up to a letter */
	ESCAPE_STRING,	/* "ESC ]" and its like, up to BEL or "ESC \" */
	ESCAPE_CHARSET, /* "ESC (", one byte more */
};

void oops_lines_init(struct oops_lines *lines, oops_line_fn emit, void *context)
{
	memset(lines, 0, sizeof(*lines));
	oops_wrapped_init(&lines->wrapped, emit, context);
	oops_journal_init(&lines->journal);
}

/* ---- messages ---- */

/* @part up to @end, or all of it when that is NULL. */
static void add_part(struct oops_lines *lines, struct oops_part *part, const char *end)
{
	char text[OOPS_TEXT_MAX];
	size_t len = end ? (size_t)(end - part->text) : strlen(part->text);
	struct oops_part cut = *part;

	len = len < sizeof(text) ? len : sizeof(text) - 1;
	while (len > 0 && part->text[len - 1] == ' ')
		len--;
	memcpy(text, part->text, len);
	text[len] = '\0';
	cut.text = text;
	cut.last = !end;
	oops_wrapped_add(&lines->wrapped, &cut);
	part->text = end;
	part->first = false;
}

/* What comes behind the prefixes of @text; empty when a program wrote it. */
static const char *body_of(const char *text)
{
	struct oops_line line;

	oops_prefix_strip(text, &line);
	return line.kernel ? line.text : "";
}

/* The messages of one line. */
static void add_messages(struct oops_lines *lines, const char *text, struct oops_part part)
{
	const char *stamp;

	for (part.text = *text ? text : NULL; part.text;) {
		stamp = oops_inside_stamp(part.text);
		part.paragraph = !stamp &&
				 oops_is_paragraph(body_of(part.text), lines->wrapped.paragraphs);
		if (part.paragraph)
			while ((text = oops_inside_paragraph(body_of(part.text))) != NULL)
				add_part(lines, &part, text);
		add_part(lines, &part, stamp);
	}
}

/* Undoes what is around and in a message on its way here. */
static void add_line(struct oops_lines *lines, char *raw, size_t width)
{
	bool wrapped;
	char *text = oops_journal_message(&lines->journal, raw, &wrapped);
	struct oops_part part = { .number = lines->number,
				  .time = lines->journal.time,
				  .other = lines->journal.other,
				  .first = true,
				  .width = wrapped ? 0 : width };

	oops_wrapped_line(&lines->wrapped, width);
	if (!text)
		return;
	oops_markup_undo(text);
	/* Where one line becomes several, none of them is wrapped. */
	if (strchr(text, '\n') && text[strcspn(text, "\n") + 1])
		part.width = 0;
	for (char *next; text; text = next) {
		next = strchr(text, '\n');
		if (next)
			*next++ = '\0';
		add_messages(lines, oops_cells_message(text), part);
	}
}

static void end_line(struct oops_lines *lines)
{
	const size_t len = lines->len;

	lines->raw[len] = '\0';
	if (!lines->cut && oops_quoted_goes_on(&lines->quoted, lines->raw, len)) {
		lines->quoted.on = true;
		lines->len--;
		return;
	}
	lines->len = 0;
	lines->cut = false;
	oops_quoted_undo(&lines->quoted, lines->raw);
	add_line(lines, lines->raw, len);
}

/* ---- bytes ---- */

/* Whether the escape stripper swallows the byte. An unfinished escape ends with its line. */
static bool in_escape(struct oops_lines *lines, unsigned char c)
{
	switch (lines->escape) {
	case ESCAPE_NONE:
		if (c == 0x1b)
			lines->escape = ESCAPE_BEGUN;
		return c == 0x1b;
	case ESCAPE_BEGUN:
		lines->escape = c == '['		    ? ESCAPE_CSI
				: c && strchr("]PX^_", c)   ? ESCAPE_STRING
				: c && strchr("()*+#% ", c) ? ESCAPE_CHARSET
				: c == 0x1b		    ? ESCAPE_BEGUN
							    : ESCAPE_NONE;
		return true;
	case ESCAPE_CSI:
		/* Parameters; anything else ends it. */
		if (c < 0x20 || c >= 0x40)
			lines->escape = c == 0x1b ? ESCAPE_BEGUN : ESCAPE_NONE;
		return true;
	case ESCAPE_STRING:
		if (c == 0x07)
			lines->escape = ESCAPE_NONE;
		else if (c == 0x1b)
			lines->escape = ESCAPE_BEGUN;
		return true;
	default:
		lines->escape = ESCAPE_NONE;
		return true;
	}
}

/* Of a UTF-8 sequence that is begun and not ended right, the first byte counts as odd. */
static void count_utf8(struct oops_lines *lines, unsigned char c)
{
	if ((c & 0xc0) == 0x80 && lines->utf8_left > 0) {
		lines->utf8_left--;
		return;
	}
	if (lines->utf8_left > 0)
		lines->odd_bytes++;
	lines->utf8_left = c < 0xc2 ? 0 : c < 0xe0 ? 1 : c < 0xf0 ? 2 : c < 0xf5 ? 3 : 0;
	if (c >= 0x80 && lines->utf8_left == 0)
		lines->odd_bytes++;
}

static void count(struct oops_lines *lines, unsigned char c)
{
	if (lines->bytes < sizeof(lines->magic))
		lines->magic[lines->bytes] = c;
	lines->bytes++;
	if (c == 0)
		lines->nuls++;
	if (c == 0 || c == 0x7f || (c < 0x20 && !strchr("\t\n\r\b\a\x1b\f\v", c)))
		lines->odd_bytes++;
	count_utf8(lines, c);
}

/* The last place in @text where another message begins, or NULL. */
static char *last_break(char *text)
{
	static const char *const breaks[] = { "<br", "\\n" };
	const char *last = NULL;

	for (const char *s = text; (s = oops_inside_stamp(s)) != NULL;)
		last = s;
	for (size_t i = 0; i < sizeof(breaks) / sizeof(breaks[0]) && !last; i++)
		for (const char *s = text + 1; (s = strstr(s, breaks[i])) != NULL; s++)
			last = s;
	if (!last && oops_is_paragraph(body_of(text), false))
		for (const char *s = body_of(text); (s = oops_inside_paragraph(s)) != NULL;)
			last = s;
	return last ? text + (last - text) : NULL;
}

/*
 * A line too long to keep: where messages were joined, all but the last are through. Otherwise the
 * rest of it is lost.
 */
static void make_room(struct oops_lines *lines)
{
	char head[sizeof(lines->raw)], *last;

	lines->raw[lines->len] = '\0';
	last = lines->raw[0] == '{' ? NULL : last_break(lines->raw);
	if (!last)
		return;
	memcpy(head, lines->raw, (size_t)(last - lines->raw));
	head[last - lines->raw] = '\0';
	lines->len -= (size_t)(last - lines->raw);
	memmove(lines->raw, last, lines->len);
	add_line(lines, head, 0);
}

static void add(struct oops_lines *lines, unsigned char c)
{
	/* NULs go without a trace: what a Windows terminal saves as UTF-16 becomes readable. */
	if (c == '\t')
		c = ' ';
	if (c < 0x20 || c == 0x7f)
		return;
	/* A no-break space, of a web page. */
	if (c == 0xa0 && lines->last == 0xc2 && lines->len > 0) {
		lines->raw[lines->len - 1] = ' ';
		return;
	}
	lines->last = c;
	if (lines->len == 0)
		lines->number = lines->newlines + 1;
	if (lines->len == sizeof(lines->raw) - 1 && !lines->cut) {
		make_room(lines);
		lines->cut = lines->len == sizeof(lines->raw) - 1;
	}
	if (!lines->cut)
		lines->raw[lines->len++] = c < 0x80 ? (char)c : '?';
}

static void feed_byte(struct oops_lines *lines, unsigned char c)
{
	count(lines, c);
	if (lines->journal.skip > 0) {
		lines->journal.skip--;
		return;
	}
	if (c == '\n') {
		end_line(lines);
		lines->newlines++;
		lines->escape = ESCAPE_NONE;
		lines->after_cr = false;
		return;
	}
	/* A carriage return without a newline begins the line anew: some consoles send no newline. */
	if (lines->after_cr && c != '\r' && c != 0) {
		end_line(lines);
		lines->after_cr = false;
	}
	if (c == '\r' && lines->len > 0)
		lines->after_cr = true;
	else if (!in_escape(lines, c))
		add(lines, c);
}

void oops_lines_feed(struct oops_lines *lines, const void *bytes, size_t len)
{
	const unsigned char *p = bytes;

	while (len-- > 0)
		feed_byte(lines, *p++);
}

void oops_lines_finish(struct oops_lines *lines)
{
	if (lines->len > 0)
		end_line(lines);
	oops_wrapped_flush(&lines->wrapped);
}

static const struct {
	const char *bytes;
	size_t len;
	const char *what;
} magics[] = {
	{ "\x1f\x8b", 2, "compressed by gzip; unpack it first" },
	{ "\x28\xb5\x2f\xfd", 4, "compressed by zstd; unpack it first" },
	{ "\xfd\x37zXZ", 5, "compressed by xz; unpack it first" },
	{ "BZh", 3, "compressed by bzip2; unpack it first" },
	{ "PK\x03\x04", 4, "a zip archive; unpack it first" },
	{ "LPKSHHRH", 8, "a file of the journal; let \"journalctl --file FILE -k\" print it" },
	{ "\177ELF", 4, "an ELF file (of a crash dump, the text of its log is wanted)" },
	{ "KDUMP   ", 8, "a crash dump; the text of its log is wanted" },
};

const char *oops_lines_unreadable(const struct oops_lines *lines)
{
	const bool utf16 = memcmp(lines->magic, "\xff\xfe", 2) == 0 ||
			   memcmp(lines->magic, "\xfe\xff", 2) == 0;

	for (size_t i = 0; i < sizeof(magics) / sizeof(magics[0]); i++)
		if (lines->bytes >= magics[i].len &&
		    memcmp(lines->magic, magics[i].bytes, magics[i].len) == 0)
			return magics[i].what;
	/* Text in another language than English has many such bytes, but never mostly such bytes. */
	if (lines->odd_bytes > (utf16 ? lines->nuls : 0) + lines->bytes / 3)
		return "binary, not the text of a kernel log";
	return NULL;
}
