#include "mpc/correlated_internal.h"

#include <string.h>

#include "base/mem.h"
#include "ring/bits.h"
#include "ring/monomial.h"

/*
 * Comparison by a tree.  The bits to be compared are cut into blocks of BLOCK_BITS.  A node stands
 * for one block, or for up to TREE_GROUP neighbours together: P says "r and m are equal here", G "r
 * is greater here".  For the leaves both are polynomials in r's bits with coefficients that depend
 * on m alone, and local, as the monomials of r's bits are dealt. One level up: the nodes' bits are
 * opened under masks, and the monomials of the masks are dealt.
 *
 *	G = G_3 + P_3 G_2 + P_3 P_2 G_1 + P_3 P_2 P_1 G_0,   P = P_3 P_2 P_1 P_0   (3: the highest
 *of the group)
 *
 * The lowest node needs no P when G is what is wanted, and none needs G when P is.
 */
#define NODES (64 / BLOCK_BITS)

enum wanted { WANT_GREATER, WANT_EQUAL };

/*
 * One level of the trees, one for each threshold, over all values: planes of opened bits and of
 * their masks.  A chunk's planes lie together, tree by tree.
 */
struct level {
	enum wanted want;
	size_t trees;
	size_t nodes;
	size_t planes; /* of each tree */
	uint64_t *m;
	uint64_t *lam;
	size_t words;  /* in each of them */
};

/* Where the planes of a node are; the lowest has no P where G is wanted. */
static size_t
plane_p(enum wanted want, size_t node)
{

	return ((want == WANT_GREATER) ? 2 * node - 1 : node);
}

static size_t
plane_g(size_t node)
{

	return (2 * node);
}

static int
level_new(const struct mpc *S, struct level *l, enum wanted want, size_t trees, size_t nodes,
    size_t n)
{

	memset(l, 0, sizeof(*l));
	l->want = want;
	l->trees = trees;
	l->nodes = nodes;
	l->planes = (want == WANT_GREATER) ? 2 * nodes - 1 : nodes;
	l->words = trees * l->planes * bits_words(n);
	if ((l->lam = mem_array(l->words, sizeof(*l->lam))) == NULL)
		return (-1);
	return ((S->self > 0 && (l->m = mem_array(l->words, sizeof(*l->m))) == NULL) ? -1 : 0);
}

static void
level_free(struct level *l)
{

	mem_wipe_free(l->m, l->words * sizeof(*l->m));
	mem_wipe_free(l->lam, l->words * sizeof(*l->lam));
	memset(l, 0, sizeof(*l));
}

/*
 * Where the planes of a tree begin in the chunk that begins with value ${first}; all chunks before
 * it are full.
 */
static size_t
level_at(const struct level *l, size_t first, size_t tree, size_t words)
{

	return (l->planes * (first / 64 * l->trees + tree * words));
}

