// SPDX-License-Identifier: GPL-2.0-only
#include "guard/hooks.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "guard/allow_list.h"
#include "guard/kprobe.h"
#include "guard/private.h"
#include "log/log.h"
#include "system/kallsyms.h"

/* A kprobe on an ftrace location reports an address a few bytes into the function. */
#define ENTRY_SLACK 32

/* A failed attempt is repeated after so many calls: a look at the symbols is not for nothing. */
#define RETRY_AFTER 15

enum home { RPMSG_CORE, VIRTIO_RPMSG_BUS, REMOTEPROC, VIRTIO_RING, HOMES };

static const char *const home_names[HOMES] = {
	[RPMSG_CORE] = "rpmsg_core",
	[VIRTIO_RPMSG_BUS] = "virtio_rpmsg_bus",
	[REMOTEPROC] = "remoteproc",
	[VIRTIO_RING] = "virtio_ring",
};

enum program {
	SEND_EXIT,
	SEND_ENTER,
	TRYSEND_ENTER,
	DEV_PROBE_EXIT,
	DEV_PROBE_ENTER,
	CREATE_EPT_EXIT,
	DESTROY_EPT_ENTER,
	SHUTDOWN_EXIT,
	SHUTDOWN_ENTER,
	BOOT_ENTER,
	ADD_OUTBUF_ENTER,
	GET_BUF_ENTER,
	CRASH_ENTER,
	NEW_VIRTQUEUE_ENTER,
	DEL_VIRTQUEUE_ENTER,
	RESOURCE_CLEANUP_ENTER,
};

static const struct hook {
	const char *function;
	enum program program;
	enum home home;
} table[] = {
	{ "rpmsg_dev_probe", DEV_PROBE_EXIT, RPMSG_CORE },
	{ "rpmsg_dev_probe", DEV_PROBE_ENTER, RPMSG_CORE },
	{ "rpmsg_send", SEND_EXIT, RPMSG_CORE },
	{ "rpmsg_sendto", SEND_EXIT, RPMSG_CORE },
	{ "rpmsg_send_offchannel", SEND_EXIT, RPMSG_CORE },
	{ "rpmsg_trysend", SEND_EXIT, RPMSG_CORE },
	{ "rpmsg_trysendto", SEND_EXIT, RPMSG_CORE },
	{ "rpmsg_trysend_offchannel", SEND_EXIT, RPMSG_CORE },
	{ "rpmsg_send", SEND_ENTER, RPMSG_CORE },
	{ "rpmsg_sendto", SEND_ENTER, RPMSG_CORE },
	{ "rpmsg_send_offchannel", SEND_ENTER, RPMSG_CORE },
	{ "rpmsg_trysend", TRYSEND_ENTER, RPMSG_CORE },
	{ "rpmsg_trysendto", TRYSEND_ENTER, RPMSG_CORE },
	{ "rpmsg_trysend_offchannel", TRYSEND_ENTER, RPMSG_CORE },
	/*
	 * Not rpmsg_create_ept() and rpmsg_destroy_ept(): they sit in one file with their caller
	 * rpmsg_dev_probe(), and gcc inlines them there (seen on 6.1 x86_64), so that the endpoints
	 * of all channel drivers would be missed. These are reached through function pointers.
	 */
	{ "virtio_rpmsg_create_ept", CREATE_EPT_EXIT, VIRTIO_RPMSG_BUS },
	{ "virtio_rpmsg_destroy_ept", DESTROY_EPT_ENTER, VIRTIO_RPMSG_BUS },
	/*
	 * The exit first: of two probes on one function the one attached last runs first, and the
	 * entry wants to read the return address before a kretprobe has replaced it.
	 */
	{ "rproc_shutdown", SHUTDOWN_EXIT, REMOTEPROC },
	{ "rproc_shutdown", SHUTDOWN_ENTER, REMOTEPROC },
	{ "rproc_detach", SHUTDOWN_EXIT, REMOTEPROC },
	{ "rproc_detach", SHUTDOWN_ENTER, REMOTEPROC },
	{ "rproc_boot", BOOT_ENTER, REMOTEPROC },
	{ "rproc_report_crash", CRASH_ENTER, REMOTEPROC },
	{ "vring_new_virtqueue", NEW_VIRTQUEUE_ENTER, VIRTIO_RING },
	{ "rproc_resource_cleanup", RESOURCE_CLEANUP_ENTER, REMOTEPROC },
	{ "vring_del_virtqueue", DEL_VIRTQUEUE_ENTER, VIRTIO_RING },
	{ "virtqueue_add_outbuf", ADD_OUTBUF_ENTER, VIRTIO_RING },
	{ "virtqueue_get_buf", GET_BUF_ENTER, VIRTIO_RING },
};

