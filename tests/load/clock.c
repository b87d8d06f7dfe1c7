// SPDX-License-Identifier: GPL-2.0-only
#include <poll.h>
#include <time.h>

#include "load.h"

bool pause_ns(int stop_fd, uint64_t ns)
{
	struct pollfd p = { .fd = stop_fd, .events = POLLIN };
	struct timespec t = { .tv_sec = ns / 1000000000, .tv_nsec = ns % 1000000000 };

	return ppoll(&p, 1, &t, NULL) <= 0;
}
