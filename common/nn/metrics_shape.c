/* What figures need, and whether predictions and labels have it. */

#include <math.h>

#include "base/diag.h"
#include "nn/metrics_internal.h"

#define PROBABILITY_BITS 1 /* before the point, of what a logarithm is taken of */

const char *const metric_names[METRICS] = { "accuracy", "balanced-accuracy", "mcc",
	"confusion", "precision", "recall", "specificity", "f1", "auc", "log-loss", "brier", "mse",
	"mae", "mape", "r2", "roc", "pr", "calibration" };

const char *const metric_averages[METRICS_AVERAGES] = { "usual", "binary", "macro", "weighted",
	"micro", "none" };

static const unsigned needs[METRICS] = {
	[METRIC_ACCURACY] = METRICS_CLASSES | METRICS_COUNTS,
	[METRIC_BALANCED_ACCURACY] = METRICS_CLASSES | METRICS_COUNTS,
	[METRIC_MCC] = METRICS_CLASSES | METRICS_COUNTS,
	[METRIC_CONFUSION] = METRICS_CLASSES | METRICS_COUNTS | METRICS_WHOLE,
	[METRIC_PRECISION] = METRICS_CLASSES | METRICS_COUNTS | METRICS_AVERAGED,
	[METRIC_RECALL] = METRICS_CLASSES | METRICS_COUNTS | METRICS_AVERAGED,
	[METRIC_SPECIFICITY] = METRICS_CLASSES | METRICS_COUNTS | METRICS_AVERAGED,
	[METRIC_F1] = METRICS_CLASSES | METRICS_COUNTS | METRICS_AVERAGED,
	[METRIC_AUC] = METRICS_CLASSES | METRICS_AVERAGED | METRICS_WHOLE,
	[METRIC_LOG_LOSS] = METRICS_CLASSES | METRICS_PROBABILITIES,
	[METRIC_BRIER] = METRICS_CLASSES | METRICS_PROBABILITIES,
	[METRIC_MSE] = METRICS_VALUES,
	[METRIC_MAE] = METRICS_VALUES,
	[METRIC_MAPE] = METRICS_VALUES,
	[METRIC_R2] = METRICS_VALUES,
	[METRIC_ROC] = METRICS_CLASSES | METRICS_CURVES | METRICS_WHOLE,
	[METRIC_PR] = METRICS_CLASSES | METRICS_CURVES | METRICS_WHOLE,
	[METRIC_CALIBRATION] = METRICS_CLASSES | METRICS_CURVES | METRICS_PROBABILITIES |
	    METRICS_WHOLE,
};

/* ---- what is wanted ---- */

bool
metrics_need(const struct metrics_shape *s, unsigned what)
{
	size_t i;

	for (i = 0; i < METRICS; i++) {
		if (s->wanted[i] && (needs[i] & what) != 0)
			return (true);
	}
	return (false);
}

const char *
metrics_name(const struct metrics_shape *s, unsigned what)
{
	size_t i;

	for (i = 0; i + 1 < METRICS && !(s->wanted[i] && (needs[i] & what) != 0); i++)
		continue;
	return (metric_names[i]);
}

unsigned
metrics_value_range(const struct metrics_shape *s)
{

	return ((s->value_range != 0) ? s->value_range : METRICS_SQUARE_RANGE);
}

/* A single column may be compared with thresholds whatever it is. */
unsigned
metrics_order_limit(const struct metrics_shape *s)
{
	const bool probabilities = metrics_need(s, METRICS_PROBABILITIES),
	    order = (s->wanted[METRIC_AUC] || (s->columns > 1 && metrics_need(s, METRICS_COUNTS)));
	int limit = probabilities ? s->bits + PROBABILITY_BITS : METRICS_ORDER_RANGE;

	if (!order && !probabilities)
		return (0);
	limit = (limit > METRICS_ORDER_RANGE) ? METRICS_ORDER_RANGE : (limit < 1) ? 1 : limit;
	return ((s->range == 0 || (int)s->range > limit) ? (unsigned)limit : 0);
}

