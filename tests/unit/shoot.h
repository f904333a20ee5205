/* A snapshot made by hand: two cameras and a recorder, with every kind of outcome that a front end must show. */
#ifndef AS_TEST_SHOOT_H
#define AS_TEST_SHOOT_H

#include <audiosync/types.h>

enum shoot_clip {
	SHOOT_CAMA_1, /* strong, reference's neighbour, two parts */
	SHOOT_CAMA_2, /* moderate, with a break inside */
	SHOOT_CAMB_1, /* ambiguous */
	SHOOT_CAMB_2, /* weak */
	SHOOT_CAMB_3, /* unplaced */
	SHOOT_CAMB_4, /* failed; its name is hostile */
	SHOOT_ZOOM_1, /* strong, reference */
	SHOOT_ZOOM_2, /* strong, island 2 */
	SHOOT_N
};

#define SHOOT_MATCHES_MAX 8

#define SHOOT_HOSTILE_NAME "x\xff\x1b]0;gone\a\n.wav"

/* Constant but for what the caller changes; every pointer is static. */
struct shoot {
	struct as_snapshot snap;
	struct as_clip clips[SHOOT_N];
	struct as_track tracks[3];
	struct as_placement placements[SHOOT_N];
	struct as_output outputs[2];
	double island_s[2];
	int touches[SHOOT_N][SHOOT_MATCHES_MAX];
};

void shoot_init(struct shoot *s);
/* Gives it matches; the array stays the caller's. */
void shoot_set_matches(struct shoot *s, const struct as_match *matches, int n);

#endif
