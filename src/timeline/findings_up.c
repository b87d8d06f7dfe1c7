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
				? "Let that program close the tty when it reads end of file or EIO, or "
				  "end it before the %s."
				: "End that program before the %s, or let it close the device: nothing "
				  "tells it that the device is about to go.",
			action_name(r));
		finding_advise(
			f,
			"'on_open_descriptor = kill' in /etc/rpmsg-guard.conf makes the guard end "
			"such programs by itself; 'close_timeout' is how long it waits first.");
		break;
	case TL_CAUSE_SENDER_INSIDE:
		finding_advise(
			f,
			"Let the sender come out: a remote processor that does not read keeps it "
			"asleep for up to 15 s a send.");
		finding_advise(f,
			       "At level override with 'eject = yes' sleepers are made to leave; "
			       "'hold_timeout' below 15 s refuses what would have become safe.");
		break;
	case TL_CAUSE_GATE:
	case TL_CAUSE_KEEPOUT:
	case TL_CAUSE_HANGUP:
		finding_advise(
			f,
			"The guard could not do its part: 'rpmsg-guard check' and the log of the "
			"service say more.");
		break;
	default:
		break;
	}
	finding_advise(f, "Then ask for the %s again.", action_name(r));
}

void find_refused(struct findings *f, const struct recording *r)
{
	finding_judge(f, OUTCOME_REFUSED, GRADE_ATTENTION, "Refused: it would not have been safe");
	finding_say(
		f,
		"The %s of %s was refused because the guard %s; it stays up and programs may use it "
		"again.",
		action_name(r), r->rproc,
		r->end.reason[0] ? r->end.reason
				 : "could not make it safe (no reason is recorded)");
	finding_say_numbers(f, r);
	advise_refused(f, r);
}

void find_given_up(struct findings *f, const struct recording *r)
{
	finding_judge(f, OUTCOME_NOT_DONE, GRADE_ATTENTION,
		      "Given up: nobody waits for it any more");
	finding_say(f,
		    "Who asked for the %s of %s had gone before it was safe%s%s; it stays up and "
		    "programs may use it again.",
		    action_name(r), r->rproc, REASON(r));
	finding_say_numbers(f, r);
	finding_advise(
		f,
		"If it is still wanted, ask again; a program that gives up early should wait for "
		"hold_timeout (20 s unless configured).");
}

static void advise_not_carried_out(struct findings *f, const struct recording *r)
{
	switch (r->end.cause) {
	case TL_CAUSE_POWERED:
		finding_advise(f,
			       "The kernel counts the starts of a remote processor, and each one "
			       "wants a stop: since 5.18 also a start of one that is up. Find who "
			       "starts it, or ask for the %s again.",
			       action_name(r));
		break;
	case TL_CAUSE_KERNEL_REFUSED:
		finding_advise(f, "The kernel's log of that moment may say why.");
		break;
	default:
		finding_advise(f,
			       "Look at what the caller does after it has opened the file: it has "
			       "to write in time ('write_timeout', 5 s unless configured), and to "
			       "the same file.");
	}
}

void find_not_carried_out(struct findings *f, const struct recording *r)
{
	const bool asked = r->end.cause == TL_CAUSE_POWERED ||
			   r->end.cause == TL_CAUSE_KERNEL_REFUSED;

	finding_judge(f, OUTCOME_NOT_DONE, GRADE_ATTENTION,
		      asked ? "Not carried out by the kernel"
			    : "Not carried out by who asked for it");
	finding_say(f, "The %s of %s was made safe and released, but did not happen%s%s; %s.",
		    action_name(r), r->rproc, REASON(r),
		    r->end.cause == TL_CAUSE_STOP_FAILED
			    ? "it stays as it is"
			    : "it stays up and programs may use it again");
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
	finding_advise(f,
		       "The kernel's log of that moment says why; 'rpmsg-guard status' shows what "
		       "state it is in.");
	if (!torn_down)
		return;
	finding_advise(f,
		       "Ask for the %s again: the kernel then tries it again. A start before that "
		       "does nothing, and since 5.18 makes one more stop necessary.",
		       action_name(r));
	finding_advise(f,
		       "If it always fails, the firmware does not answer the request to shut down: "
		       "that is for its authors to mend.");
}
