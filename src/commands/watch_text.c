// SPDX-License-Identifier: GPL-2.0-only
/* An event, a send or a loss as one line, in colour on a terminal. */
#include "commands/watch_text.h"

#include <inttypes.h>
#include <string.h>

#include "log/printable.h"

#define RED "\033[31m"
#define YELLOW "\033[33m"
#define GREEN "\033[32m"
#define PLAIN "\033[0m"

static const char *colour_of(const struct line_event *e)
{
	switch (e->event) {
	case TL_UNSAFE_OVERLAP:
	case TL_WAITED:
	case TL_CRASH:
		return RED;
	case TL_SHUTDOWN:
	case TL_VIRTQUEUE_DELETED:
	case TL_RESOURCES_FREED:
		return e->senders > 0 ? RED : YELLOW;
	case TL_BOOT:
	case TL_VIRTQUEUE_CREATED:
		return GREEN;
	default:
		return "";
	}
}

static void begin(FILE *out, const char *colour, uint64_t ns, const char *rproc)
{
	/* As the kernel's log has it, so that both can be put side by side. */
	fprintf(out, "%s[%5" PRIu64 ".%06" PRIu64 "] %s  ", colour, ns / 1000000000,
		ns / 1000 % 1000000, rproc && *rproc ? rproc : "remoteproc?");
}

/* Tasks and devices call themselves what they like. */
static void print_name(FILE *out, const char *name)
{
	char clean[256];

	printable(clean, sizeof(clean), name, strlen(name));
	fputs(clean, out);
}

static void print_task(FILE *out, const struct line_task *task)
{
	if (!task->tid)
		return;
	print_name(out, task->comm ? task->comm : "");
	fprintf(out, " (pid %d): ", task->tid);
}

void watch_print_event(FILE *out, const struct line_event *e, bool colour)
{
	const char *code = colour ? colour_of(e) : "";

	begin(out, code, e->t_ns, e->rproc);
	print_task(out, &e->task);
	print_name(out, e->text ? e->text : timeline_event_name(e->event));
	fprintf(out, "%s\n", *code ? PLAIN : "");
}

void watch_print_send(FILE *out, const struct line_send *s, bool colour)
{
	const char *code = colour && s->value < 0 ? YELLOW : "";

	begin(out, code, s->start_ns, s->rproc);
	print_task(out, &s->task);
	fprintf(out, "%s on ", s->function);
	print_name(out, s->channel && *s->channel ? s->channel : "?");
	fprintf(out, " %s %d after %.1f us%s\n", timeline_send_name(s->result), s->value,
		(double)(s->end_ns - s->start_ns) / 1000.0, *code ? PLAIN : "");
}

void watch_print_lost(FILE *out, enum timeline_loss what, uint64_t count, bool colour)
{
	fprintf(out, "%sINCOMPLETE: %" PRIu64 " %s lost%s\n", colour ? RED : "", count,
		timeline_loss_name(what), colour ? PLAIN : "");
}
