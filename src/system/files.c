// SPDX-License-Identifier: GPL-2.0-only
/* Small files by path or descriptor, and the clock that waits for them go by. */
#include "system/files.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/times.h>
#include <time.h>
#include <unistd.h>

int file_read_line(const char *path, char *buf, size_t len)
{
	return file_read_line_at(AT_FDCWD, path, buf, len);
}

int file_read_line_at(int dir, const char *path, char *buf, size_t len)
{
	int fd = openat(dir, path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	buf[0] = '\0';
	if (fd < 0)
		return -errno;
	n = read(fd, buf, len - 1);
	if (n < 0)
		n = -errno;
	close(fd);
	if (n < 0)
		return (int)n;
	buf[n] = '\0';
	buf[strcspn(buf, "\n")] = '\0';
	return (int)strlen(buf);
}

int file_set(const char *path, const char *value)
{
	const int fd = open(path, O_WRONLY | O_CLOEXEC);
	int err;

	if (fd < 0)
		return -errno;
	err = write(fd, value, strlen(value)) < 0 ? -errno : 0;
	close(fd);
	return err;
}

int file_write_all(int fd, const char *text, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, text, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		text += n;
		len -= (size_t)n;
	}
	return 0;
}

int file_open_node(int dir, const char *name, dev_t dev, struct stat *st)
{
	int fd = openat(dir, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	if (fstat(fd, st) == 0 && S_ISCHR(st->st_mode) && st->st_rdev == dev)
		return fd;
	close(fd);
	return -ENODEV;
}

/* FNV-1a */
static uint64_t mix(uint64_t hash, const void *data, size_t len)
{
	const unsigned char *byte = data;

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ byte[i]) * UINT64_C(0x100000001b3);
	return hash;
}

/* The same in one step, where the bits of @number differ enough: the shift brings the high ones down. */
static uint64_t mix_number(uint64_t hash, uint64_t number)
{
	hash = (hash ^ number) * UINT64_C(0x9e3779b97f4a7c15);
	return hash ^ hash >> 32;
}

/* What getdents64() writes. */
struct entry {
	uint64_t inode;
	int64_t offset;
	unsigned short len;
	unsigned char type;
	char name[];
};

/* The entries of folder @fd, which the caller frees; NULL without memory, or for another error. */
static char *read_folder(int fd, size_t *len)
{
	size_t room = 16384;
	char *entries = malloc(room), *more;
	ssize_t n = 0;

	*len = 0;
	while (entries && (n = syscall(SYS_getdents64, fd, entries + *len, room - *len)) != 0) {
		*len += n > 0 ? (size_t)n : 0;
		/* The next entry may be as long as a name can be. */
		if (n > 0 && room - *len >= 512)
			continue;
		more = n > 0 || errno == EINVAL ? realloc(entries, 2 * room) : NULL;
		if (!more)
			free(entries);
		entries = more;
		room *= 2;
	}
	return entries;
}

/* kernfs never gives an inode number to two entries, one after the other, within hours. */
uint64_t folder_each(const char *path, entry_fn fn, void *arg)
{
	const uint64_t basis = UINT64_C(0xcbf29ce484222325);
	struct folder_entry e = { .folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) };
	uint64_t hash = basis;
	const struct entry *entry;
	char *entries;
	size_t len;

	if (e.folder < 0)
		return 0;
	entries = read_folder(e.folder, &len);
	for (size_t at = 0; entries && at < len; at += entry->len) {
		entry = (const void *)(entries + at);
		e.name = entry->name;
		e.identity = mix_number(mix(basis, e.name, strlen(e.name)), entry->inode);
		hash = mix_number(hash, e.identity);
		if (fn && e.name[0] != '.')
			fn(&e, arg);
	}
	close(e.folder);
	if (!entries)
		return 0;
	free(entries);
	return hash;
}

uint64_t folder_generation(const char *path)
{
	return folder_each(path, NULL, NULL);
}

void file_link_name(const char *path, const char *name, char *out, size_t len)
{
	char link[PATH_MAX], target[PATH_MAX];
	const char *last;
	ssize_t n = -1;

	out[0] = '\0';
	if (snprintf(link, sizeof(link), "%s/%s", path, name) < (int)sizeof(link))
		n = readlink(link, target, sizeof(target) - 1);
	if (n <= 0)
		return;
	target[n] = '\0';
	last = strrchr(target, '/');
	last = last ? last + 1 : target;
	if (strlen(last) < len)
		strcpy(out, last);
}

/* 3.17, commit 0097875bd415. Not "self": that is the table of the first thread (system/apart.h). */
void file_fd_path(int fd, char *path, size_t len)
{
	snprintf(path, len, "/proc/thread-self/fd/%d", fd);
}

static void close_range_of(unsigned int first, unsigned int last)
{
	const unsigned int max = (unsigned int)sysconf(_SC_OPEN_MAX);

#ifdef SYS_close_range
	if (syscall(SYS_close_range, first, last, 0U) == 0)
		return; /* 5.9, commit 278a5fbaed89 */
#endif
	for (unsigned int fd = first; fd <= last && fd < max; fd++)
		close((int)fd);
}

void file_close_others(int first, int keep)
{
	if (keep > first)
		close_range_of((unsigned int)first, (unsigned int)keep - 1);
	close_range_of((unsigned int)(keep < first ? first : keep + 1), ~0U);
}

int file_set_node_mode(int node, mode_t mode)
{
	char path[FD_PATH_MAX];

	file_fd_path(node, path, sizeof(path));
	return chmod(path, mode & 0777) < 0 ? -errno : 0;
}

int file_replace(const char *path, const char *text)
{
	char temporary[PATH_MAX];
	int fd, err;

	if (snprintf(temporary, sizeof(temporary), "%s.new", path) >= (int)sizeof(temporary))
		return -ENAMETOOLONG;
	/* In a folder of others it may be a link to another file, or a pipe: nothing that is there is opened. */
	unlink(temporary);
	fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (fd < 0)
		return -errno;
	err = file_write_all(fd, text, strlen(text));
	if (close(fd) < 0 && !err)
		err = -errno;
	if (!err && rename(temporary, path) < 0)
		err = -errno;
	if (err)
		unlink(temporary);
	return err;
}

uint64_t clock_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000ULL + (uint64_t)ts.tv_nsec;
}

unsigned long clock_ticks(void)
{
	struct tms ignored;

	/* jiffies_64, whoever asks: do_sys_times() in kernel/sys.c */
	return (unsigned long)times(&ignored);
}

uint64_t clock_ticks_ms_since(unsigned long ticks)
{
	return (uint64_t)(clock_ticks() - ticks) * 1000 / (uint64_t)sysconf(_SC_CLK_TCK);
}

uint64_t clock_ms(void)
{
	return clock_ns() / 1000000ULL;
}

int64_t clock_wall_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

struct timespec clock_in_ms(clockid_t clock, uint64_t ms)
{
	struct timespec t;

	clock_gettime(clock, &t);
	t.tv_nsec += (long)(ms % 1000) * 1000000L;
	t.tv_sec += (time_t)(ms / 1000) + t.tv_nsec / 1000000000L;
	t.tv_nsec %= 1000000000L;
	return t;
}

void pause_us(unsigned int us)
{
	const struct timespec ts = { .tv_sec = us / 1000000, .tv_nsec = (us % 1000000) * 1000L };

	nanosleep(&ts, NULL);
}

void pause_ms(unsigned int ms)
{
	pause_us(ms * 1000);
}
