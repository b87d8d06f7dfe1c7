// SPDX-License-Identifier: GPL-2.0-only
/* "report": an episode, drawn or in words. */
#include <argp.h>
#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "commands/client.h"
#include "commands/commands.h"
#include "commands/options.h"
#include "config/config.h"
#include "log/log.h"
#include "system/files.h"
#include "system/run_dir.h"
#include "timeline/describe.h"
#include "timeline/load.h"
#include "timeline/render.h"

/* Keys of options. */
enum form { FORM_TEXT, FORM_JSON = 'j', FORM_HTML = 256, FORM_PERFETTO };
enum { KEY_PSTORE = FORM_PERFETTO + 1, KEY_LIST };

static const struct argp_option options[] = {
	{ OPTION_JSON("Print JSON Lines, in a fixed order and with a summary") },
	{ "html", FORM_HTML, NULL, 0, "Print a web page with a drawing; it needs no network", 0 },
	{ "perfetto", FORM_PERFETTO, NULL, 0, "Print a trace that ui.perfetto.dev opens", 0 },
	{ "output", 'o', "FILE", 0, "Write to FILE instead of standard output", 0 },
	{ "list", KEY_LIST, NULL, 0,
	  "List the episodes, the newest first; with --pstore the last episode of each record", 0 },
	{ "pstore", KEY_PSTORE, NULL, 0,
	  "Look in persistent memory for the episode that a panic cut off. FILE is then a "
	  "record or a folder of records (default: the folders of the kernel and of systemd)",
	  0 },
	{ "directory", 'd', "FOLDER", 0,
	  "Folder of the episodes (default: from the configuration, else " EPISODES_DIR ")", 0 },
	{ 0 },
};

static const char doc[] =
	"Shows the record of one stop, unbind, recovery or shutdown: the senders, the steps of "
	"the guard with their times, the result, and what to do next.\vFILE is an episode that "
	"a service recorded, on any machine (docs/episode-format.md); \"-\" is standard input. "
	"ID is the name of an episode in " EPISODES_DIR ", as --list prints it. Without FILE "
	"and ID the command shows the newest episode.\n\nExamples:\n  rpmsg-guard "
	"report                                the last stop\n  rpmsg-guard report "
	"--list                         all recorded episodes\n  rpmsg-guard report --html -o "
	"stop.html FILE       with a drawing\n  rpmsg-guard report "
	"--pstore                       after a panic\n\n" EXIT_STATUS_HELP;

struct arguments {
	enum form form;
	bool pstore, list;
	const char *output, *directory, *what;
	struct options shared;
};

static void check(const struct arguments *a, struct argp_state *state)
{
	if (a->list && (a->form != FORM_TEXT || a->output))
		argp_error(state, "--list prints text to standard output; it takes no --json, "
				  "--html, --perfetto and --output");
	if (a->list && !a->pstore && a->what)
		argp_error(state, "--list takes no FILE; give the folder with --directory");
}

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
	struct arguments *a = state->input;

	switch (key) {
	case FORM_JSON:
	case FORM_HTML:
	case FORM_PERFETTO:
		if (a->form != FORM_TEXT && a->form != (enum form)key)
			argp_error(state, "give only one of --json, --html and --perfetto");
		a->form = (enum form)key;
		return 0;
	case KEY_PSTORE:
		a->pstore = true;
		return 0;
	case KEY_LIST:
		a->list = true;
		return 0;
	case 'o':
		a->output = arg;
		return 0;
	case 'd':
		a->directory = arg;
		return 0;
	case ARGP_KEY_END:
		a->what = a->shared.argument;
		check(a, state);
		return 0;
	default:
		return options_parse(key, arg, state, &a->shared);
	}
}

static const struct argp argp = { .options = options,
				  .parser = parse_option,
				  .args_doc = "[FILE|ID]",
				  .doc = doc };

/* ---- where it comes from ---- */

static int load(const char *path, char **bytes, size_t *len)
{
	const int err = load_bytes(path, bytes, len);

	if (err)
		log_error("%s: %s", path,
			  err == -EFBIG ? "larger than 64 MiB, so it is not an episode"
					: strerror(-err));
	return err ? EXIT_STATUS_USAGE : EXIT_STATUS_DONE;
}

