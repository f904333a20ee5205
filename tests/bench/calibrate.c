/* How often unrelated sound scores, and how right and wrong places score: `calibrate [PAIRS [SEED]]` makes clips of
 * several kinds and lengths and matches all pairs among those of a round: about PAIRS unrelated ones (20,000).
 * BENCH_MUSIC=DIR:DIR… names folders of music that is cut into clips as well. If the score is what it says it is, no
 * more than one pair in 10, 100, 1,000 and 100,000 reaches 1, 2, 3 and 5 decades. The same numbers come out whatever
 * the number of threads. */
#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "dsp/synth.h"
#include "sync/evidence.h"
#include "sync/match.h"
#include "sync/search.h"
#include "tables.h"

#define PAIRS 20000.0
#define PARTS_EVERY 5 /* the parts of the score cost a second search */
#define OVERLAP_MIN_S 2.0

/* Clips of so many seconds, so many of each kind for PAIRS pairs. */
struct class
{
	double least_s, most_s;
	int of_kind;
};
enum { BRIEF, SHORT, MIDDLE, LONG, HOUR, CLASSES };
static const struct class classes[CLASSES] = {
	{3, 10, 26}, {10, 60, 14}, {60, 300, 7}, {300, 1200, 3}, {3600, 3600, 1}};

/* Which classes meet which, and how many clips of each kind take part. */
static const struct meeting {
	const char *name;
	int a, b, n_a, n_b; /* for PAIRS pairs */
} meetings[] = {
	{"3-10 s", BRIEF, BRIEF, 26, 26},     {"3-10/10-60 s", BRIEF, SHORT, 10, 8},
	{"10-60 s", SHORT, SHORT, 14, 14},    {"3-10 s/1 h", BRIEF, HOUR, 5, 1},
	{"3-10/300 s+", BRIEF, LONG, 6, 2},   {"1-5 min", MIDDLE, MIDDLE, 7, 7},
	{"1-5/5-20 min", MIDDLE, LONG, 4, 2}, {"5-20 min", LONG, LONG, 3, 3},
	{"1-5 min/1 h", MIDDLE, HOUR, 1, 1},  {"1 h", HOUR, HOUR, 1, 1},
};
enum { MEETINGS = sizeof(meetings) / sizeof(*meetings) };

struct clip {
	struct as_signal signal;
	struct device device;
	enum kind kind;
	uint64_t source; /* what its event was made of */
};

struct pair {
	const struct clip *a, *b;
	struct outcome o;
	double cpu_s;
};

/* All pairs to match; threads take them from the front. */
struct work {
	struct pair *pairs;
	int n, room;
	atomic_int next;
};

static void *must(void *p)
{
	if (p)
		return p;
	fputs("calibrate: out of memory\n", stderr);
	exit(1);
}

/* Pseudo-random of a seed and a place. Streams of noise must not meet: sums of seeds do. */
static uint64_t hash(uint64_t seed, int i, int k)
{
	struct as_rng r;

	as_rng_seed(&r, seed + 0x100000000U * (uint64_t)k + (uint64_t)i);
	return as_rng_next(&r);
}

static double draw(uint64_t seed, int i, int k)
{
	return (double)(hash(seed, i, k) >> 11) * 0x1p-53;
}

/* Tracks of one folder may share samples and themes: that is no chance. */
static bool may_share(const struct clip *a, const struct clip *b, const struct library *l)
{
	uint64_t n = (uint64_t)l->n_folders;

	return a->kind == RECORDED && b->kind == RECORDED && a->source % n == b->source % n;
}

static void add_pair(struct work *w, const struct clip *a, const struct clip *b,
		     enum relation relation, int length)
{
	if (w->n == w->room) {
		w->room = 2 * w->room + 64;
		w->pairs = must(realloc(w->pairs, sizeof(*w->pairs) * (size_t)w->room));
	}
	w->pairs[w->n++] = (struct pair){a,
					 b,
					 {.relation = relation,
					  .length = length,
					  .kind = a->kind == b->kind ? a->kind : KINDS,
					  .probe = NAN,
					  .windows = NAN,
					  .err_s = NAN},
					 0.0};
}

