/* Float frames -> WAV, RF64, AIFF, FLAC and MP3 through libsndfile. */
#include "media/encode.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <sndfile.h>

#include "base/file.h"
#include "media/mark.h"

#define CHUNK_FRAMES 4096
#define HEADER_BYTES 65536 /* more than any header and tags that are written here */
#define LIMIT_32_BYTES INT64_C(0xffffffff)
#define MAX_CHANNELS 64
#define DAY_S 86400.0
#define MAX_DATE_S INT64_C(253402300799) /* the year 9999 */
#define DITHER_SEED UINT64_C(0x6175646973796e63)

/* What libsndfile writes through, so that the system's reason for a failure is kept. */
struct sink {
	int fd;
	int saved_errno; /* of the first failure, or 0 */
};

struct as_encoder {
	struct as_encode_spec spec;
	int depth; /* 16, 24: integers; 32: float; 0: MP3 */
	char *path;
	char *ixml; /* libsndfile borrows it until the close */
	struct as_atomic_file *file;
	struct sink sink;
	SNDFILE *snd;
	int32_t *ints;
	float *floats;
	int64_t frames, clipped;
	uint64_t dither_state;
};

/* One row per format: what it can hold. Bit rates in kbit/s. */
static const struct format_row {
	const char *extension, *name;
	int major;
	int max_channels, max_rate_hz;
} formats[] = {
	[AS_AUDIO_WAV] = {"wav", "WAV", SF_FORMAT_WAV, MAX_CHANNELS, 768000},
	[AS_AUDIO_AIFF] = {"aiff", "AIFF", SF_FORMAT_AIFF, MAX_CHANNELS, 768000},
	[AS_AUDIO_FLAC] = {"flac", "FLAC", SF_FORMAT_FLAC, 8, 655350},
	[AS_AUDIO_MP3] = {"mp3", "MP3", SF_FORMAT_MPEG, 2, 48000},
};

/* ISO/IEC 11172-3 and 13818-3 layer III; the last three rates are the usual extension called
 * MPEG 2.5. */
static const struct mp3_row {
	int rate_hz, max_kbps;
} mp3_rates[] = {
	{48000, 320}, {44100, 320}, {32000, 320}, {24000, 160}, {22050, 160},
	{16000, 160}, {12000, 64},  {11025, 64},  {8000, 64},
};

const char *as_audio_extension(enum as_audio_format f)
{
	return formats[f].extension;
}

int as_encode_depth(const struct as_encode_spec *spec)
{
	if (spec->format == AS_AUDIO_MP3)
		return 0;
	return spec->format == AS_AUDIO_FLAC && spec->bit_depth > 24 ? 24 : spec->bit_depth;
}

static int64_t data_bytes(const struct as_encode_spec *spec)
{
	return spec->total_frames * spec->channels * (as_encode_depth(spec) / 8);
}

static enum as_status check_mp3(const char *path, const struct as_encode_spec *spec,
				struct as_error *err)
{
	static const int kbps[] = {128, 160, 192, 224, 256, 320};
	bool known = false;
	for (size_t i = 0; i < sizeof(kbps) / sizeof(kbps[0]); i++)
		known |= kbps[i] == spec->bitrate_kbps;
	if (!known)
		return as_fail(err, AS_ERR_INVALID,
			       "%s: MP3 has no %d kbit/s here; 128, 160, 192, 224, 256 or 320",
			       path, spec->bitrate_kbps);
	for (size_t i = 0; i < sizeof(mp3_rates) / sizeof(mp3_rates[0]); i++) {
		if (mp3_rates[i].rate_hz != spec->rate_hz)
			continue;
		if (spec->bitrate_kbps <= mp3_rates[i].max_kbps)
			return AS_OK;
		return as_fail(err, AS_ERR_INVALID,
			       "%s: MP3 at %d Hz ends at %d kbit/s; take 44100 or 48000 Hz, "
			       "or a format without loss",
			       path, spec->rate_hz, mp3_rates[i].max_kbps);
	}
	return as_fail(err, AS_ERR_INVALID,
		       "%s: MP3 cannot hold %d Hz; take 44100 or 48000 Hz, or WAV or FLAC", path,
		       spec->rate_hz);
}

