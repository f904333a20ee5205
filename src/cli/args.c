#include "cli/args.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <audiosync/drift.h>
#include <audiosync/project.h>
#include <audiosync/selftest.h>

#include "base/error.h"
#include "base/file.h"
#include "base/suggest.h"
#include "cli/commands.h"
#include "cli/help.h"
#include "cli/idle.h"
#include "cli/merge.h"
#include "cli/track_arg.h"

struct parse {
	struct as_args *args;
	const struct as_command_row *command;
	struct as_flag flags[AS_FLAGS_MAX];
	size_t n_flags;
	bool seen[AS_FLAGS_MAX];
	struct as_merge *merge; /* the arguments', with room for whatever they can add */
	bool help, version;
	struct as_error err;
};

#define ORIGIN_BYTES 40
#define DURATION_S_MAX 1e9
#define TRIALS 20 /* of selftest, unless said otherwise: about a minute */

static enum as_status fail_flag(struct parse *p, const char *name)
{
	struct as_suggest near = {.word = name};

	for (size_t i = 0; i < p->n_flags; i++)
		as_suggest_offer(&near, p->flags[i].name);
	return as_fail(&p->err, AS_ERR_INVALID, "no option is called --%.60s%s%s%s", name,
		       near.best ? "; did you mean --" : "", near.best ? near.best : "",
		       near.best ? "?" : "");
}

static enum as_status take_setting(struct parse *p, const struct as_flag *f, const char *value)
{
	struct as_merge_value *next = &p->merge->values[p->merge->n_values++];

	next->key = f->row->key;
	next->text = value ? value : f->row->negated ? "no" : "yes";
	next->origin = p->args->origins + (size_t)(f - p->flags) * ORIGIN_BYTES;
	return AS_OK;
}

static enum as_status take_set(struct parse *p, const char *value)
{
	if (!strchr(value, '='))
		return as_fail(&p->err, AS_ERR_INVALID,
			       "--set: not of the form KEY=VALUE: \"%.80s\"", value);
	p->merge->values[p->merge->n_values++] =
		(struct as_merge_value){.text = value, .origin = "--set"};
	return AS_OK;
}

/* 1 … most. */
static enum as_status take_number(struct parse *p, const struct as_flag *f, const char *value, uint64_t most,
				  uint64_t *out)
{
	uint64_t n = 0;

	for (const char *c = value; *c; c++) {
		if (*c < '0' || *c > '9' || n > most)
			n = most + 1;
		else
			n = n * 10 + (uint64_t)(*c - '0');
	}
	*out = n;
	if (n >= 1 && n <= most)
		return AS_OK;
	return as_fail(&p->err, AS_ERR_INVALID, "--%s: a number from 1 to %llu, not \"%.40s\"", f->name,
		       (unsigned long long)most, value);
}

static enum as_status take_ppm(struct parse *p, const char *value)
{
	char *end;

	p->args->ppm = strtod(value, &end);
	if (end != value && !*end && fabs(p->args->ppm) <= AS_DRIFT_PPM_MAX)
		return AS_OK;
	return as_fail(&p->err, AS_ERR_INVALID, "--ppm: a number from -%.0f to %.0f, not \"%.40s\"",
		       AS_DRIFT_PPM_MAX, AS_DRIFT_PPM_MAX, value);
}

static enum as_status take_duration(struct parse *p, const char *value)
{
	char *end;

	p->args->duration_s = strtod(value, &end);
	if (end != value && !*end && p->args->duration_s > 0 && p->args->duration_s <= DURATION_S_MAX)
		return AS_OK;
	return as_fail(&p->err, AS_ERR_INVALID, "--duration: seconds, above 0, at most %.0f, not \"%.40s\"", DURATION_S_MAX, value);
}

/* A flag of the live meter whose value is text. */
static enum as_status take_live_text(struct parse *p, const struct as_flag *f, const char *value)
{
	struct as_args *a = p->args;

	*(f->id == AS_FLAG_CAPTURE      ? &a->capture
	  : f->id == AS_FLAG_PCM        ? &a->pcm
	  : f->id == AS_FLAG_PROMETHEUS ? &a->prometheus
	  : f->id == AS_FLAG_MPV        ? &a->mpv
					: &a->on_alert) = value;
	return value[0] ? AS_OK : as_fail(&p->err, AS_ERR_INVALID, "--%s: an empty value", f->name);
}

