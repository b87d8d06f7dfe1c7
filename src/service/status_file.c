// SPDX-License-Identifier: GPL-2.0-only
/* A letter box with room for one: who puts the next one in takes the last one out. */
#include "service/status_file.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "log/log.h"
#include "system/files.h"
#include "system/run_dir.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static char *newest; /* to be written, or NULL */
static bool open_for_more;

static void *write_newest(void *arg)
{
	char *text;
	int err;

	(void)arg;
	pthread_mutex_lock(&lock);
	while (open_for_more) {
		if (!newest) {
			pthread_cond_wait(&changed, &lock);
			continue;
		}
		text = newest;
		newest = NULL;
		pthread_mutex_unlock(&lock);
		err = file_replace(STATUS_FILE, text);
		if (err)
			log_debug("%s: %s", STATUS_FILE, strerror(-err));
		free(text);
		pthread_mutex_lock(&lock);
	}
	pthread_mutex_unlock(&lock);
	return NULL;
}

void status_file_begin(void)
{
	pthread_attr_t attr;
	pthread_t thread;
	int err;

	open_for_more = true;
	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	err = pthread_create(&thread, &attr, write_newest, NULL);
	pthread_attr_destroy(&attr);
	if (!err)
		return;
	open_for_more = false;
	log_warning("%s is not written: no thread: %s", STATUS_FILE, strerror(err));
}

void status_file_put(const char *text)
{
	char *copy = strdup(text);

	pthread_mutex_lock(&lock);
	free(newest);
	newest = open_for_more ? copy : NULL;
	if (newest != copy)
		free(copy);
	pthread_cond_signal(&changed);
	pthread_mutex_unlock(&lock);
}

void status_file_end(void)
{
	pthread_mutex_lock(&lock);
	open_for_more = false;
	free(newest);
	newest = NULL;
	pthread_cond_signal(&changed);
	pthread_mutex_unlock(&lock);
	unlink(STATUS_FILE);
}
