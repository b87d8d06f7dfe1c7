// SPDX-License-Identifier: GPL-2.0-only
/* Every question is one walk through the lines of /proc/kallsyms. */
#include "system/kallsyms.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct symbol {
	uint64_t address;
	const char *name;
	const char *module; /* NULL: the kernel itself */
};

typedef bool (*symbol_fn)(const struct symbol *symbol, void *arg);

/*
 * Splits "ffff800010000000 t name\t[module]" in place. By hand, because the list has some hundred
 * thousand lines and a board takes seconds for them with sscanf().
 */
static bool split(char *line, struct symbol *symbol)
{
	char *end, *p;

	symbol->address = strtoull(line, &end, 16);
	if (end == line || end[0] != ' ' || !end[1] || !strchr("tTwW", end[1]) || end[2] != ' ')
		return false;
	/* arm64 marks where code and data begin in a module by "$x" and "$d": not names of functions. */
	if (end[3] == '$')
		return false;
	symbol->name = p = end + 3;
	p += strcspn(p, "\t\n");
	symbol->module = NULL;
	if (p[0] == '\t' && p[1] == '[') {
		symbol->module = p + 2;
		p[2 + strcspn(p + 2, "]")] = '\0';
	}
	*p = '\0';
	return true;
}

/* Walks the text symbols until @fn is satisfied. Addresses are not needed and may be hidden. */
static bool any_symbol(symbol_fn fn, void *arg)
{
	FILE *f = fopen("/proc/kallsyms", "re");
	struct symbol symbol;
	bool found = false;
	char line[768], buffer[4096];

	if (!f)
		return false;
	/* stdio would take 1 kB at a time, as stat() says. */
	setvbuf(f, buffer, _IOFBF, sizeof(buffer));
	while (!found && fgets(line, sizeof(line), f))
		found = split(line, &symbol) && fn(&symbol, arg);
	fclose(f);
	return found;
}

struct pattern {
	const char *module, *prefix, *part;
};

static bool matches(const struct symbol *symbol, void *arg)
{
	const struct pattern *p = arg;

	if (p->module ? !symbol->module || strcmp(symbol->module, p->module) != 0
		      : symbol->module || strncmp(symbol->name, p->prefix, strlen(p->prefix)) != 0)
		return false;
	return strstr(symbol->name, p->part);
}

bool kallsyms_module_has(const char *module, const char *prefix, const char *part)
{
	struct pattern p = { module, prefix, part };

	return any_symbol(matches, &p);
}

struct by_name {
	struct kallsyms_wanted *wanted;
	size_t n;
};

static bool note_wanted(const struct symbol *symbol, void *arg)
{
	const struct by_name *b = arg;

	for (size_t i = 0; i < b->n; i++) {
		if (strcmp(symbol->name, b->wanted[i].name) != 0)
			continue;
		b->wanted[i].found = true;
		b->wanted[i].address = symbol->address;
	}
	return false;
}

void kallsyms_find(struct kallsyms_wanted *wanted, size_t n)
{
	struct by_name b = { wanted, n };

	for (size_t i = 0; i < n; i++)
		wanted[i].found = false;
	any_symbol(note_wanted, &b);
}

struct nearest {
	uint64_t address;
	struct kallsyms_function *best;
};

static void set_module(struct kallsyms_function *function, const struct symbol *symbol)
{
	snprintf(function->module, sizeof(function->module), "%s",
		 symbol->module ? symbol->module : "");
}

/* The list is not sorted across modules: every symbol has to be seen. */
static bool nearer(const struct symbol *symbol, void *arg)
{
	const struct nearest *n = arg;
	struct kallsyms_function *best = n->best;

	if (symbol->address > n->address) {
		if (symbol->address < best->end)
			best->end = symbol->address;
	} else if (symbol->address > best->begin) {
		best->begin = symbol->address;
		snprintf(best->name, sizeof(best->name), "%s", symbol->name);
		set_module(best, symbol);
	}
	return false;
}

