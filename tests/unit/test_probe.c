/* What a file says about itself, and what of that is believed. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "media/decode.h"
#include "media/probe.h"
#include "media/tags.h"
#include "media_files.h"

#define NOW_S 1800000000.0 /* 2027 */

static char *dir, *source;

static struct as_media_info probe(const char *path)
{
	struct as_media_info info;
	struct as_error err = {0};
	if (as_media_probe(path, NULL, &info, &err) != AS_OK)
		fail_msg("%s", err.msg);
	return info;
}

static void test_dates(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		double s;
	} rows[] = {
		{"2001-09-09T01:46:40.000000Z", 1e9},
		{"2001-09-09 01:46:40", 1e9},
		{"2001:09:09 01:46:40", 1e9},
		{"2001-09-09T03:46:40.5+02:00", 1e9 + 0.5},
		{"2001-09-08T18:16:40-0730", 1e9},
		{"2024-02-29T00:00:00Z", 1709164800.0},
		{"2000-03-01T00:00:00Z", 951868800.0},
		{"2023-02-29T00:00:00Z", NAN},
		{"1904-01-01T00:00:00Z", NAN},
		{"1970-01-01T00:00:00Z", NAN},
		{"1980-01-01T00:00:00Z", NAN},
		{"0000-00-00T00:00:00Z", NAN},
		{"2040-02-06T06:28:16Z", NAN},
		{"9999-99-99T99:99:99Z", NAN},
		{"2001-09-09", NAN},
		{"2001-09-09T01:46:40junk", NAN},
		{"2001-09-09T01:46:40+99:00", NAN},
		{"", NAN},
		{"\xff\x1b[2J", NAN},
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		double s = as_tags_parse_date(rows[i].text, NOW_S);
		if (isnan(rows[i].s) ? !isnan(s) : !(fabs(s - rows[i].s) < 1e-6))
			fail_msg("%s: %f", rows[i].text, s);
	}
}

static void test_timecodes(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		double fps, s;
	} rows[] = {
		{"01:00:00:00", 25.0, 3600.0},
		{"01:00:00:05", 25.0, 3600.2},
		{"00:00:59;29", 30000.0 / 1001, 1799 * 1001.0 / 30000},
		{"00:01:00;02", 30000.0 / 1001, 1800 * 1001.0 / 30000}, /* 00 and 01 are left out */
		{"00:10:00;00", 30000.0 / 1001, 17982 * 1001.0 / 30000},
		{"01:00:00;00", 30000.0 / 1001, 107892 * 1001.0 / 30000},
		{"01:00:00.00", 60000.0 / 1001, 215784 * 1001.0 / 60000},
		{"01:00:00:00", 30000.0 / 1001, 108000 * 1001.0 / 30000}, /* no drop: 3.6 s slow */
		{"01:00:00:00", 24000.0 / 1001, 86400 * 1001.0 / 24000},
		{"10:20:30:12", NAN, 37230.0},
		{"01:00:00:25", 25.0, NAN},
		{"24:00:00:00", 25.0, NAN},
		{"01:60:00:00", 25.0, NAN},
		{"-1:00:00:00", 25.0, NAN},
		{"01:00:00", 25.0, NAN},
		{"01:00:00:00x", 25.0, NAN},
		{"nonsense", 25.0, NAN},
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		double s = as_tags_parse_timecode(rows[i].text, rows[i].fps);
		if (isnan(rows[i].s) ? !isnan(s) : !(fabs(s - rows[i].s) < 1e-6))
			fail_msg("%s at %g: %f for %f", rows[i].text, rows[i].fps, s, rows[i].s);
	}
}

