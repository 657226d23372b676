#ifndef SMPC_MPC_ORDER_H
#define SMPC_MPC_ORDER_H

/*
 * Secret order: rows are moved so that nobody knows which row went where, and chosen so that the
 * dealer does not know which were.  mpc.h includes this.
 *
 * Two facts decide who may learn what:
 *
 *	An order (struct mpc_order) is made of one permutation for each computing party.  The
 *	dealer knows them all, and no value; any n - 1 computing parties lack one.  So the
 *	computing parties may open what they like about rows in that order, if it is the same for
 *	every order.
 *
 *	What they opened decides which rows they take next (mpc_choose).  The dealer must not
 *	learn that: it knows where each row came from.  It is told numbers of rows alone
 *	(mpc_tell), and these, too, must be the same for every order of rows that it may know; so
 *	the computing parties first put the rows into one more order, which they have in common
 *	(mpc_common_order).
 *
 * Memory is read in these orders: a permutation is no function of the data, but whoever watches the
 * caches of a party's machine may learn that party's.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ring/word.h"

struct mpc;
struct mpc_bits;
struct mpc_vector;

#define MPC_MAX_ORDERED ((size_t)UINT32_MAX) /* rows */

/* Row i of the result is row at[i] of the operand, for one permutation after the other. */
struct mpc_order {
	size_t rows;
	/* of the permutations that we know: our own; at the dealer, those of parties 1 .. n */
	size_t count;
	uint32_t *at; /* number k begins at k * rows */
};

/*
 * mpc_order_new(S, order, rows), mpc_order_free(order):
 * Draw a secret order of ${rows} rows, at most MPC_MAX_ORDERED; it may be used any number of times.
 * Wipe and free; harmless on a zeroed one.
 *
 * Cost     none.
 * Returns  0 or -1 (reported); mpc_order_free is harmless in either case.
 */
int mpc_order_new(struct mpc *S, struct mpc_order *order, size_t rows);
void mpc_order_free(struct mpc_order *order);

/*
 * mpc_permute(S, y, x, order, back), mpc_permute_bits(S, d, a, order, back):
 * Put rows into a secret order, or, with ${back}, rows that are in it back to where they were.
 * Rows have x->n / order->rows words each; rows of bits have a whole number of words of 64.
 *
 * Masks    ${y} is under fresh masks that the dealer knows, and takes them from keys
 *          (mpc_draw_from), unless ${back}.
 * Cost     n rounds; 64 bits dealt and 64 opened for each word.
 * Reveals  nothing.  The dealer can follow every row.
 * Source   smpc-protocol(7), Secret order; Chase, Ghosh and Poburinnaya, ASIACRYPT 2020, with the
 *          translation dealt.
 */
int mpc_permute(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x,
    const struct mpc_order *order, bool back);
int mpc_permute_bits(struct mpc *S, struct mpc_bits *d, const struct mpc_bits *a,
    const struct mpc_order *order, bool back);

/*
 * mpc_permute_to_choose(S, y, x, order), mpc_permute_bits_to_choose(S, d, a, order):
 * As mpc_permute, but ${y} is good for nothing but being the operand of mpc_choose, any number of
 * times, and of local operations before that: the last computing party keeps what the others would
 * have to be sent.
 *
 * Masks    As mpc_permute's, but none of the last party's; not taken from keys.
 * Cost     n - 1 rounds; 64 bits dealt for each word, and 64 opened by each party but the last.
 * Reveals  nothing.  The dealer can follow every row.
 * Source   smpc-protocol(7), Secret order.
 */
int mpc_permute_to_choose(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x,
    const struct mpc_order *order);
int mpc_permute_bits_to_choose(struct mpc *S, struct mpc_bits *d, const struct mpc_bits *a,
    const struct mpc_order *order);

/*
 * mpc_choose(S, y, x, index, cols), mpc_choose_bits(S, d, a, index, cols):
 * Row i of the result is row index[i] of the operand, or i, if ${index} is NULL, under fresh masks.
 * The computing parties know ${index}; to the dealer it is NULL, and so ${x} may have any length
 * and contents there.  Rows have ${cols} words.
 *
 * The operand may come of local operations that only the computing parties have done, since nothing
 * is dealt that depends on its mask.
 *
 * Cost     1 round; nothing dealt, 64 bits opened for each word.
 * Reveals  nothing; the number of words, to the dealer.
 * Source   smpc-protocol(7), Secret order.
 */
int mpc_choose(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x,
    const size_t *index, size_t cols);
int mpc_choose_bits(struct mpc *S, struct mpc_bits *d, const struct mpc_bits *a,
    const size_t *index, size_t cols);

/*
 * mpc_common_order(S, index, n):
 * A random order of 0 .. ${n} - 1 that all computing parties have in common and the dealer does not
 * know; there ${index} is left alone.
 *
 * Cost     none; but the first time in a context, and with more than two computing parties, 1 round
 *          and 256 bits, which the first one sends.
 * Returns  0 or -1 (reported).
 */
int mpc_common_order(struct mpc *S, size_t *index, size_t n);

/*
 * mpc_random_bits(S, d):
 * Secret bits that nobody knows, not even the dealer.
 *
 * Cost     that of mpc_common_order.
 * Reveals  nothing.
 * Returns  0 or -1 (reported).
 */
int mpc_random_bits(struct mpc *S, struct mpc_bits *d);

/*
 * mpc_tell(S, count, most):
 * Tell the dealer a number that all computing parties know.
 *
 * Cost     1 round; the dealer cannot run ahead of it, nor deal beforehand.
 * Reveals  *${count}, to the dealer.
 * Returns  0, or -1 (reported; status 4 at the dealer where it is above ${most}).
 */
int mpc_tell(struct mpc *S, size_t *count, size_t most);

/*
 * mpc_reveal_bits(S, clear, d):
 * Tell all computing parties the bits ${d}, after mpc_check; ${clear} has a word for each 64.  Bits
 * beyond the last are 0; the dealer and a plan have zeroes.
 *
 * Cost     2 rounds; a bit opened for each, in whole words.
 * Reveals  ${d}, to the computing parties.
 */
int mpc_reveal_bits(struct mpc *S, word *clear, const struct mpc_bits *d);

/*
 * mpc_reveal_chance(S, clear, d):
 * The same of bits that are as likely for any secrets, as rows are compared in an order that nobody
 * knows (func/ordering.h): it may be done where mpc_keep lets nothing else out.
 */
int mpc_reveal_chance(struct mpc *S, word *clear, const struct mpc_bits *d);

#endif /* !SMPC_MPC_ORDER_H */
