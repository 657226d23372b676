#ifndef SMPC_TESTS_UNIT_OPERATIONS_H
#define SMPC_TESTS_UNIT_OPERATIONS_H

/*
 * Every interactive operation of the engine as one call on operands of one shape, for tests that
 * look at all of them: at what passes, at what is drawn, at what branches.  A new operation is a
 * function and a line in the table.
 */

#include <stdlib.h>
#include <string.h>

#include "mpc/mpc.h"
#include "ring/bits.h"
#include "world.h"

#define OPERATIONS_MIN 65 /* values in each operand, at least: bits of a block of AES */

/* Operands of ${n} values each; an operation uses some of them. */
struct operands {
	size_t n;
	struct mpc_vector x[2], y[2];
	struct mpc_bits a[4], d[3];
};

struct operation {
	const char *name;
	bool faithful;
	int (*run)(struct mpc *S, struct operands *o);
};

static inline void
operands_new(const struct mpc *S, struct operands *o, size_t n)
{
	size_t i;
	int rc = 0;

	memset(o, 0, sizeof(*o));
	o->n = n;
	for (i = 0; i < 2; i++)
		rc |= mpc_vector_new(S, &o->x[i], n) | mpc_vector_new(S, &o->y[i], n);
	for (i = 0; i < 4; i++)
		rc |= mpc_bits_new(S, &o->a[i], n);
	for (i = 0; i < 3; i++)
		rc |= mpc_bits_new(S, &o->d[i], n);
	if (rc != 0)
		abort();
}

static inline void
operands_free(struct operands *o)
{
	size_t i;

	for (i = 0; i < 2; i++) {
		mpc_vector_free(&o->x[i]);
		mpc_vector_free(&o->y[i]);
	}
	for (i = 0; i < 4; i++)
		mpc_bits_free(&o->a[i]);
	for (i = 0; i < 3; i++)
		mpc_bits_free(&o->d[i]);
}

/* Clear inputs. */
struct clear {
	uint64_t *x[2], *a[4];
};

static inline void
clear_new(struct clear *c, size_t n)
{
	size_t i;

	for (i = 0; i < 2; i++)
		c->x[i] = calloc(n, sizeof(uint64_t));
	for (i = 0; i < 4; i++)
		c->a[i] = calloc(bits_words(n), sizeof(uint64_t));
}

static inline void
clear_free(struct clear *c)
{
	size_t i;

	for (i = 0; i < 2; i++)
		free(c->x[i]);
	for (i = 0; i < 4; i++)
		free(c->a[i]);
}

/* Party ${self}'s side of the inputs, under masks that follow from ${key}. */
static inline void
operands_share(struct operands *o, size_t parties, size_t self, const struct clear *c, uint64_t key)
{
	size_t i;

	for (i = 0; i < 2; i++)
		world_share(parties, self, o->x[i].held.m, o->x[i].held.lam, c->x[i], o->n,
		    8 * key + i, false);
	for (i = 0; i < 4; i++)
		world_share(parties, self, o->a[i].held.m, o->a[i].held.lam, c->a[i],
		    bits_words(o->n), 8 * key + 2 + i, true);
}

/* ---- the operations ---- */

static inline int
operation_map(struct mpc *S, struct operands *o, const struct bilinear *B)
{
	struct mpc_vector x = mpc_part(&o->x[0], 0, bilinear_x(B)), y = mpc_part(&o->x[1], 0,
	    bilinear_y(B));
	struct mpc_vector z = mpc_part(&o->y[0], 0, bilinear_z(B));

	return (mpc_product(S, &z, B, &x, &y));
}

static inline int
operation_product(struct mpc *S, struct operands *o)
{
	const struct bilinear B = bilinear_elements(o->n);

	return (operation_map(S, o, &B));
}

static inline int
operation_two_products(struct mpc *S, struct operands *o)
{
	const struct bilinear B = bilinear_elements(o->n);

	return (mpc_product(S, &o->y[0], &B, &o->x[0], &o->x[1]) | mpc_product(S, &o->y[1], &B,
	    &o->x[0], &o->x[0]));
}

