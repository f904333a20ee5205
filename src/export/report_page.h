/* The parts of the report's page; for the files of report alone. */
#ifndef AS_EXPORT_REPORT_PAGE_H
#define AS_EXPORT_REPORT_PAGE_H

#include "export/report_private.h"
#include "export/xml.h"

/* One way to write the page's most frequent elements: <name class="c">, closed by as_xml_close_full. */
void page_open(struct as_xml *x, const char *name, const char *class);
void page_put(struct as_xml *x, const char *name, const char *class, const char *text);
/* A section's heading that links lead to. */
void page_head(struct as_xml *x, const char *id, const char *title);
/* A table that scrolls in itself, up to <thead>'s end; heads: "r:Start", "name:Clip", ":Verdict"; NULL ends. */
void page_open_table(struct as_xml *x, const char *const *heads);
void page_close_table(struct as_xml *x);
/* A leading "-" of a number becomes a minus sign, "--" a dash. */
void page_number(struct as_xml *x, const char *text);
void page_cell(struct as_xml *x, const char *class, const char *text);
/* The clip's sign in its colour. */
void page_sign(struct as_xml *x, const struct as_snapshot *s, int clip);
const char *page_class(const struct as_snapshot *s, int clip);
/* A link to the clip's row, with its name. */
void page_clip(struct as_xml *x, const struct report *r, int clip);

/* report_table.c: the confidence table. */
void page_clips(struct as_xml *x, const struct report *r);
/* report_timeline.c; false when out of memory. */
bool page_timeline(struct as_xml *x, const struct report *r);
/* report_plot.c; false when out of memory. */
bool page_plots(struct as_xml *x, const struct report *r);
/* report_devices.c: drift, clocks, splices, rounding, files. */
void page_devices(struct as_xml *x, const struct report *r);
void page_splices(struct as_xml *x, const struct report *r);
void page_rounding(struct as_xml *x, const struct report *r);
void page_files(struct as_xml *x, const struct report *r);

/* A round step that divides `span` into at most n parts: of 1, 2, 5, 10 …; of times, also of minutes and hours. */
double page_step(double span, int n);
double page_time_step(double span_s, int n);
/* "0:00", "1:30:00", "0:00.5" as the step needs it. */
void page_time(char *out, size_t n, double t_s, double step_s);

#endif
