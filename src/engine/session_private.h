/* What the files of the session share. One lock; the rules:
 *
 * - While nothing runs (busy false) only the front end's thread changes the session; while
 *   something runs only workers do. Whoever changes
 *   takes the lock for it, since snapshots read at any time.
 * - Waveforms are fetched while nothing runs, by workers that change nothing but a clip's load.wave and wave_tried.
 * - What a phase of the analysis only reads (paths, signals, options, finished matches) workers
 *   read without the lock: it
 *   was written before the phase began, and the end of a phase passes through the lock.
 * - The lock is a leaf: nothing is called with it held that blocks, locks or sends events. */
#ifndef AS_ENGINE_SESSION_PRIVATE_H
#define AS_ENGINE_SESSION_PRIVATE_H

#include <pthread.h>
#include <sys/types.h>

#include <audiosync/audiosync.h>

#include "base/cache.h"
#include "dsp/signal.h"
#include "engine/drift_private.h"
#include "engine/event.h"
#include "engine/job.h"
#include "engine/selftest_private.h"
#include "engine/waveform.h"
#include "export/stitch.h"
#include "media/load.h"
#include "media/probe.h"
#include "project/guard.h"
#include "sync/group.h"
#include "sync/solve.h"

/* A clip with less usable sound than this says nothing. */
#define MIN_ACTIVE_S 1.0
/* What files may say of their sound. */
#define MAX_RATE_HZ 1e7
#define MAX_CHANNELS 4096
#define MAX_START_S 1e6

/* A growing list of texts. */
struct text_list {
	char **v;
	int n, cap;
};

/* What was found out about a clip's sound. */
struct clip_sound {
	int stream_index, channels, bits;
	bool is_float;
	double rate_hz;
	int64_t frames;
	int64_t damage;
	double level_db, peak_db;
	double active;
};

/* The same of each of its files. */
struct clip_part {
	int64_t frames;
	double sound_start_s; /* as as_decode_format.start_offset_s: the pictures may begin later (as_media_picture.start_s) */
};

/* The product of a load: the analysis signal, mapped, and what goes with it. */
struct clip_load {
	struct clip_sound sound;
	struct clip_part *parts; /* one for each file of the clip */
	struct as_blob blob;
	struct as_signal signal;
	uint64_t key; /* of the content */
	bool cached;
	struct as_wave *wave;      /* or NULL. What draws it holds it: see waveform.h */
	bool wave_tried;           /* fetching it failed, or goes on */
	struct as_landmarks marks; /* found when there are many clips; see marked */
	bool marked;
};

/* What reading a clip takes of the session. */
struct clip_file {
	char *path;
	int *streams; /* the index in the container of each of its streams of sound */
	int n_streams;
};

struct clip_files {
	struct clip_file *v;
	int n;
	struct as_load_config cfg;
};

struct session_file {
	char *path;  /* absolute */
	char *track; /* asked for by name, or NULL */
	char *kept_track; /* that it has in the project it came with, or NULL */
	dev_t dev;
	ino_t ino;
	off_t bytes;
	int64_t mtime_ns;
	char content[33];          /* hash of what it holds; "" until known */
	bool restored;             /* came with a project */
	enum as_clip_media media;
	enum as_clip_state state;  /* NEW, PROBED, FAILED */
	struct as_media_info info; /* once PROBED */
	char *error;               /* once FAILED */
};

/* A place that stays whatever the analysis says. */
struct session_lock {
	struct as_solve_placement place; /* owns its clock; its candidates count from where beside_file's clip begins */
	int anchor_file; /* the clip that begins with it is what the place counts from; -1: the timeline's zero */
	double after_s;  /* start minus the anchor's */
	int beside_file; /* the clip that begins with it is what the candidates were found beside; -1: there are none */
};

/* What stays with a clip as long as its files stay together. */
struct clip_keep {
	struct session_lock *lock; /* or NULL */
	uint64_t key;              /* by which the project knows its content; 0: none */
	bool imported;             /* another program had placed it: */
	double imported_s, imported_confidence;
};

struct session_clip {
	int *files; /* indices, in order */
	int n_files;
	int track, order;
	enum as_clip_state state;
	double progress;
	struct clip_load load;     /* once READY; without a signal if a project said all else */
	struct clip_keep keep;
	char *error;               /* once FAILED */
	struct text_list warnings; /* of the placement */
};

