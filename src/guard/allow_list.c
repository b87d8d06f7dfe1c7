// SPDX-License-Identifier: GPL-2.0-only
#include "guard/allow_list.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "log/log.h"

#define MODULE "rpmsg_guard_allow"

static bool loaded_by_us;

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

void allow_list_load(void)
{
	struct utsname name;
	char path[PATH_MAX];
	int err = -ENOENT;

	if (access("/sys/module/" MODULE, F_OK) == 0)
		return;
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
	loaded_by_us = !err;
}

void allow_list_unload(void)
{
	if (loaded_by_us && syscall(SYS_delete_module, MODULE, O_NONBLOCK) < 0)
		log_debug("module " MODULE " stays loaded: %s", strerror(errno));
	loaded_by_us = false;
}
