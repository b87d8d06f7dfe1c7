// SPDX-License-Identifier: GPL-2.0-only
#include "commands/choose.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "commands/commands.h"
#include "log/log.h"

static void say_choices(const char *name, int err)
{
	struct remoteproc *all = calloc(REMOTEPROC_MAX, sizeof(*all));
	size_t n = all ? remoteproc_list(all, REMOTEPROC_MAX) : 0;
	char text[1024] = "";
	size_t used = 0;

	for (size_t i = 0; i < n && used < sizeof(text) - 128; i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%s (%s)",
					 i ? ", " : "", all[i].name, all[i].device_name);
	free(all);
	log_error("%s remote processor '%s'; there %s: %s",
		  err == -ENOTUNIQ ? "more than one" : "no", name, n == 1 ? "is" : "are",
		  n ? text : "none");
}

int choose_remoteproc(const char *name, struct remoteproc *out)
{
	const int err = remoteproc_find(name, out);

	if (!err)
		return EXIT_STATUS_DONE;
	say_choices(name, err);
	return EXIT_STATUS_USAGE;
}
