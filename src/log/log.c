// SPDX-License-Identifier: GPL-2.0-only
#include "log/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LINE_MAX_BYTES 2048

static enum log_lvl max_level = LVL_NOTICE;
static bool journal_prefix;

void log_init(enum log_lvl max, bool journal)
{
	max_level = max;
	journal_prefix = journal;
}

bool log_to_journal(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	unsigned long long dev, ino;
	struct stat st;

	/* The variable is inherited by children whose stderr was redirected: systemd.exec(5). */
	return stream && sscanf(stream, "%llu:%llu", &dev, &ino) == 2 &&
	       fstat(STDERR_FILENO, &st) == 0 && st.st_dev == dev && st.st_ino == ino;
}

static bool is_control(unsigned char c)
{
	return c < 0x20 || c == 0x7f;
}

size_t log_escape(char *out, size_t len, const char *in)
{
	static const char digits[] = "0123456789abcdef";
	size_t n = 0;

	if (len == 0)
		return 0;
	for (; *in; in++) {
		unsigned char c = (unsigned char)*in;
		size_t need = is_control(c) ? 4 : 1;

		if (n + need >= len)
			break;
		if (need == 1) {
			out[n++] = *in;
			continue;
		}
		out[n++] = '\\';
		out[n++] = 'x';
		out[n++] = digits[c >> 4];
		out[n++] = digits[c & 15];
	}
	out[n] = '\0';
	return n;
}

void log_msg(enum log_lvl lvl, const char *fmt, ...)
{
	char text[LINE_MAX_BYTES], line[LINE_MAX_BYTES + 8];
	size_t n = 0;
	va_list ap;

	if (lvl > max_level)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (journal_prefix)
		n = (size_t)snprintf(line, sizeof(line), "<%d>", lvl);
	n += log_escape(line + n, sizeof(line) - n - 1, text);
	line[n++] = '\n';
	/* One write, so that lines of several threads do not mix. When it fails there is nobody
	 * left to tell.
	 */
	if (write(STDERR_FILENO, line, n) < 0)
		return;
}
