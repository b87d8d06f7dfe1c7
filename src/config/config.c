// SPDX-License-Identifier: GPL-2.0-only
/* Lines, sections and mistakes of the configuration file. */
#include "config/config.h"

#include <errno.h>
#include <ini.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/keys.h"
#include "log/log.h"

#define SECTION_PREFIX "remoteproc"

/* What one pass over the file knows. */
struct parser {
	const char *path;
	FILE *file;
	int line;
	struct config *config;
	struct rproc_section *section; /* NULL before the first */
	uint64_t seen;		       /* bit per key in this section */
	char *err;
	size_t errlen;
	bool failed;
};

static void __attribute__((format(printf, 2, 3))) fail(struct parser *p, const char *fmt, ...)
{
	va_list ap;
	int n;

	if (p->failed)
		return; /* the first mistake is to be mended first */
	p->failed = true;
	n = snprintf(p->err, p->errlen, "%s:%d: ", p->path, p->line);
	if (n < 0 || (size_t)n >= p->errlen)
		return;
	va_start(ap, fmt);
	vsnprintf(p->err + n, p->errlen - (size_t)n, fmt, ap);
	va_end(ap);
}

static void set_defaults(struct config *config)
{
	*config = (struct config){
		.defaults = {
			.hold_timeout_ms = 20000,
			.close_timeout_ms = 5000,
			.write_timeout_ms = 5000,
			.on_timeout = ON_TIMEOUT_REFUSE,
			.on_open_descriptor = OOD_REFUSE,
			.eject = true,
			.own_recovery = true,
		},
		.want_level = LEVEL_AUTO,
		.refused_errno = ESHUTDOWN,
		.dead_send = DEAD_DROP,
		.episodes_max = 50,
		.episodes_size = 8 << 20,
	};
}

static struct rproc_section *find_section(const struct config *config, const char *name)
{
	struct rproc_section *s;

	for (s = config->sections; s && strcmp(s->name, name) != 0; s = s->next)
		;
	return s;
}

/* Sections start from the settings for all, which therefore have to come first in the file. */
static void begin_section(struct parser *p, const char *name)
{
	struct rproc_section *s;

	if (find_section(p->config, name)) {
		fail(p, "section [" SECTION_PREFIX " %s] is there twice; allowed: one for each",
		     name);
		return;
	}
	s = calloc(1, sizeof(*s));
	if (s)
		s->name = strdup(name);
	if (!s || !s->name) {
		free(s);
		fail(p, "out of memory");
		return;
	}
	s->settings = p->config->defaults;
	s->next = p->config->sections;
	p->config->sections = s;
	p->section = s;
	p->seen = 0;
}

static void section_line(struct parser *p, char *line)
{
	char *end = strchr(line, ']'), *name = line + 1;
	const size_t n = strlen(SECTION_PREFIX);

	if (!end || end[1 + strspn(end + 1, " \t\r\n")] != '\0') {
		fail(p, "a section is not closed by ']'; allowed: [" SECTION_PREFIX " NAME]");
		return;
	}
	*end = '\0';
	if (strncmp(name, SECTION_PREFIX, n) != 0 || !strchr(" \t", name[n]) ||
	    name[n + strspn(name + n, " \t")] == '\0')
		fail(p, "unknown section [%s]; allowed: [" SECTION_PREFIX " NAME]", name);
	else
		begin_section(p, name + n + strspn(name + n, " \t"));
	*end = ']';
}

/*
 * inih tells its handler no line numbers, splits lines that are too long without a word, cuts off
 * section names at 49 bytes and says nothing of empty sections. All of that is seen here, where the
 * lines come in. Leading white space goes, so that an indented line is not a continuation.
 */
static char *read_line(char *buf, int len, void *stream)
{
	struct parser *p = stream;
	size_t n, blank;

	if (p->failed || !fgets(buf, len, p->file))
		return NULL;
	p->line++;
	n = strlen(buf);
	if (n == (size_t)len - 1 && buf[n - 1] != '\n') {
		fail(p, "line too long; allowed: %d bytes", len - 2);
		return NULL;
	}
	blank = strspn(buf, " \t");
	memmove(buf, buf + blank, n - blank + 1);
	if (buf[0] == '[')
		section_line(p, buf);
	return p->failed ? NULL : buf;
}

static int on_key(void *user, const char *section, const char *name, const char *value)
{
	struct parser *p = user;
	struct rproc_config *settings = p->section ? &p->section->settings : &p->config->defaults;
	const struct config_key *key = config_key_find(name);
	char list[512];

	(void)section;
	if (config_key_is_retired(name)) {
		log_warning("%s:%d: %s has no effect any more and can be deleted", p->path, p->line,
			    name);
		return 1;
	}
	if (!key || !config_key_fits(key, p->section != NULL)) {
		config_key_names(p->section != NULL, list, sizeof(list));
		fail(p, "%s key '%s'%s; allowed: %s", key ? "misplaced" : "unknown", name,
		     !key	  ? ""
		     : p->section ? " in a [" SECTION_PREFIX "] section"
				  : " outside of a [" SECTION_PREFIX "] section",
		     list);
		return 1;
	}
	if (p->seen & config_key_bit(key))
		fail(p, "%s is set twice; allowed: once in a section", name);
	else if (!config_key_set(key, p->config, settings, value))
		fail(p, "%s = %s: not a valid value; allowed: %s", name, value, key->allowed);
	p->seen |= config_key_bit(key);
	return 1;
}

static int parse(struct parser *p)
{
	int bad_line = ini_parse_stream(read_line, p, on_key, p);

	if (bad_line > 0 && !p->failed) {
		p->line = bad_line;
		fail(p, "not a setting; allowed: key = value, [" SECTION_PREFIX
			" NAME], or a comment that begins with # or ;");
	} else if (bad_line < 0) {
		fail(p, "out of memory");
	}
	if (!p->failed && ferror(p->file))
		fail(p, "%s", strerror(EIO));
	return p->failed ? -EINVAL : 0;
}

int config_load(const char *path, struct config *config, char *err, size_t errlen)
{
	struct parser p = {
		.path = path ? path : CONFIG_PATH, .config = config, .err = err, .errlen = errlen
	};
	int result;

	set_defaults(config);
	p.file = fopen(p.path, "re");
	if (!p.file && !path && errno == ENOENT)
		return 0;
	if (!p.file) {
		result = -errno;
		snprintf(err, errlen, "%s: %s", p.path, strerror(errno));
		return result;
	}
	result = parse(&p);
	fclose(p.file);
	if (result)
		config_free(config);
	return result;
}

void config_free(struct config *config)
{
	struct rproc_section *s;

	while ((s = config->sections)) {
		config->sections = s->next;
		free(s->settings.ttys);
		free(s->name);
		free(s);
	}
	free(config->btf_path);
	config->btf_path = NULL;
	free(config->episodes_dir);
	config->episodes_dir = NULL;
	free(config->metrics_file);
	config->metrics_file = NULL;
}

const struct rproc_config *config_for(const struct config *config, const char *rproc_name,
				      const char *sysfs_name)
{
	const struct rproc_section *s = find_section(config, sysfs_name);

	if (!s)
		s = find_section(config, rproc_name);
	return s ? &s->settings : &config->defaults;
}
