/* Whom a name means of what a sound server has: outputs, and applications that are called the same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "media/capture_server.h"

static char twin[] = "Twin", player[] = "Player", play_b[] = "PlayB", speakers[] = "sink.a", sink_text[] = "Speakers", head_text[] = "Headphones";
static char a_wav[] = "a.wav", b_wav[] = "b.wav", c_wav[] = "c.wav", none[] = "", paplay[] = "paplay";

static struct as_server_item app(char *name, char *title, uint32_t index, uint32_t client, unsigned long process)
{
	return (struct as_server_item){.kind = AS_SERVER_APP, .name = name, .text = title, .binary = paplay, .monitor = none,
				       .index = index, .client = client, .process = process};
}

static const struct as_server_item *find(struct as_server_item *items, int n, const char *want, struct as_error *err)
{
	const struct as_server s = {.items = items, .n_items = n};
	return as_server_find(&s, AS_SERVER_APP, want, err);
}

static void test_namesakes(void **state)
{
	(void)state;
	struct as_server_item i[] = {app(twin, a_wav, 6, 16, 101), app(twin, b_wav, 7, 17, 102), app(twin, c_wav, 8, 18, 0),
				     app(player, a_wav, 9, 19, 103)};
	const struct as_server s = {.items = i, .n_items = 4};
	struct as_error err = {0};
	assert_null(find(i, 4, "Twin", &err));
	assert_int_equal(err.status, AS_ERR_INVALID);
	assert_non_null(strstr(err.msg, "app:#6 (a.wav), app:#7 (b.wav), app:#8 (c.wav)"));
	assert_null(strstr(err.msg, "#9"));
	assert_ptr_equal(find(i, 4, "#7", &err), &i[1]);
	assert_ptr_equal(find(i, 4, "player", &err), &i[3]);
	for (int k = 0; k < 4; k++)
		assert_int_equal(as_server_has_name(&s, &i[k]), k == 3);
	/* The only one that plays is meant; its name alone would mean others another time. */
	i[0].corked = i[2].corked = true;
	assert_ptr_equal(find(i, 4, "Twin", &err), &i[1]);
	assert_false(as_server_has_name(&s, &i[1]));
	/* None does. */
	i[1].corked = true;
	assert_null(find(i, 4, "Twin", &err));
}

/* Streams of one process, or over one connection, are one application's: that which plays, and came last. */
static void test_streams(void **state)
{
	(void)state;
	struct as_server_item i[] = {app(twin, a_wav, 6, 16, 101), app(twin, b_wav, 7, 17, 101), app(twin, c_wav, 8, 17, 0)};
	const struct as_server s = {.items = i, .n_items = 2};
	assert_ptr_equal(find(i, 2, "Twin", NULL), &i[1]);
	assert_false(as_server_has_name(&s, &i[0]));
	assert_true(as_server_has_name(&s, &i[1]));
	assert_ptr_equal(find(i + 1, 2, "twin", NULL), &i[2]);
	i[1].corked = true;
	assert_ptr_equal(find(i, 2, "Twin", NULL), &i[0]);
}

static void test_parts(void **state)
{
	(void)state;
	struct as_server_item i[] = {app(player, a_wav, 6, 16, 101), app(play_b, b_wav, 7, 17, 102)};
	struct as_error err = {0};
	assert_null(find(i, 2, "play", &err));
	assert_int_equal(err.status, AS_ERR_INVALID);
	assert_non_null(strstr(err.msg, "'Player'"));
	assert_non_null(strstr(err.msg, "'PlayB'"));
	assert_ptr_equal(find(i, 2, "playb", &err), &i[1]);
	assert_ptr_equal(find(i, 2, "a.wav", &err), &i[0]);
	assert_null(find(i, 2, "", &err));
	assert_int_equal(err.status, AS_ERR_NOT_FOUND);
}

static void test_again(void **state)
{
	(void)state;
	struct as_server_item i[] = {app(twin, a_wav, 6, 16, 101), app(twin, b_wav, 7, 17, 102), app(twin, c_wav, 8, 18, 101)};
	const struct as_server s = {.items = i, .n_items = 3};
	struct as_server_item was = app(twin, none, 6, 16, 101);
	assert_ptr_equal(as_server_find_again(&s, &was), &i[0]);
	/* Another stream of the same program. */
	i[0].corked = true;
	assert_ptr_equal(as_server_find_again(&s, &was), &i[2]);
	was = app(twin, none, 5, 15, 102);
	assert_ptr_equal(as_server_find_again(&s, &was), &i[1]);
	was = app(twin, none, 5, 15, 103);
	assert_null(as_server_find_again(&s, &was));
	/* Numbers are given again by servers that begin anew. */
	was = app(player, none, 7, 17, 102);
	assert_null(as_server_find_again(&s, &was));
}

static void test_outputs(void **state)
{
	(void)state;
	struct as_server_item i[] = {{.kind = AS_SERVER_OUTPUT, .name = speakers, .text = sink_text, .monitor = none, .binary = none},
				     {.kind = AS_SERVER_OUTPUT, .name = none, .text = head_text, .monitor = none, .binary = none, .index = 1}};
	const struct as_server s = {.items = i, .n_items = 2};
	struct as_error err = {0};
	assert_ptr_equal(as_server_find(&s, AS_SERVER_OUTPUT, "speakers", &err), &i[0]);
	assert_ptr_equal(as_server_find(&s, AS_SERVER_OUTPUT, "head", &err), &i[1]);
	assert_null(as_server_find(&s, AS_SERVER_OUTPUT, "p", &err));
	assert_non_null(strstr(err.msg, "'Headphones'"));
	assert_true(as_server_has_name(&s, &i[0]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_namesakes), cmocka_unit_test(test_streams), cmocka_unit_test(test_parts),
		cmocka_unit_test(test_again),     cmocka_unit_test(test_outputs),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
