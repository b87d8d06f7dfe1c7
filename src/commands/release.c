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
	"Restore what a dead service left behind: hidden device nodes, the exclusive mode of "
	"ttys, registrations in an epoll, the kernel's recovery after a crash, the optimization "
	"of kprobes, and parked callers (stopped processes). The next 'rpmsg-guard run' does "
	"the same at its start.\v" EXIT_STATUS_HELP;

int cmd_release(int argc, char **argv)
{
	struct options o = { .takes = TAKES_NOTHING };
	int lock, pid;
	size_t n;

	if (options_read(&o, NULL, doc, argc, argv))
		return EXIT_STATUS_USAGE;
	lock = run_dir_lock(&pid);
	if (lock == -EBUSY) {
		log_error("the service is running (pid %d); there is nothing to restore", pid);
		return EXIT_STATUS_FAILED;
	}
	if (lock < 0)
		return EXIT_STATUS_FAILED;
	helper_begin();
	n = keepout_recover() + other_nodes_recover() + recovery_restore() + park_recover() +
	    optimization_restore();
	helper_end();
	log_notice(n ? "restored: %zu" : "there was nothing to restore", n);
	close(lock);
	return EXIT_STATUS_DONE;
}
