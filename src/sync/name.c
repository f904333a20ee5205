#include "sync/name_private.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

/* A short number behind one of these tells devices apart … */
static const char *const device_words[] = {
	"cam",    "camera", "kamera", "mic",     "mike",     "lav",     "phone", "angle",
	"device", "track",  "trk",    "channel", "ch",       "speaker", "guest", "host",
	"iphone", "ipad",   "pixel",  "galaxy",  "recorder", "input",   "iso",   "gopro",
	"hero",   "drone",  "audio",  "sound",   "person",
};

/* … and glued to one of these it counts recordings. */
static const char *const take_words[] = {
	"clip",     "take",    "recording", "rec",      "video",   "movie", "mov",
	"vid",      "part",    "file",      "voice",    "memo",    "scene", "shot",
	"untitled", "segment", "chapter",   "aufnahme", "session", "img",   "dsc",
};

/* Words behind a date that phones and recorders add. */
static const char *const mode_words[] = {"ts",   "ls",    "mp",     "hdr",       "pro",
					 "orig", "night", "edited", "stabilized"};

static bool in_list(const char *const *list, size_t n, const char *word, size_t len)
{
	for (size_t i = 0; i < n; i++)
		if (strlen(list[i]) == len && strncasecmp(list[i], word, len) == 0)
			return true;
	return false;
}

/* Cuts separators off both ends of s, in place. */
static void trim(char *s)
{
	size_t n = strlen(s), lead = 0;

	while (n > 0 && as_is_separator(s[n - 1]))
		s[--n] = '\0';
	while (as_is_separator(s[lead]))
		lead++;
	memmove(s, s + lead, n - lead + 1);
}

/* The lower-case form of the two-byte UTF-8 letter at s; false if it has none here. */
static bool fold_pair(const unsigned char *s, unsigned char *out)
{
	unsigned code = ((s[0] & 0x1fu) << 6) | (s[1] & 0x3fu);

	if ((s[0] & 0xe0) != 0xc0 || (s[1] & 0xc0) != 0x80)
		return false;
	if ((code >= 0xc0 && code <= 0xde && code != 0xd7) || (code >= 0x391 && code <= 0x3a9) ||
	    (code >= 0x410 && code <= 0x42f))
		code += 0x20;
	else if (code >= 0x400 && code <= 0x40f)
		code += 0x50;
	else
		return false;
	out[0] = (unsigned char)(0xc0 | (code >> 6));
	out[1] = (unsigned char)(0x80 | (code & 0x3f));
	return true;
}

char *as_name_fold(const char *s)
{
	size_t n = strlen(s);
	unsigned char *out = malloc(n + 1);

	if (!out)
		return NULL;
	for (size_t i = 0; i < n; i++) {
		if (fold_pair((const unsigned char *)s + i, out + i))
			i++;
		else
			out[i] = (unsigned char)(s[i] >= 'A' && s[i] <= 'Z' ? s[i] + ('a' - 'A')
									    : s[i]);
	}
	out[n] = '\0';
	return (char *)out;
}

static size_t trailing_digits(const char *s, size_t n)
{
	size_t run = 0;

	while (run < n && as_is_digit(s[n - 1 - run]))
		run++;
	return run;
}

/* Is s[0..n) the name of one of several simultaneous files: Tr1, Tr12, TrLR, LR, Mix, Ch3 …? */
static bool is_tag(const char *s, size_t n)
{
	static const char *const plain[] = {"LR",  "MS",   "L",     "R",    "Mix",  "MixLR",
					    "Mic", "TrLR", "TrMic", "TrMS", "TrMix"};
	static const char *const numbered[] = {"Tr", "Trk", "Ch", "ISO"};
	size_t digits = trailing_digits(s, n);

	if (digits == 0)
		return in_list(plain, COUNT(plain), s, n);
	return digits <= 2 && in_list(numbered, COUNT(numbered), s, n - digits);
}

/* The last 4 digits or so of a counter may carry a glued mark: 0001S12, 0001D06. */
static size_t glued_tag(const char *s, size_t n)
{
	size_t digits = trailing_digits(s, n);

	if (digits < 1 || digits > 2 || n < digits + 4)
		return 0;
	if (!memchr("SsDd", s[n - digits - 1], 4) || trailing_digits(s, n - digits - 1) < 3)
		return 0;
	return digits + 1;
}

/* Takes "_Tr1", and "-0002" behind it, off the end of stem. Only behind a number: "Ann_L" is a
 * name. */
static void take_tag(struct as_name *out, char *stem)
{
	size_t n = strlen(stem), digits = trailing_digits(stem, n), start, chapter_digits = 0;

	start = n;
	if ((digits == 3 || digits == 4) && n > digits && stem[n - digits - 1] == '-') {
		chapter_digits = digits;
		start = n - digits - 1;
	}
	for (int pass = chapter_digits ? 0 : 1; pass < 2; pass++) {
		size_t end = pass == 0 ? start : n, begin = end, tag;

		while (begin > 0 && !as_is_separator(stem[begin - 1]))
			begin--;
		tag = end - begin;
		if (begin < 2 || !as_is_digit(stem[begin - 2]) || !is_tag(stem + begin, tag)) {
			tag = glued_tag(stem, end);
			begin = end - tag;
		} else {
			begin--;
		}
		if (tag == 0 || tag >= sizeof(out->tag))
			continue;
		memcpy(out->tag, stem + end - tag, tag);
		if (pass == 0)
			out->chapter = atoi(stem + start + 1);
		stem[begin] = '\0';
		return;
	}
}

/* Does a number of `digits` digits behind text[0..n) count recordings, or is it part of the
 * device's name? */
