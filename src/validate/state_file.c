// SPDX-License-Identifier: GPL-2.0-only
/* Writes state files record by record, and reads what a kernel that died has left of one. */
#include "validate/state_file.h"

#include <errno.h>
#include <fcntl.h>
#include <json-c/json.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "log/json_write.h"

#define VERSION_1 1

/* The name of a new file is only safe with its folder. */
static int sync_folder_of(const char *path)
{
	char copy[PATH_MAX];
	int fd, err = 0;

	snprintf(copy, sizeof(copy), "%s", path);
	fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (fsync(fd) < 0)
		err = -errno;
	close(fd);
	return err;
}

static int append(int fd, struct json_line *record)
{
	char *line = json_line_end(record);
	int err = 0;

	if (!line)
		return -ENOMEM;
	errno = EIO;
	if (write(fd, line, record->len) != (ssize_t)record->len || fsync(fd) < 0)
		err = -errno;
	free(line);
	return err;
}

static int append_plan(int fd, const struct validate_run *run)
{
	struct json_line l;

	if (!json_line_begin(&l, "validation"))
		return -ENOMEM;
	json_number(&l.json, "version", VERSION_1);
	json_string(&l.json, "program", "rpmsg-guard " VERSION);
	json_string(&l.json, "rproc", run->rproc);
	json_string(&l.json, "device", run->device_name);
	json_open(&l.json, "devices", '[');
	for (size_t i = 0; i < run->n_devices; i++)
		json_string(&l.json, NULL, run->devices[i]);
	json_close(&l.json, ']');
	json_number(&l.json, "senders", run->senders);
	json_number(&l.json, "cycles", run->planned);
	json_string(&l.json, "kernel", run->kernel);
	json_string(&l.json, "machine", run->machine);
	json_string(&l.json, "config", run->config);
	json_number(&l.json, "cpus", run->cpus);
	json_string(&l.json, "boot_id", run->boot_id);
	json_string(&l.json, "started", run->started);
	return append(fd, &l);
}

static void name_file(const struct validate_run *run, char *path, size_t len)
{
	const time_t now = time(NULL);
	char when[32];
	struct tm tm;

	strftime(when, sizeof(when), "%Y%m%dT%H%M%SZ", gmtime_r(&now, &tm));
	snprintf(path, len, STATE_DIR "/validate-%s-%s.jsonl", run->rproc, when);
}

int state_file_create(const char *path, const struct validate_run *run, char *made, size_t len)
{
	int fd, err;

	if (path) {
		snprintf(made, len, "%s", path);
	} else {
		/* What fails here fails in the open, too. */
		mkdir("/var/lib", 0755);
		mkdir(STATE_DIR, 0755);
		name_file(run, made, len);
	}
	fd = open(made, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0644);
	if (fd < 0)
		return -errno;
	err = append_plan(fd, run);
	if (!err)
		err = sync_folder_of(made);
	if (!err)
		return fd;
	close(fd);
	return err;
}

int state_file_begin(int fd, size_t cycle)
{
	struct json_line l;

	if (!json_line_begin(&l, "begin"))
		return -ENOMEM;
	json_number(&l.json, "cycle", cycle);
	return append(fd, &l);
}

int state_file_result(int fd, size_t number, const struct cycle *cycle)
{
	struct json_line l;

	if (!json_line_begin(&l, "result"))
		return -ENOMEM;
	json_number(&l.json, "cycle", number);
	json_number(&l.json, "sends", cycle->sends);
	json_number(&l.json, "overlaps", cycle->overlaps);
	json_number(&l.json, "stale", cycle->stale);
	json_flag(&l.json, "oops", cycle->oops);
	json_number(&l.json, "lost", cycle->lost);
	json_number(&l.json, "stop_ms", cycle->stop_ms);
	return append(fd, &l);
}

int state_file_end(int fd, const char *reason)
{
	struct json_line l;

	if (!json_line_begin(&l, "end"))
		return -ENOMEM;
	json_string(&l.json, "reason", reason);
	return append(fd, &l);
}

static const char *string_of(struct json_object *o, const char *key)
{
	struct json_object *value;

	return json_object_object_get_ex(o, key, &value) ? json_object_get_string(value) : "";
}

static uint64_t number_of(struct json_object *o, const char *key)
{
	struct json_object *value;
	int64_t n = 0;

	if (json_object_object_get_ex(o, key, &value))
		n = json_object_get_int64(value);
	return n > 0 ? (uint64_t)n : 0;
}

static void copy_string(struct json_object *o, const char *key, char *to, size_t len)
{
	snprintf(to, len, "%s", string_of(o, key));
}

