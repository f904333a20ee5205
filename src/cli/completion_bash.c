#include <string.h>

#include "cli/completion.h"
#include "cli/documents.h"

static void put_value_of_flag(FILE *out, const struct as_flag *f)
{
	fputs("\t", out);
	if (f->letter)
		fprintf(out, "-%c | ", f->letter);
	fprintf(out, "--%s) ", f->name);
	if (f->arg == AS_ARG_FILE) {
		fputs("_audiosync_files -f; ", out);
	} else if (f->arg == AS_ARG_DIR) {
		fputs("_audiosync_files -d; ", out);
	} else if (f->arg == AS_ARG_PRESET) {
		fputs("_audiosync_words \"$(\"$program\" " AS_COMPLETION_PRESETS ")\"; ", out);
	} else if (f->arg == AS_ARG_KEY) {
		fputs("_audiosync_words \"$keys\"; compopt -o nospace 2>/dev/null; ", out);
	} else if (f->row && (f->row->choices || f->row->word)) {
		fputs("_audiosync_words '", out);
		as_completion_values(out, f->row);
		fputs("'; ", out);
	}
	fputs("return ;;\n", out);
}

static void put_values_of_keys(FILE *out)
{
	size_t n;
	const struct as_option_row *rows = as_option_rows(&n);

	fputs("_audiosync_value() {\n\tcase $1 in\n", out);
	for (size_t i = 0; i < n; i++) {
		if (rows[i].type == AS_OPTION_PATH) {
			fprintf(out, "\t%s) _audiosync_files -f ;;\n", rows[i].key);
		} else if (rows[i].type == AS_OPTION_BOOL || rows[i].choices || rows[i].word) {
			fprintf(out, "\t%s) _audiosync_words '", rows[i].key);
			as_completion_values(out, &rows[i]);
			fputs("' ;;\n", out);
		}
	}
	fputs("\tesac\n}\n\n", out);
}

/* Sets flags to those of the command, as words. */
static void put_flags_of_commands(FILE *out, const struct as_flag *flags, size_t n_flags)
{
	size_t n;
	const struct as_command_row *rows = as_commands(&n);

	fputs("\tflags='", out);
	for (size_t j = 0; j < n_flags; j++)
		if (!strcmp(flags[j].commands, "*"))
			fprintf(out, "--%s ", flags[j].name);
	fputs("'\n\tcase $command in\n", out);
	for (size_t i = 0; i < n; i++) {
		if (!rows[i].run)
			continue;
		fprintf(out, "\t%s) flags+='", rows[i].word);
		for (size_t j = 0; j < n_flags; j++)
			if (strcmp(flags[j].commands, "*") != 0 &&
			    as_flag_is_for(&flags[j], rows[i].word))
				fprintf(out, "--%s ", flags[j].name);
		fputs("' ;;\n", out);
	}
	fputs("\tesac\n", out);
}

static void put_locals(FILE *out)
{
	size_t n;
	const struct as_command_row *rows = as_commands(&n);

	fputs("\tlocal program=${COMP_WORDS[0]} cur=${COMP_WORDS[COMP_CWORD]}\n"
	      "\tlocal prev=${COMP_WORDS[COMP_CWORD - 1]} command= sub= flags= word= i=0 at=0\n"
	      "\tlocal commands='",
	      out);
	for (size_t i = 0; i < n; i++)
		if (rows[i].run)
			fprintf(out, "%s ", rows[i].word);
	fputs("'\n\tlocal keys='", out);
	as_completion_keys(out, "=");
	fputs("'\n", out);
}

/* Finds the command and what stands before the word to complete. */
static void put_reading(FILE *out)
{
	fputs("\tCOMPREPLY=()\n"
	      "\t# The shell breaks words at \"=\": see --flag=value and KEY=VALUE as what they "
	      "are.\n"
	      "\tat=$((COMP_CWORD - 1))\n"
	      "\tif [[ $cur == = ]]; then cur='' at=$COMP_CWORD; fi\n"
	      "\tif [[ ${COMP_WORDS[at]} == = ]] && ((at >= 2)); then\n"
	      "\t\tprev=${COMP_WORDS[at - 1]}\n"
	      "\t\tword=${COMP_WORDS[at - 2]}\n"
	      "\t\tif [[ $word == = ]] && ((at >= 3)); then word=${COMP_WORDS[at - 3]}; fi\n"
	      "\t\tcase $word in\n"
	      "\t\t--set) _audiosync_value \"$prev\"; return ;;\n"
	      "\t\t--track) _audiosync_files -f; return ;;\n"
	      "\t\tesac\n"
	      "\tfi\n"
	      "\tfor ((i = 1; i < COMP_CWORD; i++)); do\n"
	      "\t\tword=${COMP_WORDS[i]}\n"
	      "\t\tif [[ -z $command && \" $commands\" == *\" $word \"* ]]; then\n"
	      "\t\t\tcommand=$word\n"
	      "\t\telif [[ $command == config && -z $sub && $word != -* ]]; then\n"
	      "\t\t\tsub=$word\n"
	      "\t\tfi\n"
	      "\tdone\n",
	      out);
}

void as_completion_bash(FILE *out)
{
	struct as_flag flags[AS_FLAGS_MAX];
	size_t n = as_flags(flags);

	fputs("# bash completion of audiosync; " AS_COMPLETION_NOTE " bash\n\n"
	      "_audiosync_words() {\n"
	      "\tmapfile -t COMPREPLY < <(compgen -W \"$1\" -- \"$cur\")\n"
	      "}\n\n"
	      "_audiosync_files() {\n"
	      "\tmapfile -t COMPREPLY < <(compgen \"$1\" -- \"$cur\")\n"
	      "\tcompopt -o filenames 2>/dev/null\n"
	      "}\n\n",
	      out);
	put_values_of_keys(out);
	fputs("_audiosync() {\n", out);
	put_locals(out);
	put_reading(out);
	fputs("\tcase $prev in\n", out);
	for (size_t i = 0; i < n; i++)
		if (flags[i].metavar)
			put_value_of_flag(out, &flags[i]);
	fputs("\tesac\n", out);
	put_flags_of_commands(out, flags, n);
	fputs("\tif [[ $cur == -* ]]; then\n"
	      "\t\t_audiosync_words \"$flags\"\n"
	      "\telif [[ -z $command ]]; then\n"
	      "\t\t_audiosync_words \"$commands\"\n"
	      "\telif [[ $command == config && -z $sub ]]; then\n"
	      "\t\t_audiosync_words '" AS_CONFIG_WORDS "'\n"
	      "\telif [[ $command == config && $sub == get ]]; then\n"
	      "\t\t_audiosync_words \"${keys//=/}\"\n"
	      "\telif [[ $command != config ]]; then\n"
	      "\t\t_audiosync_files -f\n"
	      "\tfi\n"
	      "}\n\n"
	      "complete -F _audiosync audiosync\n",
	      out);
}
