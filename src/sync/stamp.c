#include "sync/name_private.h"

#include <math.h>
#include <string.h>

static size_t digit_run(const char *s)
{
	size_t n = 0;

	while (as_is_digit(s[n]))
		n++;
	return n;
}

static int number_of(const char *s, size_t n)
{
	int v = 0;

	for (size_t i = 0; i < n; i++)
		v = v * 10 + (s[i] - '0');
	return v;
}

static bool date_valid(int year, int month, int day)
{
	return year >= 1980 && year < 2100 && month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

/* Days since 1970-01-01 in the proleptic Gregorian calendar; the year is taken to begin in March.
 */
static double days_of(int year, int month, int day)
{
	int y = month <= 2 ? year - 1 : year;
	int m = (month + 9) % 12;
	int doy = (153 * m + 2) / 5 + day - 1;

	return 365.0 * y + y / 4 - y / 100 + y / 400 + doy - 719468.0;
}

/* hhmmss, hhmmssmmm, or two digits each with one and the same separator. */
static size_t time_at(const char *s, double *seconds)
{
	size_t run = digit_run(s);
	int h, m, sec;
	size_t used;

	if (run == 6 || run == 9) {
		h = number_of(s, 2);
		m = number_of(s + 2, 2);
		sec = number_of(s + 4, 2);
		used = run;
	} else if (run == 2 && s[2] && strchr("-._:", s[2]) && digit_run(s + 3) == 2 &&
		   s[5] == s[2] && digit_run(s + 6) == 2) {
		h = number_of(s, 2);
		m = number_of(s + 3, 2);
		sec = number_of(s + 6, 2);
		used = 8;
	} else {
		return 0;
	}
	if (h > 23 || m > 59 || sec > 60)
		return 0;
	*seconds = h * 3600.0 + m * 60.0 + sec + (run == 9 ? number_of(s + 6, 3) / 1000.0 : 0);
	return used;
}

static size_t time_after_date(const char *s, double *seconds)
{
	static const char *const between[] = {" at ", "T", "t", "_", "-", " "};

	for (size_t i = 0; i < sizeof(between) / sizeof(*between); i++) {
		size_t gap = strlen(between[i]);

		if (strncmp(s, between[i], gap) == 0) {
			size_t used = time_at(s + gap, seconds);

			if (used)
				return gap + used;
		}
	}
	return 0;
}

size_t as_name_stamp(const char *s, double *time_s)
{
	size_t run = digit_run(s), used = 0;
	int year, month, day;
	double seconds = 0;
	bool timed = false;

	*time_s = NAN;
	if (run == 8 || run == 14) {
		year = number_of(s, 4);
		month = number_of(s + 4, 2);
		day = number_of(s + 6, 2);
		used = 8;
	} else if (run == 4 && s[4] && strchr("-_.", s[4]) && digit_run(s + 5) == 2 &&
		   s[7] == s[4] && digit_run(s + 8) == 2) {
		year = number_of(s, 4);
		month = number_of(s + 5, 2);
		day = number_of(s + 8, 2);
		used = 10;
	} else if (run == 6 && (s[6] == '_' || s[6] == '-') && digit_run(s + 7) >= 4 &&
		   digit_run(s + 7) <= 6) {
		/* Six digits alone may be any number; recorders put a time or a counter behind the
		 * date. */
		year = 2000 + number_of(s, 2);
		month = number_of(s + 2, 2);
		day = number_of(s + 4, 2);
		used = 6;
	} else {
		return 0;
	}
	if (!date_valid(year, month, day))
		return 0;
	if (run == 14) {
		if (time_at(s + 8, &seconds) != 6)
			return 0;
		timed = true;
		used = 14;
	} else {
		size_t more = time_after_date(s + used, &seconds);

		timed = more > 0;
		used += more;
	}
	if (timed)
		*time_s = days_of(year, month, day) * 86400.0 + seconds;
	return used;
}
