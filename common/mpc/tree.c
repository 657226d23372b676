#include "mpc/tree_internal.h"

#include <string.h>

#include "base/mem.h"

size_t
tree_monomials(unsigned bits)
{
	size_t whole = bits / BLOCK_BITS, rest = bits % BLOCK_BITS;

	return (whole * (((size_t)1 << BLOCK_BITS) - 1) + (((size_t)1 << rest) - 1));
}

/* ---- levels ---- */

/* Where G is wanted, all nodes have one, and all but the lowest a P before it. */
size_t
level_p(const struct level *l, size_t node)
{

	return ((l->want == WANT_GREATER) ? 2 * node - 1 : node);
}

size_t
level_g(size_t node)
{

	return (2 * node);
}

/* The lowest node needs no P where G is what is wanted. */
static bool
needs_p(enum wanted want, size_t node)
{

	return (want == WANT_EQUAL || node > 0);
}

bool
level_has_p(const struct level *l, size_t node)
{

	return (needs_p(l->want, node));
}

int
level_new(const struct mpc *S, struct level *l, enum wanted want, size_t trees, size_t nodes,
    size_t n)
{

	memset(l, 0, sizeof(*l));
	l->want = want;
	l->trees = trees;
	l->nodes = nodes;
	l->planes = (want == WANT_GREATER) ? 2 * nodes - 1 : nodes;
	l->words = trees * l->planes * bits_words(n);
	return (planes_new(S, &l->held, l->words));
}

void
level_free(struct level *l)
{

	planes_free(&l->held, l->words);
	memset(l, 0, sizeof(*l));
}

size_t
level_at(const struct level *l, size_t first, size_t tree, size_t words)
{

	return (l->planes * (first / WORD_BITS * l->trees + tree * words));
}

/* ---- groups ---- */

#define SETS (1U << FACTORS)

/* Mark all parts of a set of factors that have two or more of them. */
static void
mark_parts(bool marked[static SETS], unsigned set)
{
	unsigned part;

	for (part = set; part != 0; part = (part - 1) & set) {
		if ((part & (part - 1)) != 0)
			marked[part] = true;
	}
}

void
group_of(struct group *g, enum wanted want, size_t nodes, size_t node)
{
	bool marked[SETS] = { false };
	unsigned i, set, all_p, higher_p;

	memset(g, 0, sizeof(*g));
	g->first = node * TREE_GROUP;
	g->size = (nodes - g->first < TREE_GROUP) ? nodes - g->first : TREE_GROUP;
	all_p = (1U << g->size) - 1;
	/* G_i P_(i+1) ... P_(size-1) */
	for (i = 0; want == WANT_GREATER && i < g->size; i++) {
		higher_p = all_p & ~((2U << i) - 1);
		g->products[g->n_products++] = 1U << (TREE_GROUP + i) | higher_p;
	}
	g->p = needs_p(want, node);
	if (g->p)
		g->products[g->n_products++] = all_p;
	for (i = 0; i < g->n_products; i++)
		mark_parts(marked, g->products[i]);
	for (set = 0; set < SETS; set++) {
		if (marked[set])
			g->monomials[g->n_monomials++] = set;
	}
}

void
group_factors(const struct level *l, const struct group *g, const word *planes, size_t words,
    const word *factors[static FACTORS])
{
	size_t i, node;

	memset(factors, 0, FACTORS * sizeof(*factors));
	for (i = 0; i < g->size; i++) {
		node = g->first + i;
		if (level_has_p(l, node))
			factors[i] = planes + level_p(l, node) * words;
		if (l->want == WANT_GREATER)
			factors[TREE_GROUP + i] = planes + level_g(node) * words;
	}
}