static int parse(const char *path, const char *bytes, size_t len, int flags, struct recording *r)
{
	char why[256];
	const int err = recording_parse(r, bytes, len, flags, why, sizeof(why));

	if (err)
		log_error("%s: %s", strcmp(path, "-") == 0 ? "standard input" : path, why);
	if (err == -ENOMEM)
		return EXIT_STATUS_FAILED;
	return err ? EXIT_STATUS_USAGE : EXIT_STATUS_DONE;
}

/* Whether the service that has begun it is still there, and may write on. */
static bool is_going_on(const char *path, const struct recording *r)
{
	struct json_object *status;
	struct stat ready, file;
	char boot_id[64];

	if (r->ended ||
	    file_read_line("/proc/sys/kernel/random/boot_id", boot_id, sizeof(boot_id)) < 0 ||
	    strcmp(boot_id, r->boot_id) != 0)
		return false;
	/* One that has started since has not written it. */
	if (stat(READY_FILE, &ready) != 0 || stat(path, &file) != 0 ||
	    ready.st_mtim.tv_sec > file.st_mtim.tv_sec || status_ask(&status) != 0)
		return false;
	json_object_put(status);
	return true;
}

static int read_file(const char *path, struct recording *r)
{
	char *bytes;
	size_t len;
	int status = load(path, &bytes, &len);

	if (status != EXIT_STATUS_DONE)
		return status;
	status = parse(path, bytes, len, 0, r);
	free(bytes);
	if (status == EXIT_STATUS_DONE)
		r->going_on = is_going_on(path, r);
	return status;
}

static int find_files(const char *directory, struct paths *files)
{
	const int err = paths_of_episodes(files, directory);

	if (err && err != -ENOENT)
		log_error("%s: %s", directory, strerror(-err));
	else if (files->n == 0)
		log_error("no episode in %s: the service records an episode for each stop; see "
			  "--directory",
			  directory);
	else
		return EXIT_STATUS_DONE;
	return EXIT_STATUS_FAILED;
}

static int read_newest(const char *directory, struct recording *r)
{
	struct paths files;
	int status = find_files(directory, &files);

	if (status == EXIT_STATUS_DONE)
		status = read_file(files.list[0], r);
	paths_free(&files);
	return status;
}

/* A FILE, or an ID of the directory. */
static int read_named(const struct arguments *a, struct recording *r)
{
	char path[4096];

	if (strcmp(a->what, "-") == 0 || strchr(a->what, '/') || access(a->what, F_OK) == 0)
		return read_file(a->what, r);
	snprintf(path, sizeof(path), "%s/%s" EPISODE_SUFFIX, a->directory, a->what);
	if (access(path, F_OK) == 0)
		return read_file(path, r);
	log_error("there is no file '%s' and no episode with this name in %s (see --list)", a->what,
		  a->directory);
	return EXIT_STATUS_USAGE;
}

static int read_pstore_record(const char *path, const char *bytes, size_t len, const char *id,
			      struct recording *r)
{
	size_t lines_len;
	char *lines = pstore_lines(bytes, len, id, &lines_len);
	int status = EXIT_STATUS_FAILED;

	if (!lines)
		log_error("not enough memory");
	else
		status = parse(path, lines, lines_len, RECORDING_SALVAGE, r);
	free(lines);
	if (status == EXIT_STATUS_DONE && r->headless && recording_name(r, id) != 0)
		status = EXIT_STATUS_FAILED;
	return status;
}

/* The last episode of one record: shows its name, or reads it when there is @r. */
static int use_record(const char *path, const char *bytes, size_t len, const char *id,
		      struct recording *r)
{
	if (r)
		return read_pstore_record(path, bytes, len, id, r);
	printf("%s  %s\n", id, path);
	return EXIT_STATUS_DONE;
}

