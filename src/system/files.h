/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reading and replacing small files of proc, sysfs and /run.
 */
#ifndef RPMSG_GUARD_SYSTEM_FILES_H
#define RPMSG_GUARD_SYSTEM_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Reads the first line of @path without its newline into @buf, always terminated. Returns its
 * length or a negative errno.
 */
int file_read_line(const char *path, char *buf, size_t len);

/* Replaces @path by @text in one step (temporary file and rename). Returns 0 or negative errno. */
int file_replace(const char *path, const char *text);

/* Milliseconds and nanoseconds of CLOCK_MONOTONIC, the clock of bpf_ktime_get_ns(). */
uint64_t clock_ms(void);
uint64_t clock_ns(void);

/* Sleeps between two looks at a condition that no descriptor announces. */
void pause_ms(unsigned int ms);

/*
 * The state letter of thread @tid as /proc/<tid>/stat has it, and its CPU time in ticks of USER_HZ
 * if @cpu_ticks is not NULL; '\0' when it has gone.
 */
char task_state(int tid, uint64_t *cpu_ticks);

/* Whether @tid is there and has not ended: kill() also finds those that nobody has waited for. */
bool task_alive(int tid);

/* The command name of thread or process @tid, "?" when it is gone; @comm holds 16 bytes. */
void task_comm(int tid, char *comm);

#endif