static enum as_status take_flag(struct parse *p, const struct as_flag *f, const char *value)
{
	struct as_args *a = p->args;

	p->seen[f - p->flags] = true;
	switch (f->id) {
	case AS_FLAG_SETTING:
		return take_setting(p, f, value);
	case AS_FLAG_SET:
		return take_set(p, value);
	case AS_FLAG_ASCII:
		p->merge->values[p->merge->n_values++] = (struct as_merge_value){.key = "interface.unicode", .text = "no", .origin = "--ascii"};
		return AS_OK;
	case AS_FLAG_TRACK:
		return as_track_arg_take(a, value, &p->err);
	case AS_FLAG_OUTPUT_DIR:
		a->output_dir = value;
		return value[0] ? AS_OK
				: as_fail(&p->err, AS_ERR_INVALID,
					  "--output-dir: an empty folder name");
	case AS_FLAG_OUTPUT:
		a->output = value;
		return value[0] ? AS_OK
				: as_fail(&p->err, AS_ERR_INVALID, "--output: an empty file name");
	case AS_FLAG_PLOT:
		a->plot = value;
		return value[0] ? AS_OK
				: as_fail(&p->err, AS_ERR_INVALID, "--plot: an empty file name");
	case AS_FLAG_PPM:
		return take_ppm(p, value);
	case AS_FLAG_REFERENCE:
		a->reference = value;
		return AS_OK;
	case AS_FLAG_SAVE:
		a->save = value;
		return value[0] ? AS_OK : as_fail(&p->err, AS_ERR_INVALID, "--save: an empty file name");
	case AS_FLAG_RELINK:
		a->relink[a->n_relink++] = value;
		return AS_OK;
	case AS_FLAG_RECOVER:
		a->recover = true;
		return AS_OK;
	case AS_FLAG_DOCUMENT:
		a->documents[a->n_documents++] = (struct as_document_request){f->name, value};
		return value[0] ? AS_OK
				: as_fail(&p->err, AS_ERR_INVALID, "--%s: an empty file name", f->name);
	case AS_FLAG_MAP_PATH:
		a->path_maps[a->n_path_maps++] = value;
		return AS_OK;
	case AS_FLAG_EXPLAIN:
		a->explain[a->n_explain++] = value;
		return AS_OK;
	case AS_FLAG_SEED:
		return take_number(p, f, value, UINT32_MAX, &a->seed);
	case AS_FLAG_TRIALS:
		return take_number(p, f, value, AS_SELFTEST_TRIALS_MAX, &a->trials);
	case AS_FLAG_CAPTURE:
	case AS_FLAG_PCM:
	case AS_FLAG_PROMETHEUS:
	case AS_FLAG_ON_ALERT:
	case AS_FLAG_MPV:
		return take_live_text(p, f, value);
	case AS_FLAG_DURATION:
		return take_duration(p, value);
	case AS_FLAG_ONCE:
		a->once = true;
		return AS_OK;
	case AS_FLAG_PLAIN:
		a->plain = true;
		return AS_OK;
	case AS_FLAG_CALIBRATE:
		a->calibrate = true;
		return AS_OK;
	case AS_FLAG_YES:
		a->yes = true;
		return AS_OK;
	case AS_FLAG_FAST:
		a->fast = true;
		return AS_OK;
	case AS_FLAG_PRESET:
		p->merge->presets[p->merge->n_presets++] = value;
		return AS_OK;
	case AS_FLAG_CONFIG:
		p->merge->files[p->merge->n_files++] = value;
		return AS_OK;
	case AS_FLAG_FORCE:
		a->force = true;
		return AS_OK;
	case AS_FLAG_CLEAR:
		a->clear = true;
		return AS_OK;
	case AS_FLAG_DEFAULTS:
		a->defaults = true;
		return AS_OK;
	case AS_FLAG_JSON:
		a->json = true;
		return AS_OK;
	case AS_FLAG_VERBOSE:
		a->verbosity = a->verbosity < 0 ? 1 : a->verbosity + 1;
		return AS_OK;
	case AS_FLAG_QUIET:
		a->verbosity = -1;
		return AS_OK;
	case AS_FLAG_HELP:
		p->help = true;
		return AS_OK;
	case AS_FLAG_VERSION:
		p->version = true;
		return AS_OK;
	}
	return AS_OK;
}

