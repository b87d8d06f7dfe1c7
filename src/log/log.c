// SPDX-License-Identifier: GPL-2.0-only
/*
 * One message becomes one line. The line is written by its caller, or goes through a ring of bytes to
 * the thread that writes to stderr.
 */
#include "log/log.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "log/printable.h"

/* ---- the queue ---- */

/* A line with its newline, in bytes. */
#define LOG_LINE_MAX 2048

/* Many hundred lines: more than a hold of 63 ttys says. */
#define ROOM (64 * 1024)

static struct {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	char bytes[ROOM];
	size_t head, used;	/* whole lines */
	uint64_t dropped, said; /* said: how many of them a line told of */
	bool writing;		/* the thread has a line that is not in the ring any more */
	bool ending;
} q = { .lock = PTHREAD_MUTEX_INITIALIZER };

/* Set once the thread runs, and cleared for good at the end. */
static atomic_bool queueing;

static void put(const char *line, size_t n)
{
	const size_t at = (q.head + q.used) % ROOM;
	const size_t first = n < ROOM - at ? n : ROOM - at;

	memcpy(q.bytes + at, line, first);
	memcpy(q.bytes, line + first, n - first);
	q.used += n;
}

/* The first line of the ring; returns its length. */
static size_t take(char line[LOG_LINE_MAX])
{
	size_t n = 0;

	do {
		line[n] = q.bytes[q.head];
		q.head = (q.head + 1) % ROOM;
		q.used--;
	} while (line[n++] != '\n');
	return n;
}

static size_t tell_of_drops(char line[LOG_LINE_MAX])
{
	const uint64_t n = q.dropped - q.said;

	q.said = q.dropped;
	return (size_t)snprintf(line, LOG_LINE_MAX,
				"%llu messages were dropped: the reader of the log was too "
				"slow\n",
				(unsigned long long)n);
}

static void write_line(const char *line, size_t n)
{
	struct pollfd p = { .fd = STDERR_FILENO, .events = POLLOUT };

	while (n > 0) {
		const ssize_t written = write(STDERR_FILENO, line, n);

		if (written > 0) {
			line += written;
			n -= (size_t)written;
		} else if (errno == EAGAIN) {
			poll(&p, 1, -1);
		} else if (errno != EINTR) {
			return;
		}
	}
}

static void *write_all(void *arg)
{
	char line[LOG_LINE_MAX];
	size_t n;

	(void)arg;
	pthread_mutex_lock(&q.lock);
	for (;;) {
		if (!q.used && q.dropped == q.said) {
			if (q.ending)
				break;
			pthread_cond_wait(&q.changed, &q.lock);
			continue;
		}
		/* In the order of time: the lines that were dropped came when the ring was full. */
		n = q.used ? take(line) : tell_of_drops(line);
		q.writing = true;
		pthread_mutex_unlock(&q.lock);
		write_line(line, n);
		pthread_mutex_lock(&q.lock);
		q.writing = false;
		pthread_cond_broadcast(&q.changed);
	}
	pthread_mutex_unlock(&q.lock);
	return NULL;
}

void log_queue_begin(void)
{
	pthread_condattr_t clock;
	sigset_t all, before;
	pthread_attr_t attr;
	pthread_t thread;

	pthread_condattr_init(&clock);
	pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
	pthread_cond_init(&q.changed, &clock);
	pthread_condattr_destroy(&clock);
	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	if (pthread_create(&thread, &attr, write_all, NULL) == 0)
		atomic_store(&queueing, true);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&attr);
}

/*
 * Whether the line was taken, or dropped for want of room, which is counted and said as soon as lines
 * are taken again. False: there is no queue, the caller writes it.
 */
static bool queue_add(const char *line, size_t n)
{
	if (!atomic_load(&queueing))
		return false;
	pthread_mutex_lock(&q.lock);
	/* No line is queued before the line that tells of the dropped lines. */
	if (q.used + n > ROOM || q.dropped != q.said)
		q.dropped++;
	else
		put(line, n);
	pthread_cond_broadcast(&q.changed);
	pthread_mutex_unlock(&q.lock);
	return true;
}

uint64_t log_queue_dropped(void)
{
	uint64_t n;

	pthread_mutex_lock(&q.lock);
	n = q.dropped;
	pthread_mutex_unlock(&q.lock);
	return n;
}

void log_queue_end(unsigned int ms)
{
	struct timespec until;
	int err = 0;

	if (!atomic_exchange(&queueing, false))
		return;
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += ms / 1000;
	until.tv_nsec += ms % 1000 * 1000000L;
	if (until.tv_nsec >= 1000000000L) {
		until.tv_nsec -= 1000000000L;
		until.tv_sec++;
	}
	pthread_mutex_lock(&q.lock);
	q.ending = true;
	pthread_cond_broadcast(&q.changed);
	while (!err && (q.used || q.writing || q.dropped != q.said))
		err = pthread_cond_timedwait(&q.changed, &q.lock, &until);
	pthread_mutex_unlock(&q.lock);
}

/* ---- messages ---- */

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
	if (queue_add(line, n) || would_wait())
		return;
	/*
	 * One write, so that lines of several threads do not mix. When it fails there is no place
	 * left to say so.
	 */
	if (write(STDERR_FILENO, line, n) < 0)
		return;
}
