/* The match phase: rounds of pairs that the solver asks for, and a memory of what was answered,
 * so that adding a clip does not match everything again. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "engine/session_private.h"

/* About 45 MB; more pairs than that are not remembered. */
#define MAX_MEMO 20000

/* ---- memory ---- */

/* The bits, so that NAN equals itself. */
static uint64_t bits_of(double v)
{
	uint64_t bits;
	if (isnan(v))
		return UINT64_MAX;
	memcpy(&bits, &v, sizeof bits);
	return bits;
}

static int compare_words(const uint64_t *a, const uint64_t *b, int n)
{
	for (int i = 0; i < n; i++) {
		if (a[i] != b[i])
			return a[i] < b[i] ? -1 : 1;
	}
	return 0;
}

static int by_question(const void *pa, const void *pb)
{
	const struct match_memo *a = pa, *b = pb;
	return compare_words(a->question, b->question, MEMO_WORDS);
}

void as_engine_question(const struct as_session *s, uint64_t key_a, uint64_t key_b, const struct as_pair_task *t,
			uint64_t question[MEMO_WORDS])
{
	struct as_hash h;
	as_hash_init(&h, 0);
	as_hash_add(&h, s->recipe, strlen(s->recipe));
	bool everywhere = isnan(t->near_s);
	question[0] = key_a;
	question[1] = key_b;
	question[2] = bits_of(t->near_s);
	question[3] = everywhere ? 0 : bits_of(t->near_tol_s);
	question[4] = as_hash_value(&h);
}

static void ask(const struct as_session *s, const struct as_pair_task *t,
		uint64_t question[MEMO_WORDS])
{
	as_engine_question(s, s->solve_clips[t->a].key, s->solve_clips[t->b].key, t, question);
}

static const struct match_memo *recall(const struct as_session *s, const struct as_pair_task *t)
{
	struct match_memo key;
	if (s->n_memo == 0)
		return NULL;
	ask(s, t, key.question);
	return bsearch(&key, s->memo, (size_t)s->n_memo, sizeof key, by_question);
}

/* What is new in the slots joins what is known. Called with the lock, before the slots are
 * dropped; nothing is lost but time if there is no memory for it. */
void as_engine_remember(struct as_session *s)
{
	int n = s->n_memo;
	if (!s->solve_clips || s->n_matches == 0 || s->n_memo + s->n_matches > MAX_MEMO)
		return;
	struct match_memo *v = realloc(s->memo, (size_t)(n + s->n_matches) * sizeof *v);
	if (!v)
		return;
	s->memo = v;
	for (int i = 0; i < s->n_matches; i++) {
		if (!s->match_done[i] || recall(s, &s->pairs[i]))
			continue;
		v[n] = (struct match_memo){.found = s->matches[i].found, .r = s->matches[i].r};
		ask(s, &s->pairs[i], v[n++].question);
	}
	s->n_memo = n;
	qsort(v, (size_t)n, sizeof *v, by_question);
}

bool as_engine_take_memo(struct as_session *s, const struct match_memo *v, int n)
{
	struct match_memo *all = realloc(s->memo, ((size_t)(s->n_memo + n) + 1) * sizeof *all);
	if (!all)
		return false;
	s->memo = all;
	for (int i = 0; i < n; i++)
		all[s->n_memo + i] = v[i];
	s->n_memo += n;
	qsort(all, (size_t)s->n_memo, sizeof *all, by_question);
	return true;
}

/* ---- jobs ---- */

struct as_match_ws *as_engine_take_workspace(struct as_session *s)
{
	struct as_match_ws *ws = NULL;
	pthread_mutex_lock(&s->lock);
	if (s->n_workspaces > 0)
		ws = s->workspaces[--s->n_workspaces];
	pthread_mutex_unlock(&s->lock);
	return ws ? ws : as_match_ws_new();
}

void as_engine_return_workspace(struct as_session *s, struct as_match_ws *ws)
{
	pthread_mutex_lock(&s->lock);
	if (ws)
		s->workspaces[s->n_workspaces++] = ws;
	pthread_mutex_unlock(&s->lock);
}

void as_engine_drop_workspaces(struct as_session *s)
{
	while (s->n_workspaces > 0)
		as_match_ws_free(s->workspaces[--s->n_workspaces]);
}

