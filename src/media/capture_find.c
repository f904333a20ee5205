/* Which of what the server has a person means, or is what was listened to before. Pure. */
#include "media/capture_server.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "media/capture.h"

#define CHOICES_BYTES 300

bool as_server_same_app(const struct as_server_item *a, const struct as_server_item *b)
{
	return strcmp(a->name, b->name) == 0 && (a->client == b->client || (a->process != 0 && a->process == b->process));
}

/* 0: not meant; the higher, the better. */
static int fit(const struct as_server_item *i, const char *want)
{
	char number[16];
	snprintf(number, sizeof number, "#%u", (unsigned)i->index);
	if (strcmp(want, number) == 0)
		return 5;
	if (strcmp(i->name, want) == 0 || (*i->monitor && strcmp(i->monitor, want) == 0))
		return 4;
	if (strcasecmp(i->name, want) == 0 || strcasecmp(i->binary, want) == 0)
		return 3;
	if (strcasecmp(i->text, want) == 0)
		return i->kind == AS_SERVER_APP ? 1 : 3;
	return *want && (as_text_contains(i->name, want) || as_text_contains(i->text, want) || as_text_contains(i->binary, want));
}

/* Of two streams of applications that fit equally well. */
static bool is_better_stream(const struct as_server_item *a, const struct as_server_item *b)
{
	return a->corked != b->corked ? !a->corked : a->index > b->index;
}

static const struct as_server_item *find_best(const struct as_server *s, enum as_server_kind kind, const char *want, int *most)
{
	const struct as_server_item *best = NULL;
	*most = 0;
	for (int k = 0; k < s->n_items; k++) {
		const struct as_server_item *i = &s->items[k];
		int f = i->kind == kind ? fit(i, want) : 0;
		if (f == 0 || f < *most)
			continue;
		if (f > *most || (kind == AS_SERVER_APP && is_better_stream(i, best)))
			best = i;
		*most = f;
	}
	return best;
}

/* i may be meant as well as best. Streams of one application are one to a person; of two of one name that which plays is meant. */
static bool is_rival(const struct as_server_item *best, const struct as_server_item *i)
{
	if (i == best)
		return false;
	if (i->kind != AS_SERVER_APP || strcmp(i->name, best->name) != 0)
		return true;
	return !as_server_same_app(i, best) && (best->corked || !i->corked);
}

static const struct as_server_item *find_rival(const struct as_server *s, const struct as_server_item *best, const char *want, int most)
{
	for (int k = 0; k < s->n_items; k++)
		if (s->items[k].kind == best->kind && fit(&s->items[k], want) == most && is_rival(best, &s->items[k]))
			return &s->items[k];
	return NULL;
}

/* "app:#6 (a.wav), app:#7 (b.wav)" */
static void list_choices(const struct as_server *s, const struct as_server_item *best, char *out, size_t bytes)
{
	size_t n = 0;
	for (int k = 0; k < s->n_items && n < bytes; k++) {
		const struct as_server_item *i = &s->items[k];
		if (i->kind == best->kind && (i == best || (strcmp(i->name, best->name) == 0 && is_rival(best, i))))
			n += (size_t)snprintf(out + n, bytes - n, "%sapp:#%u (%.40s)", n ? ", " : "", (unsigned)i->index, i->text);
	}
}

static void fail_ambiguous(const struct as_server *s, const struct as_server_item *best, const struct as_server_item *rival,
			   const char *want, struct as_error *err)
{
	const bool app = best->kind == AS_SERVER_APP;
	char choices[CHOICES_BYTES] = "";
	if (app && strcmp(best->name, rival->name) == 0) {
		list_choices(s, best, choices, sizeof choices);
		as_fail(err, AS_ERR_INVALID, "several applications are called '%.100s': choose by number: %s", best->name, choices);
	} else {
		as_fail(err, AS_ERR_INVALID, "'%.100s' fits '%.100s' as well as '%.100s': say more of the name", want,
			app ? rival->name : rival->text, app ? best->name : best->text);
	}
}

