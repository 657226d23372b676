#include "mpc/cost_internal.h"

#include "mpc/aes_internal.h"
#include "mpc/tree_internal.h"

/* Declared costs; the protocols count what really passes, and a test compares. */

void
cost_add(struct mpc_cost *total, uint64_t rounds, uint64_t dealt_bits, uint64_t opened_bits)
{

	total->rounds += rounds;
	total->dealt_bits += dealt_bits;
	total->opened_bits += opened_bits;
}

/* ${n} numbers of ${bits} bits, packed. */
static uint64_t
packed_bits(size_t n, unsigned bits)
{

	return (((uint64_t)n * bits + 7) / 8 * 8);
}

void
cost_product(struct mpc_cost *c, const struct bilinear *B)
{

	cost_add(c, 1, 64 * (uint64_t)bilinear_z(B), 64 * (uint64_t)bilinear_z(B));
}

static void
cost_plain_truncation(struct mpc_cost *c, size_t n, unsigned shift)
{

	cost_add(c, 1, 64 * (uint64_t)n + packed_bits(n, shift), 64 * (uint64_t)n);
}

/* Monomials of masks in a group of g nodes, the lowest of its level or not. */
static uint64_t
group_monomials(unsigned g, bool greater, bool lowest)
{
	uint64_t sets = 0;
	unsigned j;

	/* Products of P's alone, then of one G with P's above it. */
	sets += ((uint64_t)1 << ((greater && lowest) ? g - 1 : g)) - 1 - ((greater && lowest) ?
	    g - 1 : g);
	for (j = 0; greater && j < g; j++)
		sets += ((uint64_t)1 << (g - 1 - j)) - 1;
	return (sets);
}

/*
 * The levels of a tree over ${nodes} leaves: what each opens, and the monomials dealt for the next.
 */
static void
cost_tree(struct mpc_cost *c, unsigned nodes, bool greater, uint64_t bits)
{
	unsigned i;

	for (;;) {
		cost_add(c, 0, 0, bits * (greater ? 2 * nodes - 1 : nodes));
		if (nodes == 1)
			return;
		for (i = 0; i < nodes; i += TREE_GROUP)
			cost_add(c, 0, bits * group_monomials((nodes - i < TREE_GROUP) ? nodes - i :
			    TREE_GROUP, greater, i == 0), 0);
		nodes = (nodes + TREE_GROUP - 1) / TREE_GROUP;
	}
}

/* One for each level: the leaves, and up to two above them, as there are up to 16 leaves. */
static uint64_t
tree_rounds(unsigned nodes)
{

	return (1 + (nodes > 1) + (nodes > TREE_GROUP));
}

/* Trees over the bits low .. high - 1, and bit ${high} itself where ${top} says so. */
static void
cost_trees(struct mpc_cost *c, size_t n, unsigned low, unsigned high, size_t trees, bool greater,
    bool top)
{
	unsigned nodes = (unsigned)tree_blocks(high - low);
	uint64_t bits = plane_bits(n);

	cost_add(c, tree_rounds(nodes), bits * (tree_monomials(high - low) + (top ? 1 : 0)), 0);
	cost_tree(c, nodes, greater, bits * trees);
}

void
cost_truncate(struct mpc_cost *c, size_t n, unsigned shift, bool faithful)
{

	cost_plain_truncation(c, n, shift);
	if (faithful) {
		cost_trees(c, n, 0, shift, 1, true, false);
		cost_add(c, 1, 64 * (uint64_t)n, 64 * (uint64_t)n);
	}
}

void
cost_compare(struct mpc_cost *c, size_t n, const struct mpc_comparison *comparison)
{

	cost_trees(c, n, comparison->low, comparison->high, comparison->count, true, true);
}

void
cost_equal(struct mpc_cost *c, size_t n, unsigned bits)
{

	cost_trees(c, n, 0, bits, 1, false, false);
}

void
cost_and(struct mpc_cost *c, size_t n, size_t count)
{

	cost_add(c, 1, plane_bits(n) * (((uint64_t)1 << count) - 1 - count), plane_bits(n));
}

void
cost_select(struct mpc_cost *c, size_t n, const struct mpc_selection *s)
{
	const struct mpc_vector *met = NULL;
	size_t i;

	cost_add(c, 1, 0, 64 * (uint64_t)n * ((s->results > 1) ? s->results : 1));
	for (i = 0; i < s->count; i++) {
		if (s->terms[i].word != NULL && s->terms[i].word != met && s->shift > 0)
			cost_add(c, 0, 64 * (uint64_t)n + packed_bits(n, s->shift), 0);
		met = (s->terms[i].word != NULL) ? s->terms[i].word : met;
		if (s->terms[i].bit == NULL)
			continue;
		cost_add(c, 0, 64 * (uint64_t)n, 0);
		if (s->terms[i].word != NULL)
			cost_add(c, 0, 64 * (uint64_t)n + ((s->shift > 0) ?
			    packed_bits(n, s->shift) : 0), 0);
	}
}

void
cost_series(struct mpc_cost *c, size_t n, const struct mpc_series *s)
{

	cost_add(c, 1, 128 * (uint64_t)n * s->count, 64 * (uint64_t)n);
}

void
cost_exp2(struct mpc_cost *c, size_t n)
{

	cost_trees(c, n, 0, EXP2_LOW, 1, true, false);
	cost_add(c, 1, 128 * EXP2_DIGITS * (uint64_t)n, 64 * (uint64_t)n);
}

void
cost_add_noise(struct mpc_cost *c, size_t n)
{

	cost_add(c, 1, 64 * (uint64_t)n, 64 * (uint64_t)n);
}

/* Every party sends the others all rows, in its own pass; in the last one, masks are dealt. */
void
cost_permute(struct mpc_cost *c, size_t n, size_t parties)
{

	cost_add(c, parties, 64 * (uint64_t)n, 64 * (uint64_t)n);
}

void
cost_permute_to_choose(struct mpc_cost *c, size_t n, size_t parties, bool last_party)
{

	cost_add(c, parties - 1, 64 * (uint64_t)n, last_party ? 0 : 64 * (uint64_t)n);
}

void
cost_choose(struct mpc_cost *c, size_t n)
{

	cost_add(c, 1, 0, 64 * (uint64_t)n);
}

void
cost_tell(struct mpc_cost *c)
{

	cost_add(c, 1, 0, 0);
}

/* Each S-box: a norm, an inverse in GF(16), two products; those of the key are a word wide. */
void
cost_aes128(struct mpc_cost *c, size_t blocks)
{
	uint64_t boxes = AES_ROUNDS * (AES_BYTES * plane_bits(blocks) + AES_KEY_BOXES * WORD_BITS);

	cost_add(c, AES_ROUNDS * 3, boxes * (3 * GF16_BITS + GF16_MONOMIALS),
	    boxes * 4 * GF16_BITS);
}

void
cost_reveal_bits(struct mpc_cost *c, size_t n)
{

	cost_add(c, 2, 0, 8 * crypto_onetimeauth_BYTES + plane_bits(n));
}

void
cost_reveal(struct mpc_cost *c, size_t n)
{

	cost_add(c, 2, 0, 8 * crypto_onetimeauth_BYTES + 64 * (uint64_t)n);
}

void
cost_check(struct mpc_cost *c)
{

	cost_add(c, 1, 0, 8 * crypto_onetimeauth_BYTES);
}
