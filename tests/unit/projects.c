#include "projects.h"

#include <math.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <cmocka.h>

#include "folder.h"
#include "media/encode.h"

#define RATE 16000

/* ---- sound ---- */

uint32_t projects_scramble(uint32_t x)
{
	x ^= x >> 16;
	x *= 0x7feb352du;
	x ^= x >> 15;
	x *= 0x846ca68bu;
	return x ^ x >> 16;
}

/* Noise in bursts of irregular strength, so that no stretch resembles another. */
static float world_at(uint32_t world, int64_t n)
{
	uint32_t burst = projects_scramble(world * 31 + (uint32_t)(n / 1600));
	float loud = (float)(burst % 1000) / 1000;
	return ((float)projects_scramble(world + (uint32_t)n * 2654435761u) / 4294967296.0f - 0.5f) * loud * loud * 0.9f;
}

void projects_write_clip(const char *path, uint32_t world, double start_s, double length_s)
{
	struct as_encode_spec spec = {.format = AS_AUDIO_WAV,
				      .rate_hz = RATE,
				      .channels = 1,
				      .bit_depth = 16,
				      .total_frames = llround(length_s * RATE),
				      .time_reference_s = NAN};
	struct as_encoder *e = as_encoder_open(path, &spec, true, NULL);
	int64_t first = llround(start_s * RATE);
	assert_non_null(e);
	for (int64_t i = 0; i < spec.total_frames;) {
		float buf[1000];
		int k = 0;
		for (; k < 1000 && i < spec.total_frames; k++, i++)
			buf[k] = world ? world_at(world, first + i) : 0;
		assert_int_equal(as_encoder_write(e, buf, k, NULL), AS_OK);
	}
	assert_int_equal(as_encoder_close(e, NULL), AS_OK);
}

void projects_write_shoot(const char *dir)
{
	projects_write_clip(folder_path(dir, "CamA_001.wav"), 5, 0, 30);
	projects_write_clip(folder_path(dir, "CamB_001.wav"), 5, 7.25, 20);
	projects_write_clip(folder_path(dir, "Zoom_001.wav"), 5, 18.5, 16);
	projects_write_clip(folder_path(dir, "Phone_001.wav"), 7777, 0, 15);
	projects_write_clip(folder_path(dir, "Mute_001.wav"), 0, 0, 5);
	projects_write(folder_path(dir, "Bad_001.mp4"), "this is no film", 15);
}

/* ---- sessions ---- */

struct as_options *projects_options(const char *cache)
{
	struct as_options *opt = as_options_new();
	assert_non_null(opt);
	assert_int_equal(as_options_set(opt, "general.threads", "2", NULL, NULL), AS_OK);
	assert_int_equal(as_options_set(opt, "cache.enabled", cache ? "yes" : "no", NULL, NULL), AS_OK);
	if (cache)
		assert_int_equal(as_options_set(opt, "cache.dir", cache, NULL, NULL), AS_OK);
	return opt;
}

struct as_session *projects_open(const char *cache)
{
	struct as_options *opt = projects_options(cache);
	struct as_session *s = as_session_new(opt, NULL);
	assert_non_null(s);
	as_options_free(opt);
	return s;
}

static void wait_done(struct as_session *s)
{
	for (;;) {
		struct pollfd p = {.fd = as_session_fd(s), .events = POLLIN};
		struct as_event e;
		assert_true(poll(&p, 1, 60000) > 0);
		while (as_session_next_event(s, &e)) {
			if (e.kind == AS_EVENT_DONE)
				return;
		}
	}
}

const struct as_snapshot *projects_analyze(struct as_session *s)
{
	struct as_error err = {0};
	if (as_session_analyze(s, &err) != AS_OK)
		fail_msg("%s", err.msg);
	wait_done(s);
	const struct as_snapshot *snap = as_session_snapshot(s);
	assert_non_null(snap);
	if (snap->outcome != AS_OK)
		fail_msg("%s", snap->error);
	return snap;
}

struct as_session *projects_set_up(char root[64], char shoot[96], char saved[96])
{
	if (folder_make(root, 64))
		return NULL;
	snprintf(shoot, 96, "%s/shoot", root);
	snprintf(saved, 96, "%s/day.audiosync", root);
	mkdir(shoot, 0700);
	projects_write_shoot(shoot);
	struct as_session *s = projects_open(NULL);
	assert_int_equal(as_session_add(s, shoot, NULL, NULL), AS_OK);
	as_snapshot_free(projects_analyze(s));
	return s;
}

