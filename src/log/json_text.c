// SPDX-License-Identifier: GPL-2.0-only
/* json-c passes bytes on as they are: invalid UTF-8 would make the whole object unreadable. */
#include "log/json_text.h"

#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "log/printable.h"

struct json_object *json_text(const char *text)
{
	const size_t n = strlen(text), room = 4 * n + 1;
	char *clean = malloc(room);
	struct json_object *o;

	if (!clean)
		return NULL;
	printable(clean, room, text, n);
	o = json_object_new_string(clean);
	free(clean);
	return o;
}
