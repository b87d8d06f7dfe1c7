// SPDX-License-Identifier: GPL-2.0-only
/* rpmsg-caller: the command line. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <linux/remoteproc_cdev.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "callers.h"

static const char usage_text[] =
	"usage: rpmsg-caller [PLACE]... write FILE WORD [HOW]   open FILE and write WORD\n"
	"       rpmsg-caller [PLACE]... read FILE [HOW]         open FILE for reading, and close it\n"
	"       rpmsg-caller [PLACE]... run COMMAND...          run something else there\n"
	"       rpmsg-caller [PLACE]... own FILE                start the remote processor of that\n"
	"                                                       character device and stop it with the\n"
	"                                                       close, at SIGUSR1\n"
	"       rpmsg-caller [PLACE]... terminal SHELL...       type the standard input there\n"
	"       rpmsg-caller [PLACE]... remove MODULE [N]       remove a module, N processes at once; with\n"
	"                                                       a / it is a file that has its name, in\n"
	"                                                       memory not used before\n"
	"       rpmsg-caller journal SOCKET                     print what comes for the journal\n"
	"       rpmsg-caller hows                               the values of HOW\n"
	"PLACE:\n"
	"  --pidns         as process 1 of a new pid namespace\n"
	"  --mntns         in a mount namespace of its own\n"
	"  --netns         in a new network namespace with a sysfs of its own\n"
	"  --own-dev TTY   in a mount namespace whose /dev has a node of TTY and nothing else\n"
	"  --no-admin      without CAP_SYS_ADMIN\n"
	"  --fifo          with a real-time priority\n"
	"  --cpu N         on that CPU alone\n"
	"  --uid N         as that user\n"
	"write:\n"
	"  --keep MS       so long between the open and the write\n"
	"  --sender TTY    while another thread of the process sleeps in a write to TTY\n"
	"terminal:\n"
	"  --seconds S     give up after so long (30)\n"
	"write prints open=ERRNO write=ERRNO, OK where there was no error; its status is 0 when there\n"
	"was none, 3 when this kernel or architecture does not have HOW.\n";

void die(const char *what)
{
	fprintf(stderr, "rpmsg-caller: %s: %s\n", what, strerror(errno));
	exit(2);
}

static void usage(const char *why)
{
	fprintf(stderr, "rpmsg-caller: %s\n%s", why, usage_text);
	exit(2);
}

enum { PIDNS = 1, MNTNS, NETNS, OWN_DEV, NO_ADMIN, FIFO, CPU, UID, KEEP, SENDER, SECONDS, HELP };

static const struct option options[] = {
	{ "pidns", no_argument, NULL, PIDNS },
	{ "mntns", no_argument, NULL, MNTNS },
	{ "netns", no_argument, NULL, NETNS },
	{ "own-dev", required_argument, NULL, OWN_DEV },
	{ "no-admin", no_argument, NULL, NO_ADMIN },
	{ "fifo", no_argument, NULL, FIFO },
	{ "cpu", required_argument, NULL, CPU },
	{ "uid", required_argument, NULL, UID },
	{ "keep", required_argument, NULL, KEEP },
	{ "sender", required_argument, NULL, SENDER },
	{ "seconds", required_argument, NULL, SECONDS },
	{ "help", no_argument, NULL, HELP },
	{ 0 },
};

struct settings {
	struct place place;
	struct call call;
	unsigned int seconds;
};

static void set_option(struct settings *s, int option)
{
	switch (option) {
	case PIDNS:
		s->place.pid_ns = true;
		break;
	case MNTNS:
		s->place.mount_ns = true;
		break;
	case NETNS:
		s->place.net_ns = true;
		break;
	case OWN_DEV:
		s->place.own_tty = optarg;
		break;
	case NO_ADMIN:
		s->place.no_admin = true;
		break;
	case FIFO:
		s->place.fifo = true;
		break;
	case CPU:
		s->place.cpu = atoi(optarg);
		break;
	case UID:
		s->place.uid = (uid_t)atoi(optarg);
		break;
	case KEEP:
		s->call.keep_ms = (unsigned int)atoi(optarg);
		break;
	case SENDER:
		s->call.sender = optarg;
		break;
	case SECONDS:
		s->seconds = (unsigned int)atoi(optarg);
		break;
	case HELP:
		fputs(usage_text, stdout);
		exit(0);
	default:
		usage("bad option");
	}
}

static const char *error_name(int err)
{
	return err ? strerrorname_np(err) : "OK";
}

static int run_write(struct call *c)
{
	struct outcome o;

	if (c->sender)
		start_sender(c->sender);
	o = make_call(c);
	if (c->sender && !o.open_error)
		printf("sender=%s ", error_name(end_sender()));
	if (o.unsupported) {
		puts("unsupported");
		return EXIT_UNSUPPORTED;
	}
	printf("open=%s write=%s\n", error_name(o.open_error),
	       o.open_error ? "-" : error_name(o.write_error));
	return o.open_error || o.write_error;
}

/* As programs do that want it to end with them, however they end. */
static int run_own(const char *file)
{
	const int on = 1;
	int fd = open(file, O_RDWR | O_CLOEXEC), signal;
	sigset_t end;

	sigemptyset(&end);
	sigaddset(&end, SIGUSR1);
	sigprocmask(SIG_BLOCK, &end, NULL);
	if (fd < 0)
		die(file);
	if (ioctl(fd, RPROC_SET_SHUTDOWN_ON_RELEASE, &on))
		die("RPROC_SET_SHUTDOWN_ON_RELEASE");
	if (write(fd, "start", 5) != 5)
		die("start");
	puts("started");
	fflush(stdout);
	sigwait(&end, &signal);
	return close(fd) ? 1 : 0;
}

