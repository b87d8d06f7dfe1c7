// SPDX-License-Identifier: GPL-2.0-only
#include "timeline/store.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/stat.h>
#include <unistd.h>

#include "log/log.h"
#include "system/files.h"
#include "timeline/names.h"

#define STACK_SIZE (256 * 1024)
/* Lines of one episode that wait for the disk. */
#define PENDING_MAX (1 << 20)
#define CLOSE_MS 2000

/* A line, or a job that makes some. */
struct item {
	STAILQ_ENTRY(item) link;
	char *line;
	enum store_kind kind;
	store_job_fn fn;
	void *arg;
};

STAILQ_HEAD(items, item);

struct store_file {
	STAILQ_ENTRY(store_file) link;
	struct store *store;
	char id[EPISODE_ID_MAX];

	/* Under the lock of the store. */
	struct items items;
	size_t pending;	      /* bytes of lines among them */
	uint64_t asked, done; /* numbers of items */
	uint64_t bytes;	      /* taken altogether */
	bool ended;
	store_job_fn last;
	void *last_arg;
	uint64_t ended_ns;

	/* Of the writer. */
	int fd;
	bool failed;
	uint64_t written;
};

struct store {
	struct store_settings settings;
	char *dir;
	pthread_t writer;
	pthread_mutex_t lock; /* of all that follows and of what the files have */
	pthread_cond_t work, progress;
	STAILQ_HEAD(store_files, store_file) files;
	struct store_dir known;
	unsigned long next_number;
	bool closing;	/* the writer ends when it has done everything */
	bool abandoned; /* the writer was too slow: it must not call anybody any more */
	bool in_job;
	bool ended;

	/* Of the writer. */
	int pmsg;
	bool warned;
};

static void file_path(const struct store *s, const char *id, char *path)
{
	snprintf(path, PATH_MAX, "%s/%s" EPISODE_SUFFIX, s->dir, id);
}

static void complain(struct store *s, const char *id, int err)
{
	if (!s->warned)
		log_warning("episodes cannot be written: %s/%s" EPISODE_SUFFIX
			    ": %s; stops are guarded "
			    "all the same (said once)",
			    s->dir, id, strerror(-err));
	s->warned = true;
}

static int make_folders(const char *path)
{
	char part[PATH_MAX];

	snprintf(part, sizeof(part), "%s", path);
	for (char *p = part + 1; *p; p++) {
		if (*p != '/')
			continue;
		*p = '\0';
		if (mkdir(part, 0755) < 0 && errno != EEXIST)
			return -errno;
		*p = '/';
	}
	return mkdir(part, 0755) < 0 && errno != EEXIST ? -errno : 0;
}

/* The entry has to survive a panic as well as what is in the file. */
static void sync_folder(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return;
	fsync(fd);
	close(fd);
}

static void remove_surplus(struct store *s)
{
	char id[EPISODE_ID_MAX], path[PATH_MAX];
	bool any;

	for (;;) {
		pthread_mutex_lock(&s->lock);
		any = store_dir_take_surplus(&s->known, s->settings.max, s->settings.size, id);
		pthread_mutex_unlock(&s->lock);
		if (!any)
			return;
		file_path(s, id, path);
		if (unlink(path) < 0 && errno != ENOENT)
			complain(s, id, -errno);
	}
}

/* Not for everybody to read: it has addresses of the kernel. */
static int open_file(struct store_file *f)
{
	const int flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW;
	char path[PATH_MAX];
	int err;

	remove_surplus(f->store);
	err = make_folders(f->store->dir);
	if (err)
		return err;
	file_path(f->store, f->id, path);
	f->fd = open(path, flags, 0600);
	if (f->fd < 0)
		return -errno;
	sync_folder(f->store->dir);
	return 0;
}

static void forget(struct store_file *f)
{
	pthread_mutex_lock(&f->store->lock);
	store_dir_remove(&f->store->known, f->id);
	pthread_mutex_unlock(&f->store->lock);
}