static bool counts_recordings(const char *text, size_t n, size_t digits, bool padded)
{
	bool glued = n > 0 && !as_is_separator(text[n - 1]);
	size_t end = n, begin;

	if (digits > 18)
		return false;
	if (digits > 2)
		return true;
	while (end > 0 && as_is_separator(text[end - 1]))
		end--;
	for (begin = end; begin > 0 && as_is_letter(text[begin - 1]);)
		begin--;
	if (begin == end || in_list(device_words, COUNT(device_words), text + begin, end - begin))
		return false;
	return !glued || padded ||
	       in_list(take_words, COUNT(take_words), text + begin, end - begin);
}

/* Takes the number that counts recordings out of text, which keeps what names the device. */
static void take_number(struct as_name *out, char *text)
{
	size_t n = strlen(text), digits, lead = 0;

	while (n > 0 && strchr(")] ", text[n - 1]))
		n--;
	digits = trailing_digits(text, n);
	if (digits > 0) {
		if (counts_recordings(text, n - digits, digits, text[n - digits] == '0')) {
			out->number = strtoll(text + n - digits, NULL, 10);
			text[n - digits] = '\0';
		}
	} else {
		/* "001_CamA": the number leads, if it is the only one. */
		while (as_is_digit(text[lead]))
			lead++;
		if (lead >= 2 && lead <= 18 && as_is_separator(text[lead]) &&
		    !strpbrk(text + lead, "0123456789")) {
			out->number = strtoll(text, NULL, 10);
			memmove(text, text + lead, strlen(text + lead) + 1);
		}
	}
	trim(text);
}

/* Where a date begins in s, or NULL; *len is its length. */
static char *find_stamp(char *s, size_t *len, double *time_s)
{
	for (char *p = s; *p; p++) {
		if (!as_is_digit(*p) || (p > s && as_is_digit(p[-1])))
			continue;
		*len = as_name_stamp(p, time_s);
		if (*len)
			return p;
	}
	return NULL;
}

/* Splits stem around a date and numbers into the label; *shape gets what a label-less name looks
 * like. */
static char *parse_generic(struct as_name *out, char *stem, char shape[32])
{
	size_t len = 0, raw = strlen(stem);
	char *label, *stamp, *rest;

	take_tag(out, stem);
	stamp = find_stamp(stem, &len, &out->time_s);
	label = malloc(raw + 2);
	if (!label)
		return NULL;
	if (!stamp) {
		snprintf(shape, 32, "#n");
		strcpy(label, stem);
		take_number(out, label);
		return label;
	}
	snprintf(shape, 32, "#%zu%s", len, isnan(out->time_s) ? "" : "t");
	rest = stamp + len;
	*stamp = '\0';
	take_number(out, stem);
	if (*rest) {
		int64_t before = out->number;

		/* Behind a date every number counts: "(1)", "_2". */
		out->number = -1;
		for (size_t n = strlen(rest), i = n; i > 0; i--) {
			size_t digits = trailing_digits(rest, i);

			if (digits == 0 || digits > 18)
				continue;
			out->number = strtoll(rest + i - digits, NULL, 10);
			memmove(rest + i - digits, rest + i, n - i + 1);
			break;
		}
		if (out->number < 0)
			out->number = before;
		trim(rest);
		if (in_list(mode_words, COUNT(mode_words), rest, strlen(rest)))
			*rest = '\0';
	}
	snprintf(label, raw + 2, "%s%s%s", stem, *stem && *rest ? " " : "", rest);
	return label;
}

/* "12A-T03": scene and take of a production recorder; the scene changes with the day's work, the
 * recorder does not. */
static bool parse_take(struct as_name *out, const char *stem)
{
	size_t n = strlen(stem), digits = trailing_digits(stem, n), i = 0;

	if (digits < 2 || digits > 3 || n < digits + 2 ||
	    (stem[n - digits - 1] != 'T' && stem[n - digits - 1] != 't'))
		return false;
	n -= digits + 1;
	while (i < n && as_is_digit(stem[i]))
		i++;
	if (i == 0 || i > 4)
		return false;
	while (i < n && as_is_letter(stem[i]))
		i++;
	while (i < n && as_is_separator(stem[i]))
		i++;
	out->number = strtoll(stem + strlen(stem) - digits, NULL, 10);
	return i == n;
}

static bool parse_stem(struct as_name *out, char *stem)
{
	char shape[32] = "";
	int maker = as_name_parse_maker(out, stem);

	if (maker < 0)
		return false;
	if (maker == 0 && parse_take(out, stem)) {
		out->label = strdup("Takes");
		out->maker = true;
	} else if (maker == 0) {
		out->label = parse_generic(out, stem, shape);
	}
	if (!out->label)
		return false;
	if (*out->label) {
		out->key = as_name_fold(out->label);
	} else {
		size_t bytes = sizeof(shape) + strlen(out->ext) + 2;

		out->maker = true;
		out->key = malloc(bytes);
		if (out->key)
			snprintf(out->key, bytes, "%s.%s", shape, out->ext);
	}
	return out->key != NULL;
}

bool as_name_parse(struct as_name *out, const char *base)
{
	const char *dot = strrchr(base, '.');
	size_t n = dot && dot > base ? (size_t)(dot - base) : strlen(base);
	char *stem;
	bool ok;

	*out = (struct as_name){.number = -1, .chapter = -1, .time_s = NAN};
	out->ext = as_name_fold(dot && dot > base ? dot + 1 : "");
	stem = strndup(base, n);
	ok = out->ext && stem && parse_stem(out, stem);
	free(stem);
	return ok;
}

void as_name_done(struct as_name *name)
{
	free(name->key);
	free(name->label);
	free(name->ext);
	*name = (struct as_name){0};
}
