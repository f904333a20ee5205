/* How long a project of many clips takes to save and to load: `project [CLIPS]`. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <audiosync/audiosync.h>

#include "project/project.h"

#define MATCHES_PER_CLIP 4
#define POINTS 30

static double now_s(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void add_clip(struct as_project *p, int i)
{
	char path[64];
	struct as_project_file *f = &p->files[p->n_files++];
	struct as_project_clip *c = &p->clips[p->n_clips++];
	snprintf(path, sizeof path, "/nowhere/card%d/C%05d.MP4", i / 100, i);
	*f = (struct as_project_file){.path = strdup(path), .bytes = 1000000 + i, .mtime_ns = i, .state = AS_CLIP_PROBED,
				      .streams = calloc(1, sizeof *f->streams), .n_streams = 1, .duration_s = 312.4 + i};
	snprintf(f->content, sizeof f->content, "%032x", i);
	f->streams[0] = (struct as_project_stream){.rate_hz = 48000, .channels = 2, .bits = 16, .codec = "aac", .duration_s = NAN};
	*c = (struct as_project_clip){.files = calloc(1, sizeof(int)), .n_files = 1, .track = i % 5, .order = i / 5,
				      .state = AS_CLIP_READY, .parts = calloc(1, sizeof *c->parts),
				      .key = (uint64_t)i * 0x9e3779b97f4a7c15u, .imported_s = NAN, .imported_confidence = NAN};
	c->files[0] = i;
	c->parts[0].frames = 14995200;
	c->sound = (struct as_project_sound){.channels = 2, .rate_hz = 48000, .frames = 14995200, .active = 0.53, .level_db = -23.4};
	c->placement = as_project_no_place();
	c->placement.island = 1;
	c->placement.verdict = AS_VERDICT_STRONG;
	c->placement.start_s = i * 60.123456789;
	c->placement.n_segments = 1;
	c->placement.segments[0] = (struct as_segment){0, 312.4, c->placement.start_s};
}

static void add_match(struct as_project *p, int a, int b)
{
	struct as_project_match *m = &p->matches[p->n_matches++];
	*m = (struct as_project_match){.task = {a, b, a * 0.123456789, 1}, .found = true, .used = true, .residual_s = 1.23456e-5};
	m->r = (struct as_match_result){.offset_s = a * 0.12345678912345, .drift_ppm = 12.3456789, .drift_err_ppm = 0.123456,
					.score = 45.678901, .p_false = 1e-45, .n_pieces = 1, .n_points = POINTS};
	m->r.pieces[0] = (struct as_match_piece){0, 312.4, m->r.offset_s, 1.2345e-5};
	for (int i = 0; i < POINTS; i++)
		m->r.points[i] = (struct as_match_point){(float)i * 10.3f, 1.2345e-5f * (float)i, 12, true};
}

static struct as_project *make(int n)
{
	struct as_project *p = as_project_new();
	p->files = calloc((size_t)n, sizeof *p->files);
	p->clips = calloc((size_t)n, sizeof *p->clips);
	p->matches = calloc((size_t)n * MATCHES_PER_CLIP, sizeof *p->matches);
	p->island_s = calloc(1, sizeof *p->island_s);
	p->n_islands = 1;
	p->solved = true;
	for (int i = 0; i < 5; i++)
		as_project_add_text(&p->tracks, &p->n_tracks, "Camera");
	for (int i = 0; i < n; i++)
		add_clip(p, i);
	for (int i = 0; i < n; i++)
		for (int k = 1; k <= MATCHES_PER_CLIP && i + k < n; k++)
			add_match(p, i, i + k);
	return p;
}

int main(int argc, char **argv)
{
	struct as_error err = {0};
	const char *path = "/tmp/audiosync-bench.audiosync", *reduced = NULL;
	int n = argc > 1 ? atoi(argv[1]) : 5000;
	struct as_project *p = make(n), *q = NULL;
	double t0 = now_s();
	if (as_project_write(p, path, false, &reduced, NULL, &err) != AS_OK)
		return fprintf(stderr, "%s\n", err.msg), 1;
	double t1 = now_s();
	if (as_project_read(path, &q, &err) != AS_OK || q->n_losses > 0)
		return fprintf(stderr, "%s\n", err.msg), 1;
	double t2 = now_s();
	struct as_options *opt = as_options_new();
	as_options_set(opt, "cache.enabled", "no", NULL, NULL);
	struct as_session *s = as_session_load(opt, path, NULL, 0, &err);
	double t3 = now_s();
	const struct as_snapshot *snap = s ? as_session_snapshot(s) : NULL;
	double t4 = now_s();
	FILE *f = fopen(path, "rb");
	fseek(f, 0, SEEK_END);
	printf("%d clips, %d matches: %.1f MB%s%s; written in %.2f s, read in %.2f s, opened as a session in %.2f s, snapshot %.3f s\n", n,
	       q->n_matches, (double)ftell(f) / 1e6, reduced ? " without " : "", reduced ? reduced : "", t1 - t0, t2 - t1, t3 - t2,
	       t4 - t3);
	fclose(f);
	unlink(path);
	as_snapshot_free(snap);
	as_session_free(s);
	as_options_free(opt);
	as_project_free(p);
	as_project_free(q);
	return 0;
}
