// SPDX-License-Identifier: GPL-2.0-only
/* "validate": drives the race and says what came of it. */
#include <argp.h>
#include <errno.h>
#include <json-c/json.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands/commands.h"
#include "commands/options.h"
#include "log/log.h"
#include "system/files.h"
#include "system/run_dir.h"
#include "validate/compare.h"
#include "validate/report.h"
#include "validate/run.h"
#include "validate/session.h"
#include "validate/state_file.h"
#include "validate/target.h"
#include "validate/workload.h"

#define DEFAULT_CYCLES 100
#define DEFAULT_SENDERS 2

static const char doc[] =
	"Finds out whether this kernel and its drivers survive stops of the remote processor NAME while "
	"programs send: writes to its devices as fast as they take it, stops and starts it again and "
	"again, and watches from inside the kernel whether a sender is in flight while the virtqueues are "
	"deleted, or sends on an endpoint that is gone, even where the kernel happens to survive."
	"\v"
	"THE KERNEL MAY PANIC, or corrupt its memory without a word: not for a machine that anybody "
	"needs. Nothing is guarded meanwhile, so the service must not run. Each cycle is on the disk "
	"before it begins; after a panic --verdict reads that file and says in which cycle it was.\n\n"
	"DEVICE is a tty or an rpmsg character device, or /dev/rpmsg_ctrlN:ADDRESS for an endpoint to "
	"that address of the remote processor, made anew for each cycle.\n\n"
	"Examples:\n"
	"  rpmsg-guard validate remoteproc0 -d /dev/ttyRPMSG0 --i-know-this-can-panic\n"
	"  rpmsg-guard validate --verdict " STATE_DIR "/validate-*.jsonl\n"
	"  rpmsg-guard validate --compare before.json after.json\n\n"
	"Exit status: 0 clean, 1 vulnerable or failed, 2 bad usage or configuration, 3 the kernel cannot "
	"observe. With --compare: 0 NEW is better, 1 NEW is worse, 2 the files cannot be read or compared, "
	"3 the cycles are too few to tell.";

enum { KEY_CONSENT = 256, KEY_VERDICT, KEY_STATE, KEY_HTML, KEY_KTAP, KEY_COMPARE };

static const struct argp_option options[] = {
	{ "device", 'd', "DEVICE", 0, "Send to this device; may be given several times", 0 },
	{ "cycles", 'n', "N", 0, "Stop it N times (100)", 0 },
	{ "senders", 's', "K", 0, "K senders for each device (2)", 0 },
	{ "state", KEY_STATE, "FILE", 0,
	  "Keep the state in this new file (a new one in " STATE_DIR ")", 0 },
	{ "i-know-this-can-panic", KEY_CONSENT, NULL, 0, "It does nothing without this", 0 },
	{ "verdict", KEY_VERDICT, "FILE", 0, "Run nothing: say what the state file FILE tells", 0 },
	{ "compare", KEY_COMPARE, "OLD", 0,
	  "Run nothing: say whether the rate has changed from OLD to NEW, two files that --json has "
	  "printed, and how sure that is",
	  0 },
	{ OPTION_JSON("Print one JSON object") },
	{ "ktap", KEY_KTAP, NULL, 0, "Print KTAP version 1, for a CI of kernels", 0 },
	{ "html", KEY_HTML, "FILE", 0, "Write the report as a page, too", 0 },
	{ OPTION_CONFIG },
	{ 0 },
};

struct arguments {
	struct options shared;
	const char *state, *verdict, *compare, *html;
	bool consent, has_plan, ktap;
	struct validate_run run;
};

static unsigned int number(const struct argp_state *state, const char *option, const char *text,
			   unsigned long max)
{
	char *end;
	const unsigned long n = strtoul(text, &end, 10);

	if (text[0] < '0' || text[0] > '9' || *end || n < 1 || n > max)
		argp_error(state, "%s takes a number from 1 to %lu, not '%s'", option, max, text);
	return (unsigned int)n;
}

static void add_device(const struct argp_state *state, struct validate_run *run, const char *device)
{
	if (!target_is_valid(device) || strlen(device) >= sizeof(run->devices[0]))
		argp_error(state,
			   "--device takes the path of a tty or of an rpmsg character device, or "
			   "/dev/rpmsg_ctrlN:ADDRESS, not '%s'",
			   device);
	if (run->n_devices == VALIDATE_DEVICES_MAX)
		argp_error(state, "--device can be given %d times, no more", VALIDATE_DEVICES_MAX);
	snprintf(run->devices[run->n_devices++], sizeof(run->devices[0]), "%s", device);
}

static void check_compare(const struct argp_state *state, const struct arguments *a)
{
	if (a->has_plan || a->consent || a->shared.config || a->verdict || a->html || a->ktap)
		argp_error(state, "--compare runs nothing: it takes OLD, NEW and --json only");
	if (!a->shared.argument)
		argp_error(state, "--compare takes two files: NEW is missing");
}

