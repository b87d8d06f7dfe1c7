// SPDX-License-Identifier: GPL-2.0-only
/* A thread that writes to the tty all the time, and closes it when it is gone. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <termios.h>
#include <unistd.h>

#include "callers.h"

static pthread_t thread;
static atomic_int sender_tid;
static int sender_error;

static void *send_all_the_time(void *arg)
{
	char message[512];
	int fd = open(arg, O_RDWR | O_NOCTTY | O_CLOEXEC);
	struct termios t;

	if (fd < 0 || tcgetattr(fd, &t) < 0)
		die(arg);
	cfmakeraw(&t);
	tcsetattr(fd, TCSANOW, &t);
	memset(message, 's', sizeof(message));
	atomic_store(&sender_tid, (int)syscall(SYS_gettid));
	while (write(fd, message, sizeof(message)) >= 0)
		;
	sender_error = errno;
	close(fd);
	return NULL;
}

/* It does nothing that sleeps but its write. */
static bool sleeps(int tid)
{
	char path[64], line[512] = "", *state;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/self/task/%d/stat", tid);
	f = fopen(path, "re");
	if (!f || !fgets(line, sizeof(line), f))
		die(path);
	fclose(f);
	state = strrchr(line, ')');
	return state && state[2] == 'S';
}

void start_sender(const char *tty)
{
	if (pthread_create(&thread, NULL, send_all_the_time, (void *)tty))
		die("thread");
	while (!atomic_load(&sender_tid) || !sleeps(atomic_load(&sender_tid)))
		sleep_ms(1);
}

/* The errno that ended it. */
int end_sender(void)
{
	pthread_join(thread, NULL);
	return sender_error;
}
