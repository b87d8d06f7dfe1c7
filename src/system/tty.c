// SPDX-License-Identifier: GPL-2.0-only
/*
 * Two kinds of driver have to be told apart. The kernel's own rpmsg_tty registers its tty below the
 * channel's device, so sysfs says whose it is. NXP's imx_rpmsg_tty, the driver of the field report,
 * makes one tty_driver per channel with tty_register_driver(): its tty lies in
 * /sys/devices/virtual/tty, and only the number in "ttyRPMSG<dst>" leads back to the channel.
 */
#include "system/tty.h"

#include <ctype.h>
#include <dirent.h>
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

#define RPMSG_DEVICES "/sys/bus/rpmsg/devices"

/* Enough for "<directory>/<name>/<attribute>"; longer names are not looked at. */
static bool join(char *path, const char *dir, const char *name, const char *attr)
{
	return snprintf(path, PATH_MAX, "%s/%s/%s", dir, name, attr) < PATH_MAX;
}

static long read_number(const char *dir, const char *name, const char *attr)
{
	char path[PATH_MAX], text[32], *end;
	long value;

	if (!join(path, dir, name, attr) || file_read_line(path, text, sizeof(text)) <= 0)
		return -1;
	value = strtol(text, &end, 0);
	return *end == '\0' ? value : -1;
}

/* The number that ends @name, or -1. */
static long trailing_number(const char *name)
{
	const char *p = name + strlen(name);

	while (p > name && isdigit((unsigned char)p[-1]))
		p--;
	return *p ? strtol(p, NULL, 10) : -1;
}

enum claim rpmsg_channel_claim(const struct remoteproc *rp, const char *device)
{
	const long number = trailing_number(device);
	enum claim claim = CLAIMED_BY_NONE;
	char link[PATH_MAX], real[PATH_MAX];
	struct dirent *entry;
	DIR *dir;

	dir = number < 0 ? NULL : opendir(RPMSG_DEVICES);
	if (!dir)
		return CLAIMED_BY_NONE;
	while (claim != CLAIMED_BY_THIS && (entry = readdir(dir))) {
		if (entry->d_name[0] == '.' ||
		    (read_number(RPMSG_DEVICES, entry->d_name, "dst") != number &&
		     read_number(RPMSG_DEVICES, entry->d_name, "src") != number))
			continue;
		if (!join(link, RPMSG_DEVICES, entry->d_name, ".") || !realpath(link, real))
			continue;
		claim = remoteproc_owns(rp, real) ? CLAIMED_BY_THIS : CLAIMED_BY_OTHER;
	}
	closedir(dir);
	return claim;
}

/* Majors have 12 bits; a vendor's driver takes one for each of its ttys. */
#define MAJORS 4096

/* Marks the majors of tty drivers that call themselves rpmsg drivers. */
static void find_rpmsg_majors(bool is_rpmsg[MAJORS])
{
	char line[256], driver[64], node[64];
	FILE *f = fopen("/proc/tty/drivers", "re");
	unsigned int number;

	while (f && fgets(line, sizeof(line), f))
		if (strcasestr(line, "rpmsg") &&
		    sscanf(line, "%63s %63s %u", driver, node, &number) == 3 && number < MAJORS)
			is_rpmsg[number] = true;
	if (f)
		fclose(f);
}

static bool listed(const char *list, const char *node)
{
	size_t n = strlen(node);

	for (const char *p = list; p && (p = strstr(p, node)); p += n)
		if ((p == list || isspace((unsigned char)p[-1])) &&
		    (p[n] == '\0' || isspace((unsigned char)p[n])))
			return true;
	return false;
}

static bool read_dev(const char *name, dev_t *dev)
{
	char path[PATH_MAX], text[32];
	unsigned int major_nr, minor_nr;

	if (!join(path, TTY_CLASS, name, "dev") || file_read_line(path, text, sizeof(text)) <= 0 ||
	    sscanf(text, "%u:%u", &major_nr, &minor_nr) != 2)
		return false;
	*dev = makedev(major_nr, minor_nr);
	return true;
}

/*
 * A driver that hangs up and counts has functions of its own for both; the vendor drivers have
 * neither. Without the evidence the tty counts as one of a driver that does not. @module is NULL
 * for what is built in.
 */
static bool module_counts_references(const char *module)
{
	return kallsyms_module_has(module, "rpmsg_tty", "hangup") &&
	       kallsyms_module_has(module, "rpmsg_tty", "destruct");
}

/*
 * The last answer, because each look at the kernel's symbols takes longer than the rest of an idle
 * hold. A module that was unloaded and loaded again has another inode in sysfs; what is built in has
 * none and stays what it is. Holds of several remote processors ask at the same time.
 */
static bool module_counts_references_once(const char *module, ino_t loaded)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	static char known[64];
	static ino_t known_loaded;
	static bool valid, answer;
	const char *name = module ? module : "";

	pthread_mutex_lock(&lock);
	if (!valid || loaded != known_loaded || strcmp(name, known) != 0) {
		answer = module_counts_references(module);
		/* A name that is cut off never matches, and is looked up each time. */
		snprintf(known, sizeof(known), "%s", name);
		known_loaded = loaded;
		valid = true;
	}
	pthread_mutex_unlock(&lock);
	return answer;
}