struct session_output {
	char *path;
	bool is_document;
	struct text_list files; /* that a document became, if they are not the one at path */
	int kind; /* of a document: its row in documents.c */
	int track;
	int clip; /* the one clip of the file, or -1: all of the track */
	int64_t begin; /* the timeline's frame that is its first */
	struct as_encode_spec spec;
	char *title, *originator, *description, *ixml; /* that spec points at */
	struct as_stitch_clip *clips;
	int n_clips;
	struct as_clock_knot **clocks; /* those of the clips that are not the solution's; or NULL */
	struct {
		bool on; /* a camera's file with new sound, instead of sound alone */
		int file, part;
		double part_s; /* where the file begins in the camera's clip */
		int track;     /* the sound's */
		struct as_media_info written; /* once done, of what was written */
	} mux;
	double progress;
	int64_t limited;
	double limited_db;
	bool done;
	char *error;
};

#define MEMO_WORDS 5
#define RECIPE_BYTES 256

/* A finished match by what was asked: the contents of both clips, and where to look. */
struct match_memo {
	uint64_t question[MEMO_WORDS];
	bool found;
	struct as_match_result r;
};

/* Where the match phase stands with the index of all pairs, which only many clips need. */
enum hint_state { HINTS_NONE, HINTS_MARKING, HINTS_ASKING, HINTS_READY };

enum session_goal { GOAL_PROBE, GOAL_ANALYZE, GOAL_SOLVE, GOAL_EXPORT, GOAL_SELFTEST, GOAL_DRIFT };

struct undo_history;
struct autosave_job;
struct save_job;

/* Where a session is kept. The thread of an autosave or a save has it while there is one (keeping, saving), else the front end's. */
struct autosave_places {
	char *own; /* a name that no other session has: without a project, or where another one works on the same; or NULL */
	int own_number; /* of those beside a project */
	struct as_project_guard *own_guard;
	char *recovered; /* the autosave that the session was loaded from, or NULL */
	char *dir;       /* where autosaves went, or links to them; or NULL */
	bool named;      /* the name that goes with the project was written */
};

struct as_session {
	/* Immutable after new. */
	struct as_options *opt;
	struct as_event_queue *events;
	struct as_pool *pool;
	struct as_cache *cache;           /* NULL when off */
	const char *tmp_dir;              /* constant text */
	struct as_solve_config solve_cfg; /* but for reference, which the step after probing sets */
	struct as_match_config match_cfg;
	double island_gap_s;

	atomic_bool cancel; /* the front end asked, or a failure (see error) ends the run */
	atomic_bool waves_wanted;
	atomic_bool waves_stop; /* the same as cancel for the fetching of waveforms */

	pthread_mutex_t lock;
	/* Guarded by the lock, with the reading rules above. */
	uint64_t generation;
	bool busy;
	bool closing;
	int n_wave_jobs; /* those that fetch waveforms: no part of a run, see waveform.c */
	bool unreported; /* the last run's end has not been handed out as AS_EVENT_DONE */
	enum session_goal goal;
	enum as_stage stage;
	enum as_status outcome;
	struct as_error error; /* the failure that ended the run */
	int pending;           /* jobs of the current phase that have not ended */
	int64_t done, total;   /* progress of the stage */
	double decoded_s;

	struct session_file *files;
	int n_files, cap_files;
	struct session_clip *clips;
	int n_clips;
	char **tracks;
	int n_tracks;
	struct text_list own_tracks; /* those that were made by hand: they stay without clips */
	char *reference; /* asked for, or NULL */
	struct text_list left_out; /* aligned files that scans of folders met */
	char *skip_dir;  /* not entered by scans, or NULL; front end thread only */
	struct text_list warnings;
	struct text_list passing; /* those of the warnings that are not saved */
	struct text_list notes; /* of the loading of a project: shown like warnings, not saved */
	char recipe[RECIPE_BYTES]; /* by which the signals and matches that are known were made */
	bool stale;             /* it is not that of the settings: the next analysis makes them anew */
	char *project;          /* loaded from or saved to, absolute; or NULL. Front end thread only */
	dev_t project_dev; /* of the file that was loaded, whatever it was; 0 and 0: none */
	ino_t project_ino;
	struct as_project_guard *guard; /* or NULL. Front end thread only */
	char *guarded;
	struct autosave_places *kept;
	struct save_job *saving;      /* the save that is being written, or of whose end nobody has asked; or NULL. Front end thread only */
	struct autosave_job *keeping; /* the autosave that is being written, or of whose end nobody has asked; or NULL. Front end thread only */
	bool cache_warned;

