// SPDX-License-Identifier: GPL-2.0-only
/*
 * From the bytes of a log to the verdict on it: passes its lines to the parser, picks the report
 * that the verdict is about, and puts it together.
 */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "oops/assess.h"
#include "oops/lines.h"
#include "oops/parse.h"
#include "oops/words.h"

#define READ_BYTES 65536

struct oops_decoder {
	struct oops_lines lines;
	struct oops_parser parser;
	/* Of the report that the verdict is about, and of a report to compare with it. */
	struct oops_assessment best, other;
	struct oops_assessment dump; /* of one more CPU of a stall */
};

static void take_line(void *context, const struct oops_line *line)
{
	oops_parser_line(context, line);
}

struct oops_decoder *oops_decoder_new(void)
{
	struct oops_decoder *d = malloc(sizeof(*d));

	if (!d)
		return NULL;
	oops_lines_init(&d->lines, take_line, &d->parser);
	oops_parser_init(&d->parser);
	return d;
}

void oops_decoder_free(struct oops_decoder *d)
{
	if (!d)
		return;
	oops_parser_free(&d->parser);
	free(d);
}

void oops_decoder_feed(struct oops_decoder *d, const void *bytes, size_t len)
{
	oops_lines_feed(&d->lines, bytes, len);
}

/* ---- which of the reports the verdict is about ---- */

/* The first report from @i up to @end that is at least of kind @least, or @end. */
static size_t find_kind(const struct oops_log *log, size_t i, size_t end, enum oops_kind least)
{
	while (i < end && log->reports[i]->kind < least)
		i++;
	return i;
}

/* Something failed in it; a warning or a complaint is not serious. */
#define SERIOUS OOPS_HUNG_TASK

/* Nothing in its stack that could make a stop or a sender fail. */
static bool is_unrelated(const struct oops_assessment *a)
{
	return !a->handle && oops_first(a, PLACE_TEARDOWN | PLACE_RECEIVE | PLACE_PROBE |
						   PLACE_VIRTQUEUE | PLACE_TTY) < 0;
}

/* A stall is reported with several CPUs, and any of them may be the sender's. */
static void assess_first(struct oops_decoder *d, size_t i, struct oops_assessment *a)
{
	const struct oops_log *log = &d->parser.log;
	const unsigned long message = log->reports[i]->message;

	oops_assess(log, log->reports[i], a);
	for (i++; i < log->n && log->reports[i]->message == message; i++) {
		oops_assess(log, log->reports[i], &d->dump);
		if (d->dump.score > a->score)
			*a = d->dump;
	}
}

/* The frame of a send in @c, when @c is about the same program and time as @r; or NULL. */
static const struct oops_frame *send_of_companion(const struct oops_report *c,
						  const struct oops_report *r)
{
	if (c->boot != r->boot || c->message == r->message || c->clock != r->clock ||
	    c->time - r->time > 1 || r->time - c->time > 1 || strcmp(c->comm, r->comm) != 0)
		return NULL;
	return oops_places(c->pc.function) & PLACE_SEND ? &c->pc
							: oops_trace_find(&c->trace, PLACE_SEND);
}

/*
 * Another report of about the same time that has a sender in it, such as a driver's failed check
 * right before it fell.
 */
static void weigh_companions(struct oops_assessment *a)
{
	for (size_t i = 0; i < a->log->n; i++) {
		const struct oops_report *c = a->log->reports[i];

		if (!send_of_companion(c, a->report))
			continue;
		oops_add_evidence(a, 15, &c->header,
				  "the same program had an error in a send at that time");
		return;
	}
}

static void assess(struct oops_decoder *d, size_t i, struct oops_assessment *a)
{
	assess_first(d, i, a);
	if (a->handle && a->send_first < 0)
		weigh_companions(a);
}

/*
 * The first oops of a boot counts: an oops after it can be its consequence. Only when the first has
 * nothing to do with rpmsg at all may a later oops be this race, with less confidence.
 */
static bool find_in_boot(struct oops_decoder *d, size_t first, size_t end)
{
	const struct oops_log *log = &d->parser.log;

	first = find_kind(log, first, end, SERIOUS);
	for (size_t i = first; i < end; i = find_kind(log, i + 1, end, SERIOUS)) {
		assess(d, i, &d->other);
		if (i != first)
			oops_add_evidence(&d->other, -20, &log->reports[first]->header,
					  "there was another oops before it in the same boot");
		if (oops_is_race(&d->other))
			return true;
		if (!is_unrelated(&d->other))
			return false;
	}
	return false;
}

/* Of a boot without an oops, a warning or a bare trace can show the race. */
static bool find_warning(struct oops_decoder *d, size_t first, size_t end)
{
	if (find_kind(&d->parser.log, first, end, SERIOUS) < end)
		return false;
	for (size_t i = first; i < end; i++) {
		assess(d, i, &d->other);
		if (oops_is_race(&d->other))
			return true;
	}
	return false;
}

