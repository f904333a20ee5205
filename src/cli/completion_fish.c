#include <string.h>

#include "cli/completion.h"
#include "cli/documents.h"

static void put_description(FILE *out, const char *s)
{
	fputs(" -d '", out);
	as_completion_quoted(out, s, "\\'", "\\");
	fputs("'\n", out);
}

/* KEY= for every setting and KEY=VALUE for every value that is a word. */
static void put_assignments(FILE *out)
{
	size_t n;
	const struct as_option_row *rows = as_option_rows(&n);

	as_completion_keys(out, "=");
	for (size_t i = 0; i < n; i++) {
		const char *words = rows[i].type == AS_OPTION_BOOL ? "yes|no"
				    : rows[i].choices              ? rows[i].choices
								   : rows[i].word;

		while (words && *words) {
			size_t len = strcspn(words, "|");

			fprintf(out, " %s=%.*s", rows[i].key, (int)len, words);
			words += len + (words[len] == '|');
		}
	}
}

static void put_argument(FILE *out, const struct as_flag *f)
{
	if (f->arg == AS_ARG_FILE) {
		fputs(" -r -F", out);
	} else if (f->arg == AS_ARG_DIR) {
		fputs(" -x -a '(__fish_complete_directories)'", out);
	} else if (f->arg == AS_ARG_PRESET) {
		fputs(" -x -a \"(audiosync " AS_COMPLETION_PRESETS ")\"", out);
	} else if (f->arg == AS_ARG_KEY) {
		fputs(" -x -a '", out);
		put_assignments(out);
		fputs("'", out);
	} else if (f->id == AS_FLAG_TRACK) {
		fputs(" -r -F", out);
	} else if (f->row && (f->row->choices || f->row->word)) {
		fputs(" -x -a '", out);
		as_completion_values(out, f->row);
		fputs("'", out);
	} else {
		fputs(" -x", out);
	}
}

static void put_flag(FILE *out, const struct as_flag *f)
{
	fputs("complete -c audiosync", out);
	if (strcmp(f->commands, "*") != 0) {
		fputs(" -n '__fish_seen_subcommand_from ", out);
		for (const char *c = f->commands; *c; c++)
			fputc(*c == '|' ? ' ' : *c, out);
		fputs("'", out);
	}
	if (f->letter)
		fprintf(out, " -s %c", f->letter);
	fprintf(out, " -l %s", f->name);
	if (f->metavar)
		put_argument(out, f);
	put_description(out, f->help);
}

void as_completion_fish(FILE *out)
{
	struct as_flag flags[AS_FLAGS_MAX];
	size_t n_flags = as_flags(flags), n;
	const struct as_command_row *rows = as_commands(&n);

	fputs("# fish completion of audiosync; " AS_COMPLETION_NOTE " fish\n\n"
	      "complete -c audiosync -n __fish_use_subcommand -f\n",
	      out);
	for (size_t i = 0; i < n; i++) {
		if (!rows[i].run)
			continue;
		fprintf(out, "complete -c audiosync -n __fish_use_subcommand -a %s", rows[i].word);
		put_description(out, rows[i].summary);
	}
	fputs("\ncomplete -c audiosync -n '__fish_seen_subcommand_from config' -f\n"
	      "complete -c audiosync -n '__fish_seen_subcommand_from config;"
	      " and not __fish_seen_subcommand_from " AS_CONFIG_WORDS "' -a '" AS_CONFIG_WORDS "'\n"
	      "complete -c audiosync -n '__fish_seen_subcommand_from config; and "
	      "__fish_seen_subcommand_from get' -a '",
	      out);
	as_completion_keys(out, "");
	fputs("'\n\n", out);
	for (size_t i = 0; i < n_flags; i++)
		put_flag(out, &flags[i]);
}
