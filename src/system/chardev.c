// SPDX-License-Identifier: GPL-2.0-only
/*
 * /sys/dev/char has a link for every character device, which says where the device lies: below the
 * channel's device for most drivers (TI's rpmsg_pru), in /sys/devices/virtual for those that give no
 * parent (ST's rpmsg_sdb). The classes are of the drivers' own.
 */
#include "system/chardev.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "system/files.h"
#include "system/foreign.h"
#include "system/kallsyms.h"

#define CHAR_DEVICES "/sys/dev/char"

/*
 * Where the device of a link in the folder CHAR_DEVICES lies: all are of the form "../../devices/...".
 */
static bool find_device_at(int folder, const char *number, char *device)
{
	static const char up[] = "../../";
	char target[PATH_MAX];
	ssize_t n;

	n = readlinkat(folder, number, target, sizeof(target) - 1);
	if (n <= (ssize_t)sizeof(up) || strncmp(target, up, sizeof(up) - 1) != 0)
		return false;
	target[n] = '\0';
	return snprintf(device, PATH_MAX, "/sys/%s", target + sizeof(up) - 1) < PATH_MAX;
}

static bool find_device(const char *number, char *device)
{
	char link[64];

	snprintf(link, sizeof(link), CHAR_DEVICES "/%.32s", number);
	return find_device_at(AT_FDCWD, link, device);
}

static bool device_of(dev_t dev, char *device)
{
	char number[32];

	snprintf(number, sizeof(number), "%u:%u", major(dev), minor(dev));
	return find_device(number, device);
}

bool chardev_exists(const char *name, dev_t dev)
{
	char device[PATH_MAX];

	return device_of(dev, device) && strcmp(strrchr(device, '/') + 1, name) == 0;
}

/* The name in devtmpfs need not be that in sysfs: a class may put its nodes into a folder. */
static bool node_of(const char *device, char *node, size_t len)
{
	static const char key[] = "DEVNAME=";
	char path[PATH_MAX], line[256];
	bool found = false;
	FILE *f;

	if (snprintf(path, sizeof(path), "%s/uevent", device) >= (int)sizeof(path))
		return false;
	f = fopen(path, "re");
	while (f && !found && fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		found = strncmp(line, key, sizeof(key) - 1) == 0 &&
			snprintf(node, len, "/dev/%s", line + sizeof(key) - 1) < (int)len;
	}
	if (f)
		fclose(f);
	return found;
}

bool chardev_node(dev_t dev, char *node, size_t len)
{
	char device[PATH_MAX];

	return device_of(dev, device) && node_of(device, node, len);
}

bool chardev_is_tty(dev_t dev)
{
	char device[PATH_MAX], subsystem[32];

	if (!device_of(dev, device))
		return false;
	file_link_name(device, "subsystem", subsystem, sizeof(subsystem));
	return strcmp(subsystem, "tty") == 0;
}

/* The driver of the nearest device above @device that has a driver, and its module, or "". */
static void find_driver(const char *device, char *driver, char *module, size_t len)
{
	char path[PATH_MAX];

	driver[0] = module[0] = '\0';
	snprintf(path, sizeof(path), "%s", device);
	while (!driver[0] && strlen(path) > strlen("/sys/devices")) {
		*strrchr(path, '/') = '\0';
		file_link_name(path, "driver", driver, len);
	}
	if (driver[0])
		file_link_name(path, "driver/module", module, len);
}

/*
 * Since 7.0 (EPOLLOUT) whoever polls /dev/rpmsgN is on a queue inside what a stop frees, and an epoll
 * registration stays there until the file is closed. Asked once, of a device of rpmsg: before the first one
 * there may be no module of the transport.
 */
static bool polls_on_the_bus(void)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	static struct kallsyms_wanted poll = { .name = "virtio_rpmsg_poll" };
	static bool asked;

	pthread_mutex_lock(&lock);
	if (!asked)
		kallsyms_find(&poll, 1);
	asked = true;
	pthread_mutex_unlock(&lock);
	return poll.found;
}

/*
 * The kernel's own rpmsg_char (called rpmsg_chrdev) and rpmsg_ctrl, which 5.18 has made of it. By driver:
 * the class is for anybody to use.
 */
static bool is_rpmsg_char(const char *subsystem, const char *driver)
{
	return strcmp(subsystem, "rpmsg") == 0 &&
	       (strcmp(driver, "rpmsg_chrdev") == 0 || strcmp(driver, "rpmsg_ctrl") == 0);
}

