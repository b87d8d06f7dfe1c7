// SPDX-License-Identifier: GPL-2.0-only
/* "decode": whether a kernel log shows the race. */
#include <errno.h>
#include <fcntl.h>
#include <json-c/json.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "commands/commands.h"
#include "commands/options.h"
#include "commands/verdict.h"
#include "log/log.h"
#include "log/printable.h"

/* Of this command, as others are asked for by scripts: see --help. */
enum decode_status {
	DECODE_RACE = 0,
	DECODE_NO_RACE = 1,
	DECODE_UNREADABLE = 2,
};

static const struct argp_option table[] = {
	{ OPTION_JSON("Print one JSON object") },
	{ 0 },
};

static const char doc[] =
	"Reads a kernel log and prints whether it shows the rpmsg shutdown race: the variant, "
	"the driver, the process, the lines of the log that show it, the confidence, and what "
	"to do.\vFILE is a kernel log of any Linux machine, from dmesg, a console, pstore or "
	"the journal. Without FILE, or with \"-\", the command reads standard input. It needs "
	"no rights and no remote processor.\n\nExamples:\n  rpmsg-guard decode console.log\n  "
	"dmesg | rpmsg-guard decode\n  journalctl -k -b -1 | rpmsg-guard decode --json\n\nExit "
	"status: 0 this race, 1 another oops or no oops, 2 unreadable file or bad usage.";

static int read_log(const char *file, struct oops_verdict *verdict)
{
	const bool from_stdin = !file || strcmp(file, "-") == 0;
	const int fd = from_stdin ? STDIN_FILENO : open(file, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	int err;

	if (fd < 0)
		return -errno;
	err = oops_decode_fd(fd, verdict);
	if (!from_stdin)
		close(fd);
	return err;
}

static void print(const struct oops_verdict *verdict, bool json)
{
	struct json_object *o;

	if (!json) {
		verdict_print(stdout, verdict);
		return;
	}
	o = verdict_json(verdict);
	json_print(o);
	json_object_put(o);
}

int cmd_decode(int argc, char **argv)
{
	static struct oops_verdict verdict;
	struct options o = { .takes = TAKES_FILE };
	int err;

	if (options_read(&o, table, doc, argc, argv))
		return DECODE_UNREADABLE;
	err = read_log(o.argument, &verdict);
	if (err) {
		log_error("cannot read %s: %s", o.argument ? o.argument : "standard input",
			  strerror(-err));
		return DECODE_UNREADABLE;
	}
	print(&verdict, o.json);
	if (options_end_output(EXIT_STATUS_DONE) != EXIT_STATUS_DONE)
		return DECODE_UNREADABLE;
	if (verdict.answer == OOPS_ANSWER_UNREADABLE)
		return DECODE_UNREADABLE;
	return verdict.answer == OOPS_ANSWER_RACE ? DECODE_RACE : DECODE_NO_RACE;
}
