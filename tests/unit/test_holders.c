// SPDX-License-Identifier: GPL-2.0-only
/*
 * A process that holds a device, in all the ways that its descriptors can lie: each test starts one
 * and looks for it from outside.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "system/holders.h"
#include "system/task.h"

/* Nobody else has this one open for longer than a moment. */
#define DEVICE "/dev/full"

#define MAX 64

struct holding {
	bool in_thread, own_table, main_ends, many, closes, path_only, hoards;
	int ready_fd;
};

/* More descriptors than most programs have. */
#define HOARD 700

static void hold(const struct holding *h)
{
	int fd;

	if (h->own_table && unshare(CLONE_FILES) < 0)
		_exit(2);
	/* So the device comes behind them. */
	for (int i = 0; h->hoards && i < HOARD; i++)
		if (dup(h->ready_fd) < 0)
			_exit(6);
	fd = open(DEVICE, h->path_only ? O_PATH : O_RDONLY);
	if (fd < 0)
		_exit(3);
	if (h->closes)
		close(fd);
	if (write(h->ready_fd, "", 1) != 1)
		_exit(4);
	for (;;)
		pause();
}

static void *hold_in_thread(void *arg)
{
	hold(arg);
	return NULL;
}

static void *wait_in_thread(void *arg)
{
	(void)arg;
	for (;;)
		pause();
	return NULL;
}

static void run_holder(struct holding *h)
{
	pthread_t thread;

	if (!h->in_thread)
		hold(h);
	for (int i = 0; h->many && i < 20; i++)
		if (pthread_create(&thread, NULL, wait_in_thread, NULL) != 0)
			_exit(5);
	if (pthread_create(&thread, NULL, hold_in_thread, h) != 0)
		_exit(5);
	if (h->main_ends)
		pthread_exit(NULL);
	for (;;)
		pause();
}

static pid_t start_holder(struct holding h)
{
	int fds[2];
	pid_t pid;
	char c;

	assert_int_equal(pipe(fds), 0);
	h.ready_fd = fds[1];
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		/* Whatever becomes of the test. */
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		run_holder(&h);
	}
	close(fds[1]);
	assert_int_equal(read(fds[0], &c, 1), 1);
	close(fds[0]);
	return pid;
}

static void wait_for_zombie(pid_t pid)
{
	struct task_stat stat;

	do
		assert_true(task_stat(pid, &stat));
	while (stat.state != 'Z');
}

