/* What the forms of the report share; for the files of report alone. */
#ifndef AS_EXPORT_REPORT_PRIVATE_H
#define AS_EXPORT_REPORT_PRIVATE_H

#include "base/buffer.h"
#include "base/outline.h"
#include "export/report.h"

#define REPORT_PLOTS_MAX 120  /* clips shown with their lags: the most doubtful */
#define REPORT_POINTS_MAX 400 /* lags of one clip */

/* How much a clip asks of the editor. */
enum report_urgency {
	REPORT_FAILED,   /* could not be read */
	REPORT_UNPLACED, /* to be placed by hand */
	REPORT_LISTEN,   /* placed, to be listened to */
	REPORT_NOTED,    /* placed, with something to know */
	REPORT_FINE,
};

struct report_check {
	int clip;
	enum report_urgency urgency; /* never FINE */
	char *text;                  /* safe; sentences without the clip's name */
};

struct report_splice {
	int clip;
	double at_s;     /* time of the clip */
	double island_at_s; /* of the timeline; NAN where the clip has no place there */
	double amount_s; /* > 0: lost */
};

/* What stamps of one device say against the places of its clips. */
struct report_clock {
	int n;           /* stamps that could be compared */
	double off_s;    /* later than the clock that most devices agree with (median); NAN where n is 0 */
	double spread_s; /* of the stamp that is furthest from it */
	bool ends;       /* they tell the end of the recordings */
	bool wrong;      /* further off than stamps are exact */
};

/* A stamp that leaves those of its own device. */
struct report_odd {
	int clip;
	bool timecode;
	double off_s; /* from the device's median */
};

/* A device, by its track. */
struct report_device {
	int n_placed;
	int n_drift; /* clips whose drift was measured */
	double drift_ppm, drift_err_ppm; /* weighted mean; NAN without */
	double least_ppm, most_ppm;
	struct report_clock created, timecode;
};

/* What rounding to frames did to a clip: where its sound is minus where it belongs. */
struct report_rounding {
	int clip;
	double start_s, end_s; /* at its first and at its last frame */
};

struct report_lag {
	double at_s;       /* time of the clip */
	double lag_s;      /* later there than a clock without drift would have it */
	double residual_s; /* later than the result says */
	double err_s;
	int with;          /* the other clip */
	bool used;
};

struct report {
	const struct as_snapshot *s;
	const struct as_options *opt;
	const struct as_timeline *edit; /* or NULL */
	const atomic_bool *cancel;
	struct as_outline outline;
	struct as_tally tally;
	int *number; /* per clip: 1, 2, … in the order of the tables */
	struct report_check *checks; /* the most urgent first */
	int n_checks, n_urgency[REPORT_FINE];
	struct report_splice *splices; /* in the order of the tables */
	int n_splices;
	struct report_device *devices; /* per track */
	int created_base, timecode_base; /* the devices whose clocks the others are compared with; -1: none */
	struct report_odd *odd;
	int n_odd;
	struct report_rounding *rounding;
	int n_rounding;
	int *plots; /* clips, in the order of the tables */
	int n_plots, n_plots_left_out;
};

/* report_data.c. False when out of memory; done in every case. */
bool report_init(struct report *r, const struct as_report_input *in);
void report_done(struct report *r);
bool report_stopped(const struct report *r);
enum report_urgency report_urgency(const struct report *r, int clip);

/* report_clock.c: fills created and timecode of all devices, and what is odd. False when out of memory. */
bool report_judge_clocks(struct report *r);

/* report_lag.c: the lags of a clip by its used matches, by time; returns how many. NULL when out of memory. */
struct report_lag *report_lags(const struct report *r, int clip, int *n);

/* report_words.c: what every form says in the same words. Safe text. */
#define REPORT_LINE_BYTES 600
void report_say_summary(char out[REPORT_LINE_BYTES], const struct report *r);
/* What to know of several timelines; NULL of one. */
const char *report_about_islands(const struct report *r);
void report_say_splice(char out[REPORT_LINE_BYTES], const struct report_splice *v);
void report_say_clock(char out[REPORT_LINE_BYTES], const struct report *r, const struct report_clock *c, bool base);
void report_say_odd(char out[REPORT_LINE_BYTES], const struct report_odd *v);
char *report_track_name(char *out, size_t n, const struct report *r, int track);
const char *report_mark(const struct as_snapshot *s, int clip);
/* "strong", "failed", "moderate, timecode". */
const char *report_urgency_title(enum report_urgency u);
/* Whether a setting is not at its default. */
bool report_is_changed(const struct report *r, const struct as_option_row *row);

/* The forms. NULL when out of memory or cancelled. */
char *report_html(const struct report *r, size_t *n);
char *report_text(const struct report *r, size_t *n);
char *report_json(const struct report *r, size_t *n);

#endif
