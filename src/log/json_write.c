// SPDX-License-Identifier: GPL-2.0-only
/* Writes JSON to a stream; printable() leaves two characters in a text that have to be escaped. */
#include "log/json_write.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "log/printable.h"

static void begin(struct json_writer *w, const char *key)
{
	if (w->more)
		fputc(',', w->out);
	w->more = true;
	if (key)
		fprintf(w->out, "\"%s\":", key);
}

void json_open(struct json_writer *w, const char *key, char bracket)
{
	begin(w, key);
	fputc(bracket, w->out);
	w->more = false;
}

void json_close(struct json_writer *w, char bracket)
{
	fputc(bracket, w->out);
	w->more = true;
}

static void write_escaped(FILE *out, const char *text)
{
	for (;;) {
		const size_t plain = strcspn(text, "\"\\");

		fwrite(text, 1, plain, out);
		text += plain;
		if (!*text)
			return;
		fputc('\\', out);
		fputc(*text++, out);
	}
}

void json_string(struct json_writer *w, const char *key, const char *text)
{
	size_t left = strlen(text);
	char clean[512];

	begin(w, key);
	fputc('"', w->out);
	while (left > 0) {
		const size_t taken = printable(clean, sizeof(clean), text, left);

		write_escaped(w->out, clean);
		text += taken;
		left -= taken;
	}
	fputc('"', w->out);
}

void json_known(struct json_writer *w, const char *key, const char *text)
{
	if (text && *text)
		json_string(w, key, text);
}

void json_number(struct json_writer *w, const char *key, int64_t number)
{
	json_raw(w, key, "%" PRId64, number);
}

void json_flag(struct json_writer *w, const char *key, bool value)
{
	json_raw(w, key, "%s", value ? "true" : "false");
}

void json_raw(struct json_writer *w, const char *key, const char *fmt, ...)
{
	va_list ap;

	begin(w, key);
	va_start(ap, fmt);
	vfprintf(w->out, fmt, ap);
	va_end(ap);
}

bool json_line_begin(struct json_line *l, const char *record)
{
	*l = (struct json_line){ 0 };
	l->json.out = open_memstream(&l->text, &l->len);
	if (!l->json.out)
		return false;
	json_open(&l->json, NULL, '{');
	json_string(&l->json, "record", record);
	return true;
}

char *json_line_end(struct json_line *l)
{
	bool failed;

	json_close(&l->json, '}');
	fputc('\n', l->json.out);
	failed = ferror(l->json.out);
	if (fclose(l->json.out) == 0 && !failed)
		return l->text;
	free(l->text);
	return NULL;
}
