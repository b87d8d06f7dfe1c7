// SPDX-License-Identifier: GPL-2.0-only
#include "oops/parse.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "oops/events.h"
#include "oops/headers.h"

/* After so much that is nothing of a report, the report is over even if its end was lost. */
#define GAP_MESSAGES 60
#define GAP_SECONDS 5
/* Registers and traces that follow the end of a report belong to it. */
#define AFTERMATH_MESSAGES 40
/* How much later than an oops a stop can be reported that was under way when it happened. */
#define DURING_SECONDS 0.5
#define DURING_MESSAGES 150
/* Of the CPUs that a stall report shows, so many are looked at. */
#define STALL_DUMPS_MAX 4

void oops_parser_init(struct oops_parser *parser)
{
	memset(parser, 0, sizeof(*parser));
	parser->n_contexts = 1;
}

void oops_parser_free(struct oops_parser *parser)
{
	for (size_t i = 0; i < parser->n; i++)
		free(parser->reports[i]);
	parser->n = 0;
}

static bool begins(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

static void set_quote(struct oops_quote *quote, const struct oops_line *line)
{
	quote->line = line->number;
	snprintf(quote->text, sizeof(quote->text), "%.*s", OOPS_QUOTE_MAX - 1, line->text);
}

/* ---- reports ---- */

static bool in_use(const struct oops_parser *parser, const struct oops_report *report)
{
	for (size_t i = 0; i < parser->n_contexts; i++)
		if (parser->contexts[i].open == report || parser->contexts[i].waiting == report)
			return true;
	return false;
}

/* Warnings can come in thousands; they must not keep out the oops that follows them. */
static bool make_room(struct oops_parser *parser, enum oops_kind kind)
{
	if (kind <= OOPS_WARNING && parser->n >= OOPS_REPORTS_MAX / 2)
		return false;
	if (parser->n < OOPS_REPORTS_MAX)
		return true;
	for (size_t i = parser->n; i-- > 0;) {
		if (parser->reports[i]->kind > OOPS_WARNING || in_use(parser, parser->reports[i]))
			continue;
		free(parser->reports[i]);
		parser->n--;
		memmove(&parser->reports[i], &parser->reports[i + 1],
			(parser->n - i) * sizeof(parser->reports[0]));
		parser->dropped++;
		return true;
	}
	return false;
}

/* NULL when there is no room for one more. */
static struct oops_report *add_report(struct oops_parser *parser, enum oops_kind kind)
{
	const struct oops_line *line = parser->line;
	struct oops_report *report = NULL;

	if (make_room(parser, kind)) {
		report = calloc(1, sizeof(*report));
		parser->out_of_memory |= !report;
	}
	if (!report) {
		parser->dropped++;
		return NULL;
	}
	parser->reports[parser->n++] = report;
	report->kind = kind;
	report->boot = parser->boot;
	report->line = line->number;
	report->message = report->message_end = parser->messages;
	report->clock = line->clock;
	report->time = report->time_end = report->time_last = line->time;
	report->pid = -1;
	report->stop = parser->stop;
	report->up = parser->up;
	report->crash = parser->crash;
	report->unsafe = parser->unsafe;
	report->nameless = parser->nameless;
	snprintf(report->header, sizeof(report->header), "%.*s", OOPS_QUOTE_MAX - 1, line->text);
	snprintf(report->kernel, sizeof(report->kernel), "%s", parser->kernel);
	return report;
}

/* ---- contexts ---- */

/*
 * The one that has been quiet for longest and has no report open. The first one is for lines without
 * an id, and is never given away; it takes what is too much, too.
 */
static struct oops_context *spare_context(struct oops_parser *parser)
{
	struct oops_context *spare = &parser->contexts[0];

	if (parser->n_contexts < OOPS_CONTEXTS_MAX)
		return &parser->contexts[parser->n_contexts++];
	for (size_t i = 1; i < OOPS_CONTEXTS_MAX; i++) {
		struct oops_context *c = &parser->contexts[i];

		if (!c->open && (spare == parser->contexts || c->seen < spare->seen))
			spare = c;
	}
	if (spare != parser->contexts)
		memset(spare, 0, sizeof(*spare));
	return spare;
}

static struct oops_context *find_context(struct oops_parser *parser, const struct oops_line *line)
{
	struct oops_context *c;

	for (size_t i = 0; i < parser->n_contexts; i++) {
		c = &parser->contexts[i];
		if (c->caller == line->caller && c->caller_id == line->caller_id)
			return c;
	}
	c = spare_context(parser);
	if (c != parser->contexts) {
		c->caller = line->caller;
		c->caller_id = line->caller_id;
	}
	return c;
}

static void open_report(struct oops_context *c, struct oops_report *report, bool dead)
{
	c->open = report;
	c->section = NULL;
	c->dead = dead;
	c->skip_trace = false;
}

static void close_report(struct oops_parser *parser, struct oops_context *c)
{
	if (!c->open)
		return;
	c->closed_message = parser->messages;
	open_report(c, c->waiting, false);
	c->waiting = NULL;
}

/*
 * Without caller ids the lines of two CPUs that die at once cannot be told apart. Exceptions take
 * turns with all but their first line, though: the second one's is kept until the first is through.
 */
static bool must_wait(const struct oops_context *c, enum oops_kind kind)
{
	if (!c->open || c->waiting || c->caller || c->open->kind <= OOPS_STALL ||
	    c->open->kind == OOPS_KASAN)
		return false;
	if (kind <= OOPS_STALL || kind == OOPS_KASAN)
		return false;
	return c->dead && c->open->trace.n == 0;
}

static void begin_report(struct oops_parser *parser, struct oops_context *c, enum oops_kind kind)
{
	struct oops_report *report = add_report(parser, kind);
	const char *text = parser->line->text;

	if (report) {
		oops_read_header(text, report);
		report->pc.line = report->pc.function[0] ? report->line : 0;
	}
	if (report && must_wait(c, kind)) {
		c->waiting = report;
		return;
	}
	close_report(parser, c);
	c->waiting = NULL;
	open_report(c, report, strstr(text, " [#") != NULL);
	c->skip_trace = !report;
	c->last_message = parser->messages;
}

static void go_on(struct oops_parser *parser, struct oops_context *c, enum oops_kind kind)
{
	if (c->open && c->dead && c->waiting)
		close_report(parser, c);
	if (c->open && !c->dead && c->open->kind > OOPS_STALL && c->open->kind != OOPS_KASAN) {
		c->dead = true;
		c->last_message = parser->messages;
		if (kind == OOPS_ABORT)
			c->open->kind = kind;
		return;
	}
	begin_report(parser, c, kind);
	c->dead = true;
}

/* Those that say themselves why they are. */
static bool panic_stands_alone(const char *text)
{
	static const char *const reasons[] = { "Out of memory",	       "out of memory",
					       "System is deadlocked", "VFS: ",
					       "No working init",      "No init found",
					       "Requested init",       "sysrq triggered" };

	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
		if (strstr(text, reasons[i]))
			return true;
	return false;
}

static bool close_in_time(const struct oops_parser *parser, const struct oops_report *report,
			  double seconds, unsigned long messages)
{
	const struct oops_line *line = parser->line;

	if (report->clock == line->clock && line->clock != OOPS_CLOCK_NONE)
		return line->time - report->time_end <= seconds;
	return parser->messages - report->message_end <= messages;
}

static void panic(struct oops_parser *parser, struct oops_context *c)
{
	struct oops_report *last = parser->n > 0 ? parser->reports[parser->n - 1] : NULL;
	struct oops_report *cause = c->open ? c->open : last;

	if (cause && cause->boot == parser->boot && !cause->panic.line &&
	    !panic_stands_alone(parser->line->text) &&
	    close_in_time(parser, cause, GAP_SECONDS, 4 * GAP_MESSAGES)) {
		set_quote(&cause->panic, parser->line);
		/* An SError has no trace of its own; that of the panic goes through it. */
		if (cause == c->open && cause->trace.n == 0) {
			c->last_message = parser->messages;
			return;
		}
		close_report(parser, c);
		c->skip_trace = true;
		return;
	}
	begin_report(parser, c, OOPS_PANIC);
}

/* ---- the lines of a report ---- */

static void read_word(char *to, size_t size, const char *from)
{
	snprintf(to, size, "%.*s", (int)strcspn(from, " "), from);
}

/* "Tainted: G           O      5.15.129 #1", "Not tainted 6.1.0-13-arm64 #1 Debian ..." */
static void read_taint(const char *text, struct oops_report *report)
{
	const char *s = strstr(text, "Not tainted ");
	size_t n = 0;

	if (s) {
		s += strlen("Not tainted ");
	} else {
		s = strstr(text, "Tainted: ");
		if (!s)
			return;
		/* Single letters up to the version, of which the first is a digit. */
		for (s += strlen("Tainted: "); *s && !isdigit((unsigned char)*s); s++)
			if (isupper((unsigned char)*s) && n < sizeof(report->tainted) - 1)
				report->tainted[n++] = *s;
		report->tainted[n] = '\0';
	}
	while (*s == ' ')
		s++;
	if (isdigit((unsigned char)*s))
		read_word(report->kernel, sizeof(report->kernel), s);
}

/* "CPU: 1 PID: 95780 Comm: python Tainted: ..." */
static void read_cpu(const char *text, struct oops_report *report)
{
	const char *pid = strstr(text, " PID: "), *comm = strstr(text, " Comm: "), *end;

	read_word(report->cpu, sizeof(report->cpu), text + strlen("CPU: "));
	if (pid)
		report->pid = strtol(pid + strlen(" PID: "), NULL, 10);
	if (comm) {
		comm += strlen(" Comm: ");
		end = strstr(comm, " Tainted: ");
		if (!end)
			end = strstr(comm, " Not tainted ");
		if (!end)
			end = comm + strlen(comm);
		while (end > comm && end[-1] == ' ')
			end--;
		snprintf(report->comm, sizeof(report->comm), "%.*s", (int)(end - comm), comm);
	}
	read_taint(text, report);
}

/* "task:rpmsg-load      state:R  running task     stack:    0 pid:   87 ppid:    85 ..." */
static void read_task(const char *text, struct oops_report *report)
{
	const char *comm = text + strlen("task:"), *end = strstr(text, " state:"),
		   *pid = strstr(text, " pid:");

	if (!end)
		return;
	while (end > comm && end[-1] == ' ')
		end--;
	snprintf(report->comm, sizeof(report->comm), "%.*s", (int)(end - comm), comm);
	if (pid)
		report->pid = strtol(pid + strlen(" pid:"), NULL, 10);
}

/* "Read of size 8 at addr ffff888003777518 by task rpmsg-load/205" */
static void read_access(const char *text, struct oops_report *report)
{
	const char *task = strstr(text, " by task "), *slash = strrchr(text, '/'),
		   *addr = strstr(text, " at addr ");

	if (addr) {
		report->address = strtoull(addr + strlen(" at addr "), NULL, 16);
		report->has_address = true;
	}
	if (!task || !slash || slash < task)
		return;
	task += strlen(" by task ");
	snprintf(report->comm, sizeof(report->comm), "%.*s", (int)(slash - task), task);
	report->pid = strtol(slash + 1, NULL, 10);
}

/* "[ffff800015b3a002] pgd=..., pte=0000000000000000" and "PGD 100067 P4D ... PTE 0" */
static bool is_unmapped(const char *text)
{
	const char *pte;

	if (begins(text, "PGD ")) {
		pte = strstr(text, " PTE 0");
		return pte && (pte[6] == '\0' || pte[6] == ' ');
	}
	if (text[0] != '[' || !strstr(text, "pgd="))
		return false;
	pte = strstr(text, "pte=0");
	return pte && strspn(pte + 4, "0") >= 8;
}

static void append(struct oops_trace *trace, const struct oops_frame *frame,
		   const struct oops_line *line)
{
	struct oops_frame *to = &trace->frames[trace->n];

	/* arm32's next line begins with what this one ended with. */
	if (trace->n > 0 && frame->quote[0] &&
	    strcmp(trace->frames[trace->n - 1].function, frame->function) == 0)
		return;
	if (trace->n == OOPS_FRAMES_MAX)
		return;
	*to = *frame;
	to->line = line->number;
	snprintf(to->quote, sizeof(to->quote), "%.*s", OOPS_QUOTE_MAX - 1, line->text);
	trace->n++;
}

static bool read_frames(struct oops_parser *parser, struct oops_context *c)
{
	struct oops_frame frames[2];
	const size_t n = oops_parse_frames(parser->line->text, frames);

	if (n == 0)
		return false;
	if (!c->section && c->open->trace.n == 0)
		c->section = &c->open->trace;
	if (!c->section)
		return true;
	/* Marks a callee that may repeat the caller of the line before. */
	if (n == 2)
		frames[0].quote[0] = '+';
	for (size_t i = 0; i < n; i++)
		append(c->section, &frames[i], parser->line);
	return true;
}

static bool read_registers(struct oops_context *c, const struct oops_line *line)
{
	struct oops_frame frame, *to;

	if (oops_parse_pc(line->text, &frame))
		to = &c->open->pc;
	else if (oops_parse_lr(line->text, &frame))
		to = &c->open->lr;
	else
		return false;
	/* The first one is that of the fault; more follow for contexts that were interrupted. */
	if (to->function[0] && to->line)
		return true;
	*to = frame;
	to->line = line->number;
	snprintf(to->quote, sizeof(to->quote), "%.*s", OOPS_QUOTE_MAX - 1, line->text);
	return true;
}

/* Headings within a report; sets where the frames that follow belong. */
static bool read_section(struct oops_context *c, const struct oops_line *line)
{
	struct oops_report *r = c->open;
	const char *text = line->text;

	if (begins(text, "Call trace:") || begins(text, "Call Trace:") ||
	    begins(text, "Backtrace:")) {
		c->section = r->trace.n == 0 ? &r->trace : NULL;
		c->skip_trace = !c->section;
	} else if (begins(text, "Freed by task") || begins(text, "freed by task")) {
		c->section = r->freed.n == 0 ? &r->freed : NULL;
		c->skip_trace = false;
		r->freed_line = line->number;
	} else if (begins(text, "Allocated by task") || begins(text, "allocated by task")) {
		c->section = r->allocated.n == 0 ? &r->allocated : NULL;
		c->skip_trace = false;
	} else if (begins(text, "Last potentially related") ||
		   begins(text, "Second to last potentially") ||
		   begins(text, "The buggy address")) {
		c->section = NULL;
		c->skip_trace = true;
	} else {
		return false;
	}
	return true;
}

/* The CPUs of a stall are reports of their own, each with the stall's heading. */
static void next_dump(struct oops_parser *parser, struct oops_context *c)
{
	const struct oops_report *first = c->open;
	struct oops_report *report;
	size_t dumps = 0;

	if (first->kind != OOPS_STALL || (first->trace.n == 0 && !first->pc.function[0]))
		return;
	for (size_t i = 0; i < parser->n; i++)
		dumps += parser->reports[i]->line == first->line;
	if (dumps >= STALL_DUMPS_MAX) {
		c->skip_trace = true;
		return;
	}
	report = add_report(parser, OOPS_STALL);
	if (!report)
		return;
	report->line = first->line;
	report->message = first->message;
	report->clock = first->clock;
	report->time = first->time;
	memcpy(report->header, first->header, sizeof(report->header));
	open_report(c, report, false);
}

static bool read_task_lines(struct oops_parser *parser, struct oops_context *c)
{
	const char *text = parser->line->text;

	if (begins(text, "CPU: ") && strstr(text, " Comm: ")) {
		const char *pid = strstr(text, " PID: ");

		next_dump(parser, c);
		if (c->waiting && c->open->pid >= 0 && pid &&
		    strtol(pid + strlen(" PID: "), NULL, 10) != c->open->pid)
			close_report(parser, c);
		if (!c->open->cpu[0])
			read_cpu(text, c->open);
		else if (pid && c->open->pid >= 0 && c->open->trace.n == 0 &&
			 strtol(pid + strlen(" PID: "), NULL, 10) != c->open->pid)
			c->open->tangled = true;
	} else if (begins(text, "task:") && strstr(text, " state:")) {
		next_dump(parser, c);
		read_task(text, c->open);
	} else if (begins(text, "NMI backtrace for cpu ") || begins(text, "Task dump for CPU ")) {
		next_dump(parser, c);
	} else {
		return false;
	}
	return true;
}

static bool read_facts(struct oops_context *c, const struct oops_line *line)
{
	struct oops_report *r = c->open;
	const char *text = line->text;

	if (begins(text, "Hardware name: ")) {
		snprintf(r->hardware, sizeof(r->hardware), "%.*s", (int)sizeof(r->hardware) - 1,
			 text + strlen("Hardware name: "));
	} else if (begins(text, "Modules linked in:")) {
		r->rpmsg_listed = strstr(text, "rpmsg") != NULL;
	} else if (strstr(text, " of size ") && strstr(text, " by task ")) {
		read_access(text, r);
	} else if (is_unmapped(text)) {
		set_quote(&r->unmapped, line);
	} else if (begins(text, "Tainted: ") || begins(text, "Not tainted ")) {
		read_taint(text, r);
	} else {
		return false;
	}
	return true;
}

static bool is_end(const struct oops_report *report, const char *text)
{
	if (begins(text, "---[ end "))
		return true;
	return report->kind == OOPS_KASAN && report->trace.n > 0 && strspn(text, "=") >= 20;
}

static void read_body(struct oops_parser *parser, struct oops_context *c)
{
	if (is_end(c->open, parser->line->text)) {
		close_report(parser, c);
		return;
	}
	if (read_task_lines(parser, c) || read_section(c, parser->line) ||
	    read_facts(c, parser->line) || (!c->skip_trace && read_registers(c, parser->line)) ||
	    (!c->skip_trace && read_frames(parser, c))) {
		c->last_message = parser->messages;
		c->open->message_end = parser->messages;
		c->open->time_end = parser->line->time;
	}
}

/* A log whose beginning was cut off can start in the middle of an oops. */
static void begin_in_the_middle(struct oops_parser *parser, struct oops_context *c)
{
	const struct oops_line *line = parser->line;
	struct oops_frame frame;

	if (c->skip_trace ||
	    (c->closed_message && parser->messages - c->closed_message < AFTERMATH_MESSAGES))
		return;
	if (oops_parse_pc(line->text, &frame))
		begin_report(parser, c, OOPS_OTHER);
	else if (begins(line->text, "Call trace:") || begins(line->text, "Call Trace:"))
		begin_report(parser, c, OOPS_TRACE);
	else
		return;
	if (c->open)
		read_body(parser, c);
}

static void close_stale(struct oops_parser *parser, struct oops_context *c)
{
	const struct oops_line *line = parser->line;

	if (!c->open)
		return;
	if (parser->messages - c->last_message > GAP_MESSAGES ||
	    !close_in_time(parser, c->open, GAP_SECONDS, GAP_MESSAGES)) {
		close_report(parser, c);
		if (c->open) {
			c->last_message = parser->messages;
			c->open->time_end = line->time;
		}
	}
}

/* With caller ids, the CPU that a stall is reported of prints its own part of the report. */
static void join_stall(struct oops_parser *parser, struct oops_context *c)
{
	if (c->open || !begins(parser->line->text, "NMI backtrace for cpu "))
		return;
	for (size_t i = 0; i < parser->n_contexts; i++) {
		struct oops_context *other = &parser->contexts[i];

		if (!other->open || other->open->kind != OOPS_STALL)
			continue;
		open_report(c, other->open, false);
		open_report(other, NULL, false);
		c->last_message = parser->messages;
		return;
	}
}

/* ---- the log ---- */

/* Everything that was known of the boot before is of no use for the next one. */
static void begin_boot(struct oops_parser *parser)
{
	parser->boot++;
	parser->stop.kind = parser->up.kind = OOPS_EVENT_NONE;
	parser->crash.kind = parser->unsafe.kind = OOPS_EVENT_NONE;
	parser->nameless.kind = OOPS_EVENT_NONE;
	parser->kernel[0] = '\0';
	for (size_t i = 0; i < parser->n_contexts; i++) {
		open_report(&parser->contexts[i], NULL, false);
		parser->contexts[i].waiting = NULL;
		parser->contexts[i].closed_message = 0;
	}
}

/* arm prints both lines, x86 only the version. */
static void find_boot(struct oops_parser *parser)
{
	const char *text = parser->line->text;

	if (begins(text, "Booting Linux on physical CPU")) {
		begin_boot(parser);
		parser->boot_line = parser->line->number;
	} else if (begins(text, "Linux version ")) {
		if (parser->line->number - parser->boot_line > 3)
			begin_boot(parser);
		parser->boot_line = parser->line->number;
		read_word(parser->kernel, sizeof(parser->kernel), text + strlen("Linux version "));
	}
}

static bool same_clock(const struct oops_report *report, const struct oops_event *event)
{
	return report->clock == event->clock && event->clock != OOPS_CLOCK_NONE;
}

/* The parts of a pstore dump can come last first: an earlier stop is then found later. */
static void tell_report(const struct oops_parser *parser, struct oops_report *r,
			const struct oops_event *event)
{
	const double after = event->time - r->time;

	if (!same_clock(r, event)) {
		if (parser->messages - r->message <= DURING_MESSAGES)
			r->stop_during = *event;
	} else if (after < -DURING_SECONDS) {
		if (!r->stop.kind || r->stop.time < event->time)
			r->stop = *event;
	} else if (after <= DURING_SECONDS) {
		r->stop_during = *event;
	}
}

/* A stop's message comes when it is over: an oops that it caused can be there first. */
static void tell_reports(struct oops_parser *parser, const struct oops_event *event)
{
	for (size_t i = 0; i < parser->n; i++)
		if (parser->reports[i]->boot == parser->boot &&
		    !parser->reports[i]->stop_during.kind)
			tell_report(parser, parser->reports[i], event);
}

static void find_event(struct oops_parser *parser)
{
	struct oops_event event;

	oops_find_event(parser->line, &event);
	event.boot = parser->boot;
	switch (event.kind) {
	case OOPS_EVENT_STOPPED:
	case OOPS_EVENT_CHANNEL_GONE:
		/* The channels go first; the whole stop is the better evidence. */
		parser->stop = event;
		tell_reports(parser, &event);
		break;
	case OOPS_EVENT_UP:
		parser->up = event;
		break;
	case OOPS_EVENT_CRASHED:
		parser->crash = event;
		break;
	case OOPS_EVENT_UNSAFE:
		parser->unsafe = event;
		break;
	case OOPS_EVENT_NAMELESS:
		parser->nameless = event;
		break;
	case OOPS_EVENT_NONE:
		break;
	}
}

static void find_driver(struct oops_parser *parser)
{
	char name[OOPS_NAME_MAX];
	size_t i;
	bool bound;

	if (!oops_find_driver(parser->line->text, name, &bound))
		return;
	for (i = 0; i < parser->n_drivers; i++)
		if (strcmp(parser->drivers[i].name, name) == 0)
			break;
	if (i == OOPS_DRIVERS_MAX)
		return;
	if (i == parser->n_drivers) {
		memcpy(parser->drivers[i].name, name, sizeof(name));
		parser->drivers[i].bound = false;
		parser->n_drivers++;
	}
	parser->drivers[i].bound |= bound;
}

/* How long the log goes on after a report says whether the kernel lived. */
static void note_end(struct oops_parser *parser)
{
	struct oops_report *last = parser->n > 0 ? parser->reports[parser->n - 1] : NULL;

	if (last && last->boot == parser->boot && last->clock == parser->line->clock)
		last->time_last = parser->line->time;
}

void oops_parser_line(struct oops_parser *parser, const struct oops_line *line)
{
	struct oops_context *c;
	enum oops_header header;
	enum oops_kind kind;

	parser->line = line;
	find_event(parser);
	if (!line->kernel || !*line->text)
		return;
	parser->messages++;
	find_boot(parser);
	find_driver(parser);
	c = find_context(parser, line);
	c->seen = parser->messages;
	close_stale(parser, c);
	join_stall(parser, c);
	header = oops_find_header(line->text, &kind);
	if (header == OOPS_HEADER_BEGIN)
		begin_report(parser, c, kind);
	else if (header == OOPS_HEADER_GOES_ON)
		go_on(parser, c, kind);
	else if (header == OOPS_HEADER_PANIC)
		panic(parser, c);
	else if (c->open)
		read_body(parser, c);
	else
		begin_in_the_middle(parser, c);
	note_end(parser);
}

/* A sentence that happens to begin like a report has nothing of one behind it. */
static bool is_hollow(const struct oops_report *r)
{
	if (r->kind == OOPS_TRACE)
		return r->trace.n < 2;
	return (r->kind == OOPS_BUG || r->kind <= OOPS_WARNING || r->kind == OOPS_OTHER) &&
	       !r->pc.function[0] && r->trace.n == 0 && !r->comm[0];
}

void oops_parser_finish(struct oops_parser *parser)
{
	size_t kept = 0;

	for (size_t i = 0; i < parser->n; i++) {
		if (is_hollow(parser->reports[i]))
			free(parser->reports[i]);
		else
			parser->reports[kept++] = parser->reports[i];
	}
	parser->n = kept;
}
