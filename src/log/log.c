// SPDX-License-Identifier: GPL-2.0-only
/* One message becomes one line, written here or by the thread of queue.c. */
#include "log/log.h"

#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "log/printable.h"
#include "log/queue.h"

static enum log_lvl max_level = LVL_NOTICE;
static bool journal_prefix, never_wait;

void log_init(enum log_lvl max, bool journal)
{
	max_level = max;
	journal_prefix = journal;
}

void log_never_wait(void)
{
	never_wait = true;
}

static bool would_wait(void)
{
	struct pollfd p = { .fd = STDERR_FILENO, .events = POLLOUT };

	return never_wait && poll(&p, 1, 0) == 0;
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

void log_msg(enum log_lvl lvl, const char *fmt, ...)
{
	char text[LOG_LINE_MAX], line[LOG_LINE_MAX];
	size_t n = 0;
	va_list ap;

	if (lvl > max_level)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (journal_prefix)
		n = (size_t)snprintf(line, sizeof(line), "<%d>", lvl);
	printable(line + n, sizeof(line) - n - 1, text, strlen(text));
	n += strlen(line + n);
	line[n++] = '\n';
	if (log_queue_add(line, n) || would_wait())
		return;
	/* One write, so that lines of several threads do not mix. When it fails there is nobody
	 * left to tell.
	 */
	if (write(STDERR_FILENO, line, n) < 0)
		return;
}
