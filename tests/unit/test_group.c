/* Which files make a track, in which order, and which of them are one recording. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "sync/group.h"

#define MAX_FILES 12
#define P(p) .path = (p)
#define GIB 1073741824LL

/* A file of a case; what is left out is unknown. Seconds of creation count from an arbitrary day. */
struct file {
	const char *path, *track, *device;
	double created_s, duration_s, tc_s;
	int64_t size_bytes;
	double rate_hz;
};

/* want: "Track: file file+continuation; Track: …", files by the last component of their path. */
struct group_case {
	enum as_group_by by;
	struct file files[MAX_FILES];
	const char *want;
};

static struct as_group_file make_file(const struct file *f)
{
	return (struct as_group_file){
		.path = f->path,
		.track = f->track,
		.device = f->device ? f->device : "",
		.format = "container",
		.duration_s = f->duration_s != 0 ? f->duration_s : NAN,
		.created_s = f->created_s != 0 ? f->created_s : NAN,
		.start_tc_s = f->tc_s != 0 ? f->tc_s : NAN,
		.rate_hz = f->rate_hz > 0 ? f->rate_hz : 48000,
		.channels = 2,
		.size_bytes = f->size_bytes,
	};
}

/* The result as text. Checks on the way that every file appears once and that clips are in order. */
static char *render(const struct as_group_file *files, int n, enum as_group_by by)
{
	struct as_grouping g;
	size_t bytes = 64;
	char *out;
	int seen = 0, track = -1, order = 0;

	for (int i = 0; i < n; i++)
		bytes += 400 + strlen(files[i].path);
	out = calloc(1, bytes);
	assert_non_null(out);
	assert_int_equal(as_group_files(files, n, by, &g, NULL), AS_OK);
	for (int i = 0; i < g.n_clips; i++) {
		const struct as_group_clip *c = &g.clips[i];

		assert_true(c->track >= 0 && c->track < g.n_tracks && c->n_files > 0);
		if (c->track != track) {
			assert_int_equal(c->track, track + 1);
			assert_int_equal(c->order, 0);
			snprintf(out + strlen(out), bytes - strlen(out), "%s%s:", track < 0 ? "" : "; ", g.tracks[c->track]);
			track = c->track;
		} else {
			assert_int_equal(c->order, order + 1);
		}
		order = c->order;
		for (int k = 0; k < c->n_files; k++, seen++)
			snprintf(out + strlen(out), bytes - strlen(out), "%s%s", k ? "+" : " ",
				 as_path_base(files[c->files[k]].path));
	}
	assert_int_equal(track + 1, g.n_tracks);
	assert_int_equal(seen, n);
	as_grouping_done(&g);
	return out;
}

static uint32_t next_random(uint32_t *state)
{
	*state = *state * 1664525u + 1013904223u;
	return *state >> 8;
}

static void shuffle(struct as_group_file *files, int n, uint32_t *state)
{
	for (int i = n - 1; i > 0; i--) {
		int k = (int)(next_random(state) % (uint32_t)(i + 1));
		struct as_group_file t = files[i];

		files[i] = files[k];
		files[k] = t;
	}
}

static void check_case(const struct group_case *c)
{
	struct as_group_file files[MAX_FILES];
	uint32_t state = 7;
	int n = 0;

	for (; n < MAX_FILES && c->files[n].path; n++)
		files[n] = make_file(&c->files[n]);
	for (int round = 0; round < 8; round++) {
		char *got = render(files, n, c->by);

		assert_string_equal(got, c->want);
		free(got);
		shuffle(files, n, &state);
	}
}

static void check_cases(const struct group_case *cases, size_t n)
{
	for (size_t i = 0; i < n; i++)
		check_case(&cases[i]);
}

#define CHECK(cases) check_cases(cases, sizeof(cases) / sizeof(*(cases)))

