// SPDX-License-Identifier: GPL-2.0-only
/* Builds the status out of the snapshots of the remote processors and the counters. */
#include "service/status.h"

#include <json-c/json.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "log/log.h"
#include "log/printable.h"
#include "service/rprocs.h"
#include "system/files.h"
#include "timeline/names.h"

#define SENDERS_MAX 64
#define EPISODES_SHOWN 5

static void add_string(struct json_object *o, const char *key, const char *value)
{
	json_object_object_add(o, key, json_text(value));
}

static void add_number(struct json_object *o, const char *key, uint64_t value)
{
	json_object_object_add(o, key, json_object_new_int64((int64_t)value));
}

static struct json_object *hold_object(const struct rproc_snapshot *v)
{
	struct json_object *o;

	if (!v->in_hold)
		return NULL;
	o = json_object_new_object();
	add_string(o, "state", hold_state_name(v->state));
	add_number(o, "held_ms", clock_ms() - v->requested_ms);
	add_string(o, "waiting_for", v->waiting_for);
	add_string(o, "action", v->action);
	add_string(o, "caller", v->caller);
	return o;
}

static struct json_object *senders_array(struct kside *kside, int index)
{
	struct kside_sender senders[SENDERS_MAX];
	struct json_object *array = json_object_new_array();
	const uint64_t now = clock_ns();
	const size_t n = kside ? kside_senders_on_record(kside, index, senders, SENDERS_MAX) : 0;

	for (size_t i = 0; i < n; i++) {
		struct json_object *o = json_object_new_object();

		add_number(o, "pid", (uint64_t)senders[i].pid);
		add_number(o, "tid", (uint64_t)senders[i].tid);
		add_string(o, "comm", senders[i].comm);
		add_string(o, "function", senders[i].function);
		add_number(o, "for_ms", (now - senders[i].since_ns) / 1000000ULL);
		json_object_array_add(array, o);
	}
	return array;
}

static struct json_object *last_object(const struct rproc_snapshot *v)
{
	struct json_object *o;
	char at[32];
	struct tm tm;

	if (v->last.result == RESULT_NONE)
		return NULL;
	o = json_object_new_object();
	gmtime_r(&v->last.at, &tm);
	strftime(at, sizeof(at), "%Y-%m-%dT%H:%M:%SZ", &tm);
	add_string(o, "action", v->last.action);
	add_string(o, "result", result_name(v->last.result));
	add_number(o, "held_ms", v->last.held_ms);
	add_string(o, "at", at);
	add_string(o, "caller", v->last.caller);
	add_string(o, "reason", v->last.reason);
	return o;
}

static struct json_object *results_array(const struct tally *t)
{
	struct json_object *array = json_object_new_array(), *o;

	for (int i = RESULT_NONE + 1; i < N_RESULTS; i++) {
		o = json_object_new_object();
		add_string(o, "result", result_key((enum rproc_result)i));
		add_number(o, "count", t->results[i]);
		json_object_array_add(array, o);
	}
	return array;
}

static struct json_object *held_times_object(const struct tally *t)
{
	struct json_object *o = json_object_new_object(), *bucket;
	struct json_object *buckets = json_object_new_array();

	for (size_t i = 0; i < TALLY_BOUNDS; i++) {
		bucket = json_object_new_object();
		add_number(bucket, "up_to_ms", tally_bounds_ms[i]);
		add_number(bucket, "count", t->within[i]);
		json_object_array_add(buckets, bucket);
	}
	add_number(o, "count", tally_count(t));
	add_number(o, "sum_ms", t->held_ms);
	json_object_object_add(o, "buckets", buckets);
	return o;
}

static struct json_object *rproc_object(struct rproc *r)
{
	struct json_object *o = json_object_new_object();
	struct kside *kside = r->world->kside;
	struct kside_counters counters = { 0 };
	struct rproc_snapshot v;
	const bool closed = kside && kside_gate_is_closed(kside, r->rp.index);

	rproc_show(r, &v);
	if (kside)
		kside_counters(kside, r->rp.index, &counters);
	add_string(o, "name", r->rp.name);
	add_string(o, "device_name", r->rp.device_name);
	add_string(o, "state", remoteproc_state_name(rproc_state(r)));
	/* Below level "observe" there is none. */
	json_object_object_add(o, "gate",
			       kside ? json_object_new_string(closed ? "closed" : "open") : NULL);
	json_object_object_add(o, "torn_down", json_object_new_boolean(rproc_is_torn_down(r)));
	json_object_object_add(o, "hold", hold_object(&v));
	json_object_object_add(o, "senders", senders_array(kside, r->rp.index));
	add_number(o, "refused", counters.refused);
	add_number(o, "dropped", counters.dropped);
	add_number(o, "stops", v.stops);
	json_object_object_add(o, "results", results_array(&v.tally));
	json_object_object_add(o, "held_times", held_times_object(&v.tally));
	add_number(o, "unheld_shutdowns", v.unheld_shutdowns);
	add_string(o, "recovery", recovery_text(&r->recovery));
	add_number(o, "recoveries", v.recoveries);
	add_number(o, "unsafe_overlaps", counters.unsafe_overlaps);
	json_object_object_add(o, "last", last_object(&v));
	return o;
}

static struct json_object *losses_object(const struct kside *kside)
{
	struct kside_losses losses = { 0 };
	struct json_object *o = json_object_new_object();
	const uint64_t messages = log_queue_dropped();

	if (kside)
		losses = kside_losses(kside);
	add_number(o, "events", losses.events);
	add_number(o, "senders", losses.senders);
	add_number(o, "endpoints", losses.endpoints);
	add_number(o, "exits", losses.exits);
	add_number(o, "messages", messages);
	return o;
}

static const char *result_of(const struct store_entry *entry)
{
	if (entry->result[0])
		return entry->result;
	return entry->writing ? "going on" : "cut off";
}

static struct json_object *episodes_array(const struct service *service)
{
	struct store_entry entries[EPISODES_SHOWN];
	const size_t n = episodes_list(service->world.episodes, entries, EPISODES_SHOWN);
	const char *dir = service->config->episodes_dir ?: EPISODES_DIR;
	struct json_object *array = json_object_new_array(), *o;
	char file[PATH_MAX];

	for (size_t i = 0; i < n; i++) {
		snprintf(file, sizeof(file), "%s/%s" EPISODE_SUFFIX, dir, entries[i].id);
		o = json_object_new_object();
		add_string(o, "id", entries[i].id);
		add_string(o, "result", result_of(&entries[i]));
		add_string(o, "file", file);
		json_object_array_add(array, o);
	}
	return array;
}

struct json_object *status_build(struct service *service)
{
	struct json_object *o = json_object_new_object();
	struct json_object *array = json_object_new_array();

	json_object_object_add(o, "version", json_object_new_int(1));
	add_string(o, "service", service->ending ? "ending" : "running");
	add_number(o, "pid", (uint64_t)getpid());
	add_string(o, "level", level_name(service->level));
	json_object_object_add(o, "observe_only", json_object_new_boolean(service->observe_only));
	add_number(o, "uptime_ms", clock_ms() - service->started_ms);
	add_string(o, "program", VERSION);
	add_number(o, "restarts", service->starts.restarts);
	add_number(o, "deaths", service->starts.deaths);
	for_each_rproc (service, r)
		json_object_array_add(array, rproc_object(r));
	json_object_object_add(o, "remoteprocs", array);
	json_object_object_add(o, "episodes", episodes_array(service));
	json_object_object_add(o, "lost", losses_object(service->world.kside));
	return o;
}
