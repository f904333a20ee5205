/* New settings for a session that goes on. */
#include <audiosync/edit.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/edit_private.h"

/* Keys whose values differ; *last is one of them. */
static int count_changes(const struct as_options *a, const struct as_options *b, const char **last)
{
	size_t n;
	const struct as_option_row *rows = as_option_rows(&n);
	int changes = 0;
	for (size_t i = 0; i < n; i++) {
		if (strcmp(as_options_value(a, rows[i].key), as_options_value(b, rows[i].key)) == 0)
			continue;
		*last = rows[i].key;
		changes++;
	}
	return changes;
}

static enum as_status begin(struct as_session *s, const struct as_options *opt, int n, const char *key, struct as_error *err)
{
	char label[256];
	if (n == 1)
		snprintf(label, sizeof label, "set %s to %.100s", key, as_options_value(opt, key));
	else
		snprintf(label, sizeof label, "change %d settings", n);
	return as_undo_begin_settings(s, err, label);
}

/* The signal was made from another stream or channel: it leaves the clip, which keeps what an export has to know until it is loaded
 * again. Without memory for that it has to be loaded first. With the lock. */
static void strip_signal(struct as_session *s, struct session_clip *c)
{
	struct clip_load *l = &c->load, kept = {.sound = l->sound, .key = l->key, .cached = l->cached};
	size_t bytes = (size_t)c->n_files * sizeof *kept.parts;
	kept.parts = l->parts ? malloc(bytes) : NULL;
	if (kept.parts)
		memcpy(kept.parts, l->parts, bytes);
	else
		c->state = AS_CLIP_PROBED;
	as_undo_keep_load(s, l);
	if (c->state == AS_CLIP_READY)
		*l = kept;
}

/* With the lock. */
static void take_settings(struct as_session *s, struct as_options *opt)
{
	const struct as_load_config before = as_engine_load_config(s);
	char recipe[RECIPE_BYTES];
	as_options_free(s->opt);
	s->opt = opt;
	as_engine_read_options(s);
	const struct as_load_config after = as_engine_load_config(s);
	bool same = before.stream == after.stream && before.channel == after.channel;
	for (int i = 0; !same && i < s->n_clips; i++) {
		if (s->clips[i].state == AS_CLIP_READY)
			strip_signal(s, &s->clips[i]);
	}
	as_engine_recipe(s, recipe, sizeof recipe);
	s->stale = strcmp(recipe, s->recipe) != 0;
}

enum as_status as_session_configure(struct as_session *s, const struct as_options *opt, struct as_error *err)
{
	const char *key = NULL;
	enum as_status status = as_engine_check_idle(s, err);
	if (status == AS_OK)
		status = as_options_check(opt, err);
	int n = status == AS_OK ? count_changes(s->opt, opt, &key) : 0;
	if (status != AS_OK || n == 0)
		return status;
	struct as_options *copy = as_options_copy(opt);
	status = copy ? begin(s, opt, n, key, err) : as_fail(err, AS_ERR_MEMORY, "settings: out of memory");
	if (status != AS_OK) {
		as_options_free(copy);
		return status;
	}
	pthread_mutex_lock(&s->lock);
	take_settings(s, copy);
	pthread_mutex_unlock(&s->lock);
	as_engine_edited(s);
	as_undo_end(s, true);
	return AS_OK;
}
