/* A session's state as one block of memory: built twice, the first time only to measure. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "engine/session_private.h"

#define SILENT_DB (-90.0) /* what 16 bits cannot hold */

struct arena {
	char *base; /* NULL while measuring */
	size_t used;
};

/* NULL while measuring. */
static void *take(struct arena *a, size_t n, size_t bytes)
{
	size_t at = (a->used + 15) & ~(size_t)15;
	a->used = at + n * bytes;
	return a->base && n > 0 ? a->base + at : NULL;
}

static const char *take_bytes(struct arena *a, const char *s)
{
	size_t n = strlen(s) + 1, at = a->used;
	a->used += n;
	return a->base ? memcpy(a->base + at, s, n) : NULL;
}

static const char *take_text(struct arena *a, const char *s)
{
	return take_bytes(a, s ? s : "");
}

static const char *const *take_list(struct arena *a, char *const *v, int n)
{
	const char **out = take(a, (size_t)n, sizeof *out);
	for (int i = 0; i < n; i++) {
		const char *text = take_text(a, v[i]);
		if (out)
			out[i] = text;
	}
	return out;
}

static const char *take_format(struct arena *a, const struct session_clip *c,
			       const struct as_media_info *m)
{
	char text[AS_MEDIA_TEXT_BYTES + 40];
	const struct as_media_stream *st = as_engine_likely_stream(m);
	const char *codec = st ? st->codec : "";
	for (int i = 0; c->state == AS_CLIP_READY && i < m->n_streams; i++) {
		if (m->streams[i].index == c->load.sound.stream_index)
			codec = m->streams[i].codec;
	}
	size_t n = strnlen(m->format, sizeof m->format),
	       k = strnlen(codec, sizeof m->streams->codec);
	memcpy(text, m->format, n);
	/* "flac flac" says nothing that "flac" does not. */
	if (k == n && memcmp(text, codec, n) == 0)
		k = 0;
	if (k > 0)
		text[n++] = ' ';
	memcpy(text + n, codec, k);
	text[n + k] = '\0';
	return take_text(a, text);
}

static const struct as_stream *take_streams(struct arena *a, const struct session_clip *c,
					    const struct as_media_info *m)
{
	const struct as_media_stream *likely = as_engine_likely_stream(m);
	int used = c->state == AS_CLIP_READY ? c->load.sound.stream_index
		   : likely                  ? likely->index
					     : -1;
	struct as_stream *out = take(a, (size_t)m->n_streams, sizeof *out);
	for (int i = 0; i < m->n_streams; i++) {
		const struct as_media_stream *st = &m->streams[i];
		const char *codec = take_text(a, st->codec);
		if (out)
			out[i] = (struct as_stream){.index = st->index,
						    .codec = codec,
						    .rate_hz = st->rate_hz,
						    .channels = st->channels,
						    .bits = st->bits,
						    .is_float = st->is_float,
						    .duration_s = st->duration_s,
						    .timecode = st->timecode,
						    .used = st->index == used};
	}
	return out;
}

static double sum_stated_s(const struct as_session *s, const struct session_clip *c)
{
	double sum = 0;
	for (int i = 0; i < c->n_files; i++)
		sum += s->files[c->files[i]].info.duration_s;
	return sum;
}

static void fill_unknown(struct as_clip *v)
{
	v->frames = -1;
	v->fps = v->duration_s = v->start_tc_s = v->created_s = v->level_db = v->active = NAN;
}

static void fill_probed(const struct as_session *s, const struct session_clip *c, struct as_clip *v)
{
	const struct as_media_info *m = &s->files[c->files[0]].info;
	v->start_tc_s = m->start_tc_s;
	v->created_s = m->created_s;
	v->duration_s = sum_stated_s(s, c);
	v->has_video = m->has_video;
	v->fps = m->has_video ? m->fps : NAN;
	const struct as_media_stream *st = as_engine_likely_stream(m);
	if (st) {
		v->rate_hz = st->rate_hz;
		v->channels = st->channels;
	}
	if (c->state != AS_CLIP_READY)
		return;
	const struct clip_sound *a = &c->load.sound;
	v->rate_hz = a->rate_hz;
	v->channels = a->channels;
	v->frames = a->frames;
	v->duration_s = (double)a->frames / a->rate_hz;
	v->level_db = a->level_db;
	v->active = a->active;
}

