/*
 * Multiply shares elementwise: by public numbers, or, in a session of all parties, with each other.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/mem.h"
#include "cli/operands.h"
#include "cli/ranges.h"
#include "cli/stage.h"
#include "cli/stage_product.h"
#include "cli/streams.h"
#include "local/local.h"
#include "nn/prepare.h"

static const char *constant;
static uint64_t fraction_bits = LOCAL_BITS_DUE;
static bool no_truncate;

static const struct opt options[] = {
	{ 'c', "constant", "VALUE", OPT_STRING, &constant, 0, 0,
	    "multiply by a public number, vector or matrix: a decimal, or the name of a CSV, "
	    ".npy or public stream" },
	{ 0, "fraction-bits", "BITS", OPT_NUMBER, &fraction_bits, 0, PART_MAX_FRACTION_BITS,
	    "round public numbers to so many fraction bits (default 16; fewer for large ones; if "
	    "all are below 1, as many as leave the largest 16 bits); the result has those that "
	    "they need, too" },
	{ 0, "no-truncate", NULL, OPT_FLAG, &no_truncate, 0, 0,
	    "of shares: keep the fraction bits of all factors" },
	STAGE_OPTIONS,
	STREAM_INPUT_OPTIONS,
	STREAM_OUTPUT_OPTIONS,
	{ .name = NULL },
};

/* ---- public factors ---- */

static int
multiply_by_constant(struct reader *const *readers, size_t count, struct writer *w)
{

	return (local_elementwise(ELEMENT_MUL, readers, count, constant, (unsigned)fraction_bits,
	    w));
}

/* ---- shares: how many bits factors lose, so that no product is too large ---- */

/* Bits that are kept at least where a column's exponent does not say how many may be lost. */
#define KEPT_BITS 24

/* What is done with a tensor. */
struct product {
	struct stage *stage;
	const struct stage_tensor *t;
	unsigned shift[OPERANDS_MAX]; /* fraction bits cut off behind the product with operand i */
	struct ranges *ranges;        /* of each operand, what is tested */
	bool tests;                   /* of any */
	/*
	 * What is done to each column before the product with operand i, as nn_shift_columns takes
	 * it: to the operand, and to the product of those before it
	 */
	int *operand_shift, *before_shift;
	struct column_pair { struct factor before, operand; size_t i; } misfit;
};

static int *
shifts_of(int *shifts, const struct product *p, size_t i)
{

	return (shifts + i * p->t->cols);
}

/* Which column of an operand meets column ${c} of the result. */
static size_t
column_of(const struct part *p, size_t c)
{

	return ((p->cols == 1) ? 0 : c);
}

/*
 * Multiply ${before} by ${operand}, having cut off as few bits as make it fit, of the wider one as
 * long as that has some to spare.  Return false if that is not enough.
 */
static bool
fit_product(struct factor *before, const struct factor *operand, int *before_shift,
    int *operand_shift)
{
	struct factor product, a = *before, b = *operand;
	unsigned cut_a = 0, cut_b = 0, spare_a, spare_b;

	for (;;) {
		product = a;
		if (factor_multiply(&product, &b))
			break;
		spare_a = no_truncate ? 0 : factor_spare(&a, KEPT_BITS);
		spare_b = no_truncate ? 0 : factor_spare(&b, KEPT_BITS);
		if (spare_a == 0 && spare_b == 0)
			return (false);
		if (spare_b == 0 || (spare_a > 0 && factor_bits(&a) >= factor_bits(&b))) {
			a = *before;
			factor_cut(&a, ++cut_a);
		} else {
			b = *operand;
			factor_cut(&b, ++cut_b);
		}
	}
	*before = product;
	*before_shift = -(int)cut_a;
	*operand_shift = -(int)cut_b;
	return (true);
}

/* Column ${c} of the result, from left to right. */
static bool
plan_column(struct product *p, size_t c, unsigned number_bits)
{
	const struct part *part = p->t->parts[0];
	struct factor f = factor_of(part, column_of(part, c), product_limit(part, number_bits));
	struct factor operand;
	size_t i;

	for (i = 1; i < p->t->count; i++) {
		part = p->t->parts[i];
		operand = factor_of(part, column_of(part, c), product_limit(part, number_bits));
		if (!fit_product(&f, &operand, shifts_of(p->before_shift, p, i) + c,
		    shifts_of(p->operand_shift, p, i) + c)) {
			p->misfit = (struct column_pair){ f, operand, i };
			return (false);
		}
		factor_truncate(&f, p->shift[i]);
	}
	column_result(&p->t->about[c], f.words, f.exponent);
	return (true);
}

