/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The log lines that other programs may search for, each with its MESSAGE_ID in the journal.
 *
 * An ID never changes, and is never used again: rules in the field match it. Each has an entry in
 * packaging/systemd/rpmsg-guard.catalog and a row in docs/monitoring.md (tests/packaging/catalog).
 */
#ifndef RPMSG_GUARD_LOG_MESSAGE_IDS_H
#define RPMSG_GUARD_LOG_MESSAGE_IDS_H

/* clang-format off */
#define MESSAGE_IDS(X)                                                                             \
	/* A stop, an unbind or the removal of a module was refused. */                            \
	X(LOG_REFUSED, "1f5b3d9fa71b492b80633c831514ba8e")                                         \
	/* A stop went on with a sender inside, or a sender was seen inside during the teardown. */ \
	X(LOG_UNSAFE, "a0b8508285fb402f954ee73e6c52f811")                                          \
	/* A remote processor has crashed. */                                                      \
	X(LOG_CRASHED, "59930d469b304d35b6d2db636c688a43")                                         \
	/* It stays crashed. */                                                                    \
	X(LOG_NOT_RECOVERED, "4795158b79294a04a35066ac629d94d1")                                   \
	/* A stop failed after the teardown. */                                                    \
	X(LOG_STOP_FAILED, "0a4e2b1490c346ee8341b78eeb336a28")                                     \
	/* Something is not guarded, or not watched. */                                            \
	X(LOG_INCOMPLETE, "c97f4ab044964496bd2585055b2ad540")                                      \
	/* The instance before this one died. */                                                   \
	X(LOG_DIED, "b5c77753902040d780aa6cc22b65a1f0")
/* clang-format on */

enum log_event {
	LOG_PLAIN, /* no MESSAGE_ID */
#define X(event, id) event,
	MESSAGE_IDS(X)
#undef X
};

#endif