static void test_names_alone(void **state)
{
	static const struct group_case cases[] = {
		/* what people call their devices */
		{AS_GROUP_AUTO, {{P("/s/CamA_001.mp4")}, {P("/s/CamA_002.mp4")}, {P("/s/Zoom_001.wav")}},
		 "CamA: CamA_001.mp4 CamA_002.mp4; Zoom: Zoom_001.wav"},
		{AS_GROUP_AUTO, {{P("/s/PhoneA_001.mp4")}, {P("/s/PhoneB_001.mp4")}},
		 "PhoneA: PhoneA_001.mp4; PhoneB: PhoneB_001.mp4"},
		{AS_GROUP_AUTO, {{P("/s/DevA_001.wav")}, {P("/s/DevB_001.wav")}, {P("/s/DevA_002.wav")}},
		 "DevA: DevA_001.wav DevA_002.wav; DevB: DevB_001.wav"},
		{AS_GROUP_AUTO, {{P("/s/Fwav16A_001.wav")}, {P("/s/Fwav24A_001.wav")}, {P("/s/Fmp3A_001.mp3")}},
		 "Fmp3A: Fmp3A_001.mp3; Fwav16A: Fwav16A_001.wav; Fwav24A: Fwav24A_001.wav"},
		{AS_GROUP_AUTO, {{P("/s/CamOne_001.mp4")}, {P("/s/RecA_001.flac")}, {P("/s/RecA_002.flac")}},
		 "CamOne: CamOne_001.mp4; RecA: RecA_001.flac RecA_002.flac"},
		{AS_GROUP_AUTO, {{P("/s/CamA 1.mov")}, {P("/s/CamA 10.mov")}, {P("/s/CamA 2.mov")}},
		 "CamA: CamA 1.mov CamA 2.mov CamA 10.mov"},
		{AS_GROUP_AUTO, {{P("/s/cama_001.mp4")}, {P("/s/CAMA_002.MP4")}}, "cama: cama_001.mp4 CAMA_002.MP4"},
		{AS_GROUP_AUTO, {{P("/s/001_CamA.mp4")}, {P("/s/002_CamA.mp4")}, {P("/s/001_CamB.mp4")}},
		 "CamA: 001_CamA.mp4 002_CamA.mp4; CamB: 001_CamB.mp4"},
		/* devices that differ by a number only */
		{AS_GROUP_AUTO, {{P("/s/cam1.mp4")}, {P("/s/cam2.mp4")}, {P("/s/Mic 1.wav")}, {P("/s/Mic 2.wav")}},
		 "cam1: cam1.mp4; cam2: cam2.mp4; Mic 1: Mic 1.wav; Mic 2: Mic 2.wav"},
		{AS_GROUP_AUTO, {{P("/s/iphone13.mov")}, {P("/s/iphone14.mov")}, {P("/s/H5.wav")}, {P("/s/H6.wav")}},
		 "H5: H5.wav; H6: H6.wav; iphone13: iphone13.mov; iphone14: iphone14.mov"},
		{AS_GROUP_AUTO, {{P("/s/Cam1_001.mp4")}, {P("/s/Cam2_001.mp4")}, {P("/s/Cam1_002.mp4")}},
		 "Cam1: Cam1_001.mp4 Cam1_002.mp4; Cam2: Cam2_001.mp4"},
		{AS_GROUP_AUTO, {{P("/s/1.wav")}, {P("/s/2.wav")}}, "1: 1.wav; 2: 2.wav"},
		{AS_GROUP_AUTO, {{P("/s/take1.wav")}, {P("/s/take10.wav")}, {P("/s/take2.wav")}},
		 "take: take1.wav take2.wav take10.wav"},
		/* odd ones stay alone */
		{AS_GROUP_AUTO, {{P("/s/interview.wav")}, {P("/s/b-roll.mp4")}}, "b-roll: b-roll.mp4; interview: interview.wav"},
		{AS_GROUP_AUTO, {{P("/s/Rede München_001.wav")}, {P("/s/REDE MÜNCHEN_002.wav")}, {P("/s/Камера_001.mp4")},
				 {P("/s/камера_002.mp4")}, {P("/s/カメラ_001.mp4")}},
		 "Rede München: Rede München_001.wav REDE MÜNCHEN_002.wav; Камера: Камера_001.mp4 камера_002.mp4; "
		 "カメラ: カメラ_001.mp4"},
	};

	(void)state;
	CHECK(cases);
}

