/* The two tables besides that of the settings: commands, and flags that are no settings. Parser,
 * help, man page and completions read them. */
#ifndef AS_CLI_COMMANDS_H
#define AS_CLI_COMMANDS_H

#include <stddef.h>

#include "cli/args.h"

struct as_command_row {
	enum as_command id;
	const char *word;
	const char *synopsis;     /* "FILE|DIR..." */
	const char *summary;      /* one line */
	const char *text;         /* a paragraph */
	const char *examples;     /* lines of shell; may be NULL */
	int min_words, max_words; /* max -1: any number; --track counts as a word */
	int (*run)(const struct as_args *args);
};

const struct as_command_row *as_commands(size_t *n);
/* By word or by id; NULL if there is none such. */
const struct as_command_row *as_command_find(const char *word);
const struct as_command_row *as_command_row(enum as_command id);

enum as_flag_id {
	AS_FLAG_SETTING, /* row says which */
	AS_FLAG_OUTPUT_DIR,
	AS_FLAG_SAVE,
	AS_FLAG_RELINK,
	AS_FLAG_RECOVER,
	AS_FLAG_ASCII,
	AS_FLAG_FORCE,
	AS_FLAG_REFERENCE,
	AS_FLAG_TRACK,
	AS_FLAG_DOCUMENT, /* its name is the kind */
	AS_FLAG_MAP_PATH,
	AS_FLAG_EXPLAIN,
	AS_FLAG_SEED,
	AS_FLAG_TRIALS,
	AS_FLAG_PPM,
	AS_FLAG_OUTPUT,
	AS_FLAG_PLOT,
	AS_FLAG_CAPTURE,
	AS_FLAG_PCM,
	AS_FLAG_ONCE,
	AS_FLAG_DURATION,
	AS_FLAG_PLAIN,
	AS_FLAG_FAST,
	AS_FLAG_PROMETHEUS,
	AS_FLAG_ON_ALERT,
	AS_FLAG_MPV,
	AS_FLAG_CALIBRATE,
	AS_FLAG_YES,
	AS_FLAG_CLEAR,
	AS_FLAG_DEFAULTS,
	AS_FLAG_PRESET,
	AS_FLAG_CONFIG,
	AS_FLAG_SET,
	AS_FLAG_JSON,
	AS_FLAG_VERBOSE,
	AS_FLAG_QUIET,
	AS_FLAG_HELP,
	AS_FLAG_VERSION,
};

/* What stands after a flag, for completions. */
enum as_flag_arg {
	AS_ARG_NONE,
	AS_ARG_TEXT,
	AS_ARG_FILE,
	AS_ARG_DIR,
	AS_ARG_CHOICE,
	AS_ARG_PRESET,
	AS_ARG_KEY
};

/* One flag, whichever table it comes from. */
struct as_flag {
	const char *name;     /* without dashes */
	char letter;          /* or 0 */
	const char *metavar;  /* NULL: takes no value */
	const char *commands; /* "sync|analyze" or "*" */
	const char *help;
	enum as_flag_arg arg;
	enum as_flag_id id;
	const struct as_option_row *row; /* NULL unless it is a setting */
};

#define AS_FLAGS_MAX 128

/* All flags, those of one command or some commands first, those of all last; returns how many. */
size_t as_flags(struct as_flag out[AS_FLAGS_MAX]);
bool as_flag_is_for(const struct as_flag *flag, const char *command);

#endif
