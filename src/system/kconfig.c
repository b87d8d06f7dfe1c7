// SPDX-License-Identifier: GPL-2.0-only
/* The table of options, and reading a configuration. */
#include "system/kconfig.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>
#include <zlib.h>

/* A configuration has 100 to 300 KiB; a larger file is something else. */
#define TEXT_MAX (1 << 20)

#define ANY                                                                                        \
	{                                                                                          \
		0, 0, 0                                                                            \
	}

/*
 * Versions: the ring buffer of BPF came with 5.8 (commit 457f44363a88); before 5.15 32-bit ARM does not name
 * the system call of a task in /proc (commit 4e57a4ddf6b0). Error injection came with 4.16 for x86, with 5.4
 * for arm64, with 6.2 for 32-bit ARM.
 */
const struct kconfig_option kconfig_options[] = {
	{ "SECURITY", LEVEL_USERSPACE, FOR_FANOTIFY, "FANOTIFY_ACCESS_PERMISSIONS", ANY,
	  "the next two depend on it in older kernels" },
	{ "FANOTIFY", LEVEL_USERSPACE, FOR_FANOTIFY, "FANOTIFY_ACCESS_PERMISSIONS", ANY,
	  "the next option depends on it" },
	{ "FANOTIFY_ACCESS_PERMISSIONS",
	  LEVEL_USERSPACE,
	  FOR_FANOTIFY,
	  NULL,
	  { 0, 0, KERNEL(5, 15) },
	  "the open of \"state\" is held" },
	{ "KALLSYMS", LEVEL_OBSERVE, FOR_SYMBOLS, NULL, ANY, "the functions to hook are found" },
	{ "BPF_SYSCALL",
	  LEVEL_OBSERVE,
	  FOR_BPF | FOR_PROGRAMS,
	  NULL,
	  { KERNEL(5, 8), KERNEL(5, 8), KERNEL(5, 15) },
	  "BPF programs and the ring buffer" },
	{ "PERF_EVENTS", LEVEL_OBSERVE, FOR_KPROBES | FOR_PROGRAMS, NULL, ANY,
	  "BPF programs are attached to kprobes" },
	{ "KPROBES", LEVEL_OBSERVE, FOR_KPROBES | FOR_PROGRAMS, NULL, ANY,
	  "each send is seen, at its entry and its exit" },
	{ "FTRACE", LEVEL_OBSERVE, FOR_KPROBES | FOR_PROGRAMS, "KPROBE_EVENTS", ANY,
	  "the next option depends on it" },
	{ "KPROBE_EVENTS", LEVEL_OBSERVE, FOR_KPROBES | FOR_PROGRAMS, NULL, ANY,
	  "kprobes can be made through perf" },
	{ "BPF_EVENTS", LEVEL_OBSERVE, FOR_PROGRAMS, NULL, ANY,
	  "BPF programs run on kprobes; the kernel sets it by itself when the options above are set" },
	{ "MODULES", LEVEL_OVERRIDE, 0, NULL, ANY, "the module rpmsg_guard_allow can be loaded" },
	{ "FUNCTION_ERROR_INJECTION",
	  LEVEL_OVERRIDE,
	  FOR_INJECTION | FOR_OVERRIDE,
	  NULL,
	  { KERNEL(4, 16), KERNEL(5, 4), KERNEL(6, 2) },
	  "functions can be listed for an override" },
	{ "BPF_KPROBE_OVERRIDE",
	  LEVEL_OVERRIDE,
	  FOR_OVERRIDE,
	  NULL,
	  { KERNEL(4, 16), KERNEL(5, 4), KERNEL(6, 2) },
	  "sends are refused during a stop" },
	{ "DEBUG_INFO_BTF", LEVEL_MANUAL, FOR_BTF, NULL, ANY,
	  "needed only by real-time kernels and by kernels with lock debugging" },
};

const size_t kconfig_n_options = sizeof(kconfig_options) / sizeof(kconfig_options[0]);

/* ---- the table in words ---- */

static void append(char *text, size_t len, const char *separator, const char *name)
{
	const size_t n = strlen(text);

	snprintf(text + n, len - n, "%sCONFIG_%s", separator, name);
}

const char *kconfig_remedy(enum kconfig_feature feature)
{
	static char texts[8][320];
	char *text = texts[__builtin_ctz(feature)];
	const char *last = NULL;

	snprintf(text, sizeof(texts[0]), "enable ");
	for (size_t i = 0; i < kconfig_n_options; i++) {
		if (!(kconfig_options[i].features & feature))
			continue;
		if (last)
			append(text, sizeof(texts[0]), strcmp(text, "enable ") ? ", " : "", last);
		last = kconfig_options[i].name;
	}
	if (last)
		append(text, sizeof(texts[0]), strcmp(text, "enable ") ? " and " : "", last);
	snprintf(text + strlen(text), sizeof(texts[0]) - strlen(text), " in the kernel");
	return text;
}

