// SPDX-License-Identifier: GPL-2.0-only
/*
 * The thread that looks at openers: again and again at those that will fall asleep in their open, until a
 * helper answers at those whose flags stand in memory. A look that waits for its opener is left to itself,
 * and another thread goes on with the rest.
 */
#include "hold/undecided.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "helper/helper.h"
#include "helper/jobs.h"
#include "hold/opener.h"
#include "log/log.h"
#include "system/files.h"
#include "system/test_hooks.h"

/* Openers that take more than one look. */
#define LOOKS_MAX 64
/*
 * Undecided openers, before no more are asked about. With two batches of events more they fit into one
 * page, which the smallest pipe has, and all writers are taken before the next batch. So neither side
 * waits for the other.
 */
#define ASKED_MAX 128
/* How long an opener may take to fall asleep in its open: it is about to when the event comes. */
#define SLEEP_PATIENCE_MS 100
/* What a helper may take to read eight bytes. A page that is not served does not come later either. */
#define HELPER_PATIENCE_MS 500
/*
 * How often is looked, while there is anybody: a moment later at first, when the opener has mostly fallen
 * asleep, and then more and more seldom.
 */
#define LOOK_FIRST_US 20
#define LOOK_MAX_US 1000
/* How long the end waits for a look that waits for an opener. */
#define LAST_LOOK_MS 1000
/* A look takes microseconds, also on a busy machine some milliseconds at most. */
#define STUCK_MS 500
/* Threads, with those that are stuck. */
#define LOOKERS_MAX 8

/* What the thread knows of an opener. */
struct look {
	struct opener of;
	int helper_fd; /* -1: not asked */
	uint64_t since_ms;
};

/* A thread. Its look is under way without the lock. */
struct looker {
	struct undecided *u;
	struct look at;
	uint64_t since_ms; /* 0: it does not look at anybody */
};

struct undecided {
	answer_fn answer;
	void *arg;
	int openers[2], writers[2]; /* pipes to and from the thread */
	atomic_uint undecided;	    /* openers asked about, and neither let through nor told of */
	/* Guards what follows. Nobody waits for anything with it. */
	pthread_mutex_t lock;
	pthread_cond_t ended;	/* a thread has */
	struct looker *current; /* the others are stuck; NULL when all are */
	size_t n_lookers;
	bool nobody_looks; /* said, and not taken back yet */
	struct look looks[LOOKS_MAX];
	size_t n;
};

/* Silence means that it writes: then it is held, and nothing is lost but its time. */
static enum intent ask_helper(struct look *l, uint64_t address)
{
	const struct open_how_request r = { address, l->of.tid };

	l->helper_fd = helper_ask(HELPER_OPEN_HOW, l->of.tid, &r, sizeof(r));
	return l->helper_fd < 0 ? INTENT_WRITES : INTENT_NOT_YET;
}

static enum intent hear_helper(const struct look *l)
{
	struct open_how_answer answer = { 0 };
	const ssize_t n = helper_answer(l->helper_fd, &answer, sizeof(answer), NULL);

	if (n == -EAGAIN && clock_ms() - l->since_ms < HELPER_PATIENCE_MS)
		return INTENT_NOT_YET;
	return n == sizeof(answer) ? opener_flags_intent(answer.flags) : INTENT_WRITES;
}

static void pass_on(int to, const struct opener *o)
{
	/* There is always room, see ASKED_MAX. */
	if (write(to, o, sizeof(*o)) != sizeof(*o))
		abort();
}

static void decide(struct undecided *u, const struct look *l, bool may_write)
{
	if (l->helper_fd >= 0)
		close(l->helper_fd);
	if (may_write)
		pass_on(u->writers[1], &l->of);
	/* The number first: whoever hears of it looks whether there is room again. */
	atomic_fetch_sub(&u->undecided, 1);
	if (!may_write)
		u->answer(l->of.answer, true, u->arg);
}

/*
 * With the lock, which is given up meanwhile: an opener that executes something keeps it waiting for as long
 * as a file system likes. False when another thread has taken over, and has decided on this opener.
 */
