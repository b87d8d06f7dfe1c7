// SPDX-License-Identifier: GPL-2.0-only
/* First whether both were made under the same conditions, then what the numbers say. */
#include "validate/compare.h"

#include <math.h>
#include <string.h>

#define ERROR_95 0.05

/* ---- the conditions ---- */

static void compare_text(struct comparison *c, const char *what, const char *before,
			 const char *after)
{
	if (!before[0] || !after[0])
		report_say(&c->unknown, "%s: not known for %s", what,
			   before[0]  ? "NEW"
			   : after[0] ? "OLD"
				      : "both");
	else if (strcmp(before, after) != 0)
		report_say(&c->differences, "%s: OLD %s, NEW %s", what, before, after);
}

static void compare_number(struct comparison *c, const char *what, unsigned int before,
			   unsigned int after)
{
	char old_text[16] = "", new_text[16] = "";

	if (before)
		snprintf(old_text, sizeof(old_text), "%u", before);
	if (after)
		snprintf(new_text, sizeof(new_text), "%u", after);
	compare_text(c, what, old_text, new_text);
}

static void join_devices(const struct validate_run *run, char *text, size_t len)
{
	size_t n = 0;

	text[0] = '\0';
	for (size_t i = 0; i < run->n_devices && n < len; i++)
		n += (size_t)snprintf(text + n, len - n, "%s%s", i ? " " : "", run->devices[i]);
}

static void compare_conditions(const struct validate_run *before, const struct validate_run *after,
			       struct comparison *c)
{
	char old_devices[140 * VALIDATE_DEVICES_MAX], new_devices[140 * VALIDATE_DEVICES_MAX];

	join_devices(before, old_devices, sizeof(old_devices));
	join_devices(after, new_devices, sizeof(new_devices));
	compare_text(c, "machine", before->machine, after->machine);
	compare_text(c, "remote processor", before->device_name, after->device_name);
	compare_text(c, "kernel configuration", before->config, after->config);
	compare_number(c, "CPUs", before->cpus, after->cpus);
	compare_text(c, "load: devices", old_devices, new_devices);
	compare_number(c, "load: senders for each device", before->senders, after->senders);
}

/* What was lost may have been an unsafe cycle. */
static void check_whole(const struct validate_result *r, const char *name, struct comparison *c)
{
	if (r->cycles == 0)
		report_say(&c->differences, "%s has no cycle that was completed", name);
	if (r->lost)
		report_say(
			&c->differences,
			"%s: the kernel side had no room for %llu events or senders, so unsafe cycles may "
			"be missing",
			name, (unsigned long long)r->lost);
}

/* ---- the numbers ---- */

/* lgamma() leaves a sign in a global variable. */
static double log_choose(unsigned int n, unsigned int k)
{
	int sign;

	return lgamma_r((double)n + 1, &sign) - lgamma_r((double)k + 1, &sign) -
	       lgamma_r((double)(n - k) + 1, &sign);
}

/*
 * Of @cycles_old + @cycles_new cycles @unsafe are unsafe: the probability that @from to @to of them are
 * among the new cycles, if chance alone decides.
 */
static double chance(unsigned int cycles_old, unsigned int cycles_new, unsigned int unsafe,
		     unsigned int from, unsigned int to)
{
	const unsigned int least = unsafe > cycles_old ? unsafe - cycles_old : 0;
	const unsigned int most = unsafe < cycles_new ? unsafe : cycles_new;
	double sum = 0;

	for (unsigned int i = from > least ? from : least; i <= to && i <= most; i++)
		sum += exp(log_choose(cycles_new, i) + log_choose(cycles_old, unsafe - i) -
			   log_choose(cycles_old + cycles_new, unsafe));
	return sum < 1 ? sum : 1;
}

/* How many new cycles, none of them unsafe, would tell that the rate has fallen. */
static unsigned int cycles_needed(const struct validate_result *before)
{
	unsigned int low = 0, high = VALIDATE_CYCLES_MAX;

	if (!before->unsafe || chance(before->cycles, high, before->unsafe, 0, 0) >= ERROR_95)
		return 0;
	while (high - low > 1) {
		const unsigned int middle = (low + high) / 2;

		if (chance(before->cycles, middle, before->unsafe, 0, 0) < ERROR_95)
			high = middle;
		else
			low = middle;
	}
	return high;
}

void compare_results(const struct validate_result *before, const struct validate_result *after,
		     struct comparison *c)
{
	const unsigned int unsafe = before->unsafe + after->unsafe;

	memset(c, 0, sizeof(*c));
	c->old_rate = rate_bounds_95(before->unsafe, before->cycles);
	c->new_rate = rate_bounds_95(after->unsafe, after->cycles);
	compare_conditions(&before->run, &after->run, c);
	check_whole(before, "OLD", c);
	check_whole(after, "NEW", c);
	c->chance_fewer = chance(before->cycles, after->cycles, unsafe, 0, after->unsafe);
	c->chance_more = chance(before->cycles, after->cycles, unsafe, after->unsafe, unsafe);
	if (c->differences.n)
		c->change = CHANGE_NOT_COMPARABLE;
	else if (c->chance_fewer < ERROR_95)
		c->change = CHANGE_BETTER;
	else if (c->chance_more < ERROR_95)
		c->change = CHANGE_WORSE;
	else
		c->change = CHANGE_UNDECIDED;
	if (c->change == CHANGE_UNDECIDED && after->unsafe == 0)
		c->cycles_needed = cycles_needed(before);
}

const char *change_name(enum change change)
{
	static const char *const names[] = {
		[CHANGE_BETTER] = "better",
		[CHANGE_WORSE] = "worse",
		[CHANGE_UNDECIDED] = "undecided",
		[CHANGE_NOT_COMPARABLE] = "not comparable",
	};

	return names[change];
}
