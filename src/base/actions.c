#include "base/actions.h"

#include <string.h>

#define ROW(id_, name_, place_, group_, keys_, label_, args_, help_) \
	{.id = AS_ACTION_##id_, .name = name_, .place = AS_PLACE_##place_, .group = group_, .keys = keys_, .label = label_, \
	 .args = args_, .help = help_}

/* clang-format off */
static const struct as_action_row rows[] = {
	ROW(ADD, "add", GLOBAL, "Session", "a Ctrl-O", "add", "[FILE|DIR...]", "add recordings: files, or folders whole"),
	ROW(SYNC, "sync", GLOBAL, "Session", "s", "sync", "", "find where every clip sits"),
	ROW(EXPORT, "export", GLOBAL, "Session", "e Ctrl-E", "export",
	    "[-o DIR] [--format F] [--bit-depth N] [--sample-rate HZ] [--bitrate N] [--also KINDS] [--force]", "write aligned audio files, and timelines along"),
	ROW(TIMELINE, "timeline", GLOBAL, "Session", "t", "timeline", "[FILE] [--also KINDS] [--fps R] [--timeline-name S]",
	    "write a timeline for an editing program, or a report"),
	ROW(DRIFT, "drift", GLOBAL, "Session", "d", "drift", "[FILE] [-r REF] [--ppm N] [-o OUT]",
	    "measure one recording's clock against another's, and correct it"),
	ROW(LIVE, "live", GLOBAL, "Session", "l F8", "live", "[REFERENCE [CAPTURE]]",
	    "how late is what plays now? a file, URL or title against what is heard"),
	ROW(SETTINGS, "settings", GLOBAL, "Session", "c F9", NULL, "[KEY]", "look at and change every setting; load and save presets"),
	ROW(PRESET, "preset", GLOBAL, "Session", "", NULL, "NAME", "take over the settings of a preset"),
	ROW(SET, "set", GLOBAL, "Session", "", NULL, "KEY=VALUE", "change one setting"),
	ROW(NEW, "new", GLOBAL, "Session", "", NULL, "[now]", "start over with an empty session"),
	ROW(OPEN, "open", GLOBAL, "Session", "o", NULL, "[PROJECT]", "open a project"),
	ROW(SAVE, "save", GLOBAL, "Session", "w Ctrl-S", NULL, "[FILE]", "save the project"),
	ROW(SAVE_AS, "save-as", GLOBAL, "Session", "W", NULL, "[FILE]", "save the project under another name"),
	ROW(RELINK, "relink", GLOBAL, "Session", "", NULL, "DIR", "look below a folder for recordings that are not where they were"),
	ROW(RECOVER, "recover", GLOBAL, "Session", "", NULL, "", "go on with a session that did not end in order"),
	ROW(DEMO, "demo", GLOBAL, "Session", "", "try it", "[DIR]", "make up a small shoot with known truth and add it"),
	ROW(ESCAPE, "escape", GLOBAL, "Session", "Esc", NULL, "", "twice: stop what is running; else let the marks go"),
	ROW(CANCEL, "cancel", GLOBAL, "Session", "Ctrl-C", NULL, "", "stop what is running, at once"),
	ROW(QUIT, "quit", GLOBAL, "Session", "q Ctrl-Q", "quit", "[now]", "leave; asks once where something is not saved"),
	ROW(SUSPEND, "suspend", GLOBAL, "Session", "", NULL, "", "back to the shell; fg comes back"),

	ROW(HELP, "help", GLOBAL, "Screen", "? F1", "help", "[TEXT]", "every key and command"),
	ROW(COMMAND, "command", GLOBAL, "Screen", ": F10", "command", "", "run any action by its name; Tab completes"),
	ROW(NEXT_PANE, "next-pane", GLOBAL, "Screen", "Tab", NULL, "", "to the next pane"),
	ROW(PREV_PANE, "prev-pane", GLOBAL, "Screen", "BackTab", NULL, "", "to the pane before"),
	ROW(PANE_1, "tracks", GLOBAL, "Screen", "1", NULL, "", "to the tracks"),
	ROW(PANE_2, "timeline-pane", GLOBAL, "Screen", "2", NULL, "", "to the timeline"),
	ROW(PANE_3, "confidence", GLOBAL, "Screen", "3", NULL, "", "to the confidence table"),
	ROW(PANE_4, "lag", GLOBAL, "Screen", "4", NULL, "", "to the lag meter"),
	ROW(PANE_5, "log", GLOBAL, "Screen", "5", NULL, "", "to the log"),
	ROW(ZOOM, "zoom", GLOBAL, "Screen", "z F11", NULL, "", "the pane alone on the whole screen, and back"),
	ROW(FIND, "find", GLOBAL, "Screen", "/", "find", "TEXT", "find a clip or track by a part of its name"),
	ROW(FIND_NEXT, "find-next", GLOBAL, "Screen", "n Ctrl-N", NULL, "", "find the next one"),
	ROW(FIND_PREV, "find-prev", GLOBAL, "Screen", "N Ctrl-P", NULL, "", "find the one before"),
	ROW(REDRAW, "redraw", GLOBAL, "Screen", "Ctrl-L", NULL, "", "draw the screen anew"),
	ROW(THEME, "theme", GLOBAL, "Screen", "", NULL, "NAME", "change the colours: default, light, mono or a file"),

	ROW(UP, "up", GLOBAL, "Moving", "k Up", NULL, "", "up; with a count so many"),
	ROW(DOWN, "down", GLOBAL, "Moving", "j Down", NULL, "", "down"),
	ROW(PAGE_UP, "page-up", GLOBAL, "Moving", "PageUp Ctrl-B", NULL, "", "a page up"),
	ROW(PAGE_DOWN, "page-down", GLOBAL, "Moving", "PageDown Ctrl-F", NULL, "", "a page down"),
	ROW(TOP, "top", GLOBAL, "Moving", "g < Home", NULL, "", "to the first"),
	ROW(BOTTOM, "bottom", GLOBAL, "Moving", "G > End", NULL, "", "to the last"),
	ROW(LEFT, "left", GLOBAL, "Moving", "h Left", NULL, "", "left; in a tree: fold, or to the parent"),
	ROW(RIGHT, "right", GLOBAL, "Moving", "Right", NULL, "", "right; in a tree: unfold"),
	ROW(ACTIVATE, "activate", GLOBAL, "Moving", "Enter", NULL, "", "open what the cursor is on; a clip is explained"),
	ROW(MARK, "mark", GLOBAL, "Moving", "Space", NULL, "", "mark the clip for what takes several, and go on"),
	ROW(MARK_ALL, "mark-all", GLOBAL, "Moving", "V", NULL, "", "mark all clips of the track, or none"),
	ROW(NEXT_PROBLEM, "next-problem", GLOBAL, "Moving", "!", NULL, "", "to the next clip that is not placed with confidence"),

	ROW(NUDGE_LEFT, "nudge-left", GLOBAL, "Editing", "[", "nudge", "", "move the clip a sample earlier; with a count so many"),
	ROW(NUDGE_RIGHT, "nudge-right", GLOBAL, "Editing", "]", NULL, "", "move the clip a sample later"),
	ROW(NUDGE_LEFT_MS, "nudge-left-ms", GLOBAL, "Editing", "(", NULL, "", "move the clip a millisecond earlier"),
	ROW(NUDGE_RIGHT_MS, "nudge-right-ms", GLOBAL, "Editing", ")", NULL, "", "move the clip a millisecond later"),
	ROW(NUDGE_LEFT_FRAME, "nudge-left-frame", GLOBAL, "Editing", "{", NULL, "", "move the clip a frame earlier (timeline.fps)"),
	ROW(NUDGE_RIGHT_FRAME, "nudge-right-frame", GLOBAL, "Editing", "}", NULL, "", "move the clip a frame later"),
	ROW(NUDGE, "nudge", GLOBAL, "Editing", "", NULL, "SECONDS", "move the clip by so many seconds (+0.25, -12ms, 3f, 40smp)"),
	ROW(PLACE, "place", GLOBAL, "Editing", "", NULL, "H:M:S [ISLAND]", "put the clip there and lock it"),
	ROW(LOCK, "lock", GLOBAL, "Editing", "L *", NULL, "", "lock the clip where it is, or let it go"),
	ROW(SOLVE, "solve", GLOBAL, "Editing", "S", NULL, "", "place all clips again around those that are locked"),
	ROW(UNDO, "undo", GLOBAL, "Editing", "u Ctrl-Z", "undo", "[now]", "take back the last change; everything can be taken back"),
	ROW(REDO, "redo", GLOBAL, "Editing", "Ctrl-R Ctrl-Y", NULL, "", "do it again"),
	ROW(AUDITION, "audition", GLOBAL, "Editing", "p", NULL, "", "hear the overlap: clip left, its neighbour right; again: stop"),
	ROW(AUDITION_WRITE, "audition-write", GLOBAL, "Editing", "P", NULL, "[FILE.wav]", "the same as a WAV file in the shoot's folder, where there is no sound"),
	ROW(EXPLAIN, "explain", GLOBAL, "Editing", "i", NULL, "[CLIP]", "why the clip sits where it does, or was refused"),
	ROW(TAKE, "take", GLOBAL, "Editing", "", NULL, "N", "put the clip at the Nth place that it could have"),
	ROW(REFERENCE, "reference", GLOBAL, "Editing", "r", "reference", "[TRACK]", "time zero and the clock come from this track"),

	ROW(ADD_TRACK, "add-track", GLOBAL, "Tracks", "A Ctrl-T", NULL, "[NAME]", "add an empty track"),
	ROW(MOVE, "move", GLOBAL, "Tracks", "m", NULL, "[TRACK]", "move the marked clips, or this one, to another track"),
	ROW(RENAME, "rename", TRACKS, "Tracks", "n", NULL, "[NAME]", "rename the track"),
	ROW(REMOVE, "remove", GLOBAL, "Tracks", "x Delete", NULL, "", "take the clip or track out of the session; files stay"),
	ROW(REGROUP, "regroup", TRACKS, "Tracks", "g", NULL, "", "make tracks anew by the rules of analysis.group_by"),
	ROW(FOLD, "fold", TRACKS, "Tracks", "f", NULL, "", "fold or unfold the track"),
	ROW(FOLD_ALL, "fold-all", TRACKS, "Tracks", "F", NULL, "", "fold or unfold all tracks"),

	ROW(ZOOM_IN, "zoom-in", TIMELINE, "Timeline", "+ =", "zoom", "", "closer, down to a millisecond a column"),
	ROW(ZOOM_OUT, "zoom-out", TIMELINE, "Timeline", "- _", NULL, "", "further away"),
	ROW(ZOOM_ALL, "zoom-all", TIMELINE, "Timeline", "0 Home", NULL, "", "the whole shoot"),
	ROW(ZOOM_CLIP, "zoom-clip", TIMELINE, "Timeline", "v", NULL, "", "the clip alone, and closer"),
	ROW(PAN_LEFT, "pan-left", TIMELINE, "Timeline", "h Left", "pan", "", "a column to the left; with a count so many"),
	ROW(PAN_RIGHT, "pan-right", TIMELINE, "Timeline", "l Right", NULL, "", "a column to the right"),
	ROW(PAGE_LEFT, "page-left", TIMELINE, "Timeline", "H <", NULL, "", "half a screen to the left"),
	ROW(PAGE_RIGHT, "page-right", TIMELINE, "Timeline", ">", NULL, "", "half a screen to the right"),
	ROW(START, "start", TIMELINE, "Timeline", "g", NULL, "", "to the beginning"),
	ROW(END, "end", TIMELINE, "Timeline", "$ G End", NULL, "", "to the end"),
	ROW(PREV_CLIP, "prev-clip", TIMELINE, "Timeline", ",", NULL, "", "to the beginning of this clip, or the one before"),
	ROW(NEXT_CLIP, "next-clip", TIMELINE, "Timeline", ".", NULL, "", "to the beginning of the next clip of the track"),
	ROW(UNITS, "units", TIMELINE, "Timeline", "f", NULL, "", "times in h:m:s, samples or frames"),
	ROW(COMPARE, "compare", TIMELINE, "Timeline", "y", NULL, "", "lay the clip over its neighbour, to judge the alignment"),
	ROW(GOTO, "goto", GLOBAL, "Timeline", "", NULL, "H:M:S", "put the cursor there"),

	ROW(SORT, "sort", TABLE, "Table", "o", "sort", "[COLUMN]", "sort by the next column"),
	ROW(SORT_REVERSE, "sort-reverse", TABLE, "Table", "O", NULL, "", "sort the other way round"),
	ROW(FILTER, "filter", TABLE, "Table", "f", "filter", "[VERDICT]", "show all clips, the problems alone, ambiguous ones …"),

	ROW(CALIBRATE_LESS, "calibrate-less", LAG, "Lag meter", ",", "calibrate", "", "calibration a millisecond down; with a count so many"),
	ROW(CALIBRATE_MORE, "calibrate-more", LAG, "Lag meter", ".", NULL, "", "calibration a millisecond up"),
	ROW(CALIBRATE_LESS_10, "calibrate-less-10", LAG, "Lag meter", "<", NULL, "", "calibration ten milliseconds down"),
	ROW(CALIBRATE_MORE_10, "calibrate-more-10", LAG, "Lag meter", ">", NULL, "", "calibration ten milliseconds up"),
	ROW(CALIBRATE_ZERO, "calibrate-zero", LAG, "Lag meter", "0", "zero", "", "calibrate so that what is heard now is in time"),
	ROW(CALIBRATE, "calibrate", LAG, "Lag meter", "", NULL, "MS", "this is added to what is measured: the latency of the sound's path"),
	ROW(SAVE_CALIBRATION, "save-calibration", LAG, "Lag meter", "C", "save", "",
	    "write the calibration of this device to the user's settings file"),
	ROW(LIVE_PAUSE, "pause", LAG, "Lag meter", "Space", "pause", "", "stop listening, and go on"),
	ROW(LIVE_STOP, "stop", LAG, "Lag meter", "x", "stop", "", "end the meter; again: clear the pane"),
	ROW(LAG_LONGER, "lag-longer", LAG, "Lag meter", "-", NULL, "", "more time in the history, up to weeks"),
	ROW(LAG_SHORTER, "lag-shorter", LAG, "Lag meter", "+ =", "history", "", "less time in the history, and finer"),

	ROW(ACCEPT, "accept", DIALOG, "Dialogs", "Enter", "go on", "", "do it; on a list: take it"),
	ROW(DISMISS, "dismiss", DIALOG, "Dialogs", "Esc Ctrl-C", "close", "", "close without doing anything"),
	ROW(FIELD_NEXT, "field-next", DIALOG, "Dialogs", "Down Tab", "next", "", "next field"),
	ROW(FIELD_PREV, "field-prev", DIALOG, "Dialogs", "Up BackTab", NULL, "", "field before"),
	ROW(CHANGE, "change", DIALOG, "Dialogs", "Right Space", "change", "", "next choice; switch on and off"),
	ROW(CHANGE_BACK, "change-back", DIALOG, "Dialogs", "Left", NULL, "", "choice before"),
	ROW(RESET, "reset", DIALOG, "Dialogs", "Ctrl-U", NULL, "", "the field's default"),

	ROW(COMPLETE, "complete", BROWSER, "File browser", "Tab", "complete", "", "complete the path"),
	ROW(MARK_FILE, "mark-file", BROWSER, "File browser", "Space", "mark", "", "mark the file or folder, and go on"),
	ROW(ENTER_FOLDER, "enter-folder", BROWSER, "File browser", "Right", NULL, "", "into the folder"),
	ROW(PARENT, "parent", BROWSER, "File browser", "Left Backspace", "up", "", "to the folder above"),
	ROW(ADD_FOLDER, "add-folder", BROWSER, "File browser", "Ctrl-A", "whole folder", "", "add the folder that is shown, whole"),
	ROW(HIDDEN, "hidden", BROWSER, "File browser", "Ctrl-H", NULL, "", "show hidden files"),
	ROW(FILE_KINDS, "file-kinds", BROWSER, "File browser", "Ctrl-G", NULL, "", "show all kinds of files, not media alone"),

	ROW(BACK, "back", EXPLAIN, "Explanation", "Backspace Left", "back", "", "back to the clip before"),

	ROW(PRESETS, "presets", SETTINGS, "Settings", "Ctrl-P", "presets", "", "presets, and what each would change"),
	ROW(CHANGED_ONLY, "changed-only", SETTINGS, "Settings", "Ctrl-G", "changed", "", "show those settings alone that are not at their default"),
	ROW(WRITE_SETTINGS, "write-settings", SETTINGS, "Settings", "Ctrl-W", "write to file", "",
	    "write what was changed here to the user's settings file"),
	ROW(SAVE_PRESET, "save-preset", SETTINGS, "Settings", "Ctrl-S", "save as preset", "[NAME]", "save these settings as a preset of one's own"),
};
/* clang-format on */

const struct as_action_row *as_actions(size_t *n)
{
	*n = sizeof rows / sizeof *rows;
	return rows;
}

const struct as_action_row *as_action_row(enum as_action id)
{
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (rows[i].id == id)
			return &rows[i];
	return NULL;
}

const struct as_action_row *as_action_find(const char *name)
{
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (!strcmp(rows[i].name, name))
			return &rows[i];
	return NULL;
}

const char *as_action_place_name(enum as_action_place place)
{
	static const char *const names[AS_PLACE_N] = {"global", "tracks", "timeline", "table",  "lag",
						      "log",    "dialog", "browser",  "explain", "settings"};

	return names[place];
}