/*
 * /dev/rpmsgN counts references to what its files refer to, and loses its endpoint under a lock. So does
 * the first kind of /dev/rpmsg_ctrlN. That of rpmsg_ctrl makes channels, too (RPMSG_CREATE_DEV_IOCTL), and
 * does so with the freed channel of its own: seen on 6.1.
 */
static bool makes_channels(const char *name, const char *driver)
{
	return strcmp(driver, "rpmsg_ctrl") == 0 &&
	       strncmp(name, "rpmsg_ctrl", strlen("rpmsg_ctrl")) == 0;
}

/*
 * Cores of the kernel that own the files of their drivers, and cut off an open file when its driver
 * goes. Not i2c-dev, for one, which makes the stop wait until its files are closed.
 */
static bool is_cut_off(const char *subsystem)
{
	static const char *const cores[] = { "gpio",  "iio",	  "input",	  "rtc",
					     "sound", "watchdog", "virtio-ports", NULL };

	for (size_t i = 0; cores[i]; i++)
		if (strcmp(subsystem, cores[i]) == 0)
			return true;
	return false;
}

bool chardev_is_polled_on_bus(dev_t dev)
{
	char device[PATH_MAX], subsystem[32], driver[64], module[64];

	if (!device_of(dev, device))
		return false;
	file_link_name(device, "subsystem", subsystem, sizeof(subsystem));
	find_driver(device, driver, module, sizeof(module));
	return is_rpmsg_char(subsystem, driver) && polls_on_the_bus();
}

enum treatment {
	LEFT_ALONE,
	KEPT_OUT, /* opens are kept out; descriptors that stay open across the stop do no harm */
	WAITED_FOR,
};

/*
 * An open of /dev/rpmsgN that gets in between the end of its endpoint and of its node uses that endpoint
 * (before 6.2 and 6.1.177, commit 17b88a2050e9; seen on 6.1.176). Descriptors that stay open may harm by a poll
 * (7.0, hold/pollers.c) and by setting the flow control (6.6, bpf/poll.bpf.h).
 */
static enum treatment treatment_of(const char *name, const char *subsystem, const char *driver)
{
	if (strcmp(subsystem, "tty") == 0 || is_cut_off(subsystem))
		return LEFT_ALONE;
	if (is_rpmsg_char(subsystem, driver) && !makes_channels(name, driver))
		return KEPT_OUT;
	return WAITED_FOR;
}

/* @list: device paths, separated by white space, or NULL. Returns how many were written to @devs. */
static size_t read_listed(const char *list, dev_t *devs, size_t max)
{
	char path[PATH_MAX];
	struct stat st;
	size_t n = 0;
	int used = 0;

	for (const char *p = list; n < max && p && sscanf(p, "%4095s%n", path, &used) == 1;
	     p += used)
		if (stat(path, &st) == 0 && S_ISCHR(st.st_mode))
			devs[n++] = st.st_rdev;
	return n;
}

static bool is_among(const dev_t *devs, size_t n, dev_t dev)
{
	for (size_t i = 0; i < n; i++)
		if (devs[i] == dev)
			return true;
	return false;
}

/* A device without a parent that says of itself that it is of rpmsg: it may be anybody's. */
static bool is_strayed(const char *device)
{
	return strncmp(device, "/sys/devices/virtual/", 21) == 0 && strstr(device, "rpmsg");
}

/* What a look for devices needs for each of them. */
struct look {
	const struct remoteproc *rp;
	dev_t listed[RPMSG_TTY_MAX];
	size_t n_listed;
	struct rpmsg_tty *out; /* those that are waited for */
	size_t n, max;
	struct endpoint_devices *endpoints; /* those that are kept out, or NULL */
};

static bool is_number(const struct folder_entry *e, dev_t *dev)
{
	unsigned int major_nr;
	char *end;

	major_nr = (unsigned int)strtoul(e->name, &end, 10);
	if (*end != ':')
		return false;
	*dev = makedev(major_nr, (unsigned int)strtoul(end + 1, NULL, 10));
	return true;
}

static enum treatment examine(const struct look *look, const char *device, struct rpmsg_tty *out)
{
	const bool listed = is_among(look->listed, look->n_listed, out->dev);
	const bool owned = listed || remoteproc_owns(look->rp, device);
	char subsystem[32], driver[64];
	enum claim claim = CLAIMED_BY_THIS;
	enum treatment treatment;
	const char *name;

