/* Which folder stands for a device: the one above what cards, recorders and days add. Pure. */
#ifndef AS_SYNC_HOME_H
#define AS_SYNC_HOME_H

#include <stdbool.h>

/* The folder of the device that wrote path: above DCIM/100GOPRO, PRIVATE/M4ROOT/CLIP, ZOOM0001/ and
 * their like. Unless exact, the folders of days and cards are left out on the way, so that day1/cam
 * and day2/cam are one. NULL when out of memory. */
char *as_home_of(const char *path, bool exact);

/* The name of the folder `level` steps above the last one of home; "" above the root; NULL when out
 * of memory. */
char *as_home_part(const char *home, int level);

#endif
