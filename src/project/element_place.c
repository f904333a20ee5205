/* Placements as JSON, and rows of numbers. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <audiosync/types.h>

#include "project/elements.h"

#define KNOTS_MAX 100000
#define MAX_VALUE 1e15

static const char *verdict_word(int v)
{
	return as_verdict_name((enum as_verdict)v);
}

static const char *method_word(int v)
{
	return as_method_name((enum as_method)v);
}

static const char *reason_word(int v)
{
	return as_reason_name((enum as_reason)v);
}

#define AT(member) offsetof(struct as_solve_placement, member)
static const struct as_field place_fields[] = {
	{"island", AS_FIELD_INT, false, AT(island), 0, 1e6, 0, NULL},
	{"verdict", AS_FIELD_WORD, false, AT(verdict), 0, AS_VERDICT_STRONG, 0, verdict_word},
	{"method", AS_FIELD_WORD, false, AT(method), 0, AS_METHOD_MANUAL, 0, method_word},
	{"reason", AS_FIELD_WORD, false, AT(reason), 0, AS_REASON_LOCKED, 0, reason_word},
	{"n_agreeing", AS_FIELD_INT, false, AT(n_agreeing), 0, 1e9, 0, NULL},
	{"support", AS_FIELD_REAL, false, AT(support), -1e6, 1e6, 0, NULL},
	{"start_s", AS_FIELD_REAL, false, AT(start_s), -MAX_TIME_S, MAX_TIME_S, 0, NULL},
	{"start_err_s", AS_FIELD_REAL, false, AT(start_err_s), 0, INFINITY, 0, NULL},
	{"drift_ppm", AS_FIELD_REAL, false, AT(drift_ppm), -MAX_PPM, MAX_PPM, 0, NULL},
	{"drift_err_ppm", AS_FIELD_REAL, false, AT(drift_err_ppm), 0, INFINITY, 0, NULL},
	{"confidence", AS_FIELD_REAL, false, AT(confidence), -1e6, 1e6, 0, NULL},
	{"p_false", AS_FIELD_REAL, false, AT(p_false), 0, 1, 0, NULL},
	{"margin", AS_FIELD_REAL, false, AT(margin), -1e6, 1e6, 0, NULL},
	{"beside", AS_FIELD_INT, false, AT(beside), -1, 1e9, 0, NULL},
};
#undef AT
#define N_PLACE (sizeof place_fields / sizeof *place_fields)

/* ---- rows ---- */

bool as_element_put_rows(json_t *into, const char *name, const double *rows, int n, int columns)
{
	if (n == 0)
		return true;
	json_t *list = json_array();
	bool ok = list && json_object_set_new(into, name, list) == 0;
	for (int i = 0; ok && i < n; i++) {
		json_t *row = json_array();
		ok = row && json_array_append_new(list, row) == 0;
		for (int k = 0; ok && k < columns; k++)
			ok = json_array_append_new(row, as_field_real(rows[i * columns + k])) == 0;
	}
	return ok;
}

static bool get_row(const json_t *row, double *out, int columns)
{
	bool ok = json_is_array(row) && json_array_size(row) == (size_t)columns;
	for (int k = 0; ok && k < columns; k++)
		ok = as_field_number(json_array_get(row, (size_t)k), -MAX_VALUE, MAX_VALUE, &out[k]);
	return ok;
}

int as_element_get_rows(const json_t *e, const char *name, double *rows, int max, int columns, struct as_reader *r)
{
	const json_t *list = json_object_get(e, name);
	int n = 0;
	if (!list)
		return 0;
	if (!json_is_array(list) || json_array_size(list) > (size_t)max) {
		as_reader_lose(r, name, "is not what it can be");
		return 0;
	}
	for (size_t i = 0; i < json_array_size(list); i++) {
		if (get_row(json_array_get(list, i), &rows[n * columns], columns))
			n++;
		else
			as_reader_lose(r, name, "a row is not what it can be");
	}
	return n;
}

/* ---- placements ---- */

static bool put_lists(json_t *to, const struct as_solve_placement *p)
{
	double seg[AS_MATCH_PIECES * 3], alt[AS_MATCH_CANDIDATES * 3];
	for (int i = 0; i < p->n_segments; i++)
		memcpy(&seg[i * 3], &p->segments[i], 3 * sizeof *seg);
	for (int i = 0; i < p->n_candidates; i++)
		memcpy(&alt[i * 3], &p->candidates[i], 3 * sizeof *alt);
	return as_element_put_rows(to, "segments", seg, p->n_segments, 3) &&
	       as_element_put_rows(to, "candidates", alt, p->n_candidates, 3) &&
	       as_element_put_rows(to, "clock", (const double *)p->clock, p->n_clock, 2);
}

