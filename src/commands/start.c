// SPDX-License-Identifier: GPL-2.0-only
#include "commands/commands.h"
#include "commands/lifecycle.h"

static const char doc[] = "Start the remote processor NAME."
			  "\v" EXIT_STATUS_HELP "\n\n"
			  "Examples:\n"
			  "  rpmsg-guard start remoteproc0";

int cmd_start(int argc, char **argv)
{
	struct lifecycle l;
	int status = lifecycle_parse(&l, doc, argc, argv);

	if (status != EXIT_STATUS_DONE)
		return status;
	status = lifecycle_start(&l);
	lifecycle_free(&l);
	return status;
}
