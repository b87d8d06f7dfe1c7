// SPDX-License-Identifier: GPL-2.0-only
/* The table of the subcommands, and which of them is called. */
#include <argp.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "commands/commands.h"

static const struct command {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *summary;
} commands[] = {
	{ "run", cmd_run, "guard the stops of all remote processors (the service)" },
	{ "check", cmd_check, "show what this kernel can do, and what is missing" },
	{ "status", cmd_status, "show remote processors, gates, senders, counters" },
	{ "stop", cmd_stop, "stop a remote processor safely" },
	{ "start", cmd_start, "start a remote processor" },
	{ "restart", cmd_restart, "stop a remote processor safely and start it again" },
	{ "watch", cmd_watch,
	  "print the events of remote processors and senders while they "
	  "happen" },
	{ "report", cmd_report, "show the record of one stop, as text or as a drawing" },
	{ "validate", cmd_validate, "test stops under load and count unsafe stops; may panic" },
	{ "decode", cmd_decode, "find out whether a kernel log shows the shutdown race" },
	{ "release", cmd_release, "restore what a dead service left behind" },
};

#define N_COMMANDS (sizeof(commands) / sizeof(commands[0]))

static void print_help(FILE *out)
{
	fputs("Usage: rpmsg-guard COMMAND [OPTION...]\n"
	      "Makes the stop of a remote processor safe for the kernel while programs use rpmsg.\n\n",
	      out);
	for (size_t i = 0; i < N_COMMANDS; i++)
		fprintf(out, "  %-9s %s\n", commands[i].name, commands[i].summary);
	fputs("\n  --help, --version (-V); \"rpmsg-guard COMMAND --help\" explains a "
	      "command.\n\nExamples:\n  rpmsg-guard check                what can the guard do "
	      "on this kernel?\n  rpmsg-guard run --verbose        guard, and print each "
	      "event\n  rpmsg-guard stop remoteproc0     a safe stop by hand\n  rpmsg-guard "
	      "report               what happened at the last stop?\n  rpmsg-guard decode "
	      "console.log   did the kernel die of this race?\n\n" EXIT_STATUS_HELP "\n",
	      out);
}

static int complain(const char *what, const char *word)
{
	fprintf(stderr, "rpmsg-guard: %s%s%s%s; the commands are:", what, word ? " '" : "",
		word ? word : "", word ? "'" : "");
	for (size_t i = 0; i < N_COMMANDS; i++)
		fprintf(stderr, "%s %s", i ? "," : "", commands[i].name);
	fputs(" (see rpmsg-guard --help)\n", stderr);
	return EXIT_STATUS_USAGE;
}

static const struct command *find(const char *name)
{
	for (size_t i = 0; i < N_COMMANDS; i++)
		if (strcmp(name, commands[i].name) == 0)
			return &commands[i];
	return NULL;
}

static int dispatch(const struct command *command, int argc, char **argv)
{
	char name[64];

	/* What argp prints in front of its messages. */
	snprintf(name, sizeof(name), "rpmsg-guard %s", command->name);
	argv[0] = name;
	argp_err_exit_status = EXIT_STATUS_USAGE;
	return command->run(argc, argv);
}

/* A file that is opened later must never be where messages go. */
static void open_standard_descriptors(void)
{
	int fd;

	do {
		fd = open("/dev/null", O_RDWR);
	} while (fd >= 0 && fd < 3);
	if (fd >= 0)
		close(fd);
}

/* "help COMMAND" is "COMMAND --help". */
static int help(int argc, char **argv)
{
	const struct command *command = find(argv[2]);
	char option[] = "--help";
	char *args[] = { argv[2], option, NULL };

	if (!command)
		return complain("unknown command", argv[2]);
	if (argc > 3) {
		fprintf(stderr, "rpmsg-guard help: one COMMAND only; '%s' is the second\n",
			argv[3]);
		return EXIT_STATUS_USAGE;
	}
	return dispatch(command, 2, args);
}

int main(int argc, char **argv)
{
	const struct command *command;

	open_standard_descriptors();
	if (argc < 2)
		return complain("no command", NULL);
	if (strcmp(argv[1], "help") == 0 && argc > 2)
		return help(argc, argv);
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
	    strcmp(argv[1], "help") == 0) {
		print_help(stdout);
		return EXIT_STATUS_DONE;
	}
	if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0) {
		puts("rpmsg-guard " VERSION);
		return EXIT_STATUS_DONE;
	}
	command = find(argv[1]);
	if (command)
		return dispatch(command, argc - 1, argv + 1);
	return complain(argv[1][0] == '-' ? "unknown option" : "unknown command", argv[1]);
}
