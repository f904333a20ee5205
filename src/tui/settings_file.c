/* Settings that stay: the user's own file, presets of one's own. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/config.h"
#include "base/error.h"
#include "base/figures.h"
#include "base/file.h"
#include "base/ini_edit.h"
#include "base/text.h"
#include "tui/chore.h"
#include "tui/commands.h"
#include "tui/dialogs.h"

#define FILE_BYTES (1 << 20)
#define NAME_BYTES 60

/* Not from a project, the command line or another file: those say it again next time. */
static bool is_changed_here(const struct as_options *opt, const char *key)
{
	const char *origin = as_options_origin(opt, key);

	return !strcmp(origin, "interface") || !strncmp(origin, "preset ", 7) || strstr(origin, "/presets/");
}

/* Over the defaults and base (or NULL) the text must mean what was to be written. */
static enum as_status check_text(const char *path, const char *text, const struct as_ini_value *v, int n, struct as_error *err)
{
	struct as_options *back = as_options_new();
	enum as_status status = back ? as_config_parse(back, path, text, strlen(text), err)
				     : as_fail(err, AS_ERR_MEMORY, "out of memory");

	for (int i = 0; i < n && status == AS_OK; i++)
		if (strcmp(as_options_value(back, v[i].key), v[i].value) != 0)
			status = as_fail(err, AS_ERR_INVALID, "%s: the value of %s cannot stand in a settings file: \"%s\"", path, v[i].key,
					 v[i].value);
	as_options_free(back);
	return status;
}

/* --- the user's file ------------------------------------------------------------------------------------------- */

/* What the file does not say already. */
static int collect_changes(const struct as_options *opt, const struct as_options *file, struct as_ini_value *v)
{
	size_t n_rows;
	const struct as_option_row *rows = as_option_rows(&n_rows);
	int n = 0;

	for (size_t i = 0; i < n_rows; i++) {
		const char *value = as_options_value(opt, rows[i].key);

		if (is_changed_here(opt, rows[i].key) && strcmp(as_options_value(file, rows[i].key), value) != 0)
			v[n++] = (struct as_ini_value){rows[i].key, value};
	}
	return n;
}

/* The file's text with the values in place of what it had. */
static enum as_status edit_file(const char *path, const struct as_ini_value *v, int n, struct as_error *err)
{
	char *text = NULL, *made = NULL;
	int64_t bytes = 0;
	enum as_status status = AS_OK;

	if (as_file_exists(path))
		status = as_file_read(path, FILE_BYTES, &text, &bytes, err);
	if (status == AS_OK) {
		made = as_ini_edit(text ? text : "", v, n);
		status = made ? check_text(path, made, v, n, err) : as_fail(err, AS_ERR_MEMORY, "out of memory");
	}
	if (status == AS_OK)
		status = as_file_write(path, true, made, err);
	free(text);
	free(made);
	return status;
}

static enum as_status write_changes(const char *path, const struct as_options *opt, int *n, struct as_error *err)
{
	size_t n_rows;
	struct as_ini_value *v = (as_option_rows(&n_rows), calloc(n_rows, sizeof *v));
	struct as_options *file = as_options_new();
	enum as_status status = v && file ? AS_OK : as_fail(err, AS_ERR_MEMORY, "out of memory");

	*n = 0;
	if (status == AS_OK && as_file_exists(path))
		status = as_options_load_file(file, path, err);
	if (status == AS_OK)
		*n = collect_changes(opt, file, v);
	if (status == AS_OK && *n > 0)
		status = edit_file(path, v, *n, err);
	as_options_free(file);
	free(v);
	return status;
}

/* --- what is written ------------------------------------------------------------------------------------------- */

struct writing {
	struct tui_chore chore;
	/* Immutable once it is under way. */
	char *path;
	struct as_options *opt; /* of a file or a preset; NULL: … */
	char *key, *value;      /* … this alone */
	char *preset;           /* its name, or NULL: the user's file */
	bool force;
	void (*written)(struct tui *t, const char *key, const char *value); /* of one value */
	/* Found out. */
	int n;
};