static const struct as_flag *find_flag(const struct parse *p, const char *name, size_t n)
{
	for (size_t i = 0; i < p->n_flags; i++)
		if (strlen(p->flags[i].name) == n && !strncmp(p->flags[i].name, name, n))
			return &p->flags[i];
	return NULL;
}

/* Hidden: the interface is driven by a file instead of a terminal. */
static enum as_status take_script(struct parse *p, const char *value, char ***next)
{
	if (!value && !**next)
		return as_fail(&p->err, AS_ERR_INVALID, "--ui-script needs a value: FILE");
	p->args->ui_script = value ? value : *(*next)++;
	return AS_OK;
}

/* --name, --name=value or --name value; *next is the argument after it and moves on if it is
 * taken. */
static enum as_status take_long(struct parse *p, const char *name, char ***next)
{
	size_t n = strcspn(name, "=");
	const struct as_flag *f = find_flag(p, name, n);
	const char *value = name[n] == '=' ? name + n + 1 : NULL;
	char shown[64];

	if (n == strlen("ui-script") && !strncmp(name, "ui-script", n))
		return take_script(p, value, next);
	if (!f) {
		snprintf(shown, sizeof shown, "%.*s", (int)(n < 60 ? n : 60), name);
		return fail_flag(p, shown);
	}
	if (!f->metavar)
		return value ? as_fail(&p->err, AS_ERR_INVALID, "--%s takes no value", f->name)
			     : take_flag(p, f, NULL);
	if (!value && !**next)
		return as_fail(&p->err, AS_ERR_INVALID, "--%s needs a value: %s", f->name,
			       f->metavar);
	return take_flag(p, f, value ? value : *(*next)++);
}

/* -v, -vv, -oDIR or -o DIR. */
static enum as_status take_short(struct parse *p, const char *letters, char ***next)
{
	enum as_status status = AS_OK;

	for (; *letters && status == AS_OK; letters++) {
		const struct as_flag *f = NULL;

		/* A letter may mean one thing to one command and another to the next. */
		for (size_t i = 0; i < p->n_flags; i++)
			if (p->flags[i].letter == *letters &&
			    (!f || (p->command && as_flag_is_for(&p->flags[i], p->command->word))))
				f = &p->flags[i];
		if (!f)
			return as_fail(&p->err, AS_ERR_INVALID, "no option is called -%.4s",
				       letters);
		if (f->metavar && letters[1])
			return take_flag(p, f, letters + 1);
		if (f->metavar && !**next)
			return as_fail(&p->err, AS_ERR_INVALID, "-%c needs a value: %s", *letters,
				       f->metavar);
		status = take_flag(p, f, f->metavar ? *(*next)++ : NULL);
	}
	return status;
}

/* A first word that is no command: most often a file, where the command was forgotten. */
static enum as_status fail_command(struct parse *p, const char *word)
{
	struct as_suggest near = {.word = word};
	size_t n;
	const struct as_command_row *rows = as_commands(&n);

	if (as_file_exists(word) || strchr(word, '/'))
		return as_fail(&p->err, AS_ERR_INVALID,
			       "%.200s: the interface needs a terminal; without one, \"audiosync analyze FILE...\" says "
			       "where clips sit, "
			       "\"audiosync sync FILE... -o DIR\" writes aligned files",
			       word);
	if (!strcmp(word, "explain"))
		return as_fail(&p->err, AS_ERR_INVALID,
			       "\"explain\" is neither a command nor a file; \"audiosync analyze FILE... --explain CLIP\" says why a clip sits where "
			       "it does");
	for (size_t i = 0; i < n; i++)
		if (rows[i].run)
			as_suggest_offer(&near, rows[i].word);
	return as_fail(&p->err, AS_ERR_INVALID, "\"%.80s\" is neither a command nor a file%s%s%s", word,
		       near.best ? "; did you mean " : "", near.best ? near.best : "",
		       near.best ? "?" : "");
}

/* "shoot", and there is a shoot.audiosync. */
static bool is_short_for_project(const char *word)
{
	char *path = as_project_named(word);
	bool is = path && strcmp(path, word) != 0;

	free(path);
	return is;
}

