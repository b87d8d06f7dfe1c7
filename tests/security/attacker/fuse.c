// SPDX-License-Identifier: GPL-2.0-only
/*
 * A file system whose owner decides who gets an answer. Spoken to the kernel directly (linux/fuse.h):
 * what any user can have mounted with fusermount, which root stands in for here.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <linux/openat2.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>
#include <unistd.h>

#include "attacker.h"

#define PAGE_INODE 2
#define DEV_INODE 3

#define FUSE_NODE "/tmp/fuse-device"

struct server {
	int fd;
	pid_t served;
	const char *file;
	bool never_flush, caught;
};

static void reply(const struct server *s, uint64_t unique, int error, const void *data, size_t len)
{
	struct fuse_out_header out = { (uint32_t)(sizeof(out) + len), -error, unique };
	struct iovec parts[] = { { &out, sizeof(out) }, { (void *)data, len } };

	if (writev(s->fd, parts, 2) < 0 && errno != ENOENT && errno != EINTR)
		die("reply");
}

static struct fuse_attr attr_of(uint64_t inode)
{
	struct fuse_attr a = { .ino = inode, .nlink = 1, .blksize = 4096 };

	a.mode = inode == PAGE_INODE ? S_IFREG | 0444 : S_IFDIR | 0755;
	a.size = inode == PAGE_INODE ? FUSE_PAGE_SIZE : 0;
	return a;
}

static void answer_init(const struct server *s, const struct fuse_in_header *in)
{
	const struct fuse_init_in *ask = (const void *)(in + 1);
	struct fuse_init_out out = { .major = FUSE_KERNEL_VERSION, .max_write = 4096 };

	/* Nothing is read ahead: a page that was not asked for is not there. */
	out.minor = ask->minor < FUSE_KERNEL_MINOR_VERSION ? ask->minor : FUSE_KERNEL_MINOR_VERSION;
	reply(s, in->unique, 0, &out, sizeof(out));
}

static void answer_lookup(const struct server *s, const struct fuse_in_header *in)
{
	const char *name = (const void *)(in + 1);
	struct fuse_entry_out out = { 0 };

	out.nodeid = strcmp(name, "page") == 0	? PAGE_INODE
		     : strcmp(name, "dev") == 0 ? DEV_INODE
						: 0;
	if (!out.nodeid) {
		reply(s, in->unique, ENOENT, NULL, 0);
		return;
	}
	out.attr = attr_of(out.nodeid);
	reply(s, in->unique, 0, &out, sizeof(out));
}

/* What the opener has read already is taken away before it comes to its open. */
static void take_back_how(const struct server *s)
{
	struct fuse_notify_inval_inode_out inval = { PAGE_INODE, FUSE_HOW_AT, 4096 };
	struct fuse_out_header out = { sizeof(out) + sizeof(inval), FUSE_NOTIFY_INVAL_INODE, 0 };
	struct iovec parts[] = { { &out, sizeof(out) }, { &inval, sizeof(inval) } };

	if (writev(s->fd, parts, 2) < 0)
		die("invalidate");
}

static void answer_read(const struct server *s, const struct fuse_in_header *in)
{
	const struct fuse_read_in *r = (const void *)(in + 1);
	static char page[65536];
	const size_t n = r->size < sizeof(page) ? r->size : sizeof(page);

	memset(page, 0, sizeof(page));
	if (r->offset == FUSE_PATH_AT) {
		snprintf(page, sizeof(page), "%s", s->file);
		take_back_how(s);
	}
	reply(s, in->unique, 0, page, n);
}

static void answer(const struct server *s, const struct fuse_in_header *in)
{
	struct fuse_attr_out attr = { .attr = attr_of(in->nodeid) };
	struct fuse_open_out open = { 0 };

	switch (in->opcode) {
	case FUSE_INIT:
		answer_init(s, in);
		break;
	case FUSE_LOOKUP:
		answer_lookup(s, in);
		break;
	case FUSE_GETATTR:
		reply(s, in->unique, 0, &attr, sizeof(attr));
		break;
	case FUSE_OPEN:
	case FUSE_OPENDIR:
		reply(s, in->unique, 0, &open, sizeof(open));
		break;
	case FUSE_READ:
		answer_read(s, in);
		break;
	case FUSE_FORGET:
	case FUSE_BATCH_FORGET:
		break;
	case FUSE_FLUSH:
		if (s->never_flush)
			break;
		/* fall through */
	case FUSE_RELEASE:
	case FUSE_RELEASEDIR:
		reply(s, in->unique, 0, NULL, 0);
		break;
	default:
		reply(s, in->unique, ENOSYS, NULL, 0);
	}
}

