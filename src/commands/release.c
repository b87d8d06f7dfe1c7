// SPDX-License-Identifier: GPL-2.0-only
#include <argp.h>
#include <errno.h>
#include <unistd.h>

#include "commands/commands.h"
#include "commands/lock.h"
#include "helper/helper.h"
#include "hold/keepout.h"
#include "hold/other_nodes.h"
#include "hold/park.h"
#include "log/log.h"
#include "rproc/recovery.h"

static const char doc[] =
	"Put back what a service that died left behind: device nodes that were taken out of /dev "
	"while a stop was held, the exclusive mode of their ttys, recovery after a crash, which the "
	"kernel then does by itself again, and processes that were stopped on their way to a stop. "
	"The next 'rpmsg-guard run' does the same by itself."
	"\v" EXIT_STATUS_HELP;

static error_t parse(int key, char *arg, struct argp_state *state)
{
	if (key == ARGP_KEY_ARG)
		argp_error(state, "'%s': no argument is expected", arg);
	return key == ARGP_KEY_ARG ? 0 : ARGP_ERR_UNKNOWN;
}

int cmd_release(int argc, char **argv)
{
	static const struct argp argp = { NULL, parse, NULL, doc, NULL, NULL, NULL };
	int lock, pid;
	size_t n;

	if (argp_parse(&argp, argc, argv, 0, NULL, NULL))
		return EXIT_STATUS_USAGE;
	lock = lock_take(&pid);
	if (lock == -EBUSY) {
		log_error("process %d is guarding; nothing is left behind while it lives", pid);
		return EXIT_STATUS_FAILED;
	}
	if (lock < 0)
		return EXIT_STATUS_FAILED;
	helper_begin();
	n = keepout_recover() + other_nodes_recover() + recovery_restore() + park_recover();
	helper_end();
	log_notice(n ? "%zu put back" : "nothing had to be put back", n);
	close(lock);
	return EXIT_STATUS_DONE;
}
