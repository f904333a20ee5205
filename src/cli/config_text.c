#include "cli/config_text.h"

#include <string.h>

#include "base/ini.h"
#include "base/text.h"

/* Whether a value would come back as it is: the reader strips blanks and cuts comments and long
 * lines. */
static bool survives_a_file(const char *name, const char *value)
{
	size_t n = strlen(value);

	if (n == 0)
		return true;
	if (n + strlen(name) + strlen(" = ") > AS_INI_LINE_BYTES)
		return false;
	if (strchr(" \t\r\f\v;", value[0]) || strchr(" \t\r\f\v", value[n - 1]))
		return false;
	for (const char *p = value; *p; p++)
		if (*p == '\n' || (*p == ';' && strchr(" \t\r\f\v", p[-1])))
			return false;
	return true;
}

static void write_row(FILE *out, const struct as_options *opt, const struct as_option_row *row)
{
	const char *value = as_options_value(opt, row->key),
		   *origin = as_options_origin(opt, row->key);
	const char *name = strchr(row->key, '.') + 1;
	char allowed[160], shown[512];

	as_option_allowed(row, allowed, sizeof allowed);
	fprintf(out, "\n# %s\n# ", row->help);
	if (allowed[0])
		fprintf(out, "%s; ", allowed);
	fprintf(out, "default %s\n", row->def[0] ? row->def : "empty");
	if (strcmp(origin, "default") != 0)
		fprintf(out, "# from %s\n", as_text_escape(shown, sizeof shown, origin));
	if (survives_a_file(name, value))
		fprintf(out, "%s =%s%s\n", name, value[0] ? " " : "", value);
	else
		fprintf(out, "# no file can hold this value; use --set:\n# %s = %s\n", name,
			as_text_escape(shown, sizeof shown, value));
}

/* Names of devices are in no table. */
static void write_calibrations(FILE *out, const struct as_options *opt)
{
	fputs("\n[calibration]\n\n"
	      "# latency of single devices in ms, instead of live.calibration_ms: NAME = ms, as audiosync devices lists them;\n"
	      "# % ; # [ and ] in a name are written %25 %3B %23 %5B and %5D, : and = may be: %3A and %3D\n"
	      "# monitor:alsa_output.pci-0000_00_1f.3.analog-stereo = -42.5\n",
	      out);
	for (size_t i = 0; i < as_options_calibrations(opt); i++) {
		const char *key = as_options_calibration_at(opt, i, NULL), *name = strchr(key, '.') + 1;
		const char *value = as_options_value(opt, key);
		char shown[1024];

		fprintf(out, "# from %s\n", as_text_escape(shown, sizeof shown, as_options_origin(opt, key)));
		if (survives_a_file(name, value))
			fprintf(out, "%s = %s\n", name, value);
		else
			fprintf(out, "# no file can hold this value; use --set:\n# %s = %s\n",
				as_text_escape(shown, sizeof shown, name), value);
	}
}

void as_config_write(FILE *out, const struct as_options *opt)
{
	size_t n, section_bytes = 0;
	const struct as_option_row *rows = as_option_rows(&n);

	fputs("# audiosync: every setting. A line may be left out: the default holds then.\n"
	      "# Lines that begin with # or ; are comments, and so is what follows a blank and a "
	      ";\n",
	      out);
	for (size_t i = 0; i < n; i++) {
		size_t bytes = strcspn(rows[i].key, ".");

		if (bytes != section_bytes || strncmp(rows[i].key, rows[i - 1].key, bytes) != 0)
			fprintf(out, "\n[%.*s]\n", (int)bytes, rows[i].key);
		section_bytes = bytes;
		write_row(out, opt, &rows[i]);
	}
	write_calibrations(out, opt);
}