static void free_writing(struct tui_chore *c)
{
	struct writing *w = (struct writing *)c;

	as_options_free(w->opt);
	free(w->path);
	free(w->key);
	free(w->value);
	free(w->preset);
	free(w);
}

static enum as_status make_folder(const char *path, struct as_error *err)
{
	const char *slash = strrchr(path, '/');
	char *dir = slash && slash > path ? strndup(path, (size_t)(slash - path)) : NULL;
	enum as_status status = dir ? as_dir_make(dir, err) : AS_OK;

	free(dir);
	return status;
}

static enum as_status write_file(struct tui_chore *c, struct as_error *err)
{
	struct writing *w = (struct writing *)c;
	/* A link, as people who keep such files elsewhere have it, stays one. */
	char *real = realpath(w->path, NULL);
	const char *path = real ? real : w->path;
	enum as_status status = make_folder(w->path, err);

	if (status == AS_OK && w->opt)
		status = write_changes(path, w->opt, &w->n, err);
	else if (status == AS_OK)
		status = edit_file(path, &(struct as_ini_value){w->key, w->value}, 1, err);
	free(real);
	return status;
}

/* NULL: said why. */
static struct writing *new_writing(struct tui *t, const char *path, const struct as_options *opt,
				   enum as_status (*work)(struct tui_chore *c, struct as_error *err), void (*tell)(struct tui *t, struct tui_chore *c))
{
	struct writing *w = calloc(1, sizeof *w);

	if (w && (w->path = strdup(path)) && (!opt || (w->opt = as_options_copy(opt)))) {
		tui_chore_init(&w->chore, work, tell, free_writing, "writing %.200s", as_path_base(path));
		return w;
	}
	if (w)
		free_writing(&w->chore);
	tui_say(t, TUI_ERROR, "out of memory");
	return NULL;
}

/* For the user's file. */
static struct writing *new_edit(struct tui *t, const struct as_options *opt, void (*tell)(struct tui *t, struct tui_chore *c))
{
	if (t->setup->config_file)
		return new_writing(t, t->setup->config_file, opt, write_file, tell);
	tui_say(t, TUI_ERROR, "there is no place for settings: neither HOME nor XDG_CONFIG_HOME is set");
	return NULL;
}

static void tell_settings(struct tui *t, struct tui_chore *c)
{
	const struct writing *w = (const struct writing *)c;

	if (!tui_try(t, c->status, &c->err))
		return;
	if (w->n == 0)
		tui_say(t, TUI_INFO, "nothing to write: %s says the same", w->path);
	else
		tui_say(t, TUI_GOOD, "%d setting%s written to %s", w->n, as_plural(w->n, "", "s"), w->path);
}

void tui_settings_write(struct tui *t, const struct as_options *opt)
{
	struct writing *w = new_edit(t, opt, tell_settings);

	if (w)
		tui_chore_do(t, &w->chore);
}

static void tell_value(struct tui *t, struct tui_chore *c)
{
	const struct writing *w = (const struct writing *)c;

	if (tui_try(t, c->status, &c->err))
		w->written(t, w->key, w->value);
}

bool tui_settings_write_value(struct tui *t, const char *key, const char *value,
			      void (*written)(struct tui *t, const char *key, const char *value))
{
	struct writing *w = new_edit(t, NULL, tell_value);

	if (!w)
		return false;
	w->written = written;
	if ((w->key = strdup(key)) && (w->value = strdup(value)))
		return tui_chore_do(t, &w->chore);
	free_writing(&w->chore);
	tui_say(t, TUI_ERROR, "out of memory");
	return false;
}

/* --- presets --------------------------------------------------------------------------------------------------- */

/* How to work; not this machine, nor this screen. */
static bool is_of_presets(const char *key)
{
	static const char *const sections[] = {"analysis.", "confidence.", "export.", "timeline."};

	for (size_t i = 0; i < sizeof sections / sizeof *sections; i++)
		if (!strncmp(key, sections[i], strlen(sections[i])))
			return true;
	return false;
}

