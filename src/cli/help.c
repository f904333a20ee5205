#include "cli/help.h"

#include <string.h>

#include <audiosync/audiosync.h>

#include "base/text.h"

#define COLS 80
#define FLAG_COLS 27

/* Prints text from column at on, broken between words so that no line passes the edge. */
static void put_wrapped(FILE *out, int at, int indent, const char *text)
{
	bool first = true;

	while (*text) {
		int n = (int)strcspn(text, " ");

		if (!first && at + 1 + n > COLS) {
			fprintf(out, "\n%*s", indent, "");
			at = indent;
			first = true;
		}
		fprintf(out, "%s%.*s", first ? "" : " ", n, text);
		at += n + !first;
		first = false;
		text += n;
		text += strspn(text, " ");
	}
	fputc('\n', out);
}

static void put_flag(FILE *out, const struct as_flag *f)
{
	char left[80], text[400], allowed[160] = "";
	int n = snprintf(left, sizeof left, "  %c%c%s --%s%s%s", f->letter ? '-' : ' ',
			 f->letter ? f->letter : ' ', f->letter ? "," : " ", f->name,
			 f->metavar ? " " : "", f->metavar ? f->metavar : "");
	const struct as_option_row *row = f->row;
	bool number = row && (row->type == AS_OPTION_INT || row->type == AS_OPTION_REAL);

	if (row && (row->type == AS_OPTION_CHOICE || number))
		as_option_allowed(row, allowed, sizeof allowed);
	if (allowed[0])
		snprintf(text, sizeof text, "%s (%s; default %s)", f->help, allowed, row->def);
	else
		snprintf(text, sizeof text, "%s", f->help);
	fputs(left, out);
	if (n + 2 > FLAG_COLS)
		fprintf(out, "\n%*s", FLAG_COLS, "");
	else
		fprintf(out, "%*s", FLAG_COLS - n, "");
	put_wrapped(out, FLAG_COLS, FLAG_COLS, text);
}

static void put_lines(FILE *out, const char *lines)
{
	while (*lines) {
		size_t n = strcspn(lines, "\n");

		fprintf(out, "  %.*s\n", (int)n, lines);
		lines += n + (lines[n] == '\n');
	}
}

static void put_exit_codes(FILE *out)
{
	fputs("\nExit status:\n"
	      "  0 done, 1 failed, 2 wrong usage, 3 something could not be placed with\n"
	      "  confidence, 130 interrupted\n",
	      out);
}

void as_help_version(FILE *out)
{
	fprintf(out, "audiosync %s\n", as_version());
}

void as_help_program(FILE *out)
{
	size_t n;
	const struct as_command_row *rows = as_commands(&n);

	fputs("Usage: audiosync [OPTION...] [FILE|DIR|PROJECT...]    opens the interface\n"
	      "       audiosync COMMAND [OPTION...] [FILE|DIR...]\n\n"
	      "Recordings of one event in, aligned files out: finds by sound alone where every\n"
	      "clip of every camera and recorder sits on a shared timeline.\n\nCommands:\n",
	      out);
	for (size_t i = 0; i < n; i++)
		if (rows[i].run)
			fprintf(out, "  %-10s %s\n", rows[i].word, rows[i].summary);
	fputs("\nFolders are searched for media files. Every command explains itself:\n"
	      "  audiosync COMMAND --help\n"
	      "\nTo start with:\n"
	      "  audiosync analyze shoot/\n"
	      "  audiosync sync shoot/ -o synced/\n",
	      out);
}

void as_help_command(FILE *out, const struct as_command_row *command)
{
	struct as_flag flags[AS_FLAGS_MAX];
	size_t n = as_flags(flags);
	bool has_own = false;

	fprintf(out, "Usage: audiosync %s %s [OPTION...]\n\n", command->word, command->synopsis);
	put_wrapped(out, 0, 0, command->text);
	for (size_t i = 0; i < n; i++) {
		if (!strcmp(flags[i].commands, "*") || !as_flag_is_for(&flags[i], command->word))
			continue;
		fputs(has_own ? "" : "\nOptions:\n", out);
		has_own = true;
		put_flag(out, &flags[i]);
	}
	fputs("\nOptions of every command:\n", out);
	for (size_t i = 0; i < n; i++)
		if (!strcmp(flags[i].commands, "*"))
			put_flag(out, &flags[i]);
	if (command->examples) {
		fputs("\nExamples:\n", out);
		put_lines(out, command->examples);
	}
	put_exit_codes(out);
	fputs("\nSettings without a flag go into a configuration file or after --set:\n"
	      "see audiosync.ini(5) and `audiosync config list`.\n",
	      out);
}
