// SPDX-License-Identifier: GPL-2.0-only
#include "guard/maps.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <sched.h>
#include <stdbool.h>

/* How the thread was scheduled before. */
struct visit {
	int policy;
	struct sched_param param;
	bool raised;
};

static void begin(struct visit *v)
{
	const struct sched_param first = { .sched_priority = sched_get_priority_max(SCHED_FIFO) };

	v->policy = sched_getscheduler(0);
	v->raised = v->policy >= 0 && sched_getparam(0, &v->param) == 0 &&
		    sched_setscheduler(0, SCHED_FIFO, &first) == 0;
}

/* Passes on @err; libbpf before 1.0 says -1 and errno. */
static int end(const struct visit *v, int err)
{
	if (err < 0 && errno)
		err = -errno;
	if (v->raised)
		sched_setscheduler(0, v->policy, &v->param);
	return err;
}

int map_lookup(int fd, const void *key, void *value)
{
	struct visit v;

	begin(&v);
	return end(&v, bpf_map_lookup_elem(fd, key, value));
}

int map_update(int fd, const void *key, const void *value, uint64_t flags)
{
	struct visit v;

	begin(&v);
	return end(&v, bpf_map_update_elem(fd, key, value, flags));
}

int map_delete(int fd, const void *key)
{
	struct visit v;

	begin(&v);
	return end(&v, bpf_map_delete_elem(fd, key));
}

int map_next_key(int fd, const void *key, void *next)
{
	struct visit v;

	begin(&v);
	return end(&v, bpf_map_get_next_key(fd, key, next));
}

int map_lookup_batch(int fd, void *from, void *cursor, void *keys, void *values, uint32_t *count)
{
	LIBBPF_OPTS(bpf_map_batch_opts, opts);
	struct visit v;

	begin(&v);
	return end(&v, bpf_map_lookup_batch(fd, from, cursor, keys, values, count, &opts));
}
