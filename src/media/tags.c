#include "media/tags.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libavutil/avstring.h>

#include "base/text.h"

#define DAY_S 86400.0
#define EARLIEST_S 631152000.0 /* 1990-01-01 */
#define LATEST_AFTER_NOW_S (2.0 * DAY_S)
#define TAG_BYTES 96

/* Exactly n digits at *p; -1 if there are fewer. */
static int digits(const char **p, int n)
{
	int v = 0;
	for (int i = 0; i < n; i++) {
		if (!isdigit((unsigned char)**p))
			return -1;
		v = 10 * v + (*(*p)++ - '0');
	}
	return v;
}

static bool skip_char(const char **p, const char *any)
{
	if (**p == '\0' || strchr(any, **p) == NULL)
		return false;
	(*p)++;
	return true;
}

/* Days since 1970-01-01 in the Gregorian calendar; NAN if there is no such day. */
static double days_since_1970(int y, int m, int d)
{
	static const int before[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365};
	bool leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
	if (y < 1900 || m < 1 || m > 12 || d < 1)
		return NAN;
	if (d > before[m] - before[m - 1] + (leap && m == 2))
		return NAN;
	int leaps = (y - 1) / 4 - (y - 1) / 100 + (y - 1) / 400 - 477; /* 477 of them before 1970 */
	return 365.0 * (y - 1970) + leaps + before[m - 1] + (leap && m > 2) + d - 1;
}

/* "+02:00", "-0730", "Z" or nothing; NAN if it is something else. */
static double zone_s(const char *p)
{
	if (*p == '\0' || strcmp(p, "Z") == 0 || strcmp(p, "z") == 0)
		return 0.0;
	double sign = *p == '-' ? -1.0 : 1.0;
	if (!skip_char(&p, "+-"))
		return NAN;
	int h = digits(&p, 2);
	skip_char(&p, ":");
	int m = *p != '\0' ? digits(&p, 2) : 0;
	if (h < 0 || h > 15 || m < 0 || m > 59 || *p != '\0')
		return NAN;
	return sign * (3600.0 * h + 60.0 * m);
}

static double believable_date(double t, double now_s)
{
	return t >= EARLIEST_S && t <= now_s + LATEST_AFTER_NOW_S ? t : NAN;
}

double as_tags_parse_date(const char *text, double now_s)
{
	const char *p = text;
	int y = digits(&p, 4);
	bool ok = y >= 0 && skip_char(&p, "-:/");
	int mo = ok ? digits(&p, 2) : -1;
	ok = mo >= 0 && skip_char(&p, "-:/");
	int d = ok ? digits(&p, 2) : -1;
	ok = d >= 0 && skip_char(&p, "T ");
	int h = ok ? digits(&p, 2) : -1;
	ok = h >= 0 && skip_char(&p, ":-");
	int mi = ok ? digits(&p, 2) : -1;
	ok = mi >= 0 && skip_char(&p, ":-");
	int s = ok ? digits(&p, 2) : -1;
	if (s < 0 || h > 23 || mi > 59 || s > 60)
		return NAN;
	double fraction = 0.0, unit = 0.1;
	if (skip_char(&p, ".,")) {
		for (; isdigit((unsigned char)*p); p++, unit *= 0.1)
			fraction += unit * (*p - '0');
	}
	double t = days_since_1970(y, mo, d) * DAY_S + 3600.0 * h + 60.0 * mi + s + fraction -
		   zone_s(p);
	return believable_date(t, now_s);
}

double as_tags_parse_timecode(const char *text, double fps)
{
	int h, m, s, f, used = 0;
	char sep;
	if (sscanf(text, "%2d:%2d:%2d%c%3d%n", &h, &m, &s, &sep, &f, &used) != 5 ||
	    text[used] != '\0')
		return NAN;
	if (strchr(":;.", sep) == NULL || h < 0 || h > 23 || m < 0 || m > 59 || s < 0 || s > 59 ||
	    f < 0)
		return NAN;
	double label_s = 3600.0 * h + 60.0 * m + s;
	if (isnan(fps))
		return label_s;
	if (fps < 10.0 || fps > 240.0 || f >= lround(fps))
		return NAN;
	int nominal = (int)lround(fps);
	int64_t frame = (int64_t)label_s * nominal + f;
	if (sep != ':' &&
	    nominal % 30 == 0) { /* SMPTE 12M-1: labels left out each minute but every tenth */
		int minutes = 60 * h + m;
		frame -= (int64_t)(nominal / 15) * (minutes - minutes / 10);
	}
	return (double)frame / fps;
}

