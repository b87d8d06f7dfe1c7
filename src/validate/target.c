// SPDX-License-Identifier: GPL-2.0-only
/* Opens what a sender writes to, and makes the endpoint where there is none. */
#include "validate/target.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/rpmsg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "system/files.h"

#define CLASS "/sys/class/rpmsg"
#define CTRL_PREFIX "/dev/rpmsg_ctrl"
#define ENDPOINT_NAME "rpmsg-guard"
#define ANY_ADDRESS 0xffffffffu

static bool is_ctrl(const char *target)
{
	return strncmp(target, CTRL_PREFIX, strlen(CTRL_PREFIX)) == 0;
}

/* Splits "CTRL:ADDRESS". */
static bool split(const char *target, char *ctrl, size_t len, uint32_t *address)
{
	const char *colon = strchr(target, ':');
	unsigned long n;
	char *end;

	if (!colon || colon[1] < '0' || colon[1] > '9' || (size_t)(colon - target) >= len)
		return false;
	n = strtoul(colon + 1, &end, 0);
	if (*end || n >= ANY_ADDRESS)
		return false;
	memcpy(ctrl, target, (size_t)(colon - target));
	ctrl[colon - target] = '\0';
	*address = (uint32_t)n;
	return true;
}

bool target_is_valid(const char *target)
{
	char ctrl[64];
	uint32_t address;

	if (is_ctrl(target))
		return split(target, ctrl, sizeof(ctrl), &address);
	return target[0] == '/';
}

static bool is_endpoint_to(const char *device, uint32_t address)
{
	char path[PATH_MAX], text[64];

	snprintf(path, sizeof(path), CLASS "/%s/name", device);
	if (file_read_line(path, text, sizeof(text)) < 0 || strcmp(text, ENDPOINT_NAME) != 0)
		return false;
	snprintf(path, sizeof(path), CLASS "/%s/dst", device);
	return file_read_line(path, text, sizeof(text)) >= 0 &&
	       (uint32_t)strtoul(text, NULL, 0) == address;
}

/* The kernel does not say which number it gave: look for the name and the address. */
static int find_endpoint(uint32_t address, char *path, size_t len)
{
	DIR *dir = opendir(CLASS);
	const struct dirent *entry;
	int err = -ENOENT;

	if (!dir)
		return -errno;
	while (err && (entry = readdir(dir))) {
		if (strncmp(entry->d_name, "rpmsg", 5) != 0 ||
		    !is_endpoint_to(entry->d_name, address))
			continue;
		snprintf(path, len, "/dev/%s", entry->d_name);
		err = 0;
	}
	closedir(dir);
	return err;
}

static int make_endpoint(const char *ctrl, uint32_t address)
{
	struct rpmsg_endpoint_info info = { .name = ENDPOINT_NAME,
					    .src = ANY_ADDRESS,
					    .dst = address };
	const int fd = open(ctrl, O_RDWR | O_CLOEXEC);
	int err = 0;

	if (fd < 0)
		return -errno;
	if (ioctl(fd, RPMSG_CREATE_EPT_IOCTL, &info) < 0)
		err = -errno;
	close(fd);
	return err;
}

/* Sets @path to the device to open; one of ours that is still there is used again. */
static int resolve(const char *target, char *path, size_t len)
{
	char ctrl[64];
	uint32_t address;
	int err;

	if (!is_ctrl(target)) {
		snprintf(path, len, "%s", target);
		return 0;
	}
	if (!split(target, ctrl, sizeof(ctrl), &address))
		return -EINVAL;
	if (find_endpoint(address, path, len) == 0)
		return 0;
	err = make_endpoint(ctrl, address);
	return err ?: find_endpoint(address, path, len);
}

static int make_raw(int fd)
{
	struct termios t;

	/* rpmsg_char answers ioctls that it does not know with EINVAL. */
	if (tcgetattr(fd, &t) < 0)
		return errno == ENOTTY || errno == EINVAL ? 0 : -errno;
	cfmakeraw(&t);
	return tcsetattr(fd, TCSANOW, &t) < 0 ? -errno : 0;
}

int target_open(const char *target)
{
	char path[320];
	int err = resolve(target, path, sizeof(path)), fd;

	if (err)
		return err;
	fd = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	err = make_raw(fd);
	if (!err)
		return fd;
	close(fd);
	return err;
}
