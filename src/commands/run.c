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
	"Guard every remote processor of this machine until SIGTERM or SIGINT. A stop that somebody "
	"asks for is held until no sender is inside, then let go; each step is one line on stderr."
	"\v" EXIT_STATUS_HELP "\n\n"
	"Files:\n"
	"  " CONFIG_PATH "\tsettings, every one with a default\n"
	"  " CONFIG_ADMIN_DIR "/*.conf\tfurther settings, read after that file\n"
	"  " READY_FILE "\tthere while the service guards\n\n"
	"Examples:\n"
	"  rpmsg-guard run --verbose          on a terminal, with the kernel's events\n"
	"  rpmsg-guard run --observe          only watch, never interfere\n"
	"  rpmsg-guard run --supervise &      from an init without a watchdog\n"
	"  systemctl enable --now rpmsg-guard as a service";

static const struct argp_option table[] = {
	{ OPTION_CONFIG },
	{ "observe", 'o', NULL, 0, "Never interfere: record what happens, hold and refuse nothing",
	  0 },
	{ "supervise", 's', NULL, 0,
	  "Restart the service when it dies, and kill it when it is stuck for 10 s; for inits that "
	  "have no watchdog",
	  0 },
	{ "verbose", 'v', NULL, 0, "Also print the kernel's events; twice: debugging output", 0 },
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
	log_error("the service cannot begin again: %s", strerror(errno));
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