unsigned
metrics_order_range(const struct metrics_shape *s)
{
	unsigned limit = metrics_order_limit(s);

	return ((limit != 0) ? limit : s->range);
}

enum metrics_average
metrics_average_of(const struct metrics_shape *s)
{

	return ((s->average != METRICS_USUAL) ? s->average : (s->classes > 2) ? METRICS_MACRO :
	    METRICS_BINARY);
}

size_t
metrics_rankings(const struct metrics_shape *s)
{

	return (!s->wanted[METRIC_AUC] ? 0 : (s->classes == 2) ? 1 : s->classes);
}

size_t
metrics_cells(const struct metrics_shape *s)
{

	return (metrics_need(s, METRICS_CURVES) ? s->steps + 1 : 0);
}

unsigned
metrics_word_range(const struct metrics_shape *s)
{

	return ((s->range != 0 && s->range < MPC_NUMBER_RANGE) ? s->range : MPC_NUMBER_RANGE);
}

int64_t
metrics_bound(const struct metrics_shape *s, double x, bool rounded)
{
	const unsigned range = metrics_word_range(s);
	const double most = ldexp(1, (int)((range < MPC_NUMBER_RANGE) ? range : range - 1)),
	    y = ldexp(x, s->bits);

	return ((int64_t)fmax(-most, fmin(most, rounded ? rint(y) : ceil(y))));
}

int
metrics_probability_shift(const struct metrics_shape *s, unsigned bits)
{
	int more = (int)bits - s->bits;

	return ((more > MPC_NUMBER_RANGE) ? MPC_NUMBER_RANGE : (more < -MPC_NUMBER_RANGE) ?
	    -MPC_NUMBER_RANGE : more);
}

size_t
metrics_told(const struct metrics_shape *s, enum metric which)
{
	const bool each = (s->average == METRICS_NONE && ((which >= METRIC_PRECISION &&
	    which <= METRIC_F1) || (which == METRIC_AUC && s->classes > 2)));

	switch (which) {
	case METRIC_CONFUSION:
		return (s->classes * s->classes);
	case METRIC_ROC:
		return (2 * metrics_cells(s));
	case METRIC_PR:
		/* Those of the other curve. */
		return (s->wanted[METRIC_ROC] ? 0 : 2 * metrics_cells(s));
	case METRIC_CALIBRATION:
		return (3 * metrics_cells(s));
	default:
		return (each ? s->classes : 1);
	}
}

/* ---- checks ---- */

/* What takes as many columns of predictions as there are classes, or two classes. */
static int
check_scores(const struct metrics_shape *s)
{

	if (s->classes == 2)
		return (0);
	if (s->wanted[METRIC_BRIER] || metrics_need(s, METRICS_CURVES))
		return (fail(ST_USAGE, "%s is for two classes, and there are %zu",
		    s->wanted[METRIC_BRIER] ? metric_names[METRIC_BRIER] :
		    metrics_name(s, METRICS_CURVES), s->classes));
	if (metrics_need(s, METRICS_AVERAGED) && s->average == METRICS_BINARY)
		return (fail(ST_USAGE, "the average '%s' is of two classes, and there are %zu",
		    metric_averages[METRICS_BINARY], s->classes));
	if (s->wanted[METRIC_AUC] && s->average == METRICS_MICRO)
		return (fail(ST_USAGE, "auc has no average '%s': ask for it without, or with "
		    "another one", metric_averages[METRICS_MICRO]));
	if (s->wanted[METRIC_AUC] && s->columns != s->classes)
		return (fail(ST_USAGE, "auc of %zu classes takes the score of each, and "
		    "predictions have one column", s->classes));
	if (s->wanted[METRIC_LOG_LOSS] && s->columns != s->classes)
		return (fail(ST_USAGE, "log-loss takes the probability of each of %zu classes, and "
		    "predictions have one column", s->classes));
	return (0);
}

