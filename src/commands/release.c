// SPDX-License-Identifier: GPL-2.0-only
/* "release": what a service that died has left is put back. */
#include <errno.h>
#include <unistd.h>

#include "commands/commands.h"
#include "commands/options.h"
#include "helper/helper.h"
#include "hold/keepout.h"
#include "hold/other_nodes.h"
#include "hold/park.h"
#include "log/log.h"
#include "rproc/recovery.h"
#include "system/optimization.h"
#include "system/run_dir.h"

static const char doc[] =
	"Put back what a service that died left behind: device nodes that were taken out of /dev "
	"while a stop was held, the exclusive mode of their ttys, their registrations in an epoll, "
	"recovery after a crash, which the kernel then does by itself again, the optimization of kprobes, and processes that were "
	"stopped on their way to a stop. "
	"The next 'rpmsg-guard run' does the same by itself."
	"\v" EXIT_STATUS_HELP;

int cmd_release(int argc, char **argv)
{
	struct options o = { .takes = TAKES_NOTHING };
	int lock, pid;
	size_t n;

	if (options_read(&o, NULL, doc, argc, argv))
		return EXIT_STATUS_USAGE;
	lock = run_dir_lock(&pid);
	if (lock == -EBUSY) {
		log_error("process %d is guarding; nothing is left behind while it lives", pid);
		return EXIT_STATUS_FAILED;
	}
	if (lock < 0)
		return EXIT_STATUS_FAILED;
	helper_begin();
	n = keepout_recover() + other_nodes_recover() + recovery_restore() + park_recover() +
	    optimization_restore();
	helper_end();
	log_notice(n ? "%zu put back" : "nothing had to be put back", n);
	close(lock);
	return EXIT_STATUS_DONE;
}
