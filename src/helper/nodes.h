/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Jobs in the /dev of another mount namespace, a folder that belongs to a container: nodes of ttys are
 * put aside for the time of a hold, and put back.
 *
 * Nothing there is done by a name that can lead elsewhere. The folder is opened without following a
 * link and held; a node is moved within that folder, which follows nothing and keeps its access control
 * list, label and times; and what is changed of the node is changed through a descriptor of that very
 * node, whose type and device number were checked. A container that swaps names meanwhile moves its own
 * files about in its own folder.
 */
#ifndef RPMSG_GUARD_HELPER_NODES_H
#define RPMSG_GUARD_HELPER_NODES_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "system/creds.h"

#define NODES_MAX 64

struct node_name {
	char name[64]; /* in /dev: "ttyRPMSG30" */
	uint64_t dev;
};

/* Of both jobs. */
struct nodes_request {
	int32_t pid; /* a process of the namespace */
	uint32_t n;
	struct node_name nodes[NODES_MAX];
};

enum node_outcome {
	NODE_NONE, /* no such node, or not of that device */
	NODE_MOVED,
	NODE_STAYS, /* see error */
};

struct nodes_answer {
	uint32_t n; /* as in the request; 0: it is the folder of the host */
	struct {
		int32_t outcome;      /* enum node_outcome */
		int32_t error;	      /* positive errno */
		struct rights rights; /* of a node that is there */
	} nodes[NODES_MAX];
};

/*
 * HELPER_ASIDE: from "<name>" to NODE_ASIDE_PREFIX "<name>", with a record for nodes_back(). The asker
 * has to confirm the answer (helper_confirm()), or all is put back at once.
 */
void nodes_aside(int fd, const void *request, size_t len);

/* HELPER_BACK: whatever records say was put aside in that folder; with n == 0 of any name. */
void nodes_back(int fd, const void *request, size_t len);

#define NODE_ASIDE_PREFIX ".rpmsg-guard-"

/* The kind of the records (system/run_dir.h). */
#define NODES_RECORD "aside"

#endif
