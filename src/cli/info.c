#include "cli/info.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/figures.h"
#include "base/outline.h"
#include "base/text.h"
#include "base/words.h"
#include "cli/grid.h"
#include "cli/table.h"

enum column {
	COL_NAME,
	COL_LENGTH,
	COL_RATE,
	COL_CHANNELS,
	COL_FORMAT,
	COL_PICTURE,
	COL_TIMECODE,
	COL_CREATED,
	COL_N
};

static const struct as_grid_column columns[COL_N] = {
	[COL_NAME] = {"", "File", AS_ALIGN_LEFT, false, 0},
	[COL_LENGTH] = {"", "Length", AS_ALIGN_RIGHT, false, 0},
	[COL_RATE] = {"", "Rate", AS_ALIGN_RIGHT, false, 0},
	[COL_CHANNELS] = {"", "Sound", AS_ALIGN_LEFT, false, 0},
	[COL_FORMAT] = {"", "Format", AS_ALIGN_LEFT, false, 0},
	[COL_PICTURE] = {"", "Picture", AS_ALIGN_RIGHT, true, 3},
	[COL_TIMECODE] = {"", "Timecode", AS_ALIGN_RIGHT, true, 1},
	[COL_CREATED] = {"", "Recorded", AS_ALIGN_LEFT, true, 2},
};

#define CELL_BYTES AS_GRID_CELL_BYTES

/* "05-11 14:22:33"; the year is in --json. */
static void fill_created(char *out, double created_s)
{
	struct tm tm;
	time_t at = isfinite(created_s) && fabs(created_s) < 1e11 ? (time_t)floor(created_s) : 0;
	if (at == 0 || !gmtime_r(&at, &tm) || strftime(out, CELL_BYTES, "%m-%d %H:%M:%S", &tm) == 0)
		snprintf(out, CELL_BYTES, AS_GRID_NONE);
}

/* "25 fps", "29.97 fps". */
static void fill_picture(char *out, const struct as_clip *c)
{
	if (!c->has_video)
		snprintf(out, CELL_BYTES, AS_GRID_NONE);
	else if (isfinite(c->fps))
		snprintf(out, CELL_BYTES, "%.4g fps", c->fps);
	else
		snprintf(out, CELL_BYTES, "yes");
}

static void fill_row(struct as_grid_row *row, const struct as_clip *c)
{
	bool failed = c->state == AS_CLIP_FAILED;
	as_words_clip(row->cell[COL_NAME], CELL_BYTES, c);
	as_text_hms(row->cell[COL_LENGTH], CELL_BYTES, c->duration_s, 3);
	as_figure_rate(row->cell[COL_RATE], CELL_BYTES, c->rate_hz);
	as_figure_channels(row->cell[COL_CHANNELS], CELL_BYTES, c->channels);
	as_text_escape(row->cell[COL_FORMAT], CELL_BYTES, failed ? "failed" : c->format);
	fill_picture(row->cell[COL_PICTURE], c);
	as_text_hms(row->cell[COL_TIMECODE], CELL_BYTES, c->start_tc_s, 3);
	fill_created(row->cell[COL_CREATED], c->created_s);
}

/* One line for each stream, where there is a choice. */
static void put_streams(FILE *out, const struct as_term *t, const struct as_clip *c)
{
	for (int i = 0; i < c->n_streams && c->n_streams > 1; i++) {
		const struct as_stream *st = &c->streams[i];
		char codec[64], rate[AS_FIGURE_BYTES], channels[AS_FIGURE_BYTES], bits[32] = "",
										  text[320];
		as_text_escape(codec, sizeof(codec), st->codec);
		as_figure_rate(rate, sizeof(rate), st->rate_hz);
		as_figure_channels(channels, sizeof(channels), st->channels);
		if (st->bits > 0)
			snprintf(bits, sizeof(bits), ", %d bit%s", st->bits,
				 st->is_float ? " float" : "");
		snprintf(text, sizeof(text), "    sound %d: %s, %s, %s%s%s%s", i, codec, rate,
			 channels, bits, st->timecode ? ", timecode" : "",
			 st->used ? ", used" : "");
		as_put_ink(out, t, AS_INK_QUIET, text);
		fputc('\n', out);
	}
}

static void put_track(FILE *out, const struct as_term *t, const struct as_grid *g,
		      const struct as_snapshot *s, const struct as_outline *o, int track)
{
	int from = o->first[track];
	int to = track < s->n_tracks ? o->first[track + 1] : o->n_clips;
	const char *device = "";
	if (from == to)
		return;
	as_table_put_track(out, t, s, track, to - from);
	for (int k = from; k < to && !*device; k++)
		device = s->clips[o->clips[k]].device;
	if (*device) {
		char shown[256];
		as_text_escape(shown, sizeof(shown), device);
		as_put_gap(out, 2);
		as_put_ink(out, t, AS_INK_QUIET, "recorded by ");
		as_put_wrapped(out, t, 14, 4, shown);
	}
	for (int k = from; k < to; k++) {
		struct as_grid_row row;
		const struct as_clip *c = &s->clips[o->clips[k]];
		bool failed = c->state == AS_CLIP_FAILED;
		fill_row(&row, c);
		as_grid_put_row(out, t, g, &row, failed ? as_term_glyph(t, "✗", "x") : " ",
				failed ? AS_INK_BAD : AS_INK_PLAIN);
		put_streams(out, t, c);
	}
}

static void put_total(FILE *out, const struct as_term *t, const struct as_snapshot *s)
{
	char clips[AS_FIGURE_BYTES], tracks[AS_FIGURE_BYTES], length[AS_FIGURE_BYTES], text[256];
	struct as_tally n = as_outline_count(s);
	double total_s = 0;
	for (int i = 0; i < s->n_clips; i++)
		total_s += isfinite(s->clips[i].duration_s) ? s->clips[i].duration_s : 0;
	as_figure_count(clips, sizeof(clips), n.clips - n.failed, "clip", "clips");
	as_figure_count(tracks, sizeof(tracks), s->n_tracks, "track", "tracks");
	as_text_duration(length, sizeof(length), total_s);
	snprintf(text, sizeof(text), "%s in %s, %s of sound", clips, tracks, length);
	fputc('\n', out);
	as_put_wrapped(out, t, 0, 0, text);
}

void as_info_put(FILE *out, const struct as_term *t, const struct as_snapshot *s)
{
	struct as_outline o;
	struct as_grid g;
	struct as_grid_row row;
	if (!as_outline_init(&o, s))
		goto out;
	as_grid_init(&g, columns, COL_N);
	for (int i = 0; i < s->n_clips; i++) {
		fill_row(&row, &s->clips[i]);
		as_grid_measure(&g, &row);
	}
	as_grid_settle(&g, t);
	as_grid_put_heads(out, t, &g);
	as_put_rule(out, t, g.total);
	fputc('\n', out);
	for (int track = 0; track <= s->n_tracks; track++)
		put_track(out, t, &g, s, &o, track);
	as_put_rule(out, t, g.total);
	fputc('\n', out);
	as_notes_failed(out, t, s);
	as_notes_warnings(out, t, s);
	put_total(out, t, s);
out:
	as_outline_done(&o);
}
