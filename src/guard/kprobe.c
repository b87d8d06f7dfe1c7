// SPDX-License-Identifier: GPL-2.0-only
#include "guard/kprobe.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "system/files.h"

#define SOURCE "/sys/bus/event_source/devices/kprobe"

/* The number that ends one line of @path ("6", or "config:0"), or -1. */
static int read_number(const char *path, const char *format)
{
	char line[64];
	int number;

	if (file_read_line(path, line, sizeof(line)) <= 0 || sscanf(line, format, &number) != 1)
		return -1;
	return number;
}

struct source {
	int type, exit_bit;
};

/* The same for every probe, until the next boot. One thread attaches them. */
static const struct source *find_source(void)
{
	static struct source source;
	static bool found;

	if (!found) {
		source.type = read_number(SOURCE "/type", "%d");
		source.exit_bit = read_number(SOURCE "/format/retprobe", "config:%d");
		found = true;
	}
	return &source;
}

static int open_event(bool exit, uint64_t address)
{
	const struct source *source = find_source();
	struct perf_event_attr attr = { .size = sizeof(attr) };

	if (!address || source->type < 0 ||
	    (exit && (source->exit_bit < 0 || source->exit_bit > 63)))
		return -1;
	attr.type = (uint32_t)source->type;
	attr.config = exit ? UINT64_C(1) << source->exit_bit : 0;
	/* kprobe_func is 0: then kprobe_addr counts. */
	attr.config2 = address;
	return (int)syscall(SYS_perf_event_open, &attr, -1, 0, -1, PERF_FLAG_FD_CLOEXEC);
}

struct bpf_link *kprobe_attach(const struct bpf_program *program, bool exit, const char *function,
			       uint64_t address)
{
	const int event = open_event(exit, address);
	struct bpf_link *link;

	if (event < 0)
		return bpf_program__attach_kprobe(program, exit, function);
	link = bpf_program__attach_perf_event(program, event);
	if (!link) {
		const int err = errno;

		close(event);
		errno = err;
	}
	return link;
}
