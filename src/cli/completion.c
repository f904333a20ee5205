#include "cli/completion.h"

#include <string.h>

bool as_completion_values(FILE *out, const struct as_option_row *row)
{
	if (row->type == AS_OPTION_BOOL)
		fputs("yes no", out);
	else if (row->type == AS_OPTION_CHOICE)
		for (const char *c = row->choices; *c; c++)
			fputc(*c == '|' ? ' ' : *c, out);
	else if (row->word)
		fputs(row->word, out);
	else
		return false;
	return true;
}

void as_completion_keys(FILE *out, const char *after)
{
	size_t n;
	const struct as_option_row *rows = as_option_rows(&n);

	for (size_t i = 0; i < n; i++)
		fprintf(out, "%s%s%s", i ? " " : "", rows[i].key, after);
}

void as_completion_quoted(FILE *out, const char *s, const char *quote, const char *escaped)
{
	for (; *s; s++) {
		if (*s == '\'')
			fputs(quote, out);
		else if (strchr(escaped, *s))
			fprintf(out, "\\%c", *s);
		else
			fputc(*s, out);
	}
}
