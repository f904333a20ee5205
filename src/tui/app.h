/* The interface as a whole: session, panes, dialogs, and what they may ask of one another. The front end's thread alone. */
#ifndef AS_TUI_APP_H
#define AS_TUI_APP_H

#include "tui/layout.h"
#include "tui/pane.h"
#include "tui/prompt.h"
#include "tui/screen.h"
#include "tui/tui.h"

#define TUI_DIALOGS_MAX 8

struct tui_part_of_screen {
	const struct tui_pane_ops *ops;
	void *state;
};

/* What is played or written to be heard. */
struct tui_hearing {
	bool on;
	char path[TUI_LOG_BYTES]; /* "": it is played */
};

/* Recordings on their way into the session; adding.c. */
struct tui_adding {
	struct as_listing *listing; /* what they are looked for with, or NULL */
	int n;                      /* paths in it */
	struct as_demo_run *demo;   /* the shoot that is made up, or NULL, … */
	char *demo_dir;             /* … and where */
	struct as_relinking *relinking; /* those of the session that are missing are looked for, or NULL, … */
	char *relink_dir;           /* … below this folder */
};

/* An action and its words (heap, or NULL) that come later. */
#define TUI_WAITING_MAX 8
struct tui_waiting {
	enum as_action action;
	char *args;
};

/* What is asked of the disk, in this order; chore.c. */
struct tui_chores {
	struct tui_chore *first;
	bool failed;                /* one of those since there were none */
	struct tui_waiting follows; /* once all are done, unless one fails */
};

/* A project that is being opened or saved; projects.c. */
struct tui_projects {
	struct as_opening *opening; /* or NULL */
	bool recovers, first;       /* of it: it is what a session left; the program was started with it */
	bool saves;
	char *path;                 /* of either; heap */
	enum { TUI_STAYS, TUI_LEAVES, TUI_LEAVES_NOW } end; /* the program ends once what is being written is; _NOW: without asking */
	/* What the save that is asked for is to be followed by, and the one that runs. */
	struct tui_waiting wanted, follows;
	char *newer;                /* of the one that the program was started with: newer work, to be offered; heap, or NULL */
};

/* What of the session is kept in case it does not end in order; keep.c. */
struct tui_keeping {
	uint64_t seen, kept;       /* states of the session: the last one seen, the one that is kept */
	double changed_s;          /* when the one that was seen last came up, … */
	double behind_s;           /* … and when the first one that is not kept did */
	double began_s, cost_s;    /* of the last autosave; 0: there was none */
	bool runs, failed;
	bool unwanted;             /* of what the session has kept: it goes with it */
};

struct tui_chore;
struct tui_drift_plot;
struct tui_here;
struct tui_remembering;
struct tui_leftovers;
struct tui_left;
struct tui_places;
struct tui_naming;

struct tui {
	const struct tui_setup *setup;
	struct tui_model m;
	struct tui_screen *screen;
	struct tui_canvas canvas;
	struct tui_theme theme;
	struct tui_keymap *keymap;
	struct tui_part_of_screen panes[TUI_PANES], dialogs[TUI_DIALOGS_MAX];
	int n_dialogs;
	struct tui_completing *completing; /* what Tab has found for it; or NULL: complete.c */
	struct tui_prompt *prompt; /* the line of keys is one for text instead; NULL: it is not */
	bool *marked;
	double *island_start_s;    /* of the model */
	struct tui_history history[2]; /* by enum tui_prompt_kind */
	char find[256];
	struct {
		int n;                 /* typed so far; 0: nothing */
		bool pane;             /* all of its digits are panes, too */
		double at_s;           /* when the last digit was */
		enum tui_pane_id focus; /* where the first one was typed */
	} count;
	struct {
		int row, col;
		double at_s;
	} click;                   /* the last one on what can be opened */
	char message[TUI_LOG_BYTES];
	enum tui_style message_style;
	int n_unread;              /* paths that were named last and could not be read */
	bool said;                 /* the message is younger than the last key */
	bool ended;                /* what ran in the session has ended, and nobody was told yet */
	enum as_stage last_stage;  /* that it reached */
	bool dirty, news;          /* draw again; take a snapshot first */
	double next_look_s;        /* earliest time of the next snapshot while something runs */
	double drawn_s;            /* when the last frame was made */
	struct {
		bool on;               /* panes without the focus show where the cursor was */
		double rest_s, most_s; /* they follow once it rests so long, or when they have waited for so long */
		/* Of the last frame: */
		enum tui_pane_id focus;
		bool zoomed, panes;    /* panes: and nothing over them */
	} behind;
	double key_s;              /* when the last key came */
	int64_t n_keys;            /* that have come */
	int64_t escape_n;          /* the one of them, … */
	double escape_s;           /* … and when, that asked to stop what runs, should it come again */
	struct tui_keeping keeping;
	struct {
		int clip, n;           /* the clip, plus one, that the last actions nudged so often; 0: the last one did something else */
		double by_s;           /* so far in all */
	} nudges;
	bool recovered;            /* the session is one that did not end in order, … */
	char recovered_from[4096]; /* … and was kept as this */
	struct tui_waiting waiting[TUI_WAITING_MAX]; /* for the session to be idle, one after the other */
	int n_waiting;
	double script_s;           /* the clock of a script; NAN: the real one */
	char script_device[256];   /* what a script says that is captured from; "": the device in use */
	double started_s;
	char browsed[4096];        /* folder in which the browser was last used */
	char farewell[TUI_LOG_BYTES]; /* said once the screen is gone */
	struct tui_adding adding;
	struct tui_naming *naming; /* what the program was started with, while it is looked at; or NULL: start.c */
	int named_project;         /* which of that is the project, or -1 */
	struct tui_places *bases;  /* folders that dialogs might begin in, as the disk was asked last; or NULL: target.c */
	struct tui_leftovers *leftovers; /* what earlier sessions have left, while it is looked for; or NULL: recover.c */
	struct tui_drift_plot *drift_plot; /* a picture on its way to the disk; or NULL: drift_plot.c */
	struct tui_remembering *remembering; /* what a dialog was told, on its way to the disk; or NULL: form_memory.c */
	struct tui_here *here; /* the folder that the program was started in, while it is looked at; or NULL: here.c */
	struct tui_left *left; /* what is being let go of: leave.c */
	struct tui_chores chores;
	struct tui_projects projects;
	struct tui_hearing hearing;
	struct as_live *live;      /* the meter that runs, or has ended; NULL: none */
	struct tui_lag *lag;       /* of the model; NULL until the first one */
	double lag_drawn_s;        /* when its news were last drawn */
	bool lag_news;             /* that have not been */
	bool lag_chosen;           /* a dialog or a command has begun a meter: the one of the command line is of the past */
	int lag_told;              /* state that was told last, or -1 */
	struct as_options *calibrated; /* calibrations of this run, saved or not; or NULL */
	bool quit;
	double end_s;              /* on the clock of the machine: when the end waits for nothing any more; 0: it has not begun */
	int exit_code;
};

