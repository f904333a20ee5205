/* Encoded files are read back: samples, headers, limits, what is left behind after failures. */
#include <dirent.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <signal.h>
#include <unistd.h>

#include <cmocka.h>
#include <sndfile.h>

#include "folder.h"
#include "media/decode.h"
#include "media/encode.h"

static struct as_encode_spec spec_of(enum as_audio_format format, int depth, int64_t frames)
{
	return (struct as_encode_spec){.format = format,
				       .rate_hz = 48000,
				       .channels = 2,
				       .bit_depth = depth,
				       .bitrate_kbps = 192,
				       .total_frames = frames,
				       .time_reference_s = NAN,
				       .title = "CamA"};
}

static void encode(const char *path, const struct as_encode_spec *spec, const float *pcm)
{
	struct as_error err = {0};
	struct as_encoder *e = as_encoder_open(path, spec, true, &err);
	if (!e)
		fail_msg("%s", err.msg);
	/* uneven blocks */
	for (int64_t at = 0, n = 1; at < spec->total_frames; at += n, n = n * 3 % 10007) {
		if (n > spec->total_frames - at)
			n = spec->total_frames - at;
		assert_int_equal(as_encoder_write(e, pcm + at * spec->channels, n, &err), AS_OK);
	}
	if (as_encoder_close(e, &err) != AS_OK)
		fail_msg("%s", err.msg);
}

static uint32_t noise_state;
static uint32_t next_noise(void)
{
	return noise_state = noise_state * 1664525U + 1013904223U;
}

static void check_exact(enum as_audio_format format, int asked_depth, int depth, int major)
{
	enum { FRAMES = 30011 };
	int32_t *want = malloc(FRAMES * 2 * sizeof(*want)),
		*got = malloc(FRAMES * 2 * sizeof(*got));
	float *pcm = malloc(FRAMES * 2 * sizeof(*pcm));
	const char *path = folder_in(as_audio_extension(format));
	int32_t full = 1 << (depth - 1);
	noise_state = 7;
	for (int i = 0; i < FRAMES * 2; i++) {
		want[i] = (int32_t)next_noise() >> (32 - depth);
		if (i < 4)
			want[i] = (int32_t[]){-full, full - 1, -1, 1}[i];
		pcm[i] = (float)want[i] / (float)full;
	}
	struct as_encode_spec spec = spec_of(format, asked_depth, FRAMES);
	assert_int_equal(as_encode_depth(&spec), depth);
	encode(path, &spec, pcm);
	SF_INFO info = {0};
	SNDFILE *f = sf_open(path, SFM_READ, &info);
	assert_non_null(f);
	assert_int_equal(info.format & SF_FORMAT_TYPEMASK, major);
	assert_int_equal(info.format & SF_FORMAT_SUBMASK,
			 depth == 16 ? SF_FORMAT_PCM_16 : SF_FORMAT_PCM_24);
	assert_int_equal(info.frames, FRAMES);
	assert_int_equal(info.samplerate, 48000);
	assert_int_equal(info.channels, 2);
	assert_string_equal(sf_get_string(f, SF_STR_TITLE), "CamA");
	assert_int_equal(sf_readf_int(f, got, FRAMES), FRAMES);
	for (int i = 0; i < FRAMES * 2; i++)
		assert_int_equal(got[i] >> (32 - depth), want[i]);
	sf_close(f);
	free(want);
	free(got);
	free(pcm);
}

static void test_pcm_is_exact(void **state)
{
	(void)state;
	check_exact(AS_AUDIO_WAV, 16, 16, SF_FORMAT_WAV);
	check_exact(AS_AUDIO_WAV, 24, 24, SF_FORMAT_WAV);
	check_exact(AS_AUDIO_AIFF, 16, 16, SF_FORMAT_AIFF);
	check_exact(AS_AUDIO_AIFF, 24, 24, SF_FORMAT_AIFF);
	check_exact(AS_AUDIO_FLAC, 16, 16, SF_FORMAT_FLAC);
	check_exact(AS_AUDIO_FLAC, 24, 24, SF_FORMAT_FLAC);
	check_exact(AS_AUDIO_FLAC, 32, 24, SF_FORMAT_FLAC);
}

