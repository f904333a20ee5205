/* Actions of the interface as a whole, by subject. Each returns true where the action was one of its own. */
#ifndef AS_TUI_COMMANDS_H
#define AS_TUI_COMMANDS_H

#include "tui/app.h"

/* files.c: adding, opening, saving, leaving. */
bool tui_do_files(struct tui *t, enum as_action action, const struct tui_call *call);
/* view.c: panes, prompts, finding, colours. */
bool tui_do_view(struct tui *t, enum as_action action, const struct tui_call *call);
/* tracks.c: tracks, references, moving clips. */
bool tui_do_tracks(struct tui *t, enum as_action action, const struct tui_call *call);
/* Moves n clips to a track and says so. */
void tui_move_to(struct tui *t, int *clips, int n, int track);

/* settings.c: presets and single settings; the dialog is another file. */
void tui_do_settings(struct tui *t, enum as_action action, const char *args);
/* Gives the session settings that are those of a preset. False: said why not. */
bool tui_settings_apply_preset(struct tui *t, const struct as_options *opt, const char *name);
/* settings_file.c: opt into the user's settings file, as far as it was changed in the interface. */
void tui_settings_write(struct tui *t, const struct as_options *opt);
/* One value into the same file; as as_options_value spells it. Once it is there, written is called; what goes wrong is said. False: it has
 * already. */
bool tui_settings_write_value(struct tui *t, const char *key, const char *value,
			      void (*written)(struct tui *t, const char *key, const char *value));
/* args "[--force] NAME" */
void tui_settings_save_preset(struct tui *t, const struct as_options *opt, const char *args);
/* dialog_presets.c */
void tui_open_presets(struct tui *t);
/* hear.c */
bool tui_do_audition(struct tui *t, enum as_action action, const struct tui_call *call);

/* The words of args, quotes taken off as a shell would: heap of heap, *n of them; NULL: an open quote (said so) or no memory. */
char **tui_words(struct tui *t, const char *args, int *n);
/* The same of paths, each as tui_path has it. */
char **tui_path_words(struct tui *t, const char *args, int *n);
void tui_words_free(char **words, int n);
/* One word from *p on, into out, which has room for all of *p; false: a quote that does not end. */
bool tui_take_word(const char **p, char *out);
/* The text as one of those words: heap. */
char *tui_word(const char *text);
/* A leading ~/ expanded, made absolute from the program's folder: heap. */
char *tui_path(const char *path);

#endif
