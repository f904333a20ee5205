/* What is shown of addresses: no user names, passwords and keys, wherever people have put them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/url_hide.h"

static void test_hide(void **state)
{
	(void)state;
	static const struct {
		const char *text, *shown;
	} rows[] = {
		{"", ""},
		{"/srv/song?.flac", "/srv/song?.flac"},
		{"monitor:Built-in @ home", "monitor:Built-in @ home"},
		{"https://example.org/a.mp3", "https://example.org/a.mp3"},
		{"https://me:pass@word@example.org:80/a/b@c?token=1#x", "https://example.org:80/a/b@c?..."},
		{"https://example.org/a#t=1", "https://example.org/a?..."},
		{"srt://host?passphrase=abc", "srt://host?..."},
		{"srt://[::1]:90", "srt://[::1]:90"},
		/* Nobody has escaped them. */
		{"rtmp://me:pa/ss@host/live", "rtmp://host/live"},
		{"rtmp://me:pa?ss@host/live", "rtmp://host/live"},
		/* In the middle of what others say, and several. */
		{"ERROR: \"https://me:x@a.org/?k=1\" moved to http://b.org/p?k=2, sorry",
		 "ERROR: \"https://a.org/?...\" moved to http://b.org/p?... sorry"},
	};
	char out[256];
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		assert_string_equal(as_url_hide(out, sizeof out, rows[i].text), rows[i].shown);
}

static void test_room(void **state)
{
	(void)state;
	char out[16] = "xxxxxxxxxxxxxxx";
	assert_string_equal(as_url_hide(out, 12, "https://example.org/"), "https://exa");
	assert_string_equal(as_url_hide(out, 1, "https://example.org/"), "");
	out[0] = 'x';
	as_url_hide(out, 0, "https://example.org/");
	assert_int_equal(out[0], 'x');
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hide),
		cmocka_unit_test(test_room),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
