// SPDX-License-Identifier: GPL-2.0-only
/* The system calls, made by number: the C library would turn open() into openat(). */
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "callers.h"

static int open_by_openat(const char *file, int flags)
{
	return syscall(SYS_openat, AT_FDCWD, file, flags | O_CLOEXEC);
}

#ifdef SYS_open
static int open_by_open(const char *file, int flags)
{
	return syscall(SYS_open, file, flags);
}

static int open_by_creat(const char *file, int flags)
{
	(void)flags;
	return syscall(SYS_creat, file, 0666);
}
#endif

static int open_by_openat2(const char *file, int flags)
{
	struct open_how how = { .flags = flags == O_RDONLY ? O_RDONLY : O_RDWR };

	return syscall(SYS_openat2, AT_FDCWD, file, &how, sizeof(how));
}

static ssize_t write_plainly(int fd, const char *word)
{
	return write(fd, word, strlen(word));
}

static ssize_t write_by_pwrite(int fd, const char *word)
{
	return pwrite(fd, word, strlen(word), 0);
}

static ssize_t write_by_writev(int fd, const char *word)
{
	struct iovec iov = { .iov_base = (void *)word, .iov_len = strlen(word) };

	return writev(fd, &iov, 1);
}

/* As cat does where it can. */
static ssize_t write_by_sendfile(int fd, const char *word)
{
	int from = syscall(SYS_memfd_create, "word", 0);
	ssize_t n;

	if (from < 0 || write(from, word, strlen(word)) < 0)
		die("memfd");
	lseek(from, 0, SEEK_SET);
	n = sendfile(fd, from, NULL, strlen(word));
	close(from);
	return n;
}

/* The one that was held is not the one whose descriptor is used last. */
static ssize_t write_to_duplicate(int fd, const char *word)
{
	int other = dup(fd);
	ssize_t n;

	if (other < 0)
		die("dup");
	n = write(other, word, strlen(word));
	close(other);
	return n;
}

static ssize_t write_by_child(int fd, const char *word)
{
	int status;
	pid_t child = fork();

	if (child == 0)
		_exit(write(fd, word, strlen(word)) < 0 ? errno : 0);
	if (child < 0 || waitpid(child, &status, 0) != child || !WIFEXITED(status))
		die("child");
	errno = WEXITSTATUS(status);
	return errno ? -1 : 0;
}

static const struct how {
	const char *name;
	int (*open)(const char *file, int flags);
	ssize_t (*write)(int fd, const char *word);
} hows[] = {
	{ "openat", open_by_openat, write_plainly },
#ifdef SYS_open
	{ "open", open_by_open, write_plainly },
	{ "creat", open_by_creat, write_plainly },
#endif
	{ "openat2", open_by_openat2, write_plainly },
	{ "pwrite", open_by_openat, write_by_pwrite },
	{ "writev", open_by_openat, write_by_writev },
	{ "sendfile", open_by_openat, write_by_sendfile },
	{ "dup", open_by_openat, write_to_duplicate },
	{ "fork", open_by_openat, write_by_child },
};

void print_hows(void)
{
	for (size_t i = 0; i < sizeof(hows) / sizeof(hows[0]); i++)
		puts(hows[i].name);
	puts("uring\nuring-direct");
}

static const struct how *find_how(const char *name)
{
	for (size_t i = 0; i < sizeof(hows) / sizeof(hows[0]); i++)
		if (strcmp(hows[i].name, name) == 0)
			return &hows[i];
	return NULL;
}

void sleep_ms(unsigned int ms)
{
	struct timespec t = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L };

	while (nanosleep(&t, &t) < 0 && errno == EINTR)
		;
}

struct outcome make_call(const struct call *c)
{
	const struct how *how = find_how(c->how);
	struct outcome o = { 0 };
	int fd;

	if (strncmp(c->how, "uring", 5) == 0)
		return call_by_uring(c, strcmp(c->how, "uring-direct") == 0);
	if (!how) {
		o.unsupported = true;
		return o;
	}
	fd = how->open(c->file, c->word ? O_WRONLY : O_RDONLY);
	if (fd < 0) {
		o.open_error = errno;
		return o;
	}
	sleep_ms(c->keep_ms);
	if (c->word && how->write(fd, c->word) < 0)
		o.write_error = errno;
	close(fd);
	return o;
}