static inline int
operation_groups(struct mpc *S, struct operands *o)
{
	static const size_t ends[] = { 5, 5, 6, 30 };
	const struct bilinear B = bilinear_groups(ends, 4);

	return (operation_map(S, o, &B));
}

static inline int
operation_columns(struct mpc *S, struct operands *o)
{
	const struct bilinear B = bilinear_columns(2, 5, 6);

	return (operation_map(S, o, &B));
}

static inline int
operation_matrices(struct mpc *S, struct operands *o)
{
	const struct bilinear B = bilinear_matrices(5, 7, 6);

	return (operation_map(S, o, &B));
}

static inline int
operation_transposed(struct mpc *S, struct operands *o)
{
	struct bilinear B = bilinear_matrices(5, 7, 6);

	B.x_transposed = B.y_transposed = true;
	return (operation_map(S, o, &B));
}

static inline int
operation_convolution(struct mpc *S, struct operands *o, enum convolution_side side)
{
	const struct convolution c = { 1, 2, 4, 4, 2, 2, 2, 1, 0, side };
	const struct bilinear B = bilinear_convolution(&c);

	return (operation_map(S, o, &B));
}

static inline int
operation_forward(struct mpc *S, struct operands *o)
{

	return (operation_convolution(S, o, CONVOLUTION_FORWARD));
}

static inline int
operation_filters(struct mpc *S, struct operands *o)
{

	return (operation_convolution(S, o, CONVOLUTION_FILTERS));
}

static inline int
operation_images(struct mpc *S, struct operands *o)
{

	return (operation_convolution(S, o, CONVOLUTION_IMAGES));
}

static inline int
operation_truncate(struct mpc *S, struct operands *o)
{

	return (mpc_truncate(S, &o->y[0], &o->x[0], 16));
}

static inline int
operation_truncate_in_place(struct mpc *S, struct operands *o)
{

	return (mpc_truncate(S, &o->x[0], &o->x[0], 16));
}

static inline int
operation_truncate_3(struct mpc *S, struct operands *o)
{

	return (mpc_truncate(S, &o->y[0], &o->x[0], 3));
}

static inline int
operation_compare(struct mpc *S, struct operands *o, unsigned low, unsigned high, size_t count)
{
	static const int64_t thresholds[] = { 0, 3, -5 };
	const struct mpc_comparison c = { .low = low, .high = high, .count = count,
		.thresholds = thresholds };

	return (mpc_compare(S, o->d, &o->x[0], &c));
}

static inline int
operation_compare_63(struct mpc *S, struct operands *o)
{

	return (operation_compare(S, o, 0, 63, 1));
}

static inline int
operation_compare_8(struct mpc *S, struct operands *o)
{

	return (operation_compare(S, o, 0, 8, 1));
}

static inline int
operation_compare_truncated(struct mpc *S, struct operands *o)
{

	return (operation_compare(S, o, 16, 48, 1));
}

static inline int
operation_compare_thresholds(struct mpc *S, struct operands *o)
{

	return (operation_compare(S, o, 2, 9, 3));
}

static inline int
operation_equal_64(struct mpc *S, struct operands *o)
{

	return (mpc_equal(S, &o->d[0], &o->x[0], 64));
}

static inline int
operation_equal_7(struct mpc *S, struct operands *o)
{

	return (mpc_equal(S, &o->d[0], &o->x[0], 7));
}

static inline int
operation_and(struct mpc *S, struct operands *o, size_t count)
{
	const struct mpc_bits *list[] = { &o->a[0], &o->a[1], &o->a[2], &o->a[3] };

	return (mpc_and(S, &o->d[0], list, count));
}

static inline int
operation_and_2(struct mpc *S, struct operands *o)
{

	return (operation_and(S, o, 2));
}

static inline int
operation_and_4(struct mpc *S, struct operands *o)
{

	return (operation_and(S, o, 4));
}

