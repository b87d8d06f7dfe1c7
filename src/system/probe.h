/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The questions to the kernel, and why an answer is no.
 *
 * Every question is asked by doing the thing with something harmless, never by looking at a version:
 * vendors' kernels carry patches from everywhere. The versions named here are those of the kernel
 * that brought the feature.
 *
 * For features.c, which knows what follows from the answers, and probe_bpf.c.
 */
#ifndef RPMSG_GUARD_SYSTEM_PROBE_H
#define RPMSG_GUARD_SYSTEM_PROBE_H

#include <stdbool.h>
#include <stddef.h>

#include "system/kallsyms.h"
#include "system/kconfig.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

#define AS_ROOT "run as root, outside of any container"

/* A function that every kernel has and that is not called while we look. */
#define QUIET_FUNCTION "kernel_restart"

/* Functions that are looked up, see probe.c. */
#define PROBE_WITNESSES 11

struct probe {
	char *kconfig; /* NULL when the kernel does not tell */
	struct kallsyms_wanted symbols[PROBE_WITNESSES];
	char *reason;
	size_t reason_len;
	const char *remedy;
};

/* Looks up once what all probes need to know of the kernel. kconfig is to be freed. */
void probe_read_kernel(struct probe *p);

/* Only the functions, for a kernel that does not tell its configuration. */
void probe_read_functions(struct probe *p);

/* Only for functions that probe.c looks up. */
bool probe_has_function(const struct probe *p, const char *name);

void probe_say(struct probe *p, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

enum verdict { SET, NOT_SET, SUSPECT };

enum verdict probe_judge(const struct probe *p, const char *option);

/* Gives as the reason those options of @feature that are off or may be. */
void probe_blame(struct probe *p, enum kconfig_feature feature, int err);

/* Whether @option is off or may be. An option that only opens another one is not, where that is set. */
bool probe_lacks(const struct probe *p, const struct kconfig_option *option);

/*
 * The options that this kernel lacks for @level or, where it lacks some for a lower level, for that: "CONFIG_A,
 * CONFIG_B". False when it lacks none, as far as it tells. Reads the kernel once; not for several threads.
 */
bool probe_missing_options(enum level level, char *text, size_t len);

/* probe_bpf.c */
bool probe_bpf(struct probe *p);
bool probe_ringbuf(struct probe *p);
bool probe_kprobe_program(struct probe *p);
bool probe_override_helper(struct probe *p);
bool probe_kprobe(struct probe *p);
bool probe_error_injection(struct probe *p);
bool probe_allow_list(struct probe *p);

#endif
