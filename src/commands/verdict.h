/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The verdict on a kernel log, for people and for programs (see docs/decode-json.md).
 */
#ifndef RPMSG_GUARD_COMMANDS_VERDICT_H
#define RPMSG_GUARD_COMMANDS_VERDICT_H

#include <stdio.h>

#include "oops/oops.h"

struct json_object;

void verdict_print(FILE *out, const struct oops_verdict *verdict);

/* To be put by the caller. */
struct json_object *verdict_json(const struct oops_verdict *verdict);

#endif
