#include "base/words.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/figures.h"
#include "base/outline.h"
#include "base/text.h"

#define SILENT_DB (-90.0)
#define SHORT_S 3.0
#define SURE_SCORE 6.0   /* from here on, "no sound in common" would be untrue */
#define ACTIVE_MIN_S 1.0 /* less usable sound than this says nothing */

char *as_words_clip(char *out, size_t n, const struct as_clip *clip)
{
	as_text_escape(out, n, clip->name);
	size_t used = strlen(out);
	if (clip->n_parts > 1 && used < n)
		snprintf(out + used, n - used, " +%d", clip->n_parts - 1);
	return out;
}

/* The best match that the clip took part in, or NULL. */
static const struct as_match *best_match(const struct as_snapshot *s, int clip)
{
	const struct as_match *best = NULL;
	for (int i = 0; i < s->clips[clip].n_matches; i++) {
		const struct as_match *m = &s->matches[s->clips[clip].matches[i]];
		if (isfinite(m->score) && (!best || m->score > best->score))
			best = m;
	}
	return best;
}

static void say_ambiguous(char *out, const struct as_placement *p)
{
	size_t used = (size_t)snprintf(out, AS_WORDS_WHY_BYTES,
				       p->n_candidates == 1 ? "fits about as well elsewhere as in the one place that is known"
							    : "fits about equally well in several places");
	for (int i = 0; i < p->n_candidates && i < 4 && used < AS_WORDS_WHY_BYTES; i++) {
		char at[AS_FIGURE_BYTES];
		as_text_hms(at, sizeof(at), p->candidates[i].start_s, 3);
		used += (size_t)snprintf(out + used, AS_WORDS_WHY_BYTES - used, "%s%s",
					 i == 0 ? ": " : ", ", at);
	}
	if (p->n_candidates > 4 && used < AS_WORDS_WHY_BYTES)
		snprintf(out + used, AS_WORDS_WHY_BYTES - used, p->n_candidates < AS_CANDIDATES_MAX ? " and %d more" : " and more",
			 p->n_candidates - 4);
}

static void say_weak(char *out, const struct as_placement *p)
{
	char score[AS_FIGURE_BYTES], at[AS_FIGURE_BYTES], chance[AS_FIGURE_BYTES];
	as_figure_score(score, sizeof(score), p->confidence);
	as_figure_chance(chance, sizeof(chance), p->p_false);
	as_text_hms(at, sizeof(at), p->start_s, 3);
	if (isfinite(p->start_s))
		snprintf(out, AS_WORDS_WHY_BYTES,
			 "could sit at %s, but the evidence is too weak to trust (score %s; "
			 "unrelated "
			 "sound does as well with probability %s)",
			 at, score, chance);
	else
		snprintf(out, AS_WORDS_WHY_BYTES, "the evidence is too weak to trust (score %s)",
			 score);
}

static bool shares_track(const struct as_snapshot *s, int clip)
{
	for (int i = 0; i < s->n_clips; i++)
		if (i != clip && s->clips[i].track == s->clips[clip].track && as_outline_is_placed(s, i))
			return true;
	return false;
}

static void say_no_match(char *out, const struct as_snapshot *s, int clip)
{
	const struct as_match *m = best_match(s, clip);
	if (s->n_clips < 2) {
		snprintf(out, AS_WORDS_WHY_BYTES, "there is no other clip to compare it with");
	} else if (m && m->score > 0) {
		char name[300], score[AS_FIGURE_BYTES];
		as_words_clip(name, sizeof(name), &s->clips[m->a == clip ? m->b : m->a]);
		as_figure_score(score, sizeof(score), m->score);
		snprintf(out, AS_WORDS_WHY_BYTES,
			 m->score < SURE_SCORE    ? "no sound in common with the other clips (best: %s, score %s)"
			 : shares_track(s, clip) ? "sounds like %s (score %s), but fits nowhere beside the other clips of its track"
						 : "sounds like %s (score %s), but that contradicts the places of other clips",
			 name, score);
	} else {
		snprintf(out, AS_WORDS_WHY_BYTES, "no sound in common with the other clips");
	}
}

/* What can be seen from the clip alone; false if its sound is fit for matching. */
static bool say_unusable(char *out, const struct as_clip *c, enum as_verdict v)
{
	if (c->level_db <= SILENT_DB) /* -inf too */
		snprintf(out, AS_WORDS_WHY_BYTES, "silent: there is nothing to match");
	else if (c->duration_s >= 0 && c->duration_s < SHORT_S && v == AS_VERDICT_UNPLACED)
		snprintf(out, AS_WORDS_WHY_BYTES, "only %.*f %s long: too short to be sure",
			 c->duration_s < 0.1 ? 1 : 2,
			 c->duration_s < 0.1 ? c->duration_s * 1e3 : c->duration_s,
			 c->duration_s < 0.1 ? "ms" : "s");
	else if (c->active * c->duration_s < ACTIVE_MIN_S)
		snprintf(out, AS_WORDS_WHY_BYTES,
			 "hardly any usable sound: only silence, hum or a steady tone");
	else
		return false;
	return true;
}

void as_words_why(char out[AS_WORDS_WHY_BYTES], const struct as_snapshot *s, int clip)
{
	const struct as_clip *c = &s->clips[clip];
	const struct as_placement *p = as_outline_placement(s, clip);
	enum as_verdict v = as_outline_verdict(s, clip);
	if (c->state == AS_CLIP_FAILED)
		as_text_escape(out, AS_WORDS_WHY_BYTES, as_outline_error(c));
	else if (say_unusable(out, c, v))
		return;
	else if (p && v == AS_VERDICT_AMBIGUOUS)
		say_ambiguous(out, p);
	else if (p && v == AS_VERDICT_WEAK)
		say_weak(out, p);
	else
		say_no_match(out, s, clip);
}

char *as_words_verdict(char *out, size_t n, const struct as_snapshot *s, int clip)
{
	const struct as_placement *p = as_outline_placement(s, clip);
	const char *verdict = as_verdict_name(as_outline_verdict(s, clip));
	if (s->clips[clip].state == AS_CLIP_FAILED)
		snprintf(out, n, "failed");
	else if (!p || !as_outline_is_placed(s, clip))
		snprintf(out, n, "%s", p && p->locked ? "kept off" : verdict);
	else if (p->method == AS_METHOD_MANUAL)
		snprintf(out, n, "%sby hand", p->locked ? "locked, " : "");
	else if (p->method == AS_METHOD_AUDIO || p->method == AS_METHOD_NONE)
		snprintf(out, n, "%s", p->locked ? "locked" : verdict);
	else
		snprintf(out, n, "%s, by %s", p->locked ? "locked" : verdict, as_method_name(p->method));
	return out;
}
