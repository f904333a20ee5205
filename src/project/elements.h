/* The elements of a project as JSON: files, clips, matches. Shared by src/project/ alone. */
#ifndef AS_PROJECT_ELEMENTS_H
#define AS_PROJECT_ELEMENTS_H

#include "project/fields.h"
#include "project/project.h"

/* What a project may say of anything: three years of seconds, ten times the clocks that exist. */
#define MAX_TIME_S 1e8
#define MAX_PPM 1e5

/* NULL when out of memory. dir: the project's folder with a slash at its end, or "". */
json_t *as_element_of_file(const struct as_project_file *f, int id, const char *dir);
json_t *as_element_of_clip(const struct as_project_clip *c, int id, bool solved);
/* Without points and knots, which follow in a shorter notation: see as_element_floats. */
json_t *as_element_of_match(const struct as_project_match *m);
/* The arrays of single precision, each row one array; NULL where there are none (*ok tells lack of memory). */
json_t *as_element_points(const struct as_project_match *m, bool *ok);
json_t *as_element_knots(const struct as_project_match *m, bool *ok);

/* False: the element is of no use, or memory ran out. What they fill is freed by as_project_free either way. */
bool as_file_of_element(const json_t *e, const char *dir, struct as_project_file *f, struct as_reader *r);
/* files and tracks are ids here; the caller turns them into indices. */
bool as_clip_of_element(const json_t *e, struct as_project_clip *c, struct as_reader *r);
/* a and b are ids here. */
bool as_match_of_element(const json_t *e, struct as_project_match *m, struct as_reader *r);

/* element_place.c */
bool as_element_put_place(json_t *into, const char *name, const struct as_solve_placement *p);
bool as_place_of_element(const json_t *e, struct as_solve_placement *p, struct as_reader *r);
/* [[…], …] of n numbers a row; at most max rows. NULL value: no rows. */
bool as_element_put_rows(json_t *into, const char *name, const double *rows, int n, int columns);
int as_element_get_rows(const json_t *e, const char *name, double *rows, int max, int columns, struct as_reader *r);

#endif
