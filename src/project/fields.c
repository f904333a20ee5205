#include "project/fields.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/text.h"
#include "project/project.h"

#define NAME_BYTES 64

void as_reader_lose(struct as_reader *r, const char *field, const char *why)
{
	as_project_lose(r->project, "%s %d: %s%s%s", r->what, r->number, field ? field : "", field ? ": " : "", why);
}

/* ---- numbers ---- */

json_t *as_field_real(double v)
{
	if (isinf(v))
		return json_string(v > 0 ? "inf" : "-inf");
	return json_real(v);
}

bool as_field_number(const json_t *value, double min, double max, double *out)
{
	const char *word = json_string_value(value);
	double v = word && strcmp(word, "inf") == 0    ? INFINITY
		   : word && strcmp(word, "-inf") == 0 ? -INFINITY
		   : json_is_number(value)             ? json_number_value(value)
						       : NAN;
	if (!(v >= min && v <= max))
		return false;
	*out = v;
	return true;
}

/* ---- text ---- */

bool as_field_put_text(json_t *into, const char *name, const char *text)
{
	char key[NAME_BYTES + 8];
	if (!text)
		return true;
	json_t *exact = json_string(text);
	if (exact)
		return json_object_set_new(into, name, exact) == 0;
	char *safe = as_text_escape_dup(text), *code = as_base64(text);
	snprintf(key, sizeof key, "%.*s_base64", NAME_BYTES, name);
	bool ok = safe && code && json_object_set_new(into, name, json_string(safe)) == 0 &&
		  json_object_set_new(into, key, json_string(code)) == 0;
	free(safe);
	free(code);
	return ok;
}

char *as_field_get_text(const json_t *from, const char *name, struct as_reader *r)
{
	char key[NAME_BYTES + 8], *out;
	snprintf(key, sizeof key, "%.*s_base64", NAME_BYTES, name);
	const json_t *value = json_object_get(from, name);
	const char *text = json_string_value(value), *code = json_string_value(json_object_get(from, key));
	if (code && (out = as_base64_read(code)))
		return out;
	if (code)
		as_reader_lose(r, key, "not base64");
	if (!text) {
		if (value && !json_is_null(value))
			as_reader_lose(r, name, "not a text");
		return NULL;
	}
	out = strdup(text);
	r->out_of_memory |= !out;
	return out;
}

/* ---- tables ---- */

static json_t *value_of(const struct as_field *f, const void *from, bool *skip)
{
	const void *at = (const char *)from + f->at;
	*skip = false;
	switch (f->kind) {
	case AS_FIELD_BOOL:
		*skip = !*(const bool *)at;
		return *skip ? NULL : json_true();
	case AS_FIELD_INT:
		*skip = !f->needed && f->min >= 0 && *(const int *)at == 0;
		return *skip ? NULL : json_integer(*(const int *)at);
	case AS_FIELD_INT64:
		return json_integer(*(const int64_t *)at);
	case AS_FIELD_REAL:
		*skip = isnan(*(const double *)at);
		return *skip ? NULL : as_field_real(*(const double *)at);
	case AS_FIELD_CHARS:
		*skip = *(const char *)at == '\0';
		break;
	case AS_FIELD_WORD: {
		int v;
		memcpy(&v, at, sizeof v);
		return json_string(f->word(v));
	}
	}
	return NULL;
}

bool as_fields_put(json_t *into, const struct as_field *fields, size_t n, const void *from)
{
	for (size_t i = 0; i < n; i++) {
		const struct as_field *f = &fields[i];
		bool skip;
		json_t *value = value_of(f, from, &skip);
		if (skip)
			continue;
		bool ok = f->kind == AS_FIELD_CHARS ? as_field_put_text(into, f->name, (const char *)from + f->at)
						    : json_object_set_new(into, f->name, value) == 0;
		if (!ok)
			return false;
	}
	return true;
}

static void set_default(const struct as_field *f, void *at)
{
	switch (f->kind) {
	case AS_FIELD_BOOL:
		*(bool *)at = false;
		break;
	case AS_FIELD_INT:
		*(int *)at = 0;
		break;
	case AS_FIELD_INT64:
		*(int64_t *)at = 0;
		break;
	case AS_FIELD_REAL:
		*(double *)at = NAN;
		break;
	case AS_FIELD_CHARS:
		*(char *)at = '\0';
		break;
	case AS_FIELD_WORD:
		memset(at, 0, sizeof(int));
		break;
	}
}

static bool get_integer(const json_t *value, const struct as_field *f, int64_t *out)
{
	if (!json_is_integer(value))
		return false;
	*out = (int64_t)json_integer_value(value);
	/* Beyond 2^53 the comparison is as coarse as the bound. */
	return (double)*out >= f->min && (double)*out <= f->max;
}

static bool get_word(const json_t *value, const struct as_field *f, void *at)
{
	const char *text = json_string_value(value);
	for (int v = (int)f->min; text && v <= (int)f->max; v++) {
		if (strcmp(f->word(v), text) == 0) {
			memcpy(at, &v, sizeof v);
			return true;
		}
	}
	return false;
}

static bool get_chars(const json_t *from, const struct as_field *f, char *at, struct as_reader *r)
{
	char *text = as_field_get_text(from, f->name, r);
	bool fits = text && strlen(text) < f->bytes;
	if (fits)
		memcpy(at, text, strlen(text) + 1);
	free(text);
	return fits;
}

static bool get_one(const json_t *from, const json_t *value, const struct as_field *f, void *at,
		    struct as_reader *r)
{
	int64_t v;
	switch (f->kind) {
	case AS_FIELD_BOOL:
		*(bool *)at = json_is_true(value);
		return json_is_boolean(value);
	case AS_FIELD_INT:
		if (!get_integer(value, f, &v))
			return false;
		*(int *)at = (int)v;
		return true;
	case AS_FIELD_INT64:
		if (!get_integer(value, f, &v))
			return false;
		*(int64_t *)at = v;
		return true;
	case AS_FIELD_REAL:
		return as_field_number(value, f->min, f->max, at);
	case AS_FIELD_CHARS:
		return get_chars(from, f, at, r);
	case AS_FIELD_WORD:
		return get_word(value, f, at);
	}
	return false;
}

bool as_fields_get(const json_t *from, const struct as_field *fields, size_t n, void *to, struct as_reader *r)
{
	bool usable = true;
	for (size_t i = 0; i < n; i++) {
		const struct as_field *f = &fields[i];
		const json_t *value = json_object_get(from, f->name);
		void *at = (char *)to + f->at;
		set_default(f, at);
		if (!value || json_is_null(value)) {
			if (f->needed)
				as_reader_lose(r, f->name, "is missing");
			usable &= !f->needed;
		} else if (!get_one(from, value, f, at, r)) {
			set_default(f, at);
			as_reader_lose(r, f->name, "is not what it can be");
			usable &= !f->needed;
		}
	}
	return usable;
}