/* The kernel itself asks as 0; whoever is served, as one of its threads. */
static bool is_served(const struct server *s, const struct fuse_in_header *in)
{
	return in->opcode == FUSE_INIT || in->pid == 0 ||
	       syscall(SYS_tgkill, s->served, in->pid, 0) == 0;
}

static void serve(struct server *s)
{
	static _Alignas(8) char buf[FUSE_MIN_READ_BUFFER + 4096];
	const struct fuse_in_header *in = (const void *)buf;
	ssize_t n;

	while ((n = read(s->fd, buf, sizeof(buf))) > 0 || errno == EINTR || errno == ENOENT) {
		if (n <= 0)
			continue;
		if (is_served(s, in)) {
			answer(s, in);
		} else if (!s->caught) {
			s->caught = true;
			print_line("caught %u in operation %u", in->pid, in->opcode);
		}
	}
	_exit(0);
}

void fuse_begin(const struct fuse_attack *a, pid_t served)
{
	struct server s = { .served = served, .file = a->file, .never_flush = a->never_flush };
	const pid_t parent = getpid();
	char options[128];

	/* The /dev of a container may not have it. */
	if (mknod(FUSE_NODE, S_IFCHR | 0600, makedev(10, 229)) < 0 && errno != EEXIST)
		die(FUSE_NODE);
	s.fd = open(FUSE_NODE, O_RDWR | O_CLOEXEC);
	if (s.fd < 0)
		die(FUSE_NODE);
	mkdir(a->path, 0755);
	snprintf(options, sizeof(options),
		 "fd=%d,rootmode=40000,user_id=%u,group_id=%u,allow_other", s.fd, a->uid, a->uid);
	if (mount("attack", a->path, "fuse", MS_NOSUID | MS_NODEV, options) < 0)
		die("mount");
	if (fork() == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != parent)
			_exit(1);
		serve(&s);
	}
	close(s.fd);
}

/* Asleep in its open, with arguments that it has read itself and that nobody else can. */
int cmd_fuse_memory(int argc, char **argv)
{
	const struct fuse_attack a = { (uid_t)atoi(argv[1]), "/tmp/fuse-memory", argv[0], false };
	const char *memory;
	int fd;

	(void)argc;
	fuse_begin(&a, getpid());
	if (a.uid && (setgid(a.uid) < 0 || setuid(a.uid) < 0))
		die("user");
	fd = open("/tmp/fuse-memory/page", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		die("page");
	memory = mmap(NULL, FUSE_PAGE_SIZE, PROT_READ, MAP_SHARED, fd, 0);
	if (memory == MAP_FAILED)
		die("mmap");
	fd = (int)syscall(SYS_openat2, AT_FDCWD, memory + FUSE_PATH_AT, memory + FUSE_HOW_AT,
			  sizeof(struct open_how));
	print_line("open=%s", fd < 0 ? strerrorname_np(errno) : "OK");
	return fd < 0;
}

int cmd_fuse_root(int argc, char **argv)
{
	const struct fuse_attack a = { 0, "/tmp/fuse-root", "", false };

	(void)argc;
	(void)argv;
	fuse_begin(&a, getpid());
	if (chroot(a.path) < 0 || chdir("/") < 0)
		die("chroot");
	print_line("ready");
	for (;;)
		pause();
}

/*
 * begin_new_exec() closes what has to be closed with the exec_update_lock of the process held, and a
 * flush of FUSE is waited for whatever signal comes.
 */
int cmd_fuse_exec(int argc, char **argv)
{
	const struct fuse_attack a = { (uid_t)atoi(argv[0]), "/tmp/fuse-exec", "", true };

	(void)argc;
	fuse_begin(&a, getpid());
	if (setgid(a.uid) < 0 || setuid(a.uid) < 0 ||
	    open("/tmp/fuse-exec/page", O_RDONLY | O_CLOEXEC) < 0)
		die("page");
	print_line("ready");
	execl("/bin/busybox", "sleep", "1000", NULL);
	die("busybox");
}