static void test_makers(void **state)
{
	static const struct group_case cases[] = {
		{AS_GROUP_AUTO, {{P("/s/GH010046.MP4")}, {P("/s/GX010047.MP4")}, {P("/s/GH010045.MP4")}, {P("/s/GOPR0044.MP4")}},
		 "GoPro: GOPR0044.MP4 GH010045.MP4 GH010046.MP4 GX010047.MP4"},
		{AS_GROUP_AUTO, {{P("/s/DJI_0001.MP4")}, {P("/s/DJI_0002.MP4")}, {P("/s/DJI_20240101120000_0003_D.MP4")}},
		 "DJI: DJI_0001.MP4 DJI_0002.MP4 DJI_20240101120000_0003_D.MP4"},
		{AS_GROUP_AUTO, {{P("/s/DJI_20240101120000_0003_W.MP4")}, {P("/s/DJI_20240101120000_0003_T.MP4")}},
		 "DJI T: DJI_20240101120000_0003_T.MP4; DJI W: DJI_20240101120000_0003_W.MP4"},
		{AS_GROUP_AUTO, {{P("/s/C0001.MP4")}, {P("/s/C0002.MP4")}, {P("/s/MVI_0001.MP4")}, {P("/s/IMG_1234.MOV")},
				 {P("/s/IMG_1240.MOV")}, {P("/s/P1000123.MP4")}},
		 "Canon: MVI_0001.MP4; iPhone: IMG_1234.MOV IMG_1240.MOV; Panasonic: P1000123.MP4; Sony: C0001.MP4 C0002.MP4"},
		{AS_GROUP_AUTO, {{P("/s/A001_C003_0101AB.mov")}, {P("/s/A002_C001_0101AB.mov")}, {P("/s/B001_C003_0101CD.mov")},
				 {P("/s/A001_01011200_C002.mov")}, {P("/s/A001C001_240101_R1AB.mxf")}},
		 "Cam A: A001C001_240101_R1AB.mxf A001_01011200_C002.mov A001_C003_0101AB.mov A002_C001_0101AB.mov; "
		 "Cam B: B001_C003_0101CD.mov"},
		{AS_GROUP_AUTO, {{P("/s/CONTENTS/VIDEO/0001AB.MXF")}, {P("/s/CONTENTS/VIDEO/00024F.MXF")}},
		 "P2: 0001AB.MXF 00024F.MXF"},
		/* phones */
		{AS_GROUP_AUTO, {{P("/s/VID_20240101_120000.mp4")}, {P("/s/VID_20240101_110000.mp4")},
				 {P("/s/PXL_20240101_120000123.TS.mp4")}},
		 "PXL: PXL_20240101_120000123.TS.mp4; VID: VID_20240101_110000.mp4 VID_20240101_120000.mp4"},
		{AS_GROUP_AUTO, {{P("/s/20240101_130000.mp4")}, {P("/s/20240101_120000.mp4")}, {P("/s/CamA_001.mp4")}},
		 "CamA: CamA_001.mp4; Camera: 20240101_120000.mp4 20240101_130000.mp4"},
		{AS_GROUP_AUTO, {{P("/s/Recording (3).m4a")}, {P("/s/Recording (12).m4a")}, {P("/s/Recording.m4a")},
				 {P("/s/New Recording 12.m4a")}, {P("/s/New Recording 7.m4a")}},
		 "New Recording: New Recording 7.m4a New Recording 12.m4a; "
		 "Recording: Recording.m4a Recording (3).m4a Recording (12).m4a"},
		{AS_GROUP_AUTO, {{P("/s/2024-01-01 12-00-00.mkv")}, {P("/s/2024-01-01 13-00-00.mkv")}, {P("/s/x.wav")}},
		 "Camera: 2024-01-01 12-00-00.mkv 2024-01-01 13-00-00.mkv; x: x.wav"},
		{AS_GROUP_AUTO, {{P("/s/CamA_20240101_120000.mp4")}, {P("/s/CamB_20240101_120000.mp4")},
				 {P("/s/20240102_120000_CamA.mp4")}},
		 "CamA: CamA_20240101_120000.mp4 20240102_120000_CamA.mp4; CamB: CamB_20240101_120000.mp4"},
	};

	(void)state;
	CHECK(cases);
}

