// SPDX-License-Identifier: GPL-2.0-only
/* Makes a fanotify group of the class that can say the most, and answers its events. */
#include "hold/opens.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/fanotify.h>
#include <unistd.h>

/* FAN_DENY_ERRNO(EBUSY), from 6.14 on (commit b4b2ff4f61de); headers of Debian 12 do not have it. */
#define DENY_BUSY (FAN_DENY | (uint32_t)EBUSY << 24)

/*
 * FAN_REPORT_TID (4.20, commit d0a6a87e40da) names the thread whose system call has to be read. An
 * unlimited queue cannot overflow: a lost permission event would be a stop that nobody held.
 */
static int open_class(unsigned int class, int access)
{
	return fanotify_init(class | FAN_CLOEXEC | FAN_NONBLOCK | FAN_REPORT_TID |
				     FAN_UNLIMITED_QUEUE,
			     (unsigned int)access | O_CLOEXEC | O_LARGEFILE | O_NONBLOCK);
}

static bool respond(int fd, int answer, uint32_t response)
{
	const struct fanotify_response r = { .fd = answer, .response = response };

	return write(fd, &r, sizeof(r)) == sizeof(r);
}

/* A new group has no event: a kernel that knows the answer misses the event, others refuse the answer. */
static bool can_say_busy(int fd)
{
	return !respond(fd, 0, DENY_BUSY) && errno == ENOENT;
}

/*
 * Only this class may give an errno. For opens the two differ in nothing else but the order among groups
 * (process_access_response() of 7.3); so without an errno it stays the class that others expect.
 */
bool opens_watch(struct opens *group, int access)
{
	group->fd = open_class(FAN_CLASS_PRE_CONTENT, access);
	group->says_busy = group->fd >= 0 && can_say_busy(group->fd);
	if (group->says_busy)
		return true;
	if (group->fd >= 0)
		close(group->fd);
	group->fd = open_class(FAN_CLASS_CONTENT, access);
	return group->fd >= 0;
}

bool opens_answer(const struct opens *group, int answer, bool allow)
{
	return respond(group->fd, answer,
		       allow		  ? FAN_ALLOW
		       : group->says_busy ? DENY_BUSY
					  : FAN_DENY);
}
