// SPDX-License-Identifier: GPL-2.0-only
#include "commands/commands.h"
#include "commands/lifecycle.h"

static const char doc[] =
	"Stop the remote processor NAME safely, as \"rpmsg-guard stop\" does, and start it "
	"again."
	"\v" EXIT_STATUS_HELP "\n\n"
	"Examples:\n"
	"  rpmsg-guard restart remoteproc0";

int cmd_restart(int argc, char **argv)
{
	struct lifecycle l;
	int status = lifecycle_parse(&l, doc, argc, argv);

	if (status != EXIT_STATUS_DONE)
		return status;
	status = lifecycle_stop(&l);
	if (status == EXIT_STATUS_DONE)
		status = lifecycle_start(&l);
	lifecycle_free(&l);
	return status;
}