static inline int
operation_select(struct mpc *S, struct operands *o, unsigned shift, size_t results)
{
	const struct mpc_selection_term terms[] = { { .bit = &o->a[0], .word = &o->x[0],
		.weight = { 3, 1 } },
		{ .bit = &o->a[1], .word = &o->x[0], .weight = { -2, 4 }, .constant = { 5, -1 } },
		{ .word = &o->x[1], .weight = { 1, -1 } },
		    { .bit = &o->a[2], .constant = { -1000, 7 } } };
	const struct mpc_selection selection = { .count = 4, .terms = terms, .shift = shift,
		.results = results };

	return (mpc_select(S, o->y, &selection));
}

static inline int
operation_select_0(struct mpc *S, struct operands *o)
{

	return (operation_select(S, o, 0, 1));
}

static inline int
operation_select_16(struct mpc *S, struct operands *o)
{

	return (operation_select(S, o, 16, 1));
}

static inline int
operation_select_two(struct mpc *S, struct operands *o)
{

	return (operation_select(S, o, 16, 2));
}

/* max(floor(x / 2^16), 0), given the bit: what a layer of a network hides. */
static inline int
operation_relu(struct mpc *S, struct operands *o)
{
	const struct mpc_selection_term terms[] = { { .bit = &o->a[0], .word = &o->x[0],
		.weight = { 1 } } };
	const struct mpc_selection selection = { .count = 1, .terms = terms, .shift = 16,
		.results = 1 };

	return (mpc_select(S, &o->y[0], &selection));
}

static inline int
operation_series(struct mpc *S, struct operands *o)
{
	static const unsigned harmonic[] = { 1, 3, 4 };
	static const int64_t sine[] = { 1 << 17, -30000, 700 }, cosine[] = { 40000, 1 << 16, -5 };
	const struct mpc_series series = { .period_bits = 37, .count = 3, .harmonic = harmonic,
		.sine = sine,
		.cosine = cosine, .constant = 123456789, .coefficient_bits = 18, .table_bits = 20 };

	return (mpc_series(S, &o->y[0], &o->x[0], &series));
}

static inline int
operation_exp2(struct mpc *S, struct operands *o)
{

	return (mpc_exp2(S, &o->y[0], &o->x[0], 32));
}

static inline int
operation_show(struct mpc *S, const struct mpc_vector *x)
{
	uint64_t *clear = calloc(x->n, sizeof(*clear));
	int rc = mpc_reveal(S, clear, x);

	free(clear);
	return (rc);
}

/* A sum, so that different inputs can have the same one. */
static inline int
operation_reveal(struct mpc *S, struct operands *o)
{

	mpc_input(S, &o->x[0]);
	mpc_input(S, &o->x[1]);
	mpc_add(&o->y[0], &o->x[0], &o->x[1]);
	return (operation_show(S, &o->y[0]));
}

/* A product, its sign, ReLU with truncation, revealed. */
static inline int
operation_layer(struct mpc *S, struct operands *o)
{
	const struct bilinear B = bilinear_elements(o->n);
	static const int64_t zero[] = { 0 };
	const struct mpc_comparison c = { .low = 0, .high = 8, .count = 1, .thresholds = zero };
	const struct mpc_selection_term terms[] = { { .bit = &o->d[0], .word = &o->y[0],
		.weight = { 1 } } };
	const struct mpc_selection selection = { .count = 1, .terms = terms, .shift = 4,
		.results = 1 };

	if (mpc_product(S, &o->y[0], &B, &o->x[0], &o->x[1]) == -1 ||
	    mpc_compare(S, o->d, &o->y[0], &c) == -1 || mpc_select(S, &o->y[1], &selection) == -1)
		return (-1);
	return (operation_show(S, &o->y[1]));
}

/* What a party brings along: its share of the mask of x[1], or, in a plan, nothing. */
static inline int
operation_noise(struct mpc *S, struct operands *o)
{

	return (mpc_add_noise(S, &o->y[0], &o->x[0], o->x[1].held.lam));
}

static inline int
operation_noise_in_place(struct mpc *S, struct operands *o)
{

	return (mpc_add_noise(S, &o->x[0], &o->x[0], o->x[1].held.lam));
}

/* ---- secret order ---- */

