/* Clips that someone named on the command line: by path, by name or by a part of it that no other clip has. */
#ifndef AS_CLI_PICK_H
#define AS_CLI_PICK_H

#include <stdbool.h>

#include <audiosync/types.h>

enum { AS_PICK_NONE = -1, AS_PICK_SEVERAL = -2 };

/* The clip, or one of the two. A path of any of its files wins, then a whole name, then a part of a name, then a part of a
 * path. */
int as_pick_clip(const struct as_snapshot *s, const char *word);

/* One line for people, safe: why the word is not a clip (pick is what as_pick_clip gave), with the clips that may have been
 * meant. Heap; NULL when out of memory. */
char *as_pick_complaint(const struct as_snapshot *s, const char *word, int pick);

#endif
