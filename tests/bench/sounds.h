/* Clips for the calibration of the score: events of several kinds, recorded by devices of several sorts. */
#ifndef BENCH_SOUNDS_H
#define BENCH_SOUNDS_H

#include <stdbool.h>
#include <stdint.h>

#include "dsp/signal.h"

enum { SOUND_RATE_HZ = 8000, SOUND_FILES_MAX = 512 };

enum { SOUND_FOLDERS_MAX = 64 };

/* LOOPS repeats a bar or two sample by sample, SPARSE is a chirp or a click now and then in silence, RECORDED
 * is cut from music files. */
enum kind { SPEECH, MUSIC, NOISE, LOOPS, SPARSE, RECORDED, KINDS };
extern const char *const kind_names[KINDS];

/* Music files, folder by folder, sorted by name. */
struct library {
	char *paths[SOUND_FILES_MAX];
	int n;
	int from[SOUND_FOLDERS_MAX + 1]; /* of each folder that holds any: its first file; then n */
	int n_folders;
};
/* dirs: folders separated by colons, searched down to their leaves; NULL or nothing there: an empty library. */
void library_open(struct library *l, const char *dirs);
void library_done(struct library *l);

/* What was to be heard: mono, 8 kHz, from the start of the event. */
struct sound {
	float *v;
	int64_t n;
};
/* RECORDED is cut from folder seed % n_folders, from its file number seed / n_folders on. Ends the program when
 * out of memory. */
struct sound sound_make(enum kind kind, uint64_t seed, double seconds, const struct library *l);
void sound_done(struct sound *s);

/* A device: where it stood, what its clock did, when it ran. */
struct device {
	uint64_t seed;
	double from_s, length_s;
	double ppm;
	double rt60_s, wet; /* of its room */
	double snr_db;
};
/* What the device's file looks like to matching: whitened. Free with recording_done. */
struct as_signal sound_record(const struct sound *s, const struct device *d);
void recording_done(struct as_signal *s);

#endif
