// SPDX-License-Identifier: GPL-2.0-only
/* Each line of the fragment with a comment: the level that needs it, what it gives, since which Linux. */
#include "commands/fragment.h"

#include <string.h>

static void describe_versions(const struct kconfig_option *o, char *text, size_t len)
{
	unsigned int before = 0;
	size_t n = 0;

	for (size_t i = 0; i < KCONFIG_ARCHES && n < len; i++) {
		/* The same as on the architecture before it needs no words. */
		if (o->since[i] == before)
			continue;
		before = o->since[i];
		n += (size_t)snprintf(text + n, len - n, "%s%s%s%sLinux %u.%u",
				      n ? ", " : "; needs ", i ? "on " : "",
				      i ? kconfig_arch_name((enum kconfig_arch)i) : "",
				      i ? " " : "", before / 1000, before % 1000);
	}
}

static void print_option(FILE *out, const struct kconfig_option *o, const char *remark)
{
	fprintf(out, "\n# for level %s: %s%s\nCONFIG_%s=y\n", level_name(o->level), o->gives,
		remark, o->name);
}

/* LEVEL_MANUAL: no level needs it. */
static bool is_needed(const struct kconfig_option *o, enum level level)
{
	return o->level != LEVEL_MANUAL && o->level <= level;
}

void fragment_print_all(FILE *out, enum level level)
{
	fprintf(out,
		"# Everything that rpmsg-guard needs of the kernel's configuration for level %s.\n",
		level_name(level));
	for (size_t i = 0; i < kconfig_n_options; i++) {
		char versions[128] = "";

		if (!is_needed(&kconfig_options[i], level))
			continue;
		describe_versions(&kconfig_options[i], versions, sizeof(versions));
		print_option(out, &kconfig_options[i], versions);
	}
}

static bool is_too_old(const struct kconfig_option *o, const struct kconfig *k)
{
	return k->version && k->version < o->since[k->arch];
}

/* What no line of a configuration changes. */
static void print_too_old(FILE *out, const struct kconfig_option *o, const struct kconfig *k)
{
	fprintf(out, "\n# Level %s needs Linux %u.%u or later on %s (for CONFIG_%s).\n",
		level_name(o->level), o->since[k->arch] / 1000, o->since[k->arch] % 1000,
		kconfig_arch_name(k->arch), o->name);
}

static bool print_if_missing(FILE *out, const struct kconfig_option *o, const struct kconfig *k,
			     const struct probe *p)
{
	if (is_too_old(o, k))
		print_too_old(out, o, k);
	else if (probe_lacks(p, o))
		print_option(out, o,
			     probe_judge(p, o->name) == SUSPECT
				     ? "; it is not known whether this kernel has it"
				     : "");
	else
		return false;
	return true;
}

static void print_source(FILE *out, const struct kconfig *k, enum level level)
{
	fprintf(out, "# Level %s of rpmsg-guard, Linux %s, %s, ", level_name(level), k->release,
		kconfig_arch_name(k->arch));
	if (k->text)
		fprintf(out, "configuration %s\n", k->source);
	else
		fputs("by the kernel's functions, because neither /proc/config.gz nor /boot/config-* is "
		      "there\n",
		      out);
}

size_t fragment_print_missing(FILE *out, const struct kconfig *k, const struct probe *p,
			      enum level level)
{
	size_t n = 0;

	print_source(out, k, level);
	for (size_t i = 0; i < kconfig_n_options; i++)
		if (is_needed(&kconfig_options[i], level))
			n += print_if_missing(out, &kconfig_options[i], k, p);
	if (n == 0)
		fputs("# Nothing is missing.\n", out);
	return n;
}
