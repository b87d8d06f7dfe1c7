// SPDX-License-Identifier: GPL-2.0-only
#include "timeline/describe.h"

#include <inttypes.h>
#include <string.h>

#include "log/printable.h"

void event_title(const struct recorded_event *e, char *buf, size_t len)
{
	snprintf(buf, len, "%s", e->name);
	for (char *c = buf; *c; c++)
		if (*c == '_')
			*c = ' ';
	utf8_trim(buf);
}

/* Lines of the log often begin with what the event is called. */
static const char *without_title(const struct recorded_event *e)
{
	char title[64];
	size_t len;

	event_title(e, title, sizeof(title));
	len = strlen(title);
	if (strncmp(e->text, title, len) != 0)
		return e->text;
	if (strncmp(e->text + len, ": ", 2) == 0 || strncmp(e->text + len, ", ", 2) == 0)
		return e->text + len + 2;
	return e->text[len] ? e->text : "";
}

bool event_says_who(const struct recorded_event *e)
{
	char name[64];

	if (e->task.pid < 0 && e->task.tid < 0)
		return true;
	snprintf(name, sizeof(name), "%s[", e->task.comm);
	return strstr(e->text, name) != NULL;
}

void event_details(const struct recorded_event *e, char *buf, size_t len)
{
	size_t used = 0;
	const struct {
		const char *before, *what;
	} parts[] = { { "", e->device }, { "", e->channel }, { "from ", e->origin } };

	if (e->text[0]) {
		snprintf(buf, len, "%s", without_title(e));
		utf8_trim(buf);
		return;
	}
	buf[0] = '\0';
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (parts[i].what[0] && used < len)
			used += (size_t)snprintf(buf + used, len - used, "%s%s%s", used ? ", " : "",
						 parts[i].before, parts[i].what);
	if (e->senders >= 0 && used < len)
		snprintf(buf + used, len - used, "%s%" PRId64 " sender%s inside", used ? ", " : "",
			 e->senders, e->senders == 1 ? "" : "s");
	utf8_trim(buf);
}

const char *since_text(char buf[SINCE_MAX], const struct numbers *n, uint64_t t_ns)
{
	const bool before = t_ns < n->zero_ns;
	const uint64_t ns = before ? n->zero_ns - t_ns : t_ns - n->zero_ns;

	snprintf(buf, SINCE_MAX, "%c%" PRIu64 ".%03" PRIu64, before ? '-' : '+', ns / 1000000,
		 ns % 1000000 / 1000);
	return buf;
}

const char *no_end_text(const struct recording *r)
{
	return r->going_on ? "it is still going on" : "the kernel or the service died here";
}

void result_text(const struct recording *r, char *buf, size_t len)
{
	if (!r->ended)
		snprintf(buf, len, "none: %s", no_end_text(r));
	else
		snprintf(buf, len, "%s%s%s", r->end.result, r->end.reason[0] ? ": " : "",
			 r->end.reason);
	utf8_trim(buf);
}
