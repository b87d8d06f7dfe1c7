/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The jobs that helpers do (helper.h): what each is asked, and what it answers.
 */
#ifndef RPMSG_GUARD_HELPER_JOBS_H
#define RPMSG_GUARD_HELPER_JOBS_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "system/creds.h"
#include "system/sleep.h"

/*
 * HELPER_OPEN_HOW (memory.c): the flags of openat2(), the first member of struct open_how, in the memory of a
 * process that sleeps in that call. Each page of it may be one of a file that is never served. Answers with them,
 * if they can be read.
 */
struct open_how_request {
	uint64_t address;
	int32_t tid;
};

struct open_how_answer {
	uint64_t flags;
};

void memory_open_how(int fd, const void *request, size_t len);

#define OPENING_DEVICES 64

/*
 * HELPER_OPENING (opening.c): is thread @tid, which sleeps, outside of an open of one of the character devices, or of
 * any of the major @major_nr if that is not 0? No answer when it has woken up, or has gone.
 */
struct opening_request {
	int32_t tid;
	enum sleep_stack stack; /* what /proc/<tid>/stack is worth */
	bool by_wchan;		/* wchan is true, and was looked at before */
	uint32_t n;
	uint32_t major_nr;
	uint64_t devs[OPENING_DEVICES];
};

struct opening_answer {
	bool outside;
};

/* Whether wchan @function may be that of such a thread. "0" may: it has just woken up. For everybody, not only helpers. */
bool opening_may_sleep_in(const char *function);

void opening_look(int fd, const void *request, size_t len);

/*
 * HELPER_SYSFS_ROOT: opens a mount point of another mount namespace in which /proc/<pid>/mountinfo
 * shows a sysfs. The way there leads through mounts of others.
 */
struct sysfs_root_request {
	uint64_t fs; /* device number of the sysfs; what is found there may be another mount */
	int32_t pid; /* a process of that namespace */
	char mount_point[PATH_MAX];
};

/*
 * Answers with one byte, and with it an O_PATH descriptor of the root of that very sysfs; without
 * one when something else lies there.
 */
void sysfs_root_open(int fd, const void *request, size_t len);

/*
 * nodes.c: jobs in the /dev of another mount namespace, a folder that belongs to a container: nodes
 * of ttys are put aside for the time of a hold, and put back.
 *
 * Nothing there is done by a name that can lead elsewhere. The folder is opened without following a
 * link and held; a node is moved within that folder, which follows nothing and keeps its access
 * control list, label and times; and what is changed of the node is changed through a descriptor of
 * that very node, whose type and device number were checked. A container that swaps names meanwhile
 * moves its own files about in its own folder.
 */
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
 * HELPER_ASIDE: from "<name>" to NODE_ASIDE_PREFIX "<name>", with a record for nodes_back(). The
 * asker has to confirm the answer (helper_confirm()), or all is put back at once.
 */
void nodes_aside(int fd, const void *request, size_t len);

/*
 * HELPER_BACK: whatever records say was put aside in that folder; with n == 0 of any name. Answers
 * with how many, a uint32_t.
 */
void nodes_back(int fd, const void *request, size_t len);

#define NODE_ASIDE_PREFIX ".rpmsg-guard-"

/* The kind of the records (system/run_dir.h). */
#define NODES_RECORD "aside"

#endif
