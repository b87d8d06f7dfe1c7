// SPDX-License-Identifier: GPL-2.0-only
/* What a run amounts to, in sentences and as JSON. */
#include "validate/report.h"

#include <inttypes.h>
#include <json-c/json.h>
#include <stdarg.h>

#include "log/printable.h"

/* Longer than any stop that waits for nobody; a sender sleeps for up to 15 s. */
#define SLOW_MS 5000

void report_say(struct report_lines *lines, const char *fmt, ...)
{
	va_list ap;

	if (lines->n == REPORT_LINES_MAX)
		return;
	va_start(ap, fmt);
	vsnprintf(lines->text[lines->n++], sizeof(lines->text[0]), fmt, ap);
	va_end(ap);
}

static void say_how_it_ended(const struct validate_run *run, const struct tally *t,
			     struct report_lines *out)
{
	const struct cycle *last = run->n_cycles ? &run->cycles[run->n_cycles - 1] : NULL;

	if (t->died_in)
		report_say(
			out,
			"The kernel died %s cycle %u: the run has no end, and the machine was "
			"started again after it. (A reset by hand at that moment looks the same.)",
			last->finished ? "after" : "in", t->died_in);
	else if (t->cut_in)
		report_say(out,
			   "The run was cut off in cycle %u, but the machine was not started again "
			   "after it: the run still goes on, hangs in the kernel, or was killed.",
			   t->cut_in);
	else if (!run->ended)
		report_say(out, "The run was cut off before its first cycle.");
	else if (run->reason[0])
		report_say(out, "The run ended in cycle %zu: %s.", run->n_cycles, run->reason);
	else if (run->n_cycles < run->planned)
		report_say(out, "The run was ended after %zu cycles.", run->n_cycles);
}

static void say_rate(const struct tally *t, struct report_lines *out)
{
	if (t->unsafe)
		report_say(
			out,
			"%u of %u cycles were unsafe (%.3g %%): with 95 %% confidence %.3g %% to "
			"%.3g %% of all stops under this load are unsafe.",
			t->unsafe, t->cycles, 100.0 * t->unsafe / t->cycles, 100 * t->rate.lower,
			100 * t->rate.upper);
	else if (t->cycles)
		report_say(out,
			   "Nothing unsafe was seen in %u cycles: with 95 %% confidence fewer than "
			   "%.3g %% of all stops under this load are unsafe.",
			   t->cycles, 100 * t->rate.upper);
	else
		report_say(out, "No cycle was completed, so there is no result.");
}

static void say_what_was_seen(const struct tally *t, struct report_lines *out)
{
	if (t->overlaps)
		report_say(out,
			   "Senders inside while a virtqueue was deleted: %" PRIu64 ". This kernel "
			   "does not wait for senders.",
			   t->overlaps);
	if (t->stale)
		report_say(out,
			   "Sends on a dead endpoint: %" PRIu64
			   ". The driver still sends on a channel "
			   "that was removed.",
			   t->stale);
	if (t->oopses)
		report_say(out, "The kernel printed an oops and went on; see the kernel's log.");
	if (t->slowest_ms >= SLOW_MS)
		report_say(out,
			   "The longest stop took %.1f s. A stop takes so long when it waits for "
			   "blocked senders (full ring), one after the other.",
			   (double)t->slowest_ms / 1000);
	if (t->lost)
		report_say(out,
			   "The kernel side lost %" PRIu64
			   " events or senders, so there may be more.",
			   t->lost);
}

void report_findings(const struct validate_run *run, const struct tally *t,
		     struct report_lines *out)
{
	out->n = 0;
	say_how_it_ended(run, t, out);
	say_rate(t, out);
	say_what_was_seen(t, out);
}

void report_text(FILE *out, const struct validate_run *run, const struct tally *t)
{
	struct report_lines lines;

	report_findings(run, t, &lines);
	fprintf(out, "verdict: %s\n", verdict_name(t->verdict));
	for (size_t i = 0; i < lines.n; i++)
		fprintf(out, "  %s\n", lines.text[i]);
	fprintf(out, "%s (%s), kernel %s %s, %s\n", run->rproc, run->device_name, run->kernel,
		run->machine, run->started);
	fprintf(out, "load: %u senders on each of", run->senders);
	for (size_t i = 0; i < run->n_devices; i++)
		fprintf(out, " %s", run->devices[i]);
	fprintf(out, "; %" PRIu64 " messages before %u stops of %u planned\n", t->sends, t->cycles,
		run->planned);
}

static void add_string(struct json_object *o, const char *key, const char *value)
{
	json_object_object_add(o, key, json_text(value));
}

static void add_number(struct json_object *o, const char *key, uint64_t value)
{
	json_object_object_add(o, key, json_object_new_int64((int64_t)value));
}

/* null: it did not. */
static void add_cycle_number(struct json_object *o, const char *key, unsigned int n)
{
	json_object_object_add(o, key, n ? json_object_new_int64(n) : NULL);
}

static struct json_object *cycles_json(const struct validate_run *run)
{
	struct json_object *list = json_object_new_array();

	for (size_t i = 0; i < run->n_cycles; i++) {
		const struct cycle *c = &run->cycles[i];
		struct json_object *o = json_object_new_object();

		add_number(o, "cycle", i + 1);
		json_object_object_add(o, "finished", json_object_new_boolean(c->finished));
		json_object_object_add(o, "unsafe", json_object_new_boolean(cycle_is_unsafe(c)));
		add_number(o, "sends", c->sends);
		add_number(o, "overlaps", c->overlaps);
		add_number(o, "stale", c->stale);
		json_object_object_add(o, "oops", json_object_new_boolean(c->oops));
		add_number(o, "lost", c->lost);
		add_number(o, "stop_ms", c->stop_ms);
		json_object_array_add(list, o);
	}
	return list;
}

static struct json_object *rate_json(const struct tally *t)
{
	struct json_object *o = json_object_new_object();

	json_object_object_add(o, "confidence", json_object_new_double(0.95));
	json_object_object_add(o, "lower", json_object_new_double(t->rate.lower));
	json_object_object_add(o, "upper", json_object_new_double(t->rate.upper));
	return o;
}

struct json_object *report_json(const struct validate_run *run, const struct tally *t)
{
	struct json_object *o = json_object_new_object(), *devices = json_object_new_array();

	add_number(o, "version", 1);
	add_string(o, "verdict", verdict_name(t->verdict));
	add_string(o, "rproc", run->rproc);
	add_string(o, "device", run->device_name);
	add_string(o, "kernel", run->kernel);
	add_string(o, "machine", run->machine);
	add_string(o, "config", run->config);
	add_number(o, "cpus", run->cpus);
	add_string(o, "started", run->started);
	for (size_t i = 0; i < run->n_devices; i++)
		json_object_array_add(devices, json_text(run->devices[i]));
	json_object_object_add(o, "devices", devices);
	add_number(o, "senders", run->senders);
	add_number(o, "planned", run->planned);
	add_number(o, "cycles_done", t->cycles);
	add_number(o, "cycles_unsafe", t->unsafe);
	json_object_object_add(o, "rate", rate_json(t));
	add_number(o, "sends", t->sends);
	add_number(o, "overlaps", t->overlaps);
	add_number(o, "stale", t->stale);
	add_number(o, "oopses", t->oopses);
	add_number(o, "lost", t->lost);
	add_cycle_number(o, "died_in_cycle", t->died_in);
	add_cycle_number(o, "cut_off_in_cycle", t->cut_in);
	add_string(o, "reason", run->reason);
	json_object_object_add(o, "cycles", cycles_json(run));
	return o;
}
