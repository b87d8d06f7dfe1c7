/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the tests of pages share: episodes that are made, as extreme as they can get, and a way through
 * those and the ones of tests/data/episodes.
 */
#ifndef TESTS_UNIT_PAGES_H
#define TESTS_UNIT_PAGES_H

#include "episodes.h"

static inline size_t count(const char *text, const char *what)
{
	size_t n = 0;

	while ((text = strstr(text, what)) != NULL) {
		text += strlen(what);
		n++;
	}
	return n;
}

static inline const char *place_of(const char *text, const char *what)
{
	const char *found = strstr(text, what);

	if (!found)
		fail_msg("there is no '%s'", what);
	return found;
}

struct made {
	const char *name;
	uint64_t before_ns, step_ns; /* from the request to the gate, and between the other steps */
	size_t senders, keepers, notes;
	const char *comm, *device;
	bool closes;
};

static const struct made extremes[] = {
	{ "microseconds", 200, 700, 2, 1, 0, "sh", "/dev/ttyRPMSG0", true },
	{ "one moment", 0, 0, 3, 2, 3, "sh", "/dev/ttyRPMSG0", true },
	{ "20 s", 100, 6000000000, 4, 1, 10, "datalogger", "/dev/ttyRPMSG30", false },
	{ "late", 20000000000, 40, 1, 0, 5, "late", "/dev/ttyRPMSG30", true },
	{ "a crowd", 1000, 90000, 100, 40, 60, "writer", "/dev/rpmsg_vendor30", false },
	{ "long names", 1000, 1000000, 3, 3, 2, "WWWWWWWWWWWWWWW",
	  "/dev/a-very-long-name-of-a-device-that-somebody-has-chosen-without-a-thought-of-others",
	  false },
	{ "wide letters", 1000, 1000000, 3, 3, 2,
	  "\xe9\x9b\xbb\xe6\xba\x90\xe9\x9b\xbb\xe6\xba\x90",
	  "/dev/\xe9\x9b\xbb\xe6\xba\x90\xe9\x9b\xbb\xe6\xba\x90\xe9\x9b\xbb\xe6\xba\x90\xe9\x9b\xbb"
	  "\xe6\xba\x90\xe9\x9b\xbb\xe6\xba\x90\xe9\x9b\xbb\xe6\xba\x90\xe9\x9b\xbb\xe6\xba\x90",
	  true },
};

#define N_EXTREMES (sizeof(extremes) / sizeof(extremes[0]))

static inline void put_event(FILE *out, uint64_t t_ns, const char *event, const char *device)
{
	fprintf(out,
		"{\"record\":\"event\",\"t_ns\":%llu,\"event\":\"%s\",\"device\":\"%s\",\"senders\":0}\n",
		(unsigned long long)t_ns, event, device);
}

static inline void put_keepers(FILE *out, const struct made *m, uint64_t t_ns, const char *event)
{
	for (size_t i = 0; i < m->keepers; i++)
		fprintf(out,
			"{\"record\":\"event\",\"t_ns\":%llu,\"event\":\"%s\",\"pid\":%zu,"
			"\"tid\":%zu,\"comm\":\"%s\",\"device\":\"%s\"}\n",
			(unsigned long long)t_ns, event, 4000000 + i, 4000000 + i, m->comm,
			m->device);
}

static inline void put_senders(FILE *out, const struct made *m, uint64_t t_ns)
{
	for (size_t i = 0; i < m->senders; i++)
		fprintf(out,
			"{\"record\":\"send\",\"start_ns\":%llu,\"end_ns\":%llu,\"pid\":%zu,"
			"\"tid\":%zu,\"comm\":\"%s\",\"function\":\"rpmsg_send\",\"result\":\"%s\"}\n",
			(unsigned long long)(t_ns + i), (unsigned long long)(t_ns + i + 50),
			5000000 + i, 5000000 + i, m->comm, i % 2 ? "refused" : "returned");
}

static inline void write_made(FILE *out, const struct made *m)
{
	static const char *const down[] = { "released", "virtqueue_deleted", "resources_freed" };
	uint64_t t = 1000000000;

	fputs(HEAD, out);
	put_event(out, t, "requested", "");
	put_event(out, t, "held", "");
	put_event(out, t += m->before_ns, "gate_closed", "");
	put_senders(out, m, t);
	put_event(out, t += m->step_ns, "hung_up", m->device);
	put_keepers(out, m, t, "still_open");
	put_event(out, t += m->step_ns, "drained", "");
	for (size_t i = 0; i < m->notes; i++)
		put_event(out, t + i, "note", "");
	t += m->step_ns;
	if (m->closes) {
		put_keepers(out, m, t, "now_closed");
		for (size_t i = 0; i < 3; i++)
			put_event(out, t += m->step_ns, down[i], "");
	}
	fprintf(out,
		"{\"record\":\"end\",\"t_ns\":%llu,\"result\":\"%s\",\"reason\":\"\",\"cause\":\"%s\","
		"\"held_ns\":%llu,\"refused\":0,\"dropped\":0,\"ejected\":0,\"unsafe_overlaps\":0,"
		"\"complete\":true}\n",
		(unsigned long long)t + 1, m->closes ? "stopped" : "refused",
		m->closes ? "" : "tty_open", (unsigned long long)(t + 1 - 1000000000));
}

static inline void open_made(const struct made *m)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	assert_non_null(out);
	write_made(out, m);
	fclose(out);
	if (parse(text, len, 0) != 0)
		fail_msg("%s: %s", m->name, why);
	free(text);
}

/* All episodes, one after the other. */
static inline const char *open_any(size_t i)
{
	if (i < N_EXPECTED) {
		open_episode(expected[i].name);
		return expected[i].name;
	}
	open_made(&extremes[i - N_EXPECTED]);
	return extremes[i - N_EXPECTED].name;
}

#define N_ALL (N_EXPECTED + N_EXTREMES)

#endif
