// SPDX-License-Identifier: GPL-2.0-only
/* The sentences of a verdict. All but the cause of another oops was decided before. */
#include "oops/words.h"

#include <stdarg.h>

static const char *const variant_names[] = {
	[OOPS_VARIANT_NONE] = "-",
	[OOPS_VARIANT_IN_FLIGHT] = "in-flight",
	[OOPS_VARIANT_SLEEPER] = "woken-sleeper",
	[OOPS_VARIANT_STALE] = "stale-handle",
	[OOPS_VARIANT_ERROR_PATH] = "error-path",
	[OOPS_VARIANT_CLOSE] = "close-after-teardown",
};

static const char *const confidence_names[] = {
	[OOPS_CONFIDENCE_NONE] = "-",
	[OOPS_CONFIDENCE_LOW] = "low",
	[OOPS_CONFIDENCE_MEDIUM] = "medium",
	[OOPS_CONFIDENCE_HIGH] = "high",
};

static const char *const path_names[] = {
	[OOPS_PATH_UNKNOWN] = "unknown", [OOPS_PATH_SYSFS] = "sysfs-state",
	[OOPS_PATH_CDEV] = "cdev",	 [OOPS_PATH_RECOVERY] = "crash-recovery",
	[OOPS_PATH_UNBIND] = "unbind",	 [OOPS_PATH_CHANNEL] = "channel-removed",
};

const char *oops_variant_name(enum oops_variant variant)
{
	return variant_names[variant];
}

const char *oops_confidence_name(enum oops_confidence confidence)
{
	return confidence_names[confidence];
}

const char *oops_path_name(enum oops_path path)
{
	return path_names[path];
}

/* ---- what the oops is ---- */

static const char *const kinds[] = {
	[OOPS_TRACE] = "a stack trace",
	[OOPS_LINT] = "a complaint of a debugging check",
	[OOPS_WARNING] = "a warning",
	[OOPS_HUNG_TASK] = "a task that is blocked",
	[OOPS_STALL] = "a CPU that does not get on",
	[OOPS_NULL_POINTER] = "a NULL pointer dereference",
	[OOPS_PAGE_FAULT] = "an access to an address that is not mapped",
	[OOPS_PROTECTION] = "an access through an impossible pointer",
	[OOPS_ABORT] = "a bus error",
	[OOPS_BUG] = "a failed check of the kernel's own",
	[OOPS_KASAN] = "a memory error found by KASAN or KFENCE",
	[OOPS_OTHER] = "an oops",
	[OOPS_PANIC] = "a panic",
};

/* "BUG: KASAN: use-after-free in function": the function comes again, in full. */
static void describe_memory_error(const char *header, char *buf, size_t len)
{
	const char *tool = behind(header, "BUG: ");
	const char *error = tool ? behind(tool, ": ") : NULL;
	const char *end = error ? strstr(error, " in ") : NULL;

	if (!error)
		snprintf(buf, len, "%s", kinds[OOPS_KASAN]);
	else
		snprintf(buf, len, "a %.*s found by %.*s",
			 end ? (int)(end - error) : (int)strlen(error), error,
			 (int)strcspn(tool, ":"), tool);
}

/* What a heading says beyond its kind: the kind of memory error, the place of a check, a reason. */
static void describe_kind(const struct oops_report *r, char *buf, size_t len)
{
	const char *reason = behind(r->header.text, "not syncing: ");

	if (r->kind == OOPS_KASAN)
		describe_memory_error(r->header.text, buf, len);
	else if (r->kind == OOPS_BUG)
		snprintf(buf, len, "\"%.100s\"", r->header.text);
	else if (r->kind == OOPS_PANIC)
		snprintf(buf, len, "a panic, \"%.100s\"", reason ? reason : r->header.text);
	else
		snprintf(buf, len, "%s", kinds[r->kind]);
}

void oops_describe(const struct oops_assessment *a, char *buf, size_t len)
{
	const struct oops_frame *top = oops_frame_at(a, 0);
	char kind[128];

	describe_kind(a->report, kind, sizeof(kind));
	if (!top || a->report->kind == OOPS_PANIC)
		snprintf(buf, len, "%s", kind);
	else
		snprintf(buf, len, "%s in %s%s%s%s", kind, top->function,
			 top->module[0] ? " [" : "", top->module, top->module[0] ? "]" : "");
}

/* ---- what it is when it is not this race, or what stands in the way of calling it that ---- */

enum cause {
	CAUSE_UNKNOWN,
	CAUSE_SEND,
	CAUSE_RECEIVE,
	CAUSE_TEARDOWN,
	CAUSE_PROBE,
	CAUSE_TRANSPORT,
	CAUSE_TTY,
	CAUSE_SYSRQ,
	CAUSE_MEMORY,
	CAUSE_INIT, /* no root file system, no init, or init died */
	CAUSE_CLEAN_TABLE,
	CAUSE_NO_TABLE,
};

