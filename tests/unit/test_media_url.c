/* URLs, mapped and relative paths, with names as files really have them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "export/media_url.h"

static void check_url(const char *path, enum as_url_form form, const char *want)
{
	char *url = as_url_from_path(path, form), *back = NULL;
	assert_string_equal(url, want);
	assert_int_equal(as_url_to_path(url, &back, NULL), AS_OK);
	assert_string_equal(back, path);
	free(url);
	free(back);
}

static void test_urls(void **state)
{
	(void)state;
	static const struct {
		const char *path, *url;
	} rows[] = {
		{"/", "/"},
		{"/a/b.mov", "/a/b.mov"},
		{"/a b/c&d<e>'f'\"g\".mov", "/a%20b/c%26d%3Ce%3E%27f%27%22g%22.mov"},
		{"/100%/#1?.wav", "/100%25/%231%3F.wav"},
		{"/\xc3\xa9t\xc3\xa9/\xe6\x97\xa5.wav", "/%C3%A9t%C3%A9/%E6%97%A5.wav"},
		{"/lat\xefn1/\xff\xfe", "/lat%EFn1/%FF%FE"},
		{"/new\nline\ttab\x01\x7f", "/new%0Aline%09tab%01%7F"},
		{"/back\\slash", "/back%5Cslash"},
		{"/C:/not a drive", "/C%3A/not%20a%20drive"},
		{"//two", "//two"},
		{"/%2F", "/%252F"},
		{"/-._~!$&'()*+,;=:@", "/-._~%21%24%26%27%28%29%2A%2B%2C%3B%3D%3A%40"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		char want[256] = "file://";
		strcat(want, rows[i].url);
		check_url(rows[i].path, AS_URL_PLAIN, want);
		strcpy(want, "file://localhost");
		strcat(want, rows[i].url);
		check_url(rows[i].path, AS_URL_LOCALHOST, want);
	}
	check_url("M:\\day 1\\A.mov", AS_URL_PLAIN, "file:///M:/day%201/A.mov");
	check_url("m:\\A.mov", AS_URL_LOCALHOST, "file://localhost/m:/A.mov");
	check_url("\\\\nas\\share 1\\A.mov", AS_URL_PLAIN, "file://nas/share%201/A.mov");
	check_url("\\\\nas\\share\\A.mov", AS_URL_LOCALHOST, "file://nas/share/A.mov");
	check_url("a b/c.mov", AS_URL_PLAIN, "a%20b/c.mov");
	check_url("../x:y/c.mov", AS_URL_LOCALHOST, "../x%3Ay/c.mov");
}

/* All bytes that a name can have, in all pairs. */
static void test_every_byte(void **state)
{
	(void)state;
	for (int a = 1; a < 256; a++)
		for (int b = 1; b < 256; b++) {
			char path[] = {'/', (char)a, (char)b, 'x', '\0'}, *url, *back;
			url = as_url_from_path(path, AS_URL_PLAIN);
			for (const char *p = url; *p; p++)
				assert_true(*p > 0x20 && *p < 0x7f);
			assert_int_equal(as_url_to_path(url, &back, NULL), AS_OK);
			assert_string_equal(back, path);
			free(url);
			free(back);
		}
}

static void test_urls_read(void **state)
{
	(void)state;
	static const struct {
		const char *url, *path;
	} rows[] = {
		{"FILE:///a%2fb", "/a/b"},
		{"file://LOCALHOST/a", "/a"},
		{"file:///a'b(c)", "/a'b(c)"},
		{"a/b:c", "a/b:c"},
	};
	static const char *const bad[] = {
		"", "http://x/a", "file:", "file:/a", "file://", "file://host", "file:///a?b", "file:///a#b",
		"file:///%", "file:///%4", "file:///%zz", "file:///%00", "file:///a%", "x:y", "a?b",
	};
	char *path;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		assert_int_equal(as_url_to_path(rows[i].url, &path, NULL), AS_OK);
		assert_string_equal(path, rows[i].path);
		free(path);
	}
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		if (as_url_to_path(bad[i], &path, NULL) != AS_ERR_INVALID)
			fail_msg("'%s' was taken", bad[i]);
		assert_null(path);
	}
}

static void test_maps_parse(void **state)
{
	(void)state;
	static const struct {
		const char *text, *from, *to;
	} rows[] = {
		{"/srv/media=/Volumes/media", "/srv/media", "/Volumes/media"},
		{"/srv/media/=M:\\", "/srv/media", "M:\\"},
		{"/a=b=/c", "/a=b", "/c"},
		{"/a=\\\\nas\\x", "/a", "\\\\nas\\x"},
		{"/=/mnt", "/", "/mnt"},
		{"///=/mnt", "/", "/mnt"},
		{"/a=M:/b", "/a", "M:/b"},
	};
	static const char *const bad[] = {"", "=", "/a", "/a=", "=/a", "/a=b", "a=/b", "M:\\=/a", "/a=M:"};
	struct as_path_map m;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		assert_int_equal(as_path_map_parse(rows[i].text, &m, NULL), AS_OK);
		assert_string_equal(m.from, rows[i].from);
		assert_string_equal(m.to, rows[i].to);
		as_path_map_done(&m);
	}
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		if (as_path_map_parse(bad[i], &m, NULL) != AS_ERR_INVALID)
			fail_msg("'%s' was taken", bad[i]);
}