static int read_plan(struct json_object *o, struct validate_run *run)
{
	struct json_object *devices;

	if (number_of(o, "version") != VERSION_1)
		return -EPROTONOSUPPORT;
	copy_string(o, "rproc", run->rproc, sizeof(run->rproc));
	copy_string(o, "device", run->device_name, sizeof(run->device_name));
	copy_string(o, "kernel", run->kernel, sizeof(run->kernel));
	copy_string(o, "machine", run->machine, sizeof(run->machine));
	copy_string(o, "config", run->config, sizeof(run->config));
	run->cpus = (unsigned int)number_of(o, "cpus");
	copy_string(o, "boot_id", run->boot_id, sizeof(run->boot_id));
	copy_string(o, "started", run->started, sizeof(run->started));
	run->senders = (unsigned int)number_of(o, "senders");
	run->planned = (unsigned int)number_of(o, "cycles");
	if (!json_object_object_get_ex(o, "devices", &devices) ||
	    !json_object_is_type(devices, json_type_array))
		return -EINVAL;
	for (size_t i = 0; i < json_object_array_length(devices); i++) {
		if (run->n_devices == VALIDATE_DEVICES_MAX)
			return -EINVAL;
		snprintf(run->devices[run->n_devices++], sizeof(run->devices[0]), "%s",
			 json_object_get_string(json_object_array_get_idx(devices, i)));
	}
	return 0;
}

static int read_begin(struct json_object *o, struct validate_run *run)
{
	if (number_of(o, "cycle") != run->n_cycles + 1 || run->n_cycles >= VALIDATE_CYCLES_MAX)
		return -EINVAL;
	return validate_run_add(run) ? 0 : -ENOMEM;
}

static int read_result(struct json_object *o, struct validate_run *run)
{
	struct json_object *oops;
	struct cycle *cycle;

	if (run->n_cycles == 0 || number_of(o, "cycle") != run->n_cycles)
		return -EINVAL;
	cycle = &run->cycles[run->n_cycles - 1];
	cycle->finished = true;
	cycle->sends = number_of(o, "sends");
	cycle->overlaps = number_of(o, "overlaps");
	cycle->stale = number_of(o, "stale");
	cycle->oops = json_object_object_get_ex(o, "oops", &oops) && json_object_get_boolean(oops);
	cycle->lost = number_of(o, "lost");
	cycle->stop_ms = number_of(o, "stop_ms");
	return 0;
}

static int read_record(struct json_object *o, struct validate_run *run)
{
	const char *kind = string_of(o, "record");

	/* Nothing can be said of a file that does not begin with its plan. */
	if (!run->planned)
		return strcmp(kind, "validation") == 0 ? read_plan(o, run) : -EINVAL;
	if (strcmp(kind, "begin") == 0)
		return read_begin(o, run);
	if (strcmp(kind, "result") == 0)
		return read_result(o, run);
	if (strcmp(kind, "end") == 0) {
		run->ended = true;
		copy_string(o, "reason", run->reason, sizeof(run->reason));
	}
	return 0;
}

static int read_line(char *line, struct validate_run *run)
{
	struct json_object *o = json_tokener_parse(line);
	int err = -EINVAL;

	if (json_object_is_type(o, json_type_object))
		err = read_record(o, run);
	json_object_put(o);
	return err;
}

static int read_lines(FILE *f, struct validate_run *run, unsigned int *number)
{
	char *line = NULL;
	size_t room = 0;
	ssize_t n;
	int err = 0;

	while (!err && (n = getline(&line, &room, f)) > 0) {
		/* The kernel died while it was being written. */
		if (line[n - 1] != '\n')
			break;
		++*number;
		err = read_line(line, run);
	}
	if (!err && ferror(f))
		err = -errno;
	if (!err && !run->planned)
		err = -EINVAL;
	free(line);
	return err;
}

int state_file_read(const char *path, struct validate_run *run, char *err, size_t len)
{
	unsigned int number = 0;
	FILE *f = fopen(path, "re");
	int status;

	memset(run, 0, sizeof(*run));
	if (!f) {
		status = -errno;
		snprintf(err, len, "%s: %s", path, strerror(errno));
		return status;
	}
	status = read_lines(f, run, &number);
	fclose(f);
	if (status == -EINVAL)
		snprintf(err, len, "%s:%u: not a state file of 'rpmsg-guard validate'", path,
			 number);
	else if (status == -EPROTONOSUPPORT)
		snprintf(err, len,
			 "%s: written by another version of rpmsg-guard; use that "
			 "version",
			 path);
	else if (status)
		snprintf(err, len, "%s: %s", path, strerror(-status));
	return status;
}