static int write_all(int fd, const char *text, size_t len)
{
	ssize_t n;

	while (len > 0) {
		n = write(fd, text, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		text += n;
		len -= (size_t)n;
	}
	return 0;
}

static void write_file(struct store_file *f, const char *text, size_t len)
{
	int err = f->fd < 0 ? open_file(f) : 0;

	if (err)
		forget(f);
	if (!err)
		err = write_all(f->fd, text, len);
	if (!err && fdatasync(f->fd) < 0)
		err = -errno;
	if (!err) {
		f->written += len;
		return;
	}
	f->failed = true;
	complain(f->store, f->id, err);
	/* No half lines; nothing is lost by it if that fails, too. */
	if (f->fd >= 0 && ftruncate(f->fd, (off_t)f->written) < 0)
		log_debug("%s: cannot be cut to whole lines: %s", f->id, strerror(errno));
}

/* One write is one record there. */
static void copy_line(const struct store_file *f, const char *line)
{
	char *text;
	int len;

	if (f->store->pmsg < 0)
		return;
	len = asprintf(&text, "rpmsg-guard %s %s", f->id, line);
	if (len < 0)
		return;
	if (write(f->store->pmsg, text, (size_t)len) < 0)
		log_debug("pmsg: %s", strerror(errno));
	free(text);
}

static void free_item(struct item *item)
{
	free(item->line);
	free(item);
}

/* The memory goes first: it is fast, and survives a panic that the disk may not be told of. */
static void write_lines(struct store_file *f, struct items *lines)
{
	struct item *item;
	char *text = NULL;
	size_t len = 0;
	FILE *all = open_memstream(&text, &len);

	while ((item = STAILQ_FIRST(lines))) {
		STAILQ_REMOVE_HEAD(lines, link);
		if (item->kind == STORE_LINE)
			copy_line(f, item->line);
		if (all)
			fputs(item->line, all);
		free_item(item);
	}
	if (!all)
		return;
	if (fclose(all) == 0 && !f->failed)
		write_file(f, text, len);
	free(text);
}

static void close_file(struct store_file *f)
{
	struct store *s = f->store;
	struct store_entry *entry;

	if (f->fd >= 0)
		close(f->fd);
	if (!f->failed) {
		s->warned = false;
		log_debug("episode %s: %llu bytes, on disk %.3f ms after its result", f->id,
			  (unsigned long long)f->written, (double)(clock_ns() - f->ended_ns) / 1e6);
	}
	pthread_mutex_lock(&s->lock);
	entry = store_dir_find(&s->known, f->id);
	if (entry)
		entry->writing = false;
	pthread_mutex_unlock(&s->lock);
	remove_surplus(s);
	free(f);
}

/* The lines at the head of the queue, up to the first job; returns how many. Under the lock. */
static size_t take_lines(struct store_file *f, struct items *lines)
{
	struct item *item;
	size_t n = 0;

	STAILQ_INIT(lines);
	while ((item = STAILQ_FIRST(&f->items)) && item->line) {
		STAILQ_REMOVE_HEAD(&f->items, link);
		STAILQ_INSERT_TAIL(lines, item, link);
		f->pending -= strlen(item->line);
		n++;
	}
	return n;
}

static void run_job(struct store_file *f, store_job_fn fn, void *arg)
{
	struct store *s = f->store;

	if (s->abandoned)
		return;
	s->in_job = true;
	pthread_mutex_unlock(&s->lock);
	fn(f, arg);
	pthread_mutex_lock(&s->lock);
	s->in_job = false;
	pthread_cond_broadcast(&s->progress);
}

/* Under the lock, which is given up in between. Returns whether the file is still there. */
static bool work_on(struct store_file *f)
{
	struct store *s = f->store;
	struct store_entry *entry;
	struct items lines;
	struct item *job;
	const size_t n = take_lines(f, &lines);

	job = STAILQ_FIRST(&f->items);
	if (!STAILQ_EMPTY(&lines)) {
		pthread_mutex_unlock(&s->lock);
		write_lines(f, &lines);
		pthread_mutex_lock(&s->lock);
		entry = store_dir_find(&s->known, f->id);
		if (entry)
			entry->bytes = f->written;
		f->done += n;
	} else if (job) {
		STAILQ_REMOVE_HEAD(&f->items, link);
		run_job(f, job->fn, job->arg);
		free_item(job);
		f->done++;
	} else if (f->last) {
		store_job_fn last = f->last;

		f->last = NULL;
		run_job(f, last, f->last_arg);
	} else {
		STAILQ_REMOVE(&s->files, f, store_file, link);
		pthread_mutex_unlock(&s->lock);
		close_file(f);
		pthread_mutex_lock(&s->lock);
		return false;
	}
	pthread_cond_broadcast(&s->progress);
	return true;
}

static struct store_file *find_work(struct store *s)
{
	struct store_file *f;

	for (f = STAILQ_FIRST(&s->files); f; f = STAILQ_NEXT(f, link))
		if (!STAILQ_EMPTY(&f->items) || f->ended)
			return f;
	return NULL;
}

static void *write_all_files(void *arg)
{
	struct store *s = arg;
	struct store_file *f;

	pthread_mutex_lock(&s->lock);
	for (;;) {
		f = find_work(s);
		if (f)
			work_on(f);
		else if (s->closing)
			break;
		else
			pthread_cond_wait(&s->work, &s->lock);
	}
	s->ended = true;
	pthread_cond_broadcast(&s->progress);
	pthread_mutex_unlock(&s->lock);
	return NULL;
}

static int start_writer(struct store *s)
{
	pthread_condattr_t clock;
	pthread_attr_t attr;
	int err;

	pthread_mutex_init(&s->lock, NULL);
	pthread_condattr_init(&clock);
	pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
	pthread_cond_init(&s->work, &clock);
	pthread_cond_init(&s->progress, &clock);
	pthread_condattr_destroy(&clock);
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK_SIZE);
	err = pthread_create(&s->writer, &attr, write_all_files, s);
	pthread_attr_destroy(&attr);
	return -err;
}

