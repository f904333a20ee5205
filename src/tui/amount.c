#include "tui/amount.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Fields of H:M:S; all but the last are whole numbers. */
static bool parse_clock(const char *text, double *out_s)
{
	double sum = 0;
	int n = 0;

	for (;;) {
		char *end;
		double v = strtod(text, &end);

		if (end == text || !isfinite(v) || v < 0 || ++n > 3 || *text == '+' || *text == '-')
			return false;
		sum = sum * 60 + v;
		if (*end == '\0' && (n == 1 || v < 60))
			break;
		/* Behind hours or minutes no more than 59 of what they are made of. */
		if (*end != ':' || v != floor(v) || (n > 1 && v >= 60))
			return false;
		text = end + 1;
	}
	*out_s = sum;
	return true;
}

bool tui_amount_parse(const char *text, const struct tui_amount *units, double *out_s)
{
	double sign = 1, v, factor;
	char *end;

	text += strspn(text, " ");
	if (*text == '-' || *text == '+')
		sign = *text++ == '-' ? -1 : 1;
	if (strchr(text, ':')) {
		if (!parse_clock(text, &v))
			return false;
		*out_s = sign * v;
		return true;
	}
	/* One sign, and then a number. */
	if ((*text < '0' || *text > '9') && *text != '.')
		return false;
	v = strtod(text, &end);
	if (end == text || !isfinite(v))
		return false;
	end += strspn(end, " ");
	if (!*end || !strcmp(end, "s"))
		factor = 1;
	else if (!strcmp(end, "ms"))
		factor = 1e-3;
	else if (!strcmp(end, "us"))
		factor = 1e-6;
	else if (!strcmp(end, "f") || !strcmp(end, "frames"))
		factor = units->frame_s;
	else if (!strcmp(end, "smp") || !strcmp(end, "samples"))
		factor = units->sample_s;
	else
		return false;
	*out_s = sign * v * factor;
	return true;
}
