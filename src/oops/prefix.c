// SPDX-License-Identifier: GPL-2.0-only
/* Takes off, one after the other, the forms of prefix that are known; it knows where each ends. */
#include "oops/prefix.h"

#include <ctype.h>
#include <stdlib.h>

/* What comes after so many prefixes belongs to the message. */
#define PREFIXES_MAX 12
#define BRACKET_MAX 64

static const char *skip_digits(const char *s)
{
	while (isdigit((unsigned char)*s))
		s++;
	return s;
}

static const char *next_word(const char *s)
{
	return skip_spaces(s + strcspn(s, " "));
}

static void set_time(struct oops_line *line, enum oops_clock clock, double time)
{
	/* printk's own clock has more digits and no leap at midnight. */
	if (line->clock == OOPS_CLOCK_MONOTONIC || !oops_is_time(time))
		return;
	line->clock = clock;
	line->time = time;
}

/* "10:02:03", also with a fraction after a point or a comma. NULL when @s is something else. */
static const char *parse_day_time(const char *s, struct oops_line *line)
{
	double seconds;

	for (int i = 0; i < 8; i++)
		if (i == 2 || i == 5 ? s[i] != ':' : !isdigit((unsigned char)s[i]))
			return NULL;
	seconds = ((s[0] - '0') * 10 + s[1] - '0') * 3600 + ((s[3] - '0') * 10 + s[4] - '0') * 60 +
		  (s[6] - '0') * 10 + s[7] - '0';
	s += 8;
	if ((*s == '.' || *s == ',') && isdigit((unsigned char)s[1])) {
		double unit = 0.1;

		for (s++; isdigit((unsigned char)*s); s++, unit /= 10)
			seconds += unit * (*s - '0');
	}
	set_time(line, OOPS_CLOCK_DAY, seconds);
	return s;
}

/* "12.345678": seconds since boot. */
static const char *parse_seconds(const char *s, double *seconds)
{
	const char *end = skip_digits(s);

	if (end == s || end - s > 12 || *end != '.' || !isdigit((unsigned char)end[1]))
		return NULL;
	*seconds = strtod(s, NULL);
	return skip_digits(end + 1);
}

/* "<4>" of /proc/kmsg and pstore, "6,339,5140900,-;" of /dev/kmsg. */
static const char *strip_level(const char *s, struct oops_line *line)
{
	const char *p;

	if (*s == '<') {
		p = skip_digits(s + 1);
		if (p == s + 1 || p - s > 4 || *p != '>')
			return NULL;
		/* RFC 5424 puts its version and a date behind the level. */
		return p[1] == '1' && p[2] == ' ' && isdigit((unsigned char)p[3]) ? p + 3 : p + 1;
	}
	p = skip_digits(s);
	if (p == s || *p != ',')
		return NULL;
	s = skip_digits(p + 1);
	if (s == p + 1 || *s != ',')
		return NULL;
	p = skip_digits(s + 1);
	if (p == s + 1 || *p != ',' || !strchr(p, ';'))
		return NULL;
	set_time(line, OOPS_CLOCK_MONOTONIC, strtod(s + 1, NULL) / 1e6);
	return strchr(p, ';') + 1;
}

/* "kern  :warn  : ", of dmesg --decode. */
static const char *strip_facility(const char *s)
{
	size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789");
	const char *p = skip_spaces(s + n);

	if (n == 0 || p - s != 6 || *p != ':')
		return NULL;
	n = strspn(p + 1, "abcdefghijklmnopqrstuvwxyz");
	s = skip_spaces(p + 1 + n);
	return n > 0 && s - p == 7 && s[0] == ':' && s[1] == ' ' ? s + 1 : NULL;
}

/* The inside of "[T123]" or "[   C0]". */
static bool is_caller(const char *s, size_t len, struct oops_line *line)
{
	const char *p = skip_spaces(s);
	char *end;
	unsigned long id;

	if ((*p != 'T' && *p != 'C') || !isdigit((unsigned char)p[1]))
		return false;
	id = strtoul(p + 1, &end, 10);
	if (end != s + len)
		return false;
	line->caller = *p;
	line->caller_id = id;
	return true;
}

