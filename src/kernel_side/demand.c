// SPDX-License-Identifier: GPL-2.0-only
/* A hook that is attached only while somebody needs it: see demand.h. */
#include "kernel_side/demand.h"

#include <bpf/libbpf.h>
#include <errno.h>

#include "kernel_side/attach.h"

/* The allow list is let go by demand_tidy(): to unload a module waits for a grace period, too. */
static int attach(struct demand *d)
{
	if (!d->function)
		return -ENOENT;
	if (!d->listed)
		allow_list_get();
	d->listed = true;
	d->link = attach_probe(d->program, false, d->function, d->address);
	return d->link ? 0 : -errno;
}

int demand_begin(struct demand *d)
{
	int err = 0;

	pthread_mutex_lock(&d->lock);
	if (!d->link)
		err = attach(d);
	if (!err)
		d->users++;
	pthread_mutex_unlock(&d->lock);
	return err;
}

void demand_end(struct demand *d)
{
	pthread_mutex_lock(&d->lock);
	d->users--;
	pthread_mutex_unlock(&d->lock);
}

bool demand_is_offered(const struct demand *d)
{
	return d->function;
}

void demand_offer(struct demand *d, const struct bpf_program *program, const char *function,
		  uint64_t address, struct bpf_link *link)
{
	struct bpf_link *before;

	pthread_mutex_lock(&d->lock);
	before = d->link;
	d->function = function;
	d->program = program;
	d->address = address;
	d->link = link;
	pthread_mutex_unlock(&d->lock);
	bpf_link__destroy(before);
}

void demand_withdraw(struct demand *d)
{
	pthread_mutex_lock(&d->lock);
	d->function = NULL;
	pthread_mutex_unlock(&d->lock);
	demand_tidy(d);
}

void demand_tidy(struct demand *d)
{
	struct bpf_link *link = NULL;
	bool listed;

	/* Who attaches may be stuck in a file system. */
	if (pthread_mutex_trylock(&d->lock))
		return;
	if (!d->users) {
		link = d->link;
		d->link = NULL;
	}
	/* What is attached stays so without the list. */
	listed = d->listed;
	d->listed = false;
	pthread_mutex_unlock(&d->lock);
	bpf_link__destroy(link);
	if (listed)
		allow_list_put();
}
