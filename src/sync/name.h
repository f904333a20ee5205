/* What a recording's file name tells: who wrote it, its number, its chapter, its time. Pure. */
#ifndef AS_SYNC_NAME_H
#define AS_SYNC_NAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct as_name {
	char *key;    /* names the device, for comparing: case folded; never NULL after a successful
			 parse */
	char *label;  /* the same as written, for people; "" where the name holds numbers only */
	char *ext;    /* case folded, without the dot; "" if there is none */
	char tag[16]; /* one of several files that a recorder writes at the same time ("Tr1", "LR");
			 or "" */
	int64_t number; /* counts recordings; -1 if there is none */
	int chapter; /* counts the pieces of one recording, in the maker's own notation; -1 if there
			is none */
	double time_s; /* date and time in the name as seconds since 1970, no time zone; NAN if
			  there is none */
	bool maker;    /* a maker's pattern: any device of the kind writes it */
};

/* Parses the final component of a path: any bytes. False when out of memory. Free with as_name_done
 * in every case. */
bool as_name_parse(struct as_name *out, const char *base);
void as_name_done(struct as_name *name);

/* Copies s with the case of Latin, Greek and Cyrillic letters folded; other bytes stay. NULL when
 * out of memory. */
char *as_name_fold(const char *s);

/* Length of the date, or date and time, at the start of s; 0 if there is none. *time_s is NAN
 * unless both are there. */
size_t as_name_stamp(const char *s, double *time_s);

#endif
