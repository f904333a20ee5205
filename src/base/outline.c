#include "base/outline.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define TAKEN_S 0.025 /* a nudge by a frame or so leaves the place */

struct entry {
	int track, order, id;
};

static int entry_cmp(const void *va, const void *vb)
{
	const struct entry *a = va, *b = vb;
	if (a->track != b->track)
		return a->track < b->track ? -1 : 1;
	if (a->order != b->order)
		return a->order < b->order ? -1 : 1;
	return (a->id > b->id) - (a->id < b->id);
}

bool as_outline_init(struct as_outline *o, const struct as_snapshot *s)
{
	bool ok = false;
	size_t n = (size_t)s->n_clips;
	*o = (struct as_outline){.n_tracks = s->n_tracks, .n_clips = s->n_clips};
	struct entry *all = malloc((n + 1) * sizeof(*all));
	o->clips = malloc((n + 1) * sizeof(*o->clips));
	o->first = calloc((size_t)s->n_tracks + 1, sizeof(*o->first));
	if (!all || !o->clips || !o->first)
		goto out;
	for (int i = 0; i < s->n_clips; i++) {
		int track = s->clips[i].track;
		bool known = track >= 0 && track < s->n_tracks;
		all[i] = (struct entry){known ? track : s->n_tracks, s->clips[i].order, i};
	}
	qsort(all, n, sizeof(*all), entry_cmp);
	int k = 0;
	for (int t = 0; t <= s->n_tracks; t++) {
		o->first[t] = k;
		while (k < s->n_clips && all[k].track == t) {
			o->clips[k] = all[k].id;
			k++;
		}
	}
	ok = true;
out:
	free(all);
	return ok;
}

void as_outline_done(struct as_outline *o)
{
	free(o->clips);
	free(o->first);
	*o = (struct as_outline){0};
}

const struct as_placement *as_outline_placement(const struct as_snapshot *s, int clip)
{
	return s->placements ? &s->placements[clip] : NULL;
}

enum as_verdict as_outline_verdict(const struct as_snapshot *s, int clip)
{
	const struct as_placement *p = as_outline_placement(s, clip);
	if (!p || s->clips[clip].state == AS_CLIP_FAILED)
		return AS_VERDICT_UNPLACED;
	return p->verdict;
}

bool as_outline_is_placed(const struct as_snapshot *s, int clip)
{
	enum as_verdict v = as_outline_verdict(s, clip);
	return v == AS_VERDICT_STRONG || v == AS_VERDICT_MODERATE;
}

bool as_outline_is_taken(const struct as_snapshot *s, int clip, int candidate)
{
	const struct as_placement *p = as_outline_placement(s, clip);
	if (!p || p->island == 0 || candidate >= p->n_candidates || p->beside < 0 || p->beside >= s->n_clips)
		return false;
	return s->placements[p->beside].island == p->island && fabs(p->candidates[candidate].start_s - p->start_s) < TAKEN_S;
}

const char *as_outline_reference(const struct as_snapshot *s)
{
	for (int t = 0; t < s->n_tracks; t++)
		if (s->tracks[t].reference)
			return s->tracks[t].name;
	return NULL;
}

struct as_tally as_outline_count(const struct as_snapshot *s)
{
	struct as_tally n = {.clips = s->n_clips};
	for (int i = 0; i < s->n_clips; i++) {
		if (s->clips[i].state == AS_CLIP_FAILED)
			n.failed++;
		else if (as_outline_is_placed(s, i))
			n.placed++;
		else
			n.unsure++;
		n.cached += s->clips[i].cached ? 1 : 0;
	}
	return n;
}

const char *as_outline_error(const struct as_clip *clip)
{
	/* Messages begin with the path or the name, escaped like this. */
	const char *prefixes[2] = {clip->path, clip->name};
	for (int i = 0; i < 2; i++) {
		char *shown = as_text_escape_dup(prefixes[i]);
		size_t n = shown ? strlen(shown) : 0;
		bool fits = n > 0 && strncmp(clip->error, shown, n) == 0 &&
			    strncmp(clip->error + n, ": ", 2) == 0;
		free(shown);
		if (fits)
			return clip->error + n + 2;
	}
	return clip->error;
}
