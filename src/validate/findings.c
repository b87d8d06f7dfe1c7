// SPDX-License-Identifier: GPL-2.0-only
/* What a run amounts to, in sentences. */
#include "validate/report.h"

#include <inttypes.h>
#include <stdarg.h>

/* Longer than any stop that waits for nobody; a sender sleeps for up to 15 s. */
#define SLOW_MS 5000

__attribute__((format(printf, 2, 3))) static void say(struct report_lines *lines, const char *fmt,
						      ...)
{
	va_list ap;

	if (lines->n == REPORT_LINES_MAX)
		return;
	va_start(ap, fmt);
	vsnprintf(lines->text[lines->n++], sizeof(lines->text[0]), fmt, ap);
	va_end(ap);
}

static void say_how_it_ended(const struct validate_run *run, const struct tally *t,
			     struct report_lines *out)
{
	const struct cycle *last = run->n_cycles ? &run->cycles[run->n_cycles - 1] : NULL;

	if (t->died_in)
		say(out,
		    "The kernel died %s cycle %u: the machine has been started again since, and the "
		    "run has no end. (A reset by hand in that moment would look the same.)",
		    last->finished ? "after" : "in", t->died_in);
	else if (t->cut_in)
		say(out,
		    "The run was cut off in cycle %u, but the machine has not been started again "
		    "since: it is still running, hangs in the kernel, or was killed.",
		    t->cut_in);
	else if (!run->ended)
		say(out, "The run was cut off before its first cycle.");
	else if (run->reason[0])
		say(out, "The run ended in cycle %zu: %s.", run->n_cycles, run->reason);
	else if (run->n_cycles < run->planned)
		say(out, "The run was ended after %zu cycles.", run->n_cycles);
}

static void say_rate(const struct tally *t, struct report_lines *out)
{
	if (t->unsafe)
		say(out,
		    "%u of %u cycles were unsafe (%.3g %%); with 95 %% confidence that is so for %.3g %% to "
		    "%.3g %% of all of them under this load.",
		    t->unsafe, t->cycles, 100.0 * t->unsafe / t->cycles, 100 * t->rate.lower,
		    100 * t->rate.upper);
	else if (t->cycles)
		say(out,
		    "Nothing unsafe was seen in %u cycles: with 95 %% confidence it happens in fewer "
		    "than %.3g %% of all of them under this load.",
		    t->cycles, 100 * t->rate.upper);
	else
		say(out, "No cycle was completed, so nothing is known.");
}

static void say_what_was_seen(const struct tally *t, struct report_lines *out)
{
	if (t->overlaps)
		say(out,
		    "Senders that were inside while the virtqueues were deleted: %" PRIu64
		    ". Nothing waits for those that are in flight.",
		    t->overlaps);
	if (t->stale)
		say(out,
		    "Sends on an endpoint that was destroyed: %" PRIu64
		    ". The driver lets programs send on a channel that it has given back.",
		    t->stale);
	if (t->oopses)
		say(out, "The kernel has oopsed and went on; its log says where.");
	if (t->slowest_ms >= SLOW_MS)
		say(out,
		    "A stop took up to %.1f s, as it does when it waits for one sender after the other "
		    "to end its sleep on a full ring.",
		    (double)t->slowest_ms / 1000);
	if (t->lost)
		say(out,
		    "%" PRIu64
		    " events or senders found no room in the kernel side, so there may be "
		    "more.",
		    t->lost);
}

void report_findings(const struct validate_run *run, const struct tally *t,
		     struct report_lines *out)
{
	out->n = 0;
	say_how_it_ended(run, t, out);
	say_rate(t, out);
	say_what_was_seen(t, out);
}