static void test_movie(void **state)
{
	(void)state;
	char *path = media_path(dir, "phone.mov");
	media_ffmpeg("-f lavfi -i testsrc=s=64x48:r=25:d=2 -i %s -i %s -map 0:v -map 1:a -map 2:a "
		     "-c:v mpeg4 -c:a:0 aac "
		     "-c:a:1 pcm_s24le -timecode 01:00:00:05 -metadata "
		     "creation_time=2024-05-06T07:08:09Z "
		     "-metadata:s:a:1 handler_name='Timecode' -movflags use_metadata_tags "
		     "-metadata com.apple.quicktime.make=Apple -metadata "
		     "com.apple.quicktime.model='iPhone 15 Pro' "
		     "-metadata com.apple.quicktime.creationdate=2024-05-06T12:08:07+0500 %s",
		     source, source, path);
	struct as_media_info info = probe(path);
	assert_int_equal(info.n_streams, 2);
	assert_string_equal(info.format, "mov"); /* and not all the names that the format goes by */
	assert_true(info.has_video);
	assert_true(fabs(info.fps - 25.0) < 1e-9);
	assert_true(fabs(info.start_tc_s - 3600.2) < 1e-9);
	assert_true(fabs(info.created_s - 1714979287.0) < 1e-6); /* Apple's, which has a zone */
	assert_string_equal(info.device, "Apple iPhone 15 Pro");
	assert_true(fabs(info.duration_s - 2.0) < 0.05);
	assert_int_equal(info.size_bytes, media_size(path));
	assert_true(info.mtime_s > 1.7e9);
	assert_string_equal(info.streams[0].codec, "aac");
	assert_int_equal(info.streams[0].bits, 0);
	assert_false(info.streams[0].timecode);
	assert_int_equal(info.streams[1].bits, 24);
	assert_int_equal(info.streams[1].channels, 2);
	assert_true(info.streams[1].rate_hz == 48000.0);
	assert_true(info.streams[1].timecode);
	as_media_info_done(&info);
	free(path);
}

static void test_bwf(void **state)
{
	(void)state;
	char *path = media_path(dir, "bwf.wav");
	media_ffmpeg("-i %s -c:a pcm_f32le -write_bext 1 -metadata originator='ZOOM F8' -metadata "
		     "time_reference=172800480 "
		     "-metadata origination_date=2023-02-03 -metadata origination_time=11:22:33 %s",
		     source, path);
	struct as_media_info info = probe(path);
	assert_true(fabs(info.start_tc_s - 3600.01) < 1e-9);
	assert_true(fabs(info.created_s - 1675423353.0) < 1e-6);
	assert_string_equal(info.device, "ZOOM F8");
	assert_true(info.streams[0].is_float);
	assert_int_equal(info.streams[0].bits, 32);
	assert_false(info.has_video);
	assert_true(isnan(info.fps));
	as_media_info_done(&info);
	media_ffmpeg("-i %s -write_bext 1 -metadata originator='Pro Tools' -metadata "
		     "time_reference=0 %s",
		     source, path);
	info = probe(path);
	assert_true(isnan(info.start_tc_s) && isnan(info.created_s)); /* no clock */
	assert_string_equal(info.device, "");                         /* no device */
	as_media_info_done(&info);
	free(path);
}

static void test_others(void **state)
{
	(void)state;
	char *path = media_path(dir, "x.mxf");
	media_ffmpeg("-f lavfi -i testsrc=s=64x48:r=25:d=2 -i %s -c:v mpeg2video -c:a pcm_s16le "
		     "-timecode 10:00:00:12 %s",
		     source, path);
	struct as_media_info info = probe(path);
	assert_true(fabs(info.start_tc_s - 36000.48) < 1e-9);
	assert_true(fabs(info.fps - 25.0) < 1e-9);
	as_media_info_done(&info);
	free(path);
	path = media_path(dir, "x.mkv");
	media_ffmpeg("-i %s -c:a flac -metadata creation_time=2024-05-06T07:08:09Z %s", source,
		     path);
	info = probe(path);
	assert_true(fabs(info.created_s - 1714979289.0) < 1e-6);
	assert_true(fabs(info.duration_s - 2.0) < 0.01);
	as_media_info_done(&info);
	free(path);
	path = media_path(dir, "gopro.mp4");
	media_ffmpeg("-f lavfi -i testsrc=s=64x48:r=25:d=2 -i %s -c:v mpeg4 -c:a aac "
		     "-metadata:s:v handler_name='GoPro AVC' %s",
		     source, path);
	info = probe(path);
	assert_string_equal(info.device, "GoPro");
	assert_true(isnan(info.created_s));
	as_media_info_done(&info);
	free(path);
}