static inline int
operation_permute_rows(struct mpc *S, struct operands *o, size_t cols, bool back)
{
	size_t rows = o->n / cols;
	struct mpc_vector x = mpc_part(&o->x[0], 0, rows * cols), y = mpc_part(&o->y[0], 0,
	    rows * cols);
	struct mpc_order order;
	int rc = -1;

	if (mpc_order_new(S, &order, rows) == 0)
		rc = mpc_permute(S, &y, &x, &order, back);
	mpc_order_free(&order);
	return (rc);
}

static inline int
operation_permute(struct mpc *S, struct operands *o)
{

	return (operation_permute_rows(S, o, 1, false));
}

static inline int
operation_permute_wide(struct mpc *S, struct operands *o)
{

	return (operation_permute_rows(S, o, 3, false));
}

static inline int
operation_permute_back(struct mpc *S, struct operands *o)
{

	return (operation_permute_rows(S, o, 1, true));
}

/* Whole words of bits. */
static inline struct mpc_bits
operation_words(const struct mpc_bits *d, size_t words)
{

	return (mpc_bits_part(d, 0, 64 * words));
}

static inline int
operation_permute_bits(struct mpc *S, struct operands *o)
{
	size_t words = bits_words(o->n);
	struct mpc_bits a = operation_words(&o->a[0], words), d = operation_words(&o->d[0], words);
	struct mpc_order order;
	int rc = -1;

	if (mpc_order_new(S, &order, words) == 0)
		rc = mpc_permute_bits(S, &d, &a, &order, false);
	mpc_order_free(&order);
	return (rc);
}

/* From the last to the first, which the dealer is not told. */
static inline int
operation_choose_from(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x)
{
	size_t *index = calloc(x->n, sizeof(*index)), i;
	int rc;

	for (i = 0; i < x->n; i++)
		index[i] = x->n - 1 - i;
	rc = mpc_choose(S, y, x, mpc_is_dealer(S) ? NULL : index, 1);
	free(index);
	return (rc);
}

static inline int
operation_choose(struct mpc *S, struct operands *o)
{

	return (operation_choose_from(S, &o->y[0], &o->x[0]));
}

/* Both, and nothing is opened between them. */
static inline int
operation_shuffle(struct mpc *S, struct operands *o)
{
	struct mpc_order order;
	int rc = -1;

	if (mpc_order_new(S, &order, o->n) == 0 &&
	    mpc_permute_to_choose(S, &o->y[1], &o->x[0], &order) == 0)
		rc = operation_choose_from(S, &o->y[0], &o->y[1]);
	mpc_order_free(&order);
	/* What only the last party has is no result. */
	mpc_copy(&o->y[1], &o->y[0]);
	return (rc);
}

static inline int
operation_shuffle_bits(struct mpc *S, struct operands *o)
{
	size_t words = bits_words(o->n);
	struct mpc_bits a = operation_words(&o->a[0], words), d = operation_words(&o->d[0], words),
	    moved = operation_words(&o->d[1], words);
	struct mpc_order order;
	int rc = -1;

	if (mpc_order_new(S, &order, words) == 0 &&
	    mpc_permute_bits_to_choose(S, &moved, &a, &order) == 0)
		rc = mpc_choose_bits(S, &d, &moved, NULL, 1);
	mpc_order_free(&order);
	mpc_bits_copy(&moved, &d);
	return (rc);
}

static inline int
operation_choose_bits(struct mpc *S, struct operands *o)
{
	size_t words = bits_words(o->n);
	struct mpc_bits a = operation_words(&o->a[0], words), d = operation_words(&o->d[0], words);

	return (mpc_choose_bits(S, &d, &a, NULL, 1));
}

static inline int
operation_common_order(struct mpc *S, struct operands *o)
{
	size_t *index = calloc(o->n, sizeof(*index));
	int rc = mpc_common_order(S, index, o->n);

	free(index);
	return (rc);
}

static inline int
operation_random_bits(struct mpc *S, struct operands *o)
{

	return (mpc_random_bits(S, &o->d[0]));
}

static inline int
operation_tell(struct mpc *S, struct operands *o)
{
	size_t count = mpc_is_dealer(S) ? 0 : o->n;

	return ((mpc_tell(S, &count, o->n) == 0 && count == o->n) ? 0 : -1);
}

