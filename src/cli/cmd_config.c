/* `audiosync config`: what holds, where it comes from, and the cache. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cache.h"
#include "base/error.h"
#include "base/file.h"
#include "base/preset_list.h"
#include "base/suggest.h"
#include "base/text.h"
#include "cli/args.h"
#include "cli/config_text.h"
#include "cli/documents.h"
#include "cli/json_config.h"
#include "cli/places.h"

static int complain(const struct as_error *err, int code)
{
	fprintf(stderr, "audiosync: config: %s\n", err->msg);
	return code;
}

static int out_of_memory(void)
{
	fputs("audiosync: config: out of memory\n", stderr);
	return AS_EXIT_FAILED;
}

/* Takes text, which may be NULL. */
static int print_json(char *text)
{
	if (!text)
		return out_of_memory();
	fputs(text, stdout);
	free(text);
	return AS_EXIT_OK;
}

static int list(const struct as_args *args)
{
	size_t n;
	const struct as_option_row *rows = as_option_rows(&n);
	char value[256], origin[256];

	if (args->json)
		return print_json(as_cli_json_settings(args->opt));
	for (size_t i = 0; i < n; i++) {
		as_text_escape(value, sizeof value, as_options_value(args->opt, rows[i].key));
		as_text_escape(origin, sizeof origin, as_options_origin(args->opt, rows[i].key));
		printf("%-26s %-12s %-8s %s\n", rows[i].key, value, rows[i].unit, origin);
	}
	for (size_t i = 0; i < as_options_calibrations(args->opt); i++) {
		const char *key = as_options_calibration_at(args->opt, i, NULL);
		char *safe = as_text_escape_dup(key);

		as_text_escape(origin, sizeof origin, as_options_origin(args->opt, key));
		printf("%-26s %-12s %-8s %s\n", safe ? safe : "?", as_options_value(args->opt, key), "ms", origin);
		free(safe);
	}
	return AS_EXIT_OK;
}

static int get(const struct as_args *args)
{
	const char *key = args->words[1];
	const struct as_option_row *row = as_option_find(key);
	const char *value;
	char *safe = NULL;
	struct as_error err;

	value = as_options_value(args->opt, key);
	if (!row && value) { /* of a device: a number */
		if (args->json)
			return print_json(as_cli_json_calibration(args->opt, key));
		puts(value);
		return AS_EXIT_OK;
	}
	if (!row) {
		/* Setting it on nothing gives the message with the suggestion. */
		as_options_set(args->opt, key, "", NULL, &err);
		return complain(&err, AS_EXIT_USAGE);
	}
	if (args->json)
		return print_json(as_cli_json_setting(args->opt, row));
	value = as_options_value(args->opt, row->key);
	/* For $(...) the value as it is; a terminal might obey what stands in it. */
	if (isatty(STDOUT_FILENO))
		value = safe = as_text_escape_dup(value);
	puts(value ? value : "?");
	free(safe);
	return AS_EXIT_OK;
}

static int path(const struct as_args *args)
{
	size_t n;
	struct as_place *places = as_place_list(args->opt, &n);
	int code = AS_EXIT_OK;

	if (!places)
		return out_of_memory();
	if (args->json)
		code = print_json(as_cli_json_places(places, n));
	for (size_t i = 0; !args->json && i < n; i++) {
		char *safe = as_text_escape_dup(places[i].path);

		printf("%-16s %s%s\n", places[i].what, safe ? safe : "?",
		       places[i].exists ? "" : " (not there)");
		free(safe);
	}
	as_place_list_free(places, n);
	return code;
}

static int dump(const struct as_args *args)
{
	struct as_error err;

	if (args->json) {
		as_fail(&err, AS_ERR_INVALID, "dump prints a configuration file; list has --json");
		return complain(&err, AS_EXIT_USAGE);
	}
	as_config_write(stdout, args->opt);
	return AS_EXIT_OK;
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
	char **dirs = as_place_preset_dirs();
	struct as_preset_item *items = dirs ? as_preset_list((const char *const *)dirs, &n) : NULL;
	int code = AS_EXIT_OK;

	as_places_free(dirs);
	if (!items)
		return out_of_memory();
	if (args->json)
		code = print_json(as_cli_json_presets(items, n));
	for (size_t i = 0; !args->json && i < n; i++)
		print_preset(&items[i]);
	as_preset_list_free(items, n);
	return code;
}

static int report_cache(const struct as_args *args, const char *dir, const struct as_cache_stats *s)
{
	char *safe;

	if (args->json)
		return print_json(as_cli_json_cache(dir, s, args->clear));
	safe = as_text_escape_dup(dir);
	if (!safe)
		return out_of_memory();
	printf("%s%s: %lld %s, %.1f MiB\n", args->clear ? "removed from " : "", safe,
	       (long long)s->entries, s->entries == 1 ? "entry" : "entries",
	       (double)s->bytes / (1024 * 1024));
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

static int keys(const struct as_args *args)
{
	(void)args;
	as_keys_ini(stdout);
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

/* What can stand after `config`, how many words that is, and whether the help speaks of it. A
 * function returns -1 where its word makes no sense to it. */
static const struct part {
	const char *word;
	int n_words;
	int (*run)(const struct as_args *args);
} parts[] = {
	{"list", 1, list},       {"get", 2, get},
	{"path", 1, path},       {"dump", 1, dump},
	{"presets", 1, presets}, {"cache", 1, cache},
	{"keys", 1, keys},
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
	if (!strcmp(word, "get"))
		as_fail(&err, AS_ERR_INVALID,
			"get takes one setting, such as export.format; list shows all");
	else
		as_fail(&err, AS_ERR_INVALID,
			"no use for \"%.60s\": it is list, get KEY, path, dump, presets, keys or cache "
			"[--clear]%s%s%s",
			word, near.best && strcmp(near.best, word) ? "; did you mean " : "",
			near.best && strcmp(near.best, word) ? near.best : "",
			near.best && strcmp(near.best, word) ? "?" : "");
	return complain(&err, AS_EXIT_USAGE);
}
