// SPDX-License-Identifier: GPL-2.0-only
/* Finds the lines that explain a report without being a part of it. */
#include "oops/events.h"

#include <ctype.h>

/* How much later than an oops a stop can be reported that was under way when it happened. */
#define DURING_SECONDS 0.5
#define DURING_MESSAGES 150

bool oops_note_boot(struct oops_boot *boot, const struct oops_line *line)
{
	const char *version = begins(line->text, "Linux version ") ? behind(line->text, "version ")
								   : NULL;
	bool begun;

	if (!version && !begins(line->text, "Booting Linux on physical CPU"))
		return false;
	/* arm prints both lines, x86 only the version. */
	begun = !version || line->number - boot->line > 3;
	/* Nothing that was known of the boot before is of use for the next boot. */
	if (begun)
		*boot = (struct oops_boot){ .number = boot->number + 1 };
	boot->line = line->number;
	if (version)
		snprintf(boot->kernel, sizeof(boot->kernel), "%.*s", (int)strcspn(version, " "),
			 version);
	return begun;
}

/* ---- what a line says of a remote processor ---- */

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
		/* The subdevices, and with them the rings, go before the driver is asked. */
		{ "can't stop rproc", OOPS_EVENT_STOP_FAILED },
		{ "can't detach from rproc", OOPS_EVENT_STOP_FAILED },
		{ "can't reset resource table", OOPS_EVENT_STOP_FAILED },
		{ "crash detected in", OOPS_EVENT_CRASHED },
		{ "handling crash", OOPS_EVENT_CRASHED },
		{ "recovering ", OOPS_EVENT_CRASHED },
	};

	for (size_t i = 0; i < sizeof(messages) / sizeof(messages[0]); i++)
		if (begins(message, messages[i].begin))
			return messages[i].kind;
	return begins(message, "remote processor ") && strstr(message, " is now ")
		       ? OOPS_EVENT_UP
		       : OOPS_EVENT_NONE;
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
 * The driver whose message about the device of an rpmsg channel @text is, as in
 * "imx_rpmsg_tty virtio0.rpmsg-virtual-tty-channel-1.-1.30: ...".
 */
static bool find_bound_driver(const char *text, char driver[OOPS_NAME_MAX])
{
	const size_t len = strcspn(text, " ");
	const char *device = text + len + 1;

	if (len == 0 || len >= OOPS_NAME_MAX || text[len] != ' ' ||
	    !is_channel_device(device, strcspn(device, " ")))
		return false;
	/* The bus names a device that no driver is bound to. */
	if (len == 5 && begins(text, "rpmsg"))
		return false;
	snprintf(driver, OOPS_NAME_MAX, "%.*s", (int)len, text);
	return true;
}

/*
 * "creating channel vendor-tty addr 0x1e": a module is mostly named like its channel, and where it
 * is not, no module of that name will turn up.
 */
static bool find_channel(const char *text, char name[OOPS_NAME_MAX])
{
	const char *s = begins(text, "virtio_rpmsg_bus ") ? behind(text, ": creating channel ")
							  : NULL;
	const size_t len = s ? strcspn(s, " ") : 0;

	if (len == 0 || len >= OOPS_NAME_MAX)
		return false;
	snprintf(name, OOPS_NAME_MAX, "%.*s", (int)len, s);
	for (char *c = name; (c = strchr(c, '-')) != NULL;)
		*c = '_';
	return true;
}

/* The name service says "destroying"; vendors' drivers say that they are removed. */
static bool is_channel_gone(const char *text)
{
	char driver[OOPS_NAME_MAX];

	return (begins(text, "virtio_rpmsg_bus ") && strstr(text, ": destroying channel ")) ||
	       (find_bound_driver(text, driver) && strstr(text, " removed"));
}

/* "-17" as a word: EEXIST. */
static bool says_exists(const char *text)
{
	const char *s = behind(text, " -17");

	return s && !isalnum((unsigned char)*s) && *s != '.';
}