/* At the root, a comparison is finished by bit ${high} of m - threshold and of r. */
static int
add_top(struct mpc *S, struct level *l, const struct mpc_vector *z, const struct borrow *b,
    size_t first, size_t n)
{
	uint64_t r[CHUNK_WORDS], m[CHUNK_WORDS], values[CHUNK], *out;
	size_t words = bits_words(n), tree, i;

	if (source_bit(S, r, z->lam + first, n, b->high) == -1)
		return (-1);
	for (tree = 0; S->self > 0 && tree < l->trees; tree++) {
		out = l->m + level_at(l, first, tree, words);
		for (i = 0; i < n; i++)
			values[i] = z->m[first + i] - (uint64_t)b->thresholds[tree];
		bits_slice(m, words, values, n, b->high, 1);
		for (i = 0; i < words; i++)
			out[i] ^= r[i] ^ ((S->self == 1) ? m[i] : 0);
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
	size_t words = bits_words(n), at = level_at(l, first, 0, words), count = l->trees *
	    l->planes * words, i;

	if (l->nodes == 1 && b->with_top && add_top(S, l, z, b, first, n) == -1)
		return (-1);
	mask_bits(S, l->lam + at, count);
	if (S->self == 0)
		return (0);
	for (i = 0; i < count; i++)
		l->m[at + i] ^= l->lam[at + i];
	return (open_send(S, l->m + at, count));
}

/* ---- leaves ---- */

/* What a chunk's leaves are made of. */
struct leaves {
	uint64_t monomials[((1 << BLOCK_BITS) - 1) * NODES * CHUNK_WORDS];
	uint64_t values[CHUNK];
	uint64_t c[64 * CHUNK_WORDS]; /* complements of m's bits */
};

/* P and G of all blocks of a chunk, into the planes of one tree. */
static void
evaluate_leaves(const struct mpc *S, const struct level *l, uint64_t *out, const struct leaves *w,
    size_t words, unsigned bits)
{
	uint64_t one = (S->self == 1) ? UINT64_MAX : 0;
	const uint64_t *monomials = w->monomials, *c = w->c;
	size_t node;
	unsigned width;

	for (node = 0; node < l->nodes; node++) {
		width = (bits < BLOCK_BITS) ? bits : BLOCK_BITS;
		if (l->want == WANT_EQUAL || node > 0)
			monomial_equal(out + plane_p(l->want, node) * words, monomials, c, width,
			    words, one);
		if (l->want == WANT_GREATER)
			monomial_greater(out + plane_g(node) * words, monomials, c, width, words);
		monomials += (((size_t)1 << width) - 1) * words;
		c += width * words;
		bits -= width;
	}
}

/* Complements of the bits low .. high - 1 of m - threshold. */
static void
take_bits(struct leaves *w, const uint64_t *m, size_t n, int64_t threshold, unsigned low,
    unsigned high)
{
	size_t words = bits_words(n), i;

	for (i = 0; i < n; i++)
		w->values[i] = m[i] - (uint64_t)threshold;
	bits_slice(w->c, words, w->values, n, low, high - low);
	for (i = 0; i < (high - low) * words; i++)
		w->c[i] = ~w->c[i];
}

static int
make_leaves(struct mpc *S, struct level *l, const struct mpc_vector *z, const struct borrow *b)
{
	struct leaves *w;
	size_t i, tree, n;
	int rc = 0;

	if ((w = mem_array(1, sizeof(*w))) == NULL)
		return (-1);
	for (i = 0; i < z->n && rc == 0; i += CHUNK) {
		n = chunk_of(z->n - i);
		if ((rc = source_blocks(S, w->monomials, z->lam + i, n, b->low, b->high)) == -1)
			break;
		for (tree = 0; S->self > 0 && tree < l->trees; tree++) {
			take_bits(w, z->m + i, n, (b->thresholds == NULL) ? 0 : b->thresholds[tree],
			    b->low, b->high);
			evaluate_leaves(S, l, l->m + level_at(l, i, tree, bits_words(n)), w,
			    bits_words(n), b->high - b->low);
		}
		rc = level_send(S, l, z, b, i, n);
	}
	mem_wipe_free(w, sizeof(*w));
	return (rc);
}

/* ---- inner nodes ---- */

/*
 * A group of nodes: P of member i is factor i, G of member i is factor TREE_GROUP + i; bit sets
 * name products of them.
 */
#define FACTORS (2 * TREE_GROUP)
#define SETS_MAX 22

struct group {
	size_t first, size;
	unsigned products[TREE_GROUP + 1]; /* sets: of G's terms, and of P */
	size_t n_products;
	bool p;                       /* the last of them is P's */
	unsigned sets[SETS_MAX];      /* of the monomials that are dealt */
	size_t n_sets;
};

static unsigned
bit_count(unsigned set)
{
	unsigned count = 0;

	for (; set != 0; set &= set - 1)
		count++;
	return (count);
}

/*
 * List the products that a group's G and P need, and the monomials of masks, of two and more, that
 * those need.
 */
static void
group_of(struct group *g, enum wanted want, size_t nodes, size_t first)
{
	unsigned i, set, all;

	memset(g, 0, sizeof(*g));
	g->first = first;
	g->size = (nodes - first < TREE_GROUP) ? nodes - first : TREE_GROUP;
	all = (1U << g->size) - 1;
	for (i = 0; want == WANT_GREATER && i < g->size; i++)
		g->products[g->n_products++] = 1U << (TREE_GROUP + i) | (all & (0xffU << (i + 1)) &
		    0xfU);
	g->p = (want == WANT_EQUAL || first > 0);
	if (g->p)
		g->products[g->n_products++] = all;
	for (set = 1; set < 1U << FACTORS; set++) {
		if (bit_count(set) < 2)
			continue;
		for (i = 0; i < g->n_products && (set & ~g->products[i]) != 0; i++)
			;
		if (i < g->n_products)
			g->sets[g->n_sets++] = set;
	}
}

/*
 * Planes of a group's factors, in ${planes}, which are m's or the masks'; NULL where there is none.
 */
static void
group_factors(const struct level *l, const struct group *g, const uint64_t *planes, size_t words,
    const uint64_t *factors[FACTORS])
{
	size_t i, node;

	memset(factors, 0, FACTORS * sizeof(*factors));
	for (i = 0; i < g->size; i++) {
		node = g->first + i;
		if (l->want == WANT_EQUAL || node > 0)
			factors[i] = planes + plane_p(l->want, node) * words;
		if (l->want == WANT_GREATER)
			factors[TREE_GROUP + i] = planes + plane_g(node) * words;
	}
}

static const uint64_t zeros[CHUNK_WORDS];
static const uint64_t ones[CHUNK_WORDS] = {
#define FOUR UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX
#define EIGHT FOUR, FOUR
	EIGHT, EIGHT, EIGHT, EIGHT, EIGHT, EIGHT, EIGHT, EIGHT
#undef EIGHT
#undef FOUR
};

/*
 * The plane of a monomial of masks: dealt, or for a single factor our share of its mask, or for
 * none a constant.
 */
static const uint64_t *
monomial_plane(const struct mpc *S, const struct group *g, unsigned set, const uint64_t *const *lam,
    const uint64_t *dealt, size_t words)
{
	size_t j;
	unsigned f;

	if (set == 0)
		return ((S->self == 1) ? ones : zeros);
	if ((set & (set - 1)) == 0) {
		for (f = 0; (set >> f) != 1; f++)
			;
		return (lam[f]);
	}
	for (j = 0; g->sets[j] != set; j++)
		;
	return (dealt + j * words);
}

/*
 * Our share of one product of masked bits: the sum over all subsets of its factors of monomial
 * times opened bits.
 */
static void
expand_product(const struct mpc *S, uint64_t *out, unsigned product, const struct group *g,
    const uint64_t *const *m, const uint64_t *const *lam, const uint64_t *dealt, size_t words)
{
	const uint64_t *monomials[1 << TREE_GROUP], *factor[TREE_GROUP];
	unsigned list[TREE_GROUP], width = 0, f, k, set;

	for (f = 0; f < FACTORS; f++) {
		if ((product >> f & 1) != 0) {
			factor[width] = m[f];
			list[width++] = f;
		}
	}
	for (k = 0; k < 1U << width; k++) {
		for (set = 0, f = 0; f < width; f++)
			set |= (k >> f & 1) << list[f];
		monomials[k] = monomial_plane(S, g, set, lam, dealt, words);
	}
	monomial_add_product(out, monomials, factor, width, words);
}

/* A group's node on the level above, in a chunk of one tree. */
static int
combine(struct mpc *S, const struct level *above, uint64_t *out, size_t node, const struct level *l,
    size_t at, size_t words)
{
	const uint64_t *m[FACTORS], *lam[FACTORS];
	uint64_t dealt[SETS_MAX * CHUNK_WORDS];
	struct group g;
	size_t i, plane;
	int rc;

	group_of(&g, l->want, l->nodes, node * TREE_GROUP);
	group_factors(l, &g, l->lam + at, words, lam);
	rc = source_products(S, dealt, lam, g.sets, g.n_sets, words);
	if (rc == 0 && S->self > 0) {
		group_factors(l, &g, l->m + at, words, m);
		for (i = 0; i < g.n_products; i++) {
			plane = (g.p && i == g.n_products - 1) ? plane_p(above->want, node) :
			    plane_g(node);
			expand_product(S, out + plane * words, g.products[i], &g, m, lam, dealt,
			    words);
		}
	}
	mem_wipe(dealt, g.n_sets * words * sizeof(*dealt));
	return (rc);
}

/* Open a level, and replace it by the one above. */
static int
climb(struct mpc *S, struct level *l, const struct mpc_vector *z, const struct borrow *b)
{
	struct level above;
	size_t i, tree, node, words;
	int rc;

	if (open_receive(S, l->m, l->words, OPEN_XOR) == -1)
		return (-1);
	rc = level_new(S, &above, l->want, l->trees, (l->nodes + TREE_GROUP - 1) / TREE_GROUP,
	    z->n);
	for (i = 0; i < z->n && rc == 0; i += CHUNK) {
		words = bits_words(chunk_of(z->n - i));
		for (tree = 0; tree < l->trees; tree++) {
			for (node = 0; node < above.nodes && rc == 0; node++)
				rc = combine(S, &above, (S->self == 0) ? NULL :
				    above.m + level_at(&above, i, tree, words), node, l,
				    level_at(l, i, tree, words), words);
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
take_roots(const struct mpc *S, struct mpc_bits *d, const struct level *l, size_t n, bool negate)
{
	size_t i, j, tree, words, at;

	for (i = 0; i < n; i += CHUNK) {
		words = bits_words(chunk_of(n - i));
		for (tree = 0; tree < l->trees; tree++) {
			at = level_at(l, i, tree, words);
			memcpy(d[tree].lam + i / 64, l->lam + at, words * sizeof(*l->lam));
			for (j = 0; S->self > 0 && j < words; j++)
				d[tree].m[i / 64 + j] = negate ? ~l->m[at + j] : l->m[at + j];
		}
	}
}

static int
run_trees(struct mpc *S, struct mpc_bits *d, const struct mpc_vector *z, const struct borrow *b,
    enum wanted want)
{
	struct level l;
	int rc = -1;

	if (level_new(S, &l, want, b->count, (b->high - b->low + BLOCK_BITS - 1) / BLOCK_BITS,
	    z->n) == -1 || make_leaves(S, &l, z, b) == -1)
		goto out;
	while (l.nodes > 1) {
		if (climb(S, &l, z, b) == -1)
			goto out;
	}
	if (open_receive(S, l.m, l.words, OPEN_XOR) == -1)
		goto out;
	take_roots(S, d, &l, z->n, b->with_top);
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
	const struct borrow b = { c->low, c->high, c->count, c->thresholds, true };

	return (run_trees(S, d, z, &b, WANT_GREATER));
}

int
masked_equal(struct mpc *S, struct mpc_bits *d, const struct mpc_vector *z, unsigned bits)
{
	const struct borrow b = { 0, bits, 1, NULL, false };

	return (run_trees(S, d, z, &b, WANT_EQUAL));
}

/* ---- and ---- */

/* A chunk of a conjunction: mask and send our share. */
static int
and_chunk(struct mpc *S, struct mpc_bits *d, const struct mpc_bits *const *a, const struct group *g,
    size_t at, size_t words, uint64_t *dealt)
{
	const uint64_t *m[FACTORS] = { NULL }, *lam[FACTORS] = { NULL };
	size_t i;

	for (i = 0; i < g->size; i++) {
		m[i] = (S->self > 0) ? a[i]->m + at : NULL;
		lam[i] = a[i]->lam + at;
	}
	if (source_products(S, dealt, lam, g->sets, g->n_sets, words) == -1)
		return (-1);
	mask_bits(S, d->lam + at, words);
	if (S->self == 0)
		return (0);
	memcpy(d->m + at, d->lam + at, words * sizeof(*d->m));
	expand_product(S, d->m + at, g->products[0], g, m, lam, dealt, words);
	return (open_send(S, d->m + at, words));
}

int
masked_and(struct mpc *S, struct mpc_bits *d, const struct mpc_bits *const *a, size_t count)
{
	uint64_t dealt[SETS_MAX * CHUNK_WORDS];
	struct group g;
	size_t i;
	int rc = 0;

	group_of(&g, WANT_EQUAL, count, 0);
	for (i = 0; i < d->n && rc == 0; i += CHUNK)
		rc = and_chunk(S, d, a, &g, i / 64, bits_words(chunk_of(d->n - i)), dealt);
	mem_wipe(dealt, sizeof(dealt));
	return ((rc == 0) ? open_receive(S, d->m, bits_words(d->n), OPEN_XOR) : -1);
}
