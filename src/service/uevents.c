// SPDX-License-Identifier: GPL-2.0-only
/* The kernel's netlink socket of uevents, and which of them matter. */
#include "service/uevents.h"

#include <errno.h>
#include <linux/netlink.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "log/log.h"

/* Bytes for uevents that wait to be read: a start of many channels brings some hundred at once. */
#define ROOM (2 * 1024 * 1024)

int uevents_open(void)
{
	const struct sockaddr_nl address = { .nl_family = AF_NETLINK, .nl_groups = 1 };
	const int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK,
			      NETLINK_KOBJECT_UEVENT);
	const int room = ROOM;

	/* Not essential: a loss is noticed. */
	if (fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room)) < 0)
		log_debug("uevents: %s", strerror(errno));
	if (fd >= 0 && bind(fd, (const struct sockaddr *)&address, sizeof(address)) == 0)
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

/* Of the many that a start or stop brings, those that change what there is to guard or to probe. */
static bool matters(const char *message, size_t len)
{
	return memmem(message, len, "SUBSYSTEM=remoteproc", 20) ||
	       memmem(message, len, "SUBSYSTEM=virtio", 16) ||
	       memmem(message, len, "SUBSYSTEM=module", 16);
}

/*
 * @sender is 0 for what the kernel says. Whoever has CAP_NET_ADMIN may send to the same group, and
 * nobody is believed that a driver has been bound but the kernel.
 */
static ssize_t read_one(int fd, char *message, size_t len, uint32_t *sender)
{
	struct sockaddr_nl from = { 0 };
	socklen_t from_len = sizeof(from);
	const ssize_t n = recvfrom(fd, message, len, 0, (struct sockaddr *)&from, &from_len);

	*sender = from.nl_pid;
	return n;
}

bool uevents_read(int fd, struct bound *bound)
{
	bool changed = false, lost = false;
	char message[8192];
	uint32_t sender;
	ssize_t n;

	while ((n = read_one(fd, message, sizeof(message), &sender)) != 0) {
		/* ENOBUFS: some were lost, and there is no telling which. */
		if (n < 0 && errno != ENOBUFS)
			break;
		if (n < 0) {
			lost = true;
			continue;
		}
		if (sender)
			continue;
		changed |= matters(message, (size_t)n);
		bound_uevent(bound, message, (size_t)n);
	}
	/* Only now: the loss is told first, and what was queued before it is older than a look at sysfs. */
	if (lost)
		bound_lost(bound);
	return changed || lost;
}
