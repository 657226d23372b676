#ifndef SMPC_MPC_TREE_INTERNAL_H
#define SMPC_MPC_TREE_INTERNAL_H

/*
 * The shape of a comparison, which the dealer and the computing parties walk through alike.
 *
 * The bits to be compared are cut into blocks of BLOCK_BITS.  A node of the tree stands for one
 * block, or for up to TREE_GROUP neighbours together: P says "r and m are equal here", G "r is
 * greater here".  Of a group, 3 being its highest member,
 *
 *	G = G_3 + P_3 G_2 + P_3 P_2 G_1 + P_3 P_2 P_1 G_0,   P = P_3 P_2 P_1 P_0
 *
 * (at most one summand is 1, so + is XOR).  The lowest node needs no P where G is what
 * is wanted, and none needs G where P is.
 */

#include "mpc/engine_internal.h"
#include "ring/bits.h"

#define BLOCK_BITS 4 /* of a leaf; 3 would take the fewest bits, 8 the fewest rounds */
#define TREE_GROUP 4 /* nodes that become one on the level above */

enum wanted { WANT_GREATER, WANT_EQUAL };

/*
 * tree_blocks(bits), tree_above(nodes):
 * How many leaves a comparison of so many bits has, and how many nodes are above so many.
 */
static inline size_t
tree_blocks(unsigned bits)
{

	return ((bits + BLOCK_BITS - 1) / BLOCK_BITS);
}

static inline size_t
tree_above(size_t nodes)
{

	return ((nodes + TREE_GROUP - 1) / TREE_GROUP);
}

/*
 * tree_monomials(bits):
 * How many products of mask bits the leaves need: 2^b - 1 for each block of b bits.
 */
size_t tree_monomials(unsigned bits);

/*
 * One level of the trees, one tree for each threshold, over all values: planes of opened bits and
 * of their masks.  The planes of a chunk of values lie together, tree by tree.
 */
struct level {
	enum wanted want;
	size_t trees;
	size_t nodes;
	size_t planes; /* of each tree */
	size_t words;  /* of all planes together */
	struct mpc_planes held;
};

/*
 * level_new(S, l, want, trees, nodes, n), level_free(l):
 * Make room for ${n} values.  Return 0 or -1 (reported); level_free is harmless in either case.
 */
int level_new(const struct mpc *S, struct level *l, enum wanted want, size_t trees, size_t nodes,
    size_t n);
void level_free(struct level *l);

/*
 * level_at(l, first, tree, words):
 * Where the planes of a tree begin in the chunk that begins with value ${first} and has ${words}
 * words a plane; all chunks before it are full.
 */
size_t level_at(const struct level *l, size_t first, size_t tree, size_t words);

/*
 * level_p(l, node), level_g(l, node), level_has_p(l, node):
 * Which of a tree's planes are a node's P and G; whether there is a P.
 */
size_t level_p(const struct level *l, size_t node);
size_t level_g(size_t node);
bool level_has_p(const struct level *l, size_t node);

/* Bit i of a set of factors is P of a group's member i, bit TREE_GROUP + i its G. */
#define FACTORS (2 * TREE_GROUP)

/* The monomials of two and more masks in a group whose G and P are both wanted. */
#define GROUP_MONOMIALS_MAX 22

/* Nodes that become one. */
struct group {
	size_t first, size;
	unsigned products[TREE_GROUP + 1]; /* sets of factors: G's summands, then P */
	size_t n_products;
	bool p;                            /* the last of them is P's */
	/* What their expansion needs of the masks, beyond the masks themselves. */
	unsigned monomials[GROUP_MONOMIALS_MAX];
	size_t n_monomials;
};

/*
 * group_of(g, want, nodes, node):
 * The group that becomes node ${node} above a level of ${nodes}.
 */
void group_of(struct group *g, enum wanted want, size_t nodes, size_t node);

/*
 * group_factors(l, g, planes, words, factors):
 * Where the planes of a group's factors are in ${planes}, those of one tree in a chunk, which are
 * m's or the masks'; NULL where there is none.
 */
void group_factors(const struct level *l, const struct group *g, const word *planes, size_t words,
    const word *factors[static FACTORS]);

#endif /* !SMPC_MPC_TREE_INTERNAL_H */
