/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a kernel function's name says about where a task was. Names are as stack traces have them;
 * what the compiler appends (".constprop.0", ".isra.0", ".cold") does not matter.
 */
#ifndef RPMSG_GUARD_OOPS_FUNCTIONS_H
#define RPMSG_GUARD_OOPS_FUNCTIONS_H

#include <stdbool.h>

enum oops_place {
	PLACE_SEND = 1 << 0,	    /* the send functions of rpmsg and virtio_rpmsg_bus */
	PLACE_SEND_INNER = 1 << 1,  /* the send functions that work on the rings and sleep */
	PLACE_GET_BUFFER = 1 << 2,  /* takes a used buffer from the transmit ring */
	PLACE_WAIT = 1 << 3,	    /* only a sender that sleeps or has slept calls it */
	PLACE_VIRTQUEUE = 1 << 4,   /* virtqueues and vrings */
	PLACE_LOCK = 1 << 5,	    /* takes a lock */
	PLACE_RECEIVE = 1 << 6,	    /* brings messages from the remote processor */
	PLACE_TEARDOWN = 1 << 7,    /* takes rpmsg or a remote processor down */
	PLACE_PROBE = 1 << 8,	    /* brings rpmsg or a remote processor up */
	PLACE_DEV_MESSAGE = 1 << 9, /* prints a message about a device */
	PLACE_TTY_WRITE = 1 << 10,
	PLACE_TTY_CLOSE = 1 << 11,
	PLACE_TTY = 1 << 12,		 /* the tty core, the two above included */
	PLACE_REPORT = 1 << 13,		 /* the machinery that prints the report itself */
	PLACE_OTHER_TRANSPORT = 1 << 14, /* rpmsg over something else than virtio */
	PLACE_GENERIC = 1 << 15,	 /* library and allocator code that anything may call */
	PLACE_INTERRUPT = 1 << 16,	 /* what is further in interrupted what is further out */
	/* Takes any virtio device down; kfree() at its end hides more. */
	PLACE_VIRTIO_REMOVE = 1 << 17,
	PLACE_HANDLE = 1 << 18, /* what else than a send works on an endpoint or a channel */
	PLACE_FILE = 1 << 19,	/* calls a driver for a program's open file */
	PLACE_TRAMPOLINE =
		1 << 20,	/* stands in the stack in place of a caller that is being traced */
	PLACE_BOTTOM = 1 << 21, /* the outermost frame of a stack */
};

/* A set of enum oops_place, empty for a function that is not known. */
unsigned int oops_places(const char *function);

/* The module of rpmsg and virtio themselves, as against a driver on top of them. */
bool oops_is_core_module(const char *module);

/* The module that @function is part of when a kernel has it built in, or NULL if not known. */
const char *oops_home_module(const char *function);

#endif
