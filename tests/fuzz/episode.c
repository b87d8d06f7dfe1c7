// SPDX-License-Identifier: GPL-2.0-only
/*
 * libFuzzer target: any bytes are an episode file, and a record of persistent memory. Beyond what
 * the sanitizers find: every renderer takes whatever the reader lets through, and nothing comes out
 * that a terminal or a browser would obey.
 */
#include <json-c/json.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "timeline/load.h"
#include "timeline/render.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void must_be_clean(const char *text, size_t len)
{
	if (strlen(text) != len)
		abort();
	for (const char *c = text; *c; c++)
		if (((unsigned char)*c < 0x20 && *c != '\n') || *c == 0x7f)
			abort();
}

static void must_be_html(const char *text)
{
	if (strstr(text, "<script") || strstr(text, "=\"nan") || strstr(text, "=\"-nan") ||
	    strstr(text, "=\"inf") || strstr(text, "=\"-inf"))
		abort();
}

static void must_be_json(const char *text)
{
	struct json_object *o = json_tokener_parse(text);

	if (!o)
		abort();
	json_object_put(o);
}

static void render_all(const struct recording *r, const struct findings *f)
{
	for (int form = 0; form < 4; form++) {
		char *text = NULL;
		size_t len;
		FILE *out = open_memstream(&text, &len);

		if (!out)
			abort();
		if (form == 0)
			render_text(out, r, f, false, true);
		else if (form == 1)
			render_json(out, r, f);
		else if (form == 2)
			render_html(out, r, f);
		else
			render_perfetto(out, r, f);
		fclose(out);
		must_be_clean(text, len);
		if (form == 2)
			must_be_html(text);
		if (form == 3)
			must_be_json(text);
		free(text);
	}
}

static void read_and_render(const char *bytes, size_t len, int flags)
{
	struct recording r;
	struct findings f;
	char why[256] = "";

	if (recording_parse(&r, bytes, len, flags, why, sizeof(why)) == 0) {
		if (r.headless && recording_name(&r, "20261123T071203Z-remoteproc0-3") != 0)
			abort();
		if (findings_of(&f, &r) != 0)
			abort();
		render_all(&r, &f);
		findings_free(&f);
	} else if (!why[0]) {
		abort();
	}
	recording_free(&r);
}

static void salvage(const char *bytes, size_t len)
{
	char id[PSTORE_ID_MAX];
	size_t lines_len;
	char *lines;

	if (!pstore_last_id(bytes, len, id))
		return;
	lines = pstore_lines(bytes, len, id, &lines_len);
	if (!lines || lines_len == 0)
		abort();
	read_and_render(lines, lines_len, RECORDING_SALVAGE);
	free(lines);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	read_and_render((const char *)bytes, len, 0);
	read_and_render((const char *)bytes, len, RECORDING_SALVAGE);
	salvage((const char *)bytes, len);
	return 0;
}
