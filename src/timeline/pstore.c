// SPDX-License-Identifier: GPL-2.0-only
#include "timeline/pstore.h"

#include <errno.h>
#include <fts.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define MARK "rpmsg-guard "
/* systemd puts the records of a boot into a folder, and sometimes one into another. */
#define DEPTH_MAX 3

/* ---- files ---- */

/* Newest first; the kernel's files have no times, then the names decide. */
static int newest_first(const FTSENT **a, const FTSENT **b)
{
	const struct stat *s = (*a)->fts_statp, *t = (*b)->fts_statp;

	if (s->st_mtim.tv_sec != t->st_mtim.tv_sec)
		return s->st_mtim.tv_sec > t->st_mtim.tv_sec ? -1 : 1;
	return strcmp((*b)->fts_name, (*a)->fts_name);
}

static int add_path(struct pstore_files *files, const char *path)
{
	char **bigger = reallocarray(files->paths, files->n + 1, sizeof(*bigger));

	if (!bigger)
		return -ENOMEM;
	files->paths = bigger;
	files->paths[files->n] = strdup(path);
	if (!files->paths[files->n])
		return -ENOMEM;
	files->n++;
	return 0;
}

/* A file that was named is taken whatever its name. */
static bool is_record(const FTSENT *e)
{
	return e->fts_info == FTS_F &&
	       (e->fts_level == FTS_ROOTLEVEL || strstr(e->fts_name, "pmsg") != NULL);
}

static int walk(struct pstore_files *files, char *place)
{
	char *places[] = { place, NULL };
	FTS *tree = fts_open(places, FTS_PHYSICAL | FTS_NOCHDIR | FTS_COMFOLLOW, newest_first);
	int err = 0;
	FTSENT *e;

	if (!tree)
		return -errno;
	while (!err && (e = fts_read(tree)) != NULL) {
		if (e->fts_info == FTS_D && e->fts_level >= DEPTH_MAX)
			fts_set(tree, e, FTS_SKIP);
		else if (e->fts_level == FTS_ROOTLEVEL &&
			 (e->fts_info == FTS_NS || e->fts_info == FTS_DNR))
			err = -e->fts_errno;
		else if (is_record(e))
			err = add_path(files, e->fts_path);
	}
	fts_close(tree);
	return err;
}

int pstore_files_find(struct pstore_files *files, const char *place)
{
	static const char *const usual[] = { "/sys/fs/pstore", "/var/lib/systemd/pstore" };
	char path[4096];
	int err;

	*files = (struct pstore_files){ 0 };
	if (place) {
		if (strlen(place) >= sizeof(path))
			return -ENAMETOOLONG;
		strcpy(path, place);
		return walk(files, path);
	}
	for (size_t i = 0; i < sizeof(usual) / sizeof(usual[0]); i++) {
		strcpy(path, usual[i]);
		err = walk(files, path);
		if (err && err != -ENOENT)
			return err;
	}
	return 0;
}

void pstore_files_free(struct pstore_files *files)
{
	for (size_t i = 0; i < files->n; i++)
		free(files->paths[i]);
	free(files->paths);
	*files = (struct pstore_files){ 0 };
}

/* ---- lines ---- */

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
