#include "nn/measure.h"

#include <string.h>

#include "base/mem.h"
#include "func/function.h"
#include "mpc/mpc.h"
#include "mpc/room.h"

#define ONE ((int64_t)1 << NN_BITS)

/*
 * Comparisons of numbers that may be anything are in MPC_NUMBER_RANGE, as what is to be truncated,
 * less the threshold.  What is beyond was wrong before.
 */

/*
 * Bits of a number of which is asked whether it is 0: a difference of two classes, below 2^15 with
 * 16 fraction bits, or a count of parameters, below 2^32, and of tests.  All are below 2^40 in
 * magnitude, so that the low 40 bits are 0 for 0 alone.
 */
#define COUNT_BITS 40

/* ---- loss ---- */

/* z = x y, elementwise: 16 + 16 = 32 fraction bits, truncated to 16. */
static int
product_settled(struct mpc *S, struct mpc_vector *z, const struct mpc_vector *x,
    const struct mpc_vector *y)
{
	const struct bilinear times = bilinear_elements(x->n);

	return ((mpc_product(S, z, &times, x, y) == -1) ? -1 : mpc_truncate(S, z, z, NN_BITS));
}

/*
 * sum over all rows and numbers of (p - y)^2, with 16 bits.
 *
 * Range    |p - y| < 2^15, as a square is below 2^(62 - 32); the sum, which nothing truncates, is
 *          below 2^47.
 */
static int
squares(struct mpc *S, struct mpc_vector *sum, const struct mpc_vector *p,
    const struct mpc_vector *labels)
{
	struct room r;
	int rc = -1;

	if (room_open(&r, S, p->n, 2, 0) == 0) {
		mpc_subtract(&r.word[0], p, labels);
		rc = product_settled(S, &r.word[1], &r.word[0], &r.word[0]);
		mpc_rows_sum(sum, &r.word[1], 1, p->n);
	}
	room_close(&r);
	return (rc);
}

/*
 * -sum of ln(due), where due is the probability that was given to what was due.
 *
 *   two classes     1 - y - p + 2 y p: p for y = 1, 1 - p for y = 0
 *   more            the sum of y p in the row: the p of its class
 *
 * For labels 0 and 1 that is the cross-entropy, with one logarithm in place of one for each class;
 * for a label in between it is less (Jensen).
 *
 * A probability below 2^-16 is 0 in 16 bits; the logarithm is -16 ln 2 = -11.1 there, and a row
 * adds 11.1 at most.
 */
static int
log_likelihood(struct mpc *S, struct mpc_vector *sum, bool classes, const struct mpc_vector *p,
    const struct mpc_vector *labels, size_t rows)
{
	enum { PRODUCTS, DUE, LOGARITHMS, WORDS };
	size_t n = classes ? rows : p->n;
	struct room r;
	struct mpc_vector *products = &r.word[PRODUCTS], due, log;
	int rc = -1;

	if (room_open(&r, S, p->n, WORDS, 0) == 0 &&
	    product_settled(S, products, p, labels) == 0) {
		due = mpc_part(&r.word[DUE], 0, n);
		log = mpc_part(&r.word[LOGARITHMS], 0, n);
		if (classes) {
			mpc_rows_sum(&due, products, rows, p->n / rows);
		} else {
			mpc_scale(&due, products, 2);
			mpc_subtract(&due, &due, p);
			mpc_subtract(&due, &due, labels);
			mpc_add_public(&due, &due, ONE);
		}
		rc = mpc_log(S, &log, &due, mpc_any_numbers(NN_BITS));
		mpc_rows_sum(sum, &log, 1, n);
		mpc_scale(sum, sum, -1);
	}
	room_close(&r);
	return (rc);
}

int
nn_loss(struct mpc *S, struct mpc_vector *sum, enum nn_loss loss, const struct mpc_vector *p,
    const struct mpc_vector *labels, size_t rows)
{

	if (loss == NN_MSE)
		return (squares(S, sum, p, labels));
	return (log_likelihood(S, sum, loss == NN_CROSS_ENTROPY, p, labels, rows));
}

/* ---- accuracy ---- */

/*
 * Sum of [b = y] for b = [p >= 1/2]: of b (2 y - 1) + 1 - y, which is y for b = 1 and 1 - y for
 * b = 0.  A bit times a word is a selection, so there is no product and nothing to truncate.
 */
