/* What the completions of the three shells share. */
#ifndef AS_CLI_COMPLETION_H
#define AS_CLI_COMPLETION_H

#include <stdio.h>

#include "cli/commands.h"

#define AS_CONFIG_WORDS "list get path dump presets cache"
#define AS_COMPLETION_NOTE                                                                         \
	"made from the tables of settings and commands: audiosync config completion"
/* A shell command that prints the names of all presets, whatever is in the configuration files. */
#define AS_COMPLETION_PRESETS "config presets --defaults 2>/dev/null | cut -d' ' -f1"

/* The words that a setting can be, parted by blanks; false where there is none: numbers have but
 * the word that stands for one. */
bool as_completion_values(FILE *out, const struct as_option_row *row);
/* All keys, each with after behind it, parted by blanks. */
void as_completion_keys(FILE *out, const char *after);
/* Text in single quotes: quote is what stands for one inside, escaped the characters that get a
 * backslash. */
void as_completion_quoted(FILE *out, const char *s, const char *quote, const char *escaped);

#endif
