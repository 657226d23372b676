#ifndef SMPC_FUNC_FUNCTION_H
#define SMPC_FUNC_FUNCTION_H

/*
 * Functions of secret numbers, on the operations of mpc.h alone, so that they run on every engine.
 *
 * Numbers have f fraction bits, before and after, 4 <= f <= 20, and are below 2^(62 - f) units in
 * the last place in magnitude.  Outside their documented domain functions saturate; how, and the
 * largest error inside, is in the table, for f = 16, and in smpc-map(1).  y must not be x.
 *
 * Some functions compare and nothing else: they take any scale, and in place of f the ${range} of
 * the comparison.  It may be smaller than that of all numbers, mpc_range_bits(f), where less is
 * known to do: fewer bits are compared, and dealt.
 *
 * All that take an engine return 0 or -1 (reported), reveal nothing, and cost what smpc-map --list
 * says, or --plan.
 */

#include "mpc/mpc.h"

#define FUNCTION_MIN_BITS 4
#define FUNCTION_MAX_BITS 20

#define MPC_LADDER_OCTAVES 3

/*
 * Ranges of three octaves that a number is looked for in: from 2^low words on, ${steps} of them.
 */
struct mpc_ladder {
	unsigned low, steps;
};

/* Numbers that a function is taken of. */
struct mpc_numbers {
	unsigned f;
	/* they, and the differences of a row's, differ from any threshold by less than 2^range */
	unsigned range;
	/* fraction bits of a reciprocal, or of that of a root, beyond f */
	unsigned more;
	/* for roots and the logarithm: they may be above 2^22, where these end else */
	bool wide;
	/* for the reciprocal, by mpc_reciprocal_ladder; no steps: nothing is known of them */
	struct mpc_ladder ladder;
};

struct mpc_function;

/* Words from low to high. */
struct mpc_span {
	int64_t low, high;
};

/*
 * mpc_range_bits(f):
 * The range of a comparison of numbers of f fraction bits: two words below 2^(62 - f) differ by
 * less than 2^(63 - f).
 */
static inline unsigned
mpc_range_bits(unsigned f)
{

	return (MPC_WORD_RANGE - f);
}

/*
 * mpc_any_numbers(f):
 * Those of which no more is known than that they are in the range of all numbers.
 */
static inline struct mpc_numbers
mpc_any_numbers(unsigned f)
{

	return ((struct mpc_numbers){ .f = f, .range = mpc_range_bits(f) });
}

/*
 * mpc_unknown_numbers(p, f):
 * Those of which nothing is known, for ${p}, which may be NULL: words below 2^62.
 */
struct mpc_numbers mpc_unknown_numbers(const struct mpc_function *p, unsigned f);

/*
 * mpc_reciprocal_ladder(f, least, most):
 * The ladder for reciprocals of words from ${least} to ${most} in magnitude, or as much of that as
 * there is room for: its upper end, 45 octaves.  Nearer to 0 words count as those at the lower end.
 * With it n.more may be as large as leaves 2^(2 f + more - low) below 2^60, and 14 bits of the
 * least result, 2^(2 f + more) / most.
 */
struct mpc_ladder mpc_reciprocal_ladder(unsigned f, uint64_t least, uint64_t most);

/*
 * mpc_unknown_reciprocals(f):
 * What reciprocals are found for of words of which nothing is known: larger ones are 0.
 */
struct mpc_ladder mpc_unknown_reciprocals(unsigned f);

/* What f(2^e x) is. */
enum mpc_unit {
	MPC_UNIT_NONE,      /* nothing that follows from f(x) */
	MPC_UNIT_POWER,     /* 2^(e halves / 2) f(x) */
	MPC_UNIT_LOGARITHM, /* f(x) + e ln 2 */
};

struct mpc_function {
	const char *name;
	const char *formula;
	int (*apply)(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x,
	    struct mpc_numbers n);
	/* what it computes, saturation included */
	double (*clear)(double x, struct mpc_numbers n);
	double low, high;            /* the domain, with f = 16 */
	/* the largest in it, absolute, or relative if that is more: max(error, relative |y|) */
	double error;
	double relative;
	const char *beyond;          /* what it is outside the domain */
	enum mpc_unit unit;
	int halves;
	unsigned reach;              /* numbers that it compares with are at most 2^reach */
	double most;                 /* results of larger ones are too small; 0: there are none */
};

/* All functions of one number, and one without a name. */
extern const struct mpc_function mpc_functions[];

