/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the tests of reports share: an episode of tests/data/episodes, or one of their own, read and
 * judged, what each of those means, and what a renderer makes of it. One is open at a time.
 */
#ifndef TESTS_UNIT_EPISODES_H
#define TESTS_UNIT_EPISODES_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <errno.h>
#include <json-c/json.h>
#include <unistd.h>

#include "timeline/axis.h"
#include "timeline/describe.h"
#include "timeline/load.h"
#include "timeline/render.h"
#include "timeline/steps.h"

#define DATA "tests/data/episodes/"
#define HEAD                                                                                       \
	"{\"record\":\"episode\",\"version\":1,\"id\":\"i-remoteproc0-1\",\"rproc\":"              \
	"\"remoteproc0\"}\n"

static struct recording r;
static struct findings f;
static char why[256];

static inline void forget(void)
{
	findings_free(&f);
	recording_free(&r);
}

static inline int parse(const char *bytes, size_t len, int flags)
{
	int err;

	forget();
	why[0] = '\0';
	err = recording_parse(&r, bytes, len, flags, why, sizeof(why));
	if (!err)
		assert_int_equal(findings_of(&f, &r), 0);
	return err;
}

static inline void open_episode(const char *name)
{
	char path[256], *bytes;
	size_t len;

	snprintf(path, sizeof(path), DATA "%s" EPISODE_SUFFIX, name);
	assert_int_equal(load_bytes(path, &bytes, &len), 0);
	if (parse(bytes, len, 0) != 0)
		fail_msg("%s: %s", path, why);
	free(bytes);
}

enum form { TEXT, JSON, HTML, PERFETTO };

static inline char *render(enum form form)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	assert_non_null(out);
	if (form == TEXT)
		render_text(out, &r, &f, false, true);
	else if (form == JSON)
		render_json(out, &r, &f);
	else if (form == HTML)
		render_html(out, &r, &f);
	else
		assert_int_equal(render_perfetto(out, &r, &f), 0);
	fclose(out);
	assert_int_equal(strlen(text), len);
	return text;
}

/* ---- what is in a JSON object ---- */

static inline const char *text_in(struct json_object *o, const char *key)
{
	struct json_object *value;

	return json_object_object_get_ex(o, key, &value) ? json_object_get_string(value) : "";
}

static inline double number_in(struct json_object *o, const char *key)
{
	struct json_object *value;

	if (!json_object_object_get_ex(o, key, &value))
		fail_msg("no \"%s\" in %s", key, json_object_to_json_string(o));
	assert_true(json_object_is_type(value, json_type_int) ||
		    json_object_is_type(value, json_type_double));
	return json_object_get_double(value);
}

static inline bool has(struct json_object *o, const char *key)
{
	return json_object_object_get_ex(o, key, NULL);
}

static const struct {
	const char *name;
	enum outcome outcome;
	enum grade grade;
	uint64_t overlaps, refused, ejected;
	const char *meaning, *next;
} expected[] = {
	{ "live-stop", OUTCOME_SAFE, GRADE_GOOD, 0, 7, 0, "waited 35.4 ms; 7 sends were refused.",
	  "" },
	{ "hung-ejected", OUTCOME_SAFE, GRADE_GOOD, 0, 0, 3,
	  "3 blocked senders were ejected (full ring)", "firmware" },
	{ "refused-open-descriptor", OUTCOME_REFUSED, GRADE_ATTENTION, 0, 0, 0,
	  "/dev/ttyRPMSG30 to be closed by datalogger[1501]", "close the tty" },
	{ "refused-crowd", OUTCOME_REFUSED, GRADE_ATTENTION, 0, 2210, 0, "/dev/rpmsg_pru30",
	  "the device" },
	{ "unsafe-overlap", OUTCOME_UNSAFE, GRADE_BAD, 1, 41, 0,
	  "1 send was inside while a virtqueue of remoteproc0 was deleted "
	  "(inkernel_sender (pid 3007))",
	  "Restart this machine" },
	{ "cut-off", OUTCOME_CUT_OFF, GRADE_BAD, 2, 0, 0,
	  "Inside a send at that time: python3 (pid 812), datalogger (pid 901)",
	  "rpmsg-guard decode" },
	{ "cut-off-in-hold", OUTCOME_CUT_OFF, GRADE_BAD, 0, 0, 0,
	  "Last seen inside a send: python3 (pid 812)", "journalctl -u rpmsg-guard" },
	{ "incomplete", OUTCOME_SAFE, GRADE_ATTENTION, 0, 2251, 0, "18248 entries were lost",
	  "got no CPU time" },
	{ "crash-recovery", OUTCOME_SAFE, GRADE_GOOD, 0, 0, 1, "It was held 21.8 ms", "firmware" },
	{ "many-sends", OUTCOME_SAFE, GRADE_GOOD, 0, 11902, 0, "11902 sends were refused", "" },
	{ "vm-hung-ejected", OUTCOME_SAFE, GRADE_GOOD, 0, 31, 1, "waited 200 ms", "firmware" },
	{ "vm-crash-recovery", OUTCOME_SAFE, GRADE_GOOD, 0, 0, 0, "It was held 21.5 ms", "" },
	{ "vm-kernel-shutdown", OUTCOME_SAFE, GRADE_GOOD, 0, 2, 0, "No caller had to wait", "" },
	{ "userspace", OUTCOME_SAFE, GRADE_GOOD, 0, 0, 0,
	  "at level userspace the guard does not see other senders", "rpmsg-guard check" },
	{ "not-carried-out", OUTCOME_NOT_DONE, GRADE_ATTENTION, 0, 0, 0, "the file was closed",
	  "write_timeout" },
	{ "given-up", OUTCOME_NOT_DONE, GRADE_ATTENTION, 0, 0, 0, "sh[91] has gone",
	  "Ask for the stop again" },
	{ "failed", OUTCOME_FAILED, GRADE_ATTENTION, 0, 0, 0, "Device or resource busy",
	  "reason in the log of the kernel" },
	{ "hostile-names", OUTCOME_REFUSED, GRADE_ATTENTION, 0, 0, 0, "waited in vain",
	  "close the tty" },
};

#define N_EXPECTED (sizeof(expected) / sizeof(expected[0]))

static inline int teardown(void **state)
{
	(void)state;
	forget();
	return 0;
}

#endif
