/* Chirps out, sound in, both on the computer's clock; what lies between is the delay. One thread does all of it. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "engine/calibrate_private.h"
#include "live/chirp.h"
#include "media/capture.h"
#include "media/play.h"

#define PLAY_RATE_HZ 48000
#define PLAY_CHANNELS 2
#define GAIN 0.3f
#define SETTLE_S 4.0  /* the first stamps of devices are not to be believed */
#define EVERY_S 2.3   /* at the least; uneven, so that no chirp is taken for the one before it */
#define UNEVEN_S 0.3
#define WAITED_S 2.0  /* for what the last one told, and then for the next */
#define LONGER 3      /* times as many, at most, as were asked for */
#define EARLY_S 0.2   /* stamps may be wrong to either side */
#define WAIT_MS 10
#define PATIENCE_S 12.0 /* beyond the time that all of it should take */
#define LIMIT_RATE_HZ 400000.0

struct chirp {
	int64_t frame;   /* of what is written */
	int64_t device;  /* of what the device played, gaps included; -1: not known yet */
	bool looked;
	double found;    /* samples of the capture before its first; NAN */
	struct as_chirp_found seen;
};

struct loop {
	struct as_calibrate *c;
	struct as_calibrate_status said;

	struct as_player *player;
	struct calibrate_stamps *play_stamps;
	float *sweep;             /* one chirp, for all channels */
	int sweep_n;
	int64_t written;          /* frames */
	int limit;                /* chirps at most: as many as asked for, and more while they do not agree */
	int64_t gap, last_device; /* as of the last stamp; the frame that it told of, gaps included */

	struct as_capture *capture;
	struct calibrate_stamps *hear_stamps;
	double rate_hz;
	int channels;
	float *heard;             /* mono, from its first frame on; what was lost is silence */
	int64_t n_heard, room, first;
	bool began;

	struct chirp chirps[AS_CALIBRATE_CHIRPS_MAX];
};

static void tell(struct loop *l, enum as_calibrate_phase phase)
{
	if (phase > l->said.phase)
		l->said.phase = phase;
	as_calibrate_tell(l->c, &l->said);
}

/* ---- playing ---- */

/* One more, as soon as it may be. */
static void plan_chirp(struct loop *l)
{
	const int i = l->said.n_chirps++;
	double at_s = SETTLE_S;
	if (i > 0)
		at_s = (double)l->chirps[i - 1].frame / PLAY_RATE_HZ + EVERY_S + UNEVEN_S * fmod((i - 1) * 0.618034, 1.0);
	const int64_t frame = llround(at_s * PLAY_RATE_HZ);
	l->chirps[i] = (struct chirp){.frame = frame > l->written ? frame : l->written, .device = -1, .found = NAN,
				      .seen = {.level_db = -200, .noise_db = -200}};
}

static void plan(struct loop *l)
{
	const int n = l->c->n_chirps;
	l->limit = n < AS_CALIBRATE_CHIRPS_MAX / LONGER ? LONGER * n : AS_CALIBRATE_CHIRPS_MAX;
	l->said.n_chirps = 0;
	while (l->said.n_chirps < n)
		plan_chirp(l);
}

/* Seconds that so many chirps may take, however late they come. */
static double longest_s(int n)
{
	return SETTLE_S + n * (EVERY_S + UNEVEN_S + WAITED_S) + AS_CALIBRATE_DELAY_MAX_S + PATIENCE_S;
}