static void test_float_is_exact(void **state)
{
	(void)state;
	enum { FRAMES = 5000 };
	static float pcm[FRAMES * 2], got[FRAMES * 2];
	noise_state = 9;
	for (int i = 0; i < FRAMES * 2; i++)
		pcm[i] = (float)(int32_t)next_noise() * 1e-9F; /* reaches +-2.1 */
	for (int k = 0; k < 2; k++) {
		enum as_audio_format format = k ? AS_AUDIO_AIFF : AS_AUDIO_WAV;
		struct as_encode_spec spec = spec_of(format, 32, FRAMES);
		const char *path = folder_in("float");
		encode(path, &spec, pcm);
		SF_INFO info = {0};
		SNDFILE *f = sf_open(path, SFM_READ, &info);
		assert_int_equal(info.format & SF_FORMAT_SUBMASK, SF_FORMAT_FLOAT);
		assert_int_equal(sf_readf_float(f, got, FRAMES), FRAMES);
		assert_memory_equal(pcm, got, sizeof(pcm));
		sf_close(f);
	}
}

static void test_limits_and_counts(void **state)
{
	(void)state;
	float pcm[] = {1.5F, -1.5F, 1.0F, -1.0F, 0.99999F, NAN, INFINITY, 0.5F};
	struct as_encode_spec spec = spec_of(AS_AUDIO_WAV, 24, 4);
	const char *path = folder_in("limit.wav");
	struct as_encoder *e = as_encoder_open(path, &spec, true, NULL);
	assert_non_null(e);
	assert_int_equal(as_encoder_write(e, pcm, 4, NULL), AS_OK);
	assert_int_equal(as_encoder_clipped(e), 3); /* +1.0 is one step above the largest integer */
	assert_int_equal(as_encoder_close(e, NULL), AS_OK);
	int32_t got[8];
	SF_INFO info = {0};
	SNDFILE *f = sf_open(path, SFM_READ, &info);
	assert_int_equal(sf_readf_int(f, got, 4), 4);
	sf_close(f);
	const int32_t want[] = {8388607, -8388608, 8388607, -8388608, 8388524, 0, 0, 4194304};
	for (int i = 0; i < 8; i++)
		assert_int_equal(got[i] >> 8, want[i]);
}

/* A tone of a quarter of a 16-bit step vanishes without dither and survives in the mean with it. */
static void test_dither(void **state)
{
	(void)state;
	enum { FRAMES = 48000 };
	static float pcm[FRAMES * 2];
	static int16_t got[2][FRAMES * 2];
	for (int i = 0; i < FRAMES; i++)
		pcm[2 * i] = pcm[2 * i + 1] =
			(float)(0.25 / 32768 * sin(2 * M_PI * 997 * i / 48000.0));
	for (int i = 0; i < 1000; i++)
		pcm[2 * i] = pcm[2 * i + 1] = 0;
	struct as_encode_spec spec = spec_of(AS_AUDIO_WAV, 16, FRAMES);
	spec.dither = true;
	for (int k = 0; k < 2; k++) {
		const char *path = folder_in("dither.wav");
		encode(path, &spec, pcm);
		SF_INFO info = {0};
		SNDFILE *f = sf_open(path, SFM_READ, &info);
		assert_int_equal(sf_readf_short(f, got[k], FRAMES), FRAMES);
		sf_close(f);
	}
	assert_memory_equal(got[0], got[1], sizeof(got[0]));
	double level = 0, power = 0;
	for (int i = 1000; i < FRAMES; i++) {
		level += got[0][2 * i] * sin(2 * M_PI * 997 * i / 48000.0) * 2 / (FRAMES - 1000);
		power += (double)got[0][2 * i] * got[0][2 * i] / (FRAMES - 1000);
	}
	assert_true(fabs(level - 0.25) < 0.02);             /* steps */
	assert_true(fabs(power - (0.25 + 0.03125)) < 0.02); /* LSB^2: TPDF and rounding, tone */
	for (int i = 0; i < 2000; i++)
		assert_int_equal(got[0][i], 0);
}

