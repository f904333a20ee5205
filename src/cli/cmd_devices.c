/* `audiosync devices`: what there is to capture from. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <audiosync/audiosync.h>
#include <audiosync/devices.h>

#include "base/json.h"
#include "base/text.h"
#include "cli/args.h"
#include "cli/run.h"
#include "cli/say.h"
#include "cli/term.h"

#define SOURCE_COLS 44 /* longer ones have a line of their own */
#define DETAIL_BYTES 2048

static const char *const headings[] = {
	[AS_DEVICE_MONITOR] = "What an output plays",
	[AS_DEVICE_APP] = "What one application plays",
	[AS_DEVICE_INPUT] = "Inputs",
	[AS_DEVICE_PORTAUDIO] = "Inputs as PortAudio sees them",
};

/* ---- JSON ---- */

static char *make_json(const struct as_device_list *l)
{
	struct as_json *j = as_json_new();
	as_json_add_text(j, "audiosync", as_version());
	as_json_add_int(j, "schema", 1);
	as_json_add_text(j, "server", *l->server ? l->server : NULL);
	as_json_add_text(j, "server_error", l->server_error.status != AS_OK ? l->server_error.msg : NULL);
	as_json_open_array(j, "devices");
	for (int i = 0; i < l->n; i++) {
		const struct as_device *d = &l->devices[i];
		const bool app = d->kind == AS_DEVICE_APP;
		as_json_open_object(j, NULL);
		as_json_add_text(j, "source", d->source);
		as_json_add_text(j, "kind", as_device_kind_name(d->kind));
		as_json_add_text(j, "name", d->name);
		as_json_add_bool(j, "default", d->is_default);
		as_json_add_text(j, "state", as_device_state_name(d->state));
		as_json_add_text(j, "playing", app ? d->playing : NULL);
		as_json_add_text(j, "output", app ? d->output : NULL);
		as_json_add_real(j, "sample_rate_hz", d->rate_hz);
		as_json_add_int(j, "channels", d->channels);
		as_json_close(j);
	}
	as_json_close(j);
	return as_json_finish(j, false);
}

/* ---- text ---- */

/* As it is typed into a shell; heap. */
static char *quote(const char *source)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.,:/@%+";
	char *out = malloc(4 * strlen(source) + 3), *p = out;
	if (!out || source[strspn(source, plain)] == '\0')
		return out ? strcpy(out, source) : NULL;
	*p++ = '\'';
	for (; *source; source++) {
		if (*source == '\'') {
			memcpy(p, "'\\''", 4);
			p += 4;
		} else {
			*p++ = *source;
		}
	}
	strcpy(p, "'");
	return out;
}

static void describe(char *out, size_t bytes, const struct as_device *d)
{
	char rate[64] = "";
	if (d->rate_hz > 0)
		snprintf(rate, sizeof rate, ", %.6g kHz, %d %s", d->rate_hz / 1000, d->channels, d->channels == 1 ? "channel" : "channels");
	const char *colon = strchr(d->source, ':');
	const bool numbered = !colon || strcmp(colon + 1, d->name) != 0; /* its name stands nowhere else */
	if (d->kind == AS_DEVICE_APP)
		snprintf(out, bytes, "%.200s%s%s%s%.600s%s%s%.600s", numbered ? d->name : "", numbered ? " " : "", d->state == AS_DEVICE_PAUSED ? "paused" : "plays",
			 *d->playing ? ": " : "", d->playing, *d->output ? ", " : "", *d->output ? "on " : "", d->output);
	else if (d->kind == AS_DEVICE_PORTAUDIO)
		snprintf(out, bytes, "%.600s%s%s", d->name, rate, d->is_default ? ", the default" : "");
	else
		snprintf(out, bytes, "%.600s, %s%s%s", d->name, as_device_state_name(d->state), rate, d->is_default ? ", the default" : "");
}

static int source_cols(const char *source)
{
	char *shown = as_text_escape_dup(source);
	int cols = shown ? as_text_cols(shown) : 0;
	free(shown);
	return cols;
}

static bool put_device(FILE *out, const struct as_term *t, const struct as_device *d, int width)
{
	char raw[DETAIL_BYTES], safe[2 * DETAIL_BYTES];
	char *source = quote(d->source), *shown = source ? as_text_escape_dup(source) : NULL;
	if (shown) {
		int cols = as_text_cols(shown);
		fputs("  ", out);
		as_put_ink(out, t, AS_INK_GOOD, shown);
		if (cols > width)
			fputc('\n', out);
		as_put_gap(out, cols > width ? width + 4 : width - cols + 2);
		describe(raw, sizeof raw, d);
		as_put_wrapped(out, t, width + 4, width + 4, as_text_escape(safe, sizeof safe, raw));
	}
	free(source);
	free(shown);
	return shown != NULL;
}

static bool put_list(FILE *out, const struct as_term *t, const struct as_device_list *l)
{
	int width = 0;
	bool done = true;
	for (int i = 0; i < l->n; i++) {
		char *source = quote(l->devices[i].source);
		int cols = source ? source_cols(source) : 0;
		width = cols > width && cols <= SOURCE_COLS ? cols : width;
		free(source);
	}
	if (width > t->cols / 2)
		width = t->cols / 2;
	for (int i = 0; i < l->n; i++) {
		if (i == 0 || l->devices[i].kind != l->devices[i - 1].kind) {
			fputs(i == 0 ? "" : "\n", out);
			as_put_ink(out, t, AS_INK_HEAD, headings[l->devices[i].kind]);
			fputc('\n', out);
		}
		done = put_device(out, t, &l->devices[i], width) && done;
	}
	if (l->n > 0)
		fputs("\naudiosync live REFERENCE --capture SOURCE listens to one of these.\n", out);
	else
		fputs("nothing to capture from\n", out);
	return done;
}

int as_cmd_devices(const struct as_args *args)
{
	struct as_error err = {0};
	const struct as_device_list *list;
	bool printed;
	if (as_devices_list(&list, &err) != AS_OK) {
		as_say("%s", err.msg);
		return AS_EXIT_FAILED;
	}
	if (args->json) {
		printed = as_run_print(make_json(list));
	} else {
		struct as_term t = as_term_of(STDOUT_FILENO, args->opt, args->color);
		if (list->server_error.status != AS_OK && args->verbosity >= 0)
			as_say("%s", list->server_error.msg);
		printed = put_list(stdout, &t, list) && as_run_flush();
	}
	as_devices_free(list);
	return printed ? AS_EXIT_OK : AS_EXIT_FAILED;
}
