// SPDX-License-Identifier: GPL-2.0-only
/* Keeps a list of the episodes in a directory, so that it is read once only. */
#include "timeline/store_dir.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "timeline/names.h"

#define FORM "00000000T000000Z-"
#define FORM_LEN (sizeof(FORM) - 1)

/* Results are looked up for so many of the newest ones. */
#define KNOWN_RESULTS 8
/* The last line is shorter than this. */
#define TAIL 4096

/* "20261123T071203Z-...": whatever else lies there is not ours to count or to remove. */
static bool is_id(const char *name, size_t len)
{
	static const char form[] = FORM;

	if (len <= FORM_LEN || len >= EPISODE_ID_MAX)
		return false;
	for (size_t i = 0; i < FORM_LEN; i++)
		if (form[i] == '0' ? !isdigit((unsigned char)name[i]) : name[i] != form[i])
			return false;
	return true;
}

static bool is_episode(const char *name, char *id)
{
	const size_t len = strlen(name), suffix = strlen(EPISODE_SUFFIX);

	if (len <= suffix || strcmp(name + len - suffix, EPISODE_SUFFIX) != 0 ||
	    !is_id(name, len - suffix))
		return false;
	memcpy(id, name, len - suffix);
	id[len - suffix] = '\0';
	return true;
}

static unsigned long number_of(const struct store_entry *entry)
{
	return strtoul(strrchr(entry->id, '-') + 1, NULL, 10);
}

static int by_age(const void *a, const void *b)
{
	const struct store_entry *one = a, *other = b;
	const int later = strncmp(one->id, other->id, FORM_LEN);

	if (later)
		return later;
	return (number_of(one) > number_of(other)) - (number_of(one) < number_of(other));
}

static void take_result(const char *line, char *result, size_t len)
{
	struct json_object *o = json_tokener_parse(line), *value = NULL;

	if (json_object_object_get_ex(o, "record", &value) &&
	    strcmp(json_object_get_string(value), "end") == 0 &&
	    json_object_object_get_ex(o, "result", &value))
		snprintf(result, len, "%s", json_object_get_string(value));
	json_object_put(o);
}

/* The last line says it, if there is one. */
static void read_result(const char *path, struct store_entry *entry)
{
	const off_t from = entry->bytes > TAIL ? (off_t)(entry->bytes - TAIL) : 0;
	char file[4096], tail[TAIL + 1], *line;
	ssize_t n;
	int fd;

	snprintf(file, sizeof(file), "%s/%s" EPISODE_SUFFIX, path, entry->id);
	fd = open(file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	n = fd >= 0 ? pread(fd, tail, TAIL, from) : -1;
	if (fd >= 0)
		close(fd);
	if (n <= 0 || tail[n - 1] != '\n')
		return;
	tail[n - 1] = '\0';
	line = strrchr(tail, '\n');
	take_result(line ? line + 1 : tail, entry->result, sizeof(entry->result));
}

void store_dir_read(struct store_dir *d, const char *path)
{
	const struct dirent *file;
	char id[EPISODE_ID_MAX];
	struct stat st;
	DIR *dir;

	memset(d, 0, sizeof(*d));
	dir = opendir(path);
	if (!dir)
		return;
	while ((file = readdir(dir))) {
		if (!is_episode(file->d_name, id) ||
		    fstatat(dirfd(dir), file->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
		    !S_ISREG(st.st_mode) || !store_dir_add(d, id))
			continue;
		d->entries[d->n - 1].writing = false;
		d->entries[d->n - 1].bytes = (uint64_t)st.st_size;
	}
	closedir(dir);
	if (d->n)
		qsort(d->entries, d->n, sizeof(d->entries[0]), by_age);
	for (size_t i = d->n > KNOWN_RESULTS ? d->n - KNOWN_RESULTS : 0; i < d->n; i++)
		read_result(path, &d->entries[i]);
}

void store_dir_free(struct store_dir *d)
{
	free(d->entries);
	memset(d, 0, sizeof(*d));
}

unsigned long store_dir_next_number(const struct store_dir *d)
{
	unsigned long highest = 0, number;

	for (size_t i = 0; i < d->n; i++) {
		number = number_of(&d->entries[i]);
		/* A number that somebody made up must not make ours wrap. */
		if (number > highest && number < 1000000000UL)
			highest = number;
	}
	return highest + 1;
}

bool store_dir_add(struct store_dir *d, const char *id)
{
	struct store_entry *more;

	if (d->n == d->room) {
		more = realloc(d->entries, (d->room + 64) * sizeof(*more));
		if (!more)
			return false;
		d->entries = more;
		d->room += 64;
	}
	d->entries[d->n] = (struct store_entry){ .writing = true };
	snprintf(d->entries[d->n].id, EPISODE_ID_MAX, "%s", id);
	d->n++;
	return true;
}

struct store_entry *store_dir_find(const struct store_dir *d, const char *id)
{
	for (size_t i = d->n; i > 0; i--)
		if (strcmp(d->entries[i - 1].id, id) == 0)
			return &d->entries[i - 1];
	return NULL;
}

static void remove_at(struct store_dir *d, size_t i)
{
	d->n--;
	memmove(&d->entries[i], &d->entries[i + 1], (d->n - i) * sizeof(d->entries[0]));
}

void store_dir_remove(struct store_dir *d, const char *id)
{
	const struct store_entry *entry = store_dir_find(d, id);

	if (entry)
		remove_at(d, (size_t)(entry - d->entries));
}

bool store_dir_take_surplus(struct store_dir *d, size_t max, uint64_t size, char *id)
{
	uint64_t bytes = 0;
	size_t i = 0;

	for (size_t k = 0; k < d->n; k++)
		bytes += d->entries[k].bytes;
	if (d->n <= max && bytes <= size)
		return false;
	while (i < d->n && d->entries[i].writing)
		i++;
	if (i == d->n)
		return false;
	memcpy(id, d->entries[i].id, EPISODE_ID_MAX);
	remove_at(d, i);
	return true;
}
