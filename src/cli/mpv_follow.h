/* Where a player should be, and what brings it there: seeks from afar, speed or audio-delay from near. Pure: what it is told goes in,
 * commands come out; no socket, no clock. doc/live.md explains the rules. */
#ifndef AS_CLI_MPV_FOLLOW_H
#define AS_CLI_MPV_FOLLOW_H

#include <stdbool.h>

enum as_follow_how {
	AS_FOLLOW_SPEED, /* near it runs faster or slower */
	AS_FOLLOW_DELAY, /* near the picture moves against the player's own sound */
	AS_FOLLOW_SEEK,  /* near nothing is done */
};

struct as_follow_config {
	enum as_follow_how how;
	double dead_band_s;   /* as near as this it rests */
	double max_speed;     /* share by which the speed may differ, 0.005 */
	double seek_beyond_s; /* from here on it seeks */
	double offset_s;      /* the player's time at the reference's second 0 */
};

/* What is heard, at a moment of the clock that all calls share. */
struct as_follow_heard {
	double t_s;        /* when */
	bool locked;       /* false: nothing below is looked at */
	bool ambiguous;    /* another place of the reference fits as well */
	double position_s; /* in the reference, calibrated */
	double err_s;      /* its standard error */
	double drift_ppm;  /* how fast it falls behind; NAN: not known */
};

enum as_player_event_kind {
	AS_PLAYER_POSITION,    /* value: s; NAN where it plays nothing */
	AS_PLAYER_DURATION,    /* value: s; NAN where it has no end */
	AS_PLAYER_PAUSED,      /* value: 1 or 0; by the user */
	AS_PLAYER_IDLE,        /* value: 1 or 0; it does not play, for whatever reason */
	AS_PLAYER_SPEED,       /* value: 1.0 is normal */
	AS_PLAYER_DELAY,       /* value: s that its sound is behind its picture */
	AS_PLAYER_SEEKS,       /* somebody has moved it */
	AS_PLAYER_RESTARTS,    /* it plays from there */
	AS_PLAYER_SEEK_FAILED, /* ours */
	AS_PLAYER_FILE,        /* it begins another */
};

struct as_player_event {
	enum as_player_event_kind kind;
	double value;
	double t_s; /* when it was received */
};

enum as_follow_state {
	AS_FOLLOW_ABSENT,   /* there is no player */
	AS_FOLLOW_UNLOCKED, /* what is heard has no place */
	AS_FOLLOW_PAUSED,   /* the user has paused it */
	AS_FOLLOW_WAITING,  /* it loads, seeks, or has said too little yet */
	AS_FOLLOW_ASIDE,    /* the user has moved it, or changed its speed */
	AS_FOLLOW_OUTSIDE,  /* what is heard lies before the beginning or after the end of what it plays */
	AS_FOLLOW_STUCK,    /* what could be done was, and did not bring it nearer */
	AS_FOLLOW_RESTING,  /* near enough, or nothing to be done about it */
	AS_FOLLOW_NUDGING,  /* another speed brings it nearer */
	AS_FOLLOW_SEEKING,
};

enum as_player_command_kind { AS_PLAYER_DO_NOTHING, AS_PLAYER_DO_SEEK, AS_PLAYER_SET_SPEED, AS_PLAYER_SET_DELAY };

struct as_player_command {
	enum as_player_command_kind kind;
	double value;   /* s, or speed */
	double error_s; /* as_follow_error_s when it was decided */
};

struct as_follow;

struct as_follow *as_follow_new(const struct as_follow_config *cfg);
void as_follow_free(struct as_follow *f);
void as_follow_configure(struct as_follow *f, const struct as_follow_config *cfg);

/* A player has come, or gone. What was changed of one that comes back is known by its speed and delay being ours still. */
void as_follow_meet(struct as_follow *f);
void as_follow_part(struct as_follow *f);

void as_follow_hear(struct as_follow *f, const struct as_follow_heard *heard);
void as_follow_see(struct as_follow *f, const struct as_player_event *ev);

/* The next thing to do at now_s; to be called some times a second, and until it says DO_NOTHING. */
struct as_player_command as_follow_step(struct as_follow *f, double now_s);
/* What puts back what was changed; until DO_NOTHING. Nothing of the user's is touched. */
struct as_player_command as_follow_restore(struct as_follow *f);

enum as_follow_state as_follow_state(const struct as_follow *f);
/* What is heard minus where the player is, s: positive means that the player is behind. NAN where that is not known. */
double as_follow_error_s(const struct as_follow *f);

#endif
