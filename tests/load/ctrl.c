// SPDX-License-Identifier: GPL-2.0-only
/* Endpoints made through /dev/rpmsg_ctrlN. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/rpmsg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "load.h"

#define CLASS "/sys/class/rpmsg"
#define ANY_ADDRESS 0xffffffffu

static bool read_attribute(const char *device, const char *attr, char *buf, int size)
{
	char path[PATH_MAX];
	FILE *f;
	bool ok;

	snprintf(path, sizeof(path), CLASS "/%s/%s", device, attr);
	f = fopen(path, "r");
	if (!f)
		return false;
	ok = fgets(buf, size, f);
	fclose(f);
	buf[ok ? strcspn(buf, "\n") : 0] = '\0';
	return ok;
}

static bool is_endpoint(const char *device, const struct options *opt)
{
	char name[64], dst[32];

	return read_attribute(device, "name", name, sizeof(name)) && !strcmp(name, opt->name) &&
	       read_attribute(device, "dst", dst, sizeof(dst)) && strtoul(dst, NULL, 0) == opt->dst;
}

/* The kernel does not say which number it gave: look for the name and the address. */
static const char *find_endpoint(const struct options *opt)
{
	static char path[PATH_MAX];
	DIR *dir = opendir(CLASS);
	struct dirent *entry;
	bool found = false;

	if (!dir)
		return NULL;
	while (!found && (entry = readdir(dir))) {
		if (strncmp(entry->d_name, "rpmsg", 5) || !is_endpoint(entry->d_name, opt))
			continue;
		snprintf(path, sizeof(path), "/dev/%s", entry->d_name);
		found = true;
	}
	closedir(dir);
	return found ? path : NULL;
}

static int ask_for_endpoint(const struct options *opt)
{
	struct rpmsg_endpoint_info info = { .src = ANY_ADDRESS, .dst = opt->dst };
	int fd = open(opt->ctrl, O_RDWR | O_CLOEXEC), err = 0;

	if (fd < 0)
		return -errno;
	snprintf(info.name, sizeof(info.name), "%s", opt->name);
	if (ioctl(fd, RPMSG_CREATE_EPT_IOCTL, &info))
		err = -errno;
	close(fd);
	return err;
}

const char *create_endpoint(const struct options *opt)
{
	const char *path;
	int err = ask_for_endpoint(opt);

	if (err) {
		fprintf(stderr, "rpmsg-load: %s: %s\n", opt->ctrl, strerror(-err));
		return NULL;
	}
	path = find_endpoint(opt);
	if (!path)
		fprintf(stderr, "rpmsg-load: no endpoint %s@%u in " CLASS "\n", opt->name,
			opt->dst);
	return path;
}
