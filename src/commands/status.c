// SPDX-License-Identifier: GPL-2.0-only
/* "status": what the service says, or has said last. */
#include <errno.h>
#include <fcntl.h>
#include <json-c/json.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "commands/client.h"
#include "commands/commands.h"
#include "commands/options.h"
#include "commands/status_text.h"
#include "log/log.h"
#include "log/printable.h"
#include "system/remoteproc.h"
#include "system/run_dir.h"

static const struct argp_option table[] = {
	{ OPTION_JSON("Print the JSON object that the service gives") },
	{ 0 },
};

static const char doc[] =
	"Shows the remote processors, their gates, the senders inside, counters and the last "
	"stop of each.\vIt also works when the service is dead: then it shows the last status "
	"that the service wrote, and the present states.\n\nExamples:\n  rpmsg-guard status\n  "
	"rpmsg-guard status --json | jq .remoteprocs[0].gate\n\nExit status: 0 shown (also when "
	"the service is dead), 1 the service does not answer, 2 bad usage.";

static void set_text(struct json_object *o, const char *key, const char *value)
{
	json_object_object_add(o, key, json_text(value));
}

/* What the dead service has said of senders and holds is not true any more. */
static struct json_object *refresh_one(struct json_object *status, const struct remoteproc *rp)
{
	struct json_object *o = status_remoteproc(status, rp->name);

	o = o ? json_object_get(o) : json_object_new_object();
	set_text(o, "name", rp->name);
	set_text(o, "device_name", rp->device_name);
	set_text(o, "state", remoteproc_state_name(remoteproc_state(rp)));
	json_object_object_del(o, "gate");
	json_object_object_del(o, "torn_down");
	json_object_object_del(o, "hold");
	json_object_object_del(o, "senders");
	json_object_object_del(o, "recovery");
	return o;
}

static void refresh(struct json_object *status)
{
	static struct remoteproc all[REMOTEPROC_MAX];
	const size_t n = remoteproc_list(all, REMOTEPROC_MAX);
	struct json_object *now = json_object_new_array();

	for (size_t i = 0; i < n; i++)
		json_object_array_add(now, refresh_one(status, &all[i]));
	json_object_object_add(status, "remoteprocs", now);
	set_text(status, "service", "dead");
}

static struct json_object *last_word(void)
{
	int fd = open(STATUS_FILE, O_RDONLY | O_CLOEXEC);
	struct json_object *o = NULL;

	if (fd >= 0) {
		status_read(fd, &o);
		close(fd);
	}
	if (!o) {
		o = json_object_new_object();
		json_object_object_add(o, "version", json_object_new_int(1));
	}
	refresh(o);
	return o;
}

/* Sets @status to an exit status. */
static struct json_object *get_status(int *status)
{
	struct json_object *o;
	int err = status_ask(&o);

	*status = err && err != -ESRCH ? EXIT_STATUS_FAILED : EXIT_STATUS_DONE;
	if (!err)
		return o;
	if (err == -ESRCH)
		return last_word();
	if (err == -EACCES || err == -EPERM)
		log_error("%s: %s; try as root", CONTROL_SOCKET, strerror(-err));
	else
		log_error("the service does not answer: %s",
			  err == -EAGAIN ? "it is stuck" : strerror(-err));
	return NULL;
}

int cmd_status(int argc, char **argv)
{
	struct options options = { .takes = TAKES_NOTHING };
	struct json_object *o;
	int status;

	if (options_read(&options, table, doc, argc, argv))
		return EXIT_STATUS_USAGE;
	o = get_status(&status);
	if (!o)
		return status;
	if (options.json)
		json_print(o);
	else
		status_print(stdout, o);
	json_object_put(o);
	return status;
}
