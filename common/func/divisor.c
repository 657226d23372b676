#include "func/divisor.h"

#include "base/diag.h"
#include "mpc/room.h"

/* k + 27 is the largest shift, and at most 62 for a divisor of k <= 35 bits. */
#define INVERSE_BITS 28
#define PRODUCT_BITS 61
#define NUMBER_BITS (PRODUCT_BITS - INVERSE_BITS)

/* 2^(k + 27) / divisor, rounded, for a divisor of k bits: a number of 28 bits. */
static int64_t
inverse(uint64_t divisor, unsigned k)
{

	return ((int64_t)((((uint64_t)1 << (k + INVERSE_BITS - 1)) + divisor / 2) / divisor));
}

/*
 * Bits that are left of x < 2^bits after a digit: what was cut off is below 2^cut, the error of the
 * inverse, half a unit, times x below 2^(bits - 28), and the coin of the digit, times the divisor,
 * below 2^k.  Three of them have up to two bits more than the largest.
 */
static unsigned
bits_left(unsigned bits, unsigned k, unsigned cut)
{
	unsigned most = (k > cut) ? k : cut;

	if (bits > most + INVERSE_BITS)
		most = bits - INVERSE_BITS;
	return (most + 2);
}

/*
 * The last digit is off by 1 because of its coin, by 2^-5 because of the inverse if bits < k + 24,
 * and by 2^-3 because of the cut if that is four bits shorter than the divisor: 1.16 units in all.
 */
static bool
is_last(unsigned bits, unsigned k, unsigned cut)
{

	return (bits < k + 24 && (cut == 0 || cut + 4 <= k));
}

/*
 * Long division: digits of up to 28 bits, each from the upper bits of what is left and an inverse
 * of the divisor, until what is left is below a few divisors; all that decides how often is public.
 * What is left is exact, whatever a digit was off by: so only the last one's error remains.
 */
static int
divide_long(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, uint64_t divisor,
    unsigned bits)
{
	enum { LEFT, DIGIT, PRODUCT, WORDS };
	unsigned k = word_bits(divisor), cut;
	struct mpc_vector *w;
	bool last = false;
	struct room r;
	int rc = -1;

	if (room_open(&r, S, x->n, WORDS, 0) == -1)
		goto out;
	w = r.word;
	mpc_copy(&w[LEFT], x);
	mpc_zero(y);
	while (!last) {
		cut = (bits > NUMBER_BITS) ? bits - NUMBER_BITS : 0;
		last = is_last(bits, k, cut);
		if (cut > 0 && mpc_truncate(S, &w[DIGIT], &w[LEFT], cut) == -1)
			goto out;
		mpc_scale(&w[PRODUCT], &w[(cut > 0) ? DIGIT : LEFT], inverse(divisor, k));
		if (mpc_truncate(S, &w[DIGIT], &w[PRODUCT], k + INVERSE_BITS - 1 - cut) == -1)
			goto out;
		mpc_add(y, y, &w[DIGIT]);
		mpc_scale(&w[DIGIT], &w[DIGIT], (int64_t)divisor);
		mpc_subtract(&w[LEFT], &w[LEFT], &w[DIGIT]);
		bits = bits_left(bits, k, cut);
	}
	rc = 0;
out:
	room_close(&r);
	return (rc);
}

int
mpc_divide_public(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, uint64_t divisor,
    unsigned range)
{

	if (divisor >= MPC_MAX_DIVISOR)
		return (fail(ST_RANGE, "a divisor of %llu is too large",
		    (unsigned long long)divisor));
	if (divisor == 1) {
		mpc_copy(y, x);
		return (0);
	}
	if ((divisor & (divisor - 1)) == 0)
		return (mpc_truncate(S, y, x, word_bits(divisor) - 1));
	return (divide_long(S, y, x, divisor, range));
}

/*
 * sign = 1 where x >= 0, and else -1; x -= sign taken, sum += sign whole.  That is 0 to the words
 * and their quotients together, where taken is whole divisors.
 */
static int
take_whole(struct mpc *S, struct mpc_vector *x, struct mpc_vector *sum, int64_t taken,
    int64_t whole)
{
	static const int64_t zero = 0;
	const struct mpc_comparison c = { .high = MPC_WORD_RANGE, .count = 1,
		.thresholds = &zero };
	struct room r;
	int rc = -1;

	if (room_open(&r, S, x->n, 1, 1) == 0 && mpc_compare(S, r.bit, x, &c) == 0) {
		const struct mpc_selection_term terms[] = {
			{ .bit = r.bit, .constant = { 2 } },
			{ .constant = { -1 } },
		};

		if ((rc = mpc_select(S, &r.word[0], &(struct mpc_selection){ .count = 2,
		    .terms = terms, .results = 1 })) == 0) {
			mpc_add_scaled(x, &r.word[0], -taken);
			mpc_add_scaled(sum, &r.word[0], whole);
		}
	}
	room_close(&r);
	return (rc);
}

/*
 * About 2^62, and then about 2^61, is taken from the magnitude: what is left of any word is below
 * 2^61 and two divisors, which a division has room for.
 */
int
mpc_divide_any(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, uint64_t divisor)
{
	enum { LEFT, SUM, WORDS };
	unsigned bits;
	int64_t whole;
	struct room r;
	int rc = -1;

	if (divisor == 1 || divisor >= MPC_MAX_DIVISOR)
		return (mpc_divide_public(S, y, x, divisor, MPC_DIVIDE_BITS));
	if (room_open(&r, S, x->n, WORDS, 0) == -1)
		goto out;
	mpc_copy(&r.word[LEFT], x);
	for (bits = MPC_DIVIDE_BITS + 1; bits >= MPC_DIVIDE_BITS; bits--) {
		whole = (int64_t)(((uint64_t)1 << bits) / divisor);
		if (take_whole(S, &r.word[LEFT], &r.word[SUM], whole * (int64_t)divisor,
		    whole) == -1)
			goto out;
	}
	if (mpc_divide_public(S, y, &r.word[LEFT], divisor, MPC_DIVIDE_BITS) == 0) {
		mpc_add(y, y, &r.word[SUM]);
		rc = 0;
	}
out:
	room_close(&r);
	return (rc);
}

int
mpc_shift(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, int bits)
{

	if (bits < 0)
		return (mpc_truncate(S, y, x, (unsigned)-bits));
	mpc_scale(y, x, (int64_t)1 << bits);
	return (0);
}
