// SPDX-License-Identifier: GPL-2.0-only
/* "watch": what happens to remote processors and senders, live. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "commands/commands.h"
#include "commands/options.h"
#include "commands/watch_text.h"
#include "kernel_side/event.h"
#include "kernel_side/kside.h"
#include "log/log.h"
#include "system/files.h"

/* Modules that come and go, and losses. */
#define LOOK_MS 1000
/* With --all: how often for sends, while there are some and while there are none. */
#define BUSY_MS 1
#define QUIET_MS 20
/* Of each CPU: half a megabyte, for the time in which others have the CPU. */
#define FLIGHT_SENDS 256
/* Sends that are put in order of time and printed together. */
#define BATCH 4096

static const struct argp_option table[] = {
	{ "all", 'a', NULL, 0, "Also print every send", 0 },
	{ OPTION_CONFIG },
	{ OPTION_JSON("Print JSON Lines, as in episode files, each with its \"rproc\"") },
	{ 0 },
};

static const char doc[] =
	"Prints the events of remote processors while they happen: one line for each event, "
	"with the clock of the kernel's log. The command needs the kernel features of level "
	"observe. It works with and without the service, and changes nothing.\vIf events come "
	"too fast, it prints how many were lost. It ends on SIGINT or SIGTERM.\n\nExamples:\n  "
	"rpmsg-guard watch\n  rpmsg-guard watch --all --json >sends.jsonl\n\n" EXIT_STATUS_HELP;

struct viewer {
	struct kside *kside;
	struct flight_mark *mark; /* NULL without --all */
	struct kside_losses losses;
	bool json, colour, pending;
	uint64_t looked_ms;
	size_t n;
	struct flight_send batch[BATCH];
};

static void put_line(char *line)
{
	if (line)
		fputs(line, stdout);
	free(line);
}

static void on_event(const struct rg_event *event, void *arg)
{
	const struct viewer *v = arg;
	struct event_line out;

	event_line(event, &out);
	out.line.rproc = out.rproc;
	/* What follows is about gates, and our gate holds no sender back. */
	out.text[strcspn(out.text, ";")] = '\0';
	if (v->json)
		put_line(line_event(&out.line));
	else
		watch_print_event(stdout, &out.line, v->colour);
}

static void print_send(const struct viewer *v, const struct flight_send *send)
{
	struct line_send line;
	char rproc[24] = "";

	flight_line(send, &line);
	if (send->rproc != RG_RPROC_UNKNOWN)
		snprintf(rproc, sizeof(rproc), "remoteproc%u", send->rproc);
	line.rproc = rproc;
	if (v->json)
		put_line(line_send(&line));
	else
		watch_print_send(stdout, &line, v->colour);
}

static int by_start(const void *a, const void *b)
{
	const struct flight_send *one = a, *other = b;

	return (one->start_ns > other->start_ns) - (one->start_ns < other->start_ns);
}

static void print_batch(struct viewer *v)
{
	qsort(v->batch, v->n, sizeof(v->batch[0]), by_start);
	for (size_t i = 0; i < v->n; i++)
		print_send(v, &v->batch[i]);
	v->n = 0;
}

static void on_send(const struct flight_send *send, void *arg)
{
	struct viewer *v = arg;

	if (v->n == BATCH)
		print_batch(v);
	v->batch[v->n++] = *send;
}

static void say_lost(const struct viewer *v, enum timeline_loss what, uint64_t count)
{
	if (!count)
		return;
	if (v->json)
		put_line(line_lost(clock_ns(), what, count));
	else
		watch_print_lost(stdout, what, count, v->colour);
}

static void say_losses(struct viewer *v)
{
	const struct kside_losses now = kside_losses(v->kside);

	say_lost(v, TL_LOST_EVENTS, now.events - v->losses.events);
	say_lost(v, TL_LOST_SENDERS, now.senders - v->losses.senders);
	say_lost(v, TL_LOST_ENDPOINTS, now.endpoints - v->losses.endpoints);
	say_lost(v, TL_LOST_EXITS, now.exits - v->losses.exits);
	v->losses = now;
}

