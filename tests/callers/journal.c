// SPDX-License-Identifier: GPL-2.0-only
/* Stands in for the journal: prints the fields of each datagram, one datagram in a line. */
#include <endian.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "callers.h"

/* NAME, newline, length, value, newline; nothing else is written by rpmsg-guard. */
static void print_fields(const char *bytes, size_t len)
{
	const char *end = bytes + len, *newline;
	uint64_t n;

	while ((newline = memchr(bytes, '\n', (size_t)(end - bytes))) &&
	       newline + 1 + sizeof(n) < end) {
		memcpy(&n, newline + 1, sizeof(n));
		n = le64toh(n);
		printf("%.*s=", (int)(newline - bytes), bytes);
		bytes = newline + 1 + sizeof(n);
		if (n >= (uint64_t)(end - bytes))
			break;
		printf("%.*s;", (int)n, bytes);
		bytes += n + 1;
	}
	puts(bytes == end ? "" : "BROKEN");
	fflush(stdout);
}

int run_journal(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
	char bytes[16384];
	ssize_t n;

	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
		die(path);
	while ((n = recv(fd, bytes, sizeof(bytes), 0)) > 0)
		print_fields(bytes, (size_t)n);
	die(path);
}
