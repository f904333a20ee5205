/* What a player makes of an MLT document: melt renders it, and every clip sounds where it was recorded, to the rounding of frames. */
#include <fcntl.h>
#include <math.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>
#include <sndfile.h>

#include "edit.h"
#include "folder.h"

#define RATE_HZ 48000
#define N_CLIPS 6
#define CLIP_FRAMES 96000
#define LOOK 6000 /* samples that are compared */

static float noise(uint32_t clip, int64_t k)
{
	uint32_t x = (uint32_t)k * 2654435761u ^ (clip + 1) * 40503u * 65599u;
	x = (x ^ x >> 15) * 2246822519u;
	x = (x ^ x >> 13) * 3266489917u;
	return (float)((double)(x ^ x >> 16) / 4294967296.0 - 0.5) * 0.3f;
}

static void write_clip(const char *path, uint32_t clip)
{
	SF_INFO info = {.samplerate = RATE_HZ, .channels = 1, .format = SF_FORMAT_WAV | SF_FORMAT_FLOAT};
	SNDFILE *f = sf_open(path, SFM_WRITE, &info);
	float *v = malloc(CLIP_FRAMES * sizeof *v);
	for (int k = 0; k < CLIP_FRAMES; k++)
		v[k] = noise(clip, k);
	assert_int_equal(sf_writef_float(f, v, CLIP_FRAMES), CLIP_FRAMES);
	sf_close(f);
	free(v);
}

/* When each recording began, on the first one's clock. */
static const double truth_s[N_CLIPS] = {0.0, 0.713, 2.3456789, 2.9, 5.2002, 6.0139};

static struct as_timeline *make_edit(struct as_frame_rate rate)
{
	static const char *const names[N_CLIPS] = {"plain.wav", "a & b <c>.wav", "50% #1?.wav", "it's \"q\".wav",
						   "caf\xc3\xa9.wav", "  x=y;z:.wav"};
	struct edit_wish wish = {.n_clips = N_CLIPS, .rate = rate};
	struct as_timeline *t = edit_make(&wish);
	t->total_frames = 0;
	for (int i = 0; i < N_CLIPS; i++) {
		struct as_timeline_media *m = &t->media[i];
		free(m->path);
		free(m->target);
		m->path = strdup(folder_in(names[i]));
		m->target = strdup(m->path);
		write_clip(m->path, (uint32_t)i);
		m->has_video = m->has_tc = false;
		m->n_streams = m->channels = 1;
		m->streams[0] = (struct as_timeline_stream){.rate_hz = RATE_HZ, .channels = 1, .used = true};
		m->duration_s = m->sound_s = (double)CLIP_FRAMES / RATE_HZ;
		m->frames = (int64_t)floor(m->duration_s * rate.num / rate.den);
	}
	/* even clips on one track, odd ones on another */
	while (t->n_markers > 0) {
		free(t->markers[--t->n_markers].name);
		free(t->markers[t->n_markers].note);
	}
	for (int k = 0; k < t->n_tracks; k++)
		t->tracks[k].n_items = 0;
	for (int i = 0; i < N_CLIPS; i++) {
		struct as_timeline_track *tr = &t->tracks[i % 2];
		struct as_timeline_item *it = &tr->items[tr->n_items++];
		int64_t skip = i == 4 ? 7 : 0;
		*it = (struct as_timeline_item){.media = i, .clip = i, .speed = 1, .sound = true, .source_in = skip};
		it->source_s = as_rate_seconds(skip, rate);
		it->start_s = truth_s[i] + it->source_s;
		as_rate_frames(it->start_s, rate, &it->record_in);
		it->source_out = t->media[i].frames;
		it->record_out = it->record_in + it->source_out - skip;
		it->end_s = it->start_s + as_rate_seconds(it->source_out - skip, rate);
		if (it->record_out > t->total_frames)
			t->total_frames = it->record_out;
	}
	return t;
}

/* Some versions of melt now and then end up waiting for a consumer that has gone: nothing is written then. */
enum { TRIES = 5, START_MS = 8000, END_MS = 90000 };

static int64_t size_of(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0 ? (int64_t)st.st_size : 0;
}

