// SPDX-License-Identifier: GPL-2.0-only
/* rpmsg-load: command line, threads, and the end of it all. */
#include <fcntl.h>
#include <getopt.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "load.h"

#define REFRESH_MS 200

static const char usage_text[] =
	"usage: rpmsg-load COMMAND [DEVICE] [options]\n"
	"  saturate DEV   write as fast as the device takes it, through one descriptor\n"
	"  steady DEV     20 short messages a second\n"
	"  reopen DEV     as saturate, but close on EIO and open again at once\n"
	"  read DEV       read whatever comes\n"
	"  char [DEV]     as saturate, to an rpmsg character device\n"
	"  visit DEV      open, poll, write a message, close, and again\n"
	"  stale DEV      keep it open, and use it in every way, and open it again through it, once DEV is gone\n"
	"  poll [DEV]     poll and epoll of an rpmsg character device, without a pause\n"
	"  watch DEV      write and read as an event loop does, by an epoll, until the device ends\n"
	"  await DEV      sleep in poll() until something comes, read it, until the device ends\n"
	"  hog CPU        nothing but run there, at the highest real-time priority\n"
	"options:\n"
	"  --writers N       so many threads (1), each opens the device (char, poll: all share it)\n"
	"  --traced          have a process of its own trace every thread, as a debugger does\n"
	"  --keep            never close a descriptor, not even a dead one\n"
	"  --hz N            messages a second and thread (steady: 20, else 0: no limit)\n"
	"  --size N          bytes in a message (steady: 24, char: 256, else 1024)\n"
	"  --wait S          wait for a missing device so long (reopen: 60, else 0)\n"
	"  --seconds S       end after S seconds (on SIGTERM)\n"
	"  --stats FILE      keep the counters in FILE, too\n"
	"  --ctrl DEV --name NAME --dst N   char, poll: make the endpoint first\n"
	"Prints when it ends: writes= bytes= errors= eio= eshutdown= opens= longest_ms=\n"
	"(for read, writes= counts the reads, for poll, watch and await the polls, for hog milliseconds). SIGTERM lets a call that is inside finish.\n";

static const struct command {
	const char *name;
	worker_fn *run;
	struct options defaults;
} commands[] = {
	{ "saturate", run_writer, { .size = 1024 } },
	{ "steady", run_writer, { .size = 24, .hz = 20 } },
	{ "reopen", run_reopener, { .size = 1024, .wait = 60 } },
	{ "read", run_reader, { .size = 1024 } },
	{ "char", run_sharer, { .size = 256 } },
	{ "visit", run_visitor, { .size = 256 } },
	{ "poll", run_poller, { 0 } },
	{ "watch", run_watcher, { .size = 24, .hz = 20 } },
	{ "await", run_awaiter, { 0 } },
	{ "stale", run_stale, { 0 } },
	{ "flow", run_flow, { 0 } },
	{ "hog", run_hog, { 0 } },
};

static struct counters counters[MAX_WORKERS];
static struct worker workers[MAX_WORKERS];
static pthread_t threads[MAX_WORKERS];
static const struct command *command;
static int finished_fd;

static void usage(const char *why, const char *what)
{
	fprintf(stderr, "rpmsg-load: %s%s\n%s", why, what, usage_text);
	exit(2);
}

static unsigned int number(const char *option, const char *text)
{
	char *end;
	unsigned long n = strtoul(text, &end, 0);

	if (!*text || *text == '-' || *end || n > UINT32_MAX)
		usage("not a number for --", option);
	return n;
}

enum { WRITERS = 1, TRACED, KEEP, HZ, SIZE, WAIT, SECONDS, STATS, CTRL, NAME, DST };

static const struct option option_table[] = {
	{ "writers", required_argument, NULL, WRITERS },
	{ "traced", no_argument, NULL, TRACED },
	{ "keep", no_argument, NULL, KEEP },
	{ "hz", required_argument, NULL, HZ },
	{ "size", required_argument, NULL, SIZE },
	{ "wait", required_argument, NULL, WAIT },
	{ "seconds", required_argument, NULL, SECONDS },
	{ "stats", required_argument, NULL, STATS },
	{ "ctrl", required_argument, NULL, CTRL },
	{ "name", required_argument, NULL, NAME },
	{ "dst", required_argument, NULL, DST },
	{ 0 },
};

static void set_option(struct options *o, int option, const char *name)
{
	switch (option) {
	case WRITERS:
		o->workers = number(name, optarg);
		break;
	case TRACED:
		o->traced = true;
		break;
	case KEEP:
		o->keep = true;
		break;
	case HZ:
		o->hz = number(name, optarg);
		break;
	case SIZE:
		o->size = number(name, optarg);
		break;
	case WAIT:
		o->wait = number(name, optarg);
		break;
	case SECONDS:
		o->seconds = number(name, optarg);
		break;
	case STATS:
		o->stats_file = optarg;
		break;
	case CTRL:
		o->ctrl = optarg;
		break;
	case NAME:
		o->name = optarg;
		break;
	case DST:
		o->dst = number(name, optarg);
		break;
	default:
		usage("bad option", "");
	}
}

