#include "export/stitch.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "export/clip_reader.h"
#include "export/pieces.h"
#include "media/resample_exact.h"

#define MARGIN_FRAMES 256 /* before a piece, for the filters to see what was there */
#define MTIME_TOLERANCE_S 1e-6 /* what a double keeps of a time since 1970 */
#define PI 3.14159265358979323846

/* A piece being played. */
struct voice {
	const struct as_piece *piece;
	struct as_clip_reader *reader;
	struct as_exact *exact;
	const float *in; /* borrowed from the reader */
	int64_t n_in;
	bool ended;
	int channels;
	struct voice *next; /* the one painted over this */
};

struct as_stitcher {
	const struct as_stitch_job *job;
	const atomic_bool *cancel;
	struct as_pieces pieces;
	int next_piece;
	int64_t **part_frames; /* per clip and part */
	struct voice *voices;
	int64_t at; /* timeline frames rendered */
	float *mix, *part;
	struct as_stitch_report report;
};

static bool is_cancelled(const struct as_stitcher *s)
{
	return s->cancel && atomic_load(s->cancel);
}

static void free_voice(struct as_stitcher *s, struct voice *v)
{
	if (v->reader)
		s->report.damage += as_clip_reader_damage(v->reader);
	as_clip_reader_close(v->reader);
	as_exact_free(v->exact);
	free(v);
}

static enum as_status open_voice(struct as_stitcher *s, const struct as_piece *p, struct as_error *err)
{
	const struct as_stitch_clip *clip = &s->job->clips[p->clip];
	struct voice *v = calloc(1, sizeof(*v)), **end = &s->voices;
	int64_t from = 0;
	if (!v)
		return as_fail(err, AS_ERR_MEMORY, "%s: out of memory", clip->parts[0]);
	if (as_exact_is_copy(p->position, p->step))
		from = (int64_t)rint(p->position);
	else
		from = (int64_t)(p->position - MARGIN_FRAMES * fmax(1, p->step));
	if (from < 0)
		from = 0;
	v->piece = p;
	v->channels = as_clip_channels(clip->channels, s->job->spec.channels);
	v->reader = as_clip_reader_open(clip, from, s->job->spec.channels, s->part_frames[p->clip],
					s->cancel, err);
	if (v->reader)
		v->exact = as_exact_new(p->position - (double)from, p->step, v->channels, err);
	if (!v->reader || !v->exact) {
		free_voice(s, v);
		return is_cancelled(s) ? AS_CANCELLED : err->status;
	}
	while (*end)
		end = &(*end)->next;
	*end = v;
	return AS_OK;
}

/* The next n frames of a voice into s->part. */
static enum as_status play(struct as_stitcher *s, struct voice *v, int64_t n, struct as_error *err)
{
	int64_t done = 0;
	while (done < n) {
		int64_t used, made;
		enum as_status status = AS_OK;
		if (is_cancelled(s))
			return AS_CANCELLED;
		if (v->n_in == 0 && !v->ended)
			status = as_clip_reader_next(v->reader, &v->in, &v->n_in, err);
		if (status == AS_EOF)
			v->ended = true;
		else if (status != AS_OK)
			return status;
		status = as_exact_run(v->exact, v->ended ? NULL : v->in, v->n_in, &used,
				      s->part + done * v->channels, n - done, &made, err);
		if (status != AS_OK)
			return status;
		v->in += v->ended ? 0 : used * v->channels;
		v->n_in -= used;
		done += made;
	}
	return AS_OK;
}

/* Raised cosine, 0 … 1 over n frames: what it takes from the clip below and what it gives to
 * this one sum up to one. */
static double fade(int64_t at, int64_t n)
{
	return at >= n ? 1 : 0.5 - 0.5 * cos(PI * ((double)at + 0.5) / (double)n);
}

