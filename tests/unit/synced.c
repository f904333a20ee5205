#include "synced.h"

#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <audiosync/audiosync.h>

#define RATE_HZ 48000
#define START_S 3.1000123
#define LOOK_S 2

static void need(bool ok, const char *what, const char *why)
{
	if (ok)
		return;
	fprintf(stderr, "%s: %s\n", what, why);
	abort();
}

static void wait_done(struct as_session *s, const char *what)
{
	for (bool done = false; !done;) {
		struct pollfd p = {.fd = as_session_fd(s), .events = POLLIN};
		struct as_event e;
		need(poll(&p, 1, 3600000) == 1, what, "no event");
		while (as_session_next_event(s, &e))
			done |= e.kind == AS_EVENT_DONE;
	}
	const struct as_snapshot *n = as_session_snapshot(s);
	need(n && n->outcome == AS_OK, what, n ? n->error : "out of memory");
	as_snapshot_free(n);
}

static void sync_files(const char *reference, const char *device, const char *dir,
		       struct synced *out)
{
	struct as_options *opt = as_options_new();
	struct as_error err = {0};
	need(opt && as_options_set(opt, "cache.enabled", "no", NULL, &err) == AS_OK, "options", err.msg);
	struct as_session *s = as_session_new(opt, &err);
	need(s && as_session_add(s, reference, "reference", &err) == AS_OK &&
		     as_session_add(s, device, "device", &err) == AS_OK &&
		     as_session_set_reference(s, "reference", &err) == AS_OK &&
		     as_session_analyze(s, &err) == AS_OK,
	     "session", err.msg);
	wait_done(s, "analysis");
	const struct as_snapshot *n = as_session_snapshot(s);
	need(n && n->n_clips == 2, "analysis", "not two clips");
	const int r = n->tracks[n->clips[0].track].reference ? 0 : 1;
	need(n->placements[1 - r].island == 1, "analysis", "not placed");
	need(fabs(n->placements[r].start_s) < 1e-12, "analysis", "the reference is not at zero");
	out->drift_ppm = n->placements[1 - r].drift_ppm;
	out->n_clock = n->placements[1 - r].n_clock;
	as_snapshot_free(n);
	need(as_session_export(s, &(struct as_export_request){.dir = dir, .force = true}, &err) == AS_OK, "export", err.msg);
	wait_done(s, "export");
	as_session_free(s);
	as_options_free(opt);
}

static double look(const char *path, const struct truth *x, double at_s)
{
	static double v[LOOK_S * RATE_HZ];
	int64_t from = (int64_t)(at_s * RATE_HZ);
	truth_read(path, from, v, LOOK_S * RATE_HZ);
	return truth_compare(x, v, from, LOOK_S * RATE_HZ, RATE_HZ).late_s;
}

struct synced synced_run(const char *dir, const struct truth_device *d, double length_s)
{
	struct synced r = {0};
	char in[2][1024], out[2][1024];
	const struct truth x = truth_grains(0.05, 5);
	const struct truth_device reference = {.rate_hz = RATE_HZ};
	struct truth_device device = *d;
	device.start_s = START_S;
	for (int k = 0; k < 2; k++) {
		snprintf(in[k], sizeof in[k], "%s/%s-in.wav", dir, k ? "device" : "reference");
		snprintf(out[k], sizeof out[k], "%s/%s.wav", dir, k ? "device" : "reference");
	}
	truth_record(in[0], &x, &reference, (int64_t)(length_s * RATE_HZ), 24);
	truth_record(in[1], &x, &device, (int64_t)((length_s - START_S - 0.5) * d->rate_hz), 24);
	sync_files(in[0], in[1], dir, &r);
	const double last_s = length_s - LOOK_S - 1;
	r.start_s = look(out[1], &x, START_S + 0.5);
	r.middle_s = look(out[1], &x, length_s / 2);
	r.end_s = look(out[1], &x, last_s);
	r.worst_s = fmax(fabs(r.start_s), fmax(fabs(r.middle_s), fabs(r.end_s)));
	for (double at = START_S + 1; at < last_s; at += device.n_clock > 0 ? 7 : 30)
		r.worst_s = fmax(r.worst_s, fabs(look(out[1], &x, at)));
	for (int k = 0; k < 2; k++) {
		unlink(in[k]);
		unlink(out[k]);
	}
	return r;
}
