// SPDX-License-Identifier: GPL-2.0-only
/*
 * The thread that looks at openers: again and again at those that will fall asleep in their open, until a
 * helper answers at those whose flags stand in memory.
 */
#include "hold/undecided.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "helper/helper.h"
#include "helper/jobs.h"
#include "hold/opener.h"
#include "system/files.h"

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
/* How often is looked, while there is anybody. */
#define LOOK_MS 1
/* How long the end waits for a look that waits for an opener. */
#define LAST_LOOK_MS 1000

/* What the thread knows of an opener. */
struct look {
	struct opener of;
	int helper_fd; /* -1: not asked */
	uint64_t since_ms;
};

struct undecided {
	pthread_t thread;
	let_read_fn let_read;
	void *arg;
	int openers[2], writers[2]; /* pipes to and from the thread */
	atomic_uint undecided;	    /* openers asked about, and neither let through nor told of */
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

static enum intent look_at(struct look *l)
{
	uint64_t address = 0;
	enum intent intent;

	if (l->helper_fd >= 0)
		return hear_helper(l);
	intent = opener_intent(l->of.tid, &address);
	if (intent == INTENT_IN_MEMORY)
		return ask_helper(l, address);
	if (intent == INTENT_NOT_YET && clock_ms() - l->since_ms >= SLEEP_PATIENCE_MS)
		return INTENT_WRITES;
	return intent;
}

static void pass_on(int to, const struct opener *o)
{
	/* There is always room, see ASKED_MAX. */
	if (write(to, o, sizeof(*o)) != sizeof(*o))
		abort();
}

static void decide(struct undecided *u, const struct opener *o, bool may_write)
{
	if (may_write)
		pass_on(u->writers[1], o);
	else
		u->let_read(o->answer, u->arg);
	atomic_fetch_sub(&u->undecided, 1);
}

static bool is_decided(struct undecided *u, struct look *l)
{
	const enum intent intent = look_at(l);

	if (intent == INTENT_NOT_YET)
		return false;
	if (l->helper_fd >= 0)
		close(l->helper_fd);
	decide(u, &l->of, intent != INTENT_READS);
	return true;
}

static void begin(struct undecided *u, const struct opener *o)
{
	struct look l = { *o, -1, clock_ms() };

	if (u->n == LOOKS_MAX)
		decide(u, o, true);
	else if (!is_decided(u, &l))
		u->looks[u->n++] = l;
}

/* False when nobody asks any more. */
static bool begin_new(struct undecided *u)
{
	struct opener o;
	ssize_t n;

	while ((n = read(u->openers[0], &o, sizeof(o))) == sizeof(o))
		begin(u, &o);
	return n < 0;
}

static void look_again(struct undecided *u)
{
	size_t left = 0;

	for (size_t i = 0; i < u->n; i++)
		if (!is_decided(u, &u->looks[i]))
			u->looks[left++] = u->looks[i];
	u->n = left;
}

static void *look(void *arg)
{
	struct undecided *u = arg;
	struct pollfd asked = { .fd = u->openers[0], .events = POLLIN };

	do {
		poll(&asked, 1, u->n ? LOOK_MS : -1);
		look_again(u);
	} while (begin_new(u));
	return NULL;
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
	free(u);
}

int undecided_begin(struct undecided **out, let_read_fn let_read, void *arg)
{
	struct undecided *u = calloc(1, sizeof(*u));
	int err = 0;

	if (!u)
		return -ENOMEM;
	u->let_read = let_read;
	u->arg = arg;
	u->openers[0] = u->openers[1] = u->writers[0] = u->writers[1] = -1;
	if (pipe2(u->openers, O_CLOEXEC | O_NONBLOCK) < 0 ||
	    pipe2(u->writers, O_CLOEXEC | O_NONBLOCK) < 0)
		err = -errno;
	if (!err)
		err = -pthread_create(&u->thread, NULL, look, u);
	if (err)
		discard(u);
	else
		*out = u;
	return err;
}

bool undecided_end(struct undecided *u)
{
	const struct timespec until = clock_in_ms(CLOCK_REALTIME, LAST_LOOK_MS);

	if (!u)
		return true;
	close(u->openers[1]);
	u->openers[1] = -1;
	if (pthread_timedjoin_np(u->thread, NULL, &until))
		return false;
	discard(u);
	return true;
}

int undecided_fd(const struct undecided *u)
{
	return u->writers[0];
}

bool undecided_has_room(const struct undecided *u)
{
	return atomic_load(&u->undecided) < ASKED_MAX;
}

void undecided_ask(struct undecided *u, const struct opener *o)
{
	atomic_fetch_add(&u->undecided, 1);
	pass_on(u->openers[1], o);
}

bool undecided_next_writer(struct undecided *u, struct opener *out)
{
	return read(u->writers[0], out, sizeof(*out)) == sizeof(*out);
}