	if (!owned && !is_strayed(device))
		return LEFT_ALONE;
	name = strrchr(device, '/') + 1;
	file_link_name(device, "subsystem", subsystem, sizeof(subsystem));
	find_driver(device, driver, out->module, sizeof(out->module));
	treatment = treatment_of(name, subsystem, driver);
	if (treatment == LEFT_ALONE)
		return LEFT_ALONE;
	if (!owned) {
		claim = rpmsg_channel_claim(look->rp, device);
		out->ambiguous = claim == CLAIMED_BY_NONE;
	}
	if (claim == CLAIMED_BY_OTHER)
		return LEFT_ALONE;
	out->chardev = true;
	out->listed = listed;
	out->counted = treatment == KEPT_OUT;
	/* Their cdev and their file operations have an owner, in every version from 5.10 to 7.3. */
	out->owns_files = is_rpmsg_char(subsystem, driver);
	out->polled_on_bus = out->counted && polls_on_the_bus();
	if (snprintf(out->name, sizeof(out->name), "%s", name) >= (int)sizeof(out->name) ||
	    !node_of(device, out->node, sizeof(out->node)))
		return LEFT_ALONE;
	return treatment;
}

static void add_endpoint(struct endpoint_devices *e, const struct rpmsg_tty *found)
{
	const size_t room = e->n < e->room ? e->room : e->room ? 2 * e->room : 16;
	struct rpmsg_tty *list = e->list;

	if (room != e->room)
		list = realloc(e->list, room * sizeof(*list));
	e->incomplete |= !list;
	if (!list)
		return;
	e->list = list;
	e->room = room;
	e->list[e->n++] = *found;
}

static void take(const struct folder_entry *e, void *arg)
{
	struct look *look = arg;
	char device[PATH_MAX];
	struct rpmsg_tty found;
	dev_t dev;

	/* What the configuration lists may lie anywhere. */
	if ((!look->n_listed && foreign_is_known(e)) || !is_number(e, &dev) ||
	    !find_device_at(e->folder, e->name, device))
		return;
	if (!foreign_may_be_owned(device) && !is_strayed(device))
		foreign_remember(e);
	memset(&found, 0, sizeof(found));
	found.dev = dev;
	switch (examine(look, device, &found)) {
	case LEFT_ALONE:
		break;
	case WAITED_FOR:
		if (look->n < look->max)
			look->out[look->n++] = found;
		break;
	case KEPT_OUT:
		if (look->endpoints)
			add_endpoint(look->endpoints, &found);
		break;
	}
}

size_t rpmsg_device_list(const struct remoteproc *rp, const char *extra, struct rpmsg_tty *out,
			 size_t max, struct endpoint_devices *endpoints, uint64_t *generation)
{
	struct look look = { .rp = rp, .out = out, .max = max, .endpoints = endpoints };
	uint64_t devices;

	/* The class first: the link of a new tty is there before its number (see find_number() in tty.c). */
	look.n = rpmsg_tty_list(rp, extra, out, max, generation);
	look.n_listed = read_listed(extra, look.listed, RPMSG_TTY_MAX);
	devices = folder_each(CHAR_DEVICES, take, &look);
	*generation = *generation && devices ? *generation ^ devices : 0;
	return look.n;
}

uint64_t rpmsg_device_generation(void)
{
	const uint64_t ttys = folder_generation(TTY_CLASS),
		       devices = folder_generation(CHAR_DEVICES);

	return ttys && devices ? ttys ^ devices : 0;
}

size_t chardev_others(const char *module, const dev_t *ours, size_t n, dev_t *out, size_t max)
{
	char device[PATH_MAX], driver[64], its_module[64];
	unsigned int major_nr, minor_nr;
	DIR *dir = opendir(CHAR_DEVICES);
	const struct dirent *entry;
	size_t found = 0;

	while (dir && found < max && (entry = readdir(dir))) {
		if (sscanf(entry->d_name, "%u:%u", &major_nr, &minor_nr) != 2 ||
		    is_among(ours, n, makedev(major_nr, minor_nr)) ||
		    !find_device(entry->d_name, device))
			continue;
		find_driver(device, driver, its_module, sizeof(its_module));
		if (strcmp(its_module, module) == 0)
			out[found++] = makedev(major_nr, minor_nr);
	}
	if (dir)
		closedir(dir);
	return found;
}
