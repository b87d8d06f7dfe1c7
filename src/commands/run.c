// SPDX-License-Identifier: GPL-2.0-only
/* "run": the service. */
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands/commands.h"
#include "commands/options.h"
#include "log/log.h"
#include "service/service.h"
#include "service/supervisor.h"
#include "system/run_dir.h"

static const char doc[] =
	"Guard every remote processor of this machine until SIGTERM or SIGINT. The service "
	"holds each stop until no sender is inside, then releases it; each step is one line on "
	"stderr.\v" EXIT_STATUS_HELP "\n\nFiles:\n  " CONFIG_PATH "\tsettings; each has a "
	"default\n  " CONFIG_ADMIN_DIR
	"/*.conf\tdrop-ins: more settings, read after that file\n  " CONFIG_VENDOR_DIR
	"/*.conf\tdrop-ins of packages\n  " READY_FILE
	"\texists while the service guards\n\nExamples:\n  rpmsg-guard "
	"run --verbose          on a terminal, with the kernel's events\n  rpmsg-guard run "
	"--observe          only record, hold nothing\n  rpmsg-guard run --supervise &      "
	"with an init that has no watchdog\n  systemctl enable --now rpmsg-guard as a service";

static const struct argp_option table[] = {
	{ OPTION_CONFIG },
	{ "observe", 'o', NULL, 0, "Only record what happens: hold nothing and refuse nothing", 0 },
	{ "supervise", 's', NULL, 0,
	  "Start the service again when it dies, and kill it when it is stuck for 10 s. Use this "
	  "with an init that has no watchdog",
	  0 },
	{ "verbose", 'v', NULL, 0,
	  "Also print the kernel's events; -vv: also print debugging output", 0 },
	{ 0 },
};

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

/*
 * The program from its beginning: threads that are stuck and descriptors of what was end with it. Returns an
 * exit status if that fails.
 */
static int begin_again(int argc, char **argv)
{
	char **args = calloc((size_t)argc + 2, sizeof(*args));

	if (args) {
		args[0] = (char *)"rpmsg-guard";
		args[1] = (char *)"run";
		memcpy(&args[2], &argv[1], (size_t)(argc - 1) * sizeof(*args));
		execv("/proc/self/exe", args);
	}
	log_error("the service cannot start again: %s", strerror(errno));
	free(args);
	return EXIT_STATUS_FAILED;
}

static void say_files(const struct config *config)
{
	char text[1024];

	config_files_text(config, text, sizeof(text));
	log_notice("configuration: %s", text);
}

static int run_locked(const struct job *job, bool supervised)
{
	int pid, status;
	int lock = run_dir_lock(&pid);

	if (lock == -EBUSY) {
		log_error("the service is already running (pid %d); stop it first", pid);
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
	struct options o = { .takes = TAKES_NOTHING };
	struct config config;
	int status;

	if (options_read(&o, table, doc, argc, argv))
		return EXIT_STATUS_USAGE;
	log_init(log_level(o.verbose), log_to_journal());
	if (options_config(&o, &config))
		return EXIT_STATUS_USAGE;
	/* Its lines are those of a log, whose reader knows the program. */
	log_name(NULL);
	say_files(&config);
	status = run_locked(&(struct job){ &config, o.observe }, o.supervise);
	config_free(&config);
	return status == EXIT_STATUS_AGAIN ? begin_again(argc, argv) : status;
}