/* Files that one recorder writes at the same time are never one after the other in one track. */
static void test_simultaneous(void **state)
{
	static const struct group_case cases[] = {
		{AS_GROUP_AUTO, {{P("/s/ZOOM0001_Tr1.WAV")}, {P("/s/ZOOM0001_Tr2.WAV")}, {P("/s/ZOOM0001_LR.WAV")},
				 {P("/s/ZOOM0002_Tr1.WAV")}, {P("/s/ZOOM0002_LR.WAV")}, {P("/s/ZOOM0001_Tr12.WAV")}},
		 "ZOOM LR: ZOOM0001_LR.WAV ZOOM0002_LR.WAV; ZOOM Tr1: ZOOM0001_Tr1.WAV ZOOM0002_Tr1.WAV; "
		 "ZOOM Tr2: ZOOM0001_Tr2.WAV; ZOOM Tr12: ZOOM0001_Tr12.WAV"},
		{AS_GROUP_AUTO, {{P("/z/ZOOM0001/ZOOM0001_Tr1.WAV")}, {P("/z/ZOOM0002/ZOOM0002_Tr1.WAV")}, {P("/z/ZOOM0002/ZOOM0002_Tr2.WAV")}},
		 "ZOOM Tr1: ZOOM0001_Tr1.WAV ZOOM0002_Tr1.WAV; ZOOM Tr2: ZOOM0002_Tr2.WAV"},
		{AS_GROUP_AUTO, {{P("/s/240101_0001S12.wav")}, {P("/s/240101_0001S34.wav")}, {P("/s/240101_0002S12.wav")}, {P("/s/a.mp4")}},
		 "a: a.mp4; Recorder S12: 240101_0001S12.wav 240101_0002S12.wav; Recorder S34: 240101_0001S34.wav"},
		{AS_GROUP_AUTO, {{P("/s/TASCAM_0001S12.wav")}, {P("/s/TASCAM_0001.wav")}, {P("/s/TASCAM_0002.wav")}},
		 "TASCAM: TASCAM_0001.wav TASCAM_0002.wav; TASCAM S12: TASCAM_0001S12.wav"},
		{AS_GROUP_AUTO, {{P("/s/C0001.MP4")}, {P("/s/C0001.WAV")}, {P("/s/C0002.MP4")}},
		 "Sony mp4: C0001.MP4 C0002.MP4; Sony wav: C0001.WAV"},
		{AS_GROUP_AUTO, {{P("/s/12A-T01.wav")}, {P("/s/12A-T02.wav")}, {P("/s/13-T03.wav")}},
		 "Takes: 12A-T01.wav 12A-T02.wav 13-T03.wav"},
		{AS_GROUP_AUTO, {{P("/s/4CH-001I.wav")}, {P("/s/4CH-001M.wav")}}, "ZOOM I: 4CH-001I.wav; ZOOM M: 4CH-001M.wav"},
		{AS_GROUP_AUTO, {{P("/s/TX01_MIC001_20240101_120000_orig.wav")}, {P("/s/TX02_MIC001_20240101_120000_orig.wav")}},
		 "TX 01: TX01_MIC001_20240101_120000_orig.wav; TX 02: TX02_MIC001_20240101_120000_orig.wav"},
	};

	(void)state;
	CHECK(cases);
}