#define HOOKS (sizeof(table) / sizeof(table[0]))

struct hooks {
	struct guard_bpf *skel;
	enum level level;
	bool started;
	bool other_transport;
	bool incomplete;      /* the last attempt left something out */
	unsigned int skipped; /* calls since then */
	ino_t generation[HOMES];
	struct bpf_link *links[HOOKS];
	uint64_t addresses[HOOKS]; /* of functions with a SEND_ENTER hook */
};

struct hooks *hooks_new(struct guard_bpf *skel, enum level level)
{
	struct hooks *hooks = calloc(1, sizeof(*hooks));

	if (!hooks)
		return NULL;
	hooks->skel = skel;
	hooks->level = level;
	return hooks;
}

void hooks_free(struct hooks *hooks)
{
	if (!hooks)
		return;
	for (size_t i = 0; i < HOOKS; i++)
		bpf_link__destroy(hooks->links[i]);
	free(hooks);
}

static const struct bpf_program *program_of(const struct hooks *hooks, enum program program)
{
	const struct guard_bpf *skel = hooks->skel;

	switch (program) {
	case SEND_EXIT:
		return skel->progs.send_exit;
	case SEND_ENTER:
		return hooks->level == LEVEL_OVERRIDE ? skel->progs.send_enter_override
						      : skel->progs.send_enter_observe;
	case TRYSEND_ENTER:
		return hooks->level == LEVEL_OVERRIDE ? skel->progs.trysend_enter_override
						      : skel->progs.trysend_enter_observe;
	case DEV_PROBE_EXIT:
		return skel->progs.dev_probe_exit;
	case DEV_PROBE_ENTER:
		return skel->progs.dev_probe_enter;
	case CREATE_EPT_EXIT:
		return skel->progs.create_ept_exit;
	case DESTROY_EPT_ENTER:
		return skel->progs.destroy_ept_enter;
	case SHUTDOWN_EXIT:
		return skel->progs.shutdown_exit;
	case SHUTDOWN_ENTER:
		return hooks->level == LEVEL_OVERRIDE ? skel->progs.shutdown_enter_override
						      : skel->progs.shutdown_enter_observe;
	case ADD_OUTBUF_ENTER:
		return skel->progs.add_outbuf_enter;
	case GET_BUF_ENTER:
		return skel->progs.get_buf_enter;
	case BOOT_ENTER:
		return skel->progs.boot_enter;
	case CRASH_ENTER:
		return skel->progs.crash_enter;
	case NEW_VIRTQUEUE_ENTER:
		return skel->progs.new_virtqueue_enter;
	case DEL_VIRTQUEUE_ENTER:
		return skel->progs.del_virtqueue_enter;
	case RESOURCE_CLEANUP_ENTER:
		return skel->progs.resource_cleanup_enter;
	}
	return NULL;
}

static bool is_send_entry(enum program program)
{
	return program == SEND_ENTER || program == TRYSEND_ENTER;
}

static bool overrides(enum program program)
{
	return is_send_entry(program) || program == SHUTDOWN_ENTER || program == GET_BUF_ENTER;
}

/* Programs that there is nothing to do for below level "override". */
static bool is_needed(const struct hooks *hooks, enum program program)
{
	return hooks->level == LEVEL_OVERRIDE ||
	       (program != ADD_OUTBUF_ENTER && program != GET_BUF_ENTER &&
		program != DEV_PROBE_ENTER && program != DEV_PROBE_EXIT);
}

static bool is_exit(enum program program)
{
	return program == SEND_EXIT || program == DEV_PROBE_EXIT || program == CREATE_EPT_EXIT ||
	       program == SHUTDOWN_EXIT;
}

/* Differs for every loading of a module; 0 when it is built in or not loaded. */
static ino_t generation_of(enum home home)
{
	char path[64];
	struct stat st;

	snprintf(path, sizeof(path), "/sys/module/%s/initstate", home_names[home]);
	return stat(path, &st) == 0 ? st.st_ino : 0;
}

static void detach_home(struct hooks *hooks, enum home home)
{
	for (size_t i = 0; i < HOOKS; i++) {
		if (table[i].home != home)
			continue;
		bpf_link__destroy(hooks->links[i]);
		hooks->links[i] = NULL;
		hooks->addresses[i] = 0;
	}
}

static bool note_changes(struct hooks *hooks)
{
	bool changed = !hooks->started;

	hooks->started = true;
	for (enum home home = 0; home < HOMES; home++) {
		ino_t generation = generation_of(home);

		if (generation == hooks->generation[home])
			continue;
		hooks->generation[home] = generation;
		detach_home(hooks, home);
		changed = true;
	}
	return changed;
}

