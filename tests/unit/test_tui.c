/* The parts of the interface that need no session: cells, keys, bindings, themes, lines of text, layout. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "base/actions.h"
#include "folder.h"
#include "tui/amount.h"
#include "tui/complete.h"
#include "tui/canvas.h"
#include "tui/keymap.h"
#include "tui/layout.h"
#include "tui/names.h"
#include "tui/prompt.h"

static char *dump(struct tui_canvas c)
{
	char *text = NULL;
	size_t n;
	FILE *out = open_memstream(&text, &n);

	assert_non_null(out);
	tui_canvas_dump(c, out, false);
	fclose(out);
	return text;
}

static void check_row(struct tui_canvas c, const char *want)
{
	char *text = dump(c);

	text[strcspn(text, "\n")] = '\0';
	assert_string_equal(text, want);
	free(text);
}

/* --- cells ----------------------------------------------------------------------------------------------------- */

static void test_text_keeps_its_columns(void **ctx)
{
	struct tui_canvas c = tui_canvas_new(1, 10, true);

	(void)ctx;
	assert_int_equal(tui_put(c, 0, 0, TUI_PLAIN, "漢字"), 4);
	assert_int_equal(c.cells[0].cols, 2);
	assert_int_equal(c.cells[1].cols, 0);
	check_row(c, "漢字");
	/* Over the right half: the left one must not stay. */
	tui_put(c, 0, 1, TUI_PLAIN, "x");
	check_row(c, " x字");
	tui_put(c, 0, 2, TUI_PLAIN, "y");
	check_row(c, " xy");
	/* A wide character does not hang over the edge. */
	tui_canvas_clear(c, TUI_PLAIN);
	assert_int_equal(tui_put(c, 0, 9, TUI_PLAIN, "漢"), 0);
	check_row(c, "");
	/* Marks that combine take no column, and only so many are kept. */
	assert_int_equal(tui_put(c, 0, 0, TUI_PLAIN, "e\xcc\x81\xcc\x82\xcc\x83\xcc\x84\xcc\x85x"), 2);
	assert_int_equal(c.cells[1].ch[0], 'x');
	/* Nothing moves the terminal's cursor. */
	tui_canvas_clear(c, TUI_PLAIN);
	tui_put(c, 0, 0, TUI_PLAIN, "a\033[31m\nb");
	check_row(c, "a\\x1b[31m\\");
	tui_canvas_free(&c);
}

static void test_ascii_stays_ascii(void **ctx)
{
	struct tui_canvas c = tui_canvas_new(1, 12, false);

	(void)ctx;
	tui_put(c, 0, 0, TUI_PLAIN, "aé漢z");
	check_row(c, "a???z");
	tui_put_char(c, 0, 0, TUI_PLAIN, 0x2588);
	for (int g = 0; g < TUI_G_N; g++)
		assert_true(tui_glyph(c, (enum tui_glyph)g) < 0x7F);
	tui_canvas_free(&c);
}

static void test_glyphs_are_spelled_alike_twice(void **ctx)
{
	struct tui_canvas c = tui_canvas_new(1, 4, true);
	char *text;

	(void)ctx;
	for (int g = 0; g < TUI_G_N; g++) {
		tui_canvas_clear(c, TUI_PLAIN);
		tui_put_char(c, 0, 0, TUI_PLAIN, tui_glyph(c, (enum tui_glyph)g));
		text = dump(c);
		text[strcspn(text, "\n")] = '\0';
		assert_string_equal(text, tui_glyph_text(true, (enum tui_glyph)g));
		free(text);
	}
	tui_canvas_free(&c);
}

