// SPDX-License-Identifier: GPL-2.0-only
/* The head and the escaping that all HTML reports share. */
#include "html/page.h"

const char html_head[] =
	"<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	"<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
	"<meta name=\"referrer\" content=\"no-referrer\">\n"
	"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
	"style-src 'unsafe-inline'\">\n"
	"<link rel=\"icon\" href=\"data:,\">\n";

void html_escape(FILE *out, const char *text)
{
	static const char *const entities[] = {
		['<'] = "&lt;", ['>'] = "&gt;", ['&'] = "&amp;", ['"'] = "&quot;", ['\''] = "&#39;",
	};
	const size_t n = sizeof(entities) / sizeof(entities[0]);

	for (; *text; text++) {
		const unsigned char c = (unsigned char)*text;

		if (c < n && entities[c])
			fputs(entities[c], out);
		else
			fputc(c, out);
	}
}

void html_text(FILE *out, const char *before, const char *text, const char *after)
{
	fputs(before, out);
	html_escape(out, text);
	fputs(after, out);
}

void html_fact(FILE *out, const char *name, const char *value)
{
	fprintf(out, "<dt>%s</dt>", name);
	html_text(out, "<dd>", value, "</dd>\n");
}
