/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The exit statuses of the program, which --help and README.md promise.
 */
#ifndef RPMSG_GUARD_SYSTEM_EXIT_STATUS_H
#define RPMSG_GUARD_SYSTEM_EXIT_STATUS_H

enum exit_status {
	EXIT_STATUS_DONE = 0,
	EXIT_STATUS_FAILED = 1,
	EXIT_STATUS_USAGE = 2,	/* bad usage or configuration */
	EXIT_STATUS_KERNEL = 3, /* the kernel cannot */
	EXIT_STATUS_AGAIN = 4,	/* never seen: the service begins again, at another level */
};

/* For the end of every command's --help. */
#define EXIT_STATUS_HELP                                                                           \
	"Exit status: 0 done, 1 failed, 2 bad usage or configuration, 3 the kernel cannot do it."

#endif
