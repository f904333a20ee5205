/* The decoder's insides, shared by decode.c and seek.c and by nobody else. */
#ifndef AS_MEDIA_DECODE_STATE_H
#define AS_MEDIA_DECODE_STATE_H

#include "media/decode.h"
#include "media/source.h"
#include "media/timebase.h"

/* Frames from the source wait in queue: held back while a jump of their time stamps is suspected
 * (ready false), then delivered from head on. counted is where the last of them ends, at where
 * the next delivered one begins. */
struct as_decoder {
	char *path;
	const struct as_demux_url *from; /* instead of path; or NULL */
	const atomic_bool *cancel;
	struct as_source src;
	struct as_decode_format format;
	struct as_timebase timebase;
	AVFrame *queue[AS_TIMEBASE_HELD + 1];
	int head, n_queue;
	bool ready;
	bool ended;
	int used;                /* samples taken of queue[head] */
	int usual_frame;
	int64_t first_pts;
	bool exact;              /* time stamps count samples */
	int64_t counted, at;
	int64_t seek_to;         /* frames before this are decoded, not delivered */
	int64_t silence;         /* frames to put in before queue[head] */
	int64_t overlap;         /* frames of the queue to drop */
	int64_t silence_in_all;
	int64_t damage_before;   /* of sources that were closed again */
	bool end_checked;
	int direct;              /* seeks by time stamp are exact: 1 yes, -1 no, 0 not known yet */
	float *buf;
	size_t buf_floats;
};

/* Where the frame's time stamp puts it, in frames after the first; NAN if it has none. */
double as_decoder_stamped_at(const struct as_decoder *d, const AVFrame *f);
/* Opens the source at the file's beginning and takes the first frame, which tells the format. */
enum as_status as_decoder_start(struct as_decoder *d, int stream_index, struct as_error *err);
/* Makes queue[0] the next frame and `at` its place. */
void as_decoder_resume(struct as_decoder *d, int64_t at);

#endif
