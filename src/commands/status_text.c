// SPDX-License-Identifier: GPL-2.0-only
/* The remote processors, holds, senders and counters of a status, line by line. */
#include "commands/status_text.h"

#include <inttypes.h>
#include <json-c/json.h>
#include <stdbool.h>
#include <string.h>

#include "log/printable.h"

struct text {
	char bytes[256];
};

/* Empty when there is no text. Task and device names are chosen by others, hence the escaping. */
static struct text get_text(struct json_object *o, const char *key)
{
	struct json_object *value = NULL;
	struct text t = { "" };

	if (json_object_object_get_ex(o, key, &value) && value)
		printable(t.bytes, sizeof(t.bytes), json_object_get_string(value),
			  (size_t)json_object_get_string_len(value));
	return t;
}

static int64_t get_number(struct json_object *o, const char *key)
{
	struct json_object *value = NULL;

	return json_object_object_get_ex(o, key, &value) ? json_object_get_int64(value) : 0;
}

static bool get_flag(struct json_object *o, const char *key)
{
	struct json_object *value = NULL;

	return json_object_object_get_ex(o, key, &value) && json_object_get_boolean(value);
}

static struct json_object *get(struct json_object *o, const char *key, enum json_type type)
{
	struct json_object *value = NULL;

	json_object_object_get_ex(o, key, &value);
	return json_object_is_type(value, type) ? value : NULL;
}

static size_t length(struct json_object *array)
{
	return array ? json_object_array_length(array) : 0;
}

static void print_uptime(FILE *out, int64_t ms)
{
	const int64_t s = ms / 1000;

	if (s >= 86400)
		fprintf(out, "%" PRId64 " d %" PRId64 " h", s / 86400, s / 3600 % 24);
	else if (s >= 3600)
		fprintf(out, "%" PRId64 " h %" PRId64 " min", s / 3600, s / 60 % 60);
	else if (s >= 60)
		fprintf(out, "%" PRId64 " min %" PRId64 " s", s / 60, s % 60);
	else
		fprintf(out, "%" PRId64 " s", s);
}

static void print_hold(FILE *out, struct json_object *hold)
{
	const struct text waiting_for = get_text(hold, "waiting_for");
	const struct text action = get_text(hold, "action");

	fprintf(out, "  %s by %s held %.1f s, %s", action.bytes[0] ? action.bytes : "stop",
		get_text(hold, "caller").bytes, (double)get_number(hold, "held_ms") / 1000.0,
		get_text(hold, "state").bytes);
	if (waiting_for.bytes[0])
		fprintf(out, ", %s", waiting_for.bytes);
	fputc('\n', out);
}

static void print_sender(FILE *out, struct json_object *sender)
{
	fprintf(out, "  sender inside: %s (pid %" PRId64 ") in %s for %.1f s\n",
		get_text(sender, "comm").bytes, get_number(sender, "tid"),
		get_text(sender, "function").bytes, (double)get_number(sender, "for_ms") / 1000.0);
}

static void print_last(FILE *out, struct json_object *last)
{
	const struct text action = get_text(last, "action");

	fprintf(out, "  last %s: %s, held %.3f s, by %s at %s\n",
		action.bytes[0] ? action.bytes : "stop", get_text(last, "result").bytes,
		(double)get_number(last, "held_ms") / 1000.0, get_text(last, "caller").bytes,
		get_text(last, "at").bytes);
	if (get_text(last, "reason").bytes[0])
		fprintf(out, "    reason: %s\n", get_text(last, "reason").bytes);
}

static void print_counters(FILE *out, struct json_object *rp)
{
	const int64_t overlaps = get_number(rp, "unsafe_overlaps");
	const struct text recovery = get_text(rp, "recovery");

	if (recovery.bytes[0])
		fprintf(out, "  recovery: %s; recovered %" PRId64 " times\n", recovery.bytes,
			get_number(rp, "recoveries"));
	fprintf(out,
		"  stops %" PRId64 ", sends refused %" PRId64 ", dropped %" PRId64
		", unsafe overlaps %" PRId64 "%s\n",
		get_number(rp, "stops"), get_number(rp, "refused"), get_number(rp, "dropped"),
		overlaps, overlaps ? " (!)" : "");
}

