// SPDX-License-Identifier: GPL-2.0-only
/*
 * Chooses the steps by result and cause. People copy commands into a shell: no name that somebody else chose
 * gets into one unless it has only letters that mean nothing to a shell.
 */
#include "timeline/steps.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "log/printable.h"
#include "timeline/describe.h"

#define PIDS_SHOWN 16
#define CONFIG "/etc/rpmsg-guard.conf"

__attribute__((format(printf, 2, 3))) static void add(struct steps *s, const char *fmt, ...)
{
	struct step *step = &s->list[s->n];
	va_list ap;

	if (s->n == STEPS_MAX)
		return;
	s->n++;
	step->command[0] = '\0';
	va_start(ap, fmt);
	vsnprintf(step->text, sizeof(step->text), fmt, ap);
	va_end(ap);
	utf8_trim(step->text);
}

/* Of the last step. */
__attribute__((format(printf, 2, 3))) static void type(struct steps *s, const char *fmt, ...)
{
	struct step *step = &s->list[s->n - 1];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(step->command, sizeof(step->command), fmt, ap);
	va_end(ap);
}

static bool is_plain(const char *name)
{
	return name[0] && name[0] != '-' && strlen(name) < 64 &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/_.-") ==
		       strlen(name);
}

static void ask_again(struct steps *s, const struct recording *r)
{
	add(s, "Ask for the %s again.", action_name(r));
	if (!is_plain(r->rproc))
		return;
	if (r->action_kind == TL_ACTION_STOP)
		type(s, "rpmsg-guard stop %s", r->rproc);
	if (r->action_kind == TL_ACTION_RECOVERY)
		type(s, "echo recover > /sys/class/remoteproc/%s/recovery", r->rproc);
}

static void read_log(struct steps *s, const struct recording *r, const char *why)
{
	add(s, "%s", why);
	if (is_plain(r->boot_id))
		type(s, "journalctl -b %s -g 'rpmsg|remoteproc'", r->boot_id);
	else
		type(s, "journalctl -g 'rpmsg|remoteproc'");
}

static void check_level(struct steps *s, const struct recording *r)
{
	if (r->level_kind == LEVEL_OVERRIDE)
		return;
	add(s,
	    "See what this kernel needs for level override: lower levels do not refuse every send.");
	type(s, "rpmsg-guard check");
}

/* ---- it was refused ---- */

static void kill_keepers(struct steps *s, const struct keepers *k)
{
	char pids[PIDS_SHOWN * 12 + 1] = "";
	size_t used = 0, n = 0;

	for (size_t i = 0; i < k->n_open && n < PIDS_SHOWN; i++) {
		if (k->list[i].task.pid <= 1 || keeper_is_repeated(k, i))
			continue;
		used += (size_t)snprintf(pids + used, sizeof(pids) - used, " %" PRId64,
					 k->list[i].task.pid);
		n++;
	}
	if (n > 0)
		type(s, "kill%s", pids);
}

static void find_users(struct steps *s, const struct keepers *k)
{
	if (k->n > 0 && is_plain(k->list[0].device))
		type(s, "fuser -v %s", k->list[0].device);
}

static void end_programs(struct steps *s, const struct recording *r, const struct findings *f)
{
	const struct keepers *k = &f->keepers;
	const bool tty = r->end.cause == TL_CAUSE_TTY_OPEN;
	char name[64];

	task_name(&k->list[0].task, name, sizeof(name));
	if (k->n_open == 0 && tty)
		add(s, "End the programs that have the tty open (the log names them), or let them "
		       "close the tty when they read end of file or EIO.");
	else if (k->n_open == 0)
		add(s,
		    "End the programs that have the device open (the log names them), or let them "
		    "close the device.");
	else if (k->n_programs > 1)
		add(s, "End these programs if they still run, or let them close the devices%s.",
		    k->n_programs > PIDS_SHOWN ? ". The table below has more programs" : "");
	else if (tty)
		add(s,
		    "If %s still runs, end it, or let it close the tty when it reads end of file or EIO.",
		    name);
	else
		add(s,
		    "If %s still runs, end it, or let it close the device. It gets no sign that the "
		    "device goes away.",
		    name);
	kill_keepers(s, k);
	ask_again(s, r);
	add(s, "To let the guard end such programs itself, after close_timeout, set this in " CONFIG
	       ".");
	type(s, "on_open_descriptor = kill");
}

static void wait_for_sender(struct steps *s, const struct recording *r)
{
	add(s,
	    "Check whether the firmware still reads its messages: when the ring is full, a sender "
	    "sleeps for up to 15 s.");
	type(s, "rpmsg-guard status");
	ask_again(s, r);
	add(s,
	    "Level override with 'eject = yes' ejects blocked senders. Below it, set 'hold_timeout' to "
	    "more than 15 s.");
	check_level(s, r);
}

static void wait_for_receiver(struct steps *s, const struct recording *r)
{
	add(s,
	    "A driver of a channel sleeps while it gets a message. See in which function: the reason "
	    "names the thread.");
	type(s, "cat /proc/PID/wchan");
	ask_again(s, r);
	add(s, "If the driver only needs longer, set 'hold_timeout' to more than that time.");
}

