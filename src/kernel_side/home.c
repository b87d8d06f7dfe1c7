// SPDX-License-Identifier: GPL-2.0-only
/* The modules whose functions are hooked, and which loading of each is there. */
#include <stdio.h>
#include <sys/stat.h>

#include "kernel_side/private.h"

static const char *const names[HOMES] = {
	[RPMSG_CORE] = "rpmsg_core", [VIRTIO_RPMSG_BUS] = "virtio_rpmsg_bus",
	[REMOTEPROC] = "remoteproc", [VIRTIO_RING] = "virtio_ring",
	[KERNEL] = "kernel",
};

ino_t home_generation(enum home home)
{
	char path[64];
	struct stat st;

	snprintf(path, sizeof(path), "/sys/module/%s/initstate", names[home]);
	return stat(path, &st) == 0 ? st.st_ino : 0;
}