/* A timecode track beside sound alone still counts at its own rate, here with frames dropped. */
static void test_timecode_track(void **state)
{
	(void)state;
	char *path = media_path(dir, "ntsc.mov");
	media_ffmpeg("-f lavfi -i testsrc=s=64x48:r=30000/1001:d=2 -i %s -c:v mpeg4 -c:a pcm_s16le "
		     "-timecode '01:00:00;00' %s",
		     source, path);
	struct as_media_info info = probe(path);
	assert_true(fabs(info.start_tc_s - 107892 * 1001.0 / 30000) < 1e-6);
	assert_true(info.tc_drop);
	assert_int_equal(info.tc_num, 30000);
	assert_int_equal(info.tc_den, 1001);
	as_media_info_done(&info);
	char *sound = media_path(dir, "sound.mov");
	media_ffmpeg("-i %s -map 0:a -map 0:d -c copy -copy_unknown %s", path, sound);
	info = probe(sound);
	assert_false(info.has_video);
	assert_true(fabs(info.start_tc_s - 107892 * 1001.0 / 30000) < 1e-6);
	as_media_info_done(&info);
	free(path);
	free(sound);
}

/* Containers that tell in their header, and those whose packets have to. */
static void test_pictures(void **state)
{
	(void)state;
	static const struct {
		const char *name, *codec;
	} rows[] = {{"p.mov", "mpeg4"},      {"p.mp4", "mjpeg"}, {"p.mkv", "mjpeg"},
		    {"p.ts", "mpeg2video"},  {"p.avi", "mpeg4"}, {"p.mpg", "mpeg2video"},
		    {"p.mxf", "mpeg2video"}, {"p.flv", "flv"}};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		char *path = media_path(dir, rows[i].name);
		media_ffmpeg("-f lavfi -i testsrc=s=128x96:r=30000/1001:d=2,setsar=4/3 -i %s "
			     "-c:v %s -strict -1 -ar %d %s",
			     source, rows[i].codec, i == 7 ? 44100 : 48000, path);
		struct as_media_info info = probe(path);
		const struct as_media_picture *p = &info.picture;
		if (!info.has_video || p->width != 128 || p->height != 96 || p->fps_den == 0 ||
		    fabs((double)p->fps_num / p->fps_den - 30000 / 1001.0) > 0.005 ||
		    fabs(p->duration_s - 2.0) > 0.2)
			fail_msg("%s: %dx%d %d/%d %g s", rows[i].name, p->width, p->height,
				 p->fps_num, p->fps_den, p->duration_s);
		if (i < 3 && (p->pixel_num != 4 || p->pixel_den != 3))
			fail_msg("%s: pixels %d/%d", rows[i].name, p->pixel_num, p->pixel_den);
		as_media_info_done(&info);
		free(path);
	}
}

/* Escape sequences and broken UTF-8 in tags reach nobody. */
static void test_hostile_tags(void **state)
{
	(void)state;
	char *path = media_path(dir, "hostile.mkv");
	media_ffmpeg("-i %s -c:a flac -metadata make=\"$(printf 'a\\033]0;x\\007b\\377\\nc%%0200d' "
		     "7)\" %s",
		     source, path);
	struct as_media_info info = probe(path);
	assert_true(strlen(info.device) > 0 && strlen(info.device) < sizeof info.device);
	for (const char *p = info.device; *p != '\0'; p++)
		assert_true((unsigned char)*p >= 0x20 && (unsigned char)*p < 0x7f);
	as_media_info_done(&info);
	free(path);
}

/* Sound that begins long after the first pictures of a transport stream is found all the same. */
static void test_late_sound(void **state)
{
	(void)state;
	char *path = media_path(dir, "late.ts");
	media_ffmpeg("-f lavfi -i testsrc2=s=640x360:r=25:d=8 -itsoffset 6 -i %s -c:v mpeg2video "
		     "-qmin 1 -qmax 1 -c:a ac3 %s",
		     source, path);
	assert_true(media_size(path) > 2 << 20);
	struct as_media_info info = probe(path);
	assert_int_equal(info.n_streams, 1);
	assert_true(info.streams[0].rate_hz == 48000.0);
	as_media_info_done(&info);
	free(path);
}

