// SPDX-License-Identifier: GPL-2.0-only
/* Takes from a result what a comparison needs, and takes nothing that contradicts itself. */
#include "validate/result_file.h"

#include <errno.h>
#include <json-c/json.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#define VERSION_1 1

static bool get(struct json_object *o, const char *key, enum json_type type, struct json_object **v)
{
	return json_object_object_get_ex(o, key, v) && json_object_is_type(*v, type);
}

static bool get_number(struct json_object *o, const char *key, uint64_t max, uint64_t *n)
{
	struct json_object *v;
	int64_t value;

	if (!get(o, key, json_type_int, &v))
		return false;
	value = json_object_get_int64(v);
	*n = (uint64_t)value;
	return value >= 0 && *n <= max;
}

static bool get_count(struct json_object *o, const char *key, unsigned int *n)
{
	uint64_t value;

	if (!get_number(o, key, VALIDATE_CYCLES_MAX, &value))
		return false;
	*n = (unsigned int)value;
	return true;
}

static bool get_text(struct json_object *o, const char *key, char *to, size_t len)
{
	struct json_object *v;

	if (!get(o, key, json_type_string, &v))
		return false;
	snprintf(to, len, "%s", json_object_get_string(v));
	return true;
}

static bool get_devices(struct json_object *o, struct validate_run *run)
{
	struct json_object *list, *device;

	if (!get(o, "devices", json_type_array, &list) ||
	    json_object_array_length(list) > VALIDATE_DEVICES_MAX)
		return false;
	for (size_t i = 0; i < json_object_array_length(list); i++) {
		device = json_object_array_get_idx(list, i);
		if (!json_object_is_type(device, json_type_string))
			return false;
		snprintf(run->devices[run->n_devices++], sizeof(run->devices[0]), "%s",
			 json_object_get_string(device));
	}
	return true;
}

/* Results of older versions do not have these. */
static void get_machine(struct json_object *o, struct validate_run *run)
{
	if (!get_count(o, "cpus", &run->cpus))
		run->cpus = 0;
	if (!get_text(o, "config", run->config, sizeof(run->config)))
		run->config[0] = '\0';
}

static bool take(struct json_object *o, struct validate_result *r)
{
	struct validate_run *run = &r->run;

	get_machine(o, run);
	return get_text(o, "rproc", run->rproc, sizeof(run->rproc)) &&
	       get_text(o, "device", run->device_name, sizeof(run->device_name)) &&
	       get_text(o, "kernel", run->kernel, sizeof(run->kernel)) &&
	       get_text(o, "machine", run->machine, sizeof(run->machine)) &&
	       get_text(o, "started", run->started, sizeof(run->started)) && get_devices(o, run) &&
	       get_count(o, "senders", &run->senders) && get_count(o, "cycles_done", &r->cycles) &&
	       get_count(o, "cycles_unsafe", &r->unsafe) &&
	       get_number(o, "sends", INT64_MAX, &r->sends) &&
	       get_number(o, "lost", INT64_MAX, &r->lost) && r->unsafe <= r->cycles;
}

static int read_object(struct json_object *o, struct validate_result *out)
{
	struct json_object *version;

	if (!json_object_is_type(o, json_type_object) ||
	    !get(o, "version", json_type_int, &version))
		return -EINVAL;
	if (json_object_get_int(version) != VERSION_1)
		return -EPROTONOSUPPORT;
	return take(o, out) ? 0 : -EINVAL;
}

int result_file_read(const char *path, struct validate_result *out, char *err, size_t len)
{
	FILE *f = fopen(path, "re");
	struct json_object *o;
	int status;

	memset(out, 0, sizeof(*out));
	if (!f) {
		status = -errno;
		snprintf(err, len, "%s: %s", path, strerror(-status));
		return status;
	}
	o = json_object_from_fd(fileno(f));
	fclose(f);
	status = read_object(o, out);
	json_object_put(o);
	if (status == -EPROTONOSUPPORT)
		snprintf(err, len, "%s: written by another version of rpmsg-guard", path);
	else if (status)
		snprintf(err, len,
			 "%s: not a result of \"rpmsg-guard validate --json\"; from a state file, "
			 "\"rpmsg-guard validate --verdict FILE --json\" makes one",
			 path);
	return status;
}