static enum as_status take_word(struct parse *p, const char *word)
{
	/* Behind a file all words are files: the interface opens them. */
	if (p->command || p->args->n_words > 0) {
		p->args->words[p->args->n_words++] = word;
		return AS_OK;
	}
	if (!strcmp(word, "help") && !p->help) {
		p->help = true;
		return AS_OK;
	}
	p->command = as_command_find(word);
	if (p->command && p->command->run) {
		p->args->command = p->command->id;
		return AS_OK;
	}
	p->command = NULL;
	if (!as_file_exists(word) && !strchr(word, '/') && !is_short_for_project(word))
		return fail_command(p, word);
	p->args->words[p->args->n_words++] = word;
	return AS_OK;
}

static enum as_status read_words(struct parse *p, char **argv)
{
	enum as_status status = AS_OK;
	bool options = true;

	while (*argv && status == AS_OK) {
		char *arg = *argv++;

		if (options && !strcmp(arg, "--"))
			options = false;
		else if (options && !strncmp(arg, "--", 2))
			status = take_long(p, arg + 2, &argv);
		else if (options && arg[0] == '-' && arg[1])
			status = take_short(p, arg + 1, &argv);
		else
			status = take_word(p, arg);
	}
	return status;
}

/* Without a command the interface opens, which has a place for settings and little else. */
static enum as_status check_interface(struct parse *p)
{
	for (size_t i = 0; i < p->n_flags; i++) {
		const struct as_flag *f = &p->flags[i];

		if (p->seen[i] && !f->row && !as_flag_is_for(f, "") && f->id != AS_FLAG_RELINK && f->id != AS_FLAG_RECOVER)
			return as_fail(&p->err, AS_ERR_INVALID, "--%s goes with a command: %s", f->name, f->commands);
	}
	if (p->args->json)
		return as_fail(&p->err, AS_ERR_INVALID, "--json goes with a command; see audiosync --help");
	if (p->args->ui_script || (isatty(STDIN_FILENO) && isatty(STDOUT_FILENO)))
		return AS_OK;
	return fail_command(p, p->args->words[0]);
}

static enum as_status check_usage(struct parse *p)
{
	const struct as_args *a = p->args;
	int n = a->n_words + a->n_tracks;

	if (!p->command)
		return check_interface(p);
	/* `config` shows what any setting would come to. */
	for (size_t i = 0; i < p->n_flags; i++)
		if (p->seen[i] && !(a->command == AS_CMD_CONFIG && p->flags[i].row) &&
		    !as_flag_is_for(&p->flags[i], p->command->word))
			return as_fail(&p->err, AS_ERR_INVALID, "%s does not take --%s",
				       p->command->word, p->flags[i].name);
	if (n < p->command->min_words)
		return as_fail(&p->err, AS_ERR_INVALID,
			       "%s: nothing to work on; usage: audiosync %s %s", p->command->word,
			       p->command->word, p->command->synopsis);
	if (p->command->max_words >= 0 && n > p->command->max_words)
		return as_fail(&p->err, AS_ERR_INVALID,
			       "%s: too many words; usage: audiosync %s %s", p->command->word,
			       p->command->word, p->command->synopsis);
	return AS_OK;
}

static enum as_status load_settings(struct parse *p)
{
	struct as_args *a = p->args;
	enum as_status status;

	a->opt = as_options_new();
	if (!a->opt)
		return as_fail(&p->err, AS_ERR_MEMORY, "out of memory");
	if (a->defaults)
		return AS_OK;
	status = as_merge_settings(p->merge, a->opt, &p->err);
	/* `config` shows settings as they were written. */
	if (status == AS_OK && a->command != AS_CMD_CONFIG)
		status = as_merge_cache_place(a->opt, &p->err);
	return status;
}

static bool wants_color(const struct as_options *opt)
{
	const char *when = as_options_text(opt, "interface.color"), *none = getenv("NO_COLOR");
	const char *term = getenv("TERM");

	if (strcmp(when, "auto") != 0)
		return !strcmp(when, "always");
	return isatty(STDOUT_FILENO) && !(none && none[0]) && term && strcmp(term, "dumb") != 0;
}

static enum as_status prepare(struct parse *p, int argc, char **argv)
{
	size_t room = (size_t)argc + 1;

	/* Every letter of -abc may be a flag. */
	for (int i = 0; i < argc; i++)
		room += argv[i][0] == '-' && argv[i][1] != '-' ? strlen(argv[i]) : 0;

