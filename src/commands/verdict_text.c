// SPDX-License-Identifier: GPL-2.0-only
#include "commands/verdict_text.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "log/wrap.h"

/* Further ones are of the same weight or less; the JSON output has them all. */
#define OTHERS_SHOWN 4

static void print_process(FILE *out, const struct oops_verdict *v)
{
	if (!v->comm[0] && v->pid < 0)
		return;
	fprintf(out, "  process   %s", v->comm);
	if (v->pid >= 0)
		fprintf(out, "[%ld]", v->pid);
	if (v->cpu[0])
		fprintf(out, " on CPU %s", v->cpu);
	fputc('\n', out);
}

static void print_since_stop(FILE *out, const struct oops_verdict *v)
{
	if (!v->has_since_stop || v->answer != OOPS_ANSWER_RACE)
		return;
	if (v->since_stop < 0)
		fprintf(out, "  stop      was reported %.3f s after the oops began\n",
			-v->since_stop);
	else
		fprintf(out, "  stop      was reported %.3f s before\n", v->since_stop);
}

static void print_facts(FILE *out, const struct oops_verdict *v)
{
	fprintf(out, "\n  oops      %s, line %lu\n", v->what, v->line);
	if (v->answer == OOPS_ANSWER_RACE)
		fprintf(out, "  variant   %s\n", oops_variant_name(v->variant));
	if (v->driver[0]) {
		fprintf(out, "  driver    %s", v->driver);
		if (v->sender[0] && strcmp(v->sender, v->driver) != 0)
			fprintf(out, " (%s)", v->sender);
		fputc('\n', out);
	}
	print_process(out, v);
	if (v->kernel[0])
		fprintf(out, "  kernel    %s\n", v->kernel);
	if (v->hardware[0])
		fprintf(out, "  hardware  %s\n", v->hardware);
	print_since_stop(out, v);
	if (v->path != OOPS_PATH_UNKNOWN && v->answer == OOPS_ANSWER_RACE)
		fprintf(out, "  path      %s\n", oops_path_name(v->path));
}

static void print_evidence(FILE *out, const struct oops_verdict *v)
{
	char text[sizeof(v->evidence[0].text) + 32];

	if (v->n_evidence > 0)
		fputs("\nEvidence (+ for this race, - against)\n", out);
	for (size_t i = 0; i < v->n_evidence; i++) {
		const struct oops_evidence *e = &v->evidence[i];

		snprintf(text, sizeof(text), "%s%s", e->text, e->line ? ":" : "");
		print_wrapped(out,
			      e->weight > 0   ? "  + "
			      : e->weight < 0 ? "  - "
					      : "    ",
			      "    ", text);
		if (e->line)
			fprintf(out, "      line %lu: %.*s\n", e->line, WRAP_WIDTH - 20, e->quote);
	}
}

static void print_advice(FILE *out, const struct oops_verdict *v)
{
	if (v->n_advice > 0)
		fputs("\nWhat to do\n", out);
	for (size_t i = 0; i < v->n_advice; i++)
		print_wrapped(out, "  * ", "    ", v->advice[i]);
}

static void print_others(FILE *out, const struct oops_verdict *v)
{
	unsigned long more = v->more;

	if (v->n_others == 0 && more == 0)
		return;
	fputs("\nAlso in this log\n", out);
	for (size_t i = 0; i < v->n_others; i++) {
		if (i >= OTHERS_SHOWN) {
			more++;
			continue;
		}
		fprintf(out, "  line %lu: %s%s\n", v->others[i].line, v->others[i].what,
			v->others[i].race ? " (looks like this race)" : "");
	}
	if (more)
		fprintf(out, "  and %lu more\n", more);
}

void verdict_print(FILE *out, const struct oops_verdict *v)
{
	/* One line, for grep and for people who read no further. */
	fprintf(out, "%s\n", v->summary);
	if (v->line)
		print_facts(out, v);
	print_evidence(out, v);
	print_advice(out, v);
	print_others(out, v);
}
