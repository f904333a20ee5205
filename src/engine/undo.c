/* The steps that can be taken back. */
#include <audiosync/edit.h>

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "engine/undo_private.h"

#define LABEL_BYTES 256

/* ---- the list of steps ---- */

static void drop_step(struct undo_step *step)
{
	free(step->label);
	*step = (struct undo_step){0};
}

/* What comes after the session's own state. */
static void drop_redo(struct undo_history *u)
{
	for (; u->n_steps > u->pos; u->n_steps--) {
		as_undo_drop_state(u, u->states[u->n_steps]);
		u->states[u->n_steps] = NULL;
		drop_step(&u->steps[u->n_steps - 1]);
	}
}

static void drop_oldest(struct undo_history *u)
{
	as_undo_drop_state(u, u->states[0]);
	drop_step(&u->steps[0]);
	memmove(u->states, u->states + 1, (size_t)u->n_steps * sizeof(*u->states));
	memmove(u->steps, u->steps + 1, (size_t)(u->n_steps - 1) * sizeof *u->steps);
	u->n_steps--;
	u->pos--;
}

static void trim(struct undo_history *u)
{
	int before = u->n_steps;
	while (u->n_steps > 0 && (u->n_steps > u->max_steps || as_undo_bytes(u) > u->max_bytes)) {
		if (u->pos > 0) {
			drop_oldest(u);
			continue;
		}
		as_undo_drop_state(u, u->states[u->n_steps]);
		u->states[u->n_steps] = NULL;
		drop_step(&u->steps[--u->n_steps]);
	}
	if (u->n_steps < before)
		as_undo_sweep_attic(u);
}

static bool need_step(struct undo_history *u)
{
	if (u->n_steps < u->cap_steps)
		return true;
	int cap = u->cap_steps > 0 ? u->cap_steps * 2 : 16;
	struct undo_step *steps = realloc(u->steps, (size_t)cap * sizeof *steps);
	if (!steps)
		return false;
	u->steps = steps;
	struct undo_state **states = realloc(u->states, ((size_t)cap + 1) * sizeof(*states));
	if (!states)
		return false;
	u->states = states;
	if (u->cap_steps == 0)
		states[0] = NULL;
	u->cap_steps = cap;
	return true;
}

void as_undo_free(struct as_session *s)
{
	struct undo_history *u = s->undo;
	if (!u)
		return;
	as_undo_forget_matches(s);
	u->pos = 0;
	drop_redo(u);
	if (u->states)
		as_undo_drop_state(u, u->states[0]);
	as_undo_drop_state(u, u->pending);
	drop_step(&u->pending_step);
	for (int i = 0; i < u->n_attic; i++)
		as_engine_load_done(&u->attic[i]);
	as_undo_store_done(&u->store);
	free(u->states);
	free(u->steps);
	free(u->attic);
	free(u);
	s->undo = NULL;
}

enum as_status as_session_keep_undo(struct as_session *s, int steps, int64_t bytes, struct as_error *err)
{
	enum as_status status = as_engine_check_idle(s, err);
	if (status != AS_OK)
		return status;
	if (steps < 0 || bytes < 0)
		return as_fail(err, AS_ERR_INVALID, "undo: less than nothing cannot be kept");
	if (steps == 0) {
		as_undo_free(s);
		return AS_OK;
	}
	if (!s->undo && !(s->undo = calloc(1, sizeof *s->undo)))
		return as_fail(err, AS_ERR_MEMORY, "undo: out of memory");
	s->undo->max_steps = steps;
	s->undo->max_bytes = bytes;
	trim(s->undo);
	return AS_OK;
}

/* ---- changes ---- */

/* Escaped like an error message, since names from outside are in it; NULL when out of memory. */
static char *make_label(const char *fmt, va_list ap)
{
	char text[LABEL_BYTES];
	struct as_error safe;
	vsnprintf(text, sizeof text, fmt, ap);
	as_fail(&safe, AS_ERR_INVALID, "%s", text);
	return strdup(safe.msg);
}

/* In the step before it, which is what a group and a probe after adding do. */
static bool joins(const struct undo_history *u, enum undo_kind kind)
{
	if (u->pos != u->n_steps || u->pos == 0)
		return false;
	return u->grouping ? u->grouped : kind == UNDO_PROBE && u->steps[u->pos - 1].kind == UNDO_ADD;
}