/*
 * The inside of "[   12.345678]", "[12.345678@1]", "[Mon Nov 21 10:02:03 2022]", "[  +0.000012]",
 * "[2022-11-21 10:02:03.123]" and similar. Not the inside of "[ffff800015b3a002]", "[#1]" or "[drm]".
 */
static bool is_time(const char *s, size_t len, struct oops_line *line)
{
	const char *p = skip_spaces(s);
	const char *end = s + len;
	bool digit = false, separator = false;
	double seconds;

	for (const char *c = p; c < end; c++) {
		if (isdigit((unsigned char)*c))
			digit = true;
		else if (*c == '.' || *c == ':')
			separator = true;
		else if (!isalpha((unsigned char)*c) && !strchr(" +-,@/_", *c))
			return false;
	}
	if (!digit || !separator)
		return false;
	if (parse_seconds(p, &seconds)) {
		set_time(line, OOPS_CLOCK_MONOTONIC, seconds);
		return true;
	}
	while (p < end && !parse_day_time(p, line))
		p++;
	return true;
}

static const char *strip_bracket(const char *s, struct oops_line *line)
{
	const char *end;
	size_t len;

	if (*s != '[')
		return NULL;
	end = strchr(s, ']');
	if (!end || end - s > BRACKET_MAX)
		return NULL;
	len = (size_t)(end - s) - 1;
	if (!is_caller(s + 1, len, line) && !is_time(s + 1, len, line))
		return NULL;
	return end + 1;
}

/* "Nov 21 10:02:03" */
static const char *parse_syslog_date(const char *s, struct oops_line *line)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	char month[4] = "";
	const char *p, *at;

	memcpy(month, s, strnlen(s, 3));
	at = strlen(month) == 3 ? strstr(months, month) : NULL;
	if (!at || (at - months) % 3 || s[3] != ' ')
		return NULL;
	p = skip_spaces(s + 3);
	s = skip_digits(p);
	if (s == p || s - p > 2 || *s != ' ')
		return NULL;
	return parse_day_time(skip_spaces(s), line);
}

/* "2022-11-21T10:02:03,123456+00:00", also with a space for the T and without the zone. */
static const char *parse_iso_date(const char *s, struct oops_line *line)
{
	static const char form[] = "dddd-dd-dd";

	for (size_t i = 0; i < sizeof(form) - 1; i++)
		if (form[i] == 'd' ? !isdigit((unsigned char)s[i]) : s[i] != form[i])
			return NULL;
	if (s[10] != 'T' && s[10] != ' ')
		return NULL;
	s = parse_day_time(s + 11, line);
	if (!s)
		return NULL;
	return *s == '+' || *s == '-' || *s == 'Z' ? s + 1 + strspn(s + 1, "0123456789:") : s;
}

/* "1669024923.123456 ", of journalctl -o short-unix. */
static const char *parse_unix_date(const char *s, struct oops_line *line)
{
	double seconds;
	const char *end;

	if (skip_digits(s) - s != 10)
		return NULL;
	end = parse_seconds(s, &seconds);
	if (!end || *end != ' ')
		return NULL;
	set_time(line, OOPS_CLOCK_DAY, seconds - 86400 * (double)(long)(seconds / 86400));
	return end;
}

/* "kernel:" or "python[123]:"; everything up to the colon names the writer of the line. */
static const char *parse_tag(const char *s, struct oops_line *line)
{
	const size_t len = strcspn(s, " "), name = strcspn(s, "[:");

	if (len < 2 || s[len - 1] != ':' || s[len] != ' ' || name == 0)
		return NULL;
	snprintf(line->tag, sizeof(line->tag), "%.*s", (int)name, s);
	line->kernel = strcmp(line->tag, "kernel") == 0;
	return s + len;
}

/*
 * After a date: " HOST TAG: "; busybox has the facility between the two. A date alone is dmesg's or
 * a terminal program's.
 */
