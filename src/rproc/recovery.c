// SPDX-License-Identifier: GPL-2.0-only
/* Reads and writes the attribute "recovery", and keeps a record of what it was. */
#include "rproc/recovery.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "log/log.h"
#include "system/apart.h"
#include "system/run_dir.h"

#define KIND "recovery"
#define ATTACHED "attached"

/*
 * The record holds the inode number of the attribute: numbers of remote processors are used again,
 * and one that came later must not be given the setting of one that has gone. And whether it was attached
 * to, which does not show any more when it has crashed.
 */
static int note(struct recovery *r)
{
	const bool attached = r->attached;
	char text[48];
	int err;

	snprintf(text, sizeof(text), "%llu %s\n", (unsigned long long)r->inode,
		 attached ? ATTACHED : "booted");
	err = record_write(KIND, r->name, text);
	if (!err)
		r->noted_attached = attached;
	return err;
}

static bool is_noted(struct recovery *r)
{
	unsigned long long inode;
	char text[48], how[16] = "";

	if (record_read(KIND, r->name, text, sizeof(text)) <= 0 ||
	    sscanf(text, "%llu %15s", &inode, how) < 1 || inode != r->inode)
		return false;
	r->attached = r->noted_attached = strcmp(how, ATTACHED) == 0;
	return true;
}

static int put(int fd, const char *command)
{
	return pwrite(fd, command, strlen(command), 0) < 0 ? -errno : 0;
}

/* Whether the kernel recovers it by itself. */
static bool reads_enabled(const struct recovery *r)
{
	char text[16] = "";

	return r->fd >= 0 && pread(r->fd, text, sizeof(text) - 1, 0) > 0 &&
	       strncmp(text, "enabled", 7) == 0;
}

static void open_attribute(struct recovery *r, const struct remoteproc *rp)
{
	char path[PATH_MAX];
	struct stat st;

	memset(r, 0, sizeof(*r));
	snprintf(r->name, sizeof(r->name), "%s", rp->name);
	remoteproc_attr(rp, "recovery", path);
	r->fd = open(path, O_RDWR | O_CLOEXEC);
	r->recover_fd = r->fd < 0 ? -1 : open(path, O_WRONLY | O_CLOEXEC);
	if (r->fd >= 0 && fstat(r->fd, &st) == 0)
		r->inode = st.st_ino;
}

static void close_attribute(struct recovery *r)
{
	if (r->recover_fd >= 0)
		close(r->recover_fd);
	close(r->fd);
	r->fd = r->recover_fd = -1;
}

static void take(struct recovery *r)
{
	/* The record first: one without need does no harm, a setting without record is lost. */
	int err = note(r);

	if (!err)
		err = put(r->fd, "disabled");
	r->owned = !err;
	if (err)
		log_warning("%s: its recovery after a crash is not held: %s", r->name,
			    strerror(-err));
}

static void give_back(struct recovery *r)
{
	int err = put(r->fd, "enabled");

	if (err && err != -ENODEV)
		log_warning("%s: recovery could not be enabled again: %s", r->name, strerror(-err));
	record_remove(KIND, r->name);
	r->owned = false;
}

static void give_back_unless_crashed(struct recovery *r, enum remoteproc_state state)
{
	if (state != REMOTEPROC_CRASHED) {
		give_back(r);
		return;
	}
	log_warning("%s: crashed, so its recovery stays disabled: to enable it would start an "
		    "unheld recovery at once. Start 'rpmsg-guard run' to recover it safely",
		    r->name);
}

void recovery_begin(struct recovery *r, const struct remoteproc *rp, bool own)
{
	open_attribute(r, rp);
	r->wanted = own;
	if (r->fd < 0 && own)
		log_warning("%s: its recovery after a crash is not held: its file 'recovery' "
			    "cannot be opened: %s",
			    rp->name, strerror(errno));
	if (r->fd < 0)
		return;
	r->owned = is_noted(r) && !reads_enabled(r);
	if (own && !r->owned && reads_enabled(r))
		take(r);
	else if (!own && r->owned)
		give_back_unless_crashed(r, remoteproc_state(rp));
}

void recovery_end(struct recovery *r, enum remoteproc_state state)
{
	if (r->fd < 0)
		return;
	if (r->owned && state == REMOTEPROC_GONE)
		record_remove(KIND, r->name);
	else if (r->owned)
		give_back_unless_crashed(r, state);
	close_attribute(r);
}

void recovery_note_state(struct recovery *r, enum remoteproc_state state)
{
	/* What has crashed was attached to, or not, before. */
	if (state == REMOTEPROC_CRASHED || state >= REMOTEPROC_UNKNOWN)
		return;
	/* What is detached can only be attached to. */
	r->attached = state == REMOTEPROC_ATTACHED || state == REMOTEPROC_DETACHED;
	if (r->owned && r->attached != r->noted_attached && note(r))
		log_debug("%s: no record of how it was started", r->name);
}

void recovery_opened(struct recovery *r, bool crashed)
{
	r->may_recover = crashed;
}

void recovery_closed(struct recovery *r, bool written)
{
	if (r->fd < 0 || !r->wanted || !written)
		return;
	if (reads_enabled(r)) {
		take(r);
	} else if (r->owned && !r->may_recover) {
		log_notice("%s: a program disabled the recovery; the guard does not recover it "
			   "after a crash",
			   r->name);
		record_remove(KIND, r->name);
		r->owned = false;
	}
}

int recovery_recover(const struct recovery *r)
{
	return apart_command(r->recover_fd, "recover");
}

const char *recovery_text(const struct recovery *r)
{
	if (r->fd < 0)
		return "unknown";
	if (r->owned && r->attached)
		return "by hand, because it was attached to";
	if (r->owned)
		return "enabled, by the guard";
	return reads_enabled(r) ? "enabled, by the kernel" : "disabled";
}

static bool restore_one(const char *name)
{
	struct remoteproc rp;
	struct recovery r = { 0 };
	bool back;

	if (remoteproc_find(name, &rp)) {
		record_remove(KIND, name);
		return false;
	}
	open_attribute(&r, &rp);
	if (r.fd < 0)
		return false;
	r.owned = is_noted(&r) && !reads_enabled(&r);
	if (r.owned)
		give_back_unless_crashed(&r, remoteproc_state(&rp));
	else
		record_remove(KIND, name);
	back = reads_enabled(&r);
	close_attribute(&r);
	if (back)
		log_notice("%s: recovery enabled again", name);
	return back;
}

size_t recovery_restore(void)
{
	return records_count(KIND, restore_one);
}
