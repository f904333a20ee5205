/* Frame rates as editors mean them, seconds -> frames without error, frames <-> SMPTE timecode (ST 12-1). Pure. */
#ifndef AS_EXPORT_TIMECODE_H
#define AS_EXPORT_TIMECODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/* num / den pictures a second, in lowest terms. */
struct as_frame_rate {
	int num, den;
	bool drop; /* timecode leaves out numbers so that it keeps up with the clock: 30000/1001 and 60000/1001 only */
};

/* Neither num nor den of a valid rate is larger: what as_rate_frames proves rests on it. */
#define AS_RATE_MAX_TERM (1 << 24)
#define AS_TIMECODE_BYTES 24

/* Between 1 and 1000 frames a second, in lowest terms, terms within bounds, drop only where it exists. */
bool as_rate_valid(struct as_frame_rate rate);
/* The same frames a second; drop says nothing about time. */
bool as_rate_same_speed(struct as_frame_rate a, struct as_frame_rate b);
/* The whole number that timecode counts to: 30 for 30000/1001. */
int as_rate_base(struct as_frame_rate rate);
/* base * 1000/1001. */
bool as_rate_is_ntsc(struct as_frame_rate rate);

/* "25", "23.976" and its like (23.98, 29.97, 47.952, 59.94, 119.88: base * 1000/1001), "12.5", "30000/1001"; "df" or "ndf"
 * behind it, with or without a space, in any case. Without either, not drop frame. */
enum as_status as_rate_parse(const char *text, struct as_frame_rate *out, struct as_error *err);
/* "29.97df", "23.976", "25", "15/2": as_rate_parse gives the same rate again. */
char *as_rate_name(char *out, size_t out_bytes, struct as_frame_rate rate);
/* The whole or NTSC rate within 0.02 % of fps, as files state theirs; false if there is none (fps may be NAN). */
bool as_rate_from_fps(double fps, struct as_frame_rate *out);

/* The frame nearest to seconds; a position exactly between two goes to the later one. Exact: the same as with unlimited
 * precision, for |seconds| * num < 2^50: two years of the largest num, centuries of common ones. Beyond that, and for what is
 * not a number, 0 and false. */
bool as_rate_frames(double seconds, struct as_frame_rate rate, int64_t *frames);
/* The double nearest to frames * den / num, for |frames| * den < 2^53. */
double as_rate_seconds(int64_t frames, struct as_frame_rate rate);

/* Timecode numbers from 0 to this; then it begins anew. */
int64_t as_timecode_day_frames(struct as_frame_rate rate);
/* "HH:MM:SS:FF", ';' before the frames of drop frame, three digits of frames at bases above 100. Frames of other days wrap. */
char *as_timecode_format(char *out, size_t out_bytes, int64_t frames, struct as_frame_rate rate);
/* Takes what as_timecode_format writes, and ':' for ';' where the rate says drop frame. AS_ERR_INVALID for anything else: other
 * lengths, hours above 23, frames that the rate does not have, numbers that drop frame leaves out, ';' without drop. */
enum as_status as_timecode_parse(const char *text, struct as_frame_rate rate, int64_t *frames,
				 struct as_error *err);

#endif
