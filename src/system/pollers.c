// SPDX-License-Identifier: GPL-2.0-only
/* Pollers of devices, and the renewal of their registrations. */
#include "system/pollers.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "log/log.h"
#include "system/files.h"
#include "system/holders.h"
#include "system/sleep.h"
#include "system/task.h"

/* The kernel's own form of a device number, which fdinfo shows. */
#define KERNEL_MINOR_BITS 20

/* How often, and how far apart, a registration is tried to be put back. */
#define ADD_TRIES 50
#define ADD_PAUSE_MS 10

bool registration_parse(const char *line, struct registration *out)
{
	unsigned long long data, inode;
	unsigned int events, fs;
	int fd;

	if (sscanf(line, "tfd: %d events: %x data: %llx pos:%*d ino:%llx sdev:%x", &fd, &events,
		   &data, &inode, &fs) != 5)
		return false;
	*out = (struct registration){
		.fd = fd,
		.events = events,
		.data = data,
		.fs = makedev(fs >> KERNEL_MINOR_BITS, fs & ((1u << KERNEL_MINOR_BITS) - 1)),
		.inode = (ino_t)inode,
	};
	return true;
}

struct search {
	const struct polled_device *devices;
	size_t n_devices;
	struct poller *out;
	size_t n, max;
	/* Of the process that is looked at, and the thread whose descriptors are. */
	pid_t pid, table;
	uint64_t open; /* devices that it has open */
};

/* False, which ends the search, when there is no room for more. */
static bool note(struct search *s, const struct poller *found)
{
	struct poller *p = &s->out[s->n];

	*p = *found;
	p->pid = s->pid;
	task_comm(s->pid, p->comm);
	return ++s->n < s->max;
}

static FILE *open_fdinfo(pid_t tid, const char *fd)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/fdinfo/%.16s", tid, fd);
	return fopen(path, "re");
}

/* The device that the thread has under the number @fd now. */
static dev_t device_at(pid_t tid, int fd)
{
	char path[64];
	struct stat st;

	snprintf(path, sizeof(path), "/proc/%d/fd/%d", tid, fd);
	return stat(path, &st) == 0 && S_ISCHR(st.st_mode) ? st.st_rdev : 0;
}

/* By the node that was opened; a container may have another node of the device. */
static uint64_t devices_of(const struct search *s, const struct registration *r)
{
	const dev_t dev = s->open ? device_at(s->table, r->fd) : 0;
	uint64_t devices = 0;

	for (size_t i = 0; i < s->n_devices; i++) {
		const struct polled_device *d = &s->devices[i];

		if ((d->inode && d->inode == r->inode && d->fs == r->fs) || d->dev == dev)
			devices |= UINT64_C(1) << i;
	}
	return devices;
}

static bool look_at_epoll(struct search *s, const char *fd)
{
	struct poller found = { .kind = POLLER_EPOLL, .epoll = atoi(fd) };
	FILE *f = open_fdinfo(s->table, fd);
	char line[160];
	bool room = true;

	while (f && room && fgets(line, sizeof(line), f)) {
		if (!registration_parse(line, &found.registration))
			continue;
		found.devices = devices_of(s, &found.registration);
		room = !found.devices || note(s, &found);
	}
	if (f)
		fclose(f);
	return room;
}

/* Its list of polls does not name the files. There is no list while somebody submits. */
static bool look_at_io_uring(struct search *s, const char *fd)
{
	const struct poller found = { .kind = POLLER_IO_URING, .devices = s->open };
	bool listed = false, listing = false, any = false;
	FILE *f = open_fdinfo(s->table, fd);
	char line[160];

	while (f && fgets(line, sizeof(line), f)) {
		if (isalpha((unsigned char)line[0]))
			listing = strncmp(line, "PollList:", 9) == 0;
		listed |= listing;
		any |= listing && strncmp(line, "  op=", 5) == 0;
	}
	if (f)
		fclose(f);
	return !f || (listed && !any) || note(s, &found);
}

static bool look_at_descriptors(struct search *s)
{
	char path[64], target[32];
	struct dirent *entry;
	bool room = true;
	ssize_t n;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/fd", s->table);
	dir = opendir(path);
	while (dir && room && (entry = readdir(dir))) {
		n = readlinkat(dirfd(dir), entry->d_name, target, sizeof(target) - 1);
		target[n > 0 ? n : 0] = '\0';
		if (strcmp(target, "anon_inode:[eventpoll]") == 0)
			room = look_at_epoll(s, entry->d_name);
		else if (s->open && strcmp(target, "anon_inode:[io_uring]") == 0)
			room = look_at_io_uring(s, entry->d_name);
	}
	if (dir)
		closedir(dir);
	return room;
}

