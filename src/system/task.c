// SPDX-License-Identifier: GPL-2.0-only
#include "system/task.h"

#include <stdio.h>
#include <string.h>

#include "system/files.h"

void task_comm(int tid, char *comm)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/comm", tid);
	if (file_read_line(path, comm, 16) <= 0)
		snprintf(comm, 16, "?");
}

char task_state(int tid, uint64_t *cpu_ticks)
{
	unsigned long long user = 0, system = 0;
	char path[64], line[512], state = '\0';
	const char *p;

	snprintf(path, sizeof(path), "/proc/%d/stat", tid);
	if (file_read_line(path, line, sizeof(line)) <= 0)
		return '\0';
	/* The command name may hold anything; the last parenthesis ends it. */
	p = strrchr(line, ')');
	if (p)
		sscanf(p + 1, " %c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %llu %llu", &state,
		       &user, &system);
	if (cpu_ticks)
		*cpu_ticks = user + system;
	return state;
}

bool task_alive(int tid)
{
	const char state = task_state(tid, NULL);

	return state != 'Z' && state != 'X' && state != '\0';
}

bool task_sleeps_in(int tid, const char *const parts[])
{
	char path[64], function[128];

	snprintf(path, sizeof(path), "/proc/%d/wchan", tid);
	if (file_read_line(path, function, sizeof(function)) <= 0)
		return false;
	for (size_t i = 0; parts[i]; i++)
		if (strstr(function, parts[i]))
			return true;
	return false;
}

int task_parent(int pid)
{
	char path[64], line[512];
	const char *p;
	int parent = 0;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	if (file_read_line(path, line, sizeof(line)) <= 0)
		return 0;
	p = strrchr(line, ')');
	if (p)
		sscanf(p + 1, " %*c %d", &parent);
	return parent;
}
