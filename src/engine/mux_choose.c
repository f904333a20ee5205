/* Which recorder's sound a camera's clip gets. */
#include <math.h>
#include <string.h>

#include "engine/mux_private.h"

/* Tracks that cover a camera's clip alike, to so much of it or of a second, are told apart by their sound. */
#define COVER_SHARE 0.01
#define COVER_S 1.0
/* Of a short clip a second is much: never more than this share. */
#define COVER_SHARE_MAX 0.1

bool as_engine_mux_placed(const struct as_session *s, int clip)
{
	const struct as_solve_placement *p = &s->solution.placements[clip];
	return p->island > 0 && p->verdict >= AS_VERDICT_MODERATE && s->clips[clip].state == AS_CLIP_READY;
}

bool as_engine_has_picture(const struct as_session *s, int clip)
{
	const struct session_file *f = &s->files[s->clips[clip].files[0]];
	return f->state == AS_CLIP_PROBED && f->info.has_video;
}

double as_engine_shared_s(const struct as_session *s, int a, int b)
{
	const struct as_solve_placement *p = &s->solution.placements[a], *q = &s->solution.placements[b];
	if (p->island != q->island)
		return 0;
	double from_s = fmax(p->start_s, q->start_s);
	return fmax(0, fmin(p->start_s + as_engine_clip_s(s, a), q->start_s + as_engine_clip_s(s, b)) - from_s);
}

/* What a track would be as the sound of a clip. */
struct offer {
	int track;
	double cover_s, sound_s; /* of the clip, and in all */
	double rate_hz, level_db;
	bool filmed, lossless, reference;
};

static struct offer offer_of(const struct as_session *s, int camera, int track)
{
	struct offer o = {.track = track,
			  .level_db = -INFINITY,
			  .lossless = true,
			  .reference = track == s->solution.reference};
	for (int i = 0; i < s->n_clips; i++) {
		if (s->clips[i].track != track || !as_engine_mux_placed(s, i))
			continue;
		double with_s = as_engine_shared_s(s, camera, i);
		const struct clip_sound *a = &s->clips[i].load.sound;
		o.sound_s += as_engine_clip_s(s, i);
		if (with_s <= 0)
			continue;
		o.cover_s += with_s;
		o.rate_hz = fmax(o.rate_hz, a->rate_hz);
		o.level_db = fmax(o.level_db, a->level_db);
		o.filmed |= as_engine_has_picture(s, i);
		o.lossless &= a->bits > 0; /* lossy codecs have no depth */
	}
	return o;
}

/* Of two that cover the clip alike. */
static bool is_better(const struct as_session *s, const struct offer *a, const struct offer *b)
{
	if (a->reference != b->reference)
		return a->reference;
	if (a->lossless != b->lossless)
		return a->lossless;
	if (a->rate_hz != b->rate_hz)
		return a->rate_hz > b->rate_hz;
	if (a->sound_s != b->sound_s)
		return a->sound_s > b->sound_s;
	if (a->level_db != b->level_db)
		return a->level_db > b->level_db;
	return strcmp(s->tracks[a->track], s->tracks[b->track]) < 0;
}

static bool may_sound(const struct as_session *s, int camera, const struct offer *o)
{
	const char *asked = as_options_text(s->opt, "export.mux_track");
	if (o->track == s->clips[camera].track || o->cover_s <= 0)
		return false;
	return asked[0] ? strcmp(asked, s->tracks[o->track]) == 0 : !o->filmed;
}

int as_engine_mux_choose(const struct as_session *s, int camera)
{
	double clip_s = as_engine_clip_s(s, camera), most_s = 0;
	double alike_s = fmin(fmax(COVER_S, COVER_SHARE * clip_s), COVER_SHARE_MAX * clip_s);
	struct offer best = {.track = -1};
	for (int t = 0; t < s->n_tracks; t++) {
		struct offer o = offer_of(s, camera, t);
		if (may_sound(s, camera, &o))
			most_s = fmax(most_s, o.cover_s);
	}
	for (int t = 0; t < s->n_tracks; t++) {
		struct offer o = offer_of(s, camera, t);
		if (may_sound(s, camera, &o) && o.cover_s >= most_s - alike_s &&
		    (best.track < 0 || is_better(s, &o, &best)))
			best = o;
	}
	return best.track;
}
