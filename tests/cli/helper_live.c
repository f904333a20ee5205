#include "helper_live.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

/* ---- live --json ---- */

static const char fields[] = "t_s state lag_ms lag_err_ms confidence p_false drift_ppm calibrated_lag_ms position_s xruns drift_err_ppm no_match "
			     "ambiguous last_lag_ms last_t_s level_db reference_broken ";
static const char alert_fields[] = "alert raised t_s state lag_ms lag_err_ms confidence p_false drift_ppm calibrated_lag_ms position_s xruns "
				   "early_ms late_ms no_lock_s ";
static const char states[] = " waiting searching locked lost silent paused ";
static const char alerts[] = " early late no_lock ";

static int is_one_of(const char *list, const json_t *word)
{
	char padded[32];
	snprintf(padded, sizeof padded, " %s ", json_is_string(word) ? json_string_value(word) : "?");
	return strstr(list, padded) != NULL;
}

/* A number, or null, which is NAN; anything else is told. */
static double number(const json_t *root, const char *name, const char **wrong)
{
	const json_t *v = json_object_get(root, name);
	if (!json_is_number(v) && !json_is_null(v))
		*wrong = name;
	return json_is_number(v) ? json_number_value(v) : NAN;
}

static int are_fields(json_t *root, const char *names)
{
	char got[512] = "";
	const char *name;
	json_t *v;
	json_object_foreach(root, name, v)
		snprintf(got + strlen(got), sizeof got - strlen(got), "%s ", name);
	return strcmp(got, names) == 0;
}

/* What readings and alerts share. */
static const char *measured_is_wrong(const json_t *root, double calibration_ms)
{
	const char *wrong = NULL;
	const int locked = is_one_of(" locked ", json_object_get(root, "state"));
	const double t = number(root, "t_s", &wrong), lag = number(root, "lag_ms", &wrong), err = number(root, "lag_err_ms", &wrong);
	const double calibrated = number(root, "calibrated_lag_ms", &wrong), position = number(root, "position_s", &wrong);
	const double decades = number(root, "confidence", &wrong), p_false = number(root, "p_false", &wrong);
	const double drift = number(root, "drift_ppm", &wrong), xruns = number(root, "xruns", &wrong);
	if (wrong)
		return wrong;
	if (!is_one_of(states, json_object_get(root, "state")))
		return "no such state";
	if (!(t >= 0) || !(decades >= 0) || !(xruns >= 0) || !json_is_integer(json_object_get(root, "xruns")))
		return "t_s, confidence and xruns are never null or below 0";
	if (isnan(lag) == locked || isnan(err) == locked || isnan(calibrated) == locked || isnan(position) == locked)
		return "there is a lag when it is locked, and only then";
	if (locked && (!(err > 0) || fabs(lag - (t - position) * 1e3) > 0.06 || fabs(calibrated - lag - calibration_ms) > 0.002))
		return "lag_ms = t_s - position_s; calibrated_lag_ms = that + the calibration";
	if (!isnan(drift) && !locked)
		return "a drift of nothing";
	if (isnan(p_false) != (decades == 0) || (p_false > 0 && fabs(decades + log10(p_false)) > 0.01))
		return "confidence = -log10(p_false)";
	return NULL;
}

static const char *reading_is_wrong(json_t *root, double calibration_ms, double *t_s)
{
	const char *wrong = measured_is_wrong(root, calibration_ms);
	const double t = number(root, "t_s", &wrong), last = number(root, "last_lag_ms", &wrong), last_t = number(root, "last_t_s", &wrong);
	const double level = number(root, "level_db", &wrong), drift = number(root, "drift_ppm", &wrong);
	const double drift_err = number(root, "drift_err_ppm", &wrong);
	const int deaf = is_one_of(" waiting paused ", json_object_get(root, "state")) && isnan(level);
	if (wrong)
		return wrong;
	if (!are_fields(root, fields))
		return "not the fields, or not their order";
	if (isnan(last) != isnan(last_t) || last_t > t || isnan(drift) != isnan(drift_err) || (!deaf && !(level >= -200 && level < 20)))
		return "last_lag_ms, drift_err_ppm or level_db";
	if (!json_is_boolean(json_object_get(root, "no_match")) || !json_is_boolean(json_object_get(root, "ambiguous")) ||
	    !json_is_boolean(json_object_get(root, "reference_broken")))
		return "no_match, ambiguous and reference_broken are true or false";
	if (t < *t_s)
		return "time runs backwards";
	*t_s = t;
	return NULL;
}

static const char *alert_is_wrong(json_t *root, double calibration_ms)
{
	const char *wrong = measured_is_wrong(root, calibration_ms);
	number(root, "early_ms", &wrong);
	number(root, "late_ms", &wrong);
	number(root, "no_lock_s", &wrong);
	if (wrong)
		return wrong;
	if (!are_fields(root, alert_fields))
		return "not the fields, or not their order";
	if (!is_one_of(alerts, json_object_get(root, "alert")) || !json_is_boolean(json_object_get(root, "raised")))
		return "alert or raised";
	return NULL;
}

