/* The word that someone probably meant. */
#ifndef AS_BASE_SUGGEST_H
#define AS_BASE_SUGGEST_H

/* Starts with best == NULL; after every candidate has been offered, best is the nearest one that is
 * near enough to be worth a question, or NULL. Words are borrowed. */
struct as_suggest {
	const char *word;
	const char *best;
	int distance;
};

void as_suggest_offer(struct as_suggest *s, const char *candidate);

#endif