static void test_nothing_is_drawn_outside(void **ctx)
{
	struct tui_canvas all = tui_canvas_new(9, 20, true), c = tui_part(all, 3, 5, 3, 10), none;

	(void)ctx;
	for (int row = -3; row < 7; row++)
		for (int col = -4; col < 14; col++) {
			tui_put(c, row, col, TUI_PLAIN, "漢a漢b漢");
			tui_fill(c, row, col, 5, 9, TUI_WAVE, 0x2588);
			tui_lay(c, row, col, 5, 9, TUI_CURSOR);
			tui_ink(c, row, col, 5, 9, TUI_WAVE);
			tui_bar(c, row, col, 15, 0.5);
		}
	for (int row = 0; row < 9; row++)
		for (int col = 0; col < 20; col++)
			if (row < 3 || row >= 6 || col < 5 || col >= 15) {
				assert_int_equal(all.cells[row * 20 + col].ch[0], ' ');
				assert_int_equal(all.cells[row * 20 + col].style, TUI_PLAIN);
				assert_int_equal(all.cells[row * 20 + col].over, TUI_PLAIN);
			}
	none = tui_part(c, 5, 5, 3, 3);
	assert_int_equal(none.rows, 0);
	tui_put(none, 0, 0, TUI_PLAIN, "x");
	tui_canvas_free(&all);
}

static void test_words_are_wrapped(void **ctx)
{
	struct tui_canvas c = tui_canvas_new(3, 10, true);
	const char *text = "one two three fourfourfour five";
	char *got;

	(void)ctx;
	assert_int_equal(tui_put_wrapped(c, 0, 0, 10, 0, TUI_PLAIN, text), 4);
	assert_int_equal(tui_put_wrapped(c, 0, 0, 10, 3, TUI_PLAIN, text), 3);
	got = dump(c);
	assert_string_equal(got, "one two\nthree\nfourfourf…\n");
	free(got);
	tui_canvas_free(&c);
	c = tui_canvas_new(3, 10, true);
	/* What is too long for a row goes on in the next. */
	assert_int_equal(tui_put_wrapped(c, 0, 0, 10, 3, TUI_PLAIN, "a fourfourföur five"), 3);
	got = dump(c);
	assert_string_equal(got, "a\nfourfourfö\nur five\n");
	free(got);
	tui_canvas_free(&c);
}

/* --- keys ------------------------------------------------------------------------------------------------------ */

static void test_key_names_go_both_ways(void **ctx)
{
	static const char *const names[] = {"a", "A", "Ctrl-T", "Alt-x", "F12", "PageDown", "Enter", "Space", "[", "Ctrl-\\", "BackTab"};
	static const char *const bad[] = {"", "Ctrl-", "Ctrl-i", "Ctrl-Enter", "ab", "F13", "Ctrl-1", " ", "\x01", "\xff"};
	struct tui_key key, again;
	char name[32];

	(void)ctx;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		assert_true(tui_key_parse(names[i], &key));
		assert_string_equal(tui_key_name(key, name, sizeof name), names[i]);
		assert_true(tui_key_parse(name, &again) && tui_key_same(key, again));
	}
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_false(tui_key_parse(bad[i], &key));
	assert_true(tui_key_parse("Semicolon", &key) && key.ch == ';');
}

/* Every key of the table does what its row says: none is taken by another row of its place. */
static void test_no_key_is_bound_twice(void **ctx)
{
	struct tui_keymap *m = tui_keymap_new();
	size_t n;
	const struct as_action_row *rows = as_actions(&n);

	(void)ctx;
	assert_non_null(m);
	for (size_t i = 0; i < n; i++) {
		char keys[128], *save = NULL;

		snprintf(keys, sizeof keys, "%s", rows[i].keys);
		for (char *word = strtok_r(keys, " ", &save); word; word = strtok_r(NULL, " ", &save)) {
			struct tui_key key;

			assert_true(tui_key_parse(word, &key));
			if (tui_keymap_find(m, rows[i].place, key) != rows[i].id)
				fail_msg("%s: %s does something else", rows[i].name, word);
		}
		assert_ptr_equal(as_action_find(rows[i].name), &rows[i]);
		assert_ptr_equal(as_action_row(rows[i].id), &rows[i]);
		assert_true(strlen(rows[i].name) < 24 && strlen(rows[i].help) < 100);
	}
	tui_keymap_free(m);
}