/* Of one depth with its source: what was resampled is dithered, what was copied is not. */
static void test_dither_spares_copies(void **state)
{
	(void)state;
	enum { FRAMES = 20000 };
	float *pcm = malloc(FRAMES * 2 * sizeof(*pcm));
	struct as_encode_spec spec = spec_of(AS_AUDIO_WAV, 16, FRAMES);
	spec.dither = spec.spare_exact = true;
	for (int i = 0; i < FRAMES; i++) {
		pcm[2 * i] = (float)(i % 4001 - 2000) / 32768;     /* on a step */
		pcm[2 * i + 1] = (float)(100 + 0.3125) / 32768; /* between two */
	}
	encode(folder_in("spare.wav"), &spec, pcm);
	SF_INFO info = {0};
	SNDFILE *f = sf_open(folder_in("spare.wav"), SFM_READ, &info);
	short *got = malloc(FRAMES * 2 * sizeof(*got));
	assert_int_equal(sf_readf_short(f, got, FRAMES), FRAMES);
	sf_close(f);
	double sum = 0;
	int steps = 0;
	for (int i = 0; i < FRAMES; i++) {
		assert_int_equal(got[2 * i], i % 4001 - 2000);
		sum += got[2 * i + 1];
		steps += got[2 * i + 1] != 100;
	}
	assert_true(fabs(sum / FRAMES - 100.3125) < 0.02);
	assert_true(steps > FRAMES / 4);
	free(got);
	free(pcm);
}

static void test_bext(void **state)
{
	(void)state;
	static const struct {
		double ref_s;
		uint64_t want;
	} rows[] = {{3600.5, 172824000}, {NAN, 0}, {-1, 86399ULL * 48000}, {86400 + 2, 96000}};
	float pcm[20] = {0};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct as_encode_spec spec = spec_of(AS_AUDIO_WAV, 24, 10);
		spec.time_reference_s = rows[i].ref_s;
		spec.originator = "audiosync and a name that is far too long for it";
		const char *path = folder_in("bext.wav");
		encode(path, &spec, pcm);
		SF_INFO info = {0};
		SNDFILE *f = sf_open(path, SFM_READ, &info);
		SF_BROADCAST_INFO b;
		assert_int_equal(sf_command(f, SFC_GET_BROADCAST_INFO, &b, sizeof(b)), SF_TRUE);
		assert_int_equal(b.time_reference_low | (uint64_t)b.time_reference_high << 32,
				 rows[i].want);
		assert_string_equal(b.description, "CamA");
		assert_memory_equal(b.originator, "audiosync and a name that is far", 32);
		assert_non_null(strstr(b.coding_history, "F=48000,W=24,M=stereo"));
		sf_close(f);
	}
}

/* RF64 is chosen by the announced length; the real data stay short, so the writer is aborted
 * after a look at its head. */
/* Times and texts of the recording, and none of the writing. */
static void test_tags(void **state)
{
	(void)state;
	float pcm[20] = {0};
	struct as_encode_spec spec = spec_of(AS_AUDIO_WAV, 24, 10);
	spec.description = "CamA: one.mov and two.mov";
	spec.device = "Maker Model 5";
	spec.ixml = "<BWFXML><NOTE>four bytes at a time</NOTE></BWFXML>";
	spec.created_s = 1714644672.9; /* 2024-05-02 10:11:12.9 UTC */
	for (int known = 1; known >= 0; known--) {
		const char *path = folder_in("tags.wav");
		if (!known)
			spec.created_s = NAN;
		encode(path, &spec, pcm);
		SF_INFO info = {0};
		SNDFILE *f = sf_open(path, SFM_READ, &info);
		SF_BROADCAST_INFO b;
		assert_int_equal(sf_command(f, SFC_GET_BROADCAST_INFO, &b, sizeof(b)), SF_TRUE);
		assert_string_equal(b.description, spec.description);
		assert_memory_equal(b.origination_date, known ? "2024-05-02" : "\0\0\0\0\0\0\0\0\0\0", 10);
		assert_memory_equal(b.origination_time, known ? "10:11:12" : "\0\0\0\0\0\0\0\0", 8);
		assert_string_equal(sf_get_string(f, SF_STR_COMMENT), spec.description);
		assert_string_equal(sf_get_string(f, SF_STR_ARTIST), spec.device);
		assert_true((sf_get_string(f, SF_STR_DATE) != NULL) == known);
		char text[128] = "";
		SF_CHUNK_INFO chunk = {.id = "iXML", .id_size = 4, .datalen = sizeof(text), .data = text};
		SF_CHUNK_ITERATOR *it = sf_get_chunk_iterator(f, &chunk);
		assert_non_null(it);
		assert_int_equal(sf_get_chunk_data(it, &chunk), SF_ERR_NO_ERROR);
		assert_memory_equal(text, spec.ixml, strlen(spec.ixml));
		assert_string_equal(text + strlen(spec.ixml), "\n\n"); /* no zeros that XML does not know */
		sf_close(f);
	}
	/* The other formats take the texts, too. */
	for (int format = AS_AUDIO_AIFF; format <= AS_AUDIO_FLAC; format++) {
		spec.format = (enum as_audio_format)format;
		const char *path = folder_in("tags.bin");
		encode(path, &spec, pcm);
		SF_INFO info = {0};
		SNDFILE *f = sf_open(path, SFM_READ, &info);
		assert_string_equal(sf_get_string(f, SF_STR_TITLE), "CamA");
		assert_string_equal(sf_get_string(f, SF_STR_COMMENT), spec.description);
		assert_string_equal(sf_get_string(f, SF_STR_ARTIST), spec.device);
		sf_close(f);
		unlink(path);
	}
}

