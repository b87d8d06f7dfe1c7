// SPDX-License-Identifier: GPL-2.0-only
/* /dev/kmsg, where each message of a device says what the device is. */
#include "service/crashes.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "log/log.h"

/* Whoever fills the log all the time must not keep the event loop here: what is left is read next time. */
#define RECORDS_MAX 1000

int crashes_open(void)
{
	const int fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0)
		log_debug("/dev/kmsg: %s", strerror(errno));
	/* What was said before is nothing new. */
	else if (lseek(fd, 0, SEEK_END) < 0)
		log_debug("/dev/kmsg: old messages cannot be skipped: %s", strerror(errno));
	return fd;
}

bool crashes_read(int fd)
{
	static const char mark[] = "\n SUBSYSTEM=remoteproc\n";
	bool any = false;
	/* As long as a record can be (CONSOLE_EXT_LOG_MAX in kernel/printk/printk.c): a longer one would stay there. */
	char record[8192];
	ssize_t n;

	for (int i = 0; i < RECORDS_MAX; i++) {
		n = read(fd, record, sizeof(record));
		/* EPIPE: some were overwritten. */
		if (n <= 0 && !(n < 0 && errno == EPIPE))
			break;
		any |= n < 0 || memmem(record, (size_t)n, mark, sizeof(mark) - 1);
	}
	return any;
}