static void test_folders_and_devices(void **state)
{
	static const struct group_case cases[] = {
		{AS_GROUP_AUTO, {{P("/s/cam1/GH010045.MP4")}, {P("/s/cam2/GH010045.MP4")}, {P("/s/cam2/GH010046.MP4")}},
		 "cam1: GH010045.MP4; cam2: GH010045.MP4 GH010046.MP4"},
		{AS_GROUP_AUTO, {{P("/s/cam1/DCIM/100GOPRO/GH010045.MP4")}, {P("/s/cam1/DCIM/101GOPRO/GH010046.MP4")},
				 {P("/s/cam2/DCIM/100GOPRO/GH010045.MP4")}},
		 "cam1: GH010045.MP4 GH010046.MP4; cam2: GH010045.MP4"},
		{AS_GROUP_AUTO, {{P("/s/anna/video/GH010045.MP4")}, {P("/s/ben/video/GH010045.MP4")}, {P("/s/ben/video/CamX_001.mp4")}},
		 "anna: GH010045.MP4; ben GoPro: GH010045.MP4; CamX: CamX_001.mp4"},
		{AS_GROUP_AUTO, {{P("/s/DCIM/100GOPRO/GH010045.MP4")}, {P("/s/DCIM/101GOPRO/GH010046.MP4")}},
		 "GoPro: GH010045.MP4 GH010046.MP4"},
		{AS_GROUP_AUTO, {{P("/s/day1/CamA_001.mp4")}, {P("/s/day2/CamA_001.mp4")}, {P("/s/2024-05-01/CamA_007.mp4")}},
		 "CamA: CamA_001.mp4 CamA_001.mp4 CamA_007.mp4"},
		{AS_GROUP_AUTO, {{P("/s/card1/C0001.MP4")}, {P("/s/card2/C0001.MP4")}}, "card1: C0001.MP4; card2: C0001.MP4"},
		{AS_GROUP_AUTO, {{P("/s/card1/C0001.MP4")}, {P("/s/card2/C0002.MP4")}}, "Sony: C0001.MP4 C0002.MP4"},
		{AS_GROUP_AUTO, {{P("/s/GH010045.MP4"), .device = "GoPro HERO9 111"}, {P("/s/GH010050.MP4"), .device = "GoPro HERO9 222"},
				 {P("/s/GH010046.MP4"), .device = "GoPro HERO9 111"}},
		 "GoPro HERO9 111: GH010045.MP4 GH010046.MP4; GoPro HERO9 222: GH010050.MP4"},
		{AS_GROUP_AUTO, {{P("/s/IMG_0001.MOV"), .device = "Apple iPhone 13"}, {P("/s/IMG_0002.MOV")}},
		 "iPhone: IMG_0001.MOV IMG_0002.MOV"},
		{AS_GROUP_AUTO, {{P("/s/00001.MTS"), .device = "Sony HDR-CX"}, {P("/s/00002.MTS"), .device = "Sony HDR-CX"}, {P("/s/a.wav")}},
		 "a: a.wav; Sony HDR-CX: 00001.MTS 00002.MTS"},
		{AS_GROUP_AUTO, {{P("/s/left/00001.MTS")}, {P("/s/right/00001.MTS")}}, "left: 00001.MTS; right: 00001.MTS"},
		/* the other rules do what they say */
		{AS_GROUP_NAME, {{P("/s/cam1/GH010045.MP4"), .device = "x"}, {P("/s/cam2/GH010046.MP4"), .device = "y"}},
		 "GoPro: GH010045.MP4 GH010046.MP4"},
		{AS_GROUP_FOLDER, {{P("/s/CamA/a.mp4")}, {P("/s/CamA/zz_001.mov")}, {P("/s/b/CamA/x.wav")}, {P("/s/Rec/a.wav")}},
		 "b CamA: x.wav; CamA: a.mp4 zz_001.mov; Rec: a.wav"},
		{AS_GROUP_FOLDER, {{P("/s/rec/ZOOM0001_Tr1.WAV")}, {P("/s/rec/ZOOM0001_Tr2.WAV")}, {P("/s/rec/ZOOM0002_Tr1.WAV")}},
		 "rec Tr1: ZOOM0001_Tr1.WAV ZOOM0002_Tr1.WAV; rec Tr2: ZOOM0001_Tr2.WAV"},
		{AS_GROUP_FOLDER, {{P("/s/cam/C0001.MP4")}, {P("/s/cam/C0001.WAV")}}, "cam mp4: C0001.MP4; cam wav: C0001.WAV"},
		{AS_GROUP_DEVICE, {{P("/s/a.mp4"), .device = "Sony A7"}, {P("/s/c/b.mov"), .device = "sony a7"}, {P("/s/ZOOM0001.WAV")}},
		 "Sony A7: a.mp4 b.mov; ZOOM: ZOOM0001.WAV"},
		{AS_GROUP_AUTO, {{P("/s/CamA_001.mp4"), .track = "Wide"}, {P("/s/x.wav"), .track = "Wide"}, {P("/s/wide_001.mp4")}, {P("/s/CamA_002.mp4")}},
		 "CamA: CamA_002.mp4; Wide: CamA_001.mp4 x.wav; wide 2: wide_001.mp4"},
	};

	(void)state;
	CHECK(cases);
}