/* Report with status 5 why column ${c} of the result cannot be made of operand ${i}; return -1. */
static int
refuse_product(const struct product *p, size_t i, size_t c, const char *why)
{

	return (ranges_refuse(&p->ranges[i], column_of(p->t->parts[i], c), why));
}

static int
refuse_alignment(const struct product *p, size_t c)
{
	const struct column_pair *m = &p->misfit;
	char why[400];

	snprintf(why, sizeof(why), "its words may have up to %u bits, those of %s up to %u, and "
	    "products have %d: give one of them narrower bounds (smpc-share --range, or smpc-map "
	    "clip with --low and --high)", factor_bits(&m->operand), (m->i == 1) ?
	    "the first operand" : "the product before it", factor_bits(&m->before), PRODUCT_BITS);
	return (refuse_product(p, m->i, c, why));
}

/*
 * Numbers of undeclared columns are tested to be below 2^15, or, where products of so many would be
 * too large, below a lower power of two.
 */
static int
plan_columns(struct product *p)
{
	unsigned number_bits = RANGES_NUMBER_BITS;
	struct column *about = p->t->about;
	size_t c = 0, i, j;

	while (c < p->t->cols) {
		if (plan_column(p, c, number_bits)) {
			c++;
			continue;
		}
		if (!p->tests || number_bits == 0)
			return (refuse_alignment(p, c));
		number_bits--;
		c = 0;
	}
	for (c = 0; c < p->t->cols; c++) {
		if (about[c].exponent < -COLUMN_MAX_EXPONENT ||
		    about[c].exponent > COLUMN_MAX_EXPONENT)
			return (refuse_product(p, 0, c, "the unit of what it is multiplied to has "
			    "no room in a header"));
	}
	for (i = 0; i < p->t->count; i++) {
		for (j = 0; j < p->ranges[i].cols; j++)
			(void)ranges_limit(&p->ranges[i], j, product_limit(p->t->parts[i],
			    number_bits));
	}
	return (0);
}

/* ---- a tensor ---- */

static void
product_end(struct product *p)
{
	size_t i;

	for (i = 0; p->ranges != NULL && i < p->stage->count; i++)
		ranges_free(&p->ranges[i]);
	free(p->ranges);
	free(p->operand_shift);
	free(p->before_shift);
	p->ranges = NULL;
	p->operand_shift = NULL;
	p->before_shift = NULL;
}

static int
look_at_factors(struct product *p)
{
	struct ranges_of of = { .takes_any = true };
	size_t i;

	if ((p->ranges = mem_array(p->t->count, sizeof(*p->ranges))) == NULL)
		return (-1);
	p->tests = false;
	for (i = 0; i < p->t->count; i++) {
		of.part = p->t->parts[i];
		of.where = reader_name(p->stage->readers[i]);
		of.cols = of.part->cols;
		if (ranges_begin(p->stage, &p->ranges[i], &of) == -1)
			return (-1);
		p->tests = p->tests || p->ranges[i].n > 0;
	}
	return (0);
}

/* The scale of a tensor's result, and what is done so that it is right. */
static int
plan_tensor(void *state, struct stage_tensor *t)
{
	struct product *p = state;
	struct scale s = scale_of(t->parts[0]);
	size_t i;

	product_end(p);
	p->t = t;
	for (i = 1; i < t->count; i++) {
		if (product_scale(&s, scale_of(t->parts[i]), no_truncate, &p->shift[i]) == -1)
			return (-1);
	}
	t->scale = s;
	p->operand_shift = mem_array(t->count * t->cols, sizeof(*p->operand_shift));
	p->before_shift = mem_array(t->count * t->cols, sizeof(*p->before_shift));
	if (p->operand_shift == NULL || p->before_shift == NULL || stage_tensor_know(t) == -1 ||
	    look_at_factors(p) == -1)
		return (-1);
	return (plan_columns(p));
}

/* ---- a block ---- */

