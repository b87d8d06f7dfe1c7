/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Strings of the JSON that this program prints.
 */
#ifndef RPMSG_GUARD_LOG_JSON_TEXT_H
#define RPMSG_GUARD_LOG_JSON_TEXT_H

struct json_object;

/* @text as printable() leaves it; the caller owns it. NULL, which is JSON's null, without memory. */
struct json_object *json_text(const char *text);

#endif
