// SPDX-License-Identifier: GPL-2.0-only
/* The top of the page of an episode: what happened, by whose fault, and what to do next. */
#include "html/page.h"
#include "timeline/describe.h"
#include "timeline/html_private.h"
#include "timeline/steps.h"

#define KEEPERS_NAMED 2

static bool is_kept_open(const struct page *p)
{
	return p->f->outcome == OUTCOME_REFUSED && p->f->keepers.n_open > 0;
}

static void put_task(const struct page *p, const struct keeper *k)
{
	char name[64];

	html_text(p->out, "", task_name(&k->task, name, sizeof(name)), "");
}

static uint64_t lasted_ns(const struct keeper *k)
{
	return k->to_ns - k->from_ns;
}

/* A sender that did not leave its send is named as well. */
static void put_plain_headline(const struct page *p)
{
	char names[256];

	sender_names(&p->f->senders, false, names, sizeof(names));
	if (p->f->outcome == OUTCOME_REFUSED && p->r->end.cause == TL_CAUSE_SENDER_INSIDE &&
	    names[0])
		html_text(p->out, "<h1>Refused: ", names, " did not leave a send</h1>\n");
	else
		html_text(p->out, "<h1>", p->f->headline, "</h1>\n");
}

static void put_headline(const struct page *p)
{
	const struct keepers *k = &p->f->keepers;
	char lasted[DURATION_MAX];

	if (!is_kept_open(p)) {
		put_plain_headline(p);
		return;
	}
	page_put(p, "<h1>Refused: ");
	if (k->n_programs > 1)
		page_put(p, "%zu programs kept devices open", k->n_programs);
	else
		put_task(p, &k->list[0]);
	if (k->n_programs == 1 && k->n_open > 1)
		page_put(p, " kept %zu devices open", k->n_open);
	if (k->n_open == 1) {
		html_text(p->out, " kept ", k->list[0].device, " open for ");
		page_put(p, "%s", duration_text(lasted, lasted_ns(&k->list[0]), HTML_MICRO));
	}
	page_put(p, "</h1>\n");
}

static void put_culprits(const struct page *p)
{
	const struct keepers *k = &p->f->keepers;
	char lasted[DURATION_MAX];

	page_put(p, "<ul class=\"culprits\">\n");
	for (size_t i = 0; i < k->n_open && i < KEEPERS_NAMED; i++) {
		page_put(p, "<li><strong>");
		put_task(p, &k->list[i]);
		html_text(p->out, "</strong> kept <strong>", k->list[i].device, "</strong> open");
		page_put(p, " for %s</li>\n",
			 duration_text(lasted, lasted_ns(&k->list[i]), HTML_MICRO));
	}
	if (k->n_open > KEEPERS_NAMED)
		page_put(p, "<li>and %zu more, see <a href=\"#programs\">below</a></li>\n",
			 k->n_open - KEEPERS_NAMED);
	page_put(p, "</ul>\n");
}

static void put_meaning(const struct page *p)
{
	if (!is_kept_open(p)) {
		html_text(p->out, "<p>", p->f->meaning, "</p>\n");
		return;
	}
	if (p->f->keepers.n_open > 1)
		put_culprits(p);
	html_text(p->out, "<p>So the guard refused the ", action_name(p->r), ". ");
	html_text(p->out, "", p->r->rproc, " is still up, and programs can use it again.</p>\n");
}

static void put_steps(const struct page *p, const struct steps *s)
{
	page_put(p, "<h2>What to do next</h2>\n<ol class=\"next\">\n");
	for (size_t i = 0; i < s->n; i++) {
		html_text(p->out, "<li>", s->list[i].text, "");
		if (s->list[i].command[0])
			html_text(p->out, " <code>", s->list[i].command, "</code>");
		page_put(p, "</li>\n");
	}
	page_put(p, "</ol>\n");
}

void page_verdict(const struct page *p)
{
	static const char *const classes[] = { "good", "attention", "alarm" };
	struct steps steps;

	page_put(p, "<section class=\"verdict %s\">\n", classes[p->f->grade]);
	html_text(p->out, "<p class=\"over\">", action_name(p->r), " of ");
	html_text(p->out, "", p->r->rproc, "");
	if (p->r->device[0])
		html_text(p->out, " (", p->r->device, ")");
	page_put(p, "</p>\n");
	put_headline(p);
	put_meaning(p);
	steps_of(&steps, p->r, p->f);
	if (p->f->grade != GRADE_GOOD && steps.n > 0)
		put_steps(p, &steps);
	page_put(p, "</section>\n");
}

void page_advice(const struct page *p)
{
	struct steps steps;

	steps_of(&steps, p->r, p->f);
	if (p->f->grade != GRADE_GOOD || steps.n == 0)
		return;
	page_put(p, "<section>\n");
	put_steps(p, &steps);
	page_put(p, "</section>\n");
}
