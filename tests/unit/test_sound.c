/* Sound from files and from servers, good and bad ones. */
#include <arpa/inet.h>
#include <math.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "folder.h"
#include "media/fetch.h"
#include "media/playout.h"
#include "media/sound.h"
#include "media_files.h"
#include "web_server.h"

#define RATE_HZ 48000
#define SOUND_S 3
#define FRAMES (SOUND_S * RATE_HZ)
#define HALF_FRAMES (14 * RATE_HZ / 10) /* what half of the file holds, at least */
#define PATIENCE_S 60.0 /* with what comes, however busy the computer is */
#define STALL_S 5.0     /* the same with what begins to come, and stops */
#define TIMEOUT_S 0.4   /* with what never comes */

struct fixture {
	char dir[256];
	char path[300];
	float *pcm;
	char *file;
	size_t n_file;
	struct web *web;
};

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	*state = f;
	if (!f || folder_make(f->dir, sizeof f->dir))
		return -1;
	snprintf(f->path, sizeof f->path, "%s/sound.wav", f->dir);
	f->pcm = media_noise(1, FRAMES, 2);
	media_write_wav(f->path, RATE_HZ, 2, f->pcm, FRAMES);
	f->n_file = (size_t)media_size(f->path);
	f->file = malloc(f->n_file);
	FILE *in = fopen(f->path, "rb");
	if (!f->file || !in || fread(f->file, 1, f->n_file, in) != f->n_file)
		return -1;
	fclose(in);
	f->web = web_start(f->dir, f->file, f->n_file);
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	web_stop(f->web);
	folder_remove(f->dir);
	free(f->pcm);
	free(f->file);
	free(f);
	return 0;
}

static void write_text(const struct fixture *f, const char *name, const char *fmt, ...)
{
	FILE *out = fopen(folder_path(f->dir, name), "w");
	va_list ap;
	assert_non_null(out);
	va_start(ap, fmt);
	vfprintf(out, fmt, ap);
	va_end(ap);
	fclose(out);
}

/* ---- streams ---- */

struct heard {
	struct as_sound_format format;
	int64_t frames, wrong; /* wrong: samples other than the file's */
	enum as_status opened, ended;
	struct as_error err;
};

/* Reads source to its end, or max_s of it. */
static struct heard hear_within(const struct fixture *f, const char *source, double max_s, double timeout_s)
{
	struct heard h = {0};
	struct as_sound_block b;
	struct as_sound_config cfg = {.source = source, .timeout_s = timeout_s};
	struct as_sound *s = as_sound_open(&cfg, NULL, &h.err);
	h.opened = s ? AS_OK : h.err.status;
	if (!s)
		return h;
	h.format = *as_sound_format(s);
	while ((h.ended = as_sound_read(s, 50, &b, &h.err)) == AS_OK && (double)h.frames < max_s * h.format.rate_hz) {
		for (int i = 0; i < 2 * b.n_frames && h.frames + b.n_frames <= FRAMES; i++)
			h.wrong += fabsf(b.pcm[i] - f->pcm[2 * h.frames + i]) > 1e-6f;
		assert_true(b.n_frames == 0 || b.frame == h.frames);
		h.frames += b.n_frames;
	}
	as_sound_close(s);
	return h;
}

static struct heard hear(const struct fixture *f, const char *source, double max_s)
{
	return hear_within(f, source, max_s, PATIENCE_S);
}

static void has_all(const struct heard *h)
{
	if (h->opened != AS_OK || h->ended != AS_EOF)
		fail_msg("%s", h->err.msg);
	assert_int_equal(h->frames, FRAMES);
	assert_int_equal(h->wrong, 0);
	assert_true(h->format.rate_hz == RATE_HZ);
	assert_int_equal(h->format.channels, 2);
}

static void test_whole(void **state)
{
	struct fixture *f = *state;
	static const char *const paths[] = {"/file", "/redirect", "/resumed"};
	struct heard h = hear(f, f->path, INFINITY);
	has_all(&h);
	assert_string_equal(h.format.title, "sound.wav");
	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
		h = hear(f, web_url(f->web, paths[i]), INFINITY);
		has_all(&h);
		assert_false(h.format.live);
		assert_true(fabs(h.format.duration_s - SOUND_S) < 0.01);
	}
	/* Where nobody says how long it is, it may go on for ever. */
	h = hear(f, web_url(f->web, "/noranges"), INFINITY);
	has_all(&h);
	assert_true(h.format.live);
}

