// SPDX-License-Identifier: GPL-2.0-only
#include "system/kconfig.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <zlib.h>

/* Real ones have 100 to 300 KiB; what is larger is none. */
#define TEXT_MAX (1 << 20)

/* Reads plain text as well: gzread() passes through what is not compressed. */
static char *read_text(const char *path)
{
	gzFile f = gzopen(path, "re");
	char *text = NULL;
	int n;

	if (!f)
		return NULL;
	text = malloc(TEXT_MAX);
	n = text ? gzread(f, text, TEXT_MAX - 1) : -1;
	gzclose(f);
	if (n <= 0) {
		free(text);
		return NULL;
	}
	text[n] = '\0';
	return text;
}

char *kconfig_read(void)
{
	struct utsname name;
	char path[256];
	char *text = read_text("/proc/config.gz");

	if (text || uname(&name) < 0)
		return text;
	snprintf(path, sizeof(path), "/boot/config-%s", name.release);
	return read_text(path);
}

enum kconfig_value kconfig_get(const char *text, const char *option)
{
	const size_t n = strlen(option);

	for (const char *p = text; (p = strstr(p, option)); p += n) {
		if ((p != text && p[-1] != '\n') || p[n] != '=')
			continue;
		if (p[n + 1] == 'y')
			return KCONFIG_YES;
		return p[n + 1] == 'm' ? KCONFIG_MODULE : KCONFIG_NO;
	}
	return KCONFIG_NO;
}