static bool read_call(struct looker *me, struct look *l, enum intent *intent, uint64_t *address)
{
	struct undecided *u = me->u;

	me->at = *l;
	me->since_ms = clock_ms();
	pthread_mutex_unlock(&u->lock);
	if (test_stay_in_look)
		test_stay_in_look(l->of.tid);
	*intent = opener_intent(l->of.tid, address);
	pthread_mutex_lock(&u->lock);
	me->since_ms = 0;
	return u->current == me;
}

/* False when another thread has taken over. */
static bool look_at(struct looker *me, struct look *l, enum intent *intent)
{
	uint64_t address = 0;

	if (l->helper_fd >= 0) {
		*intent = hear_helper(l);
		return true;
	}
	if (!read_call(me, l, intent, &address))
		return false;
	if (*intent == INTENT_IN_MEMORY)
		*intent = ask_helper(l, address);
	else if (*intent == INTENT_NOT_YET && clock_ms() - l->since_ms >= SLEEP_PATIENCE_MS)
		*intent = INTENT_WRITES;
	return true;
}

/* The same. */
static bool begin(struct looker *me, struct look l)
{
	struct undecided *u = me->u;
	enum intent intent;

	if (!look_at(me, &l, &intent))
		return false;
	if (intent == INTENT_NOT_YET && u->n < LOOKS_MAX)
		u->looks[u->n++] = l;
	else
		decide(u, &l, intent != INTENT_READS);
	return true;
}

static bool look_again(struct looker *me)
{
	struct undecided *u = me->u;

	for (size_t left = u->n; left > 0; left--) {
		const struct look l = u->looks[0];

		memmove(&u->looks[0], &u->looks[1], --u->n * sizeof(l));
		if (!begin(me, l))
			return false;
	}
	return true;
}

/* False when nobody asks any more, too. */
static bool begin_new(struct looker *me)
{
	struct look l = { .helper_fd = -1 };
	ssize_t n;

	while ((n = read(me->u->openers[0], &l.of, sizeof(l.of))) == sizeof(l.of)) {
		l.since_ms = clock_ms();
		if (!begin(me, l))
			return false;
	}
	return n < 0;
}

static void *look(void *arg)
{
	struct looker *me = arg;
	struct undecided *u = me->u;
	struct pollfd asked = { .fd = u->openers[0], .events = POLLIN };
	unsigned int us = LOOK_FIRST_US;

	/* The kernel adds 50 us else. */
	prctl(PR_SET_TIMERSLACK, 1000UL);
	pthread_mutex_lock(&u->lock);
	do {
		const bool any = u->n > 0;
		const struct timespec pause = { .tv_nsec = us * 1000L };

		us = !any ? LOOK_FIRST_US : us < LOOK_MAX_US / 2 ? 2 * us : LOOK_MAX_US;
		pthread_mutex_unlock(&u->lock);
		ppoll(&asked, 1, any ? &pause : NULL, NULL);
		pthread_mutex_lock(&u->lock);
	} while (look_again(me) && begin_new(me));
	u->n_lookers--;
	pthread_cond_signal(&u->ended);
	pthread_mutex_unlock(&u->lock);
	free(me);
	return NULL;
}

/* With the lock. */
static int start_looker(struct undecided *u)
{
	struct looker *new = calloc(1, sizeof(*new));
	pthread_t thread;
	int err;

	u->current = NULL;
	if (!new)
		return -ENOMEM;
	new->u = u;
	err = u->n_lookers < LOOKERS_MAX ? -pthread_create(&thread, NULL, look, new) : -EBUSY;
	if (err) {
		free(new);
		return err;
	}
	pthread_detach(thread);
	u->n_lookers++;
	u->current = new;
	return 0;
}

static void close_pipe(const int pipe[2])
{
	for (size_t i = 0; i < 2; i++)
		if (pipe[i] >= 0)
			close(pipe[i]);
}

static void discard(struct undecided *u)
{
	for (size_t i = 0; i < u->n; i++)
		if (u->looks[i].helper_fd >= 0)
			close(u->looks[i].helper_fd);
	close_pipe(u->openers);
	close_pipe(u->writers);
	pthread_cond_destroy(&u->ended);
	pthread_mutex_destroy(&u->lock);
	free(u);
}

