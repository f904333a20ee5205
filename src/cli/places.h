/* Where settings and the cache live: the folders of the XDG base directory specification. The only
 * part of the program that reads HOME and XDG_*. All results are heap; NULL where there is no such
 * place or no memory. */
#ifndef AS_CLI_PLACES_H
#define AS_CLI_PLACES_H

#include <audiosync/options.h>

/* $XDG_CONFIG_HOME/audiosync/NAME, else ~/.config/audiosync/NAME. */
char *as_place_user_config(const char *name);
/* $XDG_STATE_HOME/audiosync/NAME, else ~/.local/state/audiosync/NAME. */
char *as_place_state(const char *name);
/* The i-th of the system's folders, the most important one first: DIR/audiosync/NAME for each DIR
 * of $XDG_CONFIG_DIRS, else /etc/xdg. NULL after the last. */
char *as_place_system_config(int i, const char *name);
/* The folder of the cache: cache.dir with a leading ~/ expanded, else $XDG_CACHE_HOME/audiosync,
 * else ~/.cache/audiosync. */
char *as_place_cache(const struct as_options *opt);
/* NULL-terminated: the folders that presets are looked for in. Free with as_places_free. */
char **as_place_preset_dirs(void);
void as_places_free(char **list);

/* Every place above, in the order in which `config path` shows them. */
struct as_place {
	const char *what; /* "user file" */
	char *path;
	bool exists;
};

/* NULL when out of memory; free with as_place_list_free (NULL is fine). */
struct as_place *as_place_list(const struct as_options *opt, size_t *n);
void as_place_list_free(struct as_place *list, size_t n);

#endif
