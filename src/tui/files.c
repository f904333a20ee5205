/* Projects, leaving. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "tui/adding.h"
#include "tui/commands.h"
#include "tui/dialogs.h"
#include "tui/form.h"
#include "tui/jobs.h"
#include "tui/keep.h"
#include "tui/live.h"
#include "tui/projects.h"
#include "tui/recover.h"
#include "tui/relink.h"
#include "tui/target.h"

/* --- projects -------------------------------------------------------------------------------------------------- */

static bool new_session(struct tui *t)
{
	struct as_error err = {0};
	struct as_session *s = as_session_new(t->m.opt, &err);

	if (!s)
		return tui_try(t, AS_ERR_MEMORY, &err);
	tui_keep_nothing(t);
	tui_replace_session(t, s);
	return true;
}

#define SURE "--force "

/* Asks where the action, with args or NULL, would cost what is not saved. True: it did. */
static bool asks_first(struct tui *t, enum as_action then, const char *args, const char *save_label, const char *yes_label)
{
	size_t n = sizeof SURE + strlen(args ? args : "");
	char *sure;

	if (!t->m.modified || (t->m.snap->n_clips == 0 && !t->m.project))
		return false;
	sure = malloc(n);
	if (sure) {
		snprintf(sure, n, SURE "%s", args ? args : "");
		tui_confirm_or_save(t, &(struct tui_save_first){.question = t->m.project ? "The project has changes that are not saved."
											: "The session is not saved as a project.",
								.save = AS_ACTION_SAVE,
								.save_label = save_label,
								.then = then,
								.args = args,
								.yes_label = yes_label,
								.sure_args = sure});
	}
	free(sure);
	return true;
}

/* The words without what says that nothing is to be asked. */
static const char *sure_words(const char *args, bool *sure)
{
	*sure = args && !strncmp(args, SURE, sizeof SURE - 1);
	return *sure ? args + sizeof SURE - 1 : args;
}

/* "PROJECT" or "--force PROJECT" */
static bool open_project(struct tui *t, const char *args)
{
	bool sure, ok;
	const char *path = sure_words(args, &sure);
	char *full = tui_path(path);

	ok = full && tui_projects_idle(t);
	if (ok && (sure || !asks_first(t, AS_ACTION_OPEN, full, "save and open", "open unsaved")))
		ok = tui_projects_open(t, full, false);
	free(full);
	return ok;
}

static bool take_project(struct tui *t, char *const *paths, int n)
{
	return n == 1 && open_project(t, paths[0]);
}

/* Nothing, or what was asked about before: "FILE" or "--force FILE" */
static void recover(struct tui *t, const char *args)
{
	bool sure;
	const char *path = sure_words(args, &sure);

	if (sure || !path || !tui_projects_idle(t) || !asks_first(t, AS_ACTION_RECOVER, path, "save and go on", "go on unsaved"))
		tui_recover(t, path);
}

/* "now": without asking. */
static void start_over(struct tui *t, const char *args)
{
	bool sure;
	const char *words = sure_words(args, &sure);

	sure = sure || (words && !strcmp(words, "now"));
	if (tui_projects_idle(t) && (sure || !asks_first(t, AS_ACTION_NEW, NULL, "save and start over", "start over")))
		new_session(t);
}

static void browse_projects(struct tui *t)
{
	static const char *const extensions[] = {"audiosync", NULL};

	tui_open_browser(t, &(struct tui_browse){.title = "Open a project", .extensions = extensions, .take = take_project});
}

/* A name without any gets that of projects. */
static char *with_extension(const char *path)
{
	char *full = tui_path(path), *more;

	if (!full || strchr(as_path_base(full), '.'))
		return full;
	more = realloc(full, strlen(full) + sizeof ".audiosync");
	if (!more)
		free(full);
	else
		strcat(more, ".audiosync");
	return more;
}

