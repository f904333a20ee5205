/* Path mappings of an export that meet none of the media: most often a link or a mount that has another name here. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "engine/session_private.h"
#include "export/media_url.h"

static bool covers(const struct as_path_map *map, const char *path)
{
	bool mapped = false;
	free(as_path_map_apply(map, 1, path, &mapped));
	return mapped;
}

static bool covers_any(const struct as_session *s, const struct as_path_map *map, const char *out_dir)
{
	for (int i = 0; i < s->n_files; i++) {
		if (covers(map, s->files[i].path))
			return true;
	}
	return out_dir && covers(map, out_dir);
}

void as_engine_warn_maps(struct as_session *s, const char *dir)
{
	bool aligned = strcmp(as_options_text(s->opt, "timeline.replace_audio"), "off") != 0;
	char *out_dir = aligned && dir ? realpath(dir, NULL) : NULL;
	for (int i = 0; i < s->path_maps.n && s->n_files > 0; i++) {
		struct as_path_map map;
		/* One that cannot be read has been refused before. */
		if (as_path_map_parse(s->path_maps.v[i], &map, NULL) != AS_OK)
			continue;
		if (!covers_any(s, &map, out_dir))
			as_engine_warn(s, "%s: maps nothing: no recording lies below %s, the first one is %s", s->path_maps.v[i],
				       map.from, s->files[0].path);
		as_path_map_done(&map);
	}
	free(out_dir);
}