static void test_order(void **state)
{
	static const struct group_case cases[] = {
		{AS_GROUP_AUTO, {{P("/s/CamA_1.mp4"), .created_s = 300}, {P("/s/CamA_2.mp4"), .created_s = 100},
				 {P("/s/CamA_3.mp4"), .created_s = 200}},
		 "CamA: CamA_2.mp4 CamA_3.mp4 CamA_1.mp4"},
		/* a file without a time stays behind its neighbour by name */
		{AS_GROUP_AUTO, {{P("/s/CamA_1.mp4"), .created_s = 100}, {P("/s/CamA_2.mp4")}, {P("/s/CamA_10.mp4"), .created_s = 200},
				 {P("/s/CamA_11.mp4")}},
		 "CamA: CamA_1.mp4 CamA_2.mp4 CamA_10.mp4 CamA_11.mp4"},
		/* equal stamps say nothing */
		{AS_GROUP_AUTO, {{P("/s/GX010010.MP4"), .created_s = 50}, {P("/s/GX010009.MP4"), .created_s = 50}},
		 "GoPro: GX010009.MP4 GX010010.MP4"},
	};

	(void)state;
	CHECK(cases);
}

static void test_joins(void **state)
{
	static const struct group_case cases[] = {
		/* chapters, with and without times */
		{AS_GROUP_AUTO, {{P("/s/GH010045.MP4"), .duration_s = 500}, {P("/s/GH020045.MP4"), .duration_s = 500},
				 {P("/s/GH030045.MP4"), .duration_s = 20}, {P("/s/GH010046.MP4"), .duration_s = 9}},
		 "GoPro: GH010045.MP4+GH020045.MP4+GH030045.MP4 GH010046.MP4"},
		{AS_GROUP_AUTO, {{P("/s/GOPR0045.MP4"), .duration_s = 500, .created_s = 1000},
				 {P("/s/GP010045.MP4"), .duration_s = 500, .created_s = 1500.7},
				 {P("/s/GP020045.MP4"), .duration_s = 3, .created_s = 2000}},
		 "GoPro: GOPR0045.MP4+GP010045.MP4+GP020045.MP4"},
		/* every chapter stamped with the start of the recording */
		{AS_GROUP_AUTO, {{P("/s/GX010045.MP4"), .duration_s = 500, .created_s = 1000, .tc_s = 36000},
				 {P("/s/GX020045.MP4"), .duration_s = 500, .created_s = 1000, .tc_s = 36500}},
		 "GoPro: GX010045.MP4+GX020045.MP4"},
		{AS_GROUP_AUTO, {{P("/s/A001_C001_0101AB_001.mov"), .duration_s = 60}, {P("/s/A001_C001_0101AB_002.mov"), .duration_s = 60}},
		 "Cam A: A001_C001_0101AB_001.mov+A001_C001_0101AB_002.mov"},
		{AS_GROUP_AUTO, {{P("/s/ZOOM0001_LR-0001.WAV"), .duration_s = 60}, {P("/s/ZOOM0001_LR-0002.WAV"), .duration_s = 60}},
		 "ZOOM LR: ZOOM0001_LR-0001.WAV+ZOOM0001_LR-0002.WAV"},
		/* a chapter is missing, the clock contradicts, the rate differs, the length is unknown */
		{AS_GROUP_AUTO, {{P("/s/GH010045.MP4"), .duration_s = 500}, {P("/s/GH030045.MP4"), .duration_s = 20}},
		 "GoPro: GH010045.MP4 GH030045.MP4"},
		{AS_GROUP_AUTO, {{P("/s/GH010045.MP4"), .duration_s = 500, .created_s = 1000},
				 {P("/s/GH020045.MP4"), .duration_s = 20, .created_s = 1700}},
		 "GoPro: GH010045.MP4 GH020045.MP4"},
		{AS_GROUP_AUTO, {{P("/s/GH010045.MP4"), .duration_s = 500}, {P("/s/GH020045.MP4"), .duration_s = 20, .rate_hz = 44100}},
		 "GoPro: GH010045.MP4 GH020045.MP4"},
		{AS_GROUP_AUTO, {{P("/s/GH010045.MP4")}, {P("/s/GH020045.MP4")}}, "GoPro: GH010045.MP4 GH020045.MP4"},
		/* two cameras, the chapters of each in its own folder */
		{AS_GROUP_AUTO, {{P("/s/a/GH010045.MP4"), .duration_s = 5}, {P("/s/b/GH010045.MP4"), .duration_s = 5},
				 {P("/s/a/GH020045.MP4"), .duration_s = 5}, {P("/s/b/GH020045.MP4"), .duration_s = 5}},
		 "a: GH010045.MP4+GH020045.MP4; b: GH010045.MP4+GH020045.MP4"},
		/* time references of sound files count samples */
		{AS_GROUP_AUTO, {{P("/s/T_001.wav"), .duration_s = 600, .tc_s = 3600, .created_s = 1000},
				 {P("/s/T_002.wav"), .duration_s = 600, .tc_s = 4200.0001, .created_s = 1600},
				 {P("/s/T_003.wav"), .duration_s = 600, .tc_s = 4800.02, .created_s = 2200}},
		 "T: T_001.wav+T_002.wav T_003.wav"},
		{AS_GROUP_AUTO, {{P("/s/T_001.wav"), .duration_s = 600, .tc_s = 86000}, {P("/s/T_002.wav"), .duration_s = 600, .tc_s = 200}},
		 "T: T_001.wav+T_002.wav"},
		{AS_GROUP_AUTO, {{P("/s/T_001.wav"), .duration_s = 600, .tc_s = 3600}, {P("/s/T_003.wav"), .duration_s = 600, .tc_s = 4200}},
		 "T: T_001.wav T_003.wav"},
		/* "record run" time code goes on over a pause; only the clock tells */
		{AS_GROUP_AUTO, {{P("/s/C0001.MP4"), .duration_s = 600, .tc_s = 3600, .created_s = 1000},
				 {P("/s/C0002.MP4"), .duration_s = 600, .tc_s = 4200, .created_s = 9000}},
		 "Sony: C0001.MP4 C0002.MP4"},
		{AS_GROUP_AUTO, {{P("/s/C0001.MP4"), .duration_s = 600, .tc_s = 3600}, {P("/s/C0002.MP4"), .duration_s = 600, .tc_s = 4200}},
		 "Sony: C0001.MP4 C0002.MP4"},
		{AS_GROUP_AUTO, {{P("/s/C0001.MP4"), .duration_s = 600, .tc_s = 3600, .created_s = 1000},
				 {P("/s/C0002.MP4"), .duration_s = 600, .tc_s = 4200.04, .created_s = 1601}},
		 "Sony: C0001.MP4+C0002.MP4"},
		/* a full file and a clock that agrees */
		{AS_GROUP_AUTO, {{P("/s/MVI_0001.MP4"), .duration_s = 700, .created_s = 1000, .size_bytes = 4 * GIB - 5000000},
				 {P("/s/MVI_0002.MP4"), .duration_s = 300, .created_s = 1701, .size_bytes = GIB},
				 {P("/s/MVI_0003.MP4"), .duration_s = 300, .created_s = 2001, .size_bytes = GIB}},
		 "Canon: MVI_0001.MP4+MVI_0002.MP4 MVI_0003.MP4"},
		{AS_GROUP_AUTO, {{P("/s/MVI_0001.MP4"), .duration_s = 700, .created_s = 1000, .size_bytes = 4 * GIB - 5000000},
				 {P("/s/MVI_0002.MP4"), .duration_s = 300, .created_s = 1710, .size_bytes = GIB}},
		 "Canon: MVI_0001.MP4 MVI_0002.MP4"},
		{AS_GROUP_AUTO, {{P("/s/MVI_0001.MP4"), .duration_s = 700, .size_bytes = 4 * GIB - 5000000},
				 {P("/s/MVI_0002.MP4"), .duration_s = 300, .size_bytes = GIB}},
		 "Canon: MVI_0001.MP4 MVI_0002.MP4"},
		/* a name that holds the time instead of a number */
		{AS_GROUP_AUTO, {{P("/s/R_240101_120000.wav"), .duration_s = 600, .tc_s = 43200, .created_s = 1000},
				 {P("/s/R_240101_121000.wav"), .duration_s = 600, .tc_s = 43800, .created_s = 1600}},
		 "R: R_240101_120000.wav+R_240101_121000.wav"},
	};

	(void)state;
	CHECK(cases);
}

