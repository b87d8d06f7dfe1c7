// SPDX-License-Identifier: GPL-2.0-only
/*
 * A thread looks, and has the files that it finds watched. The paths lead through the
 * roots of containers, which may lie on anything (a FUSE daemon that has died, a lost NFS server), so
 * a helper follows them. A sysfs whose helper is silent is asked for again more and more seldom.
 */
#include "hold/other_sysfs.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "helper/helper.h"
#include "helper/jobs.h"
#include "log/log.h"
#include "system/files.h"
#include "system/mount_ns.h"

/*
 * Nothing tells of a sysfs that is mounted in a mount namespace of its own. Most containers also mount something
 * where the host sees it, before: quick looks follow that, each waits twice as long as the one before.
 */
#define INTERVAL_MS 5000
#define QUICK_MS 500
#define FIRST_LOOK_MS 2000
#define LAST_LOOK_MS 1000
#define KNOWN_MAX 256
/* What a helper may take for a path. */
#define PATIENCE_MS 1000
#define LOOKS_MAX 64

struct known {
	dev_t fs;
	bool seen; /* in this look */
	bool told;
	unsigned int looks,
		next_look; /* while it is not told: looks passed, and when to ask again */
};

struct other_sysfs {
	struct watch *watch;
	pthread_t thread;
	atomic_bool renew, ends;
	int wake_fd; /* an eventfd */
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool looked; /* the first look is over */

	/* The thread's own. */
	dev_t host;
	struct known known[KNOWN_MAX];
	size_t n_known;
};

static struct known *find_known(struct other_sysfs *o, dev_t fs)
{
	for (size_t i = 0; i < o->n_known; i++)
		if (o->known[i].fs == fs)
			return &o->known[i];
	if (o->n_known == KNOWN_MAX)
		return NULL;
	o->known[o->n_known] = (struct known){ .fs = fs };
	return &o->known[o->n_known++];
}

/* mountinfo writes blanks and backslashes as three octal digits. */
static void unescape(char *s)
{
	char *out = s;

	while (*s) {
		if (s[0] == '\\' && isdigit((unsigned char)s[1]) && isdigit((unsigned char)s[2]) &&
		    isdigit((unsigned char)s[3])) {
			*out++ = (char)((s[1] - '0') << 6 | (s[2] - '0') << 3 | (s[3] - '0'));
			s += 4;
		} else {
			*out++ = *s++;
		}
	}
	*out = '\0';
}

/* The root of the sysfs @fs, or -1; what lies there may be another mount on top of it. */
static int open_root(struct known *known, const char *pid, const char *mount_point)
{
	struct sysfs_root_request r = {
		.fs = known->fs,
		.pid = strcmp(pid, "self") == 0 ? getpid() : atoi(pid),
	};
	char answer;
	int root;

	snprintf(r.mount_point, sizeof(r.mount_point), "%s", mount_point);
	if (helper_do(HELPER_SYSFS_ROOT, r.pid, &r, sizeof(r), &answer, 1, &root, PATIENCE_MS) == 1)
		return root;
	/* Silence: not in this look any more, and more and more seldom later. */
	known->next_look = known->looks < LOOKS_MAX ? 2 * known->looks + 1
						    : known->looks + LOOKS_MAX;
	return -1;
}

/*
 * The descriptor is closed as soon as the files are marked: it keeps the mount busy, a mark does not.
 */
static bool watch_files(struct other_sysfs *o, struct known *known, const char *pid,
			const char *mount_point)
{
	const int root = open_root(known, pid, mount_point);

	if (root < 0)
		return false;
	watch_add_sysfs(o->watch, root, known->fs);
	close(root);
	return true;
}

/* A part of a sysfs that is bound somewhere is of no interest: the whole is mounted as well. */
static void take_mount(struct other_sysfs *o, const char *pid, char *line)
{
	char *separator = strstr(line, " - "), mount_point[PATH_MAX], root[8];
	unsigned int major_nr, minor_nr;
	struct known *known;
	dev_t fs;

	if (!separator || strncmp(separator, " - sysfs ", 9) != 0 ||
	    sscanf(line, "%*d %*d %u:%u %7s %4095s", &major_nr, &minor_nr, root, mount_point) !=
		    4 ||
	    strcmp(root, "/") != 0)
		return;
	fs = makedev(major_nr, minor_nr);
	known = fs != o->host ? find_known(o, fs) : NULL;
	if (!known)
		return;
	known->seen = true;
	if (known->told || known->looks < known->next_look)
		return;
	unescape(mount_point);
	known->told = watch_files(o, known, pid, mount_point);
}

