// SPDX-License-Identifier: GPL-2.0-only
/* Finds the cause by the places in the stack, and has the sentences about it. */
#include "oops/cause.h"

/* For readers who would look for the mistake in the wrong place otherwise. */
static const struct {
	const char *sentence;
	const char *advice; /* NULL when it depends on more */
} causes[] = {
	[OOPS_CAUSE_UNKNOWN] = { "the stack has no sender", NULL },
	[OOPS_CAUSE_CUT] = { "the log ends before the end of the stack, so the origin of the "
			     "call is missing",
			     "Look for the rest of the report in the log of a serial console, "
			     "in pstore (/sys/fs/pstore) or in \"journalctl -k -b -1\"." },
	[OOPS_CAUSE_NO_TOP] = { "the head of the report is missing, and the rest has no sender",
				"Look for the lines before in the log of a serial console, in "
				"pstore (/sys/fs/pstore) or in \"journalctl -k -b -1\"." },
	[OOPS_CAUSE_SEND] = { "the stack has a sender, but the log does not show enough of a "
			      "stop",
			      "If a program stopped a remote processor at that time, it is this "
			      "race: look for the stop in the log of that program." },
	[OOPS_CAUSE_HANDLE] = { "a program uses an rpmsg device, but the log does not show "
				"enough of a stop",
				"If a program stopped a remote processor at that time, it is "
				"this race: look for the stop in the log of that program." },
	[OOPS_CAUSE_RECEIVE] = { "it happened on the receive path of rpmsg, not in a send",
				 "Check the callback of the rpmsg driver, and whether messages "
				 "still arrived while the channel was removed." },
	[OOPS_CAUSE_TEARDOWN] = { "it happened in the stop itself, not in a sender at the same "
				  "time",
				  "Check the function that failed and the driver of the remote "
				  "processor. rpmsg-guard protects senders from a stop, but it "
				  "does not repair the stop." },
	[OOPS_CAUSE_PROBE] = { "it happened in the start of the remote processor or of its "
			       "drivers",
			       NULL },
	[OOPS_CAUSE_OLD_TABLE] = { "a start after the stop of an attached remote processor, a "
				   "known fault of kernels before 6.15",
				   "The firmware has no resource table, and the kernel copies "
				   "the table of the attach, which is already freed. Update the "
				   "kernel (\"remoteproc: core: Clear table_sz when "
				   "rproc_shutdown\", commit efdde3d73ab2), or add a resource "
				   "table to the firmware." },
	[OOPS_CAUSE_TABLE_TWICE] = { "the kernel frees the resource table of an attached remote processor twice, a known fault",
				     "After a recovery that attaches again, the next detach or "
				     "recovery frees rproc->clean_table a second time. Disable "
				     "the recovery of this remote processor, or repair the "
				     "kernel (rproc_reset_rsc_table_on_detach() should set the "
				     "pointer to NULL)." },
	[OOPS_CAUSE_TRANSPORT] = { "this rpmsg does not run over virtio", NULL },
	[OOPS_CAUSE_TTY] = { "it happened in a tty that does not use rpmsg", NULL },
	[OOPS_CAUSE_SYSRQ] = { "a user requested it with sysrq",
			       "No action needed: this is a test, or a way to get a dump." },
	[OOPS_CAUSE_CRASH_PANIC] = { "the kernel is set to panic when a remote processor crashes",
				     "Find out why the firmware crashed. The panic itself is a "
				     "setting of the driver of the remote processor." },
	[OOPS_CAUSE_MEMORY] = { "the machine had no free memory",
				"Check the list of tasks and their memory, above the panic." },
	[OOPS_CAUSE_INIT] = { "the kernel found no init program", NULL },
};

static enum oops_cause cause_of_panic(const char *header)
{
	static const struct {
		const char *words;
		enum oops_cause cause;
	} reasons[] = {
		{ "sysrq triggered", OOPS_CAUSE_SYSRQ },
		{ "Panicking, remoteproc ", OOPS_CAUSE_CRASH_PANIC },
		{ "ut of memory", OOPS_CAUSE_MEMORY },
		{ "deadlocked on memory", OOPS_CAUSE_MEMORY },
		{ "VFS: ", OOPS_CAUSE_INIT },
		{ "No working init", OOPS_CAUSE_INIT },
		{ "No init found", OOPS_CAUSE_INIT },
		{ "kill init", OOPS_CAUSE_INIT },
	};

	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
		if (strstr(header, reasons[i].words))
			return reasons[i].cause;
	return OOPS_CAUSE_UNKNOWN;
}