static enum as_status open_output(struct loop *l, struct as_error *err)
{
	l->sweep_n = as_chirp_frames(PLAY_RATE_HZ);
	l->sweep = malloc((size_t)l->sweep_n * PLAY_CHANNELS * sizeof *l->sweep);
	float *mono = malloc((size_t)l->sweep_n * sizeof *mono);
	l->play_stamps = calloc(1, sizeof *l->play_stamps);
	if (!l->sweep || !mono || !l->play_stamps) {
		free(mono);
		return as_fail(err, AS_ERR_MEMORY, "calibration: out of memory");
	}
	l->play_stamps->rate_hz = PLAY_RATE_HZ;
	as_chirp_make(mono, PLAY_RATE_HZ);
	for (int i = 0; i < l->sweep_n * PLAY_CHANNELS; i++)
		l->sweep[i] = GAIN * mono[i / PLAY_CHANNELS];
	free(mono);
	plan(l);
	l->player = as_player_open(PLAY_RATE_HZ, PLAY_CHANNELS, err);
	return l->player ? AS_OK : err->status;
}

/* What the player has room for, of chirps and of silence between and behind them. */
static void play_some(struct loop *l)
{
	static const float silence[1024 * PLAY_CHANNELS];
	int64_t put = 1;
	while (put > 0) {
		const float *v = silence;
		int64_t n = 1024;
		for (int i = 0; i < l->said.n_chirps; i++) {
			int64_t into = l->written - l->chirps[i].frame;
			if (into < 0) {
				n = -into < n ? -into : n;
				break;
			}
			if (into < l->sweep_n) {
				v = l->sweep + into * PLAY_CHANNELS;
				n = l->sweep_n - into;
				break;
			}
		}
		l->written += put = as_player_put(l->player, v, n);
	}
}

/* Silence that was put in before a chirp moved it. */
static void watch_player(struct loop *l)
{
	struct as_play_stamp s;
	while (as_player_stamp(l->player, &s)) {
		for (int i = 0; i < l->said.n_chirps; i++)
			if (l->chirps[i].device < 0 && l->chirps[i].frame < s.frame)
				l->chirps[i].device = l->chirps[i].frame + l->gap;
		l->gap = s.gap;
		l->last_device = s.frame + s.gap;
		as_calibrate_stamp(l->play_stamps, l->last_device, s.time_s);
	}
}

/* ---- hearing ---- */

static enum as_status open_input(struct loop *l, struct as_error *err)
{
	struct as_capture_spec spec = {.source = l->c->capture, .url_timeout_s = 10};
	l->capture = as_capture_open(&spec, &l->c->cancel, err);
	if (!l->capture)
		return err->status;
	const struct as_capture_format *f = as_capture_format(l->capture);
	snprintf(l->said.capture, sizeof l->said.capture, "%s", f->name);
	snprintf(l->said.device, sizeof l->said.device, "%s", f->device);
	if (!f->live)
		return as_fail(err, AS_ERR_INVALID, "%s: hears nothing of what is played; --capture DEVICE, or a monitor", f->name);
	if (!(f->rate_hz >= 8000 && f->rate_hz <= LIMIT_RATE_HZ) || f->channels < 1)
		return as_fail(err, AS_ERR_INVALID, "%s: %g Hz is no rate to hear chirps at", f->name, f->rate_hz);
	l->rate_hz = f->rate_hz;
	l->channels = f->channels;
	l->hear_stamps = calloc(1, sizeof *l->hear_stamps);
	l->room = (int64_t)((longest_s(l->limit) + 5) * f->rate_hz);
	l->heard = calloc((size_t)l->room, sizeof *l->heard);
	if (!l->heard || !l->hear_stamps)
		return as_fail(err, AS_ERR_MEMORY, "calibration: out of memory");
	l->hear_stamps->rate_hz = f->rate_hz;
	return AS_OK;
}

static void keep(struct loop *l, const struct as_capture_block *b)
{
	if (!l->began)
		l->first = b->frame;
	l->began = true;
	const int64_t at = b->frame - l->first;
	for (int i = 0; i < b->n_frames && at + i >= 0 && at + i < l->room; i++) {
		float sum = 0;
		for (int k = 0; k < l->channels; k++)
			sum += b->pcm[i * l->channels + k];
		l->heard[at + i] = isfinite(sum) ? sum / (float)l->channels : 0;
	}
	if (at + b->n_frames > l->n_heard && at >= 0)
		l->n_heard = at + b->n_frames < l->room ? at + b->n_frames : l->room;
	as_calibrate_stamp(l->hear_stamps, at, b->time_s);
}

