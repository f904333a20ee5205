#include "base/suggest.h"

#include <stddef.h>
#include <string.h>

#define WORD_BYTES 48

static int least(int a, int b)
{
	return a < b ? a : b;
}

/* Edits (insert, delete, replace, swap neighbours) that turn a into b: optimal string alignment. */
static int edit_distance(const char *a, size_t na, const char *b, size_t nb)
{
	int rows[3][WORD_BYTES + 1];
	int *before = rows[0], *last = rows[1], *now = rows[2];

	for (size_t j = 0; j <= nb; j++)
		last[j] = (int)j;
	for (size_t i = 1; i <= na; i++) {
		int *spare = before;

		now[0] = (int)i;
		for (size_t j = 1; j <= nb; j++) {
			int d = last[j - 1] + (a[i - 1] != b[j - 1]);

			d = least(d, least(last[j], now[j - 1]) + 1);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				d = least(d, before[j - 2] + 1);
			now[j] = d;
		}
		before = last;
		last = now;
		now = spare;
	}
	return last[nb];
}

void as_suggest_offer(struct as_suggest *s, const char *candidate)
{
	size_t na = strlen(s->word), nb = strlen(candidate);
	int distance;

	if (na < 2 || na > WORD_BYTES || nb > WORD_BYTES)
		return;
	distance = edit_distance(s->word, na, candidate, nb);
	/* One slip in a short word, up to three in a long one; what someone began to type counts as
	 * near. */
	if (distance > 1 + (int)na / 5 && !(na >= 3 && !strncmp(s->word, candidate, na)))
		return;
	if (!s->best || distance < s->distance) {
		s->best = candidate;
		s->distance = distance;
	}
}
