// SPDX-License-Identifier: GPL-2.0-only
/* Lines, sections and mistakes of the configuration files. */
#include "config/config.h"

#include <errno.h>
#include <ini.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/keys.h"
#include "config/open.h"
#include "log/log.h"

#define SECTION_PREFIX "remoteproc"

/* What one pass over the file knows. */
struct parser {
	const char *path;
	FILE *file;
	int line;
	struct config *config;
	struct rproc_section *section; /* NULL before the first */
	uint64_t seen;		       /* bit per key in this section of this file */
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

static struct rproc_section *add_section(struct config *config, const char *name)
{
	struct rproc_section *s = calloc(1, sizeof(*s));

	if (s)
		s->name = strdup(name);
	if (!s || !s->name) {
		free(s);
		return NULL;
	}
	s->next = config->sections;
	config->sections = s;
	return s;
}

/* A section of a file before goes on. */
static void begin_section(struct parser *p, const char *name)
{
	struct rproc_section *s = find_section(p->config, name);

	if (s && s->path == p->path) {
		fail(p,
		     "section [" SECTION_PREFIX " %s] is in this file twice; only one is allowed",
		     name);
		return;
	}
	if (!s)
		s = add_section(p->config, name);
	if (!s) {
		fail(p, "out of memory");
		return;
	}
	s->path = p->path;
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

static void fail_unknown(struct parser *p, const char *name)
{
	const struct config_key *nearest = config_key_nearest(name);

	fail(p, "unknown key '%s'%s%s%s; see rpmsg-guard.conf(5) for all keys", name,
	     nearest ? ", the nearest key is '" : "", nearest ? nearest->name : "",
	     nearest ? "'" : "");
}

static int on_key(void *user, const char *section, const char *name, const char *value)
{
	struct parser *p = user;
	struct rproc_config *settings = p->section ? &p->section->settings : &p->config->defaults;
	const struct config_key *key = config_key_find(name);

	(void)section;
	if (config_key_is_retired(name)) {
		log_warning("%s:%d: %s has no effect any more and can be deleted", p->path, p->line,
			    name);
		return 1;
	}
	if (!key) {
		fail_unknown(p, name);
		return 1;
	}
	if (!config_key_fits(key, p->section != NULL)) {
		fail(p, "misplaced key '%s' %s; allowed: %s", name,
		     p->section ? "in a [" SECTION_PREFIX "] section"
				: "outside of a [" SECTION_PREFIX "] section",
		     p->section ? "before the first section"
				: "in a [" SECTION_PREFIX " NAME] section");
		return 1;
	}
	if (p->seen & config_key_bit(key))
		fail(p, "%s is set twice; allowed: once in a section", name);
	else if (!config_key_set(key, p->config, settings, value))
		fail(p, "%s = %s: not a valid value; allowed: %s", name, value, key->allowed);
	p->seen |= config_key_bit(key);
	if (p->section)
		p->section->own |= config_key_bit(key);
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

static int load_file(const char *path, struct config *config, char *err, size_t errlen)
{
	struct parser p = { .path = path, .config = config, .err = err, .errlen = errlen };
	int result;

	p.file = config_open_file(path, err, errlen);
	if (!p.file)
		return -errno;
	result = parse(&p);
	fclose(p.file);
	return result;
}

/* Takes over @files. What is set for all may come behind a section: in a later file. */
static int load_files(char **files, struct config *config, char *err, size_t errlen)
{
	int result = 0;

	set_defaults(config);
	config->files = files;
	for (char **f = files; *f && !result; f++)
		result = load_file(*f, config, err, errlen);
	if (result)
		config_free(config);
	for (struct rproc_section *s = config->sections; s; s = s->next)
		config_keys_inherit(&s->settings, &config->defaults, s->own);
	return result;
}

int config_load_from(const struct config_places *places, struct config *config, char *err,
		     size_t errlen)
{
	char **files = config_files_find(places, err, errlen);

	return files ? load_files(files, config, err, errlen) : -EINVAL;
}

int config_load(const char *path, struct config *config, char *err, size_t errlen)
{
	static const struct config_places places = { CONFIG_PATH, CONFIG_VENDOR_DIR,
						     CONFIG_ADMIN_DIR };
	char **files;

	if (!path)
		return config_load_from(&places, config, err, errlen);
	files = config_files_named(path);
	if (files)
		return load_files(files, config, err, errlen);
	snprintf(err, errlen, "%s: out of memory", path);
	return -ENOMEM;
}

void config_files_text(const struct config *config, char *buf, size_t len)
{
	size_t n = 0;

	snprintf(buf, len, "no file, every setting has its default");
	for (char **f = config->files; *f && n < len; f++)
		n += (size_t)snprintf(buf + n, len - n, "%s%s", n ? ", " : "", *f);
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
	config_files_free(config->files);
	config->files = NULL;
}

const struct rproc_config *config_for(const struct config *config, const char *rproc_name,
				      const char *sysfs_name)
{
	const struct rproc_section *s = find_section(config, sysfs_name);

	if (!s)
		s = find_section(config, rproc_name);
	return s ? &s->settings : &config->defaults;
}