static struct as_clip copy_clip(struct arena *a, const struct as_session *s, int id)
{
	const struct session_clip *c = &s->clips[id];
	const struct session_file *first = &s->files[c->files[0]];
	bool probed = first->state == AS_CLIP_PROBED;
	struct as_clip v = {.id = id,
			    .track = c->track,
			    .order = c->order,
			    .n_parts = c->n_files,
			    .state = c->state,
			    .progress = c->progress,
			    .cached = c->load.cached};
	const char **parts = take(a, (size_t)c->n_files, sizeof *parts);
	for (int i = 0; i < c->n_files; i++) {
		const char *path = take_bytes(a, s->files[c->files[i]].path);
		if (parts)
			parts[i] = path;
	}
	if (parts) {
		v.parts = parts;
		v.path = parts[0];
		v.name = as_path_base(parts[0]);
	}
	/* Before the files are grouped, a file's own state is its clip's. */
	if (c->state == AS_CLIP_NEW)
		v.state = first->state;
	v.error = take_text(a, v.state != AS_CLIP_FAILED ? "" : c->error ? c->error : first->error);
	v.device = take_text(a, probed ? first->info.device : "");
	v.format = probed ? take_format(a, c, &first->info) : take_text(a, "");
	fill_unknown(&v);
	if (!probed)
		return v;
	fill_probed(s, c, &v);
	v.streams = take_streams(a, c, &first->info);
	v.n_streams = first->info.n_streams;
	return v;
}

static void copy_clips(struct arena *a, const struct as_session *s, struct as_snapshot *out)
{
	struct as_clip *clips = take(a, (size_t)s->n_clips, sizeof *clips);
	double highest = 0;
	for (int i = 0; i < s->n_clips; i++) {
		struct as_clip c = copy_clip(a, s, i);
		highest = fmax(highest, c.rate_hz);
		if (clips)
			clips[i] = c;
	}
	out->clips = clips;
	out->n_clips = s->n_clips;
	out->sample_rate_hz = highest;
}

static bool is_reference(const struct as_session *s, int track)
{
	if (s->solved)
		return s->solution.reference == track;
	return s->reference && strcmp(s->reference, s->tracks[track]) == 0;
}

static void copy_tracks(struct arena *a, const struct as_session *s, struct as_snapshot *out)
{
	struct as_track *tracks = take(a, (size_t)s->n_tracks, sizeof *tracks);
	for (int i = 0; i < s->n_tracks; i++) {
		struct as_track t = {.name = take_text(a, s->tracks[i]),
				     .reference = is_reference(s, i)};
		if (tracks)
			tracks[i] = t;
	}
	for (int i = 0; tracks && i < s->n_clips; i++)
		tracks[s->clips[i].track].n_clips++;
	out->tracks = tracks;
	out->n_tracks = s->n_tracks;
}

static double wander_of(const struct as_match_result *r)
{
	float least = 0, most = 0;
	for (int i = 0; i < r->n_knots; i++) {
		least = fminf(least, r->knots[i].shift_s);
		most = fmaxf(most, r->knots[i].shift_s);
	}
	return (double)(most - least);
}

static struct as_match copy_match(struct arena *a, const struct as_session *s, int slot)
{
	const struct as_solve_match *m = &s->matches[slot];
	const struct as_match_result *r = &m->r;
	struct as_match v = {.a = m->a,
			     .b = m->b,
			     .offset_s = r->offset_s,
			     .offset_err_s = r->offset_err_s,
			     .drift_ppm = r->drift_ppm,
			     .drift_err_ppm = r->drift_err_ppm,
			     .slope_ppm = r->slope_ppm,
			     .slope_err_ppm = r->slope_err_ppm,
			     .ref_s = r->ref_s,
			     .ref_err_s = r->ref_err_s,
			     .score = r->score,
			     .p_false = r->p_false,
			     .margin = r->margin,
			     .coverage = r->coverage,
			     .evidence = r->evidence,
			     .strength = r->strength,
			     .overlap_s = r->overlap_s,
			     .matched_s = r->matched_s,
			     .n_windows = r->n_windows,
			     .n_matched = r->n_matched,
			     .narrow = m->narrow,
			     .wander_s = wander_of(r),
			     .inverted = r->inverted,
			     .n_segments = r->n_pieces,
			     .n_candidates = r->n_alts,
			     .residual_s = NAN};
	struct as_segment *seg = take(a, (size_t)r->n_pieces, sizeof *seg);
	struct as_candidate *alt = take(a, (size_t)r->n_alts, sizeof *alt);
	for (int i = 0; seg && i < r->n_pieces; i++)
		seg[i] = (struct as_segment){r->pieces[i].from_s, r->pieces[i].to_s,
					     r->pieces[i].offset_s};
	for (int i = 0; alt && i < r->n_alts; i++)
		alt[i] = (struct as_candidate){r->alts[i].offset_s, r->alts[i].score,
					       r->alts[i].margin};
	v.segments = seg;
	v.candidates = alt;
	if (s->solved) {
		v.used = s->solution.used[slot];
		v.residual_s = s->solution.residual_s[slot];
	}
	return v;
}

