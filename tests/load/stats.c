// SPDX-License-Identifier: GPL-2.0-only
/* The counters, and the one line that shows them. */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "load.h"

uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ULL + t.tv_nsec;
}

void call_begins(struct counters *c)
{
	c->inside_since_ns = now_ns();
}

static void count_error(struct counters *c, int err)
{
	c->errors++;
	if (err == EIO)
		c->eio++;
	if (err == ESHUTDOWN)
		c->eshutdown++;
}

/* Leaves errno as the call set it. */
void call_ends(struct counters *c, long result)
{
	int err = errno;
	uint64_t took = now_ns() - c->inside_since_ns;

	c->inside_since_ns = 0;
	if (took > c->longest_ns)
		c->longest_ns = took;
	c->calls++;
	if (result < 0)
		count_error(c, err);
	else
		c->bytes += result;
	errno = err;
}

/* A call that has not come back yet counts with the time it has taken so far. */
static uint64_t longest_ns(const struct counters *c)
{
	uint64_t since = c->inside_since_ns, now = now_ns();
	uint64_t current = since && now > since ? now - since : 0;

	return current > c->longest_ns ? current : c->longest_ns;
}

struct sums {
	uint64_t calls, bytes, errors, eio, eshutdown, opens, longest;
};

static struct sums sum_up(const struct counters *c, unsigned int n)
{
	struct sums s = { 0 };
	unsigned int i;

	for (i = 0; i < n; i++) {
		uint64_t longest = longest_ns(&c[i]);

		s.calls += c[i].calls;
		s.bytes += c[i].bytes;
		s.errors += c[i].errors;
		s.eio += c[i].eio;
		s.eshutdown += c[i].eshutdown;
		s.opens += c[i].opens;
		if (longest > s.longest)
			s.longest = longest;
	}
	return s;
}

static int write_line(FILE *f, const struct counters *c, unsigned int n)
{
	struct sums s = sum_up(c, n);

	return fprintf(f,
		       "writes=%" PRIu64 " bytes=%" PRIu64 " errors=%" PRIu64 " eio=%" PRIu64
		       " eshutdown=%" PRIu64 " opens=%" PRIu64 " longest_ms=%" PRIu64 "\n",
		       s.calls, s.bytes, s.errors, s.eio, s.eshutdown, s.opens,
		       s.longest / 1000000);
}

void print_stats(const struct counters *c, unsigned int n)
{
	write_line(stdout, c, n);
	fflush(stdout);
}

/* Whoever looks sees a whole line: the old one or the new one. */
int save_stats(const char *path, const struct counters *c, unsigned int n)
{
	char part[PATH_MAX];
	FILE *f;

	if (snprintf(part, sizeof(part), "%s.part", path) >= (int)sizeof(part))
		return -ENAMETOOLONG;
	f = fopen(part, "w");
	if (!f)
		return -errno;
	if (write_line(f, c, n) < 0 || fclose(f) || rename(part, path))
		return -errno;
	return 0;
}