int helper_readings(const char *path, double calibration_ms)
{
	char line[4096];
	double t_s = 0;
	int n = 0;
	FILE *in = fopen(path, "r");
	while (in && fgets(line, sizeof line, in)) {
		json_t *root = json_loads(line, JSON_REJECT_DUPLICATES, NULL);
		const char *wrong = !json_is_object(root)               ? "not an object"
				    : json_object_get(root, "alert") ? alert_is_wrong(root, calibration_ms)
								     : reading_is_wrong(root, calibration_ms, &t_s);
		json_decref(root);
		n++;
		if (wrong) {
			printf("%s:%d: %s: %s", path, n, wrong, line);
			return 1;
		}
	}
	if (in)
		fclose(in);
	return n == 0;
}

/* ---- the text format of Prometheus, 0.0.4 ---- */

#define PROM_LINES 1024

struct prom {
	char *sample[PROM_LINES]; /* name and labels of those so far */
	int n;
	char metric[128]; /* that the last HELP and TYPE were for */
	char done[PROM_LINES][128];
	int n_done, typed;
};

static size_t prom_name(const char *s, int colon)
{
	size_t n = 0;
	while ((s[n] >= 'a' && s[n] <= 'z') || (s[n] >= 'A' && s[n] <= 'Z') || s[n] == '_' || (colon && s[n] == ':') ||
	       (n > 0 && s[n] >= '0' && s[n] <= '9'))
		n++;
	return n;
}

/* Past {name="value",…}; NULL where it is not that. */
static const char *prom_labels(const char *s)
{
	if (*s != '{')
		return s;
	do {
		size_t n = prom_name(++s, 0);
		if (n == 0 || s[n] != '=' || s[n + 1] != '"')
			return NULL;
		for (s += n + 2; *s != '"'; s++)
			if (!*s || (*s == '\\' && !strchr("\\\"n", *++s)))
				return NULL;
		s++;
	} while (*s == ',');
	return *s == '}' ? s + 1 : NULL;
}

static const char *prom_comment(struct prom *p, const char *line)
{
	static const char *const types[] = {" counter", " gauge", NULL};
	int type = strncmp(line, "# TYPE ", 7) == 0;
	if (!type && strncmp(line, "# HELP ", 7) != 0)
		return "neither HELP nor TYPE";
	const char *name = line + 7;
	size_t n = prom_name(name, 1);
	if (n == 0 || n >= sizeof(p->metric))
		return "no name";
	if (!type) {
		snprintf(p->metric, sizeof(p->metric), "%.*s", (int)n, name);
		p->typed = 0;
		for (int i = 0; i < p->n_done; i++)
			if (strcmp(p->done[i], p->metric) == 0)
				return "the metric comes twice";
		memcpy(p->done[p->n_done++], p->metric, sizeof(p->metric));
		return name[n] == ' ' && name[n + 1] ? NULL : "HELP without help";
	}
	if (strncmp(p->metric, name, n) != 0 || p->metric[n] || p->typed)
		return "TYPE without its HELP before it";
	p->typed = 1;
	int counter = n > 6 && strncmp(name + n - 6, "_total", 6) == 0;
	for (int i = 0; types[i]; i++)
		if (strcmp(name + n, types[i]) == 0)
			return counter == (i == 0) ? NULL : "a counter ends in _total, and nothing else does";
	return "no such type";
}

static const char *prom_sample(struct prom *p, const char *line)
{
	size_t n = prom_name(line, 1);
	const char *value = prom_labels(line + n);
	char *end;
	if (n == 0 || !p->typed || strncmp(line, p->metric, n) != 0 || p->metric[n])
		return "a sample without HELP and TYPE before it";
	if (!value || *value != ' ')
		return "labels";
	strtod(value + 1, &end);
	if (end == value + 1 || *end || !strchr("+-0123456789NI", value[1]))
		return "value";
	for (int i = 0; i < p->n; i++)
		if (strncmp(p->sample[i], line, (size_t)(value - line) + 1) == 0)
			return "the same sample twice";
	p->sample[p->n++] = strdup(line);
	return NULL;
}

int helper_prometheus(const char *path)
{
	static struct prom p;
	char line[4096];
	int number = 0;
	FILE *in = fopen(path, "r");
	while (in && number < PROM_LINES && fgets(line, sizeof(line), in)) {
		char *end = strchr(line, '\n');
		const char *wrong = "no line feed at its end";
		number++;
		if (end) {
			*end = '\0';
			wrong = line[0] == '#' ? prom_comment(&p, line) : prom_sample(&p, line);
		}
		if (wrong) {
			printf("%s:%d: %s: %s\n", path, number, wrong, line);
			return 1;
		}
	}
	return !in || p.n == 0;
}