static enum as_status begin(struct as_session *s, const struct undo_step *step, const char *fmt, va_list ap,
			    struct as_error *err)
{
	struct undo_history *u = s->undo;
	u->pending_step = *step;
	u->pending_step.label = make_label(fmt, ap);
	bool ok = u->pending_step.label != NULL;
	if (ok && !joins(u, step->kind)) {
		u->pending = need_step(u) ? as_undo_capture(s) : NULL;
		ok = u->pending != NULL;
	}
	if (ok)
		return AS_OK;
	drop_step(&u->pending_step);
	return as_fail(err, AS_ERR_MEMORY, "undo: out of memory");
}

static enum as_status begin_step(struct as_session *s, const struct undo_step *step, struct as_error *err, const char *fmt,
				 ...) __attribute__((format(printf, 4, 5)));

static enum as_status begin_step(struct as_session *s, const struct undo_step *step, struct as_error *err, const char *fmt, ...)
{
	if (s->edit_depth > 0 || !s->undo) {
		s->edit_depth++;
		return AS_OK;
	}
	va_list ap;
	va_start(ap, fmt);
	enum as_status status = begin(s, step, fmt, ap, err);
	va_end(ap);
	s->edit_depth += status == AS_OK;
	return status;
}

/* The sum of nudges, as one reads it. */
static void write_shift(char *out, size_t bytes, double by_s)
{
	if (fabs(by_s) >= 1)
		snprintf(out, bytes, "%+.3f s", by_s);
	else
		snprintf(out, bytes, "%+.4g ms", by_s * 1000);
}

/* A group of nudges of one clip is named by their sum. */
static void add_nudge(const struct as_session *s, struct undo_step *to, const struct undo_step *more)
{
	char shift[32], text[LABEL_BYTES];
	struct as_error safe;
	if (to->kind != UNDO_NUDGE || more->kind != UNDO_NUDGE || to->clip != more->clip)
		return;
	to->by_s += more->by_s;
	write_shift(shift, sizeof shift, to->by_s);
	snprintf(text, sizeof text, "nudge %.200s by %s", as_engine_clip_name(s, to->clip), shift);
	as_fail(&safe, AS_ERR_INVALID, "%s", text);
	char *label = strdup(safe.msg);
	if (!label)
		return;
	free(to->label);
	to->label = label;
}

static void push(struct as_session *s)
{
	struct undo_history *u = s->undo;
	if (!u->pending) {
		add_nudge(s, &u->steps[u->pos - 1], &u->pending_step);
		drop_step(&u->pending_step);
		return;
	}
	drop_redo(u);
	as_undo_drop_state(u, u->states[u->pos]);
	u->states[u->pos] = u->pending;
	u->steps[u->pos] = u->pending_step;
	u->states[++u->pos] = NULL;
	u->n_steps++;
	u->grouped = u->grouping;
	u->pending = NULL;
	u->pending_step = (struct undo_step){0};
	trim(u);
}

void as_undo_end(struct as_session *s, bool changed)
{
	struct undo_history *u = s->undo;
	if (--s->edit_depth > 0)
		return;
	if (changed) {
		pthread_mutex_lock(&s->lock);
		s->edit_id = ++s->edit_last;
		pthread_mutex_unlock(&s->lock);
	}
	if (!u)
		return;
	if (changed) {
		push(s);
		return;
	}
	as_undo_drop_state(u, u->pending);
	u->pending = NULL;
	drop_step(&u->pending_step);
}

enum as_status as_undo_begin(struct as_session *s, struct as_error *err, const char *fmt, ...)
{
	const struct undo_step step = {.kind = UNDO_OTHER};
	char text[LABEL_BYTES];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	return begin_step(s, &step, err, "%s", text);
}

enum as_status as_undo_begin_settings(struct as_session *s, struct as_error *err, const char *label)
{
	const struct undo_step step = {.kind = UNDO_SETTINGS};
	return begin_step(s, &step, err, "%s", label);
}

enum as_status as_undo_begin_nudge(struct as_session *s, int clip, double by_s, struct as_error *err)
{
	const struct undo_step step = {.kind = UNDO_NUDGE, .clip = clip, .by_s = by_s};
	char shift[32];
	write_shift(shift, sizeof shift, by_s);
	return begin_step(s, &step, err, "nudge %.200s by %s", as_engine_clip_name(s, clip), shift);
}

enum as_status as_undo_begin_add(struct as_session *s, const char *path, struct as_error *err)
{
	const struct undo_step step = {.kind = UNDO_ADD};
	return begin_step(s, &step, err, "add %.200s", as_path_base(path));
}

