// SPDX-License-Identifier: GPL-2.0-only
/* A descriptor table for one thread, and a write that such a thread makes. */
#include "system/apart.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>
#include <unistd.h>

#include "system/files.h"

int apart_begin(int keep)
{
	if (unshare(CLONE_FILES) < 0)
		return -errno;
	file_close_others(0, keep);
	return 0;
}

struct command {
	int fd;
	const char *text;
	int err;
};

static void write_it(struct command *c)
{
	c->err = pwrite(c->fd, c->text, strlen(c->text), 0) < 0 ? -errno : 0;
}

static void *run(void *arg)
{
	struct command *c = arg;

	apart_begin(c->fd);
	write_it(c);
	return NULL;
}

/* Where no thread is to be had, that the command is carried out matters more. */
int apart_command(int fd, const char *text)
{
	struct command c = { fd, text, 0 };
	pthread_t thread;

	if (pthread_create(&thread, NULL, run, &c) == 0)
		pthread_join(thread, NULL);
	else
		write_it(&c);
	return c.err;
}