static int
correct_sides(struct mpc *S, struct mpc_vector *sum, const struct mpc_vector *p,
    const struct mpc_vector *labels)
{
	static const int64_t half = ONE / 2;
	const struct mpc_comparison c = { .high = MPC_NUMBER_RANGE, .count = 1,
		.thresholds = &half };
	struct room r;
	int rc = -1;

	if (room_open(&r, S, p->n, 1, 1) == 0 && mpc_compare(S, r.bit, p, &c) == 0) {
		const struct mpc_selection_term term = { .bit = r.bit, .word = labels,
			.weight = { 2 }, .constant = { -ONE } };
		const struct mpc_selection s = { .count = 1, .terms = &term, .results = 1 };

		rc = mpc_select(S, &r.word[0], &s);
		mpc_subtract(&r.word[0], &r.word[0], labels);
		mpc_add_public(&r.word[0], &r.word[0], ONE);
		mpc_rows_sum(sum, &r.word[0], 1, p->n);
	}
	room_close(&r);
	return (rc);
}

/* z = sum over the classes k of k y_k, for each row: its class, with 16 bits, as y is 1 there. */
static int
class_numbers(struct mpc_vector *z, const struct mpc_vector *y, size_t rows, size_t classes)
{
	const struct bilinear map = bilinear_matrices(rows, classes, 1);
	word *number;
	size_t k;

	if ((number = mem_array(classes, sizeof(*number))) == NULL)
		return (-1);
	for (k = 0; k < classes; k++)
		number[k] = k;
	mpc_product_public(z, &map, y, number);
	free(number);
	return (0);
}

/*
 * Sum of [argmax p = class].  The position of the maximum has no fraction bits: it is brought to
 * the 16 of the class, and is right where the difference is 0.
 */
static int
correct_classes(struct mpc *S, struct mpc_vector *sum, const struct mpc_vector *p,
    const struct mpc_vector *labels, size_t rows)
{
	enum { LARGEST, GUESS, CLASS, WORDS };
	struct room r;
	struct mpc_vector *guess = &r.word[GUESS];
	struct mpc_vector *right = &r.word[LARGEST]; /* in its place, once that is known */
	int rc = -1;

	if (room_open(&r, S, rows, WORDS, 1) == 0 &&
	    class_numbers(&r.word[CLASS], labels, rows, p->n / rows) == 0 &&
	    mpc_max_rows(S, &r.word[LARGEST], guess, p, rows, p->n / rows,
	    mpc_range_bits(NN_BITS)) == 0) {
		const struct mpc_selection_term term = { .bit = r.bit, .constant = { ONE } };
		const struct mpc_selection s = { .count = 1, .terms = &term, .results = 1 };

		mpc_scale(guess, guess, ONE);
		mpc_subtract(guess, guess, &r.word[CLASS]);
		if (mpc_equal(S, r.bit, guess, COUNT_BITS) == 0 && mpc_select(S, right, &s) == 0)
			rc = 0;
		mpc_rows_sum(sum, right, 1, rows);
	}
	room_close(&r);
	return (rc);
}

int
nn_correct(struct mpc *S, struct mpc_vector *sum, enum nn_loss loss, const struct mpc_vector *p,
    const struct mpc_vector *labels, size_t rows)
{

	return ((loss == NN_CROSS_ENTROPY) ? correct_classes(S, sum, p, labels, rows) :
	    correct_sides(S, sum, p, labels));
}

/* ---- range ---- */

/*
 * marks = which of x are in range, as words without fraction bits: -2^26 <= x < 2^26 for 2^10 with
 * 16 bits.  Two thresholds on one number share what is dealt for its blocks.
 */
static int
mark_in_range(struct mpc *S, struct mpc_vector *marks, const struct mpc_vector *x)
{
	static const int64_t bounds[2] = { -((int64_t)1 << (NN_RANGE_BITS + NN_BITS)),
		(int64_t)1 << (NN_RANGE_BITS + NN_BITS) };
	const struct mpc_comparison c = { .high = MPC_NUMBER_RANGE, .count = 2,
		.thresholds = bounds };
	struct room r;
	int rc = -1;

	if (room_open(&r, S, x->n, 0, 2) == 0 && mpc_compare(S, r.bit, x, &c) == 0) {
		const struct mpc_selection_term term = { .bit = r.bit, .constant = { 1 } };
		const struct mpc_selection s = { .count = 1, .terms = &term, .results = 1 };

		/* What has passed the upper bound has passed the lower one, too. */
		mpc_xor(&r.bit[0], &r.bit[0], &r.bit[1]);
		rc = mpc_select(S, marks, &s);
	}
	room_close(&r);
	return (rc);
}

/* Parameters that get one bit together: how many numbers they are, one group behind the other. */
struct groups {
	size_t count;
	size_t n[NN_MAX_LAYERS];
	size_t layer[NN_MAX_LAYERS]; /* the position of the only one, or of the last one */
	size_t all;
};

