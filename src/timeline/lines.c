// SPDX-License-Identifier: GPL-2.0-only
/* Builds the lines of an episode file. */
#include "timeline/lines.h"

#include <inttypes.h>
#include <stdio.h>
#include <sys/utsname.h>

#include "log/json_write.h"
#include "system/files.h"

static void add_task(struct json_line *l, const struct line_task *task)
{
	if (!task->tid)
		return;
	json_number(&l->json, "pid", task->pid);
	json_number(&l->json, "tid", task->tid);
	json_known(&l->json, "comm", task->comm);
}

static void add_endpoint(struct json_line *l, uint64_t address)
{
	if (address)
		json_raw(&l->json, "endpoint", "\"0x%" PRIx64 "\"", address);
}

static void add_wall_clock(struct json_line *l, const struct timespec *at)
{
	char day[24];
	struct tm tm;

	gmtime_r(&at->tv_sec, &tm);
	strftime(day, sizeof(day), "%Y-%m-%dT%H:%M:%S", &tm);
	json_raw(&l->json, "started", "\"%s.%03ldZ\"", day, at->tv_nsec / 1000000);
}

static void add_machine(struct json_line *l)
{
	struct utsname name;
	char boot_id[64];

	if (uname(&name) == 0) {
		json_known(&l->json, "kernel", name.release);
		json_known(&l->json, "machine", name.machine);
	}
	file_read_line("/proc/sys/kernel/random/boot_id", boot_id, sizeof(boot_id));
	json_known(&l->json, "boot_id", boot_id);
}

char *line_episode(const struct line_episode *e)
{
	struct json_line l;

	if (!json_line_begin(&l, "episode"))
		return NULL;
	json_number(&l.json, "version", EPISODE_VERSION);
	json_string(&l.json, "program", "rpmsg-guard " VERSION);
	json_known(&l.json, "id", e->id);
	json_known(&l.json, "rproc", e->rproc);
	json_known(&l.json, "device", e->device);
	json_known(&l.json, "action", e->action);
	if (e->caller.tid) {
		json_open(&l.json, "caller", '{');
		add_task(&l, &e->caller);
		json_close(&l.json, '}');
	}
	json_known(&l.json, "request", e->request);
	json_known(&l.json, "level", e->level);
	add_machine(&l);
	add_wall_clock(&l, &e->started);
	json_number(&l.json, "started_ns", e->started_ns);
	return json_line_end(&l);
}

char *line_event(const struct line_event *e)
{
	struct json_line l;

	if (!json_line_begin(&l, "event"))
		return NULL;
	json_known(&l.json, "rproc", e->rproc);
	json_number(&l.json, "t_ns", e->t_ns);
	json_string(&l.json, "event", timeline_event_name(e->event));
	add_task(&l, &e->task);
	add_endpoint(&l, e->endpoint);
	json_known(&l.json, "channel", e->channel);
	json_known(&l.json, "origin", e->origin);
	if (e->senders >= 0)
		json_number(&l.json, "senders", e->senders);
	json_known(&l.json, "device", e->device);
	json_known(&l.json, "text", e->text);
	return json_line_end(&l);
}

char *line_send(const struct line_send *s)
{
	struct json_line l;

	if (!json_line_begin(&l, "send"))
		return NULL;
	json_known(&l.json, "rproc", s->rproc);
	json_number(&l.json, "start_ns", s->start_ns);
	if (s->end_ns)
		json_number(&l.json, "end_ns", s->end_ns);
	add_task(&l, &s->task);
	json_known(&l.json, "function", s->function);
	add_endpoint(&l, s->endpoint);
	json_known(&l.json, "channel", s->channel);
	json_string(&l.json, "result", timeline_send_name(s->result));
	if (s->end_ns)
		json_number(&l.json, "value", s->value);
	return json_line_end(&l);
}

char *line_lost(uint64_t t_ns, enum timeline_loss what, uint64_t count)
{
	struct json_line l;

	if (!json_line_begin(&l, "lost"))
		return NULL;
	json_number(&l.json, "t_ns", t_ns);
	json_string(&l.json, "what", timeline_loss_name(what));
	json_number(&l.json, "count", count);
	return json_line_end(&l);
}

char *line_end(const struct line_end *e)
{
	struct json_line l;

	if (!json_line_begin(&l, "end"))
		return NULL;
	json_number(&l.json, "t_ns", e->t_ns);
	json_known(&l.json, "result", e->result);
	json_string(&l.json, "reason", e->reason ? e->reason : "");
	json_known(&l.json, "cause", timeline_cause_name(e->cause));
	json_number(&l.json, "held_ns", e->held_ns);
	json_number(&l.json, "refused", e->refused);
	json_number(&l.json, "dropped", e->dropped);
	json_number(&l.json, "ejected", e->ejected);
	json_number(&l.json, "unsafe_overlaps", e->unsafe_overlaps);
	json_flag(&l.json, "complete", e->complete);
	return json_line_end(&l);
}
