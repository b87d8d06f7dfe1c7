// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which program belongs to which function of the kernel, and keeping them attached.
 *
 * Attaching and detaching take tens of milliseconds each. One thread does both, without a lock: the links
 * are its own. What other threads read is a word for itself, stored when it is true and taken back
 * before it is not any more.
 */
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel_side/attach.h"
#include "kernel_side/demand.h"
#include "kernel_side/private.h"
#include "log/log.h"
#include "system/kallsyms.h"
#include "system/task.h"
#include "system/test_hooks.h"

/* A kprobe on an ftrace location reports an address a few bytes into the function. */
#define ENTRY_SLACK 32

/* A failed attempt is repeated after so many calls: a look at the symbols is not for nothing. */
#define RETRY_AFTER 15

enum traits {
	ENTRY = 0,
	EXIT = 1,
	OVERRIDES = 2,	/* its program asks for the error-injection list */
	SEND = 4,	/* one of the send family, or another call with an endpoint */
	SPARE = 8,	/* without it less is held: see warn_of_spare() */
	ON_DEMAND = 16, /* handed to hooks->eject once it was seen that it can be attached */
};

#define NO_PROGRAM 0
#define PROGRAM(name) offsetof(struct guard_bpf, progs.name)
#define AT_BOTH_LEVELS(name) PROGRAM(name), PROGRAM(name)
#define ONLY_OVERRIDE(name) PROGRAM(name), NO_PROGRAM
#define OVERRIDE_OR_OBSERVE(name) PROGRAM(name##_override), PROGRAM(name##_observe)

#define SEND_ENTER RPMSG_CORE, SEND | OVERRIDES, OVERRIDE_OR_OBSERVE(send_enter)
#define TRYSEND_ENTER RPMSG_CORE, SEND | OVERRIDES, OVERRIDE_OR_OBSERVE(trysend_enter)
#define SEND_EXIT RPMSG_CORE, EXIT, AT_BOTH_LEVELS(send_exit)
#define SHUTDOWN_ENTER REMOTEPROC, OVERRIDES, OVERRIDE_OR_OBSERVE(shutdown_enter)
#define REMOVAL_ENTER KERNEL, OVERRIDES | SPARE
#define REMOVAL_EXIT KERNEL, EXIT | SPARE, ONLY_OVERRIDE(removal_exit)
#define SHUTDOWN_EXIT REMOTEPROC, EXIT, AT_BOTH_LEVELS(shutdown_exit)

