// SPDX-License-Identifier: GPL-2.0-only
/* Each send, in the order in which they began, takes the first lane of its sender that is free. */
#include "timeline/lanes.h"

#include <stdlib.h>

static unsigned int take_lane(uint64_t busy_until[LANES_MAX], uint64_t start, uint64_t end)
{
	unsigned int lane = 0;

	while (lane < LANES_MAX && busy_until[lane] > start)
		lane++;
	if (lane < LANES_MAX)
		busy_until[lane] = end;
	return lane;
}

unsigned char *lanes_of(const struct recording *r, const struct findings *f)
{
	uint64_t(*busy_until)[LANES_MAX] = calloc(f->senders.n + 1, sizeof(*busy_until));
	unsigned char *lanes = calloc(r->n_sends + 1, sizeof(*lanes));

	for (size_t i = 0; busy_until && lanes && i < r->n_sends; i++)
		lanes[i] = (unsigned char)take_lane(busy_until[f->senders.of_send[i]],
						    r->sends[i].start_ns,
						    send_end(r, &f->numbers, &r->sends[i]));
	if (!busy_until) {
		free(lanes);
		lanes = NULL;
	}
	free(busy_until);
	return lanes;
}
