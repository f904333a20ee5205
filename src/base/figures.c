#include "base/figures.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

static const char NONE[] = "--";

double as_figure_round(double v, double per_unit)
{
	return round(v * per_unit) / per_unit + 0.0; /* -0.0 + 0.0 is 0.0 */
}

char *as_figure_span(char *out, size_t n, double seconds, bool unicode)
{
	double s = fabs(seconds);
	const char *micro = unicode ? "µs" : "us";
	if (!isfinite(s))
		snprintf(out, n, "%s", NONE);
	else if (s <= 0)
		snprintf(out, n, "0");
	else if (s < 0.9995e-6)
		snprintf(out, n, "<1 %s", micro);
	else if (s < 99.5e-6)
		snprintf(out, n, "%.0f %s", s * 1e6, micro);
	else if (s < 9.995e-3)
		snprintf(out, n, "%.2f ms", s * 1e3);
	else if (s < 99.95e-3)
		snprintf(out, n, "%.1f ms", s * 1e3);
	else if (s < 0.9995)
		snprintf(out, n, "%.0f ms", s * 1e3);
	else
		snprintf(out, n, "%.1f s", s);
	return out;
}

char *as_figure_worse(char *out, size_t n, double decades)
{
	char count[AS_FIGURE_BYTES];
	if (!isfinite(decades) || decades >= 98.95)
		snprintf(out, n, "far less likely");
	else if (decades < 0.05)
		snprintf(out, n, "as likely");
	else if (decades < 1)
		snprintf(out, n, "%.1f times less likely", pow(10, decades));
	else if (decades < 6)
		snprintf(out, n, "%s less likely",
			 as_figure_count(count, sizeof(count), (int64_t)llround(pow(10, decades)), "time", "times"));
	else
		snprintf(out, n, "10^%.0f times less likely", decades);
	return out;
}

char *as_figure_chance(char *out, size_t n, double p)
{
	if (!(p >= 0)) /* NAN too */
		snprintf(out, n, "%s", NONE);
	else if (p < 1e-99)
		snprintf(out, n, "<1e-99");
	else if (p < 0.00095)
		snprintf(out, n, "%.0e", p);
	else
		snprintf(out, n, "%.*f", p < 0.0095 ? 3 : 2, p < 1 ? p : 1.0);
	return out;
}

char *as_figure_drift(char *out, size_t n, double ppm, double err_ppm, bool unicode)
{
	if (!isfinite(ppm)) {
		snprintf(out, n, "%s", NONE);
		return out;
	}
	bool exact = !(err_ppm > 0); /* the island's own clock, or no error given */
	int digits = !exact && err_ppm < 0.095 ? 2 : 1;
	/* Adding zero turns a -0.0 left over by rounding into 0.0. */
	double scale = digits == 2 ? 100 : 10;
	double shown = round(ppm * scale) / scale + 0.0;
	int used = snprintf(out, n, "%+.*f", digits, shown);
	if (!exact && used > 0 && (size_t)used < n)
		snprintf(out + used, n - (size_t)used, " %s%.*f", unicode ? "±" : "+-", digits,
			 err_ppm);
	return out;
}

char *as_figure_score(char *out, size_t n, double decades)
{
	if (!isfinite(decades))
		snprintf(out, n, "%s", NONE);
	else
		snprintf(out, n, "%.1f", decades);
	return out;
}

char *as_figure_rate(char *out, size_t n, double rate_hz)
{
	if (!(rate_hz > 0))
		snprintf(out, n, "%s", NONE);
	else
		snprintf(out, n, "%.6g kHz", rate_hz / 1000);
	return out;
}

char *as_figure_channels(char *out, size_t n, int channels)
{
	if (channels <= 0)
		snprintf(out, n, "%s", NONE);
	else if (channels <= 2)
		snprintf(out, n, "%s", channels == 1 ? "mono" : "stereo");
	else
		snprintf(out, n, "%d channels", channels);
	return out;
}

char *as_figure_bytes(char *out, size_t n, double bytes)
{
	static const char *const units[] = {"kB", "MB", "GB", "TB", "PB"};
	size_t i = 0;

	if (!isfinite(bytes)) {
		snprintf(out, n, "--");
		return out;
	}
	if (bytes < 999.5) {
		snprintf(out, n, "%.0f bytes", bytes);
		return out;
	}
	for (bytes /= 1000; bytes >= 999.5 && i < sizeof units / sizeof *units - 1; i++)
		bytes /= 1000;
	snprintf(out, n, "%.*f %s", bytes < 9.95 && i > 0 ? 1 : 0, bytes, units[i]);
	return out;
}

const char *as_plural(int64_t count, const char *one, const char *many)
{
	return count == 1 ? one : many;
}

const char *as_plural_part(int64_t part, int64_t whole, const char *one, const char *many)
{
	return as_plural(whole == 1 ? 1 : part, one, many);
}

char *as_figure_part(char *out, size_t n, int64_t part, int64_t whole, const char *one, const char *many)
{
	snprintf(out, n, "%" PRId64 " of %" PRId64 " %s", part, whole, as_plural(whole, one, many));
	return out;
}

char *as_figure_count(char *out, size_t n, int64_t count, const char *one, const char *many)
{
	const char *word = as_plural(count, one, many);
	if (count < 1000)
		snprintf(out, n, "%" PRId64 " %s", count, word);
	else if (count < 1000000)
		snprintf(out, n, "%" PRId64 ",%03d %s", count / 1000, (int)(count % 1000), word);
	else
		snprintf(out, n, "%" PRId64 ",%03d,%03d %s", count / 1000000,
			 (int)(count / 1000 % 1000), (int)(count % 1000), word);
	return out;
}
