/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Questions to /proc/kallsyms.
 */
#ifndef RPMSG_GUARD_SYSTEM_KALLSYMS_H
#define RPMSG_GUARD_SYSTEM_KALLSYMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Whether module @module has a function with @part in its name. With @module NULL (the driver is
 * built in) a function of the kernel whose name begins with @prefix is looked for.
 */
bool kallsyms_module_has(const char *module, const char *prefix, const char *part);

struct kallsyms_wanted {
	const char *name;
	bool found;	  /* the kernel or a loaded module has this function */
	uint64_t address; /* 0 when addresses are hidden */
};

/* Looks up @n functions in one reading of the list. */
void kallsyms_find(struct kallsyms_wanted *wanted, size_t n);

/*
 * A function of a name that several functions may have. Meant is the function in the same module as
 * the symbol @near_name (or in the kernel itself, as that symbol) that is closest to the symbol,
 * because the linker places together what is built in one folder.
 */
struct kallsyms_range {
	const char *name;
	uint64_t begin, end; /* @end: the next symbol; both 0 when it was not found */
};

void kallsyms_ranges(const char *near_name, struct kallsyms_range *ranges, size_t n);

/* "state_store+0x5c [remoteproc]" for a kernel text address, "0x..." when nothing is known. */
void kallsyms_describe(uint64_t address, char *buf, size_t len);

#endif