enum as_status as_encode_check(const char *path, const struct as_encode_spec *spec,
			       struct as_error *err)
{
	const struct format_row *f = &formats[spec->format];
	int depth = as_encode_depth(spec);
	if (spec->channels < 1 || spec->channels > f->max_channels)
		return as_fail(err, AS_ERR_INVALID, "%s: %s holds 1 to %d channels, not %d%s", path,
			       f->name, f->max_channels, spec->channels,
			       f->max_channels < MAX_CHANNELS ? "; take WAV" : "");
	if (spec->rate_hz < 1 || (spec->rate_hz > f->max_rate_hz && spec->format != AS_AUDIO_MP3))
		return as_fail(err, AS_ERR_INVALID, "%s: %s holds rates up to %d Hz, not %d", path,
			       f->name, f->max_rate_hz, spec->rate_hz);
	if (spec->total_frames < 0 ||
	    spec->total_frames > INT64_MAX / (MAX_CHANNELS * (int64_t)sizeof(float)) / 2)
		return as_fail(err, AS_ERR_INVALID, "%s: length out of range", path);
	if (spec->format == AS_AUDIO_MP3)
		return check_mp3(path, spec, err);
	if (depth != 16 && depth != 24 && depth != 32)
		return as_fail(err, AS_ERR_INVALID, "%s: bit depth is 16, 24 or 32, not %d", path,
			       depth);
	if (spec->format == AS_AUDIO_AIFF && data_bytes(spec) > LIMIT_32_BYTES - HEADER_BYTES)
		return as_fail(err, AS_ERR_INVALID,
			       "%s: AIFF ends at 4 GiB and this needs %.1f GiB; take WAV "
			       "(which becomes RF64) or FLAC",
			       path, (double)data_bytes(spec) / (1024.0 * 1024 * 1024));
	return AS_OK;
}

static sf_count_t sink_length(void *user)
{
	struct sink *s = user;
	struct stat st;
	return fstat(s->fd, &st) == 0 ? (sf_count_t)st.st_size : -1;
}

static sf_count_t sink_seek(sf_count_t offset, int whence, void *user)
{
	struct sink *s = user;
	return (sf_count_t)lseek(s->fd, (off_t)offset, whence);
}

static sf_count_t sink_tell(void *user)
{
	return sink_seek(0, SEEK_CUR, user);
}

static sf_count_t sink_read(void *ptr, sf_count_t count, void *user)
{
	struct sink *s = user;
	ssize_t n;
	do
		n = read(s->fd, ptr, (size_t)count);
	while (n < 0 && errno == EINTR);
	return (sf_count_t)n;
}

static sf_count_t sink_write(const void *ptr, sf_count_t count, void *user)
{
	struct sink *s = user;
	sf_count_t done = 0;
	while (done < count) {
		ssize_t n = write(s->fd, (const char *)ptr + done, (size_t)(count - done));
		if (n > 0) {
			done += n;
			continue;
		}
		if (n < 0 && errno == EINTR)
			continue;
		if (s->saved_errno == 0)
			s->saved_errno = n < 0 ? errno : ENOSPC;
		break;
	}
	return done;
}

/* The system's reason where there is one, libsndfile's otherwise. */
static enum as_status fail_snd(const struct as_encoder *e, const char *what, struct as_error *err)
{
	if (e->sink.saved_errno) {
		errno = e->sink.saved_errno;
		return as_fail_errno(err, e->path, what);
	}
	return as_fail(err, AS_ERR_INTERNAL, "%s: %s: %s", e->path, what, sf_strerror(e->snd));
}

static int sndfile_format(const struct as_encode_spec *spec)
{
	int sub = SF_FORMAT_MPEG_LAYER_III;
	int major = formats[spec->format].major;
	switch (as_encode_depth(spec)) {
	case 16:
		sub = SF_FORMAT_PCM_16;
		break;
	case 24:
		sub = SF_FORMAT_PCM_24;
		break;
	case 32:
		sub = SF_FORMAT_FLOAT;
		break;
	default:
		break;
	}
	if (spec->format == AS_AUDIO_WAV) {
		if (data_bytes(spec) > LIMIT_32_BYTES - HEADER_BYTES)
			major = SF_FORMAT_RF64;
		else if (spec->channels > 2)
			major = SF_FORMAT_WAVEX; /* plain WAVE_FORMAT_PCM ends at stereo */
	}
	return major | sub;
}