int undecided_begin(struct undecided **out, answer_fn answer, void *arg)
{
	struct undecided *u = calloc(1, sizeof(*u));
	int err = 0;

	if (!u)
		return -ENOMEM;
	pthread_mutex_init(&u->lock, NULL);
	pthread_cond_init(&u->ended, NULL);
	u->answer = answer;
	u->arg = arg;
	u->openers[0] = u->openers[1] = u->writers[0] = u->writers[1] = -1;
	if (pipe2(u->openers, O_CLOEXEC | O_NONBLOCK) < 0 ||
	    pipe2(u->writers, O_CLOEXEC | O_NONBLOCK) < 0)
		err = -errno;
	pthread_mutex_lock(&u->lock);
	if (!err)
		err = start_looker(u);
	pthread_mutex_unlock(&u->lock);
	if (err)
		discard(u);
	else
		*out = u;
	return err;
}

bool undecided_end(struct undecided *u)
{
	const struct timespec until = clock_in_ms(CLOCK_REALTIME, LAST_LOOK_MS);
	int err = 0;
	size_t left;

	if (!u)
		return true;
	close(u->openers[1]);
	u->openers[1] = -1;
	pthread_mutex_lock(&u->lock);
	while (u->n_lookers && !err)
		err = pthread_cond_timedwait(&u->ended, &u->lock, &until);
	left = u->n_lookers;
	pthread_mutex_unlock(&u->lock);
	if (left)
		return false;
	discard(u);
	return true;
}

static void refuse(struct undecided *u, const struct opener *o)
{
	atomic_fetch_sub(&u->undecided, 1);
	u->answer(o->answer, false, u->arg);
}

/* Nobody can look at them: to let them write unseen is no choice. With the lock. */
static void refuse_all(struct undecided *u)
{
	struct opener o;

	for (; u->n > 0; u->n--) {
		if (u->looks[u->n - 1].helper_fd >= 0)
			close(u->looks[u->n - 1].helper_fd);
		refuse(u, &u->looks[u->n - 1].of);
	}
	while (read(u->openers[0], &o, sizeof(o)) == sizeof(o))
		refuse(u, &o);
}

/* Once, while threads come free and are stuck again. */
static void say_whether_anybody_looks(struct undecided *u, int err)
{
	if (!err && u->nobody_looks && u->n_lookers <= LOOKERS_MAX / 2) {
		u->nobody_looks = false;
		log_notice("the guard checks opens of guarded files again");
	}
	if (!err || u->nobody_looks)
		return;
	u->nobody_looks = true;
	if (err == -EBUSY)
		log_error(
			"too many openers of guarded files wait in exec() for an unreadable "
			"file: the guard refuses opens of guarded files until one of them continues");
	else
		log_error("no thread to check openers of guarded files (%s); the guard refuses "
			  "opens of these files until it gets a thread",
			  strerror(-err));
}

void undecided_tend(struct undecided *u)
{
	struct looker *stuck;
	int err = 0;

	/* A thread that has the lock is not stuck. */
	if (pthread_mutex_trylock(&u->lock))
		return;
	stuck = u->current;
	if (stuck && stuck->since_ms && clock_ms() - stuck->since_ms > STUCK_MS) {
		log_debug("the check of an open by thread %d does not end", stuck->at.of.tid);
		/* It is held, and nothing is lost but its time. */
		decide(u, &stuck->at, true);
		err = start_looker(u);
	} else if (!stuck) {
		err = start_looker(u);
	}
	say_whether_anybody_looks(u, err);
	if (!u->current)
		refuse_all(u);
	pthread_mutex_unlock(&u->lock);
}

int undecided_fd(const struct undecided *u)
{
	return u->writers[0];
}

bool undecided_any(const struct undecided *u)
{
	return atomic_load(&u->undecided) > 0;
}

bool undecided_has_room(const struct undecided *u)
{
	return atomic_load(&u->undecided) < ASKED_MAX;
}

void undecided_ask(struct undecided *u, const struct opener *o)
{
	atomic_fetch_add(&u->undecided, 1);
	pass_on(u->openers[1], o);
	undecided_tend(u);
}

bool undecided_next_writer(struct undecided *u, struct opener *out)
{
	return read(u->writers[0], out, sizeof(*out)) == sizeof(*out);
}
