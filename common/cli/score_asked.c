#include "cli/score_asked.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/diag.h"
#include "base/names.h"
#include "base/near.h"
#include "cli/tool.h"
#include "ring/fixed.h"

#define LEVEL_UNITS 1000000 /* a level is a number of these */
#define DEFAULT_LEAST 10    /* rows of a cell of a table */
#define SHOWN_BYTES 40      /* of what is no number */

/* One name of a list. */
static int
take_metric(struct metrics_shape *s, const char *name, size_t len)
{
	char copy[32];
	const char *near;
	size_t i;

	snprintf(copy, sizeof(copy), "%.*s", (int)((len < sizeof(copy)) ? len : sizeof(copy) - 1),
	    name);
	for (i = 0; i < METRICS && strcmp(metric_names[i], copy) != 0; i++)
		;
	if (i == METRICS) {
		near = near_match(copy, metric_names, METRICS);
		return ((near != NULL) ?
		    usage("'%s' is no figure (did you mean '%s'?)", copy, near) :
		    usage("'%s' is no figure", copy));
	}
	if (s->wanted[i])
		return (usage("'%s' is asked for twice", copy));
	s->wanted[i] = true;
	return (0);
}

static int
take_average(const struct score_asked *a, struct metrics_shape *s)
{
	size_t i;

	for (i = METRICS_BINARY; a->average != NULL && i < METRICS_AVERAGES; i++) {
		if (strcmp(a->average, metric_averages[i]) == 0)
			break;
	}
	if (a->average != NULL && i == METRICS_AVERAGES)
		return (usage("--average takes binary, macro, weighted, micro or none, and not "
		    "'%s'", a->average));
	if (a->average != NULL && !metrics_need(s, METRICS_AVERAGED))
		return (usage("--average is for precision, recall, specificity, f1 and auc"));
	s->average = (a->average != NULL) ? (enum metrics_average)i : METRICS_USUAL;
	return (0);
}

/* Thresholds of tables. */
static int
take_steps(struct score_asked *a, struct metrics_shape *s)
{
	const char *at, *list = (a->thresholds != NULL) ? a->thresholds :
	    "0.1,0.2,0.3,0.4,0.5,0.6,0.7,0.8,0.9";
	size_t len;

	if (!metrics_need(s, METRICS_CURVES))
		return ((a->thresholds != NULL || a->least != 0) ? usage("--at and "
		    "--min-count go with roc, pr and calibration") : 0);
	while (names_next(&list, &at, &len)) {
		if (s->steps == MPC_MAX_THRESHOLDS)
			return (usage("--at takes up to %d thresholds", MPC_MAX_THRESHOLDS));
		if (fixed_parse_double(at, len, &a->steps[s->steps]) != FIXED_OK)
			return (usage("--at takes numbers, and not '%.*s'", (int)((len <
			    SHOWN_BYTES) ? len : SHOWN_BYTES), at));
		if (s->steps > 0 && !(a->steps[s->steps] > a->steps[s->steps - 1]))
			return (usage("--at takes thresholds that ascend: %.15g does not follow "
			    "%.15g", a->steps[s->steps], a->steps[s->steps - 1]));
		s->steps++;
	}
	s->step = a->steps;
	s->least = (a->least != 0) ? a->least : DEFAULT_LEAST;
	return (0);
}

/* The ends of intervals: as many replicates are below the lower one as above the upper one. */
static int
take_bootstrap(const struct score_asked *a, struct metrics_shape *s)
{
	double share = 0.95;
	uint64_t out;

	if (a->replicates == 0)
		return ((a->level != NULL || a->seed != SCORE_NO_SEED) ?
		    usage("--seed and --level go with --bootstrap") : 0);
	if (a->seed == SCORE_NO_SEED)
		return (usage("--bootstrap draws rows by a public number: it takes "
		    "--seed NUMBER"));
	if (a->level != NULL && (fixed_parse_double(a->level, strlen(a->level), &share) !=
	    FIXED_OK || !(share >= 0.5 && share <= 0.999)))
		return (usage("--level takes a share from 0.5 to 0.999, and not '%s'", a->level));
	out = LEVEL_UNITS - (uint64_t)llrint(share * LEVEL_UNITS);
	s->replicates = (size_t)a->replicates;
	s->seed = a->seed;
	s->low = (size_t)((a->replicates - 1) * out / (2 * LEVEL_UNITS));
	return (0);
}

int
score_asked_shape(struct score_asked *a, struct metrics_shape *s)
{
	const char *list = a->metrics, *metric;
	size_t len;

	if (a->metrics == NULL)
		return (usage("which figures are to be revealed? Name them with --metrics; nothing "
		    "else is revealed"));
	while (names_next(&list, &metric, &len)) {
		if (take_metric(s, metric, len) == -1)
			return (-1);
	}
	if (take_average(a, s) == -1 || take_steps(a, s) == -1 || take_bootstrap(a, s) == -1)
		return (-1);
	s->classes = (size_t)a->classes;
	s->threshold = 0.5;
	if (a->threshold != NULL &&
	    fixed_parse_double(a->threshold, strlen(a->threshold), &s->threshold) != FIXED_OK)
		return (usage("--threshold takes a number, and not '%s'", a->threshold));
	return (0);
}

static int
describe_steps(struct buf *p, const struct metrics_shape *s)
{
	char text[40];
	size_t i;

	for (i = 0; i < s->steps; i++) {
		snprintf(text, sizeof(text), "%s%.17g", (i == 0) ? "\nthresholds=" : ",",
		    s->step[i]);
		if (buf_string(p, text) == -1)
			return (-1);
	}
	snprintf(text, sizeof(text), "\nmin-count=%" PRIu64, s->least);
	return ((s->steps == 0) ? 0 : buf_string(p, text));
}

static int
describe_bootstrap(struct buf *p, const struct metrics_shape *s)
{
	char text[96];

	snprintf(text, sizeof(text), "\nbootstrap=%zu\nseed=%" PRIu64 "\nlow=%zu", s->replicates,
	    s->seed, s->low);
	return ((s->replicates == 0) ? 0 : buf_string(p, text));
}

int
score_asked_describe(struct buf *p, const struct metrics_shape *s)
{
	char text[80];
	size_t i, n = 0;

	for (i = 0; i < METRICS; i++) {
		if (s->wanted[i] && (buf_string(p, (n++ == 0) ? "metrics=" : ",") == -1 ||
		    buf_string(p, metric_names[i]) == -1))
			return (-1);
	}
	snprintf(text, sizeof(text), "\naverage=%s\nclasses=%zu\nthreshold=%.17g",
	    metric_averages[s->average], s->classes, s->threshold);
	return ((buf_string(p, text) == -1 || describe_steps(p, s) == -1) ? -1 :
	    describe_bootstrap(p, s));
}
