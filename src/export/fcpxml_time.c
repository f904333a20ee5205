#include "export/fcpxml_time.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* Fine enough that a speed given by two points is exact to 1e-10 over hours; divisible by the usual frame rates. */
#define RETIME_SCALE 720000

static int64_t gcd(int64_t a, int64_t b)
{
	while (b) {
		int64_t r = a % b;
		a = b;
		b = r;
	}
	return a < 0 ? -a : a;
}

struct as_fcp_time as_fcp_time(int64_t num, int64_t den)
{
	int64_t g = gcd(num, den);
	return g > 1 ? (struct as_fcp_time){num / g, den / g} : (struct as_fcp_time){num, den};
}

struct as_fcp_time as_fcp_frames(int64_t frames, struct as_frame_rate rate)
{
	return as_fcp_time(frames * rate.den, rate.num);
}

struct as_fcp_time as_fcp_add(struct as_fcp_time a, struct as_fcp_time b)
{
	int64_t g = gcd(a.den, b.den);
	return as_fcp_time(a.num * (b.den / g) + b.num * (a.den / g), a.den / g * b.den);
}

bool as_fcp_equal(struct as_fcp_time a, struct as_fcp_time b)
{
	return a.num == b.num && a.den == b.den;
}

char *as_fcp_format(char out[AS_FCP_TIME_BYTES], struct as_fcp_time t)
{
	if (t.den == 1)
		snprintf(out, AS_FCP_TIME_BYTES, "%" PRId64 "s", t.num);
	else
		snprintf(out, AS_FCP_TIME_BYTES, "%" PRId64 "/%" PRId64 "s", t.num, t.den);
	return out;
}

static bool read_number(const char **p, int64_t *out)
{
	int64_t n = 0;
	int digits = 0;
	for (; **p >= '0' && **p <= '9'; (*p)++, digits++) {
		if (digits == 18)
			return false;
		n = n * 10 + (**p - '0');
	}
	*out = n;
	return digits > 0;
}

bool as_fcp_parse(const char *text, struct as_fcp_time *out)
{
	int64_t num, den = 1;
	bool minus = *text == '-';
	text += minus;
	if (!read_number(&text, &num))
		return false;
	if (*text == '/') {
		text++;
		if (!read_number(&text, &den) || den == 0)
			return false;
	}
	*out = as_fcp_time(minus ? -num : num, den);
	return text[0] == 's' && text[1] == '\0';
}

struct as_fcp_time as_fcp_media_start(const struct as_timeline_media *m)
{
	if (!m->has_tc)
		return as_fcp_time(0, 1);
	if (m->has_video)
		return as_fcp_frames(m->tc_frames, m->tc_rate);
	int64_t rate_hz = llround(m->rate_hz);
	return as_fcp_time(llround(m->start_tc_s * (double)rate_hz), rate_hz);
}

struct as_fcp_time as_fcp_media_end(const struct as_timeline *t, const struct as_timeline_item *it)
{
	const int64_t frames = t->media[it->media].frames;
	if (it->speed == 1)
		return as_fcp_frames(frames, t->rate);
	double end_s = (double)frames * t->rate.den / t->rate.num / it->speed;
	return as_fcp_time(llround(end_s * RETIME_SCALE), RETIME_SCALE);
}

int64_t as_fcp_lead_frames(const struct as_timeline_item *it)
{
	return it->speed == 1 ? it->source_in : llround((double)it->source_in / it->speed);
}
