#include "shoot.h"

#include <math.h>
#include <stddef.h>

static const struct as_stream streams[] = {
	{.index = 1,
	 .codec = "aac",
	 .rate_hz = 48000,
	 .channels = 2,
	 .duration_s = 600.1,
	 .used = true},
	{.index = 2,
	 .codec = "pcm_s16le",
	 .rate_hz = 48000,
	 .channels = 1,
	 .bits = 16,
	 .duration_s = 600.1,
	 .timecode = true},
};
static const char *const cama_parts[] = {"/shoot/GX010045.MP4", "/shoot/GX020045.MP4"};
static const char *const paths[SHOOT_N] = {
	[SHOOT_CAMA_1] = "/shoot/GX010045.MP4",
	[SHOOT_CAMA_2] = "/shoot/GX010046.MP4",
	[SHOOT_CAMB_1] = "/shoot/C0001.MP4",
	[SHOOT_CAMB_2] = "/shoot/C0002.MP4",
	[SHOOT_CAMB_3] = "/shoot/C0003.MP4",
	[SHOOT_CAMB_4] = ("/shoot/" SHOOT_HOSTILE_NAME),
	[SHOOT_ZOOM_1] = "/shoot/ZOOM0001.WAV",
	[SHOOT_ZOOM_2] = "/shoot/Aufnahme für die Chöre im Großen Saal – Mitschnitt 日本語.wav",
};
static const struct as_segment whole[] = {{0, 600.1, 12.5}};
static const struct as_segment broken[] = {{0, 100, 700}, {100.5, 300, 700.25}};
static const struct as_candidate places[] = {{60.0, 12.1, 0}, {62.0, 12.0, 0.1}, {64.0, 11.8, 0.3}};
static const char *const clip_warnings[] = {"its clock is 3600 s off",
					    "250.0 ms lost at 00:01:40.5"};
static const char *const warnings[] = {"/shoot/gone.wav: No such file or directory"};

static void place(struct as_placement *p, int island, enum as_verdict verdict, double start_s,
		  double confidence)
{
	p->island = island;
	p->verdict = verdict;
	p->method = verdict > AS_VERDICT_UNPLACED ? AS_METHOD_AUDIO : AS_METHOD_NONE;
	p->start_s = start_s;
	p->start_err_s = 2e-5;
	p->drift_ppm = 12.31;
	p->drift_err_ppm = 0.2;
	p->confidence = confidence;
	p->p_false = pow(10, -confidence);
	p->margin = 9.1;
	p->segments = whole;
	p->n_segments = 1;
}

static void init_clips(struct shoot *s)
{
	static const int tracks[SHOOT_N] = {0, 0, 1, 1, 1, 1, 2, 2};
	static const int orders[SHOOT_N] = {0, 1, 0, 1, 2, 3, 0, 1};
	for (int i = 0; i < SHOOT_N; i++) {
		const char *name = paths[i] + 7;
		s->clips[i] = (struct as_clip){
			.id = i,
			.track = tracks[i],
			.order = orders[i],
			.path = paths[i],
			.name = name,
			.parts = &paths[i],
			.n_parts = 1,
			.device = "",
			.format = "mov,mp4 aac",
			.rate_hz = 48000,
			.channels = 2,
			.frames = 28804800,
			.duration_s = 600.1,
			.start_tc_s = NAN,
			.created_s = NAN,
			.level_db = -20,
			.active = 0.9,
			.state = AS_CLIP_READY,
			.progress = 1,
			.error = "",
		};
	}
	s->clips[SHOOT_CAMA_1].parts = cama_parts;
	s->clips[SHOOT_CAMA_1].n_parts = 2;
	s->clips[SHOOT_CAMA_1].has_video = true;
	s->clips[SHOOT_CAMA_1].fps = 30000.0 / 1001;
	s->clips[SHOOT_CAMA_1].streams = streams;
	s->clips[SHOOT_CAMA_1].n_streams = 2;
	s->clips[SHOOT_CAMB_4].state = AS_CLIP_FAILED;
	s->clips[SHOOT_CAMB_4].duration_s = NAN;
	s->clips[SHOOT_CAMB_4].error = "/shoot/x\\xff\\x1b]0;gone\\x07\\n.wav: no audio stream";
}

