/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The subcommands. argv[0] is "rpmsg-guard NAME"; each parses its own options and returns an exit
 * status.
 */
#ifndef RPMSG_GUARD_COMMANDS_COMMANDS_H
#define RPMSG_GUARD_COMMANDS_COMMANDS_H

#include "system/exit_status.h"

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
