/* Stretches of a source's axis, from one opening, or hole, to the next: how they lie on the computer's clock, and when that is known. */
#include <math.h>

#include "base/clock.h"
#include "base/error.h"
#include "engine/live_private.h"
#include "live/clock.h"

#define STALL_S 0.5     /* after so long without frames the clock may tell of a hole … */
#define HOLE_S 0.25     /* … of at least so much */
#define MAX_FILL_S 30.0 /* longer losses begin a new stretch */
#define MAX_HOLE_S 4000.0 /* of the axis, however long it was: more than live.keep_s, so that nothing from before is left */
#define SETTLED_S 12.0  /* of sound, after which when it began is known as well as it ever will be */
#define UNSURE_S 0.02   /* of the clock: lags would be off by that */

static int64_t frame_now(const struct live_tap *t)
{
	return t->base_frame + (int64_t)floor((double)(t->made - t->base) * t->base_rate_hz / AS_METER_RATE_HZ);
}

bool as_live_tap_time(const struct live_tap *t, struct as_meter_time *out)
{
	if (!t->heard)
		return false;
	const double rate = t->base_rate_hz, ahead = (double)(t->made - t->base) * rate / AS_METER_RATE_HZ;
	const int64_t frame = frame_now(t);
	double at_s, rate_hz, err_s;
	*out = (struct as_meter_time){t->made, t->base_s + ahead / rate, AS_METER_RATE_HZ};
	if (t->stamped && as_stamp_clock_at(t->clock, frame, &at_s, &rate_hz, &err_s) && rate_hz > 0) {
		out->t_s = at_s + ((double)t->base_frame + ahead - (double)frame) / rate_hz;
		out->rate_hz = AS_METER_RATE_HZ * (rate_hz / rate);
	}
	return true;
}

enum as_status as_live_stretch_end(struct live_tap *t, struct as_error *err)
{
	enum as_status status = t->mono ? as_live_mono_end(t->mono, err) : AS_OK;
	as_live_mono_free(t->mono);
	t->mono = NULL;
	return status;
}

/* Sound that nobody heard. */
static enum as_status skip(struct live_tap *t, double hole_s, struct as_error *err)
{
	int64_t n = (int64_t)(fmin(hole_s, MAX_HOLE_S) * AS_METER_RATE_HZ + 0.5);
	enum as_status status = n > 0 ? t->sink(t->ctx, NULL, n, err) : AS_OK;
	t->made += n > 0 ? n : 0;
	return status;
}

static enum as_status sink_of_mono(void *ctx, const float *v, int64_t n, struct as_error *err)
{
	struct live_tap *t = ctx;
	t->made += n;
	return t->sink(t->ctx, v, n, err);
}

/* When the first frame of a block was in the air, as far as that can be said without its clock. */
static double heard_at(const struct live_tap *t, const struct as_capture_block *b)
{
	double rate = t->format.rate_hz;
	if (!t->format.live)
		return t->begin_s + (double)b->frame / rate;
	return isfinite(b->time_s) ? b->time_s : as_clock_s() - b->n_frames / rate;
}

enum as_status as_live_stretch_begin(struct live_tap *t, const struct as_capture_block *b, struct as_error *err)
{
	struct as_meter_time before;
	enum as_status status = as_live_stretch_end(t, err);
	if (isnan(t->begin_s))
		t->begin_s = t->format.live ? heard_at(t, b) : as_live_begin_s(t->l);
	if (as_live_tap_is_stored(t))
		t->pace_s = t->begin_s;
	const double at_s = heard_at(t, b);
	if (status == AS_OK && as_live_tap_time(t, &before))
		status = skip(t, at_s - before.t_s, err);
	if (status != AS_OK)
		return status;
	as_stamp_clock_free(t->clock);
	t->stamped = false;
	t->clock = as_stamp_clock_new(t->format.rate_hz);
	t->mono = as_live_mono_new(t->format.rate_hz, t->format.channels, sink_of_mono, t, err);
	if (!t->clock || !t->mono)
		return t->mono ? as_fail(err, AS_ERR_MEMORY, "live meter: out of memory") : err->status;
	t->base = t->made;
	t->base_frame = t->next_frame = b->frame;
	t->base_s = at_s;
	t->base_rate_hz = t->format.rate_hz;
	t->heard = true;
	return AS_OK;
}

bool as_live_stretch_is_new(const struct live_tap *t, const struct as_capture_block *b)
{
	struct as_meter_time m;
	if (!t->mono)
		return true;
	int64_t lost = b->frame - t->next_frame;
	if (lost < 0 || (double)lost > MAX_FILL_S * t->format.rate_hz)
		return true;
	/* A device that has slept counts no frames meanwhile; its clock would take that for an outlier. But if it is this thread that was
	 * away, the sound has waited. */
	if (!t->format.live || t->empty_s <= 0 || t->nothing_s - t->empty_s < STALL_S || !as_live_tap_time(t, &m))
		return false;
	if (t->stamped && !isfinite(b->time_s))
		return false; /* its own watch of stamps will tell (as_capture_moved) */
	double inside_s = (double)(b->frame - frame_now(t)) / t->format.rate_hz;
	return heard_at(t, b) - (m.t_s + inside_s) > HOLE_S;
}

bool as_live_stretch_is_settled(const struct live_tap *t)
{
	return (double)(t->next_frame - t->base_frame) > SETTLED_S * t->format.rate_hz;
}

void as_live_stretch_find_begin(struct live_tap *t)
{
	double at_s, rate_hz, err_s;
	if (t->base > 0 || !t->stamped || as_live_stretch_is_settled(t))
		return;
	if (as_stamp_clock_at(t->clock, t->base_frame, &at_s, &rate_hz, &err_s))
		t->begin_s = at_s;
}

bool as_live_stretch_is_unsure(const struct live_tap *t)
{
	double at_s, rate_hz, err_s;
	/* A reference that has no clock sees how the first frame's time is found, not the frames' lag. */
	if (t->base == 0 && !t->is_reference && !as_live_is_ring(t->l))
		return false;
	/* A pipe that was never waited for may be one that is faster than its sound. */
	if (!t->stamped)
		return as_live_tap_is_pipe(t) && t->format.live;
	return !as_stamp_clock_at(t->clock, frame_now(t), &at_s, &rate_hz, &err_s) || err_s > UNSURE_S;
}
