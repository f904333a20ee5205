/* Which key does what, and where. */
#ifndef AS_TUI_KEYMAP_H
#define AS_TUI_KEYMAP_H

#include <stdbool.h>

#include <audiosync/error.h>

#include "base/actions.h"
#include "tui/key.h"

struct tui_keymap;

/* The keys of the action table. NULL when out of memory. */
struct tui_keymap *tui_keymap_new(void);
void tui_keymap_free(struct tui_keymap *m);

/* Reads a keys.ini over what is there: an action that it names has those keys and no others ("none": no key at all); a key that
 * another action of the same place had goes over to it. Lines that mean nothing are passed over: AS_ERR_INVALID names file, line and
 * word of the first, and the others hold. What is no such file at all changes nothing. */
enum as_status tui_keymap_load(struct tui_keymap *m, const char *path, struct as_error *err);

/* What the key does in one place; AS_ACTION_NONE if nothing. */
enum as_action tui_keymap_find(const struct tui_keymap *m, enum as_action_place place, struct tui_key key);
/* The kth key of an action, from 0 on; false: it has no more. */
bool tui_keymap_at(const struct tui_keymap *m, enum as_action action, int k, struct tui_key *out);
/* The first keys of an action, "a, Ctrl-O"; "" if it has none. Returns out. */
char *tui_keymap_keys(const struct tui_keymap *m, enum as_action action, int most, char *out, size_t n);
/* The text with the first key of an action for its name in braces: "{sync} finds where they sit" is "s finds where they sit"; ":sync" for
 * one that has none. Returns out. */
char *tui_keymap_words(const struct tui_keymap *m, const char *text, char *out, size_t n);
/* The same of a format: its keys do not count as conversions. */
char *tui_keymap_format(const struct tui_keymap *m, const char *fmt, char *out, size_t n);
/* The first of them that the action has where the keys of place come first; "" if none. Returns out. */
char *tui_keymap_key(const struct tui_keymap *m, enum as_action_place place, enum as_action action, char *out, size_t n);

#endif
