// SPDX-License-Identifier: GPL-2.0-only
/* Prints the rate of this machine's time stamp counter in kHz. */
#include <stdio.h>
#include <time.h>
#include <x86intrin.h>

#define MEASURE_NS 200000000ULL

struct moment {
	unsigned long long ns, ticks;
};

static struct moment now(void)
{
	struct moment m;
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC_RAW, &t);
	m.ticks = __rdtsc();
	m.ns = t.tv_sec * 1000000000ULL + t.tv_nsec;
	return m;
}

int main(void)
{
	struct moment begin = now(), end;

	do
		end = now();
	while (end.ns - begin.ns < MEASURE_NS);
	printf("%llu\n", (end.ticks - begin.ticks) * 1000000 / (end.ns - begin.ns));
	return 0;
}
