/* The manual pages, in mdoc(7). */
#include <string.h>

#include "cli/commands.h"
#include "cli/documents.h"

#define DATE "November 20, 2026"

#define LINE_BYTES 78

/* Text of one line: a backslash, and a dot or quote at the start, would mean something else. */
static void put_text(FILE *out, const char *s, int n)
{
	if (n > 0 && (*s == '.' || *s == '\''))
		fputs("\\&", out);
	for (; n > 0; n--, s++) {
		if (*s == '\\')
			fputs("\\e", out);
		else
			fputc(*s, out);
	}
}

/* Running text, broken at blanks and, as mdoc wants it, after every sentence. */
static void put_sentences(FILE *out, const char *s)
{
	int at = 0;

	while (*s) {
		int n = (int)strcspn(s, " ");

		if (at > 0)
			fputc(at + 1 + n > LINE_BYTES || s[-2] == '.' ? '\n' : ' ', out);
		if (at > 0 && (at + 1 + n > LINE_BYTES || s[-2] == '.'))
			at = 0;
		put_text(out, s, n);
		at += n + 1;
		s += n;
		while (*s == ' ')
			s++;
	}
	fputc('\n', out);
}

/* A phrase of a table as a sentence. */
static void put_sentence(FILE *out, const char *s)
{
	char line[256];

	snprintf(line, sizeof line, "%s.", s);
	if (line[0] >= 'a' && line[0] <= 'z')
		line[0] = (char)(line[0] - 'a' + 'A');
	put_sentences(out, line);
}

static void put_literal(FILE *out, const char *lines)
{
	fputs(".Bd -literal -offset indent\n", out);
	while (*lines) {
		int n = (int)strcspn(lines, "\n");

		put_text(out, lines, n);
		fputc('\n', out);
		lines += n + (lines[n] == '\n');
	}
	fputs(".Ed\n", out);
}

static void put_range(FILE *out, const struct as_option_row *row)
{
	char allowed[160];

	if (as_option_allowed(row, allowed, sizeof allowed)[0])
		fprintf(out, "Allowed: %s.\n", allowed);
	fprintf(out, "Default: %s.\n", row->def[0] ? row->def : "empty");
}

static void put_flag(FILE *out, const struct as_flag *f)
{
	fputs(".It ", out);
	if (f->letter)
		fprintf(out, "Fl %c , ", f->letter);
	fprintf(out, "Fl -%s", f->name);
	if (f->metavar)
		fprintf(out, " Ar %s", f->metavar);
	fputc('\n', out);
	put_sentence(out, f->help);
	if (f->row && f->metavar)
		put_range(out, f->row);
	if (f->row)
		fprintf(out, "Setting:\n.Ic %s .\n", f->row->key);
}

static void put_flags(FILE *out, const char *commands)
{
	struct as_flag flags[AS_FLAGS_MAX];
	size_t n = as_flags(flags);

	fputs(".Bl -tag -width Ds\n", out);
	for (size_t i = 0; i < n; i++)
		if (!strcmp(flags[i].commands, commands))
			put_flag(out, &flags[i]);
	fputs(".El\n", out);
}

/* One list for each set of commands, in the order in which the sets appear. */
static void put_options(FILE *out)
{
	struct as_flag flags[AS_FLAGS_MAX];
	size_t n = as_flags(flags);

	fputs(".Sh OPTIONS\nOptions may stand before or after the command and between files;\n.Fl "
	      "-\nends them.\n",
	      out);
	for (size_t i = 0; i < n; i++) {
		bool seen = false;

		for (size_t j = 0; j < i; j++)
			seen = seen || !strcmp(flags[j].commands, flags[i].commands);
		if (seen)
			continue;
		if (!strcmp(flags[i].commands, "*")) {
			fputs(".Ss Options of every command\n", out);
		} else {
			fputs(".Ss Options of ", out);
			for (const char *c = flags[i].commands; *c; c++)
				fprintf(out,
					*c == '|' ? (strchr(c + 1, '|') ? ", " : " and ") : "%c",
					*c);
			fputc('\n', out);
		}
		put_flags(out, flags[i].commands);
	}
}