static const char *write_ini(const char *dir, const char *text)
{
	const char *path = folder_path(dir, "keys.ini");
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
	return path;
}

static void test_keys_are_bound_anew(void **ctx)
{
	static const char *const bad[] = {"[global]\nnonsense = a\n", "[global]\nsync = Ctrl-Enter\n", "[timeline]\nsync = a\n", "sync = a\n",
					  "[global]\nsync\n"};
	struct tui_keymap *m = tui_keymap_new();
	struct tui_key a = {.ch = 'a'}, s = {.ch = 's'}, q = {.ch = 'q'};
	struct as_error err = {0};
	char dir[256], keys[64], text[64];

	(void)ctx;
	assert_int_equal(folder_make(dir, sizeof dir), 0);
	/* "a" goes over from add to sync; quit has no key any more. */
	assert_int_equal(tui_keymap_load(m, write_ini(dir, "[global]\nsync = a F5\nquit = none\n"), &err), AS_OK);
	assert_int_equal(tui_keymap_find(m, AS_PLACE_GLOBAL, a), AS_ACTION_SYNC);
	assert_int_equal(tui_keymap_find(m, AS_PLACE_GLOBAL, s), AS_ACTION_NONE);
	assert_int_equal(tui_keymap_find(m, AS_PLACE_GLOBAL, q), AS_ACTION_NONE);
	assert_string_equal(tui_keymap_keys(m, AS_ACTION_SYNC, 9, keys, sizeof keys), "a, F5");
	assert_string_equal(tui_keymap_keys(m, AS_ACTION_ADD, 9, keys, sizeof keys), "Ctrl-O");
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		assert_int_equal(tui_keymap_load(m, write_ini(dir, bad[i]), &err), AS_ERR_INVALID);
		assert_non_null(strstr(err.msg, "keys.ini:"));
		assert_int_equal(tui_keymap_find(m, AS_PLACE_GLOBAL, a), AS_ACTION_SYNC);
	}
	/* What means something holds, whatever stands around it. */
	assert_int_equal(tui_keymap_load(m, write_ini(dir, "[global]\nnope = a\nquit = q\nsync = a Ctrl-Enter\n"), &err), AS_ERR_INVALID);
	assert_non_null(strstr(err.msg, "keys.ini:2: no action is called \"nope\"; passed over, and 1 more line"));
	assert_int_equal(tui_keymap_find(m, AS_PLACE_GLOBAL, q), AS_ACTION_QUIT);
	assert_int_equal(tui_keymap_find(m, AS_PLACE_GLOBAL, a), AS_ACTION_SYNC);
	/* So does what stands around a line that is none at all. */
	assert_int_equal(tui_keymap_load(m, write_ini(dir, "[global]\nquit q\nsync = %\nhelp = \303\274\n"), &err), AS_ERR_INVALID);
	assert_non_null(strstr(err.msg, "keys.ini:2: \"quit q\" has no \"=\"; passed over"));
	/* Texts name the keys that are bound; in formats a key is no conversion. */
	assert_string_equal(tui_keymap_words(m, "{sync}, {help} {nope} {set} {", text, sizeof text), "%, \303\274 {nope} :set {");
	assert_string_equal(tui_keymap_format(m, "{sync} %d", text, sizeof text), "%% %d");
	assert_string_equal(tui_keymap_words(m, "{help} shows", text, 4), "\303\274 ");
	tui_keymap_free(m);
	assert_int_equal(folder_remove(dir), 0);
}

/* --- themes ---------------------------------------------------------------------------------------------------- */

