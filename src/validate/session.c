// SPDX-License-Identifier: GPL-2.0-only
/* Prepares the machine and the kernel side for a run, and puts back what it found. */
#include "validate/session.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "kernel_side/kside.h"
#include "log/log.h"
#include "system/exit_status.h"
#include "system/files.h"
#include "system/kconfig.h"
#include "validate/drive.h"
#include "validate/state_file.h"
#include "validate/workload.h"

/* Whether two results can be compared depends on these: they change how often a race is met, or seen. */
static void describe_config(char *text, size_t len)
{
	static const char *const options[] = {
		"SMP",
		"PREEMPT_NONE",
		"PREEMPT_VOLUNTARY",
		"PREEMPT",
		"PREEMPT_RT",
		"KASAN",
		"KFENCE",
		"KCSAN",
		"PROVE_LOCKING",
		"DEBUG_SPINLOCK",
		"DEBUG_PAGEALLOC",
		"SLUB_DEBUG_ON",
	};
	const char *source;
	char *config = kconfig_read_text(&source);
	const char *hz = config ? strstr(config, "\nCONFIG_HZ=") : NULL;
	char name[64];
	size_t n = 0;

	text[0] = '\0';
	for (size_t i = 0; config && i < sizeof(options) / sizeof(options[0]) && n < len; i++) {
		snprintf(name, sizeof(name), "CONFIG_%s", options[i]);
		if (kconfig_get(config, name) != KCONFIG_NO)
			n += (size_t)snprintf(text + n, len - n, "%s%s", n ? " " : "", options[i]);
	}
	if (hz && n < len)
		snprintf(text + n, len - n, "%sHZ=%d", n ? " " : "",
			 atoi(hz + strlen("\nCONFIG_HZ=")));
	free(config);
}

static void describe_machine(struct validate_run *run, const struct remoteproc *rp)
{
	const time_t now = time(NULL);
	struct utsname name;
	struct tm tm;

	uname(&name);
	snprintf(run->kernel, sizeof(run->kernel), "%s", name.release);
	snprintf(run->machine, sizeof(run->machine), "%s", name.machine);
	snprintf(run->rproc, sizeof(run->rproc), "%s", rp->name);
	snprintf(run->device_name, sizeof(run->device_name), "%s", rp->device_name);
	strftime(run->started, sizeof(run->started), "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &tm));
	describe_config(run->config, sizeof(run->config));
	run->cpus = (unsigned int)sysconf(_SC_NPROCESSORS_ONLN);
	if (file_read_line("/proc/sys/kernel/random/boot_id", run->boot_id, sizeof(run->boot_id)) <
	    0)
		run->boot_id[0] = '\0';
}

static int open_observer(const struct config *config, struct kside **kside)
{
	char reason[256] = "";
	/* Nobody reads the flight recorder; it has one entry at least. */
	int err = kside_open_passive(kside, config, 1, reason, sizeof(reason));

	if (!err)
		return EXIT_STATUS_DONE;
	log_error("the kernel side cannot observe: %s", reason);
	return err == -EPERM ? EXIT_STATUS_FAILED : EXIT_STATUS_KERNEL;
}

static int run_cycles(struct drive *drive, const struct validate_run *run, const char *state,
		      char *made, size_t len)
{
	char reason[256];
	int err;

	drive->state_fd = state_file_create(state, run, made, len);
	if (drive->state_fd == -EEXIST) {
		log_error("%s already exists; read it with --verdict, and give a new name", made);
		return EXIT_STATUS_USAGE;
	}
	if (drive->state_fd < 0) {
		log_error("%s: %s", made, strerror(-drive->state_fd));
		return EXIT_STATUS_FAILED;
	}
	log_notice("if the kernel dies, run after the restart: rpmsg-guard validate --verdict %s",
		   made);
	err = drive_cycles(drive, run, reason, sizeof(reason));
	close(drive->state_fd);
	if (err)
		log_error("%s: %s", made, strerror(-err));
	return err ? EXIT_STATUS_FAILED : EXIT_STATUS_DONE;
}

static int run_with_senders(struct drive *drive, const struct validate_run *run, const char *state,
			    char *made, size_t len)
{
	int err = workload_start(&drive->workload, run), status;

	if (err) {
		log_error("cannot start the senders: %s", strerror(-err));
		return EXIT_STATUS_FAILED;
	}
	status = run_cycles(drive, run, state, made, len);
	workload_free(drive->workload);
	return status;
}

static bool command(const struct remoteproc *rp, const char *word)
{
	const int err = remoteproc_command(rp, word);

	if (err)
		log_error("%s: the kernel refused \"%s\": %s", rp->name, word, strerror(-err));
	return !err;
}

static void block_signals(sigset_t *before)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, before);
}

int session_run(struct validate_run *run, const struct remoteproc *rp, const struct config *config,
		const char *state, char *made, size_t len)
{
	const bool was_up = remoteproc_is_up(remoteproc_state(rp));
	struct drive drive = { .rp = rp };
	sigset_t before;
	int status;

	describe_machine(run, rp);
	status = open_observer(config, &drive.kside);
	if (status != EXIT_STATUS_DONE)
		return status;
	block_signals(&before);
	/* Endpoints have to be known from their beginning for a stale one to be told from others. */
	if (was_up && !command(rp, "stop"))
		status = EXIT_STATUS_FAILED;
	else
		status = run_with_senders(&drive, run, state, made, len);
	kside_close(drive.kside);
	if (was_up && !remoteproc_is_up(remoteproc_state(rp)) && !command(rp, "start"))
		status = EXIT_STATUS_FAILED;
	sigprocmask(SIG_SETMASK, &before, NULL);
	return status;
}
