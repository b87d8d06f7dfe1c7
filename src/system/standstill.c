// SPDX-License-Identifier: GPL-2.0-only
/* Takes a long gap between the ticks of one thread for a standstill of all. */
#include "system/standstill.h"

#include <pthread.h>

#include "system/files.h"

/* Twice what ticks are apart at most. */
#define STANDSTILL_MS 2000

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static uint64_t last_tick_ms, lost_ms;

/* Since the last tick: another thread may wake up first. */
static uint64_t gap(uint64_t now_ms)
{
	const uint64_t ms = last_tick_ms ? now_ms - last_tick_ms : 0;

	return ms > STANDSTILL_MS ? ms : 0;
}

void standstill_tick(void)
{
	uint64_t now_ms;

	pthread_mutex_lock(&lock);
	now_ms = clock_ms();
	lost_ms += gap(now_ms);
	last_tick_ms = now_ms;
	pthread_mutex_unlock(&lock);
}

uint64_t standstill_ms(void)
{
	uint64_t ms;

	pthread_mutex_lock(&lock);
	ms = lost_ms + gap(clock_ms());
	pthread_mutex_unlock(&lock);
	return ms;
}
