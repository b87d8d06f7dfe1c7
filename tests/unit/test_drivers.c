// SPDX-License-Identifier: GPL-2.0-only
/* A virtio device that carries rpmsg and belongs to no remote processor is found in sysfs. */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "system/drivers.h"

static char root[] = "/tmp/test_drivers.XXXXXX";

/* Makes @path below the root, a folder for each component. */
static void make_folders(const char *path)
{
	char whole[PATH_MAX];
	size_t at = strlen(root);

	snprintf(whole, sizeof(whole), "%s/%s/", root, path);
	for (char *slash = whole + at + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		mkdir(whole, 0755);
		*slash = '/';
	}
}

/* As virtio_device_add() does it: the device where its parent is, and a link on the bus. */
static void add_device(const char *parent, const char *name, const char *id)
{
	char path[PATH_MAX], link[PATH_MAX];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", parent, name);
	make_folders(path);
	snprintf(path, sizeof(path), "%s/%s/%s/device", root, parent, name);
	f = fopen(path, "w");
	assert_non_null(f);
	fprintf(f, "%s\n", id);
	fclose(f);
	snprintf(path, sizeof(path), "../devices/%s/%s", parent + strlen("devices/"), name);
	snprintf(link, sizeof(link), "%s/bus/%s", root, name);
	assert_int_equal(symlink(path, link), 0);
}

static void only_rpmsg_without_a_remote_processor(void **state)
{
	char bus[PATH_MAX], path[PATH_MAX];

	(void)state;
	snprintf(bus, sizeof(bus), "%s/bus", root);
	assert_false(rpmsg_without_remoteproc(bus, path));
	make_folders("bus");
	assert_false(rpmsg_without_remoteproc(bus, path));
	add_device("devices/pci0000:00/0000:00:01.0", "virtio0", "0x0001");
	add_device("devices/platform/imx-rproc/remoteproc/remoteproc0/remoteproc0#vdev0buffer",
		   "virtio1", "0x0007");
	assert_false(rpmsg_without_remoteproc(bus, path));
	add_device("devices/platform/imx-rpmsg", "virtio2", "0x0007");
	assert_true(rpmsg_without_remoteproc(bus, path));
	assert_non_null(strstr(path, "/devices/platform/imx-rpmsg/virtio2"));
}

static int make_root(void **state)
{
	(void)state;
	return mkdtemp(root) ? 0 : -1;
}

static int remove_root(void **state)
{
	char command[64];

	(void)state;
	snprintf(command, sizeof(command), "rm -r %s", root);
	return system(command);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_rpmsg_without_a_remote_processor),
	};

	return cmocka_run_group_tests(tests, make_root, remove_root);
}
