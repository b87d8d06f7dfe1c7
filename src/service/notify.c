// SPDX-License-Identifier: GPL-2.0-only
/* Tells systemd how the service is. */
#include "service/notify.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "log/log.h"

uint64_t notify_watchdog_ms(void)
{
	const char *text = getenv("WATCHDOG_USEC");
	const uint64_t us = text ? strtoull(text, NULL, 10) : 0;

	return us ? us / 1000 : UINT64_MAX;
}

bool notify_systemd(const char *state)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	const char *path = getenv("NOTIFY_SOCKET");
	size_t len = path ? strlen(path) : 0;
	bool full = false;
	int fd;

	if (!len || len >= sizeof(address.sun_path))
		return true;
	memcpy(address.sun_path, path, len);
	if (path[0] == '@')
		address.sun_path[0] = '\0'; /* an abstract socket */
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return false;
	if (sendto(fd, state, strlen(state), MSG_NOSIGNAL | MSG_DONTWAIT,
		   (struct sockaddr *)&address,
		   (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len)) < 0) {
		full = errno == EAGAIN || errno == ENOBUFS;
		log_debug("systemd did not take a message: %s", strerror(errno));
	}
	close(fd);
	return !full;
}
