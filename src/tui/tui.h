/* The terminal interface: panes over a session, driven by the keyboard. */
#ifndef AS_TUI_TUI_H
#define AS_TUI_TUI_H

#include <stdbool.h>

#include <audiosync/live.h>
#include <audiosync/options.h>

/* What the program hands over; borrowed for the run. Paths may be NULL where there is no such place. */
struct tui_setup {
	const struct as_options *opt; /* merged */
	const char *const *inputs;    /* files, folders, or one project */
	int n_inputs;
	const char *const *roots;     /* where recordings that are missing are looked for */
	int n_roots;
	const struct as_live_config *live; /* not a session but the live meter, on the whole screen; NULL: the session */
	bool recover;                 /* a project's autosave is what is opened, where there is one */
	const char *state_dir;        /* autosaves, what dialogs were told last */
	const char *config_file;      /* the user's INI, which settings are written to on request */
	const char *keys_file;        /* the user's keys.ini, if it exists */
	const char *const *theme_dirs, *const *preset_dirs; /* NULL-terminated */
	const char *script;           /* keys from a file instead of a terminal; see doc/interface.md */
	int interrupt_fd;             /* readable once interrupted() */
	bool (*interrupted)(void);    /* by SIGINT, SIGTERM or SIGHUP: save and go */
	void (*interrupt)(int sig);   /* the same for other signals; for their handlers */
	bool (*pause_asked)(void);    /* by SIGUSR1, since the last call, which also empties interrupt_fd */
	bool (*stop_asked)(void);     /* by SIGTSTP, since the last call: back to the shell */
	bool (*resumed)(void);        /* by SIGCONT, since the last call: the shell has had the terminal */
	bool no_color;                /* NO_COLOR, or interface.color = never */
	bool utf8;                    /* the locale's characters */
};

/* Returns the exit code; or ends the process with it, where something hangs in a thread that cannot be ended. */
int tui_run(const struct tui_setup *setup);

#endif
