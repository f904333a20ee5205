#include "base/pace.h"

#include <math.h>
#include <stdio.h>

#include "base/figures.h"
#include "base/text.h"

#define ETA_AFTER_S 1.0 /* before that, speed says nothing */
#define ETA_FROM_SHARE 0.02

const char *as_progress_verb(enum as_stage stage)
{
	switch (stage) {
	case AS_STAGE_PROBE:
		return "Looking";
	case AS_STAGE_LOAD:
		return "Reading";
	case AS_STAGE_MATCH:
		return "Comparing";
	case AS_STAGE_SOLVE:
		return "Placing";
	case AS_STAGE_EXPORT:
		return "Writing";
	case AS_STAGE_REPAIR:
		return "Writing";
	case AS_STAGE_CHECK:
		return "Checking";
	case AS_STAGE_SELFTEST:
		return "Testing";
	case AS_STAGE_IDLE:
		break;
	}
	return "Starting";
}

int as_progress_files_done(const struct as_snapshot *s)
{
	int n = 0;
	if (s->stage == AS_STAGE_EXPORT) {
		for (int i = 0; i < s->n_outputs; i++)
			n += s->outputs[i].done ? 1 : 0;
		return n;
	}
	enum as_clip_state enough = s->stage == AS_STAGE_PROBE ? AS_CLIP_PROBED : AS_CLIP_READY;
	for (int i = 0; i < s->n_clips; i++) {
		enum as_clip_state state = s->clips[i].state;
		n += state >= enough ? 1 : 0; /* failed is the last state */
	}
	return n;
}

/* Seconds of sound read, and to be read in all: a long file weighs more than a short one. */
static double read_s(const struct as_snapshot *s, double *all_s)
{
	double done_s = 0;
	*all_s = 0;
	for (int i = 0; i < s->n_clips; i++) {
		const struct as_clip *c = &s->clips[i];
		double weight = isfinite(c->duration_s) && c->duration_s > 0 ? c->duration_s : 1;
		bool over = c->state == AS_CLIP_READY || c->state == AS_CLIP_FAILED;
		*all_s += weight;
		done_s += weight * (over ? 1 : c->state == AS_CLIP_LOADING ? c->progress : 0);
	}
	return done_s;
}

static double read_share(const struct as_snapshot *s)
{
	double all_s, done_s = read_s(s, &all_s);
	return all_s > 0 ? done_s / all_s : -1;
}

/* Seconds of sound written, and to be written in all. */
static double written_s(const struct as_snapshot *s, double *all_s)
{
	double done_s = 0;
	*all_s = 0;
	for (int i = 0; i < s->n_outputs; i++) {
		const struct as_output *o = &s->outputs[i];
		*all_s += o->duration_s;
		done_s += o->duration_s * (o->done ? 1 : o->progress);
	}
	return done_s;
}

static double write_share(const struct as_snapshot *s)
{
	double all_s, done_s = written_s(s, &all_s);
	return all_s > 0 ? done_s / all_s : -1;
}

double as_progress_share(const struct as_snapshot *s)
{
	double share = -1;
	if (s->stage == AS_STAGE_LOAD)
		share = read_share(s);
	else if (s->stage == AS_STAGE_EXPORT)
		share = write_share(s);
	else if (s->stage != AS_STAGE_MATCH && s->total > 0)
		share = (double)s->done / (double)s->total;
	if (!(share >= 0))
		return -1;
	return share < 1 ? share : 1;
}

/* Seconds of sound per second of time, or NAN. */
static double speed(const struct as_snapshot *s, const struct as_pace *pace)
{
	double sound_s = NAN, all_s;
	if (pace->stage_s < 0.2)
		return NAN;
	if (s->stage == AS_STAGE_LOAD)
		sound_s = s->decoded_s - pace->decoded_before_s;
	else if (s->stage == AS_STAGE_EXPORT)
		sound_s = written_s(s, &all_s);
	return sound_s > 0 ? sound_s / pace->stage_s : NAN;
}

/* Seconds until the stage is over, at its own pace so far; NAN where that says nothing yet. What was known before, of an earlier
 * run or from the cache, took no time and is no pace. */
static double left_s(const struct as_snapshot *s, const struct as_pace *pace)
{
	double all_s, done_s, rate = speed(s, pace), share = as_progress_share(s);
	if (pace->stage_s < ETA_AFTER_S)
		return NAN;
	if (s->stage == AS_STAGE_LOAD) {
		done_s = read_s(s, &all_s);
		return s->decoded_s - pace->decoded_before_s >= ETA_FROM_SHARE * (all_s - done_s) ? (all_s - done_s) / rate : NAN;
	}
	if (s->stage == AS_STAGE_MATCH && s->total > 0)
		share = (double)s->done / (double)s->total;
	return share >= ETA_FROM_SHARE ? pace->stage_s * (1 - share) / share : NAN;
}

void as_progress_figures(char *out, size_t n, const struct as_snapshot *s,
			 const struct as_pace *pace)
{
	char text[128], left[AS_FIGURE_BYTES];
	int files = s->stage == AS_STAGE_EXPORT ? s->n_outputs : s->n_clips;
	double rate = speed(s, pace), eta_s = left_s(s, pace);
	bool open = s->stage == AS_STAGE_MATCH;
	size_t used = 0;
	text[0] = '\0';
	if (s->stage == AS_STAGE_REPAIR || s->stage == AS_STAGE_CHECK)
		files = 0;
	else if ((open || s->stage == AS_STAGE_SELFTEST) && s->total > 0)
		used = (size_t)snprintf(text, sizeof(text), "%lld/%lld %s", (long long)s->done,
					(long long)s->total, open ? "pairs so far" : "looks");
	else if (files > 0)
		used = (size_t)snprintf(text, sizeof(text), "%d/%d files",
					as_progress_files_done(s), files);
	if (isfinite(rate))
		used += (size_t)snprintf(text + used, sizeof(text) - used, "  %.*fx",
					 rate < 9.95 ? 1 : 0, rate);
	if (eta_s > 0)
		snprintf(text + used, sizeof(text) - used, "  ETA %s%s", as_text_duration(left, sizeof(left), ceil(eta_s)),
			 open ? " or more" : "");
	snprintf(out, n, "%s", text);
}
