// SPDX-License-Identifier: GPL-2.0-only
#include <argp.h>
#include <errno.h>
#include <fcntl.h>
#include <json-c/json.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "commands/commands.h"
#include "commands/verdict_text.h"
#include "log/log.h"

/* Of this command, as others are asked for by scripts: see --help. */
enum decode_status {
	DECODE_RACE = 0,
	DECODE_NO_RACE = 1,
	DECODE_UNREADABLE = 2,
};

static const struct argp_option options[] = {
	{ "json", 'j', NULL, 0, "Print one JSON object", 0 },
	{ 0 },
};

static const char doc[] =
	"Reads a kernel log and says whether it shows the rpmsg shutdown race: which variant, which "
	"driver and process, which lines of the log say so, how sure that is, and what to do.\v"
	"FILE is what dmesg, a console, pstore or the journal has kept, of any Linux machine; without "
	"it, or when it is \"-\", standard input is read. Needs no rights and no remote processor.\n\n"
	"Examples:\n"
	"  rpmsg-guard decode console.log\n"
	"  dmesg | rpmsg-guard decode\n"
	"  journalctl -k -b -1 | rpmsg-guard decode --json\n\n"
	"Exit status: 0 this race, 1 another oops or none, 2 unreadable or bad usage.";

struct arguments {
	bool json;
	const char *file;
};

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
	struct arguments *a = state->input;

	switch (key) {
	case 'j':
		a->json = true;
		return 0;
	case ARGP_KEY_ARG:
		if (state->arg_num > 0)
			argp_error(state, "unexpected argument '%s'; there is one FILE", arg);
		a->file = arg;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = { .options = options,
				  .parser = parse_option,
				  .args_doc = "[FILE]",
				  .doc = doc };

/* A file descriptor or a negative errno. */
static int open_input(const char *file)
{
	int fd;

	if (!file || strcmp(file, "-") == 0)
		return STDIN_FILENO;
	fd = open(file, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	return fd < 0 ? -errno : fd;
}

static int read_log(const char *file, struct oops_verdict *verdict)
{
	const int fd = open_input(file);
	int err;

	if (fd < 0)
		return fd;
	err = oops_decode_fd(fd, verdict);
	if (fd != STDIN_FILENO)
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
	puts(json_object_to_json_string_ext(o, JSON_C_TO_STRING_PRETTY |
						       JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(o);
}

int cmd_decode(int argc, char **argv)
{
	static struct oops_verdict verdict;
	struct arguments a = { 0 };
	int err;

	argp_parse(&argp, argc, argv, 0, NULL, &a);
	log_init(LVL_NOTICE, log_to_journal());
	err = read_log(a.file, &verdict);
	if (err) {
		log_error("cannot read %s: %s", a.file ? a.file : "standard input", strerror(-err));
		return DECODE_UNREADABLE;
	}
	print(&verdict, a.json);
	if (fflush(stdout) != 0) {
		log_error("standard output: %s", strerror(errno));
		return DECODE_UNREADABLE;
	}
	if (verdict.answer == OOPS_ANSWER_UNREADABLE)
		return DECODE_UNREADABLE;
	return verdict.answer == OOPS_ANSWER_RACE ? DECODE_RACE : DECODE_NO_RACE;
}
