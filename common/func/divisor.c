#include "func/divisor.h"

#include "base/diag.h"
#include "mpc/room.h"

/*
 * With 28 bits an inverse leaves 33 of the 61 that a product may have for the number itself, and a
 * divisor of k <= 35 bits has one that fits into a word, 2^(k + 27) / divisor, and a shift of at
 * most 62.
 */
#define INVERSE_BITS 28
#define PRODUCT_BITS 61
#define NUMBER_BITS (PRODUCT_BITS - INVERSE_BITS)

static unsigned
bit_length(uint64_t v)
{
	unsigned n = 0;

	for (; v > 0; v >>= 1)
		n++;
	return (n);
}

/* 2^(k + 27) / divisor, rounded, for a divisor of k bits: a number of 28 bits. */
static int64_t
inverse(uint64_t divisor, unsigned k)
{

	return ((int64_t)((((uint64_t)1 << (k + INVERSE_BITS - 1)) + divisor / 2) / divisor));
}

/*
 * How many bits are left of x < 2^bits after a digit.  Three things remain, each below one of these
 * powers: what was cut off, 2^cut; the error of the inverse, half a unit, times x, 2^(bits - 28);
 * and the floor or coin of the digit, times the divisor, 2^k.  Their sum has up to two bits more
 * than the largest.
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
 * A digit is the last one if it is off by little more than the coin of its truncation: at most 1 by
 * that, 2^-5 by the inverse where bits < k + 24, and 2^-3 of a unit by what was cut off, if that is
 * nothing or four bits less than the divisor has.  In all 1.16 units.
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
	unsigned k = bit_length(divisor), cut;
	struct mpc_vector *w;
	bool last = false;
	struct room r;
	int rc = -1;

	if (room_open(&r, S, x->n, WORDS, 0) == -1)
		goto out;
	w = r.word;
	mpc_scale(&w[LEFT], x, 1);
	mpc_scale(y, x, 0);
	while (!last) {
		/* The product stays below 2^61, and the coin of the cut has room, too. */
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
		mpc_scale(y, x, 1);
		return (0);
	}
	if ((divisor & (divisor - 1)) == 0)
		return (mpc_truncate(S, y, x, bit_length(divisor) - 1));
	return (divide_long(S, y, x, divisor, range));
}
