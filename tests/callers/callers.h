/* SPDX-License-Identifier: GPL-2.0-only */
/* rpmsg-caller: writes to the state of a remote processor in the ways that programs do. */
#ifndef RPMSG_CALLERS_H
#define RPMSG_CALLERS_H

#include <stdbool.h>
#include <sys/types.h>

#define EXIT_UNSUPPORTED 3

/* Where it happens. */
struct place {
	bool pid_ns, net_ns, mount_ns;
	const char *own_tty; /* a mount namespace with a /dev of its own that has just this tty */
	bool no_admin;	     /* without CAP_SYS_ADMIN */
	bool fifo;
	int cpu; /* -1: any */
	uid_t uid;
};

/*
 * place.c: puts the process there. With a pid namespace a child goes on as its process 1, and the
 * parent ends with the child's status.
 */
void enter_place(const struct place *p);

/* What is written, and with what between the open and the write. */
struct call {
	const char *file;
	const char *word; /* NULL: it is opened for reading, and nothing is written */
	const char *how;
	unsigned int keep_ms;
	const char *sender; /* a tty that another thread of this process sleeps in a write to */
};

/* The error of the two steps as positive errno; the write is not tried after a failed open. */
struct outcome {
	int open_error;
	int write_error;
	bool unsupported;
};

/* how.c */
struct outcome make_call(const struct call *c);
void print_hows(void);
void sleep_ms(unsigned int ms);

/* uring.c: the same by io_uring alone; @direct: the descriptor is in no table but the ring's. */
struct outcome call_by_uring(const struct call *c, bool direct);

/* sender.c: returns once the thread sleeps in its write. */
void start_sender(const char *tty);
int end_sender(void);

/* terminal.c: exit status */
int run_terminal(char *const command[], unsigned int limit_s);

/* journal.c: listens on @path until it is killed. */
int run_journal(const char *path);

void die(const char *what) __attribute__((noreturn));

#endif
