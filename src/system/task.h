/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What /proc tells of processes and threads.
 */
#ifndef RPMSG_GUARD_SYSTEM_TASK_H
#define RPMSG_GUARD_SYSTEM_TASK_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* The first line of /proc/<tid>/<file>, as file_read_line() reads it. */
int task_read(int tid, const char *file, char *line, size_t len);

/*
 * The inode of namespace @kind ("mnt") that process @who, a name in /proc, is in. 0 for a process that
 * has gone, and on a kernel without such namespaces.
 */
ino_t task_namespace(const char *who, const char *kind);

/* The command name of thread or process @tid, "?" when it is gone; @comm holds 16 bytes. */
void task_comm(int tid, char *comm);

/* The process that thread @tid is of; @tid itself when it is gone. */
int task_process(int tid);

struct task_stat {
	char state; /* the letter, 'Z' for a zombie, 'T' for a task stopped by a signal */
	int parent; /* the process above it */
	/*
	 * Created by the kernel (PF_KTHREAD). Not to be told by anything that only a process has,
	 * an executable or memory: a process that is exiting has lost both and still closes files.
	 */
	bool kernel_thread;
	bool worker; /* a kernel thread that runs work items (PF_WQ_WORKER) */
	/*
	 * A thread of a program, created by the kernel for the work of an io_uring (PF_IO_WORKER, 5.12). It never was in
	 * user mode: the system call that /proc shows is not its own.
	 */
	bool io_worker;
	/*
	 * A process, or a kernel thread that may become one: before 5.18 a helper that the kernel starts (modprobe)
	 * is a kernel thread up to its exec. Until then it has the name of the worker that has created it
	 * (call_usermodehelper_exec_work() in kernel/umh.c), but not its flag.
	 */
	bool may_exec;
	bool exiting;	      /* PF_EXITING: it closes its files, whatever call it was in */
	unsigned int threads; /* in its process; the first counts even when it has ended */
	uint64_t cpu_ticks;   /* CPU time in ticks of USER_HZ: see task_stat() and thread_stat() */
	uint64_t begun_ticks; /* when it began: with its number it stands for no other */
};

/*
 * What /proc/<tid>/stat says of thread @tid; returns false when it has gone. The CPU time is that
 * of its whole process, dead threads included.
 */
bool task_stat(int tid, struct task_stat *stat);

/* The same with the CPU time of the thread alone. */
bool thread_stat(int tid, struct task_stat *stat);

/* Whether @err, of a file of a task in /proc, says that the task has gone. Other errors say nothing of it (-EMFILE). */
static inline bool task_is_gone_by(int err)
{
	return err == -ENOENT || err == -ESRCH;
}

/* Whether @tid is there, or may be. A zombie is. */
bool task_is_there(int tid);

/*
 * Whether @tid is there and has not ended: kill() also finds zombies. Where that cannot be read, for want of a
 * descriptor, it counts as alive as long as it is there: a sender must not be taken for one that has gone.
 */
bool task_alive(int tid);

/* Whether @tid was stopped by a signal and not continued yet. */
bool task_is_stopped(int tid);

/*
 * The line of /proc/<tid>/syscall, "running" for one that does not sleep. Returns false when the thread has
 * gone. One that cannot be looked at (a sandbox, no descriptor left) counts as running: nothing is known of
 * it.
 *
 * To be asked, as the two below, only of a thread that has been seen in a call that it sleeps in, or that
 * may write a marked file. The kernel takes the exec_update_lock of its process for it (lock_trace() in
 * fs/proc/base.c), which an execve() of any other may hold for as long as a file system likes that has to
 * flush a file.
 */
bool task_syscall(int tid, char *line, size_t len);

enum whereabouts {
	TASK_GONE,
	TASK_RUNNING, /* in user mode, in the kernel, or waiting for a CPU */
	TASK_ASLEEP,
};

enum whereabouts task_whereabouts(int tid);

/*
 * Whether thread @tid is in a system call that writes, or runs. A stop takes as long as the remote
 * processor's driver likes, and the state says "running" until it is over.
 */
bool task_is_writing(int tid);

/* The same of a call that may close a file or unload a module, and of one that opens a file. */
bool task_is_closing(int tid);
bool task_is_opening(int tid);

/* TASK_ASLEEP: in poll(), select() or a relative. TASK_GONE: certainly in no such call. */
enum whereabouts task_polls(int tid);

/* The same by a line of task_syscall() of a thread that sleeps. */
bool syscall_line_polls(const char *line);

/* The same of a call that may do anything. */
bool task_is_in_ioctl(int tid);

/* The same of a call that does what the program has queued: of aio, of an io_uring. */
bool task_is_submitting(int tid);

/*
 * A descriptor that stands for process @pid and no other, also when its number is given away later
 * (pidfd_open(), 5.3, commit 32fcb426ec00). Negative errno when it has gone.
 */
int process_open(int pid);

/* Sends @signal to the process of @fd; returns 0 or a negative errno. */
int process_signal(int fd, int signal);

/* A process in a walk: name @name in the folder @proc, a descriptor of /proc. */
struct process {
	int proc;
	const char *name;
	pid_t pid;
};

/* A walk ends early when it returns false. */
typedef bool (*glance_fn)(const struct process *p, void *arg);
typedef bool (*process_fn)(pid_t pid, const struct task_stat *stat, void *arg);
typedef bool (*thread_fn)(pid_t tid, void *arg);

/*
 * Calls @fn for every process but this one, zombies and exiting processes included. Processes
 * that end or begin meanwhile may be missed. Returns whether every call returned true and no
 * process was left out because it could not be read.
 */
bool processes_each(process_fn fn, void *arg);

/* The same where mostly less is wanted of a process than its stat, which is long to make and to read. */
bool processes_glance(glance_fn fn, void *arg);

/* How many threads it has; 1 when it has gone. */
unsigned int process_threads(const struct process *p);

/* The same as processes_each() for every thread of the kernel. */
bool kernel_threads_each(process_fn fn, void *arg);

/* The threads of process @pid; true for one that has gone. */
bool threads_each(pid_t pid, thread_fn fn, void *arg);

#endif