static void put_commands(FILE *out)
{
	size_t n;
	const struct as_command_row *rows = as_commands(&n);

	fputs(".Sh COMMANDS\n.Bl -tag -width Ds\n", out);
	for (size_t i = 0; i < n; i++) {
		if (!rows[i].run)
			continue;
		fprintf(out, ".It Cm %s\n", rows[i].word);
		put_sentences(out, rows[i].text);
	}
	fputs(".El\n", out);
}

static void put_synopsis(FILE *out)
{
	size_t n;
	const struct as_command_row *rows = as_commands(&n);

	fputs(".Sh SYNOPSIS\n.Nm\n.Op Ar OPTION ...\n.Op Ar FILE | DIR | PROJECT ...\n", out);
	for (size_t i = 0; i < n; i++)
		if (rows[i].run)
			fprintf(out, ".Nm\n.Cm %s\n%s\n.Op Ar OPTION ...\n", rows[i].word,
				rows[i].synopsis);
	fputs(".Nm\n.Fl -help | -version\n", out);
}

static void put_examples(FILE *out)
{
	size_t n;
	const struct as_command_row *rows = as_commands(&n);

	fputs(".Sh EXAMPLES\n", out);
	for (size_t i = 0, printed = 0; i < n; i++) {
		if (!rows[i].run || !rows[i].examples)
			continue;
		fputs(printed++ ? ".Pp\n" : "", out);
		put_sentence(out, rows[i].summary);
		put_literal(out, rows[i].examples);
	}
}

static void put_description(FILE *out)
{
	fputs(".Sh DESCRIPTION\n"
	      ".Nm\n"
	      "takes the recordings that several cameras, recorders and phones made of one\n"
	      "event and finds out where each of them sits on a shared timeline, from their\n"
	      "sound alone.\n"
	      "It measures clock drift and lost samples, says how sure every position is,\n"
	      "and leaves out what it cannot place rather than guess.\n"
	      "It reads every sound and video format that FFmpeg decodes.\n"
	      ".Pp\n"
	      "Folders are searched for media files at any depth.\n"
	      "Files of one device form one track; see\n"
	      ".Fl -group-by\n"
	      "and\n"
	      ".Fl -track .\n"
	      "The answer goes to standard output; progress and messages go to standard error.\n"
	      "Recordings are never changed.\n",
	      out);
}

static void put_interface(FILE *out)
{
	fputs(".Sh THE INTERFACE\n"
	      "Without a command\n"
	      ".Nm\n"
	      "opens an interface for the terminal, with the recordings or the project that are named.\n"
	      "Everything has a key; the bottom line shows the most useful ones.\n"
	      "Every action also has a name, which\n"
	      ".Ic \\&:\n"
	      "takes with what may follow it.\n"
	      "Keys that belong to a pane hold while it has the focus, and go before those of everywhere.\n"
	      "A number typed before a nudge is its count.\n"
	      ".Pa ~/.config/audiosync/keys.ini\n"
	      "binds other keys, with lines\n"
	      ".Ql action = keys\n"
	      "as\n"
	      ".Ql audiosync config keys\n"
	      "prints them.\n"
	      "The setting interface.theme names the colours; NO_COLOR is honoured.\n"
	      "Changes are kept as they are made: a line that drops loses nothing, a crash two seconds at most, and the next start offers\n"
	      "to go on.\n",
	      out);
	as_man_keys(out);
}

static void put_environment(FILE *out)
{
	fputs(".Sh ENVIRONMENT\n"
	      ".Bl -tag -width Ds\n"
	      ".It Ev XDG_CONFIG_HOME , XDG_CONFIG_DIRS , XDG_CACHE_HOME , HOME\n"
	      "Where configuration files, presets and the cache are; see\n"
	      ".Sx FILES .\n"
	      ".It Ev NO_COLOR\n"
	      "Set and not empty: no colours unless\n"
	      ".Fl -color Cm always\n"
	      "asks for them.\n"
	      ".It Ev TMPDIR\n"
	      "Where the demo goes when no folder is named.\n"
	      ".It Ev TERM , COLUMNS , LINES\n"
	      "What the terminal is and how large, where it does not say so itself.\n"
	      ".El\n",
	      out);
}

