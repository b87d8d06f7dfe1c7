// SPDX-License-Identifier: GPL-2.0-only
/*
 * Loading the kernel side and taking it away again, at a given level or at the highest that the
 * configuration wants and the kernel can do.
 */
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "config/config.h"
#include "kernel_side/jit.h"
#include "kernel_side/own_btf.h"
#include "kernel_side/private.h"
#include "log/log.h"
#include "system/files.h"
#include "system/optimization.h"
#include "system/probe.h"
#include "system/realtime.h"
#include "system/skipping.h"
#include "system/sleep.h"
#include "system/test_hooks.h"
#include "system/trust.h"
#include "system/width.h"

/* What led to a stop: so many sends of each task. More than those that are entered behind a closed gate. */
#define FLIGHT_SENDS 32

/* Bytes of the ring buffer for events. */
#define EVENT_BUFFER (256 * 1024)

/* Of the kernel, and not for programs. */
#ifndef ENOTSUPP
#define ENOTSUPP 524
#endif

/* The end of what the verifier says has the reason; all of it may be thousands of lines. */
#define LINES_MAX 24

static const char *last_lines(const char *text)
{
	const char *from = text + strlen(text);

	for (int lines = 0; from > text && lines <= LINES_MAX; from--)
		lines += from[-1] == '\n';
	return from > text ? strchr(from, '\n') + 1 : text;
}

static int print_libbpf(enum libbpf_print_level level, const char *fmt, va_list ap)
{
	char *text, *line, *rest = NULL;

	if (level == LIBBPF_DEBUG || vasprintf(&text, fmt, ap) < 0)
		return 0;
	line = strtok_r((char *)last_lines(text), "\n", &rest);
	for (; line; line = strtok_r(NULL, "\n", &rest))
		log_debug("%s", line);
	free(text);
	return 0;
}

/* @btf_fd is to be closed after loading, unless it is -1. */
static struct guard_bpf *open_skeleton(const char *btf_path, int *btf_fd)
{
	LIBBPF_OPTS(bpf_object_open_opts, opts);
	char path[FD_PATH_MAX];

	*btf_fd = -1;
	if (own_btf_is_taken(btf_path)) {
		*btf_fd = own_btf(btf_path, path, sizeof(path));
		if (*btf_fd < 0)
			return NULL;
		opts.btf_custom_path = path;
	} else if (btf_path) {
		opts.btf_custom_path = btf_path;
	}
	return guard_bpf__open_opts(&opts);
}

static int load(struct kside *g, const struct config *config, bool passive)
{
	const int cpus = libbpf_num_possible_cpus();
	int btf_fd, err;
	enum jit jit;

	if (cpus < 0)
		return cpus;
	g->btf_path = config->btf_path;

	g->skel = open_skeleton(config->btf_path, &btf_fd);
	if (!g->skel)
		return -errno;
	hooks_choose(g->skel, g->level);
	bpf_map__set_max_entries(g->skel->maps.events, EVENT_BUFFER);
	bpf_map__set_max_entries(g->skel->maps.flights, (__u32)(RG_RECORDS * g->flight_sends));
	/* The others are for tasks that come while user space takes records back. */
	g->skel->rodata->many_records = records_max() * 3 / 4;
	g->skel->rodata->flight_sends = (__u32)g->flight_sends;
	g->skel->rodata->refused_errno = config->refused_errno;
	g->skel->rodata->fail_dead = config->dead_send == DEAD_FAIL;
	g->skel->rodata->passive = passive;
	g->skel->rodata->own_process = (__u32)getpid();
	g->skel->rodata->late_signals = realtime_kernel() || signals_wait_for_tick(cpus);
	signals_choose(g->skel, g->level);
	memset(g->skel->data->yardstick, 'x', sizeof(g->skel->data->yardstick));
	jit = jit_switch_off();
	err = guard_bpf__load(g->skel);
	jit_restore(jit);
	if (err == -ENOTSUPP && jit == JIT_ALWAYS)
		err = -ENOEXEC;
	if (btf_fd >= 0)
		close(btf_fd);
	if (err)
		return err;
	missed_begin(g);
	signals_try(g->skel);
	return records_free_all(g->skel);
}

static int map_maps(struct kside *g)
{
	g->gates = map_mmap(g->skel->maps.gates, PROT_READ | PROT_WRITE, RG_GATES);
	return g->gates ? 0 : -errno;
}

static void unmap_maps(struct kside *g)
{
	if (!g->skel)
		return;
	map_munmap(g->skel->maps.gates, g->gates, RG_GATES);
}

