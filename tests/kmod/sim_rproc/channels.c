// SPDX-License-Identifier: GPL-2.0-only
/* The channels that the firmware offers, as "name@addr,name@addr" says. */
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "sim_rproc.h"

static int parse_channel(const char *spec, struct channel *ch)
{
	char text[RPMSG_NAME_SIZE + 16], *name, *addr = text;

	if (strscpy(text, spec, sizeof(text)) < 0)
		return -EINVAL;
	addr = strim(text);
	name = strsep(&addr, "@");
	if (!*name || !addr || strscpy(ch->name, name, sizeof(ch->name)) < 0)
		return -EINVAL;
	return kstrtou32(addr, 0, &ch->addr);
}

int sim_channel_add(struct sim_rproc *sim, const char *spec)
{
	struct channel *ch = kzalloc(sizeof(*ch), GFP_KERNEL);
	int err;

	if (!ch)
		return -ENOMEM;
	err = parse_channel(spec, ch);
	if (err) {
		kfree(ch);
		return err;
	}
	list_add_tail(&ch->node, &sim->channels);
	atomic_inc(&sim->unsent);
	return 0;
}

void sim_channel_drop(struct channel *ch)
{
	list_del(&ch->node);
	kfree(ch);
}

void sim_channels_drop(struct sim_rproc *sim)
{
	struct channel *ch, *next;

	list_for_each_entry_safe (ch, next, &sim->channels, node)
		sim_channel_drop(ch);
	atomic_set(&sim->unsent, 0);
}

static int for_each_spec(const char *list, int (*fn)(struct sim_rproc *, const char *),
			 struct sim_rproc *sim)
{
	char *copy = kstrdup(list, GFP_KERNEL), *rest = copy, *spec;
	int err = 0;

	if (!copy)
		return -ENOMEM;
	while (!err && (spec = strsep(&rest, ",")))
		err = fn(sim, spec);
	kfree(copy);
	return err;
}

static int check_spec(struct sim_rproc *sim, const char *spec)
{
	struct channel ch;

	return parse_channel(spec, &ch);
}

int sim_channels_check(const char *list)
{
	return for_each_spec(list, check_spec, NULL);
}

int sim_channels_add(struct sim_rproc *sim)
{
	return for_each_spec(sim->firmware_channels, sim_channel_add, sim);
}