/* Lays n frames of a voice over mix. */
static void paint(const struct as_stitcher *s, const struct voice *v, float *mix, int64_t at, int64_t n)
{
	const struct as_piece *p = v->piece;
	const int n_out = s->job->spec.channels;
	if (v->channels == n_out && at >= p->begin + p->fade_in && at + n <= p->end - p->fade_out) {
		memcpy(mix, s->part, (size_t)(n * n_out) * sizeof(*mix));
		return;
	}
	for (int64_t i = 0; i < n; i++) {
		const float *in = s->part + i * v->channels;
		float *out = mix + i * n_out;
		double w = fade(at + i - p->begin, p->fade_in) *
			   fade(p->end - 1 - at - i, p->fade_out);
		for (int c = 0; c < n_out; c++) {
			float x = v->channels == n_out ? in[c] : c < 2 ? in[0] : 0;
			out[c] = w >= 1 ? x : (float)((double)out[c] * (1 - w) + (double)x * w);
		}
	}
}

/* Renders timeline frames [at, at + n) into mix; n is at most a block. */
static enum as_status render(struct as_stitcher *s, int64_t at, int64_t n, struct as_error *err)
{
	const int channels = s->job->spec.channels;
	memset(s->mix, 0, (size_t)(n * channels) * sizeof(float));
	while (s->next_piece < s->pieces.n && s->pieces.v[s->next_piece].begin < at + n) {
		enum as_status status = open_voice(s, &s->pieces.v[s->next_piece], err);
		if (status != AS_OK)
			return status;
		s->next_piece++;
	}
	for (struct voice **link = &s->voices; *link;) {
		struct voice *v = *link;
		int64_t from = v->piece->begin > at ? v->piece->begin : at;
		int64_t to = v->piece->end < at + n ? v->piece->end : at + n;
		enum as_status status = play(s, v, to - from, err);
		if (status != AS_OK)
			return status;
		paint(s, v, s->mix + (from - at) * channels, from, to - from);
		if (to == v->piece->end) {
			*link = v->next;
			free_voice(s, v);
		} else {
			link = &v->next;
		}
	}
	float peak = 0;
	for (int64_t i = 0; i < n * channels; i++)
		peak = fabsf(s->mix[i]) > peak ? fabsf(s->mix[i]) : peak;
	s->report.peak = fmax(s->report.peak, (double)peak);
	return AS_OK;
}

/* Whether the files are what was measured. Afterwards a file may be gone: all of it was read. */
static enum as_status check_sources(const struct as_stitch_job *job, bool after,
				    struct as_error *err)
{
	for (int i = 0; i < job->n_clips; i++) {
		const struct as_stitch_clip *c = &job->clips[i];
		for (int k = 0; c->stamps && k < c->n_parts; k++) {
			const struct as_stitch_stamp *was = &c->stamps[k];
			struct stat st;
			if (stat(c->parts[k], &st) != 0) {
				if (after)
					continue;
				return as_fail_errno(err, c->parts[k], NULL);
			}
			double later_s = (double)st.st_mtim.tv_sec +
					 (double)st.st_mtim.tv_nsec * 1e-9 - was->mtime_s;
			if ((was->bytes > 0 && was->bytes != (int64_t)st.st_size) ||
			    fabs(later_s) > MTIME_TOLERANCE_S)
				return as_fail(err, AS_ERR_FORMAT, "%s: %s", c->parts[k],
					       after ? "was changed while it was read"
						     : "has changed since it was analysed; "
						       "analyse it again");
		}
	}
	return AS_OK;
}

static enum as_status prepare(struct as_stitcher *s, struct as_error *err)
{
	const struct as_stitch_job *job = s->job;
	enum as_status status = check_sources(job, false, err);
	if (status == AS_OK)
		status = as_pieces_plan(job, &s->pieces, err);
	if (status != AS_OK)
		return status;
	s->report.overlap_frames = s->pieces.overlap_frames;
	size_t block = (size_t)AS_STITCH_BLOCK_FRAMES * (size_t)job->spec.channels * sizeof(float);
	s->mix = malloc(block);
	s->part = malloc(block);
	s->part_frames = calloc((size_t)job->n_clips + 1, sizeof(*s->part_frames));
	if (!s->mix || !s->part || !s->part_frames)
		return as_fail(err, AS_ERR_MEMORY, "%s: out of memory", job->path);
	for (int i = 0; i < job->n_clips; i++) {
		const int n = job->clips[i].n_parts;
		s->part_frames[i] = malloc((size_t)n * sizeof(int64_t));
		if (!s->part_frames[i])
			return as_fail(err, AS_ERR_MEMORY, "%s: out of memory", job->path);
		for (int k = 0; k < n; k++)
			s->part_frames[i][k] = -1;
	}
	return AS_OK;
}