static void put_files(FILE *out)
{
	fputs(".Sh FILES\n"
	      ".Bl -tag -width Ds\n"
	      ".It Pa /etc/xdg/audiosync/audiosync.ini\n"
	      "Settings of the system, below every folder of\n"
	      ".Ev XDG_CONFIG_DIRS .\n"
	      ".It Pa ~/.config/audiosync/audiosync.ini\n"
	      "Settings of the user; see\n"
	      ".Xr audiosync.ini 5 .\n"
	      ".It Pa ~/.config/audiosync/keys.ini , themes/NAME.ini\n"
	      "Keys and colours of the interface.\n"
	      ".It Pa ~/.local/state/audiosync\n"
	      "Sessions that did not end in order.\n"
	      ".It Pa ~/.config/audiosync/presets/NAME.ini\n"
	      "Presets of the user.\n"
	      ".It Pa ~/.cache/audiosync\n"
	      "Analysis data, so that a second run decodes nothing; can be removed at any time.\n"
	      ".It Pa /var/tmp\n"
	      "Analysis data while the cache is off, in files without a name.\n"
	      ".El\n",
	      out);
}

static void put_exit_status(FILE *out)
{
	fputs(".Sh EXIT STATUS\n"
	      ".Bl -tag -width Ds\n"
	      ".It 0\nDone.\n"
	      ".It 1\nFailed.\n"
	      ".It 2\nWrong usage or a setting that is not valid; nothing was done.\n"
	      ".It 3\nRan, but something could not be placed with confidence;\n"
	      "of live: it never found the place, or there was an alert.\n"
	      ".It 130\nInterrupted; nothing half-written was left behind.\n"
	      ".El\n",
	      out);
}

void as_man_program(FILE *out)
{
	fputs(".\\\" Made from the tables of settings and commands: audiosync config man 1\n"
	      ".Dd " DATE "\n.Dt AUDIOSYNC 1\n.Os\n.Sh NAME\n.Nm audiosync\n"
	      ".Nd place recordings of one event on a shared timeline by their sound\n",
	      out);
	put_synopsis(out);
	put_description(out);
	put_commands(out);
	put_options(out);
	put_interface(out);
	as_man_live(out);
	put_environment(out);
	put_files(out);
	put_exit_status(out);
	put_examples(out);
	fputs(".Sh SEE ALSO\n.Xr ffmpeg 1 ,\n.Xr audiosync-project 5 ,\n.Xr audiosync.ini 5\n", out);
}

static void put_setting(FILE *out, const struct as_option_row *row)
{
	fprintf(out, ".It Ic %s\n", strchr(row->key, '.') + 1);
	put_sentence(out, row->help);
	put_range(out, row);
	if (row->flag)
		fprintf(out, "Flag:\n.Fl -%s .\n", row->flag);
	if (row->alias)
		fprintf(out, "Also understood as\n.Ic %s\nin section\n.Ic %.*s .\n",
			strchr(row->alias, '.') + 1, (int)strcspn(row->alias, "."), row->alias);
}

static void put_settings(FILE *out)
{
	size_t n, bytes = 0;
	const struct as_option_row *rows = as_option_rows(&n);

	fputs(".Sh SETTINGS\n", out);
	for (size_t i = 0; i < n; i++) {
		bool first = i == 0 || strncmp(rows[i].key, rows[i - 1].key, bytes + 1) != 0;

		bytes = strcspn(rows[i].key, ".");
		if (first)
			fprintf(out, "%s.Ss Section %.*s\n.Bl -tag -width Ds\n", i ? ".El\n" : "",
				(int)bytes, rows[i].key);
		put_setting(out, &rows[i]);
	}
	fputs(".El\n", out);
}

