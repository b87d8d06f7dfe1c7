// SPDX-License-Identifier: GPL-2.0-only
/* /sys/module/<name>, and what /proc tells of a thread that removes a module. */
#include "system/module.h"

#include <dirent.h>
#include <errno.h>
#include <elf.h>
#include <linux/capability.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/uio.h>

#include "system/creds.h"
#include "system/files.h"
#include "system/task.h"

/* The modules that need this one; each of them has one reference. */
static int dependents(const char *name)
{
	char path[96];
	const struct dirent *entry;
	int n = 0;
	DIR *dir;

	snprintf(path, sizeof(path), "/sys/module/%.55s/holders", name);
	dir = opendir(path);
	if (!dir)
		return 0;
	while ((entry = readdir(dir)))
		n += entry->d_name[0] != '.';
	closedir(dir);
	return n;
}

/* False without such a module, or such a file. */
static bool read_count(const char *name, long *count)
{
	char path[96], line[32];

	snprintf(path, sizeof(path), "/sys/module/%.55s/refcnt", name);
	if (!name[0] || file_read_line(path, line, sizeof(line)) <= 0)
		return false;
	*count = strtol(line, NULL, 10);
	return true;
}

enum module_use module_use(const char *name, bool forced)
{
	long count;

	if (!read_count(name, &count))
		return MODULE_ABSENT;
	if (count <= 0)
		return MODULE_IDLE;
	/* With a dependent the kernel does not even look whether it is to be forced. */
	return forced && !dependents(name) ? MODULE_IDLE : MODULE_IN_USE;
}

int module_references(const char *module)
{
	long count;

	if (!read_count(module, &count))
		return -1;
	count -= dependents(module);
	return count > 0 ? (int)count : 0;
}

bool module_removal_allowed(pid_t tid)
{
	return thread_has_power(tid, CAP_SYS_MODULE);
}

/* Which register has the number of the system call, by NT_PRSTATUS, and the number of delete_module(). */
#if defined(__x86_64__)
enum { CALL_AT = 15, CALL = 176, CALL_AT_32 = 11, CALL_32 = 129 };
#else
enum { CALL_AT = 8, CALL = 106, CALL_AT_32 = 7, CALL_32 = 129 };
#endif

/* All registers of a program of 32 bits are in fewer bytes. */
#define REGISTERS_32 (18 * sizeof(uint32_t))

static bool has_call(pid_t tid)
{
	union {
		uint64_t full[64];
		uint32_t half[128];
	} registers = { 0 };
	struct iovec iov = { &registers, sizeof(registers) };

	if (ptrace(PTRACE_GETREGSET, tid, (void *)NT_PRSTATUS, &iov) < 0)
		return false;
	if (iov.iov_len <= REGISTERS_32)
		return registers.half[CALL_AT_32] == CALL_32;
	return registers.full[CALL_AT] == CALL;
}

/* Seized, a stopped thread executes nothing. Not to be seized: a debugger has it, which must have that right, too. */
enum removal_right module_removal_right(pid_t tid)
{
	bool shown;

	/* Of others no lock is taken. */
	if (!module_removal_allowed(tid))
		return REMOVAL_RIGHT_NONE;
	if (!task_is_stopped(tid))
		return REMOVAL_RIGHT_UNKNOWN;
	if (ptrace(PTRACE_SEIZE, tid, NULL, NULL) < 0)
		return errno == EPERM ? REMOVAL_RIGHT_SHOWN : REMOVAL_RIGHT_UNKNOWN;
	shown = has_call(tid) && module_removal_allowed(tid);
	ptrace(PTRACE_DETACH, tid, NULL, NULL);
	return shown ? REMOVAL_RIGHT_SHOWN : REMOVAL_RIGHT_UNKNOWN;
}

/*
 * By its registers: on arm64 /proc/<tid>/syscall does not know the call any more (forget_syscall()
 * in do_signal()). A thread that is stopped stays so, during this look and after it.
 */
bool module_removal_stopped(pid_t tid)
{
	bool found;

	if (!task_is_stopped(tid) || ptrace(PTRACE_SEIZE, tid, NULL, NULL) < 0)
		return false;
	found = has_call(tid);
	ptrace(PTRACE_DETACH, tid, NULL, NULL);
	return found;
}
