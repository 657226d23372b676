#ifndef SMPC_NN_METRICS_H
#define SMPC_NN_METRICS_H

/*
 * How good predictions are: figures from predictions and labels that are both secret, gathered
 * block by block of rows, on the operations of mpc.h alone, so that they run on every engine.  In
 * the end the figures that were asked for are revealed, and nothing else: quotients are divided as
 * secrets, unless the divisor is public.
 *
 * Classes are 0 .. K - 1.  A row's label is its class, in one column, or K columns of which one is
 * 1.  Predictions are K columns of probabilities or scores, the class being the first of the
 * largest; or one column, of classes; or, for K = 2, of probabilities or scores of class 1, which
 * is predicted from a threshold on.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "func/moments.h"
#include "mpc/mpc.h"

/* In the order in which they are printed. */
enum metric {
	METRIC_ACCURACY,
	METRIC_BALANCED_ACCURACY,
	METRIC_MCC,
	METRIC_CONFUSION,
	METRIC_PRECISION,
	METRIC_RECALL,
	METRIC_SPECIFICITY,
	METRIC_F1,
	METRIC_AUC,
	METRIC_LOG_LOSS,
	METRIC_BRIER,
	METRIC_MSE,
	METRIC_MAE,
	METRIC_MAPE,
	METRIC_R2,
	METRIC_ROC,
	METRIC_PR,
	METRIC_CALIBRATION,
	METRICS
};

/* What a figure needs. */
enum {
	METRICS_CLASSES = 1,       /* labels that are classes */
	METRICS_COUNTS = 2,        /* which class is predicted */
	METRICS_AVERAGED = 4,      /* a way to make one figure of the classes' */
	METRICS_PROBABILITIES = 8, /* predictions from 0 to 1 */
	METRICS_VALUES = 16,       /* predictions and labels as numbers in one unit */
	METRICS_CURVES = 32,       /* how many rows have scores from one threshold on */
	METRICS_WHOLE = 64         /* all rows as they are: no interval follows from replicates */
};

/* What becomes of the figures of several classes; the names are those of metric_averages. */
enum metrics_average {
	METRICS_USUAL,    /* binary of two classes, macro of more */
	METRICS_BINARY,   /* that of class 1, of two classes */
	METRICS_MACRO,    /* their mean */
	METRICS_WEIGHTED, /* their mean over all rows, each having that of its class */
	METRICS_MICRO,    /* the quotient of their sums */
	METRICS_NONE,     /* the figure of each class is revealed */
	METRICS_AVERAGES
};

#define METRICS_MAX_CLASSES (MPC_MAX_THRESHOLDS + 1)
#define METRICS_MAX_BITS 38 /* fraction bits of predictions and labels of which nothing is known */
#define METRICS_MAX_THRESHOLD 0x1p44
/* Words that are put in order are below 2 to this, and so is what a header says of them. */
#define METRICS_ORDER_RANGE 59
/* Numbers in a unit of their own (cli/units.h): their fraction bits, and where their words end. */
#define METRICS_UNIT_BITS 16
#define METRICS_UNIT_RANGE MPC_MOMENTS_MAX_RANGE
#define METRICS_MAX_ROWS ((uint64_t)1 << 26)

extern const char *const metric_names[METRICS];
extern const char *const metric_averages[METRICS_AVERAGES];

/*
 * What is wanted, and what predictions and labels look like.
 *
 * Range    words of labels are below 2^(f + 20) in magnitude, for f fraction bits; predictions are
 *          in any unit.  Words that have to be put in order are below 2^METRICS_ORDER_RANGE; for
 *          log-loss predictions are from -2 to 2; for mse and r2 words of errors and labels are
 *          below 2^value_range.  What no header says of this, metrics_reveal finds out.
 */