static void copy_field(char *field, size_t bytes, const char *text)
{
	size_t n = text ? strlen(text) : 0;
	if (n > bytes)
		n = bytes;
	while (n > 0 && n < (text ? strlen(text) : 0) && ((unsigned char)text[n] & 0xc0) == 0x80)
		n--; /* never half a UTF-8 character */
	if (n > 0)
		memcpy(field, text, n);
}

uint64_t as_encode_time_reference(const struct as_encode_spec *spec)
{
	if (!isfinite(spec->time_reference_s))
		return 0;
	double ref_s = fmod(spec->time_reference_s, DAY_S);
	return (uint64_t)llround((ref_s < 0 ? ref_s + DAY_S : ref_s) * spec->rate_hz);
}

/* "2024-05-02" and "10:11:12" of the recording; false where it is not known. */
static bool date_text(double created_s, char date[16], char time[16])
{
	struct tm t;
	time_t at = (time_t)floor(isfinite(created_s) ? created_s : 0);
	if (at <= 0 || at > MAX_DATE_S || !gmtime_r(&at, &t))
		return false;
	strftime(date, 16, "%Y-%m-%d", &t);
	strftime(time, 16, "%H:%M:%S", &t);
	return true;
}

/* EBU Tech 3285. libsndfile adds the coding history line itself. The dates are those of the recording or empty: the time of
 * writing says nothing about it, and the same input shall give the same bytes. */
static bool set_bext(struct as_encoder *e)
{
	SF_BROADCAST_INFO bext;
	memset(&bext, 0, sizeof(bext));
	copy_field(bext.description, sizeof(bext.description),
		   e->spec.description ? e->spec.description : e->spec.title);
	copy_field(bext.originator, sizeof(bext.originator), e->spec.originator);
	copy_field(bext.originator_reference, sizeof(bext.originator_reference), e->spec.aligned ? AS_MARK_TEXT : NULL);
	const uint64_t ref = as_encode_time_reference(&e->spec);
	char date[16], time[16];
	if (date_text(e->spec.created_s, date, time)) {
		memcpy(bext.origination_date, date, sizeof bext.origination_date);
		memcpy(bext.origination_time, time, sizeof bext.origination_time);
	}
	bext.time_reference_low = (uint32_t)ref;
	bext.time_reference_high = (uint32_t)(ref >> 32);
	bext.version = 1;
	return sf_command(e->snd, SFC_SET_BROADCAST_INFO, &bext, sizeof(bext)) == SF_TRUE;
}

/* libsndfile maps a level of 0 … 1 linearly onto the bit rates of the MPEG version, highest
 * first, and cuts to whole kbit/s: half a kbit/s above the wish comes out exactly. The level
 * must be set before the mode. */
static bool set_bitrate(struct as_encoder *e)
{
	int mode = SF_BITRATE_MODE_CONSTANT;
	double top = e->spec.rate_hz >= 32000 ? 320 : 160;
	double bottom = e->spec.rate_hz >= 32000 ? 32 : 8;
	double level = fmax(0, (top - e->spec.bitrate_kbps - 0.5) / (top - bottom));
	return sf_command(e->snd, SFC_SET_COMPRESSION_LEVEL, &level, sizeof(level)) == SF_TRUE &&
	       sf_command(e->snd, SFC_SET_BITRATE_MODE, &mode, sizeof(mode)) == SF_TRUE;
}

static bool is_ascii(const char *text)
{
	while (*text && !(*text & 0x80))
		text++;
	return *text == '\0';
}

