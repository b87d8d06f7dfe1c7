// SPDX-License-Identifier: GPL-2.0-only
/* rpmsg-attacker: the command line, and the attacks that are a few lines each. */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "attacker.h"

static const char usage_text[] =
	"usage: rpmsg-attacker COMMAND\n"
	"  swap NODE TARGET         swap the NODE of this /dev for a link to TARGET, again and again\n"
	"  fuse-memory FILE UID     as UID, openat2() of FILE with arguments in memory that is served\n"
	"                           to nobody else\n"
	"  fuse-root                live in a root that is served to nobody else\n"
	"  fuse-exec UID            as UID, execute something while a file is open whose close is never\n"
	"                           answered\n"
	"  shared TTY               keep TTY open, and not exclusive, whoever says it is\n"
	"  reopen TTY UID           as UID, open TTY again and again by a descriptor that needs no name\n"
	"  flood FILE SECONDS       open FILE for reading as often as it goes; prints how often\n"
	"  in-flight TTY            keep a descriptor of TTY in a socket only, until SIGTERM\n"
	"  hand-over TTY            two processes that take a descriptor of TTY from each other\n"
	"  opening HOW TTY UID      as UID, open TTY; while the open sleeps, SIGUSR1 makes the path lead\n"
	"                           elsewhere (HOW: memory, link). Or open it through an io_uring, in the\n"
	"                           call (ring) or in a worker (worker)\n"
	"  endpoints CTRL N         make N endpoints through CTRL, a /dev/rpmsg_ctrlN\n"
	"  channels CTRL N          make N channels for rpmsg_char in the same way\n"
	"  open-all N               open /dev/rpmsg0 to /dev/rpmsg<N-1>, until SIGTERM\n"
	"  churn SECONDS DEVICE...  close and open every DEVICE again and again\n"
	"  poll-all DEVICE...       register every DEVICE in an epoll, until SIGTERM\n"
	"  hoard N FDS UID          as UID, N processes with FDS descriptors each\n"
	"  give TTY UID DAEMON      as UID, send a descriptor of TTY to a daemon of the user DAEMON\n"
	"  named NAME COMMAND...    run a command under that name (\\xNN are bytes)\n"
	"  spin N [NICE]            N processes that use all the CPU time they get\n"
	"  bpf UID                  on every CPU, when it has nothing else to do, as UID look into a BPF map\n"
	"  without CAP COMMAND...   run a program without the capability of that number\n"
	"  confined FILE COMMAND... run a program that dies of every system call whose number is not\n"
	"                           in FILE\n"
	"  remove-killed MODULE N   N processes that remove MODULE again and again, and are killed as\n"
	"                           soon as they are stopped in the call\n"
	"  remove-exec MODULE FILE  remove MODULE, and execute FILE, a setuid program, when stopped in\n"
	"                           the call\n"
	"  stay SECONDS             do nothing\n";

static const struct command {
	const char *name;
	int (*run)(int argc, char **argv);
	int arguments; /* at least */
} commands[] = {
	{ "swap", cmd_swap, 2 },
	{ "fuse-memory", cmd_fuse_memory, 2 },
	{ "fuse-root", cmd_fuse_root, 0 },
	{ "fuse-exec", cmd_fuse_exec, 1 },
	{ "shared", cmd_shared, 1 },
	{ "reopen", cmd_reopen, 2 },
	{ "flood", cmd_flood, 2 },
	{ "in-flight", cmd_in_flight, 1 },
	{ "hand-over", cmd_hand_over, 1 },
	{ "named", cmd_named, 2 },
	{ "spin", cmd_spin, 1 },
	{ "bpf", cmd_bpf, 1 },
	{ "without", cmd_without, 2 },
	{ "confined", cmd_confined, 2 },
	{ "remove-killed", cmd_remove_killed, 2 },
	{ "remove-exec", cmd_remove_exec, 2 },
	{ "stay", cmd_stay, 1 },
	{ "opening", cmd_opening, 2 },
	{ "endpoints", cmd_endpoints, 2 },
	{ "channels", cmd_channels, 2 },
	{ "open-all", cmd_open_all, 1 },
	{ "churn", cmd_churn, 2 },
	{ "poll-all", cmd_poll_all, 1 },
	{ "hoard", cmd_hoard, 2 },
	{ "give", cmd_give, 2 },
};

void die(const char *what)
{
	fprintf(stderr, "rpmsg-attacker: %s: %s\n", what, strerror(errno));
	exit(2);
}

void print_line(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
	fflush(stdout);
}

static int dispatch(int argc, char **argv)
{
	for (size_t i = 0; argc > 0 && i < sizeof(commands) / sizeof(commands[0]); i++)
		if (strcmp(argv[0], commands[i].name) == 0 && argc > commands[i].arguments)
			return commands[i].run(argc - 1, argv + 1);
	fputs(usage_text, stderr);
	return 2;
}

/* A name of 15 bytes at most: what is longer is cut by the kernel. */
int cmd_named(int argc, char **argv)
{
	char name[64], *out = name;
	unsigned int byte;

	for (const char *in = argv[0]; *in && out < name + sizeof(name) - 1;) {
		if (sscanf(in, "\\x%2x", &byte) == 1) {
			*out++ = (char)byte;
			in += 4;
		} else {
			*out++ = *in++;
		}
	}
	*out = '\0';
	prctl(PR_SET_NAME, name);
	return dispatch(argc - 1, argv + 1);
}

int cmd_spin(int argc, char **argv)
{
	if (argc > 1 && nice(atoi(argv[1])) < 0)
		die("nice");
	for (int n = atoi(argv[0]); n > 1; n--)
		if (fork() == 0)
			break;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (volatile unsigned long i = 0;; i++)
		;
}

/* Everywhere, or an exec of root's would bring it back. */
int cmd_without(int argc, char **argv)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2];
	const int cap = atoi(argv[0]);

	(void)argc;
	if (prctl(PR_CAPBSET_DROP, cap) < 0 || syscall(SYS_capget, &header, data) < 0)
		die("capabilities");
	data[cap / 32].effective &= ~(1U << cap % 32);
	data[cap / 32].permitted &= ~(1U << cap % 32);
	if (syscall(SYS_capset, &header, data) < 0)
		die("capabilities");
	execvp(argv[1], argv + 1);
	die(argv[1]);
}

int cmd_flood(int argc, char **argv)
{
	const time_t end = time(NULL) + atoi(argv[1]);
	unsigned long opens = 0;
	int fd;

	(void)argc;
	while (opens % 64 || time(NULL) < end) {
		fd = open(argv[0], O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			die(argv[0]);
		close(fd);
		opens++;
	}
	print_line("opens=%lu", opens);
	return 0;
}

int main(int argc, char **argv)
{
	return dispatch(argc - 1, argv + 1);
}
