// SPDX-License-Identifier: GPL-2.0-only
/* What "decode" prints: the verdict in words, and as JSON. */
#include "commands/verdict.h"

#include <inttypes.h>
#include <json-c/json.h>
#include <string.h>

#include "log/printable.h"

/* ---- in words ---- */

/* Further oopses are of the same weight or less; the JSON output has all of them. */
#define OTHERS_SHOWN 4

static void print_process(FILE *out, const struct oops_verdict *v)
{
	if (!v->comm[0] && v->pid < 0)
		return;
	fprintf(out, "  process   %s", v->comm);
	if (v->pid >= 0)
		fprintf(out, "[%ld]", v->pid);
	if (v->cpu[0])
		fprintf(out, " on CPU %s", v->cpu);
	fputc('\n', out);
}

static void print_since_stop(FILE *out, const struct oops_verdict *v)
{
	if (!v->has_since_stop || v->answer != OOPS_ANSWER_RACE)
		return;
	if (v->since_stop < 0)
		fprintf(out, "  stop      was reported %.3f s after the oops began\n",
			-v->since_stop);
	else
		fprintf(out, "  stop      was reported %.3f s before\n", v->since_stop);
}

static void print_facts(FILE *out, const struct oops_verdict *v)
{
	fprintf(out, "\n  oops      %s, line %lu\n", v->what, v->line);
	if (v->answer == OOPS_ANSWER_RACE)
		fprintf(out, "  variant   %s\n", oops_variant_name(v->variant));
	if (v->driver[0]) {
		fprintf(out, "  driver    %s", v->driver);
		if (v->sender[0] && strcmp(v->sender, v->driver) != 0)
			fprintf(out, " (%s)", v->sender);
		fputc('\n', out);
	}
	print_process(out, v);
	if (v->kernel[0])
		fprintf(out, "  kernel    %s\n", v->kernel);
	if (v->hardware[0])
		fprintf(out, "  hardware  %s\n", v->hardware);
	print_since_stop(out, v);
	if (v->path != OOPS_PATH_UNKNOWN && v->answer == OOPS_ANSWER_RACE)
		fprintf(out, "  path      %s\n", oops_path_name(v->path));
}

static void print_evidence(FILE *out, const struct oops_verdict *v)
{
	char text[sizeof(v->evidence[0].text) + 32];

	if (v->n_evidence > 0)
		fputs("\nEvidence (+ for this race, - against)\n", out);
	for (size_t i = 0; i < v->n_evidence; i++) {
		const struct oops_evidence *e = &v->evidence[i];

		snprintf(text, sizeof(text), "%s%s", e->text, e->line ? ":" : "");
		print_wrapped(out,
			      e->weight > 0   ? "  + "
			      : e->weight < 0 ? "  - "
					      : "    ",
			      "    ", text);
		if (e->line)
			fprintf(out, "      line %lu: %.*s\n", e->line, WRAP_WIDTH - 20, e->quote);
	}
}

static void print_advice(FILE *out, const struct oops_verdict *v)
{
	if (v->n_advice > 0)
		fputs("\nWhat to do\n", out);
	for (size_t i = 0; i < v->n_advice; i++)
		print_wrapped(out, "  * ", "    ", v->advice[i]);
}

static void print_others(FILE *out, const struct oops_verdict *v)
{
	unsigned long more = v->more;

	if (v->n_others == 0 && more == 0)
		return;
	fputs("\nAlso in this log\n", out);
	for (size_t i = 0; i < v->n_others; i++) {
		if (i >= OTHERS_SHOWN) {
			more++;
			continue;
		}
		fprintf(out, "  line %lu: %s%s\n", v->others[i].line, v->others[i].what,
			v->others[i].race ? " (looks like this race)" : "");
	}
	if (more)
		fprintf(out, "  and %lu more\n", more);
}

void verdict_print(FILE *out, const struct oops_verdict *v)
{
	/* One line, for grep and for people who read no further. */
	fprintf(out, "%s\n", v->summary);
	if (v->line)
		print_facts(out, v);
	print_evidence(out, v);
	print_advice(out, v);
	print_others(out, v);
}

