// SPDX-License-Identifier: GPL-2.0-only
/* When, which remote processor, which action, its result, how long it was held, by whom, and why. */
#include "commands/episode_list.h"

#include <errno.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "log/printable.h"
#include "timeline/describe.h"

/* "2026-11-23T07:12:03.412Z", as episodes have it, to "2026-11-23 08:12:03 CET". */
static void local_time(const char *started, char *text, size_t len)
{
	struct tm tm = { 0 };
	time_t t;

	if (!strptime(started, "%Y-%m-%dT%H:%M:%S", &tm)) {
		snprintf(text, len, "unknown");
		return;
	}
	t = timegm(&tm);
	strftime(text, len, "%Y-%m-%d %H:%M:%S %Z", localtime_r(&t, &tm));
}

static const char *result_of(const struct recording *r)
{
	if (r->ended)
		return r->end.result;
	return outcome_name(r->going_on ? OUTCOME_GOING_ON : OUTCOME_CUT_OFF);
}

static const char *or_unknown(const char *text)
{
	return text[0] ? text : "unknown";
}

static int add_row(struct episode_list *list, const char *const cells[EPISODE_COLUMNS])
{
	char *(*more)[EPISODE_COLUMNS] = reallocarray(list->rows, list->n + 1, sizeof(*more));

	if (!more)
		return -ENOMEM;
	list->rows = more;
	memset(list->rows[list->n], 0, sizeof(list->rows[0]));
	list->n++;
	for (size_t i = 0; i < EPISODE_COLUMNS; i++) {
		list->rows[list->n - 1][i] = strdup(cells[i]);
		if (!list->rows[list->n - 1][i])
			return -ENOMEM;
	}
	return 0;
}

int episode_list_begin(struct episode_list *list)
{
	static const char *const heading[EPISODE_COLUMNS] = {
		"WHEN", "REMOTE PROCESSOR", "ACTION", "OUTCOME", "HELD", "ASKED BY", "ID", "REASON"
	};

	memset(list, 0, sizeof(*list));
	return add_row(list, heading);
}

int episode_list_add(struct episode_list *list, const struct recording *r)
{
	char when[64], held[DURATION_MAX] = "-", caller[128];
	struct findings f;
	int err = findings_of(&f, r);

	if (f.numbers.has_held)
		duration_text(held, f.numbers.held_ns, "u");
	findings_free(&f);
	if (err)
		return err;
	local_time(r->started, when, sizeof(when));
	return add_row(list, (const char *const[EPISODE_COLUMNS]){
				     when, or_unknown(r->rproc), action_name(r), result_of(r), held,
				     caller_name(r, caller, sizeof(caller)), or_unknown(r->id),
				     r->ended ? r->end.reason : no_end_text(r) });
}

static void print_row(FILE *out, char *const row[EPISODE_COLUMNS],
		      const size_t widths[EPISODE_COLUMNS])
{
	for (size_t i = 0; i < EPISODE_COLUMNS; i++) {
		/* Nothing behind the last one that has a text. */
		const bool last = i == EPISODE_COLUMNS - 2 && !row[i + 1][0];
		const size_t pad = i == EPISODE_COLUMNS - 1 || last
					   ? 0
					   : widths[i] - utf8_length(row[i]) + 2;

		fprintf(out, "%s%*s", row[i], (int)pad, "");
	}
	fputc('\n', out);
}

void episode_list_print(FILE *out, const struct episode_list *list)
{
	size_t widths[EPISODE_COLUMNS] = { 0 };

	for (size_t i = 0; i < list->n; i++)
		for (size_t j = 0; j < EPISODE_COLUMNS; j++)
			if (utf8_length(list->rows[i][j]) > widths[j])
				widths[j] = utf8_length(list->rows[i][j]);
	for (size_t i = 0; i < list->n; i++)
		print_row(out, list->rows[i], widths);
}

void episode_list_free(struct episode_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		for (size_t j = 0; j < EPISODE_COLUMNS; j++)
			free(list->rows[i][j]);
	free(list->rows);
	memset(list, 0, sizeof(*list));
}

/* ---- as JSON ---- */

static void add_text(struct json_object *o, const char *key, const char *text)
{
	json_object_object_add(o, key, text[0] ? json_text(text) : NULL);
}

struct json_object *episode_json(const struct recording *r, const char *path)
{
	struct json_object *o = json_object_new_object();
	char caller[128];
	struct findings f;

	if (findings_of(&f, r)) {
		findings_free(&f);
		json_object_put(o);
		return NULL;
	}
	add_text(o, "id", r->id);
	add_text(o, "file", path);
	add_text(o, "started", r->started);
	add_text(o, "rproc", r->rproc);
	add_text(o, "device", r->device);
	add_text(o, "action", r->action);
	add_text(o, "result", r->ended ? r->end.result : "");
	add_text(o, "outcome", outcome_name(f.outcome));
	add_text(o, "reason", r->ended ? r->end.reason : "");
	json_object_object_add(
		o, "held_ns",
		f.numbers.has_held ? json_object_new_int64((int64_t)f.numbers.held_ns) : NULL);
	add_text(o, "caller", caller_name(r, caller, sizeof(caller)));
	findings_free(&f);
	return o;
}
