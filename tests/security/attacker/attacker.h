/* SPDX-License-Identifier: GPL-2.0-only */
/* rpmsg-attacker: what a process that means harm does to the guard. See tests/security/README.md. */
#ifndef RPMSG_ATTACKER_H
#define RPMSG_ATTACKER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Each runs one command and returns its exit status; @argv begins behind the command's name. */
int cmd_swap(int argc, char **argv);
int cmd_fuse_memory(int argc, char **argv);
int cmd_fuse_root(int argc, char **argv);
int cmd_fuse_exec(int argc, char **argv);
int cmd_shared(int argc, char **argv);
int cmd_reopen(int argc, char **argv);
int cmd_flood(int argc, char **argv);
int cmd_in_flight(int argc, char **argv);
int cmd_hand_over(int argc, char **argv);
int cmd_endpoints(int argc, char **argv);
int cmd_channels(int argc, char **argv);
int cmd_open_all(int argc, char **argv);
int cmd_churn(int argc, char **argv);
int cmd_poll_all(int argc, char **argv);
int cmd_named(int argc, char **argv);
int cmd_spin(int argc, char **argv);
int cmd_bpf(int argc, char **argv);
int cmd_without(int argc, char **argv);
int cmd_opening(int argc, char **argv);
int cmd_confined(int argc, char **argv);
int cmd_remove_killed(int argc, char **argv);
int cmd_remove_exec(int argc, char **argv);
int cmd_stay(int argc, char **argv);
int cmd_hoard(int argc, char **argv);
int cmd_give(int argc, char **argv);

/* descriptors.c: puts @fd into a message on @socket. */
void send_fd(int socket, int fd);

/* fuse.c */
struct fuse_attack {
	uid_t uid;	  /* who has it mounted, as fusermount would do for him */
	const char *path; /* where */
	const char *file; /* what the path in the page at FUSE_PATH_AT says */
	bool never_flush; /* a close is not answered, not even to who is served */
};

#define FUSE_HOW_AT 0	       /* in the file "page": struct open_how of an O_RDONLY */
#define FUSE_PATH_AT (1 << 20) /* and the path of the file to open */
#define FUSE_PAGE_SIZE (2 << 20)

/*
 * Mounts it and starts its server, which serves the process *@served and nobody else. Ends with its
 * parent. Prints "caught PID" for the first request that it does not answer.
 */
void fuse_begin(const struct fuse_attack *a, pid_t served);

void die(const char *what) __attribute__((noreturn));
void print_line(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
