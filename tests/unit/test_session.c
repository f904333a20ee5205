#define _XOPEN_SOURCE 700 /* nftw */

#include <fcntl.h>
#include <ftw.h>
#include <math.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include <audiosync/audiosync.h>

#include "folder.h"
#include "projects.h"

#define RATE 16000

static char root[64], shoot[96], cache[96], out_dir[96];

static void write_text(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

/* CamA from 0 s, CamB from 7.25 s, Zoom from 18.5 s of one world; Phone in another one; a broken
 * and a silent file. */
static int set_up_shoot(void **state)
{
	(void)state;
	if (folder_make(root, sizeof root))
		return -1;
	snprintf(shoot, sizeof shoot, "%s/shoot", root);
	snprintf(cache, sizeof cache, "%s/cache", root);
	snprintf(out_dir, sizeof out_dir, "%s/out", root);
	mkdir(shoot, 0700);
	projects_write_shoot(shoot);
	write_text(folder_path(shoot, "notes.txt"), "not media");
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	return folder_remove(root);
}

/* ---- driving a session ---- */

static struct as_session *open_session(const char *threads, bool cached)
{
	struct as_options *opt = as_options_new();
	assert_non_null(opt);
	assert_int_equal(as_options_set(opt, "general.threads", threads, NULL, NULL), AS_OK);
	assert_int_equal(as_options_set(opt, "cache.enabled", cached ? "yes" : "no", NULL, NULL),
			 AS_OK);
	assert_int_equal(as_options_set(opt, "cache.dir", cache, NULL, NULL), AS_OK);
	struct as_session *s = as_session_new(opt, NULL);
	assert_non_null(s);
	as_options_free(opt);
	return s;
}

/* Every reference inside a snapshot leads somewhere: under a sanitizer this reads it all. */
static size_t walk(const struct as_snapshot *n)
{
	size_t sum = strlen(n->error);
	for (int i = 0; i < n->n_clips; i++) {
		const struct as_clip *c = &n->clips[i];
		assert_int_equal(c->id, i);
		assert_in_range(c->track, 0, n->n_tracks - 1);
		assert_in_range(c->n_parts, 1, 1000);
		assert_ptr_equal(c->path, c->parts[0]);
		sum += strlen(c->name) + strlen(c->device) + strlen(c->format) + strlen(c->error);
		assert_true((c->state == AS_CLIP_FAILED) == (c->error[0] != '\0'));
		assert_true(c->progress >= 0 && c->progress <= 1);
		for (int k = 0; k < c->n_matches; k++) {
			const struct as_match *m = &n->matches[c->matches[k]];
			assert_true(m->a == i || m->b == i);
		}
	}
	for (int i = 0; i < n->n_tracks; i++)
		sum += strlen(n->tracks[i].name);
	for (int i = 0; i < n->n_matches; i++) {
		const struct as_match *m = &n->matches[i];
		assert_true(m->a >= 0 && m->a < m->b && m->b < n->n_clips);
		for (int k = 0; k < m->n_segments; k++)
			assert_true(m->segments[k].to_s >= m->segments[k].from_s);
		for (int k = 0; k < m->n_candidates; k++)
			assert_true(!isnan(m->candidates[k].start_s));
	}
	for (int i = 0; n->placements && i < n->n_clips; i++) {
		const struct as_placement *p = &n->placements[i];
		assert_int_equal(p->clip, i);
		assert_in_range(p->island, 0, n->n_islands);
		for (int k = 0; k < p->n_segments; k++)
			assert_true(!isnan(p->segments[k].start_s));
		for (int k = 0; k < p->n_warnings; k++)
			sum += strlen(p->warnings[k]);
	}
	for (int i = 0; i < n->n_outputs; i++)
		sum += strlen(n->outputs[i].path) + strlen(n->outputs[i].error);
	for (int i = 0; i < n->n_warnings; i++)
		sum += strlen(n->warnings[i]);
	return sum;
}

/* Runs until the session says that it is done, looking at snapshots on the way. After
 * cancel_after events (-1: never) it cancels. */
static const struct as_snapshot *wait_done(struct as_session *s, int cancel_after)
{
	bool done = false;
	int n_events = 0;
	uint64_t generation = 0;
	while (!done) {
		struct pollfd p = {.fd = as_session_fd(s), .events = POLLIN};
		struct as_event e;
		assert_true(poll(&p, 1, 60000) == 1);
		while (as_session_next_event(s, &e)) {
			assert_false(done && e.kind == AS_EVENT_DONE);
			done |= e.kind == AS_EVENT_DONE;
			if (n_events++ == cancel_after)
				as_session_cancel(s);
		}
		const struct as_snapshot *n = as_session_snapshot(s);
		assert_non_null(n);
		assert_true(n->generation >= generation);
		generation = n->generation;
		walk(n);
		as_snapshot_free(n);
	}
	const struct as_snapshot *n = as_session_snapshot(s);
	assert_false(n->busy);
	assert_int_equal(n->stage, AS_STAGE_IDLE);
	return n;
}

static const struct as_snapshot *analyze(struct as_session *s)
{
	assert_int_equal(as_session_analyze(s, NULL), AS_OK);
	return wait_done(s, -1);
}

static const struct as_clip *clip_named(const struct as_snapshot *n, const char *name)
{
	for (int i = 0; i < n->n_clips; i++) {
		if (strcmp(n->clips[i].name, name) == 0)
			return &n->clips[i];
	}
	fail_msg("no clip %s", name);
	return NULL;
}

static const struct as_placement *placed(const struct as_snapshot *n, const char *name)
{
	return &n->placements[clip_named(n, name)->id];
}

static bool warned(const struct as_snapshot *n, const char *part)
{
	for (int i = 0; i < n->n_warnings; i++) {
		if (strstr(n->warnings[i], part))
			return true;
	}
	return false;
}

static void check_placed(const struct as_snapshot *n)
{
	static const struct {
		const char *name;
		double start_s;
	} truth[] = {{"CamA_001.wav", 0}, {"CamB_001.wav", 7.25}, {"Zoom_001.wav", 18.5}};
	assert_int_equal(n->outcome, AS_OK);
	assert_string_equal(n->error, "");
	assert_non_null(n->placements);
	for (int i = 0; i < 3; i++) {
		const struct as_placement *p = placed(n, truth[i].name);
		assert_int_equal(p->island, 1);
		assert_true(p->verdict >= AS_VERDICT_MODERATE);
		assert_true(fabs(p->start_s - truth[i].start_s) < 0.001);
		assert_true(p->n_segments >= 1);
	}
	assert_int_equal(placed(n, "Phone_001.wav")->island, 0);
	assert_int_equal(placed(n, "Mute_001.wav")->island, 0);
	assert_true(fabs(n->timeline_s - 34.5) < 0.002);
}

/* All that an analysis finds, to the last bit. */
static char *fingerprint(const struct as_snapshot *n)
{
	char *text = NULL;
	size_t bytes;
	FILE *f = open_memstream(&text, &bytes);
	assert_non_null(f);
	for (int i = 0; i < n->n_clips; i++)
		fprintf(f, "%s %d %d %a %a %a %s\n", n->clips[i].path, n->clips[i].track,
			n->clips[i].order, n->clips[i].duration_s, n->clips[i].level_db,
			n->clips[i].active, n->clips[i].error);
	for (int i = 0; i < n->n_matches; i++)
		fprintf(f, "%d %d %a %a %a %a %d\n", n->matches[i].a, n->matches[i].b,
			n->matches[i].offset_s, n->matches[i].score, n->matches[i].drift_ppm,
			n->matches[i].residual_s, n->matches[i].used);
	for (int i = 0; i < n->n_clips; i++) {
		const struct as_placement *p = &n->placements[i];
		fprintf(f, "%d %d %a %a %a %a\n", p->island, p->verdict, p->start_s, p->start_err_s,
			p->drift_ppm, p->confidence);
		for (int k = 0; k < p->n_warnings; k++)
			fprintf(f, "  %s\n", p->warnings[k]);
	}
	fclose(f);
	return text;
}

/* ---- tests ---- */

static enum as_status export_to(struct as_session *s, const char *dir, bool force, struct as_error *err)
{
	return as_session_export(s, &(struct as_export_request){.dir = dir, .force = force}, err);
}

static void test_add(void **state)
{
	(void)state;
	struct as_session *s = open_session("1", false);
	struct as_error err;
	char target[256];
	mkdir(folder_path(shoot, "day2"), 0700);
	mkdir(folder_path(shoot, ".hidden"), 0700);
	static const char *const names[] = {"clip10.wav",  "clip2.wav",  "clip1.WAV",
					    ".hidden.wav", "day2/b.wav", ".hidden/c.wav"};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		write_text(folder_path(shoot, names[i]), "x");
	/* Links that lead in circles, to a file seen already, and nowhere. */
	assert_int_equal(symlink("..", folder_path(shoot, "day2/up")), 0);
	assert_int_equal(symlink("clip2.wav", folder_path(shoot, "zz.wav")), 0);
	assert_int_equal(symlink("nowhere", folder_path(shoot, "dangling.wav")), 0);
	assert_int_equal(as_session_add(s, shoot, NULL, NULL), AS_OK);
	assert_int_equal(as_session_add(s, folder_path(shoot, "missing\n.wav"), NULL, &err), AS_ERR_IO);
	assert_int_equal(err.status, AS_ERR_IO);
	assert_non_null(strstr(err.msg, "missing\\n.wav"));
	assert_int_equal(as_session_add(s, folder_path(shoot, "clip1.WAV"), "Voice", NULL), AS_OK);
	assert_int_equal(as_session_add(s, folder_path(shoot, "./day2//b.wav"), NULL, NULL), AS_OK);
	snprintf(target, sizeof target, "%s/empty", root);
	mkdir(target, 0700);
	assert_int_equal(as_session_add(s, target, NULL, NULL), AS_OK);
	const struct as_snapshot *n = as_session_snapshot(s);
	static const char *const order[] = {
		"Bad_001.mp4", "CamA_001.wav", "CamB_001.wav", "clip1.WAV",     "clip2.wav",
		"clip10.wav",  "b.wav",        "Mute_001.wav", "Phone_001.wav", "Zoom_001.wav"};
	assert_int_equal(n->n_clips, 10);
	for (int i = 0; i < 10; i++)
		assert_string_equal(n->clips[i].name, order[i]);
	assert_true(warned(n, "dangling.wav"));
	assert_true(warned(n, "zz.wav: the same file as"));
	assert_true(warned(n, "missing\\n.wav"));
	assert_true(warned(n, "b.wav: given twice"));
	assert_true(warned(n, "empty: no media files"));
	walk(n);
	as_snapshot_free(n);
	as_session_free(s);
	as_session_free(NULL);
}

static void test_probe(void **state)
{
	(void)state;
	struct as_session *s = open_session("2", false);
	assert_int_equal(as_session_add(s, shoot, NULL, NULL), AS_OK);
	assert_int_equal(as_session_add(s, folder_path(shoot, "notes.txt"), "Extra", NULL), AS_OK);
	assert_int_equal(as_session_probe(s, NULL), AS_OK);
	const struct as_snapshot *n = wait_done(s, -1);
	assert_int_equal(n->outcome, AS_OK);
	assert_int_equal(n->n_clips, 7);
	assert_int_equal(n->n_tracks, 7);
	const struct as_clip *c = clip_named(n, "CamB_001.wav");
	assert_int_equal(c->state, AS_CLIP_PROBED);
	assert_true(fabs(c->duration_s - 20) < 1e-6);
	assert_true(c->rate_hz == RATE);
	assert_int_equal(c->channels, 1);
	assert_int_equal(c->frames, -1);
	assert_int_equal(clip_named(n, "Bad_001.mp4")->state, AS_CLIP_FAILED);
	assert_non_null(strstr(clip_named(n, "Bad_001.mp4")->error, "Bad_001.mp4"));
	assert_int_equal(clip_named(n, "notes.txt")->state, AS_CLIP_FAILED);
	assert_string_equal(n->tracks[clip_named(n, "notes.txt")->track].name, "Extra");
	assert_null(n->placements);
	as_snapshot_free(n);
	as_session_free(s);
}

static void test_analyze_and_cache(void **state)
{
	(void)state;
	char *first = NULL;
	for (int run = 0; run < 3; run++) {
		struct as_session *s = open_session("2", true);
		assert_int_equal(as_session_add(s, shoot, NULL, NULL), AS_OK);
		const struct as_snapshot *n = analyze(s);
		check_placed(n);
		assert_int_equal(clip_named(n, "CamA_001.wav")->frames, 30 * RATE);
		assert_int_equal(clip_named(n, "CamA_001.wav")->cached, run > 0);
		assert_true(run > 0 ? n->decoded_s == 0 : n->decoded_s > 50);
		assert_true(clip_named(n, "Mute_001.wav")->level_db < -90);
		char *text = fingerprint(n);
		if (first)
			assert_string_equal(text, first);
		else
			first = strdup(text);
		free(text);
		as_snapshot_free(n);
		/* Once more in the same session: everything is there. */
		if (run == 2) {
			n = analyze(s);
			check_placed(n);
			text = fingerprint(n);
			assert_string_equal(text, first);
			assert_true(n->decoded_s == 0);
			free(text);
			as_snapshot_free(n);
		}
		as_session_free(s);
	}
	free(first);
}

static void test_threads_and_order_do_not_matter(void **state)
{
	(void)state;
	static const char *const backwards[] = {"Zoom_001.wav", "Phone_001.wav", "Mute_001.wav",
						"CamB_001.wav", "CamA_001.wav",  "Bad_001.mp4"};
	char *text[3];
	for (int i = 0; i < 3; i++) {
		struct as_session *s = open_session(i == 1 ? "4" : "1", i == 2);
		if (i < 2)
			assert_int_equal(as_session_add(s, shoot, NULL, NULL), AS_OK);
		for (int k = 0; i == 2 && k < 6; k++)
			assert_int_equal(as_session_add(s, folder_path(shoot, backwards[k]), NULL, NULL),
					 AS_OK);
		const struct as_snapshot *n = analyze(s);
		check_placed(n);
		text[i] = fingerprint(n);
		as_snapshot_free(n);
		as_session_free(s);
	}
	assert_string_equal(text[0], text[1]);
	assert_string_equal(text[0], text[2]);
	for (int i = 0; i < 3; i++)
		free(text[i]);
}

/* Adding a clip later leads to the same result as having it from the start. */
static void test_add_later(void **state)
{
	(void)state;
	static const char *const names[] = {"Zoom_001.wav", "CamA_001.wav", "Phone_001.wav",
					    "CamB_001.wav"};
	char *text[2];
	for (int later = 0; later < 2; later++) {
		struct as_session *s = open_session("2", true);
		for (int i = 0; i < 4; i++) {
			assert_int_equal(as_session_add(s, folder_path(shoot, names[i]), NULL, NULL), AS_OK);
			if (later && i > 0) {
				const struct as_snapshot *n = analyze(s);
				assert_int_equal(n->outcome, AS_OK);
				assert_int_equal(n->n_clips, i + 1);
				as_snapshot_free(n);
			}
		}
		const struct as_snapshot *n = analyze(s);
		assert_int_equal(placed(n, "CamB_001.wav")->island, 1);
		text[later] = fingerprint(n);
		as_snapshot_free(n);
		as_session_free(s);
	}
	assert_string_equal(text[0], text[1]);
	free(text[0]);
	free(text[1]);
}

/* The parts of one recording are one signal: no sample is lost or doubled where they meet. */
static int cut(const char *path, const struct stat *st, int kind, struct FTW *where)
{
	(void)st;
	(void)where;
	return kind == FTW_F ? truncate(path, 100) : 0;
}

/* The cache's files are cut off behind the session's back: what it has loaded stays as it is. */
static void test_cache_cut_off(void **state)
{
	(void)state;
	char later[128];
	for (int known = 0; known < 3; known++) {
		struct as_session *s = open_session("2", true);
		snprintf(later, sizeof later, "%s", folder_path(root, "CamC_001.wav"));
		projects_write_clip(later, 5, 3.5, 18 + known);
		assert_int_equal(as_session_add(s, shoot, NULL, NULL), AS_OK);
		as_snapshot_free(analyze(s));
		if (known == 1) { /* this one fills the cache again for the next */
			as_session_free(s);
			continue;
		}
		assert_int_equal(nftw(cache, cut, 8, FTW_PHYS), 0);
		assert_int_equal(as_session_add(s, later, NULL, NULL), AS_OK);
		const struct as_snapshot *n = analyze(s);
		check_placed(n);
		assert_int_equal(placed(n, "CamC_001.wav")->verdict, AS_VERDICT_STRONG);
		as_snapshot_free(n);
		as_session_free(s);
	}
}

static void test_parts_are_joined(void **state)
{
	(void)state;
	char dir[128];
	snprintf(dir, sizeof dir, "%s/gopro", root);
	mkdir(dir, 0700);
	/* 10 s + 1 frame, so that the parts do not meet on an analysis sample. */
	double part_s = 10 + 1.0 / RATE;
	projects_write_clip(folder_path(dir, "GH010045.WAV"), 5, 3, part_s);
	projects_write_clip(folder_path(dir, "GH020045.WAV"), 5, 3 + part_s, part_s);
	struct as_session *s = open_session("2", true);
	assert_int_equal(as_session_add(s, folder_path(shoot, "CamA_001.wav"), NULL, NULL), AS_OK);
	assert_int_equal(as_session_add(s, dir, NULL, NULL), AS_OK);
	const struct as_snapshot *n = analyze(s);
	const struct as_clip *c = clip_named(n, "GH010045.WAV");
	if (c->n_parts == 2) {
		assert_int_equal(c->frames, 2 * (10 * RATE + 1));
		const struct as_placement *p = &n->placements[c->id];
		double from = n->placements[clip_named(n, "CamA_001.wav")->id].start_s;
		assert_true(fabs(p->start_s - from - 3) < 0.001);
		assert_int_equal(p->n_segments, 1);
		assert_non_null(c->files);
		for (int i = 0; i < 2; i++) {
			assert_string_equal(c->files[i].path, c->parts[i]);
			assert_int_equal(c->files[i].frames, 10 * RATE + 1);
			assert_true(c->files[i].sound_start_s == 0);
			assert_int_equal(c->files[i].picture.width, 0);
		}
	} else {
		fail_msg("the parts were not recognised as one recording");
	}
	as_snapshot_free(n);
	as_session_free(s);
}

static void test_bad_files(void **state)
{
	(void)state;
	struct as_session *s = open_session("2", true);
	struct as_error err;
	assert_int_equal(as_session_add(s, folder_path(shoot, "CamA_001.wav"), NULL, NULL), AS_OK);
	assert_int_equal(as_session_add(s, folder_path(shoot, "CamB_001.wav"), NULL, NULL), AS_OK);
	assert_int_equal(as_session_add(s, folder_path(shoot, "Zoom_001.wav"), NULL, NULL), AS_OK);
	assert_int_equal(as_session_probe(s, NULL), AS_OK);
	as_snapshot_free(wait_done(s, -1));
	/* One vanishes between probe and load. */
	assert_int_equal(unlink(folder_path(shoot, "CamB_001.wav")), 0);
	const struct as_snapshot *n = analyze(s);
	assert_int_equal(n->outcome, AS_OK);
	assert_int_equal(clip_named(n, "CamB_001.wav")->state, AS_CLIP_FAILED);
	assert_non_null(strstr(clip_named(n, "CamB_001.wav")->error, "CamB_001.wav"));
	assert_int_equal(placed(n, "Zoom_001.wav")->island, 1);
	as_snapshot_free(n);
	/* What adds nothing costs nothing; a new clip outdates the placements. */
	assert_int_equal(as_session_add(s, folder_path(shoot, "missing.wav"), NULL, &err), AS_ERR_IO);
	assert_int_equal(as_session_add(s, folder_path(shoot, "CamA_001.wav"), NULL, &err), AS_OK);
	assert_int_equal(as_session_add(s, "", NULL, &err), AS_ERR_INVALID);
	n = as_session_snapshot(s);
	assert_non_null(n->placements);
	as_snapshot_free(n);
	assert_int_equal(as_session_add(s, folder_path(shoot, "Phone_001.wav"), NULL, &err), AS_OK);
	n = as_session_snapshot(s);
	assert_null(n->placements);
	assert_int_equal(n->n_matches, 0);
	walk(n);
	as_snapshot_free(n);
	assert_int_equal(as_session_set_reference(s, "Nobody", NULL), AS_OK);
	n = analyze(s);
	assert_int_equal(n->outcome, AS_ERR_INVALID);
	assert_non_null(strstr(n->error, "Nobody"));
	as_snapshot_free(n);
	assert_int_equal(export_to(s, out_dir, false, &err), AS_ERR_INVALID);
	as_session_free(s);
	s = open_session("1", false);
	n = analyze(s);
	assert_int_equal(n->outcome, AS_ERR_INVALID);
	assert_int_equal(n->n_clips, 0);
	as_snapshot_free(n);
	as_session_free(s);
}

/* At moments that a seed chooses; whatever had been done by then, the next analysis is whole. */
static void test_cancel_anywhere(void **state)
{
	(void)state;
	uint32_t seed = 99;
	int n_cancelled = 0;
	for (int i = 0; i < 25; i++) {
		struct as_session *s = open_session("3", i % 2);
		seed = projects_scramble(seed + 1);
		assert_int_equal(as_session_add(s, shoot, NULL, NULL), AS_OK);
		assert_int_equal(as_session_analyze(s, NULL), AS_OK);
		const struct as_snapshot *n = wait_done(s, (int)(seed % 30));
		if (n->outcome == AS_CANCELLED) {
			n_cancelled++;
			assert_string_equal(n->error, "");
		} else {
			check_placed(n);
		}
		as_snapshot_free(n);
		if (i % 5 == 0) {
			n = analyze(s);
			check_placed(n);
			as_snapshot_free(n);
		}
		as_session_free(s);
	}
	assert_true(n_cancelled > 5);
}

static void test_free_while_busy(void **state)
{
	(void)state;
	uint32_t seed = 4;
	for (int i = 0; i < 25; i++) {
		struct as_session *s = open_session("3", false);
		struct as_error err;
		seed = projects_scramble(seed + 1);
		assert_int_equal(as_session_add(s, shoot, NULL, NULL), AS_OK);
		assert_int_equal(as_session_analyze(s, NULL), AS_OK);
		assert_int_equal(as_session_analyze(s, &err), AS_ERR_BUSY);
		assert_int_equal(as_session_add(s, shoot, NULL, &err), AS_ERR_BUSY);
		assert_int_equal(as_session_set_reference(s, "x", &err), AS_ERR_BUSY);
		assert_int_equal(export_to(s, out_dir, true, &err), AS_ERR_BUSY);
		for (uint32_t k = 0; k < seed % 25; k++) {
			struct pollfd p = {.fd = as_session_fd(s), .events = POLLIN};
			struct as_event e;
			assert_true(poll(&p, 1, 60000) == 1);
			if (as_session_next_event(s, &e) && e.kind == AS_EVENT_DONE)
				break;
		}
		as_session_free(s);
	}
}

/* A self-test and an analysis do not disturb each other, cancelled or not. */
static void test_selftest_beside_analysis(void **state)
{
	(void)state;
	const struct as_selftest_config cfg = {.seed = 1, .trials = 2}, none = {.seed = 1};
	struct as_session *s = open_session("2", true);
	struct as_error err;
	assert_int_equal(as_session_add(s, shoot, NULL, NULL), AS_OK);
	assert_int_equal(as_session_selftest(s, &none, &err), AS_ERR_INVALID);
	for (int after = 0; after < 12; after += 3) {
		assert_int_equal(as_session_selftest(s, &cfg, NULL), AS_OK);
		assert_int_equal(as_session_selftest(s, &cfg, &err), AS_ERR_BUSY);
		const struct as_snapshot *n = wait_done(s, after);
		assert_true(n->outcome == AS_CANCELLED || n->selftest != NULL);
		as_snapshot_free(n);
	}
	const struct as_snapshot *n = analyze(s);
	check_placed(n);
	as_snapshot_free(n);
	assert_int_equal(as_session_selftest(s, &cfg, NULL), AS_OK);
	n = wait_done(s, -1);
	assert_int_equal(n->outcome, AS_OK);
	assert_non_null(n->selftest);
	assert_int_equal(n->selftest->n_rows, 2 * AS_SELFTEST_LEVELS);
	assert_int_equal(n->selftest->n_stretches, 4);
	for (int i = 0; i < n->selftest->n_rows; i++)
		assert_int_equal(n->selftest->rows[i].n, 2);
	as_snapshot_free(n);
	n = analyze(s);
	check_placed(n);
	as_snapshot_free(n);
	assert_int_equal(as_session_selftest(s, &cfg, NULL), AS_OK);
	as_session_free(s); /* while it runs */
}

static void test_export(void **state)
{
	(void)state;
	struct as_session *s = open_session("2", true);
	struct as_error err;
	assert_int_equal(as_session_add(s, shoot, NULL, NULL), AS_OK);
	as_snapshot_free(analyze(s));
	/* Not into the recordings, not even by force; nothing at all if one file is in the way. */
	assert_int_equal(export_to(s, folder_path(root, "shoot/notes.txt"), false, &err), AS_ERR_IO);
	assert_int_equal(export_to(s, out_dir, false, &err), AS_OK);
	const struct as_snapshot *n = wait_done(s, -1);
	assert_int_equal(n->outcome, AS_OK);
	assert_int_equal(n->n_outputs, 3);
	off_t size = 0;
	for (int i = 0; i < 3; i++) {
		struct stat st;
		assert_true(n->outputs[i].done);
		assert_true(n->outputs[i].progress == 1);
		assert_string_equal(n->outputs[i].error, "");
		assert_int_equal(stat(n->outputs[i].path, &st), 0);
		assert_true(size == 0 || st.st_size == size);
		size = st.st_size;
	}
	assert_true(size > 34 * RATE * 2);
	char one[256];
	snprintf(one, sizeof one, "%s", n->outputs[0].path);
	as_snapshot_free(n);
	assert_int_equal(folder_count(out_dir), 3);
	unlink(one);
	assert_int_equal(export_to(s, out_dir, false, &err), AS_ERR_EXISTS);
	assert_int_equal(folder_count(out_dir), 2);
	assert_int_equal(export_to(s, out_dir, true, &err), AS_OK);
	n = wait_done(s, -1);
	assert_int_equal(n->outcome, AS_OK);
	assert_int_equal(n->n_outputs, 3);
	as_snapshot_free(n);
	as_session_free(s);
}

static void test_export_spares_recordings(void **state)
{
	(void)state;
	struct as_session *s = open_session("2", true);
	struct as_error err;
	/* The tracks are named so that the outputs would replace their sources. */
	assert_int_equal(as_session_add(s, folder_path(shoot, "CamA_001.wav"), "CamA_001", NULL), AS_OK);
	assert_int_equal(as_session_add(s, folder_path(shoot, "CamB_001.wav"), "CamB_001", NULL), AS_OK);
	as_snapshot_free(analyze(s));
	assert_int_equal(export_to(s, shoot, true, &err), AS_ERR_EXISTS);
	assert_non_null(strstr(err.msg, "recordings"));
	as_session_free(s);
}

static void cancel_exports(const char *per_clip)
{
	struct as_options *opt = as_options_new();
	assert_non_null(opt);
	assert_int_equal(as_options_set(opt, "general.threads", "2", NULL, NULL), AS_OK);
	assert_int_equal(as_options_set(opt, "cache.dir", cache, NULL, NULL), AS_OK);
	assert_int_equal(as_options_set(opt, "export.per_clip", per_clip, NULL, NULL), AS_OK);
	struct as_session *s = as_session_new(opt, NULL);
	assert_non_null(s);
	as_options_free(opt);
	assert_int_equal(as_session_add(s, shoot, NULL, NULL), AS_OK);
	as_snapshot_free(analyze(s));
	for (int after = 0; after < 12; after++) {
		assert_int_equal(export_to(s, out_dir, true, NULL), AS_OK);
		const struct as_snapshot *n = wait_done(s, after);
		int done = 0;
		for (int i = 0; i < n->n_outputs; i++)
			done += n->outputs[i].done;
		assert_true(n->outcome == (done == 3 ? AS_OK : AS_CANCELLED));
		assert_int_equal(folder_count(out_dir), done);
		for (int i = 0; i < n->n_outputs; i++)
			unlink(n->outputs[i].path);
		as_snapshot_free(n);
	}
	as_session_free(s);
}

static void test_export_cancelled(void **state)
{
	(void)state;
	cancel_exports("off");
	cancel_exports("padded");
	cancel_exports("timed");
}

/* Names that would leave the folder, hide the file, or collide. */
static const struct as_output *output_named(const struct as_snapshot *n, const char *name)
{
	for (int i = 0; i < n->n_outputs; i++)
		if (strcmp(strrchr(n->outputs[i].path, '/') + 1, name) == 0)
			return &n->outputs[i];
	fail_msg("no output %s", name);
	return NULL;
}

/* Between analysis and export one recording has gone and one has changed: their files fail by name, the third is
 * written. */
static void test_export_sources_lost(void **state)
{
	(void)state;
	struct as_session *s = open_session("2", true);
	assert_int_equal(as_session_add(s, shoot, NULL, NULL), AS_OK);
	as_snapshot_free(analyze(s));
	unlink(folder_path(shoot, "CamB_001.wav"));
	projects_write_clip(folder_path(shoot, "Zoom_001.wav"), 5, 18.5, 17);
	assert_int_equal(export_to(s, out_dir, false, NULL), AS_OK);
	const struct as_snapshot *n = wait_done(s, -1);
	assert_int_equal(n->outcome, AS_ERR_IO);
	assert_non_null(strstr(output_named(n, "CamB.wav")->error, "CamB_001.wav: No such file"));
	assert_non_null(strstr(output_named(n, "Zoom.wav")->error, "Zoom_001.wav: has changed"));
	assert_true(output_named(n, "CamA.wav")->done);
	assert_int_equal(folder_count(out_dir), 1);
	as_snapshot_free(n);
	as_session_free(s);
}

static void test_export_names(void **state)
{
	(void)state;
	struct as_session *s = open_session("2", true);
	char long_name[400];
	memset(long_name, 'n', sizeof long_name - 1);
	long_name[sizeof long_name - 1] = '\0';
	projects_write_clip(folder_path(shoot, "four.wav"), 5, 10, 15);
	assert_int_equal(as_session_add(s, folder_path(shoot, "CamA_001.wav"), "../up/\x1b[31m", NULL),
			 AS_OK);
	assert_int_equal(as_session_add(s, folder_path(shoot, "CamB_001.wav"), "-rf", NULL), AS_OK);
	assert_int_equal(as_session_add(s, folder_path(shoot, "Zoom_001.wav"), "_RF", NULL), AS_OK);
	assert_int_equal(as_session_add(s, folder_path(shoot, "four.wav"), long_name, NULL), AS_OK);
	as_snapshot_free(analyze(s));
	assert_int_equal(export_to(s, out_dir, false, NULL), AS_OK);
	const struct as_snapshot *n = wait_done(s, -1);
	assert_int_equal(n->outcome, AS_OK);
	assert_int_equal(folder_count(out_dir), 4);
	for (int i = 0; i < n->n_outputs; i++) {
		const char *name = n->outputs[i].path + strlen(out_dir) + 1;
		assert_null(strchr(name, '/'));
		assert_null(strchr(name, '\x1b'));
		assert_true(name[0] != '.' && name[0] != '-');
	}
	as_snapshot_free(n);
	as_session_free(s);
}

#define IN_SHOOT(f) cmocka_unit_test_setup_teardown(f, set_up_shoot, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_SHOOT(test_add),
		IN_SHOOT(test_probe),
		IN_SHOOT(test_analyze_and_cache),
		IN_SHOOT(test_threads_and_order_do_not_matter),
		IN_SHOOT(test_add_later),
		IN_SHOOT(test_cache_cut_off),
		IN_SHOOT(test_parts_are_joined),
		IN_SHOOT(test_bad_files),
		IN_SHOOT(test_cancel_anywhere),
		IN_SHOOT(test_free_while_busy),
		IN_SHOOT(test_selftest_beside_analysis),
		IN_SHOOT(test_export),
		IN_SHOOT(test_export_spares_recordings),
		IN_SHOOT(test_export_cancelled),
		IN_SHOOT(test_export_names),
		IN_SHOOT(test_export_sources_lost),
	};
	return cmocka_run_group_tests_name("session", tests, NULL, NULL);
}
