// SPDX-License-Identifier: GPL-2.0-only
/* "report": an episode, drawn or in words. */
#include <argp.h>
#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands/commands.h"
#include "commands/episode_list.h"
#include "commands/episode_source.h"
#include "commands/options.h"
#include "config/config.h"
#include "log/log.h"
#include "log/printable.h"
#include "timeline/describe.h"
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
	  "List the episodes, the newest first, in local time (--json: one object); with --pstore "
	  "the last episode of each record",
	  0 },
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
	"a service recorded, on any machine; \"-\" is standard input. "
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
	if (a->list && (a->form == FORM_HTML || a->form == FORM_PERFETTO || a->output))
		argp_error(state, "--list prints to standard output, as text or with --json");
	if (a->list && a->pstore && a->form == FORM_JSON)
		argp_error(state, "--list --pstore prints only text; it takes no --json");
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

static int read_newest(const char *directory, struct recording *r)
{
	struct paths files;
	int status = episodes_find(directory, &files);

	if (status == EXIT_STATUS_DONE)
		status = episode_read(files.list[0], r);
	paths_free(&files);
	return status;
}

/* A FILE, or an ID of the directory. */
static int read_named(const struct arguments *a, struct recording *r)
{
	char path[4096];

	if (strcmp(a->what, "-") == 0 || strchr(a->what, '/') || access(a->what, F_OK) == 0)
		return episode_read(a->what, r);
	snprintf(path, sizeof(path), "%s/%s" EPISODE_SUFFIX, a->directory, a->what);
	if (access(path, F_OK) == 0)
		return episode_read(path, r);
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
		status = episode_parse(path, lines, lines_len, RECORDING_SALVAGE, r);
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

		if (episode_load(files.list[i], &bytes, &len) != EXIT_STATUS_DONE)
			continue;
		if (pstore_last_id(bytes, len, id)) {
			status = use_record(files.list[i], bytes, len, id, r);
			found = true;
		}
		free(bytes);
	}
	if (!err && !found)
		log_error(
			"there is no episode in %s: an episode survives a panic only if the kernel has a "
			"ramoops region with a pmsg zone (pmsg_size)",
			place ? place : "/sys/fs/pstore and /var/lib/systemd/pstore");
	paths_free(&files);
	return err ? EXIT_STATUS_USAGE : status;
}

/* ---- where it goes to ---- */

static void print_text(FILE *out, const struct arguments *a, const struct recording *r,
		       const struct findings *f)
{
	const bool terminal = !a->output && isatty(STDOUT_FILENO);
	const char *no_color = getenv("NO_COLOR");

	render_text(out, r, f, terminal && !(no_color && no_color[0]), terminal);
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
		print_text(out, a, r, f);
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

static int list_as_json(const struct paths *files)
{
	struct json_object *root = json_object_new_object(), *list = json_object_new_array();
	struct recording r;

	for (size_t i = 0; i < files->n; i++) {
		if (episode_read(files->list[i], &r) != EXIT_STATUS_DONE)
			continue;
		json_object_array_add(list, episode_json(&r, files->list[i]));
		recording_free(&r);
	}
	json_object_object_add(root, "version", json_object_new_int(1));
	json_object_object_add(root, "episodes", list);
	json_print(root);
	json_object_put(root);
	return EXIT_STATUS_DONE;
}

static int list_as_text(const struct paths *files)
{
	struct episode_list list;
	struct recording r;
	int err = episode_list_begin(&list);

	for (size_t i = 0; i < files->n && !err; i++) {
		if (episode_read(files->list[i], &r) != EXIT_STATUS_DONE)
			continue;
		err = episode_list_add(&list, &r);
		recording_free(&r);
	}
	if (err)
		log_error("not enough memory");
	else
		episode_list_print(stdout, &list);
	episode_list_free(&list);
	return err ? EXIT_STATUS_FAILED : EXIT_STATUS_DONE;
}

static int list_files(const struct arguments *a)
{
	struct paths files;
	int status = episodes_find(a->directory, &files);

	if (status == EXIT_STATUS_DONE)
		status = a->form == FORM_JSON ? list_as_json(&files) : list_as_text(&files);
	paths_free(&files);
	return status;
}

static int list(const struct arguments *a)
{
	return options_end_output(a->pstore ? use_pstore(a->what, NULL) : list_files(a));
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

	if (options_read_by(&argp, &a, &a.shared, argc, argv))
		return EXIT_STATUS_USAGE;
	if (!a.directory)
		a.directory = configured_directory(&config);
	status = report(&a);
	config_free(&config);
	return status;
}
