// SPDX-License-Identifier: GPL-2.0-only
#include "commands/commands.h"
#include "commands/lifecycle.h"

static const char doc[] =
	"Stop the remote processor NAME safely: keep newcomers out of its ttys, hang up "
	"those that are open, wait until nobody is inside, then stop it. Works with and "
	"without the service, and on kernels without BPF."
	"\v" EXIT_STATUS_HELP "\n\n"
	"Examples:\n"
	"  rpmsg-guard stop remoteproc0\n"
	"  rpmsg-guard stop imx-rproc         by the name that its driver gave";

int cmd_stop(int argc, char **argv)
{
	struct lifecycle l;
	int status = lifecycle_parse(&l, doc, argc, argv);

	if (status != EXIT_STATUS_DONE)
		return status;
	status = lifecycle_stop(&l);
	lifecycle_free(&l);
	return status;
}