static void test_half(void **state)
{
	struct fixture *f = *state;
	struct heard h = hear(f, web_url(f->web, "/understated"), INFINITY);
	assert_int_equal(h.ended, AS_EOF);
	assert_true(h.frames >= HALF_FRAMES && h.frames < FRAMES && h.wrong == 0);
	static const char *const paths[] = {"/truncated", "/stall"};
	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
		h = hear_within(f, web_url(f->web, paths[i]), INFINITY, STALL_S);
		assert_int_equal(h.ended, AS_ERR_IO);
		assert_true(h.frames >= HALF_FRAMES && h.frames < FRAMES && h.wrong == 0);
		assert_non_null(strstr(h.err.msg, paths[i]));
	}
	assert_non_null(strstr(h.err.msg, "nothing more came"));
	h = hear(f, web_url(f->web, "/overstated"), INFINITY);
	assert_int_equal(h.frames, FRAMES);
	assert_int_equal(h.wrong, 0);
}

static void test_refused(void **state)
{
	struct fixture *f = *state;
	static const struct {
		const char *path, *says;
		enum as_status status;
	} rows[] = {
		{"/silent", "no sound came within", AS_ERR_IO},   {"/headers", "no sound came within", AS_ERR_IO},
		{"/loop", "redirects too often", AS_ERR_IO},	  {"/nothing", "404", AS_ERR_IO},
		{"/403", "403", AS_ERR_IO},			  {"/broken", "cannot be opened", AS_ERR_IO},
		{"/page", "web page", AS_ERR_NO_AUDIO},		  {"/local", "not opened from there", AS_ERR_IO},
		{"/dir/list.txt", "not opened from there", AS_ERR_IO}, {"/empty", "is empty", AS_ERR_IO},
		{"/nothing_at_all", "is empty", AS_ERR_IO},	  {"/noise", "not sound or video", AS_ERR_FORMAT},
	};
	write_text(f, "list.txt", "ffconcat version 1.0\nfile file://%s\n", f->path);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const double timeout_s = strstr(rows[i].says, "within") ? TIMEOUT_S : PATIENCE_S;
		struct heard h = hear_within(f, web_url(f->web, rows[i].path), INFINITY, timeout_s);
		if (h.opened != rows[i].status || !strstr(h.err.msg, rows[i].says) || !strstr(h.err.msg, rows[i].path))
			fail_msg("%s: %d %s", rows[i].path, (int)h.opened, h.err.msg);
	}
	char url[200];
	snprintf(url, sizeof url, "http://user:pa55@127.0.0.1:%d/nothing?key=s3cret#x", web_port(f->web));
	struct heard h = hear(f, url, INFINITY);
	assert_int_equal(h.opened, AS_ERR_IO);
	assert_non_null(strstr(h.err.msg, "/nothing"));
	assert_null(strstr(h.err.msg, "pa55"));
	assert_null(strstr(h.err.msg, "s3cret"));
	h = hear_within(f, "http://no-such-host.invalid/x", INFINITY, TIMEOUT_S);
	assert_int_equal(h.opened, AS_ERR_IO);
	assert_non_null(strstr(h.err.msg, "no-such-host.invalid"));
	h = hear(f, "http://127.0.0.1:1/x", INFINITY);
	assert_int_equal(h.opened, AS_ERR_IO);
	assert_non_null(strstr(h.err.msg, "refused"));
	h = hear(f, "concat://a|b", INFINITY);
	assert_int_equal(h.opened, AS_ERR_INVALID);
}