static void init_placements(struct shoot *s)
{
	struct as_placement *p = s->placements;
	for (int i = 0; i < SHOOT_N; i++)
		p[i] = (struct as_placement){.clip = i,
					     .start_s = NAN,
					     .start_err_s = NAN,
					     .drift_ppm = NAN,
					     .drift_err_ppm = NAN,
					     .confidence = NAN,
					     .p_false = NAN,
					     .margin = NAN};
	for (int i = 0; i < SHOOT_N; i++)
		p[i].beside = -1;
	place(&p[SHOOT_CAMA_1], 1, AS_VERDICT_STRONG, 12.5, 41.2);
	place(&p[SHOOT_CAMA_2], 1, AS_VERDICT_MODERATE, 700.0, 8.1);
	p[SHOOT_CAMA_2].segments = broken;
	p[SHOOT_CAMA_2].n_segments = 2;
	p[SHOOT_CAMA_2].warnings = clip_warnings;
	p[SHOOT_CAMA_2].n_warnings = 2;
	place(&p[SHOOT_CAMB_1], 0, AS_VERDICT_AMBIGUOUS, 60.0, 12.1);
	p[SHOOT_CAMB_1].candidates = places;
	p[SHOOT_CAMB_1].n_candidates = 3;
	p[SHOOT_CAMB_1].reason = AS_REASON_MARGIN;
	p[SHOOT_CAMB_1].margin = 1.5;
	p[SHOOT_CAMB_1].beside = SHOOT_ZOOM_1;
	p[SHOOT_CAMB_2].reason = AS_REASON_LONE;
	p[SHOOT_CAMB_3].reason = AS_REASON_NO_MATCH;
	p[SHOOT_CAMB_4].reason = AS_REASON_FAILED;
	place(&p[SHOOT_CAMB_2], 0, AS_VERDICT_WEAK, 480.0, 2.1);
	place(&p[SHOOT_ZOOM_1], 1, AS_VERDICT_STRONG, 0, 99);
	p[SHOOT_ZOOM_1].drift_ppm = 0;
	p[SHOOT_ZOOM_1].drift_err_ppm = 0;
	place(&p[SHOOT_ZOOM_2], 2, AS_VERDICT_STRONG, 0.25, 41.2);
	p[SHOOT_ZOOM_2].drift_ppm = p[SHOOT_ZOOM_2].drift_err_ppm = NAN;
}

void shoot_init(struct shoot *s)
{
	init_clips(s);
	init_placements(s);
	s->tracks[0] = (struct as_track){"GoPro", false, 2};
	s->tracks[1] = (struct as_track){"CamB", false, 4};
	s->tracks[2] = (struct as_track){"Zoom", true, 2};
	s->island_s[0] = 1180.25;
	s->island_s[1] = 600.1;
	s->outputs[0] = (struct as_output){.path = "/out/GoPro.wav",
					   .document = "",
					   .clip = -1,
					   .start_tc_s = NAN,
					   .progress = 1,
					   .done = true,
					   .error = "",
					   .duration_s = 1785.35,
					   .rate_hz = 48000,
					   .channels = 2};
	s->outputs[1] = (struct as_output){.path = "/out/Zoom.wav",
					   .document = "",
					   .track = 2,
					   .clip = -1,
					   .start_tc_s = NAN,
					   .progress = 0.5,
					   .error = "No space left on device",
					   .duration_s = 1785.35,
					   .rate_hz = 48000,
					   .channels = 6};
	s->snap = (struct as_snapshot){
		.stage = AS_STAGE_IDLE,
		.outcome = AS_OK,
		.error = "",
		.clips = s->clips,
		.n_clips = SHOOT_N,
		.tracks = s->tracks,
		.n_tracks = 3,
		.placements = s->placements,
		.island_s = s->island_s,
		.n_islands = 2,
		.timeline_s = 1785.35,
		.sample_rate_hz = 48000,
		.warnings = warnings,
		.n_warnings = 1,
	};
}

static void touch(struct shoot *s, int clip, int match)
{
	s->touches[clip][s->clips[clip].n_matches++] = match;
	s->clips[clip].matches = s->touches[clip];
}

void shoot_set_matches(struct shoot *s, const struct as_match *matches, int n)
{
	s->snap.matches = matches;
	s->snap.n_matches = n;
	for (int i = 0; i < SHOOT_N; i++)
		s->clips[i].n_matches = 0;
	for (int i = 0; i < n && i < SHOOT_MATCHES_MAX; i++) {
		touch(s, matches[i].a, i);
		touch(s, matches[i].b, i);
	}
}