static void test_rf64_border(void **state)
{
	(void)state;
	const int64_t border = INT64_C(0xffffffff) / 6;
	float silence[2048] = {0};
	for (int over = 0; over < 2; over++) {
		struct as_encode_spec spec =
			spec_of(AS_AUDIO_WAV, 24, over ? border + 1 : border - 20000);
		const char *path = folder_in("border.wav");
		struct as_encoder *e = as_encoder_open(path, &spec, true, NULL);
		assert_non_null(e);
		for (int i = 0; i < 8; i++)
			assert_int_equal(as_encoder_write(e, silence, 1024, NULL), AS_OK);
		char head[4] = "";
		DIR *d = opendir(folder_dir);
		for (struct dirent *entry; (entry = readdir(d));) {
			if (!strstr(entry->d_name, "border"))
				continue;
			FILE *f = fopen(folder_in(entry->d_name), "rb");
			assert_int_equal(fread(head, 1, 4, f), 4);
			fclose(f);
		}
		closedir(d);
		assert_memory_equal(head, over ? "RF64" : "RIFF", 4);
		/* Fewer frames than announced is never published. */
		assert_int_equal(as_encoder_close(e, NULL), AS_ERR_INTERNAL);
		assert_int_equal(access(path, F_OK), -1);
	}
}

static void check_refused(struct as_encode_spec spec, const char *words)
{
	struct as_error err = {0};
	int before = folder_count(folder_dir);
	assert_null(as_encoder_open(folder_in("refused"), &spec, false, &err));
	assert_int_equal(err.status, AS_ERR_INVALID);
	if (!strstr(err.msg, words) || !strstr(err.msg, "refused: "))
		fail_msg("\"%s\" lacks \"%s\"", err.msg, words);
	assert_int_equal(folder_count(folder_dir), before);
}

static void test_what_a_format_cannot_hold(void **state)
{
	(void)state;
	struct as_encode_spec s = spec_of(AS_AUDIO_AIFF, 24, INT64_C(0x100000000) / 6 + 1);
	check_refused(s, "4 GiB");
	s = spec_of(AS_AUDIO_MP3, 16, 100);
	s.rate_hz = 96000;
	check_refused(s, "cannot hold 96000 Hz");
	s.rate_hz = 24000;
	check_refused(s, "ends at 160 kbit/s");
	s.rate_hz = 48000;
	s.channels = 4;
	check_refused(s, "1 to 2 channels, not 4");
	s.channels = 2;
	s.bitrate_kbps = 100;
	check_refused(s, "100 kbit/s");
	s = spec_of(AS_AUDIO_FLAC, 24, 100);
	s.channels = 9;
	check_refused(s, "1 to 8 channels");
	s = spec_of(AS_AUDIO_WAV, 20, 100);
	check_refused(s, "not 20");
}

