/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Getting ready for a machine that runs short of something while a stop is held.
 */
#ifndef RPMSG_GUARD_SERVICE_SHORTAGE_H
#define RPMSG_GUARD_SERVICE_SHORTAGE_H

/*
 * Descriptors: an event of fanotify comes with one, and where there is none left the kernel refuses
 * the open, a reader's too. Memory: the guard is not what the kernel should kill to get some, and what
 * it has touched stays in memory, so that a hold never waits for flash storage. What is not allowed
 * is left as it is.
 */
void shortage_prepare(void);

/* After work that took a lot of memory, as reading the kernel's BTF does. */
void memory_give_back(void);

/* The same once the service is ready, and the code that only the start has used. */
void start_give_back(void);

#endif