/* False, which ends the walk, behind the first thread that has not ended. */
static bool look_at_table(pid_t tid, void *arg)
{
	struct search *s = arg;

	if (!task_alive(tid))
		return true;
	s->table = tid;
	look_at_descriptors(s);
	return false;
}

/*
 * Mostly all threads share one table; that of the first is gone when it has ended before the others. Then
 * registrations are seen, but nobody can get at them by the process (pidfd_getfd()): they stay where they are.
 */
static bool look_at_tables(struct search *s, bool first_has_ended)
{
	s->table = s->pid;
	if (!first_has_ended)
		return look_at_descriptors(s);
	threads_each(s->pid, look_at_table, s);
	return s->n < s->max;
}

/* In that order, see task_syscall(). */
static bool look_at_thread(pid_t tid, void *arg)
{
	static const char *const functions[] = { "poll", "select", NULL };
	struct search *s = arg;
	struct poller found = { .tid = tid, .devices = s->open };

	if (!task_wakes_up(tid) && task_sleeps(tid, functions) == SLEEPS_ELSEWHERE)
		return true;
	switch (task_polls(tid)) {
	case TASK_GONE:
		return true;
	case TASK_RUNNING:
		found.kind = POLLER_RUNNING;
		break;
	case TASK_ASLEEP:
		found.kind = POLLER_ASLEEP;
		break;
	}
	return note(s, &found);
}

static bool look_at_process(pid_t pid, const struct task_stat *stat, void *arg)
{
	dev_t devs[64];
	struct search *s = arg;

	for (size_t i = 0; i < s->n_devices; i++)
		devs[i] = s->devices[i].dev;
	s->pid = pid;
	s->open = process_devices(pid, stat->threads, devs, s->n_devices);
	if (look_at_tables(s, stat->state == 'Z') && s->open)
		threads_each(pid, look_at_thread, s);
	return s->n < s->max;
}

size_t pollers_find(const struct polled_device *devices, size_t n, struct poller *out, size_t max)
{
	struct search s = { .devices = devices, .n_devices = n, .out = out, .max = max };

	if (n && max)
		processes_each(look_at_process, &s);
	return s.n;
}

/* A descriptor of the file that @process has under the number @fd, at @above or higher. */
static int fetch(int process, int fd, int above)
{
	const int got = (int)syscall(SYS_pidfd_getfd, process, fd, 0);
	int moved;

	if (got < 0)
		return -errno;
	moved = fcntl(got, F_DUPFD_CLOEXEC, above);
	if (moved < 0)
		moved = -errno;
	close(got);
	return moved;
}

/*
 * Another thread of the program may have taken the room that was its own a moment before
 * (fs.epoll.max_user_watches), or memory is short. The program itself may have put it back.
 */
static int put_back(int epoll, const struct registration *r)
{
	struct epoll_event event = { .events = r->events, .data.u64 = r->data };
	int err = 0;

	for (int i = 0; i < ADD_TRIES; i++) {
		if (i)
			pause_ms(ADD_PAUSE_MS);
		if (epoll_ctl(epoll, EPOLL_CTL_ADD, r->fd, &event) == 0 || errno == EEXIST)
			return 0;
		err = -errno;
	}
	return err;
}

/*
 * A registration is found by file and number, so the file has to be here under the same number. A program
 * that changes that very registration between the two calls, some microseconds, is told that it is not
 * there (ENOENT). If this process dies there, the program has lost it. So nothing else is done between them.
 */
static int renew(int epoll, int file, const struct poller *p)
{
	/* A look of another thread between the two calls would not see the registration. */
	static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;
	const struct registration *r = &p->registration;
	int err = 0, lost = 0;

	if (dup2(file, r->fd) < 0)
		return -errno;
	pthread_mutex_lock(&one_at_a_time);
	if (epoll_ctl(epoll, EPOLL_CTL_DEL, r->fd, NULL) < 0)
		err = -errno;
	else
		lost = put_back(epoll, r);
	pthread_mutex_unlock(&one_at_a_time);
	close(r->fd);
	if (lost)
		log_error("%s (pid %d): its descriptor %d could not be restored in its epoll "
			  "(%s); the program gets no event of that device until it registers the "
			  "device again",
			  p->comm, p->pid, r->fd, strerror(-lost));
	return err ?: lost;
}

int registration_renew(const struct poller *p)
{
	const int above = p->registration.fd + 1, process = process_open(p->pid);
	int epoll, file, err;

	if (process < 0)
		return process;
	epoll = fetch(process, p->epoll, above);
	file = fetch(process, p->registration.fd, above);
	/* Before its number is overwritten. */
	close(process);
	err = epoll < 0 ? epoll : file < 0 ? file : renew(epoll, file, p);
	if (epoll >= 0)
		close(epoll);
	if (file >= 0)
		close(file);
	return err;
}
