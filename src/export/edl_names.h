/* Names that an edit decision list can hold: reels of eight characters, files for tracks. Only for edl.c, its tests, and whoever wants to know the names beforehand. */
#ifndef AS_EXPORT_EDL_NAMES_H
#define AS_EXPORT_EDL_NAMES_H

#include "export/document.h"

#define AS_EDL_REEL_BYTES 9

struct as_edl_names {
	char (*reels)[AS_EDL_REEL_BYTES]; /* one for each medium: 1 to 8 of A-Z and 0-9, all different */
};

/* From the media's names; the same media, the same reels. */
enum as_status as_edl_names_make(const struct as_timeline *t, struct as_edl_names *out,
				 struct as_error *err);
void as_edl_names_done(struct as_edl_names *names);

/* What is left of a track's name in that of a file: letters, digits, "-_"; "track" where nothing is. */
#define AS_EDL_PLAIN_BYTES 41
void as_edl_plain(const char *name, char out[AS_EDL_PLAIN_BYTES]);

/* A suffix that none of d's files has, whatever the case: "_NAME", "_NAME_2" for the second list of a track; "" and "_2" for an
 * empty name. Heap; NULL when out of memory. */
char *as_edl_suffix(const struct as_document *d, const char *name, int number);

#endif