static void save_to(struct tui *t, const char *path, bool force)
{
	char *full = with_extension(path);

	if (full)
		tui_projects_save(t, full, force);
	free(full);
}

/* Beside the recordings, and called as their folder is: heap. */
static char *usual_project(struct tui *t)
{
	char *dir = tui_target_base(t), *path, name[300];
	const char *shoot = as_path_base(dir ? dir : "");

	snprintf(name, sizeof name, "%.255s.audiosync", *shoot && *shoot != '.' ? shoot : "shoot");
	path = dir ? tui_target_expand(t, name) : NULL;
	free(dir);
	return path;
}

static void ask_where(struct tui *t)
{
	char *path = t->m.project ? tui_path_short(t->m.project) : usual_project(t);

	tui_ask(t, &(struct tui_question){"Save the project", "File: ", "save", .text = path, .then = AS_ACTION_SAVE_AS, .word = true});
	free(path);
}

/* "FILE" or "--force FILE" */
static void save(struct tui *t, const char *args, bool elsewhere)
{
	int n = 0;
	char **words = tui_words(t, args, &n);
	const char *path = NULL;
	bool force = false;

	for (int i = 0; words && i < n; i++)
		if (!strcmp(words[i], "--force"))
			force = true;
		else
			path = words[i];
	if (!path && !elsewhere)
		path = t->m.project;
	if (words && !path)
		ask_where(t);
	else if (words)
		save_to(t, path, force);
	tui_words_free(words, n);
}

/* --- leaving --------------------------------------------------------------------------------------------------- */

static void quit(struct tui *t, const char *args)
{
	bool sure = args && !strcmp(args, "now"), asked = args && !strcmp(args, "uncalibrated");
	char unsaved[1024];

	if (!tui_projects_may_leave(t, sure))
		return;
	if (!sure && !asked && tui_live_unsaved(t, unsaved, sizeof unsaved)) {
		tui_confirm_or_save(t, &(struct tui_save_first){unsaved, AS_ACTION_SAVE_CALIBRATION, "save and leave", AS_ACTION_QUIT, NULL,
								"leave unsaved", "uncalibrated"});
		return;
	}
	if (!sure && t->m.modified && t->m.snap->n_clips > 0) {
		tui_confirm_or_save(t, &(struct tui_save_first){t->m.project ? "The project has changes that are not saved."
									     : "The session is not saved as a project.",
								AS_ACTION_SAVE, "save and leave", AS_ACTION_QUIT, NULL, "leave unsaved", "now"});
		return;
	}
	if (!sure && t->m.snap->busy) {
		tui_confirm(t, t->m.snap->stage >= AS_STAGE_EXPORT ? "Files are still being written." : "The sync is still running.",
			    "stop it and leave", AS_ACTION_QUIT, "now");
		return;
	}
	as_session_cancel(t->m.session);
	tui_keep_nothing(t);
	t->quit = true;
}

bool tui_do_files(struct tui *t, enum as_action action, const struct tui_call *call)
{
	switch (action) {
	case AS_ACTION_ADD:
		tui_add(t, call->args);
		return true;
	case AS_ACTION_RECOVER:
		recover(t, call->args);
		return true;
	case AS_ACTION_DEMO:
		tui_add_demo(t, call->args);
		return true;
	case AS_ACTION_NEW:
		start_over(t, call->args);
		return true;
	case AS_ACTION_OPEN:
		if (call->args)
			open_project(t, call->args);
		else
			browse_projects(t);
		return true;
	case AS_ACTION_SAVE:
		save(t, call->args, false);
		return true;
	case AS_ACTION_SAVE_AS:
		save(t, call->args, true);
		return true;
	case AS_ACTION_RELINK:
		tui_relink(t, call->args);
		return true;
	case AS_ACTION_QUIT:
		quit(t, call->args);
		return true;
	case AS_ACTION_SUSPEND:
		tui_suspend(t);
		return true;
	default:
		return false;
	}
}
