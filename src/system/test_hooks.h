/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Places in the program where the tests step in. Only the binary for the tests has these functions
 * (tests/hooks/hooks.c); in the released one each of them is NULL, to be asked before a call.
 */
#ifndef RPMSG_GUARD_SYSTEM_TEST_HOOKS_H
#define RPMSG_GUARD_SYSTEM_TEST_HOOKS_H

/* For how many senders the kernel side has room; 0 for as many as always. */
unsigned int test_senders_max(void) __attribute__((weak));

#endif
