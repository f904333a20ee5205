/* From placements to whole frames: one rounding, lanes, splices, parts, drift, markers, rates, targets. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "export/timeline.h"

#define MAX_CLIPS 5000

/* A shoot that tests describe clip by clip. */
static struct {
	struct as_clip clips[MAX_CLIPS];
	struct as_part parts[MAX_CLIPS][3];
	const char *paths[MAX_CLIPS][3];
	struct as_placement placements[MAX_CLIPS];
	struct as_segment segments[MAX_CLIPS][3];
	char names[MAX_CLIPS][32];
	double island_s[3];
	struct as_output outputs[4];
	struct as_snapshot snap;
} s;
static const struct as_track tracks[] = {{"CamA", true, 0}, {"CamB", false, 0}, {"Rec", false, 0}};
static const struct as_stream stream = {.index = 1, .codec = "aac", .rate_hz = 48000, .channels = 2, .used = true};

static void begin(void)
{
	memset(&s, 0, sizeof s);
	s.island_s[0] = 1000;
	s.snap = (struct as_snapshot){.clips = s.clips,
				      .tracks = tracks,
				      .n_tracks = 3,
				      .placements = s.placements,
				      .island_s = s.island_s,
				      .n_islands = 1,
				      .sample_rate_hz = 48000,
				      .outputs = s.outputs};
}

/* fps_num 0: sound alone. Returns its placement. */
static struct as_placement *add(int track, double start_s, double duration_s, int fps_num, int fps_den)
{
	int i = s.snap.n_clips++;
	struct as_clip *c = &s.clips[i];
	snprintf(s.names[i], sizeof s.names[i], "/m/c%04d.mov", i);
	s.paths[i][0] = s.names[i];
	s.parts[i][0] = (struct as_part){.path = s.names[i],
					 .picture = {1920, 1080, 1, 1, fps_num, fps_den, fps_num ? duration_s : NAN},
					 .frames = llround(duration_s * 48000),
					 .duration_s = duration_s,
					 .start_tc_s = NAN};
	*c = (struct as_clip){.id = i,
			      .track = track,
			      .path = s.names[i],
			      .name = s.names[i] + 3,
			      .parts = s.paths[i],
			      .n_parts = 1,
			      .files = s.parts[i],
			      .streams = &stream,
			      .n_streams = 1,
			      .has_video = fps_num > 0,
			      .fps = fps_num ? (double)fps_num / fps_den : NAN,
			      .rate_hz = 48000,
			      .channels = 2,
			      .duration_s = duration_s,
			      .start_tc_s = NAN,
			      .state = AS_CLIP_READY};
	s.segments[i][0] = (struct as_segment){0, duration_s, start_s};
	s.placements[i] = (struct as_placement){.clip = i,
						.island = 1,
						.verdict = AS_VERDICT_STRONG,
						.start_s = start_s,
						.drift_ppm = NAN,
						.segments = s.segments[i],
						.n_segments = 1,
						.beside = -1};
	return &s.placements[i];
}

static struct as_timeline *build(struct as_timeline_config cfg)
{
	struct as_timeline *t = NULL;
	struct as_error err = {0};
	if (as_timeline_build(&s.snap, &cfg, &t, &err) != AS_OK)
		fail_msg("%s", err.msg);
	/* What holds for every timeline. */
	for (int k = 0; k < t->n_tracks; k++) {
		int64_t at = 0;
		for (int i = 0; i < t->tracks[k].n_items; i++) {
			const struct as_timeline_item *it = &t->tracks[k].items[i];
			assert_true(it->record_in >= at && it->record_out > it->record_in);
			assert_true(it->source_in >= 0 && it->source_out <= t->media[it->media].frames);
			assert_true(fabs(it->residual_s) <= as_rate_seconds(1, t->rate) / 2 + 1e-9);
			at = it->record_out;
		}
	}
	return t;
}

static int count_marks(const struct as_timeline *t, enum as_timeline_mark kind)
{
	int n = 0;
	for (int i = 0; i < t->n_markers; i++)
		n += t->markers[i].kind == kind;
	return n;
}

