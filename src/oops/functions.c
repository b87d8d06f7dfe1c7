// SPDX-License-Identifier: GPL-2.0-only
/* The table of the kernel functions that are known, and of the modules that they belong to. */
#include "oops/functions.h"

#include <stddef.h>
#include <string.h>

#define INNER (PLACE_SEND | PLACE_SEND_INNER)

/* A name that ends in "*" stands for all that begin so. The first that fits counts. */
static const struct {
	unsigned int places;
	const char *names;
} known[] = {
	{ PLACE_SEND, "rpmsg_send rpmsg_sendto rpmsg_send_offchannel rpmsg_trysend rpmsg_trysendto "
		      "rpmsg_trysend_offchannel virtio_rpmsg_send* virtio_rpmsg_trysend*" },
	{ INNER, "rpmsg_send_offchannel_raw" },
	{ INNER | PLACE_GET_BUFFER, "get_a_tx_buf" },
	{ INNER | PLACE_WAIT, "rpmsg_upref_sleepers rpmsg_downref_sleepers" },
	{ PLACE_VIRTQUEUE | PLACE_GET_BUFFER, "virtqueue_get_buf* more_used* detach_buf*" },
	{ PLACE_VIRTQUEUE | PLACE_WAIT, "virtqueue_disable_cb* virtqueue_enable_cb*" },
	{ PLACE_RECEIVE | PLACE_VIRTQUEUE, "vring_interrupt" },
	{ PLACE_VIRTIO_REMOVE,
	  "virtio_dev_remove unregister_virtio_device vring_del_virtqueue* vring_free* "
	  "virtqueue_detach_unused_buf*" },
	{ PLACE_VIRTQUEUE, "virtqueue_* vring_* rproc_virtio_notify" },
	{ PLACE_WAIT, "prepare_to_wait* finish_wait init_wait_entry schedule_timeout*" },
	{ PLACE_LOCK, "__wake_up* queued_spin_lock_slowpath native_queued_spin_lock_slowpath "
		      "_raw_spin_* do_raw_spin_* __raw_spin_* "
		      "__raw_callee_save___pv_queued_spin_unlock mutex_* __mutex_* osq_lock "
		      "lock_acquire __lock_acquire" },
	{ PLACE_RECEIVE, "rpmsg_recv_done rpmsg_recv_single rproc_vq_interrupt rpmsg_ns_cb" },
	{ PLACE_TTY, "flush_to_ldisc" },
	{ PLACE_HANDLE | PLACE_TEARDOWN,
	  "rpmsg_destroy_ept virtio_rpmsg_destroy_ept __rpmsg_destroy_ept" },
	{ PLACE_HANDLE, "rpmsg_create_ept virtio_rpmsg_create_ept __rpmsg_create_ept rpmsg_poll "
			"virtio_rpmsg_poll rpmsg_get_mtu virtio_rpmsg_get_mtu "
			"rpmsg_set_flow_control* rpmsg_get_signals rpmsg_set_signals "
			"rpmsg_create_channel virtio_rpmsg_create_channel rpmsg_release_channel" },
	{ PLACE_FILE,
	  "vfs_read vfs_write vfs_readv vfs_writev vfs_iter_* __vfs_read __vfs_write do_iter_* "
	  "new_sync_* do_readv_writev do_loop_readv_writev do_splice* chrdev_open do_dentry_open "
	  "vfs_open path_openat do_filp_open do_sys_open* __fput ____fput delayed_fput filp_close "
	  "vfs_poll do_poll* do_sys_poll do_select core_sys_select ep_* do_epoll_* vfs_ioctl "
	  "do_vfs_ioctl ksys_ioctl sys_ioctl __arm64_sys_ioctl __se_sys_ioctl __x64_sys_ioctl "
	  "__riscv_sys_ioctl compat_sys_ioctl* __arm64_compat_sys_ioctl __ia32_compat_sys_ioctl "
	  "io_read io_write" },
	{ PLACE_TRAMPOLINE,
	  "kretprobe_trampoline* __kretprobe_trampoline* arch_rethook_trampoline* "
	  "rethook_trampoline_handler trampoline_probe_handler "
	  "return_to_handler ftrace_* optprobe_* kprobe_* bpf_trampoline_* "
	  "bpf_prog_*" },
	{ PLACE_BOTTOM,
	  "ret_from_fork* kthread el0_* el0t_* entry_SYSCALL* entry_INT80* do_syscall_64 "
	  "ret_fast_syscall ret_to_user* ret_from_syscall ret_from_exception "
	  "do_trap_ecall_u handle_exception start_kernel secondary_start* cpu_startup_entry "
	  "__primary_switched __secondary_switched" },
	{ PLACE_TEARDOWN,
	  "rpmsg_remove* rpmsg_dev_remove rpmsg_unregister_device rpmsg_destroy_* "
	  "virtio_rpmsg_release_device rpmsg_release_device "
	  "__ept_release "
	  "rproc_shutdown rproc_detach __rproc_detach rproc_stop* rproc_vdev_do_stop "
	  "rproc_vdev_release rproc_remove_virtio_dev rproc_virtio_del_vqs "
	  "rproc_free_vring rproc_resource_cleanup rproc_del rproc_trigger_recovery "
	  "rproc_reset_rsc_table_on_* rproc_attach_recovery rproc_boot_recovery "
	  "rproc_crash_handler_work" },
	{ PLACE_PROBE, "rpmsg_dev_probe rpmsg_probe rproc_boot* rproc_start* rproc_fw_boot "
		       "__rproc_boot" },
	{ PLACE_DEV_MESSAGE, "_dev_* dev_err dev_warn __dev_printk dev_printk* dev_vprintk_emit "
			     "dev_driver_string set_dev_info" },
	{ PLACE_TTY | PLACE_TTY_WRITE,
	  "tty_write file_tty_write do_tty_write redirected_tty_write n_tty_write" },
	{ PLACE_TTY | PLACE_TTY_CLOSE,
	  "tty_release* check_tty_count release_tty release_one_tty "
	  "queue_release_one_tty tty_kref_put tty_port_close* tty_port_kopened "
	  "tty_buffer_cancel_work" },
	{ PLACE_TTY, "tty_* n_tty_* __tty_*" },
	{ PLACE_REPORT,
	  "kasan_* __kasan_* __asan_* __hwasan_* print_address_description print_report "
	  "end_report dump_backtrace* show_stack* dump_stack* __dump_stack "
	  "unwind_backtrace panic __warn* warn_slowpath* report_bug kfence_* __schedule "
	  "schedule __switch_to refcount_warn_saturate" },
	{ PLACE_OTHER_TRANSPORT, "qcom_glink_* qcom_smd_* mtk_rpmsg_*" },
	{ PLACE_INTERRUPT,
	  "asm_common_interrupt asm_sysvec_* asm_exc_nmi apic_timer_interrupt "
	  "common_interrupt ret_from_intr el1_irq el1_interrupt el1h_64_irq* __irq_svc "
	  "__do_softirq" },
	{ PLACE_GENERIC,
	  "memcpy* mmiocpy mmioset __memcpy* __pi_memcpy* memset* __memset* sg_init_* idr_* "
	  "radix_tree_* string* vsnprintf vprintk* printk* _printk* strlen strnlen "
	  "__list_add_valid* __list_del_entry_valid*" },
};

