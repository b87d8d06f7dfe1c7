/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Asking the running service for its status.
 */
#ifndef RPMSG_GUARD_COMMANDS_CLIENT_H
#define RPMSG_GUARD_COMMANDS_CLIENT_H

struct json_object;

/*
 * The caller owns @out after 0. Negative errno otherwise: -ESRCH: no service is alive, -EAGAIN: it
 * is stuck, -EINVAL: what it says is no JSON object, -EACCES: no right to ask.
 */
int status_ask(struct json_object **out);

/* Reads @fd to its end as one JSON object; the descriptor stays the caller's. */
int status_read(int fd, struct json_object **out);

/* What @status says of remote processor @name, still its own; NULL when that is nothing. */
struct json_object *status_remoteproc(struct json_object *status, const char *name);

/* What a person types to start the service on this machine. */
const char *service_start_command(void);

#endif
