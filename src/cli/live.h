/* `audiosync live` without a screen: readings in, lines, metrics, alerts and commands out. */
#ifndef AS_CLI_LIVE_H
#define AS_CLI_LIVE_H

#include <stdbool.h>

#include <audiosync/live.h>

#include "cli/args.h"
#include "cli/live_alert.h"
#include "cli/live_command.h"
#include "cli/live_text.h"
#include "cli/term.h"

/* Whether the full-screen meter is what these arguments ask for: a terminal at both ends, and no flag that asks for lines. */
bool as_live_wants_screen(const struct as_args *args);

/* Something else that lives on readings. All are called from the one thread; none waits. Any but self and close may be NULL. */
struct as_live_consumer {
	void *self;
	/* Each reading, as soon as it is there, with the status of about then. */
	void (*reading)(void *self, const struct as_live_reading *r, const struct as_live_status *s);
	/* What to poll for events; -1: nothing (now). Without events: POLLIN. */
	int (*fd)(void *self);
	short (*events)(void *self);
	/* Before each wait; ms until it wants to be called again at the latest, -1: whenever something else happens. */
	int (*tick)(void *self);
	/* Settings read again. */
	void (*reread)(void *self, const struct as_options *opt);
	/* At the end, before the meter closes: puts back what was changed, frees. */
	void (*close)(void *self);
};

#define AS_LIVE_CONSUMERS_MAX 4
#define AS_LIVE_LABEL_BYTES 256

/* How a run ends. */
enum as_live_end {
	AS_LIVE_GOES_ON,
	AS_LIVE_ANSWERED,    /* --once: a lock, or that there is no match */
	AS_LIVE_TIME_IS_UP,  /* --duration */
	AS_LIVE_CAPTURE_END, /* or an error of the meter */
	AS_LIVE_STOPPED,     /* by a signal */
	AS_LIVE_UNHEARD,     /* nobody reads standard output any longer */
	AS_LIVE_FAILED,      /* the message has been printed */
};

struct as_live_run {
	const struct as_args *args;
	struct as_options *reread;    /* after SIGHUP; NULL before: args->opt holds */
	struct as_live *live;
	struct as_live_status status;
	struct as_live_consumer consumers[AS_LIVE_CONSUMERS_MAX];
	int n_consumers;

	struct as_live_reading last;  /* as it was judged */
	bool any, locked, paused, had_tty;
	double started_s, last_s;     /* CLOCK_MONOTONIC: now, and at the last reading */
	bool begun;                   /* a reading has said something: the reference is there, and sound */
	double begun_s, begin_t_s;    /* from when on the duration counts: CLOCK_MONOTONIC, and as the readings count */
	double reading_time_s;        /* Unix time of it; NAN before the first */
	enum as_live_end end;

	bool json;
	struct as_term term;          /* of stdout */
	struct as_live_told told;
	double interval_s, next_t_s;

	struct as_alert alert;
	bool has_alert, was_alerted;
	struct as_alert_command *command;

	double metrics_due_s;
	bool metrics_failed;
	char reference[AS_LIVE_LABEL_BYTES], capture[AS_LIVE_LABEL_BYTES]; /* labels, without secrets */

	struct {
		char waiting_for[256], capture[256];
		double waiting_s;     /* CLOCK_MONOTONIC: since when for this */
		bool waiting;         /* that it waits has been said */
		bool reading;         /* of the reference: that this takes a while has been said */
		bool broken;          /* and that it broke off */
		double calibration_ms;
		bool capturing;       /* that it is listened to has been said */
		double back_s;        /* CLOCK_MONOTONIC: since when sound comes without a break; 0: it does not */
	} noted;                      /* what was said of the status */
};

/* The functions that return int give an exit code when the command is over (the message has been printed), or -1 to go on. */
int as_live_run_open(struct as_live_run *run, const struct as_args *args);
/* Before as_live_run_drive; run takes it (closes it in any case). */
int as_live_run_add(struct as_live_run *run, const struct as_live_consumer *c);
/* Until it ends; the exit code. */
int as_live_run_drive(struct as_live_run *run);
void as_live_run_close(struct as_live_run *run);
/* The consumers' ticks, also while somebody lets standard output wait: a player must not run on at another speed meanwhile. Returns ms
 * until the next is due, due_ms at most. */
int as_live_run_tick(struct as_live_run *run, int due_ms);
/* Sound is there, and there will be readings as soon as enough of the reference has been read. */
bool as_live_run_reads_reference(const struct as_live_run *run);
/* The settings that hold. */
const struct as_options *as_live_run_options(const struct as_live_run *run);

/* live_out.c: one line on stdout at once; heap, freed here. False: sets run->end. NULL is lack of memory. */
bool as_live_out(struct as_live_run *run, char *line);
bool as_live_out_reading(struct as_live_run *run, const struct as_live_reading *r);
bool as_live_out_alert(struct as_live_run *run, const struct as_alert_event *e, const struct as_live_reading *r);

/* live_mpv.c: --mpv. -1 or an exit code. */
int as_live_follow_open(struct as_live_run *run);

/* live_notes.c: on stderr what changed in the status, once for each change. */
void as_live_note(struct as_live_run *run);

/* live_watch.c: alerts, the command, metrics. */
/* -1 or an exit code. */
int as_live_watch_open(struct as_live_run *run);
void as_live_watch_reading(struct as_live_run *run, const struct as_live_reading *r);
/* Between readings. */
void as_live_watch_tick(struct as_live_run *run);
/* After SIGHUP. */
enum as_status as_live_watch_reread(struct as_live_run *run, const struct as_options *opt, struct as_error *err);
/* ms until the next tick is due. */
int as_live_watch_due_ms(const struct as_live_run *run);
void as_live_watch_close(struct as_live_run *run);

#endif