static enum as_status match_run(struct as_job *job, struct as_error *err)
{
	struct as_session *s = job->owner;
	const struct as_pair_task *t = &s->pairs[job->id];
	const struct clip_load *a = &s->clips[t->a].load, *b = &s->clips[t->b].load;
	struct as_match_config cfg = s->match_cfg;
	enum as_status status = as_engine_need_result(job, sizeof(struct as_match_result), err);
	cfg.near_s = t->near_s;
	cfg.near_tol_s = t->near_tol_s;
	cfg.ws = as_engine_take_workspace(s);
	if (status == AS_OK)
		status = as_match_pair(&a->signal, &b->signal, &cfg, job->cancel,
				       as_engine_result(job), err);
	as_engine_return_workspace(s, cfg.ws);
	/* An hour of signal is 29 MB: what no job reads just now leaves the resident set. */
	as_blob_rest(&a->blob);
	as_blob_rest(&b->blob);
	return status;
}

/* With the lock. r NULL: nothing was found. Returns how many were found before, or -1. */
static int fill_slot(struct as_session *s, int slot, const struct as_match_result *r)
{
	const struct as_pair_task *t = &s->pairs[slot];
	struct as_solve_match m = {
		.a = t->a, .b = t->b, .found = r != NULL, .narrow = !isnan(t->near_s)};
	if (r)
		m.r = *r;
	s->matches[slot] = m;
	s->match_done[slot] = true;
	return r ? s->n_found++ : -1;
}

static void match_done(struct as_job *job, enum as_status status, const struct as_error *err)
{
	struct as_session *s = job->owner;
	struct as_match_result *r = as_engine_result(job);
	int found = -1;
	if (status == AS_OK || status == AS_NO_MATCH) {
		pthread_mutex_lock(&s->lock);
		found = fill_slot(s, job->id, status == AS_OK ? r : NULL);
		pthread_mutex_unlock(&s->lock);
	} else if (status != AS_CANCELLED) {
		as_engine_break(s, err);
	}
	free(r);
	if (found >= 0)
		as_engine_emit(s, AS_EVENT_MATCH, found);
	as_engine_job_ended(s, 1);
}

static bool grow_slots(struct as_session *s, int cap)
{
	struct as_solve_match *m = realloc(s->matches, (size_t)cap * sizeof *m);
	if (m)
		s->matches = m;
	struct as_pair_task *p = realloc(s->pairs, (size_t)cap * sizeof *p);
	if (p)
		s->pairs = p;
	bool *d = realloc(s->match_done, (size_t)cap * sizeof *d);
	if (d)
		s->match_done = d;
	if (!m || !p || !d)
		return false;
	s->cap_matches = cap;
	return true;
}

/* Makes room for n more slots. The arrays stay where they are while the jobs of a round run. */
bool as_engine_reserve_slots(struct as_session *s, int n)
{
	int cap = s->cap_matches;
	while (cap - s->n_matches < n) {
		if (cap > INT32_MAX / 4)
			return false;
		cap = cap ? cap * 2 : 256;
	}
	if (cap == s->cap_matches)
		return true;
	pthread_mutex_lock(&s->lock);
	bool ok = grow_slots(s, cap);
	pthread_mutex_unlock(&s->lock);
	return ok;
}

static void break_internal(struct as_session *s)
{
	struct as_error err;
	as_fail(&err, AS_ERR_INTERNAL, "analysis: the solver asks for a pair that does not exist");
	as_engine_break(s, &err);
}

static bool task_valid(const struct as_session *s, const struct as_pair_task *t)
{
	return t->a >= 0 && t->a < t->b && t->b < s->n_clips &&
	       s->clips[t->a].state == AS_CLIP_READY && s->clips[t->b].state == AS_CLIP_READY;
}

static bool can_hear_both(const struct as_session *s, const struct as_pair_task *t)
{
	return as_engine_can_hear(s, &s->clips[t->a]) && as_engine_can_hear(s, &s->clips[t->b]);
}

/* Takes the tasks into slots. Those that were answered before need no job; *n_jobs is the number
 * of ids of the others. */
