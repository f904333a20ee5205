#include "tables.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define RIGHT_S 0.010
#define ROW_MIN 100 /* pairs of one kind and length that are worth a row */
#define Z95 1.959964

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Values in the order in which they came; quantiles sort them. */
struct sample {
	double *v;
	int n;
};

static struct sample sample_new(int room)
{
	struct sample s = {.v = malloc(sizeof(*s.v) * (size_t)(room + 1))};

	if (!s.v) {
		fputs("calibrate: out of memory\n", stderr);
		exit(1);
	}
	return s;
}

static void sample_add(struct sample *s, double v)
{
	if (!isnan(v))
		s->v[s->n++] = v;
}

static double quantile(struct sample *s, double q)
{
	qsort(s->v, (size_t)s->n, sizeof(*s->v), by_value);
	return s->n ? s->v[(int)floor(q * (s->n - 1) + 0.5)] : NAN;
}

/* Wilson's interval (1927) for a share of k in n. */
static void interval(int k, int n, double *low, double *high)
{
	double p = n ? (double)k / n : 0.0, z = n ? Z95 * Z95 / n : 0.0;
	double half = n ? Z95 * sqrt(p * (1.0 - p) / n + z / (4.0 * n)) : 0.0;

	*low = k ? (p + 0.5 * z - half) / (1.0 + z) : 0.0;
	*high = n ? (p + 0.5 * z + half) / (1.0 + z) : 1.0;
}

void table_histogram(const struct outcome *o, int n)
{
	static const double edges[] = {0,   1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.05, 0.1, 0.2,
				       0.3, 0.4,  0.5,  0.6,  0.7,  0.8,  0.9,  1};
	enum { BINS = sizeof(edges) / sizeof(*edges) - 1 };
	int count[BINS] = {0}, all = 0;

	for (int i = 0; i < n; i++) {
		double p = pow(10.0, -o[i].score);
		int b = 0;

		if (o[i].relation != UNRELATED)
			continue;
		while (b < BINS - 1 && p > edges[b + 1])
			b++;
		count[b]++;
		all++;
	}
	printf("p-values of %d unrelated pairs\n%-20s%10s%12s%12s\n", all, "p over, up to", "pairs",
	       "share", "nominal");
	for (int b = 0; b < BINS; b++)
		printf("%-9.2g %-10.2g%10d%12.6f%12.6f\n", edges[b], edges[b + 1], count[b],
		       all ? (double)count[b] / all : 0.0, edges[b + 1] - edges[b]);
	putchar('\n');
}

/* Unrelated pairs that one row of a table is about; -1: any. */
static bool in_row(const struct outcome *o, int length, int kind)
{
	return o->relation == UNRELATED && (length < 0 || o->length == length) &&
	       (kind < 0 || (int)o->kind == kind);
}

static void exceed_row(const struct outcome *o, int n, const char *name, int length, int kind)
{
	static const double decades[] = {1.0, 2.0, 3.0, 5.0};
	int over[4] = {0}, all = 0;
	double top = 0.0;

	for (int i = 0; i < n; i++) {
		if (!in_row(&o[i], length, kind))
			continue;
		all++;
		top = fmax(top, o[i].score);
		for (int k = 0; k < 4; k++)
			over[k] += o[i].score >= decades[k];
	}
	if (!all || (length >= 0 && kind >= 0 && all < ROW_MIN))
		return;
	printf("%-14s%-10s%7d", name,
	       kind < 0        ? "all"
	       : kind == KINDS ? "mixed"
			       : kind_names[kind],
	       all);
	for (int k = 0; k < 4; k++) {
		double low, high;

		interval(over[k], all, &low, &high);
		printf("%6d %8.6f %8.6f", over[k], low, high);
	}
	printf("%7.2f\n", top);
}

void table_exceed(const struct outcome *o, int n, const char *const *length_names, int n_lengths)
{
	printf("unrelated pairs that reach so many decades: how many, and the 95 %% interval of "
	       "their "
	       "share\n%-14s%-10s%7s%24s%24s%24s%24s%7s\n",
	       "lengths", "kind", "pairs", "1 (0.1)", "2 (0.01)", "3 (0.001)", "5 (0.00001)",
	       "top");
	for (int l = 0; l < n_lengths; l++)
		for (int k = 0; k <= KINDS; k++)
			exceed_row(o, n, length_names[l], l, k);
	for (int l = 0; l < n_lengths; l++)
		exceed_row(o, n, length_names[l], l, -1);
	for (int k = 0; k <= KINDS; k++)
		exceed_row(o, n, "all", -1, k);
	exceed_row(o, n, "all", -1, -1);
	putchar('\n');
}

static void print_quantiles(struct sample *s)
{
	static const double q[] = {0.5, 0.9, 0.99, 1.0};

	for (int i = 0; i < 4; i++)
		printf("%7.2f", quantile(s, q[i]));
}

