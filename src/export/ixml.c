#include "export/ixml.h"

#include <inttypes.h>

#include "export/xml.h"

static void add_speed(struct as_xml *w, const struct as_ixml *x)
{
	as_xml_open(w, "SPEED");
	if (x->tc_num > 0 && x->tc_den > 0) {
		as_xml_elementf(w, "TIMECODE_RATE", "%d/%d", x->tc_num, x->tc_den);
		as_xml_element(w, "TIMECODE_FLAG", x->tc_drop ? "DF" : "NDF");
	}
	as_xml_elementf(w, "FILE_SAMPLE_RATE", "%d", x->rate_hz);
	as_xml_elementf(w, "AUDIO_BIT_DEPTH", "%d", x->bit_depth);
	as_xml_elementf(w, "DIGITIZER_SAMPLE_RATE", "%d", x->rate_hz);
	if (x->timed) {
		as_xml_elementf(w, "TIMESTAMP_SAMPLES_SINCE_MIDNIGHT_HI", "%" PRIu32,
				(uint32_t)(x->since_midnight_frames >> 32));
		as_xml_elementf(w, "TIMESTAMP_SAMPLES_SINCE_MIDNIGHT_LO", "%" PRIu32,
				(uint32_t)x->since_midnight_frames);
		as_xml_elementf(w, "TIMESTAMP_SAMPLE_RATE", "%d", x->rate_hz);
	}
	as_xml_close(w);
}

static void add_tracks(struct as_xml *w, const struct as_ixml *x)
{
	as_xml_open(w, "TRACK_LIST");
	as_xml_elementf(w, "TRACK_COUNT", "%d", x->channels);
	for (int i = 1; i <= x->channels; i++) {
		as_xml_open(w, "TRACK");
		as_xml_elementf(w, "CHANNEL_INDEX", "%d", i);
		as_xml_elementf(w, "INTERLEAVE_INDEX", "%d", i);
		if (x->channels == 1)
			as_xml_element(w, "NAME", x->track);
		else
			as_xml_elementf(w, "NAME", "%s %d", x->track, i);
		as_xml_close(w);
	}
	as_xml_close(w);
}

char *as_ixml_make(const struct as_ixml *x)
{
	size_t n;
	struct as_xml *w = as_xml_new(true, true);
	if (!w)
		return NULL;
	as_xml_open(w, "BWFXML");
	as_xml_element(w, "IXML_VERSION", "1.61");
	as_xml_element(w, "TAPE", x->tape);
	if (x->note)
		as_xml_element(w, "NOTE", x->note);
	if (x->original) {
		as_xml_open(w, "HISTORY");
		as_xml_element(w, "ORIGINAL_FILENAME", x->original);
		as_xml_close(w);
	}
	add_speed(w, x);
	add_tracks(w, x);
	as_xml_close(w);
	return as_xml_finish(w, &n);
}