static void copy_matches(struct arena *a, const struct as_session *s, struct as_snapshot *out)
{
	struct as_match *matches = take(a, (size_t)s->n_found, sizeof *matches);
	int n = 0;
	for (int i = 0; i < s->n_matches; i++) {
		if (!s->match_done[i] || !s->matches[i].found)
			continue;
		struct as_match m = copy_match(a, s, i);
		if (matches)
			matches[n] = m;
		n++;
	}
	out->matches = matches;
	out->n_matches = n;
}

/* The solver knows that a clip is of no use; the clip knows why. */
static enum as_reason reason_of(const struct as_session *s, int clip)
{
	const struct session_clip *c = &s->clips[clip];
	const struct as_solve_clip *v = &s->solve_clips[clip];
	if (c->state == AS_CLIP_FAILED)
		return AS_REASON_FAILED;
	if (v->usable)
		return s->solution.placements[clip].reason;
	if (c->load.sound.level_db <= SILENT_DB)
		return AS_REASON_SILENT;
	if (v->duration_s < as_options_real(s->opt, "analysis.min_clip_s"))
		return AS_REASON_SHORT;
	return AS_REASON_FAINT;
}

static void count_comparisons(const struct as_session *s, struct as_placement *placements)
{
	for (int i = 0; i < s->n_matches; i++) {
		if (!s->match_done[i])
			continue;
		int both[2] = {s->matches[i].a, s->matches[i].b};
		for (int k = 0; k < 2; k++) {
			struct as_placement *p = &placements[both[k]];
			(*(s->matches[i].narrow ? &p->n_looked : &p->n_searched))++;
		}
	}
}

/* Lists each clip's matches; the clips are this snapshot's own. */
static void list_matches(struct arena *a, struct as_clip *clips, const struct as_snapshot *out)
{
	int *list = take(a, 2 * (size_t)out->n_matches, sizeof *list);
	if (!list)
		return;
	for (int i = 0; i < out->n_matches; i++) {
		clips[out->matches[i].a].n_matches++;
		clips[out->matches[i].b].n_matches++;
	}
	for (int i = 0; i < out->n_clips; i++) {
		clips[i].matches = list;
		list += clips[i].n_matches;
		clips[i].n_matches = 0;
	}
	for (int i = 0; i < out->n_matches; i++) {
		int both[2] = {out->matches[i].a, out->matches[i].b};
		for (int k = 0; k < 2; k++) {
			struct as_clip *c = &clips[both[k]];
			((int *)c->matches)[c->n_matches++] = i;
		}
	}
}

static struct as_placement copy_placement(struct arena *a, const struct as_session *s, int clip)
{
	const struct as_solve_placement *p = &s->solution.placements[clip];
	const struct text_list *w = &s->clips[clip].warnings;
	struct as_placement v = {.clip = clip,
				 .island = p->island,
				 .verdict = p->verdict,
				 .method = p->method,
				 .reason = reason_of(s, clip),
				 .n_agreeing = p->n_agreeing,
				 .support = p->support,
				 .start_s = p->start_s,
				 .start_err_s = p->start_err_s,
				 .drift_ppm = p->drift_ppm,
				 .drift_err_ppm = p->drift_err_ppm,
				 .confidence = p->confidence,
				 .p_false = p->p_false,
				 .margin = p->margin,
				 .n_segments = p->n_segments,
				 .n_clock = p->n_clock,
				 .n_candidates = p->n_candidates,
				 .beside = p->beside,
				 .n_warnings = w->n};
	struct as_segment *seg = take(a, (size_t)p->n_segments, sizeof *seg);
	struct as_clock_knot *clock = take(a, (size_t)p->n_clock, sizeof *clock);
	struct as_candidate *alt = take(a, (size_t)p->n_candidates, sizeof *alt);
	if (clock)
		memcpy(clock, p->clock, (size_t)p->n_clock * sizeof *clock);
	if (seg)
		memcpy(seg, p->segments, (size_t)p->n_segments * sizeof *seg);
	if (alt)
		memcpy(alt, p->candidates, (size_t)p->n_candidates * sizeof *alt);
	v.segments = seg;
	v.clock = clock;
	v.candidates = alt;
	v.warnings = take_list(a, w->v, w->n);
	return v;
}