static const struct command *find_command(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(commands) / sizeof(*commands); i++)
		if (!strcmp(commands[i].name, name))
			return &commands[i];
	usage("unknown command ", name);
	return NULL;
}

static struct options parse(int argc, char **argv)
{
	struct options o;
	int c, index = 0;

	if (argc < 2)
		usage("no command", "");
	if (!strcmp(argv[1], "--help")) {
		fputs(usage_text, stdout);
		exit(0);
	}
	command = find_command(argv[1]);
	o = command->defaults;
	o.workers = 1;
	argc--;
	argv++;
	while ((c = getopt_long(argc, argv, "", option_table, &index)) != -1)
		set_option(&o, c, option_table[index].name);
	if (optind < argc)
		o.device = argv[optind++];
	if (optind < argc)
		usage("too many arguments from ", argv[optind]);
	if (!o.workers || o.workers > MAX_WORKERS)
		usage("--writers is 1 to 64", "");
	if (!o.device && !(o.ctrl && o.name))
		usage("no device", "");
	return o;
}

static void signal_event(int fd)
{
	uint64_t one = 1;

	if (write(fd, &one, sizeof(one)) != sizeof(one))
		abort();
}

static void *worker_thread(void *arg)
{
	command->run(arg);
	signal_event(finished_fd);
	return NULL;
}

/*
 * Signals are for the main thread alone. A signal that is pending for a thread inside
 * rpmsg_send() with a full ring makes it spin in the kernel until there is room.
 */
static int catch_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	signal(SIGHUP, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	return signalfd(-1, &set, SFD_CLOEXEC);
}

static void prepare_workers(const struct options *o, int stop_fd)
{
	unsigned int i;

	for (i = 0; i < o->workers; i++) {
		workers[i] = (struct worker){
			.opt = o,
			.counters = &counters[i],
			.stop_fd = stop_fd,
		};
	}
}

static bool is_shared(const struct command *c)
{
	return c->run == run_sharer || c->run == run_poller;
}

static int share_device(const struct options *o)
{
	int fd = wait_for_device(&workers[0]);
	unsigned int i;

	if (fd < 0)
		return -1;
	workers[0].shared_fd = fd;
	for (i = 1; i < o->workers; i++) {
		workers[i].shared_fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
		if (workers[i].shared_fd < 0) {
			perror("rpmsg-load");
			return -1;
		}
	}
	return 0;
}

static int start_workers(const struct options *o)
{
	unsigned int i;

	for (i = 0; i < o->workers; i++) {
		if (pthread_create(&threads[i], NULL, worker_thread, &workers[i])) {
			fprintf(stderr, "rpmsg-load: cannot start thread %u\n", i);
			return -1;
		}
	}
	return 0;
}

static int next_timeout(const struct options *o, uint64_t deadline)
{
	uint64_t now = now_ns(), left = deadline > now ? (deadline - now) / 1000000 + 1 : 0;

	if (!o->seconds)
		return o->stats_file ? REFRESH_MS : -1;
	return o->stats_file && left > REFRESH_MS ? REFRESH_MS : (int)left;
}

/* Until all workers have finished by themselves, the time is up, or a signal comes. */
static void supervise(const struct options *o, int signal_fd)
{
	uint64_t deadline = now_ns() + o->seconds * 1000000000ULL;
	struct pollfd p[] = {
		{ .fd = signal_fd, .events = POLLIN },
		{ .fd = finished_fd, .events = POLLIN },
	};
	unsigned int left = o->workers;
	uint64_t finished;

	while (left && !(o->seconds && now_ns() >= deadline)) {
		if (poll(p, 2, next_timeout(o, deadline)) > 0 && p[0].revents)
			return;
		if (p[1].revents && read(finished_fd, &finished, sizeof(finished)) > 0)
			left -= finished;
		if (o->stats_file)
			save_stats(o->stats_file, counters, o->workers);
	}
}

static int join_workers(const struct options *o)
{
	int result = 0;
	unsigned int i;

	for (i = 0; i < o->workers; i++) {
		pthread_join(threads[i], NULL);
		if (workers[i].result)
			result = workers[i].result;
	}
	return result;
}

int main(int argc, char **argv)
{
	struct options o = parse(argc, argv);
	int signal_fd = catch_signals(), stop_fd = eventfd(0, EFD_CLOEXEC), result, err = 0;

	finished_fd = eventfd(0, EFD_CLOEXEC);
	if (signal_fd < 0 || stop_fd < 0 || finished_fd < 0) {
		perror("rpmsg-load");
		return 1;
	}
	if (o.ctrl) {
		o.device = create_endpoint(&o);
		if (!o.device)
			return 1;
	}
	prepare_workers(&o, stop_fd);
	if ((is_shared(command) && share_device(&o)) || start_workers(&o))
		return 1;
	if (o.traced && !start_tracer()) {
		fputs("rpmsg-load: no tracer\n", stderr);
		return 1;
	}
	supervise(&o, signal_fd);
	signal_event(stop_fd);
	result = join_workers(&o);
	if (o.stats_file)
		err = save_stats(o.stats_file, counters, o.workers);
	if (err)
		fprintf(stderr, "rpmsg-load: %s: %s\n", o.stats_file, strerror(-err));
	print_stats(counters, o.workers);
	return err ? 1 : result;
}
