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
	"Tests whether this kernel and its drivers survive stops of the remote processor NAME "
	"while programs send. It writes to the devices as fast as possible, and stops and "
	"starts the remote processor many times. Hooks in the kernel show whether a sender is "
	"inside while a virtqueue is deleted, or sends on a dead endpoint, even if the kernel "
	"survives.\vTHE KERNEL MAY PANIC, or corrupt its memory without a message: use a "
	"test machine. Stops are not guarded during the test, so the service must "
	"not run. The command writes each cycle to the disk before the cycle begins; after a "
	"panic --verdict reads this file and prints the cycle.\n\nDEVICE is a tty or an rpmsg "
	"character device, or /dev/rpmsg_ctrlN:ADDRESS for a new endpoint in each cycle, to "
	"this address of the remote processor.\n\nExamples:\n  rpmsg-guard validate remoteproc0 "
	"-d /dev/ttyRPMSG0 --i-know-this-can-panic\n  rpmsg-guard validate --verdict " STATE_DIR
	"/validate-*.jsonl\n"
	"  rpmsg-guard validate --compare before.json after.json\n\nExit status: 0 clean, 1 "
	"vulnerable or failed, 2 bad usage or configuration, 3 the kernel cannot do it (level observe is needed). With "
	"--compare: 0 NEW is better, 1 NEW is worse, 2 the files cannot be read or compared, 3 "
	"there are too few cycles to decide.";

enum { KEY_CONSENT = 256, KEY_VERDICT, KEY_STATE, KEY_HTML, KEY_KTAP, KEY_COMPARE };

static const struct argp_option options[] = {
	{ "device", 'd', "DEVICE", 0, "Send to this device; can be given several times", 0 },
	{ "cycles", 'n', "N", 0, "Stop the remote processor N times (default: 100)", 0 },
	{ "senders", 's', "K", 0, "Use K senders for each device (default: 2)", 0 },
	{ "state", KEY_STATE, "FILE", 0,
	  "Write the state to this new file (default: a new file in " STATE_DIR ")", 0 },
	{ "i-know-this-can-panic", KEY_CONSENT, NULL, 0,
	  "Required: you confirm that this machine may "
	  "panic",
	  0 },
	{ "verdict", KEY_VERDICT, "FILE", 0,
	  "Run no test: print the verdict of the state file "
	  "FILE",
	  0 },
	{ "compare", KEY_COMPARE, "OLD", 0,
	  "Run no test: print whether the rate of unsafe stops changed from OLD to NEW (two files "
	  "with the output of --json), and how sure this answer is",
	  0 },
	{ OPTION_JSON("Print one JSON object") },
	{ "ktap", KEY_KTAP, NULL, 0, "Print KTAP version 1, for the CI of a kernel", 0 },
	{ "html", KEY_HTML, "FILE", 0, "Also write the report as a web page", 0 },
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
		argp_error(state, "--device can be given %d times at most", VALIDATE_DEVICES_MAX);
	snprintf(run->devices[run->n_devices++], sizeof(run->devices[0]), "%s", device);
}

static void check_compare(const struct argp_state *state, const struct arguments *a)
{
	if (a->has_plan || a->consent || a->shared.config || a->verdict || a->html || a->ktap)
		argp_error(state, "--compare runs no test: it takes only OLD, NEW and --json");
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
			   "--verdict runs no test: it takes only --json, --ktap and --html");
	if (a->verdict)
		return;
	if (!a->shared.argument)
		options_name_missing(state);
	if (!a->run.n_devices)
		argp_error(state, "--device is missing: the test needs a device to send to");
	if (!a->consent)
		argp_error(state,
			   "this stops %s %u times under load, and a vulnerable kernel panics or "
			   "corrupts its memory. If this machine may panic, add "
			   "--i-know-this-can-panic",
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
		log_error("the service guards this machine (pid %d), so a test would show nothing; "
			  "stop the service first",
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
