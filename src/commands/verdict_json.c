// SPDX-License-Identifier: GPL-2.0-only
#include <inttypes.h>
#include <json-c/json.h>

#include "commands/verdict_text.h"
#include "log/json_text.h"

/* Grows when a field changes its meaning or goes away, not when one is added. */
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
