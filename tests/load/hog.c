// SPDX-License-Identifier: GPL-2.0-only
/* Keeps everything but the kernel's own stopper threads off one CPU. */
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "load.h"

#define ROUND_NS 1000000ULL

static int take_cpu(int cpu)
{
	const struct sched_param param = { .sched_priority = sched_get_priority_max(SCHED_FIFO) };
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	if (sched_setaffinity(0, sizeof(one), &one) || sched_setscheduler(0, SCHED_FIFO, &param)) {
		fprintf(stderr, "rpmsg-load: CPU %d: %s\n", cpu, strerror(errno));
		return -1;
	}
	return 0;
}

void run_hog(struct worker *w)
{
	uint64_t until;

	if (take_cpu(atoi(w->opt->device))) {
		w->result = 1;
		return;
	}
	do {
		w->counters->calls++;
		for (until = now_ns() + ROUND_NS; now_ns() < until;)
			;
	} while (pause_ns(w->stop_fd, 0));
}
