/* Project files as files: older ones, foreign ones, damaged ones, hostile ones, and two who want to write one. */
#include <math.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "folder.h"
#include "project/guard.h"
#include "project/paths.h"
#include "project/project.h"
#include "projects.h"

static char root[64], shoot[96], saved[96];
static char *text; /* of the project that was saved */
static int64_t n_text;

static int set_up(void **state)
{
	(void)state;
	struct as_session *s = projects_set_up(root, shoot, saved);
	if (!s)
		return -1;
	const struct as_manual_place to = {.island = 1, .start_s = 3, .drift_ppm = 5};
	const struct as_snapshot *n = as_session_snapshot(s);
	assert_int_equal(as_session_set_place(s, projects_clip(n, "Phone_001.wav"), &to, NULL), AS_OK);
	as_snapshot_free(n);
	assert_int_equal(as_session_save(s, saved, false, NULL), AS_OK);
	as_session_free(s);
	text = projects_read(saved, &n_text);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	free(text);
	return folder_remove(root);
}

/* ---- what holds of every project that was read, whatever the file said ---- */

static void check_place(const struct as_project *p, const struct as_solve_placement *at, bool locked)
{
	assert_in_range(at->verdict, 0, AS_VERDICT_STRONG);
	assert_true(at->n_segments >= 0 && at->n_segments <= AS_MATCH_PIECES);
	assert_true(at->n_candidates >= 0 && at->n_candidates <= AS_MATCH_CANDIDATES);
	assert_true(at->beside >= -1 && at->beside < p->n_clips);
	if (at->island > 0)
		assert_true(isfinite(at->start_s) && (locked || at->n_segments > 0));
	for (int i = 0; i < at->n_segments; i++)
		assert_true(isfinite(at->segments[i].start_s) && at->segments[i].to_s >= at->segments[i].from_s);
	for (int i = 0; i < at->n_clock; i++)
		assert_true(isfinite(at->clock[i].shift_s));
}

static void check_clip(const struct as_project *p, const struct as_project_clip *c, bool *owned)
{
	assert_true(c->n_files > 0 && c->track >= 0 && c->track < p->n_tracks);
	for (int i = 0; i < c->n_files; i++) {
		assert_in_range(c->files[i], 0, p->n_files - 1);
		assert_false(owned[c->files[i]]);
		owned[c->files[i]] = true;
	}
	assert_true(c->placement.island <= p->n_islands && (c->placement.island == 0 || c->state == AS_CLIP_READY));
	check_place(p, &c->placement, false);
	if (c->state == AS_CLIP_READY)
		assert_true(c->sound.frames >= 0 && c->sound.rate_hz >= 1 && c->sound.channels >= 1 && c->parts);
	if (c->lock) {
		assert_true(isfinite(c->lock->place.start_s) && isfinite(c->lock->after_s));
		assert_true(c->lock->anchor >= -1 && c->lock->anchor < p->n_clips);
		check_place(p, &c->lock->place, true);
	}
}

static void check_match(const struct as_project *p, const struct as_project_match *m)
{
	assert_true(m->task.a >= 0 && m->task.a < m->task.b && m->task.b < p->n_clips);
	if (!m->found)
		return;
	assert_true(isfinite(m->r.offset_s) && isfinite(m->r.score) && m->r.score <= 99);
	assert_in_range(m->r.n_pieces, 1, AS_MATCH_PIECES);
	assert_true(m->r.n_alts >= 0 && m->r.n_alts <= AS_MATCH_CANDIDATES && m->r.n_points <= AS_MATCH_POINTS);
}

static void check(const struct as_project *p)
{
	bool *owned = calloc((size_t)p->n_files + 1, sizeof *owned);
	assert_non_null(owned);
	for (int i = 0; i < p->n_files; i++) {
		assert_true(p->files[i].path[0] == '/');
		assert_null(strstr(p->files[i].path, "/../"));
		assert_true(p->files[i].state != AS_CLIP_PROBED || p->files[i].n_streams > 0);
	}
	for (int i = 0; i < p->n_clips; i++)
		check_clip(p, &p->clips[i], owned);
	for (int i = 0; i < p->n_matches; i++)
		check_match(p, &p->matches[i]);
	for (int i = 0; i < p->n_remembered; i++)
		check_match(p, &p->remembered[i]);
	for (int i = 0; i < p->n_islands; i++)
		assert_true(p->island_s[i] >= 0 && p->island_s[i] < 1e9);
	free(owned);
}

