// SPDX-License-Identifier: GPL-2.0-only
/* UTF-8, and what is left of it when nothing in it may be obeyed; sentences cut into lines. */
#include "log/printable.h"

#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Bytes of the character at @s and its code in @code, or 0 when it is not UTF-8. */
static size_t decode_utf8(const unsigned char *s, size_t len, uint32_t *code)
{
	static const uint32_t smallest[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const size_t n = s[0] < 0x80		 ? 1
			 : (s[0] & 0xe0) == 0xc0 ? 2
			 : (s[0] & 0xf0) == 0xe0 ? 3
			 : (s[0] & 0xf8) == 0xf0 ? 4
						 : 0;

	if (n == 0 || n > len)
		return 0;
	*code = n == 1 ? s[0] : s[0] & (0x7fu >> n);
	for (size_t i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		*code = *code << 6 | (s[i] & 0x3fu);
	}
	return *code < smallest[n] || *code > 0x10ffff ? 0 : n;
}

void utf8_trim(char *text)
{
	const size_t len = strlen(text);
	size_t at = len;
	uint32_t code;

	while (at > 0 && len - at < 4 && ((unsigned char)text[at - 1] & 0xc0) == 0x80)
		at--;
	if (at > 0 && (unsigned char)text[at - 1] >= 0xc0 &&
	    !decode_utf8((unsigned char *)text + at - 1, len - at + 1, &code))
		text[at - 1] = '\0';
}

size_t utf8_length(const char *text)
{
	size_t n = 0;

	for (; *text; text++)
		n += ((unsigned char)*text & 0xc0) != 0x80;
	return n;
}

static bool is_obeyed(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x061c || c == 0x200e || c == 0x200f ||
	       (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) ||
	       (c >= 0xd800 && c < 0xe000) || c == 0xfeff || (c & 0xfffe) == 0xfffe;
}

static void escape(char *out, const unsigned char *bytes, size_t n)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < n; i++) {
		*out++ = '\\';
		*out++ = 'x';
		*out++ = digits[bytes[i] >> 4];
		*out++ = digits[bytes[i] & 15];
	}
}

/* Mostly all of it: the bytes at @s, of @n, that are as they are. */
static size_t count_plain(const unsigned char *s, size_t n)
{
	size_t i = 0;

	while (i < n && s[i] >= 0x20 && s[i] < 0x7f)
		i++;
	return i;
}

size_t printable(char *out, size_t len, const char *in, size_t n)
{
	const unsigned char *bytes = (const unsigned char *)in;
	size_t taken = 0, used = 0, whole, need;
	uint32_t code;
	bool as_it_is;

	if (!len)
		return 0;
	for (; taken < n; taken += whole, used += need) {
		need = whole = count_plain(bytes + taken,
					   n - taken < len - 1 - used ? n - taken : len - 1 - used);
		if (whole) {
			memcpy(out + used, bytes + taken, whole);
			continue;
		}
		whole = decode_utf8(bytes + taken, n - taken, &code);
		as_it_is = whole && !is_obeyed(code);
		whole = whole ? whole : 1;
		need = as_it_is ? whole : 4 * whole;
		if (used + need >= len)
			break;
		if (as_it_is)
			memcpy(out + used, bytes + taken, whole);
		else
			escape(out + used, bytes + taken, whole);
	}
	out[used] = '\0';
	return taken;
}

/* json-c passes bytes on as they are: invalid UTF-8 would make the whole object unreadable. */
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

void json_print(struct json_object *o)
{
	puts(json_object_to_json_string_ext(o, JSON_C_TO_STRING_PRETTY |
						       JSON_C_TO_STRING_NOSLASHESCAPE));
}

void print_wrapped(FILE *out, const char *first, const char *indent, const char *text)
{
	size_t column = strlen(first);
	bool begun = false;

	fputs(first, out);
	while (*text) {
		const size_t word = strcspn(text, " ");

		if (column + 1 + word > WRAP_WIDTH) {
			fprintf(out, "\n%s", indent);
			column = strlen(indent);
		} else if (begun) {
			fputc(' ', out);
			column++;
		}
		begun = true;
		fprintf(out, "%.*s", (int)word, text);
		column += word;
		text += word;
		text += strspn(text, " ");
	}
	fputc('\n', out);
}