static bool open_round(struct as_session *s, const struct as_pair_task *tasks, int n, int *ids,
		       int *n_jobs)
{
	bool ok = true;
	*n_jobs = 0;
	pthread_mutex_lock(&s->lock);
	for (int i = 0; ok && i < n; i++) {
		int slot = s->n_matches + i;
		const struct match_memo *memo;
		ok = task_valid(s, &tasks[i]);
		s->pairs[slot] = tasks[i];
		s->match_done[slot] = false;
		if (ok && (memo = recall(s, &tasks[i])) != NULL) {
			fill_slot(s, slot, memo->found ? &memo->r : NULL);
			s->done++;
		} else if (ok && (s->goal == GOAL_SOLVE || !can_hear_both(s, &tasks[i]))) {
			/* The solver need not ask again, but nothing is known: not done, so neither counted nor remembered. */
			s->matches[slot] = (struct as_solve_match){
				.a = tasks[i].a, .b = tasks[i].b, .narrow = !isnan(tasks[i].near_s)};
			s->done++;
		} else {
			ids[(*n_jobs)++] = slot;
		}
	}
	if (ok) {
		s->n_matches += n;
		s->total += n;
		s->generation++;
	}
	pthread_mutex_unlock(&s->lock);
	return ok;
}

/* Loads the clips of a project that these matches are about and that have not been heard since. The matches are asked for again then,
 * when loading leads back here. */
static bool load_first(struct as_session *s, const int *slots, int n)
{
	int n_clips = 0, *clips = malloc(((size_t)s->n_clips + 1) * sizeof *clips);
	bool *wanted = calloc((size_t)s->n_clips + 1, sizeof *wanted), started = false;
	for (int i = 0; clips && wanted && i < n; i++) {
		const struct as_pair_task *t = &s->pairs[slots[i]];
		wanted[t->a] = wanted[t->b] = true;
	}
	for (int i = 0; clips && wanted && i < s->n_clips; i++) {
		if (wanted[i] && as_engine_lacks_signal(&s->clips[i]))
			clips[n_clips++] = i;
	}
	if (!clips || !wanted)
		as_engine_break_memory(s);
	else if (n_clips > 0)
		started = as_engine_submit_loads(s, clips, n_clips);
	free(clips);
	free(wanted);
	return started;
}

/* Starts the jobs of what the solver wants next. *again: all of it was known. */
static bool start_round(struct as_session *s, const struct as_plan *plan, bool *again)
{
	int n_jobs = 0, *ids = malloc(((size_t)plan->n + 1) * sizeof *ids);
	bool started = false;
	if (!ids || !as_engine_reserve_slots(s, plan->n))
		as_engine_break_memory(s);
	else if (!open_round(s, plan->tasks, plan->n, ids, &n_jobs))
		break_internal(s);
	else
		started = load_first(s, ids, n_jobs) ||
			  (!as_engine_stopped(s) && as_engine_submit(s, ids, n_jobs, match_run, match_done));
	*again = !started && !as_engine_stopped(s);
	free(ids);
	return started;
}

static void tell_left_out(struct as_session *s, int64_t n)
{
	as_engine_warn(s,
		       "%lld pairs of clips were not compared, since nothing hints at sound that they share; "
		       "analysis.search = thorough compares all",
		       (long long)n);
}

/* One round: the pairs that the solver wants next, or the hints that it needs for that. */
static bool run_round(struct as_session *s, bool *again)
{
	struct as_plan plan = {0};
	struct as_error err;
	bool started = false;
	enum as_status status =
		as_solve_next(s->solve_clips, s->n_clips, s->matches, s->n_matches,
			      s->hint_state == HINTS_READY ? &s->hints : NULL, &s->solve_cfg,
			      &s->cancel, &plan, &err);
	*again = false;
	if (status != AS_OK) {
		if (status != AS_CANCELLED)
			as_engine_break(s, &err);
	} else if (plan.wants_hints && s->goal != GOAL_SOLVE) {
		started = as_engine_step_hints(s);
		*again = !started && s->hint_state == HINTS_READY;
	} else if (plan.n > 0) {
		started = start_round(s, &plan, again);
	} else if (plan.left_out > 0 && s->goal != GOAL_SOLVE) {
		tell_left_out(s, plan.left_out);
	}
	as_plan_done(&plan);
	return started;
}

/* False when the solver wants no more pairs. */
bool as_engine_step_match(struct as_session *s)
{
	bool again, started;
	if (s->hint_state == HINTS_MARKING || s->hint_state == HINTS_ASKING) {
		started = as_engine_step_hints(s);
		if (started || as_engine_stopped(s))
			return started;
	}
	do
		started = run_round(s, &again);
	while (again);
	return started;
}