/* Reads, checks, and frees; the number of files or -1. losses: at least so many where it is read. */
static int try_text(const char *t, int64_t bytes, int *losses)
{
	struct as_project *p = NULL;
	struct as_error err = {0};
	enum as_status status = as_project_parse(t, bytes, saved, &p, &err);
	if (status != AS_OK) {
		assert_null(p);
		assert_true(err.msg[0] != '\0' && status == AS_ERR_FORMAT);
		return -1;
	}
	check(p);
	int n = p->n_files;
	if (losses)
		*losses = p->n_losses;
	as_project_free(p);
	return n;
}

static char *replaced(const char *from, const char *to, int64_t *bytes)
{
	const char *at = strstr(text, from);
	if (!at)
		fail_msg("no %s in the project", from);
	size_t before = (size_t)(at - text), rest = strlen(at + strlen(from));
	char *out = malloc(before + strlen(to) + rest + 1);
	assert_non_null(out);
	memcpy(out, text, before);
	memcpy(out + before, to, strlen(to));
	memcpy(out + before + strlen(to), at + strlen(from), rest + 1);
	*bytes = (int64_t)(before + strlen(to) + rest);
	return out;
}

/* Reads the project with one thing replaced; it must be read, and something be told. */
static struct as_project *edit(const char *from, const char *to)
{
	int64_t bytes;
	char *t = replaced(from, to, &bytes);
	struct as_project *p = NULL;
	struct as_error err = {0};
	if (as_project_parse(t, bytes, saved, &p, &err) != AS_OK)
		fail_msg("%s -> %s: %s", from, to, err.msg);
	check(p);
	if (p->n_losses == 0)
		fail_msg("%s -> %s: nothing was told", from, to);
	free(t);
	return p;
}

/* ---- damage ---- */

static void test_whole(void **state)
{
	(void)state;
	int losses = -1;
	assert_int_equal(try_text(text, n_text, &losses), 6);
	assert_int_equal(losses, 0);
}

static void test_cut_off(void **state)
{
	(void)state;
	int last = 0;
	for (int64_t n = 0; n <= n_text; n += n < 600 || n > n_text - 60 ? 1 : 37) {
		char *t = malloc((size_t)n + 1);
		assert_non_null(t);
		memcpy(t, text, (size_t)n);
		t[n] = '\0';
		int losses = 0, files = try_text(t, n, &losses);
		/* The more there is, the more is found, and what is missing is told. */
		assert_true(files >= last || (files == -1 && last <= 0));
		assert_true(files <= 0 || losses > 0 || n > n_text - 5);
		last = files;
		free(t);
	}
	assert_int_equal(last, 6);
}

static uint32_t next(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 8;
}

static void test_flipped_bytes(void **state)
{
	(void)state;
	static const char marks[] = "0123456789-{}[]\",:eE\\.";
	char *t = malloc((size_t)n_text + 1);
	int read = 0;
	assert_non_null(t);
	for (uint32_t seed = 1; seed <= 400; seed++) {
		uint32_t s = seed;
		memcpy(t, text, (size_t)n_text + 1);
		for (uint32_t i = 0; i < 1 + seed % 8; i++)
			t[next(&s) % (uint32_t)n_text] = seed % 3 ? marks[next(&s) % (sizeof marks - 1)] : (char)(next(&s) & 255);
		read += try_text(t, n_text, NULL) >= 0;
	}
	/* A few damaged bytes cost some lines, not the project. */
	assert_true(read > 380);
	free(t);
}