enum as_status as_undo_note_run(struct as_session *s, enum session_goal goal, struct as_error *err)
{
	static const char *const labels[] = {[GOAL_PROBE] = "look at the files", [GOAL_ANALYZE] = "sync", [GOAL_SOLVE] = "place again", [GOAL_SELFTEST] = "self-test",
					     [GOAL_DRIFT] = "drift"};
	const struct undo_step step = {.kind = goal == GOAL_PROBE     ? UNDO_PROBE
					       : goal == GOAL_ANALYZE ? UNDO_ANALYSIS
					       : goal == GOAL_SOLVE   ? UNDO_SOLVE
								      : UNDO_OTHER};
	if (goal == GOAL_EXPORT)
		return AS_OK;
	as_session_undo_group(s, false);
	enum as_status status = begin_step(s, &step, err, "%s", labels[goal]);
	if (status == AS_OK)
		as_undo_end(s, true);
	return status;
}

void as_session_undo_group(struct as_session *s, bool begin_one)
{
	if (s->undo) {
		s->undo->grouping = begin_one;
		s->undo->grouped = false;
	}
}

/* ---- back and forth ---- */

static enum as_status go_to(struct as_session *s, int pos, struct as_error *err)
{
	struct undo_history *u = s->undo;
	struct undo_state *now = as_undo_capture(s);
	if (!now)
		return as_fail(err, AS_ERR_MEMORY, "undo: out of memory");
	as_undo_drop_state(u, u->states[u->pos]);
	u->states[u->pos] = now;
	enum as_status status = as_undo_restore(s, u->states[pos], now, err);
	if (status != AS_OK)
		return status;
	u->pos = pos;
	as_undo_sweep_attic(u);
	as_engine_emit(s, AS_EVENT_PLACED, 0);
	return AS_OK;
}

enum as_status as_session_undo(struct as_session *s, struct as_error *err)
{
	enum as_status status = as_engine_check_idle(s, err);
	if (status != AS_OK)
		return status;
	as_session_undo_group(s, false);
	if (!s->undo || s->undo->pos == 0)
		return as_fail(err, AS_ERR_INVALID, "there is nothing to undo");
	return go_to(s, s->undo->pos - 1, err);
}

enum as_status as_session_redo(struct as_session *s, struct as_error *err)
{
	enum as_status status = as_engine_check_idle(s, err);
	if (status != AS_OK)
		return status;
	as_session_undo_group(s, false);
	if (!s->undo || s->undo->pos == s->undo->n_steps)
		return as_fail(err, AS_ERR_INVALID, "there is nothing to redo");
	return go_to(s, s->undo->pos + 1, err);
}

const char *as_session_undo_label(const struct as_session *s)
{
	const struct undo_history *u = s->undo;
	return u && u->pos > 0 ? u->steps[u->pos - 1].label : NULL;
}

const char *as_session_redo_label(const struct as_session *s)
{
	const struct undo_history *u = s->undo;
	return u && u->pos < u->n_steps ? u->steps[u->pos].label : NULL;
}

static enum as_undo_kind kind_of(const struct undo_step *step)
{
	switch (step->kind) {
	case UNDO_ADD:
	case UNDO_PROBE:
		return AS_UNDO_FILES;
	case UNDO_SETTINGS:
		return AS_UNDO_SETTINGS;
	case UNDO_SOLVE:
		return AS_UNDO_SOLVE;
	case UNDO_ANALYSIS:
		return AS_UNDO_ANALYSIS;
	default:
		return AS_UNDO_EDIT;
	}
}

enum as_undo_kind as_session_undo_kind(const struct as_session *s)
{
	const struct undo_history *u = s->undo;
	return u && u->pos > 0 ? kind_of(&u->steps[u->pos - 1]) : AS_UNDO_NOTHING;
}

enum as_undo_kind as_session_redo_kind(const struct as_session *s)
{
	const struct undo_history *u = s->undo;
	return u && u->pos < u->n_steps ? kind_of(&u->steps[u->pos]) : AS_UNDO_NOTHING;
}

uint64_t as_session_edit_id(const struct as_session *s)
{
	struct as_session *open = (struct as_session *)s; /* the lock */
	pthread_mutex_lock(&open->lock);
	uint64_t id = s->edit_id;
	pthread_mutex_unlock(&open->lock);
	return id;
}

bool as_session_modified(const struct as_session *s)
{
	struct as_session *open = (struct as_session *)s; /* the lock */
	pthread_mutex_lock(&open->lock);
	bool modified = s->edit_id != s->edit_saved;
	pthread_mutex_unlock(&open->lock);
	return modified;
}