/*
 * mpc_function_find(name):
 * Return the function that a user has named, or NULL; nothing is reported.
 */
const struct mpc_function *mpc_function_find(const char *name);

/*
 * mpc_has_ladder(p):
 * Whether it is a root, a logarithm or a reciprocal, which look for the range of a number.
 */
bool mpc_has_ladder(const struct mpc_function *p);

/*
 * mpc_ladder_bits(n):
 * Roots and logarithms are right for words up to 2 to this; above, they are what they are there.
 */
unsigned mpc_ladder_bits(struct mpc_numbers n);

/*
 * mpc_function_image(p, n, x):
 * Results that numbers with words ${x}, below 2^62, can have; clip, which has bounds, is none of
 * these functions.
 */
struct mpc_span mpc_function_image(const struct mpc_function *p, struct mpc_numbers n,
    struct mpc_span x);

/*
 * mpc_exp(S, y, x, n), mpc_log, mpc_reciprocal, mpc_rsqrt, mpc_sigmoid, mpc_sqrt, mpc_tanh:
 * y = e^x, ln x, 1 / x, 1 / sqrt(x), 1 / (1 + e^-x), sqrt(x), tanh x, elementwise.  Domain, error
 * and what lies beyond are in mpc_functions, under these names; ${more} is for mpc_reciprocal and
 * mpc_rsqrt, and 0 for all others.
 */
int mpc_exp(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, struct mpc_numbers n);
int mpc_log(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, struct mpc_numbers n);
int mpc_reciprocal(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x,
    struct mpc_numbers n);
int mpc_rsqrt(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x,
    struct mpc_numbers n);
int mpc_sigmoid(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x,
    struct mpc_numbers n);
int mpc_sqrt(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, struct mpc_numbers n);
int mpc_tanh(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, struct mpc_numbers n);

/*
 * mpc_relu(S, y, d, z, range, shift):
 * y = max(floor(z / 2^shift), 0) and d = [z >= 0]: with a product's shift it costs a truncation
 * less.  A comparison and a selection; with shift > 0 of bits ${shift} on alone, so that the sign
 * is that of the truncated number.
 *
 * Range    |z| < 2^range; with shift > 0, -2^range <= z < 2^range - 2^shift, range <= 62.
 */
int mpc_relu(struct mpc *S, struct mpc_vector *y, struct mpc_bits *d, const struct mpc_vector *z,
    unsigned range, unsigned shift);

/*
 * mpc_clip(S, y, x, low, high, range):
 * y = x where it is between two public bounds, else the nearer bound.
 *
 * Range    x differs from either bound by less than 2^range.
 */
int mpc_clip(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, int64_t low,
    int64_t high, unsigned range);

/*
 * mpc_clip_any(S, y, x, low, high):
 * The same for any word x.
 *
 * Cost     a comparison with three thresholds, a conjunction, and a selection.
 */
int mpc_clip_any(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, int64_t low,
    int64_t high);

/*
 * mpc_clip_near(S, y, low, high, slack):
 * Bring words of ${y}, where they are, to ${low} or ${high} if they are beyond it by at most
 * ${slack}, as rounding may have carried them.  Others stay as they are: what is farther off must
 * not pass for a result.
 *
 * Range    |y - low|, |y - high| < 2^63 - slack, for words that are to be brought there.
 * Cost     4 rounds.
 */
int mpc_clip_near(struct mpc *S, struct mpc_vector *y, int64_t low, int64_t high, int64_t slack);

/*
 * mpc_sigmoid_within(S, y, x, f):
 * y = sigmoid(x) with MPC_SIGMOID_BITS fraction bits for |x| <= 56, off by 5e-4 or less (6.2e-4 if
 * all masks round against it); periodic beyond, as it does not compare.  x has f fraction bits, at
 * most 57: a product need not be truncated.  One round.
 */
#define MPC_SIGMOID_BITS 32
int mpc_sigmoid_within(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, unsigned f);

/*
 * A division of words |a| < 2^bits by b: y = a / b 2^result.  Nearer to 0 than 2^ladder.low, b
 * counts as that, or as up to an eighth less.
 */
struct mpc_division {
	unsigned range;             /* |b|, and what it differs from the ladder by, < 2^range */
	unsigned bits;
	struct mpc_ladder ladder;
	unsigned result;
};

