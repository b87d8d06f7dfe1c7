/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * When the event loop has to do what no event tells of. At rest nothing wakes the service but its watchdog.
 *
 * Looks at remote processors, drivers and modules follow each event, because what it announces may come later,
 * and events can be lost where many come. Each look waits twice as long as the one before, and behind the last
 * one only events count.
 */
#ifndef RPMSG_GUARD_SERVICE_AGENDA_H
#define RPMSG_GUARD_SERVICE_AGENDA_H

#include <stdbool.h>
#include <stdint.h>

/* A supervisor hears of the service as often, without a hold as well. */
#define HEARTBEAT_MS 2500

enum pace {
	PACE_REST,
	PACE_ERRANDS, /* something is left that can wait for a second */
	PACE_BUSY,    /* somebody waits for what no event announces */
};

/* By clock_ms(). */
struct agenda {
	int timer_fd;
	uint64_t timer_ms; /* what it is set to */
	enum pace pace;
	uint64_t paced_ms; /* since when */
	uint64_t last_tick_ms, last_look_ms, last_beat_ms, last_save_ms;
	uint64_t look_after_ms; /* behind the last look */
	uint64_t beat_every_ms; /* UINT64_MAX: nobody wants to know */
	bool only_looks;	/* there are no events of devices and modules */
	bool unsaved;		/* the status has changed since it was saved */
};

void agenda_begin(struct agenda *a, int timer_fd, bool only_looks, bool supervised);

/* Something has happened. */
void agenda_stir(struct agenda *a);

/* Sets the timer, before the loop waits. Events do not put off what is due. */
void agenda_set_timer(struct agenda *a, enum pace pace);

/* The timer has gone off. */
void agenda_tick(struct agenda *a, enum pace pace);

/* Whether it is due: then it counts as done. */
bool agenda_takes_look(struct agenda *a);
bool agenda_takes_beat(struct agenda *a, enum pace pace);
bool agenda_takes_save(struct agenda *a);

#endif
