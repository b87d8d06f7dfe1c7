/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A hook for tests: with RPMSG_GUARD_TEST in the environment a hold that comes into the state named
 * in RUN_DIR/pause-at stays there until that file has gone, and says so in RUN_DIR/paused. Whatever
 * can happen to the service then happens in that very state.
 */
#ifndef RPMSG_GUARD_HOLD_PAUSE_H
#define RPMSG_GUARD_HOLD_PAUSE_H

void pause_in_state(const char *state);

#endif
