// SPDX-License-Identifier: GPL-2.0-only
/* "stop", "start" and "restart": a remote processor by hand, with and without the service. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands/commands.h"
#include "commands/options.h"
#include "commands/progress.h"
#include "helper/helper.h"
#include "hold/hold.h"
#include "hold/other_nodes.h"
#include "log/log.h"
#include "system/drivers.h"
#include "system/files.h"
#include "system/run_dir.h"
#include "system/trust.h"

static const struct argp_option table[] = {
	{ OPTION_CONFIG },
	{ "quiet", 'q', NULL, 0, "Print only errors", 0 },
	{ 0 },
};

static const char stop_doc[] =
	"Stop the remote processor NAME safely: hide its ttys, hang up the open ttys, wait "
	"until no sender is inside, then stop it. The command works with and without the "
	"service, and on kernels without BPF.\v" EXIT_STATUS_HELP "\n\nExamples:\n  rpmsg-guard "
	"stop remoteproc0\n  rpmsg-guard stop imx-rproc         with the name from the driver";

static const char start_doc[] = "Start the remote processor NAME."
				"\v" EXIT_STATUS_HELP "\n\n"
				"Examples:\n"
				"  rpmsg-guard start remoteproc0";

static const char restart_doc[] =
	"Stop the remote processor NAME safely, like \"rpmsg-guard stop\", and start it again.\v" EXIT_STATUS_HELP
	"\n\nExamples:\n  rpmsg-guard restart remoteproc0";

struct lifecycle {
	struct config config;
	struct remoteproc rp;
	bool quiet;
};

static int report(const struct lifecycle *l, const char *command, int err)
{
	if (!err)
		return EXIT_STATUS_DONE;
	log_error("%s: the kernel refused \"%s\": %s%s", l->rp.name, command, strerror(-err),
		  err == -EACCES && geteuid() ? "; run as root" : "");
	return EXIT_STATUS_FAILED;
}

/*
 * With a service the write alone does it: the open waits until the service lets it go. A refusal is an open that
 * fails, with EBUSY or, before 6.14, with EPERM; what the write says comes from the kernel.
 */
static int stop_through_service(struct lifecycle *l)
{
	struct progress *progress = l->quiet ? NULL : progress_of_service(l->rp.name);
	char path[PATH_MAX];
	int fd, err;

	remoteproc_attr(&l->rp, "state", path);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	err = fd < 0 ? -errno : file_write_all(fd, "stop", strlen("stop"));
	if (fd >= 0)
		close(fd);
	progress_end(progress);
	if (fd < 0 && (err == -EPERM || err == -EBUSY)) {
		log_error("%s: the service refused the stop; 'rpmsg-guard status' shows the "
			  "reason",
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
static void handle_interrupts(void (*handler)(int signal))
{
	const struct sigaction action = { .sa_handler = handler, .sa_flags = SA_RESTART };

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
	going_on = h;
	handle_interrupts(on_interrupt);
	progress = l->quiet ? NULL : progress_of_hold(h);
	result = hold_run(h);
	progress_end(progress);
	if (result == HOLD_SAFE || result == HOLD_UNSAFE)
		status = report(l, "stop", remoteproc_command(&l->rp, "stop"));
	hold_end(h, status == EXIT_STATUS_DONE);
	handle_interrupts(SIG_DFL);
	free(h);
	return status;
}

static int stop_locked(struct lifecycle *l)
{
	int pid, status;
	int lock = run_dir_lock(&pid);

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

/* What is said of one that is still up, when the kernel has said @status. */
static void explain(const struct lifecycle *l, const struct virtio_bindings *before, int status)
{
	const char *state = remoteproc_state_name(remoteproc_state(&l->rp));

	if (before->n && !virtio_is_bound(&l->rp))
		log_error("%s: the stop failed after the teardown (see the kernel's log): it is "
			  "still %s, but its channels are gone. Try the stop again; a start does "
			  "nothing",
			  l->rp.name, state);
	else if (status != EXIT_STATUS_DONE)
		return;
	else if (before->n)
		log_error("%s is still %s: the kernel only counted this stop, because it was "
			  "started more than once. Each start needs a stop: try the stop again",
			  l->rp.name, state);
	else
		log_error("%s is still %s; see the kernel's log", l->rp.name, state);
}

static int stop(struct lifecycle *l)
{
	enum remoteproc_state state = remoteproc_state(&l->rp);
	struct virtio_bindings before;
	int status;

	if (!remoteproc_is_up(state)) {
		log_error("%s cannot be stopped: it is %s", l->rp.name,
			  remoteproc_state_name(state));
		return EXIT_STATUS_FAILED;
	}
	virtio_bindings_read(&l->rp, &before);
	status = stop_locked(l);
	if (remoteproc_is_up(remoteproc_state(&l->rp))) {
		explain(l, &before, status);
		return EXIT_STATUS_FAILED;
	}
	if (status == EXIT_STATUS_DONE)
		log_notice("%s stopped", l->rp.name);
	return status;
}

static int start(struct lifecycle *l)
{
	const enum remoteproc_state state = remoteproc_state(&l->rp);
	int status;

	/* The kernel would only count it (5.18 and later), and the next stop would not stop it. */
	if (remoteproc_is_up(state)) {
		log_error("%s cannot be started: it is %s", l->rp.name,
			  remoteproc_state_name(state));
		return EXIT_STATUS_FAILED;
	}
	status = report(l, "start", remoteproc_command(&l->rp, "start"));
	if (status != EXIT_STATUS_DONE)
		return status;
	/* Where a recovery has failed between its stop and its start, the kernel only counts. */
	if (!remoteproc_is_up(remoteproc_state(&l->rp))) {
		log_error("%s is %s, although the kernel reported no error for the start; see the "
			  "kernel's log",
			  l->rp.name, remoteproc_state_name(remoteproc_state(&l->rp)));
		return EXIT_STATUS_FAILED;
	}
	log_notice("%s started", l->rp.name);
	return EXIT_STATUS_DONE;
}

typedef int (*step_fn)(struct lifecycle *l);

static int do_steps(step_fn first, step_fn second, const char *doc, int argc, char **argv)
{
	struct options o = { .takes = TAKES_NAME };
	struct lifecycle l;
	int status;

	if (options_read(&o, table, doc, argc, argv) || options_config(&o, &l.config))
		return EXIT_STATUS_USAGE;
	l.quiet = o.quiet;
	status = options_remoteproc(&o, &l.rp);
	if (status == EXIT_STATUS_DONE)
		status = first(&l);
	if (status == EXIT_STATUS_DONE && second)
		status = second(&l);
	config_free(&l.config);
	return status;
}

int cmd_stop(int argc, char **argv)
{
	return do_steps(stop, NULL, stop_doc, argc, argv);
}

int cmd_start(int argc, char **argv)
{
	return do_steps(start, NULL, start_doc, argc, argv);
}

int cmd_restart(int argc, char **argv)
{
	return do_steps(stop, start, restart_doc, argc, argv);
}
