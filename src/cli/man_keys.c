/* The keys of the interface, for the manual page and as a keys.ini. */
#include <stdbool.h>
#include <string.h>

#include "base/actions.h"
#include "cli/documents.h"

void as_man_keys(FILE *out)
{
	size_t n;
	const struct as_action_row *rows = as_actions(&n);
	const char *group = "";

	for (size_t i = 0; i < n; i++) {
		if (strcmp(group, rows[i].group) != 0) {
			fprintf(out, "%s.Ss %s\n.Bl -tag -width 20n -compact\n", *group ? ".El\n" : "", rows[i].group);
			group = rows[i].group;
		}
		fputs(".It ", out);
		for (const char *k = rows[i].keys; *k; k++) {
			/* A key that is a sign of the language stands escaped. */
			if (*k == ' ')
				fputs(" , ", out);
			else if (*k == '\\')
				fputs("\\e", out);
			else if (strchr(".,:;()[]?!|'\"", *k) && (k[1] == ' ' || !k[1]) && (k == rows[i].keys || k[-1] == ' '))
				fprintf(out, "\\&%c\\&", *k);
			else
				fputc(*k, out);
		}
		fprintf(out, "%s:%s", *rows[i].keys ? " , " : "", rows[i].name);
		if (*rows[i].args)
			fprintf(out, " %s", rows[i].args);
		fprintf(out, "\n%s.\n", rows[i].help);
	}
	fputs(".El\n", out);
}

void as_keys_ini(FILE *out)
{
	size_t n;
	const struct as_action_row *rows = as_actions(&n);

	fputs("# Keys of the interface: action = keys, separated by blanks; none: no key. Copy lines to ~/.config/audiosync/keys.ini;\n"
	      "# what is not there keeps the keys below. Names: a, Ctrl-T, Alt-x, F5, Up, PageDown, Home, Delete, Enter, Esc, Space, Tab,\n"
	      "# BackTab, Backspace, Semicolon. Sections are places: the pane or dialog that has the keys is asked first, then global.\n",
	      out);
	for (int place = 0; place < AS_PLACE_N; place++) {
		bool any = false;

		for (size_t i = 0; i < n; i++) {
			if (rows[i].place != (enum as_action_place)place)
				continue;
			if (!any)
				fprintf(out, "\n[%s]\n", as_action_place_name(rows[i].place));
			any = true;
			fprintf(out, "# %s\n%s = %s\n", rows[i].help, rows[i].name, *rows[i].keys ? rows[i].keys : "none");
		}
	}
}
