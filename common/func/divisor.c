#include "func/divisor.h"

#include "base/diag.h"
#include "mpc/room.h"

#define INVERSE_BITS 28

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
 * Long division: digits of up to 28 bits, each from the upper bits of what is left and an inverse
 * of the divisor, until what is left is below a few divisors; all that decides how often is public.
 */
int
mpc_divide_public(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, uint64_t divisor,
    unsigned bits)
{
	unsigned k = bit_length(divisor), cut;
	struct room r;
	bool last = false;
	int rc = -1;

	if (divisor >= MPC_MAX_DIVISOR)
		return (fail(ST_RANGE, "a divisor of %llu is too large",
		    (unsigned long long)divisor));
	if (k > 1 && (divisor & (divisor - 1)) == 0)
		return (mpc_truncate(S, y, x, k - 1));
	mpc_scale(y, x, (divisor == 1) ? 1 : 0);
	if (divisor == 1)
		return (0);
	if (room_open(&r, S, x->n, 3, 0) == -1)
		goto out;
	mpc_scale(&r.word[0], x, 1);
	while (!last) {
		/* The product stays below 2^62. */
		cut = (bits > 61 - INVERSE_BITS) ? bits - (61 - INVERSE_BITS) : 0;
		last = (bits < k + 24 && (cut == 0 || cut + 4 <= k));
		if (cut > 0 && mpc_truncate(S, &r.word[1], &r.word[0], cut) == -1)
			goto out;
		mpc_scale(&r.word[2], &r.word[(cut > 0) ? 1 : 0], inverse(divisor, k));
		if (mpc_truncate(S, &r.word[1], &r.word[2], k + INVERSE_BITS - 1 - cut) == -1)
			goto out;
		mpc_add(y, y, &r.word[1]);
		mpc_scale(&r.word[1], &r.word[1], (int64_t)divisor);
		mpc_subtract(&r.word[0], &r.word[0], &r.word[1]);
		/* What is left: the error of the inverse, what was cut off, and the coin. */
		bits = (bits > k + INVERSE_BITS && bits > cut + INVERSE_BITS) ?
		    bits - INVERSE_BITS + 2 : ((k > cut) ? k : cut) + 2;
	}
	rc = 0;
out:
	room_close(&r);
	return (rc);
}