/* Rounded once: clips that start a third of a frame apart end up by the exact difference, whatever else is there. */
static void test_rounding(void **state)
{
	(void)state;
	begin();
	for (int i = 0; i < 200; i++)
		add(i % 2, 1.0 + 12.0 * i + 0.0137 * i, 10, 30000, 1001);
	struct as_timeline *t = build((struct as_timeline_config){0});
	assert_int_equal(t->rate.num, 30000);
	assert_int_equal(t->rate.den, 1001);
	assert_int_equal(t->start_tc, 3600 * 30);
	for (int k = 0; k < 2; k++) {
		assert_int_equal(t->tracks[k].n_items, 100);
		for (int i = 0; i < 100; i++) {
			const struct as_timeline_item *it = &t->tracks[k].items[i];
			double at = 1.0 + 12.0137 * (2 * i + k);
			assert_int_equal(it->record_in, llround(at * 30000 / 1001));
			assert_int_equal(it->source_in, 0);
			assert_int_equal(it->record_out - it->record_in, 299); /* 10 s hold no more whole frames */
			assert_true(fabs(it->residual_s - (as_rate_seconds(it->record_in, t->rate) - at)) < 1e-9);
		}
	}
	as_timeline_free(t);
}

/* Sound that begins after or before the pictures: the file is laid by its own beginning. */
static void test_late_sound(void **state)
{
	(void)state;
	begin();
	add(0, 0, 20, 25, 1);
	add(1, 5, 10, 25, 1);
	add(2, 0, 10, 25, 1);
	s.parts[1][0].sound_start_s = 0.4; /* pictures first */
	s.parts[1][0].picture.duration_s = 10.4;
	s.parts[2][0].sound_start_s = 0.2; /* and before the timeline begins */
	struct as_timeline *t = build((struct as_timeline_config){0});
	assert_int_equal(t->tracks[1].items[0].record_in, 115);
	assert_int_equal(t->tracks[1].items[0].source_in, 0);
	assert_int_equal(t->tracks[1].items[0].record_out, 115 + 260);
	assert_int_equal(t->tracks[2].items[0].record_in, 0);
	assert_int_equal(t->tracks[2].items[0].source_in, 5);
	as_timeline_free(t);
}

static void test_splices(void **state)
{
	(void)state;
	begin();
	struct as_placement *p = add(0, 10, 100, 25, 1);
	p->n_segments = 3;
	s.segments[0][0] = (struct as_segment){0, 30, 10};
	s.segments[0][1] = (struct as_segment){30, 60, 11};    /* a second was lost */
	s.segments[0][2] = (struct as_segment){60, 100, 10.5}; /* half a second was recorded twice */
	struct as_timeline *t = build((struct as_timeline_config){0});
	const struct as_timeline_item *it = t->tracks[0].items;
	assert_int_equal(t->n_tracks, 1);
	assert_int_equal(t->tracks[0].n_items, 3);
	assert_int_equal(it[0].record_in, 250);
	assert_int_equal(it[0].record_out, 1000);
	assert_int_equal(it[1].record_in, 1025);
	assert_int_equal(it[1].source_in, 750);
	assert_int_equal(it[1].record_out, 1763); /* until what comes next */
	assert_int_equal(it[2].record_in, 1763);
	assert_int_equal(it[2].source_in, 1500);
	assert_int_equal(it[2].record_out, 2763);
	assert_true(it[1].splice && it[2].splice);
	assert_int_equal(count_marks(t, AS_MARK_SPLICE), 2);
	as_timeline_free(t);
}

/* Files that a recorder split: each laid by itself, with no gap between them. */
static void test_parts(void **state)
{
	(void)state;
	begin();
	add(0, 2.013, 20.02, 25, 1);
	s.clips[0].n_parts = 2;
	s.paths[0][1] = "/m/next.mov";
	s.parts[0][1] = s.parts[0][0];
	s.parts[0][0].frames = s.parts[0][1].frames = 480480;
	s.parts[0][0].picture.duration_s = s.parts[0][1].picture.duration_s = 10.01;
	struct as_timeline *t = build((struct as_timeline_config){0});
	const struct as_timeline_item *it = t->tracks[0].items;
	assert_int_equal(t->tracks[0].n_items, 2);
	assert_int_equal(it[0].record_in, 50);
	assert_int_equal(it[1].record_in, 301);
	assert_int_equal(it[1].source_in, 0);
	assert_true(it[1].record_in - it[0].record_out <= 1);
	assert_true(it[1].next_part);
	assert_string_equal(t->media[it[1].media].path, "/m/next.mov");
	as_timeline_free(t);
}