/* Seconds by which the source begins after the first picture. */
static double sound_beside_picture(const char *path)
{
	enum { FRAMES = 60000 };
	struct as_error err = {0};
	struct as_media_info info = probe(path);
	struct as_decoder *d = as_decoder_open(path, -1, NULL, &err);
	assert_non_null(d);
	float *x = calloc(FRAMES, sizeof *x), *y = calloc(FRAMES + 8192, sizeof *y);
	float *noise = media_noise(7, FRAMES, 2);
	assert_true(x && y && noise);
	for (int i = 0; i < FRAMES; i++)
		x[i] = noise[2 * i];
	const float *pcm;
	int n, at = 0;
	while (at < FRAMES && as_decoder_read_mix(d, 0, -1, &pcm, &n, &err) == AS_OK) {
		for (int i = 0; i < n && at < FRAMES; i++)
			y[at++] = pcm[i];
	}
	double late_s = media_delay(x, y, 1, 12000, 4000) / 48000;
	late_s += as_decoder_format(d)->start_offset_s - info.picture.start_s;
	as_decoder_close(d);
	as_media_info_done(&info);
	free(x);
	free(y);
	free(noise);
	return late_s;
}

/* Where the sound lies beside the pictures, whichever of them comes first in the file. */
static void test_offsets(void **state)
{
	(void)state;
	static const struct {
		const char *name, *codecs;
		double picture_s, sound_s, late_s;
	} rows[] = {{"l.ts", "-c:v mpeg2video -bf 2 -c:a mp2", 0, 0.5, 0.5},
		    {"e.ts", "-c:v mpeg2video -bf 2 -c:a mp2", 0.4, 0, -0.4},
		    {"z.ts", "-c:v mpeg2video -c:a aac", 0, 0, 0},
		    {"l.mkv", "-c:v mpeg4 -bf 2 -c:a aac", 0, 0.5, 0.5},
		    {"e.mkv", "-c:v mpeg4 -bf 2 -c:a aac", 0.4, 0, -0.4},
		    {"z.mkv", "-c:v mjpeg -c:a aac", 0, 0, 0},
		    {"z.mpg", "-c:v mpeg2video -c:a mp2", 0, 0, 0},
		    {"l.mp4", "-c:v mpeg4 -c:a aac", 0, 0.5, 0.5},
		    /* an edit list: nothing is to be seen at first, and that is where the axis begins */
		    {"e.mp4", "-c:v mpeg4 -c:a aac", 0.4, 0, 0}};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		char *path = media_path(dir, rows[i].name);
		media_ffmpeg("-itsoffset %g -f lavfi -i testsrc=s=64x48:r=25:d=2 -itsoffset %g -i %s -map 0:v "
			     "-map 1:a -b:a 192k %s %s",
			     rows[i].picture_s, rows[i].sound_s, source, rows[i].codecs, path);
		double late_s = sound_beside_picture(path);
		if (fabs(late_s - rows[i].late_s) > 0.0015)
			fail_msg("%s: the sound is %.4f s late, not %.4f", rows[i].name, late_s, rows[i].late_s);
		free(path);
	}
}

static void test_names(void **state)
{
	(void)state;
	static const char *const yes[] = {"a.wav", "/x/GX010001.MP4", "b.MTS", "x.y.flac",
					  "a.m2ts"};
	static const char *const no[] = {"a.txt",      "wav",           ".wav",     "a.",
					 "a.wav.part", "/x.wav/readme", "a.mp4,mov"};
	for (size_t i = 0; i < sizeof yes / sizeof yes[0]; i++)
		assert_true(as_media_name_known(yes[i]));
	for (size_t i = 0; i < sizeof no / sizeof no[0]; i++)
		assert_false(as_media_name_known(no[i]));
}

static int set_up_all(void **state)
{
	(void)state;
	dir = media_tmpdir();
	source = media_path(dir, "source.wav");
	float *x = media_noise(7, 96000, 2);
	media_write_wav(source, 48000, 2, x, 96000);
	free(x);
	return 0;
}

static int tear_down_all(void **state)
{
	(void)state;
	media_rmdir(dir);
	free(source);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_dates),        cmocka_unit_test(test_timecodes),
		cmocka_unit_test(test_movie),        cmocka_unit_test(test_bwf),
		cmocka_unit_test(test_others),       cmocka_unit_test(test_timecode_track),
		cmocka_unit_test(test_hostile_tags), cmocka_unit_test(test_late_sound),
		cmocka_unit_test(test_offsets),
		cmocka_unit_test(test_names),        cmocka_unit_test(test_pictures),
	};
	return cmocka_run_group_tests_name("probe", tests, set_up_all, tear_down_all);
}
