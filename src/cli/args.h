/* The command line, parsed against the option table: flags become settings, the rest becomes
 * this. */
#ifndef AS_CLI_ARGS_H
#define AS_CLI_ARGS_H

#include <stdbool.h>
#include <stdint.h>

#include <audiosync/document.h>
#include <audiosync/options.h>

struct as_merge;

enum as_command {
	AS_CMD_NONE, /* no command word: the interface */
	AS_CMD_SYNC,
	AS_CMD_ANALYZE,
	AS_CMD_EXPORT,
	AS_CMD_INFO,
	AS_CMD_CONFIG,
	AS_CMD_DEMO,
	AS_CMD_SELFTEST,
	AS_CMD_DRIFT,
	AS_CMD_LIVE,
	AS_CMD_DEVICES,
	AS_CMD_N
};

enum as_exit {
	AS_EXIT_OK = 0,
	AS_EXIT_FAILED = 1,
	AS_EXIT_USAGE = 2,
	AS_EXIT_UNSURE = 3,
	AS_EXIT_INTERRUPTED = 130
};

struct as_track_arg {
	char *name;   /* --track NAME=FILE[,FILE…] */
	char **paths;
	int n_paths;
};

struct as_args {
	enum as_command command;
	struct as_options *opt;  /* merged: defaults, preset, system, user, --config, flags */
	const char **words;      /* files and folders, or what stands after `config`; argv's strings */
	int n_words;
	struct as_track_arg *tracks;
	int n_tracks;
	const char *output_dir;  /* -o; NULL if not given */
	const char *reference;   /* NULL: the session chooses */
	const char *output;      /* of drift: the corrected file, the plot; NULL if not given */
	const char *plot;
	double ppm;              /* NAN if not given */
	struct as_document_request *documents; /* --otio FILE …; argv's strings */
	int n_documents;
	const char **path_maps;  /* --map-path; argv's strings */
	int n_path_maps;
	const char **explain;    /* clips that analyze is to explain; argv's strings */
	int n_explain;
	const char *save;        /* --save; NULL if not given */
	const char **relink;     /* folders; argv's strings */
	int n_relink;
	bool recover;
	const char *ui_script;   /* the interface's, hidden; NULL if not given */
	bool force, json;
	bool clear, defaults;    /* `config cache --clear`, `config dump --defaults` */
	uint64_t seed;           /* of selftest */
	uint64_t trials;
	const char *capture;     /* of live; NULL: the default source */
	const char *pcm;         /* NULL: the default format */
	const char *prometheus, *on_alert; /* NULL if not given */
	const char *mpv;         /* the player's socket; NULL if not given */
	bool calibrate, yes;
	double duration_s;       /* NAN if not given */
	bool once, plain, fast;
	int verbosity;           /* -q = -1, -v = 1, -vv = 2 */
	bool color;              /* for stdout: interface.color, NO_COLOR and the terminal */
	bool stderr_tty;
	struct as_merge *merge;  /* where opt came from */
	char *origins;           /* what merge points into */
};

/* Parses argv and loads the configuration files. Returns -1 to go on, or an exit code when done
 * already (--help, --version, errors: the message has been printed). Free with as_args_done in
 * every case. */
int as_args_parse(struct as_args *args, int argc, char **argv);
void as_args_done(struct as_args *args);
/* The settings anew from the same presets, files and flags; NULL on failure. */
struct as_options *as_args_reread(const struct as_args *args, struct as_error *err);

/* One file per command; each returns the exit code. */
int as_cmd_sync(const struct as_args *args);
int as_cmd_analyze(const struct as_args *args);
int as_cmd_export(const struct as_args *args);
int as_cmd_info(const struct as_args *args);
int as_cmd_config(const struct as_args *args);
int as_cmd_demo(const struct as_args *args);
int as_cmd_selftest(const struct as_args *args);
int as_cmd_drift(const struct as_args *args);
int as_cmd_live(const struct as_args *args);
int as_cmd_devices(const struct as_args *args);

/* Set by SIGINT, SIGTERM and SIGHUP; commands poll it together with the session's descriptor. */
bool as_interrupted(void);
/* Becomes readable when as_interrupted() turns true. */
int as_interrupt_fd(void);

/* For a meter that runs for weeks: from now on SIGUSR1 and SIGHUP are requests, which make as_interrupt_fd readable, too. */
void as_hear_requests(void);
enum { AS_REQUEST_PAUSE = 1, AS_REQUEST_REREAD = 2 };
/* What was asked for since the last call; empties the descriptor. */
int as_take_requests(void);

#endif
