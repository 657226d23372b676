#include <string.h>

#include "base/mem.h"
#include "mpc/correlated_internal.h"
#include "mpc/tree_internal.h"
#include "ring/bits.h"
#include "ring/monomial.h"

/*
 * Comparison, at a computing party.  For z = m - r with |z| < 2^l, bit l of z is its sign, and
 *
 *	[z < 0] = m_l xor r_l xor [r mod 2^l > m mod 2^l]
 *
 * since bit l of a difference is that of both sides and the borrow below it.  A threshold c is
 * public: m - c takes the place of m.  Where bits below ${low} are not looked at, the borrow out of
 * them is missing, which is the coin of a truncation.
 *
 * The borrow is the root of a tree (tree_internal.h).  P and G of a leaf are polynomials in a
 * block's bits of r whose coefficients depend on the bits of m alone, which are public here: with
 * shares of all monomials of r's bits, a party's share of P and G is local.  One level up, P and G
 * of all nodes are opened under masks; products of them are then polynomials in the masks, of whose
 * monomials the dealer gives shares.  So each level takes one round: 3 for 63 bits.
 */

/* Add bit ${high} of m - threshold and of r to the roots, which then are [z < c]. */
static int
add_top_bits(struct mpc *S, struct level *l, const struct mpc_vector *z, const struct borrow *b,
    size_t first, size_t n)
{
	word r[CHUNK_WORDS], m[CHUNK_WORDS], values[CHUNK], *out;
	size_t words = bits_words(n), tree, i;

	if (correlated_bit(S, r, n) == -1)
		return (-1);
	for (tree = 0; tree < l->trees; tree++) {
		out = l->held.m + level_at(l, first, tree, words);
		for (i = 0; i < n; i++)
			values[i] = z->held.m[first + i] - (word)b->thresholds[tree];
		bits_slice(m, words, values, n, b->high, 1);
		for (i = 0; i < words; i++)
			out[i] ^= r[i] ^ first_alone(S, m[i]);
	}
	mem_wipe(r, sizeof(r));
	mem_wipe(values, sizeof(values));
	return (0);
}

/* Mask and send what has been computed for a chunk. */
static int
level_send(struct mpc *S, struct level *l, const struct mpc_vector *z, const struct borrow *b,
    size_t first, size_t n)
{
	size_t words = bits_words(n), at = level_at(l, first, 0, words), i;
	size_t count = l->trees * l->planes * words;
	word *m = l->held.m + at, *lam = l->held.lam + at;

	if (l->nodes == 1 && b->with_top && add_top_bits(S, l, z, b, first, n) == -1)
		return (-1);
	mask_bits(S, lam, count);
	for (i = 0; i < count; i++)
		m[i] ^= lam[i];
	return (open_send(S, m, count));
}

/* ---- leaves ---- */

/* What a chunk's leaves are made of. */
struct leaves {
	/* Our shares of the monomials of r's bits. */
	word monomials[((1 << BLOCK_BITS) - 1) * (WORD_BITS / BLOCK_BITS) * CHUNK_WORDS];
	word values[CHUNK];
	/* complements of m's bits, as ring/monomial.h wants them */
	word c[WORD_BITS * CHUNK_WORDS];
};

/* P and G of all blocks of a chunk, into the planes of one tree. */
static void
evaluate_leaves(const struct mpc *S, const struct level *l, word *out, const struct leaves *w,
    size_t words, unsigned bits)
{
	word one = first_alone(S, ~(word)0);
	const word *monomials = w->monomials, *c = w->c;
	size_t node;
	unsigned width;

	for (node = 0; node < l->nodes; node++) {
		width = (bits < BLOCK_BITS) ? bits : BLOCK_BITS;
		if (level_has_p(l, node))
			monomial_equal(out + level_p(l, node) * words, monomials, c, width, words,
			    one);
		if (l->want == WANT_GREATER)
			monomial_greater(out + level_g(node) * words, monomials, c, width, words);
		monomials += (((size_t)1 << width) - 1) * words;
		c += width * words;
		bits -= width;
	}
}

/* Complements of the bits low .. high - 1 of m - threshold. */
static void
slice_complements(struct leaves *w, const word *m, size_t n, int64_t threshold, unsigned low,
    unsigned high)
{
	size_t words = bits_words(n), i;

	for (i = 0; i < n; i++)
		w->values[i] = m[i] - (word)threshold;
	bits_slice(w->c, words, w->values, n, low, high - low);
	for (i = 0; i < (high - low) * words; i++)
		w->c[i] = ~w->c[i];
}

