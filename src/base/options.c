#include <audiosync/options.h>

#include <assert.h>
#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/calibration.h"
#include "base/config.h"
#include "base/error.h"
#include "base/suggest.h"

struct value {
	char *text;    /* as it would stand in a file */
	char *origin;  /* NULL: the default */
	double number; /* of INT, REAL and BOOL, and of a CHOICE that is a number */
};

struct as_options {
	struct as_calibrations calibrations;
	size_t n;
	struct value values[]; /* one for each row */
};

static void set_done(struct value *v)
{
	free(v->text);
	free(v->origin);
	*v = (struct value){0};
}

void as_options_free(struct as_options *opt)
{
	if (!opt)
		return;
	for (size_t i = 0; i < opt->n; i++)
		set_done(&opt->values[i]);
	as_calibrations_done(&opt->calibrations);
	free(opt);
}

static struct as_options *new_empty(void)
{
	size_t n;
	struct as_options *opt;

	as_option_rows(&n);
	opt = calloc(1, sizeof *opt + n * sizeof *opt->values);
	if (opt)
		opt->n = n;
	return opt;
}

struct as_options *as_options_new(void)
{
	size_t n;
	const struct as_option_row *rows = as_option_rows(&n);
	struct as_options *opt = new_empty();

	for (size_t i = 0; opt && i < n; i++) {
		if (as_options_set(opt, rows[i].key, rows[i].def, NULL, NULL) != AS_OK) {
			as_options_free(opt);
			return NULL;
		}
	}
	return opt;
}

struct as_options *as_options_copy(const struct as_options *opt)
{
	struct as_options *copy = new_empty();

	for (size_t i = 0; copy && i < opt->n; i++) {
		const struct value *from = &opt->values[i];
		struct value *to = &copy->values[i];

		to->number = from->number;
		to->text = strdup(from->text);
		to->origin = from->origin ? strdup(from->origin) : NULL;
		if (!to->text || (from->origin && !to->origin)) {
			as_options_free(copy);
			return NULL;
		}
	}
	if (copy && !as_calibrations_copy(&copy->calibrations, &opt->calibrations)) {
		as_options_free(copy);
		return NULL;
	}
	return copy;
}

void as_options_swap_calibrations(struct as_options *a, struct as_options *b)
{
	struct as_calibrations c = a->calibrations;

	a->calibrations = b->calibrations;
	b->calibrations = c;
}