static void test_drift(void **state)
{
	(void)state;
	begin();
	add(0, 0, 3600, 25, 1);
	add(1, 0, 3600, 25, 1)->drift_ppm = 100;
	struct as_timeline *t = build((struct as_timeline_config){0});
	const struct as_timeline_item *it = t->tracks[1].items;
	assert_true(it->speed == 1);
	assert_true(fabs(it->end_residual_s - 0.36) < 1e-3); /* the fast clock's sound comes late */
	assert_int_equal(count_marks(t, AS_MARK_DRIFT), 1);
	as_timeline_free(t);
	t = build((struct as_timeline_config){.drift = AS_DRIFT_SPEED});
	it = t->tracks[1].items;
	assert_true(fabs(it->speed - 1.0001) < 1e-12);
	assert_int_equal(it->record_out, 89991); /* 3600 / 1.0001 s */
	assert_true(fabs(it->end_residual_s) < 0.021);
	assert_int_equal(count_marks(t, AS_MARK_DRIFT), 0);
	as_timeline_free(t);
}

/* A clock that is back where it was at the end, but not in between. */
static void test_wander(void **state)
{
	(void)state;
	static const struct as_clock_knot clock[] = {{0, 0}, {900, 0.2}, {1800, 0}};
	for (int speed = 0; speed < 2; speed++) {
		begin();
		add(0, 0, 1800, 25, 1);
		struct as_placement *p = add(1, 0, 1800, 25, 1);
		p->drift_ppm = speed ? 50 : NAN;
		p->clock = clock;
		p->n_clock = 3;
		struct as_timeline *t =
			build((struct as_timeline_config){.drift = speed ? AS_DRIFT_SPEED : AS_DRIFT_BAKED});
		const struct as_timeline_item *it = t->tracks[1].items;
		assert_int_equal(it->speed != 1, speed);
		assert_true(fabs(it->end_residual_s) < 0.02);
		assert_true(fabs(it->worst_residual_s + 0.2) < 0.02);
		assert_true(fabs(it->worst_s - 900) < 0.1);
		assert_int_equal(count_marks(t, AS_MARK_DRIFT), 1);
		const struct as_timeline_marker *m = NULL;
		for (int i = 0; i < t->n_markers; i++)
			m = t->markers[i].kind == AS_MARK_DRIFT ? &t->markers[i] : m;
		assert_true(llabs(m->frame - 900 * 25) <= 2);
		assert_non_null(strstr(m->note, "early here"));
		assert_int_equal(strstr(m->note, "one speed cannot follow") != NULL, speed);
		as_timeline_free(t);
	}
}

static bool holds_no_seven(const char *target)
{
	return strchr(target, '7') == NULL;
}

/* What a document cannot hold leaves a marker in its place, and nothing else behind. */
static void test_left_out(void **state)
{
	(void)state;
	begin();
	for (int i = 0; i < 9; i++)
		add(i % 2, 20.0 * i, 10, 25, 1);
	struct as_timeline *t = build((struct as_timeline_config){.holds = holds_no_seven});
	assert_int_equal(t->tracks[0].n_items + t->tracks[1].n_items, 8);
	assert_int_equal(t->n_media, 8);
	for (int i = 0; i < 8; i++)
		assert_null(strstr(t->media[i].path, "c0007"));
	for (int k = 0; k < 2; k++) {
		for (int i = 0; i < t->tracks[k].n_items; i++) /* still its own file */
			assert_int_equal(t->media[t->tracks[k].items[i].media].clip, t->tracks[k].items[i].clip);
	}
	assert_int_equal(t->n_markers, 1);
	assert_int_equal(t->markers[0].kind, AS_MARK_LEFT_OUT);
	assert_int_equal(t->markers[0].frame, 140 * 25);
	assert_non_null(strstr(t->markers[0].note, "c0007.mov"));
	as_timeline_free(t);
}

static void test_lanes_and_leftovers(void **state)
{
	(void)state;
	begin();
	add(0, 0, 10, 25, 1);
	add(0, 8, 10, 25, 1);
	add(0, 18, 10, 25, 1);
	struct as_placement *p = add(1, NAN, 7, 25, 1);
	p->island = 0;
	p->verdict = AS_VERDICT_UNPLACED;
	add(2, 0, 5, 0, 0)->verdict = AS_VERDICT_MODERATE;
	s.clips[s.snap.n_clips - 1].state = AS_CLIP_READY;
	add(2, 30, 5, 0, 0);
	s.clips[s.snap.n_clips - 1].state = AS_CLIP_FAILED;
	struct as_timeline *t = build((struct as_timeline_config){.unplaced = true, .island_gap_s = 5});
	assert_int_equal(t->n_tracks, 4);
	assert_int_equal(t->tracks[0].n_items, 2);
	assert_string_equal(t->tracks[1].name, "CamA (2)");
	assert_int_equal(t->tracks[1].items[0].record_in, 200);
	assert_int_equal(t->placed_frames, 700);
	assert_int_equal(t->tracks[3].kind, AS_LANE_UNPLACED);
	assert_int_equal(t->tracks[3].items[0].record_in, 700 + 125);
	assert_int_equal(t->total_frames, 825 + 175);
	assert_int_equal(count_marks(t, AS_MARK_OVERLAP), 1);
	assert_int_equal(count_marks(t, AS_MARK_WEAK), 1);
	assert_int_equal(count_marks(t, AS_MARK_UNPLACED), 1);
	as_timeline_free(t);
	t = build((struct as_timeline_config){.unplaced = false});
	assert_int_equal(t->n_tracks, 3);
	as_timeline_free(t);
}

