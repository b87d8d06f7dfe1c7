// SPDX-License-Identifier: GPL-2.0-only
/*
 * The functions whose result a BPF program may decide, added to the kernel's error-injection list.
 * bpf_override_return() is refused on any function that is not on that list, and nothing of rpmsg
 * is. The list takes entries from modules and accepts every address of kernel text, so this module
 * is nothing but entries: it has no code, and unloading it takes them back. The kernel looks at the
 * list only when a program is attached; a program that is attached stays so without the module.
 *
 * All functions are weak references, so that the module loads wherever it was built for:
 *
 * - Loaded while rpmsg_core is not there, the entries for it have the address 0. The kernel logs
 *   "Failed to find error inject entry" for each and goes on. modprobe loads rpmsg_core first;
 *   insmod does not.
 * - Entries are resolved once. When rpmsg_core is loaded, or unloaded and loaded again, after this
 *   module, unload this module and load it again.
 * - A reference that was resolved counts as use: rpmsg_core cannot be unloaded before this module.
 *
 * What the kinds of entry say (a number, a NULL) is for fail_function in debugfs; the BPF side looks
 * at addresses only. Hence rproc_shutdown() may stand here although it returns void before 5.18:
 * overriding it then means that its body is not run.
 */
#include <linux/error-injection.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/remoteproc.h>
#include <linux/types.h>

/*
 * Only addresses are taken. The kernel's own declarations are not weak, and some are inline stubs where an
 * option is off: hence other names for the same symbols.
 */
#define ADDRESS(function) extern void __weak allowed_##function(void) __asm__(#function)
#define ALLOW_ERRNO(function)                                                                      \
	ADDRESS(function);                                                                         \
	ALLOW_ERROR_INJECTION(allowed_##function, ERRNO)

#ifdef HAVE_rpmsg_send
ALLOW_ERRNO(rpmsg_send);
#endif
#ifdef HAVE_rpmsg_sendto
ALLOW_ERRNO(rpmsg_sendto);
#endif
#ifdef HAVE_rpmsg_trysend
ALLOW_ERRNO(rpmsg_trysend);
#endif
#ifdef HAVE_rpmsg_trysendto
ALLOW_ERRNO(rpmsg_trysendto);
#endif
#ifdef HAVE_rpmsg_send_offchannel
ALLOW_ERRNO(rpmsg_send_offchannel);
#endif
#ifdef HAVE_rpmsg_trysend_offchannel
ALLOW_ERRNO(rpmsg_trysend_offchannel);
#endif
#ifdef HAVE_rpmsg_poll
ALLOW_ERRNO(rpmsg_poll);
#endif
#ifdef HAVE_rpmsg_set_flow_control
ALLOW_ERRNO(rpmsg_set_flow_control);
#endif
#ifdef HAVE_rproc_shutdown
ALLOW_ERRNO(rproc_shutdown);
#endif
#ifdef HAVE_rproc_detach
ALLOW_ERRNO(rproc_detach);
#endif
#ifdef HAVE_rproc_vq_interrupt
ALLOW_ERRNO(rproc_vq_interrupt);
#endif
#ifdef HAVE_virtqueue_add_inbuf
ALLOW_ERRNO(virtqueue_add_inbuf);
#endif
#ifdef HAVE_virtqueue_get_buf
ADDRESS(virtqueue_get_buf);
ALLOW_ERROR_INJECTION(allowed_virtqueue_get_buf, NULL);
#endif

/*
 * What a caller of rproc_shutdown() can be told depends on whether it returns an int (since 5.18, commit
 * c13b780c4597) or nothing. The prototype that this kernel's callers were compiled with says it, and only a
 * compiler can read it where there is no BTF.
 */
static bool shutdown_returns_int = __builtin_types_compatible_p(typeof(&rproc_shutdown),
								int (*)(struct rproc *));
module_param(shutdown_returns_int, bool, 0444);
MODULE_PARM_DESC(shutdown_returns_int,
		 "not to be set: what this kernel's rproc_shutdown() returns");

MODULE_DESCRIPTION("Lets BPF programs override rpmsg sends (for rpmsg-guard)");
MODULE_LICENSE("GPL");
