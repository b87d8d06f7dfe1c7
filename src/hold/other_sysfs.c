// SPDX-License-Identifier: GPL-2.0-only
/*
 * A thread looks, and hands descriptors to the event loop through a pipe. The paths lead through the
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
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "helper/helper.h"
#include "helper/jobs.h"
#include "log/log.h"
#include "system/files.h"
#include "system/mount_ns.h"

#define INTERVAL_MS 1000
#define FIRST_LOOK_MS 2000
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

/* What the thread tells: the root of a sysfs, or (-1) that the first look is over. */
struct message {
	dev_t fs;
	int root;
};

struct other_sysfs {
	struct watch *watch;
	int messages[2], end[2]; /* pipes */
	pthread_t thread;
	atomic_bool renew;
	bool looked; /* the first look is over */

	/* The thread's own. */
	dev_t host;
	struct known known[KNOWN_MAX];
	size_t n_known;
};

static void tell(struct other_sysfs *o, dev_t fs, int root)
{
	const struct message m = { fs, root };

	if (write(o->messages[1], &m, sizeof(m)) != sizeof(m) && root >= 0)
		close(root);
}

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
static bool hand_over(struct other_sysfs *o, struct known *known, const char *pid,
		      const char *mount_point)
{
	const int root = open_root(known, pid, mount_point);

	if (root >= 0)
		tell(o, known->fs, root);
	return root >= 0;
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
	known->told = hand_over(o, known, pid, mount_point);
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

static void *looker(void *arg)
{
	struct other_sysfs *o = arg;
	struct pollfd end = { .fd = o->end[0], .events = POLLIN };

	look(o);
	tell(o, 0, -1);
	while (poll(&end, 1, INTERVAL_MS) == 0)
		look(o);
	return NULL;
}

static void wait_first_look(struct other_sysfs *o)
{
	const uint64_t deadline = clock_ms() + FIRST_LOOK_MS;
	struct pollfd p = { .fd = o->messages[0], .events = POLLIN };
	uint64_t now;

	while (!o->looked && (now = clock_ms()) < deadline)
		if (poll(&p, 1, (int)(deadline - now)) > 0)
			other_sysfs_dispatch(o);
	if (!o->looked)
		log_warning("the sysfs of containers: looking for them takes long; a stop through "
			    "one may not be held yet");
}

struct other_sysfs *other_sysfs_begin(struct watch *watch)
{
	struct other_sysfs *o = calloc(1, sizeof(*o));
	struct stat st;

	if (!o)
		return NULL;
	o->watch = watch;
	o->host = stat("/sys", &st) == 0 ? st.st_dev : 0;
	if (pipe2(o->messages, O_CLOEXEC) < 0)
		goto no_messages;
	if (pipe2(o->end, O_CLOEXEC) < 0)
		goto no_end;
	fcntl(o->messages[0], F_SETFL, O_NONBLOCK);
	if (pthread_create(&o->thread, NULL, looker, o))
		goto no_thread;
	wait_first_look(o);
	return o;

no_thread:
	close(o->end[0]);
	close(o->end[1]);
no_end:
	close(o->messages[0]);
	close(o->messages[1]);
no_messages:
	free(o);
	return NULL;
}

int other_sysfs_fd(const struct other_sysfs *o)
{
	return o->messages[0];
}

void other_sysfs_dispatch(struct other_sysfs *o)
{
	struct message m;

	while (read(o->messages[0], &m, sizeof(m)) == sizeof(m)) {
		if (m.root < 0) {
			o->looked = true;
			continue;
		}
		watch_add_sysfs(o->watch, m.root, m.fs);
		close(m.root);
	}
}

void other_sysfs_renew(struct other_sysfs *o)
{
	atomic_store(&o->renew, true);
}

void other_sysfs_end(struct other_sysfs *o)
{
	struct timespec until;

	if (!o)
		return;
	close(o->end[1]);
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec++;
	/* One that waits for a dead file system ends with the program. */
	if (pthread_timedjoin_np(o->thread, NULL, &until))
		return;
	other_sysfs_dispatch(o);
	close(o->end[0]);
	close(o->messages[0]);
	close(o->messages[1]);
	free(o);
}