/* Whether melt came to its end. */
static bool play_once(const char *edit, const char *consumer, const char *out)
{
	int state = 0;
	pid_t child = fork();
	if (child == 0) {
		int null = open("/dev/null", O_RDWR);
		for (int fd = 0; fd < 3; fd++)
			dup2(null, fd);
		execlp("melt", "melt", edit, "-consumer", consumer, "vn=1", "acodec=pcm_f32le", "ar=48000",
		       "channels=1", "real_time=-1", (char *)NULL);
		_exit(127);
	}
	assert_true(child > 0);
	for (int ms = 0; waitpid(child, &state, WNOHANG) == 0; ms += 20) {
		if ((ms > START_MS && size_of(out) == 0) || ms > END_MS)
			kill(child, SIGKILL);
		nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
	}
	return WIFEXITED(state) && WEXITSTATUS(state) == 0 && size_of(out) > 0;
}

/* NULL where melt cannot be made to play. */
static float *render(const struct as_timeline *t, int64_t *n)
{
	struct as_document d;
	char file[128], out[128], consumer[160];
	bool played = false;
	snprintf(file, sizeof file, "%s", folder_in("edit.mlt"));
	snprintf(out, sizeof out, "%s", folder_in("out.wav"));
	snprintf(consumer, sizeof consumer, "avformat:%s", out);
	edit_write(t, as_mlt_write, as_mlt_check, &d);
	FILE *f = fopen(file, "w");
	assert_int_equal(fwrite(d.files[0].text, 1, d.files[0].bytes, f), d.files[0].bytes);
	fclose(f);
	as_document_done(&d);
	for (int i = 0; i < TRIES && !played; i++) {
		unlink(out);
		played = play_once(file, consumer, out);
	}
	if (!played)
		return NULL;
	SF_INFO info = {0};
	SNDFILE *s = sf_open(out, SFM_READ, &info);
	assert_non_null(s);
	assert_int_equal(info.samplerate, RATE_HZ);
	assert_int_equal(info.channels, 1);
	float *v = calloc((size_t)info.frames, sizeof *v);
	*n = sf_readf_float(s, v, info.frames);
	sf_close(s);
	return v;
}

/* The sample of the rendering at which sample `from` of a clip is heard, within reach of where it is looked for. */
static int64_t heard_at(const float *v, int64_t n, uint32_t clip, int64_t from, int64_t near, int64_t reach,
			double *likeness)
{
	int64_t best = -1;
	*likeness = 0;
	for (int64_t at = near - reach; at <= near + reach; at++) {
		double xy = 0, xx = 0, yy = 0;
		if (at < 0 || at + LOOK > n)
			continue;
		for (int k = 0; k < LOOK; k++) {
			double x = v[at + k], y = noise(clip, from + k);
			xy += x * y;
			xx += x * x;
			yy += y * y;
		}
		if (xx > 0 && xy / sqrt(xx * yy) > *likeness) {
			*likeness = xy / sqrt(xx * yy);
			best = at;
		}
	}
	return best;
}

static void check_rate(struct as_frame_rate rate)
{
	struct as_timeline *t = make_edit(rate);
	int64_t n;
	float *v = render(t, &n);
	if (!v) {
		as_timeline_free(t);
		print_message("skipped: melt does not play here\n");
		skip();
	}
	double frame = as_rate_seconds(1, rate) * RATE_HZ;
	assert_true(fabs((double)n - (double)t->total_frames * frame) <= 2 * frame);
	for (int k = 0; k < 2; k++)
		for (int i = 0; i < t->tracks[k].n_items; i++) {
			const struct as_timeline_item *it = &t->tracks[k].items[i];
			int64_t from = 20000;
			double likeness, want = truth_s[it->media] * RATE_HZ + (double)from;
			double rounded = (as_rate_seconds(it->record_in, rate) - it->start_s) * RATE_HZ;
			int64_t at = heard_at(v, n, (uint32_t)it->media, from, llround(want), llround(frame / 2) + 50,
					      &likeness);
			/* two clips at once: each is half of what is heard */
			assert_true(likeness > 0.6);
			assert_true(fabs((double)at - want) <= frame / 2 + 2);
			assert_true(fabs((double)at - want - rounded) <= 2);
		}
	free(v);
	as_timeline_free(t);
}

static void test_played(void **state)
{
	(void)state;
	if (system("command -v melt >/dev/null 2>&1") != 0) {
		print_message("skipped: melt is not installed\n");
		skip();
	}
	check_rate((struct as_frame_rate){30000, 1001, false});
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_played, folder_set_up, folder_tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