static void take_mounts(const char *pid, void *arg)
{
	struct other_sysfs *o = arg;
	char path[64], *line = NULL;
	size_t room = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%s/mountinfo", pid);
	f = fopen(path, "re");
	if (!f)
		return;
	while (getline(&line, &room, f) > 0)
		take_mount(o, pid, line);
	free(line);
	fclose(f);
}

static void forget_unseen(struct other_sysfs *o)
{
	size_t n = 0;

	for (size_t i = 0; i < o->n_known; i++)
		if (o->known[i].seen)
			o->known[n++] = o->known[i];
	o->n_known = n;
}

static void look(struct other_sysfs *o)
{
	const bool renew = atomic_exchange(&o->renew, false);

	for (size_t i = 0; i < o->n_known; i++) {
		o->known[i].seen = false;
		o->known[i].looks++;
		o->known[i].told &= !renew;
	}
	mount_ns_for_each(take_mounts, o);
	forget_unseen(o);
}

static void note_looked(struct other_sysfs *o)
{
	pthread_mutex_lock(&o->lock);
	o->looked = true;
	pthread_cond_signal(&o->changed);
	pthread_mutex_unlock(&o->lock);
}

static bool wait_for_first_look(struct other_sysfs *o)
{
	const struct timespec until = clock_in_ms(CLOCK_REALTIME, FIRST_LOOK_MS);
	bool looked;

	pthread_mutex_lock(&o->lock);
	while (!o->looked && !pthread_cond_timedwait(&o->changed, &o->lock, &until))
		;
	looked = o->looked;
	pthread_mutex_unlock(&o->lock);
	return looked;
}

/* Until there is a reason for another look, which is time, too. @ms is the time to the next look. */
static void wait_for_reason(struct other_sysfs *o, int mounts, unsigned int *ms)
{
	struct pollfd fds[] = {
		{ .fd = o->wake_fd, .events = POLLIN },
		/* Right behind a look it is not listened to: somebody may mount things all the time. */
		{ .fd = *ms == QUICK_MS ? -1 : mounts, .events = POLLPRI },
	};
	uint64_t ignored;

	if (poll(fds, 2, (int)*ms) > 0)
		*ms = QUICK_MS;
	else
		*ms = 2 * *ms < INTERVAL_MS ? 2 * *ms : INTERVAL_MS;
	if (fds[0].revents && read(o->wake_fd, &ignored, sizeof(ignored)) < 0)
		return;
}

static void *looker(void *arg)
{
	const int mounts = open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC);
	struct other_sysfs *o = arg;
	unsigned int ms = QUICK_MS;

	while (!atomic_load(&o->ends)) {
		look(o);
		note_looked(o);
		wait_for_reason(o, mounts, &ms);
	}
	if (mounts >= 0)
		close(mounts);
	return NULL;
}

static void wake(struct other_sysfs *o)
{
	/* It is awake when the counter is full. */
	if (write(o->wake_fd, &(uint64_t){ 1 }, 8) < 0)
		return;
}

struct other_sysfs *other_sysfs_begin(struct watch *watch)
{
	struct other_sysfs *o = calloc(1, sizeof(*o));
	struct stat st;

	if (!o)
		return NULL;
	o->watch = watch;
	o->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	o->host = stat("/sys", &st) == 0 ? st.st_dev : 0;
	pthread_mutex_init(&o->lock, NULL);
	pthread_cond_init(&o->changed, NULL);
	if (o->wake_fd < 0 || pthread_create(&o->thread, NULL, looker, o)) {
		close(o->wake_fd);
		free(o);
		return NULL;
	}
	if (!wait_for_first_look(o))
		log_warning("the search for the sysfs of containers takes long; until it ends, "
			    "a stop from a container may not be held");
	return o;
}

void other_sysfs_renew(struct other_sysfs *o)
{
	atomic_store(&o->renew, true);
	wake(o);
}

bool other_sysfs_end(struct other_sysfs *o)
{
	const struct timespec until = clock_in_ms(CLOCK_REALTIME, LAST_LOOK_MS);

	if (!o)
		return true;
	atomic_store(&o->ends, true);
	wake(o);
	if (pthread_timedjoin_np(o->thread, NULL, &until))
		return false;
	close(o->wake_fd);
	free(o);
	return true;
}
