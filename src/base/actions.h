/* What a user can do in the terminal interface: one row for each action. Key bindings, the help screen, the command line of the
 * interface, the manual page and config/keys.ini read that row. */
#ifndef AS_BASE_ACTIONS_H
#define AS_BASE_ACTIONS_H

#include <stddef.h>

/* Where a binding holds. What has the focus is asked first, then GLOBAL. A dialog that is open keeps GLOBAL out. */
enum as_action_place {
	AS_PLACE_GLOBAL,
	AS_PLACE_TRACKS,
	AS_PLACE_TIMELINE,
	AS_PLACE_TABLE,   /* the confidence table */
	AS_PLACE_LAG,
	AS_PLACE_LOG,
	AS_PLACE_DIALOG,  /* every dialog */
	AS_PLACE_BROWSER,
	AS_PLACE_EXPLAIN,
	AS_PLACE_SETTINGS,
	AS_PLACE_N
};

enum as_action {
	AS_ACTION_NONE,
	/* session */
	AS_ACTION_ADD, AS_ACTION_SYNC, AS_ACTION_EXPORT, AS_ACTION_TIMELINE, AS_ACTION_DRIFT, AS_ACTION_LIVE, AS_ACTION_SETTINGS,
	AS_ACTION_PRESET, AS_ACTION_SET, AS_ACTION_NEW, AS_ACTION_OPEN, AS_ACTION_SAVE, AS_ACTION_SAVE_AS, AS_ACTION_RELINK,
	AS_ACTION_DEMO, AS_ACTION_RECOVER, AS_ACTION_ESCAPE, AS_ACTION_CANCEL, AS_ACTION_QUIT, AS_ACTION_SUSPEND,
	/* screen */
	AS_ACTION_NEXT_PANE, AS_ACTION_PREV_PANE, AS_ACTION_PANE_1, AS_ACTION_PANE_2, AS_ACTION_PANE_3, AS_ACTION_PANE_4,
	AS_ACTION_PANE_5, AS_ACTION_ZOOM, AS_ACTION_HELP, AS_ACTION_COMMAND, AS_ACTION_FIND, AS_ACTION_FIND_NEXT,
	AS_ACTION_FIND_PREV, AS_ACTION_REDRAW, AS_ACTION_THEME,
	/* moving */
	AS_ACTION_UP, AS_ACTION_DOWN, AS_ACTION_PAGE_UP, AS_ACTION_PAGE_DOWN, AS_ACTION_TOP, AS_ACTION_BOTTOM, AS_ACTION_LEFT,
	AS_ACTION_RIGHT, AS_ACTION_ACTIVATE, AS_ACTION_BACK, AS_ACTION_MARK, AS_ACTION_MARK_ALL, AS_ACTION_NEXT_PROBLEM,
	/* editing */
	AS_ACTION_REFERENCE, AS_ACTION_NUDGE_LEFT, AS_ACTION_NUDGE_RIGHT, AS_ACTION_NUDGE_LEFT_FRAME, AS_ACTION_NUDGE_RIGHT_FRAME,
	AS_ACTION_NUDGE_LEFT_MS, AS_ACTION_NUDGE_RIGHT_MS, AS_ACTION_NUDGE, AS_ACTION_PLACE, AS_ACTION_LOCK, AS_ACTION_SOLVE,
	AS_ACTION_UNDO, AS_ACTION_REDO, AS_ACTION_AUDITION, AS_ACTION_AUDITION_WRITE, AS_ACTION_EXPLAIN,
	AS_ACTION_TAKE,
	/* tracks */
	AS_ACTION_ADD_TRACK, AS_ACTION_MOVE, AS_ACTION_RENAME, AS_ACTION_REMOVE, AS_ACTION_REGROUP, AS_ACTION_FOLD, AS_ACTION_FOLD_ALL,
	/* timeline */
	AS_ACTION_ZOOM_IN, AS_ACTION_ZOOM_OUT, AS_ACTION_ZOOM_ALL, AS_ACTION_ZOOM_CLIP, AS_ACTION_PAN_LEFT, AS_ACTION_PAN_RIGHT,
	AS_ACTION_PAGE_LEFT, AS_ACTION_PAGE_RIGHT, AS_ACTION_START, AS_ACTION_END, AS_ACTION_UNITS, AS_ACTION_GOTO,
	AS_ACTION_COMPARE, AS_ACTION_NEXT_CLIP, AS_ACTION_PREV_CLIP,
	/* table */
	AS_ACTION_SORT, AS_ACTION_SORT_REVERSE, AS_ACTION_FILTER,
	/* lag meter */
	AS_ACTION_LIVE_PAUSE, AS_ACTION_LIVE_STOP, AS_ACTION_CALIBRATE, AS_ACTION_CALIBRATE_LESS, AS_ACTION_CALIBRATE_MORE,
	AS_ACTION_CALIBRATE_LESS_10, AS_ACTION_CALIBRATE_MORE_10, AS_ACTION_CALIBRATE_ZERO, AS_ACTION_SAVE_CALIBRATION,
	AS_ACTION_LAG_LONGER, AS_ACTION_LAG_SHORTER,
	/* dialogs */
	AS_ACTION_FIELD_NEXT, AS_ACTION_FIELD_PREV, AS_ACTION_ACCEPT, AS_ACTION_DISMISS, AS_ACTION_CHANGE, AS_ACTION_CHANGE_BACK,
	AS_ACTION_COMPLETE, AS_ACTION_MARK_FILE, AS_ACTION_ENTER_FOLDER, AS_ACTION_PARENT, AS_ACTION_ADD_FOLDER, AS_ACTION_HIDDEN, AS_ACTION_FILE_KINDS, AS_ACTION_RESET,
	/* settings */
	AS_ACTION_PRESETS, AS_ACTION_CHANGED_ONLY, AS_ACTION_SAVE_PRESET, AS_ACTION_WRITE_SETTINGS,
	AS_ACTION_N
};

struct as_action_row {
	enum as_action id;
	const char *name;  /* of the command: "nudge-left" */
	enum as_action_place place;
	const char *group; /* heading in the help screen */
	const char *keys;  /* bound at first, separated by spaces; "" for none */
	const char *label; /* a word or two for the line of keys; NULL: not shown there */
	const char *args;  /* what may follow the command's name, "[--format F] [-o DIR]"; "" for nothing */
	const char *help;  /* one line */
};

const struct as_action_row *as_actions(size_t *n);
const struct as_action_row *as_action_row(enum as_action id);
/* By name; NULL if there is none such. */
const struct as_action_row *as_action_find(const char *name);
/* "global", "timeline": a section of keys.ini. */
const char *as_action_place_name(enum as_action_place place);

#endif
