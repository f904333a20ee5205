#include "sync/name_private.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* What makers call their files, matched against the whole stem without case. A digit 9 stands for
 * one digit of the number, 0 for one of the chapter, & for a digit and ^ for a letter or digit that
 * says nothing, ~ for such a letter, = for a letter that belongs to the label, + for a letter or
 * digit of the tag, * for a rest behind a separator. */
struct maker_row {
	const char *pattern;
	const char *ext; /* only with this extension, or NULL */
	const char *label;
	int chapter; /* where the pattern has none */
};

static const struct maker_row maker_rows[] = {
	{"GOPR9999", NULL, "GoPro", 0},
	{"GP009999", NULL, "GoPro", -1},
	{"GH009999", NULL, "GoPro", -1},
	{"GX009999", NULL, "GoPro", -1},
	{"GS009999", NULL, "GoPro 360", -1},
	{"GL009999", NULL, "GoPro proxy", -1},
	{"DJI_9999", NULL, "DJI", -1},
	{"DJI_&&&&&&&&&&&&&&_9999_D", NULL, "DJI", -1},
	{"C9999", NULL, "Sony", -1},
	{"C9999S++", NULL, "Sony proxy", -1},
	{"MVI_9999", NULL, "Canon", -1},
	{"~~999900", "mxf", "Canon", -1},
	{"P9999999", NULL, "Panasonic", -1},
	{"S9999999", NULL, "Panasonic", -1},
	{"9999~^", "mxf", "P2", -1},
	{"9999^~", "mxf", "P2", -1},
	{"9999~^++", "mxf", "P2", -1},
	{"9999^~++", "mxf", "P2", -1},
	{"IMG_9999", NULL, "iPhone", -1},
	{"IMG_E9999", NULL, "iPhone edited", -1},
	{"STE-999", NULL, "ZOOM", -1},
	{"MONO-999", NULL, "ZOOM", -1},
	{"4CH-999+", NULL, "ZOOM", -1},
	{"TX++_MIC999*", NULL, "TX", -1},
	{"&&Y&&M&&T99", NULL, "Sound Devices", -1},
	{"&&Y&&M&&-T99", NULL, "Sound Devices", -1},
	{"&&Y&&M&&T99_+", NULL, "Sound Devices", -1},
	{"&&Y&&M&&-T99_+", NULL, "Sound Devices", -1},
	{"=999_C999_&&&&^^_000", NULL, "Cam ", -1},
	{"=999_C999*", NULL, "Cam ", -1},
	{"=999C999*", NULL, "Cam ", -1},
	{"=999_&&&&&&&&_C999*", NULL, "Cam ", -1},
};

struct maker_match {
	int64_t number;
	int chapter;
	char letter;
	char tag[16];
};

/* One character of a stem against one of a pattern. */
static bool match_char(char p, char c, struct maker_match *m)
{
	size_t n = strlen(m->tag);

	switch (p) {
	case '9':
		m->number = (m->number < 0 ? 0 : m->number) * 10 + (c - '0');
		return as_is_digit(c);
	case '0':
		m->chapter = (m->chapter < 0 ? 0 : m->chapter) * 10 + (c - '0');
		return as_is_digit(c);
	case '&':
		return as_is_digit(c);
	case '~':
		return as_is_letter(c);
	case '^':
		return as_is_digit(c) || as_is_letter(c);
	case '=':
		m->letter = c >= 'a' && c <= 'z' ? (char)(c - ('a' - 'A')) : c;
		return m->letter >= 'A' && m->letter <= 'Z';
	case '+':
		if (n + 1 < sizeof(m->tag))
			m->tag[n] = c;
		return as_is_digit(c) || (as_is_letter(c) && (unsigned char)c < 0x80);
	default:
		return strncasecmp(&p, &c, 1) == 0;
	}
}

static bool match_maker(const char *pattern, const char *stem, struct maker_match *m)
{
	*m = (struct maker_match){.number = -1, .chapter = -1};
	for (; *pattern; pattern++, stem++) {
		if (*pattern == '*')
			return !*stem || as_is_separator(*stem);
		if (!*stem || !match_char(*pattern, *stem, m))
			return false;
	}
	return !*stem;
}

int as_name_parse_maker(struct as_name *out, const char *stem)
{
	for (size_t i = 0; i < sizeof(maker_rows) / sizeof(*maker_rows); i++) {
		const struct maker_row *row = &maker_rows[i];
		struct maker_match m;
		size_t n = strlen(row->label);

		if ((row->ext && strcmp(row->ext, out->ext) != 0) ||
		    !match_maker(row->pattern, stem, &m))
			continue;
		out->label = malloc(n + 2);
		if (!out->label)
			return -1;
		memcpy(out->label, row->label, n);
		out->label[n] = m.letter;
		out->label[n + 1] = '\0';
		memcpy(out->tag, m.tag, sizeof(out->tag));
		out->number = m.number;
		out->chapter = m.chapter >= 0 ? m.chapter : row->chapter;
		out->maker = true;
		return 1;
	}
	return 0;
}
