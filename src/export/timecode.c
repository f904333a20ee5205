#include "export/timecode.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define EXACT_BOUND 1125899906842624.0 /* 2^50 */
#define NTSC_NUM 1000
#define NTSC_DEN 1001
/* Files state 29.97, 29.970, 29.97003 or a mean over their length; 24 and 23.976 are 0.1 % apart. */
#define SNAP 0.0002

static int gcd(int a, int b)
{
	while (b != 0) {
		int r = a % b;
		a = b;
		b = r;
	}
	return a;
}

static bool can_drop(struct as_frame_rate r)
{
	return r.den == NTSC_DEN && (r.num == 30 * NTSC_NUM || r.num == 60 * NTSC_NUM);
}

bool as_rate_valid(struct as_frame_rate r)
{
	return r.num > 0 && r.den > 0 && r.num <= AS_RATE_MAX_TERM && r.den <= AS_RATE_MAX_TERM &&
	       r.num >= r.den && r.num / 1000 <= r.den && (int64_t)r.num <= 1000 * (int64_t)r.den &&
	       gcd(r.num, r.den) == 1 && (!r.drop || can_drop(r));
}

bool as_rate_same_speed(struct as_frame_rate a, struct as_frame_rate b)
{
	return (int64_t)a.num * b.den == (int64_t)b.num * a.den;
}

int as_rate_base(struct as_frame_rate r)
{
	int base = (int)((2 * (int64_t)r.num + r.den) / (2 * (int64_t)r.den));
	return base > 0 ? base : 1;
}

bool as_rate_is_ntsc(struct as_frame_rate r)
{
	return (int64_t)r.num * NTSC_DEN == (int64_t)as_rate_base(r) * NTSC_NUM * r.den;
}

/* --- names --------------------------------------------------------------------------------------------------------- */

static struct as_frame_rate reduced(int64_t num, int64_t den)
{
	struct as_frame_rate r = {0, 1, false};

	if (num <= 0 || den <= 0 || num > INT32_MAX || den > INT32_MAX)
		return r;
	int g = gcd((int)num, (int)den);
	return (struct as_frame_rate){(int)num / g, (int)den / g, false};
}

/* Up to max digits at *p, which moves on; -1 if there is none or one too many. */
static int64_t digits(const char **p, int max)
{
	int64_t v = 0;
	int n = 0;

	for (; isdigit((unsigned char)**p); ++*p)
		if (n++ < max)
			v = 10 * v + (**p - '0');
	return n == 0 || n > max ? -1 : v;
}

/* n/1000 frames a second: an NTSC rate if it is one to the digits given, else the fraction itself. */
static struct as_frame_rate from_decimal(int64_t thousandths, int decimals)
{
	int64_t base = (thousandths + 500) / 1000;
	int64_t unit = decimals == 1 ? 100 : decimals == 2 ? 10 : 1;
	/* the NTSC rate at base, in units of the last digit given, rounded */
	int64_t exact = base * NTSC_NUM * 1000;
	int64_t rounded = (2 * exact + NTSC_DEN * unit) / (2 * NTSC_DEN * unit) * unit;

	if (decimals >= 2 && rounded == thousandths && thousandths % 1000 != 0)
		return reduced(base * NTSC_NUM, NTSC_DEN);
	return reduced(thousandths, 1000);
}

/* The number at the beginning; *end is behind it. num is 0 where there is none. */
static struct as_frame_rate parse_number(const char *text, const char **end)
{
	static const struct as_frame_rate none = {0, 1, false};
	const char *p = text;
	int64_t whole = digits(&p, 8), part;

	if (whole < 0)
		return none;
	if (*p == '/') {
		p++;
		part = digits(&p, 8);
		*end = p;
		return part < 0 ? none : reduced(whole, part);
	}
	if (*p == '.') {
		const char *from = ++p;
		part = digits(&p, 3);
		*end = p;
		if (part < 0)
			return none;
		int n = (int)(p - from);
		return from_decimal(whole * 1000 + part * (n == 1 ? 100 : n == 2 ? 10 : 1), n);
	}
	*end = p;
	return reduced(whole, 1);
}

enum as_status as_rate_parse(const char *text, struct as_frame_rate *out, struct as_error *err)
{
	const char *p = text;
	struct as_frame_rate r = parse_number(text, &p);

	if (r.num > 0) {
		if (*p == ' ')
			p++;
		r.drop = strcasecmp(p, "df") == 0;
		if (r.drop || strcasecmp(p, "ndf") == 0 || (*p == '\0' && p[-1] != ' ')) {
			if (as_rate_valid(r)) {
				*out = r;
				return AS_OK;
			}
			if (r.drop && !can_drop(r))
				return as_fail(err, AS_ERR_INVALID,
					       "%s: only 29.97 and 59.94 have drop frame", text);
		}
	}
	return as_fail(err, AS_ERR_INVALID,
		       "%s: not a frame rate (23.976, 24, 25, 29.97, 29.97df, 30, 50, 60 …)", text);
}

char *as_rate_name(char *out, size_t out_bytes, struct as_frame_rate r)
{
	const char *drop = r.drop ? "df" : "";

	if (r.den == 1)
		snprintf(out, out_bytes, "%d", r.num);
	else if (as_rate_is_ntsc(r)) {
		/* rounded to thousandths, then without closing zeros: 23.976, 29.97 */
		int64_t t = (2000 * (int64_t)r.num + r.den) / (2 * (int64_t)r.den);
		int n = t % 10 != 0 ? 3 : 2;
		snprintf(out, out_bytes, "%d.%0*d%s", (int)(t / 1000), n,
			 (int)(t % 1000 / (n == 2 ? 10 : 1)), drop);
	} else
		snprintf(out, out_bytes, "%d/%d", r.num, r.den);
	return out;
}

