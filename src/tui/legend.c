#include "tui/legend.h"

#include <stdio.h>
#include <string.h>

#include <audiosync/document.h>

#include "tui/table_rows.h"

static const struct {
	enum tui_glyph sign;
	char letter;
	const char *name, *text;
} words[] = {
	{TUI_G_STRONG, 'S', "strong", "placed, and sure"},
	{TUI_G_MODERATE, 'M', "moderate", "placed; listen to it once"},
	{TUI_G_MODERATE, 'B', "by hand", "placed by hand, not locked: the next sync may move it"},
	{TUI_G_WEAK, 'W', "weak", "a place that is not to be trusted"},
	{TUI_G_AMBIGUOUS, 'A', "ambiguous", "several places fit as well: take one"},
	{TUI_G_UNPLACED, 'U', "unplaced", "no place was found"},
	{TUI_G_FAILED, 'F', "failed, missing", "the file cannot be read, or is gone"},
	{TUI_G_LOCK, 'L', "locked", "a later sync leaves it where it is"},
	{TUI_G_HERE, 0, "chosen", "what keys would act on, in a list that does not have them now"},
	{TUI_G_N, 0, "limited", "an export cut off peaks that its file cannot hold; WAV with 32 bits can"},
	{TUI_G_N, 0, "place", "where a clip may sit on the timeline; :take N takes its Nth"},
	{TUI_G_N, 0, "island", "clips that sound ties together; the time between two is unknown"},
	{TUI_G_N, 0, "score", "evidence in decades: at 6, one search in 10^6 is a false alarm"},
	{TUI_G_N, 0, "false alarm", "unrelated sound that would score as well; how likely that is"},
	{TUI_G_N, 0, "margin", "decades by which the place beats the next best one"},
	{TUI_G_N, 0, "decade", "a factor of ten: 2 decades are 100 times likelier"},
	{TUI_G_N, 0, "drift", "how fast a clock runs, in ppm: +10 ppm gains 36 ms in an hour"},
	{TUI_G_N, 0, "sync", "reading, comparing and placing the clips: {sync}"},
	{TUI_G_N, 0, "audition", "hearing two clips at once, left and right: {audition}"},
	{TUI_G_N, 0, "reference", "the track or sound that counts as right"},
	{TUI_G_N, 0, "capture", "the sound that the lag meter hears and compares: --capture"},
	{TUI_G_N, 0, "w ? x s p", "below the history of lags, where there was no lock: waiting, searching, lost, silent, paused"},
	{TUI_G_N, 0, "keys.ini", "rebind keys in this file, beside that of the settings"},
};
#define WORDS ((int)(sizeof words / sizeof *words))

bool tui_legend_at(int i, struct tui_legend *out)
{
	const struct as_document_kind *kind;

	*out = (struct tui_legend){.sign = TUI_G_N, .more = ""};
	if (i < WORDS) {
		*out = (struct tui_legend){"Signs and words", words[i].sign, words[i].letter, "", words[i].text, ""};
		snprintf(out->name, sizeof out->name, "%s", words[i].name);
		return true;
	}
	i -= WORDS;
	if (i < TUI_COLS) {
		const struct tui_column_row *row = tui_column_row((enum tui_column)i);

		out->head = "Columns of the confidence table";
		out->text = row->meaning;
		snprintf(out->name, sizeof out->name, strcmp(row->head, row->brief) ? "%s, %s" : "%s", row->head, row->brief);
		return true;
	}
	kind = as_document_kind_at((size_t)(i - TUI_COLS));
	if (!kind)
		return false;
	out->head = "Timelines and reports";
	out->text = kind->title;
	out->more = kind->help;
	snprintf(out->name, sizeof out->name, ":timeline --%s", kind->kind);
	return true;
}
