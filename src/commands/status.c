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
#include "service/metrics.h"
#include "system/files.h"
#include "system/remoteproc.h"
#include "system/run_dir.h"

static const struct argp_option table[] = {
	{ OPTION_JSON("Print one JSON object") },
	{ "prometheus", OPTION_KEY_PROMETHEUS, NULL, 0,
	  "Print metrics in the text format of Prometheus; rpmsg_guard_up is 0 when the service is "
	  "dead or stuck",
	  0 },
	{ "quiet", 'q', NULL, 0,
	  "Print nothing; the exit status shows whether the service is running", 0 },
	{ 0 },
};

static const char doc[] =
	"Shows each remote processor: its gate, the senders inside, its counters and its last "
	"stop.\vThe command also works when the service is dead: then it shows the last status "
	"that the service wrote, and the present states.\n\n"
	"Examples:\n"
	"  rpmsg-guard status\n"
	"  rpmsg-guard status --json | jq .remoteprocs[0].gate\n"
	"  rpmsg-guard status --prometheus\n"
	"  rpmsg-guard status --quiet || echo 'nothing is guarded'\n\n"
	"Exit status: 0 the service is running, 1 the service does not answer, or you are not root, "
	"2 bad usage, 3 the service is not running.";

/* The same as of "systemctl status". */
#define STATUS_NOT_RUNNING 3

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

static int exit_status_of(int err)
{
	if (err == -ESRCH)
		return STATUS_NOT_RUNNING;
	return err ? EXIT_STATUS_FAILED : EXIT_STATUS_DONE;
}

static void say_no_answer(int err)
{
	if (err == -EACCES || err == -EPERM)
		log_error("not root; run as root (%s: %s)", CONTROL_SOCKET, strerror(-err));
	else
		log_error("the service does not answer: %s; restart it",
			  err == -EAGAIN ? "it is stuck" : strerror(-err));
}

static void print_metrics(struct json_object *status, int err)
{
	if (!err)
		metrics_print(stdout, status, METRICS_NOW, clock_wall_ms());
	/* Without the right to ask nothing is known. */
	if (err == -ESRCH || err == -EAGAIN)
		metrics_print_down(stdout);
	if (err && err != -ESRCH)
		say_no_answer(err);
}

/* Of a service that is dead, what it wrote last: then @status is another object. */
static void print(struct json_object **status, int err, bool json)
{
	if (err == -ESRCH) {
		log_error("the service is not running, so nothing is guarded; start it with \"%s\"",
			  service_start_command());
		json_object_put(*status);
		*status = last_word();
	} else if (err) {
		say_no_answer(err);
		return;
	}
	if (json)
		json_print(*status);
	else
		status_print(stdout, *status);
}

int cmd_status(int argc, char **argv)
{
	struct options options = { .takes = TAKES_NOTHING };
	struct json_object *o = NULL;
	int err;

	if (options_read(&options, table, doc, argc, argv))
		return EXIT_STATUS_USAGE;
	err = status_ask(&o);
	if (options.prometheus)
		print_metrics(o, err);
	else if (!options.quiet)
		print(&o, err, options.json);
	json_object_put(o);
	return options_end_output(exit_status_of(err));
}