/* ---- as JSON ---- */

/* Grows when a field changes its meaning or goes away, not when a field is added. */
#define SCHEMA_VERSION 1

static void add_text(struct json_object *o, const char *key, const char *value)
{
	json_object_object_add(o, key, value[0] ? json_text(value) : NULL);
}

static void add_number(struct json_object *o, const char *key, int64_t value)
{
	json_object_object_add(o, key, json_object_new_int64(value));
}

static const char *answer_name(enum oops_answer answer)
{
	static const char *const names[] = {
		[OOPS_ANSWER_RACE] = "race",
		[OOPS_ANSWER_OTHER] = "other",
		[OOPS_ANSWER_NONE] = "none",
		[OOPS_ANSWER_UNREADABLE] = "unreadable",
	};

	return names[answer];
}

static void add_line(struct json_object *o, unsigned long line)
{
	json_object_object_add(o, "line", line ? json_object_new_int64((int64_t)line) : NULL);
}

static struct json_object *evidence(const struct oops_verdict *v)
{
	struct json_object *list = json_object_new_array();

	for (size_t i = 0; i < v->n_evidence; i++) {
		struct json_object *o = json_object_new_object();

		add_number(o, "weight", v->evidence[i].weight);
		add_text(o, "text", v->evidence[i].text);
		add_line(o, v->evidence[i].line);
		add_text(o, "quote", v->evidence[i].quote);
		json_object_array_add(list, o);
	}
	return list;
}

static struct json_object *advice(const struct oops_verdict *v)
{
	struct json_object *list = json_object_new_array();

	for (size_t i = 0; i < v->n_advice; i++)
		json_object_array_add(list, json_text(v->advice[i]));
	return list;
}

static struct json_object *others(const struct oops_verdict *v)
{
	struct json_object *list = json_object_new_array();

	for (size_t i = 0; i < v->n_others; i++) {
		struct json_object *o = json_object_new_object();

		add_line(o, v->others[i].line);
		add_text(o, "what", v->others[i].what);
		json_object_object_add(o, "race", json_object_new_boolean(v->others[i].race));
		json_object_array_add(list, o);
	}
	return list;
}

static void add_oops(struct json_object *root, const struct oops_verdict *v)
{
	char address[32] = "";

	if (v->has_address)
		snprintf(address, sizeof(address), "0x%" PRIx64, v->address);
	add_text(root, "what", v->what);
	add_line(root, v->line);
	add_text(root, "variant", v->variant ? oops_variant_name(v->variant) : "");
	add_text(root, "confidence", v->confidence ? oops_confidence_name(v->confidence) : "");
	add_text(root, "path", v->path ? oops_path_name(v->path) : "");
	json_object_object_add(root, "aftermath", json_object_new_boolean(v->aftermath));
	add_text(root, "driver", v->driver);
	add_text(root, "sender", v->sender);
	add_text(root, "comm", v->comm);
	json_object_object_add(root, "pid", v->pid >= 0 ? json_object_new_int64(v->pid) : NULL);
	add_text(root, "cpu", v->cpu);
	add_text(root, "kernel", v->kernel);
	add_text(root, "hardware", v->hardware);
	add_text(root, "address", address);
	json_object_object_add(
		root, "since_stop_ms",
		v->has_since_stop ? json_object_new_int64((int64_t)(v->since_stop * 1000)) : NULL);
}

struct json_object *verdict_json(const struct oops_verdict *v)
{
	struct json_object *root = json_object_new_object();

	add_number(root, "version", SCHEMA_VERSION);
	add_text(root, "verdict", answer_name(v->answer));
	add_text(root, "summary", v->summary);
	add_oops(root, v);
	json_object_object_add(root, "evidence", evidence(v));
	json_object_object_add(root, "advice", advice(v));
	json_object_object_add(root, "others", others(v));
	add_number(root, "more_others", (int64_t)v->more);
	add_number(root, "input_lines", (int64_t)v->lines);
	add_number(root, "input_bytes", (int64_t)v->bytes);
	return root;
}