/* Where b's first sample sits in a, in a's seconds. */
static double true_offset(const struct clip *a, const struct clip *b)
{
	return (b->device.from_s - a->device.from_s) * (1.0 + a->device.ppm * 1e-6);
}

/* What the best probe alone and what the windows alone would score. */
static void look_inside(struct pair *p, struct as_match_ws *ws)
{
	bool first = p->a->signal.n >= p->b->signal.n;
	struct as_search s = {.ws = ws,
			      .target = first ? &p->a->signal : &p->b->signal,
			      .src = first ? &p->b->signal : &p->a->signal,
			      .probe_every_n = 12.0 * SOUND_RATE_HZ};

	s.lag_from = SOUND_RATE_HZ / 2 - s.src->n;
	s.lag_to = s.target->n - SOUND_RATE_HZ / 2;
	p->o.probe = p->o.windows = 0.0;
	if (!as_search_run(&s, NULL)) {
		struct as_track t = s.tracks[0];

		t.best_nats = 0.0;
		p->o.windows = as_evidence_score(&t, s.n_tracks, (double)(s.lag_to - s.lag_from));
		t = s.tracks[0];
		t.n = 0;
		p->o.probe = as_evidence_score(&t, s.n_tracks, (double)(s.lag_to - s.lag_from));
	}
	as_search_done(&s);
}

static double thread_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void *match_pairs(void *ctx)
{
	const struct as_match_config cfg = {
		.probe_every_s = 12.0, .near_s = NAN, .ws = must(as_match_ws_new())};
	struct work *w = ctx;

	for (int i; (i = atomic_fetch_add(&w->next, 1)) < w->n;) {
		struct pair *p = &w->pairs[i];
		double begin = thread_s();
		struct as_match_result r;

		as_match_pair(&p->a->signal, &p->b->signal, &cfg, NULL, &r,
			      NULL); /* no match: score 0 */
		p->o.score = r.score;
		p->o.margin = r.margin;
		if (p->o.relation == OVERLAPPING && r.score > 0.0)
			p->o.err_s = r.offset_s - true_offset(p->a, p->b);
		if (p->o.relation == UNRELATED && i % PARTS_EVERY == 0)
			look_inside(p, cfg.ws);
		p->cpu_s = thread_s() - begin;
	}
	as_match_ws_free(cfg.ws);
	return NULL;
}

static void run_threads(void *(*run)(void *), void *ctx)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);
	pthread_t t[8];
	int started = 0;

	for (n = n < 1 ? 1 : n > 8 ? 8 : n; started < n - 1; started++)
		if (pthread_create(&t[started], NULL, run, ctx))
			break;
	run(ctx);
	while (started)
		pthread_join(t[--started], NULL);
}

/* One clip to make: threads take them from the front. */
struct making {
	struct clip *clips;
	double *events_s; /* length of each clip's own event */
	int n;
	uint64_t seed;
	const struct library *library;
	atomic_int next;
};

static void *make_clips(void *ctx)
{
	struct making *m = ctx;

	for (int i; (i = atomic_fetch_add(&m->next, 1)) < m->n;) {
		struct clip *c = &m->clips[i];
		struct sound s = sound_make(c->kind, c->source, m->events_s[i], m->library);

		c->signal = sound_record(&s, &c->device);
		sound_done(&s);
	}
	return NULL;
}

static struct device any_device(uint64_t seed, int i, double length_s)
{
	return (struct device){.seed = hash(seed, i, 5),
			       .length_s = length_s,
			       .ppm = 100.0 * draw(seed, i, 1) - 50.0,
			       .rt60_s = 0.2 + 0.8 * draw(seed, i, 2),
			       .wet = 1.2 * draw(seed, i, 3),
			       .snr_db = 30.0 - 35.0 * draw(seed, i, 4)};
}