/* What takes the place of a program that overrides, where overriding is not allowed. */
static const struct bpf_program *observer_of(const struct hooks *hooks, enum program program)
{
	switch (program) {
	case SEND_ENTER:
		return hooks->skel->progs.send_enter_observe;
	case TRYSEND_ENTER:
		return hooks->skel->progs.trysend_enter_observe;
	case SHUTDOWN_ENTER:
		return hooks->skel->progs.shutdown_enter_observe;
	default:
		return NULL;
	}
}

static int attach(struct hooks *hooks, size_t i, uint64_t address)
{
	const struct bpf_program *program = program_of(hooks, table[i].program);
	const bool exit = is_exit(table[i].program);
	int err = 0;

	hooks->links[i] = kprobe_attach(program, exit, table[i].function, address);
	if (!hooks->links[i])
		err = -errno;
	/*
	 * Not on the allow list, found out only now because the module came later: the sender is
	 * at least recorded, so that holds wait for it.
	 */
	program = observer_of(hooks, table[i].program);
	if (err == -EINVAL && program)
		hooks->links[i] = kprobe_attach(program, exit, table[i].function, address);
	return err;
}

static void explain(const struct hook *hook, int err, char *reason, size_t len)
{
	if (err == -EINVAL && overrides(hook->program))
		snprintf(reason, len,
			 "%s is not on the kernel's error-injection list; install the module "
			 "rpmsg_guard_allow (make kmod KDIR=...)",
			 hook->function);
	else
		snprintf(reason, len, "no probe on %s: %s", hook->function, strerror(-err));
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
		symbols->sends |= is_send_entry(table[i].program) && symbols->wanted[i].found;
	for (size_t i = 0; i < OTHERS; i++)
		symbols->other_transport |= symbols->wanted[HOOKS + i].found;
}

static int attach_missing(struct hooks *hooks, const struct symbols *symbols, char *reason,
			  size_t len)
{
	int first = 0, err;

	for (size_t i = 0; i < HOOKS; i++) {
		/* Not every kernel has every function, nor is every module loaded. */
		if (hooks->links[i] || !symbols->wanted[i].found ||
		    !is_needed(hooks, table[i].program))
			continue;
		/* Without a sender there is nothing to hold, and the allow list is not loaded. */
		if (hooks->level == LEVEL_OVERRIDE && overrides(table[i].program) &&
		    !symbols->sends)
			continue;
		if (is_send_entry(table[i].program))
			hooks->addresses[i] = symbols->wanted[i].address;
		err = attach(hooks, i, symbols->wanted[i].address);
		if (!err || first)
			continue;
		explain(&table[i], err, reason, len);
		first = err;
	}
	return first;
}

int hooks_refresh(struct hooks *hooks, bool *changed, char *reason, size_t len)
{
	struct symbols symbols;
	bool allow;
	int err;

	*changed = note_changes(hooks);
	if (!*changed && (!hooks->incomplete || ++hooks->skipped < RETRY_AFTER))
		return 0;
	hooks->skipped = 0;
	find_symbols(&symbols);
	hooks->other_transport = symbols.other_transport;
	/* Before rpmsg_core is there the module would list nothing and the kernel complain of it. */
	allow = hooks->level == LEVEL_OVERRIDE && symbols.sends;
	/* Only attaching asks for the list; loaded, the module would pin rpmsg_core for good. */
	if (allow)
		allow_list_load();
	err = attach_missing(hooks, &symbols, reason, len);
	if (allow)
		allow_list_unload();
	hooks->incomplete = err != 0;
	return err;
}

static bool is_attached(const struct hooks *hooks, enum program program)
{
	for (size_t i = 0; i < HOOKS; i++)
		if (table[i].program == program)
			return hooks->links[i];
	return false;
}

bool hooks_see_endpoints(const struct hooks *hooks)
{
	return !hooks->other_transport && is_attached(hooks, CREATE_EPT_EXIT);
}

bool hooks_can_eject(const struct hooks *hooks)
{
	return is_attached(hooks, ADD_OUTBUF_ENTER) && is_attached(hooks, GET_BUF_ENTER);
}

const char *hooks_send_name(const struct hooks *hooks, uint64_t ip)
{
	for (size_t i = 0; i < HOOKS; i++)
		if (hooks->addresses[i] && ip >= hooks->addresses[i] &&
		    ip - hooks->addresses[i] < ENTRY_SLACK)
			return table[i].function;
	return "rpmsg_send*";
}
