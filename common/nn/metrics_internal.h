#ifndef SMPC_NN_METRICS_INTERNAL_H
#define SMPC_NN_METRICS_INTERNAL_H

/* What the files of metrics share; for nn/ alone. */

#include "func/ratio.h"
#include "nn/metrics.h"

#define METRICS_LOSS_BITS 16   /* fraction bits of probabilities, and of logarithms */
/* Fraction bits of what is squared; its words are below 2^RANGE if nothing else is known. */
#define METRICS_SQUARE_BITS 16
#define METRICS_SQUARE_RANGE (15 + METRICS_SQUARE_BITS)
#define METRICS_RANGE_BITS 20  /* before the point, of labels that are compared */
#define METRICS_LEAST_BITS 20  /* labels that errors are divided by are 2^-this of the range */
#define METRICS_RELATIVE_BITS 16 /* fraction bits of errors divided by labels */

/*
 * What is counted that is out of range: numbers as values, and predictions of other figures; labels
 * that nothing can be divided by.
 */
enum { METRICS_BEYOND_VALUES, METRICS_BEYOND_ORDER, METRICS_BEYOND_SMALL, METRICS_BEYONDS };

/*
 * metrics_name(s, what):
 * The first figure that is wanted and needs ${what}, of which there is one.
 *
 * metrics_value_range(s), metrics_order_range(s):
 * The n for which words that are squared, and words of predictions that are put in order, are below
 * 2^n, if none was out of range.
 *
 * metrics_order_limit(s):
 * The limit of words of predictions that are tested; 0 where they need none.
 *
 * metrics_average_of(s):
 * The way to make one figure of the classes': not METRICS_BINARY, if there are more than two.
 *
 * metrics_rankings(s):
 * How many rankings the area under the curve takes.
 *
 * metrics_told(s, which):
 * Of how many numbers a figure is: one, but for those of each class.
 *
 * metrics_cells(s):
 * In how many cells thresholds of curves part scores; 0: none are wanted.
 *
 * metrics_word_range(s):
 * The n for which words of predictions are below 2^n, whatever they are.
 *
 * metrics_bound(s, x, rounded):
 * The least word of a prediction that stands for ${x} or more, or for what ${x} is if it is
 * rounded as numbers were that are not whole by themselves: so a decimal is at least itself.
 * Beyond all words there are none.
 *
 * metrics_probability_shift(s, bits):
 * How many bits more or fewer words of predictions have with ${bits}, to be taken for
 * probabilities.
 *
 * metrics_shape_check(s):
 * Set the number of classes.  Return 0, or -1 (reported), as metrics_new does.
 */
const char *metrics_name(const struct metrics_shape *s, unsigned what);
unsigned metrics_value_range(const struct metrics_shape *s);
unsigned metrics_order_range(const struct metrics_shape *s);
unsigned metrics_order_limit(const struct metrics_shape *s);
enum metrics_average metrics_average_of(const struct metrics_shape *s);
size_t metrics_rankings(const struct metrics_shape *s);
size_t metrics_told(const struct metrics_shape *s, enum metric which);
int metrics_shape_check(struct metrics_shape *s);
size_t metrics_cells(const struct metrics_shape *s);
unsigned metrics_word_range(const struct metrics_shape *s);
int64_t metrics_bound(const struct metrics_shape *s, double x, bool rounded);
int metrics_probability_shift(const struct metrics_shape *s, unsigned bits);

/* Of replicates: predictions, words that are kept of them, and how often a row may be drawn. */
#define METRICS_MAX_KEPT ((size_t)1 << 20)
#define METRICS_MAX_KEPT_WORDS ((size_t)1 << 25)
#define METRICS_MAX_WEIGHT 32

/*
 * Squares of errors are below 2^62, of words that lose some bits if their range has more; sums over
 * replicates are such with METRICS_SQUARE_CUT bits cut off where they have no room.
 */
#define METRICS_SQUARE_CUT 24

/* ---- rows, of a block ---- */

/*
 * A block of rows, and which class each of them is in: rows of words and bits are ${stride} long.
 */
struct scored_rows {
	size_t rows, stride;
	struct mpc_vector p, y;       /* predictions and labels */
	struct mpc_bits at_least;     /* labels: classes 1, 2, ... or higher */
	/* the same as words 0 and 1, from class 0 on, whose words are 1 */
	struct mpc_vector label, prediction;
};

