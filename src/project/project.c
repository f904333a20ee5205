#include "project/project.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LOSSES_MAX 40

struct as_project *as_project_new(void)
{
	struct as_project *p = calloc(1, sizeof *p);
	if (p) {
		p->reference_track = -1;
		p->version = AS_PROJECT_VERSION;
	}
	return p;
}

struct as_solve_placement as_project_no_place(void)
{
	return (struct as_solve_placement){.support = NAN, .start_s = NAN, .start_err_s = NAN, .drift_ppm = NAN,
					   .drift_err_ppm = NAN, .p_false = 1, .beside = -1};
}

static void free_list(char **v, int n)
{
	for (int i = 0; i < n; i++)
		free(v[i]);
	free(v);
}

static void file_done(struct as_project_file *f)
{
	free(f->path);
	free(f->track);
	free(f->error);
	free(f->streams);
}

static void clip_done(struct as_project_clip *c)
{
	free(c->files);
	free(c->parts);
	free(c->error);
	free_list(c->warnings, c->n_warnings);
	free(c->placement.clock);
	if (c->lock)
		free(c->lock->place.clock);
	free(c->lock);
}

void as_project_free(struct as_project *p)
{
	if (!p)
		return;
	for (int i = 0; i < p->n_settings; i++) {
		free(p->settings[i].key);
		free(p->settings[i].value);
	}
	free(p->settings);
	free(p->recipe);
	free(p->reference);
	free(p->autosave_of);
	free_list(p->tracks, p->n_tracks);
	for (int i = 0; i < p->n_files; i++)
		file_done(&p->files[i]);
	free(p->files);
	for (int i = 0; i < p->n_clips; i++)
		clip_done(&p->clips[i]);
	free(p->clips);
	free(p->island_s);
	free(p->matches);
	free(p->remembered);
	free_list(p->warnings, p->n_warnings);
	free_list(p->losses, p->n_losses);
	free(p);
}

bool as_project_add_text(char ***list, int *n, const char *text)
{
	char *copy = strdup(text);
	char **v = copy ? realloc(*list, ((size_t)*n + 1) * sizeof *v) : NULL;
	if (!v) {
		free(copy);
		return false;
	}
	*list = v;
	v[(*n)++] = copy;
	return true;
}

void as_project_lose(struct as_project *p, const char *fmt, ...)
{
	char text[AS_ERROR_MSG_BYTES];
	struct as_error safe;
	va_list ap;
	if (p->n_losses > LOSSES_MAX)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	/* Escaped like an error message: what a damaged file says is in it. */
	as_fail(&safe, AS_ERR_FORMAT, "%s", p->n_losses < LOSSES_MAX ? text : "more of the kind is not told one by one");
	as_project_add_text(&p->losses, &p->n_losses, safe.msg);
}