static int run_remove(const char *module, int processes)
{
	int fd, err;

	if (strchr(module, '/')) {
		fd = open(module, O_RDONLY | O_CLOEXEC);
		module = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0);
		if (module == MAP_FAILED)
			die("mmap");
	}
	while (processes-- > 1 && fork() > 0)
		;
	err = syscall(SYS_delete_module, module, O_NONBLOCK) ? errno : 0;
	printf("remove=%s\n", error_name(err));
	fflush(stdout);
	while (wait(NULL) > 0)
		;
	return err;
}

int main(int argc, char **argv)
{
	struct settings s = { .place.cpu = -1, .seconds = 30, .call.how = "openat" };
	int option;

	/* The first word that is no option is the action; what follows is the action's. */
	while ((option = getopt_long(argc, argv, "+", options, NULL)) != -1)
		set_option(&s, option);
	argv += optind;
	argc -= optind;
	if (argc < 1)
		usage("no action");
	if (strcmp(argv[0], "hows") == 0) {
		print_hows();
		return 0;
	}
	if (argc < 2)
		usage("what?");
	enter_place(&s.place);
	if (strcmp(argv[0], "run") == 0) {
		execvp(argv[1], argv + 1);
		die(argv[1]);
	}
	if (strcmp(argv[0], "journal") == 0)
		return run_journal(argv[1]);
	if (strcmp(argv[0], "own") == 0)
		return run_own(argv[1]);
	if (strcmp(argv[0], "remove") == 0)
		return run_remove(argv[1], argc > 2 ? atoi(argv[2]) : 1);
	if (strcmp(argv[0], "terminal") == 0)
		return run_terminal(argv + 1, s.seconds);
	if (strcmp(argv[0], "read") == 0 && argc <= 3) {
		s.call.file = argv[1];
		if (argc == 3)
			s.call.how = argv[2];
		return run_write(&s.call);
	}
	if (strcmp(argv[0], "write") != 0 || argc < 3 || argc > 4)
		usage("unknown action");
	s.call.file = argv[1];
	s.call.word = argv[2];
	if (argc == 4)
		s.call.how = argv[3];
	return run_write(&s.call);
}
