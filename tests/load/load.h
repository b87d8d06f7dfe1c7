/* SPDX-License-Identifier: GPL-2.0-only */
/* rpmsg-load: programs that use rpmsg the way programs in the field do. */
#ifndef RPMSG_LOAD_H
#define RPMSG_LOAD_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MAX_WORKERS 64

struct options {
	const char *device;
	const char *stats_file;
	const char *ctrl; /* char: make the endpoint first */
	const char *name;
	unsigned int dst;
	unsigned int workers;
	unsigned int seconds; /* 0: until SIGTERM */
	unsigned int wait;    /* seconds to wait for a missing device */
	unsigned int size;    /* bytes in a write */
	unsigned int hz;      /* 0: as fast as possible */
	bool keep;
	bool traced;
};

/* One per thread, so that writers do not share a cache line to count on. */
struct counters {
	_Atomic uint64_t calls;
	_Atomic uint64_t bytes;
	_Atomic uint64_t errors;
	_Atomic uint64_t eio;
	_Atomic uint64_t eshutdown;
	_Atomic uint64_t opens;
	_Atomic uint64_t longest_ns;
	_Atomic uint64_t inside_since_ns; /* 0: not in a call */
} __attribute__((aligned(64)));

struct worker {
	const struct options *opt;
	struct counters *counters;
	int stop_fd;   /* readable for ever once the program is to end */
	int shared_fd; /* char: the device can be opened only once */
	int result;    /* exit status */
};

typedef void worker_fn(struct worker *w);

/* worker.c */
worker_fn run_writer, run_sharer, run_reopener, run_reader, run_visitor, run_poller;

/* watch.c */
worker_fn run_watcher, run_awaiter;

/* stale.c */
worker_fn run_stale, run_flow;

/* hog.c */
worker_fn run_hog;

/* device.c: a descriptor, or a negative errno */
int open_device(const char *path);
int wait_for_device(struct worker *w);
bool device_is_gone(int err);

/* ctrl.c: the path of the new endpoint's device, or NULL after a message */
const char *create_endpoint(const struct options *opt);

/* stats.c */
uint64_t now_ns(void);
void call_begins(struct counters *c);
void call_ends(struct counters *c, long result);
void print_stats(const struct counters *c, unsigned int n);
int save_stats(const char *path, const struct counters *c, unsigned int n);

/* trace.c: starts the tracer of all threads of this process; false when that fails */
bool start_tracer(void);

/* worker.c: the same, after the time that --hz leaves between two messages */
bool pace(const struct worker *w);

/* clock.c: false when the program is to end */
bool pause_ns(int stop_fd, uint64_t ns);

#endif