static inline int
operation_aes(struct mpc *S, struct operands *o)
{
	size_t words = bits_words(o->n) / MPC_AES_WORDS * MPC_AES_WORDS;
	struct mpc_bits x = operation_words(&o->a[0], words), y = operation_words(&o->d[0], words),
	    key = operation_words(&o->a[1], MPC_AES_WORDS);

	return (mpc_aes128(S, &y, &x, &key));
}

static inline int
operation_show_bits(struct mpc *S, struct operands *o)
{
	uint64_t *clear = calloc(bits_words(o->n), sizeof(*clear));
	int rc;

	mpc_xor(&o->d[0], &o->a[0], &o->a[1]);
	rc = mpc_reveal_bits(S, clear, &o->d[0]);
	free(clear);
	return (rc);
}

static inline int
operation_check(struct mpc *S, struct operands *o)
{

	mpc_input(S, &o->x[0]);
	return (mpc_check(S));
}

static const struct operation operations[] = {
	{ "product", false, operation_product },
	{ "two products", false, operation_two_products },
	{ "products in groups", false, operation_groups },
	{ "columns", false, operation_columns },
	{ "matrices", false, operation_matrices },
	{ "matrices, transposed", false, operation_transposed },
	{ "convolution", false, operation_forward },
	{ "convolution, filters", false, operation_filters },
	{ "convolution, images", false, operation_images },
	{ "truncation by 16", false, operation_truncate },
	{ "truncation in place", false, operation_truncate_in_place },
	{ "truncation by 3", false, operation_truncate_3 },
	{ "faithful truncation by 16", true, operation_truncate },
	{ "faithful truncation by 3", true, operation_truncate_3 },
	{ "comparison, bits 0 to 63", false, operation_compare_63 },
	{ "comparison, bits 0 to 8", false, operation_compare_8 },
	{ "comparison, bits 16 to 48", false, operation_compare_truncated },
	{ "comparison, three thresholds", false, operation_compare_thresholds },
	{ "equality of 64 bits", false, operation_equal_64 },
	{ "equality of 7 bits", false, operation_equal_7 },
	{ "and of 2", false, operation_and_2 },
	{ "and of 4", false, operation_and_4 },
	{ "selection", false, operation_select_0 },
	{ "selection, truncated", false, operation_select_16 },
	{ "selection of two results", false, operation_select_two },
	{ "relu", false, operation_relu },
	{ "series", false, operation_series },
	{ "power of two", false, operation_exp2 },
	{ "revealed sum", false, operation_reveal },
	{ "revealed layer", false, operation_layer },
	{ "check", false, operation_check },
	{ "secret order", false, operation_permute },
	{ "secret order of wide rows", false, operation_permute_wide },
	{ "secret order, back", false, operation_permute_back },
	{ "secret order of bits", false, operation_permute_bits },
	{ "secret order to choose from", false, operation_shuffle },
	{ "secret order of bits to choose from", false, operation_shuffle_bits },
	{ "choice", false, operation_choose },
	{ "choice of bits", false, operation_choose_bits },
	{ "common order", false, operation_common_order },
	{ "bits that nobody knows", false, operation_random_bits },
	{ "what the dealer is told", false, operation_tell },
	{ "AES", false, operation_aes },
	{ "revealed bits", false, operation_show_bits },
	{ "noise", false, operation_noise },
	{ "noise in place", false, operation_noise_in_place },
};

#define OPERATIONS (sizeof(operations) / sizeof(*operations))

/* Whether what passes is under no fresh mask; whether the dealer is told something. */
static inline bool
operation_is_bare(const struct operation *op)
{
	static const char *const names[] = { "revealed sum", "check", "common order",
		"bits that nobody knows", "what the dealer is told", "revealed bits" };
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (strcmp(op->name, names[i]) == 0)
			return (true);
	}
	return (false);
}

static inline bool
operation_tells(const struct operation *op)
{

	return (strcmp(op->name, "what the dealer is told") == 0);
}

#endif /* !SMPC_TESTS_UNIT_OPERATIONS_H */
