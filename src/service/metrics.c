// SPDX-License-Identifier: GPL-2.0-only
/* Each metric with its name, type and help, and where the status has its value. */
#include "service/metrics.h"

#include <inttypes.h>
#include <json-c/json.h>
#include <stdbool.h>
#include <string.h>

#define PREFIX "rpmsg_guard_"

static struct json_object *get(struct json_object *o, const char *key)
{
	struct json_object *value = NULL;

	json_object_object_get_ex(o, key, &value);
	return value;
}

static struct json_object *get_as(struct json_object *o, const char *key, enum json_type type)
{
	struct json_object *value = get(o, key);

	return json_object_is_type(value, type) ? value : NULL;
}

static int64_t get_number(struct json_object *o, const char *key)
{
	return json_object_get_int64(get(o, key));
}

static const char *get_text(struct json_object *o, const char *key)
{
	return json_object_get_string(get(o, key)) ?: "";
}

static void begin(FILE *out, const char *name, const char *type, const char *help)
{
	fprintf(out, "# HELP " PREFIX "%s %s\n# TYPE " PREFIX "%s %s\n", name, help, name, type);
}

/* name="value", where the value may be what a driver or a firmware has chosen. */
static void print_label(FILE *out, const char *name, const char *value)
{
	fprintf(out, "%s=\"", name);
	for (; *value; value++) {
		if (*value == '\n')
			fputs("\\n", out);
		else if (*value == '\\' || *value == '"')
			fprintf(out, "\\%c", *value);
		else
			fputc(*value, out);
	}
	fputc('"', out);
}

/* Up to the value. Without another label @label is "". */
static void print_series(FILE *out, const char *name, struct json_object *rp, const char *label,
			 const char *value)
{
	fprintf(out, PREFIX "%s{", name);
	print_label(out, "remoteproc", get_text(rp, "name"));
	if (*label) {
		fputc(',', out);
		print_label(out, label, value);
	}
	fputs("} ", out);
}

static void print_seconds(FILE *out, int64_t ms)
{
	fprintf(out, "%" PRId64 ".%03" PRId64 "\n", ms / 1000, ms % 1000);
}

#define for_each_in(array, o)                                                                      \
	for (size_t i_ = 0; i_ < ((array) ? json_object_array_length(array) : 0) &&                \
			    ((o) = json_object_array_get_idx((array), i_), true);                  \
	     i_++)

/* ---- the service ---- */

static void print_up(FILE *out, int up)
{
	begin(out, "up", "gauge", "1 while the guard runs, 0 while it is dead or stuck.");
	fprintf(out, PREFIX "up %d\n", up);
}

static void print_info(FILE *out, const char *name, const char *help, const char *label,
		       const char *value)
{
	begin(out, name, "gauge", help);
	fprintf(out, PREFIX "%s{", name);
	print_label(out, label, value);
	fputs("} 1\n", out);
}

static void print_number(FILE *out, const char *name, const char *type, const char *help,
			 int64_t value)
{
	begin(out, name, type, help);
	fprintf(out, PREFIX "%s %" PRId64 "\n", name, value);
}

static void print_service(FILE *out, struct json_object *status, int64_t wall_ms)
{
	const int64_t started_ms = wall_ms - get_number(status, "uptime_ms");

	print_up(out, 1);
	print_info(out, "build_info", "The version of the guard that runs; always 1.", "version",
		   get_text(status, "program"));
	print_info(out, "level_info", "The level of the guard; always 1.", "level",
		   get_text(status, "level"));
	print_number(out, "start_time_seconds", "gauge",
		     "When the guard was started, in seconds since 1970.",
		     (started_ms + 500) / 1000);
	print_number(out, "restarts_total", "counter",
		     "How often the guard was started again since the boot.",
		     get_number(status, "restarts"));
	print_number(out, "deaths_total", "counter",
		     "How often the guard died since the boot: it crashed or was killed.",
		     get_number(status, "deaths"));
}

static void print_losses(FILE *out, struct json_object *lost)
{
	if (!lost)
		return;
	begin(out, "lost_total", "counter", "What the guard did not see or could not write.");
	json_object_object_foreach (lost, what, count) {
		fputs(PREFIX "lost_total{", out);
		print_label(out, "what", what);
		fprintf(out, "} %" PRId64 "\n", json_object_get_int64(count));
	}
}

/* ---- the remote processors ---- */

static const struct counter {
	const char *name, *key, *help;
} counters[] = {
	{ "sends_refused_total", "refused",
	  "Sends that were refused because the gate was closed." },
	{ "sends_dropped_total", "dropped",
	  "Sends that were dropped because the endpoint was dead." },
	{ "unsafe_overlaps_total", "unsafe_overlaps",
	  "Senders that were inside while the virtqueues were deleted." },
	{ "unheld_shutdowns_total", "unheld_shutdowns", "Shutdowns that were not held." },
};

