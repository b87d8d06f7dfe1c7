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

#define ENDING ".conf"

/* Not the backups of editors and of dpkg, which have another ending or begin with a dot. */
static int is_drop_in(const struct dirent *e)
{
	const size_t n = strlen(e->d_name), ending = strlen(ENDING);

	return n > ending && e->d_name[0] != '.' && strcmp(e->d_name + n - ending, ENDING) == 0;
}

/* The order must not depend on the locale, as that of alphasort() does. */
static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

struct folder {
	const char *path;
	struct dirent **names;
	int n, next;
};

static int folder_read(struct folder *f, char *err, size_t errlen)
{
	f->n = scandir(f->path, &f->names, is_drop_in, by_name);
	if (f->n >= 0)
		return 0;
	f->n = 0;
	if (errno == ENOENT)
		return 0;
	snprintf(err, errlen, "%s: %s", f->path, strerror(errno));
	return -1;
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
			       : strcmp(vendor->names[vendor->next]->d_name,
					admin->names[admin->next]->d_name);
	struct folder *from = order < 0 ? vendor : admin;
	char *path;

	if (!v && !a)
		return NULL;
	if (asprintf(&path, "%s/%s", from->path, from->names[from->next]->d_name) < 0)
		path = NULL;
	from->next++;
	if (order == 0)
		vendor->next++;
	return path;
}

static char **collect(const char *file, struct folder *vendor, struct folder *admin)
{
	char **files = calloc((size_t)vendor->n + (size_t)admin->n + 2, sizeof(*files));
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