static void test_themes(void **ctx)
{
	struct tui_theme theme, before;
	struct as_error err = {0};
	bool letters[256] = {false};

	(void)ctx;
	for (size_t i = 0; tui_theme_name(i); i++)
		assert_int_equal(tui_theme_load(&theme, tui_theme_name(i), NULL, &err), AS_OK);
	for (int i = 0; i < TUI_STYLES; i++) {
		unsigned char letter = (unsigned char)tui_style_letter((enum tui_style)i);

		assert_non_null(tui_style_name((enum tui_style)i));
		assert_false(letters[letter]);
		letters[letter] = true;
	}
	before = theme;
	assert_int_equal(tui_theme_load(&theme, "nonsense", NULL, &err), AS_ERR_INVALID);
	assert_memory_equal(&theme, &before, sizeof theme);
	/* The one without colours has none. */
	assert_int_equal(tui_theme_load(&theme, "mono", NULL, &err), AS_OK);
	for (int i = 0; i < TUI_STYLES; i++) {
		assert_int_equal(theme.look[i].fg, TUI_COLOR_NONE);
		assert_int_equal(theme.look[i].bg, TUI_COLOR_NONE);
	}
}

static void test_themes_from_files(void **ctx)
{
	static const char *const bad[] = {"[theme]\nwave = 300\n", "[theme]\nwave = red\n", "[theme]\nwave = 1 2 loud\n", "[other]\nwave = 1\n",
					  "[theme]\nnonsense = 1\n", "[theme]\nwave = 208/16\n", "[theme]\nwave = 208/\n", "[theme]\nwave = /3\n"};
	struct tui_theme theme;
	struct as_error err = {0};
	char dir[256];

	(void)ctx;
	assert_int_equal(folder_make(dir, sizeof dir), 0);
	assert_int_equal(tui_theme_load(&theme, write_ini(dir, "[theme]\nwave = 208/3 default bold reverse\n"), NULL, &err), AS_OK);
	assert_int_equal(theme.look[TUI_WAVE].fg, 208);
	assert_int_equal(theme.look[TUI_WAVE].fg16, 3);
	assert_int_equal(theme.look[TUI_WAVE].bg, TUI_COLOR_NONE);
	assert_int_equal(theme.look[TUI_WAVE].attrs, TUI_BOLD | TUI_REVERSE);
	assert_int_equal(tui_theme_load(&theme, write_ini(dir, "[theme]\nwave = default/15 237/default -\n"), NULL, &err), AS_OK);
	assert_int_equal(theme.look[TUI_WAVE].fg, TUI_COLOR_NONE);
	assert_int_equal(theme.look[TUI_WAVE].fg16, 15);
	assert_int_equal(theme.look[TUI_WAVE].bg, 237);
	assert_int_equal(theme.look[TUI_WAVE].bg16, TUI_COLOR_NONE);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_int_equal(tui_theme_load(&theme, write_ini(dir, bad[i]), NULL, &err), AS_ERR_INVALID);
	assert_int_equal(folder_remove(dir), 0);
}

/* --- lines of text --------------------------------------------------------------------------------------------- */

static void type(struct tui_prompt *p, const char *keys)
{
	char copy[512], *save = NULL;

	snprintf(copy, sizeof copy, "%s", keys);
	for (char *word = strtok_r(copy, " ", &save); word; word = strtok_r(NULL, " ", &save)) {
		struct tui_key key;

		assert_true(tui_key_parse(word, &key));
		tui_prompt_key(p, key);
	}
}

static void test_lines_are_edited(void **ctx)
{
	struct tui_prompt *p = tui_prompt_new(TUI_PROMPT_COMMAND, ":", "", NULL, NULL);

	(void)ctx;
	type(p, "a b c Left Left x");
	assert_string_equal(tui_prompt_text(p), "axbc");
	type(p, "Home Delete End Backspace");
	assert_string_equal(tui_prompt_text(p), "xb");
	tui_prompt_set(p, "export -o /tmp/out");
	type(p, "Ctrl-W");
	assert_string_equal(tui_prompt_text(p), "export -o /tmp/");
	type(p, "Ctrl-U");
	assert_string_equal(tui_prompt_text(p), "");
	type(p, "Ctrl-Y");
	assert_string_equal(tui_prompt_text(p), "export -o /tmp/");
	/* A character with what combines with it is one. */
	tui_prompt_set(p, "ae\xcc\x81漢");
	type(p, "Backspace Backspace");
	assert_string_equal(tui_prompt_text(p), "a");
	/* More than fits is not taken. */
	for (int i = 0; i < 6000; i++)
		type(p, "y");
	assert_true(strlen(tui_prompt_text(p)) < 4096);
	tui_prompt_free(p);
}

