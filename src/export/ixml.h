/* iXML: what field recorders and editing programs tell each other about a sound file, a chunk of WAV beside bext.
 * http://www.gallery.co.uk/ixml/: all elements are optional, and what is not known is left out. */
#ifndef AS_EXPORT_IXML_H
#define AS_EXPORT_IXML_H

#include <stdbool.h>
#include <stdint.h>

struct as_ixml {
	const char *tape;     /* what tells recordings of one time of day apart: the device */
	const char *track;    /* name of the track, for the channels */
	const char *original; /* name of the one recording that it holds, or NULL */
	const char *note;     /* or NULL */
	int channels, rate_hz, bit_depth;
	int tc_num, tc_den;   /* frames a second that timecode counts in; 0/0: not known */
	bool tc_drop;
	bool timed;           /* the time of day of the first frame is known: */
	uint64_t since_midnight_frames; /* of rate_hz */
};

/* Heap; NULL: no memory. */
char *as_ixml_make(const struct as_ixml *x);

#endif
