/* The values of a session as bytes and back. */
#include <stddef.h>
#include <stdlib.h>

#include "engine/undo_private.h"

static void media_info(struct undo_io *io, struct as_media_info *m)
{
	struct as_media_stream *streams = m->streams;
	int n = m->n_streams;
	if (!io->reading) {
		struct as_media_info plain = *m;
		plain.streams = NULL;
		as_undo_raw(io, &plain, sizeof plain);
	} else {
		as_undo_raw(io, m, sizeof *m);
	}
	m->streams = as_undo_array(io, streams, &n, sizeof *streams);
	m->n_streams = n;
}

void as_undo_file(struct undo_io *io, struct session_file *f)
{
	as_undo_text(io, &f->path);
	as_undo_text(io, &f->track);
	as_undo_text(io, &f->kept_track);
	as_undo_raw(io, &f->dev, sizeof f->dev);
	as_undo_raw(io, &f->ino, sizeof f->ino);
	as_undo_raw(io, &f->bytes, sizeof f->bytes);
	as_undo_raw(io, &f->mtime_ns, sizeof f->mtime_ns);
	as_undo_raw(io, f->content, sizeof f->content);
	as_undo_raw(io, &f->restored, sizeof f->restored);
	as_undo_raw(io, &f->media, sizeof f->media);
	as_undo_raw(io, &f->state, sizeof f->state);
	as_undo_text(io, &f->error);
	media_info(io, &f->info);
}

/* What is there of the lists, not what there is room for. */
void as_undo_placement(struct undo_io *io, struct as_solve_placement *p)
{
	as_undo_raw(io, p, offsetof(struct as_solve_placement, segments));
	as_undo_raw(io, &p->n_segments, sizeof p->n_segments);
	as_undo_raw(io, p->segments, (size_t)p->n_segments * sizeof *p->segments);
	as_undo_raw(io, &p->n_candidates, sizeof p->n_candidates);
	as_undo_raw(io, p->candidates, (size_t)p->n_candidates * sizeof *p->candidates);
	as_undo_raw(io, &p->beside, sizeof p->beside);
	p->clock = as_undo_array(io, p->clock, &p->n_clock, sizeof *p->clock);
}

/* Field by field: what is between them may be anything, and equal states share their memory. */
void as_undo_solve_clip(struct undo_io *io, struct as_solve_clip *c)
{
	as_undo_raw(io, &c->track, sizeof c->track);
	as_undo_raw(io, &c->order, sizeof c->order);
	as_undo_raw(io, &c->duration_s, sizeof c->duration_s);
	as_undo_raw(io, &c->created_s, sizeof c->created_s);
	as_undo_raw(io, &c->start_tc_s, sizeof c->start_tc_s);
	as_undo_raw(io, &c->active, sizeof c->active);
	as_undo_raw(io, &c->usable, sizeof c->usable);
	as_undo_raw(io, &c->key, sizeof c->key);
}

static void lock(struct undo_io *io, struct session_lock **l)
{
	bool locked = *l != NULL;
	as_undo_raw(io, &locked, sizeof locked);
	if (!locked || io->failed)
		return;
	if (io->reading && !(*l = calloc(1, sizeof **l))) {
		io->failed = true;
		return;
	}
	as_undo_placement(io, &(*l)->place);
	as_undo_raw(io, &(*l)->anchor_file, sizeof (*l)->anchor_file);
	as_undo_raw(io, &(*l)->after_s, sizeof (*l)->after_s);
	as_undo_raw(io, &(*l)->beside_file, sizeof (*l)->beside_file);
}

/* The signal itself waits in the attic. */
static void load(struct undo_io *io, struct session_clip *c)
{
	struct clip_load *l = &c->load;
	int n_parts = l->parts ? c->n_files : 0;
	as_undo_raw(io, &l->sound, sizeof l->sound);
	as_undo_raw(io, &l->key, sizeof l->key);
	as_undo_raw(io, &l->cached, sizeof l->cached);
	l->parts = as_undo_array(io, l->parts, &n_parts, sizeof *l->parts);
}

void as_undo_clip(struct undo_io *io, struct session_clip *c)
{
	c->files = as_undo_array(io, c->files, &c->n_files, sizeof *c->files);
	as_undo_raw(io, &c->track, sizeof c->track);
	as_undo_raw(io, &c->order, sizeof c->order);
	as_undo_raw(io, &c->state, sizeof c->state);
	as_undo_raw(io, &c->progress, sizeof c->progress);
	as_undo_text(io, &c->error);
	as_undo_texts(io, &c->warnings);
	if (c->state == AS_CLIP_READY)
		load(io, c);
	as_undo_raw(io, &c->keep.key, sizeof c->keep.key);
	as_undo_raw(io, &c->keep.imported, sizeof c->keep.imported);
	as_undo_raw(io, &c->keep.imported_s, sizeof c->keep.imported_s);
	as_undo_raw(io, &c->keep.imported_confidence, sizeof c->keep.imported_confidence);
	lock(io, &c->keep.lock);
}

/* All values in the order of the table, and where they came from. */
void as_undo_options(struct undo_io *io, struct as_options **opt)
{
	size_t n;
	const struct as_option_row *rows = as_option_rows(&n);
	if (io->reading && !(*opt = as_options_new()))
		io->failed = true;
	for (size_t i = 0; i < n && !io->failed; i++) {
		char *value = io->reading ? NULL : (char *)as_options_value(*opt, rows[i].key);
		char *origin = io->reading ? NULL : (char *)as_options_origin(*opt, rows[i].key);
		as_undo_text(io, &value);
		as_undo_text(io, &origin);
		if (!io->reading)
			continue;
		if (!io->failed && as_options_set(*opt, rows[i].key, value, origin, NULL) != AS_OK)
			io->failed = true;
		free(value);
		free(origin);
	}
}

void as_undo_words(struct undo_io *io, struct as_session *s)
{
	as_undo_raw(io, &s->n_tracks, sizeof s->n_tracks);
	if (io->reading && s->n_tracks > 0) {
		s->tracks = calloc((size_t)s->n_tracks, sizeof *s->tracks);
		io->failed = io->failed || !s->tracks;
	}
	for (int i = 0; i < s->n_tracks && !io->failed; i++)
		as_undo_text(io, &s->tracks[i]);
	as_undo_text(io, &s->reference);
	as_undo_raw(io, s->recipe, sizeof s->recipe);
	as_undo_texts(io, &s->own_tracks);
	as_undo_texts(io, &s->warnings);
}

void as_undo_islands(struct undo_io *io, struct as_session *s)
{
	struct as_solution *sol = &s->solution;
	sol->island_s = as_undo_array(io, sol->island_s, &sol->n_islands, sizeof *sol->island_s);
	as_undo_raw(io, &sol->reference, sizeof sol->reference);
	as_undo_raw(io, &s->solve_cfg.reference, sizeof s->solve_cfg.reference);
}
