#include <string.h>

#include "base/mem.h"
#include "mpc/correlated_internal.h"
#include "mpc/cost_internal.h"
#include "mpc/tree_internal.h"
#include "ring/bits.h"

/*
 * Comparison, at the dealer: it walks through the same trees as the computing parties (compare.c),
 * draws the masks of all that they open, and deals the monomials that they combine it with.
 */

/* What a level opens of a chunk: its masks; and, at the root of a comparison, the top bits of r. */
static int
mask_level(struct mpc *S, struct level *l, const struct mpc_vector *z, const struct borrow *b,
    size_t first, size_t n)
{
	size_t words = bits_words(n);

	if (l->nodes == 1 && b->with_top && deal_bit(S, z->held.lam + first, n, b->high) == -1)
		return (-1);
	mask_bits(S, l->held.lam + level_at(l, first, 0, words), l->trees * l->planes * words);
	return (0);
}

static int
deal_leaves(struct mpc *S, struct level *l, const struct mpc_vector *z, const struct borrow *b)
{
	size_t room = tree_monomials(b->high - b->low) * bits_words(chunk_of(z->n)), i, n;
	word *monomials;
	int rc = 0;

	if ((monomials = mem_array(room, sizeof(*monomials))) == NULL)
		return (-1);
	for (i = 0; i < z->n && rc == 0; i += CHUNK) {
		n = chunk_of(z->n - i);
		rc = deal_blocks(S, monomials, z->held.lam + i, n, b->low, b->high);
		if (rc == 0)
			rc = mask_level(S, l, z, b, i, n);
	}
	mem_wipe_free(monomials, room * sizeof(*monomials));
	return (rc);
}

/* Deal what a group's node above needs, in a chunk of one tree whose planes begin at ${at}. */
static int
deal_group(struct mpc *S, const struct level *l, size_t node, size_t at, size_t words)
{
	const word *lam[FACTORS];
	struct group g;

	group_of(&g, l->want, l->nodes, node);
	group_factors(l, &g, l->held.lam + at, words, lam);
	return (deal_products(S, lam, g.monomials, g.n_monomials, words));
}

/* A level has been opened: replace it by the one above. */
static int
deal_climb(struct mpc *S, struct level *l, const struct mpc_vector *z, const struct borrow *b)
{
	struct level above;
	size_t i, tree, node, words;
	int rc;

	rc = level_new(S, &above, l->want, l->trees, tree_above(l->nodes), z->n);
	for (i = 0; i < z->n && rc == 0; i += CHUNK) {
		words = bits_words(chunk_of(z->n - i));
		for (tree = 0; tree < l->trees; tree++) {
			for (node = 0; node < above.nodes && rc == 0; node++)
				rc = deal_group(S, l, node, level_at(l, i, tree, words), words);
		}
		if (rc == 0)
			rc = mask_level(S, &above, z, b, i, chunk_of(z->n - i));
	}
	level_free(l);
	*l = above;
	return (rc);
}

/* The masks of the roots are those of the result. */
static void
take_root_masks(struct mpc_bits *d, const struct level *l, size_t n)
{
	size_t i, tree, words;

	for (i = 0; i < n; i += CHUNK) {
		words = bits_words(chunk_of(n - i));
		for (tree = 0; tree < l->trees; tree++)
			memcpy(d[tree].held.lam + i / WORD_BITS,
			    l->held.lam + level_at(l, i, tree, words),
			    words * sizeof(word));
	}
}

/* The computing parties open a level: it is a round of theirs, which we only count. */
static void
count_level(struct mpc *S, const struct level *l)
{

	cost_add(&S->counted, 1, 0, WORD_BITS * (uint64_t)l->words);
}

static int
deal_trees(struct mpc *S, struct mpc_bits *d, const struct mpc_vector *z, const struct borrow *b,
    enum wanted want)
{
	struct level l;
	int rc = -1;

	if (level_new(S, &l, want, b->count, tree_blocks(b->high - b->low), z->n) == -1 ||
	    deal_leaves(S, &l, z, b) == -1)
		goto out;
	while (l.nodes > 1) {
		count_level(S, &l);
		if (deal_climb(S, &l, z, b) == -1)
			goto out;
	}
	count_level(S, &l);
	take_root_masks(d, &l, z->n);
	rc = 0;
out:
	level_free(&l);
	return (rc);
}

int
dealer_borrow(struct mpc *S, struct mpc_bits *d, const struct mpc_vector *z, const struct borrow *b)
{

	return (deal_trees(S, d, z, b, WANT_GREATER));
}

int
dealer_compare(struct mpc *S, struct mpc_bits *d, const struct mpc_vector *z,
    const struct mpc_comparison *c)
{
	const struct borrow b = { .low = c->low, .high = c->high, .count = c->count,
		.with_top = true };

	return (deal_trees(S, d, z, &b, WANT_GREATER));
}

int
dealer_equal(struct mpc *S, struct mpc_bits *d, const struct mpc_vector *z, unsigned bits)
{
	const struct borrow b = { .low = 0, .high = bits, .count = 1 };

	return (deal_trees(S, d, z, &b, WANT_EQUAL));
}

int
dealer_and(struct mpc *S, struct mpc_bits *d, const struct mpc_bits *const *a, size_t count)
{
	const word *lam[FACTORS] = { NULL };
	struct group g;
	size_t i, j, words;

	group_of(&g, WANT_EQUAL, count, 0);
	for (i = 0; i < d->n; i += CHUNK) {
		words = bits_words(chunk_of(d->n - i));
		for (j = 0; j < g.size; j++)
			lam[j] = a[j]->held.lam + i / WORD_BITS;
		if (deal_products(S, lam, g.monomials, g.n_monomials, words) == -1)
			return (-1);
		mask_bits(S, d->held.lam + i / WORD_BITS, words);
	}
	cost_add(&S->counted, 1, 0, plane_bits(d->n));
	return (0);
}
