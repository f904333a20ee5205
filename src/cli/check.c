#include "cli/check.h"

#include <math.h>
#include <string.h>

#include <audiosync/audiosync.h>

#include "base/figures.h"
#include "base/json.h"
#include "base/outline.h"
#include "base/text.h"
#include "cli/grid.h"
#include "cli/table.h"

static int find_clip(const struct as_snapshot *s, const char *name)
{
	for (int i = 0; i < s->n_clips; i++)
		if (strcmp(s->clips[i].name, name) == 0)
			return i;
	return -1;
}

static void judge(struct as_check_row *r, const struct as_snapshot *s)
{
	bool belongs = !isnan(r->start_s),
	     placed = r->clip >= 0 && as_outline_is_placed(s, r->clip);
	r->start_off_s = r->end_off_s = NAN;
	if (belongs && placed) {
		const struct as_placement *p = &s->placements[r->clip];
		double ppm = isfinite(p->drift_ppm) ? p->drift_ppm : 0;
		r->start_off_s = p->start_s - r->start_s;
		/* A clock that is taken for faster than it is puts the end too early. */
		r->end_off_s = r->start_off_s - (ppm - r->drift_ppm) * 1e-6 * r->truth->duration_s;
	}
	if (!belongs)
		r->right = r->clip >= 0 && !placed;
	else
		r->right = fabs(r->start_off_s) <= AS_CHECK_TOLERANCE_S &&
			   fabs(r->end_off_s) <= AS_CHECK_TOLERANCE_S;
}

void as_check_init(struct as_check *c, const struct as_demo *demo, const struct as_snapshot *s)
{
	const char *reference = as_outline_reference(s);
	*c = (struct as_check){.n = demo->n_clips};
	for (int i = 0; i < c->n; i++) {
		struct as_check_row *r = &c->rows[i];
		r->truth = &demo->clips[i];
		r->clip = find_clip(s, r->truth->name);
		as_demo_expected(demo, i, reference ? reference : "", &r->start_s, &r->drift_ppm);
		judge(r, s);
		c->n_right += r->right ? 1 : 0;
	}
}

enum column { COL_NAME, COL_FOUND, COL_TRUE, COL_OFF, COL_END_OFF, COL_DRIFT, COL_VERDICT, COL_N };

static const struct as_grid_column columns[COL_N] = {
	[COL_NAME] = {"", "Clip", AS_ALIGN_LEFT, false, 0},
	[COL_FOUND] = {"", "Found", AS_ALIGN_RIGHT, false, 0},
	[COL_TRUE] = {"", "True", AS_ALIGN_RIGHT, false, 0},
	[COL_OFF] = {"off at", "start", AS_ALIGN_RIGHT, false, 0},
	[COL_END_OFF] = {"", "end", AS_ALIGN_RIGHT, false, 0},
	[COL_DRIFT] = {"Drift", "ppm", AS_ALIGN_RIGHT, false, 0},
	[COL_VERDICT] = {"", "Verdict", AS_ALIGN_LEFT, false, 0},
};

static void fill_ppm(char *out, double ppm)
{
	if (isfinite(ppm))
		snprintf(out, AS_GRID_CELL_BYTES, "%+.1f", round(ppm * 10) / 10 + 0.0);
	else
		snprintf(out, AS_GRID_CELL_BYTES, AS_GRID_NONE);
}

static void fill_row(struct as_grid_row *row, const struct as_term *t, const struct as_check_row *r,
		     const struct as_snapshot *s)
{
	bool placed = r->clip >= 0 && as_outline_is_placed(s, r->clip);
	const struct as_placement *p = placed ? &s->placements[r->clip] : NULL;
	as_text_escape(row->cell[COL_NAME], AS_GRID_CELL_BYTES, r->truth->name);
	as_text_hms(row->cell[COL_FOUND], AS_GRID_CELL_BYTES, p ? p->start_s : NAN, 3);
	as_text_hms(row->cell[COL_TRUE], AS_GRID_CELL_BYTES, r->start_s, 3);
	as_figure_span(row->cell[COL_OFF], AS_GRID_CELL_BYTES, r->start_off_s, t->unicode);
	as_figure_span(row->cell[COL_END_OFF], AS_GRID_CELL_BYTES, r->end_off_s, t->unicode);
	fill_ppm(row->cell[COL_DRIFT], p ? p->drift_ppm : NAN);
	enum as_verdict v = r->clip >= 0 ? as_outline_verdict(s, r->clip) : AS_VERDICT_UNPLACED;
	snprintf(row->cell[COL_VERDICT], AS_GRID_CELL_BYTES, "%s%s", as_verdict_name(v),
		 r->right ? "" : " WRONG");
}

void as_check_put(FILE *out, const struct as_term *t, const struct as_check *c,
		  const struct as_snapshot *s)
{
	struct as_grid g;
	struct as_grid_row row;
	as_grid_init(&g, columns, COL_N);
	for (int i = 0; i < c->n; i++) {
		fill_row(&row, t, &c->rows[i], s);
		as_grid_measure(&g, &row);
	}
	as_grid_settle(&g, t);
	as_grid_put_heads(out, t, &g);
	as_put_rule(out, t, g.total);
	fputc('\n', out);
	for (int i = 0; i < c->n; i++) {
		bool right = c->rows[i].right;
		fill_row(&row, t, &c->rows[i], s);
		as_grid_put_row(out, t, &g, &row,
				right ? as_term_glyph(t, "✓", "*") : as_term_glyph(t, "✗", "x"),
				right ? AS_INK_GOOD : AS_INK_BAD);
	}
	as_put_rule(out, t, g.total);
	fputc('\n', out);
}

static void add_row(struct as_json *j, const struct as_check_row *r, const struct as_snapshot *s)
{
	bool placed = r->clip >= 0 && as_outline_is_placed(s, r->clip);
	const struct as_placement *p = placed ? &s->placements[r->clip] : NULL;
	as_json_open_object(j, NULL);
	as_json_add_text(j, "name", r->truth->name);
	as_json_add_bool(j, "placed", placed);
	as_json_add_real(j, "start_s", p ? p->start_s : NAN);
	as_json_add_real(j, "true_start_s", r->start_s);
	as_json_add_real(j, "drift_ppm", p ? p->drift_ppm : NAN);
	as_json_add_real(j, "true_drift_ppm", r->drift_ppm);
	as_json_add_real(j, "start_off_s", r->start_off_s);
	as_json_add_real(j, "end_off_s", r->end_off_s);
	as_json_add_bool(j, "right", r->right);
	as_json_close(j);
}

char *as_check_json(const struct as_check *c, const struct as_snapshot *s, const char *dir)
{
	struct as_json *j = as_json_new();
	if (!j)
		return NULL;
	as_json_add_text(j, "audiosync", as_version());
	as_json_add_int(j, "schema", AS_JSON_SCHEMA);
	as_json_add_path(j, "path", dir);
	as_json_add_bool(j, "right", c->n_right == c->n);
	as_json_add_real(j, "tolerance_s", AS_CHECK_TOLERANCE_S);
	as_json_open_array(j, "clips");
	for (int i = 0; i < c->n; i++)
		add_row(j, &c->rows[i], s);
	as_json_close(j);
	return as_json_finish(j, false);
}
