/* Every setting, once. What a row means is in <audiosync/options.h>. */
#include <audiosync/options.h>

#include <string.h>

/* clang-format off */
static const struct as_option_row rows[] = {
	{.key = "general.threads", .flag = "threads", .commands = "*", .metavar = "N",
	 .type = AS_OPTION_INT, .unit = "", .min = 1, .max = 64, .word = "auto", .word_value = 0,
	 .def = "auto",
	 .help = "worker threads; auto takes one for each processor, at most 8"},

	{.key = "analysis.group_by", .flag = "group-by",
	 .commands = "sync|analyze|info", .metavar = "HOW",
	 .type = AS_OPTION_CHOICE, .unit = "", .choices = "auto|name|folder|device", .def = "auto",
	 .help = "what makes files one track: their names, folders or devices; auto weighs all"},
	{.key = "analysis.max_offset_s", .flag = "max-offset",
	 .commands = "sync|analyze", .metavar = "S",
	 .type = AS_OPTION_REAL, .unit = "s", .min = 0.001, .max = 1e7,
	 .word = "none", .word_value = 0,
	 .def = "none",
	 .help = "largest distance between the starts of two clips that is searched"},
	{.key = "analysis.probe_every_s",
	 .type = AS_OPTION_REAL, .unit = "s", .min = 2, .max = 120, .def = "12",
	 .help = "distance of the probes in the shorter of two clips; less finds more, slower"},
	{.key = "analysis.search", .flag = "search", .commands = "sync|analyze", .metavar = "HOW",
	 .type = AS_OPTION_CHOICE, .unit = "", .choices = "auto|thorough", .def = "auto",
	 .help = "thorough compares all pairs of clips; auto, of very many, the likely ones"},
	{.key = "analysis.stream",
	 .type = AS_OPTION_INT, .unit = "", .min = 0, .max = 255, .word = "auto", .word_value = -1,
	 .def = "auto",
	 .help = "audio stream to use, the first is 0; auto: the loudest that is not timecode"},
	{.key = "analysis.channel",
	 .type = AS_OPTION_INT, .unit = "", .min = 0, .max = 255, .word = "auto", .word_value = -1,
	 .def = "auto",
	 .help = "channel to use, the first is 0; auto mixes all, unless they cancel out"},
	{.key = "analysis.use_timestamps", .flag = "no-timestamps", .negated = true,
	 .commands = "sync|analyze", .type = AS_OPTION_BOOL, .unit = "", .def = "yes",
	 .help = "let timecode and recording times help where sound does not decide",
	 .flag_help = "go by sound alone, whatever timecode and recording times say"},
	{.key = "analysis.takes", .flag = "takes", .commands = "sync|analyze",
	 .type = AS_OPTION_BOOL, .unit = "", .def = "no",
	 .help = "clips of one track may overlap: several takes against one playback"},
	{.key = "analysis.min_clip_s",
	 .type = AS_OPTION_REAL, .unit = "s", .min = 0, .max = 3600, .def = "0.5",
	 .help = "shorter clips are left out"},

	{.key = "confidence.strong",
	 .type = AS_OPTION_REAL, .unit = "decades", .min = 0, .max = 99, .def = "10",
	 .help = "placements are strong from here on; 10: chance does as well once in 10^10"},
	{.key = "confidence.weak",
	 .type = AS_OPTION_REAL, .unit = "decades", .min = 0, .max = 99, .def = "3",
	 .help = "nothing is placed below this; placements up to strong are moderate"},
	{.key = "confidence.max_p_false",
	 .type = AS_OPTION_REAL, .unit = "", .min = 1e-99, .max = 1, .def = "1e-3",
	 .help = "highest probability that unrelated sound would score as well"},
	{.key = "confidence.min_margin",
	 .type = AS_OPTION_REAL, .unit = "decades", .min = 0, .max = 99, .def = "2.5",
	 .help = "a clip is ambiguous when its best position leads by less than this"},

	{.key = "export.format", .flag = "format", .commands = "sync|export|drift", .metavar = "FORMAT",
	 .type = AS_OPTION_CHOICE, .unit = "", .choices = "wav|aiff|flac|mp3", .def = "wav",
	 .help = "format of the aligned files; WAV becomes RF64 past 4 GiB"},
	{.key = "export.bit_depth", .flag = "bit-depth", .commands = "sync|export|drift", .metavar = "BITS",
	 .type = AS_OPTION_CHOICE, .unit = "bit", .choices = "auto|16|24|32", .def = "auto",
	 .help = "sample size; 32 is float, 24 in FLAC; auto takes the deepest source's"},
	{.key = "export.bitrate_kbps", .flag = "bitrate", .commands = "sync|export|drift", .metavar = "KBPS",
	 .type = AS_OPTION_CHOICE, .unit = "kbit/s", .choices = "128|192|256|320", .def = "256",
	 .help = "bit rate of MP3"},
	{.key = "export.sample_rate_hz", .flag = "sample-rate", .commands = "sync|export|drift", .metavar = "HZ",
	 .type = AS_OPTION_INT, .unit = "Hz", .min = 8000, .max = 192000,
	 .word = "auto", .word_value = 0,
	 .def = "auto",
	 .help = "sample rate of the aligned files; auto takes the highest native one"},
	{.key = "export.per_clip", .flag = "per-clip", .commands = "sync|export", .metavar = "HOW",
	 .type = AS_OPTION_CHOICE, .unit = "", .choices = "off|padded|timed", .def = "off",
	 .help = "a file for each clip: padded to the timeline, or timed: alone, its place in BWF"},
	{.key = "export.drift_correction", .flag = "no-drift-correction", .negated = true,
	 .commands = "sync|export", .type = AS_OPTION_BOOL, .unit = "", .def = "yes",
	 .help = "resample clips whose clock is off, so that they stay in sync to the end",
	 .flag_help = "place clips, but leave their speed as it is"},
	{.key = "export.crossfade_ms",
	 .type = AS_OPTION_REAL, .unit = "ms", .min = 0, .max = 5000, .def = "50",
	 .help = "crossfade where clips of one track continue each other"},
	{.key = "export.declick_ms",
	 .type = AS_OPTION_REAL, .unit = "ms", .min = 0, .max = 1000, .def = "5",
	 .help = "fade at edges that meet silence"},
	{.key = "export.dither",
	 .type = AS_OPTION_BOOL, .unit = "", .def = "yes",
	 .help = "noise of one step where bits are dropped, which keeps quiet sound clean"},
	{.key = "export.mux", .flag = "mux", .commands = "sync|export", .metavar = "HOW",
	 .type = AS_OPTION_CHOICE, .unit = "", .choices = "off|default|add|replace", .def = "off",
	 .help = "camera files with the best synced sound: before, behind or instead of their own"},
	{.key = "export.mux_track", .flag = "mux-track", .commands = "sync|export", .metavar = "TRACK",
	 .type = AS_OPTION_TEXT, .unit = "", .def = "",
	 .help = "whose sound that is; empty: of tracks without picture the one that covers most"},
	{.key = "export.mux_container",
	 .type = AS_OPTION_CHOICE, .unit = "", .choices = "auto|mov|mp4|mkv", .def = "auto",
	 .help = "kind of those files; auto keeps MOV, MP4 and MKV, all others become MOV"},
	{.key = "export.mux_codec", .flag = "mux-codec", .commands = "sync|export|drift", .metavar = "CODEC",
	 .type = AS_OPTION_CHOICE, .unit = "", .choices = "auto|pcm|aac|alac", .def = "auto",
	 .help = "sound of files with a picture; auto: AAC in MP4, PCM with 24 bits in MOV and MKV"},
	{.key = "export.island_gap_s",
	 .type = AS_OPTION_REAL, .unit = "s", .min = 0, .max = 3600, .def = "5",
	 .help = "silence between groups of clips that nothing connects"},

	{.key = "live.calibration_ms", .alias = "Defaults.audiosync_calibration",
	 .type = AS_OPTION_REAL, .unit = "ms", .min = -10000, .max = 10000, .def = "0",
	 .help = "latency of this machine's sound path, added to readings of the live meter"},

	{.key = "cache.enabled", .flag = "no-cache", .negated = true, .commands = "*",
	 .type = AS_OPTION_BOOL, .unit = "", .def = "yes",
	 .help = "keep what each file's analysis gave, so that a second run decodes nothing",
	 .flag_help = "neither read nor write the cache of analysis data"},
	{.key = "cache.dir",
	 .type = AS_OPTION_PATH, .unit = "", .def = "",
	 .help = "folder of the cache; empty means audiosync in the user's cache folder"},
	{.key = "cache.limit_mib",
	 .type = AS_OPTION_INT, .unit = "MiB", .min = 1, .max = 1048576,
	 .word = "none", .word_value = 0,
	 .def = "2048", .help = "size from which the least recently used entries are dropped"},

	{.key = "project.autosave_s",
	 .type = AS_OPTION_REAL, .unit = "s", .min = 0.1, .max = 3600, .word = "never", .word_value = 0,
	 .def = "30",
	 .help = "how often unsaved work is kept in case the program dies"},

	{.key = "interface.color", .flag = "color", .commands = "*", .metavar = "WHEN",
	 .type = AS_OPTION_CHOICE, .unit = "", .choices = "auto|always|never", .def = "auto",
	 .help = "colours; auto colours a terminal unless NO_COLOR is set"},
	{.key = "interface.progress",
	 .type = AS_OPTION_CHOICE, .unit = "", .choices = "auto|always|never", .def = "auto",
	 .help = "progress on stderr; auto: a bar on a terminal, plain lines elsewhere"},
	{.key = "interface.unicode",
	 .type = AS_OPTION_CHOICE, .unit = "", .choices = "auto|yes|no", .def = "auto",
	 .help = "characters beyond ASCII; auto goes by the locale"},
};
/* clang-format on */

const struct as_option_row *as_option_rows(size_t *n)
{
	*n = sizeof rows / sizeof *rows;
	return rows;
}

const struct as_option_row *as_option_find(const char *key)
{
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (!strcmp(rows[i].key, key) || (rows[i].alias && !strcmp(rows[i].alias, key)))
			return &rows[i];
	return NULL;
}
