// SPDX-License-Identifier: GPL-2.0-only
#include "timeline/load.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "timeline/read.h"

#define CHUNK (64u << 10)

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

static int is_episode(const struct dirent *e)
{
	const size_t len = strlen(e->d_name), suffix = strlen(EPISODE_SUFFIX);

	return len > suffix && strcmp(e->d_name + len - suffix, EPISODE_SUFFIX) == 0;
}

/* The clock may have been set back, so a name does not say which is the newest. */
static int newest_first(const void *a, const void *b)
{
	const char *const x = *(char *const *)a, *const y = *(char *const *)b;
	struct stat s = { 0 }, t = { 0 };

	stat(x, &s);
	stat(y, &t);
	if (s.st_mtim.tv_sec != t.st_mtim.tv_sec)
		return s.st_mtim.tv_sec > t.st_mtim.tv_sec ? -1 : 1;
	if (s.st_mtim.tv_nsec != t.st_mtim.tv_nsec)
		return s.st_mtim.tv_nsec > t.st_mtim.tv_nsec ? -1 : 1;
	return strcmp(y, x);
}

static int add_path(struct episode_files *files, const char *directory, const char *name)
{
	if (asprintf(&files->paths[files->n], "%s/%s", directory, name) < 0)
		return -ENOMEM;
	files->n++;
	return 0;
}

int episode_files_find(struct episode_files *files, const char *directory)
{
	struct dirent **entries;
	int n = scandir(directory, &entries, is_episode, alphasort), err = 0;

	*files = (struct episode_files){ 0 };
	if (n < 0)
		return -errno;
	files->paths = calloc((size_t)n + 1, sizeof(*files->paths));
	if (!files->paths)
		err = -ENOMEM;
	for (int i = 0; i < n; i++) {
		if (!err)
			err = add_path(files, directory, entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
	if (!err)
		qsort(files->paths, files->n, sizeof(*files->paths), newest_first);
	return err;
}

void episode_files_free(struct episode_files *files)
{
	for (size_t i = 0; i < files->n; i++)
		free(files->paths[i]);
	free(files->paths);
	*files = (struct episode_files){ 0 };
}
