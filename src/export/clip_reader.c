#include "export/clip_reader.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "media/decode.h"

#define SHORT_S 0.05 /* a clip may end this much before its measured length */

struct as_clip_reader {
	const struct as_stitch_clip *clip;
	int64_t *part_frames;
	const atomic_bool *cancel;
	int channels; /* of what is handed out */
	int part;     /* being read */
	struct as_decoder *decoder;
	int64_t part_at; /* frames of this part that were read or passed over */
	int64_t at;      /* frame of the clip that comes next */
	int64_t skip;    /* frames still to be passed over by reading */
	int64_t damage;  /* of the parts that are closed */
	float *frames;
	int64_t capacity;
};

int as_clip_channels(int clip_channels, int out_channels)
{
	return clip_channels == 1 ? 1 : out_channels;
}

/* As in the header of stitch.h: channel by channel; down to one: the mean; down to two: odd ones
 * left, even ones right. */
static void map_frame(const float *in, int n_in, float *out, int n_out)
{
	if (n_in <= n_out || n_out > 2) {
		for (int c = 0; c < n_out; c++)
			out[c] = c < n_in ? in[c] : 0;
		return;
	}
	for (int side = 0; side < n_out; side++) {
		double sum = 0;
		int n = 0;
		for (int c = side; c < n_in; c += n_out, n++)
			sum += (double)in[c];
		out[side] = (float)(sum / n);
	}
}

static enum as_status open_part(struct as_clip_reader *r, struct as_error *err)
{
	const struct as_stitch_clip *c = r->clip;
	const char *path = c->parts[r->part];
	r->decoder = as_decoder_open(path, c->stream_index, r->cancel, err);
	if (!r->decoder) {
		if (r->cancel && atomic_load(r->cancel))
			return AS_CANCELLED;
		return err && err->status != AS_OK
			       ? err->status
			       : as_fail(err, AS_ERR_IO, "%s: cannot open", path);
	}
	const struct as_decode_format *f = as_decoder_format(r->decoder);
	if (fabs(f->rate_hz - c->rate_hz) > 1e-6 * c->rate_hz || f->channels != c->channels)
		return as_fail(err, AS_ERR_FORMAT,
			       "%s: %g Hz with %d channels, not %g Hz with %d as measured before",
			       path, f->rate_hz, f->channels, c->rate_hz, c->channels);
	r->part_at = 0;
	return AS_OK;
}

/* Goes to frame `from`: over parts of known length, then by seeking in the last part, otherwise
 * by reading. */
static enum as_status go_to(struct as_clip_reader *r, int64_t from, struct as_error *err)
{
	while (r->part + 1 < r->clip->n_parts && r->part_frames[r->part] >= 0 &&
	       from >= r->part_frames[r->part])
		from -= r->part_frames[r->part++];
	enum as_status status = open_part(r, err);
	if (status != AS_OK || from == 0)
		return status;
	if (r->part + 1 < r->clip->n_parts && r->part_frames[r->part] < 0) {
		r->skip = from; /* it may lie in a later part: only reading tells */
		return AS_OK;
	}
	r->part_at = from;
	return as_decoder_seek(r->decoder, from, err);
}

struct as_clip_reader *as_clip_reader_open(const struct as_stitch_clip *clip, int64_t from,
					   int out_channels, int64_t *part_frames,
					   const atomic_bool *cancel, struct as_error *err)
{
	struct as_clip_reader *r = calloc(1, sizeof(*r));
	if (!r) {
		as_fail(err, AS_ERR_MEMORY, "%s: out of memory", clip->parts[0]);
		return NULL;
	}
	r->clip = clip;
	r->part_frames = part_frames;
	r->cancel = cancel;
	r->channels = as_clip_channels(clip->channels, out_channels);
	r->at = from;
	if (go_to(r, from, err) != AS_OK) {
		as_clip_reader_close(r);
		return NULL;
	}
	return r;
}

void as_clip_reader_close(struct as_clip_reader *r)
{
	if (!r)
		return;
	as_decoder_close(r->decoder);
	free(r->frames);
	free(r);
}

/* The part has ended: the next one, or the end of the clip. */
static enum as_status next_part(struct as_clip_reader *r, struct as_error *err)
{
	const struct as_stitch_clip *c = r->clip;
	r->part_frames[r->part] = r->part_at;
	r->damage += as_decoder_damage(r->decoder);
	as_decoder_close(r->decoder);
	r->decoder = NULL;
	if (r->part + 1 < c->n_parts) {
		r->part++;
		return open_part(r, err);
	}
	double missing_s = (double)(c->frames - r->at) / c->rate_hz;
	if (missing_s > SHORT_S)
		return as_fail(
			err, AS_ERR_FORMAT,
			"%s: ends %.2f s before its measured length; it has changed or is damaged",
			c->parts[r->part], missing_s);
	return AS_EOF;
}

/* Reads one block; *pcm and *n as the decoder gave them, without what is to be passed over. */
static enum as_status read_block(struct as_clip_reader *r, const float **pcm, int64_t *n,
				 struct as_error *err)
{
	int got = 0;
	*n = 0;
	if (!r->decoder)
		return AS_EOF;
	enum as_status status = as_decoder_read(r->decoder, pcm, &got, err);
	if (status == AS_EOF)
		return next_part(r, err);
	if (status != AS_OK)
		return status;
	int64_t passed = got < r->skip ? got : r->skip;
	r->part_at += got;
	r->skip -= passed;
	*pcm += passed * r->clip->channels;
	*n = got - passed;
	return AS_OK;
}

static enum as_status hand_out(struct as_clip_reader *r, const float *pcm, int64_t n,
			       struct as_error *err)
{
	const int n_in = r->clip->channels, n_out = r->channels;
	if (n > r->capacity) {
		float *more = realloc(r->frames, (size_t)n * (size_t)n_out * sizeof(*more));
		if (!more)
			return as_fail(err, AS_ERR_MEMORY, "%s: out of memory", r->clip->parts[0]);
		r->frames = more;
		r->capacity = n;
	}
	if (n_in == n_out)
		memcpy(r->frames, pcm, (size_t)(n * n_in) * sizeof(*pcm));
	else
		for (int64_t i = 0; i < n; i++)
			map_frame(pcm + i * n_in, n_in, r->frames + i * n_out, n_out);
	for (int64_t i = 0; i < n * n_out; i++)
		if (!isfinite(r->frames[i]))
			r->frames[i] =
				0; /* one NaN would spread over a whole block of the resampler */
	return AS_OK;
}

enum as_status as_clip_reader_next(struct as_clip_reader *r, const float **pcm, int64_t *n,
				   struct as_error *err)
{
	const float *block = NULL;
	*n = 0;
	while (*n == 0) {
		if (r->cancel && atomic_load(r->cancel))
			return AS_CANCELLED;
		if (r->at >= r->clip->frames)
			return AS_EOF;
		enum as_status status = read_block(r, &block, n, err);
		if (status != AS_OK)
			return status;
	}
	if (*n > r->clip->frames - r->at)
		*n = r->clip->frames - r->at;
	r->at += *n;
	*pcm = r->frames;
	enum as_status status = hand_out(r, block, *n, err);
	*pcm = r->frames;
	return status;
}

int64_t as_clip_reader_damage(const struct as_clip_reader *r)
{
	return r->damage + (r->decoder ? as_decoder_damage(r->decoder) : 0);
}