/* For readers who would look for the mistake in the wrong place otherwise. */
static const struct {
	const char *sentence;
	const char *advice; /* NULL when it depends on more */
} causes[] = {
	[CAUSE_UNKNOWN] = { "no sender is in it", NULL },
	[CAUSE_SEND] = { "a sender is in it, but too little tells of a stop",
			 "If a remote processor was being stopped at that time, it is this race all the "
			 "same: look for it in the log of what stops it." },
	[CAUSE_RECEIVE] = { "it is on the receive path of rpmsg, not in a send",
			    "Look at the callback of the rpmsg driver, and whether messages still came in "
			    "while the channel was removed." },
	[CAUSE_TEARDOWN] = { "it is in the stop itself, not in a sender beside it",
			     "Look at the function that failed and at the remote processor's driver; "
			     "rpmsg-guard keeps senders away from a stop but does not mend the stop." },
	[CAUSE_PROBE] = { "it is in the start of the remote processor or its drivers", NULL },
	[CAUSE_TRANSPORT] = { "this rpmsg does not run over virtio", NULL },
	[CAUSE_TTY] = { "it is in a tty that has nothing to do with rpmsg", NULL },
	[CAUSE_SYSRQ] = { "somebody asked for it with sysrq",
			  "Nothing to mend: this is a test, or a way to get a dump." },
	[CAUSE_MEMORY] = { "the memory ran out",
			   "Look at the list of tasks and at the memory they had, above the panic." },
	[CAUSE_INIT] = { "there is no init to run", NULL },
	[CAUSE_CLEAN_TABLE] = { "it is a fault of the kernel's own, in letting go of an attached remote processor",
				"A recovery of an attached remote processor frees a copy of its resource table, and "
				"the next recovery or detach does it again (rproc_attach_recovery()): do not "
				"recover it; rpmsg-guard does not." },
	[CAUSE_NO_TABLE] = { "it is in the start of the remote processor, not in a sender",
			     "If an attached remote processor was stopped before, and its new firmware has no "
			     "resource table, this is a fault of the kernel's own: take commit efdde3d73ab2 "
			     "(\"Clear table_sz when rproc_shutdown\")." },
};

static enum cause cause_of_panic(const char *header)
{
	static const struct {
		const char *words;
		enum cause cause;
	} reasons[] = {
		{ "sysrq triggered", CAUSE_SYSRQ },
		{ "ut of memory", CAUSE_MEMORY },
		{ "deadlocked on memory", CAUSE_MEMORY },
		{ "VFS: ", CAUSE_INIT },
		{ "No working init", CAUSE_INIT },
		{ "No init found", CAUSE_INIT },
		{ "kill init", CAUSE_INIT },
	};

	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
		if (strstr(header, reasons[i].words))
			return reasons[i].cause;
	return CAUSE_UNKNOWN;
}

static bool is_allocator(const char *function)
{
	return begins(function, "kfree") || begins(function, "__slab_free") ||
	       begins(function, "set_freepointer") || begins(function, "kmem_cache_free");
}

/* Two faults of remoteproc itself, by the function that has copied or freed a resource table. */
static enum cause cause_of_table(const struct oops_assessment *a)
{
	const struct oops_frame *frame;
	int i = 0;

	while (oops_places_at(a, i) & (PLACE_GENERIC | PLACE_REPORT) ||
	       (i < a->n_frames && is_allocator(a->frames[i]->function)))
		i++;
	frame = oops_frame_at(a, i);
	if (!frame)
		return CAUSE_UNKNOWN;
	if (begins(frame->function, "__rproc_detach") ||
	    begins(frame->function, "rproc_reset_rsc_table_on_detach"))
		return CAUSE_CLEAN_TABLE;
	return begins(frame->function, "rproc_start") && a->report->kind == OOPS_NULL_POINTER
		       ? CAUSE_NO_TABLE
		       : CAUSE_UNKNOWN;
}

static enum cause find_cause(const struct oops_assessment *a)
{
	const enum cause table = cause_of_table(a);
	const bool panic = a->report->kind == OOPS_PANIC;
	const enum cause named = panic ? cause_of_panic(a->report->header.text) : CAUSE_UNKNOWN;

	for (int i = 0; i < a->n_frames; i++)
		if (begins(a->frames[i]->function, "sysrq_handle_crash"))
			return CAUSE_SYSRQ;
	if (named != CAUSE_UNKNOWN)
		return named;
	if (table != CAUSE_UNKNOWN)
		return table;
	if (oops_first(a, PLACE_OTHER_TRANSPORT) >= 0)
		return CAUSE_TRANSPORT;
	if (oops_last(a, PLACE_TEARDOWN) > a->send_last)
		return CAUSE_TEARDOWN;
	if (oops_last(a, PLACE_PROBE) > a->send_last)
		return CAUSE_PROBE;
	if (a->handle)
		return CAUSE_SEND;
	if (oops_first(a, PLACE_RECEIVE) >= 0)
		return CAUSE_RECEIVE;
	return oops_first(a, PLACE_TTY) >= 0 ? CAUSE_TTY : CAUSE_UNKNOWN;
}

/* ---- the summary ---- */