static bool set_tags(struct as_encoder *e)
{
	char date[16], time[16];
	const char *comment = e->spec.description;
	/* LAME takes Latin-1: no text is better than a garbled one. */
	bool ascii = e->spec.format == AS_AUDIO_MP3;
	char *marked = e->spec.aligned ? as_mark_comment(ascii && comment && !is_ascii(comment) ? NULL : comment) : NULL;
	if (e->spec.aligned && !marked)
		return false;
	const struct {
		int tag;
		const char *text;
	} tags[] = {{SF_STR_TITLE, e->spec.title},
		    {SF_STR_ARTIST, e->spec.device},
		    {SF_STR_COMMENT, marked ? marked : comment},
		    {SF_STR_DATE, date_text(e->spec.created_s, date, time) ? date : NULL}};
	for (size_t i = 0; i < sizeof(tags) / sizeof(tags[0]); i++) {
		if (tags[i].text && *tags[i].text && (!ascii || is_ascii(tags[i].text)))
			sf_set_string(e->snd, tags[i].tag, tags[i].text);
	}
	free(marked); /* libsndfile has copied it */
	return true;
}

static bool set_ixml(struct as_encoder *e)
{
	SF_CHUNK_INFO chunk = {.id = "iXML",
			       .id_size = 4,
			       .datalen = (unsigned)strlen(e->ixml),
			       .data = e->ixml};
	return sf_set_chunk(e->snd, &chunk) == SF_ERR_NO_ERROR;
}

static enum as_status open_snd(struct as_encoder *e, struct as_error *err)
{
	SF_VIRTUAL_IO io = {sink_length, sink_seek, sink_read, sink_write, sink_tell};
	SF_INFO info = {.samplerate = e->spec.rate_hz,
			.channels = e->spec.channels,
			.format = sndfile_format(&e->spec)};
	e->sink.fd = as_atomic_fd(e->file);
	e->snd = sf_open_virtual(&io, SFM_WRITE, &info, &e->sink);
	if (!e->snd)
		return fail_snd(e, "cannot begin the file", err);
	/* The PEAK chunk carries the time of day. */
	sf_command(e->snd, SFC_SET_ADD_PEAK_CHUNK, NULL, SF_FALSE);
	if (e->spec.format == AS_AUDIO_WAV && !set_bext(e))
		return fail_snd(e, "cannot write the bext chunk", err);
	if (e->spec.format == AS_AUDIO_MP3 && !set_bitrate(e))
		return fail_snd(e, "cannot set the bit rate", err);
	if (!set_tags(e))
		return as_fail(err, AS_ERR_MEMORY, "%s: out of memory", e->path);
	if (e->ixml && !set_ixml(e))
		return fail_snd(e, "cannot write the iXML chunk", err);
	return AS_OK;
}

/* With blanks at its end up to a multiple of four, which libsndfile would fill with zeros. NULL: none, or too long. */
static char *copy_ixml(const struct as_encode_spec *spec)
{
	size_t n = spec->ixml && spec->format == AS_AUDIO_WAV ? strlen(spec->ixml) : 0;
	char *text = n > 0 && n < HEADER_BYTES / 2 ? malloc(n + 4) : NULL;
	if (!text)
		return NULL;
	memcpy(text, spec->ixml, n);
	while (n % 4 != 0)
		text[n++] = '\n';
	text[n] = '\0';
	return text;
}

struct as_encoder *as_encoder_open(const char *path, const struct as_encode_spec *spec, bool force,
				   struct as_error *err)
{
	if (as_encode_check(path, spec, err) != AS_OK)
		return NULL;
	struct as_encoder *e = calloc(1, sizeof(*e));
	size_t samples = (size_t)CHUNK_FRAMES * (size_t)spec->channels;
	if (e) {
		e->spec = *spec;
		e->depth = as_encode_depth(spec);
		e->dither_state = DITHER_SEED;
		e->path = strdup(path);
		e->ixml = copy_ixml(spec);
		e->ints = malloc(samples * sizeof(*e->ints));
		e->floats = malloc(samples * sizeof(*e->floats));
	}
	if (!e || !e->path || !e->ints || !e->floats) {
		as_fail(err, AS_ERR_MEMORY, "%s: out of memory", path);
		goto fail;
	}
	e->file = as_atomic_open(path, force, err);
	if (!e->file || open_snd(e, err) != AS_OK)
		goto fail;
	/* borrowed for this call only */
	e->spec.title = e->spec.originator = e->spec.description = NULL;
	e->spec.device = e->spec.ixml = NULL;
	return e;
fail:
	as_encoder_abort(e);
	return NULL;
}

