// SPDX-License-Identifier: GPL-2.0-only
/* Looks again and again at those that will fall asleep, and waits for the helpers of the others. */
#include "hold/undecided.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "helper/helper.h"
#include "helper/jobs.h"
#include "hold/opener.h"
#include "system/files.h"

/* How long one may take to fall asleep in its open: it is about to when the event comes. */
#define SLEEP_PATIENCE_MS 100
/* What a helper may take to read eight bytes. A page that is not served does not come later either. */
#define HELPER_PATIENCE_MS 500
/* How often is looked, while there is anybody. */
#define LOOK_NS 1000000L

static int poll_for(struct undecided *u, int fd)
{
	struct epoll_event event = { .events = EPOLLIN, .data.fd = fd };

	return epoll_ctl(u->epoll_fd, EPOLL_CTL_ADD, fd, &event) < 0 ? -errno : 0;
}

int undecided_open(struct undecided *u)
{
	memset(u, 0, sizeof(*u));
	u->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	u->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	if (u->epoll_fd < 0 || u->timer_fd < 0)
		return -errno;
	return poll_for(u, u->timer_fd);
}

void undecided_close(struct undecided *u)
{
	for (size_t i = 0; i < u->n; i++)
		if (u->openers[i].helper_fd >= 0)
			close(u->openers[i].helper_fd);
	if (u->timer_fd >= 0)
		close(u->timer_fd);
	if (u->epoll_fd >= 0)
		close(u->epoll_fd);
}

int undecided_fd(const struct undecided *u)
{
	return u->epoll_fd;
}

static void set_timer(struct undecided *u)
{
	const struct itimerspec every = { { 0, LOOK_NS }, { 0, LOOK_NS } }, never = { 0 };
	const bool wanted = u->n > 0;

	if (wanted != u->timer_runs)
		timerfd_settime(u->timer_fd, 0, wanted ? &every : &never, NULL);
	u->timer_runs = wanted;
}

/* Silence means that it writes: then it is held, and nothing is lost but its time. */
static enum intent ask_helper(struct undecided *u, struct undecided_opener *o, uint64_t address)
{
	const struct open_how_request r = { address, o->tid };

	o->helper_fd = helper_ask(HELPER_OPEN_HOW, o->tid, &r, sizeof(r));
	if (o->helper_fd < 0)
		return INTENT_WRITES;
	if (poll_for(u, o->helper_fd) == 0)
		return INTENT_NOT_YET;
	return INTENT_WRITES;
}

static enum intent hear_helper(const struct undecided_opener *o)
{
	struct open_how_answer answer = { 0 };
	const ssize_t n = helper_answer(o->helper_fd, &answer, sizeof(answer), NULL);

	if (n == -EAGAIN && clock_ms() - o->since_ms < HELPER_PATIENCE_MS)
		return INTENT_NOT_YET;
	return n == sizeof(answer) ? opener_flags_intent(answer.flags) : INTENT_WRITES;
}

static enum intent look_at(struct undecided *u, struct undecided_opener *o)
{
	uint64_t address = 0;
	enum intent intent;

	if (o->helper_fd >= 0)
		return hear_helper(o);
	intent = opener_intent(o->tid, &address);
	if (intent == INTENT_IN_MEMORY)
		return ask_helper(u, o, address);
	if (intent == INTENT_NOT_YET && clock_ms() - o->since_ms >= SLEEP_PATIENCE_MS)
		return INTENT_WRITES;
	return intent;
}

/* Closing its descriptor takes it out of the epoll set, too. */
static bool decide(struct undecided *u, struct undecided_opener *o, decided_fn fn, void *arg)
{
	const enum intent intent = look_at(u, o);

	if (intent == INTENT_NOT_YET)
		return false;
	if (o->helper_fd >= 0)
		close(o->helper_fd);
	fn(o->tid, o->answer, intent != INTENT_READS, arg);
	return true;
}

void undecided_add(struct undecided *u, int tid, int answer, decided_fn fn, void *arg)
{
	struct undecided_opener o = { tid, answer, -1, clock_ms() };

	if (u->n == UNDECIDED_MAX) {
		fn(tid, answer, true, arg);
		return;
	}
	if (decide(u, &o, fn, arg))
		return;
	u->openers[u->n++] = o;
	set_timer(u);
}

void undecided_step(struct undecided *u, decided_fn fn, void *arg)
{
	const size_t n = u->n;
	size_t left = 0;
	uint64_t ticks;

	if (read(u->timer_fd, &ticks, sizeof(ticks)) < 0 && errno != EAGAIN)
		return;
	/* @fn may lead to events that add some: they come behind these. */
	for (size_t i = 0; i < n; i++)
		if (!decide(u, &u->openers[i], fn, arg))
			u->openers[left++] = u->openers[i];
	for (size_t i = n; i < u->n; i++)
		u->openers[left++] = u->openers[i];
	u->n = left;
	set_timer(u);
}
