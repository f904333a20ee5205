/* When sound from the network is heard: as by a player that starts a moment after the first of it came, plays it in real time, and falls
 * silent where nothing more has come. Pure. */
#ifndef AS_MEDIA_PLAYOUT_H
#define AS_MEDIA_PLAYOUT_H

#include <stdbool.h>
#include <stdint.h>

/* All zero but rate_hz: nothing has come yet. */
struct as_playout {
	double rate_hz;
	bool started;
	double begin_s;    /* when frame 0 was heard */
	double excuse_s;   /* so late may blocks be, as we did not take them */
	int64_t next;      /* index of the next frame; silence counts */
	int64_t gaps;      /* times that it fell silent */
};

/* n frames came at arrival_s (any steady clock), held_s of the time before that having passed without anybody taking what there was. Tells
 * the index of the first, and when it is heard. */
void as_playout_add(struct as_playout *p, int n, double arrival_s, double held_s, int64_t *frame, double *time_s);

#endif