struct metrics_shape {
	bool wanted[METRICS];
	enum metrics_average average;
	size_t classes;           /* 0: as many as there are columns, or 2 */
	double threshold;         /* of one column of predictions, if there are two classes */
	bool rounded;             /* and it is to be rounded to their unit */
	/*
	 * Of tables of two classes: thresholds, ascending, which are the caller's; whether these
	 * are to be rounded; and how many rows a cell has, at least, that is told.
	 */
	const double *step;
	size_t steps;             /* at most MPC_MAX_THRESHOLDS */
	bool steps_rounded;
	uint64_t least;
	/*
	 * Bootstrap: of so many replicates of the rows, which follow from a seed, those in places
	 * ${low} and replicates - 1 - ${low} in the order of a figure are the ends of its interval.
	 */
	size_t replicates, low;   /* 0: no intervals */
	uint64_t seed;
	size_t columns, labels;   /* of predictions and labels */
	int bits;                 /* a word x of a prediction stands for x / 2^bits */
	unsigned range;           /* such words are below 2^range in magnitude; 0: not known */
	unsigned label_bits;      /* fraction bits of labels */
	/*
	 * For figures of errors: fraction bits of predictions and labels as numbers in one unit,
	 * whose words are below 2^value_range if they are in range; 0: numbers are below 2^15 then.
	 */
	unsigned value_bits, target_bits, value_range;
	bool target_cut;          /* labels have lost bits on the way into that unit */
	const char *prediction, *label; /* what messages call them, or NULL; the caller's */
};

/*
 * metrics_need(s, what):
 * Whether one of the figures that are wanted needs any of ${what}.
 */
bool metrics_need(const struct metrics_shape *s, unsigned what);

/* Rows that are ranked by the score of a class, and whether they are in it: the words 0 and 1. */
struct metrics_ranking {
	struct mpc_vector score, positive;
	struct mpc_vector size; /* how many are */
	size_t score_room, positive_room;
};

/* Of each row, a word that is summed up over replicates. */
struct metrics_kept {
	struct mpc_vector x;
	size_t room;
};

/* Of each threshold, the first being below all scores: rows with at least that; and of scores. */
struct metrics_curve {
	struct mpc_vector count; /* rows, and those in class 1, in turn */
	struct mpc_vector sum;
};

struct metrics {
	struct metrics_shape shape;
	uint64_t rows;
	/* classes x classes: in how many rows label and prediction are at least these */
	struct mpc_vector count;
	struct mpc_vector loss;    /* sum of the logarithms of labels' probabilities */
	struct mpc_vector brier;   /* sum of the squares of class 1's probability less 1 or 0 */
	struct mpc_vector absolute, relative; /* sums of errors, and of these divided by labels */
	struct mpc_moments error;  /* of predictions less labels, all columns as one */
	struct mpc_moments moment; /* of the labels */
	/* how many are out of range: values; predictions of other figures; labels next to 0 */
	struct mpc_vector beyond;
	struct metrics_ranking *ranking; /* of all rows, for each class that is ranked */
	size_t n_rankings;
	struct metrics_curve curve;
	struct metrics_kept *kept;
	size_t n_kept;
};

/*
 * Figures in the clear; those that were not asked for are 0, and those that are not defined NAN.
 * To be freed with metrics_figures_free, which is harmless on zeroes.
 */
struct metrics_figures {
	double value[METRICS];
	double *each[METRICS]; /* of each class, in place of the value; NULL: there are none */
	/* of the value, or of each class, if there are replicates */
	struct metrics_interval {
		double low, high;
	} interval[METRICS], *each_interval[METRICS];
	uint64_t *confusion;   /* rows: labels, columns: predictions */
	/*
	 * Of each cell, from below the first threshold to above the last: how many rows of class 0
	 * are in it, and then of class 1; or how many rows, how many of them in class 1, and the
	 * sum of scores.  0 in cells that are not told.
	 */
	uint64_t *curve;
	struct metrics_bin {
		uint64_t rows, positive;
		double sum;
	} *bins;
};

void metrics_figures_free(struct metrics_figures *f);

/*
 * metrics_new(S, m, shape):
 * Begin; the number of classes is set.  Return 0 or -1 (reported: status 2 where the columns do not
 * fit what is wanted, 5 where there are too many fraction bits); metrics_free is harmless in either
 * case.
 */