static const struct hook {
	const char *function;
	enum home home;
	unsigned int traits;
	/* At level "override"; at level "observe", which is also what takes its place where it is refused. */
	size_t program, observer;
} table[] = {
	{ "rpmsg_dev_probe", RPMSG_CORE, EXIT, ONLY_OVERRIDE(dev_probe_exit) },
	{ "rpmsg_dev_probe", RPMSG_CORE, ENTRY, ONLY_OVERRIDE(dev_probe_enter) },
	{ "rpmsg_send", SEND_EXIT },
	{ "rpmsg_sendto", SEND_EXIT },
	{ "rpmsg_send_offchannel", SEND_EXIT },
	{ "rpmsg_trysend", SEND_EXIT },
	{ "rpmsg_trysendto", SEND_EXIT },
	{ "rpmsg_trysend_offchannel", SEND_EXIT },
	{ "rpmsg_send", SEND_ENTER },
	{ "rpmsg_sendto", SEND_ENTER },
	{ "rpmsg_send_offchannel", SEND_ENTER },
	{ "rpmsg_trysend", TRYSEND_ENTER },
	{ "rpmsg_trysendto", TRYSEND_ENTER },
	{ "rpmsg_trysend_offchannel", TRYSEND_ENTER },
	/* The exit first: an entry without it would leave its record behind. */
	{ "rpmsg_poll", RPMSG_CORE, EXIT | SPARE, ONLY_OVERRIDE(poll_exit) },
	{ "rpmsg_poll", RPMSG_CORE, SEND | OVERRIDES | SPARE, ONLY_OVERRIDE(poll_enter) },
	{ "rpmsg_set_flow_control", RPMSG_CORE, EXIT | SPARE, ONLY_OVERRIDE(poll_exit) },
	{ "rpmsg_set_flow_control", RPMSG_CORE, SEND | OVERRIDES | SPARE,
	  ONLY_OVERRIDE(flow_control_enter) },
	/*
	 * Not rpmsg_create_ept() and rpmsg_destroy_ept(): they sit in one file with their caller
	 * rpmsg_dev_probe(), and gcc inlines them there (seen on 6.1 x86_64), so that the endpoints
	 * of all channel drivers would be missed. These are reached through function pointers.
	 */
	{ "virtio_rpmsg_create_ept", VIRTIO_RPMSG_BUS, EXIT, AT_BOTH_LEVELS(create_ept_exit) },
	{ "virtio_rpmsg_create_ept", VIRTIO_RPMSG_BUS, ENTRY, AT_BOTH_LEVELS(create_ept_enter) },
	{ "virtio_rpmsg_destroy_ept", VIRTIO_RPMSG_BUS, ENTRY, AT_BOTH_LEVELS(destroy_ept_enter) },
	/*
	 * The exit first: of two probes on one function the one attached last runs first, and the
	 * entry wants to read the return address before a kretprobe has replaced it.
	 */
	{ "rproc_shutdown", SHUTDOWN_EXIT },
	{ "rproc_shutdown", SHUTDOWN_ENTER },
	{ "__rproc_shutdown", SHUTDOWN_EXIT },
	{ "__rproc_shutdown", REMOTEPROC, ENTRY, AT_BOTH_LEVELS(forced_shutdown_enter) },
	{ "rproc_detach", SHUTDOWN_EXIT },
	{ "rproc_detach", REMOTEPROC, OVERRIDES, PROGRAM(detach_enter_override),
	  PROGRAM(shutdown_enter_observe) },
	{ "rproc_boot", REMOTEPROC, ENTRY, AT_BOTH_LEVELS(boot_enter) },
	{ "rproc_report_crash", REMOTEPROC, ENTRY, AT_BOTH_LEVELS(crash_enter) },
	{ "vring_new_virtqueue", VIRTIO_RING, ENTRY, AT_BOTH_LEVELS(new_virtqueue_enter) },
	{ "rproc_resource_cleanup", REMOTEPROC, ENTRY, AT_BOTH_LEVELS(resource_cleanup_enter) },
	{ "vring_del_virtqueue", VIRTIO_RING, ENTRY, AT_BOTH_LEVELS(del_virtqueue_enter) },
	{ "rpmsg_remove", VIRTIO_RPMSG_BUS, ENTRY, ONLY_OVERRIDE(remove_enter) },
	{ "rproc_vq_interrupt", REMOTEPROC, EXIT | SPARE, ONLY_OVERRIDE(interrupt_exit) },
	{ "rproc_vq_interrupt", REMOTEPROC, OVERRIDES | SPARE, ONLY_OVERRIDE(interrupt_enter) },
	{ "virtqueue_add_inbuf", VIRTIO_RING, OVERRIDES | SPARE, ONLY_OVERRIDE(add_inbuf_enter) },
	{ "rproc_virtio_get_status", REMOTEPROC, ENTRY, ONLY_OVERRIDE(get_status_enter) },
	{ "virtqueue_get_buf", VIRTIO_RING, OVERRIDES | ON_DEMAND, ONLY_OVERRIDE(get_buf_enter) },
/* The exits first: a pass is used only where its end is seen. */
#if defined(__x86_64__)
	{ "__x64_sys_delete_module", REMOVAL_EXIT },
	{ "__ia32_sys_delete_module", REMOVAL_EXIT },
	{ "__x64_sys_delete_module", REMOVAL_ENTER, ONLY_OVERRIDE(removal_enter) },
	{ "__ia32_sys_delete_module", REMOVAL_ENTER, ONLY_OVERRIDE(removal_enter_32) },
#elif defined(__aarch64__)
	{ "__arm64_sys_delete_module", REMOVAL_EXIT },
	{ "__arm64_sys_delete_module", REMOVAL_ENTER, ONLY_OVERRIDE(removal_enter) },
#else
	{ "sys_delete_module", REMOVAL_EXIT },
	{ "sys_delete_module", REMOVAL_ENTER, ONLY_OVERRIDE(removal_enter) },
#endif
};

