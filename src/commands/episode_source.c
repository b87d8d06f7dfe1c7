// SPDX-License-Identifier: GPL-2.0-only
/* Finds and reads episode files, and says why a file is no episode. */
#include "commands/episode_source.h"

#include <errno.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "commands/client.h"
#include "log/log.h"
#include "system/exit_status.h"
#include "system/files.h"
#include "system/run_dir.h"

int episode_load(const char *path, char **bytes, size_t *len)
{
	const int err = load_bytes(path, bytes, len);

	if (err)
		log_error("%s: %s", path,
			  err == -EFBIG ? "larger than 64 MiB, so it is no episode"
					: strerror(-err));
	return err ? EXIT_STATUS_USAGE : EXIT_STATUS_DONE;
}

int episode_parse(const char *path, const char *bytes, size_t len, int flags, struct recording *r)
{
	char why[256];
	const int err = recording_parse(r, bytes, len, flags, why, sizeof(why));

	if (err)
		log_error("%s: not an episode: %s",
			  strcmp(path, "-") == 0 ? "standard input" : path, why);
	if (err == -ENOMEM)
		return EXIT_STATUS_FAILED;
	return err ? EXIT_STATUS_USAGE : EXIT_STATUS_DONE;
}

/* Whether the service that has begun it is still there, and may write on. */
static bool is_going_on(const char *path, const struct recording *r)
{
	struct json_object *status;
	struct stat ready, file;
	char boot_id[64];

	if (r->ended ||
	    file_read_line("/proc/sys/kernel/random/boot_id", boot_id, sizeof(boot_id)) < 0 ||
	    strcmp(boot_id, r->boot_id) != 0)
		return false;
	/* One that has started since has not written it. */
	if (stat(READY_FILE, &ready) != 0 || stat(path, &file) != 0 ||
	    ready.st_mtim.tv_sec > file.st_mtim.tv_sec || status_ask(&status) != 0)
		return false;
	json_object_put(status);
	return true;
}

int episode_read(const char *path, struct recording *r)
{
	char *bytes;
	size_t len;
	int status = episode_load(path, &bytes, &len);

	if (status != EXIT_STATUS_DONE)
		return status;
	status = episode_parse(path, bytes, len, 0, r);
	free(bytes);
	if (status == EXIT_STATUS_DONE)
		r->going_on = is_going_on(path, r);
	return status;
}

int episodes_find(const char *directory, struct paths *files)
{
	const int err = paths_of_episodes(files, directory);

	if (err && err != -ENOENT)
		log_error("%s: %s", directory, strerror(-err));
	else if (err)
		log_error(
			"there is no folder %s: the service makes it at the first stop; --directory "
			"names another folder",
			directory);
	else if (files->n == 0)
		log_error("there is no episode in %s: the service writes one at each stop; "
			  "--directory names another folder",
			  directory);
	else
		return EXIT_STATUS_DONE;
	return EXIT_STATUS_FAILED;
}
