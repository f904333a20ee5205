#include "tui/recover.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/text.h"
#include "tui/projects.h"

static void when(char *out, size_t n, double saved_s)
{
	time_t at = (time_t)saved_s;
	struct tm tm;

	if (!localtime_r(&at, &tm) || strftime(out, n, "%Y-%m-%d %H:%M", &tm) == 0)
		snprintf(out, n, "some time ago");
}

void tui_offer_recovery(struct tui *t)
{
	int n = 0;
	struct as_autosave *v = t->setup->state_dir ? as_project_list_autosaves(t->setup->state_dir, &n) : NULL;
	char text[512], time[64];

	if (n > 0) {
		when(time, sizeof time, v[0].saved_s);
		snprintf(text, sizeof text, "A session did not end in order: %.200s, kept %s. Go on with it? (Later: :recover)",
			 v[0].project ? as_path_base(v[0].project) : "one that had no project yet", time);
		tui_confirm(t, text, "go on with it", AS_ACTION_RECOVER, v[0].path);
	}
	as_project_free_autosaves(v, n);
}

void tui_offer_newer(struct tui *t, const char *path)
{
	char text[512];

	snprintf(text, sizeof text,
		 "%.200s: there is newer work on it that was not saved, of a session that did not end in order. Go on with that?",
		 as_path_base(t->m.project));
	tui_confirm(t, text, "go on with it", AS_ACTION_RECOVER, path);
}

void tui_recover(struct tui *t, const char *path)
{
	int n = 0;
	struct as_autosave *v = !path && t->setup->state_dir ? as_project_list_autosaves(t->setup->state_dir, &n) : NULL;

	if (path || n > 0)
		tui_projects_open(t, path ? path : v[0].path, true);
	else
		tui_say(t, TUI_INFO, "there is nothing to go on with");
	as_project_free_autosaves(v, n);
}
