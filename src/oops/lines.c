// SPDX-License-Identifier: GPL-2.0-only
/*
 * Cuts the bytes into lines and these into messages, in three layers from the last to the first:
 * the journal's formats, the messages of a line, the bytes.
 */
#include "oops/lines.h"

#include <stdlib.h>

#include "oops/prefix.h"

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
	lines->emit = emit;
	lines->context = context;
	lines->export_time = -1;
}

/* ---- what the journal's formats wrap around a message ---- */

static const char *field(const char *raw, const char *name)
{
	const size_t len = strlen(name);

	return begins(raw, name) && raw[len] == '=' ? raw + len + 1 : NULL;
}

/* A field of journalctl -o export, "NAME=value". Returns the message if it is that field. */
static const char *export_field(struct oops_lines *lines, const char *raw)
{
	const char *value;

	if (field(raw, "__CURSOR")) {
		lines->export_time = -1;
		lines->export_other = false;
	}
	value = field(raw, "__MONOTONIC_TIMESTAMP") ?: field(raw, "_SOURCE_MONOTONIC_TIMESTAMP");
	if (value)
		lines->export_time = strtod(value, NULL) / 1e6;
	value = field(raw, "_TRANSPORT");
	if (value)
		lines->export_other = strcmp(value, "kernel") != 0;
	/* The length of a binary value follows: 64 bits, little endian. */
	if (strcmp(raw, "MESSAGE") == 0)
		lines->skip = 8;
	return field(raw, "MESSAGE");
}

static bool is_field_name(const char *raw)
{
	const size_t len = strspn(raw, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");

	return len > 0 && (raw[len] == '=' || raw[len] == '\0');
}

/* The value of a string member, unescaped into @out; journalctl -o json writes flat objects. */
static bool json_member(const char *raw, const char *name, char *out, size_t size)
{
	char key[48];
	const char *s;
	size_t n = 0;

	snprintf(key, sizeof(key), "\"%s\"", name);
	s = behind(raw, key);
	s = s ? skip_spaces(s) : "";
	if (*s++ != ':')
		return false;
	s = skip_spaces(s);
	if (*s++ != '"')
		return false;
	for (; *s && *s != '"' && n + 1 < size; s++) {
		const bool escaped = *s == '\\' && s[1];

		s += escaped;
		/* A newline, a tab or a code point: a line needs none of these. */
		out[n++] = escaped && strchr("nrtbfu", *s) ? ' ' : *s;
	}
	out[n] = '\0';
	return true;
}

/* ---- lines ---- */

/* Each message of a line. @time is below 0 when unknown; @other says that its origin is a program. */
static void emit_text(struct oops_lines *lines, const char *text, double time, bool other)
{
	char part[OOPS_TEXT_MAX];
	struct oops_line line;

	for (const char *next; text; text = next) {
		size_t len;

		next = oops_prefix_inside(text);
		len = next ? (size_t)(next - text) : strlen(text);
		len = len < sizeof(part) ? len : sizeof(part) - 1;
		while (len > 0 && text[len - 1] == ' ')
			len--;
		memcpy(part, text, len);
		part[len] = '\0';
		oops_prefix_strip(part, &line);
		line.number = lines->newlines + 1;
		if (line.clock != OOPS_CLOCK_MONOTONIC && oops_is_time(time)) {
			line.clock = OOPS_CLOCK_MONOTONIC;
			line.time = time;
		}
		line.kernel &= !other;
		lines->emit(lines->context, &line);
	}
}

static void emit_json(struct oops_lines *lines, const char *raw)
{
	char message[OOPS_TEXT_MAX], value[64];
	double time = -1;

	if (!json_member(raw, "MESSAGE", message, sizeof(message)))
		return;
	if (json_member(raw, "_SOURCE_MONOTONIC_TIMESTAMP", value, sizeof(value)) ||
	    json_member(raw, "__MONOTONIC_TIMESTAMP", value, sizeof(value)))
		time = strtod(value, NULL) / 1e6;
	emit_text(lines, message, time,
		  json_member(raw, "_TRANSPORT", value, sizeof(value)) &&
			  strcmp(value, "kernel") != 0);
}

static void end_line(struct oops_lines *lines)
{
	const char *raw = lines->raw;

	lines->raw[lines->len] = '\0';
	lines->len = 0;
	lines->cut = false;
	if (field(raw, "__CURSOR") || field(raw, "__REALTIME_TIMESTAMP"))
		lines->export_format = true;
	if (raw[0] == '{' && strstr(raw, "\"MESSAGE\"")) {
		emit_json(lines, raw);
		return;
	}
	if (lines->export_format && is_field_name(raw))
		raw = export_field(lines, raw);
	if (raw)
		emit_text(lines, raw, lines->export_time, lines->export_other);
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

/*
 * A line too long to keep: where messages were joined, all but the last are through. Otherwise the
 * rest of it is lost.
 */
static void make_room(struct oops_lines *lines)
{
	char *last = NULL;

	lines->raw[lines->len] = '\0';
	if (lines->raw[0] == '{')
		return;
	for (const char *s = lines->raw; (s = oops_prefix_inside(s)) != NULL;)
		last = lines->raw + (s - lines->raw);
	if (!last)
		return;
	lines->len -= (size_t)(last - lines->raw);
	last[-1] = '\0';
	emit_text(lines, lines->raw, -1, false);
	memmove(lines->raw, last, lines->len);
}

static void add(struct oops_lines *lines, unsigned char c)
{
	/* NULs go without a trace: what a Windows terminal saves as UTF-16 becomes readable. */
	if (c == '\t')
		c = ' ';
	if (c < 0x20 || c == 0x7f)
		return;
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
	if (lines->skip > 0) {
		lines->skip--;
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
