// SPDX-License-Identifier: GPL-2.0-only
/* The sentences of a verdict. All but the cause of another oops was decided before. */
#include "oops/words.h"

#include <stdarg.h>

#include "oops/cause.h"

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
	[OOPS_LINT] = "a message of a debugging check",
	[OOPS_WARNING] = "a warning",
	[OOPS_HUNG_TASK] = "a blocked task",
	[OOPS_STALL] = "a CPU that makes no progress",
	[OOPS_NULL_POINTER] = "a NULL pointer dereference",
	[OOPS_PAGE_FAULT] = "an access to an address that is not mapped",
	[OOPS_PROTECTION] = "an access through an impossible pointer",
	[OOPS_ALIGNMENT] = "an access that is not aligned",
	[OOPS_ABORT] = "a bus error",
	[OOPS_BUG] = "a failed check of the kernel",
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

/* ---- the summary ---- */

static const char *race_sentence(const struct oops_assessment *a)
{
	static const char *const sentences[] = {
		[OOPS_VARIANT_IN_FLIGHT] =
			"a sender was inside a send while the rings were deleted",
		[OOPS_VARIANT_SLEEPER] = "a blocked sender (full ring) woke up after the teardown",
		[OOPS_VARIANT_STALE] = "a sender used an endpoint that the teardown had freed",
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
	const char *who = v->comm[0] ? v->comm : "the sender";

	advise(v, "Install rpmsg-guard on the device and start the service; \"rpmsg-guard check\" "
		  "shows the level that its kernel allows.");
	if (!a->user && a->cut)
		advise(v,
		       "Level userspace is enough if %s is a program on a tty; the log ends "
		       "before it shows this. Else level observe or override is needed.",
		       who);
	else if (!a->tty)
		advise(v,
		       "Level observe or override is needed: userspace waits for programs on ttys only, "
		       "and this user of rpmsg is %s.",
		       a->user ? "a program on a device that is no tty" : "in the kernel");
	else
		advise(v, "Level userspace is enough for this sender: it is a program on a tty.");
	if (a->variant == OOPS_VARIANT_CLOSE)
		advise(v,
		       "Change %s: it must close the tty when it gets EIO or end of file. Until "
		       "then set on_open_descriptor to refuse (the default) or kill.",
		       who);
	else if (a->user)
		advise(v,
		       "Without the guard: let %s close the device before each stop of the "
		       "remote processor.",
		       who);
	if (a->variant == OOPS_VARIANT_ERROR_PATH)
		advise(v,
		       "In %s, a failed send must not touch the channel's device after its remove().",
		       v->driver[0] ? v->driver : "the driver");
}

static void advise_path(struct oops_verdict *v)
{
	if (v->path == OOPS_PATH_RECOVERY)
		advise(v, "The remote processor had crashed, and Linux was recovering it: find out "
			  "why it crashed. A running rpmsg-guard also holds recoveries "
			  "(own_recovery).");
	else if (v->path == OOPS_PATH_UNBIND || v->path == OOPS_PATH_CDEV)
		advise(v,
		       "It was stopped through %s; the README says which level holds such a "
		       "stop.",
		       v->path == OOPS_PATH_CDEV ? "/dev/remoteprocN" : "an unbind or a removal");
	if (v->confidence == OOPS_CONFIDENCE_LOW)
		advise(v, "To be sure, record the log from one minute before the stop, or use a "
			  "kernel with KASAN.");
}

static void advise_other(struct oops_verdict *v, const struct oops_assessment *a,
			 enum oops_cause cause)
{
	const struct oops_frame *top = oops_frame_at(a, 0);

	if (v->aftermath)
		advise(v, "Install rpmsg-guard: a stop had damaged memory before this happened, so "
			  "the function that failed here may be correct.");
	if (oops_cause_advice(cause))
		advise(v, "%s", oops_cause_advice(cause));
	else if (top && top->module[0])
		advise(v, "Check the module %s first.", top->module);
	else if (top)
		advise(v, "Check %s and its callers first.", top->function);
	else
		advise(v, "Read the log before line %lu.", v->line);
	if (cause == OOPS_CAUSE_SEND)
		advise(v, "If not, check the arguments that %s gives to rpmsg.",
		       v->driver[0] ? v->driver : "the driver");
	if (v->n_others > 0)
		advise(v, "Repair the cause of the first oops first: the later oopses may "
			  "follow from it.");
}

/* ---- the verdict ---- */

void oops_put_into_words(struct oops_verdict *v, const struct oops_assessment *a)
{
	enum oops_cause cause;

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
		cause = oops_find_cause(a);
		snprintf(v->summary, sizeof(v->summary),
			 "This is not the rpmsg shutdown race %s%.110s: %s.",
			 v->aftermath ? "itself but probably its aftermath, " : "but ", v->what,
			 oops_cause_sentence(cause));
		advise_other(v, a, cause);
		break;
	default:
		snprintf(v->summary, sizeof(v->summary), "There is no oops in this log.");
		advise(v, "If the kernel died, its last lines are not in this log: try a serial "
			  "console, pstore (/sys/fs/pstore) or \"journalctl -k -b -1\".");
	}
}