static void print_counters(FILE *out, struct json_object *rps)
{
	struct json_object *rp;

	for (size_t i = 0; i < sizeof(counters) / sizeof(counters[0]); i++) {
		begin(out, counters[i].name, "counter", counters[i].help);
		for_each_in (rps, rp) {
			print_series(out, counters[i].name, rp, "", "");
			fprintf(out, "%" PRId64 "\n", get_number(rp, counters[i].key));
		}
	}
}

static void print_names(FILE *out, struct json_object *rps)
{
	struct json_object *rp;

	begin(out, "remoteproc_info", "gauge",
	      "The name that the driver gave to a remote processor; always 1.");
	for_each_in (rps, rp) {
		print_series(out, "remoteproc_info", rp, "name", get_text(rp, "device_name"));
		fputs("1\n", out);
	}
}

static void print_outcomes_of(FILE *out, struct json_object *rp)
{
	struct json_object *o;

	for_each_in (get_as(rp, "results", json_type_array), o) {
		print_series(out, "stops_total", rp, "outcome", get_text(o, "result"));
		fprintf(out, "%" PRId64 "\n", get_number(o, "count"));
	}
}

static void print_outcomes(FILE *out, struct json_object *rps)
{
	struct json_object *rp;

	begin(out, "stops_total", "counter", "Stops, unbinds and recoveries that were held.");
	for_each_in (rps, rp)
		print_outcomes_of(out, rp);
}

static void print_held(FILE *out, struct json_object *rp)
{
	struct json_object *held = get(rp, "held_times"), *bucket;
	char le[32];

	for_each_in (get_as(held, "buckets", json_type_array), bucket) {
		snprintf(le, sizeof(le), "%g", (double)get_number(bucket, "up_to_ms") / 1000.0);
		print_series(out, "held_seconds_bucket", rp, "le", le);
		fprintf(out, "%" PRId64 "\n", get_number(bucket, "count"));
	}
	print_series(out, "held_seconds_bucket", rp, "le", "+Inf");
	fprintf(out, "%" PRId64 "\n", get_number(held, "count"));
	print_series(out, "held_seconds_sum", rp, "", "");
	print_seconds(out, get_number(held, "sum_ms"));
	print_series(out, "held_seconds_count", rp, "", "");
	fprintf(out, "%" PRId64 "\n", get_number(held, "count"));
}

static void print_gates(FILE *out, struct json_object *rps)
{
	struct json_object *rp;

	begin(out, "gate_closed", "gauge", "1 while the gate is closed, 0 while it is open.");
	for_each_in (rps, rp) {
		/* Below level "observe" there is no gate. */
		if (!get(rp, "gate"))
			continue;
		print_series(out, "gate_closed", rp, "", "");
		fprintf(out, "%d\n", strcmp(get_text(rp, "gate"), "closed") == 0);
	}
}

static void print_holds(FILE *out, struct json_object *rps, enum metrics_use use, int64_t wall_ms)
{
	struct json_object *rp;

	begin(out, "holds", "gauge", "1 while a stop is held, 0 while no stop is held.");
	for_each_in (rps, rp) {
		print_series(out, "holds", rp, "", "");
		fprintf(out, "%d\n", get(rp, "hold") != NULL);
	}
	begin(out, "hold_start_time_seconds", "gauge",
	      "When the held stop was requested, in seconds since 1970.");
	for_each_in (rps, rp) {
		if (!get(rp, "hold"))
			continue;
		print_series(out, "hold_start_time_seconds", rp, "", "");
		print_seconds(out, wall_ms - get_number(get(rp, "hold"), "held_ms"));
	}
	if (use == METRICS_KEPT)
		return;
	begin(out, "hold_age_seconds", "gauge", "How long a stop has been held until now.");
	for_each_in (rps, rp) {
		if (!get(rp, "hold"))
			continue;
		print_series(out, "hold_age_seconds", rp, "", "");
		print_seconds(out, get_number(get(rp, "hold"), "held_ms"));
	}
}

static void print_histograms(FILE *out, struct json_object *rps)
{
	struct json_object *rp;

	begin(out, "held_seconds", "histogram", "How long stops were held.");
	for_each_in (rps, rp)
		if (get(rp, "held_times"))
			print_held(out, rp);
}

void metrics_print(FILE *out, struct json_object *status, enum metrics_use use, int64_t wall_ms)
{
	struct json_object *rps = get_as(status, "remoteprocs", json_type_array);

	print_service(out, status, wall_ms);
	print_names(out, rps);
	print_outcomes(out, rps);
	print_histograms(out, rps);
	print_counters(out, rps);
	print_gates(out, rps);
	print_holds(out, rps, use, wall_ms);
	print_losses(out, get_as(status, "lost", json_type_object));
	if (use == METRICS_NOW)
		return;
	begin(out, "last_write_timestamp_seconds", "gauge",
	      "When this file was written, in seconds since 1970.");
	fprintf(out, PREFIX "last_write_timestamp_seconds ");
	print_seconds(out, wall_ms);
}

void metrics_print_down(FILE *out)
{
	print_up(out, 0);
}
