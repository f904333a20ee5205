/* For the tests of projects: a small shoot on disk, sessions run to their end, snapshots compared. */
#ifndef AS_TEST_PROJECTS_H
#define AS_TEST_PROJECTS_H

#include <stdbool.h>
#include <stdint.h>

#include <audiosync/audiosync.h>

/* A number whose bits all depend on all of x's: chance that is the same in every run. */
uint32_t projects_scramble(uint32_t x);
/* Writes length_s of a world of sound from start_s on; world 0 is silence. */
void projects_write_clip(const char *path, uint32_t world, double start_s, double length_s);
/* CamA, CamB and Zoom of one world, Phone of another, a silent and a broken file. */
void projects_write_shoot(const char *dir);

/* A folder with the shoot and a session that has analysed it, the caller's; NULL: no folder can be made. The paths of the folder, the shoot
 * and the project to be saved are written to root, shoot and saved. */
struct as_session *projects_set_up(char root[64], char shoot[96], char saved[96]);

/* Settings without a cache unless cache (a folder) is given; the caller frees. */
struct as_options *projects_options(const char *cache);
struct as_session *projects_open(const char *cache);
/* A project as it was saved, its recordings where they were. */
struct as_session *projects_load(const char *path);
/* Analyses to the end; the snapshot is the caller's. */
const struct as_snapshot *projects_analyze(struct as_session *s);
/* Writes the aligned files; returns the outcome, and with snap (or NULL) the last snapshot. */
enum as_status projects_export(struct as_session *s, const char *dir, const struct as_snapshot **snap);
/* The same of any request. */
enum as_status projects_write_out(struct as_session *s, const struct as_export_request *r, const struct as_snapshot **snap);
/* Everything that a project has to bring back is equal; notes: so many more warnings in b. */
void projects_assert_same(const struct as_snapshot *a, const struct as_snapshot *b, int notes);
int projects_clip(const struct as_snapshot *s, const char *name);
double projects_start_of(struct as_session *s, const char *name);

/* The whole of a file; heap. */
char *projects_read(const char *path, int64_t *bytes);
void projects_write(const char *path, const char *text, int64_t bytes);
bool projects_same_file(const char *a, const char *b);

#endif
