// SPDX-License-Identifier: GPL-2.0-only
/* The groups of fanotify and inotify, and what their events mean. */
#include "hold/watch.h"

#include <sys/fanotify.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hold/opener.h"
#include "hold/watch_private.h"
#include "system/files.h"
#include "system/holders.h"

/* Superblocks that one file is looked for in. */
#define PLACES_MAX (TWINS_MAX + 1)

static bool is_debugfs(const struct watch *w, dev_t fs)
{
	for (size_t i = 0; i < TARGETS_MAX; i++)
		if (w->targets[i].used && w->targets[i].fs == fs &&
		    target_is_in_debugfs(&w->targets[i]))
			return true;
	return false;
}

int watch_fd(const struct watch *w)
{
	return w->epoll_fd;
}

/* In sysfs a file has the same number in every superblock; debugfs has one, and numbers of its own. */
static struct target *target_of(struct watch *w, int fd)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return NULL;
	for (size_t i = 0; i < TARGETS_MAX; i++) {
		struct target *t = &w->targets[i];

		if (t->used && t->inode == st.st_ino &&
		    (t->fs == st.st_dev || (!target_is_in_debugfs(t) && !is_debugfs(w, st.st_dev))))
			return t;
	}
	return NULL;
}

bool watch_answer(struct watch *w, int answer, bool allow)
{
	/* The group that has not asked refuses the answer. */
	const bool there = opens_answer(&w->reading, answer, allow) ||
			   opens_answer(&w->writing, answer, allow);

	close(answer);
	return there;
}

static void dispatch_closes(struct watch *w, watch_fn fn, void *arg);

static struct watch_event event_of(const struct watch *w, const struct target *t)
{
	return (struct watch_event){
		.file = t->file,
		.target = (int)(t - w->targets),
		.path = t->path,
		.index = t->index,
	};
}

/* Whom to tell, while events are being dispatched. */
struct listener {
	struct watch *watch;
	watch_fn fn;
	void *arg;
};

static void on_writer(const struct listener *l, const struct opener *o)
{
	/* It may have gone since. */
	struct target *t = target_of(l->watch, o->answer);
	struct watch_event event;

	if (!t) {
		watch_answer(l->watch, o->answer, true);
		return;
	}
	/*
	 * The closes first: they were before this open. Told behind it, a close of the same caller would be
	 * taken for that of the new descriptor.
	 */
	dispatch_closes(l->watch, l->fn, l->arg);
	/* What was written until now, by us mostly, is not this opener's. */
	t->written = false;
	event = event_of(l->watch, t);
	event.kind = WATCH_OPEN;
	event.tid = o->tid;
	event.answer = o->answer;
	l->fn(&event, l->arg);
}

static void dispatch_writers(const struct listener *l)
{
	struct opener o;

	while (undecided_next_writer(l->watch->undecided, &o))
		on_writer(l, &o);
}

static void tell(const struct listener *l, int kind)
{
	const struct watch_event event = { .kind = kind };

	l->fn(&event, l->arg);
}

static void dispatch_open(struct listener *l, const struct fanotify_event_metadata *m)
{
	struct watch *w = l->watch;

	if (m->mask & FAN_Q_OVERFLOW) {
		tell(l, WATCH_OVERFLOW);
		return;
	}
	if (m->fd < 0)
		return;
	if (m->pid == 0) {
		watch_answer(w, m->fd, false);
		tell(l, WATCH_UNNAMED);
		return;
	}
	/*
	 * Readers (agents poll the state) and our own reads are let through at once: the look at credentials
	 * waits for nothing. Nothing is asked of the call of an opener that could not write: its number may be
	 * that of another thread of its process by now, which holds the lock of task.h for as long as it likes.
	 */
	if (!target_of(w, m->fd) || m->pid == getpid() || !opener_could_write(m->pid, m->fd))
		watch_answer(w, m->fd, true);
	else
		undecided_ask(w->undecided, &(struct opener){ m->pid, m->fd });
}

static void dispatch_opens(struct listener *l, int group)
{
	_Alignas(struct fanotify_event_metadata) char buf[4096];
	const struct fanotify_event_metadata *m;
	ssize_t n;

	/* Once for a batch, see ASKED_MAX. */
	if (!undecided_has_room(l->watch->undecided)) {
		watch_pause(l->watch);
		return;
	}
	n = read(group, buf, sizeof(buf));
	if (n <= 0)
		return;
	for (m = (void *)buf; FAN_EVENT_OK(m, n); m = FAN_EVENT_NEXT(m, n))
		dispatch_open(l, m);
}

