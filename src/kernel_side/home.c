// SPDX-License-Identifier: GPL-2.0-only
/* The modules whose functions are hooked, and which loading of each is there. */
#include <stdatomic.h>
#include <stdio.h>
#include <sys/stat.h>

#include "kernel_side/private.h"

static const char *const names[HOMES] = {
	[RPMSG_CORE] = "rpmsg_core", [VIRTIO_RPMSG_BUS] = "virtio_rpmsg_bus",
	[REMOTEPROC] = "remoteproc", [VIRTIO_RING] = "virtio_ring",
	[KERNEL] = "kernel",
};

/* No module has this generation: before the first look. */
#define NEVER ((ino_t)-1)

/* Differs for every loading of the module; 0 when it is built in or not loaded. */
static ino_t generation(enum home home)
{
	char path[64];
	struct stat st;

	snprintf(path, sizeof(path), "/sys/module/%s/initstate", names[home]);
	return stat(path, &st) == 0 ? st.st_ino : 0;
}

void homes_init(struct homes *homes)
{
	for (enum home home = 0; home < HOMES; home++)
		atomic_store(&homes->attached[home], NEVER);
}

unsigned int homes_look(struct homes *homes)
{
	unsigned int changes = 0;

	for (enum home home = 0; home < HOMES; home++) {
		homes->found[home] = generation(home);
		if (homes->found[home] != atomic_load(&homes->attached[home]))
			changes |= 1u << home;
	}
	return changes;
}

bool homes_are_current(const struct homes *homes)
{
	for (enum home home = 0; home < HOMES; home++)
		if (generation(home) != atomic_load(&homes->attached[home]))
			return false;
	return true;
}

void homes_accept(struct homes *homes)
{
	for (enum home home = 0; home < HOMES; home++)
		atomic_store(&homes->attached[home], homes->found[home]);
}