static void test_maps_apply(void **state)
{
	(void)state;
	static const struct as_path_map maps[] = {
		{(char *)"/srv/media", (char *)"/Volumes/media/"},
		{(char *)"/srv/media/day 2", (char *)"M:\\two"},
		{(char *)"/srv/nas/", (char *)"\\\\nas\\share"},
		{(char *)"/drive", (char *)"X:\\"},
		{(char *)"/fwd", (char *)"Y:/z/"},
		{(char *)"/flat", (char *)"/"},
	};
	static const struct {
		const char *path, *want;
	} rows[] = {
		{"/srv/media/A/1.mov", "/Volumes/media/A/1.mov"},
		{"/srv/media", "/Volumes/media"},
		{"/srv/media2/A.mov", "/srv/media2/A.mov"},
		{"/srv/medi", "/srv/medi"},
		{"/srv/media/day 2/B/1.mov", "M:\\two\\B\\1.mov"},
		{"/srv/media/day 22/1.mov", "/Volumes/media/day 22/1.mov"},
		{"/srv/nas/1.wav", "\\\\nas\\share\\1.wav"},
		{"/drive/1.wav", "X:\\1.wav"},
		{"/drive", "X:\\"},
		{"/fwd/a/1.wav", "Y:\\z\\a\\1.wav"},
		{"/flat/1.wav", "/1.wav"},
		{"/flat", "/"},
		{"/other/1.wav", "/other/1.wav"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		bool mapped;
		char *got = as_path_map_apply(maps, sizeof maps / sizeof maps[0], rows[i].path, &mapped);
		assert_string_equal(got, rows[i].want);
		assert_int_equal(mapped, strcmp(rows[i].path, rows[i].want) != 0);
		free(got);
	}
	static const struct as_path_map root = {(char *)"/", (char *)"Z:\\"};
	char *got = as_path_map_apply(&root, 1, "/a/b", NULL);
	assert_string_equal(got, "Z:\\a\\b");
	free(got);
}

static void test_relative(void **state)
{
	(void)state;
	static const struct {
		const char *folder, *file, *want;
	} rows[] = {
		{"/a/b", "/a/b/c.wav", "c.wav"},	{"/a/b/", "/a//b/./c/d.wav", "c/d.wav"},
		{"/a/b", "/a/c.wav", "../c.wav"},	{"/a/b", "/x/y.wav", "../../x/y.wav"},
		{"/", "/x/y.wav", "x/y.wav"},		{"/a/b", "/a/bc/d.wav", "../bc/d.wav"},
		{"/a/b c", "/a/b c/d e.wav", "d e.wav"}, {"/a/../b", "/b/c.wav", "/b/c.wav"},
		{"/a", "/a/../b.wav", "/a/../b.wav"},	{"/a", "/a/..b.wav", "..b.wav"},
		{"/a", "M:\\b.wav", "M:\\b.wav"},	{"/a/b", "/a", ".."},
		{"/a", "/a", "."},			{"rel", "/a/b.wav", "/a/b.wav"},
		{"/a/b/c/d", "/a/b/x//y", "../../x/y"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		char *got = as_path_relative(rows[i].folder, rows[i].file);
		assert_string_equal(got, rows[i].want);
		free(got);
	}
}

static void test_kinds(void **state)
{
	(void)state;
	assert_true(as_path_is_windows("C:\\a"));
	assert_true(as_path_is_windows("c:/a"));
	assert_true(as_path_is_windows("\\\\nas\\a"));
	assert_false(as_path_is_windows("C:a"));
	assert_false(as_path_is_windows("C"));
	assert_false(as_path_is_windows(""));
	assert_false(as_path_is_windows("\\\\"));
	assert_false(as_path_is_windows("\\a"));
	assert_false(as_path_is_windows("/C:/a"));
	assert_true(as_path_is_absolute("/a"));
	assert_true(as_path_is_absolute("C:\\a"));
	assert_false(as_path_is_absolute("a"));
	assert_false(as_path_is_absolute(""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_urls),	   cmocka_unit_test(test_every_byte),
		cmocka_unit_test(test_urls_read),  cmocka_unit_test(test_maps_parse),
		cmocka_unit_test(test_maps_apply), cmocka_unit_test(test_relative),
		cmocka_unit_test(test_kinds),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
