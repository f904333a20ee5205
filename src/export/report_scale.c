/* Round steps of the page's scales, and times on them. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "export/report_page.h"

double page_step(double span, int n)
{
	double raw = span / n, unit = pow(10, floor(log10(raw)));
	if (!(raw > 0) || !isfinite(raw))
		return 1;
	return raw <= unit ? unit : raw <= 2 * unit ? 2 * unit : raw <= 5 * unit ? 5 * unit : 10 * unit;
}

double page_time_step(double span_s, int n)
{
	static const double steps[] = {1,   2,   5,    10,   15,   30,   60,    120,   300,   600,
				       900, 1800, 3600, 7200, 10800, 21600, 43200, 86400};
	if (span_s / n < 1)
		return page_step(span_s, n);
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
		if (span_s / steps[i] <= n)
			return steps[i];
	return 86400 * ceil(span_s / 86400 / n);
}

void page_time(char *out, size_t n, double t_s, double step_s)
{
	double whole = floor(t_s + 1e-9);
	if (step_s < 1) {
		as_text_duration(out, n, whole);
		int decimals = (int)fmin(6, ceil(-log10(step_s) - 1e-9));
		size_t used = strlen(out);
		char part[16];
		snprintf(part, sizeof part, "%.*f", decimals, t_s - whole);
		snprintf(out + used, n - used, "%s", part + 1); /* without its 0 */
	} else {
		as_text_duration(out, n, round(t_s));
	}
}
