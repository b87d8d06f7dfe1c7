// SPDX-License-Identifier: GPL-2.0-only
/*
 * One message becomes one line. The line is written by its caller, or goes through a ring of bytes to
 * the thread that writes to the journal or to stderr.
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

#include "log/about.h"
#include "log/journal_socket.h"
#include "log/printable.h"

/* ---- the queue ---- */

/* A line with its newline, in bytes. */
#define LOG_LINE_MAX 2048

struct log_line {
	struct {
		uint16_t len, about_len;
		uint8_t event, level, prefix; /* prefix: bytes of "<N>", which is only for stderr */
	} head;
	char about[N_LOG_FIELDS * LOG_VALUE_MAX]; /* of log_about_pack(), only for the journal */
	char text[LOG_LINE_MAX];
};

/* Many hundred lines, with what the journal gets: more than a hold of 63 ttys says. */
#define ROOM (64 * 1024)

static struct {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	char bytes[ROOM];
	size_t head, used;	/* of whole lines: head, about, text */
	uint64_t dropped, said; /* said: how many of them a line told of */
	bool writing;		/* the thread has a line that is not in the ring any more */
	bool ending;
} q = { .lock = PTHREAD_MUTEX_INITIALIZER };

/* Set once the thread runs, and cleared for good at the end. */
static atomic_bool queueing;

static enum log_lvl max_level = LVL_NOTICE;
static bool journal_prefix, never_wait;
static const char *own_name;

/* What is before the text, and what it is about. @line->text has room for all of the text. */
static void compose(struct log_line *line, enum log_event event, enum log_lvl lvl, const char *text)
{
	size_t n = 0;

	if (journal_prefix)
		n = (size_t)snprintf(line->text, sizeof(line->text), "<%d>", lvl);
	line->head.event = (uint8_t)event;
	line->head.level = (uint8_t)lvl;
	line->head.prefix = (uint8_t)n;
	line->head.about_len = journal_is_used() ? (uint16_t)log_about_pack(line->about) : 0;
	printable(line->text + n, sizeof(line->text) - n - 1, text, strlen(text));
	n += strlen(line->text + n);
	line->text[n++] = '\n';
	line->head.len = (uint16_t)n;
}

static void tell_of_drops(struct log_line *line)
{
	const uint64_t n = q.dropped - q.said;
	char text[128];

	q.said = q.dropped;
	snprintf(text, sizeof(text),
		 "%llu messages were dropped: the reader of the log was too slow",
		 (unsigned long long)n);
	compose(line, LOG_PLAIN, LVL_WARNING, text);
}

static void put(const void *bytes, size_t n)
{
	const size_t at = (q.head + q.used) % ROOM;
	const size_t first = n < ROOM - at ? n : ROOM - at;

	memcpy(q.bytes + at, bytes, first);
	memcpy(q.bytes, (const char *)bytes + first, n - first);
	q.used += n;
}

static void take(void *bytes, size_t n)
{
	const size_t first = n < ROOM - q.head ? n : ROOM - q.head;

	memcpy(bytes, q.bytes + q.head, first);
	memcpy((char *)bytes + first, q.bytes, n - first);
	q.head = (q.head + n) % ROOM;
	q.used -= n;
}

static size_t size_of(const struct log_line *line)
{
	return sizeof(line->head) + line->head.about_len + line->head.len;
}

static void put_line(const struct log_line *line)
{
	put(&line->head, sizeof(line->head));
	put(line->about, line->head.about_len);
	put(line->text, line->head.len);
}

static void take_line(struct log_line *line)
{
	take(&line->head, sizeof(line->head));
	take(line->about, line->head.about_len);
	take(line->text, line->head.len);
}

/* Whether the journal has it; it waits for nobody. */
static bool is_in_journal(const struct log_line *line)
{
	return journal_is_used() && journal_send(&(struct journal_line){
					    .event = line->head.event,
					    .priority = line->head.level,
					    .about = line->about,
					    .text = line->text + line->head.prefix,
					    .len = line->head.len - line->head.prefix - 1U,
				    });
}

static void write_line(const struct log_line *line)
{
	struct pollfd p = { .fd = STDERR_FILENO, .events = POLLOUT };
	const char *text = line->text;
	size_t n = line->head.len;

	if (is_in_journal(line))
		return;
	while (n > 0) {
		const ssize_t written = write(STDERR_FILENO, text, n);

		if (written > 0) {
			text += written;
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
	struct log_line line;

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
		if (q.used)
			take_line(&line);
		else
			tell_of_drops(&line);
		q.writing = true;
		pthread_mutex_unlock(&q.lock);
		write_line(&line);
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
static bool queue_add(const struct log_line *line)
{
	if (!atomic_load(&queueing))
		return false;
	pthread_mutex_lock(&q.lock);
	/* No line is queued before the line that tells of the dropped lines. */
	if (q.used + size_of(line) > ROOM || q.dropped != q.said)
		q.dropped++;
	else
		put_line(line);
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

void log_init(enum log_lvl max, bool journal)
{
	max_level = max;
	journal_prefix = journal;
}

void log_name(const char *name)
{
	own_name = name;
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

void log_as(enum log_event event, enum log_lvl lvl, const char *fmt, ...)
{
	struct log_line line;
	char text[LOG_LINE_MAX];
	size_t named = 0;
	va_list ap;

	if (lvl > max_level)
		return;
	if (own_name && lvl <= LVL_WARNING)
		named = (size_t)snprintf(text, sizeof(text), "%.64s: ", own_name);
	va_start(ap, fmt);
	vsnprintf(text + named, sizeof(text) - named, fmt, ap);
	va_end(ap);
	compose(&line, event, lvl, text);
	if (queue_add(&line) || is_in_journal(&line) || would_wait())
		return;
	/*
	 * One write, so that lines of several threads do not mix. When it fails there is no place
	 * left to say so.
	 */
	if (write(STDERR_FILENO, line.text, line.head.len) < 0)
		return;
}
