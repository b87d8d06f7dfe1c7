/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The subcommands, one file each. argv[0] is "rpmsg-guard NAME"; each parses its own options and
 * returns an exit status.
 */
#ifndef RPMSG_GUARD_COMMANDS_COMMANDS_H
#define RPMSG_GUARD_COMMANDS_COMMANDS_H

#include "system/exit_status.h"

/* For the end of every command's --help. */
#define EXIT_STATUS_HELP                                                                           \
	"Exit status: 0 done, 1 failed, 2 bad usage or configuration, 3 the kernel cannot."

int cmd_run(int argc, char **argv);
int cmd_check(int argc, char **argv);
int cmd_status(int argc, char **argv);
int cmd_stop(int argc, char **argv);
int cmd_start(int argc, char **argv);
int cmd_restart(int argc, char **argv);
int cmd_watch(int argc, char **argv);
int cmd_validate(int argc, char **argv);
int cmd_decode(int argc, char **argv);
int cmd_report(int argc, char **argv);
int cmd_release(int argc, char **argv);

#endif
