// SPDX-License-Identifier: GPL-2.0-only
/* The set of channels, kept by uevents and read anew from sysfs when some were lost. */
#include "system/bound.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "log/log.h"

#define RPMSG_DEVICES "/sys/bus/rpmsg/devices"

/* Where @name is, or would be. */
static size_t position(const struct bound *b, const char *name)
{
	size_t low = 0, high = b->n;

	while (low < high) {
		const size_t middle = low + (high - low) / 2;

		if (strcmp(b->names[middle], name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool has(const struct bound *b, const char *name)
{
	const size_t i = position(b, name);

	return i < b->n && strcmp(b->names[i], name) == 0;
}

static bool make_room(struct bound *b)
{
	const size_t room = b->room ? 2 * b->room : 64;
	void *names = b->n < b->room ? b->names : realloc(b->names, room * sizeof(*b->names));

	if (!names)
		return false;
	b->room = b->n < b->room ? b->room : room;
	b->names = names;
	return true;
}

static void add(struct bound *b, const char *name)
{
	const size_t i = position(b, name);

	if (strlen(name) >= BOUND_NAME || has(b, name))
		return;
	if (!make_room(b)) {
		/* The safe side: a channel that is not in the set seems to be probed. */
		log_warning(
			"no memory to note that channel %s has its driver: a stop waits for its "
			"probe until it takes too long",
			name);
		return;
	}
	memmove(b->names[i + 1], b->names[i], (b->n++ - i) * sizeof(*b->names));
	snprintf(b->names[i], BOUND_NAME, "%s", name);
}

static void drop(struct bound *b, const char *name)
{
	const size_t i = position(b, name);

	if (has(b, name))
		memmove(b->names[i], b->names[i + 1], (--b->n - i) * sizeof(*b->names));
}

static void add_all(struct bound *b)
{
	DIR *dir = opendir(RPMSG_DEVICES);
	struct dirent *entry;

	b->n = 0;
	while (dir && (entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			add(b, entry->d_name);
	if (dir)
		closedir(dir);
}

/* Up to 5.10 virtio_rpmsg_bus itself takes announcements. */
bool bound_teardown_waits(void)
{
	return access("/sys/bus/rpmsg/drivers/rpmsg_ns", F_OK) == 0;
}

void bound_begin(struct bound *b, bool told)
{
	memset(b, 0, sizeof(*b));
	pthread_mutex_init(&b->lock, NULL);
	b->told = told;
	add_all(b);
}

void bound_end(struct bound *b)
{
	pthread_mutex_destroy(&b->lock);
	free(b->names);
}

/* The value of @key ("ACTION=") in a message, which is one string after another; or "". */
static const char *value_of(const char *message, size_t len, const char *key)
{
	const size_t key_len = strlen(key);

	for (const char *p = message; p < message + len; p += strnlen(p, message + len - p) + 1)
		if (strncmp(p, key, key_len) == 0)
			return p + key_len;
	return "";
}

void bound_uevent(struct bound *b, const char *message, size_t len)
{
	const char *action, *name;

	/* The kernel ends every string: this message was cut by a short buffer. */
	if (len == 0 || message[len - 1] != '\0' ||
	    strcmp(value_of(message, len, "SUBSYSTEM="), "rpmsg") != 0)
		return;
	action = value_of(message, len, "ACTION=");
	name = strrchr(value_of(message, len, "DEVPATH="), '/');
	if (!name)
		return;
	pthread_mutex_lock(&b->lock);
	if (strcmp(action, "bind") == 0)
		add(b, name + 1);
	else if (strcmp(action, "unbind") == 0 || strcmp(action, "remove") == 0)
		drop(b, name + 1);
	pthread_mutex_unlock(&b->lock);
}

void bound_lost(struct bound *b)
{
	pthread_mutex_lock(&b->lock);
	add_all(b);
	pthread_mutex_unlock(&b->lock);
}

static bool belongs_to(const struct remoteproc *rp, const char *device)
{
	char path[PATH_MAX], real[PATH_MAX];

	snprintf(path, sizeof(path), RPMSG_DEVICES "/%.200s", device);
	return realpath(path, real) && remoteproc_owns(rp, real);
}

/* A driver that has failed is taken off again. */
static bool has_driver(const char *device)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), RPMSG_DEVICES "/%.200s/driver", device);
	return access(path, F_OK) == 0;
}

bool bound_is_probing(struct bound *b, const struct remoteproc *rp, char *name)
{
	DIR *dir = opendir(RPMSG_DEVICES);
	struct dirent *entry;
	bool found = false;

	pthread_mutex_lock(&b->lock);
	while (dir && b->told && !found && (entry = readdir(dir))) {
		if (entry->d_name[0] == '.' || strlen(entry->d_name) >= BOUND_NAME ||
		    has(b, entry->d_name))
			continue;
		found = belongs_to(rp, entry->d_name) && has_driver(entry->d_name);
		if (found)
			snprintf(name, BOUND_NAME, "%.79s", entry->d_name);
	}
	pthread_mutex_unlock(&b->lock);
	if (dir)
		closedir(dir);
	return found;
}