/* Lines in another order, twice, or away. */
static void test_shuffled_lines(void **state)
{
	(void)state;
	char *t = malloc((size_t)n_text * 2 + 2);
	const char *lines[512];
	int n = 0;
	assert_non_null(t);
	for (const char *p = text; *p && n < 512; p = strchr(p, '\n') + 1)
		lines[n++] = p;
	for (uint32_t seed = 1; seed <= 150; seed++) {
		uint32_t s = seed;
		size_t o = 0;
		for (int i = 0; i < n; i++) {
			const char *from = lines[next(&s) % 4 ? (uint32_t)i : next(&s) % (uint32_t)n];
			size_t len = (size_t)(strchr(from, '\n') + 1 - from);
			if (o + len > (size_t)n_text * 2)
				break;
			memcpy(t + o, from, len);
			o += len;
		}
		t[o] = '\0';
		try_text(t, (int64_t)o, NULL);
	}
	free(t);
}

/* A project that was laid out anew by an editor, and cut off. */
static void test_other_layout(void **state)
{
	(void)state;
	char *t = malloc((size_t)n_text + 1);
	size_t o = 0;
	int losses = 0;
	assert_non_null(t);
	for (int64_t i = 0; i < n_text; i++) {
		if (text[i] != '\n')
			t[o++] = text[i];
	}
	t[o] = '\0';
	assert_int_equal(try_text(t, (int64_t)o, &losses), 6);
	assert_int_equal(losses, 0);
	free(t);
}

/* ---- nonsense by hand ---- */

static void test_nonsense(void **state)
{
	(void)state;
	static const char *const edits[][2] = {
		{"\"id\":1,\"path\"", "\"id\":0,\"path\""},
		{"\"id\":1,\"files\"", "\"id\":0,\"files\""},
		{"\"files\":[1]", "\"files\":[0]"},
		{"\"files\":[1]", "\"files\":[77]"},
		{"\"files\":[1]", "\"files\":[]"},
		{"\"files\":[1]", "\"files\":[1,1,2]"},
		{"\"files\":[1]", "\"files\":\"all\""},
		{"\"track\":1", "\"track\":99"},
		{"\"frames\":320000", "\"frames\":-4"},
		{"\"frames\":320000", "\"frames\":9223372036854775807"},
		{"\"frames\":320000", "\"frames\":3.5"},
		{"\"rate_hz\":16000.0", "\"rate_hz\":1e300"},
		{"\"stream\":0,\"rate_hz\":16000.0", "\"stream\":0,\"rate_hz\":0"},
		{"\"rate_hz\":16000.0", "\"rate_hz\":1e999"},
		{"\"rate_hz\":16000.0", "\"rate_hz\":NaN"},
		{"\"state\":\"ready\"", "\"state\":\"dreaming\""},
		{"\"verdict\":\"strong\"", "\"verdict\":7"},
		{"\"start_s\":", "\"start_s\":1e77,\"was\":"},
		{"\"start_s\":", "\"start_s\":\"-inf\",\"was\":"},
		{"\"island\":1", "\"island\":5"},
		{"\"segments\":[[0.0,", "\"segments\":[[1e30,"},
		{"\"segments\":[[0.0,", "\"segments\":[[-5,3],[0.0,"},
		{"\"island_s\": [", "\"island_s\": [-3, "},
		{"\"tracks\": [", "\"tracks\": [17, "},
		{"\"a\":1", "\"a\":4444"},
		{"\"score\":", "\"score\":1e9,\"was\":"},
		{"\"pieces\":[[", "\"pieces\":[[9,1,0,0],["},
		{"\"key\":\"", "\"key\":\"x"},
		{"\"anchor\":", "\"anchor\":-7,\"was\":"},
		{"\"lock\":{", "\"lock\":{\"placement\":3},\"was\":{"},
		{"\"settings\": {", "\"settings\": {\"export.format\": 3, "},
	};
	for (size_t i = 0; i < sizeof edits / sizeof *edits; i++)
		as_project_free(edit(edits[i][0], edits[i][1]));
}

