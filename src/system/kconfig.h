/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The options of the kernel's configuration that the levels need, in one table, and the text of such a
 * configuration.
 */
#ifndef RPMSG_GUARD_SYSTEM_KCONFIG_H
#define RPMSG_GUARD_SYSTEM_KCONFIG_H

#include <stdbool.h>
#include <stddef.h>

#include "system/features.h"

enum kconfig_value { KCONFIG_NO, KCONFIG_YES, KCONFIG_MODULE };

/* The value of @option ("CONFIG_KPROBES") in @text, the configuration of a kernel. */
enum kconfig_value kconfig_get(const char *text, const char *option);

enum kconfig_arch { KCONFIG_X86_64, KCONFIG_ARM64, KCONFIG_ARM, KCONFIG_ARCHES };

/* The features of "check" that depend on options, as bits. */
enum kconfig_feature {
	FOR_FANOTIFY = 1 << 0,
	FOR_SYMBOLS = 1 << 1,
	FOR_BPF = 1 << 2,
	FOR_KPROBES = 1 << 3,
	FOR_PROGRAMS = 1 << 4, /* BPF programs on kprobes */
	FOR_INJECTION = 1 << 5,
	FOR_OVERRIDE = 1 << 6,
	FOR_BTF = 1 << 7,
};

#define KERNEL(major, minor) ((major)*1000u + (minor))

struct kconfig_option {
	const char *name; /* without CONFIG_ */
	enum level level; /* the lowest level that needs it; LEVEL_MANUAL: no level does */
	unsigned int features;
	const char *opens;		    /* it is only there so that this option can be set */
	unsigned int since[KCONFIG_ARCHES]; /* first Linux that has what the level needs; 0: any */
	const char *gives;
};

/* In the order of the levels. */
extern const struct kconfig_option kconfig_options[];
extern const size_t kconfig_n_options;

/*
 * "enable CONFIG_A, CONFIG_B and CONFIG_C in the kernel", for a feature. The text stays, and is not for
 * several threads.
 */
const char *kconfig_remedy(enum kconfig_feature feature);

const char *kconfig_arch_name(enum kconfig_arch arch);

struct kconfig {
	char *text; /* NULL when this kernel does not tell. To be freed with kconfig_free() */
	const char *source;
	enum kconfig_arch arch;
	unsigned int version; /* KERNEL(), 0: not known */
	char release[65];
};

/* The text of /proc/config.gz, or of the file that distributions put in /boot. NULL, or to be freed. */
char *kconfig_read_text(const char **source);

/* The configuration of the running kernel. */
void kconfig_of_this_kernel(struct kconfig *k);

/*
 * That in @path: a complete ".config", compressed or not. Returns 0, or a negative errno with one line in
 * @err.
 */
int kconfig_of_file(struct kconfig *k, const char *path, char *err, size_t len);

void kconfig_free(struct kconfig *k);

#endif
