/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The status socket: every connection is answered with one JSON object and closed. The same text is
 * kept in STATUS_FILE for the time after the service's death.
 */
#ifndef RPMSG_GUARD_SERVICE_CONTROL_H
#define RPMSG_GUARD_SERVICE_CONTROL_H

struct service;

/* Returns the listening descriptor or a negative errno. */
int control_listen(void);
void control_answer(struct service *service);
void control_save(struct service *service);
void control_end(int fd);

#endif
