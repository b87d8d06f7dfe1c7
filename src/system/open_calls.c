// SPDX-License-Identifier: GPL-2.0-only
/* Numbers and arguments of open() and its relatives. */
#include "system/open_calls.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>

/*
 * The numbers of every ABI that a 64-bit kernel may serve, in one table (a program of 32 bits may run on
 * one, too): /proc/<tid>/syscall does not
 * say which ABI the number belongs to. That is no loss, because none of these numbers is a call
 * that can block in an open under the other ABI.
 */
static const struct call {
	long number;
	int flags_argument; /* -1: creat(), which always writes; -2: openat2() */
} open_calls[] = {
#if defined(__x86_64__)
	{ 2, 1 },   /* x86_64 open */
	{ 257, 2 }, /* x86_64 openat */
	{ 85, -1 }, /* x86_64 creat */
	{ 295, 2 }, /* i386 openat */
#else
	{ 56, 2 },  /* arm64 and other generic ABIs: openat */
	{ 322, 2 }, /* arm openat */
#endif
	{ 5, 1 },    /* i386 and arm open */
	{ 8, -1 },   /* i386 and arm creat */
	{ 437, -2 }, /* openat2, the same everywhere */
};

static const struct call *find_call(long number)
{
	for (size_t i = 0; i < sizeof(open_calls) / sizeof(open_calls[0]); i++)
		if (open_calls[i].number == number)
			return &open_calls[i];
	return NULL;
}

bool open_call_parse(const char *line, struct open_call *out)
{
	const struct call *call;
	uint64_t args[6];
	long number;
	bool at;

	if (sscanf(line, "%ld %" SCNx64 " %" SCNx64 " %" SCNx64 " %" SCNx64 " %" SCNx64 " %" SCNx64,
		   &number, &args[0], &args[1], &args[2], &args[3], &args[4], &args[5]) != 7)
		return false;
	call = find_call(number);
	if (!call)
		return false;
	at = call->flags_argument == 2 || call->flags_argument == -2;
	out->path = args[at ? 1 : 0];
	out->dirfd = at ? (int)args[0] : AT_FDCWD;
	out->how_in_memory = call->flags_argument == -2;
	out->flags = call->flags_argument == -1 ? O_WRONLY
		     : out->how_in_memory	? args[2]
						: args[call->flags_argument];
	return true;
}
