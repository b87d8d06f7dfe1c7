// SPDX-License-Identifier: GPL-2.0-only
/* Continues processes that were stopped for a hold, and those that have stopped along with them. */
#include "hold/park.h"

#include <signal.h>
#include <unistd.h>

#include "log/log.h"
#include "system/task.h"

/*
 * One that is stopped already is noted as well: a parent may be quicker to react to the stop of its
 * child than we are. That somebody else had stopped it before, and its child not, is rare.
 */
void park_note_ancestors(struct park_ancestors *a, int pid)
{
	struct task_stat stat;

	a->n = 0;
	if (!task_stat(pid, &stat))
		return;
	while (a->n < PARK_ANCESTORS && stat.parent > 1) {
		pid = stat.parent;
		if (!task_stat(pid, &stat))
			return;
		a->all[a->n++] = (struct park_ancestor){ pid, stat.begun_ticks };
	}
}

/*
 * By a descriptor, taken before the look: what is continued is what was seen to be stopped. @begun_ticks of
 * another one that has its number now do not fit; NULL is any.
 */
static bool continue_stopped(int pid, const uint64_t *begun_ticks)
{
	const int process = process_open(pid);
	struct task_stat stat;
	bool stopped;

	if (process < 0)
		return false;
	stopped = task_stat(pid, &stat) && stat.state == 'T' &&
		  (!begun_ticks || stat.begun_ticks == *begun_ticks) &&
		  process_signal(process, SIGCONT) == 0;
	close(process);
	return stopped;
}

void park_continue_ancestors(const struct park_ancestors *a)
{
	for (size_t i = 0; i < a->n; i++)
		if (continue_stopped(a->all[i].pid, &a->all[i].begun_ticks))
			log_debug("process %d stopped together with its child; continued",
				  a->all[i].pid);
}

bool park_continue_if_stopped(int pid)
{
	return continue_stopped(pid, NULL);
}