static const char *race_sentence(const struct oops_assessment *a)
{
	static const char *const sentences[] = {
		[OOPS_VARIANT_IN_FLIGHT] =
			"a sender was inside a send while the rings were taken down",
		[OOPS_VARIANT_SLEEPER] =
			"a sender that slept on the full ring woke up after the teardown",
		[OOPS_VARIANT_STALE] =
			"a sender called with an endpoint that the teardown had freed",
		[OOPS_VARIANT_ERROR_PATH] =
			"a driver reported its failed send through a device that the teardown had freed",
		[OOPS_VARIANT_CLOSE] =
			"a tty was closed after the teardown had freed the driver's port",
	};

	if (a->variant == OOPS_VARIANT_STALE && a->user)
		return "a program used its open device after the teardown had freed it";
	return sentences[a->variant];
}

/* ---- advice ---- */

static void __attribute__((format(printf, 2, 3)))
advise(struct oops_verdict *v, const char *fmt, ...)
{
	va_list ap;

	if (v->n_advice == OOPS_ADVICE_MAX)
		return;
	va_start(ap, fmt);
	vsnprintf(v->advice[v->n_advice++], sizeof(v->advice[0]), fmt, ap);
	va_end(ap);
}

static void advise_guard(struct oops_verdict *v, const struct oops_assessment *a)
{
	const char *who = v->comm[0] ? v->comm : "the program";

	advise(v,
	       "Install rpmsg-guard on the device and let it run; \"rpmsg-guard check\" says which "
	       "level its kernel allows.");
	if (strcmp(v->driver, "rpmsg_char") == 0 || !a->user)
		advise(v,
		       "Level observe or override is needed: userspace waits for programs on ttys only, "
		       "and this sender is %s.",
		       a->user ? "on an rpmsg character device" : "in the kernel");
	else
		advise(v, "Level userspace is enough for this sender: it is a program on a tty.");
	if (a->variant == OOPS_VARIANT_CLOSE)
		advise(v,
		       "Make %s close the tty when it gets EIO or end of file; until then set "
		       "on_open_descriptor to refuse (the default) or kill.",
		       who);
	else if (a->user)
		advise(v,
		       "Without the guard: let %s close the device before the remote processor is "
		       "stopped.",
		       who);
	if (a->variant == OOPS_VARIANT_ERROR_PATH)
		advise(v,
		       "In %s, a failed send must not touch the channel's device after its remove().",
		       v->driver[0] ? v->driver : "the driver");
}

static void advise_path(struct oops_verdict *v)
{
	if (v->path == OOPS_PATH_RECOVERY)
		advise(v,
		       "The remote processor had crashed and Linux was recovering it: find out why. A "
		       "running rpmsg-guard holds the recovery, too (own_recovery).");
	else if (v->path == OOPS_PATH_UNBIND || v->path == OOPS_PATH_CDEV)
		advise(v,
		       "It was stopped by way of %s; the README says at which level that is held.",
		       v->path == OOPS_PATH_CDEV ? "/dev/remoteprocN" : "an unbind or a removal");
	if (v->confidence == OOPS_CONFIDENCE_LOW)
		advise(v,
		       "To be sure, capture the log from a minute before the stop on, or use a kernel "
		       "with KASAN.");
}

static void advise_other(struct oops_verdict *v, const struct oops_assessment *a, enum cause cause)
{
	const struct oops_frame *top = oops_frame_at(a, 0);

	if (causes[cause].advice)
		advise(v, "%s", causes[cause].advice);
	else if (top && top->module[0])
		advise(v, "Look at the module %s first.", top->module);
	else if (top)
		advise(v, "Look at %s and its callers first.", top->function);
	else
		advise(v, "Look at what the log says before line %lu.", v->line);
	if (cause == CAUSE_SEND)
		advise(v, "If not, look at what %s passes to rpmsg.",
		       v->driver[0] ? v->driver : "the driver");
	if (v->n_others > 0)
		advise(v, "Mend the first oops first: what comes after it may be its consequence.");
}

/* ---- the verdict ---- */

void oops_put_into_words(struct oops_verdict *v, const struct oops_assessment *a)
{
	enum cause cause;

	switch (v->answer) {
	case OOPS_ANSWER_RACE:
		snprintf(v->summary, sizeof(v->summary),
			 "This %s the rpmsg shutdown race (%s confidence): %s.",
			 v->confidence == OOPS_CONFIDENCE_LOW ? "may be" : "is",
			 oops_confidence_name(v->confidence), race_sentence(a));
		advise_guard(v, a);
		advise_path(v);
		break;
	case OOPS_ANSWER_OTHER:
		cause = find_cause(a);
		snprintf(v->summary, sizeof(v->summary),
			 "This is not the rpmsg shutdown race but %.120s: %s.", v->what,
			 causes[cause].sentence);
		advise_other(v, a, cause);
		break;
	default:
		snprintf(v->summary, sizeof(v->summary), "There is no oops in this log.");
		advise(v,
		       "If the kernel did die, its last words did not get into this log: try a serial "
		       "console, pstore (/sys/fs/pstore) or \"journalctl -k -b -1\".");
	}
}
