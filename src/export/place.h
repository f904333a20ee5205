/* Where moments of a placed clip lie. */
#ifndef AS_EXPORT_PLACE_H
#define AS_EXPORT_PLACE_H

#include <audiosync/types.h>

/* Where time t_s of a placed clip sits on its island's timeline, by its stretches, its drift and its clock; before the first sample
 * the first stretch goes on, behind the last one the last. */
double as_place_at(const struct as_placement *p, double t_s);

#endif
