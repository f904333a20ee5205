/* What a clip sounds like, as a picture: lowest, highest and mean level of ever so many stretches, at any zoom.
 *
 * The sound is the mono mix that the analysis hears (see analysis.channel), before anything is made of it, at 8 kHz: between 20 Hz
 * and 3.7 kHz the levels are those of the recording. Waveforms are made while a clip is decoded and kept in the cache; drawing
 * decodes nothing. */
#ifndef AUDIOSYNC_WAVEFORM_H
#define AUDIOSYNC_WAVEFORM_H

#include <stdbool.h>

#include <audiosync/error.h>

#ifdef __cplusplus
extern "C" {
#endif

struct as_session;

/* Of full scale, -1 … 1; lo <= hi, 0 <= rms. lo > hi: nothing is known of it (outside the clip, or not read yet). */
struct as_waveform_column {
	float lo, hi, rms;
};

/* Asks for waveforms from now on: clips that an analysis loads have theirs as soon as they are AS_CLIP_READY, and those of clips
 * that are ready without (the session was loaded from a project, or this was not called before) are fetched in the background, from
 * the cache or, where it has none, from the files. AS_EVENT_CLIP tells of each that has come; no AS_EVENT_DONE. The session is not
 * busy with that: whatever is started goes before it, and it goes on afterwards. as_session_cancel() stops it until
 * the next run ends or this is called again. A clip whose files are missing or cannot be read has none, and is not tried again until
 * it has been analysed. Cheap where there is nothing to do. Front end's thread. */
AS_API void as_session_want_waveforms(struct as_session *s);

/* Fills n columns; column k covers clip time [from_s + k * step_s, from_s + (k + 1) * step_s): the clip's own clock, its first
 * decoded sample at 0, all its files joined. Neighbouring columns leave nothing out; where step_s is 64 ms or more their
 * borders are rounded by at most a sixteenth of step_s. Below the distance of two samples (1/8000 s) values lie between samples,
 * lo = hi. O(n) whatever the zoom, some microseconds for 200 columns; neither waits for work nor decodes, though the first
 * look at a stretch may fetch pages from the disk. Returns false, and columns of which nothing is known, when nothing of the clip is
 * known yet, or there is no such clip. Any thread. */
AS_API bool as_session_waveform(struct as_session *s, int clip, double from_s, double step_s, int n,
				struct as_waveform_column *out);

#ifdef __cplusplus
}
#endif
#endif
