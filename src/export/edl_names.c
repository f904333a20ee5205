#include "export/edl_names.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define SUFFIX_BYTES 64

static bool is_plain(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* The name's letters and digits up to its extension, in capitals. */
static void first_choice(const char *name, char reel[AS_EDL_REEL_BYTES])
{
	const char *end = strrchr(name, '.');
	size_t n = 0;

	if (!end || end == name)
		end = name + strlen(name);
	for (; name < end && n < AS_EDL_REEL_BYTES - 1; name++)
		if (is_plain(*name))
			reel[n++] = (char)(*name >= 'a' && *name <= 'z' ? *name - 'a' + 'A' : *name);
	reel[n] = '\0';
	/* AX, BL and their like mean an auxiliary source and black */
	if (n < 3)
		memcpy(reel + n, "REEL", 5);
}

/* Names in a table by open addressing; at most half of it is used. */
struct taken {
	char (*v)[AS_EDL_REEL_BYTES];
	size_t mask;
};

/* Whether reel was new. */
static bool take(struct taken *x, const char *reel)
{
	size_t h = 2166136261u;

	for (const char *p = reel; *p; p++)
		h = (h ^ (unsigned char)*p) * 16777619u;
	for (h &= x->mask; x->v[h][0]; h = (h + 1) & x->mask)
		if (strcmp(x->v[h], reel) == 0)
			return false;
	strcpy(x->v[h], reel);
	return true;
}

/* reel with a number at its end in place of its last characters: 36 signs a digit. */
static void numbered(const char *reel, unsigned n, char out[AS_EDL_REEL_BYTES])
{
	char digits[AS_EDL_REEL_BYTES];
	int used = 0, keep = (int)strlen(reel);

	for (; n > 0; n /= 36)
		digits[used++] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[n % 36];
	if (keep > AS_EDL_REEL_BYTES - 1 - used)
		keep = AS_EDL_REEL_BYTES - 1 - used;
	memcpy(out, reel, (size_t)keep);
	while (used > 0)
		out[keep++] = digits[--used];
	out[keep] = '\0';
}

enum as_status as_edl_names_make(const struct as_timeline *t, struct as_edl_names *out,
				 struct as_error *err)
{
	size_t room = 16;
	unsigned next = 1;

	while (room < 2 * (size_t)t->n_media + 2)
		room *= 2;
	struct taken taken = {calloc(room, AS_EDL_REEL_BYTES), room - 1};
	out->reels = calloc((size_t)t->n_media + 1, AS_EDL_REEL_BYTES);
	if (!taken.v || !out->reels) {
		free(taken.v);
		as_edl_names_done(out);
		return as_fail(err, AS_ERR_MEMORY, "out of memory");
	}
	/* whoever's name fits as it is keeps it, whatever comes before */
	for (int i = 0; i < t->n_media; i++) {
		first_choice(t->media[i].name, out->reels[i]);
		if (!take(&taken, out->reels[i]))
			out->reels[i][AS_EDL_REEL_BYTES - 1] = 1; /* later */
	}
	for (int i = 0; i < t->n_media; i++) {
		char first[AS_EDL_REEL_BYTES];
		if (out->reels[i][AS_EDL_REEL_BYTES - 1] == 0)
			continue;
		out->reels[i][AS_EDL_REEL_BYTES - 1] = '\0';
		memcpy(first, out->reels[i], sizeof first);
		do
			numbered(first, ++next, out->reels[i]);
		while (!take(&taken, out->reels[i]));
	}
	free(taken.v);
	return AS_OK;
}

void as_edl_names_done(struct as_edl_names *names)
{
	free(names->reels);
	names->reels = NULL;
}

static bool is_free(const struct as_document *d, const char *suffix)
{
	for (int i = 0; i < d->n_files; i++)
		if (strcasecmp(d->files[i].suffix, suffix) == 0)
			return false;
	return true;
}

void as_edl_plain(const char *name, char out[AS_EDL_PLAIN_BYTES])
{
	size_t n = 0;

	for (const char *p = name; *p && n < AS_EDL_PLAIN_BYTES - 1; p++) {
		if (is_plain(*p) || *p == '-')
			out[n++] = *p;
		else if (n > 0 && out[n - 1] != '_')
			out[n++] = '_';
	}
	while (n > 0 && out[n - 1] == '_')
		n--;
	out[n] = '\0';
	if (n == 0 && name[0] != '\0')
		strcpy(out, "track");
}

char *as_edl_suffix(const struct as_document *d, const char *name, int number)
{
	char plain[AS_EDL_PLAIN_BYTES], *out = malloc(SUFFIX_BYTES);

	if (!out)
		return NULL;
	as_edl_plain(name, plain);
	const char *bar = plain[0] ? "_" : "";
	if (number > 1)
		snprintf(out, SUFFIX_BYTES, "%s%s_%d", bar, plain, number);
	else
		snprintf(out, SUFFIX_BYTES, "%s%s", bar, plain);
	for (int other = 'b'; !is_free(d, out) && other <= 'z'; other++)
		snprintf(out, SUFFIX_BYTES, "%s%s%c_%d", bar, plain, other, number);
	for (int i = 1; !is_free(d, out); i++)
		snprintf(out, SUFFIX_BYTES, "%s%s-%d_%d", bar, plain, i, number);
	return out;
}
