// SPDX-License-Identifier: GPL-2.0-only
/* Walks up from the remote processor and down to its virtio devices, along the links of sysfs. */
#include "system/drivers.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "system/files.h"

/* VIRTIO_ID_RPMSG, as sysfs shows it. */
#define RPMSG_DEVICE_ID "0x0007"

bool unbind_files_have(const struct unbind_files *files, const char *path)
{
	for (size_t i = 0; i < files->n; i++)
		if (strcmp(files->paths[i], path) == 0)
			return true;
	return false;
}

/* Returns whether the device at @device has a driver. */
static bool add_driver_of(const char *device, void *arg)
{
	struct unbind_files *out = arg;
	char link[PATH_MAX], driver[PATH_MAX], unbind[UNBIND_PATH_MAX];

	if (snprintf(link, sizeof(link), "%s/driver", device) >= (int)sizeof(link) ||
	    !realpath(link, driver))
		return false;
	if (snprintf(unbind, sizeof(unbind), "%s/unbind", driver) < (int)sizeof(unbind) &&
	    out->n < UNBIND_FILES_MAX && access(unbind, F_OK) == 0 &&
	    !unbind_files_have(out, unbind))
		memcpy(out->paths[out->n++], unbind, sizeof(unbind));
	return true;
}

/* Cuts the last component off; false when there is nothing left that is a device. */
static bool go_up(char *path)
{
	char *slash = strrchr(path, '/');

	if (!slash)
		return false;
	*slash = '\0';
	return strlen(path) > strlen("/sys/devices");
}

typedef void (*virtio_device_fn)(const struct remoteproc *rp, const char *device, void *arg);

static void for_each_virtio_device(const struct remoteproc *rp, virtio_device_fn fn, void *arg)
{
	DIR *dir = opendir(VIRTIO_DEVICES);
	char link[PATH_MAX], device[PATH_MAX];
	const struct dirent *entry;

	if (!dir)
		return;
	while ((entry = readdir(dir))) {
		snprintf(link, sizeof(link), VIRTIO_DEVICES "/%s", entry->d_name);
		if (entry->d_name[0] != '.' && realpath(link, device) &&
		    remoteproc_owns(rp, device))
			fn(rp, device, arg);
	}
	closedir(dir);
}

/* Returns whether what was looked for is found; then no device further above is visited. */
typedef bool (*device_fn)(const char *device, void *arg);

struct visit {
	device_fn fn;
	void *arg;
};

static void visit_below(const struct remoteproc *rp, const char *device, void *arg)
{
	const struct visit *v = arg;
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s", device);
	do {
		v->fn(path, v->arg);
	} while (go_up(path) && strcmp(path, rp->sysfs) != 0);
}

/* The devices above the remote processor, the nearest first; then all below it that lead to a virtio device. */
static void visit_devices(const struct remoteproc *rp, device_fn fn, void *arg)
{
	struct visit v = { fn, arg };
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s", rp->sysfs);
	while (go_up(path) && !fn(path, arg))
		;
	for_each_virtio_device(rp, visit_below, &v);
}

void unbind_files_find(const struct remoteproc *rp, struct unbind_files *out)
{
	out->n = 0;
	visit_devices(rp, add_driver_of, out);
}

static void add_between(const struct remoteproc *rp, const char *device, void *arg)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s", device);
	while (go_up(path) && strcmp(path, rp->sysfs) != 0)
		add_driver_of(path, arg);
}

bool unbind_strands_channels(const struct remoteproc *rp, const char *path)
{
	struct unbind_files between = { 0 };

	for_each_virtio_device(rp, add_between, &between);
	return unbind_files_have(&between, path);
}

static void keep_device(const struct remoteproc *rp, const char *device, void *arg)
{
	(void)rp;
	snprintf(arg, PATH_MAX, "%s", device);
}

bool virtio_device_find(const struct remoteproc *rp, char *path)
{
	path[0] = '\0';
	for_each_virtio_device(rp, keep_device, path);
	return path[0];
}

static void read_status(const struct remoteproc *rp, const char *device, void *arg)
{
	char path[PATH_MAX + sizeof("/status")], status[32];

	(void)rp;
	(void)arg;
	snprintf(path, sizeof(path), "%s/status", device);
	file_read_line(path, status, sizeof(status));
}

void virtio_statuses_read(const struct remoteproc *rp)
{
	for_each_virtio_device(rp, read_status, NULL);
}

bool driver_modules_have(const struct driver_modules *modules, const char *name)
{
	for (size_t i = 0; i < modules->n; i++)
		if (strcmp(modules->names[i], name) == 0)
			return true;
	return false;
}

static bool add_module_of(const char *device, void *arg)
{
	struct driver_modules *out = arg;
	char name[MODULE_NAME_MAX];

	file_link_name(device, "driver/module", name, sizeof(name));
	if (name[0] && out->n < DRIVER_MODULES_MAX && !driver_modules_have(out, name))
		memcpy(out->names[out->n++], name, sizeof(name));
	return false;
}

void driver_modules_find(const struct remoteproc *rp, struct driver_modules *out)
{
	out->n = 0;
	visit_devices(rp, add_module_of, out);
}

/* Every link in sysfs has an inode number of its own, and a new number when it is made again. */
static void add_binding(const struct remoteproc *rp, const char *device, void *arg)
{
	struct virtio_bindings *bindings = arg;
	char link[PATH_MAX];
	struct stat st;

	(void)rp;
	if (bindings->n < VIRTIO_BINDINGS_MAX &&
	    snprintf(link, sizeof(link), "%s/driver", device) < (int)sizeof(link) &&
	    lstat(link, &st) == 0)
		bindings->links[bindings->n++] = st.st_ino;
}

void virtio_bindings_read(const struct remoteproc *rp, struct virtio_bindings *out)
{
	out->n = 0;
	for_each_virtio_device(rp, add_binding, out);
}

bool virtio_is_bound(const struct remoteproc *rp)
{
	struct virtio_bindings now;

	virtio_bindings_read(rp, &now);
	return now.n > 0;
}

static bool have_link(const struct virtio_bindings *bindings, ino_t link)
{
	for (size_t i = 0; i < bindings->n; i++)
		if (bindings->links[i] == link)
			return true;
	return false;
}

bool virtio_bindings_lost(const struct remoteproc *rp, const struct virtio_bindings *before)
{
	struct virtio_bindings now;

	virtio_bindings_read(rp, &now);
	for (size_t i = 0; i < before->n; i++)
		if (!have_link(&now, before->links[i]))
			return true;
	return false;
}

/* Every remote processor is a device in the folder that the kernel makes for the class. */
static bool is_below_remoteproc(const char *path)
{
	return strstr(path, "/remoteproc/remoteproc") != NULL;
}

static bool carries_rpmsg(const char *device)
{
	char attr[PATH_MAX], id[16];

	return snprintf(attr, sizeof(attr), "%s/device", device) < (int)sizeof(attr) &&
	       file_read_line(attr, id, sizeof(id)) >= 0 && strcmp(id, RPMSG_DEVICE_ID) == 0;
}

bool rpmsg_without_remoteproc(const char *dir, char *path)
{
	DIR *devices = opendir(dir);
	const struct dirent *entry;
	char link[PATH_MAX];
	bool found = false;

	while (devices && !found && (entry = readdir(devices)))
		found = entry->d_name[0] != '.' &&
			snprintf(link, sizeof(link), "%s/%s", dir, entry->d_name) <
				(int)sizeof(link) &&
			realpath(link, path) && carries_rpmsg(path) && !is_below_remoteproc(path);
	if (devices)
		closedir(devices);
	return found;
}
