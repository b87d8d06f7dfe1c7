// SPDX-License-Identifier: GPL-2.0-only
#include "oops/events.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* Behind "remoteproc remoteproc0: ", since 4.9, or " remoteproc0: ", before. NULL for others. */
static const char *remoteproc_message(const char *text)
{
	if (begins(text, "remoteproc remoteproc"))
		text += strlen("remoteproc ");
	if (!begins(text, "remoteproc") || !isdigit((unsigned char)text[10]))
		return NULL;
	text = strchr(text, ':');
	return text && text[1] == ' ' ? text + 2 : NULL;
}

static enum oops_event_kind remoteproc_event(const char *message)
{
	static const struct {
		const char *begin;
		enum oops_event_kind kind;
	} messages[] = {
		{ "stopped remote processor", OOPS_EVENT_STOPPED },
		{ "detached remote processor", OOPS_EVENT_STOPPED },
		{ "crash detected in", OOPS_EVENT_CRASHED },
		{ "handling crash", OOPS_EVENT_CRASHED },
		{ "recovering ", OOPS_EVENT_CRASHED },
	};

	for (size_t i = 0; i < sizeof(messages) / sizeof(messages[0]); i++)
		if (begins(message, messages[i].begin))
			return messages[i].kind;
	if (begins(message, "remote processor ") && strstr(message, " is now "))
		return OOPS_EVENT_UP;
	return OOPS_EVENT_NONE;
}

/* "virtio0.rpmsg-virtual-tty-channel-1.-1.30:": device, channel, source and destination. */
static bool is_channel_device(const char *word, size_t len)
{
	size_t points = 0;

	if (!begins(word, "virtio") || !isdigit((unsigned char)word[6]) || word[len - 1] != ':')
		return false;
	for (size_t i = 0; i < len; i++)
		points += word[i] == '.';
	return points >= 3;
}

/*
 * "creating channel vendor-tty addr 0x1e": a module is mostly named like its channel, and where it
 * is not, no module of that name will turn up.
 */
static bool find_channel(const char *text, char name[OOPS_NAME_MAX])
{
	static const char words[] = ": creating channel ";
	const char *s = begins(text, "virtio_rpmsg_bus ") ? strstr(text, words) : NULL;
	size_t len;

	if (!s)
		return false;
	s += strlen(words);
	len = strcspn(s, " ");
	if (len == 0 || len >= OOPS_NAME_MAX)
		return false;
	for (size_t i = 0; i < len; i++)
		name[i] = s[i] == '-' ? '_' : s[i];
	name[len] = '\0';
	return true;
}

static bool find_bound_driver(const char *text, char driver[OOPS_NAME_MAX])
{
	const size_t len = strcspn(text, " ");
	const char *device = text + len + 1;

	if (len == 0 || len >= OOPS_NAME_MAX || text[len] != ' ')
		return false;
	if (!is_channel_device(device, strcspn(device, " ") ? strcspn(device, " ") : 1))
		return false;
	/* A device that no driver is bound to is named by its bus. */
	if (len == 5 && begins(text, "rpmsg"))
		return false;
	memcpy(driver, text, len);
	driver[len] = '\0';
	return true;
}

/* The name service says "destroying"; vendors' drivers say that they are removed. */
static enum oops_event_kind channel_event(const char *text)
{
	char driver[OOPS_NAME_MAX];

	if (begins(text, "virtio_rpmsg_bus ") && strstr(text, ": destroying channel "))
		return OOPS_EVENT_CHANNEL_GONE;
	if (find_bound_driver(text, driver) && strstr(text, " removed"))
		return OOPS_EVENT_CHANNEL_GONE;
	return OOPS_EVENT_NONE;
}

/* A message about a device whose memory was cleared has neither driver nor name in front. */
static bool is_nameless(const char *text)
{
	return begins(text, "(null): ") || begins(text, "(NULL device *): ");
}

static enum oops_event_kind find_kind(const struct oops_line *line)
{
	const char *message;

	if (!line->kernel) {
		if (strcmp(line->tag, "rpmsg-guard") == 0 && strstr(line->text, "UNSAFE"))
			return OOPS_EVENT_UNSAFE;
		return OOPS_EVENT_NONE;
	}
	if (is_nameless(line->text) && strstr(line->text, "rpmsg"))
		return OOPS_EVENT_NAMELESS;
	message = remoteproc_message(line->text);
	return message ? remoteproc_event(message) : channel_event(line->text);
}

void oops_find_event(const struct oops_line *line, struct oops_event *event)
{
	memset(event, 0, sizeof(*event));
	event->kind = find_kind(line);
	event->line = line->number;
	event->clock = line->clock;
	event->time = line->time;
	snprintf(event->quote, sizeof(event->quote), "%.*s", OOPS_QUOTE_MAX - 1, line->text);
}

bool oops_find_driver(const char *text, char driver[OOPS_NAME_MAX], bool *bound)
{
	*bound = find_bound_driver(text, driver);
	return *bound || find_channel(text, driver);
}