static bool is_name(const char *name)
{
	char safe[NAME_BYTES * 4 + 1];

	return *name && *name != '.' && *name != '-' && strlen(name) <= NAME_BYTES && !strchr(name, '/') &&
	       !strcmp(as_text_escape(safe, sizeof safe, name), name);
}

static enum as_status write_preset(const char *path, const char *name, const struct as_options *opt, bool force, struct as_error *err)
{
	size_t n_rows;
	const struct as_option_row *rows = as_option_rows(&n_rows);
	struct as_ini_value *v = calloc(n_rows, sizeof *v);
	char head[NAME_BYTES + 40], *made = NULL;
	enum as_status status;
	int n = 0;

	/* Defaults too: loaded over other settings, it gives what was saved. */
	for (size_t i = 0; v && i < n_rows; i++)
		if (is_of_presets(rows[i].key))
			v[n++] = (struct as_ini_value){rows[i].key, as_options_value(opt, rows[i].key)};
	snprintf(head, sizeof head, "# %s: saved in the interface\n", name);
	made = v ? as_ini_edit(head, v, n) : NULL;
	status = made ? check_text(path, made, v, n, err) : as_fail(err, AS_ERR_MEMORY, "out of memory");
	if (status == AS_OK)
		status = as_file_write(path, force, made, err);
	free(v);
	free(made);
	return status;
}

static enum as_status write_own_preset(struct tui_chore *c, struct as_error *err)
{
	struct writing *w = (struct writing *)c;
	enum as_status status = make_folder(w->path, err);

	return status == AS_OK ? write_preset(w->path, w->preset, w->opt, w->force, err) : status;
}

static void tell_preset(struct tui *t, struct tui_chore *c)
{
	const struct writing *w = (const struct writing *)c;
	char again[NAME_BYTES + 24];

	if (c->status == AS_ERR_EXISTS && !w->force) {
		snprintf(again, sizeof again, "--force \"%s\"", w->preset);
		tui_confirm(t, c->err.msg, "write over it", AS_ACTION_SAVE_PRESET, again);
	} else if (tui_try(t, c->status, &c->err)) {
		tui_say(t, TUI_GOOD, "preset %s saved: %s", w->preset, w->path);
	}
}

static void save_preset(struct tui *t, const struct as_options *opt, const char *name, bool force)
{
	const char *dir = t->setup->preset_dirs ? t->setup->preset_dirs[0] : NULL;
	char file[NAME_BYTES + 8], *path;
	struct writing *w;

	if (!dir || !is_name(name)) {
		if (dir)
			tui_say(t, TUI_ERROR, "\"%s\" is no name for a preset: at most 60 characters, no slash, no dot in front", name);
		else
			tui_say(t, TUI_ERROR, "there is no place for presets of one's own: neither HOME nor XDG_CONFIG_HOME is set");
		return;
	}
	snprintf(file, sizeof file, "%s.ini", name);
	path = as_path_join(dir, file);
	w = new_writing(t, path ? path : file, opt, write_own_preset, tell_preset);
	if (w && path && (w->preset = strdup(name))) {
		w->force = force;
		tui_chore_do(t, &w->chore);
	} else if (w) {
		free_writing(&w->chore);
		tui_say(t, TUI_ERROR, "out of memory");
	}
	free(path);
}

static const char *refuse_name(const char *name)
{
	return is_name(name) ? NULL : "a preset's name has at most 60 characters, no slash, and no dot or dash in front";
}

void tui_settings_save_preset(struct tui *t, const struct as_options *opt, const char *args)
{
	int n = 0;
	char **words = tui_words(t, args, &n);
	bool force = n > 0 && !strcmp(words[0], "--force");

	/* A name that was typed may have blanks. */
	if (words && n > 0)
		save_preset(t, opt, force ? n > 1 ? words[1] : "" : n > 1 ? args : words[0], force);
	else if (words)
		tui_ask(t, &(struct tui_question){"Save these settings as a preset", "Name: ", "save", .then = AS_ACTION_SAVE_PRESET, .refuses = refuse_name});
	tui_words_free(words, n);
}