void as_options_swap(struct as_options *a, struct as_options *b)
{
	as_options_swap_calibrations(a, b);
	for (size_t i = 0; i < a->n; i++) {
		struct value v = a->values[i];

		a->values[i] = b->values[i];
		b->values[i] = v;
	}
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* A decimal number and nothing else: no blanks, no hex, no "inf". */
static bool is_number(const char *s, bool whole)
{
	int digits = 0;

	if (*s == '+' || *s == '-')
		s++;
	for (; is_digit(*s); s++)
		digits++;
	if (!whole && *s == '.')
		for (s++; is_digit(*s); s++)
			digits++;
	if (digits == 0)
		return false;
	if (!whole && (*s == 'e' || *s == 'E')) {
		s++;
		if (*s == '+' || *s == '-')
			s++;
		if (!is_digit(*s))
			return false;
		while (is_digit(*s))
			s++;
	}
	return *s == '\0';
}

/* strtod with a dot whatever locale the process has chosen. */
static bool read_number(const char *s, double *out)
{
	locale_t c = newlocale(LC_ALL_MASK, "C", (locale_t)0), old;

	if (c == (locale_t)0)
		return false;
	old = uselocale(c);
	*out = strtod(s, NULL);
	uselocale(old);
	freelocale(c);
	return true;
}

static bool read_bool(const char *s, double *out)
{
	static const char *const words[2][4] = {{"no", "false", "off", "0"},
						{"yes", "true", "on", "1"}};

	for (int value = 0; value < 2; value++)
		for (int i = 0; i < 4; i++)
			if (!strcmp(s, words[value][i])) {
				*out = value;
				return true;
			}
	return false;
}

static bool is_choice(const char *choices, const char *s)
{
	size_t n = strlen(s);

	for (const char *p = choices; p; p = strchr(p, '|') ? strchr(p, '|') + 1 : NULL)
		if (n > 0 && strcspn(p, "|") == n && !strncmp(p, s, n))
			return true;
	return false;
}

/* Reads text by the row's rules into *number and *canonical (borrowed from text or constant). */
static bool read_value(const struct as_option_row *row, const char *text, const char **canonical,
		       double *number)
{
	bool whole = row->type == AS_OPTION_INT;

	*canonical = text;
	*number = 0;
	switch (row->type) {
	case AS_OPTION_BOOL:
		if (!read_bool(text, number))
			return false;
		*canonical = *number != 0 ? "yes" : "no";
		return true;
	case AS_OPTION_CHOICE:
		return is_choice(row->choices, text) &&
		       (!is_number(text, true) || read_number(text, number));
	case AS_OPTION_INT:
	case AS_OPTION_REAL:
		if (row->word && !strcmp(text, row->word)) {
			*number = row->word_value;
			return true;
		}
		if (!is_number(text, whole) || !read_number(text, number))
			return false;
		if (row->word && *number == row->word_value)
			*canonical = row->word;
		else
			return *number >= row->min && *number <= row->max;
		return true;
	case AS_OPTION_TEXT:
	case AS_OPTION_PATH:
		return true;
	}
	return false;
}

/* "auto|16|24" as "auto, 16 or 24". */
static void list_choices(const char *choices, char *out, size_t out_bytes)
{
	size_t used = 0;

	for (const char *p = choices; *p && used + 6 < out_bytes; p++) {
		const char *bar = *p == '|' ? (strchr(p + 1, '|') ? ", " : " or ") : NULL;

		if (bar) {
			memcpy(out + used, bar, strlen(bar));
			used += strlen(bar);
		} else {
			out[used++] = *p;
		}
	}
	out[used] = '\0';
}

char *as_option_allowed(const struct as_option_row *row, char *out, size_t out_bytes)
{
	bool has_unit = row->unit && row->unit[0];

	if (out_bytes > 0)
		out[0] = '\0';
	if (row->type == AS_OPTION_BOOL)
		snprintf(out, out_bytes, "yes or no");
	else if (row->type == AS_OPTION_CHOICE && out_bytes > 0)
		list_choices(row->choices, out, out_bytes);
	else if (row->type == AS_OPTION_INT || row->type == AS_OPTION_REAL)
		snprintf(out, out_bytes, "%.10g to %.10g%s%s%s%s", row->min, row->max,
			 has_unit ? " " : "", has_unit ? row->unit : "", row->word ? ", or " : "",
			 row->word ? row->word : "");
	return out;
}

static enum as_status fail_key(const char *key, const char *prefix, const char *colon,
			       struct as_error *err)
{
	struct as_suggest near = {.word = key};
	size_t n;
	const struct as_option_row *rows = as_option_rows(&n);

	for (size_t i = 0; i < n; i++) {
		const char *name = strchr(rows[i].key, '.') + 1;

		as_suggest_offer(&near, rows[i].key);
		/* The right name under a wrong section, or under none. */
		if (!strcmp(name, strrchr(key, '.') ? strrchr(key, '.') + 1 : key))
			near = (struct as_suggest){key, rows[i].key, 0};
	}
	return as_fail(err, AS_ERR_INVALID, "%.300s%sno setting is called \"%.80s\"%s%s%s", prefix,
		       colon, key, near.best ? "; did you mean " : "", near.best ? near.best : "",
		       near.best ? "?" : "");
}

/* ---- [calibration] ---- */

static bool is_calibration(const char *key)
{
	return !strncmp(key, AS_CALIBRATION_PREFIX, sizeof AS_CALIBRATION_PREFIX - 1);
}

static enum as_status set_calibration(struct as_options *opt, const char *key, const char *value, const char *origin,
				      struct as_error *err)
{
	const struct as_option_row *row = as_option_find("live.calibration_ms");
	const char *canonical;
	char allowed[128];
	double ms;

	if (read_value(row, value, &canonical, &ms))
		return as_calibrations_set(&opt->calibrations, key, canonical, ms, origin, err);
	return as_fail(err, AS_ERR_INVALID, "%.300s%s%.200s must be %s, not \"%.80s\"", origin ? origin : "", origin ? ": " : "", key,
		       as_option_allowed(row, allowed, sizeof allowed), value);
}

bool as_options_calibration(const struct as_options *opt, const char *device, double *ms)
{
	for (size_t i = 0; i < opt->calibrations.n; i++)
		if (!strcmp(opt->calibrations.items[i].device, device)) {
			*ms = opt->calibrations.items[i].ms;
			return true;
		}
	return false;
}

enum as_status as_options_set_calibration(struct as_options *opt, const char *device, double ms, const char *origin,
					  struct as_error *err)
{
	char *key = as_options_calibration_key(device), text[AS_CALIBRATION_TEXT_BYTES];
	enum as_status status;

	as_calibration_text(text, ms);
	status = key ? set_calibration(opt, key, text, origin, err) : as_fail(err, AS_ERR_MEMORY, "calibration: out of memory");
	free(key);
	return status;
}

size_t as_options_calibrations(const struct as_options *opt)
{
	return opt->calibrations.n;
}

const char *as_options_calibration_at(const struct as_options *opt, size_t i, const char **device)
{
	if (device)
		*device = opt->calibrations.items[i].device;
	return opt->calibrations.items[i].key;
}

/* ---- any key ---- */

enum as_status as_options_set(struct as_options *opt, const char *key, const char *value,
			      const char *origin, struct as_error *err)
{
	if (is_calibration(key))
		return set_calibration(opt, key, value, origin, err);

	const struct as_option_row *row = as_option_find(key);
	const char *prefix = origin ? origin : "", *colon = origin ? ": " : "";
	const char *canonical;
	struct value new = {0}, *slot;
	char allowed[128];
	size_t n;

	if (!row)
		return fail_key(key, prefix, colon, err);
	if (!read_value(row, value, &canonical, &new.number))
		return as_fail(err, AS_ERR_INVALID, "%.300s%s%s must be %s, not \"%.80s\"", prefix,
			       colon, row->key, as_option_allowed(row, allowed, sizeof allowed),
			       value);
	new.text = strdup(canonical);
	new.origin = origin ? strdup(origin) : NULL;
	if (!new.text || (origin && !new.origin)) {
		set_done(&new);
		return as_fail(err, AS_ERR_MEMORY, "%s: out of memory", row->key);
	}
	slot = &opt->values[row - as_option_rows(&n)];
	set_done(slot);
	*slot = new;
	return AS_OK;
}

static const struct value *get(const struct as_options *opt, const char *key,
			       const struct as_option_row **row)
{
	size_t n;
	const struct as_option_row *rows = as_option_rows(&n);

	*row = as_option_find(key);
	return *row ? &opt->values[*row - rows] : NULL;
}

bool as_options_bool(const struct as_options *opt, const char *key)
{
	const struct as_option_row *row;
	const struct value *v = get(opt, key, &row);

	assert(v && (row->type == AS_OPTION_BOOL || row->type == AS_OPTION_CHOICE));
	return strcmp(v->text, "no") != 0 && strcmp(v->text, "never") != 0;
}

long as_options_int(const struct as_options *opt, const char *key)
{
	const struct as_option_row *row;
	const struct value *v = get(opt, key, &row);

	assert(v && (row->type == AS_OPTION_INT || row->type == AS_OPTION_CHOICE));
	return (long)v->number;
}

double as_options_real(const struct as_options *opt, const char *key)
{
	const struct as_option_row *row;
	const struct value *v = get(opt, key, &row);

	assert(v && (row->type == AS_OPTION_REAL || row->type == AS_OPTION_INT));
	return v->number;
}

const char *as_options_text(const struct as_options *opt, const char *key)
{
	const struct as_option_row *row;
	const struct value *v = get(opt, key, &row);

	assert(v && (row->type == AS_OPTION_TEXT || row->type == AS_OPTION_PATH ||
		     row->type == AS_OPTION_CHOICE));
	return v->text;
}

const char *as_options_value(const struct as_options *opt, const char *key)
{
	const struct as_option_row *row;
	const struct value *v = get(opt, key, &row);
	const struct as_calibration *c = is_calibration(key) ? as_calibrations_find(&opt->calibrations, key) : NULL;

	return v ? v->text : c ? c->text : NULL;
}

const char *as_options_origin(const struct as_options *opt, const char *key)
{
	const struct as_option_row *row;
	const struct value *v = get(opt, key, &row);
	const struct as_calibration *c = is_calibration(key) ? as_calibrations_find(&opt->calibrations, key) : NULL;

	if (!v && !c)
		return NULL;
	return v && v->origin ? v->origin : c && c->origin ? c->origin : v ? "default" : "unsaid";
}

/* "confidence.weak = 12 (audiosync.ini:4)" */
static char *describe(const struct as_options *opt, const char *key, char *out, size_t out_bytes)
{
	snprintf(out, out_bytes, "%s = %.40s (%.160s)", key, as_options_value(opt, key),
		 as_options_origin(opt, key));
	return out;
}

enum as_status as_options_check(const struct as_options *opt, struct as_error *err)
{
	char a[240], b[240];
	long rate = as_options_int(opt, "export.sample_rate_hz");

	if (as_options_real(opt, "confidence.weak") > as_options_real(opt, "confidence.strong"))
		return as_fail(err, AS_ERR_INVALID, "%s must not be above %s",
			       describe(opt, "confidence.weak", a, sizeof a),
			       describe(opt, "confidence.strong", b, sizeof b));
	if (!strcmp(as_options_text(opt, "export.format"), "mp3") && rate != 0 && rate != 8000 &&
	    rate != 11025 && rate != 12000 && rate != 16000 && rate != 22050 && rate != 24000 &&
	    rate != 32000 && rate != 44100 && rate != 48000)
		return as_fail(err, AS_ERR_INVALID,
			       "%s does not go with %s: MP3 has 8, 11.025, 12, 16, 22.05, 24, 32, "
			       "44.1 and 48 kHz",
			       describe(opt, "export.sample_rate_hz", a, sizeof a),
			       describe(opt, "export.format", b, sizeof b));
	return AS_OK;
}
