// SPDX-License-Identifier: GPL-2.0-only
#include "validate/report.h"

#include <inttypes.h>

static const char head[] =
	"<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
	"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	"<title>rpmsg-guard validate</title>\n<style>\n"
	"body { font: 16px/1.5 sans-serif; max-width: 50em; margin: 2em auto; padding: 0 1em; }\n"
	".clean { color: #1a7f37; } .vulnerable { color: #c00; } .failed { color: #9a6700; }\n"
	"table { border-collapse: collapse; width: 100%; }\n"
	"th, td { text-align: right; padding: .2em .6em; border-bottom: 1px solid #ccc; }\n"
	"tr.unsafe td { background: #fdd; }\n"
	"</style></head><body>\n";

/* Names come from drivers and from the command line. */
static void put(FILE *out, const char *text)
{
	for (; *text; text++) {
		switch (*text) {
		case '<':
			fputs("&lt;", out);
			break;
		case '>':
			fputs("&gt;", out);
			break;
		case '&':
			fputs("&amp;", out);
			break;
		case '"':
			fputs("&quot;", out);
			break;
		default:
			fputc(*text, out);
		}
	}
}

static void put_plan(FILE *out, const struct validate_run *run, const struct tally *t)
{
	fputs("<p>", out);
	put(out, run->rproc);
	fputs(" (", out);
	put(out, run->device_name);
	fputs("), kernel ", out);
	put(out, run->kernel);
	fputc(' ', out);
	put(out, run->machine);
	fputs(", ", out);
	put(out, run->started);
	fprintf(out, "<br>%u senders on each of", run->senders);
	for (size_t i = 0; i < run->n_devices; i++) {
		fputs(" <code>", out);
		put(out, run->devices[i]);
		fputs("</code>", out);
	}
	fprintf(out, "; %" PRIu64 " messages before %u stops of %u planned</p>\n", t->sends,
		t->cycles, run->planned);
}

static void put_cycle(FILE *out, const struct validate_run *run, const struct tally *t, size_t i)
{
	const struct cycle *c = &run->cycles[i];
	const bool died = t->died_in == i + 1;

	fprintf(out, "<tr%s><td>%zu</td>", died || cycle_is_unsafe(c) ? " class=\"unsafe\"" : "",
		i + 1);
	if (!c->finished) {
		fprintf(out, "<td colspan=\"5\">%s</td></tr>\n",
			died ? "the kernel died" : "not finished");
		return;
	}
	fprintf(out,
		"<td>%" PRIu64 "</td><td>%" PRIu64 "</td><td>%" PRIu64 "</td><td>%" PRIu64
		"</td><td>%s</td></tr>\n",
		c->sends, c->overlaps, c->stale, c->stop_ms,
		died	  ? "died after it"
		: c->oops ? "oops"
			  : "");
}

void report_html(FILE *out, const struct validate_run *run, const struct tally *t)
{
	struct report_lines lines;

	report_findings(run, t, &lines);
	fputs(head, out);
	fprintf(out, "<h1>Stops under load: <span class=\"%1$s\">%1$s</span></h1>\n<ul>\n",
		verdict_name(t->verdict));
	for (size_t i = 0; i < lines.n; i++) {
		fputs("<li>", out);
		put(out, lines.text[i]);
		fputs("</li>\n", out);
	}
	fputs("</ul>\n", out);
	put_plan(out, run, t);
	fputs("<table><tr><th>cycle</th><th>messages before</th><th>senders inside</th>"
	      "<th>stale sends</th><th>stop, ms</th><th>kernel</th></tr>\n",
	      out);
	for (size_t i = 0; i < run->n_cycles; i++)
		put_cycle(out, run, t, i);
	fputs("</table></body></html>\n", out);
}