static void test_endless(void **state)
{
	struct fixture *f = *state;
	struct heard h = hear(f, web_url(f->web, "/endless"), 100);
	assert_int_equal(h.opened, AS_OK);
	assert_true(h.format.live);
	assert_true(isnan(h.format.duration_s));
	h = hear(f, web_url(f->web, "/radio"), 1);
	assert_true(h.format.live);
	assert_non_null(strstr(h.format.title, "Radio "));
	assert_null(strchr(h.format.title, '\x1b'));
	h = hear(f, web_url(f->web, "/garbage"), 1);
	assert_true(h.opened != AS_OK);
	assert_non_null(strstr(h.err.msg, "/garbage"));
}

/* ---- cancelling ---- */

static void *cancel_later(void *cancel)
{
	nanosleep(&(struct timespec){.tv_nsec = 60000000}, NULL);
	atomic_store((atomic_bool *)cancel, true);
	return NULL;
}

/* Nothing but the cancel can end these. */
static void test_cancel(void **state)
{
	struct fixture *f = *state;
	static const char *const paths[] = {"/silent", "/headers", "/stall", "/loop"};
	for (size_t i = 0; i < 3; i++) {
		atomic_bool cancel = false;
		struct as_error err = {0};
		struct as_sound_block b;
		struct as_sound_config cfg = {.source = web_url(f->web, paths[i]), .timeout_s = 3600};
		enum as_status status;
		pthread_t thread;
		pthread_create(&thread, NULL, cancel_later, &cancel);
		struct as_sound *s = as_sound_open(&cfg, &cancel, &err);
		while (s && (status = as_sound_read(s, 10000, &b, &err)) == AS_OK) {
		}
		as_sound_close(s);
		pthread_join(thread, NULL);
		assert_int_equal(err.status, AS_CANCELLED);
	}
}

/* ---- RTP ---- */

#define PACKET_FRAMES 240
#define VALUES (125 * PACKET_FRAMES) /* of samples that count up from 0 again and again */

struct sender {
	struct sockaddr_in to;
	atomic_bool stop;
	pthread_t thread;
};

/* Packets of type 97: what that is, is agreed upon elsewhere. */
static void *send_packets(void *ctx)
{
	struct sender *x = ctx;
	unsigned char packet[12 + 4 * PACKET_FRAMES] = {0x80, 97};
	const int fd = socket(AF_INET, SOCK_DGRAM, 0);
	for (unsigned n = 0; !atomic_load(&x->stop); n++) {
		const unsigned first = n * PACKET_FRAMES;
		packet[2] = (unsigned char)(n >> 8);
		packet[3] = (unsigned char)n;
		for (int i = 0; i < 4; i++)
			packet[4 + i] = (unsigned char)(first >> (24 - 8 * i));
		for (unsigned i = 0; i < 2 * PACKET_FRAMES; i++) {
			const unsigned value = (first + i / 2) % VALUES;
			packet[12 + 2 * i] = (unsigned char)(value >> 8);
			packet[13 + 2 * i] = (unsigned char)value;
		}
		sendto(fd, packet, sizeof packet, 0, (struct sockaddr *)&x->to, sizeof x->to);
		poll(NULL, 0, 1000 * PACKET_FRAMES / RATE_HZ);
	}
	close(fd);
	return NULL;
}

/* To a port that nobody has. */
static void start_sender(struct sender *x)
{
	socklen_t bytes = sizeof x->to;
	const int fd = socket(AF_INET, SOCK_DGRAM, 0);
	*x = (struct sender){.to = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)}};
	assert_int_equal(bind(fd, (struct sockaddr *)&x->to, bytes), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&x->to, &bytes), 0);
	close(fd);
	assert_int_equal(pthread_create(&x->thread, NULL, send_packets, x), 0);
}

static void stop_sender(struct sender *x)
{
	atomic_store(&x->stop, true);
	pthread_join(x->thread, NULL);
}

static void test_rtp_of_unknown_kind(void **state)
{
	struct fixture *f = *state;
	struct sender x;
	char url[64];
	start_sender(&x);
	snprintf(url, sizeof url, "rtp://127.0.0.1:%d", ntohs(x.to.sin_port));
	const struct heard h = hear(f, url, 1);
	stop_sender(&x);
	assert_int_equal(h.opened, AS_ERR_FORMAT);
	assert_non_null(strstr(h.err.msg, "only an SDP file tells what this is: name that file instead"));
}