/* With the lock: a mark of another thread may just be noted down. */
static struct target *find_wd(struct watch *w, int wd)
{
	for (size_t i = 0; i < TARGETS_MAX; i++)
		if (w->targets[i].used && w->targets[i].inotify_wd == wd)
			return &w->targets[i];
	for (size_t i = 0; i < TWINS_MAX; i++)
		if (w->twins[i].used && w->twins[i].inotify_wd == wd)
			return &w->targets[w->twins[i].target];
	return NULL;
}

static struct target *target_of_wd(struct watch *w, int wd)
{
	struct target *t;

	pthread_mutex_lock(&w->lock);
	t = find_wd(w, wd);
	pthread_mutex_unlock(&w->lock);
	return t;
}

static void dispatch_close(struct watch *w, const struct inotify_event *in, watch_fn fn, void *arg)
{
	struct target *t = target_of_wd(w, in->wd);
	struct watch_event event;

	if (!t)
		return;
	if (in->mask & IN_MODIFY)
		t->written = true;
	if (!(in->mask & IN_CLOSE_WRITE))
		return;
	event = event_of(w, t);
	event.kind = WATCH_CLOSED;
	event.written = t->written;
	t->written = false;
	fn(&event, arg);
}

static bool forget_gone(struct watch *w, int wd)
{
	bool any = false;

	pthread_mutex_lock(&w->lock);
	for (size_t i = 0; i < TWINS_MAX; i++) {
		if (!w->twins[i].used || w->twins[i].inotify_wd != wd)
			continue;
		w->twins[i].used = false;
		any = true;
	}
	pthread_mutex_unlock(&w->lock);
	return any;
}

/* IN_IGNORED: the watch has gone, with the file or because it was removed by forget_twin(). */
static void dispatch_gone(struct watch *w, int wd, watch_fn fn, void *arg)
{
	const struct watch_event event = { .kind = WATCH_SYSFS_GONE };

	if (forget_gone(w, wd))
		fn(&event, arg);
}

static void dispatch_closes(struct watch *w, watch_fn fn, void *arg)
{
	_Alignas(struct inotify_event) char buf[4096];
	const struct inotify_event *event;
	ssize_t n = read(w->inotify_fd, buf, sizeof(buf));

	for (char *p = buf; n > 0 && p < buf + n; p += sizeof(*event) + event->len) {
		event = (void *)p;
		dispatch_close(w, event, fn, arg);
		if (event->mask & IN_IGNORED)
			dispatch_gone(w, event->wd, fn, arg);
	}
}

void watch_dispatch(struct watch *w, watch_fn fn, void *arg)
{
	struct listener l = { w, fn, arg };

	watch_go_on(w);
	dispatch_opens(&l, w->reading.fd);
	dispatch_opens(&l, w->writing.fd);
	dispatch_writers(&l);
	dispatch_closes(w, fn, arg);
}

bool watch_needs_tending(const struct watch *w)
{
	return undecided_any(w->undecided);
}

void watch_tend(struct watch *w)
{
	undecided_tend(w->undecided);
	watch_go_on(w);
}

/* The superblocks that the file lies in, and its number there; returns how many. */
static size_t places_of(struct watch *w, int target, dev_t *fs, ino_t *inode)
{
	const struct target *t = &w->targets[target];
	size_t n = 0;

	pthread_mutex_lock(&w->lock);
	*inode = t->inode;
	if (t->used)
		fs[n++] = t->fs;
	for (size_t i = 0; i < TWINS_MAX && n && n < PLACES_MAX; i++)
		if (w->twins[i].used && w->twins[i].target == target)
			fs[n++] = w->twins[i].fs;
	pthread_mutex_unlock(&w->lock);
	return n;
}

bool watch_held_open(struct watch *w, int target, int tid)
{
	dev_t fs[PLACES_MAX];
	ino_t inode;
	const size_t n = places_of(w, target, fs, &inode);

	for (size_t i = 0; i < n; i++)
		if (thread_holds_inode(tid, fs[i], inode))
			return true;
	return false;
}
