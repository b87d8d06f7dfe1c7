/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Threads that have begun a send since newcomers were kept out of the ttys of a hold, by the flight recorder.
 *
 * Such a thread is in no open that began before. Or the driver sends in its own open: by then the tty counts
 * that open, and keeps it locked (tty_open() in drivers/tty/tty_io.c), so the question who is there and the
 * hang-up meet it (hangup.h). The same holds for a character device of a driver that is known to own its files;
 * where a hold has another one, nothing is concluded from sends.
 */
#ifndef RPMSG_GUARD_HOLD_SENT_H
#define RPMSG_GUARD_HOLD_SENT_H

#include "hold/hold.h"
#include "kernel_side/flight.h"

#define SENT_MAX 64

struct sent {
	struct hold *hold;
	struct flight_mark *mark; /* NULL: nothing is known of sends */
	uint64_t since_ns;
	unsigned int looks; /* that have found sends */
	bool any;	    /* has the last one */
	int tids[SENT_MAX];
	size_t n;
};

/* When newcomers are kept out. sent_end() frees what it takes. */
void sent_begin(struct sent *s, struct hold *h);
void sent_end(struct sent *s);

/* Takes in who has sent meanwhile. */
void sent_look(struct sent *s);

bool sent_has(const struct sent *s, int tid);

#endif