#define HOOKS (sizeof(table) / sizeof(table[0]))

struct hooks {
	struct guard_bpf *skel;
	enum level level;
	bool other_transport;
	bool incomplete; /* the last attempt left something out */
	enum shutdown_type shutdown_type;
	unsigned int skipped; /* calls since then */
	struct bpf_link *links[HOOKS];

	/* Used by any thread. */
	struct homes homes;
	struct demand eject;
	_Atomic(uint64_t) addresses[HOOKS]; /* of functions of the send family */
	atomic_bool answers_polls;
	atomic_bool sees_endpoints;
	atomic_bool sees_deliveries;
};

static struct bpf_program *program_at(const struct guard_bpf *skel, size_t offset)
{
	return offset ? *(struct bpf_program *const *)((const char *)skel + offset) : NULL;
}

void hooks_choose(const struct guard_bpf *skel, enum level level)
{
	/* At level "override" the observer is the fallback. */
	for (size_t i = 0; i < HOOKS && level != LEVEL_OVERRIDE; i++)
		if (table[i].program != table[i].observer)
			bpf_program__set_autoload(program_at(skel, table[i].program), false);
}

struct hooks *hooks_new(struct guard_bpf *skel, enum level level)
{
	struct hooks *hooks = calloc(1, sizeof(*hooks));

	if (!hooks)
		return NULL;
	hooks->skel = skel;
	hooks->level = level;
	homes_init(&hooks->homes);
	pthread_mutex_init(&hooks->eject.lock, NULL);
	return hooks;
}

void hooks_free(struct hooks *hooks)
{
	if (!hooks)
		return;
	for (size_t i = 0; i < HOOKS; i++)
		bpf_link__destroy(hooks->links[i]);
	demand_tidy(&hooks->eject);
	free(hooks);
}

struct homes *hooks_homes(struct hooks *hooks)
{
	return &hooks->homes;
}

/*
 * Nobody is ejected from a virtqueue while it is gone: its module cannot be unloaded before all its
 * virtqueues are deleted, and with them their senders.
 */
static void detach_home(struct hooks *hooks, enum home home)
{
	if (home == VIRTIO_RING)
		demand_withdraw(&hooks->eject);
	if (home == RPMSG_CORE)
		atomic_store(&hooks->answers_polls, false);
	if (home == VIRTIO_RPMSG_BUS)
		atomic_store(&hooks->sees_endpoints, false);
	if (home == REMOTEPROC)
		atomic_store(&hooks->sees_deliveries, false);
	for (size_t i = 0; i < HOOKS; i++) {
		if (table[i].home != home)
			continue;
		atomic_store(&hooks->addresses[i], 0);
		bpf_link__destroy(hooks->links[i]);
		hooks->links[i] = NULL;
	}
}