/* Locks that hang on one another in a ring, and on themselves. */
static void test_rings(void **state)
{
	(void)state;
	struct as_project *p = NULL;
	assert_int_equal(as_project_parse(text, n_text, saved, &p, NULL), AS_OK);
	const char *path = folder_path(root, "ring.audiosync");
	int n = 0;
	for (int i = 0; i < p->n_clips; i++) {
		struct as_project_clip *c = &p->clips[i];
		if (c->state != AS_CLIP_READY || c->lock)
			continue;
		c->lock = calloc(1, sizeof *c->lock);
		assert_non_null(c->lock);
		c->lock->place = (struct as_solve_placement){.island = 1, .start_s = i, .verdict = AS_VERDICT_STRONG,
							     .method = AS_METHOD_MANUAL, .reason = AS_REASON_LOCKED, .beside = -1};
		n++;
	}
	for (int i = 0; i < p->n_clips; i++) {
		if (p->clips[i].lock)
			p->clips[i].lock->anchor = (i + 1) % p->n_clips;
	}
	assert_int_equal(as_project_write(p, path, false, NULL, NULL, NULL), AS_OK);
	as_project_free(p);
	struct as_options *opt = projects_options(NULL);
	struct as_session *s = as_session_load(opt, path, NULL, 0, NULL);
	as_options_free(opt);
	assert_non_null(s);
	const struct as_snapshot *snap = projects_analyze(s);
	int locked = 0;
	for (int i = 0; i < snap->n_clips; i++)
		locked += snap->placements[i].locked && snap->placements[i].island > 0;
	assert_int_equal(locked, n + 1);
	as_snapshot_free(snap);
	as_session_free(s);
}

/* Paths that climb, or that are no recordings, are not opened. */
static void test_paths(void **state)
{
	(void)state;
	char beside[300];
	const char *at = strstr(text, "\"beside\":\"shoot/CamA_001.wav\"");
	assert_non_null(at);
	as_project_free(edit("\"beside\":\"shoot/CamA_001.wav\"", "\"beside\":\"../../etc/passwd\""));
	snprintf(beside, sizeof beside, "%s/CamA_001.wav", shoot);
	struct as_project *p = edit("\"beside\":\"shoot/CamA_001.wav\"", "\"beside\":\"/etc/passwd\"");
	/* Its absolute path is still good. */
	bool there = false;
	for (int i = 0; i < p->n_files; i++)
		there |= strcmp(p->files[i].path, beside) == 0;
	assert_true(there);
	as_project_free(p);
	/* A pipe would wait for a writer, a device may do anything. */
	static const char *const odd[] = {"pipe.wav", "null.wav", "dir.wav"};
	assert_int_equal(mkfifo(folder_path(root, odd[0]), 0600), 0);
	assert_int_equal(symlink("/dev/zero", folder_path(root, odd[1])), 0);
	assert_int_equal(mkdir(folder_path(root, odd[2]), 0700), 0);
	for (int i = 0; i < 3; i++) {
		char to[200];
		int64_t bytes;
		snprintf(to, sizeof to, "\"beside\":\"%s\"", odd[i]);
		char *t = replaced("\"beside\":\"shoot/CamA_001.wav\"", to, &bytes);
		const char *path = folder_path(root, "odd.audiosync");
		projects_write(path, t, bytes);
		free(t);
		struct as_options *opt = projects_options(NULL);
		struct as_session *s = as_session_load(opt, path, NULL, 0, NULL);
		as_options_free(opt);
		assert_non_null(s);
		const struct as_snapshot *n = as_session_snapshot(s);
		assert_int_equal(n->clips[projects_clip(n, odd[i])].media, AS_CLIP_MEDIA_MISSING);
		as_snapshot_free(n);
		as_session_free(s);
	}
}

static void test_limits(void **state)
{
	(void)state;
	struct as_error err = {0};
	struct as_project *p = NULL;
	size_t n = 2000000;
	char *t = malloc(n + 1);
	assert_non_null(t);
	memset(t, '[', n);
	t[n] = '\0';
	assert_int_equal(as_project_parse(t, (int64_t)n, "deep.audiosync", &p, &err), AS_ERR_FORMAT);
	assert_non_null(strstr(err.msg, "nested"));
	for (size_t i = 0; i + 5 <= n; i += 5)
		memcpy(t + i, "{\"a\":", 5);
	assert_int_equal(as_project_parse(t, (int64_t)n, "deep.audiosync", &p, &err), AS_ERR_FORMAT);
	free(t);
	/* More than can be meant is not even read: this one is a hole. */
	const char *path = folder_path(root, "huge.audiosync");
	projects_write(path, "{", 1);
	assert_int_equal(truncate(path, 100000000), 0);
	assert_int_equal(as_project_read(path, &p, &err), AS_ERR_FORMAT);
	assert_non_null(strstr(err.msg, "too large"));
	static const char *const no[] = {"", "{}", "[]", "null", "{\"audiosync_project\":\"1\"}", "RIFF", "\xff\xfe{"};
	for (size_t i = 0; i < sizeof no / sizeof *no; i++) {
		enum as_status status = as_project_parse(no[i], (int64_t)strlen(no[i]), "no.audiosync", &p, &err);
		if (status == AS_OK)
			assert_true(p->n_files == 0 && p->n_losses > 0);
		as_project_free(p);
		p = NULL;
	}
}

