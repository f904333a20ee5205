#include "tui/keep.h"

#include <math.h>

#include "base/error.h"
#include "tui/rescue.h"

#define PAUSE_S 1.0  /* so long after the last change … */
#define BEHIND_S 2.0 /* … or, while they go on, after the first one … */
#define SHARE 10.0   /* … unless writing takes more than one part in so many of the time */
#define END_MS 5000  /* at the end a disk has so long to answer */
#define END_S 0.05   /* one that runs is looked after so often */

/* project.autosave_s; INFINITY: never. */
static double longest_s(const struct tui *t)
{
	double s = as_options_real(t->m.opt, "project.autosave_s");

	/* A script's clock stands still: nothing is kept behind its back. */
	return s > 0 && !t->setup->script ? s : INFINITY;
}

static bool is_wanted(const struct tui *t)
{
	/* Without a project or a folder there is no place for it. */
	return t->m.modified && t->m.snap->n_clips > 0 && (t->m.project || t->setup->state_dir);
}

/* When the next one is due; INFINITY: there is nothing to keep. */
static double due_s(const struct tui *t)
{
	const struct tui_keeping *k = &t->keeping;
	double longest = longest_s(t), rest = fmin(longest, fmax(BEHIND_S, SHARE * k->cost_s));

	/* A save is the better autosave. */
	if (!is_wanted(t) || isinf(longest) || t->projects.saves)
		return INFINITY;
	if (k->seen == k->kept)
		return t->m.snap->busy ? k->began_s + longest : INFINITY;
	/* One that failed is not tried at every turn. */
	if (k->failed)
		return k->began_s + longest;
	return fmin(k->changed_s + fmin(PAUSE_S, longest), k->behind_s + rest);
}

static void look(struct tui *t)
{
	struct tui_keeping *k = &t->keeping;
	uint64_t now = as_session_edit_id(t->m.session);

	if (now == k->seen)
		return;
	k->changed_s = tui_clock_s(t);
	if (k->seen == k->kept)
		k->behind_s = k->changed_s;
	k->seen = now;
}

static void tell(struct tui *t, enum as_status status, const struct as_error *err)
{
	struct tui_keeping *k = &t->keeping;

	k->runs = false;
	k->cost_s = tui_clock_s(t) - k->began_s;
	if (status != AS_OK && !k->failed)
		tui_say(t, TUI_WARNING, "what is not saved cannot be kept for later: %s", err->msg);
	k->failed = status != AS_OK;
	/* It is not kept at all. */
	if (k->failed)
		k->kept = UINT64_MAX;
}

static void begin(struct tui *t)
{
	struct tui_keeping *k = &t->keeping;
	struct as_error err = {0};
	enum as_status status;

	k->began_s = tui_clock_s(t);
	k->kept = k->seen;
	k->runs = true;
	status = as_session_autosave_start(t->m.session, t->m.project, t->setup->state_dir, &err);
	if (status != AS_OK)
		tell(t, status, &err);
}

void tui_keep_begin(struct tui *t)
{
	uint64_t edit_id = as_session_edit_id(t->m.session);

	t->recovered = false;
	t->keeping = (struct tui_keeping){.seen = edit_id, .kept = edit_id};
}

/* What a crash would leave of the session, in words; NULL: nothing. */
static const char *left(const struct tui *t)
{
	const struct tui_keeping *k = &t->keeping;

	if (!is_wanted(t) || k->failed)
		return NULL;
	if (k->seen == k->kept && !k->runs)
		return "the session is kept: start audiosync again to go on";
	return k->cost_s > 0 ? "the session is kept as it was some seconds ago: start audiosync again to go on" : NULL;
}

void tui_keep_turn(struct tui *t)
{
	struct as_error err = {0};

	if (t->keeping.runs && as_session_autosave_ended(t->m.session, 0, &err))
		tell(t, err.status, &err);
	look(t);
	if (!t->keeping.runs && tui_clock_s(t) >= due_s(t))
		begin(t);
	tui_rescue_words(left(t));
}

double tui_keep_wait_s(const struct tui *t, double s)
{
	return fmin(s, t->keeping.runs ? END_S : due_s(t) - tui_clock_s(t));
}

bool tui_keep_now(struct tui *t)
{
	struct tui_keeping *k = &t->keeping;
	struct as_error err = {0};
	enum as_status status;

	if (!is_wanted(t))
		return false;
	k->began_s = tui_clock_s(t);
	/* A disk that does not answer would hold up the end for good. */
	as_session_save_ended(t->m.session, END_MS, NULL);
	as_session_autosave_ended(t->m.session, END_MS, NULL);
	as_session_abandon_writing(t->m.session);
	tui_look(t);
	if (!is_wanted(t))
		return false;
	status = as_session_autosave_start(t->m.session, t->m.project, t->setup->state_dir, &err);
	if (status == AS_OK && as_session_autosave_ended(t->m.session, END_MS, &err))
		status = err.status;
	else if (status == AS_OK)
		status = as_fail(&err, AS_ERR_IO, "the disk does not answer");
	tell(t, status, &err);
	return status == AS_OK;
}

void tui_keep_saved(struct tui *t)
{
	t->keeping.kept = t->m.modified ? UINT64_MAX : t->keeping.seen;
	t->keeping.cost_s = 0; /* the autosave is gone */
}

void tui_keep_abandoned(struct tui *t)
{
	t->keeping.runs = false;
	t->keeping.kept = UINT64_MAX;
}

void tui_keep_nothing(struct tui *t)
{
	/* A disk that does not answer may have it. */
	if (t->keeping.runs && !as_session_autosave_ended(t->m.session, tui_patience_ms(t), NULL))
		as_session_abandon_writing(t->m.session);
	/* What another session has left, and nobody has asked for, stays. */
	t->keeping.unwanted = t->keeping.began_s > 0 || t->recovered;
	t->keeping.runs = false;
}
