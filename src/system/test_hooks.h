/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Places in the program where the tests step in. Only the binary for the tests has these functions
 * (tests/hooks/hooks.c); in the released one each of them is NULL, to be asked before a call.
 */
#ifndef RPMSG_GUARD_SYSTEM_TEST_HOOKS_H
#define RPMSG_GUARD_SYSTEM_TEST_HOOKS_H

#include <stdbool.h>

/* Hidden, so that no library that is loaded at run time can supply them. */
#define TEST_HOOK __attribute__((weak, visibility("hidden")))

/* A hold has come into that state. Returns when the hold may go on. */
TEST_HOOK void test_pause_in_state(const char *state);

/* For how many senders the kernel side has room; 0 for as many as always. */
TEST_HOOK unsigned int test_records_max(void);

/* The look at the call of opener @tid begins. Returns when it may go on. */
TEST_HOOK void test_stay_in_look(int tid);

/* Whether no end of @function is to be seen, as when the kernel has no kretprobe instance left for it. */
TEST_HOOK bool test_misses_exits(const char *function);

/* The best source of system/sleep.h that is to be had, an enum sleep_source. */
TEST_HOOK int test_sleep_source(void);

#endif