/* Lists the last episodes of all records in @place, or reads that of the newest when there is @r. */
static int use_pstore(const char *place, struct recording *r)
{
	struct paths files;
	const int err = paths_of_pstore(&files, place);
	int status = EXIT_STATUS_FAILED;
	bool found = false;

	if (err)
		log_error("%s: %s", place ? place : "persistent memory", strerror(-err));
	for (size_t i = 0; !err && !(found && r) && i < files.n; i++) {
		char id[PSTORE_ID_MAX];
		char *bytes;
		size_t len;

		if (load(files.list[i], &bytes, &len) != EXIT_STATUS_DONE)
			continue;
		if (pstore_last_id(bytes, len, id)) {
			status = use_record(files.list[i], bytes, len, id, r);
			found = true;
		}
		free(bytes);
	}
	if (!err && !found)
		log_error("no episode in %s: is there a ramoops region with a pmsg zone?",
			  place ? place : "/sys/fs/pstore and /var/lib/systemd/pstore");
	paths_free(&files);
	return err ? EXIT_STATUS_USAGE : status;
}

/* ---- where it goes to ---- */

static bool wants_color(const struct arguments *a)
{
	const char *no_color = getenv("NO_COLOR");

	return !a->output && isatty(STDOUT_FILENO) && !(no_color && no_color[0]);
}

static int render(FILE *out, const struct arguments *a, const struct recording *r,
		  const struct findings *f)
{
	switch (a->form) {
	case FORM_PERFETTO:
		return render_perfetto(out, r, f);
	case FORM_JSON:
		render_json(out, r, f);
		break;
	case FORM_HTML:
		render_html(out, r, f);
		break;
	case FORM_TEXT:
		render_text(out, r, f, wants_color(a));
		break;
	}
	return 0;
}

static int print_report(const struct arguments *a, const struct recording *r)
{
	const char *name = a->output ? a->output : "standard output";
	FILE *out = a->output ? fopen(a->output, "we") : stdout;
	int status = EXIT_STATUS_FAILED;
	struct findings f;

	if (!out) {
		log_error("%s: %s", name, strerror(errno));
		return status;
	}
	if (findings_of(&f, r) != 0 || render(out, a, r, &f) != 0)
		log_error("not enough memory");
	else if (ferror(out) || fflush(out) != 0)
		log_error("%s: %s", name, strerror(errno));
	else
		status = EXIT_STATUS_DONE;
	findings_free(&f);
	if (out == stdout || fclose(out) == 0 || status != EXIT_STATUS_DONE)
		return status;
	log_error("%s: %s", name, strerror(errno));
	return EXIT_STATUS_FAILED;
}

/* ---- the list ---- */

static void list_file(const char *path)
{
	struct recording r;
	char result[512];

	if (read_file(path, &r) != EXIT_STATUS_DONE)
		return;
	result_text(&r, result, sizeof(result));
	printf("%-36s  %-9s %s\n", r.id, r.action[0] ? r.action : "-", result);
	recording_free(&r);
}

static int list_files(const char *directory)
{
	struct paths files;
	const int status = find_files(directory, &files);

	for (size_t i = 0; i < files.n; i++)
		list_file(files.list[i]);
	paths_free(&files);
	return status;
}

static int list(const struct arguments *a)
{
	const int status = a->pstore ? use_pstore(a->what, NULL) : list_files(a->directory);

	if (fflush(stdout) == 0)
		return status;
	log_error("standard output: %s", strerror(errno));
	return EXIT_STATUS_FAILED;
}

static int report(const struct arguments *a)
{
	struct recording r;
	int status;

	if (a->list)
		return list(a);
	if (a->pstore)
		status = use_pstore(a->what, &r);
	else
		status = a->what ? read_named(a, &r) : read_newest(a->directory, &r);
	if (status == EXIT_STATUS_DONE) {
		status = print_report(a, &r);
		recording_free(&r);
	}
	return status;
}

/* Where the service of this machine keeps them. A file from elsewhere can be read whatever it says. */
static const char *configured_directory(struct config *config)
{
	char err[512];

	if (config_load(NULL, config, err, sizeof(err))) {
		log_warning("%s; looking in " EPISODES_DIR, err);
		return EPISODES_DIR;
	}
	return config->episodes_dir ? config->episodes_dir : EPISODES_DIR;
}

int cmd_report(int argc, char **argv)
{
	struct arguments a = { .shared.takes = TAKES_FILE_OR_ID };
	struct config config = { 0 };
	int status;

	argp_parse(&argp, argc, argv, 0, NULL, &a);
	log_init(LVL_NOTICE, log_to_journal());
	if (!a.directory)
		a.directory = configured_directory(&config);
	status = report(&a);
	config_free(&config);
	return status;
}
