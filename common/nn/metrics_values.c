/* Figures of how far predictions are off, as numbers. */

#include "base/diag.h"
#include "func/beyond.h"
#include "func/divisor.h"
#include "func/function.h"
#include "mpc/room.h"
#include "nn/metrics_internal.h"

/* ---- words ---- */

int
metrics_count_values(struct mpc *S, struct metrics *m, const struct mpc_vector *x, unsigned bits)
{
	struct mpc_vector beyond = mpc_part(&m->beyond, METRICS_BEYOND_VALUES, 1);

	return (mpc_count_beyond(S, &beyond, x, x->n, 1, bits));
}

/*
 * y = x with METRICS_SQUARE_BITS.  What would not be below 2^62 then is counted before it is, as
 * it may come to anything; what is cut off stays too large for squares if it was 2^62 or more.
 */
static int
square_scale(struct mpc *S, struct metrics *m, struct mpc_vector *y, const struct mpc_vector *x,
    unsigned bits)
{
	unsigned more;
	bool may;
	int rc;

	if (bits > METRICS_SQUARE_BITS) {
		may = mpc_may_wrap(S, true);
		rc = mpc_truncate(S, y, x, bits - METRICS_SQUARE_BITS);
		(void)mpc_may_wrap(S, may);
		return (rc);
	}
	more = METRICS_SQUARE_BITS - bits;
	if (more > 0 && metrics_count_values(S, m, x, MPC_NUMBER_RANGE - more) == -1)
		return (-1);
	mpc_scale(y, x, (int64_t)1 << more);
	return (0);
}

/* ---- absolute and relative errors ---- */

/* y = |x|, whatever becomes of numbers that are out of range, and so refused in the end. */
static int
take_magnitudes(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x)
{
	static const int64_t zero = 0;
	const struct mpc_comparison c = { .high = MPC_WORD_RANGE, .count = 1, .thresholds = &zero };
	struct mpc_bits positive;
	const struct mpc_selection_term terms[] = {
		{ .bit = &positive, .word = x, .weight = { 2 } },
		{ .word = x, .weight = { -1 } },
	};
	const bool may = mpc_may_wrap(S, true);
	int rc = mpc_bits_new(S, &positive, x->n);

	if (rc == 0 && (rc = mpc_compare(S, &positive, x, &c)) == 0)
		rc = mpc_select(S, y, &(struct mpc_selection){ .count = 2, .terms = terms,
		    .results = 1 });
	mpc_bits_free(&positive);
	(void)mpc_may_wrap(S, may);
	return (rc);
}

/* The least label, as a word, that errors are divided by. */
static int64_t
least_label(const struct metrics_shape *s)
{

	return ((int64_t)1 << (metrics_value_range(s) - METRICS_LEAST_BITS));
}

/* Count labels that are nearer to 0 than the least one. */
static int
count_small(struct mpc *S, struct metrics *m, const struct mpc_vector *label)
{
	const int64_t least = least_label(&m->shape), ends[2] = { 1 - least, least };
	const struct mpc_comparison c = { .high = MPC_WORD_RANGE, .count = 2, .thresholds = ends };
	struct mpc_vector count = mpc_part(&m->beyond, METRICS_BEYOND_SMALL, 1);
	struct room r;
	int rc = -1;

	if (room_open(&r, S, label->n, 1, 2) == 0 && mpc_compare(S, r.bit, label, &c) == 0) {
		const struct mpc_selection_term term = { .bit = &r.bit[0], .constant = { 1 } };

		mpc_xor(&r.bit[0], &r.bit[0], &r.bit[1]);
		rc = mpc_select(S, &r.word[0], &(struct mpc_selection){ .count = 1,
		    .terms = &term, .results = 1 });
		mpc_add_sum(&count, &r.word[0]);
	}
	room_close(&r);
	return (rc);
}

/* Errors divided by labels, of which the sign does not matter. */
static struct mpc_division
relative_plan(const struct metrics_shape *s)
{
	const unsigned bits = metrics_value_range(s);
	struct mpc_division d = mpc_division_plan(METRICS_RELATIVE_BITS, bits,
	    (uint64_t)least_label(s), ((uint64_t)1 << bits) - 1);

	d.range = d.ladder.low + MPC_LADDER_OCTAVES * d.ladder.steps + 1;
	return (d);
}

static int
add_relative(struct mpc *S, struct metrics *m, const struct mpc_vector *error,
    const struct mpc_vector *label)
{
	const struct mpc_division d = relative_plan(&m->shape);
	struct room r;
	bool may;
	int rc = -1;

	if (room_open(&r, S, error->n, 2, 0) == -1 || count_small(S, m, label) == -1)
		goto out;
	may = mpc_may_wrap(S, true);
	rc = (mpc_divide(S, &r.word[0], error, label, &d) == -1) ? -1 : mpc_shift(S, &r.word[1],
	    &r.word[0], METRICS_RELATIVE_BITS - (int)d.result);
	(void)mpc_may_wrap(S, may);
	if (rc == 0 && (rc = take_magnitudes(S, &r.word[0], &r.word[1])) == 0) {
		mpc_add_sum(&m->relative, &r.word[0]);
		rc = metrics_keep_rows(S, m, METRIC_MAPE, &r.word[0], m->shape.columns);
	}
out:
	room_close(&r);
	return (rc);
}

static int
add_absolute(struct mpc *S, struct metrics *m, const struct mpc_vector *error)
{
	struct mpc_vector y;
	int rc;

	if ((rc = mpc_vector_new(S, &y, error->n)) == 0 &&
	    (rc = take_magnitudes(S, &y, error)) == 0) {
		mpc_add_sum(&m->absolute, &y);
		rc = metrics_keep_rows(S, m, METRIC_MAE, &y, m->shape.columns);
	}
	mpc_vector_free(&y);
	return (rc);
}

