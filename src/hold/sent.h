/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Threads that have begun a send since newcomers were kept out of the ttys of a hold, by their records. Only a
 * send that waits for a buffer counts: the others (rpmsg_trysend()) may be those of an interrupt on top of the
 * thread, which may be anywhere in an open.
 *
 * Such a thread is in no open that began before. Or the driver sends in its own open: by then the tty counts
 * that open, and keeps it locked (tty_open() in drivers/tty/tty_io.c), so the question who is there and the
 * hang-up meet it (hangup.h). The same holds for a character device of a driver that is known to own its files;
 * where a hold has another one, nothing is concluded from sends.
 */
#ifndef RPMSG_GUARD_HOLD_SENT_H
#define RPMSG_GUARD_HOLD_SENT_H

#include "hold/hold.h"

struct sent {
	const struct kside *kside; /* NULL: sends say nothing */
	uint64_t since_ns;
};

/* When newcomers are kept out. */
void sent_begin(struct sent *s, const struct hold *h);

bool sent_has(const struct sent *s, int tid);

#endif