/* All thresholds have the same monomials: they are dealt once. */
static int
make_leaves(struct mpc *S, struct level *l, const struct mpc_vector *z, const struct borrow *b)
{
	struct leaves *w;
	size_t i, tree, n;
	int rc = 0;

	if ((w = work_room(S, WORK_COMPARE, sizeof(*w))) == NULL)
		return (-1);
	for (i = 0; i < z->n && rc == 0; i += CHUNK) {
		n = chunk_of(z->n - i);
		if ((rc = correlated_blocks(S, w->monomials, n, b->low, b->high)) == -1)
			break;
		for (tree = 0; tree < l->trees; tree++) {
			slice_complements(w, z->held.m + i, n,
			    (b->thresholds == NULL) ? 0 : b->thresholds[tree], b->low, b->high);
			evaluate_leaves(S, l, l->held.m + level_at(l, i, tree, bits_words(n)), w,
			    bits_words(n), b->high - b->low);
		}
		rc = level_send(S, l, z, b, i, n);
	}
	return (rc);
}

/* ---- inner nodes ---- */

static const word zeros[CHUNK_WORDS];
static const word ones[CHUNK_WORDS] = {
#define FOUR UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX
#define SIXTEEN FOUR, FOUR, FOUR, FOUR
	SIXTEEN, SIXTEEN, SIXTEEN, SIXTEEN
#undef SIXTEEN
#undef FOUR
};

/* Planes of a group's factors: m's, our shares of the masks, and of the masks' monomials. */
struct factor_planes {
	const word *m[FACTORS], *lam[FACTORS];
	const word *dealt;
	size_t words;
};

/* Our share of the monomial of a set of masks: dealt, our own share of one, or, of none, 1. */
static const word *
monomial_share(const struct mpc *S, const struct group *g, unsigned set,
    const struct factor_planes *f)
{
	size_t j;
	unsigned i;

	if (set == 0)
		return (is_first(S) ? ones : zeros);
	if ((set & (set - 1)) == 0) {
		for (i = 0; (set >> i) != 1; i++)
			;
		return (f->lam[i]);
	}
	for (j = 0; g->monomials[j] != set; j++)
		;
	return (f->dealt + j * f->words);
}

/*
 * Add our share of a product of bits b_i = m_i xor l_i: multiplied out, a sum over all subsets of
 * the factors, of the monomial of their masks times the m of the others.
 */
static void
add_product_share(const struct mpc *S, word *out, unsigned product, const struct group *g,
    const struct factor_planes *f)
{
	const word *monomials[1 << TREE_GROUP], *m[TREE_GROUP];
	unsigned width = 0, i, k, set = 0;

	for (i = 0; i < FACTORS; i++) {
		if ((product >> i & 1) != 0)
			m[width++] = f->m[i];
	}
	for (k = 0; k < 1U << width; k++, set = monomial_subset_after(set, product))
		monomials[k] = monomial_share(S, g, set, f);
	monomial_add_product(out, monomials, m, width, f->words);
}

/* A group's node on the level above, in a chunk of one tree, whose planes begin at ${out}. */
static int
combine(struct mpc *S, const struct level *above, word *out, size_t node, const struct level *l,
    size_t at, size_t words)
{
	word dealt[GROUP_MONOMIALS_MAX * CHUNK_WORDS];
	struct factor_planes f = { .dealt = dealt, .words = words };
	struct group g;
	size_t i, plane;
	int rc;

	group_of(&g, l->want, l->nodes, node);
	group_factors(l, &g, l->held.lam + at, words, f.lam);
	group_factors(l, &g, l->held.m + at, words, f.m);
	if ((rc = correlated_products(S, dealt, g.n_monomials, words)) == 0) {
		for (i = 0; i < g.n_products; i++) {
			plane = (g.p && i == g.n_products - 1) ? level_p(above, node) :
			    level_g(node);
			add_product_share(S, out + plane * words, g.products[i], &g, &f);
		}
	}
	mem_wipe(dealt, g.n_monomials * words * sizeof(*dealt));
	return (rc);
}