static int attach(struct hooks *hooks, size_t i, uint64_t address)
{
	const struct hook *hook = &table[i];
	const size_t wanted = hooks->level == LEVEL_OVERRIDE ? hook->program : hook->observer;
	const struct bpf_program *program = program_at(hooks->skel, wanted);
	const bool exit = hook->traits & EXIT;
	int err = 0;

	if (exit && test_misses_exits && test_misses_exits(hook->function))
		program = hooks->skel->progs.dev_probe_exit;
	hooks->links[i] = attach_probe(program, exit, hook->function, address);
	if (!hooks->links[i])
		err = -errno;
	/*
	 * Not on the allow list, found out only now because the module came later: the sender is
	 * at least recorded, so that holds wait for it.
	 */
	if (err == -EINVAL && hook->observer && hook->observer != wanted)
		hooks->links[i] = attach_probe(program_at(hooks->skel, hook->observer), exit,
					       hook->function, address);
	if (!err && hook->traits & ON_DEMAND) {
		demand_offer(&hooks->eject, program, hook->function, address, hooks->links[i]);
		hooks->links[i] = NULL;
	}
	return err;
}

static void explain(const struct hook *hook, int err, char *reason, size_t len)
{
	if (err == -EINVAL && hook->traits & OVERRIDES)
		snprintf(reason, len,
			 "%s is not on the kernel's error-injection list; install the module "
			 "rpmsg_guard_allow (make kmod KDIR=...)",
			 hook->function);
	else
		snprintf(reason, len, "no kprobe on %s: %s", hook->function, strerror(-err));
}

/* Transports whose endpoints are created where nobody looks. */
static const char *const other_transports[] = {
	"qcom_glink_create_ept",
	"qcom_smd_create_ept",
	"mtk_rpmsg_create_ept",
};

#define OTHERS (sizeof(other_transports) / sizeof(other_transports[0]))

/* Everything that is asked of the kernel's symbols at once: each reading of them takes a while. */
struct symbols {
	struct kallsyms_wanted wanted[HOOKS + OTHERS]; /* the hooks first, in their order */
	bool sends;				       /* one of the send family is there */
	bool other_transport;
};

static void find_symbols(struct symbols *symbols)
{
	for (size_t i = 0; i < HOOKS; i++)
		symbols->wanted[i].name = table[i].function;
	for (size_t i = 0; i < OTHERS; i++)
		symbols->wanted[HOOKS + i].name = other_transports[i];
	kallsyms_find(symbols->wanted, HOOKS + OTHERS);

	symbols->sends = symbols->other_transport = false;
	for (size_t i = 0; i < HOOKS; i++)
		symbols->sends |= (table[i].traits & SEND) && symbols->wanted[i].found;
	for (size_t i = 0; i < OTHERS; i++)
		symbols->other_transport |= symbols->wanted[HOOKS + i].found;
}

static bool is_wanted(const struct hooks *hooks, const struct symbols *symbols, size_t i)
{
	/* Not every kernel has every function, nor is every module loaded. */
	if (hooks->links[i] || !symbols->wanted[i].found ||
	    (table[i].traits & ON_DEMAND && demand_is_offered(&hooks->eject)))
		return false;
	if (hooks->level != LEVEL_OVERRIDE)
		return table[i].observer != NO_PROGRAM;
	/* Without a sender there is nothing to hold, and the allow list is not loaded. */
	return symbols->sends || !(table[i].traits & OVERRIDES);
}

static void warn_of_spare(const struct hook *hook, int err)
{
	const char *loss = "a program that polls /dev/rpmsgN must close it before a stop (Linux "
			   "7.0 and later)";
	char reason[256];

	if (hook->program == PROGRAM(flow_control_enter))
		loss = "a program that sets the flow control of /dev/rpmsgN during or after a stop is "
		       "NOT safe: let it close the device before the stop";
	if (hook->home == KERNEL)
		loss = "the removal of a driver's module is NOT held";
	if (hook->home == VIRTIO_RING || hook->program == PROGRAM(interrupt_enter) ||
	    hook->program == PROGRAM(interrupt_exit))
		loss = "a driver can get a message while a stop removes it, and this is NOT safe";
	explain(hook, err, reason, sizeof(reason));
	log_as(LOG_INCOMPLETE, LVL_WARNING, "%s: %s", loss, reason);
}

