// SPDX-License-Identifier: GPL-2.0-only
/* The main file and the drop-ins, sorted and with those left out that /etc hides. */
#include "config/files.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config/open.h"

#define ENDING ".conf"

/* Not the backups of editors and of dpkg, which have another ending or begin with a dot. */
static bool is_drop_in(const char *name)
{
	const size_t n = strlen(name), ending = strlen(ENDING);

	return n > ending && name[0] != '.' && strcmp(name + n - ending, ENDING) == 0;
}

/* The order must not depend on the locale. */
static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

struct folder {
	const char *path;
	char **names;
	size_t n, next;
};

/* Returns 0 or a negative errno. */
static int add_name(struct folder *f, const char *name)
{
	char **names = realloc(f->names, (f->n + 1) * sizeof(*names));

	if (!names)
		return -ENOMEM;
	f->names = names;
	names[f->n] = strdup(name);
	if (!names[f->n])
		return -ENOMEM;
	f->n++;
	return 0;
}

/* Not scandir(), which takes a path: there could be another folder than the one that was checked. */
static int read_names(struct folder *f, DIR *dir)
{
	const struct dirent *e;
	int result = 0;

	errno = 0;
	while (!result && (e = readdir(dir))) {
		if (is_drop_in(e->d_name))
			result = add_name(f, e->d_name);
		errno = 0;
	}
	return result ?: -errno;
}

static int folder_read(struct folder *f, char *err, size_t errlen)
{
	DIR *dir = config_open_folder(f->path, err, errlen);
	int result;

	if (!dir)
		return errno == ENOENT ? 0 : -1;
	result = read_names(f, dir);
	closedir(dir);
	if (result)
		snprintf(err, errlen, "%s: %s", f->path, strerror(-result));
	else if (f->n)
		qsort(f->names, f->n, sizeof(*f->names), by_name);
	return result;
}

static void folder_free(struct folder *f)
{
	while (f->n > 0)
		free(f->names[--f->n]);
	free(f->names);
}

/* The next path of both, or NULL behind the last. A name of @admin goes before the same name of @vendor. */
static char *take_next(struct folder *vendor, struct folder *admin)
{
	const bool v = vendor->next < vendor->n, a = admin->next < admin->n;
	const int order = !v   ? 1
			  : !a ? -1
			       : strcmp(vendor->names[vendor->next], admin->names[admin->next]);
	struct folder *from = order < 0 ? vendor : admin;
	char *path;

	if (!v && !a)
		return NULL;
	if (asprintf(&path, "%s/%s", from->path, from->names[from->next]) < 0)
		path = NULL;
	from->next++;
	if (order == 0)
		vendor->next++;
	return path;
}

static char **collect(const char *file, struct folder *vendor, struct folder *admin)
{
	char **files = calloc(vendor->n + admin->n + 2, sizeof(*files));
	size_t n = 0;

	if (!files)
		return NULL;
	/* One that is there and cannot be read is an error for the reader to tell. */
	if (access(file, F_OK) == 0 || errno != ENOENT)
		files[n++] = strdup(file);
	while ((files[n] = take_next(vendor, admin)))
		n++;
	if ((n && !files[0]) || vendor->next < vendor->n || admin->next < admin->n) {
		config_files_free(files);
		return NULL;
	}
	return files;
}

char **config_files_find(const struct config_places *places, char *err, size_t errlen)
{
	struct folder vendor = { .path = places->vendor_dir },
		      admin = { .path = places->admin_dir };
	char **files = NULL;

	if (!folder_read(&vendor, err, errlen) && !folder_read(&admin, err, errlen)) {
		files = collect(places->file, &vendor, &admin);
		if (!files)
			snprintf(err, errlen, "%s", strerror(ENOMEM));
	}
	folder_free(&vendor);
	folder_free(&admin);
	return files;
}

char **config_files_named(const char *path)
{
	char **files = calloc(2, sizeof(*files));

	if (files)
		files[0] = strdup(path);
	return files;
}

void config_files_free(char **files)
{
	for (char **f = files; f && *f; f++)
		free(*f);
	free(files);
}