void table_parts(const struct outcome *o, int n, const char *const *length_names, int n_lengths)
{
	printf("unrelated pairs: quantiles of the score and of its parts, decades; ideal .30 1.00 "
	       "2.00\n"
	       "%-14s%7s  %-28s  %-28s  %-28s\n",
	       "lengths", "pairs", "score .5 .9 .99 1", "best probe", "windows");
	for (int l = 0; l < n_lengths; l++) {
		struct sample all = sample_new(n), probe = sample_new(n), windows = sample_new(n);

		for (int i = 0; i < n; i++) {
			if (!in_row(&o[i], l, -1))
				continue;
			sample_add(&all, o[i].score);
			sample_add(&probe, o[i].probe);
			sample_add(&windows, o[i].windows);
		}
		if (all.n) {
			printf("%-14s%7d", length_names[l], all.n);
			print_quantiles(&all);
			printf("  ");
			print_quantiles(&probe);
			printf("  ");
			print_quantiles(&windows);
			putchar('\n');
		}
		free(all.v);
		free(probe.v);
		free(windows.v);
	}
	putchar('\n');
}

static bool is_right(const struct outcome *o)
{
	return !isnan(o->err_s) && fabs(o->err_s) <= RIGHT_S;
}

static void related_row(const struct outcome *o, int n, enum relation relation, int kind,
			bool right)
{
	struct sample score = sample_new(n), margin = sample_new(n);
	int exact = 0;

	for (int i = 0; i < n; i++) {
		if (o[i].relation != relation || (int)o[i].kind != kind || is_right(&o[i]) != right)
			continue;
		sample_add(&score, o[i].score);
		sample_add(&margin, o[i].margin);
		exact += right && fabs(o[i].err_s) <= 0.001;
	}
	if (score.n) {
		static const double q[] = {0.0, 0.1, 0.5, 0.9, 1.0};

		printf("%-12s%-10s%-7s%7d%7d ", relation == APART ? "apart" : "overlap",
		       kind_names[kind], right ? "right" : "wrong", score.n, exact);
		for (int i = 0; i < 5; i++)
			printf("%6.1f", quantile(&score, q[i]));
		printf(" ");
		for (int i = 0; i < 5; i++)
			printf("%6.1f", quantile(&margin, q[i]));
		putchar('\n');
	}
	free(score.v);
	free(margin.v);
}

void table_related(const struct outcome *o, int n)
{
	printf("pairs of one event: the best place within 10 ms or not, score and margin\n"
	       "%-12s%-10s%-7s%7s%7s  %-30s %-30s\n",
	       "clips", "kind", "place", "pairs", "1 ms", "score: least .1 .5 .9 most",
	       "margin: the same");
	for (int k = 0; k < KINDS; k++)
		for (int right = 1; right >= 0; right--)
			related_row(o, n, OVERLAPPING, k, right);
	for (int k = 0; k < KINDS; k++)
		related_row(o, n, APART, k, false);
	putchar('\n');
}

struct accepted {
	int unrelated, all_unrelated, right, wrong, overlapping, apart, all_apart;
};

static struct accepted accept(const struct outcome *o, int n, double score, double margin)
{
	struct accepted a = {0};

	for (int i = 0; i < n; i++) {
		bool in = o[i].score >= score && o[i].margin >= margin;

		a.all_unrelated += o[i].relation == UNRELATED;
		a.unrelated += in && o[i].relation == UNRELATED;
		a.overlapping += o[i].relation == OVERLAPPING;
		a.right += in && o[i].relation == OVERLAPPING && is_right(&o[i]);
		a.wrong += in && o[i].relation == OVERLAPPING && !is_right(&o[i]);
		a.all_apart += o[i].relation == APART;
		a.apart += in && o[i].relation == APART;
	}
	return a;
}

void table_thresholds(const struct outcome *o, int n)
{
	static const double scores[] = {1, 2, 3, 4, 5, 7, 10}, margins[] = {0, 1, 2, 3, 5};

	printf("what a match that must reach a score and a margin lets in; unrelated: share and 95 "
	       "%% "
	       "upper bound\n%-8s%-8s%10s%10s%10s%9s%8s%8s%8s%8s\n",
	       "score", "margin", "unrelated", "share", "at most", "right", "of", "wrong", "apart",
	       "of");
	for (int i = 0; i < 7; i++)
		for (int k = 0; k < 5; k++) {
			struct accepted a = accept(o, n, scores[i], margins[k]);
			double low, high;

			interval(a.unrelated, a.all_unrelated, &low, &high);
			printf("%-8.0f%-8.0f%10d%10.6f%10.6f%9d%8d%8d%8d%8d\n", scores[i],
			       margins[k], a.unrelated,
			       (double)a.unrelated / fmax(1.0, a.all_unrelated), high, a.right,
			       a.overlapping, a.wrong, a.apart, a.all_apart);
		}
	putchar('\n');
}