/* Clips of all classes, each of an event of its own; class by class, kind by kind. */
struct crowd {
	struct clip *clips;
	int from[CLASSES][KINDS], n[CLASSES][KINDS], all;
};

static int scaled(int n, double scale)
{
	return (int)lround(n * scale);
}

static void make_crowd(struct crowd *c, double scale, uint64_t seed, const struct library *l)
{
	struct making m = {.seed = seed, .library = l};

	for (int pass = 0; pass < 2; pass++) {
		c->all = 0;
		for (int k = 0; k < CLASSES; k++)
			for (int kind = 0; kind < KINDS; kind++) {
				int n = kind == RECORDED && !l->n
						? 0
						: scaled(classes[k].of_kind, scale);

				c->from[k][kind] = c->all;
				c->n[k][kind] = n;
				for (int i = 0; pass && i < n; i++) {
					int at = c->all + i;
					double span = classes[k].most_s - classes[k].least_s;
					double length =
						classes[k].least_s + span * draw(seed, at, 0);

					c->clips[at].kind = (enum kind)kind;
					c->clips[at].source =
						kind == RECORDED ? (uint64_t)at : hash(seed, at, 6);
					c->clips[at].device = any_device(seed, at, length);
					m.events_s[at] = length + 1.0;
				}
				c->all += n;
			}
		if (!pass) {
			c->clips = must(calloc((size_t)c->all, sizeof(*c->clips)));
			m.events_s = must(calloc((size_t)c->all, sizeof(*m.events_s)));
		}
	}
	m.clips = c->clips;
	m.n = c->all;
	run_threads(make_clips, &m);
	free(m.events_s);
}

/* Does clip i of its kind in class k take part, if n of a kind do? */
static bool takes_part(const struct crowd *c, int k, int clip, int n)
{
	const struct clip *p = &c->clips[clip];

	return clip - c->from[k][p->kind] < n;
}

static void meet(struct work *w, const struct crowd *c, int index, double scale,
		 const struct library *l)
{
	const struct meeting *m = &meetings[index];
	int first_a = c->from[m->a][0], end_a = c->from[m->a][KINDS - 1] + c->n[m->a][KINDS - 1];
	int first_b = c->from[m->b][0], end_b = c->from[m->b][KINDS - 1] + c->n[m->b][KINDS - 1];

	for (int i = first_a; i < end_a; i++)
		for (int j = m->a == m->b ? i + 1 : first_b; j < end_b; j++)
			if (takes_part(c, m->a, i, scaled(m->n_a, scale)) &&
			    takes_part(c, m->b, j, scaled(m->n_b, scale)) &&
			    !may_share(&c->clips[i], &c->clips[j], l))
				add_pair(w, &c->clips[i], &c->clips[j], UNRELATED, index);
}

/* One event and the devices at it. */
enum { EVENTS = 4, EVENT_S = 240, DEVICES = 16 };

struct party {
	struct clip clips[DEVICES];
	enum kind kind;
	int number;
};

struct parties {
	struct party *p;
	int n;
	uint64_t seed;
	const struct library *library;
	atomic_int next;
};

static void *make_parties(void *ctx)
{
	static const double lengths_s[] = {4, 8, 15, 40, 100}, snr_db[] = {20, 6, 0, -6, -12};
	struct parties *all = ctx;

	for (int i; (i = atomic_fetch_add(&all->next, 1)) < all->n;) {
		struct party *p = &all->p[i];
		uint64_t seed = hash(all->seed, i, 7);
		uint64_t from = p->kind == RECORDED ? (uint64_t)(3 * p->number) : hash(seed, 0, 8);
		struct sound s = sound_make(p->kind, from, EVENT_S, all->library);

		for (int k = 0; k < DEVICES; k++) {
			double length = k ? lengths_s[k % 5] : EVENT_S - 10.0;

			p->clips[k].kind = p->kind;
			p->clips[k].device = any_device(seed, k, length);
			p->clips[k].device.from_s =
				2.0 + draw(seed, k, 9) * (EVENT_S - 4.0 - length);
			p->clips[k].device.snr_db = k ? snr_db[(k / 5 + k) % 5] : 20.0;
			p->clips[k].signal = sound_record(&s, &p->clips[k].device);
		}
		sound_done(&s);
	}
	return NULL;
}

