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

struct near_search {
	const char *near_name;
	struct kallsyms_function near;
	struct kallsyms_function *functions;
	size_t n;
};

static bool is_near_symbol(const struct symbol *symbol, void *arg)
{
	struct near_search *s = arg;

	if (strcmp(symbol->name, s->near_name) != 0)
		return false;
	s->near.begin = symbol->address;
	set_module(&s->near, symbol);
	return true;
}

static uint64_t distance(uint64_t a, uint64_t b)
{
	return a > b ? a - b : b - a;
}

static bool take_closest(const struct symbol *symbol, void *arg)
{
	const struct near_search *s = arg;

	if (strcmp(symbol->module ? symbol->module : "", s->near.module) != 0)
		return false;
	for (size_t i = 0; i < s->n; i++)
		if (strcmp(symbol->name, s->functions[i].name) == 0 &&
		    (!s->functions[i].begin ||
		     distance(symbol->address, s->near.begin) <
			     distance(s->functions[i].begin, s->near.begin)))
			s->functions[i].begin = symbol->address;
	return false;
}

static bool bring_end_closer(const struct symbol *symbol, void *arg)
{
	const struct near_search *s = arg;

	for (size_t i = 0; i < s->n; i++)
		if (s->functions[i].begin && symbol->address > s->functions[i].begin &&
		    (!s->functions[i].end || symbol->address < s->functions[i].end))
			s->functions[i].end = symbol->address;
	return false;
}

bool kallsyms_functions_near(const char *near_name, struct kallsyms_function *functions, size_t n)
{
	struct near_search s = { .near_name = near_name, .functions = functions, .n = n };

	for (size_t i = 0; i < n; i++)
		functions[i].begin = functions[i].end = 0;
	if (!any_symbol(is_near_symbol, &s) || !s.near.begin)
		return false;
	any_symbol(take_closest, &s);
	any_symbol(bring_end_closer, &s);
	for (size_t i = 0; i < n; i++) {
		snprintf(functions[i].module, sizeof(functions[i].module), "%s", s.near.module);
		/* The last symbol of all has no next one; without an end it is of no use. */
		if (!functions[i].end)
			functions[i].begin = 0;
	}
	return true;
}
