// SPDX-License-Identifier: GPL-2.0-only
/* Deadlines, and the one timer that goes off for the first of them. */
#include "service/agenda.h"

#include <stddef.h>
#include <sys/timerfd.h>

#include "service/notify.h"
#include "system/files.h"
#include "system/standstill.h"

#define BUSY_MS 50
#define ERRANDS_MS 1000
#define FIRST_LOOK_MS 500
#define LAST_LOOK_MS 8000
/* The status file is written no more often. */
#define SAVE_MS 200
/* With a longer gap between them, a suspend that fails (20 s) would take too long for systemd. */
#define BEATS_OF_WATCHDOG 4
#define BUSY_BEAT_MS 1000

#define NEVER UINT64_MAX

static uint64_t earlier(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static uint64_t look_due(const struct agenda *a)
{
	if (a->look_after_ms > LAST_LOOK_MS)
		return a->only_looks ? a->last_look_ms + ERRANDS_MS : NEVER;
	return a->last_look_ms + a->look_after_ms;
}

static uint64_t beat_due(const struct agenda *a, enum pace pace)
{
	if (a->beat_every_ms == NEVER)
		return NEVER;
	return a->last_beat_ms +
	       (pace == PACE_BUSY ? earlier(a->beat_every_ms, BUSY_BEAT_MS) : a->beat_every_ms);
}

static uint64_t tick_due(const struct agenda *a)
{
	/* Not at once: whoever reads the state is an errand for a moment. */
	const uint64_t since_ms = a->last_tick_ms > a->paced_ms ? a->last_tick_ms : a->paced_ms;

	return a->pace == PACE_REST ? NEVER
				    : since_ms + (a->pace == PACE_BUSY ? BUSY_MS : ERRANDS_MS);
}

static uint64_t next_due(const struct agenda *a)
{
	const uint64_t due = earlier(earlier(look_due(a), beat_due(a, a->pace)), tick_due(a));

	return a->unsaved ? earlier(due, a->last_save_ms + SAVE_MS) : due;
}

void agenda_begin(struct agenda *a, int timer_fd, bool only_looks, bool supervised)
{
	const uint64_t watchdog_ms = notify_watchdog_ms();

	*a = (struct agenda){ .timer_fd = timer_fd, .only_looks = only_looks };
	a->beat_every_ms = watchdog_ms == NEVER ? NEVER : watchdog_ms / BEATS_OF_WATCHDOG;
	if (supervised)
		a->beat_every_ms = earlier(a->beat_every_ms, HEARTBEAT_MS);
	agenda_stir(a);
}

void agenda_stir(struct agenda *a)
{
	a->look_after_ms = FIRST_LOOK_MS;
}

void agenda_set_timer(struct agenda *a, enum pace pace)
{
	struct itimerspec spec = { 0 };
	uint64_t due;

	if (pace != a->pace) {
		a->pace = pace;
		a->paced_ms = clock_ms();
	}
	due = next_due(a);
	standstill_tick(due);
	if (due == a->timer_ms)
		return;
	if (due != NEVER)
		spec.it_value = (struct timespec){ .tv_sec = (time_t)(due / 1000),
						   .tv_nsec = (long)(due % 1000) * 1000000L };
	timerfd_settime(a->timer_fd, TFD_TIMER_ABSTIME, &spec, NULL);
	a->timer_ms = due;
}

void agenda_tick(struct agenda *a, enum pace pace)
{
	a->timer_ms = 0;
	a->last_tick_ms = clock_ms();
	if (pace == PACE_BUSY)
		agenda_stir(a);
}

bool agenda_takes_look(struct agenda *a)
{
	const uint64_t now_ms = clock_ms();

	if (now_ms < look_due(a))
		return false;
	a->last_look_ms = now_ms;
	if (a->look_after_ms <= LAST_LOOK_MS)
		a->look_after_ms *= 2;
	return true;
}

bool agenda_takes_beat(struct agenda *a, enum pace pace)
{
	const uint64_t now_ms = clock_ms();

	if (now_ms < beat_due(a, pace))
		return false;
	a->last_beat_ms = now_ms;
	return true;
}

bool agenda_takes_save(struct agenda *a)
{
	const uint64_t now_ms = clock_ms();

	if (!a->unsaved || now_ms < a->last_save_ms + SAVE_MS)
		return false;
	a->unsaved = false;
	a->last_save_ms = now_ms;
	return true;
}