static const char *tag(const AVDictionary *tags, const char *key)
{
	const AVDictionaryEntry *e = av_dict_get(tags, key, NULL, 0);
	return e != NULL && e->value[0] != '\0' ? e->value : NULL;
}

/* The tag in the file's own metadata, or else in the first stream that has it. */
static const char *tag_anywhere(const AVFormatContext *fmt, const char *key)
{
	const char *v = tag(fmt->metadata, key);
	for (unsigned i = 0; v == NULL && i < fmt->nb_streams; i++)
		v = tag(fmt->streams[i]->metadata, key);
	return v;
}

/* Broadcast wave keeps date and time apart, and knows no zone. libav names the two like other
 * tags. */
static double bext_date(const AVFormatContext *fmt, double now_s)
{
	const char *date = tag(fmt->metadata, "origination_date");
	const char *time = tag(fmt->metadata, "origination_time");
	date = date != NULL ? date : tag(fmt->metadata, "date");
	time = time != NULL ? time : tag(fmt->metadata, "creation_time");
	char both[2 * TAG_BYTES];
	if (date == NULL || time == NULL || strlen(date) >= TAG_BYTES || strlen(time) >= TAG_BYTES)
		return NAN;
	snprintf(both, sizeof both, "%sT%s", date, time);
	return as_tags_parse_date(both, now_s);
}

double as_tags_created_s(const AVFormatContext *fmt, double now_s)
{
	static const char *const keys[] = {"com.apple.quicktime.creationdate", "creation_time",
					   "date_recorded", "DATE_RECORDED", "date"};
	double t = NAN;
	for (size_t i = 0; isnan(t) && i < sizeof keys / sizeof keys[0]; i++) {
		const char *v = tag_anywhere(fmt, keys[i]);
		if (v != NULL)
			t = as_tags_parse_date(v, now_s);
	}
	return isnan(t) ? bext_date(fmt, now_s) : t;
}

/* Samples since midnight; zero means that there was no clock here too. */
static double bext_time_s(const AVFormatContext *fmt)
{
	const char *text = tag(fmt->metadata, "time_reference");
	if (text == NULL || fmt->nb_streams == 0 || fmt->streams[0]->codecpar->sample_rate <= 0)
		return NAN;
	char *end;
	errno = 0;
	unsigned long long samples = strtoull(text, &end, 10);
	if (errno != 0 || *end != '\0' || !isdigit((unsigned char)text[0]) || samples == 0)
		return NAN;
	double t = (double)samples / fmt->streams[0]->codecpar->sample_rate;
	return t < DAY_S ? t : NAN;
}

struct as_tags_timecode as_tags_timecode(const AVFormatContext *fmt, AVRational frame_rate)
{
	const char *text = tag_anywhere(fmt, "timecode");
	struct as_tags_timecode tc = {.rate = frame_rate};
	/* A timecode track counts frames of its own rate. */
	for (unsigned i = 0; i < fmt->nb_streams; i++) {
		const AVStream *st = fmt->streams[i];
		if (st->codecpar->codec_type == AVMEDIA_TYPE_DATA &&
		    tag(st->metadata, "timecode") != NULL && st->avg_frame_rate.num > 0 &&
		    st->avg_frame_rate.den > 0)
			tc.rate = st->avg_frame_rate;
	}
	double fps = tc.rate.num > 0 && tc.rate.den > 0 ? av_q2d(tc.rate) : (double)NAN;
	tc.start_s = text != NULL ? as_tags_parse_timecode(text, fps) : (double)NAN;
	tc.drop = text != NULL && strcspn(text, ";.") < strlen(text) && fps > 29.0 &&
		  lround(fps) % 30 == 0;
	/* Zero is what writers without a clock put there. */
	if (isnan(tc.start_s) || tc.start_s == 0.0)
		tc = (struct as_tags_timecode){.start_s = bext_time_s(fmt)};
	if (isnan(fps))
		tc.rate = (AVRational){0, 0};
	return tc;
}

