/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Who recovers a remote processor after a crash. The kernel does it by itself as long as the
 * attribute "recovery" reads "enabled", and nobody can hold that. So the service sets it to
 * "disabled" and writes "recover" when it is safe. What it found is written down under RUN_DIR
 * first, so that the next instance, or "rpmsg-guard release", can put it back.
 */
#ifndef RPMSG_GUARD_RPROC_RECOVERY_H
#define RPMSG_GUARD_RPROC_RECOVERY_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "system/remoteproc.h"

struct recovery {
	int fd;		/* of the attribute, -1 when it cannot be written */
	int recover_fd; /* the same, for the write that takes as long as a recovery; see struct rproc */
	ino_t inode;
	char name[32];	   /* "remoteprocN" */
	bool wanted;	   /* it may be owned at all */
	atomic_bool owned; /* it reads "disabled" because of us; read by the thread, too */
	bool may_recover;  /* it was opened last around a crash */
	/* Somebody else has started it, and Linux has attached to it; and whether the record says so. */
	atomic_bool attached, noted_attached;
};

/*
 * Opens the attribute, which has to happen before it is marked (see remoteproc_open_state()), and
 * takes it over if @own and it reads "enabled". Without @own puts back what a dead instance left.
 */
void recovery_begin(struct recovery *r, const struct remoteproc *rp, bool own);

/* Puts it back; not while @crashed, because that would recover it at once. */
void recovery_end(struct recovery *r, enum remoteproc_state state);

/*
 * To be called with every state that is seen. One that has crashed after it was attached to is not recovered by
 * us: rproc_attach_recovery() (6.1, commit ba194232edc0) frees the clean copy of its resource table and keeps
 * the pointer, so that the next recovery or detach reads it and frees it again. Where that function is missing, or
 * the driver does not ask for it, the kernel boots its own firmware in place of the one that was there. No
 * kernel shows which of them it does, so all are left to a person.
 */
void recovery_note_state(struct recovery *r, enum remoteproc_state state);

/*
 * Somebody else opens the attribute, @crashed: around a crash. Then what is written may as well be
 * "recover", which leaves no trace.
 */
void recovery_opened(struct recovery *r, bool crashed);

/*
 * And has closed it, after a write if @written: "enabled" is taken over again, "disabled" is
 * remembered unless it may have been "recover".
 */
void recovery_closed(struct recovery *r, bool written);

/* Writes "recover"; returns when the kernel is done with it, well or not, or a negative errno. */
int recovery_recover(const struct recovery *r);

/* How it is recovered, for people. */
const char *recovery_text(const struct recovery *r);

/* Puts back what a dead instance left. Returns the number of attributes put back. */
size_t recovery_restore(void);

#endif
