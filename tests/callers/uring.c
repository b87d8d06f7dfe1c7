// SPDX-License-Identifier: GPL-2.0-only
/* io_uring without a library: one request at a time. */
#include <errno.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "callers.h"

struct ring {
	int fd;
	struct io_uring_sqe *sqes;
	unsigned int *sq_tail, *sq_array, sq_mask;
	unsigned int *cq_head, *cq_tail, cq_mask;
	struct io_uring_cqe *cqes;
};

static void *map(int fd, size_t len, uint64_t offset)
{
	void *p = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, fd,
		       (off_t)offset);

	if (p == MAP_FAILED)
		die("mmap of the ring");
	return p;
}

static bool set_up(struct ring *r)
{
	struct io_uring_params p = { 0 };
	char *sq, *cq;

	r->fd = syscall(SYS_io_uring_setup, 4, &p);
	if (r->fd < 0)
		return false;
	sq = map(r->fd, p.sq_off.array + p.sq_entries * sizeof(unsigned int), IORING_OFF_SQ_RING);
	cq = map(r->fd, p.cq_off.cqes + p.cq_entries * sizeof(struct io_uring_cqe),
		 IORING_OFF_CQ_RING);
	r->sqes = map(r->fd, p.sq_entries * sizeof(struct io_uring_sqe), IORING_OFF_SQES);
	r->sq_tail = (unsigned int *)(sq + p.sq_off.tail);
	r->sq_mask = *(unsigned int *)(sq + p.sq_off.ring_mask);
	r->sq_array = (unsigned int *)(sq + p.sq_off.array);
	r->cq_head = (unsigned int *)(cq + p.cq_off.head);
	r->cq_tail = (unsigned int *)(cq + p.cq_off.tail);
	r->cq_mask = *(unsigned int *)(cq + p.cq_off.ring_mask);
	r->cqes = (struct io_uring_cqe *)(cq + p.cq_off.cqes);
	return true;
}

/* Returns what the request came to: a number, or a negative errno. */
static int submit(struct ring *r, const struct io_uring_sqe *sqe)
{
	const unsigned int slot = *r->sq_tail & r->sq_mask;
	unsigned int head = *r->cq_head;
	int result;

	r->sqes[slot] = *sqe;
	r->sq_array[slot] = slot;
	__atomic_store_n(r->sq_tail, *r->sq_tail + 1, __ATOMIC_RELEASE);
	if (syscall(SYS_io_uring_enter, r->fd, 1, 1, IORING_ENTER_GETEVENTS, NULL, 0) != 1)
		die("io_uring_enter");
	while (__atomic_load_n(r->cq_tail, __ATOMIC_ACQUIRE) == head)
		syscall(SYS_io_uring_enter, r->fd, 0, 1, IORING_ENTER_GETEVENTS, NULL, 0);
	result = r->cqes[head & r->cq_mask].res;
	__atomic_store_n(r->cq_head, head + 1, __ATOMIC_RELEASE);
	return result;
}

static int uring_open(struct ring *r, const char *file, int flags, bool direct)
{
	struct io_uring_sqe sqe = {
		.opcode = IORING_OP_OPENAT,
		.fd = AT_FDCWD,
		.addr = (uintptr_t)file,
		.open_flags = flags,
		.file_index = direct ? 1 : 0, /* counted from 1 */
	};

	return submit(r, &sqe);
}

static int uring_write(struct ring *r, int fd, const char *word, bool direct)
{
	struct io_uring_sqe sqe = {
		.opcode = IORING_OP_WRITE,
		.flags = direct ? IOSQE_FIXED_FILE : 0,
		.fd = direct ? 0 : fd,
		.addr = (uintptr_t)word,
		.len = strlen(word),
	};

	return submit(r, &sqe);
}

static void uring_close(struct ring *r, int fd, bool direct)
{
	struct io_uring_sqe sqe = {
		.opcode = IORING_OP_CLOSE,
		.fd = direct ? 0 : fd,
		.file_index = direct ? 1 : 0,
	};

	submit(r, &sqe);
}

struct outcome call_by_uring(const struct call *c, bool direct)
{
	struct outcome o = { 0 };
	struct ring ring;
	int none = -1, n;

	if (!set_up(&ring) ||
	    (direct && syscall(SYS_io_uring_register, ring.fd, IORING_REGISTER_FILES, &none, 1))) {
		o.unsupported = true;
		return o;
	}
	n = uring_open(&ring, c->file, c->word ? O_WRONLY : O_RDONLY, direct);
	/* Before 5.15 the request does not know of the ring's table. */
	if (direct && n > 0) {
		o.unsupported = true;
		return o;
	}
	if (n < 0) {
		o.unsupported = n == -EINVAL;
		o.open_error = -n;
		return o;
	}
	sleep_ms(c->keep_ms);
	if (c->word)
		o.write_error = uring_write(&ring, n, c->word, direct);
	o.write_error = o.write_error < 0 ? -o.write_error : 0;
	uring_close(&ring, n, direct);
	close(ring.fd);
	return o;
}