static char *complete(void *ctx, const char *line, size_t n, int i, size_t *from)
{
	static const char *const words[] = {"export", "explain", "end"};

	(void)ctx;
	*from = 0;
	for (int k = 0; k < 3; k++)
		if (!strncmp(words[k], line, n) && i-- == 0)
			return strdup(words[k]);
	return NULL;
}

static void test_tab_completes(void **ctx)
{
	struct tui_prompt *p = tui_prompt_new(TUI_PROMPT_COMMAND, ":", "", complete, NULL);

	(void)ctx;
	type(p, "e x Tab");
	assert_string_equal(tui_prompt_text(p), "exp");
	type(p, "Tab");
	assert_string_equal(tui_prompt_text(p), "export");
	type(p, "Tab");
	assert_string_equal(tui_prompt_text(p), "explain");
	type(p, "Tab");
	assert_string_equal(tui_prompt_text(p), "export");
	type(p, "Ctrl-U e n Tab");
	assert_string_equal(tui_prompt_text(p), "end");
	type(p, "Ctrl-U z Tab");
	assert_string_equal(tui_prompt_text(p), "z");
	tui_prompt_free(p);
}

static void test_history_is_walked(void **ctx)
{
	struct tui_history h = {0};
	struct tui_prompt *p = tui_prompt_new(TUI_PROMPT_COMMAND, ":", "", NULL, NULL);

	(void)ctx;
	for (int i = 0; i < 250; i++) {
		char line[16];

		snprintf(line, sizeof line, "line%d", i);
		tui_history_add(&h, line);
	}
	tui_history_add(&h, "line249");
	tui_prompt_history(p, &h);
	type(p, "m Up Up");
	assert_string_equal(tui_prompt_text(p), "line248");
	type(p, "Down Down");
	assert_string_equal(tui_prompt_text(p), "m");
	for (int i = 0; i < 300; i++)
		type(p, "Up");
	assert_string_equal(tui_prompt_text(p), "line150");
	tui_prompt_free(p);
	tui_history_free(&h);
}

/* A command that takes something says what, so that Tab can complete it. */
static void test_arguments_are_known(void **ctx)
{
	size_t n;
	const struct as_action_row *rows = as_actions(&n);

	(void)ctx;
	for (size_t i = 0; i < n; i++)
		if (tui_complete_knows(rows[i].id) != (rows[i].args[0] != '\0'))
			fail_msg("%s %s", rows[i].name, rows[i].args);
}

/* --- amounts, layout ------------------------------------------------------------------------------------------- */

static void test_amounts(void **ctx)
{
	static const struct {
		const char *text;
		double want_s;
	} good[] = {{"1.5", 1.5}, {"+250ms", 0.25}, {"-3f", -0.12}, {"480smp", 0.01}, {"0:12:31.5", 751.5}, {"90:00", 5400},
		    {"-1:00", -60}, {"80us", 80e-6}, {"12 s", 12}};
	static const char *const bad[] = {"", "x", "1x", "1:2:3:4", "1:-2", "--1", "nan", "inf", "1.5:00", "1:", ":1", "+ +1", "0:60", "1:60:00", "99:99:99"};
	struct tui_amount units = {.sample_s = 1.0 / 48000, .frame_s = 0.04};
	double s;

	(void)ctx;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		assert_true(tui_amount_parse(good[i].text, &units, &s));
		assert_true(s - good[i].want_s < 1e-12 && good[i].want_s - s < 1e-12);
	}
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (tui_amount_parse(bad[i], &units, &s))
			fail_msg("\"%s\" was taken for %g s", bad[i], s);
}