const struct as_server_item *as_server_find(const struct as_server *s, enum as_server_kind kind, const char *want,
					    struct as_error *err)
{
	static const char *const what[] = {"output", "input", "application that plays"};
	int most;
	const struct as_server_item *best = find_best(s, kind, want, &most);
	const struct as_server_item *rival = best ? find_rival(s, best, want, most) : NULL;
	if (best && !rival)
		return best;
	if (best)
		fail_ambiguous(s, best, rival, want, err);
	else
		as_fail(err, AS_ERR_NOT_FOUND, "there is no %s called '%.100s'; 'audiosync devices' lists what there is", what[kind],
			want);
	return NULL;
}

const struct as_server_item *as_server_find_again(const struct as_server *s, const struct as_server_item *was)
{
	const struct as_server_item *best = NULL;
	for (int k = 0; k < s->n_items; k++) {
		const struct as_server_item *i = &s->items[k];
		if (i->kind != AS_SERVER_APP || !as_server_same_app(i, was))
			continue;
		if (i->index == was->index && !i->corked)
			return i;
		if (!best || is_better_stream(i, best))
			best = i;
	}
	return best;
}

bool as_server_has_name(const struct as_server *s, const struct as_server_item *i)
{
	for (int k = 0; i->kind == AS_SERVER_APP && k < s->n_items; k++) {
		const struct as_server_item *o = &s->items[k];
		if (o->kind == AS_SERVER_APP && strcmp(o->name, i->name) == 0 && !as_server_same_app(o, i))
			return false;
	}
	return as_server_find(s, i->kind, i->name, NULL) == i;
}

const struct as_server_item *as_server_default(const struct as_server *s, enum as_server_kind kind)
{
	const struct as_server_item *any = NULL;
	for (int k = 0; k < s->n_items; k++) {
		if (s->items[k].kind != kind)
			continue;
		if (s->items[k].is_default)
			return &s->items[k];
		any = any ? any : &s->items[k];
	}
	return any;
}

bool as_server_is_number(const char *want)
{
	return want[0] == '#' && want[1] && !want[1 + strspn(want + 1, "0123456789")];
}

const char *as_server_app_of(const char *source)
{
	return source && strncmp(source, "app:", 4) == 0 ? source + 4 : NULL;
}

const struct as_server_item *as_server_find_source(const struct as_server *s, const char *source, struct as_error *err)
{
	static const struct {
		const char *prefix;
		enum as_server_kind kind;
	} kinds[] = {{"monitor:", AS_SERVER_OUTPUT}, {"input:", AS_SERVER_INPUT}, {"app:", AS_SERVER_APP}};
	const struct as_server_item *i = NULL;
	if (!source && ((i = as_server_default(s, AS_SERVER_OUTPUT)) || (i = as_server_default(s, AS_SERVER_INPUT))))
		return i;
	for (int k = 0; source && k < 3; k++) {
		size_t n = strlen(kinds[k].prefix);
		if (strncmp(source, kinds[k].prefix, n) != 0)
			continue;
		if (source[n])
			return as_server_find(s, kinds[k].kind, source + n, err);
		if (kinds[k].kind != AS_SERVER_APP && (i = as_server_default(s, kinds[k].kind)))
			return i;
	}
	as_fail(err, AS_ERR_NOT_FOUND,
		as_server_app_of(source) ? "app: which application? 'audiosync devices' lists those that play"
					 : "the sound server has no output and no input");
	return NULL;
}

const struct as_server_item *as_server_find_source_again(const struct as_server *s, const struct as_capture_format *was)
{
	const char *app = was ? as_server_app_of(was->device) : NULL;
	if (!app)
		return NULL;
	const struct as_server_item like = {.kind = AS_SERVER_APP,
					    .name = (char *)(uintptr_t)app,
					    .index = was->app.stream,
					    .client = was->app.client,
					    .process = was->app.process};
	return as_server_find_again(s, &like);
}
