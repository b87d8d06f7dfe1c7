/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How the running kernel was configured, as far as it tells.
 */
#ifndef RPMSG_GUARD_SYSTEM_KCONFIG_H
#define RPMSG_GUARD_SYSTEM_KCONFIG_H

#include <stddef.h>

/*
 * The text of /proc/config.gz, or of the file that distributions put in /boot. NULL when there is
 * neither. To be freed.
 */
char *kconfig_read(void);

enum kconfig_value { KCONFIG_NO, KCONFIG_YES, KCONFIG_MODULE };

/* The value of @option ("CONFIG_KPROBES") in @text. */
enum kconfig_value kconfig_get(const char *text, const char *option);

#endif
