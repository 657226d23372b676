#include "base/mem.h"
#include "mpc/correlated_internal.h"

/*
 * Truncation, for -2^62 <= z < 2^62 and z = m - r.  Let m' = m + 2^62 and z' = z + 2^62 = m' - r
 * mod 2^64, which is in [0, 2^63).  As integers, z' = m' - r + 2^64 w, where w = [m' < r] says that
 * z' + r wrapped.  Let m63 and r63 be the top bits of m' and r:
 *
 *	m63 = 1    m' >= 2^63 > z', and a sum that has wrapped is below both summands: w = 0
 *	m63 = 0    r63 = 1 means m' < 2^63 <= r; r63 = 0 means z' + r < 2^64: w = r63
 *
 * so that w = (1 - m63) r63, of which the dealer shares the second factor, and
 *
 *	floor(z' / 2^s) = (m' >> s) - (r >> s) + 2^(64 - s) w - e,   e = [r mod 2^s > m mod 2^s]
 *
 * Without e, the borrow out of the bits cut off, this is floor(z / 2^s) + e, after 2^(62 - s) is
 * taken off.  Over r, e = 1 with probability (z mod 2^s) / 2^s (smpc-protocol(7), Truncation).  Of
 * the shares of r63 the low s bits are enough, since they are multiplied by 2^(64 - s).
 */

struct truncation {
	word high[CHUNK], top[CHUNK]; /* our shares of r >> s and of r63 */
};

/*
 * Our additive share of floor(z / 2^s) + e, added to the mask in ${lam}: m' >> s less 2^(62 - s)
 * is the first party's alone.
 */
static void
truncation_share(const struct mpc *S, word *share, const struct truncation *t, const word *m,
    const word *lam, size_t n, unsigned shift)
{
	word back = first_alone(S, OFFSET >> shift), first = first_alone(S, ~(word)0);
	word offset, clear_top;
	size_t i;

	for (i = 0; i < n; i++) {
		offset = m[i] + OFFSET;
		clear_top = (offset >> TOP_BIT) - 1; /* all ones where the top bit is clear */
		share[i] = ((offset >> shift) & first) - back - t->high[i] +
		    ((t->top[i] << (WORD_BITS - shift)) & clear_top) + lam[i];
	}
}

static int
truncate_with_coin(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *z, unsigned shift)
{
	struct truncation *t;
	size_t i, c;

	if ((t = work_room(S, WORK_TRUNCATE, sizeof(*t))) == NULL)
		return (-1);
	for (i = 0; i < z->n; i += c) {
		c = chunk_of(z->n - i);
		if (correlated_truncation(S, t->high, t->top, c, shift) == -1)
			return (-1);
		mask_words(S, y, i, c);
		truncation_share(S, y->held.m + i, t, z->held.m + i, y->held.lam + i, c, shift);
		if (open_send(S, y->held.m + i, c) == -1)
			return (-1);
	}
	return (open_words(S, y));
}

int
masked_truncate(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *z, unsigned shift)
{

	if (S->faithful)
		return (truncate_faithfully(S, y, z, shift, masked_borrow, truncate_with_coin));
	return (truncate_with_coin(S, y, z, shift));
}

/* ---- the exact floor, at all parties alike ---- */

int
truncate_faithfully(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *z,
    unsigned shift, int (*borrow)(struct mpc *, struct mpc_bits *, const struct mpc_vector *,
    const struct borrow *), int (*truncate)(struct mpc *, struct mpc_vector *,
    const struct mpc_vector *, unsigned))
{
	const struct borrow cut = { .low = 0, .high = shift, .count = 1 };
	struct mpc_vector rough = { .n = 0 };
	struct mpc_bits borrowed = { .n = 0 };
	int rc = -1;

	if (mpc_vector_new(S, &rough, z->n) == 0 && mpc_bits_new(S, &borrowed, z->n) == 0 &&
	    borrow(S, &borrowed, z, &cut) == 0 && truncate(S, &rough, z, shift) == 0) {
		/* e = [r mod 2^s > m mod 2^s], the borrow: take it off. */
		const struct mpc_selection_term terms[] = {
			{ .word = &rough, .weight = { 1 } },
			{ .bit = &borrowed, .constant = { -1 } },
		};
		const struct mpc_selection less = { .count = 2, .terms = terms, .results = 1 };

		rc = S->engine->select(S, y, &less);
	}
	mpc_vector_free(&rough);
	mpc_bits_free(&borrowed);
	return (rc);
}