static void print_remoteproc(FILE *out, struct json_object *rp)
{
	struct json_object *hold = get(rp, "hold", json_type_object);
	struct json_object *senders = get(rp, "senders", json_type_array);
	struct json_object *last = get(rp, "last", json_type_object);
	const struct text gate = get_text(rp, "gate");

	fprintf(out, "%s (%s): %s", get_text(rp, "name").bytes, get_text(rp, "device_name").bytes,
		get_text(rp, "state").bytes);
	if (gate.bytes[0])
		fprintf(out, ", gate %s", gate.bytes);
	else if (json_object_object_get_ex(rp, "gate", NULL)) /* null */
		fputs(", no gate at this level", out);
	fputc('\n', out);
	if (get_number(rp, "torn_down"))
		fputs("  its channels are gone: a stop failed after the teardown. Ask for a "
		      "stop again; a start does nothing\n",
		      out);
	if (hold)
		print_hold(out, hold);
	for (size_t i = 0; i < length(senders); i++)
		print_sender(out, json_object_array_get_idx(senders, i));
	/* A remote processor that came after the service's death has no counters. */
	if (get(rp, "stops", json_type_int))
		print_counters(out, rp);
	if (last)
		print_last(out, last);
}

static void print_service(FILE *out, struct json_object *status)
{
	const struct text service = get_text(status, "service");
	const struct text level = get_text(status, "level");

	fprintf(out, "service: %s", service.bytes);
	if (strcmp(service.bytes, "dead") == 0) {
		fputs(", nothing is guarded", out);
		if (level.bytes[0])
			fprintf(out, "; this is the last status that it wrote, with the present "
				     "states");
	} else {
		fprintf(out, " (pid %" PRId64 "), level %s, up ", get_number(status, "pid"),
			level.bytes);
		print_uptime(out, get_number(status, "uptime_ms"));
		if (get_flag(status, "observe_only"))
			fputs(", only observes (--observe): no stop is held", out);
	}
	fputc('\n', out);
}

static void print_episodes(FILE *out, struct json_object *episodes)
{
	if (length(episodes))
		fputs("last episodes (rpmsg-guard report FILE):\n", out);
	for (size_t i = 0; i < length(episodes); i++) {
		struct json_object *o = json_object_array_get_idx(episodes, i);

		fprintf(out, "  %s: %s, %s\n", get_text(o, "id").bytes, get_text(o, "result").bytes,
			get_text(o, "file").bytes);
	}
}

static void print_losses(FILE *out, struct json_object *lost)
{
	static const struct {
		const char *key, *what;
	} kinds[] = {
		{ "events", "events lost, the timeline is incomplete" },
		{ "senders", "senders without a record: holds do not wait for them" },
		{ "endpoints", "endpoints without room in the ledger" },
		{ "exits", "ends of sends that the hook missed and the guard noticed later" },
		{ "messages", "log messages dropped, because the reader of the log was too slow" },
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		const int64_t n = lost ? get_number(lost, kinds[i].key) : 0;

		if (n)
			fprintf(out, "incomplete: %" PRId64 " %s\n", n, kinds[i].what);
	}
}

void status_print(FILE *out, struct json_object *status)
{
	struct json_object *rps = get(status, "remoteprocs", json_type_array);

	print_service(out, status);
	if (length(rps) == 0)
		fputs("no remote processor\n", out);
	for (size_t i = 0; i < length(rps); i++)
		print_remoteproc(out, json_object_array_get_idx(rps, i));
	print_episodes(out, get(status, "episodes", json_type_array));
	print_losses(out, get(status, "lost", json_type_object));
}
