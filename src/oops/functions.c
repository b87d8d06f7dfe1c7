// SPDX-License-Identifier: GPL-2.0-only
#include "oops/functions.h"

#include <stddef.h>
#include <string.h>

#define SEND (PLACE_SEND)
#define INNER (PLACE_SEND | PLACE_SEND_INNER)

/* A name that ends in "*" stands for all that begin so. The first that fits counts. */
static const struct {
	const char *name;
	unsigned int places;
} known[] = {
	{ "rpmsg_send", SEND },
	{ "rpmsg_sendto", SEND },
	{ "rpmsg_send_offchannel", SEND },
	{ "rpmsg_trysend", SEND },
	{ "rpmsg_trysendto", SEND },
	{ "rpmsg_trysend_offchannel", SEND },
	{ "virtio_rpmsg_send*", SEND },
	{ "virtio_rpmsg_trysend*", SEND },
	{ "rpmsg_send_offchannel_raw", INNER },
	{ "get_a_tx_buf", INNER | PLACE_GET_BUFFER },
	{ "rpmsg_upref_sleepers", INNER | PLACE_WAIT },
	{ "rpmsg_downref_sleepers", INNER | PLACE_WAIT },

	{ "virtqueue_get_buf*", PLACE_VIRTQUEUE | PLACE_GET_BUFFER },
	{ "more_used*", PLACE_VIRTQUEUE | PLACE_GET_BUFFER },
	{ "detach_buf*", PLACE_VIRTQUEUE | PLACE_GET_BUFFER },
	{ "virtqueue_disable_cb*", PLACE_VIRTQUEUE | PLACE_WAIT },
	{ "virtqueue_enable_cb*", PLACE_VIRTQUEUE | PLACE_WAIT },
	{ "vring_interrupt", PLACE_RECEIVE | PLACE_VIRTQUEUE },
	{ "vring_del_virtqueue*", PLACE_VIRTIO_REMOVE },
	{ "vring_free*", PLACE_VIRTIO_REMOVE },
	{ "virtqueue_detach_unused_buf*", PLACE_VIRTIO_REMOVE },
	{ "virtqueue_*", PLACE_VIRTQUEUE },
	{ "vring_*", PLACE_VIRTQUEUE },
	{ "rproc_virtio_notify", PLACE_VIRTQUEUE },

	{ "prepare_to_wait*", PLACE_WAIT },
	{ "finish_wait", PLACE_WAIT },
	{ "init_wait_entry", PLACE_WAIT },
	{ "schedule_timeout*", PLACE_WAIT },
	{ "__wake_up*", PLACE_LOCK },
	{ "queued_spin_lock_slowpath", PLACE_LOCK },
	{ "native_queued_spin_lock_slowpath", PLACE_LOCK },
	{ "_raw_spin_*", PLACE_LOCK },
	{ "do_raw_spin_*", PLACE_LOCK },
	{ "__raw_spin_*", PLACE_LOCK },
	{ "__raw_callee_save___pv_queued_spin_unlock", PLACE_LOCK },
	{ "mutex_*", PLACE_LOCK },
	{ "__mutex_*", PLACE_LOCK },
	{ "osq_lock", PLACE_LOCK },
	{ "lock_acquire", PLACE_LOCK },
	{ "__lock_acquire", PLACE_LOCK },

	{ "rpmsg_recv_done", PLACE_RECEIVE },
	{ "rpmsg_recv_single", PLACE_RECEIVE },
	{ "rproc_vq_interrupt", PLACE_RECEIVE },
	{ "rpmsg_ns_cb", PLACE_RECEIVE },
	{ "flush_to_ldisc", PLACE_TTY },

	{ "rpmsg_remove*", PLACE_TEARDOWN },
	{ "rpmsg_dev_remove", PLACE_TEARDOWN },
	{ "rpmsg_unregister_device", PLACE_TEARDOWN },
	{ "rpmsg_destroy_*", PLACE_TEARDOWN },
	{ "virtio_rpmsg_destroy_ept", PLACE_TEARDOWN },
	{ "virtio_rpmsg_release_device", PLACE_TEARDOWN },
	{ "rpmsg_release_device", PLACE_TEARDOWN },
	{ "__rpmsg_destroy_ept", PLACE_TEARDOWN },
	{ "__ept_release", PLACE_TEARDOWN },
	{ "virtio_dev_remove", PLACE_VIRTIO_REMOVE },
	{ "unregister_virtio_device", PLACE_VIRTIO_REMOVE },
	{ "rproc_shutdown", PLACE_TEARDOWN },
	{ "rproc_detach", PLACE_TEARDOWN },
	{ "__rproc_detach", PLACE_TEARDOWN },
	{ "rproc_stop*", PLACE_TEARDOWN },
	{ "rproc_vdev_do_stop", PLACE_TEARDOWN },
	{ "rproc_vdev_release", PLACE_TEARDOWN },
	{ "rproc_remove_virtio_dev", PLACE_TEARDOWN },
	{ "rproc_virtio_del_vqs", PLACE_TEARDOWN },
	{ "rproc_free_vring", PLACE_TEARDOWN },
	{ "rproc_resource_cleanup", PLACE_TEARDOWN },
	{ "rproc_del", PLACE_TEARDOWN },
	{ "rproc_trigger_recovery", PLACE_TEARDOWN },
	{ "rproc_crash_handler_work", PLACE_TEARDOWN },

	{ "rpmsg_dev_probe", PLACE_PROBE },
	{ "rpmsg_probe", PLACE_PROBE },
	{ "rproc_boot*", PLACE_PROBE },
	{ "rproc_start*", PLACE_PROBE },
	{ "rproc_fw_boot", PLACE_PROBE },
	{ "__rproc_boot", PLACE_PROBE },

	{ "_dev_*", PLACE_DEV_MESSAGE },
	{ "dev_err", PLACE_DEV_MESSAGE },
	{ "dev_warn", PLACE_DEV_MESSAGE },
	{ "__dev_printk", PLACE_DEV_MESSAGE },
	{ "dev_printk*", PLACE_DEV_MESSAGE },
	{ "dev_vprintk_emit", PLACE_DEV_MESSAGE },
	{ "dev_driver_string", PLACE_DEV_MESSAGE },
	{ "set_dev_info", PLACE_DEV_MESSAGE },

	{ "tty_write", PLACE_TTY | PLACE_TTY_WRITE },
	{ "file_tty_write", PLACE_TTY | PLACE_TTY_WRITE },
	{ "do_tty_write", PLACE_TTY | PLACE_TTY_WRITE },
	{ "redirected_tty_write", PLACE_TTY | PLACE_TTY_WRITE },
	{ "n_tty_write", PLACE_TTY | PLACE_TTY_WRITE },
	{ "tty_release*", PLACE_TTY | PLACE_TTY_CLOSE },
	{ "check_tty_count", PLACE_TTY | PLACE_TTY_CLOSE },
	{ "release_tty", PLACE_TTY | PLACE_TTY_CLOSE },
	{ "release_one_tty", PLACE_TTY | PLACE_TTY_CLOSE },
	{ "queue_release_one_tty", PLACE_TTY | PLACE_TTY_CLOSE },
	{ "tty_kref_put", PLACE_TTY | PLACE_TTY_CLOSE },
	{ "tty_port_close*", PLACE_TTY | PLACE_TTY_CLOSE },
	{ "tty_port_kopened", PLACE_TTY | PLACE_TTY_CLOSE },
	{ "tty_buffer_cancel_work", PLACE_TTY | PLACE_TTY_CLOSE },
	{ "tty_*", PLACE_TTY },
	{ "n_tty_*", PLACE_TTY },
	{ "__tty_*", PLACE_TTY },

	{ "kasan_*", PLACE_REPORT },
	{ "__kasan_*", PLACE_REPORT },
	{ "__asan_*", PLACE_REPORT },
	{ "__hwasan_*", PLACE_REPORT },
	{ "print_address_description", PLACE_REPORT },
	{ "print_report", PLACE_REPORT },
	{ "end_report", PLACE_REPORT },
	{ "dump_backtrace*", PLACE_REPORT },
	{ "show_stack*", PLACE_REPORT },
	{ "dump_stack*", PLACE_REPORT },
	{ "__dump_stack", PLACE_REPORT },
	{ "unwind_backtrace", PLACE_REPORT },
	{ "panic", PLACE_REPORT },
	{ "__warn*", PLACE_REPORT },
	{ "warn_slowpath*", PLACE_REPORT },
	{ "report_bug", PLACE_REPORT },
	{ "kfence_*", PLACE_REPORT },
	{ "__schedule", PLACE_REPORT },
	{ "schedule", PLACE_REPORT },
	{ "__switch_to", PLACE_REPORT },
	{ "refcount_warn_saturate", PLACE_REPORT },

	{ "qcom_glink_*", PLACE_OTHER_TRANSPORT },
	{ "qcom_smd_*", PLACE_OTHER_TRANSPORT },
	{ "mtk_rpmsg_*", PLACE_OTHER_TRANSPORT },

	{ "asm_common_interrupt", PLACE_INTERRUPT },
	{ "asm_sysvec_*", PLACE_INTERRUPT },
	{ "asm_exc_nmi", PLACE_INTERRUPT },
	{ "apic_timer_interrupt", PLACE_INTERRUPT },
	{ "common_interrupt", PLACE_INTERRUPT },
	{ "ret_from_intr", PLACE_INTERRUPT },
	{ "el1_irq", PLACE_INTERRUPT },
	{ "el1_interrupt", PLACE_INTERRUPT },
	{ "el1h_64_irq*", PLACE_INTERRUPT },
	{ "__irq_svc", PLACE_INTERRUPT },
	{ "__do_softirq", PLACE_INTERRUPT },

	{ "memcpy*", PLACE_GENERIC },
	{ "__memcpy*", PLACE_GENERIC },
	{ "__pi_memcpy*", PLACE_GENERIC },
	{ "memset*", PLACE_GENERIC },
	{ "__memset*", PLACE_GENERIC },
	{ "sg_init_*", PLACE_GENERIC },
	{ "idr_*", PLACE_GENERIC },
	{ "radix_tree_*", PLACE_GENERIC },
	{ "string*", PLACE_GENERIC },
	{ "vsnprintf", PLACE_GENERIC },
	{ "vprintk*", PLACE_GENERIC },
	{ "printk*", PLACE_GENERIC },
	{ "_printk*", PLACE_GENERIC },
	{ "strlen", PLACE_GENERIC },
	{ "strnlen", PLACE_GENERIC },
	{ "__list_add_valid*", PLACE_GENERIC },
	{ "__list_del_entry_valid*", PLACE_GENERIC },
};

