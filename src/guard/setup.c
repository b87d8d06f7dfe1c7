// SPDX-License-Identifier: GPL-2.0-only
#include "guard/setup.h"

#include <errno.h>
#include <unistd.h>

#include "log/log.h"
#include "system/exit_status.h"
#include "system/trust.h"

static int try_level(const struct config *config, enum level level, struct guard **guard)
{
	const struct guard_options options = {
		.level = level,
		.refused_errno = config->refused_errno,
		.fail_dead = config->dead_send == DEAD_FAIL,
		.btf_path = config->btf_path,
		.flight_sends = GUARD_FLIGHT_SENDS,
	};
	char reason[256] = "";
	int err;

	err = guard_open(guard, &options, reason, sizeof(reason));
	if (err)
		log_notice("level %s is not possible: %s", level_name(level), reason);
	return err;
}

static enum level wanted(const struct config *config, bool observe_only)
{
	if (observe_only)
		return LEVEL_OBSERVE;
	return config->want_level == LEVEL_AUTO ? LEVEL_OVERRIDE : config->want_level;
}

int guard_setup(const struct config *config, bool observe_only, enum level *level,
		struct guard **guard, struct watch **watch)
{
	const bool demanded = observe_only || config->want_level != LEVEL_AUTO;
	char reason[256] = "";
	int err;

	*guard = NULL;
	*watch = NULL;
	/* What every level rests on. Without it "guarding" would be a word. Others than root fail below. */
	if (!observe_only && geteuid() == 0 &&
	    (!trust_pid_namespace(reason, sizeof(reason)) || !trust_proc(reason, sizeof(reason)))) {
		log_error("stops cannot be guarded: %s", reason);
		return EXIT_STATUS_KERNEL;
	}
	*level = wanted(config, observe_only);
	while (*level > LEVEL_USERSPACE && try_level(config, *level, guard)) {
		if (demanded) {
			log_error("level %s was asked for and cannot be had", level_name(*level));
			return EXIT_STATUS_KERNEL;
		}
		(*level)--;
	}
	if (observe_only)
		return EXIT_STATUS_DONE;
	if (*level == LEVEL_MANUAL) {
		log_error("level manual needs no service; use 'rpmsg-guard stop NAME'");
		return EXIT_STATUS_USAGE;
	}
	err = watch_open(watch, reason, sizeof(reason));
	if (err) {
		log_error("stops cannot be held: %s", reason);
		guard_close(*guard);
		*guard = NULL;
		return err == -EPERM ? EXIT_STATUS_FAILED : EXIT_STATUS_KERNEL;
	}
	return EXIT_STATUS_DONE;
}
