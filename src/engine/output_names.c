/* What the written files are called: after their tracks, or after the recordings. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/hash.h"
#include "base/text.h"
#include "engine/session_private.h"

/* With a number and an extension under the 255 bytes that most file systems take. */
#define MAX_STEM_BYTES 200
#define TWIN_STEM_BYTES 120
#define MAX_NAME_BYTES (2 * MAX_STEM_BYTES + 40)

/* The names given so far. Some file systems do not tell upper from lower case, so that names must differ in more
 * than that. */
struct name_set {
	char **slots; /* owned by who got the name */
	size_t n_slots;
};

static size_t find_slot(const struct name_set *set, const char *name)
{
	struct as_hash h;
	as_hash_init(&h, 0);
	for (const char *p = name; *p; p++) {
		char c = *p >= 'A' && *p <= 'Z' ? (char)(*p - 'A' + 'a') : *p;
		as_hash_add(&h, &c, 1);
	}
	size_t at = (size_t)as_hash_value(&h) % set->n_slots;
	while (set->slots[at] && strcasecmp(set->slots[at], name) != 0)
		at = (at + 1) % set->n_slots;
	return at;
}

/* Text as part of a file's name: no folder in it, no control characters, not hidden, not like an option, of sane
 * length. */
static void sanitize(const char *text, size_t bytes, size_t max, char out[MAX_STEM_BYTES + 1])
{
	size_t n = 0;
	const char *const end = text + bytes;
	for (const char *p = text; p < end && *p;) {
		uint32_t cp;
		int k = as_text_decode(p, &cp);
		bool plain = k > 0 && cp >= 0x20 && !(cp >= 0x7f && cp < 0xa0) && cp != '/' &&
			     cp != '\\';
		size_t take = plain ? (size_t)k : 1;
		if (n + take > max)
			break;
		if (plain)
			memcpy(out + n, p, take);
		else
			out[n] = '_';
		n += take;
		p += k > 0 ? k : 1;
	}
	out[n] = '\0';
	if (n == 0)
		strcpy(out, "track");
	else if (out[0] == '.' || out[0] == '-')
		out[0] = '_';
}

static void clip_stem(const struct as_session *s, int clip, size_t max,
		      char out[MAX_STEM_BYTES + 1])
{
	const char *name = as_path_base(s->files[s->clips[clip].files[0]].path);
	const char *dot = strrchr(name, '.');
	sanitize(name, dot && dot > name ? (size_t)(dot - name) : strlen(name), max, out);
}

static char *take_name(struct name_set *set, const char *stem, const char *extension)
{
	char name[MAX_NAME_BYTES];
	for (int i = 1;; i++) {
		if (i == 1)
			snprintf(name, sizeof name, "%s.%s", stem, extension);
		else
			snprintf(name, sizeof name, "%s_%d.%s", stem, i, extension);
		size_t at = find_slot(set, name);
		if (!set->slots[at])
			return set->slots[at] = strdup(name);
	}
}

/* Clips whose stem is that of another: they are called after their tracks too, all of them, so that no file looks
 * like the one and only. */
static bool *find_twins(const struct as_session *s, struct name_set *set)
{
	char stem[MAX_STEM_BYTES + 1];
	bool ok = true, *twin = calloc((size_t)s->n_clips + 1, sizeof *twin);
	int *first = malloc(set->n_slots * sizeof *first);
	for (int i = 0; twin && first && ok && i < s->n_clips; i++) {
		clip_stem(s, i, MAX_STEM_BYTES, stem);
		size_t at = find_slot(set, stem);
		if (set->slots[at]) {
			twin[i] = twin[first[at]] = true;
			continue;
		}
		first[at] = i;
		ok = (set->slots[at] = strdup(stem)) != NULL;
	}
	for (size_t i = 0; i < set->n_slots; i++) {
		free(set->slots[i]);
		set->slots[i] = NULL;
	}
	if (!first || !ok) {
		free(twin);
		twin = NULL;
	}
	free(first);
	return twin;
}

static char *clip_name(const struct as_session *s, int clip, bool twin, struct name_set *set,
		       const char *extension)
{
	char stem[MAX_STEM_BYTES + 1], track[MAX_STEM_BYTES + 1], both[2 * MAX_STEM_BYTES + 2];
	clip_stem(s, clip, twin ? TWIN_STEM_BYTES : MAX_STEM_BYTES, stem);
	if (!twin)
		return take_name(set, stem, extension);
	const char *name = s->tracks[s->clips[clip].track];
	sanitize(name, strlen(name), MAX_STEM_BYTES - TWIN_STEM_BYTES, track);
	snprintf(both, sizeof both, "%s_%s", stem, track);
	return take_name(set, both, extension);
}

char **as_engine_output_names(const struct as_session *s, bool per_clip, const char *extension)
{
	const int n = per_clip ? s->n_clips : s->n_tracks;
	char stem[MAX_STEM_BYTES + 1], **names = calloc((size_t)n + 1, sizeof *names);
	struct name_set set = {.n_slots = 2 * (size_t)n + 1};
	bool *twin = NULL, ok = true;
	set.slots = calloc(set.n_slots, sizeof *set.slots);
	if (set.slots && per_clip)
		twin = find_twins(s, &set);
	ok = names && set.slots && (twin || !per_clip);
	for (int i = 0; ok && i < n; i++) {
		if (per_clip) {
			names[i] = clip_name(s, i, twin[i], &set, extension);
		} else {
			sanitize(s->tracks[i], strlen(s->tracks[i]), MAX_STEM_BYTES, stem);
			names[i] = take_name(&set, stem, extension);
		}
		ok = names[i] != NULL;
	}
	free(twin);
	free(set.slots);
	if (!ok)
		as_engine_drop_names(names, n);
	return ok ? names : NULL;
}

char **as_engine_mux_names(const struct as_session *s)
{
	char stem[MAX_STEM_BYTES + 1], **names = calloc((size_t)s->n_files + 1, sizeof *names);
	struct name_set set = {.n_slots = 2 * (size_t)s->n_files + 1};
	set.slots = calloc(set.n_slots, sizeof *set.slots);
	bool ok = names && set.slots;
	for (int i = 0; ok && i < s->n_files; i++) {
		const char *name = as_path_base(s->files[i].path), *dot = strrchr(name, '.');
		sanitize(name, dot && dot > name ? (size_t)(dot - name) : strlen(name), MAX_STEM_BYTES, stem);
		names[i] = take_name(&set, stem, as_engine_mux_extension(s, &s->files[i]));
		ok = names[i] != NULL;
	}
	free(set.slots);
	if (!ok)
		as_engine_drop_names(names, s->n_files);
	return ok ? names : NULL;
}

void as_engine_drop_names(char **names, int n)
{
	for (int i = 0; names && i < n; i++)
		free(names[i]);
	free(names);
}