	struct undo_history *undo;        /* what can be taken back, or NULL. Front end thread only */
	int edit_depth;                   /* changes within changes. Front end thread only */
	uint64_t edit_id, edit_last, edit_saved; /* of the state now, of the newest one, of the one that was saved or loaded */

	struct as_solve_clip *solve_clips; /* of the running or last analysis */
	struct as_solve_match
		*matches;           /* by slot: the order of the tasks, whichever job ends first */
	struct as_pair_task *pairs; /* per slot: its task */
	bool *match_done;           /* per slot: filled */
	int n_matches, cap_matches;
	int n_found;             /* filled slots in which something was found */
	enum hint_state hint_state;
	struct as_index *index;  /* while asking */
	struct as_hints hints;
	struct match_memo *memo; /* sorted: what earlier analyses found */
	int n_memo;
	struct as_match_ws **workspaces; /* that no match uses just now, room for one a thread */
	int n_workspaces;
	struct as_solution solution;
	bool solved;

	struct session_output *outputs; /* sounds, then documents */
	int n_outputs, n_sounds;
	bool force;
	struct as_looks *looks; /* of the call that is under way: front end thread only */
	char *export_dir;       /* that a worker checks and makes, before it writes there; or NULL */
	bool check_first;       /* a worker has to ask the disk what the call has not */
	int document_round; /* of those begun: 1 timelines, 2 reports */
	struct text_list path_maps; /* of the export */

	struct selftest_run selftest;
	struct drift_run drift;

	struct audition_run *audition; /* or NULL: see audition.c */
};

/* A job of a session; whatever else it carries follows in its file. */
struct session_job {
	struct as_job job; /* first: the pool frees it */
	void *result;      /* from run to done */
};