static bool fits(const char *pattern, const char *name, size_t len)
{
	const size_t n = strlen(pattern);

	if (pattern[n - 1] == '*')
		return len >= n - 1 && strncmp(pattern, name, n - 1) == 0;
	return len == n && strncmp(pattern, name, n) == 0;
}

unsigned int oops_places(const char *function)
{
	const size_t len = strcspn(function, ".");

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (fits(known[i].name, function, len))
			return known[i].places;
	return 0;
}

bool oops_is_core_module(const char *module)
{
	static const char *const core[] = { "rpmsg_core", "virtio_rpmsg_bus", "virtio_ring",
					    "virtio",	  "remoteproc",	      "rpmsg_ns" };

	for (size_t i = 0; i < sizeof(core) / sizeof(core[0]); i++)
		if (strcmp(module, core[i]) == 0)
			return true;
	return false;
}

const char *oops_home_module(const char *function)
{
	static const struct {
		const char *pattern;
		const char *module;
	} homes[] = {
		{ "rpmsgtty_*", "imx_rpmsg_tty" },  { "rpmsg_tty_*", "rpmsg_tty" },
		{ "rpmsg_eptdev_*", "rpmsg_char" }, { "rpmsg_proto_*", "rpmsg_proto" },
		{ "rpmsg_pru_*", "rpmsg_pru" },	    { "imx_rpmsg_*", "imx_rpmsg" },
	};
	const size_t len = strcspn(function, ".");

	for (size_t i = 0; i < sizeof(homes) / sizeof(homes[0]); i++)
		if (fits(homes[i].pattern, function, len))
			return homes[i].module;
	return NULL;
}
