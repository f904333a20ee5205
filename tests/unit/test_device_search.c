/* Asking for sound sources without waiting: on any machine, with a server or without. */
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <audiosync/devices.h>

#define PATIENCE_MS 30000

/* It ends, and says the same as the call that waits would: a list, or why there is none. */
static void test_ends(void **state)
{
	struct as_error err = {0};
	struct as_device_search *s = as_device_search_start(&err);
	const struct as_device_list *list = NULL, *again = NULL;
	enum as_status status = AS_OK;
	struct pollfd fd = {.events = POLLIN};

	(void)state;
	assert_non_null(s);
	fd.fd = as_device_search_fd(s);
	assert_int_equal(poll(&fd, 1, PATIENCE_MS), 1);
	assert_true(as_device_search_take(s, &status, &list, &err));
	assert_true(status == AS_OK ? list != NULL : list == NULL && err.msg[0]);
	assert_true(as_device_search_take(s, &status, &again, &err));
	assert_null(again);
	as_devices_free(list);
	as_device_search_free(s);
}

/* Who does not want to know any more need not wait, and nothing of it is left. */
static void test_is_dropped(void **state)
{
	struct as_device_search *s[4];
	struct as_error err = {0};

	(void)state;
	for (int i = 0; i < 4; i++) {
		s[i] = as_device_search_start(&err);
		assert_non_null(s[i]);
	}
	for (int i = 0; i < 4; i++)
		as_device_search_free(s[i]);
	as_device_search_free(NULL);
	/* Takes turns behind those: they have ended when this one has, or soon after. */
	test_ends(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ends),
		cmocka_unit_test(test_is_dropped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
