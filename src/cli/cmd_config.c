/* `audiosync config`: what holds, where it comes from, and the cache. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/cache.h"
#include "base/error.h"
#include "base/file.h"
#include "base/suggest.h"
#include "base/text.h"
#include "cli/args.h"
#include "cli/config_text.h"
#include "cli/documents.h"
#include "cli/places.h"
#include "cli/preset_list.h"

static int complain(const struct as_error *err, int code)
{
	fprintf(stderr, "audiosync: config: %s\n", err->msg);
	return code;
}

static int out_of_memory(json_t *root)
{
	json_decref(root);
	fputs("audiosync: config: out of memory\n", stderr);
	return AS_EXIT_FAILED;
}

/* Prints and frees root. Text that is not UTF-8 (paths can hold any bytes) is escaped before it gets here. */
static int print_json(json_t *root)
{
	char *text = root ? json_dumps(root, JSON_INDENT(2)) : NULL;

	if (!text)
		return out_of_memory(root);
	json_decref(root);
	puts(text);
	free(text);
	return AS_EXIT_OK;
}

static json_t *json_text(const char *s)
{
	char *safe = as_text_escape_dup(s);
	json_t *v = safe ? json_string(safe) : NULL;

	free(safe);
	return v;
}

/* Numbers and booleans as such; a word that stands for a number stays a word. */
static json_t *json_value(const struct as_options *opt, const struct as_option_row *row)
{
	const char *text = as_options_value(opt, row->key);

	if (row->type == AS_OPTION_BOOL)
		return json_boolean(as_options_bool(opt, row->key));
	if (row->word && !strcmp(text, row->word))
		return json_string(text);
	if (row->type == AS_OPTION_INT)
		return json_integer(as_options_int(opt, row->key));
	if (row->type == AS_OPTION_REAL)
		return json_real(as_options_real(opt, row->key));
	return json_text(text);
}

static json_t *json_row(const struct as_options *opt, const struct as_option_row *row)
{
	json_t *o = json_object();

	json_object_set_new(o, "key", json_string(row->key));
	json_object_set_new(o, "value", json_value(opt, row));
	json_object_set_new(o, "default", json_string(row->def));
	json_object_set_new(o, "unit", json_string(row->unit));
	json_object_set_new(o, "origin", json_text(as_options_origin(opt, row->key)));
	return o;
}

static int list(const struct as_args *args)
{
	size_t n;
	const struct as_option_row *rows = as_option_rows(&n);
	json_t *array = args->json ? json_array() : NULL;

	for (size_t i = 0; i < n; i++) {
		const char *value = as_options_value(args->opt, rows[i].key);
		char shown[256], origin[256];

		if (array) {
			json_array_append_new(array, json_row(args->opt, &rows[i]));
			continue;
		}
		as_text_escape(shown, sizeof shown, value);
		as_text_escape(origin, sizeof origin, as_options_origin(args->opt, rows[i].key));
		printf("%-26s %-12s %-8s %s\n", rows[i].key, shown, rows[i].unit, origin);
	}
	return args->json ? print_json(array) : AS_EXIT_OK;
}

static int get(const struct as_args *args)
{
	const char *key = args->words[1];
	const struct as_option_row *row = as_option_find(key);
	struct as_error err;

	if (!row) {
		/* Setting it on nothing gives the message with the suggestion. */
		as_options_set(args->opt, key, "", NULL, &err);
		return complain(&err, AS_EXIT_USAGE);
	}
	if (args->json)
		return print_json(json_row(args->opt, row));
	/* For $(...): the value as it is. */
	puts(as_options_value(args->opt, row->key));
	return AS_EXIT_OK;
}

static void print_place(const char *what, char *path)
{
	char *safe = path ? as_text_escape_dup(path) : NULL;

	if (safe)
		printf("%-16s %s%s\n", what, safe, as_file_exists(path) ? "" : " (not there)");
	free(safe);
	free(path);
}

static int path(const struct as_args *args)
{
	char *place;

	for (int i = 0; (place = as_place_system_config(i, "audiosync.ini")); i++)
		print_place("system file", place);
	print_place("user file", as_place_user_config("audiosync.ini"));
	print_place("user presets", as_place_user_config("presets"));
	for (int i = 0; (place = as_place_system_config(i, "presets")); i++)
		print_place("system presets", place);
	print_place("cache", as_place_cache(args->opt));
	return AS_EXIT_OK;
}

static int dump(const struct as_args *args)
{
	as_config_write(stdout, args->opt);
	return AS_EXIT_OK;
}