/* ---- versions ---- */

static void test_newer(void **state)
{
	(void)state;
	int64_t bytes;
	struct as_error err = {0};
	struct as_project *p = NULL;
	char *t = replaced("\"audiosync_project\": 1", "\"audiosync_project\": 2", &bytes);
	assert_int_equal(as_project_parse(t, bytes, saved, &p, &err), AS_ERR_FORMAT);
	assert_non_null(strstr(err.msg, "newer audiosync"));
	free(t);
}

static void test_version_0(void **state)
{
	(void)state;
	static const char old[] =
		"{\"audiosync_project\": 0,\n\"settings\": [\"export.format=flac\", \"analysis.takes=yes\", \"no sense\"],\n"
		"\"tracks\": [\"Cam\"],\n\"files\": [\n"
		"{\"id\":0,\"path\":\"/m/a.wav\",\"bytes\":10,\"changed_s\":1700000000.25,\"state\":\"new\"}\n],\n"
		"\"clips\": [\n{\"id\":0,\"files\":[0],\"track\":0,\"state\":\"new\"}\n]\n}\n";
	struct as_project *p = NULL;
	assert_int_equal(as_project_parse(old, sizeof old - 1, saved, &p, NULL), AS_OK);
	assert_int_equal(p->version, 0);
	assert_int_equal(p->n_losses, 0);
	assert_int_equal(p->n_settings, 2);
	assert_string_equal(p->settings[0].key, "export.format");
	assert_string_equal(p->settings[0].value, "flac");
	assert_true(p->files[0].mtime_ns == INT64_C(1700000000250000000));
	as_project_free(p);
}

/* ---- AudioSync Pro ---- */

static const char pro_1[] =
	"{\n  \"version\": \"1.0\",\n  \"tracks\": [\n    {\n      \"name\": \"Camera A\",\n      \"is_reference\": true,\n"
	"      \"clips\": [\n        {\n          \"file_path\": \"/media/a1.mp4\", \"name\": \"a1.mp4\", \"duration_s\": 60.5,\n"
	"          \"original_sr\": 48000, \"original_channels\": 2, \"is_video\": true, \"creation_time\": 1700000000.0,\n"
	"          \"timeline_offset_s\": 0.0, \"timeline_offset_samples\": 0, \"confidence\": 12.5, \"analyzed\": true\n"
	"        },\n        {\n          \"file_path\": \"/media/../a2.mp4\", \"name\": \"a2.mp4\"\n        }\n      ]\n    },\n"
	"    {\n      \"name\": \"Zoom\",\n      \"is_reference\": false,\n      \"clips\": [\n"
	"        { \"file_path\": \"z.wav\", \"timeline_offset_s\": 12.3, \"timeline_offset_samples\": 98403,\n"
	"          \"confidence\": 4.5, \"analyzed\": true },\n"
	"        { \"file_path\": \"/media/hand.wav\", \"timeline_offset_s\": 20.0, \"timeline_offset_samples\": 160000,\n"
	"          \"confidence\": -1.0, \"analyzed\": true }\n      ]\n    }\n  ],\n"
	"  \"sync_result\": { \"reference_track_index\": 0, \"sample_rate\": 8000, \"clip_offsets\": {}, \"warnings\": [] },\n"
	"  \"config\": { \"max_offset_s\": null, \"export_format\": \"flac\", \"export_bit_depth\": 24, \"export_sr\": 48000,\n"
	"    \"crossfade_ms\": 25.0 }\n}\n";

