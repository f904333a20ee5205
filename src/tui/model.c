#include "tui/model.h"

#include <math.h>
#include <string.h>

const struct as_placement *tui_placement(const struct tui_model *m, int clip)
{
	return m->snap->placements && clip >= 0 && clip < m->snap->n_clips ? &m->snap->placements[clip] : NULL;
}

void tui_island_starts(const struct as_snapshot *s, double *out)
{
	double gap_s = 0, sum_s = 0;

	/* The gaps between islands are what the whole is longer than their sum. */
	for (int i = 0; i < s->n_islands; i++)
		sum_s += s->island_s[i];
	if (s->n_islands > 1)
		gap_s = (s->timeline_s - sum_s) / (s->n_islands - 1);
	sum_s = 0;
	for (int i = 0; i < s->n_islands; i++) {
		out[i] = sum_s;
		sum_s += s->island_s[i] + gap_s;
	}
}

double tui_island_start_s(const struct tui_model *m, int island)
{
	return m->island_start_s && island > 1 && island <= m->snap->n_islands ? m->island_start_s[island - 1] : 0;
}

bool tui_clip_span(const struct tui_model *m, int clip, double *from_s, double *to_s)
{
	const struct as_placement *p = tui_placement(m, clip);
	double ppm;

	if (!p || p->island < 1 || !isfinite(p->start_s))
		return false;
	ppm = isfinite(p->drift_ppm) ? p->drift_ppm : 0;
	*from_s = tui_island_start_s(m, p->island) + p->start_s;
	*to_s = *from_s + (isfinite(m->snap->clips[clip].duration_s) ? m->snap->clips[clip].duration_s / (1 + ppm * 1e-6) : 0);
	return true;
}

double tui_sample_s(const struct tui_model *m)
{
	double rate = m->snap->sample_rate_hz;

	return 1 / (rate > 0 && isfinite(rate) ? rate : 48000);
}

static struct tui_state_mark mark_of_state(const struct tui_model *m, const struct as_clip *c)
{
	if (c->state == AS_CLIP_FAILED)
		return (struct tui_state_mark){TUI_G_FAILED, TUI_FAILED, "failed"};
	if (c->media == AS_CLIP_MEDIA_MISSING)
		return (struct tui_state_mark){TUI_G_FAILED, TUI_FAILED, "missing"};
	if (c->media == AS_CLIP_MEDIA_CHANGED)
		return (struct tui_state_mark){TUI_G_FAILED, TUI_WARNING, "changed"};
	if (c->state == AS_CLIP_LOADING)
		return (struct tui_state_mark){TUI_G_WAITING, TUI_INFO, "reading"};
	if (c->state == AS_CLIP_NEW && m->snap->busy)
		return (struct tui_state_mark){TUI_G_WAITING, TUI_QUIET, "waiting"};
	return (struct tui_state_mark){TUI_G_WAITING, TUI_QUIET, c->state == AS_CLIP_READY ? "read" : "new"};
}

static bool is_new(const struct as_placement *p)
{
	return p->reason == AS_REASON_NONE && p->verdict == AS_VERDICT_UNPLACED;
}

struct tui_state_mark tui_clip_mark(const struct tui_model *m, int clip)
{
	const struct as_placement *p = tui_placement(m, clip);
	const struct as_clip *c = &m->snap->clips[clip];
	bool away = c->state == AS_CLIP_FAILED || c->media != AS_CLIP_MEDIA_PRESENT;

	if (!p || away || is_new(p))
		return mark_of_state(m, c);
	if (p->locked)
		return (struct tui_state_mark){TUI_G_LOCK, TUI_LOCKED, p->island > 0 ? "locked" : "kept off"};
	if (p->method == AS_METHOD_MANUAL && p->verdict >= AS_VERDICT_MODERATE)
		return (struct tui_state_mark){TUI_G_MODERATE, TUI_MODERATE, "by hand"};
	switch (p->verdict) {
	case AS_VERDICT_STRONG:
		return (struct tui_state_mark){TUI_G_STRONG, TUI_STRONG, "strong"};
	case AS_VERDICT_MODERATE:
		return (struct tui_state_mark){TUI_G_MODERATE, TUI_MODERATE, "moderate"};
	case AS_VERDICT_WEAK:
		return (struct tui_state_mark){TUI_G_WEAK, TUI_WEAK, "weak"};
	case AS_VERDICT_AMBIGUOUS:
		return (struct tui_state_mark){TUI_G_AMBIGUOUS, TUI_AMBIGUOUS, "ambiguous"};
	case AS_VERDICT_UNPLACED:
		break;
	}
	return (struct tui_state_mark){TUI_G_UNPLACED, TUI_UNPLACED, "unplaced"};
}

const struct as_output *tui_limited(const struct tui_model *m, int track, int clip)
{
	for (int i = 0; i < m->snap->n_outputs; i++) {
		const struct as_output *o = &m->snap->outputs[i];

		if (o->limited > 0 && o->track == track && (o->clip < 0 || clip < 0 || o->clip == clip))
			return o;
	}
	return NULL;
}

void tui_count_placed(const struct tui_model *m, int *placed, int *usable)
{
	*placed = *usable = 0;
	for (int i = 0; i < m->snap->n_clips; i++) {
		const struct as_placement *p = tui_placement(m, i);

		*usable += m->snap->clips[i].state != AS_CLIP_FAILED;
		*placed += p && p->island > 0 && p->verdict >= AS_VERDICT_MODERATE;
	}
}

int tui_count_new(const struct tui_model *m)
{
	int n = 0;

	for (int i = 0; m->snap->placements && i < m->snap->n_clips; i++)
		n += m->snap->clips[i].state != AS_CLIP_FAILED && is_new(&m->snap->placements[i]);
	return n;
}

int tui_count_missing(const struct tui_model *m)
{
	int n = 0;

	for (int i = 0; i < m->snap->n_clips; i++)
		n += m->snap->clips[i].media == AS_CLIP_MEDIA_MISSING;
	return n;
}

int tui_clip_now(const struct as_snapshot *s, const char *path, int before, int n_clips)
{
	if (before >= 0 && before < s->n_clips && !strcmp(s->clips[before].path, path))
		return before;
	for (int i = 0; i < s->n_clips; i++)
		if (!strcmp(s->clips[i].path, path))
			return i;
	/* Finding a recording elsewhere renumbers none. */
	return s->n_clips == n_clips ? before : -1;
}

int tui_track_named(const struct as_snapshot *s, const char *name)
{
	for (int i = 0; i < s->n_tracks; i++)
		if (!strcmp(s->tracks[i].name, name))
			return i;
	return -1;
}

const struct tui_log_line *tui_log_at(const struct tui_log *log, int i)
{
	return &log->line[(log->first + i) % TUI_LOG_LINES];
}
