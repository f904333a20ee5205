/* A small made-up shoot with known truth: what `audiosync demo` writes, syncs and compares.
 *
 * An interview with music from a loudspeaker, recorded by three devices at different places of a
 * room, each with its own clock, sound and files. One further clip was recorded elsewhere and must
 * stay unplaced. Everything follows from the seed. */
#ifndef AUDIOSYNC_DEMO_H
#define AUDIOSYNC_DEMO_H

#include <stdbool.h>
#include <stdint.h>

#include <audiosync/error.h>

#ifdef __cplusplus
extern "C" {
#endif

#define AS_DEMO_CLIPS 16
#define AS_DEMO_NAME_BYTES 32

/* One file and the truth about it. */
struct as_demo_clip {
	char name[AS_DEMO_NAME_BYTES];  /* of the file, inside the folder */
	char track[AS_DEMO_NAME_BYTES]; /* device: "CamA", "CamB", "ZOOM" */
	bool overlaps;                  /* false: recorded elsewhere, overlaps nothing */
	double start_s;    /* of its first decoded sample on a perfect clock; NAN unless overlaps */
	double drift_ppm;  /* of the device's clock against a perfect one; + = too many samples */
	double duration_s; /* by its own clock: frames / rate */
	double rate_hz;
	int channels;
};

struct as_demo {
	struct as_demo_clip clips[AS_DEMO_CLIPS];
	int n_clips;
	double duration_s; /* of the event */
};

/* Called every few ms of work with 0 … 1; false cancels. */
typedef bool (*as_demo_progress)(void *ctx, double done);

/* Writes the shoot into dir (made if missing) and truth.json beside the sound. About event_s seconds
 * (0: 240; 60 … 3600) are recorded. force overwrites files of the same names. progress may be
 * NULL. AS_OK with *out filled, AS_CANCELLED, AS_ERR_EXISTS, AS_ERR_IO … ; nothing half-written
 * stays, though files that were complete do. Any thread; takes a few seconds of CPU. */
AS_API enum as_status as_demo_write(const char *dir, uint64_t seed, double event_s, bool force,
				    as_demo_progress progress, void *ctx, struct as_demo *out,
				    struct as_error *err);

struct as_demo_run;

/* The same in a thread of its own. NULL on failure. Not to be used from two threads at once. */
AS_API struct as_demo_run *as_demo_start(const char *dir, uint64_t seed, double event_s, bool force, struct as_error *err);
/* A descriptor that polls readable once it is done; owned by the run. */
AS_API int as_demo_run_fd(const struct as_demo_run *r);
/* False while it works: *share (may be NULL) is 0 … 1. True: *status is what as_demo_write returned. */
AS_API bool as_demo_run_done(const struct as_demo_run *r, double *share, enum as_status *status, struct as_error *err);
/* Stops it, waits the few ms that this takes, and frees it. NULL is fine. */
AS_API void as_demo_run_close(struct as_demo_run *r);

/* What a perfect sync finds for clip i when `reference` (a track) gives the clock and the earliest
 * clip lies at 0: its start and its drift against that clock. NAN for a clip that overlaps nothing
 * or a reference that does not exist. */
AS_API void as_demo_expected(const struct as_demo *demo, int i, const char *reference,
			     double *start_s, double *drift_ppm);

#ifdef __cplusplus
}
#endif
#endif