static enum as_status hear_some(struct loop *l, struct as_error *err)
{
	struct as_capture_block b;
	int wait_ms = WAIT_MS;
	for (int i = 0; i < 64; i++) {
		enum as_status status = as_capture_read(l->capture, wait_ms, &b, err);
		if (status == AS_EOF)
			return as_fail(err, AS_ERR_IO, "%s: came to its end", l->said.capture);
		if (status != AS_OK)
			return status;
		if (b.n_frames <= 0)
			return AS_OK;
		keep(l, &b);
		wait_ms = 0;
	}
	return AS_OK;
}

/* ---- measuring ---- */

/* When chirp i was played, by what is known now. */
static bool played_at(const struct loop *l, int i, double *t_s, double *err_s)
{
	return l->chirps[i].device >= 0 && as_calibrate_time(l->play_stamps, (double)l->chirps[i].device, t_s, err_s);
}

/* False: its window has not been heard to the end yet. */
static bool look(struct loop *l, int i, bool last, enum as_status *status, struct as_error *err)
{
	double t_s, err_s, from, to;
	struct chirp *c = &l->chirps[i];
	if (!played_at(l, i, &t_s, &err_s) || !as_calibrate_frame(l->hear_stamps, t_s - EARLY_S, &from) ||
	    !as_calibrate_frame(l->hear_stamps, t_s + AS_CALIBRATE_DELAY_MAX_S + AS_CHIRP_S, &to))
		return false;
	if (to > (double)l->n_heard && !last)
		return false;
	to = fmin(to, (double)l->n_heard);
	from = fmax(from, 0);
	c->looked = true;
	if (to - from < 2.0 * as_chirp_frames(l->rate_hz) + 2)
		return true;
	const int64_t first = (int64_t)from, n = (int64_t)to - first;
	*status = as_chirp_find(l->heard + first, (int)n, l->rate_hz, &c->seen, err);
	c->found = *status == AS_OK && c->seen.confidence >= AS_CHIRP_CONFIDENCE ? (double)first + c->seen.at : NAN;
	return true;
}

/* The delay of a chirp, by what is known of the clocks now. */
static struct as_chirp_delay delay_of(const struct loop *l, int i)
{
	const struct chirp *c = &l->chirps[i];
	struct as_chirp_delay d = {.delay_s = NAN, .err_s = NAN, .confidence = c->seen.confidence, .level_db = c->seen.level_db};
	double out_s, out_err_s, in_s, in_err_s;
	if (!c->looked || isnan(c->found))
		return d;
	if (!played_at(l, i, &out_s, &out_err_s) || !as_calibrate_time(l->hear_stamps, c->found, &in_s, &in_err_s))
		return d;
	d.delay_s = in_s - out_s;
	d.err_s = sqrt(out_err_s * out_err_s + in_err_s * in_err_s + pow(c->seen.err / l->rate_hz, 2));
	return d;
}

static void report(struct loop *l, int i)
{
	const struct chirp *c = &l->chirps[i];
	struct as_chirp_delay d = delay_of(l, i);
	l->said.chirps[i] = (struct as_calibrate_chirp){.heard = !isnan(d.delay_s),
							.flipped = c->seen.flipped,
							.delay_ms = d.delay_s * 1e3,
							.err_ms = d.err_s * 1e3,
							.confidence = c->seen.confidence,
							.level_db = c->seen.level_db,
							.noise_db = c->seen.noise_db};
}

static struct as_chirps sum_up(const struct loop *l)
{
	struct as_chirp_delay d[AS_CALIBRATE_CHIRPS_MAX];
	for (int i = 0; i < l->said.n_done; i++)
		d[i] = delay_of(l, i);
	return as_chirps_sum_up(d, l->said.n_done, l->c->n_chirps);
}

