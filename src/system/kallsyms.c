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
	char line[768];

	if (!f)
		return false;
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

/* A function of a wanted name; it may be that of another folder. */
struct candidate {
	struct kallsyms_function *wanted;
	const struct kallsyms_near *near;
	uint64_t address;
	char module[64];
};

struct near_search {
	struct kallsyms_near *near;
	size_t n;
	struct candidate *candidates;
	size_t n_candidates, room;
	uint64_t *addresses; /* of all functions: the list is not sorted across modules */
	size_t n_addresses, room_addresses;
};

static const char *module_of(const struct symbol *symbol)
{
	return symbol->module ? symbol->module : "";
}

/* Without memory one that comes late is missed. */
static void add_candidate(struct near_search *s, const struct kallsyms_near *near,
			  struct kallsyms_function *wanted, const struct symbol *symbol)
{
	struct candidate *c;

	if (s->n_candidates == s->room) {
		c = realloc(s->candidates, (s->room + 32) * sizeof(*c));
		if (!c)
			return;
		s->candidates = c;
		s->room += 32;
	}
	c = &s->candidates[s->n_candidates++];
	*c = (struct candidate){ .wanted = wanted, .near = near, .address = symbol->address };
	snprintf(c->module, sizeof(c->module), "%s", module_of(symbol));
}

static bool note_address(struct near_search *s, uint64_t address)
{
	uint64_t *more;

	if (s->n_addresses == s->room_addresses) {
		more = realloc(s->addresses, (s->room_addresses + 16384) * sizeof(*more));
		if (!more)
			return false;
		s->addresses = more;
		s->room_addresses += 16384;
	}
	s->addresses[s->n_addresses++] = address;
	return true;
}

/* Without memory for all addresses nothing is found: an end that is too far would be wrong. */
static bool note_candidates(const struct symbol *symbol, void *arg)
{
	struct near_search *s = arg;

	if (!note_address(s, symbol->address)) {
		s->n_candidates = 0;
		return true;
	}
	for (size_t i = 0; i < s->n; i++) {
		struct kallsyms_near *near = &s->near[i];

		if (!near->address && strcmp(symbol->name, near->name) == 0) {
			near->address = symbol->address;
			snprintf(near->module, sizeof(near->module), "%s", module_of(symbol));
		}
		for (size_t k = 0; k < near->n; k++)
			if (strcmp(symbol->name, near->functions[k].name) == 0)
				add_candidate(s, near, &near->functions[k], symbol);
	}
	return false;
}

static uint64_t distance(uint64_t a, uint64_t b)
{
	return a > b ? a - b : b - a;
}

static void take_closest(struct near_search *s)
{
	for (size_t i = 0; i < s->n_candidates; i++) {
		const struct candidate *c = &s->candidates[i];
		struct kallsyms_function *f = c->wanted;

		if (!c->near->address || strcmp(c->module, c->near->module) != 0)
			continue;
		if (f->begin &&
		    distance(c->address, c->near->address) >= distance(f->begin, c->near->address))
			continue;
		f->begin = c->address;
		snprintf(f->module, sizeof(f->module), "%s", c->module);
	}
}

static uint64_t end_of(const struct near_search *s, uint64_t begin)
{
	uint64_t end = UINT64_MAX;

	for (size_t i = 0; i < s->n_addresses; i++)
		if (s->addresses[i] > begin && s->addresses[i] < end)
			end = s->addresses[i];
	return end;
}

/* The last symbol of all has no next one; without an end it is of no use. */
static void find_end(const struct near_search *s, struct kallsyms_function *f)
{
	if (!f->begin)
		return;
	f->end = end_of(s, f->begin);
	if (f->end == UINT64_MAX)
		f->begin = f->end = 0;
}

static void forget_found(struct kallsyms_near *near)
{
	near->address = 0;
	for (size_t i = 0; i < near->n; i++)
		near->functions[i].begin = near->functions[i].end = 0;
}

void kallsyms_functions_near(struct kallsyms_near *near, size_t n)
{
	struct near_search s = { .near = near, .n = n };

	for (size_t i = 0; i < n; i++)
		forget_found(&near[i]);
	any_symbol(note_candidates, &s);
	take_closest(&s);
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < near[i].n; k++)
			find_end(&s, &near[i].functions[k]);
	free(s.candidates);
	free(s.addresses);
}