static void free_store(struct store *s)
{
	if (s->pmsg >= 0)
		close(s->pmsg);
	store_dir_free(&s->known);
	free(s->dir);
	free(s);
}

struct store *store_open(const struct store_settings *settings)
{
	struct store *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->settings = *settings;
	STAILQ_INIT(&s->files);
	s->pmsg = open(settings->pmsg ? settings->pmsg : "/dev/pmsg0", O_WRONLY | O_CLOEXEC);
	s->dir = strdup(settings->dir);
	if (s->dir) {
		store_dir_read(&s->known, s->dir);
		s->next_number = store_dir_next_number(&s->known);
	}
	if (s->dir && start_writer(s) == 0)
		return s;
	free_store(s);
	return NULL;
}

/* Under the lock; false when it was not so in time. */
static bool wait_until(struct store *s, const bool *flag, bool value, uint64_t deadline_ns)
{
	const struct timespec until = { .tv_sec = (time_t)(deadline_ns / 1000000000ULL),
					.tv_nsec = (long)(deadline_ns % 1000000000ULL) };

	while (*flag != value)
		if (pthread_cond_timedwait(&s->progress, &s->lock, &until) == ETIMEDOUT)
			return *flag == value;
	return true;
}

void store_close(struct store *s)
{
	struct store_file *f;
	bool ended;

	if (!s)
		return;
	pthread_mutex_lock(&s->lock);
	/* Cut off, as if we had died: nobody can say how it ended. */
	for (f = STAILQ_FIRST(&s->files); f; f = STAILQ_NEXT(f, link))
		f->ended = true;
	s->closing = true;
	pthread_cond_broadcast(&s->work);
	ended = wait_until(s, &s->ended, true, clock_ns() + CLOSE_MS * 1000000ULL);
	if (!ended) {
		s->abandoned = true;
		/* A job takes no disk, so this comes soon. */
		while (s->in_job)
			pthread_cond_wait(&s->progress, &s->lock);
	}
	pthread_mutex_unlock(&s->lock);
	if (!ended) {
		log_warning("%s is too slow: episodes are left unfinished", s->dir);
		return; /* with everything that the thread still uses */
	}
	pthread_join(s->writer, NULL);
	free_store(s);
}