static void put_calibration(FILE *out)
{
	fputs(".Ss Section calibration\n"
	      "What\n"
	      ".Cm live.calibration_ms\n"
	      "is for all devices, a line\n"
	      ".Ql NAME = ms\n"
	      "is for one of them, and holds instead while that is listened to.\n"
	      "NAME is that which\n"
	      ".Ic audiosync devices\n"
	      "lists and\n"
	      ".Fl -capture\n"
	      "takes, up to the last\n"
	      ".Ql \\&=\n"
	      "of the line.\n"
	      "Since they begin comments and sections, the characters\n"
	      ".Ql % \\&; # \\&[ \\&] ,\n"
	      "control characters, and blanks at the ends\n"
	      "are written as\n"
	      ".Ql %\n"
	      "and two hexadecimal digits:\n"
	      "%25 %3B %23 %5B %5D;\n"
	      ".Ql \\&:\n"
	      "and\n"
	      ".Ql \\&=\n"
	      "may be: %3A %3D.\n"
	      "A\n"
	      ".Ql %\n"
	      "without such digits stands for itself.\n"
	      "On the command line it is\n"
	      ".Fl -set Cm calibration.NAME=ms .\n",
	      out);
	put_literal(out, "[calibration]\nmonitor:alsa_output.pci-0000_00_1f.3.analog-stereo = -42.5\nUSB Audio = 11");
}

static void put_presets(FILE *out)
{
	size_t n;
	const struct as_preset *presets = as_presets(&n);

	fputs(".Sh PRESETS\n"
	      "A preset is a configuration file with a name, chosen with\n"
	      ".Fl -preset .\n"
	      "Since files are read after it, what you have written into your own file holds\n"
	      "with every preset.\n"
	      "A file\n"
	      ".Pa NAME.ini\n"
	      "in\n"
	      ".Pa ~/.config/audiosync/presets\n"
	      "is a preset too, and replaces a built-in one of the same name.\n"
	      ".Bl -tag -width Ds\n",
	      out);
	for (size_t i = 0; i < n; i++) {
		fprintf(out, ".It Ic %s\n", presets[i].name);
		put_sentence(out, presets[i].help);
	}
	fputs(".El\n", out);
}

void as_man_settings(FILE *out)
{
	fputs(".\\\" Made from the table of settings: audiosync config man 5\n"
	      ".Dd " DATE "\n.Dt AUDIOSYNC.INI 5\n.Os\n.Sh NAME\n.Nm audiosync.ini\n"
	      ".Nd settings of audiosync\n",
	      out);
	fputs(".Sh DESCRIPTION\n"
	      "Settings are merged in this order, later ones winning:\n"
	      ".Bl -enum -compact\n"
	      ".It\nthe defaults,\n"
	      ".It\nthe preset, chosen with\n.Fl -preset ,\n"
	      ".It\n.Pa audiosync/audiosync.ini\nbelow the folders of\n.Ev XDG_CONFIG_DIRS "
	      ",\nelse\n.Pa /etc/xdg ,\n"
	      ".It\n.Pa audiosync/audiosync.ini\nbelow\n.Ev XDG_CONFIG_HOME ,\nelse\n.Pa ~/.config "
	      ",\n"
	      ".It\nfiles given with\n.Fl -config ,\n"
	      ".It\nflags and\n.Fl -set\non the command line.\n"
	      ".El\n"
	      ".Pp\n"
	      "A file has lines of the form\n"
	      ".Ql name = value\n"
	      "below the name of a section in brackets.\n"
	      "Lines that begin with\n"
	      ".Ql #\n"
	      "or\n"
	      ".Ql \\&;\n"
	      "are comments, and so is what follows a blank and a\n"
	      ".Ql \\&; .\n"
	      "Indentation means nothing.\n"
	      "Numbers have a dot in every locale.\n"
	      "A name that stands twice has the value that comes last.\n"
	      ".Pp\n"
	      "Unknown names, values that are not allowed and lines that are too long are\n"
	      "errors that name file, line and setting; nothing is done then.\n"
	      "A line may have 197 bytes; a comment may be longer.\n"
	      ".Pp\n"
	      ".Ic audiosync config dump\n"
	      "prints a complete file with the settings that hold now,\n"
	      ".Ic audiosync config list\n"
	      "where each of them comes from.\n",
	      out);
	put_settings(out);
	put_calibration(out);
	put_presets(out);
	fputs(".Sh EXAMPLES\n"
	      "24-bit FLAC, and a sound path that is 83.5 ms late:\n",
	      out);
	put_literal(out,
		    "[export]\nformat = flac\nbit_depth = 24\n\n[live]\ncalibration_ms = -83.5");
	fputs(".Sh SEE ALSO\n.Xr audiosync 1\n", out);
}