static void end_holder(pid_t pid)
{
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static dev_t device(void)
{
	struct stat st;

	assert_int_equal(stat(DEVICE, &st), 0);
	return st.st_rdev;
}

static bool is_found(pid_t pid)
{
	struct holder holders[MAX];
	struct holder_look look = { .until_ms = UINT64_MAX };
	const dev_t dev = device();
	size_t n = devices_holders(&dev, 1, &look, holders, MAX);

	for (size_t i = 0; i < n; i++)
		if (holders[i].pid == pid)
			return true;
	return false;
}

static bool holder_is_found(struct holding h)
{
	pid_t pid = start_holder(h);
	bool found;

	if (h.main_ends)
		wait_for_zombie(pid);
	found = is_found(pid);
	end_holder(pid);
	return found;
}

static void a_process_is_found(void **state)
{
	(void)state;
	assert_true(holder_is_found((struct holding){ 0 }));
	assert_true(holder_is_found((struct holding){ .in_thread = true }));
}

static void one_that_closed_it_is_not(void **state)
{
	(void)state;
	assert_false(holder_is_found((struct holding){ .closes = true }));
	assert_false(holder_is_found((struct holding){ .in_thread = true, .closes = true }));
}

/* Every user may have a descriptor of the node. */
static void one_that_has_only_the_node_is_not(void **state)
{
	(void)state;
	assert_false(holder_is_found((struct holding){ .path_only = true }));
}

static void one_whose_first_thread_ended_is_found(void **state)
{
	(void)state;
	assert_true(holder_is_found((struct holding){ .in_thread = true, .main_ends = true }));
	assert_true(holder_is_found(
		(struct holding){ .in_thread = true, .main_ends = true, .many = true }));
}

static void a_thread_with_a_table_of_its_own_is_found(void **state)
{
	(void)state;
	assert_true(holder_is_found((struct holding){ .in_thread = true, .own_table = true }));
	assert_true(holder_is_found(
		(struct holding){ .in_thread = true, .own_table = true, .main_ends = true }));
}

static void all_devices_of_a_process_are_found(void **state)
{
	dev_t devs[64] = { 0 };
	pid_t pid = start_holder((struct holding){ .in_thread = true, .own_table = true });

	(void)state;
	devs[0] = devs[63] = device();
	assert_int_equal(process_devices(pid, 2, devs, 64), UINT64_C(0x8000000000000001));
	assert_int_equal(process_devices(pid, 2, devs, 1), 1);
	assert_int_equal(process_devices(pid, 2, devs + 1, 62), 0);
	assert_int_equal(process_devices(pid, 2, devs, 0), 0);
	end_holder(pid);
}

/* Other programs of this machine may have the device open, too, or more descriptors. */
struct order {
	pid_t pids[2];
	unsigned int at[2], n;
};

static bool note_order(const struct holder *holder, void *arg)
{
	struct order *o = arg;

	o->n++;
	for (int i = 0; i < 2; i++)
		if (holder->pid == o->pids[i])
			o->at[i] = o->n;
	return true;
}

static void who_has_many_descriptors_is_found_last(void **state)
{
	pid_t hoarder = start_holder((struct holding){ .hoards = true });
	pid_t other = start_holder((struct holding){ 0 });
	struct holder_look look = { .until_ms = UINT64_MAX };
	struct order o = { .pids = { hoarder, other } };
	const dev_t dev = device();

	(void)state;
	devices_holders_each(&dev, 1, &look, note_order, &o);
	assert_true(o.at[1] > 0);
	assert_true(o.at[0] > o.at[1]);
	assert_false(look.unfinished);
	assert_true(look.most > HOARD);
	end_holder(hoarder);
	end_holder(other);
}

static bool is_set(void *arg)
{
	return *(bool *)arg;
}

static bool set(const struct holder *holder, void *arg)
{
	(void)holder;
	*(bool *)arg = true;
	return true;
}

static void a_look_ends_when_it_is_unwanted(void **state)
{
	pid_t hoarder = start_holder((struct holding){ .hoards = true });
	bool unwanted = true, found = false;
	struct holder_look look = { .until_ms = UINT64_MAX, .unwanted = is_set, .arg = &unwanted };
	const dev_t dev = device();

	(void)state;
	devices_holders_each(&dev, 1, &look, set, &found);
	assert_true(look.unfinished);
	assert_false(found);
	end_holder(hoarder);
}

static void a_look_ends_in_time(void **state)
{
	pid_t hoarder = start_holder((struct holding){ .hoards = true });
	struct holder_look look = { .until_ms = 1 };
	const dev_t dev = device();

	(void)state;
	assert_int_equal(process_devices_now(hoarder, &dev, 1, &look), 0);
	assert_true(look.unfinished);
	end_holder(hoarder);
}

static void stat_is_read_right(void **state)
{
	struct task_stat stat;

	(void)state;
	assert_true(task_stat(getpid(), &stat));
	assert_int_equal(stat.state, 'R');
	assert_false(stat.kernel_thread || stat.worker);
	assert_int_equal(stat.threads, 1);
	assert_false(task_stat(0, &stat));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_process_is_found),
		cmocka_unit_test(one_that_closed_it_is_not),
		cmocka_unit_test(one_that_has_only_the_node_is_not),
		cmocka_unit_test(one_whose_first_thread_ended_is_found),
		cmocka_unit_test(a_thread_with_a_table_of_its_own_is_found),
		cmocka_unit_test(all_devices_of_a_process_are_found),
		cmocka_unit_test(who_has_many_descriptors_is_found_last),
		cmocka_unit_test(a_look_ends_when_it_is_unwanted),
		cmocka_unit_test(a_look_ends_in_time),
		cmocka_unit_test(stat_is_read_right),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
