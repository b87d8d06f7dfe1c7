// SPDX-License-Identifier: GPL-2.0-only
#include "log/wrap.h"

#include <stdbool.h>
#include <string.h>

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
