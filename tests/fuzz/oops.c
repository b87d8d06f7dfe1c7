// SPDX-License-Identifier: GPL-2.0-only
/*
 * libFuzzer target: any bytes are a kernel log. Beyond what the sanitizers find: nothing but
 * printable ASCII comes out, and the verdict does not depend on how the input is cut into pieces.
 */
#include <json-c/json.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands/verdict.h"
#include "oops/oops.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void decode(const uint8_t *bytes, size_t len, size_t first, struct oops_verdict *verdict)
{
	struct oops_decoder *d = oops_decoder_new();

	if (!d)
		abort();
	oops_decoder_feed(d, bytes, first);
	oops_decoder_feed(d, bytes + first, len - first);
	if (oops_decoder_finish(d, verdict) != 0)
		abort();
	oops_decoder_free(d);
}

static void must_be_printable(const char *text)
{
	for (const char *c = text; *c; c++)
		if (*c != '\n' && (*c < 0x20 || *c > 0x7e))
			abort();
}

static void render(const struct oops_verdict *verdict)
{
	struct json_object *o = verdict_json(verdict);
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	if (!f)
		abort();
	verdict_print(f, verdict);
	fclose(f);
	must_be_printable(text);
	free(text);
	must_be_printable(json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN));
	json_object_put(o);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	static struct oops_verdict whole, cut;

	decode(bytes, len, len, &whole);
	decode(bytes, len, len ? bytes[len / 2] % len : 0, &cut);
	if (memcmp(&whole, &cut, sizeof(whole)) != 0)
		abort();
	render(&whole);
	return 0;
}
