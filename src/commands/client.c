// SPDX-License-Identifier: GPL-2.0-only
/* A connection to the socket of the service, and its answer to the end. */
#include "commands/client.h"

#include <errno.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "system/run_dir.h"

#define TEXT_MAX (1 << 20)
/* A service that does not answer in that time is stuck, which is worth a message. */
#define ANSWER_TIMEOUT_S 5

static int connect_service(void)
{
	const struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = CONTROL_SOCKET };
	const struct timeval timeout = { .tv_sec = ANSWER_TIMEOUT_S };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int err;

	if (fd < 0)
		return -errno;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
	if (connect(fd, (const struct sockaddr *)&address, sizeof(address)) == 0)
		return fd;
	err = -errno;
	close(fd);
	return err;
}

int status_read(int fd, struct json_object **out)
{
	char *text = malloc(TEXT_MAX);
	size_t len = 0;
	ssize_t n = 0;
	int err;

	*out = NULL;
	if (!text)
		return -ENOMEM;
	while (len < TEXT_MAX - 1 && (n = read(fd, text + len, TEXT_MAX - 1 - len)) > 0)
		len += (size_t)n;
	err = n < 0 ? -errno : 0;
	text[len] = '\0';
	if (!err)
		*out = json_tokener_parse(text);
	free(text);
	if (err || json_object_is_type(*out, json_type_object))
		return err;
	json_object_put(*out);
	*out = NULL;
	return -EINVAL;
}

int status_ask(struct json_object **out)
{
	int fd = connect_service();
	int err;

	*out = NULL;
	if (fd >= 0) {
		err = status_read(fd, out);
		close(fd);
	} else {
		err = fd;
	}
	/* A service that is dying takes the connection with it. */
	return err == -ECONNREFUSED || err == -ENOENT || err == -ECONNRESET ? -ESRCH : err;
}

struct json_object *status_remoteproc(struct json_object *status, const char *name)
{
	struct json_object *rps, *o, *value;

	if (!json_object_object_get_ex(status, "remoteprocs", &rps) ||
	    !json_object_is_type(rps, json_type_array))
		return NULL;
	for (size_t i = 0; i < json_object_array_length(rps); i++) {
		o = json_object_array_get_idx(rps, i);
		if (json_object_object_get_ex(o, "name", &value) &&
		    json_object_is_type(value, json_type_string) &&
		    strcmp(json_object_get_string(value), name) == 0)
			return o;
	}
	return NULL;
}

const char *service_start_command(void)
{
	/* sd_booted(3): only systemd makes it. */
	return access("/run/systemd/system", F_OK) == 0 ? "systemctl enable --now rpmsg-guard"
							: "rpmsg-guard run --supervise &";
}
