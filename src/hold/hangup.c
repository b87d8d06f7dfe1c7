// SPDX-License-Identifier: GPL-2.0-only
/* What is done with one tty in a thread of its own: the hang-up, the question, and the mending. */
#include "hold/hangup.h"

#include <asm/termbits.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "hold/steps.h"
#include "system/apart.h"
#include "system/files.h"

/* How often an open is tried while the last close of the tty is still going on (EIO, EAGAIN). */
#define OPEN_TRIES 50

/* How long the caller waits for the end of a job that is done: the mending takes microseconds. */
#define FINISH_MS 1000

/* Jobs whose caller has gone on; they still have the tty open. */
static atomic_int abandoned_jobs;

/* As hangup_result(). */
typedef int (*work_fn)(struct hangup *job);

enum job_state {
	JOB_BEGINS, /* its thread may still share the descriptors of the caller */
	JOB_WORKS,
	JOB_DONE,
	JOB_ENDED, /* it has nothing open any more */
};

/*
 * Descriptors are those of the table of its thread (system/apart.h), so whatever is opened and closed
 * for the job, that thread does.
 */
struct hangup {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	int path_fd;
	int fd; /* hung up by ourselves; keeps the tty from being the last close of others */
	int error;
	enum job_state state;
	bool finish;	/* hangup_finish() was called */
	bool abandoned; /* and did not wait until it had ended */
	work_fn work;
};

static int open_fresh(int path_fd)
{
	char path[FD_PATH_MAX];
	int fd = -1;

	file_fd_path(path_fd, path, sizeof(path));
	for (int i = 0; i < OPEN_TRIES; i++) {
		fd = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
		if (fd >= 0 || (errno != EIO && errno != EAGAIN && errno != EINTR))
			break;
		pause_ms(2);
	}
	return fd;
}

/*
 * Mends what a hang-up leaves behind in a driver without a .hangup operation. A close of a hung-up
 * descriptor never reaches tty_port_close(), so port->tty would keep its reference, the tty driver
 * would never be destroyed and the next probe would fail with -EEXIST. When our fresh, live
 * descriptor is the last one, tty_port_close_start() sees tty->count 1, corrects the port's count
 * and releases everything. Hence the order: open the fresh one, close the hung-up one, close the
 * fresh one.
 */
static int mend(struct hangup *job)
{
	int fresh = open_fresh(job->path_fd);

	if (fresh >= 0)
		ioctl(fresh, TIOCNXCL);
	if (job->fd >= 0)
		close(job->fd);
	if (fresh >= 0)
		close(fresh);
	job->fd = -1;
	return 0;
}

static int hang_up(struct hangup *job)
{
	job->fd = open_fresh(job->path_fd);
	if (job->fd < 0)
		return -errno;
	/* From here on only CAP_SYS_ADMIN can open it, also through a node we do not know of. */
	if (ioctl(job->fd, TIOCEXCL) < 0 || ioctl(job->fd, TIOCVHANGUP) < 0)
		return -errno;
	return 0;
}

/*
 * A struct tty_struct lives from the first open to the last close (tty_init_dev(), release_tty() in
 * drivers/tty/tty_io.c). One that is marked, and still marked after our own descriptor was closed,
 * says that ours was not the last. As long as a tty is being closed for the last time, opens fail
 * with EIO (tty_reopen()) and are tried again.
 *
 * There are two marks. The exclusive mode is had without a lock, also while a writer sleeps in the
 * driver (readable since 3.8, commit 84fd7bdf1266); but whoever has the tty open may clear it,
 * again and again. A locked control character that no terminal has (the last of NCCS) takes
 * CAP_SYS_ADMIN or CAP_CHECKPOINT_RESTORE to clear (TIOCSLCKTRMIOS in drivers/tty/tty_ioctl.c), and
 * waits for writers that are inside. So the first finds everybody who means no harm, and the second
 * is asked when the first finds nobody.
 */
#define LOCKED (NCCS - 1)

/*
 * Locks the character; @was_locked says whether it was. The line discipline is asked, and that of a
 * tty which has just been opened for the first time knows the calls: another one is somebody's.
 * Never taken back: the lock goes with the tty_struct, it does nothing to programs, and whoever
 * asks at the same time must not find it gone.
 */
static int lock(int fd, bool *was_locked)
{
	struct termios locks;

	*was_locked = false;
	if (ioctl(fd, TIOCGLCKTRMIOS, &locks) == 0) {
		*was_locked = locks.c_cc[LOCKED];
		locks.c_cc[LOCKED] = 1;
		if (*was_locked || ioctl(fd, TIOCSLCKTRMIOS, &locks) == 0)
			return 0;
	}
	*was_locked = errno == ENOTTY || errno == EINVAL;
	return *was_locked ? 0 : -errno;
}

/* Sets the exclusive mode; @was_set says whether it was. */
static int exchange_exclusive(int fd, bool *was_set)
{
	int set = 0;

	if (ioctl(fd, TIOCGEXCL, &set) < 0 || (!set && ioctl(fd, TIOCEXCL) < 0))
		return -errno;
	*was_set = set;
	return 0;
}

/* What is done through one descriptor; @found: it is known by then that somebody has it open. */
typedef int (*question_fn)(int fd, bool *found);