/* splitmix64 (Steele, Lea, Flood 2014); 32 random bits as 0 … 1. */
static double next_uniform(uint64_t *state)
{
	uint64_t z = (*state += UINT64_C(0x9e3779b97f4a7c15));
	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return (double)((z ^ (z >> 31)) >> 32) * (1.0 / 4294967296.0);
}

/* To nearest, ties to even, for |v| < 2^51: what rint() does, without the call. */
static double round_even(double v)
{
	return (v + 0x1.8p52) - 0x1.8p52;
}

/* libsndfile takes integers left-justified in 32 bits and shifts them without loss; its own
 * conversion from float scales by 2^23 - 1, which would not give 24-bit samples back as they
 * were. */
static void to_ints(struct as_encoder *e, const float *pcm, size_t n)
{
	const double scale = e->depth == 16 ? 32768.0 : 8388608.0, top = scale - 1;
	const int32_t left = e->depth == 16 ? 65536 : 256;
	const bool dither = e->spec.dither, spare = e->spec.spare_exact;
	for (size_t i = 0; i < n; i++) {
		double v = isfinite(pcm[i]) ? (double)pcm[i] * scale : 0.0;
		v = v > 2 * scale ? 2 * scale : v < -2 * scale ? -2 * scale : v;
		double q = round_even(v);
		e->clipped += q > top || q < -scale;
		if (dither && v != 0.0 && !(spare && q == v))
			q = round_even(v + next_uniform(&e->dither_state) -
				       next_uniform(&e->dither_state));
		q = q > top ? top : q < -scale ? -scale : q;
		e->ints[i] = (int32_t)q * left;
	}
}

static void to_floats(struct as_encoder *e, const float *pcm, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		float v = isfinite(pcm[i]) ? pcm[i] : 0.0F;
		if (e->depth == 0 && fabsf(v) > 1.0F) {
			v = copysignf(1.0F, v);
			e->clipped++;
		}
		e->floats[i] = v;
	}
}

enum as_status as_encoder_write(struct as_encoder *e, const float *pcm, int64_t n_frames,
				struct as_error *err)
{
	if (n_frames > e->spec.total_frames - e->frames)
		return as_fail(err, AS_ERR_INTERNAL, "%s: more frames than announced", e->path);
	while (n_frames > 0) {
		int64_t n = n_frames < CHUNK_FRAMES ? n_frames : CHUNK_FRAMES;
		size_t samples = (size_t)n * (size_t)e->spec.channels;
		sf_count_t done;
		if (e->depth == 16 || e->depth == 24) {
			to_ints(e, pcm, samples);
			done = sf_writef_int(e->snd, e->ints, n);
		} else {
			to_floats(e, pcm, samples);
			done = sf_writef_float(e->snd, e->floats, n);
		}
		if (done != n || e->sink.saved_errno)
			return fail_snd(e, "cannot write", err);
		e->frames += n;
		pcm += samples;
		n_frames -= n;
	}
	return AS_OK;
}

int64_t as_encoder_clipped(const struct as_encoder *e)
{
	return e->clipped;
}

enum as_status as_encoder_close(struct as_encoder *e, struct as_error *err)
{
	enum as_status status = AS_OK;
	int snd_error = sf_close(e->snd);
	e->snd = NULL;
	if (e->sink.saved_errno)
		status = fail_snd(e, "cannot write", err);
	else if (snd_error)
		status = as_fail(err, AS_ERR_INTERNAL, "%s: %s", e->path,
				 sf_error_number(snd_error));
	else if (e->frames != e->spec.total_frames)
		status = as_fail(err, AS_ERR_INTERNAL, "%s: %lld frames written, %lld announced",
				 e->path, (long long)e->frames, (long long)e->spec.total_frames);
	if (status == AS_OK) {
		status = as_atomic_commit(e->file, err);
		e->file = NULL;
	}
	as_encoder_abort(e);
	return status;
}

void as_encoder_abort(struct as_encoder *e)
{
	if (!e)
		return;
	if (e->snd)
		sf_close(e->snd);
	as_atomic_abort(e->file);
	free(e->path);
	free(e->ixml);
	free(e->ints);
	free(e->floats);
	free(e);
}
