// SPDX-License-Identifier: GPL-2.0-only
/*
 * Takes a tick that comes much too late for a standstill of all threads, less the time for which its thread was busy
 * itself: an event loop that has much to do is late, but does not stand still.
 */
#include "system/standstill.h"

#include <pthread.h>
#include <time.h>

#include "system/files.h"

/* So late is no tick of a thread that may run. */
#define STANDSTILL_MS 1000

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static uint64_t due_ms = UINT64_MAX, lost_ms;
/* The CPU time of the thread that ticks, and what it was at its last tick. */
static clockid_t cpu_clock;
static uint64_t cpu_ms;

static uint64_t cpu_now_ms(void)
{
	struct timespec ts = { 0 };

	clock_gettime(cpu_clock, &ts);
	return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
}

/* Since the next tick was due: another thread may wake up first. */
static uint64_t gap(uint64_t now_ms)
{
	uint64_t busy_ms;

	if (now_ms < due_ms || now_ms - due_ms <= STANDSTILL_MS)
		return 0;
	busy_ms = cpu_now_ms() - cpu_ms;
	return now_ms - due_ms > busy_ms + STANDSTILL_MS ? now_ms - due_ms - busy_ms : 0;
}

void standstill_tick(uint64_t until_ms)
{
	uint64_t now_ms;

	pthread_mutex_lock(&lock);
	now_ms = clock_ms();
	lost_ms += gap(now_ms);
	/* What has been due since long ago is no standstill: an event may ask for it just now. */
	due_ms = until_ms > now_ms ? until_ms : now_ms;
	pthread_getcpuclockid(pthread_self(), &cpu_clock);
	cpu_ms = cpu_now_ms();
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