static void check(const struct argp_state *state, const struct arguments *a)
{
	if (a->compare) {
		check_compare(state, a);
		return;
	}
	if (a->ktap && a->shared.json)
		argp_error(state, "--ktap and --json cannot be used together");
	if (a->verdict && (a->has_plan || a->consent || a->shared.config || a->shared.argument))
		argp_error(state,
			   "--verdict runs nothing: it takes only --json, --ktap and --html");
	if (a->verdict)
		return;
	if (!a->shared.argument)
		options_name_missing(state);
	if (!a->run.n_devices)
		argp_error(state, "nothing to send to: --device is missing");
	if (!a->consent)
		argp_error(
			state,
			"this stops %s %u times under load, and a kernel that is vulnerable panics or "
			"corrupts its memory: add --i-know-this-can-panic on a machine that may go "
			"down",
			a->shared.argument, a->run.planned);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct arguments *a = state->input;

	switch (key) {
	case 'd':
		add_device(state, &a->run, arg);
		break;
	case 'n':
		a->run.planned = number(state, "--cycles", arg, VALIDATE_CYCLES_MAX);
		break;
	case 's':
		a->run.senders = number(state, "--senders", arg, SENDERS_MAX);
		break;
	case KEY_STATE:
		a->state = arg;
		break;
	case KEY_CONSENT:
		a->consent = true;
		return 0;
	case KEY_VERDICT:
		a->verdict = arg;
		return 0;
	case KEY_COMPARE:
		a->compare = arg;
		return 0;
	case KEY_KTAP:
		a->ktap = true;
		return 0;
	case KEY_HTML:
		a->html = arg;
		return 0;
	case ARGP_KEY_END:
		check(state, a);
		return 0;
	default:
		return options_parse(key, arg, state, &a->shared);
	}
	a->has_plan = true;
	return 0;
}

static const struct argp argp = { .options = options,
				  .parser = parse,
				  .args_doc = "NAME\n--verdict FILE\n--compare OLD NEW",
				  .doc = doc };

static int write_html(const char *path, const struct validate_run *run, const struct tally *tally)
{
	FILE *f = fopen(path, "we");
	int err = 0;

	if (!f) {
		err = errno;
	} else {
		report_html(f, run, tally);
		if (ferror(f))
			err = EIO;
		if (fclose(f) != 0 && !err)
			err = errno;
	}
	if (err)
		log_error("%s: %s", path, strerror(err));
	return err;
}

/* Takes @o. */
static void print_json(struct json_object *o)
{
	puts(json_object_to_json_string_ext(o, JSON_C_TO_STRING_PRETTY |
						       JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(o);
}

/* Everything that is reported comes from the state file, right after the run as well. */
static int report(const struct arguments *a, const char *path)
{
	struct validate_run run;
	struct tally tally;
	char boot_id[40], err[PATH_MAX + 64];
	int status = EXIT_STATUS_USAGE;

	if (state_file_read(path, &run, err, sizeof(err))) {
		log_error("%s", err);
	} else {
		if (file_read_line("/proc/sys/kernel/random/boot_id", boot_id, sizeof(boot_id)) < 0)
			boot_id[0] = '\0';
		tally = validate_tally(&run, boot_id);
		status = tally.verdict == VERDICT_CLEAN ? EXIT_STATUS_DONE : EXIT_STATUS_FAILED;
		if (a->shared.json)
			print_json(report_json(&run, &tally));
		else if (a->ktap)
			report_ktap(stdout, &run, &tally);
		else
			report_text(stdout, &run, &tally);
		status = options_end_output(status);
		if (a->html && write_html(a->html, &run, &tally))
			status = EXIT_STATUS_FAILED;
	}
	validate_run_free(&run);
	return status;
}

/* Of --compare: see --help. */
static int status_of(enum change change)
{
	static const int statuses[] = {
		[CHANGE_BETTER] = 0,
		[CHANGE_WORSE] = 1,
		[CHANGE_NOT_COMPARABLE] = 2,
		[CHANGE_UNDECIDED] = 3,
	};

	return statuses[change];
}

static int compare(const struct arguments *a)
{
	struct validate_result before, after;
	struct comparison c;
	char err[PATH_MAX + 160];

	if (result_file_read(a->compare, &before, err, sizeof(err)) ||
	    result_file_read(a->shared.argument, &after, err, sizeof(err))) {
		log_error("%s", err);
		return EXIT_STATUS_USAGE;
	}
	compare_results(&before, &after, &c);
	if (a->shared.json)
		print_json(comparison_json(&before, &after, &c));
	else
		comparison_text(stdout, &before, &after, &c);
	return options_end_output(status_of(c.change));
}

static int run_and_report(struct arguments *a, const struct remoteproc *rp,
			  const struct config *config)
{
	char made[PATH_MAX] = "";
	int pid, lock = run_dir_lock(&pid), status;

	if (lock == -EBUSY) {
		log_error(
			"process %d guards this machine, and what is guarded cannot be validated; "
			"stop that one first",
			pid);
		return EXIT_STATUS_USAGE;
	}
	if (lock < 0)
		return EXIT_STATUS_FAILED;
	status = session_run(&a->run, rp, config, a->state, made, sizeof(made));
	close(lock);
	return status == EXIT_STATUS_DONE ? report(a, made) : status;
}

int cmd_validate(int argc, char **argv)
{
	struct arguments a = { .shared = { .takes = TAKES_NAME },
			       .run = { .planned = DEFAULT_CYCLES, .senders = DEFAULT_SENDERS } };
	struct remoteproc rp;
	struct config config;
	int status;

	if (options_read_by(&argp, &a, &a.shared, argc, argv))
		return EXIT_STATUS_USAGE;
	if (a.compare)
		return compare(&a);
	if (a.verdict)
		return report(&a, a.verdict);
	if (options_config(&a.shared, &config))
		return EXIT_STATUS_USAGE;
	status = options_remoteproc(&a.shared, &rp);
	if (status == EXIT_STATUS_DONE)
		status = run_and_report(&a, &rp, &config);
	config_free(&config);
	return status;
}