bool as_rate_from_fps(double fps, struct as_frame_rate *out)
{
	if (!(fps >= 1.0) || !(fps <= 1000.0))
		return false;
	int base = (int)lround(fps);
	double ntsc = (double)base * NTSC_NUM / NTSC_DEN;
	if (fabs(fps - base) <= SNAP * base)
		*out = reduced(base, 1);
	else if (fabs(fps - ntsc) <= SNAP * base)
		*out = reduced((int64_t)base * NTSC_NUM, NTSC_DEN);
	else
		return false;
	return as_rate_valid(*out);
}

/* --- seconds and frames -------------------------------------------------------------------------------------------- */

/* Whether seconds * num / den < frame + 1/2, decided exactly. With x = 2 * seconds * num the question is x < (2 * frame + 1) * den.
 * fma gives x as hi + lo without error: hi is the product rounded, lo what rounding took. The right side is a whole number
 * below 2^53. hi and it lie within a factor of two of each other or their difference is so large that lo cannot turn it; in
 * the first case the difference is exact (Sterbenz), in the second its sign is right, and so is the sign of difference + lo. */
static bool before_half(double seconds, struct as_frame_rate r, double frame)
{
	double twice = 2.0 * seconds, num = r.num;
	double hi = twice * num, lo = fma(twice, num, -hi);
	double side = (2.0 * frame + 1.0) * r.den;

	return (hi - side) + lo < 0.0;
}

bool as_rate_frames(double seconds, struct as_frame_rate r, int64_t *frames)
{
	*frames = 0;
	if (!isfinite(seconds) || !(fabs(seconds) * r.num < EXACT_BOUND))
		return false;
	/* off by one at most: its relative error is 2^-52 and it stays below 2^50 */
	double near = floor(seconds * r.num / r.den + 0.5);
	while (!before_half(seconds, r, near))
		near += 1.0;
	while (before_half(seconds, r, near - 1.0))
		near -= 1.0;
	*frames = (int64_t)near;
	return true;
}

double as_rate_seconds(int64_t frames, struct as_frame_rate r)
{
	return (double)(frames * r.den) / r.num;
}

/* --- timecode ------------------------------------------------------------------------------------------------------ */

/* Numbers left out at the beginning of each minute but the tenth, twentieth … */
static int64_t dropped_a_minute(struct as_frame_rate r)
{
	return r.drop ? as_rate_base(r) / 15 : 0;
}

static int64_t ten_minutes(struct as_frame_rate r)
{
	return 600 * (int64_t)as_rate_base(r) - 9 * dropped_a_minute(r);
}

int64_t as_timecode_day_frames(struct as_frame_rate r)
{
	return 24 * 6 * ten_minutes(r);
}

/* The number that timecode shows for the frame: the count with those that were left out. */
static int64_t shown_number(int64_t frame, struct as_frame_rate r)
{
	int64_t out = dropped_a_minute(r), minute = 60 * (int64_t)as_rate_base(r) - out;
	int64_t tens = frame / ten_minutes(r), rest = frame % ten_minutes(r);
	int64_t minutes = rest < minute + out ? 0 : (rest - out) / minute;

	return frame + out * (9 * tens + minutes);
}

char *as_timecode_format(char *out, size_t out_bytes, int64_t frames, struct as_frame_rate r)
{
	int64_t day = as_timecode_day_frames(r), base = as_rate_base(r);
	int64_t n = shown_number(((frames % day) + day) % day, r);
	int64_t s = n / base;

	snprintf(out, out_bytes, "%02d:%02d:%02d%c%0*d", (int)(s / 3600), (int)(s / 60 % 60),
		 (int)(s % 60), r.drop ? ';' : ':', base > 100 ? 3 : 2, (int)(n % base));
	return out;
}

/* Two digits, or three, and the separator behind them; -1 if they are not there. */
static int64_t field(const char **p, int n, const char *separators)
{
	int64_t v = 0;

	for (int i = 0; i < n; i++, ++*p) {
		if (!isdigit((unsigned char)**p))
			return -1;
		v = 10 * v + (**p - '0');
	}
	if (*separators == '\0')
		return **p == '\0' ? v : -1;
	if (**p == '\0' || !strchr(separators, **p))
		return -1;
	++*p;
	return v;
}

enum as_status as_timecode_parse(const char *text, struct as_frame_rate r, int64_t *frames,
				 struct as_error *err)
{
	const char *p = text;
	int64_t base = as_rate_base(r), out = dropped_a_minute(r), h, m = -1, s = -1, f = -1;

	if ((h = field(&p, 2, ":")) >= 0 && (m = field(&p, 2, ":")) >= 0 &&
	    (s = field(&p, 2, r.drop ? ";:" : ":")) >= 0)
		f = field(&p, base > 100 ? 3 : 2, "");
	if (f < 0 || h > 23 || m > 59 || s > 59)
		return as_fail(err, AS_ERR_INVALID, "%s: not a timecode (HH:MM:SS%cFF)", text,
			       r.drop ? ';' : ':');
	if (f >= base)
		return as_fail(err, AS_ERR_INVALID, "%s: there are only %d frames a second", text,
			       (int)base);
	if (f < out && s == 0 && m % 10 != 0)
		return as_fail(err, AS_ERR_INVALID, "%s: drop frame leaves out this number", text);
	int64_t minutes = 60 * h + m;
	*frames = (60 * minutes + s) * base + f - out * (minutes - minutes / 10);
	return AS_OK;
}
