/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An episode as it was recorded: docs/episode-format.md says what its parts mean. Strings are clean
 * (see pool_clean()) and never NULL; "" is one that was not recorded.
 */
#ifndef RPMSG_GUARD_TIMELINE_READ_H
#define RPMSG_GUARD_TIMELINE_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "timeline/names.h"

/* More is no episode: the service keeps all of them below a fraction of it. */
#define RECORDING_BYTES_MAX (64u << 20)
#define RECORDING_LINE_MAX (64u << 10)

/* Longer strings are cut and end in "...". */
#define POOL_STRING_MAX 1024

/* Each string is kept once. All zero is an empty one. */
struct pool {
	void *tree;
};

/*
 * The @len bytes at @bytes as printable() leaves them: strings are cleaned where they are read, so that
 * no renderer has to think of what others chose to call themselves. NULL when there is no memory. Valid
 * until pool_free().
 */
const char *pool_clean(struct pool *pool, const char *bytes, size_t len);
void pool_free(struct pool *pool);

struct recorded_task {
	int64_t pid, tid; /* -1 when not recorded */
	const char *comm;
};

struct recorded_event {
	uint64_t t_ns;
	size_t place;		  /* in the file */
	enum timeline_event kind; /* TL_EVENTS: of a later version */
	const char *name;
	struct recorded_task task;
	const char *endpoint, *channel, *origin, *device, *text;
	int64_t senders; /* -1 when not recorded */
};

struct recorded_send {
	uint64_t start_ns, end_ns;
	bool ended;
	struct recorded_task task;
	const char *function, *endpoint, *channel;
	enum timeline_send result;
	bool has_value;
	int64_t value;
};

struct recorded_loss {
	uint64_t t_ns;
	enum timeline_loss kind; /* TL_LOSSES: of a later version */
	const char *what;
	uint64_t count;
};

struct recorded_end {
	uint64_t t_ns;
	enum timeline_result kind; /* TL_RESULTS: of a later version */
	enum timeline_cause cause; /* TL_CAUSES: the same; from the reason where none is recorded */
	const char *result, *reason, *cause_name;
	bool has_held;
	uint64_t held_ns;
	uint64_t refused, dropped, ejected, unsafe_overlaps;
	bool complete;
};

struct recording {
	const char *program, *id, *rproc, *device, *action, *request, *level;
	const char *kernel, *machine, *boot_id, *started;
	enum timeline_action action_kind; /* TL_ACTIONS: of a later version, or not recorded */
	enum level level_kind;		  /* LEVEL_AUTO: the same */
	struct recorded_task caller;	  /* pid -1: the service itself */
	bool has_started_ns;
	uint64_t started_ns;

	/* In order of their times, a send by its start. */
	struct recorded_event *events;
	size_t n_events;
	struct recorded_send *sends; /* each once, as it was known last */
	size_t n_sends;
	struct recorded_loss *losses;
	size_t n_losses;
	bool ended;    /* there is an end; without one the kernel or the service died, unless */
	bool going_on; /* whoever has loaded it knows that its service lives */
	struct recorded_end end;

	bool salvaged;	  /* read with RECORDING_SALVAGE */
	bool headless;	  /* the first line is missing (persistent memory has overwritten it) */
	bool cut_line;	  /* the last line stops in the middle */
	size_t n_garbled; /* lines that could not be understood, with RECORDING_SALVAGE */
	struct pool pool;
};

/* Take what is there: the beginning may be missing, lines may be damaged. */
#define RECORDING_SALVAGE 1

/*
 * Reads the @len bytes at @bytes. Returns 0, or -EINVAL or -ENOMEM with the reason in @why, "line
 * 3: ..." where it is that of a line. recording_free() in either case.
 */
int recording_parse(struct recording *r, const char *bytes, size_t len, int flags, char *why,
		    size_t why_len);
void recording_free(struct recording *r);

/*
 * For read.c: adds what the object of one line says to @r; a record of an unknown kind adds nothing.
 * Returns 0, -EINVAL with the reason in @why, or -ENOMEM.
 */
struct json_object;
int record_add(struct recording *r, struct json_object *o, char *why, size_t why_len);

/* For one whose first line is missing: what the episode's id tells of it. 0 or -ENOMEM. */
int recording_name(struct recording *r, const char *id);

#endif
