/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Says of a kernel log whether it shows the rpmsg shutdown race: a remote processor that was
 * stopped under a sender. The log may be dmesg's output, a console's capture, a pstore dump or
 * what the journal prints, of x86, arm, arm64 or riscv kernels, however damaged.
 *
 * All texts of a verdict are printable ASCII; nothing in a log gets to a terminal through them.
 */
#ifndef RPMSG_GUARD_OOPS_OOPS_H
#define RPMSG_GUARD_OOPS_OOPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define OOPS_EVIDENCE_MAX 16
#define OOPS_ADVICE_MAX 6
#define OOPS_OTHERS_MAX 16

enum oops_answer {
	OOPS_ANSWER_RACE,	/* this race */
	OOPS_ANSWER_OTHER,	/* another oops */
	OOPS_ANSWER_NONE,	/* no oops */
	OOPS_ANSWER_UNREADABLE, /* not a kernel log at all */
};

enum oops_variant {
	OOPS_VARIANT_NONE,
	OOPS_VARIANT_IN_FLIGHT,	 /* a sender was inside while the rings went */
	OOPS_VARIANT_SLEEPER,	 /* a sender slept on the full ring and woke after the teardown */
	OOPS_VARIANT_STALE,	 /* a send, or another use, of a handle that was freed before */
	OOPS_VARIANT_ERROR_PATH, /* a driver reports a failed send through a freed device */
	OOPS_VARIANT_CLOSE,	 /* a descriptor is closed after the driver's port was freed */
};

enum oops_confidence {
	OOPS_CONFIDENCE_NONE, /* there is no race to be sure of */
	OOPS_CONFIDENCE_LOW,
	OOPS_CONFIDENCE_MEDIUM,
	OOPS_CONFIDENCE_HIGH,
};

/* How the remote processor went down, as far as the log says. */
enum oops_path {
	OOPS_PATH_UNKNOWN,
	OOPS_PATH_SYSFS,    /* a write to its "state" */
	OOPS_PATH_CDEV,	    /* /dev/remoteprocN */
	OOPS_PATH_RECOVERY, /* it crashed */
	OOPS_PATH_UNBIND,   /* its driver was unbound or removed */
	OOPS_PATH_CHANNEL,  /* only a channel went: the remote processor withdrew it */
};

struct oops_evidence {
	int weight; /* what it adds to the score, below 0 when it speaks against the race */
	char text[160];
	unsigned long line; /* of the log, from 1; 0 when it is not about one line */
	char quote[160];    /* that line without its prefixes, cut to fit */
};

struct oops_other {
	unsigned long line;
	bool race; /* looks like this race, too */
	char what[200];
};

struct oops_verdict {
	enum oops_answer answer;
	enum oops_variant variant;
	enum oops_confidence confidence;
	enum oops_path path;
	char summary[320];  /* one sentence */
	char what[200];	    /* the oops itself: what happened where; empty when there is none */
	unsigned long line; /* where it begins; 0 when there is none */

	/* Empty, or -1, when the log does not say. */
	char driver[64]; /* module on top of rpmsg, or the function that sent */
	char sender[64]; /* function that called rpmsg */
	char comm[32];
	long pid;
	char cpu[8];
	char kernel[96];
	char hardware[96];
	bool has_address;
	uint64_t address;
	bool has_since_stop;
	bool aftermath; /* not this race itself, but probably of the memory that it left broken */
	double since_stop; /* seconds from the stop's end to the oops; below 0: during the stop */

	struct oops_evidence evidence[OOPS_EVIDENCE_MAX];
	size_t n_evidence;
	char advice[OOPS_ADVICE_MAX][240];
	size_t n_advice;
	struct oops_other others[OOPS_OTHERS_MAX]; /* what else is in the log */
	size_t n_others;
	unsigned long more; /* others that are not listed */

	unsigned long lines; /* of the input */
	uint64_t bytes;
};

struct oops_decoder;

/* NULL when there is no memory. To be freed with oops_decoder_free(), which takes NULL, too. */
struct oops_decoder *oops_decoder_new(void);
void oops_decoder_free(struct oops_decoder *decoder);

/* Takes a log piece by piece, of any size and in constant memory. */
void oops_decoder_feed(struct oops_decoder *decoder, const void *bytes, size_t len);

/* Ends the log. 0, or -ENOMEM when memory ran out on the way. Nothing may be fed afterwards. */
int oops_decoder_finish(struct oops_decoder *decoder, struct oops_verdict *verdict);

/* All that can be read from @fd. 0 or a negative errno of read(2) or of the above. */
int oops_decode_fd(int fd, struct oops_verdict *verdict);

/* "in-flight", "woken-sleeper", ...; "-" for none. Part of the JSON output: never changed. */
const char *oops_variant_name(enum oops_variant variant);
const char *oops_confidence_name(enum oops_confidence confidence);
const char *oops_path_name(enum oops_path path);

#endif