static void test_hostile_names(void **state)
{
	enum { N = 40, LONG = 4096 };
	struct as_group_file files[N];
	struct file f = {0};
	char *names[N];
	uint32_t random = 11;
	struct as_grouping g;

	(void)state;
	for (int i = 0; i < N; i++) {
		size_t n = i < 8 ? (size_t)i : i < 16 ? LONG : next_random(&random) % 60;

		names[i] = calloc(1, n + 4);
		assert_non_null(names[i]);
		memcpy(names[i], "/s/", 3);
		for (size_t k = 0; k < n; k++) {
			char c = (char)(next_random(&random) & 0xff);

			if (i % 3 == 0)
				c = "0123456789._-T"[(unsigned char)c % 14];
			names[i][3 + k] = c == '/' || c == '\0' ? '.' : c;
		}
		f.path = names[i];
		f.duration_s = 1;
		files[i] = make_file(&f);
	}
	for (int by = AS_GROUP_AUTO; by <= AS_GROUP_DEVICE; by++) {
		char *first = render(files, N, (enum as_group_by)by), *again;

		shuffle(files, N, &random);
		again = render(files, N, (enum as_group_by)by);
		assert_string_equal(first, again);
		free(first);
		free(again);
	}
	assert_int_equal(as_group_files(files, N, AS_GROUP_AUTO, &g, NULL), AS_OK);
	for (int t = 0; t < g.n_tracks; t++) {
		assert_true(*g.tracks[t] && strlen(g.tracks[t]) < 250);
		for (const char *p = g.tracks[t]; *p; p++)
			assert_true((unsigned char)*p >= 0x20 && *p != 0x7f);
		for (int k = 0; k < t; k++)
			assert_string_not_equal(g.tracks[t], g.tracks[k]);
	}
	as_grouping_done(&g);
	for (int i = 0; i < N; i++)
		free(names[i]);
}