static void copy_solution(struct arena *a, const struct as_session *s, struct as_snapshot *out)
{
	if (!s->solved)
		return;
	/* One more than needed: a solution without clips is still one. */
	struct as_placement *placements = take(a, (size_t)s->n_clips + 1, sizeof *placements);
	for (int i = 0; i < s->n_clips; i++) {
		struct as_placement p = copy_placement(a, s, i);
		if (placements)
			placements[i] = p;
	}
	if (placements)
		count_comparisons(s, placements);
	double *island_s = take(a, (size_t)s->solution.n_islands, sizeof *island_s);
	if (island_s)
		memcpy(island_s, s->solution.island_s,
		       (size_t)s->solution.n_islands * sizeof *island_s);
	out->placements = placements;
	out->island_s = island_s;
	out->n_islands = s->solution.n_islands;
	out->timeline_s = as_engine_timeline_s(s);
}

static void copy_outputs(struct arena *a, const struct as_session *s, struct as_snapshot *out)
{
	struct as_output *outputs = take(a, (size_t)s->n_outputs, sizeof *outputs);
	for (int i = 0; i < s->n_outputs; i++) {
		const struct session_output *o = &s->outputs[i];
		struct as_output v = {.path = take_bytes(a, o->path),
				      .track = o->track,
				      .progress = o->progress,
				      .done = o->done,
				      .error = take_text(a, o->error),
				      .duration_s = (double)o->spec.total_frames / o->spec.rate_hz,
				      .rate_hz = o->spec.rate_hz,
				      .channels = o->spec.channels};
		if (outputs)
			outputs[i] = v;
	}
	out->outputs = outputs;
	out->n_outputs = s->n_outputs;
}

static void copy_selftest(struct arena *a, const struct as_session *s, struct as_snapshot *out)
{
	const struct as_selftest *from = &s->selftest.report;
	if (!s->selftest.reported)
		return;
	struct as_selftest *t = take(a, 1, sizeof *t);
	struct as_selftest_row *rows = take(a, (size_t)from->n_rows, sizeof *rows);
	if (rows)
		memcpy(rows, from->rows, (size_t)from->n_rows * sizeof *rows);
	if (t) {
		*t = *from;
		t->rows = rows;
	}
	out->selftest = t;
}

static struct as_snapshot *build(struct arena *a, const struct as_session *s)
{
	struct as_snapshot *room = take(a, 1, sizeof *room);
	struct as_snapshot out = {.generation = s->generation,
				  .stage = s->stage,
				  .busy = s->busy,
				  .outcome = s->busy ? AS_OK : s->outcome,
				  .done = s->done,
				  .total = s->total,
				  .decoded_s = s->decoded_s};
	out.error = take_text(a, s->busy || s->error.status == AS_OK ? "" : s->error.msg);
	copy_clips(a, s, &out);
	copy_tracks(a, s, &out);
	copy_matches(a, s, &out);
	list_matches(a, (struct as_clip *)out.clips, &out);
	copy_solution(a, s, &out);
	copy_outputs(a, s, &out);
	copy_selftest(a, s, &out);
	out.warnings = take_list(a, s->warnings.v, s->warnings.n);
	out.n_warnings = s->warnings.n;
	if (room)
		*room = out;
	return room;
}

const struct as_snapshot *as_session_snapshot(struct as_session *s)
{
	struct arena a = {0};
	struct as_snapshot *snap = NULL;
	pthread_mutex_lock(&s->lock);
	build(&a, s);
	a.base = malloc(a.used);
	a.used = 0;
	if (a.base) {
		/* The first thing taken: freeing the snapshot frees the block. */
		snap = build(&a, s);
	}
	pthread_mutex_unlock(&s->lock);
	return snap;
}

void as_snapshot_free(const struct as_snapshot *snap)
{
	free((void *)snap);
}