static const char *strip_host(const char *s, struct oops_line *line)
{
	const char *host = skip_spaces(s), *second = next_word(host), *third = next_word(second);
	const char *point = strchr(second, '.');

	/* RFC 5424 has no colon; it has fields for the process, the message and the data. */
	if (begins(second, "kernel - - - "))
		return behind(second, "- - - ");
	return parse_tag(second, line) ?:
	       (begins(host, "kernel:") ? parse_tag(host, line) : NULL) ?:
	       (point && point < third ? parse_tag(third, line) : NULL) ?: s;
}

static const char *strip_date(const char *s, struct oops_line *line)
{
	const char *p = parse_syslog_date(s, line);
	const enum oops_clock clock = line->clock;
	const double time = line->time;

	p = p ?: parse_iso_date(s, line) ?: parse_unix_date(s, line);
	if (p && (*p == ' ' || !*p))
		return strip_host(p, line);
	line->clock = clock;
	line->time = time;
	return NULL;
}

/*
 * "HOST kernel: " behind a monotonic time, of journalctl -o short-monotonic. Only for the kernel:
 * "remoteproc remoteproc0: " has the same form.
 */
static const char *strip_kernel_tag(const char *s)
{
	const char *p = begins(s, "kernel: ") ? s : next_word(s);

	return begins(p, "kernel: ") ? p + 7 : NULL;
}

/* Part headers of pstore stand alone on their line; quoting comes from mails and forums. */
static const char *strip_quote(const char *s)
{
	return (*s == '>' || *s == '|') && s[1] == ' ' ? s + 1 : NULL;
}

/* ---- what some kernels put between the time and the message: CPU and task ---- */

/* "[1]" of Qualcomm, "[1:  python:95780]" of Samsung, "[pid:95780,cpu1,python]" of HiSilicon. */
static const char *strip_task_bracket(const char *s)
{
	const char *p = skip_spaces(s + 1), *end = strchr(s, ']'), *digits = skip_digits(p);

	if (!end || end - s > BRACKET_MAX)
		return NULL;
	if (begins(p, "pid:") || (digits > p && (digits == end || *digits == ':')))
		return end + 1;
	return NULL;
}

/* "(1)[95780:python]" of MediaTek; a mark in front says whether interrupts are on. */
static const char *strip_mediatek(const char *s)
{
	const char *p = s + (*s == '.' || *s == '-'), *digits;

	if (*p++ != '(')
		return NULL;
	digits = skip_digits(p);
	if (digits == p || digits - p > 3 || digits[0] != ')' || digits[1] != '[')
		return NULL;
	return strip_task_bracket(digits + 1);
}

/* "001: " of PREEMPT_RT, "@1 " of Amlogic, "c1  95780 " of Spreadtrum. */
static const char *strip_cpu(const char *s)
{
	const char *p = skip_digits(s);

	if (p - s == 3 && p[0] == ':' && p[1] == ' ')
		return p + 1;
	if (*s != '@' && *s != 'c')
		return NULL;
	p = skip_digits(s + 1);
	if (p == s + 1 || p - s > 4 || *p != ' ')
		return NULL;
	if (*s == '@')
		return p;
	s = skip_spaces(p);
	p = skip_digits(s);
	return p > s && *p == ' ' ? p : NULL;
}

/* Only right behind a time: elsewhere these are part of a message. */
static const char *strip_vendor(const char *s, const struct oops_line *line)
{
	const bool level = isupper((unsigned char)*s) && s[1] == '[';

	if (line->clock == OOPS_CLOCK_NONE)
		return NULL;
	if (*s == '[' || level)
		return strip_task_bracket(s + level);
	return strip_cpu(s) ?: strip_mediatek(s);
}

static const char *strip_one(const char *s, struct oops_line *line)
{
	return strip_level(s, line) ?: strip_facility(s) ?: strip_bracket(s, line) ?:
	       strip_date(s, line) ?: strip_kernel_tag(s) ?: strip_quote(s) ?:
	       strip_vendor(s, line);
}

void oops_prefix_strip(const char *text, struct oops_line *line)
{
	const char *next = skip_spaces(text);

	memset(line, 0, sizeof(*line));
	line->kernel = true;
	for (int i = 0; i < PREFIXES_MAX && next; i++) {
		text = skip_spaces(next);
		next = strip_one(text, line);
	}
	line->text = text;
}