static int attach_missing(struct hooks *hooks, const struct symbols *symbols, char *reason,
			  size_t len)
{
	int first = 0, err;

	for (size_t i = 0; i < HOOKS; i++) {
		if (!is_wanted(hooks, symbols, i))
			continue;
		if (table[i].traits & SEND)
			atomic_store(&hooks->addresses[i], symbols->wanted[i].address);
		err = attach(hooks, i, symbols->wanted[i].address);
		if (err && table[i].traits & SPARE)
			warn_of_spare(&table[i], err);
		if (!err || first || table[i].traits & SPARE)
			continue;
		explain(&table[i], err, reason, len);
		first = err;
	}
	return first;
}

static bool is_attached(const struct hooks *hooks, size_t program)
{
	for (size_t i = 0; i < HOOKS; i++)
		if (table[i].program == program)
			return hooks->links[i];
	return false;
}

static int attach_all(struct hooks *hooks, char *reason, size_t len)
{
	struct symbols symbols;
	bool listed;
	int err;

	find_symbols(&symbols);
	hooks->other_transport = symbols.other_transport;
	/* Before rpmsg_core is there the module would list nothing and the kernel complain of it. */
	listed = hooks->level == LEVEL_OVERRIDE && symbols.sends;
	if (listed)
		allow_list_get();
	hooks->shutdown_type = hooks->shutdown_type ?: allow_list_shutdown_type();
	err = attach_missing(hooks, &symbols, reason, len);
	/* Only attaching asks for the list; loaded, the module would pin rpmsg_core for good. */
	if (listed)
		allow_list_put();
	return err;
}

int hooks_refresh(struct hooks *hooks, unsigned int changes, char *reason, size_t len)
{
	int err;

	demand_tidy(&hooks->eject);
	if (!changes && (!hooks->incomplete || ++hooks->skipped < RETRY_AFTER))
		return 0;
	for (enum home home = 0; home < HOMES; home++)
		if (changes & 1u << home)
			detach_home(hooks, home);
	hooks->skipped = 0;
	err = attach_all(hooks, reason, len);
	if (changes & 1u << RPMSG_CORE)
		senders_note_before(hooks->skel);
	hooks->incomplete = err != 0;
	atomic_store(&hooks->answers_polls, is_attached(hooks, PROGRAM(poll_enter)) &&
						    is_attached(hooks, PROGRAM(poll_exit)));
	atomic_store(&hooks->sees_endpoints,
		     !hooks->other_transport && is_attached(hooks, PROGRAM(create_ept_enter)) &&
			     is_attached(hooks, PROGRAM(create_ept_exit)));
	atomic_store(&hooks->sees_deliveries, is_attached(hooks, PROGRAM(interrupt_enter)) &&
						      is_attached(hooks, PROGRAM(interrupt_exit)));
	homes_accept(&hooks->homes);
	return err;
}

bool hooks_see_endpoints(const struct hooks *hooks)
{
	return atomic_load(&hooks->sees_endpoints);
}

enum shutdown_type hooks_shutdown_type(const struct hooks *hooks)
{
	return hooks->shutdown_type;
}

bool hooks_park_removals(const struct hooks *hooks)
{
	return is_attached(hooks, PROGRAM(removal_enter));
}

bool hooks_can_eject(const struct hooks *hooks)
{
	return demand_is_offered(&hooks->eject);
}

struct demand *hooks_eject(struct hooks *hooks)
{
	return &hooks->eject;
}

bool hooks_answer_polls(const struct hooks *hooks)
{
	return atomic_load(&hooks->answers_polls);
}

bool hooks_see_deliveries(const struct hooks *hooks)
{
	return atomic_load(&hooks->sees_deliveries);
}

const char *hooks_send_name(const struct hooks *hooks, uint64_t ip)
{
	for (size_t i = 0; i < HOOKS; i++) {
		const uint64_t address = atomic_load(&hooks->addresses[i]);

		if (address && ip >= address && ip - address < ENTRY_SLACK)
			return table[i].function;
	}
	return "rpmsg_send*";
}
