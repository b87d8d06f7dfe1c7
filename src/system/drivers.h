/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The drivers that a remote processor hangs on: unbinding one of them deletes its virtqueues, and so does
 * the removal of its module.
 *
 *	its own driver	the nearest device above it that has one: its parent mostly; the parent's
 *			parent on TI's K3, where one driver is bound to the cluster of its cores
 *	drivers below	virtio_rpmsg_bus on its virtio devices, and rproc-virtio between (since 6.2)
 */
#ifndef RPMSG_GUARD_SYSTEM_DRIVERS_H
#define RPMSG_GUARD_SYSTEM_DRIVERS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "system/module.h"
#include "system/remoteproc.h"

#define UNBIND_FILES_MAX 8
#define UNBIND_PATH_MAX 256

struct unbind_files {
	size_t n;
	char paths[UNBIND_FILES_MAX][UNBIND_PATH_MAX]; /* canonical */
};

/* Finds the "unbind" file of each of them, as far as the driver lets itself be unbound. */
void unbind_files_find(const struct remoteproc *rp, struct unbind_files *out);

bool unbind_files_have(const struct unbind_files *files, const char *path);

#define DRIVER_MODULES_MAX 16

struct driver_modules {
	size_t n;
	char names[DRIVER_MODULES_MAX][MODULE_NAME_MAX];
};

/*
 * The modules of these drivers, and of the drivers of all devices above: who removes the driver of
 * a cluster or a bus may remove the devices below.
 */
void driver_modules_find(const struct remoteproc *rp, struct driver_modules *out);

bool driver_modules_have(const struct driver_modules *modules, const char *name);

#define VIRTIO_BINDINGS_MAX 8

/* Which drivers are bound to the virtio devices of a remote processor. */
struct virtio_bindings {
	size_t n;
	ino_t links[VIRTIO_BINDINGS_MAX]; /* made anew whenever a driver is bound */
};

void virtio_bindings_read(const struct remoteproc *rp, struct virtio_bindings *out);

/*
 * Whether a driver of @before was unbound since (and maybe bound again): virtqueues were deleted.
 */
bool virtio_bindings_lost(const struct remoteproc *rp, const struct virtio_bindings *before);

#endif
