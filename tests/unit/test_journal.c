// SPDX-License-Identifier: GPL-2.0-only
/* What the journal gets: datagrams on a socket of this test, taken apart as the journal does it. */
#include <endian.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "log/about.h"
#include "log/journal_socket.h"
#include "log/log.h"

static char folder[] = "/tmp/rpmsg-guard-journal-XXXXXX";
static char path[64];
static int journal = -1;

struct datagram {
	char bytes[8192];
	size_t len;
};

static void listen_here(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	journal = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	assert_true(journal >= 0);
	assert_int_equal(bind(journal, (struct sockaddr *)&address, sizeof(address)), 0);
}

static int begin(void **state)
{
	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/socket", folder);
	listen_here();
	log_init(LVL_INFO, true);
	journal_begin(path);
	journal_set_level("override");
	return 0;
}

static int end(void **state)
{
	(void)state;
	close(journal);
	unlink(path);
	return rmdir(folder);
}

static void receive(struct datagram *d)
{
	const ssize_t n = recv(journal, d->bytes, sizeof(d->bytes), 0);

	assert_true(n > 0);
	d->len = (size_t)n;
}

/* The value of field @name, and that the datagram is nothing but fields. NULL without such a field. */
static const char *value_of(const struct datagram *d, const char *name)
{
	static char value[4096];
	bool found = false;
	size_t at = 0, name_len;
	uint64_t len;

	while (at < d->len) {
		const char *field = d->bytes + at;
		const char *newline = memchr(field, '\n', d->len - at);

		assert_non_null(newline);
		name_len = (size_t)(newline - field);
		assert_int_equal(strspn(field, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_"), name_len);
		at += name_len + 1;
		assert_true(at + sizeof(len) <= d->len);
		memcpy(&len, d->bytes + at, sizeof(len));
		at += sizeof(len);
		len = le64toh(len);
		assert_true(at + len < d->len && len < sizeof(value));
		assert_int_equal(d->bytes[at + len], '\n');
		if (strlen(name) == name_len && memcmp(field, name, name_len) == 0) {
			assert_false(found);
			found = true;
			memcpy(value, d->bytes + at, len);
			value[len] = '\0';
		}
		at += len + 1;
	}
	return found ? value : NULL;
}

static void a_line_has_its_fields(void **state)
{
	struct datagram d;

	(void)state;
	log_about(FIELD_REMOTEPROC, "remoteproc0");
	log_about(FIELD_CALLER, "sh");
	log_about(FIELD_CALLER_PID, "812");
	log_about(FIELD_EPISODE, "20260102T030405.678Z-remoteproc0");
	log_as(LOG_REFUSED, LVL_WARNING, "remoteproc0: stop refused: %s", "why");
	receive(&d);
	assert_string_equal(value_of(&d, "MESSAGE"), "remoteproc0: stop refused: why");
	assert_string_equal(value_of(&d, "PRIORITY"), "4");
	assert_string_equal(value_of(&d, "SYSLOG_IDENTIFIER"), "rpmsg-guard");
	assert_int_equal(strspn(value_of(&d, "MESSAGE_ID"), "0123456789abcdef"), 32);
	assert_int_equal(strlen(value_of(&d, "MESSAGE_ID")), 32);
	assert_string_equal(value_of(&d, "LEVEL"), "override");
	assert_string_equal(value_of(&d, "REMOTEPROC"), "remoteproc0");
	assert_string_equal(value_of(&d, "CALLER"), "sh");
	assert_string_equal(value_of(&d, "CALLER_PID"), "812");
	assert_string_equal(value_of(&d, "EPISODE"), "20260102T030405.678Z-remoteproc0");
}

static void a_field_without_a_value_is_left_out(void **state)
{
	struct datagram d;

	(void)state;
	for (int i = 0; i < N_LOG_FIELDS; i++)
		log_about((enum log_field)i, i % 2 ? "" : NULL);
	log_info("a plain line");
	receive(&d);
	assert_string_equal(value_of(&d, "MESSAGE"), "a plain line");
	assert_string_equal(value_of(&d, "PRIORITY"), "6");
	assert_null(value_of(&d, "MESSAGE_ID"));
	assert_null(value_of(&d, "REMOTEPROC"));
	assert_null(value_of(&d, "CALLER_PID"));
}

static void each_event_has_an_id_of_its_own(void **state)
{
#define X(event, id) event,
	static const enum log_event events[] = { MESSAGE_IDS(X) };
#undef X
	const size_t n = sizeof(events) / sizeof(events[0]);
	char ids[16][33];
	struct datagram d;

	(void)state;
	assert_true(n > 0 && n <= 16);
	for (size_t i = 0; i < n; i++) {
		log_as(events[i], LVL_NOTICE, "text");
		receive(&d);
		assert_int_equal(strlen(value_of(&d, "MESSAGE_ID")), 32);
		strcpy(ids[i], value_of(&d, "MESSAGE_ID"));
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(ids[i], ids[k]);
	}
}

/* Nothing that a task or a firmware calls itself makes a field of its own. */
static void names_of_others_stay_in_their_field(void **state)
{
	char huge[8000];
	struct datagram d;

	(void)state;
	log_about(FIELD_CALLER, "x\nPRIORITY=0\n\033[31m");
	log_notice("channel %s", "a\nMESSAGE_ID=0\n");
	receive(&d);
	assert_string_equal(value_of(&d, "CALLER"), "x\\x0aPRIORITY=0\\x0a\\x1b[31m");
	assert_string_equal(value_of(&d, "MESSAGE"), "channel a\\x0aMESSAGE_ID=0\\x0a");
	assert_string_equal(value_of(&d, "PRIORITY"), "5");
	memset(huge, '\n', sizeof(huge) - 1);
	huge[sizeof(huge) - 1] = '\0';
	for (int i = 0; i < N_LOG_FIELDS; i++)
		log_about((enum log_field)i, huge);
	log_as(LOG_UNSAFE, LVL_NOTICE, "%s", huge);
	receive(&d);
	assert_true(strlen(value_of(&d, "MESSAGE")) > 1000);
	assert_true(strlen(value_of(&d, "EPISODE")) > 60);
	assert_true(d.len < 4096);
	for (int i = 0; i < N_LOG_FIELDS; i++)
		log_about((enum log_field)i, "");
}

static void *speak(void *arg)
{
	log_about(FIELD_REMOTEPROC, arg);
	log_notice("of a thread");
	return NULL;
}

/* Also through the queue, and the fields are of the thread that speaks. */
static void each_thread_has_its_own_fields(void **state)
{
	struct datagram d;
	pthread_t thread;

	(void)state;
	log_queue_begin();
	log_about(FIELD_REMOTEPROC, "remoteproc0");
	assert_int_equal(pthread_create(&thread, NULL, speak, (void *)"remoteproc1"), 0);
	pthread_join(thread, NULL);
	log_as(LOG_CRASHED, LVL_WARNING, "of main");
	receive(&d);
	assert_string_equal(value_of(&d, "MESSAGE"), "of a thread");
	assert_string_equal(value_of(&d, "REMOTEPROC"), "remoteproc1");
	assert_null(value_of(&d, "MESSAGE_ID"));
	receive(&d);
	assert_string_equal(value_of(&d, "MESSAGE"), "of main");
	assert_string_equal(value_of(&d, "REMOTEPROC"), "remoteproc0");
	assert_string_equal(value_of(&d, "PRIORITY"), "4");
	assert_non_null(value_of(&d, "MESSAGE_ID"));
	log_queue_end(1000);
}

/* What stderr got of @n lines. */
static void to_stderr(int n, char *text, size_t len)
{
	const int saved = dup(STDERR_FILENO);
	int fds[2];
	ssize_t got;

	assert_int_equal(pipe(fds), 0);
	dup2(fds[1], STDERR_FILENO);
	close(fds[1]);
	for (int i = 0; i < n; i++)
		log_notice("line %d", i);
	log_notice("last");
	dup2(saved, STDERR_FILENO);
	close(saved);
	got = read(fds[0], text, len - 1);
	close(fds[0]);
	assert_true(got >= 0);
	text[got] = '\0';
}

/* A journal that takes nothing keeps nobody waiting: this would not come to its end. */
static void a_full_journal_leaves_lines_to_stderr(void **state)
{
	static char text[1 << 15];
	struct datagram d;
	int taken = 0;

	(void)state;
	to_stderr(2000, text, sizeof(text));
	assert_non_null(strstr(text, "<5>last\n"));
	while (recv(journal, d.bytes, sizeof(d.bytes), MSG_DONTWAIT) > 0)
		taken++;
	assert_true(taken > 0 && taken < 2001);
	to_stderr(0, text, sizeof(text));
	assert_string_equal(text, "");
	receive(&d);
	assert_string_equal(value_of(&d, "MESSAGE"), "last");
}

static void a_journal_that_comes_back_is_found_again(void **state)
{
	struct datagram d;
	char text[64];

	(void)state;
	close(journal);
	to_stderr(0, text, sizeof(text));
	assert_string_equal(text, "<5>last\n");
	unlink(path);
	to_stderr(0, text, sizeof(text));
	assert_string_equal(text, "<5>last\n");
	listen_here();
	to_stderr(0, text, sizeof(text));
	assert_string_equal(text, "");
	receive(&d);
	assert_string_equal(value_of(&d, "MESSAGE"), "last");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_has_its_fields),
		cmocka_unit_test(a_field_without_a_value_is_left_out),
		cmocka_unit_test(each_event_has_an_id_of_its_own),
		cmocka_unit_test(names_of_others_stay_in_their_field),
		cmocka_unit_test(each_thread_has_its_own_fields),
		cmocka_unit_test(a_full_journal_leaves_lines_to_stderr),
		cmocka_unit_test(a_journal_that_comes_back_is_found_again),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