/*
 * mpc_division_plan(least_result, a_bits, least, most):
 * A plan for words of a below 2^a_bits, a_bits <= MPC_DIVIDEND_BITS, and of b from ${least} >= 1 to
 * ${most} < 2^MPC_DIVISOR_BITS in magnitude; of 31 to 33 octaves the lowest ones are left out.  The
 * result has as many bits as the largest dividend by the largest divisor needs to have
 * MPC_QUOTIENT_BITS, and at least ${least_result}, as far as |y| < 2^59.2 allows.  The caller sets
 * the range.
 */
#define MPC_QUOTIENT_BITS 30
#define MPC_DIVIDEND_BITS 43
#define MPC_DIVISOR_BITS 60
struct mpc_division mpc_division_plan(unsigned least_result, unsigned a_bits, uint64_t least,
    uint64_t most);

/*
 * mpc_unknown_division(f):
 * That of numbers of which nothing is known but that they are below 2^15, the limit of what is
 * tested (cli/ranges.h).
 */
struct mpc_division mpc_unknown_division(unsigned f);

/*
 * mpc_divide(S, y, a, b, d):
 * y = a / b 2^d->result.
 *
 * Error    a thousandth of the result, 2 units, and 2^(d->bits - 30) / b, as a billionth of the
 *          largest dividend is, divided.
 */
int mpc_divide(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *a,
    const struct mpc_vector *b, const struct mpc_division *d);

/*
 * mpc_reciprocal_within(S, y, x, f, low, steps):
 * y = 1 / x for x that is surely in [2^low, 2^(low + 3 steps)]: no sign and no saturation to see
 * to.  0 <= low + f, and steps <= 8.
 */
int mpc_reciprocal_within(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x,
    unsigned f, int low, unsigned steps);

/*
 * mpc_reciprocal_above(S, y, x, f, ladder):
 * y = 2^(2 f) / x of words, off by a thousandth; 0 where x is below 2^ladder->low, or up to an
 * eighth less: 1 / x with f fraction bits, before and after.
 *
 * Range    -2^top <= x < 2^(top + 1), where top = low + 3 steps <= 58, 3 <= steps <= 8, and
 *          2 f <= 36 + top.
 * Cost     7 rounds.
 */
int mpc_reciprocal_above(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x,
    unsigned f, const struct mpc_ladder *ladder);

/*
 * mpc_exp_negative(S, y, x, n, g):
 * y = e^x with g fraction bits, g <= 30, for x <= 0; below -20.7 it is 0.
 */
int mpc_exp_negative(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x,
    struct mpc_numbers n, unsigned g);

/*
 * mpc_rsqrt_wide(S, y, x, f, low, steps, g):
 * y = 1 / sqrt(x) with g fraction bits, where words of x, of f fraction bits, are from 2^low to
 * 2^top, top = low + 3 steps; saturated beyond.  steps <= 16, and f - low <= 24.
 *
 * Range    -2^top <= x < 2^(top + 1), top <= 58.
 */
int mpc_rsqrt_wide(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, unsigned f,
    unsigned low, unsigned steps, unsigned g);

/* ---- several numbers ---- */

#define MPC_MAX_GROUP 16

/*
 * mpc_max_of(S, y, d, x, count, range):
 * y = max over x[0] .. x[count - 1], elementwise, and d[i] = [x[i] is the first of the largest],
 * for 2 <= count <= MPC_MAX_GROUP.  All pairs are compared at once.  ${d} may be NULL.
 *
 * Range    the difference of any two is below 2^range.
 */
int mpc_max_of(struct mpc *S, struct mpc_vector *y, struct mpc_bits *d,
    const struct mpc_vector *const *x, size_t count, unsigned range);

/*
 * mpc_max_rows(S, y, index, x, rows, cols, range):
 * y[r] = max of row r of a matrix; index[r] = the first column where it is, at 0 fraction bits.
 * Either may be NULL.
 *
 * Range    as mpc_max_of.
 */
int mpc_max_rows(struct mpc *S, struct mpc_vector *y, struct mpc_vector *index,
    const struct mpc_vector *x, size_t rows, size_t cols, unsigned range);

/* The reach of these. */
#define MPC_SOFTMAX_REACH 5

/*
 * mpc_softmax(S, y, x, rows, cols, n), mpc_log_softmax:
 * Of each row of a matrix; cols <= 32768.
 */
int mpc_softmax(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, size_t rows,
    size_t cols, struct mpc_numbers n);
int mpc_log_softmax(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, size_t rows,
    size_t cols, struct mpc_numbers n);

#endif /* !SMPC_FUNC_FUNCTION_H */