/* Those of each layer, or of all. */
static void
group_parameters(struct groups *g, const struct nn_network *net, bool each)
{
	const struct nn_layer *l;
	size_t i, n;

	memset(g, 0, sizeof(*g));
	for (i = 0; i < net->n; i++) {
		l = &net->layers[i];
		if ((n = l->weight.value.n + l->bias.value.n) == 0)
			continue;
		if (each || g->count == 0)
			g->count++;
		g->n[g->count - 1] += n;
		g->layer[g->count - 1] = i;
		g->all += n;
	}
}

/* All parameters, one behind the other, in the order of the layers. */
static int
collect(struct mpc *S, struct nn_network *net, struct mpc_vector *all)
{
	struct nn_parameter *list[2 * NN_MAX_LAYERS];
	size_t count = nn_network_parameters(net, list), n = 0, i;
	struct mpc_vector part;

	for (i = 0; i < count; i++)
		n += list[i]->value.n;
	if (mpc_vector_new(S, all, n) == -1)
		return (-1);
	for (i = 0, n = 0; i < count; n += list[i++]->value.n) {
		part = mpc_part(all, n, list[i]->value.n);
		mpc_copy(&part, &list[i]->value);
	}
	return (0);
}

/*
 * missing[i] = how many of group i are out of range, negated: the sum of its marks less its size.
 * This stays secret; it is opened whether it is 0.
 */
static int
count_missing(struct mpc *S, struct nn_network *net, const struct groups *g,
    struct mpc_vector *missing)
{
	struct mpc_vector all = { .n = 0 }, marks = all, from, to;
	size_t i, n = 0;
	int rc = -1;

	if (collect(S, net, &all) == -1 || mpc_vector_new(S, &marks, all.n) == -1 ||
	    mark_in_range(S, &marks, &all) == -1)
		goto out;
	for (i = 0; i < g->count; n += g->n[i++]) {
		from = mpc_part(&marks, n, g->n[i]);
		to = mpc_part(missing, i, 1);
		mpc_rows_sum(&to, &from, 1, g->n[i]);
		mpc_add_public(&to, &to, -(int64_t)g->n[i]);
	}
	rc = 0;
out:
	mpc_vector_free(&all);
	mpc_vector_free(&marks);
	return (rc);
}

/*
 * What is counted of layers up to that of a group, and behind that of the one before, goes to it;
 * of those behind all groups, to the last.
 */
static void
take_counts(struct mpc_vector *missing, const struct groups *g, const struct mpc_vector *beyond)
{
	struct mpc_vector count, to;
	size_t i, group = 0;

	for (i = 0; i < beyond->n; i++) {
		if (i > g->layer[group] && group + 1 < g->count)
			group++;
		count = mpc_part(beyond, i, 1);
		to = mpc_part(missing, group, 1);
		mpc_subtract(&to, &to, &count);
	}
}

/*
 * Open whether nothing is missing in each group: one bit, as a word, for each.  Where nothing is
 * opened, at the dealer and in a plan, all are taken to be in range.
 */
static int
open_groups(struct mpc *S, struct nn_network *net, const struct groups *g,
    const struct mpc_vector *beyond, uint64_t *clear)
{
	struct room r;
	int rc = -1;

	if (room_open(&r, S, g->count, 2, 1) == 0 && count_missing(S, net, g, &r.word[0]) == 0) {
		take_counts(&r.word[0], g, beyond);
		const struct mpc_selection_term term = { .bit = r.bit, .constant = { 1 } };
		const struct mpc_selection s = { .count = 1, .terms = &term, .results = 1 };

		if (mpc_equal(S, r.bit, &r.word[0], COUNT_BITS) == 0 &&
		    mpc_select(S, &r.word[1], &s) == 0)
			rc = mpc_reveal(S, clear, &r.word[1]);
	}
	if (rc == 0 && !mpc_sees_revealed(S))
		memset(clear, 0xff, g->count * sizeof(*clear));
	room_close(&r);
	return (rc);
}

int
nn_in_range(struct mpc *S, struct nn_network *net, const struct mpc_vector *beyond, bool *in)
{
	uint64_t clear[NN_MAX_LAYERS] = { 0 };
	struct groups g;

	group_parameters(&g, net, false);
	if (open_groups(S, net, &g, beyond, clear) == -1)
		return (-1);
	*in = (clear[0] != 0);
	return (0);
}

int
nn_layers_in_range(struct mpc *S, struct nn_network *net, const struct mpc_vector *beyond,
    bool in[static NN_MAX_LAYERS])
{
	uint64_t clear[NN_MAX_LAYERS] = { 0 };
	struct groups g;
	size_t i;

	for (i = 0; i < NN_MAX_LAYERS; i++)
		in[i] = true;
	group_parameters(&g, net, true);
	if (open_groups(S, net, &g, beyond, clear) == -1)
		return (-1);
	for (i = 0; i < g.count; i++)
		in[g.layer[i]] = (clear[i] != 0);
	return (0);
}