	p->n_flags = as_flags(p->flags);
	p->args->words = calloc(room, sizeof *p->args->words);
	p->args->explain = calloc(room, sizeof *p->args->explain);
	p->args->relink = calloc(room, sizeof *p->args->relink);
	p->args->documents = calloc(room, sizeof *p->args->documents);
	p->args->path_maps = calloc(room, sizeof *p->args->path_maps);
	p->merge = p->args->merge = calloc(1, sizeof *p->merge);
	if (!p->merge)
		return as_fail(&p->err, AS_ERR_MEMORY, "out of memory");
	p->merge->values = calloc(room, sizeof *p->merge->values);
	p->merge->presets = calloc(room, sizeof *p->merge->presets);
	p->merge->files = calloc(room, sizeof *p->merge->files);
	p->args->origins = calloc(p->n_flags, ORIGIN_BYTES);
	if (!p->args->words || !p->args->explain || !p->args->relink || !p->args->documents ||
	    !p->args->path_maps || !p->merge->values || !p->merge->presets || !p->merge->files ||
	    !p->args->origins)
		return as_fail(&p->err, AS_ERR_MEMORY, "out of memory");
	for (size_t i = 0; i < p->n_flags; i++)
		snprintf(p->args->origins + i * ORIGIN_BYTES, ORIGIN_BYTES, "--%s", p->flags[i].name);
	return AS_OK;
}

static int complain(const struct parse *p)
{
	fprintf(stderr, "audiosync: %s\n", p->err.msg);
	if (p->err.status == AS_ERR_MEMORY)
		return AS_EXIT_FAILED;
	if (p->command)
		fprintf(stderr, "See: audiosync %s --help\n", p->command->word);
	else
		fputs("See: audiosync --help\n", stderr);
	return AS_EXIT_USAGE;
}

/* The answers that need neither files nor settings; -1 if none of them was asked for. */
static int answer_at_once(const struct parse *p)
{
	if (p->version)
		as_help_version(stdout);
	else if (p->help && p->command)
		as_help_command(stdout, p->command);
	else if (p->help)
		as_help_program(stdout);
	else if (!p->command && !p->args->n_words && !p->args->ui_script && !(isatty(STDIN_FILENO) && isatty(STDOUT_FILENO)))
		as_help_program(stderr);
	else
		return -1;
	return p->version || p->help ? AS_EXIT_OK : AS_EXIT_USAGE;
}

int as_args_parse(struct as_args *args, int argc, char **argv)
{
	struct parse p = {.args = args};
	enum as_status status;
	int code = -1;

	*args = (struct as_args){.seed = 1, .trials = TRIALS, .ppm = NAN, .duration_s = NAN};
	status = prepare(&p, argc, argv);
	if (status == AS_OK)
		status = read_words(&p, argv + (argc > 0));
	if (status == AS_OK)
		code = answer_at_once(&p);
	if (code >= 0)
		goto out;
	if (status == AS_OK)
		status = check_usage(&p);
	if (status == AS_OK)
		status = load_settings(&p);
	if (status == AS_OK)
		status = as_idle_check(args, &p.err);
	if (status != AS_OK) {
		code = complain(&p);
		goto out;
	}
	args->color = wants_color(args->opt);
	args->stderr_tty = isatty(STDERR_FILENO);
out:
	return code;
}

struct as_options *as_args_reread(const struct as_args *args, struct as_error *err)
{
	struct as_options *opt = as_options_new();
	enum as_status status = opt ? as_merge_settings(args->merge, opt, err) : as_fail(err, AS_ERR_MEMORY, "out of memory");
	if (status == AS_OK)
		status = as_merge_cache_place(opt, err);
	if (status == AS_OK)
		return opt;
	as_options_free(opt);
	return NULL;
}

static void free_merge(struct as_merge *m)
{
	if (!m)
		return;
	free(m->values);
	free(m->presets);
	free(m->files);
	free(m);
}

void as_args_done(struct as_args *args)
{
	as_options_free(args->opt);
	for (int i = 0; i < args->n_tracks; i++)
		as_track_arg_done(&args->tracks[i]);
	free(args->tracks);
	free_merge(args->merge);
	free(args->origins);
	free(args->words);
	free(args->explain);
	free(args->relink);
	free(args->documents);
	free(args->path_maps);
	*args = (struct as_args){0};
}