/*
 * metrics_find_steps(S, b, words, bits, x, bounds, n, range):
 * words = whether x, words below 2^range, is at least each of ${n} bounds, in one row for each
 * behind a row of ones; the same as ${bits}, which may be NULL.  Words behind the last row are 0.
 */
int metrics_find_steps(struct mpc *S, const struct scored_rows *b, struct mpc_vector *words,
    struct mpc_bits *bits, const struct mpc_vector *x, const int64_t *bounds, size_t n,
    unsigned range);

/*
 * metrics_add_scores(S, m, b), metrics_add_loss(S, m, b), metrics_add_brier(S, m, b):
 * Go on with rows of which labels were found: put them down to be ranked; add to the logarithmic
 * loss; to the squares of probabilities less labels.
 *
 * metrics_add_curve(S, m, b):
 * Go on with the tables at public thresholds.
 *
 * metrics_add_errors(S, m, x, first, rows):
 * Go on with ${rows} rows of ${x} from ${first} on: figures of errors.
 *
 * metrics_error_cut(s):
 * How many bits errors lose before the squares of each row are kept.
 *
 * metrics_keep_deviations(S, m):
 * Put what labels differ from their mean by, with a bit less than errors, in place of the labels
 * that were kept for r2, and squares of it.
 *
 * The others return 0 or -1 (reported).
 */
int metrics_add_scores(struct mpc *S, struct metrics *m, const struct scored_rows *b);
int metrics_add_loss(struct mpc *S, struct metrics *m, const struct scored_rows *b);
int metrics_add_brier(struct mpc *S, struct metrics *m, const struct scored_rows *b);
unsigned metrics_error_cut(const struct metrics_shape *s);
int metrics_keep_deviations(struct mpc *S, struct metrics *m);
int metrics_add_curve(struct mpc *S, struct metrics *m, const struct scored_rows *b);
int metrics_add_errors(struct mpc *S, struct metrics *m, const struct metrics_words *x,
    size_t first, size_t rows);

/* ---- tables ---- */

/*
 * metrics_curve_new(S, c, s), metrics_curve_free(c):
 * Begin, with no words if no table is wanted; free.
 *
 * metrics_curve_words(S, m, y, which):
 * y = the words of a table, as metrics_told says: those of cells with too few rows are 0.
 *
 * They return 0 or -1 (reported).
 */
int metrics_curve_new(struct mpc *S, struct metrics_curve *c, const struct metrics_shape *s);
void metrics_curve_free(struct metrics_curve *c);
int metrics_curve_words(struct mpc *S, const struct metrics *m, struct mpc_vector *y,
    enum metric which);

/* ---- replicates ---- */

/* Quotients, and sums of them over the classes, differ by less than 2 to this. */
#define METRICS_QUOTIENT_RANGE 33

/*
 * metrics_kept_at(s, which):
 * Where a figure's words of each row are: of classes, (classes)^2 of those that metrics counts, in
 * all figures the same; of squares of errors two, also where r2 alone needs them; of r2, what
 * labels differ from their mean by, and squares of that, two as well; else one.  METRICS: how many
 * there are.
 *
 * metrics_kept_new(m), metrics_kept_free(m):
 * Make room for the words of each row, if there are replicates; free it.
 *
 * metrics_most_kept(m):
 * Of how many rows there may be replicates.
 *
 * metrics_keep(S, m, at, x), metrics_keep_rows(S, m, which, x, cols):
 * Keep a word of each row, if there are replicates; or the sum of the words of each row of x.
 *
 * metrics_keep_counts(S, m, b):
 * Count rows by class and prediction, and keep that.
 *
 * metrics_resample(S, m, y):
 * Set ${y}, zeroed, to the sums of all that was kept: over all rows, and over each replicate.
 *
 * metrics_resampled_mse(S, m, sums, y, scale), metrics_resampled_r2(S, m, sums, y):
 * y = sums of squares of errors, and *${scale} = 1 where they lack METRICS_SQUARE_CUT bits; or the
 * residual sum of squares as a part of it and the total one together, as a quotient (func/ratio.h),
 * which is 1 where r2 is not defined.  ${sums} are those of metrics_resample.
 *
 * metrics_intervals(S, s, x, quotients, low, high):
 * Sort lists of a word of each replicate, and take the ends of their intervals; of the first
 * ${quotients} lists both are METRICS_UNDEFINED where a word of the list is.
 *
 * The others return 0 or -1 (reported).
 */