static int is_still_exclusive(int fd, bool *found)
{
	int err = exchange_exclusive(fd, found);
	bool was_locked = false;

	if (!err && !*found)
		err = lock(fd, &was_locked);
	*found |= was_locked;
	if (*found)
		ioctl(fd, TIOCNXCL);
	return err;
}

static int is_still_locked(int fd, bool *found)
{
	int err = lock(fd, found);

	ioctl(fd, TIOCNXCL);
	return err;
}

/*
 * Each close is that of a live descriptor, so this mends the port, too, as mend() does: one that is
 * the last corrects the port's count.
 */
static int ask(struct hangup *job)
{
	static const question_fn questions[] = { exchange_exclusive, is_still_exclusive,
						 is_still_locked };
	bool found = false;
	int err = 0, fd;

	for (size_t i = 0; i < sizeof(questions) / sizeof(questions[0]); i++) {
		if (err || found)
			break;
		fd = open_fresh(job->path_fd);
		if (fd < 0)
			return -errno;
		err = questions[i](fd, &found);
		close(fd);
	}
	return err ? err : found;
}

static void set_state(struct hangup *job, enum job_state state)
{
	job->state = state;
	pthread_cond_broadcast(&job->changed);
}

static void wait_for_finish(struct hangup *job)
{
	while (!job->finish)
		pthread_cond_wait(&job->changed, &job->lock);
}

static void destroy(struct hangup *job)
{
	pthread_cond_destroy(&job->changed);
	pthread_mutex_destroy(&job->lock);
	free(job);
}

/* Under the lock, which is given up for what may wait in the kernel. */
static void do_work(struct hangup *job)
{
	int error;

	set_state(job, JOB_WORKS);
	pthread_mutex_unlock(&job->lock);
	error = job->work(job);
	pthread_mutex_lock(&job->lock);
	job->error = error;
	set_state(job, JOB_DONE);
	wait_for_finish(job);
	/* Only a hang-up leaves something behind. */
	if (job->work != hang_up)
		return;
	pthread_mutex_unlock(&job->lock);
	mend(job);
	pthread_mutex_lock(&job->lock);
}

static void *run(void *arg)
{
	struct hangup *job = arg;
	bool abandoned;

	pthread_mutex_lock(&job->lock);
	job->error = apart_begin(job->path_fd);
	if (!job->error)
		do_work(job);
	abandoned = job->abandoned;
	set_state(job, JOB_ENDED);
	pthread_mutex_unlock(&job->lock);
	if (!abandoned)
		return NULL;
	destroy(job);
	atomic_fetch_sub(&abandoned_jobs, 1);
	return NULL;
}

/* Under the lock. Until it is in @state or a later one, at most @ms milliseconds; whether it is. */
static bool wait_for_state(struct hangup *job, enum job_state state, unsigned int ms)
{
	const struct timespec until = clock_in_ms(CLOCK_MONOTONIC, ms);
	int err = 0;

	while (job->state < state && !err)
		err = pthread_cond_timedwait(&job->changed, &job->lock, &until);
	return job->state >= state;
}

/* Returns when the thread has @path_fd in a table of its own, which waits for nobody. */
static int start(struct hangup *job)
{
	int err = hold_thread(run, job);

	if (err)
		return err;
	pthread_mutex_lock(&job->lock);
	while (job->state == JOB_BEGINS)
		pthread_cond_wait(&job->changed, &job->lock);
	if (job->state == JOB_ENDED)
		err = -job->error;
	pthread_mutex_unlock(&job->lock);
	return err;
}

static struct hangup *launch(int path_fd, work_fn work)
{
	struct hangup *job = calloc(1, sizeof(*job));
	pthread_condattr_t condattr;
	int err;

	if (!job)
		return NULL;
	job->work = work;
	job->fd = -1;
	job->path_fd = path_fd;
	pthread_mutex_init(&job->lock, NULL);
	pthread_condattr_init(&condattr);
	pthread_condattr_setclock(&condattr, CLOCK_MONOTONIC);
	pthread_cond_init(&job->changed, &condattr);
	pthread_condattr_destroy(&condattr);
	err = start(job);
	if (!err)
		return job;
	destroy(job);
	errno = err;
	return NULL;
}

struct hangup *hangup_start(int path_fd)
{
	return launch(path_fd, hang_up);
}

struct hangup *hangup_ask(int path_fd)
{
	return launch(path_fd, ask);
}

void hangup_mend(int path_fd)
{
	struct hangup *job = launch(path_fd, mend);

	if (job)
		hangup_finish(job);
}

bool hangup_wait(struct hangup *job, unsigned int timeout_ms)
{
	bool done;

	pthread_mutex_lock(&job->lock);
	done = wait_for_state(job, JOB_DONE, timeout_ms);
	pthread_mutex_unlock(&job->lock);
	return done;
}

int hangup_result(const struct hangup *job)
{
	return job->error;
}

void hangup_finish(struct hangup *job)
{
	bool ended;

	pthread_mutex_lock(&job->lock);
	job->finish = true;
	pthread_cond_broadcast(&job->changed);
	ended = job->state >= JOB_DONE && wait_for_state(job, JOB_ENDED, FINISH_MS);
	job->abandoned = !ended;
	if (!ended)
		atomic_fetch_add(&abandoned_jobs, 1);
	pthread_mutex_unlock(&job->lock);
	if (ended)
		destroy(job);
}

bool hangup_abandoned(void)
{
	return atomic_load(&abandoned_jobs) > 0;
}
