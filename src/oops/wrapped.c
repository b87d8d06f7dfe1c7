// SPDX-License-Identifier: GPL-2.0-only
/*
 * Two things tell that a line goes on in the next: it lacks what the next line has, or the lines have
 * times, the next line has none, and it would not have fitted behind.
 */
#include "oops/wrapped.h"

#include <ctype.h>

#include "oops/inside.h"
#include "oops/symbols.h"

/* Nobody wraps to less. */
#define WIDTH_MIN 40
/* Mail programs and forums wrap between words, up to here; a terminal at any character. */
#define MAIL_WIDTH_MIN 60
#define MAIL_WIDTH_MAX 79
/* So many lines that were as wide as any, and none that was not, are no chance. */
#define FULL_LINES 3

/* ---- what a line lacks ---- */

static bool ends_in(const char *text, size_t len, const char *words)
{
	const size_t n = strlen(words);

	return len >= n && strcmp(text + len - n, words) == 0;
}

static bool ends_in_any(const char *text, const char *const words[], size_t n)
{
	const size_t len = strlen(text);

	for (size_t i = 0; i < n; i++)
		if (ends_in(text, len, words[i]))
			return true;
	return false;
}

static bool lacks_word(const char *text)
{
	static const char *const ends[] = { "pc :",	"lr :",	      "PC is at",
					    "LR is at", "RIP: 0010:", "epc :" };

	if (begins(text, "WARNING: ") && strstr(text, ".c:") && !strstr(text, "CPU"))
		return true;
	return ends_in_any(text, ends, sizeof(ends) / sizeof(ends[0])) ||
	       (begins(text, "BUG: ") && ends_in(text, strlen(text), " in"));
}

static bool lacks_address(const char *text)
{
	static const char *const ends[] = { "virtual address", "canonical address",
					    "address:", "at addr" };

	return ends_in_any(text, ends, sizeof(ends) / sizeof(ends[0]));
}

/* A line of an arm32 stack, "[<c04e5d30>] (f) from [<c04e6b44>] (g+0x18/0x1c [m])", cut at a space. */
static bool lacks_caller(const char *text)
{
	const size_t len = strlen(text);
	int open = 0;

	if (!begins(text, "[<") || !strchr(text, '('))
		return begins(text, "[<") && ends_in(text, len, ">]");
	for (const char *s = text; *s; s++)
		open += (*s == '(') - (*s == ')');
	return open > 0 || ends_in(text, len, " from") || ends_in(text, len, ">]");
}

/* "CPU: 1 PID: 95780 Comm: python Tainted: G           O", without the version. */
static bool lacks_version(const char *text)
{
	const char *taint = begins(text, "CPU: ") ? behind(text, "ainted") : NULL;

	return taint && !strpbrk(taint, "0123456789");
}

static bool lacks_taint(const char *text)
{
	return begins(text, "CPU: ") && strstr(text, " Comm: ") && !strstr(text, "ainted");
}

/* "rpmsg_send+0x20/": cut inside, by a terminal. */
static bool lacks_size(const char *text)
{
	const char *plus = strrchr(text, '+'), *end;

	if (!plus || !begins(plus, "+0x"))
		return false;
	end = plus + 3 + strspn(plus + 3, "0123456789abcdef");
	if (*end == '/')
		end += 1 + begins(end + 1, "0") + begins(end + 1, "0x");
	return *end == '\0' && plus > text && !begins(plus - 1, " ");
}

static bool is_frame(const char *text)
{
	struct oops_frame frames[2];

	return oops_parse_frames(text, frames) > 0;
}

/* "[virtio_rpmsg_bus]" and nothing else. */
static bool is_module(const char *text)
{
	const size_t len = *text == '[' ? strcspn(text, "]") : 0;

	return len > 1 && text[len] == ']' && !*skip_spaces(text + len + 1) &&
	       strspn(text + 1, "abcdefghijklmnopqrstuvwxyz0123456789_-") == len - 1;
}