size_t metrics_kept_at(const struct metrics_shape *s, enum metric which);
int metrics_kept_new(struct metrics *m);
void metrics_kept_free(struct metrics *m);
size_t metrics_most_kept(const struct metrics *m);
int metrics_keep(struct mpc *S, struct metrics *m, size_t at, const struct mpc_vector *x);
int metrics_keep_rows(struct mpc *S, struct metrics *m, enum metric which,
    const struct mpc_vector *x, size_t cols);
int metrics_keep_counts(struct mpc *S, struct metrics *m, const struct scored_rows *b);
int metrics_resample(struct mpc *S, struct metrics *m, struct mpc_vector *y);
int metrics_resampled_mse(struct mpc *S, const struct metrics *m, const struct mpc_vector *sums,
    struct mpc_vector *y, struct mpc_vector *scale);
int metrics_resampled_r2(struct mpc *S, const struct metrics *m, const struct mpc_vector *sums,
    struct mpc_vector *y);
int metrics_intervals(struct mpc *S, const struct metrics_shape *s, struct mpc_vector *x,
    size_t quotients, struct mpc_vector *low, struct mpc_vector *high);

/* ---- quotients ---- */

/* What a quotient is where it is not defined. */
#define METRICS_UNDEFINED (-((int64_t)1 << (MPC_RATIO_BITS + 2)))

#define METRICS_MAX_QUOTIENTS (5 * METRICS_MAX_CLASSES + METRICS)

/*
 * Quotients of ${samples} words each, and which figure, of which class, each is or is part of.
 * A figure that is not defined where one of its parts is not has parts that are FAR below then.
 */
enum { METRICS_OR_ZERO, METRICS_OR_UNDEFINED, METRICS_OR_FAR, METRICS_QUOTIENTS };

struct metrics_quotients {
	struct mpc_vector a, b, q;
	size_t n;
	enum metric of[METRICS_MAX_QUOTIENTS];
	size_t class[METRICS_MAX_QUOTIENTS];
};

/* What becomes the figures: words of each sample of the rows, of which there is one. */
struct metrics_draft {
	size_t samples;
	struct mpc_vector cell; /* the confusion matrix */
	struct metrics_quotients quotients[METRICS_QUOTIENTS];
};

/* to[at] += from[i], where each is a vector of ${samples} words. */
void metrics_add_words(const struct metrics_draft *d, struct mpc_vector *to, size_t at,
    const struct mpc_vector *from, size_t i);

/*
 * metrics_draft_new(S, d, m, count), metrics_draft_free(d):
 * Make room, and find the confusion matrix of counts of rows with at least some class and
 * prediction, if it is needed; free it, which is harmless on zeroes.
 *
 * metrics_quotient_of(d, kind, which, class):
 * Begin another quotient, of which nothing was added up yet; return its number.
 *
 * metrics_count_quotients(m, d):
 * Begin all those of counts.
 *
 * metrics_divide_all(S, d):
 * Find all quotients.
 *
 * metrics_class_words(S, y, m, d, which):
 * y = what is told of a figure of the confusion matrix, or of the area under the curve: ${samples}
 * words, or as many for each class, as metrics_told says.
 *
 * The others return 0 or -1 (reported).
 */
int metrics_draft_new(struct mpc *S, struct metrics_draft *d, const struct metrics *m,
    const struct mpc_vector *count);
void metrics_draft_free(struct metrics_draft *d);
size_t metrics_quotient_of(struct metrics_draft *d, int kind, enum metric which, size_t class);
void metrics_count_quotients(const struct metrics *m, struct metrics_draft *d);
int metrics_divide_all(struct mpc *S, struct metrics_draft *d);
int metrics_class_words(struct mpc *S, struct mpc_vector *y, const struct metrics *m,
    const struct metrics_draft *d, enum metric which);

#endif /* !SMPC_NN_METRICS_INTERNAL_H */