/* session.c */
void as_engine_warn(struct as_session *s, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* warn.c: so many samples of a file that was written were cut off; peak: the loudest, full scale 1, or NAN. */
void as_engine_warn_limited(struct as_session *s, const char *path, int64_t samples, double peak);
/* Of what was just asked for, and no part of the project: told with the others, not saved. */
void as_engine_warn_passing(struct as_session *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void as_engine_emit(struct as_session *s, enum as_event_kind kind, int id);
bool as_text_list_add(struct text_list *l, const char *text);
void as_text_list_done(struct text_list *l);
void as_text_list_remove(struct text_list *l, int i);
void as_engine_file_done(struct session_file *f);
/* What of the settings is read once. */
void as_engine_read_options(struct as_session *s);
/* AS_ERR_BUSY while something runs. */
enum as_status as_engine_check_idle(struct as_session *s, struct as_error *err);
void as_engine_clip_done(struct session_clip *c);
/* snapshot.c: as_session_snapshot for who holds the lock. */
const struct as_snapshot *as_engine_snapshot(const struct as_session *s);
/* Forgets what follows from the clips: matches, placements, outputs. */
void as_engine_drop_results(struct as_session *s);
void as_engine_drop_outputs(struct as_session *s);
/* Begins a run: AS_ERR_BUSY if something runs. The first job is step. */
enum as_status as_engine_start(struct as_session *s, enum session_goal goal, struct as_error *err);
/* Ends the current run with this failure; the first one counts. */
void as_engine_break(struct as_session *s, const struct as_error *err);
void as_engine_break_memory(struct as_session *s);

/* run.c: the state machine. */
typedef enum as_status (*job_run)(struct as_job *job, struct as_error *err);
typedef void (*job_done)(struct as_job *job, enum as_status status, const struct as_error *err);
/* Called by the job that ends a phase. */
void as_engine_step(struct as_session *s);
bool as_engine_stopped(const struct as_session *s);
void as_engine_emit_progress(struct as_session *s, int64_t done, int64_t total);
void as_engine_enter_stage(struct as_session *s, enum as_stage stage, int64_t total);
/* Submits one job for each id. After true another thread may be in the next step already: the
 * caller only returns. False when there is nothing to do, or no memory (the run is broken then). */
bool as_engine_submit(struct as_session *s, const int *ids, int n, job_run run, job_done done);
/* The last act of every done: units of progress that this job still had to report. */
void as_engine_job_ended(struct as_session *s, int64_t units);
/* Ends the run. Nothing of this run may follow. */
void as_engine_finish(struct as_session *s, enum as_status outcome);
/* Room for what run() finds out, zeroed; done() takes and frees it. */
enum as_status as_engine_need_result(struct as_job *job, size_t bytes, struct as_error *err);
void *as_engine_result(struct as_job *job);
void as_engine_fail_text(char **error, enum as_status status, const struct as_error *err);

/* analyze.c: loads the clips of these ids. As as_engine_submit. */
bool as_engine_submit_loads(struct as_session *s, const int *ids, int n);
/* A clip that a project brought and whose sound has not been read since. */
bool as_engine_lacks_signal(const struct session_clip *c);
/* How long the clip sounds by its own clock, s. Its sound is known. */
double as_engine_clip_s(const struct as_session *s, int clip);
/* Whether its sound can be had: it is there, or all of its files are. */
bool as_engine_can_hear(const struct as_session *s, const struct session_clip *c);

/* edit.c: as people know it. */
const char *as_engine_clip_name(const struct as_session *s, int clip);
/* lock.c: a placement that was copied gets a clock of its own; false when out of memory. */
bool as_engine_own_clock(struct as_solve_placement *p);
/* lock_apply.c: where a clip that has a place ends on its island's timeline, s. */
double as_engine_end_s(const struct as_session *s, int clip);
/* lock_apply.c: puts locked clips where they belong, and the islands around them in order. After solving, with the lock. */
/* solved: by as_engine_solve_around, which knew of them. */
void as_engine_apply_locks(struct as_session *s, bool solved);
/* lock_solve.c: as_solve, around the locked clips. */
enum as_status as_engine_solve_around(struct as_session *s, struct as_solution *out, struct as_error *err);
void as_engine_lock_free(struct session_lock *l);

/* media.c */
enum as_clip_media as_engine_media_of(const struct as_session *s, const struct session_clip *c);

/* match_rounds.c */
/* What a memory asks by. */
void as_engine_question(const struct as_session *s, uint64_t key_a, uint64_t key_b, const struct as_pair_task *t, uint64_t question[MEMO_WORDS]);
/* Takes n answers into the memory. False when out of memory. */
bool as_engine_take_memo(struct as_session *s, const struct match_memo *v, int n);
bool as_engine_reserve_slots(struct as_session *s, int n);
/* Gives back what matching worked in. With no job running. */
/* A workspace of an earlier match or a new one; NULL where there is no memory for it. */
struct as_match_ws *as_engine_take_workspace(struct as_session *s);
void as_engine_return_workspace(struct as_session *s, struct as_match_ws *ws);
void as_engine_drop_workspaces(struct as_session *s);
void as_engine_remember(struct as_session *s);

/* autosave.c: leaves them on the disk, for whoever comes next. Waits for the one that is being written. */
void as_engine_leave_autosave(struct as_session *s);

/* hints.c: as_engine_step_hints takes the next step towards the hints; true: jobs run. */
bool as_engine_step_hints(struct as_session *s);
void as_engine_drop_hints(struct as_session *s);

/* media.c, analyze.c, match_rounds.c, export.c: the steps. True: jobs run, and the last of them steps on. */
bool as_engine_step_probe(struct as_session *s);
void as_engine_step_group(struct as_session *s);
bool as_engine_step_load(struct as_session *s);
bool as_engine_prepare_matching(struct as_session *s);
/* What the solver is told of the clips; heap. NULL: no memory, the run is broken. */
struct as_solve_clip *as_engine_solve_clips(struct as_session *s);
/* edit_solve.c: instead of probing, loading and matching. False: the run is broken. */
bool as_engine_step_again(struct as_session *s);
bool as_engine_step_match(struct as_session *s);
void as_engine_step_solve(struct as_session *s);
/* export.c, in a worker: asks the disk what as_session_export has not. */
enum as_status as_engine_begin_export(struct as_session *s, struct as_error *err);
bool as_engine_step_export(struct as_session *s);
void as_engine_end_export(struct as_session *s);

/* selftest.c. True: jobs run, or the run has ended. */
bool as_engine_step_selftest(struct as_session *s);

/* drift.c. The same. */
bool as_engine_step_drift(struct as_session *s);

/* regroup.c: the files as tracks and clips; clips whose files stay together keep what was
 * loaded. */
enum as_status as_engine_regroup(struct as_session *s, struct as_error *err);
/* Whether a track of that name, if there is one, could be the reference: it needs clips. */
enum as_status as_engine_check_reference(const struct as_session *s, const char *name, struct as_error *err);
/* The track that was asked for by name. */
enum as_status as_engine_choose_reference(struct as_session *s, struct as_error *err);
/* One clip for one file, in a track of its name or none yet. */
bool as_engine_append_clip(struct as_session *s, int file);

/* The stream that stands for a file until its sound is known; NULL if it has none. */
const struct as_media_stream *as_engine_likely_stream(const struct as_media_info *m);

/* read_clip.c: any thread. A clip's sound as the analysis takes it, its parts joined; the samples that the sink gets lie at
 * k / AS_ANALYSIS_RATE_HZ. parts: room for one for each file, or NULL. progress (or NULL): seconds decoded so far. AS_CANCELLED where the sink stopped it. */
typedef void (*clip_progress)(void *ctx, double decoded_s);
enum as_status as_engine_read_clip(const struct as_session *s, int clip, const atomic_bool *cancel,
				   as_load_sink sink, void *sink_ctx, clip_progress progress,
				   void *ctx, struct clip_sound *sound, struct clip_part *parts,
				   struct as_error *err);
/* The same of files that need not be a clip's any more; as_engine_clip_files copies what it takes (false: no memory). */
bool as_engine_clip_files(const struct as_session *s, int clip, struct clip_files *out);
void as_engine_clip_files_done(struct clip_files *f);
enum as_status as_engine_read_files(const struct clip_files *files, const atomic_bool *cancel,
				    as_load_sink sink, void *sink_ctx, clip_progress progress,
				    void *ctx, struct clip_sound *sound, struct clip_part *parts,
				    struct as_error *err);
/* The stream and channel that the settings ask for. */
struct as_load_config as_engine_load_config(const struct as_session *s);
/* What signals and matches depend on beside the sound. */
void as_engine_recipe(const struct as_session *s, char *out, size_t bytes);

/* load_clip.c: any thread. */
enum as_status as_engine_load_clip(const struct as_session *s, int clip, const atomic_bool *cancel,
				   clip_progress progress, void *ctx, struct clip_load *out,
				   struct as_error *err);
/* Reads some sound into the sink, as as_engine_read_clip does. */
typedef enum as_status (*sound_read)(void *ctx, as_load_sink sink, void *sink_ctx,
				     struct clip_sound *sound, struct clip_part *parts,
				     struct as_error *err);
/* The analysis signal of any sound of n_parts files, which is put into the cache unless key is NULL. */
enum as_status as_engine_load_sound(const struct as_session *s, const char *key, int n_parts,
				    sound_read read, void *ctx, struct clip_load *out,
				    struct as_error *err);
void as_engine_load_done(struct clip_load *l);
/* By what the cache knows the signal of these files. */
enum as_status as_engine_clip_key(const struct clip_files *files, char key[65], struct as_error *err);

/* audition.c: ends what plays, and frees. */
void as_engine_drop_audition(struct as_session *s);

/* warn.c: after solving; fills the clips' warnings. */
void as_engine_judge(struct as_session *s);

/* output_names.c: the names, without folder, of one file for each track or clip (n_tracks or n_clips of them, whether
 * anything of it is placed or not: names do not depend on what the analysis finds). NULL: no memory. */
char **as_engine_output_names(const struct as_session *s, bool per_clip, const char *extension);
/* The same of the camera files with new sound, by file. */
char **as_engine_mux_names(const struct as_session *s);
void as_engine_drop_names(char **names, int n);

/* export.c: whether something may be written there: AS_ERR_EXISTS, also by force where it is one of the recordings. */
enum as_status as_engine_check_target(const struct as_session *s, const char *path, bool force,
				      struct as_error *err);

/* export_mux.c: files with a picture. plan adds to the outputs what export.mux asks for; call with the lock. */
bool as_engine_wants_mux(const struct as_session *s);
const char *as_engine_mux_extension(const struct as_session *s, const struct session_file *f);
enum as_status as_engine_plan_mux(struct as_session *s, const char *dir, struct as_error *err);
enum as_status as_engine_plan_mux_paths(struct as_session *s, const char *dir, struct as_error *err);
void as_engine_warn_unmuxed(struct as_session *s);
enum as_status as_engine_write_mux(struct as_session *s, struct session_output *o,
				   as_mux_progress progress, void *ctx, struct as_error *err);
enum as_mux_codec as_engine_mux_codec(const struct as_session *s);
void as_engine_tell_left_out(struct as_session *s, const char *path, const struct as_mux_report *r);

/* export_plan.c: what the settings ask for; bits that keep a source; the rate that MP3 has for one. */
enum as_audio_format as_engine_audio_format(const struct as_session *s);
int as_engine_source_depth(const struct clip_sound *a);
int as_engine_mp3_rate(int rate_hz);
/* export_tags.c: what the file says of itself, once its clips and spec are known. False: no memory. */
bool as_engine_tag_output(const struct as_session *s, struct session_output *o);

/* export_plan.c: a clip as a source of sound: files, stream, format; its place is the caller's. False when out of memory. */
bool as_engine_plan_source(const struct as_session *s, int clip, struct as_stitch_clip *out);

/* export_plan.c: fills the outputs; call with the lock. */
enum as_status as_engine_plan(struct as_session *s, const char *dir, struct as_error *err);
/* The same with nothing but the paths, of all tracks (or clips) that have a usable file: what may be written later. */
enum as_status as_engine_plan_paths(struct as_session *s, const char *dir, struct as_error *err);
/* The done() of jobs that write output job->id. */
void as_engine_output_done(struct as_job *job, enum as_status status, const struct as_error *err);

/* document_names.c: the same of the files that a document becomes, one for each track, by the names that they may get. */
enum as_status as_engine_check_lists(const struct as_session *s, const struct session_output *o, bool force,
				     struct as_error *err);

/* export.c: what is wrong with a request in itself. */
enum as_status as_engine_check_request(const struct as_session *s, const struct as_export_request *r,
				       struct as_error *err);
/* The outputs that the request asks for; nothing but their paths, or all that writing them takes. With the lock. */
enum as_status as_engine_plan_outputs(struct as_session *s, const struct as_export_request *r, bool paths,
				      struct as_error *err);
/* The room that an output surely takes. */
double as_engine_output_bytes(const struct as_session *s, const struct session_output *o);

/* documents.c: adds the documents to the outputs; call with the lock. */
enum as_status as_engine_plan_documents(struct as_session *s, const struct as_export_request *r,
					struct as_error *err);
/* What of the request is wrong whatever the analysis finds. */
enum as_status as_engine_check_documents(const struct as_session *s, const struct as_export_request *r,
					 struct as_error *err);
/* document_maps.c: warns of the request's path mappings that meet none of the media. */
void as_engine_warn_maps(struct as_session *s, const char *dir);
/* "" for sound. */
const char *as_engine_document_kind(const struct session_output *o);
struct as_document;
struct as_timeline;
/* document_report.c: a report of the kind that path asks for; edit may be NULL. */
enum as_status as_engine_make_report(const struct as_session *s, const struct as_snapshot *snap,
				     const struct as_timeline *edit, const char *path, struct as_document *out,
				     struct as_error *err);
/* document_write.c: writes them, once the sound is written; true: jobs run. */
bool as_engine_step_documents(struct as_session *s);
/* Seconds of the whole timeline, islands one after another; where island i (1 …) begins on it. */
double as_engine_timeline_s(const struct as_session *s);
double as_engine_island_start_s(const struct as_session *s, int island);

#endif