static const char *first_of(const AVFormatContext *fmt, const char *const *keys, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const char *v = tag_anywhere(fmt, keys[i]);
		if (v != NULL)
			return v;
	}
	return "";
}

/* Programs write where recorders do: what they say is no device. */
static bool is_software(const char *name)
{
	static const char *const programs[] = {
		"lavf",        "ffmpeg",  "pro tools", "protools",  "reaper",
		"audacity",    "adobe",   "logic",     "audiosync", "handbrake",
		"libsndfile",  "muxer",   "cubase",    "nuendo",    "ableton",
		"sound forge", "wavelab", "izotope",   "davinci",   "resolve"};
	for (size_t i = 0; i < sizeof programs / sizeof programs[0]; i++) {
		if (av_stristr(name, programs[i]) != NULL)
			return true;
	}
	return false;
}

/* Action cameras name themselves in the handlers and encoders of their streams only: "GoPro AVC
 * encoder", "DJI.AVC". */
static const char *brand(const AVFormatContext *fmt)
{
	static const char *const brands[] = {"GoPro", "DJI", "Insta360"};
	static const char *const keys[] = {"encoder", "handler_name", "vendor_name"};
	for (size_t b = 0; b < sizeof brands / sizeof brands[0]; b++) {
		for (size_t k = 0; k < sizeof keys / sizeof keys[0]; k++) {
			const char *v = tag(fmt->metadata, keys[k]);
			if (v != NULL && av_stristr(v, brands[b]) != NULL)
				return brands[b];
			for (unsigned i = 0; i < fmt->nb_streams; i++) {
				v = tag(fmt->streams[i]->metadata, keys[k]);
				if (v != NULL && av_stristr(v, brands[b]) != NULL)
					return brands[b];
			}
		}
	}
	return "";
}

/* Cuts at TAG_BYTES, drops blanks around. */
static void clean(char out[TAG_BYTES], const char *v)
{
	while (isspace((unsigned char)*v))
		v++;
	as_text_escape(out, TAG_BYTES, v);
	size_t n = strlen(out);
	while (n > 0 && out[n - 1] == ' ')
		out[--n] = '\0';
}

static void append(char *out, size_t out_bytes, const char *word)
{
	if (word[0] == '\0')
		return;
	char joined[4 * TAG_BYTES];
	snprintf(joined, sizeof joined, "%s%s%s", out, out[0] != '\0' ? " " : "", word);
	as_text_escape(out, out_bytes, joined);
}

void as_tags_device(const AVFormatContext *fmt, char *out, size_t out_bytes)
{
	static const char *const makes[] = {"com.apple.quicktime.make", "com.android.manufacturer",
					    "make", "manufacturer", "company_name"};
	static const char *const models[] = {"com.apple.quicktime.model", "com.android.model",
					     "model", "product_name"};
	static const char *const originators[] = {"originator",
						  "encoded_by"}; /* of broadcast wave */
	static const char *const serials[] = {"com.apple.quicktime.serialnumber", "serial_number",
					      "serial", "device_serial_number",
					      "camera_serial_number"};
	char make[TAG_BYTES], model[TAG_BYTES], serial[TAG_BYTES];
	clean(make, first_of(fmt, makes, sizeof makes / sizeof makes[0]));
	clean(model, first_of(fmt, models, sizeof models / sizeof models[0]));
	clean(serial, first_of(fmt, serials, sizeof serials / sizeof serials[0]));
	if (model[0] == '\0' && av_match_name("wav", fmt->iformat->name))
		clean(model,
		      first_of(fmt, originators, sizeof originators / sizeof originators[0]));
	if (is_software(make) || is_software(model))
		make[0] = model[0] = '\0';
	if (make[0] == '\0' && model[0] == '\0')
		clean(make, brand(fmt));
	out[0] = '\0';
	if (av_strncasecmp(model, make, strlen(make)) != 0)
		append(out, out_bytes, make);
	append(out, out_bytes, model);
	append(out, out_bytes, serial);
}
