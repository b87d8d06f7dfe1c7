// SPDX-License-Identifier: GPL-2.0-only
/*
 * The hooks of src/system/test_hooks.h, which only rpmsg-guard-test has. The environment says what
 * they do:
 *
 *	RPMSG_GUARD_TEST=1		a hold that comes into the state named in RUN_DIR/pause-at stays
 *					there until that file has gone, and says so in RUN_DIR/paused.
 *					Whatever can happen to the service then happens in that state.
 *					The look at an opener named in RUN_DIR/stuck-<tid> does not end
 *					while that file is there.
 *	RPMSG_GUARD_TEST_SENDERS=N	thousands of senders at a time are not to be had in a test, one
 *					too many is
 *	RPMSG_GUARD_TEST_MISSES=F	the ends of the kernel's function F are not seen
 *	RPMSG_GUARD_TEST_SLEEP=N	as if this kernel had no source better than number N of
 *					enum sleep_source
 */
#include "system/test_hooks.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "system/files.h"
#include "system/run_dir.h"

static bool is_wanted(const char *state)
{
	char wanted[64];

	return file_read_line(RUN_DIR "/pause-at", wanted, sizeof(wanted)) > 0 &&
	       strcmp(wanted, state) == 0;
}

void test_pause_in_state(const char *state)
{
	if (!getenv("RPMSG_GUARD_TEST") || !is_wanted(state))
		return;
	file_replace(RUN_DIR "/paused", state);
	while (is_wanted(state))
		pause_ms(5);
	unlink(RUN_DIR "/paused");
}

void test_stay_in_look(int tid)
{
	char path[64];

	snprintf(path, sizeof(path), RUN_DIR "/stuck-%d", tid);
	while (getenv("RPMSG_GUARD_TEST") && access(path, F_OK) == 0)
		pause_ms(5);
}

static unsigned int number(const char *name)
{
	const char *value = getenv(name);

	return value && atoi(value) > 0 ? (unsigned int)atoi(value) : 0;
}

unsigned int test_records_max(void)
{
	return number("RPMSG_GUARD_TEST_SENDERS");
}

bool test_misses_exits(const char *function)
{
	const char *missed = getenv("RPMSG_GUARD_TEST_MISSES");

	return missed && strcmp(missed, function) == 0;
}

int test_sleep_source(void)
{
	return (int)number("RPMSG_GUARD_TEST_SLEEP");
}
