/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The options that several commands share: one parser for all command lines, and what follows from
 * the options. Which of them a command takes is decided by the table of the command alone.
 */
#ifndef RPMSG_GUARD_COMMANDS_OPTIONS_H
#define RPMSG_GUARD_COMMANDS_OPTIONS_H

#include <argp.h>
#include <stdbool.h>

#include "config/config.h"
#include "system/exit_status.h"
#include "system/remoteproc.h"

/* Rows of a table. */
#define OPTION_CONFIG                                                                              \
	"config", 'c', "FILE", 0,                                                                  \
		"Read settings only from FILE (default: " CONFIG_PATH " and its drop-ins)", 0
#define OPTION_KEY_PROMETHEUS 256 /* no short form */
#define OPTION_JSON(text) "json", 'j', NULL, 0, text, 0

struct options {
	enum { TAKES_NOTHING, TAKES_NAME, TAKES_FILE, TAKES_FILE_OR_ID } takes;
	const char *argument; /* NAME, FILE or ID; NULL when FILE or ID is left out */
	const char *config;
	bool json, quiet, all, observe, supervise, prometheus;
	int verbose;
};

/*
 * Reads the command line of a command with the options of @table into @o, of which @takes is set.
 * After that messages can be logged. Returns an exit status, "done" or "usage".
 */
int options_read(struct options *o, const struct argp_option *table, const char *doc, int argc,
		 char **argv);

/*
 * The same for a command with further options: its own parser gets @input, and hands what it does not know
 * to options_parse() with the @o in it.
 */
int options_read_by(const struct argp *argp, void *input, const struct options *o, int argc,
		    char **argv);
error_t options_parse(int key, char *arg, struct argp_state *state, struct options *o);

/* Both return an exit status; when it is not "done" the user has been told what is wrong. */
int options_config(const struct options *o, struct config *config);
int options_remoteproc(const struct options *o, struct remoteproc *rp);

/* For the end of a command that has printed: @status, or "failed" when the output was not taken. */
int options_end_output(int status);

/* Ends the program; says which there are. */
void options_name_missing(const struct argp_state *state);

#endif