struct store_file *store_begin(struct store *s, const char *rproc, const struct timespec *at)
{
	struct store_file *f = calloc(1, sizeof(*f));
	char when[24];
	struct tm tm;

	if (!f)
		return NULL;
	f->store = s;
	f->fd = -1;
	STAILQ_INIT(&f->items);
	gmtime_r(&at->tv_sec, &tm);
	strftime(when, sizeof(when), "%Y%m%dT%H%M%SZ", &tm);
	pthread_mutex_lock(&s->lock);
	snprintf(f->id, sizeof(f->id), "%s-%.32s-%lu", when, rproc, s->next_number++);
	STAILQ_INSERT_TAIL(&s->files, f, link);
	/* Without memory it is written all the same, and found when the directory is read again. */
	store_dir_add(&s->known, f->id);
	pthread_mutex_unlock(&s->lock);
	return f;
}

const char *store_id(const struct store_file *f)
{
	return f->id;
}

static void put(struct store_file *f, struct item *item)
{
	STAILQ_INSERT_TAIL(&f->items, item, link);
	f->asked++;
	pthread_cond_signal(&f->store->work);
}

static struct item *new_item(void)
{
	return calloc(1, sizeof(struct item));
}

/* Half of all that may be there is enough for the sends of one episode. */
static bool has_room(const struct store_file *f, size_t len, enum store_kind kind)
{
	if (kind == STORE_SEND && f->bytes + len > f->store->settings.size / 2)
		return false;
	return f->pending + len <= PENDING_MAX;
}

bool store_add(struct store_file *f, char *line, enum store_kind kind)
{
	const size_t len = line ? strlen(line) : 0;
	struct item *item = line ? new_item() : NULL;
	bool taken;

	if (!item) {
		free(line);
		return false;
	}
	item->line = line;
	item->kind = kind;
	pthread_mutex_lock(&f->store->lock);
	taken = has_room(f, len, kind);
	if (taken) {
		f->pending += len;
		f->bytes += len;
		put(f, item);
	}
	pthread_mutex_unlock(&f->store->lock);
	if (!taken)
		free_item(item);
	return taken;
}

bool store_later(struct store_file *f, store_job_fn fn, void *arg)
{
	struct item *item = new_item();

	if (!item)
		return false;
	item->fn = fn;
	item->arg = arg;
	pthread_mutex_lock(&f->store->lock);
	put(f, item);
	pthread_mutex_unlock(&f->store->lock);
	return true;
}

void store_flush(struct store_file *f, unsigned int ms)
{
	const uint64_t deadline_ns = clock_ns() + ms * 1000000ULL;
	const struct timespec until = { .tv_sec = (time_t)(deadline_ns / 1000000000ULL),
					.tv_nsec = (long)(deadline_ns % 1000000000ULL) };
	uint64_t asked;

	pthread_mutex_lock(&f->store->lock);
	asked = f->asked;
	while (f->done < asked)
		if (pthread_cond_timedwait(&f->store->progress, &f->store->lock, &until) ==
		    ETIMEDOUT)
			break;
	pthread_mutex_unlock(&f->store->lock);
}

void store_end(struct store_file *f, const char *result, uint64_t t_ns, store_job_fn last,
	       void *arg)
{
	struct store_entry *entry;

	pthread_mutex_lock(&f->store->lock);
	f->last = last;
	f->last_arg = arg;
	f->ended = true;
	f->ended_ns = t_ns;
	entry = store_dir_find(&f->store->known, f->id);
	if (entry)
		snprintf(entry->result, sizeof(entry->result), "%s", result);
	pthread_cond_signal(&f->store->work);
	pthread_mutex_unlock(&f->store->lock);
}

size_t store_list(struct store *s, struct store_entry *out, size_t max)
{
	size_t n = 0;

	pthread_mutex_lock(&s->lock);
	while (n < max && n < s->known.n) {
		out[n] = s->known.entries[s->known.n - 1 - n];
		n++;
	}
	pthread_mutex_unlock(&s->lock);
	return n;
}