static bool is_module_list(const char *text)
{
	return islower((unsigned char)*text) &&
	       text[strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_-()OEFPC+ ")] == '\0';
}

/* @next completes @text. */
static bool completes(const char *text, const char *next)
{
	const bool hex = strspn(next, "0123456789abcdef") >= 4;

	if (lacks_word(text) || lacks_size(text) || lacks_caller(text))
		return !oops_is_heading(next);
	if (lacks_address(text))
		return hex;
	if (lacks_version(text))
		return isdigit((unsigned char)next[strspn(next, "ABCDEFGHIJKLMNOPQRSTUVWXYZ ")]);
	if (lacks_taint(text))
		return begins(next, "Tainted: ") || begins(next, "Not tainted ") ||
		       isdigit((unsigned char)*next);
	if (begins(text, "Modules linked in:"))
		return is_module_list(next);
	return is_module(next) && is_frame(text) && text[strlen(text) - 1] != ']';
}

/* ---- where lines are wrapped ---- */

/* A terminal fills each line that it wraps. */
static bool is_full(const struct oops_wrapped *w)
{
	return w->width >= WIDTH_MIN && w->width == w->widest && !w->between_words &&
	       (w->width > MAIL_WIDTH_MAX || w->full_lines >= FULL_LINES);
}

/* The first word of the next line would not have fitted behind. */
static bool is_between_words(const struct oops_wrapped *w, const char *next)
{
	const size_t with_next = w->width + 1 + strcspn(skip_spaces(next), " ");

	return w->width >= WIDTH_MIN && w->width <= MAIL_WIDTH_MAX && with_next > w->widest &&
	       with_next > MAIL_WIDTH_MIN;
}

/* Nothing that stands for itself. */
static bool is_rest(const char *next)
{
	next = skip_spaces(next);
	return !oops_is_heading(next) && !is_frame(next) && !begins(next, "---") &&
	       !begins(next, "===");
}

/* What has a time, or is of a report for sure, can go on in what has none. */
static bool may_go_on(const struct oops_line *line, const char *next, bool full)
{
	if (line->clock == OOPS_CLOCK_NONE && !(full && oops_is_heading(line->text)))
		return false;
	return is_rest(next) && (full || !is_frame(line->text));
}

/* ---- joining ---- */

void oops_wrapped_init(struct oops_wrapped *w, oops_line_fn emit, void *context)
{
	memset(w, 0, sizeof(*w));
	w->emit = emit;
	w->context = context;
}

void oops_wrapped_line(struct oops_wrapped *w, size_t width)
{
	/* An empty line ends a mail's head, a quotation, a forum's block. */
	if (width == 0) {
		w->widest = 0;
		w->full_lines = 0;
		w->between_words = w->paragraphs = false;
	} else if (width > w->widest) {
		w->widest = width;
	}
}

static void append(struct oops_wrapped *w, const char *text, bool space)
{
	const int n = snprintf(w->text + w->len, sizeof(w->text) - w->len, "%s%s", space ? " " : "",
			       text);

	w->len += (size_t)n;
	if (w->len >= sizeof(w->text))
		w->len = sizeof(w->text) - 1;
}

/* Appends @next to the part that is kept back, if it belongs there. */
static bool join(struct oops_wrapped *w, const char *next)
{
	struct oops_line line;
	const bool full = is_full(w);

	oops_prefix_strip(next, &line);
	if (w->len + strlen(next) >= OOPS_TEXT_MAX || !*line.text ||
	    line.clock != OOPS_CLOCK_NONE || line.text != skip_spaces(next))
		return false;
	oops_prefix_strip(w->text, &line);
	if (!*line.text || completes(line.text, skip_spaces(next))) {
		append(w, full ? next : skip_spaces(next), !full && !lacks_size(line.text));
		return true;
	}
	if (!full && !is_between_words(w, next))
		return false;
	/* A paragraph is wrapped anywhere; settle() finds its lines again. */
	w->paragraph |= w->paragraphs && line.clock == OOPS_CLOCK_NONE && !full;
	if (!w->paragraph && !may_go_on(&line, next, full))
		return false;
	if (w->width < w->widest)
		w->between_words = true;
	else
		w->full_lines++;
	append(w, full ? next : skip_spaces(next), !full);
	return true;
}

static void emit(const struct oops_wrapped *w)
{
	struct oops_line line;

	oops_prefix_strip(w->text, &line);
	line.number = w->number;
	if (line.clock != OOPS_CLOCK_MONOTONIC && oops_is_time(w->time)) {
		line.clock = OOPS_CLOCK_MONOTONIC;
		line.time = w->time;
	}
	line.kernel &= !w->other;
	w->emit(w->context, &line);
}

/* After a join: passes on all messages that are complete now. */
static void settle(struct oops_wrapped *w)
{
	char *next;
	size_t head;

	for (;;) {
		const char *found = oops_inside_stamp(w->text);

		if (!found && w->paragraph) {
			struct oops_line line;

			oops_prefix_strip(w->text, &line);
			found = oops_inside_paragraph(line.text);
		}
		if (!found)
			return;
		head = (size_t)(found - w->text);
		next = w->text + head;
		next[-1] = '\0';
		emit(w);
		w->len -= head;
		memmove(w->text, next, w->len + 1);
	}
}

void oops_wrapped_flush(struct oops_wrapped *w)
{
	if (!w->pending)
		return;
	w->pending = false;
	emit(w);
}

void oops_wrapped_add(struct oops_wrapped *w, const struct oops_part *part)
{
	if (w->pending && w->width > 0 && part->first && part->width > 0 && join(w, part->text)) {
		w->width = part->last ? part->width : 0;
		w->paragraph |= part->paragraph;
		w->paragraphs |= part->paragraph;
		settle(w);
		return;
	}
	oops_wrapped_flush(w);
	w->pending = true;
	w->paragraph = part->paragraph;
	w->paragraphs |= part->paragraph;
	w->len = 0;
	append(w, part->text, false);
	w->number = part->number;
	w->time = part->time;
	w->other = part->other;
	w->width = part->last ? part->width : 0;
}
