/* Of engine/calibrate.c, what the front end sees, calibrate_loop.c, the loop of sound, and calibrate_stamps.c, its times. */
#ifndef AS_ENGINE_CALIBRATE_PRIVATE_H
#define AS_ENGINE_CALIBRATE_PRIVATE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include <audiosync/calibrate.h>

struct as_calibrate {
	/* Immutable once started. */
	char *capture; /* may be NULL */
	int n_chirps;
	int pipe_fd[2];
	pthread_t thread;
	bool started;

	atomic_bool cancel;

	pthread_mutex_t lock;
	/* Under the lock. */
	struct as_calibrate_status status;
	bool awake;
};

#define CALIBRATE_STAMPS 24576 /* three minutes of them: more than the longest loop takes */
#define CALIBRATE_APART_S 0.008 /* devices of tiny blocks tell more often; that is left out */

/* When frames of a device were in the air, as it says. */
struct calibrate_stamps {
	double rate_hz;
	int n;
	struct {
		int64_t frame;
		double time_s;
	} at[CALIBRATE_STAMPS];
};

/* NAN is no stamp; frames ascend. */
void as_calibrate_stamp(struct calibrate_stamps *s, int64_t frame, double time_s);
/* When a frame was in the air, by the stamps about it. False: there are none. */
bool as_calibrate_time(const struct calibrate_stamps *s, double frame, double *t_s, double *err_s);
/* Roughly: which frame was in the air at t_s. */
bool as_calibrate_frame(const struct calibrate_stamps *s, double t_s, double *frame);

/* The thread's: plays, hears and measures; says so as it goes. */
enum as_status as_calibrate_run(struct as_calibrate *c, struct as_error *err);
/* Puts what has changed where the front end sees it. */
void as_calibrate_tell(struct as_calibrate *c, const struct as_calibrate_status *s);

#endif