static void test_islands(void **state)
{
	(void)state;
	begin();
	add(0, 0, 10, 25, 1);
	add(0, 3, 10, 25, 1)->island = 2;
	s.island_s[0] = 10;
	s.island_s[1] = 13;
	s.snap.n_islands = 2;
	struct as_timeline *t = build((struct as_timeline_config){.island_gap_s = 5});
	assert_int_equal(t->tracks[0].items[1].record_in, (10 + 5 + 3) * 25);
	assert_int_equal(count_marks(t, AS_MARK_ISLAND), 2);
	as_timeline_free(t);
}

static void test_rates(void **state)
{
	(void)state;
	static const struct {
		int num, den;
		struct as_frame_rate want;
		bool variable;
	} rows[] = {
		{25, 1, {25, 1, false}, false},
		{30000, 1001, {30000, 1001, false}, false},
		{2997, 100, {30000, 1001, false}, false},
		{24000, 1001, {24000, 1001, false}, false},
		{120, 1, {120, 1, false}, false},
		{29870, 1000, {30, 1, false}, true}, /* a phone's */
		{10, 1, {30, 1, false}, false},
		{240, 1, {120, 1, false}, false},
		{48, 1, {24, 1, false}, false},
		{0, 0, {25, 1, false}, false},
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		begin();
		add(0, 0, 100, rows[i].num, rows[i].den);
		add(1, 0, 10, 50, 1); /* the lesser part of the footage */
		if (rows[i].num == 0)
			s.clips[1].has_video = false;
		struct as_timeline *t = build((struct as_timeline_config){0});
		if (!as_rate_same_speed(t->rate, rows[i].want))
			fail_msg("%d/%d: %d/%d", rows[i].num, rows[i].den, t->rate.num, t->rate.den);
		if (rows[i].num)
			assert_int_equal(t->media[0].variable, rows[i].variable);
		as_timeline_free(t);
	}
}

static void test_timecode(void **state)
{
	(void)state;
	begin();
	add(0, 2, 100, 30000, 1001);
	s.parts[0][0].start_tc_s = s.clips[0].start_tc_s = 107892 * 1001.0 / 30000; /* 01:00:00;00 */
	s.parts[0][0].tc_num = 30000;
	s.parts[0][0].tc_den = 1001;
	s.parts[0][0].tc_drop = true;
	struct as_timeline *t = build((struct as_timeline_config){.start_tc = "source"});
	char text[AS_TIMECODE_BYTES];
	assert_true(t->rate.drop);
	assert_int_equal(t->media[0].tc_frames, 107892);
	assert_string_equal(as_timecode_format(text, sizeof text, t->start_tc, t->rate), "00:59:58;00");
	as_timeline_free(t);
	t = build((struct as_timeline_config){.rate = {25, 1, false}, .start_tc = "10:00:00:12"});
	assert_int_equal(t->start_tc, 36000 * 25 + 12);
	as_timeline_free(t);
	t = build((struct as_timeline_config){.rate = {120, 1, false}, .start_tc = "10:00:00:12"});
	assert_int_equal(t->start_tc, 36000 * 120 + 12);
	as_timeline_free(t);
	t = build((struct as_timeline_config){0});
	assert_int_equal(t->start_tc, 107892);
	as_timeline_free(t);
	struct as_error err;
	const struct as_timeline_config bad = {.rate = {25, 1, false}, .start_tc = "10:00:00:25"};
	assert_int_equal(as_timeline_build(&s.snap, &bad, &t, &err), AS_ERR_INVALID);
}

static void test_targets(void **state)
{
	(void)state;
	begin();
	add(0, 0, 10, 25, 1);
	add(0, 20, 10, 25, 1);
	s.paths[1][0] = "/srv/media/day 1/x.mov";
	char from[] = "/srv/media", to[] = "M:\\";
	const struct as_path_map map = {from, to};
	struct as_timeline *t = build((struct as_timeline_config){
		.relative = true, .folder = "/m/edit", .maps = &map, .n_maps = 1});
	assert_string_equal(t->media[0].target, "../c0000.mov");
	assert_true(t->media[0].relative);
	assert_string_equal(t->media[1].target, "M:\\day 1\\x.mov");
	assert_false(t->media[1].relative);
	assert_string_equal(t->media[1].name, "x.mov");
	as_timeline_free(t);
}

