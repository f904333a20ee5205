/* edit PROJECT: how long the session's calls take that answer a key in the interface, in ms: least and most of some tries. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <audiosync/audiosync.h>

#define TRIES 7

struct bench {
	struct as_session *s;
	const struct as_snapshot *snap;
	struct as_options *opt;
	int clip; /* in the middle, with a place */
};

static double now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return 1e3 * (double)t.tv_sec + 1e-6 * (double)t.tv_nsec;
}

static enum as_status nudge(struct bench *b, struct as_error *err)
{
	return as_session_nudge(b->s, b->clip, 1e-3, err);
}

static enum as_status undo(struct bench *b, struct as_error *err)
{
	return as_session_undo(b->s, err);
}

static enum as_status redo(struct bench *b, struct as_error *err)
{
	return as_session_redo(b->s, err);
}

static enum as_status unlock(struct bench *b, struct as_error *err)
{
	return as_session_set_locked(b->s, b->clip, false, err);
}

static enum as_status lock(struct bench *b, struct as_error *err)
{
	return as_session_set_locked(b->s, b->clip, true, err);
}

static enum as_status take_out(struct bench *b, struct as_error *err)
{
	return as_session_remove_clips(b->s, &b->clip, 1, err);
}

static enum as_status move(struct bench *b, struct as_error *err)
{
	int track = (b->snap->clips[b->clip].track + 1) % b->snap->n_tracks;

	return as_session_move_clips(b->s, &b->clip, 1, track, err);
}

static enum as_status rename_it(struct bench *b, struct as_error *err)
{
	return as_session_rename_track(b->s, 0, "renamed", err);
}

static enum as_status reference(struct bench *b, struct as_error *err)
{
	return as_session_set_reference(b->s, b->snap->tracks[b->snap->n_tracks - 1].name, err);
}

static enum as_status regroup(struct bench *b, struct as_error *err)
{
	return as_session_regroup(b->s, err);
}

static enum as_status configure(struct bench *b, struct as_error *err)
{
	enum as_status status = as_options_set(b->opt, "export.crossfade_ms", "7", "bench", err);

	if (status != AS_OK)
		return status;
	return as_session_configure(b->s, b->opt, err);
}

static enum as_status look(struct bench *b, struct as_error *err)
{
	(void)err;
	as_snapshot_free(b->snap);
	b->snap = as_session_snapshot(b->s);
	return b->snap ? AS_OK : AS_ERR_MEMORY;
}

static enum as_status autosave(struct bench *b, struct as_error *err)
{
	return as_session_autosave(b->s, NULL, getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp", err);
}

static const struct call {
	const char *name;
	enum as_status (*run)(struct bench *b, struct as_error *err);
	bool back; /* is taken back after each try */
} calls[] = {{"snapshot", look, false},	      {"nudge", nudge, false},	     {"unlock", unlock, true},	 {"undo", undo, false},
	     {"redo", redo, true},	      {"lock", lock, true},	     {"remove", take_out, true}, {"move to a track", move, true},
	     {"rename a track", rename_it, true}, {"reference", reference, true}, {"regroup", regroup, true},
	     {"settings", configure, true},   {"autosave", autosave, false}};

static bool try_call(struct bench *b, const struct call *c)
{
	double least = INFINITY, most = 0, back_most = 0;
	struct as_error err = {0};

	for (int i = 0; i < TRIES; i++) {
		double began = now_ms(), ms;
		enum as_status status = c->run(b, &err);

		ms = now_ms() - began;
		if (status != AS_OK) {
			printf("%-20s %s\n", c->name, err.msg);
			return false;
		}
		least = fmin(least, ms);
		most = fmax(most, ms);
		began = now_ms();
		if (c->back && c->run != redo && as_session_undo(b->s, &err) != AS_OK)
			printf("%-20s cannot be taken back: %s\n", c->name, err.msg);
		back_most = fmax(back_most, now_ms() - began);
		if (c->run == redo && i + 1 < TRIES)
			as_session_undo(b->s, &err);
	}
	printf("%-20s %8.2f %8.2f %8.2f\n", c->name, least, most, c->back ? back_most : 0);
	return true;
}

int main(int argc, char **argv)
{
	struct as_error err = {0};
	struct bench b = {.opt = as_options_new()};
	double began = now_ms();
	bool ok = true;

	if (argc != 2 || !b.opt)
		return 2;
	b.s = as_session_load(b.opt, argv[1], NULL, 0, &err);
	if (!b.s || as_session_keep_undo(b.s, AS_UNDO_STEPS, AS_UNDO_BYTES, &err) != AS_OK) {
		fprintf(stderr, "edit: %s\n", err.msg);
		return 1;
	}
	b.snap = as_session_snapshot(b.s);
	for (b.clip = b.snap->n_clips / 2; b.clip < b.snap->n_clips - 1 && b.snap->placements[b.clip].island == 0; b.clip++)
		;
	printf("%d clips, %d matches found, loaded in %.0f ms\n%-20s %8s %8s %8s\n", b.snap->n_clips, b.snap->n_matches, now_ms() - began, "",
	       "least ms", "most", "undo");
	for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
		ok &= try_call(&b, &calls[i]);
	as_session_drop_autosave(b.s);
	as_session_free(b.s);
	as_snapshot_free(b.snap);
	as_options_free(b.opt);
	return ok ? 0 : 1;
}