static bool find_race(struct oops_decoder *d)
{
	const struct oops_log *log = &d->parser.log;

	for (size_t i = 0, end; i < log->n; i = end) {
		for (end = i; end < log->n && log->reports[end]->boot == log->reports[i]->boot;)
			end++;
		if (find_in_boot(d, i, end) || find_warning(d, i, end)) {
			d->best = d->other;
			return true;
		}
	}
	return false;
}

/* The first oops, else the first warning, else the first bare stack trace. */
static bool find_other(struct oops_decoder *d)
{
	const struct oops_log *log = &d->parser.log;
	size_t i = find_kind(log, 0, log->n, SERIOUS);

	if (i == log->n)
		i = find_kind(log, 0, log->n, OOPS_TRACE + 1);
	if (i == log->n)
		i = 0;
	if (i == log->n)
		return false;
	assess(d, i, &d->best);
	return true;
}

/* ---- the verdict ---- */

static void list_others(struct oops_decoder *d, struct oops_verdict *v)
{
	const struct oops_log *log = &d->parser.log;
	unsigned long listed = d->best.report->message;

	v->more = log->dropped;
	for (size_t i = 0; i < log->n; i++) {
		struct oops_other *o = &v->others[v->n_others];
		const struct oops_report *r = log->reports[i];

		/* Several CPUs of one stall are one of them. */
		if (r->message == d->best.report->message || r->message == listed ||
		    r->kind == OOPS_TRACE)
			continue;
		listed = r->message;
		if (v->n_others == OOPS_OTHERS_MAX) {
			v->more++;
			continue;
		}
		assess(d, i, &d->other);
		o->line = r->header.line;
		o->race = oops_is_race(&d->other);
		oops_describe(&d->other, o->what, sizeof(o->what));
		v->n_others++;
	}
}

static void copy_facts(struct oops_verdict *v, const struct oops_assessment *a)
{
	const struct oops_report *r = a->report;

	v->line = r->header.line;
	v->path = a->path;
	v->pid = r->pid;
	v->has_address = r->has_address;
	v->address = r->address;
	v->has_since_stop = a->has_since_stop;
	v->since_stop = a->since_stop;
	v->aftermath = v->answer == OOPS_ANSWER_OTHER && a->leftover;
	snprintf(v->driver, sizeof(v->driver), "%s", a->driver);
	snprintf(v->sender, sizeof(v->sender), "%s", a->sender);
	snprintf(v->comm, sizeof(v->comm), "%s", r->comm);
	snprintf(v->cpu, sizeof(v->cpu), "%s", r->cpu);
	snprintf(v->kernel, sizeof(v->kernel), "%s", r->kernel);
	snprintf(v->hardware, sizeof(v->hardware), "%s", r->hardware);
	oops_describe(a, v->what, sizeof(v->what));
	memcpy(v->evidence, a->evidence, sizeof(v->evidence));
	v->n_evidence = a->n_evidence;
}

static void judge(struct oops_decoder *d, struct oops_verdict *v)
{
	const char *unreadable = oops_lines_unreadable(&d->lines);

	if (find_race(d)) {
		v->answer = OOPS_ANSWER_RACE;
		v->variant = d->best.variant;
		v->confidence = d->best.confidence;
	} else if (find_other(d)) {
		v->answer = OOPS_ANSWER_OTHER;
	} else {
		v->answer = unreadable ? OOPS_ANSWER_UNREADABLE : OOPS_ANSWER_NONE;
	}
	if (v->answer == OOPS_ANSWER_UNREADABLE) {
		snprintf(v->summary, sizeof(v->summary), "The input is %s.", unreadable);
		return;
	}
	if (v->answer != OOPS_ANSWER_NONE) {
		copy_facts(v, &d->best);
		list_others(d, v);
	}
	oops_put_into_words(v, &d->best);
}

int oops_decoder_finish(struct oops_decoder *d, struct oops_verdict *v)
{
	oops_lines_finish(&d->lines);
	oops_parser_finish(&d->parser);
	memset(v, 0, sizeof(*v));
	v->pid = -1;
	v->lines = d->lines.newlines;
	v->bytes = d->lines.bytes;
	if (d->parser.log.out_of_memory)
		return -ENOMEM;
	judge(d, v);
	return 0;
}

int oops_decode_fd(int fd, struct oops_verdict *verdict)
{
	struct oops_decoder *d = oops_decoder_new();
	char *buf = malloc(READ_BYTES);
	int err = d && buf ? 0 : -ENOMEM;
	ssize_t n;

	while (!err) {
		n = read(fd, buf, READ_BYTES);
		if (n == 0)
			break;
		if (n > 0)
			oops_decoder_feed(d, buf, (size_t)n);
		else if (errno != EINTR)
			err = -errno;
	}
	if (!err)
		err = oops_decoder_finish(d, verdict);
	free(buf);
	oops_decoder_free(d);
	return err;
}
