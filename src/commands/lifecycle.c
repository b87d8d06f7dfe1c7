// SPDX-License-Identifier: GPL-2.0-only
#include "commands/lifecycle.h"

#include <argp.h>
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands/choose.h"
#include "commands/commands.h"
#include "commands/lock.h"
#include "commands/progress.h"
#include "helper/helper.h"
#include "hold/hold.h"
#include "hold/other_nodes.h"
#include "log/log.h"
#include "system/files.h"
#include "system/trust.h"

static const struct argp_option options[] = {
	{ "config", 'c', "FILE", 0, "Read settings from FILE (default: " CONFIG_PATH ")", 0 },
	{ "quiet", 'q', NULL, 0, "Print errors only", 0 },
	{ 0 },
};

struct arguments {
	const char *config_path, *name;
	bool quiet;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct arguments *a = state->input;

	switch (key) {
	case 'c':
		a->config_path = arg;
		return 0;
	case 'q':
		a->quiet = true;
		return 0;
	case ARGP_KEY_ARG:
		if (a->name)
			argp_error(state, "one NAME only; '%s' is the second", arg);
		a->name = arg;
		return 0;
	case ARGP_KEY_END:
		if (!a->name)
			argp_error(state, "which remote processor? NAME is missing");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

int lifecycle_parse(struct lifecycle *l, const char *doc, int argc, char **argv)
{
	const struct argp argp = { options, parse, "NAME", doc, NULL, NULL, NULL };
	struct arguments a = { 0 };
	char text[512];
	int status;

	memset(l, 0, sizeof(*l));
	if (argp_parse(&argp, argc, argv, 0, NULL, &a))
		return EXIT_STATUS_USAGE;
	l->quiet = a.quiet;
	log_init(a.quiet ? LVL_WARNING : LVL_NOTICE, false);
	if (config_load(a.config_path, &l->config, text, sizeof(text))) {
		log_error("%s", text);
		return EXIT_STATUS_USAGE;
	}
	status = choose_remoteproc(a.name, &l->rp);
	if (status != EXIT_STATUS_DONE)
		config_free(&l->config);
	return status;
}

void lifecycle_free(struct lifecycle *l)
{
	config_free(&l->config);
}

static int report(const struct lifecycle *l, const char *command, int err)
{
	if (!err)
		return EXIT_STATUS_DONE;
	log_error("%s: the kernel refused \"%s\": %s%s", l->rp.name, command, strerror(-err),
		  err == -EACCES && geteuid() ? "; run as root" : "");
	return EXIT_STATUS_FAILED;
}

/* With a service the write alone does it: the open waits until the service lets it go. */
static int stop_through_service(struct lifecycle *l)
{
	struct progress *progress = l->quiet ? NULL : progress_of_service(l->rp.name);
	int err = remoteproc_command(&l->rp, "stop");

	progress_end(progress);
	if (err == -EPERM && !geteuid()) {
		log_error("%s: the service refused the stop; 'rpmsg-guard status' names the reason",
			  l->rp.name);
		return EXIT_STATUS_FAILED;
	}
	return report(l, "stop", err);
}

static struct hold *going_on;

static void on_interrupt(int signal)
{
	(void)signal;
	hold_cancel(going_on, HOLD_INTERRUPTED);
}

/* ^C, a lost terminal, or a service manager: what was put aside is put back before the end. */
static void catch_interrupts(struct hold *h)
{
	const struct sigaction action = { .sa_handler = on_interrupt, .sa_flags = SA_RESTART };

	going_on = h;
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
}

static int stop_by_hand(struct lifecycle *l)
{
	struct hold *h = calloc(1, sizeof(*h));
	int status = EXIT_STATUS_FAILED;
	struct progress *progress;
	enum hold_result result;
	char reason[256];

	if (!trust_pid_namespace(reason, sizeof(reason)) || !trust_proc(reason, sizeof(reason))) {
		log_error("%s cannot be stopped safely: %s", l->rp.name, reason);
		free(h);
		return EXIT_STATUS_KERNEL;
	}
	if (!h)
		return status;
	hold_begin(h, &l->rp, config_for(&l->config, l->rp.device_name, l->rp.name), NULL, 0);
	catch_interrupts(h);
	progress = l->quiet ? NULL : progress_of_hold(h);
	result = hold_run(h);
	progress_end(progress);
	if (result == HOLD_SAFE || result == HOLD_UNSAFE)
		status = report(l, "stop", remoteproc_command(&l->rp, "stop"));
	hold_end(h, status == EXIT_STATUS_DONE);
	signal(SIGINT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	signal(SIGHUP, SIG_DFL);
	free(h);
	return status;
}

static int stop(struct lifecycle *l)
{
	int pid, status;
	int lock = lock_take(&pid);

	if (lock == -EBUSY)
		return stop_through_service(l);
	if (lock < 0)
		return EXIT_STATUS_FAILED;
	helper_begin();
	keepout_recover();
	other_nodes_recover();
	status = stop_by_hand(l);
	other_nodes_wait();
	helper_end();
	close(lock);
	return status;
}

int lifecycle_stop(struct lifecycle *l)
{
	enum remoteproc_state state = remoteproc_state(&l->rp);
	int status;

	if (!remoteproc_is_up(state)) {
		log_error("%s cannot be stopped: it is %s", l->rp.name,
			  remoteproc_state_name(state));
		return EXIT_STATUS_FAILED;
	}
	status = stop(l);
	if (status == EXIT_STATUS_DONE && remoteproc_is_up(remoteproc_state(&l->rp))) {
		log_error("%s is still running: somebody else keeps it powered", l->rp.name);
		status = EXIT_STATUS_FAILED;
	}
	if (status == EXIT_STATUS_DONE)
		log_notice("%s stopped", l->rp.name);
	return status;
}

int lifecycle_start(struct lifecycle *l)
{
	int status = report(l, "start", remoteproc_command(&l->rp, "start"));

	if (status == EXIT_STATUS_DONE)
		log_notice("%s started", l->rp.name);
	return status;
}