/* Returns how long to wait for the next look. */
static int look_at_sends(struct viewer *v)
{
	uint64_t lost;
	bool any;

	if (!v->mark)
		return LOOK_MS;
	lost = flight_read(v->kside, v->mark, FLIGHT_ALMOST, on_send, v);
	any = v->n;
	/* The last send of each CPU is due when no send follows it. */
	if (!any && v->pending)
		lost += flight_read(v->kside, v->mark, FLIGHT_NOW, on_send, v);
	v->pending = any;
	print_batch(v);
	say_lost(v, TL_LOST_SENDS, lost);
	return any ? BUSY_MS : QUIET_MS;
}

static void look_around(struct viewer *v)
{
	char reason[256];

	if (clock_ms() - v->looked_ms < LOOK_MS)
		return;
	v->looked_ms = clock_ms();
	kside_refresh(v->kside, reason, sizeof(reason));
	say_losses(v);
}

static int watch_until(struct viewer *v, int signal_fd)
{
	struct pollfd fds[] = {
		{ .fd = kside_event_fd(v->kside), .events = POLLIN },
		{ .fd = signal_fd, .events = POLLIN },
		/* POLLERR comes unasked: the reader of a pipe has gone. */
		{ .fd = STDOUT_FILENO },
	};
	int wait_ms = 0;

	while (!(fds[1].revents & POLLIN) && !(fds[2].revents & POLLERR)) {
		if (poll(fds, 3, wait_ms) < 0 && errno != EINTR)
			return EXIT_STATUS_FAILED;
		kside_consume(v->kside, on_event, v);
		wait_ms = look_at_sends(v);
		look_around(v);
		if (fflush(stdout) == EOF)
			return EXIT_STATUS_DONE;
	}
	/* What ended before the signal. */
	if (v->mark)
		say_lost(v, TL_LOST_SENDS, flight_read(v->kside, v->mark, FLIGHT_NOW, on_send, v));
	print_batch(v);
	say_losses(v);
	return EXIT_STATUS_DONE;
}

static int open_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static int open_guard(struct kside **kside, const struct config *config, bool all)
{
	char reason[256] = "";
	int err = kside_open_passive(kside, config, all ? FLIGHT_SENDS : 1, reason, sizeof(reason));

	if (!err)
		return EXIT_STATUS_DONE;
	log_error("cannot watch: %s", reason);
	return err == -EPERM ? EXIT_STATUS_FAILED : EXIT_STATUS_KERNEL;
}

static int watch(const struct options *o, const struct config *config)
{
	struct viewer *v = calloc(1, sizeof(*v));
	int fd = open_signals();
	int status = EXIT_STATUS_FAILED;

	if (!v || fd < 0) {
		log_error("cannot start: %s", strerror(errno));
		goto out;
	}
	status = open_guard(&v->kside, config, o->all);
	if (status != EXIT_STATUS_DONE)
		goto out;
	v->json = o->json;
	v->colour = isatty(STDOUT_FILENO) && !getenv("NO_COLOR");
	v->mark = o->all ? flight_mark_new() : NULL;
	status = EXIT_STATUS_FAILED;
	if (o->all && !v->mark) {
		log_error("cannot start: no memory");
	} else {
		log_notice("watching");
		status = watch_until(v, fd);
	}
	free(v->mark);
	kside_close(v->kside);
out:
	if (fd >= 0)
		close(fd);
	free(v);
	return status;
}

int cmd_watch(int argc, char **argv)
{
	struct options o = { .takes = TAKES_NOTHING };
	struct config config;
	int status;

	if (options_read(&o, table, doc, argc, argv) || options_config(&o, &config))
		return EXIT_STATUS_USAGE;
	status = watch(&o, &config);
	config_free(&config);
	return status;
}
