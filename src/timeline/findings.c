// SPDX-License-Identifier: GPL-2.0-only
/*
 * Judges an episode by its result, its cause and its numbers. A sentence names a number only where it
 * is not 0.
 */
#include "timeline/findings.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "log/printable.h"
#include "timeline/describe.h"
#include "timeline/findings_private.h"

void finding_say(struct findings *f, const char *fmt, ...)
{
	const size_t used = strlen(f->meaning);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(f->meaning + used, sizeof(f->meaning) - used, fmt, ap);
	va_end(ap);
	utf8_trim(f->meaning);
}

void finding_judge(struct findings *f, enum outcome outcome, enum grade grade, const char *headline)
{
	f->outcome = outcome;
	f->grade = grade;
	snprintf(f->headline, sizeof(f->headline), "%s", headline);
}

/* Below "observe" there are no probes: nothing is known of senders that did not use a tty. */
static bool sees_senders(const struct recording *r)
{
	return r->level_kind != LEVEL_USERSPACE && r->level_kind != LEVEL_MANUAL;
}

/* ---- it went down ---- */

static const char *const done[TL_RESULTS] = {
	[TL_RESULT_STOPPED] = "Stopped safely",
	[TL_RESULT_RECOVERED] = "Recovered safely",
	[TL_RESULT_UNBOUND] = "Unbound safely",
};

void finding_say_numbers(struct findings *f, const struct recording *r)
{
	const struct numbers *n = &f->numbers;
	char held[DURATION_MAX];

	if (n->has_held)
		finding_say(f, " %s %s", r->caller.pid >= 0 ? "The caller waited" : "It was held",
			    duration_text(held, n->held_ns, "u"));
	else
		finding_say(f, " No caller had to wait");
	if (n->refused > 0)
		finding_say(f, "; %" PRIu64 " send%s refused", n->refused, were(n->refused));
	if (n->dropped > 0)
		finding_say(f, "; %" PRIu64 " send%s dropped (endpoint dead)", n->dropped,
			    were(n->dropped));
	if (n->ejected > 0)
		finding_say(f, "; %" PRIu64 " blocked sender%s ejected (full ring)", n->ejected,
			    were(n->ejected));
	finding_say(f, ".");
}

static void find_safe(struct findings *f, const struct recording *r)
{
	const bool known = f->numbers.complete;
	const char *limit = known ? "" : ", as far as recorded";
	char headline[64];

	snprintf(headline, sizeof(headline), "%s%s", done[r->end.kind], limit);
	finding_judge(f, OUTCOME_SAFE, known ? GRADE_GOOD : GRADE_ATTENTION, headline);
	if (sees_senders(r))
		finding_say(
			f,
			"%s went down with no sender inside while its virtqueues were deleted%s.",
			r->rproc, limit);
	else
		finding_say(f,
			    "%s went down after its ttys were hung up; at level %s the guard does "
			    "not see other senders.",
			    r->rproc, r->level);
	if (f->numbers.teardown.senders > 0)
		finding_say(f,
			    " At that moment %" PRId64 " sender%s inside, counted over all "
			    "remote processors; none of them is known to belong to this remote "
			    "processor.",
			    f->numbers.teardown.senders, were(f->numbers.teardown.senders));
	finding_say_numbers(f, r);
}

static void say_who_overlapped(struct findings *f, const struct recording *r)
{
	const struct numbers *n = &f->numbers;
	char names[256];

	sender_names(&f->senders, true, names, sizeof(names));
	if (n->overlaps > 0)
		finding_say(f,
			    "%" PRIu64 " send%s inside while a virtqueue of %s was "
			    "deleted%s%s%s.",
			    n->overlaps, were(n->overlaps), r->rproc, names[0] ? " (" : "", names,
			    names[0] ? ")" : "");
	else if (n->teardown.senders > 0)
		finding_say(f, "%" PRId64 " sender%s inside when a virtqueue of %s was deleted.",
			    n->teardown.senders, were(n->teardown.senders), r->rproc);
	else
		finding_say(f, "%s went down before the guard knew that it was safe.", r->rproc);
}

static void find_unsafe(struct findings *f, const struct recording *r)
{
	const bool overlap = f->numbers.overlaps > 0 || f->numbers.teardown.senders > 0;

	finding_judge(f, OUTCOME_UNSAFE, GRADE_BAD,
		      overlap ? "Unsafe: a sender was inside during the teardown"
			      : "Unsafe: went down before the guard knew that it was safe");
	say_who_overlapped(f, r);
	finding_say(f, " %s",
		    overlap ? "Such a send uses freed memory. The kernel did not panic, but its "
			      "memory may be damaged."
			    : "The record shows no sender inside.");
	if (r->end.reason[0])
		finding_say(f, " Reason: %s.", r->end.reason);
}

/* ---- the record ends too early ---- */