static void test_audiosync_pro_1(void **state)
{
	(void)state;
	struct as_project *p = NULL;
	assert_int_equal(as_project_parse(pro_1, sizeof pro_1 - 1, "/jobs/old.audiosync", &p, NULL), AS_OK);
	check(p);
	assert_true(p->foreign);
	assert_int_equal(p->n_tracks, 2);
	assert_int_equal(p->n_files, 3); /* the one that climbs is left out, and told */
	assert_int_equal(p->n_losses, 1);
	assert_string_equal(p->reference, "Camera A");
	assert_string_equal(p->files[0].path, "/media/a1.mp4");
	assert_string_equal(p->files[1].path, "/jobs/z.wav");
	assert_string_equal(p->files[1].track, "Zoom");
	assert_true(p->clips[1].imported_s == 98403 / 8000.0);
	assert_true(p->clips[1].imported_confidence == 4.5);
	assert_null(p->clips[1].lock);
	assert_non_null(p->clips[2].lock); /* set by hand there */
	assert_true(p->clips[2].lock->place.start_s == 20);
	assert_false(p->solved);
	assert_int_equal(p->n_settings, 4);
	as_project_free(p);
	/* Cut off it is read as far as it goes. */
	assert_int_equal(as_project_parse(pro_1, (int64_t)(strstr(pro_1, "4.5") - pro_1), "/jobs/old.audiosync", &p, NULL), AS_OK);
	assert_true(p->n_files >= 1 && p->n_losses > 0);
	as_project_free(p);
}

static void test_audiosync_pro_2(void **state)
{
	(void)state;
	static const char pro[] =
		"{\"version\":2,\"app_version\":\"3.1.0\",\"saved_at\":\"2025-03-01T10:00:00+00:00\",\"tracks\":[{\"name\":\"Boom\","
		"\"clips\":[{\"file_path\":\"/m/b.wav\",\"name\":\"b.wav\",\"sample_rate\":8000,\"original_sr\":48000,"
		"\"original_channels\":1,\"duration_s\":10.0,\"is_video\":false,\"creation_time\":null,"
		"\"timeline_offset_samples\":-4000,\"timeline_offset_s\":-0.5,\"confidence\":7.1,\"analyzed\":true,"
		"\"drift_ppm\":100.0,\"drift_confidence\":0.9,\"drift_corrected\":false}],\"is_reference\":true}],"
		"\"config\":{\"max_offset_s\":120.0,\"export_format\":\"wav\",\"export_bit_depth\":24,\"export_bitrate_kbps\":320,"
		"\"export_sr\":null,\"crossfade_ms\":50.0,\"drift_correction\":false,\"drift_threshold_ppm\":0.3},"
		"\"result\":{\"reference_track_index\":0,\"sample_rate\":8000,\"clip_offsets\":{},\"warnings\":[]}}";
	struct as_project *p = NULL;
	struct as_error err = {0};
	assert_int_equal(as_project_parse(pro, sizeof pro - 1, "/m/p.audiosync", &p, NULL), AS_OK);
	check(p);
	assert_int_equal(p->version, 2);
	assert_true(p->clips[0].imported_s == -0.5);
	assert_true(isnan(p->clips[0].placement.drift_ppm)); /* its sign cannot be trusted */
	assert_int_equal(p->n_settings, 6);
	assert_string_equal(p->settings[5].key, "export.drift_correction");
	assert_string_equal(p->settings[5].value, "no");
	as_project_free(p);
	char *newer = strdup(pro);
	assert_non_null(newer);
	newer[11] = '3';
	assert_int_equal(as_project_parse(newer, sizeof pro - 1, "/m/p.audiosync", &p, &err), AS_ERR_FORMAT);
	assert_non_null(strstr(err.msg, "AudioSync Pro"));
	free(newer);
}

