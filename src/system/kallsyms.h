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

struct kallsyms_function {
	char name[64];
	char module[64];     /* empty: of the kernel itself */
	uint64_t begin, end; /* @end: the next symbol */
};

/*
 * Functions that need not be the only ones of their name: of those in the same module as the symbol @name (or
 * in the kernel itself, as that) the one closest to it, because the linker places together what is built in
 * one folder.
 */
struct kallsyms_near {
	const char *name;
	struct kallsyms_function *functions;
	size_t n;
	uint64_t address; /* of @name; 0: not found, or hidden */
	char module[64];
};

/* In one reading of the list. @begin and @end of a function are 0 when it was not found. */
void kallsyms_functions_near(struct kallsyms_near *near, size_t n);

/* The function that a kernel text address is in; returns false when nothing is known. */
bool kallsyms_function_at(uint64_t address, struct kallsyms_function *out);

#endif