/* As many as the buffer holds are all that were in it at the beginning. */
#define EVENTS_MAX (EVENT_BUFFER / sizeof(struct rg_event))

/*
 * ring_buffer__consume() goes on as long as there are new ones, and who makes them may never end. An error ends it,
 * with this event taken in.
 */
static int on_event(void *ctx, void *data, size_t size)
{
	const struct rg_event *event = data;
	struct kside *g = ctx;
	const int err = ++g->events_taken < EVENTS_MAX ? 0 : -EAGAIN;

	if (size < sizeof(*event) || event->version != RG_EVENT_VERSION)
		return err;
	/* Only to wake up who consumes events: see kside_wants_tending(). */
	if (event->type != RG_RECORDS_SCARCE && g->event_fn)
		g->event_fn(event, g->event_arg);
	return err;
}

static void explain_load(int err, enum level level, char *reason, size_t len)
{
	char missing[160];

	if (err == -ENOEXEC)
		snprintf(reason, len, JIT_REASON "; " JIT_REMEDY);
	else if (err == -EPERM)
		snprintf(reason, len, "not permitted to load BPF programs; run as root");
	else if (probe_missing_options(level, missing, sizeof(missing)))
		snprintf(reason, len,
			 "the kernel is built without %s (see 'rpmsg-guard check --kconfig')",
			 missing);
	else
		snprintf(reason, len,
			 "the kernel refused the BPF object: %s; 'rpmsg-guard check' shows what "
			 "is missing",
			 strerror(-err));
}

struct wish {
	enum level level;
	size_t flight_sends;
	bool passive;
};

/* What is known without loading anything. */
static int look_before(const struct config *config, char *reason, size_t len)
{
	if (kernel_is_wider()) {
		snprintf(reason, len, WIDER_REASON "; " WIDER_REMEDY);
		return -EOPNOTSUPP;
	}
	if (realtime_ring_is_safe(config->btf_path))
		return layout_check(NULL, reason, len);
	snprintf(reason, len, REALTIME_RING_REASON "; " REALTIME_RING_REMEDY);
	return -EOPNOTSUPP;
}

/* With nothing loaded yet; NULL when there is no memory. */
static struct kside *new_kside(const struct wish *wish)
{
	struct kside *g = calloc(1, sizeof(*g));

	if (!g)
		return NULL;
	pthread_mutex_init(&g->unrecorded, NULL);
	pthread_mutex_init(&g->world, NULL);
	g->level = wish->level;
	g->flight_sends = wish->flight_sends;
	libbpf_set_print(print_libbpf);
	return g;
}

static int open_at(struct kside **out, const struct config *config, const struct wish *wish,
		   char *reason, size_t len)
{
	struct kside *g = new_kside(wish);
	const uint64_t begun = clock_ms();
	uint64_t loaded;
	int err;

	if (!g)
		return -ENOMEM;
	err = look_before(config, reason, len);
	if (!err && g->level == LEVEL_OVERRIDE)
		err = optimization_forbid(reason, len);
	if (err)
		goto fail;
	err = load(g, config, wish->passive);
	if (!err)
		err = map_maps(g);
	if (err) {
		explain_load(err, g->level, reason, len);
		goto fail;
	}
	g->hooks = hooks_new(g->skel, g->level);
	g->events = ring_buffer__new(bpf_map__fd(g->skel->maps.events), on_event, g, NULL);
	if (!g->hooks || !g->events) {
		err = -ENOMEM;
		snprintf(reason, len, "no memory for the kernel side");
		goto fail;
	}
	loaded = clock_ms();
	/* Before the hooks, whose detaching can take a minute on 6.12. */
	err = layout_check(g, reason, len) ?: kside_refresh(g, reason, len);
	if (err)
		goto fail;
	log_info("the BPF object was loaded in %d ms, and its hooks attached in %d ms",
		 (int)(loaded - begun), (int)(clock_ms() - loaded));
	*out = g;
	return 0;

fail:
	kside_close(g);
	return err;
}

void kside_close(struct kside *g)
{
	if (!g)
		return;
	hooks_free(g->hooks);
	ring_buffer__free(g->events);
	unmap_maps(g);
	guard_bpf__destroy(g->skel);
	/* Behind the last probe: one that overrides must not be optimized. */
	if (g->level == LEVEL_OVERRIDE)
		optimization_allow();
	free(g);
}

int kside_event_fd(const struct kside *g)
{
	return ring_buffer__epoll_fd(g->events);
}

void kside_consume(struct kside *g, kside_event_fn fn, void *arg)
{
	g->event_fn = fn;
	g->event_arg = arg;
	g->events_taken = 0;
	ring_buffer__consume(g->events);
}

