// SPDX-License-Identifier: GPL-2.0-only
/* Reads an episode file line by line, and brings what it says into the order of the times. */
#include "timeline/read.h"

#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The format nests two deep. */
#define DEPTH_MAX 8

struct reader {
	struct recording *r;
	struct json_tokener *tokener;
	int flags;
	unsigned long line;
	char *why;
	size_t why_len;
};

static int wrong(const struct reader *d, const char *what)
{
	char copy[192];

	/* @what may be in @why already. */
	snprintf(copy, sizeof(copy), "%s", what);
	snprintf(d->why, d->why_len, "line %lu: %s", d->line, copy);
	return -EINVAL;
}

static int out_of_memory(const struct reader *d)
{
	snprintf(d->why, d->why_len, "not enough memory");
	return -ENOMEM;
}

/* NULL with the reason in @why. */
static struct json_object *parse_json(struct reader *d, const char *text, size_t len)
{
	struct json_object *o;
	enum json_tokener_error err;

	json_tokener_reset(d->tokener);
	o = json_tokener_parse_ex(d->tokener, text, (int)len);
	err = json_tokener_get_error(d->tokener);
	if (o && err == json_tokener_success)
		return o;
	json_object_put(o);
	if (memchr(text, '\0', len) || err == json_tokener_error_parse_unexpected)
		snprintf(d->why, d->why_len, "not a JSON object");
	else if (err == json_tokener_continue)
		snprintf(d->why, d->why_len, "the JSON object is cut off");
	else
		snprintf(d->why, d->why_len, "not a JSON object: %s", json_tokener_error_desc(err));
	return NULL;
}

static bool has_begun(const struct reader *d)
{
	return d->r->id[0] || (d->flags & RECORDING_SALVAGE);
}

/* @last: there is no newline behind it, so it may have been cut off. */
static int read_line(struct reader *d, const char *text, size_t len, bool last)
{
	struct json_object *o;
	int err;

	if (len > RECORDING_LINE_MAX)
		return wrong(d, "longer than 64 KiB");
	if (len == 0)
		return 0;
	o = parse_json(d, text, len);
	if (!o && last && has_begun(d)) {
		d->r->cut_line = true;
		return 0;
	}
	if (!o)
		return wrong(d, d->why);
	err = record_add(d->r, o, d->why, d->why_len);
	json_object_put(o);
	if (err == -ENOMEM)
		return out_of_memory(d);
	if (err)
		return wrong(d, d->why);
	return has_begun(d)
		       ? 0
		       : wrong(d, "this is not an episode (\"record\": \"episode\" is missing)");
}

static int read_lines(struct reader *d, const char *bytes, size_t len)
{
	const char *end = bytes + len;

	for (const char *at = bytes; at < end;) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		const char *stop = newline ? newline : end;
		int err;

		d->line++;
		err = read_line(d, at, (size_t)(stop - at), !newline);
		if (err == -EINVAL && (d->flags & RECORDING_SALVAGE)) {
			d->r->n_garbled++;
			err = 0;
		}
		if (err)
			return err;
		at = newline ? newline + 1 : end;
	}
	return 0;
}

static int compare_times(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

/* Events of the same time stay in the order in which they were written. */
static int compare_events(const void *a, const void *b)
{
	const struct recorded_event *x = a, *y = b;
	const int order = compare_times(x->t_ns, y->t_ns);

	return order ? order : compare_times(x->place, y->place);
}

static int compare_sends(const void *a, const void *b)
{
	const struct recorded_send *x = a, *y = b;
	const int order = compare_times(x->start_ns, y->start_ns);

	if (order)
		return order;
	if (x->task.tid != y->task.tid)
		return x->task.tid < y->task.tid ? -1 : 1;
	return x->ended == y->ended ? compare_times(x->end_ns, y->end_ns) : y->ended - x->ended;
}

/*
 * A send that was inside when it was first written is there again when it came out; a thread has one
 * at a time.
 */
static void drop_repeated_sends(struct recording *r)
{
	size_t kept = 0;

	for (size_t i = 0; i < r->n_sends; i++) {
		const struct recorded_send *s = &r->sends[i], *last = &r->sends[kept - (kept > 0)];

		if (kept > 0 && !s->ended && s->task.tid >= 0 && s->task.tid == last->task.tid &&
		    s->start_ns == last->start_ns)
			continue;
		r->sends[kept++] = *s;
	}
	r->n_sends = kept;
}

static void clear(struct recording *r)
{
	static const struct recorded_task nobody = { .pid = -1, .tid = -1, .comm = "" };

	memset(r, 0, sizeof(*r));
	r->program = r->id = r->rproc = r->device = r->action = r->request = r->level = "";
	r->kernel = r->machine = r->boot_id = r->started = "";
	r->end.result = r->end.reason = r->end.cause_name = "";
	r->end.kind = TL_RESULTS;
	r->action_kind = TL_ACTIONS;
	r->level_kind = LEVEL_AUTO;
	r->caller = nobody;
}

/* What a file system may leave of a file that was being written when the machine died. */
static size_t without_trailing_zeros(const char *bytes, size_t len)
{
	while (len > 0 && bytes[len - 1] == '\0')
		len--;
	return len;
}

static int read_all(struct reader *d, const char *bytes, size_t len)
{
	const size_t used = without_trailing_zeros(bytes, len);
	int err;

	d->r->cut_line = used > 0 && used < len;
	err = read_lines(d, bytes, used);
	if (err)
		return err;
	d->r->salvaged = d->flags & RECORDING_SALVAGE;
	d->r->headless = !d->r->id[0];
	if (d->r->headless && !(d->flags & RECORDING_SALVAGE)) {
		snprintf(d->why, d->why_len, "empty");
		return -EINVAL;
	}
	if (d->r->n_sends > 0)
		qsort(d->r->sends, d->r->n_sends, sizeof(d->r->sends[0]), compare_sends);
	drop_repeated_sends(d->r);
	if (d->r->n_events > 0)
		qsort(d->r->events, d->r->n_events, sizeof(d->r->events[0]), compare_events);
	return 0;
}

int recording_parse(struct recording *r, const char *bytes, size_t len, int flags, char *why,
		    size_t why_len)
{
	struct reader d = { .r = r, .flags = flags, .why = why, .why_len = why_len };
	int err;

	clear(r);
	if (len > RECORDING_BYTES_MAX) {
		snprintf(why, why_len, "larger than %u MiB", RECORDING_BYTES_MAX >> 20);
		return -EINVAL;
	}
	d.tokener = json_tokener_new_ex(DEPTH_MAX);
	if (!d.tokener)
		return out_of_memory(&d);
	json_tokener_set_flags(d.tokener, JSON_TOKENER_STRICT);
	err = read_all(&d, bytes, len);
	json_tokener_free(d.tokener);
	return err;
}

void recording_free(struct recording *r)
{
	free(r->events);
	free(r->sends);
	free(r->losses);
	pool_free(&r->pool);
	clear(r);
}

/* "20261123T071203Z-remoteproc0-3" */
int recording_name(struct recording *r, const char *id)
{
	const char *first = strchr(id, '-'), *last = strrchr(id, '-');
	const char *rproc = first && last > first ? first + 1 : id;

	r->id = pool_clean(&r->pool, id, strlen(id));
	r->rproc = pool_clean(&r->pool, rproc, rproc == id ? strlen(id) : (size_t)(last - rproc));
	if (r->id && r->rproc)
		return 0;
	r->id = r->rproc = "";
	return -ENOMEM;
}
