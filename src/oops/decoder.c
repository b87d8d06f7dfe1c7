// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "oops/classify.h"
#include "oops/evidence.h"
#include "oops/functions.h"
#include "oops/words.h"

#define READ_BYTES 65536

struct oops_decoder {
	struct oops_lines lines;
	struct oops_parser parser;
	/* The one that the verdict is about, and one to compare with it. */
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

static bool is_serious(const struct oops_report *r)
{
	return r->kind > OOPS_WARNING;
}

/* Nothing in its stack that a stop or a sender could have been tripped up by. */
static bool is_unrelated(const struct oops_assessment *a)
{
	return !a->handle &&
	       oops_stack_first(&a->stack, PLACE_TEARDOWN | PLACE_RECEIVE | PLACE_PROBE |
						   PLACE_VIRTQUEUE | PLACE_TTY) < 0;
}

/* A stall is reported with several CPUs, of which one may be the sender. */
static void assess_first(struct oops_decoder *d, size_t i, struct oops_assessment *a)
{
	const struct oops_parser *p = &d->parser;

	oops_assess(p, p->reports[i], a);
	for (size_t k = i + 1; k < p->n && p->reports[k]->line == p->reports[i]->line; k++) {
		oops_assess(p, p->reports[k], &d->dump);
		if (d->dump.score > a->score)
			*a = d->dump;
	}
}

/*
 * Another report of about the same time that has a sender in it, such as a driver's failed check
 * right before it fell.
 */
static void weigh_companions(struct oops_decoder *d, struct oops_assessment *a)
{
	const struct oops_report *r = a->report;

	for (size_t i = 0; i < d->parser.n; i++) {
		const struct oops_report *c = d->parser.reports[i];
		const struct oops_frame *send;

		if (c == r || c->boot != r->boot || c->line == r->line || c->clock != r->clock ||
		    c->time - r->time > 1 || r->time - c->time > 1 || strcmp(c->comm, r->comm) != 0)
			continue;
		send = c->pc.function[0] && oops_places(c->pc.function) & PLACE_SEND
			       ? &c->pc
			       : oops_trace_find(&c->trace, PLACE_SEND);
		if (!send)
			continue;
		oops_add_evidence(a, 15, c->line, c->header,
				  "the same program had trouble in a send at that time");
		return;
	}
}

static void assess(struct oops_decoder *d, size_t i, struct oops_assessment *a)
{
	assess_first(d, i, a);
	if (a->handle && a->send_first < 0)
		weigh_companions(d, a);
}

/*
 * The first oops of a boot counts: those after it can be its consequences. Only when it has nothing
 * to do with rpmsg at all may a later one be this race, with less confidence.
 */
static bool find_in_boot(struct oops_decoder *d, size_t first, size_t end)
{
	const struct oops_parser *p = &d->parser;
	bool earlier = false;

	for (size_t i = first; i < end; i++) {
		if (!is_serious(p->reports[i]))
			continue;
		assess(d, i, &d->other);
		if (earlier)
			oops_add_evidence(&d->other, -20, p->reports[first]->line,
					  p->reports[first]->header,
					  "another oops came before it in the same boot");
		if (oops_is_race(&d->other))
			return true;
		if (!is_unrelated(&d->other))
			return false;
		if (!earlier)
			first = i;
		earlier = true;
	}
	return false;
}

/* Of a boot without an oops, a warning or a bare trace can show the race. */
static bool find_warning(struct oops_decoder *d, size_t first, size_t end)
{
	for (size_t i = first; i < end; i++)
		if (is_serious(d->parser.reports[i]))
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
	const struct oops_parser *p = &d->parser;

	for (size_t i = 0, end; i < p->n; i = end) {
		for (end = i; end < p->n && p->reports[end]->boot == p->reports[i]->boot; end++)
			;
		if (find_in_boot(d, i, end) || find_warning(d, i, end)) {
			d->best = d->other;
			return true;
		}
	}
	return false;
}

/* The first oops, or without one the first warning. A bare stack trace is neither. */
static bool find_other(struct oops_decoder *d)
{
	const struct oops_parser *p = &d->parser;

	for (size_t i = 0; i < p->n; i++) {
		if (!is_serious(p->reports[i]))
			continue;
		assess(d, i, &d->best);
		return true;
	}
	for (size_t i = 0; i < p->n; i++) {
		if (p->reports[i]->kind == OOPS_TRACE)
			continue;
		assess(d, i, &d->best);
		return true;
	}
	return false;
}

/* ---- the verdict ---- */

static void list_others(struct oops_decoder *d, struct oops_verdict *v)
{
	const struct oops_parser *p = &d->parser;
	unsigned long listed = v->line;

	v->more = p->dropped;
	for (size_t i = 0; i < p->n; i++) {
		struct oops_other *o = &v->others[v->n_others];

		if (p->reports[i]->line == v->line || p->reports[i]->line == listed ||
		    p->reports[i]->kind == OOPS_TRACE)
			continue;
		listed = p->reports[i]->line;
		if (v->n_others == OOPS_OTHERS_MAX) {
			v->more++;
			continue;
		}
		assess(d, i, &d->other);
		o->line = listed;
		o->race = oops_is_race(&d->other);
		oops_describe(&d->other, o->what, sizeof(o->what));
		v->n_others++;
	}
}

static void copy_facts(struct oops_verdict *v, const struct oops_assessment *a)
{
	const struct oops_report *r = a->report;

	v->line = r->line;
	v->path = a->path;
	v->pid = r->pid;
	v->has_address = r->has_address;
	v->address = r->address;
	v->has_since_stop = a->has_since_stop;
	v->since_stop = a->since_stop;
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
	const struct oops_assessment *a = &d->best;
	const char *unreadable;

	if (find_race(d)) {
		v->answer = OOPS_ANSWER_RACE;
		v->variant = a->variant;
		v->confidence = a->confidence;
	} else if (find_other(d)) {
		v->answer = OOPS_ANSWER_OTHER;
	} else {
		unreadable = oops_lines_unreadable(&d->lines);
		v->answer = unreadable ? OOPS_ANSWER_UNREADABLE : OOPS_ANSWER_NONE;
		if (unreadable)
			snprintf(v->summary, sizeof(v->summary), "The input is %s.", unreadable);
		else
			oops_put_into_words(v, NULL);
		return;
	}
	copy_facts(v, a);
	list_others(d, v);
	oops_put_into_words(v, a);
}

int oops_decoder_finish(struct oops_decoder *d, struct oops_verdict *v)
{
	oops_lines_finish(&d->lines);
	oops_parser_finish(&d->parser);
	memset(v, 0, sizeof(*v));
	v->pid = -1;
	v->lines = d->lines.newlines;
	v->bytes = d->lines.bytes;
	if (d->parser.out_of_memory)
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
