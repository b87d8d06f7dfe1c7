// SPDX-License-Identifier: GPL-2.0-only
/* One line becomes one datagram of fields. */
#include "log/journal_socket.h"

#include <endian.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "log/about.h"
#include "log/log.h"

/*
 * All fields but the text, at their longest. With the text a datagram has less than 4 KiB, and each socket
 * takes that: no memfd is needed, which is how the journal takes what is too large.
 */
#define FIELDS_MAX 1024

static struct sockaddr_un address = { .sun_family = AF_UNIX };
static int journal_fd = -1;
static const char *_Atomic guard_level = "";

static const char *const field_names[] = {
	[FIELD_REMOTEPROC] = "REMOTEPROC",
	[FIELD_CALLER] = "CALLER",
	[FIELD_CALLER_PID] = "CALLER_PID",
	[FIELD_EPISODE] = "EPISODE",
};

static const char *const message_ids[] = { [LOG_PLAIN] = "",
#define X(event, id) [event] = id,
					   MESSAGE_IDS(X)
#undef X
};

void journal_begin(const char *path)
{
	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	if (journal_fd < 0)
		journal_fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
}

bool journal_is_used(void)
{
	return journal_fd >= 0;
}

void journal_set_level(const char *level)
{
	atomic_store(&guard_level, level);
}

/* NAME, newline, length in little endian: the form that takes any value. The value and a newline follow. */
static size_t put_head(char *out, const char *name, size_t len)
{
	const uint64_t le = htole64(len);
	const size_t n = (size_t)sprintf(out, "%s\n", name);

	memcpy(out + n, &le, sizeof(le));
	return n + sizeof(le);
}

/* Nothing at all for "". Returns the number of bytes. */
static size_t put_field(char *out, const char *name, const char *value)
{
	const size_t len = strlen(value);
	size_t n;

	if (!len)
		return 0;
	n = put_head(out, name, len);
	memcpy(out + n, value, len);
	out[n + len] = '\n';
	return n + len + 1;
}

static size_t put_fields(char *out, const struct journal_line *line)
{
	const char priority[] = { (char)('0' + line->priority), '\0' };
	const char *value = line->about;
	size_t n = 0;

	n += put_field(out + n, "PRIORITY", priority);
	n += put_field(out + n, "SYSLOG_IDENTIFIER", "rpmsg-guard");
	n += put_field(out + n, "MESSAGE_ID", message_ids[line->event]);
	n += put_field(out + n, "LEVEL", atomic_load(&guard_level));
	for (int i = 0; i < N_LOG_FIELDS; i++) {
		n += put_field(out + n, field_names[i], value);
		value += strlen(value) + 1;
	}
	return n;
}

bool journal_send(const struct journal_line *line)
{
	char head[32], fields[FIELDS_MAX];
	struct iovec parts[] = {
		{ fields, put_fields(fields, line) },
		{ head, put_head(head, "MESSAGE", line->len) },
		{ (char *)line->text, line->len },
		{ (char *)"\n", 1 },
	};
	/* By its name each time: the socket of a journal that was started anew is another one. */
	const struct msghdr msg = {
		.msg_name = &address,
		.msg_namelen = sizeof(address),
		.msg_iov = parts,
		.msg_iovlen = sizeof(parts) / sizeof(parts[0]),
	};

	return journal_fd >= 0 && sendmsg(journal_fd, &msg, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0;
}
