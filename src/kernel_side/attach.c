// SPDX-License-Identifier: GPL-2.0-only
/*
 * Attaching by address, and loading and unloading rpmsg_guard_allow.
 *
 * libbpf attaches by name, and up to 6.1 (commit 60443c88f3a8, in 6.2) the kernel compares a name with
 * every one of its symbols, four times for each probe: of the seconds that an instance took to guard
 * again after its predecessor was killed, most (seen on 5.10 arm64).
 */
#include "kernel_side/attach.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/perf_event.h>
#include <pthread.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "log/log.h"
#include "system/files.h"

/* From here on a probe is worth a line. */
#define SLOW_MS 2000

#define SOURCE "/sys/bus/event_source/devices/kprobe"

/* The number that ends one line of @path ("6", or "config:0"), or -1. */
static int read_number(const char *path, const char *format)
{
	char line[64];
	int number;

	if (file_read_line(path, line, sizeof(line)) <= 0 || sscanf(line, format, &number) != 1)
		return -1;
	return number;
}

/* The same for all probes, and while the kernel runs. */
static int event_type, exit_bit;

static void read_format(void)
{
	event_type = read_number(SOURCE "/type", "%d");
	exit_bit = read_number(SOURCE "/format/retprobe", "config:%d");
}

static int open_event(bool exit, uint64_t address)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	struct perf_event_attr attr = { .size = sizeof(attr) };

	pthread_once(&once, read_format);
	if (!address || event_type < 0 || (exit && (exit_bit < 0 || exit_bit > 63)))
		return -1;
	attr.type = (uint32_t)event_type;
	attr.config = exit ? UINT64_C(1) << exit_bit : 0;
	/* kprobe_func is 0: then kprobe_addr counts. */
	attr.config2 = address;
	return (int)syscall(SYS_perf_event_open, &attr, -1, 0, -1, PERF_FLAG_FD_CLOEXEC);
}

static struct bpf_link *attach(const struct bpf_program *program, bool exit, const char *function,
			       uint64_t address)
{
	const int event = open_event(exit, address);
	struct bpf_link *link;

	if (event < 0)
		return bpf_program__attach_kprobe(program, exit, function);
	link = bpf_program__attach_perf_event(program, event);
	if (!link) {
		const int err = errno;

		close(event);
		errno = err;
	}
	return link;
}

struct bpf_link *attach_probe(const struct bpf_program *program, bool exit, const char *function,
			      uint64_t address)
{
	const uint64_t begun = clock_ms();
	struct bpf_link *link = attach(program, exit, function, address);
	const int err = errno;

	if (clock_ms() - begun >= SLOW_MS)
		log_notice("the kernel took %d ms to attach a kprobe to %s",
			   (int)(clock_ms() - begun), function);
	errno = err;
	return link;
}

#define MODULE "rpmsg_guard_allow"

/* Where "make modules_install", DKMS and distributions put modules of others. */
static const char *const folders[] = { "extra", "updates", "updates/dkms", "kernel/extra" };

static int load_file(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int err;

	if (fd < 0)
		return -errno;
	err = syscall(SYS_finit_module, fd, "", 0) < 0 ? -errno : 0;
	close(fd);
	return err;
}

/* Compressed modules and unusual places are modprobe's business. */
static int run_modprobe(void)
{
	static char *const argv[] = { (char *)"modprobe", (char *)"-q", (char *)MODULE, NULL };
	static char *const envp[] = { (char *)"PATH=/sbin:/usr/sbin:/bin:/usr/bin", NULL };
	int status;
	pid_t pid;

	if (posix_spawn(&pid, "/sbin/modprobe", NULL, NULL, argv, envp) != 0)
		return -ENOENT;
	if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status) || WEXITSTATUS(status) != 0)
		return -ENOENT;
	return 0;
}

static bool load_list(void)
{
	struct utsname name;
	char path[PATH_MAX];
	int err = -ENOENT;

	if (access("/sys/module/" MODULE, F_OK) == 0)
		return false;
	uname(&name);
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]) && err == -ENOENT; i++) {
		snprintf(path, sizeof(path), "/lib/modules/%s/%s/" MODULE ".ko", name.release,
			 folders[i]);
		err = load_file(path);
	}
	if (err == -ENOENT)
		err = run_modprobe();
	if (err == -ENOENT)
		log_debug("module " MODULE " is not installed");
	else if (err && err != -EEXIST)
		log_warning("module " MODULE " could not be loaded from %s: %s", path,
			    strerror(-err));
	return !err;
}

enum shutdown_type allow_list_shutdown_type(void)
{
	char answer[8] = "";

	file_read_line("/sys/module/" MODULE "/parameters/shutdown_returns_int", answer,
		       sizeof(answer));
	switch (answer[0]) {
	case 'Y':
		return SHUTDOWN_INT;
	case 'N':
		return SHUTDOWN_VOID;
	default:
		return SHUTDOWN_UNKNOWN;
	}
}

static void unload_list(void)
{
	if (syscall(SYS_delete_module, MODULE, O_NONBLOCK) < 0)
		log_debug("module " MODULE " stays loaded: %s", strerror(errno));
}

/* A hold that attaches must not lose the list to the thread that refreshes, nor the other way round. */
static struct {
	pthread_mutex_t lock;
	unsigned int users;
	bool ours; /* to be unloaded by the last of them */
} list = { .lock = PTHREAD_MUTEX_INITIALIZER };

void allow_list_get(void)
{
	pthread_mutex_lock(&list.lock);
	if (!list.users++)
		list.ours = load_list();
	pthread_mutex_unlock(&list.lock);
}

void allow_list_put(void)
{
	pthread_mutex_lock(&list.lock);
	if (!--list.users && list.ours)
		unload_list();
	pthread_mutex_unlock(&list.lock);
}