enum as_status projects_export(struct as_session *s, const char *dir, const struct as_snapshot **out)
{
	return projects_write_out(s, &(struct as_export_request){.dir = dir, .force = false}, out);
}

enum as_status projects_write_out(struct as_session *s, const struct as_export_request *r, const struct as_snapshot **out)
{
	enum as_status status = as_session_export(s, r, NULL);
	if (status != AS_OK)
		return status;
	wait_done(s);
	const struct as_snapshot *snap = as_session_snapshot(s);
	status = snap->outcome;
	if (out)
		*out = snap;
	else
		as_snapshot_free(snap);
	return status;
}

int projects_clip(const struct as_snapshot *s, const char *name)
{
	for (int i = 0; i < s->n_clips; i++) {
		if (strcmp(s->clips[i].name, name) == 0)
			return i;
	}
	fail_msg("no clip %s", name);
	return -1;
}

struct as_session *projects_load(const char *path)
{
	struct as_options *opt = projects_options(NULL);
	struct as_session *s = as_session_load(opt, path, NULL, 0, NULL);
	as_options_free(opt);
	assert_non_null(s);
	return s;
}

double projects_start_of(struct as_session *s, const char *name)
{
	const struct as_snapshot *n = as_session_snapshot(s);
	double start_s = n->placements[projects_clip(n, name)].start_s;
	as_snapshot_free(n);
	return start_s;
}

/* ---- equality ---- */

/* Bit for bit, and NAN equals NAN. */
static void same(const char *what, double a, double b)
{
	if (!(isnan(a) && isnan(b)) && memcmp(&a, &b, sizeof a) != 0)
		fail_msg("%s: %.17g became %.17g", what, a, b);
}

#define SAME(field) same(#field, a->field, b->field)
#define EQUAL(field) assert_int_equal(a->field, b->field)
#define TEXT(field) assert_string_equal(a->field, b->field)

static void same_picture(const struct as_picture *a, const struct as_picture *b)
{
	EQUAL(width), EQUAL(height), EQUAL(pixel_num), EQUAL(pixel_den), EQUAL(fps_num), EQUAL(fps_den);
	SAME(duration_s);
}

static void same_part(const struct as_part *a, const struct as_part *b)
{
	TEXT(path);
	same_picture(&a->picture, &b->picture);
	EQUAL(frames), EQUAL(tc_num), EQUAL(tc_den), EQUAL(tc_drop);
	SAME(sound_start_s), SAME(duration_s), SAME(start_tc_s);
}

static void same_stream(const struct as_stream *a, const struct as_stream *b)
{
	TEXT(codec);
	EQUAL(index), EQUAL(channels), EQUAL(bits), EQUAL(is_float), EQUAL(timecode), EQUAL(used);
	SAME(rate_hz), SAME(duration_s);
}

static void same_clip(const struct as_clip *a, const struct as_clip *b)
{
	TEXT(path), TEXT(name), TEXT(device), TEXT(format), TEXT(error);
	EQUAL(id), EQUAL(track), EQUAL(order), EQUAL(n_parts), EQUAL(n_streams), EQUAL(has_video), EQUAL(channels);
	EQUAL(frames), EQUAL(state), EQUAL(media), EQUAL(n_matches);
	SAME(fps), SAME(rate_hz), SAME(duration_s), SAME(start_tc_s), SAME(created_s), SAME(level_db), SAME(active);
	SAME(progress);
	assert_int_equal(!a->files, !b->files);
	for (int i = 0; i < a->n_parts; i++) {
		TEXT(parts[i]);
		if (a->files)
			same_part(&a->files[i], &b->files[i]);
	}
	for (int i = 0; i < a->n_streams; i++)
		same_stream(&a->streams[i], &b->streams[i]);
	for (int i = 0; i < a->n_matches; i++)
		EQUAL(matches[i]);
}

static void same_rows(const void *a, const void *b, int n, size_t bytes)
{
	if (n > 0)
		assert_memory_equal(a, b, (size_t)n * bytes);
}