/* Open a level, and replace it by the one above. */
static int
climb(struct mpc *S, struct level *l, const struct mpc_vector *z, const struct borrow *b)
{
	struct level above;
	size_t i, tree, node, words;
	word *out;
	int rc;

	if (open_receive(S, l->held.m, l->words, SHARES_XOR) == -1)
		return (-1);
	rc = level_new(S, &above, l->want, l->trees, tree_above(l->nodes), z->n);
	for (i = 0; i < z->n && rc == 0; i += CHUNK) {
		words = bits_words(chunk_of(z->n - i));
		for (tree = 0; tree < l->trees; tree++) {
			out = above.held.m + level_at(&above, i, tree, words);
			for (node = 0; node < above.nodes && rc == 0; node++)
				rc = combine(S, &above, out, node, l, level_at(l, i, tree, words),
				    words);
		}
		if (rc == 0)
			rc = level_send(S, &above, z, b, i, chunk_of(z->n - i));
	}
	level_free(l);
	*l = above;
	return (rc);
}

/* ---- whole trees ---- */

/* Hand the roots out, negated where [z < c] was computed. */
static void
take_roots(struct mpc_bits *d, const struct level *l, size_t n, bool negate)
{
	size_t i, j, tree, words, at;

	for (i = 0; i < n; i += CHUNK) {
		words = bits_words(chunk_of(n - i));
		for (tree = 0; tree < l->trees; tree++) {
			at = level_at(l, i, tree, words);
			memcpy(d[tree].held.lam + i / WORD_BITS, l->held.lam + at,
			    words * sizeof(word));
			for (j = 0; j < words; j++)
				d[tree].held.m[i / WORD_BITS + j] = negate ? ~l->held.m[at + j] :
				    l->held.m[at + j];
		}
	}
}

static int
run_trees(struct mpc *S, struct mpc_bits *d, const struct mpc_vector *z, const struct borrow *b,
    enum wanted want)
{
	struct level l;
	int rc = -1;

	if (level_new(S, &l, want, b->count, tree_blocks(b->high - b->low), z->n) == -1 ||
	    make_leaves(S, &l, z, b) == -1)
		goto out;
	while (l.nodes > 1) {
		if (climb(S, &l, z, b) == -1)
			goto out;
	}
	if (open_receive(S, l.held.m, l.words, SHARES_XOR) == -1)
		goto out;
	take_roots(d, &l, z->n, b->with_top);
	rc = 0;
out:
	level_free(&l);
	return (rc);
}

int
masked_borrow(struct mpc *S, struct mpc_bits *d, const struct mpc_vector *z, const struct borrow *b)
{

	return (run_trees(S, d, z, b, WANT_GREATER));
}

int
masked_compare(struct mpc *S, struct mpc_bits *d, const struct mpc_vector *z,
    const struct mpc_comparison *c)
{
	const struct borrow b = { .low = c->low, .high = c->high, .count = c->count,
		.thresholds = c->thresholds, .with_top = true };

	return (run_trees(S, d, z, &b, WANT_GREATER));
}

/* z = 0 exactly if r = m in all bits. */
int
masked_equal(struct mpc *S, struct mpc_bits *d, const struct mpc_vector *z, unsigned bits)
{
	const struct borrow b = { .low = 0, .high = bits, .count = 1 };

	return (run_trees(S, d, z, &b, WANT_EQUAL));
}

/* ---- and: a group of its own, of bits that are already opened under masks ---- */

/* A chunk of a conjunction: mask and send our share. */
static int
and_chunk(struct mpc *S, struct mpc_bits *d, const struct mpc_bits *const *a,
    const struct group *g, size_t at, size_t words)
{
	word dealt[GROUP_MONOMIALS_MAX * CHUNK_WORDS], *m = d->held.m + at, *lam = d->held.lam + at;
	struct factor_planes f = { .dealt = dealt, .words = words };
	size_t i;

	for (i = 0; i < g->size; i++) {
		f.m[i] = a[i]->held.m + at;
		f.lam[i] = a[i]->held.lam + at;
	}
	if (correlated_products(S, dealt, g->n_monomials, words) == -1) {
		mem_wipe(dealt, g->n_monomials * words * sizeof(*dealt));
		return (-1);
	}
	mask_bits(S, lam, words);
	memcpy(m, lam, words * sizeof(*m));
	add_product_share(S, m, g->products[0], g, &f);
	mem_wipe(dealt, g->n_monomials * words * sizeof(*dealt));
	return (open_send(S, m, words));
}

int
masked_and(struct mpc *S, struct mpc_bits *d, const struct mpc_bits *const *a, size_t count)
{
	struct group g;
	size_t i;

	group_of(&g, WANT_EQUAL, count, 0);
	for (i = 0; i < d->n; i += CHUNK) {
		if (and_chunk(S, d, a, &g, i / WORD_BITS, bits_words(chunk_of(d->n - i))) == -1)
			return (-1);
	}
	return (open_receive(S, d->held.m, bits_words(d->n), SHARES_XOR));
}
