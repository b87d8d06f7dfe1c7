// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whether the kernel side finds its way in the kernel's structs, tried on a virtio device that is there.
 *
 * Without BTF the layout of a few structs is taken for granted, and a file at btf_path may be that of another
 * kernel. Where locks are larger (real-time kernels, lock debugging) virtio_device.dev lies elsewhere:
 * then a virtqueue belongs to nobody, and no teardown is seen. To read "status" of a virtio device in sysfs
 * makes the kernel call a function with its struct virtio_device, and sysfs says whose it is.
 *
 * That takes a device. Where it did not fit, a record says so to the next instance, which may begin while none is
 * there.
 */
#include <bpf/libbpf.h>
#include <errno.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kernel_side/attach.h"
#include "kernel_side/own_btf.h"
#include "kernel_side/private.h"
#include "log/log.h"
#include "system/drivers.h"
#include "system/files.h"
#include "system/optimization.h"
#include "system/remoteproc.h"
#include "system/run_dir.h"

#define KIND "layout"
#define NAME "elsewhere"

#define FUNCTION "rproc_virtio_get_status"

/* How often a probe may say nothing before it counts as one that does not run. */
#define TRIES 20
#define PAUSE_MS 50

enum answer { FITS, ELSEWHERE, SILENT, NOT_KNOWN };

/* Of the kernel: good for every kernel side that this process loads. */
static _Atomic enum answer verdict = NOT_KNOWN;

bool kside_fits(void)
{
	const enum answer answer = atomic_load(&verdict);

	return answer != ELSEWHERE && answer != SILENT && !optimization_is_back();
}

/* The device may go at any time: what could not be read says nothing. */
static enum answer ask(struct kside *g, const struct remoteproc *rp, const char *device)
{
	struct guard_bpf__bss *bss = g->skel->bss;
	char status[PATH_MAX + sizeof("/status")], line[32];

	bss->device_told = 0;
	snprintf(status, sizeof(status), "%s/status", device);
	if (file_read_line(status, line, sizeof(line)) < 0)
		return NOT_KNOWN;
	if (!__atomic_load_n(&bss->device_told, __ATOMIC_ACQUIRE))
		return SILENT;
	return bss->device_belongs_to == (uint32_t)rp->index ? FITS : ELSEWHERE;
}

static enum answer try(struct kside *g, const struct remoteproc *rp, const char *device)
{
	struct bpf_link *link = attach_probe(g->skel->progs.tell_device, false, FUNCTION, 0);
	enum answer answer = NOT_KNOWN;

	if (!link) {
		log_debug("no kprobe on " FUNCTION ": the layout cannot be checked");
		return FITS;
	}
	/* A program is skipped where somebody was preempted within a bpf() call (5.11 and later). */
	for (int i = 0; i < TRIES && answer != FITS && answer != ELSEWHERE; i++) {
		if (i)
			pause_ms(PAUSE_MS);
		answer = ask(g, rp, device);
	}
	bpf_link__destroy(link);
	log_debug("%s: the layout %s", rp->name,
		  answer == FITS	? "fits"
		  : answer == NOT_KNOWN ? "is not known"
					: "does not fit");
	return answer;
}

static enum answer try_any(struct kside *g)
{
	struct remoteproc *all = calloc(REMOTEPROC_MAX, sizeof(*all));
	const size_t n = all ? remoteproc_list(all, REMOTEPROC_MAX) : 0;
	enum answer answer = NOT_KNOWN;
	char device[PATH_MAX];

	for (size_t i = 0; i < n && answer == NOT_KNOWN; i++)
		if (all[i].index < RG_GATES && virtio_device_find(&all[i], device))
			answer = try(g, &all[i], device);
	free(all);
	return answer;
}

/* By what @g finds its way: with something else it may fit. */
static void describe_source(const struct kside *g, char *text, size_t len)
{
	struct stat st = { 0 };

	if (g->btf_path)
		stat(g->btf_path, &st);
	snprintf(text, len, "%s %lld", own_btf_is_taken(g->btf_path) ? "own" : g->btf_path ?: "kernel",
		 (long long)st.st_mtime);
}

static void keep_answer(const struct kside *g, enum answer answer)
{
	char source[PATH_MAX + 32];

	describe_source(g, source, sizeof(source));
	if (answer == ELSEWHERE)
		record_write(KIND, NAME, source);
	else if (answer == FITS)
		record_remove(KIND, NAME);
}

static enum answer kept_answer(const struct kside *g)
{
	char source[PATH_MAX + 32], kept[PATH_MAX + 32];

	describe_source(g, source, sizeof(source));
	return record_read(KIND, NAME, kept, sizeof(kept)) > 0 && strcmp(kept, source) == 0
		       ? ELSEWHERE
		       : NOT_KNOWN;
}

static enum answer find_answer(struct kside *g)
{
	const enum answer answer = try_any(g);

	keep_answer(g, answer);
	return answer == NOT_KNOWN ? kept_answer(g) : answer;
}

/* NULL where it fits, as far as is known. */
static const char *misfit(const char **remedy)
{
	switch (atomic_load(&verdict)) {
	case ELSEWHERE:
		*remedy = "enable CONFIG_DEBUG_INFO_BTF, or set btf_path to the BTF of exactly "
			  "this kernel";
		return "the structs of this kernel have another layout than the guard expects";
	case SILENT:
		*remedy = "write 1 to /sys/kernel/debug/kprobes/enabled and to "
			  "/proc/sys/kernel/ftrace_enabled";
		return "the kernel accepts kprobes, but they do not run";
	case FITS:
	case NOT_KNOWN:
		break;
	}
	return NULL;
}

int layout_check(struct kside *g, char *reason, size_t len)
{
	const char *why, *remedy;

	if (g && atomic_load(&verdict) == NOT_KNOWN)
		atomic_store(&verdict, find_answer(g));
	why = misfit(&remedy);
	if (!why)
		return 0;
	snprintf(reason, len, "%s; %s", why, remedy);
	return -ENOEXEC;
}

bool layout_describe(char *reason, size_t len, const char **remedy)
{
	const char *why = misfit(remedy);

	if (!why && atomic_load(&verdict) == NOT_KNOWN)
		snprintf(reason, len, "not known until a remote processor is up");
	else
		snprintf(reason, len, "%s", why ? why : "");
	return !why;
}
