// SPDX-License-Identifier: GPL-2.0-only
/* Makes a function of the kernel slow at its entry, so that the moment before it can be met by other CPUs. */
#include <linux/delay.h>
#include <linux/kprobes.h>
#include <linux/module.h>

static char *function;
module_param(function, charp, 0444);
MODULE_PARM_DESC(function, "name of the function");

static unsigned int ms = 300;
module_param(ms, uint, 0444);
MODULE_PARM_DESC(ms, "how long each call waits: its CPU does nothing else meanwhile");

static int wait_first(struct kprobe *probe, struct pt_regs *regs)
{
	mdelay(ms);
	return 0;
}

static struct kprobe probe = { .pre_handler = wait_first };

static int __init slow_call_init(void)
{
	if (!function)
		return -EINVAL;
	probe.symbol_name = function;
	return register_kprobe(&probe);
}

static void __exit slow_call_exit(void)
{
	unregister_kprobe(&probe);
}

module_init(slow_call_init);
module_exit(slow_call_exit);
MODULE_DESCRIPTION("Makes a function of the kernel slow");
MODULE_LICENSE("GPL");