static void after_refusal(struct steps *s, const struct recording *r, const struct findings *f)
{
	switch (r->end.cause) {
	case TL_CAUSE_TTY_OPEN:
	case TL_CAUSE_DEVICE_OPEN:
		end_programs(s, r, f);
		return;
	case TL_CAUSE_DESCRIPTOR_HIDDEN:
		add(s,
		    "/proc does not show which program has the device open. End the programs that "
		    "use it, also programs that got the descriptor from another program.");
		find_users(s, &f->keepers);
		ask_again(s, r);
		return;
	case TL_CAUSE_SENDER_INSIDE:
		wait_for_sender(s, r);
		return;
	case TL_CAUSE_RECEIVER_INSIDE:
		wait_for_receiver(s, r);
		return;
	default:
		read_log(s, r, "Read what the service and the kernel logged at that time.");
		add(s, "See what the guard can do on this machine.");
		type(s, "rpmsg-guard check");
		ask_again(s, r);
	}
}

/* ---- it went wrong ---- */

static void after_unsafe(struct steps *s, const struct recording *r, const struct findings *f)
{
	if (f->numbers.overlaps > 0 || f->numbers.teardown.senders > 0) {
		add(s, "Restart this machine soon: its memory may be damaged.");
		type(s, "systemctl reboot");
	}
	if (r->action_kind == TL_ACTION_SHUTDOWN) {
		add(s,
		    "Stop it through 'state' in sysfs or with the command: the guard can hold these stops. "
		    "It cannot hold a stop by a call in the kernel. Only level override holds the "
		    "removal of a module and a stop through /dev/remoteprocN.");
		if (is_plain(r->rproc))
			type(s, "rpmsg-guard stop %s", r->rproc);
	} else {
		add(s,
		    "Set on_timeout and on_open_descriptor to refuse (or kill). With proceed, an unsafe %s "
		    "goes on. Find it in the settings.",
		    action_name(r));
		type(s, "grep -n proceed " CONFIG);
	}
	check_level(s, r);
}

static void after_cut_off(struct steps *s, const struct recording *r, const struct findings *f)
{
	add(s,
	    "Give the last messages of the kernel to decode. They are in the journal, a console log, "
	    "/sys/fs/pstore or /var/lib/systemd/pstore.");
	type(s, "journalctl -k -b -1 | rpmsg-guard decode");
	/* Without a beginning it comes from persistent memory, which only a machine that died leaves. */
	if (!f->numbers.teardown.seen && !r->headless) {
		add(s,
		    "See whether the service died. If the machine started again at that time, the kernel died.");
		type(s, "journalctl -u rpmsg-guard");
	}
	if (!r->salvaged) {
		add(s, "Look in persistent memory for lines that did not reach the disk.");
		type(s, "rpmsg-guard report --pstore");
	}
	if (f->numbers.teardown.seen)
		check_level(s, r);
}

static void after_failure(struct steps *s, const struct recording *r)
{
	read_log(s, r, "Read the reason in the log of the kernel.");
	add(s, "See the state of the remote processor.");
	type(s, "rpmsg-guard status");
	if (r->end.cause != TL_CAUSE_STOP_FAILED)
		return;
	add(s,
	    "Ask for the %s again, and do not start it before: a start does nothing, and since Linux 5.18 "
	    "it makes one more stop necessary.",
	    action_name(r));
	if (r->action_kind == TL_ACTION_STOP && is_plain(r->rproc))
		type(s, "rpmsg-guard stop %s", r->rproc);
	add(s,
	    "If it fails each time, the firmware does not answer the shutdown request: ask the authors of the "
	    "firmware.");
}

static void after_not_done(struct steps *s, const struct recording *r)
{
	switch (r->end.cause) {
	case TL_CAUSE_POWERED:
		add(s,
		    "The kernel counts the starts of a remote processor, and each start needs a stop (since "
		    "Linux 5.18 also a start while it is up). Find the program that starts it, or ask for the "
		    "%s again.",
		    action_name(r));
		break;
	case TL_CAUSE_KERNEL_REFUSED:
		read_log(s, r, "Read why the kernel refused it.");
		return;
	case TL_CAUSE_CALLER_GONE:
		add(s,
		    "The caller ended too early. Let it wait longer than 'hold_timeout' (default 20 s).");
		break;
	default:
		add(s,
		    "Check what the caller does after it opened the file. It must write to the same file "
		    "within 'write_timeout' (default 5 s).");
	}
	ask_again(s, r);
}

/* ---- the others ---- */

static void after_safe(struct steps *s, const struct recording *r, const struct findings *f)
{
	if (f->numbers.ejected > 0)
		add(s,
		    "The ring was full, so the remote processor did not read its messages. Check its firmware "
		    "and its own log.");
	if (!f->numbers.complete) {
		add(s,
		    "Entries of the record were lost: the service got no CPU time. Find what uses the CPUs.");
		type(s, "top -b -n 1 | head -n 20");
	}
	if (r->level_kind == LEVEL_USERSPACE || r->level_kind == LEVEL_MANUAL)
		check_level(s, r);
}

void steps_of(struct steps *s, const struct recording *r, const struct findings *f)
{
	s->n = 0;
	switch (f->outcome) {
	case OUTCOME_SAFE:
		after_safe(s, r, f);
		break;
	case OUTCOME_REFUSED:
		after_refusal(s, r, f);
		break;
	case OUTCOME_UNSAFE:
		after_unsafe(s, r, f);
		break;
	case OUTCOME_CUT_OFF:
		after_cut_off(s, r, f);
		break;
	case OUTCOME_FAILED:
		after_failure(s, r);
		break;
	case OUTCOME_NOT_DONE:
		after_not_done(s, r);
		break;
	case OUTCOME_GOING_ON:
		add(s, "Look again after some seconds, and see what the hold waits for.");
		type(s, "rpmsg-guard status");
		break;
	case OUTCOME_OTHER:
		add(s, "Read the episode with the version that wrote it: %.100s.", r->program);
	}
}
