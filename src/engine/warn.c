/* What a placement should be read with: warnings for each clip, once everything is placed. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "engine/session_private.h"

/* Recorders stamp whole seconds, some at the end of their start-up: less than this says nothing. */
#define CLOCK_TOLERANCE_S 2.0
/* From so many clips on a device's typical clock offset is known. */
#define CLOCK_CLIPS 3
#define DAY_S 86400.0
#define LOCK_TOLERANCE_S 0.025
/* What an editor may want to know of a clock; less is followed without a word. */
#define WANDER_TOLD_S 0.25e-3

static void warn(struct as_session *s, int clip, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static void warn(struct as_session *s, int clip, const char *fmt, ...)
{
	struct as_error safe;
	va_list ap;

	va_start(ap, fmt);
	as_fail_v(&safe, AS_ERR_INVALID, fmt, ap); /* names from outside are escaped like in an error message */
	va_end(ap);
	pthread_mutex_lock(&s->lock);
	as_text_list_add(&s->clips[clip].warnings, safe.msg);
	pthread_mutex_unlock(&s->lock);
}

static void judge_damage(struct as_session *s, int clip)
{
	int64_t damage = s->clips[clip].load.sound.damage;
	if (damage == 1)
		warn(s, clip, "damaged in one place, which is left silent");
	else if (damage > 1)
		warn(s, clip, "damaged in %lld places, which are left silent", (long long)damage);
}

static void judge_splices(struct as_session *s, int clip)
{
	const struct as_solve_placement *p = &s->solution.placements[clip];
	for (int i = 1; i < p->n_segments; i++) {
		char at[32];
		double lost_s = p->segments[i].start_s - p->segments[i - 1].start_s;
		as_text_hms(at, sizeof at, p->segments[i].from_s, 1);
		warn(s, clip, "%.1f ms %s at %s", fabs(lost_s) * 1000,
		     lost_s > 0 ? "lost" : "too much", at);
	}
}

static void judge_wander(struct as_session *s, int clip)
{
	const struct as_solve_placement *p = &s->solution.placements[clip];
	double least = 0, most = 0;
	for (int i = 0; i < p->n_clock; i++) {
		least = fmin(least, p->clock[i].shift_s);
		most = fmax(most, p->clock[i].shift_s);
	}
	if (most - least >= WANDER_TOLD_S)
		warn(s, clip, "its clock wanders by %.1f ms", (most - least) * 1000);
}

static int by_value(const void *pa, const void *pb)
{
	double a = *(const double *)pa, b = *(const double *)pb;
	return a < b ? -1 : a > b;
}

/* Clock minus position, where both are known; NAN elsewhere. */
static double clock_offset(const struct as_session *s, int clip, bool timecode)
{
	const struct as_solve_placement *p = &s->solution.placements[clip];
	const struct as_media_info *m = &s->files[s->clips[clip].files[0]].info;
	if (p->island == 0 || p->method != AS_METHOD_AUDIO || s->clips[clip].state != AS_CLIP_READY)
		return NAN;
	return (timecode ? m->start_tc_s : m->created_s) - p->start_s;
}

/* Timecode begins again at midnight. */
static double difference(double a, double b, bool timecode)
{
	return timecode ? remainder(a - b, DAY_S) : a - b;
}

/* The clips of each track in each island, one group behind another. */
struct peers {
	int *clips;       /* in groups, each in the order of the ids */
	int *first, *end; /* of each clip's group */
	double *scratch;  /* room for one group */
};

struct peer {
	int track, island, clip;
};

static int by_group(const void *pa, const void *pb)
{
	const struct peer *a = pa, *b = pb;
	if (a->track != b->track)
		return a->track < b->track ? -1 : 1;
	if (a->island != b->island)
		return a->island < b->island ? -1 : 1;
	return a->clip < b->clip ? -1 : a->clip > b->clip;
}

static void free_peers(struct peers *g)
{
	free(g->clips);
	free(g->first);
	free(g->end);
	free(g->scratch);
}

static bool find_peers(const struct as_session *s, struct peers *g)
{
	size_t n = (size_t)s->n_clips + 1;
	struct peer *v = malloc(n * sizeof *v);
	*g = (struct peers){malloc(n * sizeof(int)), malloc(n * sizeof(int)), malloc(n * sizeof(int)), malloc(n * sizeof(double))};
	bool ok = v && g->clips && g->first && g->end && g->scratch;
	for (int i = 0; ok && i < s->n_clips; i++)
		v[i] = (struct peer){s->clips[i].track, s->solution.placements[i].island, i};
	if (ok)
		qsort(v, (size_t)s->n_clips, sizeof *v, by_group);
	for (int from = 0, to; ok && from < s->n_clips; from = to) {
		for (to = from; to < s->n_clips && v[to].track == v[from].track && v[to].island == v[from].island; to++)
			;
		for (int k = from; k < to; k++) {
			g->clips[k] = v[k].clip;
			g->first[v[k].clip] = from;
			g->end[v[k].clip] = to;
		}
	}
	free(v);
	return ok;
}

/* The clips of one track in one island share a clock. Each is compared with the middle one of
 * them. */
static void judge_clock(struct as_session *s, int clip, bool timecode, const struct peers *g)
{
	double own = clock_offset(s, clip, timecode), *scratch = g->scratch;
	int n = 0;
	if (isnan(own))
		return;
	for (int k = g->first[clip]; k < g->end[clip]; k++) {
		double other = clock_offset(s, g->clips[k], timecode);
		if (!isnan(other))
			scratch[n++] = difference(other, own, timecode);
	}
	if (n < CLOCK_CLIPS)
		return;
	qsort(scratch, (size_t)n, sizeof *scratch, by_value);
	double off_s = -scratch[n / 2];
	if (fabs(off_s) > CLOCK_TOLERANCE_S)
		warn(s, clip, "its %s is %.1f s %s than the sound says",
		     timecode ? "timecode" : "recording time", fabs(off_s),
		     off_s > 0 ? "later" : "earlier");
}

/* The clip of the same track that begins before this one and reaches furthest into it. */
static void judge_overlap(struct as_session *s, int clip, const struct peers *g)
{
	const struct as_solve_placement *p = &s->solution.placements[clip];
	/* Up to here clips continue each other (export/pieces.h). */
	double most = 2 * as_options_real(s->opt, "export.crossfade_ms") / 1000;
	int with = -1;
	if (p->island == 0)
		return;
	for (int k = g->first[clip]; k < g->end[clip]; k++) {
		int i = g->clips[k];
		const struct as_solve_placement *q = &s->solution.placements[i];
		if (i == clip || q->start_s > p->start_s || (q->start_s == p->start_s && i > clip))
			continue;
		double overlap = fmin(as_engine_end_s(s, i), as_engine_end_s(s, clip)) - p->start_s;
		if (overlap > most) {
			most = overlap;
			with = i;
		}
	}
	if (with >= 0)
		warn(s, clip, "overlaps %s of the same track by %.2f s and lies on top of it there",
		     as_engine_clip_name(s, with), most);
}

/* A place by hand that the sound contradicts: the surest match says by how much. */
static void judge_lock(struct as_session *s, int clip)
{
	int best = -1;
	if (!s->clips[clip].keep.lock || s->solution.placements[clip].island == 0)
		return;
	for (int i = 0; i < s->n_matches; i++) {
		const struct as_solve_match *m = &s->matches[i];
		if ((m->a == clip || m->b == clip) && s->match_done[i] && m->found && m->r.score >= s->solve_cfg.weak &&
		    fabs(s->solution.residual_s[i]) > LOCK_TOLERANCE_S && (best < 0 || m->r.score > s->matches[best].r.score))
			best = i;
	}
	if (best < 0)
		return;
	const struct as_solve_match *m = &s->matches[best];
	double off_s = m->b == clip ? s->solution.residual_s[best] : -s->solution.residual_s[best];
	warn(s, clip, "is locked %.3f s %s than its match with %s says", fabs(off_s), off_s > 0 ? "later" : "earlier",
	     as_engine_clip_name(s, m->b == clip ? m->a : m->b));
}

/* What another program had found of a clip that has no place here. */
static void judge_import(struct as_session *s, int clip)
{
	const struct clip_keep *k = &s->clips[clip].keep;
	char at[32];
	if (!k->imported || s->solution.placements[clip].island > 0)
		return;
	as_text_hms(at, sizeof at, k->imported_s, 3);
	warn(s, clip, "AudioSync Pro had it at %s (%.1f by its own measure), which nothing here confirms", at,
	     k->imported_confidence);
}

void as_engine_judge(struct as_session *s)
{
	struct peers g;
	bool has_peers = find_peers(s, &g);
	for (int i = 0; i < s->n_clips; i++) {
		if (s->clips[i].state != AS_CLIP_READY)
			continue;
		judge_damage(s, i);
		judge_splices(s, i);
		judge_wander(s, i);
		if (has_peers)
			judge_overlap(s, i, &g);
		judge_lock(s, i);
		judge_import(s, i);
		if (has_peers) {
			judge_clock(s, i, false, &g);
			judge_clock(s, i, true, &g);
		}
	}
	free_peers(&g);
	if (as_cache_failed(s->cache) && !s->cache_warned) {
		s->cache_warned = true;
		as_engine_warn(s, "the cache folder %s cannot be written: working without it",
			       as_options_text(s->opt, "cache.dir"));
	}
}

void as_engine_warn_limited(struct as_session *s, const char *path, int64_t samples, double peak)
{
	char by[48] = "";
	double over_db = 20 * log10(peak);
	if (over_db >= 0.05)
		snprintf(by, sizeof by, ", by up to %.1f dB", over_db);
	else if (isfinite(over_db))
		snprintf(by, sizeof by, ", by less than 0.1 dB");
	as_engine_warn(s,
		       "%s: %lld %s louder than the file can hold%s: these peaks are cut off. A few go unheard; if it crackles, "
		       "write WAV or AIFF with 32 bits, which has room for them",
		       as_path_base(path), (long long)samples, samples == 1 ? "sample was" : "samples were", by);
}
