/* What an analysis found, as text for people: the placement table, what was not placed and why, the files written. */
#ifndef AS_CLI_TABLE_H
#define AS_CLI_TABLE_H

#include <stdio.h>

#include <audiosync/types.h>

#include "cli/term.h"

/* The table of placements with its notes and its summary line. Everything from a file is escaped. */
void as_table_placements(FILE *out, const struct as_term *t, const struct as_snapshot *s);

/* The files that an export wrote into dir. */
void as_table_outputs(FILE *out, const struct as_term *t, const struct as_snapshot *s,
		      const char *dir);

/* The mark and the ink of a clip's outcome. */
const char *as_table_mark(const struct as_term *t, const struct as_snapshot *s, int clip,
			  enum as_ink *ink);

/* The heading of a track: its name, how many clips it has, REF. track == n_tracks: the clips of none. */
void as_table_put_track(FILE *out, const struct as_term *t, const struct as_snapshot *s, int track,
			int n_clips);

/* notes.c: what the table's rows cannot say. */

void as_notes_unplaced(FILE *out, const struct as_term *t, const struct as_snapshot *s);
void as_notes_failed(FILE *out, const struct as_term *t, const struct as_snapshot *s);
void as_notes_warnings(FILE *out, const struct as_term *t, const struct as_snapshot *s);
void as_notes_summary(FILE *out, const struct as_term *t, const struct as_snapshot *s);

#endif