/* An imported project is analysed like any, and what the other program had said of a clip without a place is told. */
static void test_import_is_analysed(void **state)
{
	(void)state;
	char pro[2000];
	const char *path = folder_path(root, "pro.audiosync");
	int n = snprintf(pro, sizeof pro,
			 "{\"version\":\"1.0\",\"tracks\":["
			 "{\"name\":\"One\",\"clips\":[{\"file_path\":\"%s/CamA_001.wav\",\"analyzed\":true,\"confidence\":9,"
			 "\"timeline_offset_samples\":0}]},"
			 "{\"name\":\"Two\",\"is_reference\":true,\"clips\":[{\"file_path\":\"%s/CamB_001.wav\"}]},"
			 "{\"name\":\"Three\",\"clips\":[{\"file_path\":\"%s/Phone_001.wav\",\"analyzed\":true,\"confidence\":8,"
			 "\"timeline_offset_samples\":8000}]}]}",
			 shoot, shoot, shoot);
	projects_write(path, pro, n);
	struct as_options *opt = projects_options(NULL);
	struct as_session *s = as_session_load(opt, path, NULL, 0, NULL);
	as_options_free(opt);
	assert_non_null(s);
	const struct as_snapshot *snap = projects_analyze(s);
	int a = projects_clip(snap, "CamA_001.wav"), phone = projects_clip(snap, "Phone_001.wav");
	assert_int_equal(snap->placements[a].verdict, AS_VERDICT_STRONG);
	assert_string_equal(snap->tracks[snap->clips[a].track].name, "One");
	assert_int_equal(snap->placements[phone].island, 0);
	assert_int_equal(snap->placements[phone].n_warnings, 1);
	assert_non_null(strstr(snap->placements[phone].warnings[0], "AudioSync Pro"));
	as_snapshot_free(snap);
	/* It does not take the place of the other program's file unasked. */
	assert_int_equal(as_session_save(s, path, false, NULL), AS_ERR_EXISTS);
	as_session_free(s);
}

/* ---- many ---- */

static void test_five_thousand(void **state)
{
	(void)state;
	struct as_project *p = as_project_new(), *q = NULL;
	int n = 5000;
	char path[64];
	assert_non_null(p);
	p->files = calloc((size_t)n, sizeof *p->files);
	p->clips = calloc((size_t)n, sizeof *p->clips);
	p->matches = calloc((size_t)n, sizeof *p->matches);
	p->island_s = calloc(1, sizeof *p->island_s);
	p->island_s[0] = 1e5;
	p->n_islands = 1;
	p->solved = true;
	assert_true(as_project_add_text(&p->tracks, &p->n_tracks, "Cam"));
	for (int i = 0; i < n; i++) {
		struct as_project_file *f = &p->files[p->n_files++];
		struct as_project_clip *c = &p->clips[p->n_clips++];
		snprintf(path, sizeof path, "/m/%05d.wav", i);
		*f = (struct as_project_file){.path = strdup(path), .bytes = 1000 + i, .state = AS_CLIP_PROBED,
					      .streams = calloc(1, sizeof *f->streams), .n_streams = 1};
		f->streams[0] = (struct as_project_stream){.rate_hz = 48000, .channels = 2};
		*c = (struct as_project_clip){.files = malloc(sizeof(int)), .n_files = 1, .order = i, .state = AS_CLIP_READY,
					      .parts = calloc(1, sizeof *c->parts), .key = (uint64_t)i,
					      .imported_s = NAN, .imported_confidence = NAN};
		c->files[0] = i;
		c->sound = (struct as_project_sound){.channels = 2, .rate_hz = 48000, .frames = 480000, .active = 0.5};
		c->placement = (struct as_solve_placement){.island = 1, .verdict = AS_VERDICT_STRONG, .start_s = i / 7.0, .beside = -1,
							   .segments = {{0, 10, i / 7.0}}, .n_segments = 1};
		if (i > 0)
			p->matches[p->n_matches++] = (struct as_project_match){
				.task = {i - 1, i, NAN, 0}, .found = true, .used = true,
				.r = {.offset_s = 1 / 7.0, .p_false = 1e-12, .pieces = {{0, 10, 1 / 7.0, 0}}, .n_pieces = 1,
				      .points = {{1, 0.5f, 3, true}, {2, 0.25f, 3, false}}, .n_points = 2}};
	}
	int64_t bytes, again;
	char *a = as_project_text(p, saved, &bytes, NULL);
	assert_non_null(a);
	assert_int_equal(as_project_parse(a, bytes, saved, &q, NULL), AS_OK);
	assert_int_equal(q->n_losses, 0);
	assert_int_equal(q->n_matches, n - 1);
	char *b = as_project_text(q, saved, &again, NULL);
	assert_non_null(b);
	assert_int_equal(bytes, again);
	assert_memory_equal(a, b, (size_t)bytes);
	free(a);
	free(b);
	as_project_free(p);
	as_project_free(q);
}