static void write_sdp(const struct fixture *f, const char *file, const char *title, int port)
{
	write_text(f, file, "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=%s\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
		   "m=audio %d RTP/AVP 97\r\na=rtpmap:97 L16/48000/2\r\n", title, port);
}

/* A file that tells what is sent is that sound. */
static void test_session_description(void **state)
{
	struct fixture *f = *state;
	struct as_error err = {0};
	struct as_sound_block b;
	struct sender x;
	int64_t frames = 0, breaks = 0;
	int last = -1;
	enum as_status status;
	start_sender(&x);
	write_sdp(f, "studio.sdp", "Studio 1", ntohs(x.to.sin_port));
	struct as_sound *s = as_sound_open(&(struct as_sound_config){.source = folder_path(f->dir, "studio.sdp"), .timeout_s = PATIENCE_S}, NULL, &err);
	if (!s)
		fail_msg("%s", err.msg);
	assert_string_equal(as_sound_format(s)->title, "Studio 1");
	assert_true(as_sound_format(s)->live && as_sound_format(s)->rate_hz == RATE_HZ && as_sound_format(s)->channels == 2);
	while ((status = as_sound_read(s, 50, &b, &err)) == AS_OK) {
		for (int i = 0; i < b.n_frames; i++) {
			const int value = (int)lrintf(32768 * b.pcm[2 * i]);
			breaks += last >= 0 && (value + VALUES - last - 1) % PACKET_FRAMES != 0; /* a busy computer may lose whole packets */
			breaks += b.pcm[2 * i] != b.pcm[2 * i + 1];
			last = value;
		}
		frames += b.n_frames;
		if (frames > RATE_HZ && !atomic_load(&x.stop))
			stop_sender(&x);
	}
	as_sound_close(s);
	assert_true(frames > RATE_HZ);
	assert_int_equal(breaks, 0);
	/* One that has gone is told soon: what comes of it later is to be opened anew. */
	assert_int_equal(status, AS_ERR_IO);
	assert_non_null(strstr(err.msg, "studio.sdp: nothing more came for 3 s"));
}

static void test_bad_session_descriptions(void **state)
{
	struct fixture *f = *state;
	static const struct {
		const char *text, *says;
		double timeout_s;
	} rows[] = {
		{"v=0\n", "bad.sdp: no audio stream", PATIENCE_S},
		{"v=0\ns=x\nc=IN IP4 127.0.0.1\nm=video 5040 RTP/AVP 97\na=rtpmap:97 H264/90000\n", "bad.sdp: no audio stream", PATIENCE_S},
		{"v=0\ns=x\nc=IN IP4 ../../etc/passwd\nm=audio 5040 RTP/AVP 0\n", "bad.sdp: cannot be opened", PATIENCE_S},
		{"v=0\ns=x\nc=IN IP4 127.0.0.1\nm=audio 5040 RTP/AVP 97\na=rtpmap:97 L24/4800000000/999999\n", "bad.sdp: no sound came", TIMEOUT_S},
		{"v=00\n", "bad.sdp: not a sound or video file", PATIENCE_S},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		write_text(f, "bad.sdp", "%s", rows[i].text);
		const struct heard h = hear_within(f, folder_path(f->dir, "bad.sdp"), 1, rows[i].timeout_s);
		assert_int_not_equal(h.opened, AS_OK);
		if (!strstr(h.err.msg, rows[i].says))
			fail_msg("%s", h.err.msg);
	}
}

/* ---- playlists ---- */

