#include "tui/relink.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/figures.h"
#include "base/text.h"
#include "base/words.h"
#include "tui/adding.h"
#include "tui/commands.h"

static const char *first_missing(const struct tui_model *m, char *out, size_t n)
{
	for (int i = 0; i < m->snap->n_clips; i++)
		if (m->snap->clips[i].media == AS_CLIP_MEDIA_MISSING)
			return as_words_clip(out, n, &m->snap->clips[i]);
	return "";
}

bool tui_tell_missing(struct tui *t)
{
	int n = tui_count_missing(&t->m);
	char name[256], clips[AS_FIGURE_BYTES];

	if (n == 1)
		tui_say(t, TUI_WARNING, "%.100s is not where it was: \":relink DIR\" looks for it below a folder", first_missing(&t->m, name, sizeof name));
	else if (n > 1)
		tui_say(t, TUI_WARNING, "%s are not where they were: \":relink DIR\" looks below a folder",
			as_figure_part(clips, sizeof clips, n, t->m.snap->n_clips, "clip", "clips"));
	return n > 0;
}

static void tell(struct tui *t, const struct as_relinked *r, const char *where)
{
	char found[AS_FIGURE_BYTES], name[256];
	int n = tui_count_missing(&t->m);

	as_figure_count(found, sizeof found, r->n_found, "recording", "recordings");
	if (r->n_found > 0 && n == 0)
		tui_say(t, TUI_GOOD, "%s found: none is missing any more", found);
	else if (r->n_found > 0)
		tui_say(t, TUI_WARNING, "%s found; %d %s still missing, %.100s%s", found, n, as_plural(n, "is", "are"),
			first_missing(&t->m, name, sizeof name), n > 1 ? " …" : "");
	else if (n > 0)
		tui_say(t, TUI_WARNING, "%.100s%s: not found below %.200s, by name, size and content", first_missing(&t->m, name, sizeof name),
			n > 1 ? " and others" : "", where);
	else
		tui_say(t, TUI_INFO, "every recording is where it was: none had to be looked for");
}

static void take(struct tui *t)
{
	struct as_error err = {0};
	struct as_relinked found;
	enum as_status status = as_relinking_take(t->m.session, t->adding.relinking, &found, &err);
	char *where = t->adding.relink_dir;

	t->adding.relinking = NULL;
	t->adding.relink_dir = NULL;
	tui_adding_stop(t);
	tui_look(t);
	if (tui_try(t, status, &err))
		tell(t, &found, where ? where : "");
	free(where);
}

static void begin(struct tui *t, char *const *dirs, int n)
{
	struct as_error err = {0};

	t->adding.relinking = as_session_relink_start(t->m.session, (const char *const *)dirs, n, &err);
	if (!tui_try(t, t->adding.relinking ? AS_OK : err.status, &err))
		return;
	t->adding.relink_dir = strdup(dirs[0]);
	if (as_relinking_done(t->adding.relinking, tui_patience_ms(t)))
		take(t);
	else
		snprintf(t->m.adding, sizeof t->m.adding, "looking for what is missing below %.80s", as_path_base(dirs[0]));
	t->dirty = true;
}

void tui_relink(struct tui *t, const char *args)
{
	int n = 0;
	char **words;

	if (!args) {
		tui_say(t, TUI_WARNING, "below which folder? \":relink /mnt/backup\"");
		return;
	}
	if (!tui_adding_is_free(t))
		return;
	words = tui_path_words(t, args, &n);
	if (words && n > 0)
		begin(t, words, n);
	tui_words_free(words, n);
}

void tui_relink_turn(struct tui *t)
{
	if (t->adding.relinking && !t->m.snap->busy && as_relinking_done(t->adding.relinking, 0))
		take(t);
}
