// SPDX-License-Identifier: GPL-2.0-only
/* A run as one page: the verdict, the numbers, and a mark for each cycle. */
#include "validate/report.h"

#include <inttypes.h>

#include "html/page.h"

/* So many cycles are drawn and listed; of more, only those that say something. */
#define CYCLES_SHOWN 500

static const char *grade_class(enum verdict verdict)
{
	switch (verdict) {
	case VERDICT_CLEAN:
		return "good";
	case VERDICT_VULNERABLE:
		return "alarm";
	default:
		return "attention";
	}
}

static void put_top(FILE *out, const struct validate_run *run, const struct tally *t)
{
	fputs(html_head, out);
	html_text(out, "<title>", run->rproc, "");
	fprintf(out,
		": stops under load are %s</title>\n<style>\n%s</style>\n</head>\n<body>\n<main>\n",
		t->verdict == VERDICT_FAILED ? "not judged" : verdict_name(t->verdict), html_style);
}

static void put_verdict(FILE *out, const struct validate_run *run, const struct tally *t)
{
	struct report_lines lines;

	fprintf(out, "<section class=\"verdict %s\">\n<p class=\"over\">validation of ",
		grade_class(t->verdict));
	html_text(out, "", run->rproc, "");
	html_text(out, " (", run->device_name, "");
	fprintf(out, ")</p>\n<h1>Stops under load: <span class=\"%1$s\">%1$s</span></h1>\n<ul>\n",
		verdict_name(t->verdict));
	report_findings(run, t, &lines);
	for (size_t i = 0; i < lines.n; i++)
		html_text(out, "<li>", lines.text[i], "</li>\n");
	fputs("</ul>\n</section>\n", out);
}

static void put_rate(FILE *out, const struct tally *t)
{
	if (!t->cycles)
		fputs("<div><dt>rate of unsafe stops</dt><dd>not known</dd></div>\n", out);
	else if (t->unsafe)
		fprintf(out,
			"<div class=\"bad\"><dt>of all stops are unsafe, with 95 %% confidence</dt>"
			"<dd>%.3g to %.3g %%</dd></div>\n",
			100 * t->rate.lower, 100 * t->rate.upper);
	else
		fprintf(out,
			"<div><dt>of all stops are unsafe, with 95 %% confidence</dt>"
			"<dd>&lt; %.3g %%</dd></div>\n",
			100 * t->rate.upper);
}

static void put_tiles(FILE *out, const struct validate_run *run, const struct tally *t)
{
	fprintf(out,
		"<section class=\"tiles\">\n<h2>Numbers</h2>\n<dl>\n"
		"<div><dt>cycles of %u planned</dt><dd>%u</dd></div>\n"
		"<div%s><dt>unsafe cycles</dt><dd>%u</dd></div>\n",
		run->planned, t->cycles, t->unsafe ? " class=\"bad\"" : "", t->unsafe);
	put_rate(out, t);
	fprintf(out,
		"<div><dt>messages before the stops</dt><dd>%" PRIu64 "</dd></div>\n"
		"<div><dt>the longest stop</dt><dd>%" PRIu64 " ms</dd></div>\n"
		"</dl>\n</section>\n",
		t->sends, t->slowest_ms);
}

static void put_plan(FILE *out, const struct validate_run *run)
{
	fputs("<section>\n<h2>The test</h2>\n<dl class=\"facts\">\n", out);
	html_fact(out, "kernel", run->kernel);
	html_fact(out, "machine", run->machine);
	html_fact(out, "started", run->started);
	fprintf(out, "<dt>load</dt><dd>%u sender%s on each of", run->senders,
		run->senders == 1 ? "" : "s");
	for (size_t i = 0; i < run->n_devices; i++)
		html_text(out, " <code>", run->devices[i], "</code>");
	fputs("</dd>\n</dl>\n</section>\n", out);
}

static bool is_bad(const struct tally *t, const struct cycle *c, size_t i)
{
	return t->died_in == i + 1 || cycle_is_unsafe(c);
}

static bool is_shown(const struct validate_run *run, const struct tally *t, size_t i)
{
	return run->n_cycles <= CYCLES_SHOWN || is_bad(t, &run->cycles[i], i) ||
	       !run->cycles[i].finished;
}

static void put_strip(FILE *out, const struct validate_run *run, const struct tally *t)
{
	fputs("<figure>\n<div class=\"strip\" aria-hidden=\"true\">", out);
	for (size_t i = 0; i < run->n_cycles && i < CYCLES_SHOWN; i++) {
		const struct cycle *c = &run->cycles[i];

		fputs(is_bad(t, c, i) ? "<i class=\"bad\"></i>"
		      : c->finished   ? "<i></i>"
				      : "<i class=\"open\"></i>",
		      out);
	}
	fputs("</div>\n<figcaption>One mark for each ", out);
	if (run->n_cycles > CYCLES_SHOWN)
		fprintf(out, "of the first %d ", CYCLES_SHOWN);
	fputs("cycle: a circle is a safe cycle, a square is an unsafe cycle.</figcaption>\n</figure>\n",
	      out);
}

static void put_cycle(FILE *out, const struct tally *t, const struct cycle *c, size_t i)
{
	const bool died = t->died_in == i + 1;

	fprintf(out, "<tr%s><td class=\"n\">%zu</td>", is_bad(t, c, i) ? " class=\"bad\"" : "",
		i + 1);
	if (!c->finished) {
		fprintf(out, "<td colspan=\"5\">%s</td></tr>\n",
			died ? "the kernel died" : "not finished");
		return;
	}
	fprintf(out,
		"<td class=\"n wideonly\">%" PRIu64 "</td><td class=\"n\">%" PRIu64
		"</td><td class=\"n\">%" PRIu64 "</td><td class=\"n\">%" PRIu64
		"</td><td>%s</td></tr>\n",
		c->sends, c->overlaps, c->stale, c->stop_ms,
		died	  ? "died after this cycle"
		: c->oops ? "oops"
			  : "");
}

static void put_cycles(FILE *out, const struct validate_run *run, const struct tally *t)
{
	fputs("<section class=\"long\">\n<h2>Cycles</h2>\n", out);
	put_strip(out, run, t);
	fputs("<table>\n<thead><tr><th scope=\"col\" class=\"n\">cycle</th><th scope=\"col\" class=\"n wideonly\">messages</th>"
	      "<th scope=\"col\" class=\"n\">inside</th><th scope=\"col\" class=\"n\">stale</th><th scope=\"col\" class=\"n\">stop, ms</th>"
	      "<th scope=\"col\">kernel</th></tr></thead>\n<tbody>\n",
	      out);
	for (size_t i = 0; i < run->n_cycles; i++)
		if (is_shown(run, t, i))
			put_cycle(out, t, &run->cycles[i], i);
	fputs("</tbody>\n</table>\n"
	      "<p class=\"soft\">inside: senders that were inside while the virtqueues were deleted; "
	      "stale: sends on an endpoint that was destroyed.</p>\n</section>\n",
	      out);
}

void report_html(FILE *out, const struct validate_run *run, const struct tally *t)
{
	put_top(out, run, t);
	put_verdict(out, run, t);
	put_tiles(out, run, t);
	put_plan(out, run);
	put_cycles(out, run, t);
	fputs("<footer>rpmsg-guard " VERSION "</footer>\n</main>\n</body>\n</html>\n", out);
}
