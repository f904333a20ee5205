/* Texts in 16 colours can be read, whichever of the usual palettes a terminal has. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tui/style.h"

#define LEAST 2.8 /* contrast, WCAG 2 relative luminance: what a quiet grey on black has on a console */

static const struct palette {
	const char *name;
	uint32_t rgb[16];
} palettes[] = {
	{"console", {0x000000, 0xaa0000, 0x00aa00, 0xaa5500, 0x0000aa, 0xaa00aa, 0x00aaaa, 0xaaaaaa,
		     0x555555, 0xff5555, 0x55ff55, 0xffff55, 0x5555ff, 0xff55ff, 0x55ffff, 0xffffff}},
	{"xterm", {0x000000, 0xcd0000, 0x00cd00, 0xcdcd00, 0x0000ee, 0xcd00cd, 0x00cdcd, 0xe5e5e5,
		   0x7f7f7f, 0xff0000, 0x00ff00, 0xffff00, 0x5c5cff, 0xff00ff, 0x00ffff, 0xffffff}},
	{"Tango", {0x2e3436, 0xcc0000, 0x4e9a06, 0xc4a000, 0x3465a4, 0x75507b, 0x06989a, 0xd3d7cf,
		   0x555753, 0xef2929, 0x8ae234, 0xfce94f, 0x729fcf, 0xad7fa8, 0x34e2e2, 0xeeeeec}},
};

/* Lines and areas: they are seen where a text of that contrast could not be read. */
static bool is_drawn(enum tui_style style)
{
	switch (style) {
	case TUI_BORDER:
	case TUI_GAP:
	case TUI_WAVE:
	case TUI_OVERLAP:
	case TUI_GHOST:
	case TUI_PLOT_FIT:
	case TUI_BAR_LEFT:
	case TUI_ZONE_GOOD:
		return true;
	default:
		return false;
	}
}

static double linear(uint32_t channel)
{
	double v = channel / 255.0;

	return v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4);
}

static double luminance(uint32_t rgb)
{
	return 0.2126 * linear(rgb >> 16 & 255) + 0.7152 * linear(rgb >> 8 & 255) + 0.0722 * linear(rgb & 255);
}

static double contrast(uint32_t a, uint32_t b)
{
	double x = luminance(a), y = luminance(b);

	return (fmax(x, y) + 0.05) / (fmin(x, y) + 0.05);
}

/* On a terminal whose own colours are these. */
static void assert_readable(const char *name, uint32_t text, uint32_t ground)
{
	struct tui_theme theme;

	assert_int_equal(tui_theme_load(&theme, name, NULL, NULL), AS_OK);
	for (size_t i = 0; i < sizeof palettes / sizeof *palettes; i++)
		for (int k = 0; k < TUI_STYLES; k++) {
			const struct tui_look *l = &theme.look[k];
			uint32_t fg = l->fg16 == TUI_COLOR_NONE ? text : palettes[i].rgb[l->fg16];
			uint32_t bg = l->bg16 == TUI_COLOR_NONE ? ground : palettes[i].rgb[l->bg16];

			if (!is_drawn((enum tui_style)k) && contrast(fg, bg) < LEAST)
				fail_msg("%s, %s: %s has a contrast of %.2f", name, palettes[i].name, tui_style_name((enum tui_style)k), contrast(fg, bg));
		}
}

static void test_dark(void **state)
{
	(void)state;
	assert_readable("default", 0xcccccc, 0x000000);
}

static void test_light(void **state)
{
	(void)state;
	assert_readable("light", 0x000000, 0xffffff);
}

/* Where to type is seen on a terminal of any ground: a field is another one than the terminal's and the chosen field's. */
static void test_fields_are_seen(void **state)
{
	static const char *const names[] = {"default", "light"};
	static const uint32_t grounds[] = {0x000000, 0xffffff};

	(void)state;
	for (int n = 0; n < 2; n++) {
		struct tui_theme theme;

		assert_int_equal(tui_theme_load(&theme, names[n], NULL, NULL), AS_OK);
		for (size_t i = 0; i < sizeof palettes / sizeof *palettes; i++) {
			assert_int_not_equal(theme.look[TUI_FIELD].bg16, TUI_COLOR_NONE);
			assert_int_not_equal(theme.look[TUI_FIELD].bg16, theme.look[TUI_FIELD_FOCUS].bg16);
			assert_true(contrast(palettes[i].rgb[theme.look[TUI_FIELD].bg16], grounds[n]) > 1.2);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_dark),
		cmocka_unit_test(test_light),
		cmocka_unit_test(test_fields_are_seen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
