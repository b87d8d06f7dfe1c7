// SPDX-License-Identifier: GPL-2.0-only
#include <argp.h>
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <unistd.h>

#include "commands/commands.h"
#include "commands/lock.h"
#include "config/config.h"
#include "log/log.h"
#include "service/service.h"
#include "service/supervisor.h"
#include "system/run_dir.h"

static const char doc[] =
	"Guard every remote processor of this machine until SIGTERM or SIGINT. A stop that somebody "
	"asks for is held until no sender is inside, then let go; each step is one line on stderr."
	"\v" EXIT_STATUS_HELP "\n\n"
	"Files:\n"
	"  " CONFIG_PATH "\tsettings, every one with a default\n"
	"  " READY_FILE "\tthere while the service guards\n\n"
	"Examples:\n"
	"  rpmsg-guard run --verbose          on a terminal, with the kernel's events\n"
	"  rpmsg-guard run --observe          only watch, never interfere\n"
	"  rpmsg-guard run --supervise &      from an init without a watchdog\n"
	"  systemctl enable --now rpmsg-guard as a service";

static const struct argp_option options[] = {
	{ "config", 'c', "FILE", 0, "Read settings from FILE (default: " CONFIG_PATH ")", 0 },
	{ "observe", 'o', NULL, 0, "Never interfere: record what happens, hold and refuse nothing",
	  0 },
	{ "supervise", 's', NULL, 0,
	  "Restart the service when it dies, and kill it when it is stuck for 10 s; for inits that "
	  "have no watchdog",
	  0 },
	{ "verbose", 'v', NULL, 0, "Also print the kernel's events; twice: debugging output", 0 },
	{ 0 },
};

struct arguments {
	const char *config_path;
	bool observe, supervise;
	int verbose;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct arguments *a = state->input;

	switch (key) {
	case 'c':
		a->config_path = arg;
		return 0;
	case 'o':
		a->observe = true;
		return 0;
	case 's':
		a->supervise = true;
		return 0;
	case 'v':
		a->verbose++;
		return 0;
	case ARGP_KEY_ARG:
		argp_error(state, "'%s': no argument is expected", arg);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* The journal is searched by priority, so it gets the kernel's events without being asked. */
static enum log_lvl log_level(int verbose)
{
	if (verbose > 1)
		return LVL_DEBUG;
	return verbose || log_to_journal() ? LVL_INFO : LVL_NOTICE;
}

struct job {
	const struct config *config;
	bool observe;
};

static int serve(const void *arg, atomic_uint *heartbeat)
{
	const struct job *job = arg;

	return service_run(job->config, job->observe, heartbeat);
}

static int run_locked(const struct job *job, bool supervised)
{
	int pid, status;
	int lock = lock_take(&pid);

	if (lock == -EBUSY) {
		log_error("already running as process %d; stop that one first", pid);
		return EXIT_STATUS_FAILED;
	}
	if (lock < 0)
		return EXIT_STATUS_FAILED;
	status = supervised ? supervise(serve, job) : serve(job, NULL);
	close(lock);
	return status;
}

int cmd_run(int argc, char **argv)
{
	static const struct argp argp = { options, parse, NULL, doc, NULL, NULL, NULL };
	struct arguments a = { 0 };
	struct config config;
	char err[512];
	struct job job;
	int status;

	if (argp_parse(&argp, argc, argv, 0, NULL, &a))
		return EXIT_STATUS_USAGE;
	log_init(log_level(a.verbose), log_to_journal());
	if (config_load(a.config_path, &config, err, sizeof(err))) {
		log_error("%s", err);
		return EXIT_STATUS_USAGE;
	}
	job = (struct job){ &config, a.observe };
	status = run_locked(&job, a.supervise);
	config_free(&config);
	return status;
}
