#include "sync/follow.h"

#include <math.h>
#include <string.h>

#define DAY_S 86400.0
#define CLOCK_TOL_S 2.0            /* creation times are whole seconds and written late */
#define SAMPLE_TOL_S 1.5e-3        /* time references of sound files count samples */
#define FRAME_TOL_S (1.0 / 23.976) /* time code of pictures counts frames */

/* What the times of two files say about b being the continuation of a. */
enum evidence { SAYS_NO = -1, SAYS_NOTHING = 0, SAYS_YES = 1 };

static bool is_sound_file(const struct as_name *name)
{
	static const char *const exts[] = {"wav", "bwf", "w64", "rf64", "aif", "aiff", "flac"};

	for (size_t i = 0; i < sizeof(exts) / sizeof(*exts); i++)
		if (strcmp(exts[i], name->ext) == 0)
			return true;
	return false;
}

static bool same_format(const struct as_group_file *a, const struct as_name *an,
			const struct as_group_file *b, const struct as_name *bn)
{
	return strcmp(an->ext, bn->ext) == 0 &&
	       strcmp(a->format ? a->format : "", b->format ? b->format : "") == 0 &&
	       strcmp(a->device ? a->device : "", b->device ? b->device : "") == 0 &&
	       a->rate_hz == b->rate_hz && a->rate_hz > 0 && a->channels == b->channels &&
	       a->channels > 0 && isfinite(a->duration_s) && a->duration_s > 0 &&
	       isfinite(b->duration_s);
}

/* The next chapter of the same recording. */
static bool next_chapter(const struct as_name *a, const struct as_name *b)
{
	return a->chapter >= 0 && b->chapter == a->chapter + 1 && a->number == b->number &&
	       (isnan(a->time_s) ? isnan(b->time_s) : a->time_s == b->time_s);
}

/* The next recording by its number; or by its time, where the name holds a time instead of a
 * number. */
static bool next_number(const struct as_group_file *file_a, const struct as_name *a,
			const struct as_name *b)
{
	if (a->chapter > 0 || b->chapter > 0)
		return false;
	if (a->number >= 0 && b->number == a->number + 1)
		return true;
	return a->number == b->number && !isnan(a->time_s) && !isnan(b->time_s) &&
	       fabs(b->time_s - (a->time_s + file_a->duration_s)) <= CLOCK_TOL_S;
}

/* The clock: b was begun when a ended. `since_start` also takes the time of the whole recording's
 * start. */
static enum evidence clock_says(const struct as_group_file *a, const struct as_group_file *b,
				bool since_start)
{
	double gap;

	if (!isfinite(a->created_s) || !isfinite(b->created_s))
		return SAYS_NOTHING;
	gap = b->created_s - a->created_s;
	if (fabs(gap - a->duration_s) <= CLOCK_TOL_S || (since_start && fabs(gap) <= CLOCK_TOL_S))
		return SAYS_YES;
	return SAYS_NO;
}

static enum evidence timecode_says(const struct as_group_file *a, const struct as_name *name,
				   const struct as_group_file *b, bool since_start)
{
	double gap, tol = is_sound_file(name) ? SAMPLE_TOL_S : FRAME_TOL_S;

	if (!isfinite(a->start_tc_s) || !isfinite(b->start_tc_s))
		return SAYS_NOTHING;
	if (since_start && a->start_tc_s == b->start_tc_s)
		return SAYS_NOTHING;
	gap = fmod(b->start_tc_s - a->start_tc_s - a->duration_s, DAY_S);
	if (gap > DAY_S / 2)
		gap -= DAY_S;
	if (gap < -DAY_S / 2)
		gap += DAY_S;
	/* A chapter of pictures may lose a frame to rounding, and sound may be longer than the
	 * pictures. */
	if (since_start)
		tol = CLOCK_TOL_S;
	return fabs(gap) <= tol ? SAYS_YES : SAYS_NO;
}

/* Did the writer stop because the file was full? FAT32 and RIFF end at 4 and 2 GB, makers count GB
 * in both ways. */
static bool file_was_full(int64_t bytes)
{
	static const double limits[] = {2e9, 2147483648.0, 4e9, 4294967296.0};

	for (size_t i = 0; i < sizeof(limits) / sizeof(*limits); i++)
		if (fabs((double)bytes - limits[i]) <= 0.02 * limits[i])
			return true;
	return false;
}

bool as_file_follows(const struct as_group_file *a, const struct as_name *an,
		     const struct as_group_file *b, const struct as_name *bn)
{
	enum evidence clock, timecode;
	bool chapter = next_chapter(an, bn);

	if (strcmp(an->key, bn->key) != 0 || strcmp(an->tag, bn->tag) != 0 ||
	    !same_format(a, an, b, bn))
		return false;
	if (!chapter && !next_number(a, an, bn))
		return false;
	timecode = timecode_says(a, an, b, chapter);
	/* Some recorders stamp every piece with the start of the recording; sample-exact time code
	 * then proves it. */
	clock = clock_says(a, b, chapter || (timecode == SAYS_YES && is_sound_file(an)));
	if (clock == SAYS_NO || timecode == SAYS_NO)
		return false;
	if (chapter)
		return true;
	/* A camera's "record run" time code goes on over every pause: it needs the clock as a
	 * second witness. */
	if (timecode == SAYS_YES)
		return clock == SAYS_YES || is_sound_file(an);
	return file_was_full(a->size_bytes) && clock == SAYS_YES;
}