const char *kconfig_arch_name(enum kconfig_arch arch)
{
	static const char *const names[] = {
		[KCONFIG_X86_64] = "x86_64",
		[KCONFIG_ARM64] = "arm64",
		[KCONFIG_ARM] = "32-bit ARM",
	};

	return names[arch];
}

/* ---- a configuration ---- */

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

/* Plain text as well: gzread() passes through what is not compressed. Returns 0 or a negative errno. */
static int read_text(const char *path, char **text)
{
	const int fd = open(path, O_RDONLY | O_CLOEXEC);
	gzFile f = fd >= 0 ? gzdopen(fd, "r") : NULL;
	int n, err;

	*text = NULL;
	if (!f) {
		err = -errno;
		if (fd >= 0)
			close(fd);
		return err;
	}
	*text = malloc(TEXT_MAX);
	errno = EINVAL; /* when zlib gives up by itself */
	n = *text ? gzread(f, *text, TEXT_MAX - 1) : -1;
	err = n < 0 ? -errno : 0;
	gzclose(f);
	if (err) {
		free(*text);
		*text = NULL;
		return err;
	}
	(*text)[n] = '\0';
	return 0;
}

char *kconfig_read_text(const char **source)
{
	static char path[256];
	struct utsname name;
	char *text;

	*source = "/proc/config.gz";
	if (read_text(*source, &text) == 0 || uname(&name) < 0)
		return text;
	snprintf(path, sizeof(path), "/boot/config-%s", name.release);
	*source = path;
	read_text(path, &text);
	return text;
}

static void set_release(struct kconfig *k, const char *release)
{
	unsigned int major, minor;

	snprintf(k->release, sizeof(k->release), "%s", release);
	k->version = sscanf(release, "%u.%u", &major, &minor) == 2 ? KERNEL(major, minor) : 0;
}

static bool set_arch(struct kconfig *k, const char *name)
{
	static const struct {
		const char *name;
		enum kconfig_arch arch;
	} arches[] = {
		{ "x86", KCONFIG_X86_64 },
		{ "x86_64", KCONFIG_X86_64 },
		{ "arm64", KCONFIG_ARM64 },
		{ "arm", KCONFIG_ARM },
	};

	for (size_t i = 0; i < sizeof(arches) / sizeof(arches[0]); i++) {
		k->arch = arches[i].arch;
		if (strcmp(arches[i].name, name) == 0)
			return true;
	}
	return false;
}

/* "# Linux/arm64 5.10.223 Kernel Configuration": the line that every complete configuration begins with. */
static bool read_heading(const char *text, char arch[16], char release[65])
{
	for (const char *p = text; (p = strstr(p, "# Linux/")); p++)
		if ((p == text || p[-1] == '\n') &&
		    sscanf(p, "# Linux/%15s %64s Kernel Configuration", arch, release) == 2)
			return true;
	return false;
}

void kconfig_of_this_kernel(struct kconfig *k)
{
	struct utsname name;
	char arch[16], release[65];

	memset(k, 0, sizeof(*k));
#if defined(__aarch64__)
	k->arch = KCONFIG_ARM64;
#elif defined(__arm__)
	k->arch = KCONFIG_ARM;
#endif
	k->text = kconfig_read_text(&k->source);
	if (uname(&name) == 0)
		set_release(k, name.release);
	/* The program for 32-bit ARM may run on a kernel for arm64. */
	if (k->text && read_heading(k->text, arch, release))
		set_arch(k, arch);
}

int kconfig_of_file(struct kconfig *k, const char *path, char *err, size_t len)
{
	char arch[16], release[65];
	int status;

	memset(k, 0, sizeof(*k));
	k->source = path;
	status = read_text(path, &k->text);
	if (status)
		snprintf(err, len, "%s: %s", path, strerror(-status));
	else if (!read_heading(k->text, arch, release))
		snprintf(
			err, len,
			"%s: not a complete kernel configuration: the line \"# Linux/ARCH VERSION Kernel "
			"Configuration\" is missing. Give the file .config of the build, or /boot/config-*",
			path);
	else if (!set_arch(k, arch))
		snprintf(
			err, len,
			"%s: a configuration for \"%s\"; rpmsg-guard runs on x86_64, arm64 and arm",
			path, arch);
	else
		set_release(k, release);
	if (!k->version && !status) {
		status = -EINVAL;
		if (k->release[0])
			snprintf(err, len, "%s: \"%s\" is no version of Linux", path, release);
	}
	if (status)
		kconfig_free(k);
	return status;
}

void kconfig_free(struct kconfig *k)
{
	free(k->text);
	k->text = NULL;
}
