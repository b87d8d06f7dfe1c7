/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reading and replacing small files of proc, sysfs and /run.
 */
#ifndef RPMSG_GUARD_SYSTEM_FILES_H
#define RPMSG_GUARD_SYSTEM_FILES_H

#include <stddef.h>
#include <stdint.h>
#include <time.h>
#include <sys/stat.h>

/*
 * Reads the first line of @path without its newline into @buf, always terminated. Returns its
 * length or a negative errno.
 */
int file_read_line(const char *path, char *buf, size_t len);

/* The same from the folder @dir on, a descriptor. */
int file_read_line_at(int dir, const char *path, char *buf, size_t len);

/* Writes all of it, however often that takes. Returns 0 or a negative errno. */
int file_write_all(int fd, const char *text, size_t len);

/* Gives a file of /proc or sysfs a value, in one write. Returns 0 or a negative errno. */
int file_set(const char *path, const char *value);

/*
 * Replaces @path by @text in one step (temporary file and rename), and follows no link. Returns 0 or a negative
 * errno.
 */
int file_replace(const char *path, const char *text);

/*
 * Opens the very node @name in the folder @dir (or AT_FDCWD) with O_PATH and follows no link.
 * Returns a descriptor with @st filled in, -ENODEV when it is not character device @dev, or another
 * negative errno.
 */
int file_open_node(int dir, const char *name, dev_t dev, struct stat *st);

/*
 * Sets the mode of the very node of @node, a descriptor of O_PATH, which fchmod() does not take. Never
 * more than 0777. Returns 0 or a negative errno.
 */
int file_set_node_mode(int node, mode_t mode);

/* An entry of a folder in sysfs. */
struct folder_entry {
	int folder; /* a descriptor */
	const char *name;
	uint64_t identity; /* no other entry has it, not even a later one of the same name */
};

typedef void (*entry_fn)(const struct folder_entry *e, void *arg);

/*
 * A number that changes when an entry of a folder in sysfs comes or goes, or takes the place of another
 * entry of the same name; 0 when it cannot be told. folder_each() also calls @fn for every entry, when all have
 * been read.
 */
uint64_t folder_generation(const char *path);
uint64_t folder_each(const char *path, entry_fn fn, void *arg);

/* The last component of the link @path/@name, or "" without such a link, or when it is too long. */
void file_link_name(const char *path, const char *name, char *out, size_t len);

#define FD_PATH_MAX 32

/* Writes the path that leads to the file of @fd, also of a descriptor of O_PATH. */
void file_fd_path(int fd, char *path, size_t len);

/* Closes every descriptor from @first on but @keep. */
void file_close_others(int first, int keep);

/* Milliseconds and nanoseconds of CLOCK_MONOTONIC, the clock of bpf_ktime_get_ns(). */
uint64_t clock_ms(void);
uint64_t clock_ns(void);

/* Milliseconds since 1970. */
int64_t clock_wall_ms(void);

/*
 * The ticks that the kernel counts its time-outs in, and how many milliseconds of them have passed since @ticks. A
 * kernel with periodic ticks loses some on a busy virtual machine: a time-out of 15 s took 30 s by the clock (seen
 * on 6.1).
 */
unsigned long clock_ticks(void);
uint64_t clock_ticks_ms_since(unsigned long ticks);

/* The time of @clock in @ms milliseconds, for those calls that take a point in time. */
struct timespec clock_in_ms(clockid_t clock, uint64_t ms);

/* Sleeps between two looks at a condition that no descriptor announces. */
void pause_ms(unsigned int ms);
void pause_us(unsigned int us);

#endif
