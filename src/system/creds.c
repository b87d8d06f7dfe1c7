// SPDX-License-Identifier: GPL-2.0-only
/* The credentials of a thread in /proc/<tid>/status, weighed against the mode of a file. */
#include "system/creds.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "system/files.h"
#include "system/task.h"

/* Fits a thousand groups. */
#define STATUS_MAX 16384

struct rights rights_of(int fd)
{
	char path[FD_PATH_MAX];
	struct rights r = { 0777, 0, 0 };
	struct stat st;

	if (fstat(fd, &st) < 0)
		return r;
	r = (struct rights){ st.st_mode & 0777, st.st_uid, st.st_gid };
	file_fd_path(fd, path, sizeof(path));
	if (getxattr(path, "system.posix_acl_access", NULL, 0) > 0)
		r.mode = 0777;
	return r;
}

/* The value of the line that begins with @key, e.g. "Uid:"; NULL when there is none. */
static const char *line_of(const char *status, const char *key)
{
	const size_t n = strlen(key);

	for (const char *p = status; p; p = strchr(p, '\n')) {
		p += *p == '\n';
		if (strncmp(p, key, n) == 0)
			return p + n;
	}
	return NULL;
}

/* Of "real effective saved fs" the last, which is what the file system asks for. */
static bool read_fs_id(const char *status, const char *key, unsigned int *id)
{
	const char *line = line_of(status, key);

	return line && sscanf(line, "%*u %*u %*u %u", id) == 1;
}

/* A list of 65536 groups is longer than what is read of the file. */
static bool groups_are_known(const char *status)
{
	const char *p = line_of(status, "Groups:");

	return p && strchr(p, '\n');
}

static bool has_group(const char *status, gid_t fsgid, gid_t gid)
{
	const char *p = line_of(status, "Groups:");
	char *end;

	if (fsgid == gid)
		return true;
	/* strtoul() would go on into the next line. */
	while (*p && *p != '\n') {
		if (*p == ' ' || *p == '\t') {
			p++;
			continue;
		}
		if (strtoul(p, &end, 10) == gid || end == p)
			return true;
		p = end;
	}
	return false;
}

static bool has_capability(const char *status, int capability)
{
	const char *line = line_of(status, "CapEff:");
	unsigned long long caps;

	return !line || sscanf(line, "%llx", &caps) != 1 || caps & (1ULL << capability);
}

/* What DAC_OVERRIDE allows, and DAC_READ_SEARCH for reading. */
static bool has_power(const char *status, int right)
{
	return has_capability(status, CAP_DAC_OVERRIDE) ||
	       (right & RIGHT_READ && has_capability(status, CAP_DAC_READ_SEARCH));
}

static bool has_bits(const char *status, unsigned int uid, unsigned int gid, const struct rights *f,
		     int right)
{
	const int shift = uid == f->uid ? 6 : has_group(status, gid, f->gid) ? 3 : 0;

	return f->mode >> shift & (mode_t)right;
}

/* Whether @id of the host is in a line of "inside outside length". */
static bool maps(pid_t tid, const char *kind, unsigned int id)
{
	unsigned int inside, outside, length;
	char path[64];
	bool found = false;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/%s", tid, kind);
	f = fopen(path, "re");
	if (!f)
		return true;
	while (!found && fscanf(f, "%u %u %u", &inside, &outside, &length) == 3)
		found = id >= outside && id - outside < length;
	fclose(f);
	return found;
}

/* A kernel without user namespaces has no such file for any process: both are 0. */
static bool in_our_user_namespace(pid_t tid)
{
	char who[16];

	snprintf(who, sizeof(who), "%d", tid);
	return task_namespace(who, "user") == task_namespace("self", "user");
}

/* @tid 0: a process of our own user namespace. */
static bool powers_reach(pid_t tid, const struct rights *f)
{
	return !tid || in_our_user_namespace(tid) ||
	       (maps(tid, "uid_map", f->uid) && maps(tid, "gid_map", f->gid));
}

bool status_could_open(const char *status, pid_t tid, const struct rights *files, size_t n,
		       int right)
{
	unsigned int uid, gid;

	if (!read_fs_id(status, "Uid:", &uid) || !read_fs_id(status, "Gid:", &gid) ||
	    !groups_are_known(status))
		return true;
	for (size_t i = 0; i < n; i++)
		if (has_bits(status, uid, gid, &files[i], right) ||
		    (has_power(status, right) && powers_reach(tid, &files[i])))
			return true;
	return false;
}

/* False when @tid does not show it. @status has STATUS_MAX bytes. */
static bool read_status(pid_t tid, char *status)
{
	char path[64];
	ssize_t got;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/status", tid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	got = read(fd, status, STATUS_MAX - 1);
	close(fd);
	if (got <= 0)
		return false;
	status[got] = '\0';
	return true;
}

bool thread_could_open(pid_t tid, const struct rights *files, size_t n, int right)
{
	char status[STATUS_MAX];

	return !read_status(tid, status) || status_could_open(status, tid, files, n, right);
}

bool thread_has_power(pid_t tid, int capability)
{
	char status[STATUS_MAX];

	return !read_status(tid, status) ||
	       (has_capability(status, capability) && in_our_user_namespace(tid));
}
