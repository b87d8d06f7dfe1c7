// SPDX-License-Identifier: GPL-2.0-only
/* Judges an episode whose remote processor stays up, and says what to do about it. */
#include "log/printable.h"
#include "timeline/describe.h"
#include "timeline/findings_private.h"

static void advise_refused(struct findings *f, const struct recording *r)
{
	switch (r->end.cause) {
	case TL_CAUSE_TTY_OPEN:
	case TL_CAUSE_DEVICE_OPEN:
		finding_advise(
			f,
			r->end.cause == TL_CAUSE_TTY_OPEN
				? "Change the program: it must close the tty when it reads end "
				  "of file or EIO. Or end the program before the %s."
				: "End the program before the %s, or let it close the device "
				  "first: the program gets no sign that the device goes away.",
			action_name(r));
		finding_advise(
			f, "With 'on_open_descriptor = kill' in /etc/rpmsg-guard.conf the guard "
			   "ends such programs itself, after 'close_timeout'.");
		break;
	case TL_CAUSE_SENDER_INSIDE:
		finding_advise(
			f, "Wait until the send has ended: if the remote processor does not read, "
			   "a send can be blocked for up to 15 s.");
		finding_advise(f, "Level override with 'eject = yes' ejects blocked senders. Below "
				  "it, 'hold_timeout' must be more than 15 s.");
		break;
	case TL_CAUSE_GATE:
	case TL_CAUSE_KEEPOUT:
	case TL_CAUSE_HANGUP:
		finding_advise(
			f, "A step of the guard failed: see 'rpmsg-guard check' and the log of the "
			   "service.");
		break;
	default:
		break;
	}
	finding_advise(f, "Then ask for the %s again.", action_name(r));
}

void find_refused(struct findings *f, const struct recording *r)
{
	finding_judge(f, OUTCOME_REFUSED, GRADE_ATTENTION, "Refused: it was not safe");
	finding_say(f, "The %s of %s was refused: %s. It stays up, and programs may use it again.",
		    action_name(r), r->rproc,
		    r->end.reason[0] ? r->end.reason : "no reason is recorded");
	finding_say_numbers(f, r);
	advise_refused(f, r);
}

void find_given_up(struct findings *f, const struct recording *r)
{
	finding_judge(f, OUTCOME_NOT_DONE, GRADE_ATTENTION, "Given up: the caller has ended");
	finding_say(f,
		    "The caller of the %s of %s ended before it was safe%s%s. It stays up, and "
		    "programs may use it again.",
		    action_name(r), r->rproc, REASON(r));
	finding_say_numbers(f, r);
	finding_advise(
		f, "Ask again if it is still needed. A program that gives up early must wait for "
		   "hold_timeout (default 20 s).");
}

static void advise_not_carried_out(struct findings *f, const struct recording *r)
{
	switch (r->end.cause) {
	case TL_CAUSE_POWERED:
		finding_advise(f,
			       "The kernel counts the starts of a remote processor, and each "
			       "start needs a stop (since 5.18 also a start while it is up). "
			       "Find the program that starts it, or ask for the %s again.",
			       action_name(r));
		break;
	case TL_CAUSE_KERNEL_REFUSED:
		finding_advise(f, "See the kernel's log of that time.");
		break;
	default:
		finding_advise(f, "Check what the caller does after it has opened the file: it "
				  "must write to the same file within 'write_timeout' (default 5 "
				  "s).");
	}
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
	advise_not_carried_out(f, r);
}

void find_failed(struct findings *f, const struct recording *r)
{
	const bool torn_down = r->end.cause == TL_CAUSE_STOP_FAILED;

	finding_judge(f, OUTCOME_FAILED, GRADE_ATTENTION,
		      torn_down ? "Failed after the teardown" : "Failed");
	finding_say(f, "The %s of %s failed%s%s.", action_name(r), r->rproc, REASON(r));
	finding_say_numbers(f, r);
	finding_advise(f, "See the kernel's log of that time for the cause; 'rpmsg-guard status' "
			  "shows the present state.");
	if (!torn_down)
		return;
	finding_advise(f,
		       "Ask for the %s again. Do not start it before: a start does nothing, and "
		       "since 5.18 it makes one more stop necessary.",
		       action_name(r));
	finding_advise(f, "If it always fails, the firmware does not answer the shutdown request: "
			  "ask the authors of the firmware.");
}