/* Parses the first frame: its bit rate and rate, and the Info tag with LAME's delay and padding. */
static void check_mp3(const char *path, int rate_hz, int kbps, int64_t frames)
{
	static const int mpeg1[] = {0,   32,  40,  48,  56,  64,  80, 96,
				    112, 128, 160, 192, 224, 256, 320};
	static const int mpeg2[] = {0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160};
	static uint8_t b[1 << 20];
	FILE *f = fopen(path, "rb");
	assert_non_null(f);
	size_t n = fread(b, 1, sizeof(b), f), at = 0;
	fclose(f);
	if (memcmp(b, "ID3", 3) == 0)
		at = 10 + ((size_t)b[6] << 21 | (size_t)b[7] << 14 | (size_t)b[8] << 7 | b[9]);
	size_t info = at;
	while (info < at + 200 && memcmp(b + info, "Info", 4) != 0)
		info++;
	assert_true(info < at + 200); /* "Info": constant rate; "Xing" would be variable */
	size_t delay_at = info + 120 + 21;
	int delay = b[delay_at] << 4 | b[delay_at + 1] >> 4;
	int padding = (b[delay_at + 1] & 15) << 8 | b[delay_at + 2];
	int n_frames = 0, per_frame = rate_hz >= 32000 ? 1152 : 576;
	for (size_t k = at; k + 4 <= n && b[k] == 0xff && (b[k + 1] & 0xe0) == 0xe0; n_frames++) {
		int rate = (rate_hz >= 32000 ? mpeg1 : mpeg2)[b[k + 2] >> 4];
		if (n_frames > 0)
			assert_int_equal(rate, kbps);
		k += (size_t)(per_frame / 8 * 1000 * rate / rate_hz + (b[k + 2] >> 1 & 1));
	}
	assert_int_equal((int64_t)(n_frames - 1) * per_frame - delay - padding, frames);
}

static void test_mp3(void **state)
{
	(void)state;
	static const struct {
		int rate_hz, kbps, channels;
	} rows[] = {{48000, 128, 2}, {48000, 320, 2}, {44100, 192, 2}, {44100, 256, 1},
		    {32000, 160, 2}, {48000, 224, 1}, {24000, 160, 2}, {22050, 128, 1}};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct as_encode_spec spec = spec_of(AS_AUDIO_MP3, 16, rows[i].rate_hz / 2 + 77);
		spec.rate_hz = rows[i].rate_hz;
		spec.bitrate_kbps = rows[i].kbps;
		spec.channels = rows[i].channels;
		float *pcm = malloc((size_t)spec.total_frames * 2 * sizeof(*pcm));
		noise_state = 5;
		for (int64_t k = 0; k < spec.total_frames * spec.channels; k++)
			pcm[k] = (float)(int32_t)next_noise() * 1e-10F;
		encode(folder_in("x.mp3"), &spec, pcm);
		check_mp3(folder_in("x.mp3"), spec.rate_hz, spec.bitrate_kbps, spec.total_frames);
		free(pcm);
	}
}

/* Players that know the tag show as many frames as went in, and each at its place. */
static void test_mp3_is_gapless(void **state)
{
	(void)state;
	enum { FRAMES = 100003 };
	float *pcm = malloc(FRAMES * 2 * sizeof(*pcm)), *got = calloc(FRAMES * 2, sizeof(*got));
	for (int i = 0; i < FRAMES; i++)
		pcm[2 * i] = pcm[2 * i + 1] =
			(float)(0.4 * sin(2e-6 * (double)i * i)); /* a sweep up to 3 kHz */
	struct as_encode_spec spec = spec_of(AS_AUDIO_MP3, 16, FRAMES);
	spec.bitrate_kbps = 320;
	encode(folder_in("gapless.mp3"), &spec, pcm);
	struct as_decoder *d = as_decoder_open(folder_in("gapless.mp3"), -1, NULL, NULL);
	assert_non_null(d);
	const float *block;
	int64_t at = 0;
	for (int n; as_decoder_read(d, &block, &n, NULL) == AS_OK; at += n) {
		assert_true(at + n <= FRAMES);
		memcpy(got + 2 * at, block, (size_t)n * 2 * sizeof(*got));
	}
	as_decoder_close(d);
	assert_int_equal(at, FRAMES);
	double error = 0, power = 0;
	for (int i = 1000; i < FRAMES * 2 - 1000; i++) {
		error += pow((double)(got[i] - pcm[i]), 2);
		power += pow((double)pcm[i], 2);
	}
	assert_true(10 * log10(error / power) < -30); /* one frame off would give -14 dB */
	free(pcm);
	free(got);
}