/* @words are separated by single spaces. */
static bool has_fitting(const char *words, const char *name, size_t len)
{
	for (size_t n; *words; words += n + (words[n] == ' ')) {
		n = strcspn(words, " ");
		if (words[n - 1] == '*' ? len >= n - 1 && strncmp(words, name, n - 1) == 0
					: len == n && strncmp(words, name, n) == 0)
			return true;
	}
	return false;
}

unsigned int oops_places(const char *function)
{
	const size_t len = strcspn(function, ".");

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (has_fitting(known[i].names, function, len))
			return known[i].places;
	return 0;
}

bool oops_is_core_module(const char *module)
{
	return has_fitting("rpmsg_core virtio_rpmsg_bus virtio_ring virtio remoteproc rpmsg_ns",
			   module, strlen(module));
}

const char *oops_home_module(const char *function)
{
	static const struct {
		const char *pattern;
		const char *module;
	} homes[] = {
		{ "rpmsgtty_*", "imx_rpmsg_tty" },  { "rpmsg_tty_*", "rpmsg_tty" },
		{ "rpmsg_eptdev_*", "rpmsg_char" }, { "rpmsg_ctrldev_*", "rpmsg_ctrl" },
		{ "rpmsg_proto_*", "rpmsg_proto" }, { "rpmsg_pru_*", "rpmsg_pru" },
		{ "imx_rpmsg_*", "imx_rpmsg" },
	};
	const size_t len = strcspn(function, ".");

	for (size_t i = 0; i < sizeof(homes) / sizeof(homes[0]); i++)
		if (has_fitting(homes[i].pattern, function, len))
			return homes[i].module;
	return NULL;
}