static void find_died_in_teardown(struct findings *f, const struct recording *r)
{
	const uint64_t after = f->numbers.last_ns - f->numbers.teardown.first_ns;
	char text[DURATION_MAX], names[256];

	finding_judge(f, OUTCOME_CUT_OFF, GRADE_BAD,
		      "Cut off during the teardown: probably a panic");
	if (after == 0)
		finding_say(f,
			    "The record ends at the first deleted virtqueue of %s and has no "
			    "result: the kernel probably died there.",
			    r->rproc);
	else
		finding_say(f,
			    "The record ends %s after the first deleted virtqueue of %s and has no "
			    "result: the kernel probably died there.",
			    duration_text(text, after, "u"), r->rproc);
	sender_names(&f->senders, true, names, sizeof(names));
	if (names[0])
		finding_say(f, " Inside a send at that time: %s.", names);
	else if (f->numbers.teardown.senders > 0)
		finding_say(f, " %" PRId64 " sender%s inside a send at that time.",
			    f->numbers.teardown.senders, were(f->numbers.teardown.senders));
	else
		finding_say(f, " The record shows no sender inside at that time.");
}

static void find_died_before(struct findings *f)
{
	const bool released = f->numbers.released.seen;
	char names[256];

	finding_judge(f, OUTCOME_CUT_OFF, GRADE_BAD,
		      released ? "Cut off after the release" : "Cut off while the caller was held");
	finding_say(f, "The kernel or the service died here, %s. ",
		    released ? "after the release and before the first deleted virtqueue"
			     : "before the release");
	finding_say(f, "%s",
		    released ? "The teardown may have met a sender that the guard does not see."
			     : "If only the service died, the kernel released the caller, and "
			       "the stop went on unguarded.");
	sender_names(&f->senders, false, names, sizeof(names));
	if (names[0])
		finding_say(f, " Last seen inside a send: %s.", names);
}

static void find_going_on(struct findings *f, const struct recording *r)
{
	finding_judge(f, OUTCOME_GOING_ON, GRADE_ATTENTION, "Still in progress");
	finding_say(f, "The service still holds or records this %s of %s.", action_name(r),
		    r->rproc);
}

static void find_cut_off(struct findings *f, const struct recording *r)
{
	if (r->going_on)
		find_going_on(f, r);
	else if (f->numbers.teardown.seen)
		find_died_in_teardown(f, r);
	else
		find_died_before(f);
}

/* ---- all of it ---- */

static void find_other(struct findings *f, const struct recording *r)
{
	finding_judge(f, OUTCOME_OTHER, GRADE_ATTENTION, "Another result");
	finding_say(f,
		    "The %s of %s ended with the result '%s'%s%s; this version of the program does "
		    "not know this result.",
		    action_name(r), r->rproc, r->end.result, REASON(r));
	finding_say_numbers(f, r);
}

static void (*const finders[TL_RESULTS + 1])(struct findings *f, const struct recording *r) = {
	[TL_RESULT_STOPPED] = find_safe,    [TL_RESULT_STOPPED_UNSAFELY] = find_unsafe,
	[TL_RESULT_RECOVERED] = find_safe,  [TL_RESULT_RECOVERED_UNSAFELY] = find_unsafe,
	[TL_RESULT_UNBOUND] = find_safe,    [TL_RESULT_UNBOUND_UNSAFELY] = find_unsafe,
	[TL_RESULT_REFUSED] = find_refused, [TL_RESULT_GIVEN_UP] = find_given_up,
	[TL_RESULT_FAILED] = find_failed,   [TL_RESULT_NOT_CARRIED_OUT] = find_not_carried_out,
	[TL_RESULTS] = find_other,
};

static void add_incomplete(struct findings *f, const struct recording *r)
{
	if (r->headless)
		finding_say(f, " The beginning of the record is missing.");
	if (r->n_losses > 0 || (r->ended && !r->end.complete))
		finding_say(f, " The record is incomplete: %" PRIu64 " entries were lost.",
			    f->numbers.lost);
	if (r->n_garbled > 0)
		finding_say(f, " %zu line%s of the record could not be read.", r->n_garbled,
			    plural(r->n_garbled));
}

int findings_of(struct findings *f, const struct recording *r)
{
	int err = senders_collect(&f->senders, r);

	f->meaning[0] = '\0';
	f->keepers = (struct keepers){ 0 };
	if (err)
		return err;
	numbers_of(&f->numbers, r, &f->senders);
	err = keepers_collect(&f->keepers, r,
			      f->numbers.released.seen ? f->numbers.released.t_ns
						       : f->numbers.last_ns);
	if (err)
		return err;
	if (!r->ended)
		find_cut_off(f, r);
	else if (f->numbers.overlaps > 0)
		find_unsafe(f, r);
	else
		finders[r->end.kind](f, r);
	add_incomplete(f, r);
	return 0;
}

void findings_free(struct findings *f)
{
	senders_free(&f->senders);
	keepers_free(&f->keepers);
}
