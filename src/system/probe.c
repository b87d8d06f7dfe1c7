// SPDX-License-Identifier: GPL-2.0-only
/*
 * Why a feature is missing. A probe only sees that something did not work; which option of the
 * kernel would have to be on is found out here, by its configuration or by its symbols.
 */
#include "system/probe.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/*
 * Functions whose presence says something. Most are there exactly when an option is on: a kernel
 * that does not give its configuration away still gives away its symbols.
 */
static const struct {
	const char *function, *option;
} witnesses[] = {
	{ QUIET_FUNCTION, NULL },
	{ "rproc_shutdown", NULL },
	{ "rpmsg_send", NULL },
	{ "bpf_prog_put", "BPF_SYSCALL" },
	{ "trace_call_bpf", "BPF_EVENTS" },
	{ "bpf_override_return", "BPF_KPROBE_OVERRIDE" },
	{ "within_error_injection_list", "FUNCTION_ERROR_INJECTION" },
	{ "register_kprobe", "KPROBES" },
	{ "trace_kprobe_error_injectable", "KPROBE_EVENTS" },
	{ "perf_event_create_kernel_counter", "PERF_EVENTS" },
	{ "fanotify_free_mark", "FANOTIFY" },
};

_Static_assert(ARRAY_SIZE(witnesses) == PROBE_WITNESSES, "PROBE_WITNESSES is wrong");

void probe_read_functions(struct probe *p)
{
	for (size_t i = 0; i < ARRAY_SIZE(witnesses); i++)
		p->symbols[i].name = witnesses[i].function;
	kallsyms_find(p->symbols, ARRAY_SIZE(p->symbols));
}

void probe_read_kernel(struct probe *p)
{
	const char *source;

	p->kconfig = kconfig_read_text(&source);
	probe_read_functions(p);
}

bool probe_has_function(const struct probe *p, const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(p->symbols); i++)
		if (p->symbols[i].name && strcmp(p->symbols[i].name, name) == 0)
			return p->symbols[i].found;
	return false;
}

void probe_say(struct probe *p, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(p->reason, p->reason_len, fmt, ap);
	va_end(ap);
}

enum verdict probe_judge(const struct probe *p, const char *option)
{
	char name[64];

	if (p->kconfig) {
		snprintf(name, sizeof(name), "CONFIG_%s", option);
		return kconfig_get(p->kconfig, name) == KCONFIG_NO ? NOT_SET : SET;
	}
	if (strcmp(option, "KALLSYMS") == 0)
		return probe_has_function(p, QUIET_FUNCTION) ? SET : SUSPECT;
	if (strcmp(option, "MODULES") == 0)
		return access("/proc/modules", F_OK) == 0 ? SET : NOT_SET;
	for (size_t i = 0; i < ARRAY_SIZE(witnesses) && probe_has_function(p, QUIET_FUNCTION); i++)
		if (witnesses[i].option && strcmp(option, witnesses[i].option) == 0)
			return p->symbols[i].found ? SET : NOT_SET;
	return SUSPECT;
}

static void append(char *list, size_t len, const char *option)
{
	const size_t n = strlen(list);

	snprintf(list + n, len - n, "%sCONFIG_%s", n ? ", " : "", option);
}

void probe_blame(struct probe *p, enum kconfig_feature feature, int err)
{
	char off[120] = "", suspects[120] = "";

	if (err == EPERM || err == EACCES) {
		probe_say(p, "%s: not root, or kernel lockdown", strerror(err));
		p->remedy = AS_ROOT;
		return;
	}
	for (size_t i = 0; i < kconfig_n_options; i++) {
		const struct kconfig_option *o = &kconfig_options[i];
		const enum verdict verdict = probe_judge(p, o->name);

		if (o->features & feature && verdict != SET)
			append(verdict == NOT_SET ? off : suspects, sizeof(off), o->name);
	}
	if (off[0])
		probe_say(p, "the kernel is built without %s", off);
	else if (suspects[0])
		probe_say(p, "the kernel is probably built without %s", suspects);
	else
		probe_say(p, "%s, although the kernel is configured for it", strerror(err));
}

bool probe_lacks(const struct probe *p, const struct kconfig_option *option)
{
	return probe_judge(p, option->name) != SET &&
	       !(option->opens && probe_judge(p, option->opens) == SET);
}

/*
 * The options that this kernel certainly lacks, as bits of kconfig_options. Read once: a start asks for each level
 * that it tries, and a board takes seconds to read the symbols.
 */
static unsigned int lacking(void)
{
	static unsigned int options;
	static bool known;
	struct probe p = { 0 };

	if (known)
		return options;
	probe_read_kernel(&p);
	for (size_t i = 0; i < kconfig_n_options; i++) {
		const struct kconfig_option *o = &kconfig_options[i];

		if (probe_lacks(&p, o) && probe_judge(&p, o->name) != SUSPECT)
			options |= 1u << i;
	}
	free(p.kconfig);
	known = true;
	return options;
}

bool probe_missing_options(enum level level, char *text, size_t len)
{
	enum level lowest = level;

	text[0] = '\0';
	for (size_t i = 0; i < kconfig_n_options; i++) {
		const struct kconfig_option *o = &kconfig_options[i];

		/* In the order of the levels, so the first that is missing decides. */
		if (o->level == LEVEL_MANUAL || o->level > lowest || !(lacking() & 1u << i))
			continue;
		lowest = o->level;
		append(text, len, o->name);
	}
	return text[0];
}