/* What was heard meanwhile; where the last ones do not agree yet, one more follows. */
static enum as_status look_around(struct loop *l, bool last, struct as_error *err)
{
	enum as_status status = AS_OK;
	while (l->said.n_done < l->said.n_chirps && status == AS_OK) {
		if (!look(l, l->said.n_done, last, &status, err) && !last)
			break;
		report(l, l->said.n_done++);
		if (!last && l->said.n_done == l->said.n_chirps && l->said.n_chirps < l->limit && !sum_up(l).settled)
			plan_chirp(l);
		tell(l, AS_CALIBRATE_PLAYING);
	}
	return status;
}

static enum as_calibrate_verdict verdict_of(enum as_chirps_verdict v)
{
	static const enum as_calibrate_verdict of[] = {
		[AS_CHIRPS_OK] = AS_CALIBRATE_GOOD,
		[AS_CHIRPS_SILENT] = AS_CALIBRATE_SILENT,
		[AS_CHIRPS_UNHEARD] = AS_CALIBRATE_UNHEARD,
		[AS_CHIRPS_UNSTEADY] = AS_CALIBRATE_UNSTEADY,
	};
	return of[v];
}

static enum as_status conclude(struct loop *l, struct as_error *err)
{
	enum as_status status = look_around(l, true, err);
	if (status != AS_OK)
		return status;
	if (l->play_stamps->n == 0)
		return as_fail(err, AS_ERR_IO, "calibration: the sound output does not say when it plays what");
	if (!l->began)
		return as_fail(err, AS_ERR_IO, "%s: no sound came, not even silence", l->said.capture);
	if (l->hear_stamps->n == 0)
		return as_fail(err, AS_ERR_IO, "%s: does not say when it heard what", l->said.capture);
	/* The clocks are known best now. */
	for (int i = 0; i < l->said.n_done; i++)
		report(l, i);
	const struct as_chirps s = sum_up(l);
	l->said.verdict = verdict_of(s.verdict);
	l->said.n_heard = s.n_heard;
	l->said.n_used = s.n_used;
	l->said.delay_ms = s.delay_s * 1e3;
	l->said.err_ms = s.err_s * 1e3;
	l->said.spread_ms = s.spread_s * 1e3;
	l->said.calibration_ms = s.verdict == AS_CHIRPS_OK ? -s.delay_s * 1e3 : NAN;
	tell(l, AS_CALIBRATE_PLAYING);
	return AS_OK;
}

/* ---- all ---- */

static enum as_status go_round(struct loop *l, struct as_error *err)
{
	const double begun_s = as_clock_s();
	enum as_status status = AS_OK;
	while (l->said.n_done < l->said.n_chirps && as_clock_s() - begun_s < longest_s(l->said.n_chirps)) {
		if (atomic_load(&l->c->cancel))
			return AS_CANCELLED;
		play_some(l);
		status = hear_some(l, err);
		watch_player(l);
		if (l->last_device > l->chirps[0].frame && l->said.phase < AS_CALIBRATE_PLAYING)
			tell(l, AS_CALIBRATE_PLAYING);
		if (status == AS_OK)
			status = look_around(l, false, err);
		if (status != AS_OK)
			return status;
	}
	return conclude(l, err);
}

enum as_status as_calibrate_run(struct as_calibrate *c, struct as_error *err)
{
	struct loop l = {.c = c, .said = c->status};
	enum as_status status = open_output(&l, err);
	if (status == AS_OK)
		status = open_input(&l, err);
	if (status == AS_OK) {
		tell(&l, AS_CALIBRATE_SETTLING);
		status = go_round(&l, err);
	} else {
		tell(&l, AS_CALIBRATE_OPENING);
	}
	as_player_close(l.player);
	as_capture_close(l.capture);
	free(l.play_stamps);
	free(l.hear_stamps);
	free(l.sweep);
	free(l.heard);
	return status;
}