/* Thresholds are different words, and, of probabilities, between 0 and 1. */
static int
check_steps(const struct metrics_shape *s)
{
	size_t i;

	if (metrics_need(s, METRICS_CURVES) && (s->steps < 1 || s->steps > MPC_MAX_THRESHOLDS))
		return (fail(ST_USAGE, "%zu thresholds; there may be 1 to %d", s->steps,
		    MPC_MAX_THRESHOLDS));
	for (i = 0; i < metrics_cells(s) && i < s->steps; i++) {
		if (!(fabs(s->step[i]) < METRICS_MAX_THRESHOLD))
			return (fail(ST_USAGE, "the threshold %g is out of range", s->step[i]));
		if (s->wanted[METRIC_CALIBRATION] && !(s->step[i] > 0 && s->step[i] < 1))
			return (fail(ST_USAGE, "calibration is of probabilities: thresholds are "
			    "between 0 and 1, and %g is not", s->step[i]));
		if (i > 0 && metrics_bound(s, s->step[i], s->steps_rounded) <=
		    metrics_bound(s, s->step[i - 1], s->steps_rounded))
			return (fail(ST_RANGE, "the threshold %g is, in the unit of predictions, "
			    "%g, the one before it", s->step[i], s->step[i - 1]));
	}
	return (0);
}

/* Figures of classes. */
static int
set_classes(struct metrics_shape *s)
{

	if (s->classes == 0)
		s->classes = (s->columns > 1) ? s->columns : (s->labels > 1) ? s->labels : 2;
	if (s->classes < 2 || s->classes > METRICS_MAX_CLASSES)
		return (fail(ST_USAGE, "%zu classes; there may be 2 to %d", s->classes,
		    METRICS_MAX_CLASSES));
	if (s->columns != 1 && s->columns != s->classes)
		return (fail(ST_USAGE, "predictions have %zu columns, and there are %zu classes",
		    s->columns, s->classes));
	if (s->labels != 1 && s->labels != s->classes)
		return (fail(ST_USAGE, "labels have %zu columns, and there are %zu classes",
		    s->labels, s->classes));
	return ((check_scores(s) == -1) ? -1 : check_steps(s));
}

int
metrics_shape_check(struct metrics_shape *s)
{

	if ((s->range == 0 && s->bits > METRICS_MAX_BITS) || s->label_bits > METRICS_MAX_BITS ||
	    s->value_bits > METRICS_MAX_BITS || s->target_bits > METRICS_MAX_BITS)
		return (fail(ST_RANGE, "predictions or labels have more than %d fraction bits; "
		    "smpc-truncate leaves fewer", METRICS_MAX_BITS));
	if (metrics_need(s, METRICS_CLASSES) && set_classes(s) == -1)
		return (-1);
	if (metrics_need(s, METRICS_VALUES) && s->columns != s->labels)
		return (fail(ST_USAGE, "%s takes as many columns of predictions as of labels, and "
		    "they are %zu and %zu", metrics_name(s, METRICS_VALUES), s->columns,
		    s->labels));
	if (metrics_need(s, METRICS_PROBABILITIES) && s->bits < 0)
		return (fail(ST_RANGE, "%s: its range is far beyond that of probabilities, which "
		    "%s takes: leave it out", (s->prediction != NULL) ? s->prediction :
		    "predictions", metrics_name(s, METRICS_PROBABILITIES)));
	if (s->wanted[METRIC_R2] && s->columns != 1)
		return (fail(ST_USAGE, "r2 takes one column of predictions, and there are %zu; "
		    "--each gives that of each column", s->columns));
	if (s->replicates > 0 && metrics_need(s, METRICS_WHOLE))
		return (fail(ST_USAGE, "%s has no interval: ask for it without --bootstrap",
		    metrics_name(s, METRICS_WHOLE)));
	if (!(fabs(s->threshold) < METRICS_MAX_THRESHOLD))
		return (fail(ST_USAGE, "the threshold is out of range"));
	return (0);
}
