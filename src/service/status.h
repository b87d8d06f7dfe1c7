/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The service's state as the JSON object that "rpmsg-guard status --json" prints.
 */
#ifndef RPMSG_GUARD_SERVICE_STATUS_H
#define RPMSG_GUARD_SERVICE_STATUS_H

struct json_object;
struct service;

/* The caller owns the object. */
struct json_object *status_build(struct service *service);

#endif
