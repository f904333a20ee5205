/* What is captured where nothing is named: a sound server's default, and PortAudio's only where there is no server. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "media/capture_private.h"

static struct {
	enum as_status pulse, portaudio;
	bool has_server;
	int asked, closed; /* PortAudio; captures */
} world;

static void close_it(struct as_capture *c)
{
	(void)c;
	world.closed++;
}

static const struct as_capture_ops ops = {.close = close_it};

enum as_status as_capture_open_pulse(struct as_capture *c, const struct as_capture_spec *spec, struct as_error *err)
{
	(void)spec;
	c->ops = &ops;
	return world.pulse == AS_OK ? AS_OK : as_fail(err, world.pulse, "the server's reason");
}

bool as_capture_has_server(const struct as_capture *c)
{
	(void)c;
	return world.has_server;
}

enum as_status as_capture_open_portaudio(struct as_capture *c, const struct as_capture_spec *spec, struct as_error *err)
{
	(void)spec;
	c->ops = &ops;
	c->format.channels = 7;
	world.asked++;
	return world.portaudio == AS_OK ? AS_OK : as_fail(err, world.portaudio, "PortAudio's reason");
}

void as_portaudio_list(as_portaudio_see *see, void *ctx)
{
	(void)see, (void)ctx;
}

enum as_status as_capture_open_stream(struct as_capture *c, const struct as_capture_spec *spec, struct as_error *err)
{
	(void)spec;
	c->ops = &ops;
	return as_fail(err, AS_ERR_IO, "no stream");
}

static void test_default(void **state)
{
	(void)state;
	static const struct {
		enum as_status pulse, portaudio;
		bool has_server;
		int asked;
		enum as_status status;
	} rows[] = {
		{AS_OK, AS_OK, true, 0, AS_OK},
		{AS_ERR_IO, AS_OK, false, 1, AS_OK},
		{AS_ERR_IO, AS_ERR_IO, false, 1, AS_ERR_IO},
		/* It gives no sound, and would give PortAudio none. */
		{AS_ERR_IO, AS_OK, true, 0, AS_ERR_IO},
		{AS_ERR_NOT_FOUND, AS_OK, true, 0, AS_ERR_NOT_FOUND},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct as_error err = {0};
		world.pulse = rows[i].pulse;
		world.portaudio = rows[i].portaudio;
		world.has_server = rows[i].has_server;
		world.asked = world.closed = 0;
		struct as_capture *c = as_capture_open(&(struct as_capture_spec){.source = NULL}, NULL, &err);
		assert_int_equal(c != NULL, rows[i].status == AS_OK);
		assert_int_equal(world.asked, rows[i].asked);
		if (c)
			assert_int_equal(as_capture_format(c)->channels, rows[i].asked ? 7 : 0);
		else
			assert_string_equal(err.msg, "the server's reason");
		as_capture_close(c);
		assert_int_equal(world.closed, 1 + rows[i].asked);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_default),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
