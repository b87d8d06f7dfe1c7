// SPDX-License-Identifier: GPL-2.0-only
/* Walks the folders that episodes and records are in, reads files of any length, and finds our lines. */
#include "timeline/load.h"

#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "timeline/read.h"

#define CHUNK (64u << 10)
/* systemd puts the records of a boot into a folder, and sometimes one into another. */
#define DEPTH_MAX 3
#define MARK "rpmsg-guard "

static int load_fd(int fd, char **bytes, size_t *len)
{
	size_t room = 0;

	for (;;) {
		ssize_t n;

		if (room - *len < CHUNK) {
			char *bigger = realloc(*bytes, room ? room * 2 : 2 * CHUNK);

			if (!bigger)
				return -ENOMEM;
			room = room ? room * 2 : 2 * CHUNK;
			*bytes = bigger;
		}
		n = read(fd, *bytes + *len, room - *len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : 0;
		*len += (size_t)n;
		if (*len > RECORDING_BYTES_MAX)
			return -EFBIG;
	}
}

int load_bytes(const char *path, char **bytes, size_t *len)
{
	const bool is_stdin = strcmp(path, "-") == 0;
	const int fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	int err;

	*bytes = NULL;
	*len = 0;
	if (fd < 0)
		return -errno;
	err = load_fd(fd, bytes, len);
	if (!is_stdin)
		close(fd);
	if (err) {
		free(*bytes);
		*bytes = NULL;
	}
	return err;
}

static int compare(const FTSENT **a, const FTSENT **b, bool exact)
{
	const struct timespec s = (*a)->fts_statp->st_mtim, t = (*b)->fts_statp->st_mtim;

	if (s.tv_sec != t.tv_sec)
		return s.tv_sec > t.tv_sec ? -1 : 1;
	if (exact && s.tv_nsec != t.tv_nsec)
		return s.tv_nsec > t.tv_nsec ? -1 : 1;
	return strcmp((*b)->fts_name, (*a)->fts_name);
}

/* The clock may have been set back, so the name of an episode does not say which is the newest. */
static int newest_episode(const FTSENT **a, const FTSENT **b)
{
	return compare(a, b, true);
}

/* The kernel's files have no times, then the names decide. */
static int newest_record(const FTSENT **a, const FTSENT **b)
{
	return compare(a, b, false);
}

static bool is_episode(const FTSENT *e)
{
	const size_t suffix = strlen(EPISODE_SUFFIX);

	return e->fts_level == 1 && e->fts_info != FTS_DP && e->fts_namelen > suffix &&
	       strcmp(e->fts_name + e->fts_namelen - suffix, EPISODE_SUFFIX) == 0;
}

/* A file that was named is taken whatever its name. */
static bool is_record(const FTSENT *e)
{
	return e->fts_info == FTS_F &&
	       (e->fts_level == FTS_ROOTLEVEL || strstr(e->fts_name, "pmsg") != NULL);
}

static int add_path(struct paths *paths, const char *path)
{
	char **bigger = reallocarray(paths->list, paths->n + 1, sizeof(*bigger));

	if (!bigger)
		return -ENOMEM;
	paths->list = bigger;
	bigger[paths->n] = strdup(path);
	return bigger[paths->n] ? (paths->n++, 0) : -ENOMEM;
}

static int walk(struct paths *paths, const char *place, int depth, bool (*wanted)(const FTSENT *e),
		int (*order)(const FTSENT **a, const FTSENT **b))
{
	char *places[] = { (char *)place, NULL };
	FTS *tree = fts_open(places, FTS_PHYSICAL | FTS_NOCHDIR | FTS_COMFOLLOW, order);
	int err = 0;
	FTSENT *e;

	if (!tree)
		return -errno;
	while (!err && (e = fts_read(tree)) != NULL) {
		if (e->fts_info == FTS_D && e->fts_level >= depth)
			fts_set(tree, e, FTS_SKIP);
		if (e->fts_level == FTS_ROOTLEVEL &&
		    (e->fts_info == FTS_NS || e->fts_info == FTS_DNR))
			err = -e->fts_errno;
		else if (wanted(e))
			err = add_path(paths, e->fts_path);
	}
	fts_close(tree);
	return err;
}

int paths_of_episodes(struct paths *paths, const char *directory)
{
	struct stat st;

	*paths = (struct paths){ 0 };
	if (stat(directory, &st) < 0)
		return -errno;
	return S_ISDIR(st.st_mode) ? walk(paths, directory, 1, is_episode, newest_episode)
				   : -ENOTDIR;
}

int paths_of_pstore(struct paths *paths, const char *place)
{
	static const char *const usual[] = { "/sys/fs/pstore", "/var/lib/systemd/pstore" };
	int err = 0;

	*paths = (struct paths){ 0 };
	if (place)
		return walk(paths, place, DEPTH_MAX, is_record, newest_record);
	for (size_t i = 0; i < sizeof(usual) / sizeof(usual[0]) && !err; i++) {
		err = walk(paths, usual[i], DEPTH_MAX, is_record, newest_record);
		if (err == -ENOENT)
			err = 0;
	}
	return err;
}

void paths_free(struct paths *paths)
{
	for (size_t i = 0; i < paths->n; i++)
		free(paths->list[i]);
	free(paths->list);
	*paths = (struct paths){ 0 };
}

/* ---- lines in persistent memory ---- */

struct line {
	const char *id, *text;
	size_t id_len, len; /* @len with the newline, where there is one */
};

/* Of the id at @at, if " {" follows; 0 if not. */
static size_t id_length(const char *at, size_t len)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789._:-";
	size_t n = 0;

	while (n < len && n < PSTORE_ID_MAX && at[n] && strchr(allowed, at[n]))
		n++;
	return n < PSTORE_ID_MAX && n + 2 < len && at[n] == ' ' && at[n + 1] == '{' ? n : 0;
}

/*
 * The next line of an episode in the @len bytes at *@at, which moves behind it. What others wrote
 * last may lack a newline, so a line of ours need not begin at the start of one.
 */
static bool next_line(const char **at, size_t len, struct line *line)
{
	const char *end = *at + len;
	const char *mark;

	while ((mark = memmem(*at, (size_t)(end - *at), MARK, strlen(MARK))) != NULL) {
		const char *id = mark + strlen(MARK);
		const size_t id_len = id_length(id, (size_t)(end - id));
		const char *text = id + id_len + 1, *newline;

		*at = id;
		if (id_len == 0)
			continue;
		newline = memchr(text, '\n', (size_t)(end - text));
		*at = newline ? newline + 1 : end;
		*line = (struct line){ id, text, id_len, (size_t)(*at - text) };
		return true;
	}
	return false;
}

bool pstore_last_id(const char *bytes, size_t len, char id[PSTORE_ID_MAX])
{
	const char *at = bytes, *end = bytes + len;
	struct line line;
	bool found = false;

	while (next_line(&at, (size_t)(end - at), &line)) {
		memcpy(id, line.id, line.id_len);
		id[line.id_len] = '\0';
		found = true;
	}
	return found;
}

char *pstore_lines(const char *bytes, size_t len, const char *id, size_t *lines_len)
{
	const char *at = bytes, *end = bytes + len;
	char *lines = malloc(len + 1);
	struct line line;

	*lines_len = 0;
	if (!lines)
		return NULL;
	while (next_line(&at, (size_t)(end - at), &line))
		if (line.id_len == strlen(id) && memcmp(line.id, id, line.id_len) == 0) {
			memcpy(lines + *lines_len, line.text, line.len);
			*lines_len += line.len;
		}
	return lines;
}
