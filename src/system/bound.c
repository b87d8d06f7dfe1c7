// SPDX-License-Identifier: GPL-2.0-only
/* The set of channels, kept by uevents and read anew from sysfs when some were lost. */
#include "system/bound.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define RPMSG_DEVICES "/sys/bus/rpmsg/devices"

static size_t find(const struct bound *b, const char *name)
{
	size_t i = 0;

	while (i < b->n && strcmp(b->names[i], name) != 0)
		i++;
	return i;
}

static void add(struct bound *b, const char *name)
{
	if (strlen(name) >= BOUND_NAME || find(b, name) < b->n)
		return;
	if (b->n == BOUND_MAX) {
		/* More channels than any device has. Half of the set would be worse than none. */
		b->told = false;
		return;
	}
	snprintf(b->names[b->n++], BOUND_NAME, "%s", name);
}

static void drop(struct bound *b, const char *name)
{
	const size_t i = find(b, name);

	if (i < b->n && i != --b->n)
		memcpy(b->names[i], b->names[b->n], BOUND_NAME);
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
	pthread_mutex_init(&b->lock, NULL);
	b->told = told;
	add_all(b);
}

void bound_end(struct bound *b)
{
	pthread_mutex_destroy(&b->lock);
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
		    find(b, entry->d_name) < b->n)
			continue;
		found = belongs_to(rp, entry->d_name) && has_driver(entry->d_name);
		if (found)
			snprintf(name, BOUND_NAME, "%.63s", entry->d_name);
	}
	pthread_mutex_unlock(&b->lock);
	if (dir)
		closedir(dir);
	return found;
}