/* Whether @address is inside of @module, by a line like "vendor_tty 16384 0 - Live 0xffff800008a10000". */
static bool module_holds(const char *module, uint64_t address)
{
	FILE *f = fopen("/proc/modules", "re");
	const size_t n = strlen(module);
	bool holds = false;
	char line[768];
	uint64_t begin;
	size_t size;

	while (f && fgets(line, sizeof(line), f)) {
		if (strncmp(line, module, n) != 0 || line[n] != ' ')
			continue;
		holds = sscanf(line + n, "%zu %*s %*s %*s %" SCNx64, &size, &begin) == 2 &&
			address - begin < size;
		break;
	}
	if (f)
		fclose(f);
	return holds;
}

bool kallsyms_function_at(uint64_t address, struct kallsyms_function *out)
{
	struct nearest n = { address, out };

	*out = (struct kallsyms_function){ .end = UINT64_MAX };
	any_symbol(nearer, &n);
	/* Behind all that is there: of a module that has been unloaded since. */
	return out->begin && (!out->module[0] || module_holds(out->module, address));
}

/* Functions of one name are few. */
#define CANDIDATES 32

struct near_search {
	struct kallsyms_near *wanted;
	size_t n;
	struct kallsyms_function candidates[CANDIDATES];
	size_t n_candidates;
};

static void bring_end_closer(struct kallsyms_function *f, uint64_t address)
{
	if (f->begin && address > f->begin && (!f->end || address < f->end))
		f->end = address;
}

static bool note_candidate(const struct symbol *symbol, void *arg)
{
	struct near_search *s = arg;
	struct kallsyms_function *candidate;
	bool wanted = false;

	for (size_t i = 0; i < s->n_candidates; i++)
		bring_end_closer(&s->candidates[i], symbol->address);
	for (size_t i = 0; i < s->n; i++)
		wanted |= strcmp(symbol->name, s->wanted[i].near) == 0 ||
			  strcmp(symbol->name, s->wanted[i].function.name) == 0;
	if (!wanted || s->n_candidates == CANDIDATES)
		return false;
	candidate = &s->candidates[s->n_candidates++];
	snprintf(candidate->name, sizeof(candidate->name), "%s", symbol->name);
	set_module(candidate, symbol);
	candidate->begin = symbol->address;
	return false;
}

static const struct kallsyms_function *first_of(const struct near_search *s, const char *name)
{
	for (size_t i = 0; i < s->n_candidates; i++)
		if (strcmp(s->candidates[i].name, name) == 0)
			return &s->candidates[i];
	return NULL;
}

static uint64_t distance(uint64_t a, uint64_t b)
{
	return a > b ? a - b : b - a;
}

static void take_closest(const struct near_search *s, struct kallsyms_near *wanted)
{
	const struct kallsyms_function *near = first_of(s, wanted->near);
	struct kallsyms_function *best = &wanted->function;

	if (!near || !near->begin)
		return;
	for (size_t i = 0; i < s->n_candidates; i++) {
		const struct kallsyms_function *c = &s->candidates[i];

		if (strcmp(c->name, best->name) == 0 && strcmp(c->module, near->module) == 0 &&
		    (!best->begin ||
		     distance(c->begin, near->begin) < distance(best->begin, near->begin)))
			*best = *c;
	}
}

static bool bring_ends_closer(const struct symbol *symbol, void *arg)
{
	const struct near_search *s = arg;

	for (size_t i = 0; i < s->n; i++)
		bring_end_closer(&s->wanted[i].function, symbol->address);
	return false;
}

void kallsyms_functions_near(struct kallsyms_near *wanted, size_t n)
{
	struct near_search s = { .wanted = wanted, .n = n };
	bool of_module = false;

	any_symbol(note_candidate, &s);
	for (size_t i = 0; i < n; i++) {
		take_closest(&s, &wanted[i]);
		of_module |= wanted[i].function.module[0];
	}
	/* The kernel's own symbols are sorted, those of a module are not. */
	if (of_module)
		any_symbol(bring_ends_closer, &s);
	/* The last symbol of all has no next one; without an end it is of no use. */
	for (size_t i = 0; i < n; i++)
		if (!wanted[i].function.end)
			wanted[i].function.begin = 0;
}