static bool is_at(const struct oops_assessment *a, int i, const char *function)
{
	const struct oops_frame *frame = oops_frame_at(a, i);

	return frame && begins(frame->function, function);
}

/* A double free, as the allocators and KASAN call it. */
static bool is_double_free(const struct oops_assessment *a)
{
	const struct oops_report *r = a->report;

	if (r->kind == OOPS_KASAN)
		return strstr(r->header.text, "double-free") ||
		       strstr(r->header.text, "invalid-free");
	return r->kind == OOPS_BUG &&
	       (strstr(r->header.text, "mm/slub.c") || strstr(r->header.text, "mm/slab") ||
		strstr(r->header.text, "Object already free"));
}

/* Faults of remoteproc in the kernel that are known, and are not this race. */
static enum oops_cause known_fault(const struct oops_assessment *a)
{
	int i = 0;

	if (is_double_free(a))
		for (i = 0; i < a->n_frames; i++)
			if (is_at(a, i, "rproc_reset_rsc_table_on_") ||
			    is_at(a, i, "__rproc_detach") || is_at(a, i, "rproc_detach") ||
			    is_at(a, i, "rproc_attach_recovery"))
				return OOPS_CAUSE_TABLE_TWICE;
	if (a->report->kind != OOPS_NULL_POINTER)
		return OOPS_CAUSE_UNKNOWN;
	/* The copy itself, and the function that it may be inlined into. */
	for (i = 0; oops_places_at(a, i) & PLACE_GENERIC;)
		i++;
	return is_at(a, i, "rproc_start") || is_at(a, i, "rproc_set_rsc_table_on_start")
		       ? OOPS_CAUSE_OLD_TABLE
		       : OOPS_CAUSE_UNKNOWN;
}

/* The panic was called by what handles the crash of a remote processor. */
static bool is_crash_panic(const struct oops_assessment *a)
{
	return a->report->kind == OOPS_PANIC &&
	       (is_at(a, 0, "rproc_crash_handler_work") || is_at(a, 0, "rproc_report_crash"));
}

enum oops_cause oops_find_cause(const struct oops_assessment *a)
{
	const bool panic = a->report->kind == OOPS_PANIC;
	enum oops_cause named = panic ? cause_of_panic(a->report->header.text) : OOPS_CAUSE_UNKNOWN;

	for (int i = 0; i < a->n_frames; i++)
		if (begins(a->frames[i]->function, "sysrq_handle_crash"))
			return OOPS_CAUSE_SYSRQ;
	if (named != OOPS_CAUSE_UNKNOWN)
		return named;
	if (is_crash_panic(a))
		return OOPS_CAUSE_CRASH_PANIC;
	named = known_fault(a);
	if (named != OOPS_CAUSE_UNKNOWN)
		return named;
	if (oops_first(a, PLACE_OTHER_TRANSPORT) >= 0)
		return OOPS_CAUSE_TRANSPORT;
	if (oops_last(a, PLACE_TEARDOWN) > a->own_last)
		return OOPS_CAUSE_TEARDOWN;
	if (oops_last(a, PLACE_PROBE) > a->own_last)
		return OOPS_CAUSE_PROBE;
	if (a->handle)
		return a->send_first >= 0 ? OOPS_CAUSE_SEND : OOPS_CAUSE_HANDLE;
	if (oops_first(a, PLACE_RECEIVE) >= 0)
		return OOPS_CAUSE_RECEIVE;
	if (oops_first(a, PLACE_TTY) >= 0)
		return OOPS_CAUSE_TTY;
	return a->cut		     ? OOPS_CAUSE_CUT
	       : a->report->headless ? OOPS_CAUSE_NO_TOP
				     : OOPS_CAUSE_UNKNOWN;
}

const char *oops_cause_sentence(enum oops_cause cause)
{
	return causes[cause].sentence;
}

const char *oops_cause_advice(enum oops_cause cause)
{
	return causes[cause].advice;
}