/* What the columns of a factor lose: ${cut} is ${x}, or room for what is left of it. */
static int
cut_factor(struct product *p, struct mpc_vector *room, const struct mpc_vector **cut,
    const struct mpc_vector *x, const int *shift)
{
	size_t cols = p->t->cols, c;

	*cut = x;
	for (c = 0; c < cols && shift[c] == 0; c++)
		continue;
	if (c == cols)
		return (0);
	*cut = room;
	if (mpc_vector_new(p->stage->S, room, x->n) == -1)
		return (-1);
	mpc_copy(room, x);
	return (nn_shift_columns(p->stage->S, room, x->n / cols, cols, shift));
}

/* y = before x[i] */
static int
multiply_operand(struct product *p, struct mpc_vector *y, const struct mpc_vector *before,
    const struct mpc_vector *x, size_t i)
{
	const struct bilinear B = bilinear_elements(y->n);
	struct mpc_vector room[2] = { { .n = 0 }, { .n = 0 } };
	const struct mpc_vector *a, *b;
	int rc = -1;

	if (cut_factor(p, &room[0], &a, before, shifts_of(p->before_shift, p, i)) == 0 &&
	    cut_factor(p, &room[1], &b, &x[i], shifts_of(p->operand_shift, p, i)) == 0)
		rc = product_cut(p->stage->S, y, &B, a, b, p->shift[i]);
	mpc_vector_free(&room[0]);
	mpc_vector_free(&room[1]);
	return (rc);
}

/* The product of all operands, from left to right. */
static int
multiply_operands(struct product *p, struct mpc_vector *y, const struct mpc_vector *x)
{
	struct mpc_vector room[2] = { { .n = 0 }, { .n = 0 } }, *to;
	const struct mpc_vector *so_far = &x[0];
	size_t i;
	int rc = 0;

	for (i = 1; i < p->t->count && rc == 0; i++) {
		to = (i + 1 == p->t->count) ? y : &room[i % 2];
		if (to != y) {
			mpc_vector_free(to);
			rc = mpc_vector_new(p->stage->S, to, y->n);
		}
		if (rc == 0)
			rc = multiply_operand(p, to, so_far, x, i);
		so_far = to;
	}
	mpc_vector_free(&room[0]);
	mpc_vector_free(&room[1]);
	return (rc);
}

/* What the products of numbers are that turn out not to be in range does not matter. */
static int
multiply_block(void *state, struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x,
    size_t rows)
{
	struct product *p = state;
	bool before = mpc_may_wrap(S, p->tests);
	size_t i;
	int rc = 0;

	for (i = 0; i < p->t->count && rc == 0; i++)
		rc = ranges_operand(p->stage, &p->ranges[i], p->t, i, &x[i], rows);
	if (rc == 0)
		rc = multiply_operands(p, y, x);
	(void)mpc_may_wrap(S, before);
	return (rc);
}

/* Open whether all that was multiplied was in range. */
static int
end_tensor(void *state, const struct stage_tensor *t)
{
	struct product *p = state;

	return (ranges_end_operands(p->stage, p->ranges, t));
}

static int
multiply_shares(struct stage *stage, void *state)
{
	struct product *p = state;
	const struct stage_map map = {
		.wide = true,
		.tensor = plan_tensor,
		.block = multiply_block,
		.end = end_tensor,
		.state = p,
	};
	int rc;

	if (constant != NULL)
		return (usage("-c goes with one share; multiply shares with each other first"));
	if (stage->count < 2)
		return (usage("nothing to multiply by: give a second operand"));
	p->stage = stage;
	rc = stage_map(stage, &map);
	product_end(p);
	return (rc);
}

static int
run(char **operands, size_t count)
{
	static struct product p;
	const struct stage_work work = {
		.op = "mul",
		.params = no_truncate ? "no-truncate" : "",
		.exponents = true,
		.run = multiply_shares,
		.state = &p,
	};

	if (constant == NULL && count < 2)
		return (usage("nothing to multiply by: give -c VALUE or a second operand"));
	return (stage_run_or_local(&work, multiply_by_constant, operands, count));
}

int
main(int argc, char **argv)
{
	static const struct tool tool = {
		.operands = "[FILE ...]",
		.summary = "Multiply share streams elementwise.",
		.notes = "By public numbers, by one party alone; two shares or more in a session "
		    "of all parties (smpc-party), where fraction bits are cut off again. A tensor "
		    "of one row or one column is repeated to the size of the others.\n"
		    "Example: smpc-mul -c 0.5 x.alice > half.alice",
		.options = options,
		.max_operands = OPERANDS_MAX,
		.run = run,
	};

	return (tool_main(&tool, argc, argv));
}