static void test_nothing_and_many(void **state)
{
	enum { N = 3000 };
	struct as_group_file *files = calloc(N, sizeof(*files));
	char (*paths)[64] = calloc(N, sizeof(*paths));
	struct as_grouping g;

	(void)state;
	assert_int_equal(as_group_files(NULL, 0, AS_GROUP_AUTO, &g, NULL), AS_OK);
	assert_int_equal(g.n_tracks, 0);
	assert_int_equal(g.n_clips, 0);
	as_grouping_done(&g);
	assert_true(files && paths);
	for (int i = 0; i < N; i++) {
		struct file f = {.path = paths[i]};

		snprintf(paths[i], sizeof(paths[i]), "/s/dev%d/C%04d.MP4", i % 30, i);
		files[i] = make_file(&f);
	}
	assert_int_equal(as_group_files(files, N, AS_GROUP_AUTO, &g, NULL), AS_OK);
	assert_int_equal(g.n_tracks, 30);
	assert_int_equal(g.n_clips, N);
	assert_string_equal(g.tracks[2], "dev2");
	as_grouping_done(&g);
	for (int i = 0; i < N; i++)
		snprintf(paths[i], sizeof(paths[i]), "/s/dev%d/C0001.MP4", i);
	assert_int_equal(as_group_files(files, N, AS_GROUP_AUTO, &g, NULL), AS_OK);
	assert_int_equal(g.n_tracks, N);
	as_grouping_done(&g);
	free(files);
	free(paths);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names_alone),
		cmocka_unit_test(test_makers),
		cmocka_unit_test(test_simultaneous),
		cmocka_unit_test(test_folders_and_devices),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_joins),
		cmocka_unit_test(test_hostile_names),
		cmocka_unit_test(test_nothing_and_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
