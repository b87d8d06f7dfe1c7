// SPDX-License-Identifier: GPL-2.0-only
/* The episode as one web page that needs nothing else. */
#include <inttypes.h>
#include <stdarg.h>

#include "html/page.h"
#include "timeline/describe.h"
#include "timeline/html_private.h"
#include "timeline/render.h"

void page_put(const struct page *p, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vfprintf(p->out, fmt, ap);
	va_end(ap);
}

static void put_top(const struct page *p)
{
	page_put(p, "%s<title>", html_head);
	html_text(p->out, "", p->r->rproc, ": ");
	html_text(p->out, "", p->f->headline, "</title>\n<style>\n");
	page_put(p, "%s</style>\n</head>\n<body>\n<main>\n", html_style);
}

/* ---- numbers ---- */

static void put_tile(const struct page *p, const char *value, const char *name, bool bad)
{
	page_put(p, "<div%s><dt>%s</dt><dd>%s</dd></div>\n", bad ? " class=\"bad\"" : "", name,
		 value);
}

/* What there was none of is not said. */
static void put_count(const struct page *p, uint64_t count, const char *name, bool bad)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRIu64, count);
	if (count > 0)
		put_tile(p, text, name, bad);
}

static void put_tiles(const struct page *p)
{
	const struct numbers *n = &p->f->numbers;
	char text[DURATION_MAX];

	page_put(p, "<section class=\"tiles\">\n<h2>Numbers</h2>\n<dl>\n");
	if (n->has_held)
		put_tile(p, duration_text(text, n->held_ns, HTML_MICRO),
			 p->r->ended ? "the caller waited" : "the caller has waited so far", false);
	put_count(p, n->overlaps, "unsafe overlaps", true);
	put_count(p, p->f->keepers.n_open, "devices not closed", true);
	put_count(p, n->inside_at_gate, "sends inside when the gate closed", false);
	put_count(p, n->refused, "sends refused", false);
	put_count(p, n->dropped, "sends dropped on dead endpoints", false);
	put_count(p, n->ejected, "senders ejected", false);
	put_count(p, n->sends, "sends recorded", false);
	if (n->longest_ns)
		put_tile(p, duration_text(text, n->longest_ns, HTML_MICRO), "the longest send",
			 false);
	put_count(p, p->f->senders.n, "senders", false);
	put_count(p, n->lost, "entries lost", true);
	page_put(p, "</dl>\n</section>\n");
}

/* ---- facts ---- */

/* What was not recorded is left out. */
static void put_fact(const struct page *p, const char *name, const char *value)
{
	if (value[0])
		html_fact(p->out, name, value);
}

static void put_facts(const struct page *p)
{
	const struct recording *r = p->r;
	char caller[128], result[1024];

	page_put(p, "<section>\n<h2>The episode</h2>\n<dl class=\"facts\">\n");
	put_fact(p, "requested by", caller_name(r, caller, sizeof(caller)));
	put_fact(p, "request", r->request);
	put_fact(p, "when", r->started);
	result_text(r, result, sizeof(result));
	put_fact(p, "result", result);
	put_fact(p, "guard", r->program);
	put_fact(p, "level", r->level);
	put_fact(p, "kernel", r->kernel);
	put_fact(p, "machine", r->machine);
	put_fact(p, "boot", r->boot_id);
	put_fact(p, "episode", r->id);
	page_put(p, "</dl>\n</section>\n");
}

void render_html(FILE *out, const struct recording *r, const struct findings *f)
{
	struct page p = { .out = out, .r = r, .f = f };

	phases_of(&p.phases, r, f);
	put_top(&p);
	page_verdict(&p);
	page_drawing(&p);
	put_tiles(&p);
	page_advice(&p);
	page_keepers(&p);
	page_timeline(&p);
	page_senders(&p);
	page_overview(&p);
	put_facts(&p);
	page_put(&p,
		 "<footer>Made by rpmsg-guard %s. Needs no network and no script.</footer>\n"
		 "</main>\n</body>\n</html>\n",
		 VERSION);
}