bool as_element_put_place(json_t *into, const char *name, const struct as_solve_placement *p)
{
	json_t *to = json_object();
	return to && json_object_set_new(into, name, to) == 0 && as_fields_put(to, place_fields, N_PLACE, p) &&
	       put_lists(to, p);
}

/* Pieces that follow one another from the clip's beginning. */
static bool segments_are_sound(const struct as_solve_placement *p)
{
	for (int i = 0; i < p->n_segments; i++) {
		const struct as_segment *s = &p->segments[i];
		double from = i > 0 ? p->segments[i - 1].to_s : 0;
		if (s->from_s != from || !(s->to_s >= s->from_s) || fabs(s->to_s) > MAX_TIME_S ||
		    fabs(s->start_s) > MAX_TIME_S)
			return false;
	}
	return true;
}

static void get_segments(const json_t *e, struct as_solve_placement *p, struct as_reader *r)
{
	double rows[AS_MATCH_PIECES * 3];
	p->n_segments = as_element_get_rows(e, "segments", rows, AS_MATCH_PIECES, 3, r);
	for (int i = 0; i < p->n_segments; i++)
		p->segments[i] = (struct as_segment){rows[i * 3], rows[i * 3 + 1], rows[i * 3 + 2]};
	if (segments_are_sound(p))
		return;
	as_reader_lose(r, "segments", "do not follow one another");
	p->n_segments = 0;
}

static void get_candidates(const json_t *e, struct as_solve_placement *p, struct as_reader *r)
{
	double rows[AS_MATCH_CANDIDATES * 3];
	p->n_candidates = as_element_get_rows(e, "candidates", rows, AS_MATCH_CANDIDATES, 3, r);
	for (int i = 0; i < p->n_candidates; i++)
		p->candidates[i] = (struct as_candidate){rows[i * 3], rows[i * 3 + 1], rows[i * 3 + 2]};
}

static bool clock_is_sound(const struct as_solve_placement *p)
{
	for (int i = 0; i < p->n_clock; i++) {
		if (fabs(p->clock[i].at_s) > MAX_TIME_S || fabs(p->clock[i].shift_s) > 3600 ||
		    (i > 0 && !(p->clock[i].at_s > p->clock[i - 1].at_s)))
			return false;
	}
	return true;
}

static void get_clock(const json_t *e, struct as_solve_placement *p, struct as_reader *r)
{
	size_t n = json_array_size(json_object_get(e, "clock"));
	p->clock = NULL;
	p->n_clock = 0;
	if (!json_object_get(e, "clock"))
		return;
	if (n > 0 && n <= KNOTS_MAX)
		p->clock = malloc(n * sizeof *p->clock);
	r->out_of_memory |= n > 0 && n <= KNOTS_MAX && !p->clock;
	if (p->clock)
		p->n_clock = as_element_get_rows(e, "clock", (double *)p->clock, (int)n, 2, r);
	if (p->n_clock > 0 && clock_is_sound(p))
		return;
	as_reader_lose(r, "clock", "is not what it can be");
	free(p->clock);
	p->clock = NULL;
	p->n_clock = 0;
}

bool as_place_of_element(const json_t *e, struct as_solve_placement *p, struct as_reader *r)
{
	*p = (struct as_solve_placement){0};
	if (!json_is_object(e)) {
		as_reader_lose(r, "placement", "is not what it can be");
		e = NULL;
	}
	as_fields_get(e, place_fields, N_PLACE, p, r);
	if (!e || !json_object_get(e, "beside"))
		p->beside = -1;
	if (isnan(p->p_false))
		p->p_false = 1;
	if (isnan(p->confidence))
		p->confidence = 0;
	if (isnan(p->margin))
		p->margin = 0;
	get_segments(e, p, r);
	get_candidates(e, p, r);
	get_clock(e, p, r);
	/* A place without a position is none. */
	if (p->island > 0 && !isfinite(p->start_s)) {
		as_reader_lose(r, "placement", "has no start");
		p->island = 0;
	}
	if (p->island == 0 && p->verdict >= AS_VERDICT_MODERATE)
		p->verdict = AS_VERDICT_UNPLACED;
	return e != NULL;
}
