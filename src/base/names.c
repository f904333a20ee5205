#include <audiosync/audiosync.h>

static const char *pick(const char *const *names, size_t n, int i)
{
	return i >= 0 && (size_t)i < n ? names[i] : "unknown";
}

#define PICK(names, i) pick(names, sizeof(names) / sizeof *(names), (int)(i))

const char *as_version(void)
{
	return AS_VERSION;
}

const char *as_status_name(enum as_status status)
{
	static const char *const names[] = {
		[AS_OK] = "ok",
		[AS_EOF] = "end",
		[AS_NO_MATCH] = "no-match",
		[AS_CANCELLED] = "cancelled",
		[AS_ERR_IO] = "io",
		[AS_ERR_FORMAT] = "format",
		[AS_ERR_NO_AUDIO] = "no-audio",
		[AS_ERR_EXISTS] = "exists",
		[AS_ERR_INVALID] = "invalid",
		[AS_ERR_BUSY] = "busy",
		[AS_ERR_MEMORY] = "memory",
		[AS_ERR_INTERNAL] = "internal",
		[AS_ERR_NOT_FOUND] = "not-found",
	};
	return PICK(names, status);
}

const char *as_verdict_name(enum as_verdict verdict)
{
	static const char *const names[] = {
		[AS_VERDICT_UNPLACED] = "unplaced", [AS_VERDICT_AMBIGUOUS] = "ambiguous",
		[AS_VERDICT_WEAK] = "weak",         [AS_VERDICT_MODERATE] = "moderate",
		[AS_VERDICT_STRONG] = "strong",
	};
	return PICK(names, verdict);
}

const char *as_method_name(enum as_method method)
{
	static const char *const names[] = {
		[AS_METHOD_NONE] = "none",         [AS_METHOD_AUDIO] = "audio",
		[AS_METHOD_TIMECODE] = "timecode", [AS_METHOD_METADATA] = "metadata",
		[AS_METHOD_MANUAL] = "manual",
	};
	return PICK(names, method);
}

const char *as_reason_name(enum as_reason reason)
{
	static const char *const names[] = {
		[AS_REASON_NONE] = "none",         [AS_REASON_STRONG] = "strong",
		[AS_REASON_MODERATE] = "moderate", [AS_REASON_FAILED] = "failed",
		[AS_REASON_SILENT] = "silent",     [AS_REASON_SHORT] = "short",
		[AS_REASON_FAINT] = "faint",       [AS_REASON_ALONE] = "alone",
		[AS_REASON_NO_MATCH] = "no-match", [AS_REASON_SCORE] = "score",
		[AS_REASON_CHANCE] = "chance",     [AS_REASON_LONE] = "lone-match",
		[AS_REASON_SUPPORT] = "support",   [AS_REASON_MARGIN] = "margin",
		[AS_REASON_NO_PLACE] = "no-place", [AS_REASON_COMPANY] = "company",
		[AS_REASON_LOCKED] = "locked",
	};
	return PICK(names, reason);
}

const char *as_selftest_kind_name(enum as_selftest_kind kind)
{
	static const char *const names[] = {
		[AS_SELFTEST_BACKWARDS] = "backwards",
		[AS_SELFTEST_CUT_OUT] = "cut-out",
	};
	return PICK(names, kind);
}

const char *as_stage_name(enum as_stage stage)
{
	static const char *const names[] = {
		[AS_STAGE_IDLE] = "idle",   [AS_STAGE_PROBE] = "probe",
		[AS_STAGE_LOAD] = "load",   [AS_STAGE_MATCH] = "match",
		[AS_STAGE_SOLVE] = "solve", [AS_STAGE_EXPORT] = "export",
		[AS_STAGE_SELFTEST] = "selftest", [AS_STAGE_REPAIR] = "repair",
		[AS_STAGE_CHECK] = "check",
	};
	return PICK(names, stage);
}

const char *as_drift_result_name(enum as_drift_result result)
{
	static const char *const names[] = {
		[AS_DRIFT_NONE] = "none",         [AS_DRIFT_MEASURED] = "measured",
		[AS_DRIFT_NO_MATCH] = "no-match", [AS_DRIFT_AMBIGUOUS] = "ambiguous",
		[AS_DRIFT_SHORT] = "short",
	};
	return PICK(names, result);
}