int metrics_new(struct mpc *S, struct metrics *m, const struct metrics_shape *shape);
void metrics_free(struct metrics *m);

/* Words of rows; only what figures are wanted of is looked at. */
struct metrics_words {
	struct mpc_vector prediction, label; /* of classes, in their own units */
	struct mpc_vector value, target;     /* the same as numbers in one unit, for errors */
};

/*
 * metrics_add(S, m, x, rows):
 * Go on with ${rows} >= 1 rows.  Return 0 or -1 (reported: status 5 where rows are too many).
 *
 * Cost     for classes: comparisons and a selection of classes - 1 words for labels and predictions
 *          each, and, for several columns of predictions, the largest of each row; then a product
 *          of (classes)^2 words, whatever the number of rows.  For the logarithmic loss a selection
 *          and a logarithm, for squared errors a product.
 * Memory   nothing stays but sums, and for the AUC up to 64 bytes for each row, 96 while they are
 *          sorted.
 */
int metrics_add(struct mpc *S, struct metrics *m, const struct metrics_words *x, size_t rows);

/*
 * metrics_count_values(S, m, x, bits):
 * Count words that are not below 2^bits as out of range, for mse and r2: what becomes of them does
 * not matter then.  Return 0 or -1 (reported).
 */
int metrics_count_values(struct mpc *S, struct metrics *m, const struct mpc_vector *x,
    unsigned bits);

/*
 * metrics_least_drawn(s, rows, least):
 * Set *${least} to how many different rows of ${rows} >= 1 are in any replicate, at least.  Return
 * 0 or -1 (reported).
 */
int metrics_least_drawn(const struct metrics_shape *s, uint64_t rows, uint64_t *least);

/* Who is told. */
enum metrics_to {
	METRICS_TO_ALL,   /* all computing parties */
	/*
	 * this party alone, a computing one: the others see its figures under a mask that it drew
	 */
	METRICS_TO_US,
	METRICS_TO_OTHER  /* another one */
};

/*
 * metrics_reveal(S, m, to, figures):
 * Compute what was asked for, of at least one row, and tell it; those who are not told, and the
 * dealer, have zeroes.  Once only.  Status 5 (reported) where numbers are out of range.
 *
 * Error    counts are exact, and so are accuracy and the confusion matrix.  Precision, recall, F1,
 *          AUC: 2^-22 (of exact counts).  Log-loss: 0.001, probabilities being at least 2^-16.  MSE
 *          and R2 are of numbers with 16 fraction bits: exact below a root of the MSE of
 *          2^14 / sqrt(rows), 10^-5 of the MSE above; and 1e-5 (1 + (1 - R2)^2) where labels vary
 *          by more than a few units.
 * Cost     a quotient (ratio.h) for all that are needed at once, sorting (sort.h), and a reveal.
 * Reveals  accuracy and confusion: counts.  Precision, recall, specificity, F1, AUC: a quotient to
 *          24 bits, each; of several classes what the average says, where what is not defined
 *          counts 0.  Balanced accuracy: the sum of the recalls.  MCC: 20 bits of it.  Log-loss,
 *          Brier, MSE, MAE, MAPE: a sum, and of the MSE at which of two scales it is.  R2: the
 *          residual sum of squares as a part of it and the total sum together, to 24 bits, from
 *          which R2 follows and which follows from R2.  Tables: the words of merged cells
 *          (func/merge.h).  Of intervals: the ends, as such words.  That a figure is not defined,
 *          be it in one of the replicates.
 *          To all computing parties: for figures of errors one bit, whether all errors and labels
 *          are in range, and for MAPE another one, whether no label is next to 0; for predictions
 *          of which that is not known, one bit for auc and for several columns, whether their
 *          words can be put in order, or for probabilities, whether they are from -2 to 2; for r2,
 *          where labels have lost bits, a bit: whether they still vary by enough.
 */
int metrics_reveal(struct mpc *S, struct metrics *m, enum metrics_to to,
    struct metrics_figures *figures);

#endif /* !SMPC_NN_METRICS_H */
