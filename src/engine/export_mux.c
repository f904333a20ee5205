/* Camera files with the best synced sound: what the settings ask for. */
#include <string.h>

#include "base/text.h"
#include "engine/session_private.h"

enum as_mux_codec as_engine_mux_codec(const struct as_session *s)
{
	static const char *const names[] = {
		[AS_MUX_AUTO] = "auto", [AS_MUX_PCM] = "pcm", [AS_MUX_AAC] = "aac", [AS_MUX_ALAC] = "alac"};
	const char *name = as_options_text(s->opt, "export.mux_codec");
	for (int i = 0; i < (int)(sizeof names / sizeof *names); i++) {
		if (strcmp(names[i], name) == 0)
			return (enum as_mux_codec)i;
	}
	return AS_MUX_AUTO;
}

void as_engine_tell_left_out(struct as_session *s, const char *path, const struct as_mux_report *r)
{
	if (r->n_left_out > 0)
		as_engine_warn(s, "%s: %d %s of the camera file could not be taken along: %s",
			       as_path_base(path), r->n_left_out,
			       r->n_left_out == 1 ? "stream" : "streams", r->left_out);
}