int kside_open_passive(struct kside **out, const struct config *config, unsigned int flight_sends,
		       char *reason, size_t len)
{
	const struct wish wish = { LEVEL_OBSERVE, flight_sends, true };

	return open_at(out, config, &wish, reason, len);
}

/* Why a level is not possible: [0] observe, [1] override; "" where it was not tried, or is. */
typedef char reasons_t[2][256];

static int try_level(const struct config *config, enum level level, struct kside **kside,
		     reasons_t reasons)
{
	const struct wish wish = { level, FLIGHT_SENDS, false };
	char *reason = reasons[level - LEVEL_OBSERVE];
	const int err = open_at(kside, config, &wish, reason, sizeof(reasons[0]));

	if (err && !reason[0])
		snprintf(reason, sizeof(reasons[0]), "%s", strerror(-err));
	return err;
}

static void tell_impossible(reasons_t reasons)
{
	if (reasons[0][0] && strcmp(reasons[0], reasons[1]) == 0) {
		log_notice("levels observe and override are not possible: %s", reasons[0]);
		return;
	}
	if (reasons[1][0])
		log_notice("level override is not possible: %s", reasons[1]);
	if (reasons[0][0])
		log_notice("level observe is not possible: %s", reasons[0]);
}

static enum level wanted(const struct config *config, bool observe_only)
{
	if (observe_only)
		return LEVEL_OBSERVE;
	return config->want_level == LEVEL_AUTO ? LEVEL_OVERRIDE : config->want_level;
}

void kside_try(const struct config *config, struct feature *feature)
{
	const struct wish wish = { LEVEL_OBSERVE, 1, true };
	struct kside *g = new_kside(&wish);
	char ignored[256];
	int err;

	if (!g)
		return;
	err = load(g, config, wish.passive);
	if (!err)
		layout_check(g, ignored, sizeof(ignored));
	kside_close(g);
	if (!err) {
		feature->ok = layout_describe(feature->reason, sizeof(feature->reason),
					      &feature->remedy);
		return;
	}
	if (err == -ENOEXEC) {
		snprintf(feature->reason, sizeof(feature->reason), JIT_REASON);
		feature->remedy = JIT_REMEDY;
		return;
	}
	snprintf(feature->reason, sizeof(feature->reason), "the kernel refused the BPF object: %s",
		 strerror(-err));
	feature->remedy = "report this, with the output of 'rpmsg-guard run --verbose --verbose'";
}

static void tell_sleep_source(void)
{
	if (sleep_source() == SLEEP_BY_NOTHING)
		log_warning("/proc does not show where threads sleep: " SLEEP_LOSS
			    "; " SLEEP_REMEDY);
	else if (sleep_source() == SLEEP_BY_STACK)
		log_notice("the guard reads /proc/<pid>/stack to see where threads sleep, "
			   "because /proc/<pid>/wchan is wrong here");
}

static void tell_skipping(enum level level)
{
	if (level > LEVEL_USERSPACE && skipping_by_everybody())
		log_warning(SKIPPING_REASON "; " SKIPPING_REMEDY);
}

int kside_setup(const struct config *config, bool observe_only, enum level *level,
		struct kside **kside)
{
	const bool demanded = observe_only || config->want_level != LEVEL_AUTO;
	reasons_t reasons = { "", "" };
	char reason[256] = "";

	*kside = NULL;
	/* What every level rests on. Without it "guarding" would be a word. Others than root fail below. */
	if (!observe_only && geteuid() == 0 &&
	    (!trust_pid_namespace(reason, sizeof(reason)) || !trust_proc(reason, sizeof(reason)))) {
		log_error("stops cannot be guarded: %s", reason);
		return -EOPNOTSUPP;
	}
	tell_sleep_source();
	*level = wanted(config, observe_only);
	while (*level > LEVEL_USERSPACE && try_level(config, *level, kside, reasons)) {
		if (demanded)
			break;
		(*level)--;
	}
	tell_impossible(reasons);
	tell_skipping(*level);
	if (*level > LEVEL_USERSPACE && !*kside) {
		log_error("level %s is configured, but not possible here", level_name(*level));
		return -EOPNOTSUPP;
	}
	/* An instance that died at level "override" has left it behind; this one does not need it. */
	if (*level < LEVEL_OVERRIDE)
		optimization_restore();
	if (*level == LEVEL_MANUAL) {
		log_error("level manual needs no service; use 'rpmsg-guard stop NAME'");
		return -EINVAL;
	}
	return 0;
}
