#include "mpc/correlated_internal.h"

#include "base/mem.h"

struct truncation {
	uint64_t high[CHUNK], top[CHUNK];
};

/* Our additive share of floor(z / 2^shift) + e, added to the mask in ${lam}. */
static void
truncation_share(const struct mpc *S, uint64_t *share, const struct truncation *t,
    const uint64_t *m, const uint64_t *lam, size_t n, unsigned shift)
{
	uint64_t offset, wrapped, constant = (S->self == 1) ? (uint64_t)1 << (OFFSET_BIT - shift) :
	    0;
	uint64_t first = (S->self == 1) ? UINT64_MAX : 0;
	size_t i;

	for (i = 0; i < n; i++) {
		offset = m[i] + ((uint64_t)1 << OFFSET_BIT);
		wrapped = (offset >> 63) - 1; /* all ones where the top bit is clear */
		share[i] = ((offset >> shift) & first) - constant - t->high[i] +
		    ((t->top[i] << (64 - shift)) & wrapped) + lam[i];
	}
}

/* Take the coin off: e is the borrow out of the bits that were cut off (faithful mode). */
static int
floor_exactly(struct mpc *S, struct mpc_vector *y, const struct mpc_bits *borrowed,
    const struct mpc_vector *truncated)
{
	const struct mpc_selection_term terms[] = { { NULL, truncated, { 1, 0 }, { 0, 0 } },
		{ borrowed, NULL, { 0, 0 }, { -1, 0 } } };
	const struct mpc_selection selection = { 2, terms, 0, 1 };

	return (masked_select(S, y, &selection));
}

static int
truncate(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *z, unsigned shift)
{
	struct truncation *t;
	size_t i, c;
	int rc = -1;

	if ((t = mem_array(1, sizeof(*t))) == NULL)
		return (-1);
	for (i = 0; i < z->n; i += c) {
		c = chunk_of(z->n - i);
		if (source_truncation(S, t->high, t->top, z->lam + i, c, shift) == -1)
			goto out;
		mask_words(S, y, i, c);
		if (S->self > 0) {
			truncation_share(S, y->m + i, t, z->m + i, y->lam + i, c, shift);
			if (open_send(S, y->m + i, c) == -1)
				goto out;
		}
	}
	rc = open_receive(S, y->m, z->n, OPEN_ADD);
out:
	mem_wipe_free(t, sizeof(*t));
	return (rc);
}

int
masked_truncate(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *z, unsigned shift)
{
	const struct borrow cut = { 0, shift, 1, NULL, false };
	struct mpc_vector rough = { 0, NULL, NULL, NULL };
	struct mpc_bits borrowed = { 0, NULL, NULL };
	int rc = -1;

	if (!S->faithful)
		return (truncate(S, y, z, shift));
	if (mpc_vector_new(S, &rough, z->n) == 0 && mpc_bits_new(S, &borrowed, z->n) == 0 &&
	    masked_borrow(S, &borrowed, z, &cut) == 0 && truncate(S, &rough, z, shift) == 0 &&
	    floor_exactly(S, y, &borrowed, &rough) == 0)
		rc = 0;
	mpc_vector_free(&rough);
	mpc_bits_free(&borrowed);
	return (rc);
}