static void meet_party(struct work *w, struct party *p)
{
	for (int i = 0; i < DEVICES; i++)
		for (int j = i + 1; j < DEVICES; j++) {
			const struct device *a = &p->clips[i].device, *b = &p->clips[j].device;
			double both = fmin(a->from_s + a->length_s, b->from_s + b->length_s) -
				      fmax(a->from_s, b->from_s);

			if (both >= OVERLAP_MIN_S || both <= 0.0)
				add_pair(w, &p->clips[i], &p->clips[j],
					 both > 0.0 ? OVERLAPPING : APART, 0);
		}
}

static void make_all_parties(struct parties *all, int events)
{
	int kinds = all->library->n ? KINDS : KINDS - 1;

	all->n = events * kinds;
	all->p = must(calloc((size_t)all->n, sizeof(*all->p)));
	for (int i = 0; i < all->n; i++) {
		all->p[i].kind = (enum kind)(i / events);
		all->p[i].number = i % events;
	}
	run_threads(make_parties, all);
}

/* Where the time went, on stderr: the tables of two runs shall be the same. */
static void print_cost(const struct work *w)
{
	for (int m = 0; m <= MEETINGS; m++) {
		double sum = 0.0;
		int n = 0;

		for (int i = 0; i < w->n; i++) {
			const struct outcome *o = &w->pairs[i].o;

			if (o->relation == UNRELATED ? o->length != m : m < MEETINGS)
				continue;
			sum += w->pairs[i].cpu_s;
			n++;
		}
		fprintf(stderr, "%-14s%7d pairs%9.1f CPU s\n",
			m < MEETINGS ? meetings[m].name : "of one event", n, sum);
	}
}

static void print_all(const struct work *w)
{
	struct outcome *o = must(malloc(sizeof(*o) * (size_t)(w->n + 1)));
	const char *names[MEETINGS];

	for (int i = 0; i < w->n; i++)
		o[i] = w->pairs[i].o;
	for (int i = 0; i < MEETINGS; i++)
		names[i] = meetings[i].name;
	table_histogram(o, w->n);
	table_exceed(o, w->n, names, MEETINGS);
	table_parts(o, w->n, names, MEETINGS);
	table_related(o, w->n);
	table_thresholds(o, w->n);
	free(o);
}

int main(int argc, char **argv)
{
	double pairs = argc > 1 ? strtod(argv[1], NULL) : PAIRS,
	       scale = sqrt(fmax(pairs, 1.0) / PAIRS);
	uint64_t seed = (argc > 2 ? strtoull(argv[2], NULL, 10) : 1) * 1000003;
	struct library library;
	struct crowd crowd = {0};
	struct work work = {0};
	struct parties parties = {.seed = seed + 500000, .library = &library};

	library_open(&library, getenv("BENCH_MUSIC"));
	printf("calibration: seed %s, %d music files in %d folders\n\n", argc > 2 ? argv[2] : "1",
	       library.n, library.n_folders);
	fflush(stdout);
	make_crowd(&crowd, scale, seed, &library);
	for (int i = 0; i < MEETINGS; i++)
		meet(&work, &crowd, i, scale, &library);
	make_all_parties(&parties, scaled(EVENTS, scale) > 1 ? scaled(EVENTS, scale) : 1);
	for (int i = 0; i < parties.n; i++)
		meet_party(&work, &parties.p[i]);
	run_threads(match_pairs, &work);
	print_all(&work);
	print_cost(&work);
	for (int i = 0; i < crowd.all; i++)
		recording_done(&crowd.clips[i].signal);
	for (int i = 0; i < parties.n; i++)
		for (int k = 0; k < DEVICES; k++)
			recording_done(&parties.p[i].clips[k].signal);
	free(crowd.clips);
	free(parties.p);
	free(work.pairs);
	library_done(&library);
	return 0;
}
