/* Settings: one table, one row per setting. INI files, the command line, help texts, man pages,
 * shell completions and settings panes all read that row.
 *
 * A key is "section.name" ("export.bit_depth"). Values are merged in this order, later ones
 * winning: built-in defaults, preset, system file, user file, --config file, command line. So what
 * someone has written into their own file holds whichever preset they choose. */
#ifndef AUDIOSYNC_OPTIONS_H
#define AUDIOSYNC_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include <audiosync/error.h>

#ifdef __cplusplus
extern "C" {
#endif

enum as_option_type {
	AS_OPTION_BOOL,   /* yes|no */
	AS_OPTION_INT,
	AS_OPTION_REAL,
	AS_OPTION_CHOICE, /* one of choices */
	AS_OPTION_TEXT,
	AS_OPTION_PATH,   /* text; the program, not the library, expands a leading ~/ */
};

/* One row of the table; constant. */
struct as_option_row {
	const char *key;        /* "section.name" */
	const char *flag;       /* long flag without dashes, or NULL: INI and --set only */
	char short_flag;        /* or 0 */
	bool negated;           /* the flag takes no value and means "no" (--no-cache) */
	enum as_option_type type;
	const char *unit;       /* "s", "ms", "dB", "Hz", … or "" */
	double min, max;        /* numbers only; inclusive */
	const char *choices;    /* "wav|aiff|flac|mp3" or NULL */
	const char *def;        /* default, as text */
	const char *commands;   /* commands that take the flag, "sync|analyze", or "*" */
	const char *metavar;    /* "HZ" */
	const char *help;       /* one line */
	const char *flag_help;  /* what the flag does where help does not say it; or NULL */
	const char *word;       /* stands for word_value, which min and max do not bound; or NULL */
	double word_value;
	const char *alias;      /* another key that is understood in files, or NULL */
};

struct as_options;

/* The table. Constant; any thread. find takes a key or an alias; NULL if there is none such. */
AS_API const struct as_option_row *as_option_rows(size_t *n);
AS_API const struct as_option_row *as_option_find(const char *key);
/* What a setting may be, for people: "16, 24 or 32", "2 to 120 s", "yes or no"; "" for free text.
 * Returns out. */
AS_API char *as_option_allowed(const struct as_option_row *row, char *out, size_t out_bytes);

/* New options at their defaults; NULL when out of memory. Free with as_options_free (NULL is fine).
 * An options object belongs to one thread at a time; a session copies it. */
AS_API struct as_options *as_options_new(void);
AS_API struct as_options *as_options_copy(const struct as_options *opt);
AS_API void as_options_free(struct as_options *opt);

/* Sets one value from text. AS_ERR_INVALID (message names key, value and what is allowed) leaves
 * the old value. origin says where it came from, for messages and `config dump`
 * ("audiosync.ini:12"); may be NULL. */
AS_API enum as_status as_options_set(struct as_options *opt, const char *key, const char *value,
				     const char *origin, struct as_error *err);

/* Reads an INI file over what is there. Unknown keys, values out of range, lines that are too long
 * and bad syntax are errors that name file, line and key; nothing is changed then. */
AS_API enum as_status as_options_load_file(struct as_options *opt, const char *path,
					   struct as_error *err);

/* A preset that is compiled in. */
struct as_preset {
	const char *name;
	const char *help; /* one line */
	const char *text; /* INI */
};
AS_API const struct as_preset *as_presets(size_t *n);

/* Applies a preset: name.ini from the first of dirs that has it (NULL-terminated; NULL for none),
 * else a built-in one; a name with a slash is a file. Errors as as_options_load_file. */
AS_API enum as_status as_options_load_preset(struct as_options *opt, const char *name,
					     const char *const *dirs, struct as_error *err);

/* Checks what no single value shows (weak above strong, a rate that the format does not have). Call
 * it when all is merged. The message names both keys and where their values came from. */
AS_API enum as_status as_options_check(const struct as_options *opt, struct as_error *err);

/* Latency of single devices: the section [calibration], lines "NAME = ms", with any name. As keys they are "calibration.NAME", NAME being
 * the device's with what a key cannot hold as %XX (audiosync.ini.5), and as_options_set, _value and _origin take them like all others;
 * as_option_find does not know them. */
/* False where there is none for the device (as_live_status.device). */
AS_API bool as_options_calibration(const struct as_options *opt, const char *device, double *ms);
/* AS_ERR_INVALID out of the range of live.calibration_ms, and for a name that is empty or of more than 255 bytes. */
AS_API enum as_status as_options_set_calibration(struct as_options *opt, const char *device, double ms, const char *origin,
						 struct as_error *err);
/* Heap; NULL when out of memory. For INI files and as_options_set. */
AS_API char *as_options_calibration_key(const char *device);
/* How many there are, and their keys, 0-based, borrowed until the next set; *device (may be NULL) likewise. */
AS_API size_t as_options_calibrations(const struct as_options *opt);
AS_API const char *as_options_calibration_at(const struct as_options *opt, size_t i, const char **device);

/* Getters. The key must exist and have the type asked for (checked by assert). Strings are borrowed
 * until the next set or free. */
/* Also for a choice between words: true unless it is "no" or "never". */
AS_API bool as_options_bool(const struct as_options *opt, const char *key);
/* A row's word reads as its word_value. Also for a choice between numbers, where a word ("auto")
 * reads as 0. */
AS_API long as_options_int(const struct as_options *opt, const char *key);
/* Also for AS_OPTION_INT. */
AS_API double as_options_real(const struct as_options *opt, const char *key);
AS_API const char *as_options_text(const struct as_options *opt, const char *key);
/* The value of any key as text, as it would stand in an INI file; NULL for an unknown key. */
AS_API const char *as_options_value(const struct as_options *opt, const char *key);
/* Where it came from: "default", "preset concert:4", "audiosync.ini:12", "--format"; NULL for an
 * unknown key. */
AS_API const char *as_options_origin(const struct as_options *opt, const char *key);

#ifdef __cplusplus
}
#endif
#endif