/* ---- two writers ---- */

/* A disk that is full: who wants to save is told of the project, and nothing is left of the try. */
static void test_no_room_for_the_lock(void **state)
{
	(void)state;
	struct as_error err = {0};
	struct rlimit before, none;
	char *lock = as_project_beside(saved, ".lock");
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	none = before;
	none.rlim_cur = 0;
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &none), 0);
	struct as_project_guard *g = as_project_guard_take(saved, &err);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_null(g);
	assert_int_equal(err.status, AS_ERR_IO);
	assert_ptr_equal(strstr(err.msg, saved), err.msg);
	assert_null(strstr(err.msg, ".lock"));
	assert_int_not_equal(access(lock, F_OK), 0);
	free(lock);
}

static void test_one_writer(void **state)
{
	(void)state;
	struct as_error err = {0};
	struct as_project_guard *a = as_project_guard_take(saved, &err), *b;
	assert_non_null(a);
	assert_null(as_project_guard_take(saved, &err));
	assert_int_equal(err.status, AS_ERR_BUSY);
	assert_non_null(strstr(err.msg, "process"));
	/* Saving is refused as well. */
	struct as_options *opt = projects_options(NULL);
	struct as_session *s = as_session_load(opt, saved, NULL, 0, NULL);
	as_options_free(opt);
	assert_non_null(s);
	assert_int_equal(as_session_save(s, saved, false, NULL), AS_ERR_BUSY);
	as_project_guard_release(a);
	assert_int_equal(as_session_save(s, saved, false, NULL), AS_OK);
	assert_int_equal(as_session_hold(s, saved, NULL), AS_OK);
	assert_int_equal(as_session_save(s, saved, false, NULL), AS_OK);
	assert_null(b = as_project_guard_take(saved, NULL));
	as_project_guard_release(b);
	as_session_free(s);
	b = as_project_guard_take(saved, NULL);
	assert_non_null(b);
	as_project_guard_release(b);
}

/* The one who holds it is killed: the next one takes it over at once. */
static void test_dead_writer(void **state)
{
	(void)state;
	int ready[2];
	char c;
	struct as_error err = {0};
	assert_int_equal(pipe(ready), 0);
	pid_t pid = fork();
	if (pid == 0) {
		struct as_project_guard *g = as_project_guard_take(saved, NULL);
		if (write(ready[1], g ? "y" : "n", 1) == 1)
			pause();
		_exit(1);
	}
	assert_int_equal(read(ready[0], &c, 1), 1);
	assert_int_equal(c, 'y');
	assert_null(as_project_guard_take(saved, &err));
	assert_int_equal(err.status, AS_ERR_BUSY);
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	struct as_project_guard *g = as_project_guard_take(saved, &err);
	assert_non_null(g);
	as_project_guard_release(g);
	close(ready[0]);
	close(ready[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole),
		cmocka_unit_test(test_cut_off),
		cmocka_unit_test(test_flipped_bytes),
		cmocka_unit_test(test_shuffled_lines),
		cmocka_unit_test(test_other_layout),
		cmocka_unit_test(test_nonsense),
		cmocka_unit_test(test_rings),
		cmocka_unit_test(test_paths),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_newer),
		cmocka_unit_test(test_version_0),
		cmocka_unit_test(test_audiosync_pro_1),
		cmocka_unit_test(test_audiosync_pro_2),
		cmocka_unit_test(test_import_is_analysed),
		cmocka_unit_test(test_five_thousand),
		cmocka_unit_test(test_no_room_for_the_lock),
		cmocka_unit_test(test_one_writer),
		cmocka_unit_test(test_dead_writer),
	};
	return cmocka_run_group_tests_name("project_file", tests, set_up, tear_down);
}