static json_t *json_preset(const struct as_preset_item *p)
{
	return json_pack("{sososo}", "name", json_text(p->name), "help", json_text(p->help), "path",
			 p->path ? json_text(p->path) : json_null());
}

static void print_preset(const struct as_preset_item *p)
{
	char name[128], help[256];

	printf("%-12s %s%s\n", as_text_escape(name, sizeof name, p->name),
	       as_text_escape(help, sizeof help, p->help), p->path ? " (own file)" : "");
}

static int presets(const struct as_args *args)
{
	size_t n;
	struct as_preset_item *list = as_preset_list(&n);
	json_t *array = args->json ? json_array() : NULL;

	for (size_t i = 0; list && i < n; i++) {
		if (array)
			json_array_append_new(array, json_preset(&list[i]));
		else
			print_preset(&list[i]);
	}
	as_preset_list_free(list, n);
	if (!list)
		return out_of_memory(array);
	return args->json ? print_json(array) : AS_EXIT_OK;
}

static int report_cache(const struct as_args *args, const char *dir, const struct as_cache_stats *s)
{
	double mib = (double)s->bytes / (1024 * 1024);
	char *safe = as_text_escape_dup(dir);

	if (args->json) {
		json_t *o = json_pack("{sosIsIsb}", "dir", json_text(dir), "entries",
				      (json_int_t)s->entries, "bytes", (json_int_t)s->bytes,
				      "cleared", args->clear);

		free(safe);
		return print_json(o);
	}
	printf("%s%s: %lld %s, %.1f MiB\n", args->clear ? "removed from " : "", safe ? safe : "?",
	       (long long)s->entries, s->entries == 1 ? "entry" : "entries", mib);
	free(safe);
	return AS_EXIT_OK;
}

static int cache(const struct as_args *args)
{
	char *dir = as_place_cache(args->opt);
	struct as_error err = {0};
	struct as_cache_stats stats = {0};
	struct as_cache *c = NULL;
	enum as_status status = AS_OK;
	int code;

	if (!dir)
		status = as_fail(&err, AS_ERR_INVALID, "no place for a cache: HOME is not set");
	if (status == AS_OK && as_file_exists(dir)) {
		c = as_cache_open(dir, 0, &err);
		status = !c            ? err.status
			 : args->clear ? as_cache_clear(c, &stats, &err)
				       : as_cache_measure(c, &stats, &err);
	}
	as_cache_close(c);
	code = status == AS_OK ? report_cache(args, dir, &stats) : complain(&err, AS_EXIT_FAILED);
	free(dir);
	return code;
}

static int man(const struct as_args *args)
{
	if (!strcmp(args->words[1], "1"))
		as_man_program(stdout);
	else if (!strcmp(args->words[1], "5"))
		as_man_settings(stdout);
	else
		return -1;
	return AS_EXIT_OK;
}

static int completion(const struct as_args *args)
{
	if (!strcmp(args->words[1], "bash"))
		as_completion_bash(stdout);
	else if (!strcmp(args->words[1], "zsh"))
		as_completion_zsh(stdout);
	else if (!strcmp(args->words[1], "fish"))
		as_completion_fish(stdout);
	else
		return -1;
	return AS_EXIT_OK;
}

/* What can stand after `config`, how many words that is, and whether the help speaks of it. A function returns -1 where its
 * word makes no sense to it. */
static const struct part {
	const char *word;
	int n_words;
	int (*run)(const struct as_args *args);
} parts[] = {
	{"list", 1, list},       {"get", 2, get},
	{"path", 1, path},       {"dump", 1, dump},
	{"presets", 1, presets}, {"cache", 1, cache},
	{"man", 2, man},         {"completion", 2, completion},
};

int as_cmd_config(const struct as_args *args)
{
	const char *word = args->n_words > 0 ? args->words[0] : "list";
	struct as_suggest near = {.word = word};
	struct as_error err = {0};
	int code;

	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		const struct part *p = &parts[i];

		as_suggest_offer(&near, p->word);
		if (strcmp(word, p->word) != 0 || (args->n_words ? args->n_words : 1) != p->n_words)
			continue;
		if (args->clear && p->run != cache)
			break;
		code = p->run(args);
		if (code >= 0)
			return code;
	}
	as_fail(&err, AS_ERR_INVALID,
		"\"%.60s\": list, get KEY, path, dump, presets or cache [--clear]%s%s%s", word,
		near.best && strcmp(near.best, word) ? "; did you mean " : "",
		near.best && strcmp(near.best, word) ? near.best : "",
		near.best && strcmp(near.best, word) ? "?" : "");
	return complain(&err, AS_EXIT_USAGE);
}
