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

/*
 * Whether @path is the file of a driver between the remote processor and its virtio device. Unbinding that
 * one frees the vrings and leaves the virtio device with its virtqueues and channels
 * (rproc_virtio_remove(), 6.2 and later; seen on 6.12): nothing can make that safe.
 */
bool unbind_strands_channels(const struct remoteproc *rp, const char *path);

/*
 * A virtio device of @rp: its canonical path in @path, which holds PATH_MAX bytes. False when it has none at
 * this moment.
 */
bool virtio_device_find(const struct remoteproc *rp, char *path);

/*
 * Reads "status" of every virtio device of @rp. The kernel calls rproc_virtio_get_status() with the struct of each
 * for that.
 */
void virtio_statuses_read(const struct remoteproc *rp);

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

/* Whether any is. */
bool virtio_is_bound(const struct remoteproc *rp);

/*
 * Whether a driver of @before was unbound since (and maybe bound again): virtqueues were deleted.
 */
bool virtio_bindings_lost(const struct remoteproc *rp, const struct virtio_bindings *before);

#define VIRTIO_DEVICES "/sys/bus/virtio/devices"

/*
 * Whether one of the virtio devices in @dir (VIRTIO_DEVICES) carries rpmsg and belongs to no remote
 * processor, as with NXP's imx_rpmsg of old kernels. @path (PATH_MAX) is where it hangs.
 */
bool rpmsg_without_remoteproc(const char *dir, char *path);

#endif
