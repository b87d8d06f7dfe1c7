// SPDX-License-Identifier: GPL-2.0-only
/* The socket that "rpmsg-guard status" asks. */
#include "service/control.h"

#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "log/log.h"
#include "service/metrics.h"
#include "service/service.h"
#include "service/status.h"
#include "system/files.h"
#include "system/run_dir.h"

int control_listen(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = CONTROL_SOCKET };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return -errno;
	/* The lock is ours, so a socket that lies there belongs to an instance that is dead. */
	unlink(CONTROL_SOCKET);
	/* Who may ask does not depend on the umask; before listen() nobody can. */
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0 ||
	    chmod(CONTROL_SOCKET, 0600) < 0 || listen(fd, 16) < 0) {
		int err = -errno;

		close(fd);
		return err;
	}
	return fd;
}

void control_answer(struct service *service)
{
	/* A reader that does not read must not stop the guard: what does not fit is cut off. */
	int fd = accept4(service->control_fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	struct json_object *status;
	const char *text;

	if (fd < 0)
		return;
	status = status_build(service);
	text = json_object_to_json_string_ext(status, JSON_C_TO_STRING_PLAIN);
	if (send(fd, text, strlen(text), MSG_NOSIGNAL) < 0)
		log_debug("status: the reader did not take the answer: %s", strerror(errno));
	json_object_put(status);
	close(fd);
}

static void save_metrics(struct kept_file *file, struct json_object *status)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	if (!out)
		return;
	metrics_print(out, status, METRICS_KEPT, clock_wall_ms());
	if (fclose(out) == 0)
		kept_file_put(file, text);
	free(text);
}

void control_save(struct service *service)
{
	struct json_object *status = status_build(service);

	kept_file_put(service->status_file,
		      json_object_to_json_string_ext(status, JSON_C_TO_STRING_PLAIN));
	if (service->metrics_file)
		save_metrics(service->metrics_file, status);
	json_object_put(status);
}

void control_end(int fd)
{
	close(fd);
	unlink(CONTROL_SOCKET);
}