static void test_existing_file(void **state)
{
	(void)state;
	struct as_error err = {0};
	struct as_encode_spec spec = spec_of(AS_AUDIO_WAV, 16, 0);
	const char *path = folder_in("exists.wav");
	FILE *f = fopen(path, "w");
	fputs("old", f);
	fclose(f);
	assert_null(as_encoder_open(path, &spec, false, &err));
	assert_int_equal(err.status, AS_ERR_EXISTS);
	assert_non_null(strstr(err.msg, "exists.wav"));
	struct as_encoder *e = as_encoder_open(path, &spec, true, &err);
	assert_non_null(e);
	as_encoder_abort(e);
	char text[8] = "";
	f = fopen(path, "r");
	assert_non_null(fgets(text, sizeof(text), f));
	fclose(f);
	assert_string_equal(text, "old");
	encode(path, &spec, NULL); /* no frames at all is a valid file */
	struct stat st;
	assert_int_equal(stat(path, &st), 0);
	assert_true(st.st_size > 44);
}

/* A limit on the file size stands in for a full disk: the same path, another errno. */
static void test_write_error(void **state)
{
	(void)state;
	static const enum as_audio_format all[] = {AS_AUDIO_WAV, AS_AUDIO_AIFF, AS_AUDIO_FLAC,
						   AS_AUDIO_MP3};
	enum { FRAMES = 200000 };
	float *pcm = malloc(FRAMES * 2 * sizeof(*pcm));
	for (int i = 0; i < FRAMES * 2; i++)
		pcm[i] = (float)(int32_t)next_noise() * 1e-10F;
	struct rlimit old, small;
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &old);
	small = old;
	small.rlim_cur = 50000;
	int before = folder_count(folder_dir);
	for (size_t i = 0; i < 4; i++) {
		struct as_error err = {0};
		struct as_encode_spec spec = spec_of(all[i], 16, FRAMES);
		struct as_encoder *e = as_encoder_open(folder_in("full.x"), &spec, false, &err);
		assert_non_null(e);
		setrlimit(RLIMIT_FSIZE, &small);
		enum as_status status = as_encoder_write(e, pcm, FRAMES, &err);
		setrlimit(RLIMIT_FSIZE, &old);
		as_encoder_abort(e);
		assert_int_equal(status, AS_ERR_IO);
		assert_non_null(strstr(err.msg, "full.x"));
		assert_non_null(strstr(err.msg, "File too large"));
		assert_int_equal(folder_count(folder_dir), before);
	}
	free(pcm);
}

static void test_missing_folder(void **state)
{
	(void)state;
	struct as_error err = {0};
	struct as_encode_spec spec = spec_of(AS_AUDIO_WAV, 16, 1);
	assert_null(as_encoder_open(folder_in("no/such.wav"), &spec, false, &err));
	assert_int_equal(err.status, AS_ERR_IO);
	assert_non_null(strstr(err.msg, "No such file"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pcm_is_exact),
		cmocka_unit_test(test_float_is_exact),
		cmocka_unit_test(test_limits_and_counts),
		cmocka_unit_test(test_dither),
		cmocka_unit_test(test_dither_spares_copies),
		cmocka_unit_test(test_bext),
		cmocka_unit_test(test_tags),
		cmocka_unit_test(test_rf64_border),
		cmocka_unit_test(test_what_a_format_cannot_hold),
		cmocka_unit_test(test_mp3),
		cmocka_unit_test(test_mp3_is_gapless),
		cmocka_unit_test(test_existing_file),
		cmocka_unit_test(test_write_error),
		cmocka_unit_test(test_missing_folder),
	};
	return cmocka_run_group_tests_name("encode", tests, folder_set_up, folder_tear_down);
}