/* By the module of the driver that is bound to the channel below which the tty lies. */
static bool driver_counts_references(const char *tty_sysfs)
{
	char path[PATH_MAX], module[PATH_MAX];
	struct stat st = { 0 };

	/* <channel>/tty/<name>: the channel's device is two levels up. */
	if (snprintf(path, sizeof(path), "%s/../../driver/module", tty_sysfs) >= PATH_MAX)
		return false;
	if (!realpath(path, module) || stat(module, &st) < 0)
		return module_counts_references_once(NULL, 0);
	return module_counts_references_once(strrchr(module, '/') + 1, st.st_ino);
}

/* What a look for ttys needs for each tty. */
struct look {
	const struct remoteproc *rp;
	const char *extra;
	bool is_rpmsg[MAJORS]; /* whether the major is that of an rpmsg driver, ... */
	bool majors_are_known; /* ... when it has been asked */
	bool unsure;	       /* a tty is just being registered */
	struct rpmsg_tty *out;
	size_t n, max;
};

/* The link in the class folder comes first, the number some moments later (device_add()). */
static bool find_number(struct look *look, struct rpmsg_tty *tty)
{
	if (read_dev(tty->name, &tty->dev))
		return true;
	look->unsure = true;
	return false;
}

/* Behind the list of ttys: the driver of a tty that is there is there, too (tty_register_driver()). */
static bool is_of_rpmsg(struct look *look, dev_t dev)
{
	if (!look->majors_are_known)
		find_rpmsg_majors(look->is_rpmsg);
	look->majors_are_known = true;
	return major(dev) < MAJORS && look->is_rpmsg[major(dev)];
}

/* A tty of another driver, wherever it lies, is of nobody until it goes. */
static bool is_strayed(struct look *look, const struct folder_entry *e, const char *real,
		       struct rpmsg_tty *tty)
{
	if (foreign_may_be_owned(real))
		return false;
	if (strstr(real, "/devices/virtual/tty/")) {
		if (!find_number(look, tty))
			return false;
		if (is_of_rpmsg(look, tty->dev))
			return true;
	}
	foreign_remember(e);
	return false;
}

static bool belongs(struct look *look, const struct folder_entry *e, const char *real,
		    struct rpmsg_tty *tty)
{
	enum claim claim;

	if (remoteproc_owns(look->rp, real)) {
		tty->counted = driver_counts_references(real);
		return find_number(look, tty);
	}
	tty->listed = listed(look->extra, tty->node);
	if (tty->listed)
		return find_number(look, tty);
	if (!is_strayed(look, e, real, tty))
		return false;
	claim = rpmsg_channel_claim(look->rp, tty->name);
	tty->ambiguous = claim == CLAIMED_BY_NONE;
	return claim != CLAIMED_BY_OTHER;
}

/* "tty63": a virtual console, of which there are many. */
static bool is_console(const char *name)
{
	return strncmp(name, "tty", 3) == 0 && name[3] && !name[3 + strspn(name + 3, "0123456789")];
}

/* Links in the class folder are all of the form "../../devices/...": one call instead of twenty. */
static bool find_device(int class_fd, const char *name, char *real)
{
	static const char up[] = "../../", sys[] = "/sys/";
	char link[PATH_MAX];
	ssize_t n = readlinkat(class_fd, name, link, sizeof(link) - sizeof(sys));

	if (n > (ssize_t)sizeof(up) && strncmp(link, up, sizeof(up) - 1) == 0) {
		link[n] = '\0';
		return snprintf(real, PATH_MAX, "%s%s", sys, link + sizeof(up) - 1) < PATH_MAX;
	}
	return join(link, TTY_CLASS, name, ".") && realpath(link, real);
}

static void take(const struct folder_entry *e, void *arg)
{
	struct look *look = arg;
	struct rpmsg_tty *tty = &look->out[look->n];
	char real[PATH_MAX];

	/* What the configuration lists may lie anywhere. */
	if (look->n == look->max || strlen(e->name) >= sizeof(tty->name) || is_console(e->name) ||
	    (!look->extra && foreign_is_known(e)))
		return;
	memset(tty, 0, sizeof(*tty));
	strcpy(tty->name, e->name);
	snprintf(tty->node, sizeof(tty->node), "/dev/%s", tty->name);
	if (find_device(e->folder, e->name, real) && belongs(look, e, real, tty))
		look->n++;
}

size_t rpmsg_tty_list(const struct remoteproc *rp, const char *extra, struct rpmsg_tty *out,
		      size_t max, uint64_t *generation)
{
	struct look look = { .rp = rp, .extra = extra, .out = out, .max = max };

	*generation = folder_each(TTY_CLASS, take, &look);
	if (look.unsure)
		*generation = 0;
	return look.n;
}
