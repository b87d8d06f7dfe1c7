/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The status object of the service, for people.
 */
#ifndef RPMSG_GUARD_COMMANDS_STATUS_TEXT_H
#define RPMSG_GUARD_COMMANDS_STATUS_TEXT_H

#include <stdio.h>

struct json_object;

void status_print(FILE *out, struct json_object *status);

#endif