static void test_playlists(void **state)
{
	struct fixture *f = *state;
	static const char list[] = "#EXTM3U\n#EXT-X-TARGETDURATION:3\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:3,\n%s%s\n#EXT-X-ENDLIST\n";
	media_ffmpeg("-i '%s' -c:a aac -f mpegts '%s/part.ts'", f->path, f->dir);
	write_text(f, "good.m3u8", list, "part.ts", "");
	write_text(f, "file.m3u8", list, "file://", folder_path(f->dir, "part.ts"));
	write_text(f, "path.m3u8", list, "", folder_path(f->dir, "part.ts"));
	write_text(f, "concat.m3u8", list, "concat:", folder_path(f->dir, "part.ts"));
	write_text(f, "key.m3u8", list, "#EXT-X-KEY:METHOD=AES-128,URI=\"file:///etc/passwd\"\npart.ts", "");
	struct heard h = hear(f, web_url(f->web, "/dir/good.m3u8"), INFINITY);
	assert_int_equal(h.opened, AS_OK);
	assert_true(h.frames > 5 * RATE_HZ / 2);
	assert_true(fabs(h.format.duration_s - SOUND_S) < 0.2);
	static const char *const bad[] = {"/dir/file.m3u8", "/dir/path.m3u8", "/dir/concat.m3u8", "/dir/key.m3u8"};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		h = hear(f, web_url(f->web, bad[i]), INFINITY);
		if (h.opened == AS_OK || h.frames > 0)
			fail_msg("%s plays", bad[i]);
	}
}

/* ---- texts of the user's ---- */

static enum as_status fetch(const char *text, struct as_error *err)
{
	struct as_fetch_config cfg = {.timeout_s = PATIENCE_S,
				      .ytdlp = {.program = "/nowhere/yt-dlp", .timeout_s = PATIENCE_S}};
	struct as_sound *s = as_fetch_open(text, &cfg, NULL, err);
	as_sound_close(s);
	return s ? AS_OK : err->status;
}

static void test_fetch(void **state)
{
	struct fixture *f = *state;
	struct as_error err = {0};
	char file_url[400];
	snprintf(file_url, sizeof file_url, "file://localhost%s/sound%%2Ewav", f->dir);
	char large[200];
	snprintf(large, sizeof large, "HTTP://127.0.0.1:%d/file", web_port(f->web));
	const char *const good[] = {f->path, file_url, web_url(f->web, "/file"), web_url(f->web, "/redirect"), large};
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		if (fetch(good[i], &err) != AS_OK)
			fail_msg("%s", err.msg);
	}
}

static void test_fetch_refused(void **state)
{
	struct fixture *f = *state;
	static const struct {
		const char *text, *says;
		enum as_status status;
	} rows[] = {
		{"songs/x.flac", "songs/x.flac: no such file", AS_ERR_NOT_FOUND},
		{"mixdown", "artist - title", AS_ERR_NOT_FOUND},
		{"", "no name", AS_ERR_INVALID},
		{"gopher://u:p@x/y", "gopher://x/y: addresses of this kind are not opened", AS_ERR_INVALID},
		{"http://", "not an address", AS_ERR_INVALID},
		{"http://127.0.0.1:99999/x", "no such port", AS_ERR_INVALID},
		{"http://u:123456@[::1]:65536", "no such port", AS_ERR_INVALID},
		{"srt://127.0.0.1:1", "nobody answers there", AS_ERR_IO},
		{"Some Artist - Some Title", "is not installed", AS_ERR_NOT_FOUND},
		{"https://youtu.be/x", "is not installed", AS_ERR_NOT_FOUND},
		{"file://elsewhere/x.wav", "names no file", AS_ERR_INVALID},
		{"/tmp", "folder", AS_ERR_FORMAT},
		{"/dev/zero", "not a regular file", AS_ERR_FORMAT},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct as_error err = {0};
		enum as_status status = fetch(rows[i].text, &err);
		if (strstr(err.msg, "no such protocol")) {
			print_message("skipped: %s: FFmpeg here knows no such protocol\n", rows[i].text);
			continue;
		}
		if (status != rows[i].status || !strstr(err.msg, rows[i].says))
			fail_msg("%s: %d %s", rows[i].text, (int)status, err.msg);
	}
	struct as_error err = {0};
	assert_int_equal(fetch(web_url(f->web, "/page"), &err), AS_ERR_NOT_FOUND);
	assert_non_null(strstr(err.msg, "web page"));
	assert_non_null(strstr(err.msg, "is not installed"));
	/* Where the server says no, a page is not what it is. */
	assert_int_equal(fetch(web_url(f->web, "/403"), &err), AS_ERR_IO);
	assert_null(strstr(err.msg, "yt-dlp"));
}

