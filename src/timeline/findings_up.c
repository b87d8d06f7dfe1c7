// SPDX-License-Identifier: GPL-2.0-only
/* Judges an episode whose remote processor stays up. */
#include "log/printable.h"
#include "timeline/describe.h"
#include "timeline/findings_private.h"

void find_refused(struct findings *f, const struct recording *r)
{
	finding_judge(f, OUTCOME_REFUSED, GRADE_ATTENTION, "Refused: it was not safe");
	finding_say(f, "The %s of %s was refused: %s. It stays up, and programs may use it again.",
		    action_name(r), r->rproc,
		    r->end.reason[0] ? r->end.reason : "no reason is recorded");
	finding_say_numbers(f, r);
}

void find_given_up(struct findings *f, const struct recording *r)
{
	finding_judge(f, OUTCOME_NOT_DONE, GRADE_ATTENTION, "Given up: the caller has ended");
	finding_say(f,
		    "The caller of the %s of %s ended before it was safe%s%s. It stays up, and "
		    "programs may use it again.",
		    action_name(r), r->rproc, REASON(r));
	finding_say_numbers(f, r);
}

void find_not_carried_out(struct findings *f, const struct recording *r)
{
	const bool asked = r->end.cause == TL_CAUSE_POWERED ||
			   r->end.cause == TL_CAUSE_KERNEL_REFUSED;

	finding_judge(f, OUTCOME_NOT_DONE, GRADE_ATTENTION,
		      asked ? "Not carried out by the kernel" : "Not carried out by the caller");
	finding_say(f, "The %s of %s was safe and released, but was not carried out%s%s. %s.",
		    action_name(r), r->rproc, REASON(r),
		    r->end.cause == TL_CAUSE_STOP_FAILED
			    ? "It stays as it is"
			    : "It stays up, and programs may use it again");
	finding_say_numbers(f, r);
}

void find_failed(struct findings *f, const struct recording *r)
{
	const bool torn_down = r->end.cause == TL_CAUSE_STOP_FAILED;

	finding_judge(f, OUTCOME_FAILED, GRADE_ATTENTION,
		      torn_down ? "Failed after the teardown" : "Failed");
	finding_say(f, "The %s of %s failed%s%s.", action_name(r), r->rproc, REASON(r));
	finding_say_numbers(f, r);
}
