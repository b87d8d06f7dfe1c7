// SPDX-License-Identifier: GPL-2.0-only
/*
 * What threads read of the kernel side while kside_refresh() attaches and detaches, under the thread
 * sanitizer. The kernel is played by the functions at the beginning.
 */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "kernel_side/attach.h"
#include "kernel_side/demand.h"
#include "kernel_side/event.h"
#include "kernel_side/private.h"
#include "system/kallsyms.h"

#define READERS 3
#define FUNCTION_SIZE 4096

static struct guard_bpf skel;
static struct hooks *hooks;
static atomic_uint reads;
static atomic_bool over, waits_for_readers;

void kallsyms_find(struct kallsyms_wanted *wanted, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		wanted[i].found = !strstr(wanted[i].name, "_create_ept") ||
				  strncmp(wanted[i].name, "virtio", 6) == 0;
		wanted[i].address = FUNCTION_SIZE * (i + 1);
	}
}

/* Every caller is in a function that is as large as the others. */
bool kallsyms_function_at(uint64_t address, struct kallsyms_function *out)
{
	*out = (struct kallsyms_function){ .name = "somebody",
					   .begin = address - address % FUNCTION_SIZE };
	out->end = out->begin + FUNCTION_SIZE;
	return true;
}

void allow_list_get(void)
{
}

void allow_list_put(void)
{
}

enum shutdown_type allow_list_shutdown_type(void)
{
	return SHUTDOWN_UNKNOWN;
}

/* Takes until all that read have gone on reading: it would be for ever if one of them waited for it. */
static void take_long(void)
{
	const unsigned int before = atomic_load(&reads);

	while (atomic_load(&waits_for_readers) && atomic_load(&reads) - before < 10 * READERS)
		sched_yield();
}

struct bpf_link *attach_probe(const struct bpf_program *program, bool exit, const char *function,
			      uint64_t address)
{
	(void)program;
	(void)exit;
	(void)function;
	(void)address;
	take_long();
	return (struct bpf_link *)&skel;
}

int bpf_link__destroy(struct bpf_link *link)
{
	(void)link;
	take_long();
	return 0;
}

static void read_hooks(void)
{
	const char *name;

	for (uint64_t i = 0; i < 64; i++) {
		name = hooks_send_name(hooks, FUNCTION_SIZE * i + 4);
		assert_true(strncmp(name, "rpmsg_", 6) == 0);
	}
	hooks_can_eject(hooks);
	homes_are_current(hooks_homes(hooks));
}

static void read_events(void)
{
	struct rg_event event = { .type = RG_SHUTDOWN, .rproc = 1, .comm = "sh" };
	struct event_line line;
	char text[256];

	for (uint64_t i = 1; i < 20; i++) {
		event.address = FUNCTION_SIZE * i + 0x5c;
		event_line(&event, &line);
		assert_string_equal(line.line.origin, "somebody+0x5c");
		event_format(&event, text, sizeof(text));
		assert_non_null(
			strstr(text, "sh (pid 0): rproc_shutdown entered from somebody+0x5c"));
	}
}

static void *read_all(void *arg)
{
	(void)arg;
	while (!atomic_load(&over)) {
		read_hooks();
		read_events();
		atomic_fetch_add(&reads, 1);
	}
	return NULL;
}

static bool is_attached(struct demand *d)
{
	bool attached;

	pthread_mutex_lock(&d->lock);
	attached = d->link;
	pthread_mutex_unlock(&d->lock);
	return attached;
}

static void refresh(void)
{
	char reason[256];

	assert_int_equal(hooks_refresh(hooks, 0, reason, sizeof(reason)), 0);
}

/* Nobody has needed it yet. Attached, it stays so as long as somebody does. */
static void check_demand(struct demand *eject)
{
	assert_false(is_attached(eject));
	assert_int_equal(demand_begin(eject), 0);
	assert_int_equal(demand_begin(eject), 0);
	demand_end(eject);
	refresh();
	assert_true(is_attached(eject));
	demand_end(eject);
	assert_true(is_attached(eject));
	refresh();
	assert_false(is_attached(eject));
}

static void nobody_waits_for_an_attach(void **state)
{
	struct kallsyms_function known = { .name = "somebody" };
	pthread_t readers[READERS];
	char reason[256];

	(void)state;
	hooks = hooks_new(&skel, LEVEL_OVERRIDE);
	assert_non_null(hooks);
	assert_false(homes_are_current(hooks_homes(hooks)));
	for (size_t i = 0; i < READERS; i++)
		assert_int_equal(pthread_create(&readers[i], NULL, read_all, NULL), 0);
	atomic_store(&waits_for_readers, true);
	assert_int_equal(
		hooks_refresh(hooks, homes_look(hooks_homes(hooks)), reason, sizeof(reason)), 0);
	for (unsigned int home = 0; home < HOMES; home++) {
		event_forget_callers();
		hooks_refresh(hooks, 1u << home, reason, sizeof(reason));
		known.begin = FUNCTION_SIZE * (home + 1);
		known.end = known.begin + FUNCTION_SIZE;
		event_know_caller(&known);
	}
	atomic_store(&over, true);
	for (size_t i = 0; i < READERS; i++)
		pthread_join(readers[i], NULL);
	assert_true(homes_are_current(hooks_homes(hooks)));
	assert_true(hooks_can_eject(hooks));
	assert_true(hooks_see_endpoints(hooks));
	atomic_store(&waits_for_readers, false);
	check_demand(hooks_eject(hooks));
	hooks_free(hooks);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nobody_waits_for_an_attach),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