static void test_aligned_files(void **state)
{
	(void)state;
	begin();
	add(0, 0, 10, 25, 1);
	add(2, 1, 8, 0, 0);
	s.outputs[0] = (struct as_output){.path = "out/CamA.wav", .document = "", .track = 0, .clip = -1,
					  .start_tc_s = NAN, .done = true, .error = "", .duration_s = 10,
					  .rate_hz = 48000, .channels = 2};
	s.outputs[1] = s.outputs[0];
	s.outputs[1].path = "out/Rec.wav";
	s.outputs[1].track = 2;
	s.snap.n_outputs = 2;
	struct as_timeline *t =
		build((struct as_timeline_config){.replace = AS_REPLACE_INSTEAD, .cwd = "/w"});
	assert_int_equal(t->n_tracks, 3);
	assert_true(t->tracks[0].picture && !t->tracks[0].sound);
	assert_int_equal(t->tracks[1].kind, AS_LANE_RENDERED);
	assert_string_equal(t->media[t->tracks[1].items[0].media].path, "/w/out/CamA.wav");
	assert_int_equal(t->tracks[2].kind, AS_LANE_RENDERED); /* the recorder's own is gone */
	for (int i = 0; i < t->n_media; i++)
		assert_true(t->media[i].rendered || t->media[i].has_video);
	as_timeline_free(t);
	t = build((struct as_timeline_config){.replace = AS_REPLACE_BESIDE, .cwd = "/w"});
	assert_int_equal(t->n_tracks, 4);
	assert_true(t->tracks[0].sound);
	as_timeline_free(t);
	s.outputs[1].done = false; /* what could not be written is not missed */
	t = build((struct as_timeline_config){.replace = AS_REPLACE_INSTEAD, .cwd = "/w"});
	assert_int_equal(t->tracks[2].kind, AS_LANE_DEVICE);
	assert_true(t->tracks[2].sound);
	as_timeline_free(t);
}

/* A file for each clip: one that could not be written leaves the others' places to them, and its clip its sound. */
static void test_aligned_clips(void **state)
{
	(void)state;
	begin();
	for (int i = 0; i < 2; i++) {
		add(2, 20.0 * i, 10, 0, 1);
		s.outputs[i] = (struct as_output){.path = i ? "b.wav" : "a.wav", .document = "", .track = 2, .clip = i,
						  .start_s = 20.0 * i, .start_tc_s = NAN, .done = true, .error = "",
						  .duration_s = 10, .rate_hz = 48000, .channels = 2};
	}
	s.snap.n_outputs = 2;
	s.outputs[1].done = false;
	struct as_timeline *t = build((struct as_timeline_config){.replace = AS_REPLACE_INSTEAD, .cwd = "/w"});
	assert_int_equal(t->n_tracks, 2);
	assert_int_equal(t->tracks[0].kind, AS_LANE_DEVICE);
	assert_int_equal(t->tracks[0].n_items, 1);
	assert_int_equal(t->tracks[0].items[0].clip, 1);
	assert_true(t->tracks[0].items[0].sound);
	assert_int_equal(t->tracks[1].items[0].clip, 0);
	assert_int_equal(t->n_media, 2);
	as_timeline_free(t);
}

static void test_many(void **state)
{
	(void)state;
	begin();
	for (int i = 0; i < MAX_CLIPS; i++)
		add(i % 3, 7.0 * i / 3, 6, i % 3 < 2 ? 25 : 0, 1);
	struct as_timeline *t = build((struct as_timeline_config){0});
	assert_int_equal(t->tracks[0].n_items + t->tracks[1].n_items + t->tracks[2].n_items, MAX_CLIPS);
	as_timeline_free(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rounding), cmocka_unit_test(test_late_sound),
		cmocka_unit_test(test_splices),  cmocka_unit_test(test_parts),
		cmocka_unit_test(test_drift),    cmocka_unit_test(test_lanes_and_leftovers),
		cmocka_unit_test(test_islands),  cmocka_unit_test(test_rates),
		cmocka_unit_test(test_timecode), cmocka_unit_test(test_targets),
		cmocka_unit_test(test_aligned_files), cmocka_unit_test(test_many),
		cmocka_unit_test(test_wander),   cmocka_unit_test(test_left_out),
		cmocka_unit_test(test_aligned_clips),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
