// SPDX-License-Identifier: GPL-2.0-only
/* The thread that looks what a stop waits for, and what it shows. */
#include "commands/progress.h"

#include <json-c/json.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands/client.h"
#include "hold/hold.h"
#include "log/log.h"
#include "log/printable.h"
#include "system/files.h"

#define INTERVAL_MS 100
/* A stop that is over before this shows nothing. */
#define FIRST_MS 200

struct progress {
	pthread_t thread;
	atomic_bool end;
	struct hold *hold; /* or NULL: ask the service */
	char rproc_name[32];
	uint64_t began_ms;
};

/* "waiting_for" of the hold that the service has for this remote processor. */
static void ask_service(const struct progress *p, char *text, size_t len)
{
	struct json_object *status, *hold, *waiting_for;

	text[0] = '\0';
	status_ask(&status);
	if (json_object_object_get_ex(status_remoteproc(status, p->rproc_name), "hold", &hold) &&
	    json_object_object_get_ex(hold, "waiting_for", &waiting_for) && waiting_for)
		snprintf(text, len, "%s", json_object_get_string(waiting_for));
	json_object_put(status);
}

static void show(const struct progress *p, const char *waiting_for, char *last, size_t len)
{
	const uint64_t ms = clock_ms() - p->began_ms;
	char clean[256];

	if (isatty(STDERR_FILENO)) {
		printable(clean, sizeof(clean), waiting_for, strlen(waiting_for));
		fprintf(stderr, "\r\033[Kheld %llu.%llu s: %s", (unsigned long long)(ms / 1000),
			(unsigned long long)(ms % 1000 / 100), clean);
	} else if (strcmp(last, waiting_for) != 0) {
		log_notice("held %llu.%llu s: %s", (unsigned long long)(ms / 1000),
			   (unsigned long long)(ms % 1000 / 100), waiting_for);
		snprintf(last, len, "%s", waiting_for);
	}
}

static void *run(void *arg)
{
	char waiting_for[192], last[192] = "";
	struct progress *p = arg;

	while (!atomic_load(&p->end)) {
		pause_ms(INTERVAL_MS);
		if (clock_ms() - p->began_ms < FIRST_MS)
			continue;
		if (p->hold)
			hold_progress(p->hold, waiting_for, sizeof(waiting_for));
		else
			ask_service(p, waiting_for, sizeof(waiting_for));
		if (waiting_for[0])
			show(p, waiting_for, last, sizeof(last));
	}
	return NULL;
}

static struct progress *begin(struct hold *hold, const char *rproc_name)
{
	struct progress *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	p->hold = hold;
	p->began_ms = clock_ms();
	snprintf(p->rproc_name, sizeof(p->rproc_name), "%s", rproc_name);
	if (pthread_create(&p->thread, NULL, run, p) == 0)
		return p;
	free(p);
	return NULL;
}

struct progress *progress_of_hold(struct hold *hold)
{
	return begin(hold, hold->rp.name);
}

struct progress *progress_of_service(const char *rproc_name)
{
	return begin(NULL, rproc_name);
}

void progress_end(struct progress *p)
{
	if (!p)
		return;
	atomic_store(&p->end, true);
	pthread_join(p->thread, NULL);
	if (isatty(STDERR_FILENO))
		fputs("\r\033[K", stderr);
	free(p);
}
