// SPDX-License-Identifier: GPL-2.0-only
/* A comparison in sentences and as JSON. */
#include <json-c/json.h>

#include "log/printable.h"
#include "validate/compare.h"

static void print_rate(FILE *out, const char *name, const struct validate_result *r,
		       const struct rate_bounds *rate)
{
	if (r->cycles == 0)
		fprintf(out, "  %s: no cycle was completed.\n", name);
	else if (r->unsafe == 0)
		fprintf(out,
			"  %s: 0 of %u cycles were unsafe; with 95 %% confidence the rate is below %.3g %%.\n",
			name, r->cycles, 100 * rate->upper);
	else
		fprintf(out,
			"  %s: %u of %u cycles were unsafe (%.3g %%); with 95 %% confidence the rate is "
			"%.3g %% to %.3g %%.\n",
			name, r->unsafe, r->cycles, 100.0 * r->unsafe / r->cycles,
			100 * rate->lower, 100 * rate->upper);
}

/* A chance of 0.0000031 % says no more than "less than 0.001 %". */
static void print_chance(FILE *out, double chance, const char *what)
{
	if (chance < 1e-5)
		fprintf(out,
			"  If nothing had changed, NEW would have as %s unsafe cycles in less than "
			"0.001 %% of all runs.\n",
			what);
	else
		fprintf(out,
			"  If nothing had changed, NEW would have as %s unsafe cycles in %.2g %% of all "
			"runs.\n",
			what, 100 * chance);
}

static void print_undecided(FILE *out, const struct validate_result *before,
			    const struct validate_result *after, const struct comparison *c)
{
	if (before->unsafe == 0 && after->unsafe == 0) {
		fputs("  OLD has no unsafe cycle under this load, so no test can show that NEW is better.\n",
		      out);
		return;
	}
	fputs("  The difference can be chance.\n", out);
	if (c->cycles_needed)
		fprintf(out,
			"  The %u cycles of NEW are too few: %u cycles, none of them unsafe, would be sufficient.\n",
			after->cycles, c->cycles_needed);
	else
		fputs("  More cycles of both can decide this.\n", out);
}

static void print_lines(FILE *out, const char *heading, const struct report_lines *lines)
{
	if (lines->n)
		fprintf(out, "%s\n", heading);
	for (size_t i = 0; i < lines->n; i++)
		fprintf(out, "  %s\n", lines->text[i]);
}

static void print_run(FILE *out, const char *name, const struct validate_run *run)
{
	fprintf(out, "%s: %s (%s), kernel %s %s, %s\n", name, run->rproc, run->device_name,
		run->kernel, run->machine, run->started);
}

void comparison_text(FILE *out, const struct validate_result *before,
		     const struct validate_result *after, const struct comparison *c)
{
	fprintf(out, "verdict: %s\n", change_name(c->change));
	print_lines(out, "These must be the same:", &c->differences);
	print_rate(out, "OLD", before, &c->old_rate);
	print_rate(out, "NEW", after, &c->new_rate);
	if (c->change == CHANGE_BETTER)
		print_chance(out, c->chance_fewer, "few");
	else if (c->change == CHANGE_WORSE)
		print_chance(out, c->chance_more, "many");
	else if (c->change == CHANGE_UNDECIDED)
		print_undecided(out, before, after, c);
	print_lines(out, "These may differ; a file does not have the value:", &c->unknown);
	print_run(out, "OLD", &before->run);
	print_run(out, "NEW", &after->run);
}

/* ---- as JSON ---- */

static void add(struct json_object *o, const char *key, struct json_object *value)
{
	json_object_object_add(o, key, value);
}

static struct json_object *result_json(const struct validate_result *r,
				       const struct rate_bounds *rate)
{
	struct json_object *o = json_object_new_object(), *bounds = json_object_new_object();

	add(o, "kernel", json_text(r->run.kernel));
	add(o, "started", json_text(r->run.started));
	add(o, "cycles_done", json_object_new_int64(r->cycles));
	add(o, "cycles_unsafe", json_object_new_int64(r->unsafe));
	add(bounds, "confidence", json_object_new_double(0.95));
	add(bounds, "lower", json_object_new_double(rate->lower));
	add(bounds, "upper", json_object_new_double(rate->upper));
	add(o, "rate", bounds);
	return o;
}

static struct json_object *lines_json(const struct report_lines *lines)
{
	struct json_object *list = json_object_new_array();

	for (size_t i = 0; i < lines->n; i++)
		json_object_array_add(list, json_text(lines->text[i]));
	return list;
}

struct json_object *comparison_json(const struct validate_result *before,
				    const struct validate_result *after, const struct comparison *c)
{
	struct json_object *o = json_object_new_object();

	add(o, "version", json_object_new_int(1));
	add(o, "verdict", json_object_new_string(change_name(c->change)));
	add(o, "old", result_json(before, &c->old_rate));
	add(o, "new", result_json(after, &c->new_rate));
	add(o, "chance_fewer", json_object_new_double(c->chance_fewer));
	add(o, "chance_more", json_object_new_double(c->chance_more));
	add(o, "cycles_needed", c->cycles_needed ? json_object_new_int64(c->cycles_needed) : NULL);
	add(o, "differences", lines_json(&c->differences));
	add(o, "unknown", lines_json(&c->unknown));
	return o;
}