struct as_stitcher *as_stitcher_open(const struct as_stitch_job *job, const atomic_bool *cancel,
				     struct as_error *err)
{
	struct as_stitcher *s = calloc(1, sizeof(*s));
	if (!s) {
		as_fail(err, AS_ERR_MEMORY, "%s: out of memory", job->path);
		return NULL;
	}
	s->job = job;
	s->cancel = cancel;
	if (prepare(s, err) == AS_OK)
		return s;
	as_stitcher_close(s, NULL);
	return NULL;
}

enum as_status as_stitcher_read(struct as_stitcher *s, const float **pcm, int64_t *n,
				struct as_error *err)
{
	int64_t left = s->job->spec.total_frames - s->at;
	*n = left < AS_STITCH_BLOCK_FRAMES ? left : AS_STITCH_BLOCK_FRAMES;
	*pcm = s->mix;
	if (*n <= 0) {
		enum as_status sources = check_sources(s->job, true, err);
		return sources == AS_OK ? AS_EOF : sources;
	}
	if (is_cancelled(s))
		return AS_CANCELLED;
	enum as_status status = render(s, s->at, *n, err);
	s->at += *n;
	return status;
}

void as_stitcher_close(struct as_stitcher *s, struct as_stitch_report *report)
{
	if (!s)
		return;
	while (s->voices) {
		struct voice *v = s->voices;
		s->voices = v->next;
		free_voice(s, v);
	}
	for (int i = 0; s->part_frames && i < s->job->n_clips; i++)
		free(s->part_frames[i]);
	free(s->part_frames);
	as_pieces_done(&s->pieces);
	free(s->mix);
	free(s->part);
	if (report)
		*report = s->report;
	free(s);
}

static enum as_status write_all(struct as_stitcher *s, struct as_encoder *e,
				as_stitch_progress progress, void *ctx, struct as_error *err)
{
	const int64_t total = s->job->spec.total_frames;
	for (;;) {
		const float *pcm;
		int64_t n;
		if (is_cancelled(s) || (progress && !progress(ctx, s->at, total)))
			return AS_CANCELLED;
		enum as_status status = as_stitcher_read(s, &pcm, &n, err);
		if (status == AS_OK)
			status = as_encoder_write(e, pcm, n, err);
		if (status != AS_OK)
			return status == AS_EOF ? AS_OK : status;
	}
}

enum as_status as_stitch_track(const struct as_stitch_job *job, const atomic_bool *cancel,
			       as_stitch_progress progress, void *ctx,
			       struct as_stitch_report *report, struct as_error *err)
{
	struct as_error own = {0};
	struct as_stitch_report seen = {0};
	struct as_stitcher *s = NULL;
	struct as_encoder *e = NULL;
	enum as_status status = as_encode_check(job->path, &job->spec, &own);
	if (status == AS_OK && !(s = as_stitcher_open(job, cancel, &own)))
		status = own.status;
	if (status == AS_OK && !(e = as_encoder_open(job->path, &job->spec, job->force, &own)))
		status = own.status;
	if (status == AS_OK)
		status = write_all(s, e, progress, ctx, &own);
	as_stitcher_close(s, &seen);
	if (e)
		seen.clipped = as_encoder_clipped(e);
	if (status == AS_OK)
		status = as_encoder_close(e, &own);
	else
		as_encoder_abort(e);
	if (report)
		*report = seen;
	if (err && status != AS_OK && status != AS_CANCELLED)
		*err = own;
	return status;
}