/* tui.c */

/* Whether the window has room for nothing: all that can be done there is to leave. */
bool tui_too_small(const struct tui *t);
/* Runs an action as its key would. */
void tui_do(struct tui *t, enum as_action action, const struct tui_call *call);
/* What the cursor is on; -1 of a clip: a track alone. Panes follow. */
void tui_select(struct tui *t, int track, int clip);
/* Marks for what takes several clips. */
void tui_mark(struct tui *t, int clip, bool on);
void tui_unmark_all(struct tui *t);
/* The marked clips, or the one at the cursor, or those of the track at the cursor (whole_track). Heap; *n 0: none (said so). */
int *tui_chosen(struct tui *t, bool whole_track, int *n);
/* session.c: a new snapshot at once, after a call that changed the session. */
void tui_look(struct tui *t);
/* Makes a new session (its own waveforms, undo) what the model shows; the caller looks. */
void tui_adopt_session(struct tui *t, struct as_session *s);
/* Another session takes the place of this one, which is freed. */
void tui_replace_session(struct tui *t, struct as_session *s);
/* Seconds since the start, or a script's. */
double tui_clock_s(const struct tui *t);
/* How long a key may wait for a folder before the answer is "later"; a script has the time. */
int tui_patience_ms(const struct tui *t);
/* How long the end may still wait for disks that do not answer, all in all. */
int tui_end_ms(const struct tui *t);
/* Another look, from here on. */
void tui_set_theme(struct tui *t, const struct tui_theme *theme);
/* One turn of the loop but for keys: events, snapshot, frame. */
void tui_turn(struct tui *t);
/* Back to the shell until it continues us. */
void tui_suspend(struct tui *t);

/* say.c */

/* One line at the bottom until the next key, and in the log. */
void tui_say(struct tui *t, enum tui_style style, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* The line alone, for what tells of keys. */
void tui_hint(struct tui *t, enum tui_style style, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* Into the log alone. */
void tui_note(struct tui *t, enum tui_style style, int clip, const char *fmt, ...) __attribute__((format(printf, 4, 5)));
/* Says err unless status is AS_OK; true if it is. */
bool tui_try(struct tui *t, enum as_status status, const struct as_error *err);

/* Opens a dialog over what is there; it owns state from here on, also where there is no room (false, said so). */
bool tui_open_dialog(struct tui *t, const struct tui_pane_ops *ops, void *state);
/* Closes the one on top. */
void tui_close_dialog(struct tui *t);

/* commands.c: what no pane has taken. */
void tui_command(struct tui *t, enum as_action action, const struct tui_call *call);
/* A line of the `:` prompt: "export --format flac -o out". */
void tui_run_line(struct tui *t, const char *line);

/* edit.c: nudges, locks, candidates, undo. True: was one of these. */
bool tui_edit(struct tui *t, enum as_action action, const struct tui_call *call);
/* Nudges of one clip that follow one another are one step for undo; anything else ends that. */
bool tui_goes_on_nudging(enum as_action action);
void tui_end_nudges(struct tui *t);
/* What clips that have been moved lie over on their own track: "it overlaps C0003.MP4 of the same track by 1:12"; false: nothing. */
bool tui_overlap_words(const struct tui_model *m, const int *clips, int n, char *out, size_t size);
/* Says what was done to them, and that. */
void tui_say_moved(struct tui *t, const int *clips, int n, const char *text);

/* help.c, confirm.c: dialogs. */
void tui_open_help(struct tui *t, const char *search);
/* Whether anything in it has the text. */
bool tui_help_has(const struct tui *t, const char *text);
/* Asks; yes runs then with args. yes_label "leave without saving". */
void tui_confirm(struct tui *t, const char *question, const char *yes_label, enum as_action then, const char *args);
/* A question that could be answered by saving first. All borrowed. */
struct tui_save_first {
	const char *question;
	enum as_action save;    /* Enter, and the key that saves: this, and … */
	const char *save_label; /* "save and leave" */
	enum as_action then;    /* … once that went well, this with args */
	const char *args;
	const char *yes_label;  /* y: at once, with sure_args */
	const char *sure_args;
};
void tui_confirm_or_save(struct tui *t, const struct tui_save_first *q);
/* Where no dialog has room: the question, if it is one that waits for an answer. False: it is not. */
bool tui_confirm_draw_small(const struct tui *t, struct tui_canvas c);

#endif