/* At every size all panes that are shown tile the body: no cell twice, none left out. */
static void test_layout_tiles_the_body(void **ctx)
{
	(void)ctx;
	for (int rows = TUI_MIN_ROWS; rows <= 100; rows++)
		for (int cols = TUI_MIN_COLS; cols <= 300; cols += 3) {
			struct tui_layout l = tui_layout_of(rows, cols, TUI_PANE_TABLE, false);
			long cells = 0;

			assert_false(l.too_small);
			for (int i = 0; i < TUI_PANES; i++) {
				struct tui_rect a = l.pane[i];

				cells += (long)a.rows * a.cols;
				if (!a.rows)
					continue;
				assert_true(a.row >= l.body.row && a.row + a.rows <= l.body.row + l.body.rows);
				assert_true(a.col >= 0 && a.col + a.cols <= cols && a.rows >= 3);
				for (int k = 0; k < i; k++) {
					struct tui_rect b = l.pane[k];

					assert_true(!b.rows || a.row >= b.row + b.rows || b.row >= a.row + a.rows ||
						    a.col >= b.col + b.cols || b.col >= a.col + a.cols);
				}
			}
			assert_int_equal(cells, (long)l.body.rows * l.body.cols);
		}
	assert_true(tui_layout_of(15, 80, TUI_PANE_LOG, false).too_small);
	assert_true(tui_layout_of(24, 59, TUI_PANE_LOG, false).too_small);
}

static void check_name(struct tui_names *n, const char *line, int i, const char *want)
{
	size_t from;
	char *got = tui_names_complete(n, line, strlen(line), i, &from);

	if (want)
		assert_string_equal(got, want);
	else
		assert_null(got);
	assert_int_equal(from, strrchr(line, '/') ? strrchr(line, '/') + 1 - line : 0);
	free(got);
}

/* Folders first, with a slash; hidden names where they are asked for; a file that has come since is there the next time. */
static void test_names_of_files(void **state)
{
	char dir[64];
	struct tui_names *n = tui_names_new(10000, false);
	FILE *f;

	(void)state;
	assert_int_equal(folder_make(dir, sizeof dir), 0);
	assert_int_equal(mkdir(folder_path(dir, "clips9"), 0777), 0);
	assert_non_null(f = fopen(folder_path(dir, "Clip10.wav"), "w"));
	fclose(f);
	assert_non_null(f = fopen(folder_path(dir, ".clip"), "w"));
	fclose(f);
	tui_names_base(n, dir);
	check_name(n, "cl", 0, "clips9/");
	check_name(n, "cl", 1, "Clip10.wav");
	check_name(n, "cl", 2, NULL);
	check_name(n, ".c", 0, ".clip");
	check_name(n, "clips9/", 0, NULL);
	assert_non_null(f = fopen(folder_path(dir, "clip2.wav"), "w"));
	fclose(f);
	check_name(n, "clip2", 0, "clip2.wav");
	check_name(n, folder_path(dir, "clips"), 0, "clips9/");
	check_name(n, "none/", 0, NULL);
	tui_names_free(n);
	n = tui_names_new(10000, true);
	check_name(n, folder_path(dir, "cl"), 0, "clips9/");
	check_name(n, folder_path(dir, "cl"), 1, NULL);
	tui_names_free(n);
	folder_remove(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names_of_files), cmocka_unit_test(test_text_keeps_its_columns), cmocka_unit_test(test_ascii_stays_ascii),
		cmocka_unit_test(test_glyphs_are_spelled_alike_twice), cmocka_unit_test(test_nothing_is_drawn_outside),
		cmocka_unit_test(test_words_are_wrapped), cmocka_unit_test(test_key_names_go_both_ways),
		cmocka_unit_test(test_no_key_is_bound_twice), cmocka_unit_test(test_keys_are_bound_anew),
		cmocka_unit_test(test_themes), cmocka_unit_test(test_themes_from_files),
		cmocka_unit_test(test_lines_are_edited), cmocka_unit_test(test_tab_completes),
		cmocka_unit_test(test_history_is_walked), cmocka_unit_test(test_arguments_are_known), cmocka_unit_test(test_amounts),
		cmocka_unit_test(test_layout_tiles_the_body)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