/* ---- squares of each row ---- */

unsigned
metrics_error_cut(const struct metrics_shape *s)
{
	const unsigned range = metrics_value_range(s);

	return ((range > METRICS_SQUARE_RANGE) ? range - METRICS_SQUARE_RANGE : 0);
}

/* Squares of words below 2^31, and the same without their last bits. */
static int
find_both_squares(struct mpc *S, struct mpc_vector *fine, struct mpc_vector *coarse,
    const struct mpc_vector *x)
{
	const struct bilinear times = bilinear_elements(x->n);
	struct mpc_vector same;
	int rc;

	if ((rc = mpc_vector_new(S, &same, x->n)) == 0) {
		mpc_copy(&same, x);
		if ((rc = mpc_product(S, fine, &times, x, &same)) == 0)
			rc = mpc_truncate(S, coarse, fine, METRICS_SQUARE_CUT);
	}
	mpc_vector_free(&same);
	return (rc);
}

static int
keep_both_squares(struct mpc *S, struct metrics *m, const struct mpc_vector *error)
{
	const size_t at = metrics_kept_at(&m->shape, METRIC_MSE), cols = m->shape.columns;
	const bool may = mpc_may_wrap(S, true);
	struct mpc_vector row[2];
	struct room r;
	int rc = -1;

	if (room_open(&r, S, error->n, 4, 0) == 0 && mpc_shift(S, &r.word[2], error,
	    -(int)metrics_error_cut(&m->shape)) == 0 &&
	    find_both_squares(S, &r.word[0], &r.word[1], &r.word[2]) == 0) {
		row[0] = mpc_part(&r.word[2], 0, error->n / cols);
		row[1] = mpc_part(&r.word[3], 0, error->n / cols);
		mpc_rows_sum(&row[0], &r.word[0], row[0].n, cols);
		mpc_rows_sum(&row[1], &r.word[1], row[1].n, cols);
		rc = (metrics_keep(S, m, at, &row[0]) == -1) ? -1 : metrics_keep(S, m, at + 1,
		    &row[1]);
	}
	room_close(&r);
	(void)mpc_may_wrap(S, may);
	return (rc);
}

int
metrics_keep_deviations(struct mpc *S, struct metrics *m)
{
	const size_t at = metrics_kept_at(&m->shape, METRIC_R2);
	struct mpc_vector *label = &m->kept[at].x;
	const size_t n = label->n;
	struct mpc_vector sum = { .n = 0 }, mean = { .n = 0 };
	struct room r;
	int rc = -1;

	if (room_open(&r, S, n, 3, 0) == 0 && mpc_vector_new(S, &sum, 1) == 0 &&
	    mpc_vector_new(S, &mean, 1) == 0) {
		mpc_add_sum(&sum, label);
		if (mpc_divide_public(S, &mean, &sum, n, MPC_DIVIDE_BITS) == 0) {
			mpc_rows_spread(&r.word[0], &mean, 1, n);
			mpc_subtract(label, label, &r.word[0]);
			rc = mpc_shift(S, label, label, -(int)metrics_error_cut(&m->shape) - 1);
		}
	}
	if (rc == 0 && (rc = find_both_squares(S, &r.word[1], &r.word[2], label)) == 0)
		rc = (metrics_keep(S, m, at + 1, &r.word[1]) == -1) ? -1 : metrics_keep(S, m,
		    at + 2, &r.word[2]);
	room_close(&r);
	mpc_vector_free(&sum);
	mpc_vector_free(&mean);
	return (rc);
}

/* ---- all of them ---- */

/* Figures that are asked for, of errors and labels that have been brought to one unit. */
static int
add_figures(struct mpc *S, struct metrics *m, const struct mpc_vector *error,
    const struct mpc_vector *label)
{
	const bool *wanted = m->shape.wanted;

	if (metrics_count_values(S, m, error, metrics_value_range(&m->shape)) == -1 ||
	    ((wanted[METRIC_R2] || wanted[METRIC_MAPE]) &&
	    metrics_count_values(S, m, label, metrics_value_range(&m->shape)) == -1))
		return (-1);
	if ((wanted[METRIC_MSE] || wanted[METRIC_R2]) && ((m->shape.replicates > 0) ?
	    keep_both_squares(S, m, error) : mpc_moments_add(S, &m->error, error, error->n)) == -1)
		return (-1);
	if (wanted[METRIC_MAE] && add_absolute(S, m, error) == -1)
		return (-1);
	if (wanted[METRIC_MAPE] && add_relative(S, m, error, label) == -1)
		return (-1);
	if (!wanted[METRIC_R2])
		return (0);
	return ((metrics_keep_rows(S, m, METRIC_R2, label, 1) == -1) ? -1 :
	    mpc_moments_add(S, &m->moment, label, label->n));
}

int
metrics_add_errors(struct mpc *S, struct metrics *m, const struct metrics_words *x,
    size_t first, size_t rows)
{
	const struct metrics_shape *s = &m->shape;
	const size_t at = first * s->columns, n = rows * s->columns;
	const struct mpc_vector value = mpc_part(&x->value, at, n), target = mpc_part(&x->target,
	    at, n);
	struct room r;
	int rc = -1;

	if (room_open(&r, S, n, 2, 0) == 0 &&
	    square_scale(S, m, &r.word[0], &value, s->value_bits) == 0 &&
	    square_scale(S, m, &r.word[1], &target, s->target_bits) == 0) {
		mpc_subtract(&r.word[0], &r.word[0], &r.word[1]);
		rc = add_figures(S, m, &r.word[0], &r.word[1]);
	}
	room_close(&r);
	return (rc);
}