static void same_match(const struct as_match *a, const struct as_match *b)
{
	EQUAL(a), EQUAL(b), EQUAL(n_windows), EQUAL(n_matched), EQUAL(narrow), EQUAL(inverted), EQUAL(used);
	EQUAL(n_segments), EQUAL(n_candidates), EQUAL(n_points);
	SAME(offset_s), SAME(offset_err_s), SAME(drift_ppm), SAME(drift_err_ppm), SAME(slope_ppm), SAME(slope_err_ppm);
	SAME(ref_s), SAME(ref_err_s), SAME(score), SAME(p_false), SAME(margin), SAME(coverage), SAME(evidence);
	SAME(strength), SAME(overlap_s), SAME(matched_s), SAME(wander_s), SAME(residual_s);
	same_rows(a->segments, b->segments, a->n_segments, sizeof *a->segments);
	same_rows(a->candidates, b->candidates, a->n_candidates, sizeof *a->candidates);
	for (int i = 0; i < a->n_points; i++) {
		SAME(points[i].at_s), SAME(points[i].lag_s), SAME(points[i].err_s);
		EQUAL(points[i].used);
	}
}

static void same_placement(const struct as_placement *a, const struct as_placement *b)
{
	EQUAL(clip), EQUAL(island), EQUAL(verdict), EQUAL(method), EQUAL(reason), EQUAL(n_agreeing), EQUAL(n_searched);
	EQUAL(n_looked), EQUAL(n_segments), EQUAL(n_clock), EQUAL(n_candidates), EQUAL(beside), EQUAL(n_warnings);
	EQUAL(locked);
	SAME(support), SAME(start_s), SAME(start_err_s), SAME(drift_ppm), SAME(drift_err_ppm), SAME(confidence);
	SAME(p_false), SAME(margin);
	same_rows(a->segments, b->segments, a->n_segments, sizeof *a->segments);
	same_rows(a->clock, b->clock, a->n_clock, sizeof *a->clock);
	same_rows(a->candidates, b->candidates, a->n_candidates, sizeof *a->candidates);
	for (int i = 0; i < a->n_warnings; i++)
		TEXT(warnings[i]);
}

void projects_assert_same(const struct as_snapshot *a, const struct as_snapshot *b, int notes)
{
	EQUAL(n_clips), EQUAL(n_tracks), EQUAL(n_matches), EQUAL(n_islands);
	SAME(timeline_s), SAME(sample_rate_hz);
	assert_int_equal(a->n_warnings + notes, b->n_warnings);
	for (int i = 0; i < a->n_warnings; i++)
		TEXT(warnings[i]);
	for (int i = 0; i < a->n_tracks; i++) {
		TEXT(tracks[i].name);
		EQUAL(tracks[i].reference), EQUAL(tracks[i].n_clips);
	}
	for (int i = 0; i < a->n_islands; i++)
		SAME(island_s[i]);
	for (int i = 0; i < a->n_clips; i++)
		same_clip(&a->clips[i], &b->clips[i]);
	for (int i = 0; i < a->n_matches; i++)
		same_match(&a->matches[i], &b->matches[i]);
	assert_int_equal(!a->placements, !b->placements);
	for (int i = 0; a->placements && i < a->n_clips; i++)
		same_placement(&a->placements[i], &b->placements[i]);
}

/* ---- files ---- */

char *projects_read(const char *path, int64_t *bytes)
{
	FILE *f = fopen(path, "rb");
	assert_non_null(f);
	assert_int_equal(fseek(f, 0, SEEK_END), 0);
	*bytes = ftell(f);
	rewind(f);
	char *text = malloc((size_t)*bytes + 1);
	assert_non_null(text);
	assert_int_equal(fread(text, 1, (size_t)*bytes, f), *bytes);
	text[*bytes] = '\0';
	fclose(f);
	return text;
}

void projects_write(const char *path, const char *text, int64_t bytes)
{
	FILE *f = fopen(path, "wb");
	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, (size_t)bytes, f), bytes);
	fclose(f);
}

bool projects_same_file(const char *a, const char *b)
{
	int64_t n_a, n_b;
	char *x = projects_read(a, &n_a), *y = projects_read(b, &n_b);
	bool same_bytes = n_a == n_b && memcmp(x, y, (size_t)n_a) == 0;
	free(x);
	free(y);
	return same_bytes;
}
