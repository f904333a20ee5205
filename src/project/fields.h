/* Tables of the fields of a struct: one row writes, reads and checks a member. Shared by src/project/ alone. */
#ifndef AS_PROJECT_FIELDS_H
#define AS_PROJECT_FIELDS_H

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

enum as_field_kind {
	AS_FIELD_BOOL,  /* left out where false */
	AS_FIELD_INT,   /* left out where 0, if it can be no less and is not needed */
	AS_FIELD_INT64,
	AS_FIELD_REAL,  /* left out where NAN; "inf" and "-inf" */
	AS_FIELD_CHARS, /* char[bytes], left out where empty */
	AS_FIELD_WORD,  /* enum by name; min to max */
};

struct as_field {
	const char *name;
	enum as_field_kind kind;
	bool needed;     /* an element without it is of no use */
	size_t at;       /* in the struct */
	double min, max; /* of numbers, both inclusive */
	size_t bytes;    /* of AS_FIELD_CHARS */
	const char *(*word)(int value);
};

/* Where reading has got to. */
struct as_reader {
	struct as_project *project; /* takes the losses */
	const char *what;           /* "clip" */
	int number;
	bool out_of_memory;
};

void as_reader_lose(struct as_reader *r, const char *field, const char *why);

/* False when out of memory. */
bool as_fields_put(json_t *into, const struct as_field *fields, size_t n, const void *from);
/* Sets every member: what is missing or wrong becomes 0, NAN, false, "" or the first word. False: something needed is missing. */
bool as_fields_get(const json_t *from, const struct as_field *fields, size_t n, void *to, struct as_reader *r);

/* Text of any bytes: those that are not UTF-8 stand in NAME_base64 beside a form for people. NULL puts nothing. */
bool as_field_put_text(json_t *into, const char *name, const char *text);
/* Heap; NULL where there is none, or no memory (the reader knows then). */
char *as_field_get_text(const json_t *from, const char *name, struct as_reader *r);

/* A number in [min, max]; false otherwise. Also for 'inf'. */
bool as_field_number(const json_t *value, double min, double max, double *out);
json_t *as_field_real(double v);

#endif