static void test_classify(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		enum as_fetch_kind kind;
	} rows[] = {
		{"/etc/passwd", AS_FETCH_FILE},
		{"file:///x", AS_FETCH_FILE},
		{"http://host/x.mp3", AS_FETCH_URL},
		{"HTTPS://host", AS_FETCH_URL},
		{"srt://host:9000?mode=caller", AS_FETCH_URL},
		{"rtp://@239.0.0.1:5004", AS_FETCH_URL},
		{"https://www.youtube.com/watch?v=x", AS_FETCH_PAGE},
		{"music.youtube.com/watch?v=x", AS_FETCH_PAGE},
		{"https://notyoutube.com/x", AS_FETCH_URL},
		{"https://youtube.com.evil.example/x", AS_FETCH_URL},
		{"pipe:0", AS_FETCH_MISSING},
		{"subfile://x", AS_FETCH_OTHER},
		{"http://a b", AS_FETCH_OTHER},
		{"http://u:99999@h:65535/x:99999", AS_FETCH_URL},
		{"http://h:65536", AS_FETCH_OTHER},
		{"http://[fe80::99999]/", AS_FETCH_URL},
		{"AC/DC - Thunderstruck", AS_FETCH_TITLE},
		{"Bohemian Rhapsody", AS_FETCH_TITLE},
		{"Beyonc\xc3\xa9 - Halo", AS_FETCH_TITLE},
		{"-x - y z", AS_FETCH_TITLE},
		{"artist - title.mp3", AS_FETCH_MISSING},
		{"no/such/file", AS_FETCH_MISSING},
		{"./no such file", AS_FETCH_MISSING},
		{"take1", AS_FETCH_MISSING},
		{"a\nb c", AS_FETCH_MISSING},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		if (as_fetch_classify(rows[i].text) != rows[i].kind)
			fail_msg("%s", rows[i].text);
	}
}

/* ---- when it is heard ---- */

static void test_playout(void **state)
{
	(void)state;
	struct as_playout p = {.rate_hz = 1000};
	int64_t frame;
	double time_s, first_s;
	/* Ten seconds at once, as servers begin, then in real time. */
	as_playout_add(&p, 10000, 100, 0, &frame, &first_s);
	assert_int_equal(frame, 0);
	assert_true(first_s >= 100 && first_s < 101);
	for (int i = 0; i < 100; i++) {
		as_playout_add(&p, 100, 100 + 0.1 * (i + 1), 0, &frame, &time_s);
		assert_int_equal(frame, 10000 + 100 * i);
		assert_true(fabs(time_s - first_s - 1e-3 * (double)frame) < 1e-9);
	}
	/* The reader's pause is no silence … */
	as_playout_add(&p, 100, 150, 45, &frame, &time_s);
	assert_int_equal(frame, 20000);
	assert_int_equal(p.gaps, 0);
	/* … until all is taken again, and the server's is. */
	as_playout_add(&p, 40000, 150.1, 0, &frame, &time_s);
	as_playout_add(&p, 100, 155, 0, &frame, &time_s);
	assert_int_equal(p.gaps, 0);
	as_playout_add(&p, 100, 175, 0, &frame, &time_s);
	assert_int_equal(p.gaps, 1);
	assert_true(frame > 60200);
	assert_true(fabs(time_s - first_s - 1e-3 * (double)frame) < 1e-6);
	assert_true(time_s >= 175 && time_s < 176);
	/* Trembling packets fall silent once at most. */
	p = (struct as_playout){.rate_hz = 1000};
	for (int i = 0; i < 1000; i++)
		as_playout_add(&p, 20, 0.02 * i + (i % 7) * 0.02, 0, &frame, &time_s);
	assert_int_equal(p.gaps, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole),	   cmocka_unit_test(test_half),	   cmocka_unit_test(test_refused),
		cmocka_unit_test(test_endless),	   cmocka_unit_test(test_cancel),  cmocka_unit_test(test_playlists),
		cmocka_unit_test(test_rtp_of_unknown_kind),
		cmocka_unit_test(test_session_description),
		cmocka_unit_test(test_bad_session_descriptions),
		cmocka_unit_test(test_fetch),	   cmocka_unit_test(test_fetch_refused),
		cmocka_unit_test(test_classify),   cmocka_unit_test(test_playout),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
