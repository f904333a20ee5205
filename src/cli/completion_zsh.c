#include <string.h>

#include "cli/completion.h"
#include "cli/documents.h"

static void put_quoted(FILE *out, const char *s)
{
	as_completion_quoted(out, s, "'\\''", "\\[]:");
}

static void put_argument(FILE *out, const struct as_flag *f)
{
	fputs(":", out);
	put_quoted(out, f->metavar);
	fputs(":", out);
	if (f->arg == AS_ARG_FILE) {
		fputs("_files", out);
	} else if (f->arg == AS_ARG_DIR) {
		fputs("_files -/", out);
	} else if (f->arg == AS_ARG_PRESET) {
		fputs("_audiosync_presets", out);
	} else if (f->arg == AS_ARG_KEY) {
		fputs("_audiosync_set", out);
	} else if (f->id == AS_FLAG_TRACK) {
		fputs("_audiosync_track", out);
	} else if (f->row && (f->row->choices || f->row->word)) {
		fputs("(", out);
		as_completion_values(out, f->row);
		fputs(")", out);
	} else {
		fputs(" ", out);
	}
}

/* A specification of _arguments. */
static void put_flag(FILE *out, const struct as_flag *f)
{
	bool many = f->id == AS_FLAG_SET || f->id == AS_FLAG_TRACK || f->id == AS_FLAG_CONFIG ||
		    f->id == AS_FLAG_PRESET || f->id == AS_FLAG_VERBOSE;
	const char *equals = f->metavar ? "=" : "", *plus = f->metavar ? "+" : "";

	fputs("\t\t", out);
	if (f->letter && many)
		fprintf(out, "'*'{-%c%s,--%s%s}'", f->letter, plus, f->name, equals);
	else if (f->letter)
		fprintf(out, "'(-%c --%s)'{-%c%s,--%s%s}'", f->letter, f->name, f->letter, plus,
			f->name, equals);
	else
		fprintf(out, "'%s--%s%s", many ? "*" : "", f->name, equals);
	fputs("[", out);
	put_quoted(out, f->help);
	fputs("]", out);
	if (f->metavar)
		put_argument(out, f);
	fputs("'\n", out);
}

static void put_functions(FILE *out)
{
	size_t n;
	const struct as_option_row *rows = as_option_rows(&n);

	fputs("_audiosync_presets() {\n"
	      "\tcompadd -- ${(f)\"$(_call_program presets \"audiosync " AS_COMPLETION_PRESETS
	      "\")\"}\n"
	      "}\n\n"
	      "_audiosync_track() {\n"
	      "\tcompset -P '*[=,]' && _files\n"
	      "}\n\n"
	      "_audiosync_keys() {\n"
	      "\tcompadd \"$@\" -- ",
	      out);
	as_completion_keys(out, "");
	fputs("\n}\n\n"
	      "_audiosync_set() {\n"
	      "\tif ! compset -P 1 '*='; then\n"
	      "\t\t_audiosync_keys -S =\n"
	      "\t\treturn\n"
	      "\tfi\n"
	      "\tlocal key=${${IPREFIX##*--set=}%=}\n"
	      "\tcase $key in\n",
	      out);
	for (size_t i = 0; i < n; i++) {
		if (rows[i].type == AS_OPTION_PATH) {
			fprintf(out, "\t%s) _files -/ ;;\n", rows[i].key);
		} else if (rows[i].type == AS_OPTION_BOOL || rows[i].choices || rows[i].word) {
			fprintf(out, "\t%s) compadd -- ", rows[i].key);
			as_completion_values(out, &rows[i]);
			fputs(" ;;\n", out);
		}
	}
	fputs("\tesac\n}\n\n", out);
}

/* An array with the flags of one command, or with those of all where it is NULL. */
static void put_flags(FILE *out, const char *array, const char *command)
{
	struct as_flag flags[AS_FLAGS_MAX];
	size_t n = as_flags(flags);

	fprintf(out, "\t%s=(\n", array);
	for (size_t i = 0; i < n; i++) {
		bool common = !strcmp(flags[i].commands, "*");

		if (command ? !common && as_flag_is_for(&flags[i], command) : common)
			put_flag(out, &flags[i]);
	}
	fputs("\t)\n", out);
}

static void put_words(FILE *out, const struct as_command_row *c)
{
	if (c->id == AS_CMD_CONFIG)
		fputs("\t\twords_spec=('1:what:(" AS_CONFIG_WORDS ")' '2:key:_audiosync_keys')\n",
		      out);
	else if (c->max_words == 1)
		fputs("\t\twords_spec=('1:folder:_files -/')\n", out);
	else
		fputs("\t\twords_spec=('*:file:_files')\n", out);
}

void as_completion_zsh(FILE *out)
{
	size_t n;
	const struct as_command_row *rows = as_commands(&n);

	fputs("#compdef audiosync\n# " AS_COMPLETION_NOTE " zsh\n\n", out);
	put_functions(out);
	fputs("_audiosync() {\n"
	      "\tlocal curcontext=$curcontext state state_descr line ret=1\n"
	      "\tlocal -a common own words_spec commands\n"
	      "\tlocal -A opt_args\n",
	      out);
	put_flags(out, "common", NULL);
	fputs("\tcommands=(\n", out);
	for (size_t i = 0; i < n; i++) {
		if (!rows[i].run)
			continue;
		fprintf(out, "\t\t'%s:", rows[i].word);
		put_quoted(out, rows[i].summary);
		fputs("'\n", out);
	}
	fputs("\t)\n"
	      "\t_arguments -C -S $common '1: :->command' '*:: :->words' && ret=0\n"
	      "\tcase $state in\n"
	      "\tcommand) _describe -t commands command commands && ret=0 ;;\n"
	      "\twords)\n"
	      "\t\tcase $words[1] in\n",
	      out);
	for (size_t i = 0; i < n; i++) {
		if (!rows[i].run)
			continue;
		fprintf(out, "\t\t%s)\n", rows[i].word);
		put_words(out, &rows[i]);
		put_flags(out, "own", rows[i].word);
		fputs("\t\t;;\n", out);
	}
	fputs("\t\tesac\n"
	      "\t\t_arguments -S $common $own $words_spec && ret=0\n"
	      "\t\t;;\n"
	      "\tesac\n"
	      "\treturn ret\n"
	      "}\n\n"
	      "_audiosync \"$@\"\n",
	      out);
}