/* The name of a tty or device that should have gone with the stop is in use, or its port leaked. */
static bool is_leftover(const char *text)
{
	const bool ours = strstr(text, "rpmsg") || strstr(text, "RPMSG");

	if (strstr(text, "cannot create duplicate filename"))
		return ours || strstr(text, "/tty");
	if (!ours && !strstr(text, "virtio"))
		return false;
	return says_exists(text) || strstr(text, "with -EEXIST") ||
	       (strstr(text, "port") && strstr(text, "leak"));
}

static enum oops_event_kind find_kind(const struct oops_line *line)
{
	const char *text = line->text, *message;

	if (!line->kernel)
		return strcmp(line->tag, "rpmsg-guard") == 0 && strstr(text, "UNSAFE")
			       ? OOPS_EVENT_UNSAFE
			       : OOPS_EVENT_NONE;
	/* A message about a device whose memory was cleared has neither driver nor name in front. */
	if ((begins(text, "(null): ") || begins(text, "(NULL device *): ")) &&
	    strstr(text, "rpmsg"))
		return OOPS_EVENT_NAMELESS;
	message = remoteproc_message(text);
	if (message)
		return remoteproc_event(message);
	if (is_leftover(text))
		return OOPS_EVENT_LEFTOVER;
	return is_channel_gone(text) ? OOPS_EVENT_CHANNEL_GONE : OOPS_EVENT_NONE;
}

/* The parts of a pstore dump can come last first: an earlier stop is then found later. */
static void tell_report(struct oops_report *r, const struct oops_event *event,
			unsigned long messages)
{
	const double after = oops_time_between(r->clock, r->time, event->time);
	struct oops_event *stop = &r->before.stop;

	if (r->clock != event->clock || r->clock == OOPS_CLOCK_NONE) {
		if (messages - r->message <= DURING_MESSAGES)
			r->stop_during = *event;
	} else if (after < -DURING_SECONDS) {
		if (!stop->kind || oops_time_between(r->clock, stop->time, event->time) > 0)
			*stop = *event;
	} else if (after <= DURING_SECONDS) {
		r->stop_during = *event;
	}
}

void oops_note_event(struct oops_boot *boot, const struct oops_line *line, struct oops_log *log,
		     unsigned long messages)
{
	struct oops_events *seen = &boot->seen;
	struct oops_event *const last[] = {
		[OOPS_EVENT_UP] = &seen->up,
		[OOPS_EVENT_STOPPED] = &seen->stop,
		[OOPS_EVENT_CRASHED] = &seen->crash,
		[OOPS_EVENT_CHANNEL_GONE] = &seen->stop,
		[OOPS_EVENT_UNSAFE] = &seen->unsafe,
		[OOPS_EVENT_NAMELESS] = &seen->nameless,
		[OOPS_EVENT_STOP_FAILED] = &seen->stop,
		[OOPS_EVENT_LEFTOVER] = &seen->leftover,
	};
	struct oops_event event = { .kind = find_kind(line),
				    .clock = line->clock,
				    .time = line->time,
				    .message = messages };

	if (event.kind == OOPS_EVENT_NONE ||
	    (event.kind == OOPS_EVENT_LEFTOVER && !seen->stop.kind))
		return;
	oops_set_quote(&event.quote, line);
	/* The channels go first; the whole stop is the better evidence. */
	*last[event.kind] = event;
	if (last[event.kind] != &seen->stop)
		return;
	/* A stop's message comes when it is over: an oops that it caused can be there first. */
	for (size_t i = 0; i < log->n; i++)
		if (log->reports[i]->boot == boot->number && !log->reports[i]->stop_during.kind)
			tell_report(log->reports[i], &event, messages);
}

/* ---- drivers ---- */

void oops_note_driver(struct oops_log *log, const struct oops_line *line)
{
	char name[OOPS_NAME_MAX];
	const bool bound = find_bound_driver(line->text, name);
	size_t i = 0;

	if (!bound && !find_channel(line->text, name))
		return;
	while (i < log->n_drivers && strcmp(log->drivers[i].name, name) != 0)
		i++;
	if (i == OOPS_DRIVERS_MAX)
		return;
	if (i == log->n_drivers)
		strcpy(log->drivers[log->n_drivers++].name, name);
	log->drivers[i].bound |= bound;
}
