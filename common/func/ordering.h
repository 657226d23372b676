#ifndef SMPC_FUNC_ORDERING_H
#define SMPC_FUNC_ORDERING_H

/*
 * The order of secret rows by their keys, found by a quicksort whose comparisons are opened: of
 * rows in an order that nobody knows.  Many rows, which are parted at those of a sorted sample,
 * take about n log2(n) comparisons, and few ones 1.4 times as many, where a network (func/sort.h)
 * takes n log2(n)^2 / 4; a few places of many rows, n to 2n.
 *
 * Why that tells nothing: no two rows compare as equal, as the last key is the place where a row
 * stood.  So what is opened follows from the order of rows that are put into a random order, and
 * every order is as likely.  To the computing parties that random order is one of the dealer's
 * (mpc_order_new); to the dealer, who is told how many comparisons come next, the common one of the
 * computing parties on top of it (mpc_common_order).  Without the latter the dealer would learn
 * from these numbers where rows that it can follow are in the order.
 *
 * Keys beyond their bounds may compare in a circle, which no order would: where bounds are guessed,
 * comparisons are opened as any bits are (mpc_reveal_bits).
 *
 * How often the computing parties compare depends on that random order alone, and the dealer must
 * wait for it: nothing here can be dealt beforehand.
 */

#include "mpc/mpc.h"

#define MPC_ORDERING_KEYS 32

/* What rows are ordered by: words from ${low} to ${high}, a word each row. */
struct mpc_ordering_key {
	const struct mpc_vector *x;
	int64_t low, high; /* less than 2^63 apart */
	bool descending;
	/* nobody has declared these bounds: beyond them comparisons may go round in circles */
	bool guessed;
};

struct mpc_ordering {
	struct mpc_order order;
	/* row k in order is row at[k] of those in ${order}; NULL at the dealer and in a plan */
	size_t *at;
};

/* Places that follow each other. */
struct mpc_ordering_span {
	size_t first, count;
};

/*
 * mpc_ordering_find(S, o, keys, n_keys, first, count):
 * Find which rows are in places ${first} .. ${first} + ${count} - 1 of the order by the keys, the
 * first key first; rows with equal keys stay as they stand.
 *
 * Cost     a secret order of the keys' bits in words of 63; then for each comparison that of
 *          mpc_choose, mpc_compare and mpc_reveal_chance, in some 2 to 4 log2(n) steps for all
 *          places.  In a plan, that of an order drawn once.
 * Reveals  nothing; to the dealer, numbers that are drawn as for any other rows.
 * Returns  0 or -1 (reported); mpc_ordering_free is due in either case, and harmless on a zeroed
 *          one.
 * Source   smpc-protocol(7), Sorting; Hamada and others, ICISC 2012.
 */
int mpc_ordering_find(struct mpc *S, struct mpc_ordering *o, const struct mpc_ordering_key *keys,
    size_t n_keys, size_t first, size_t count);
void mpc_ordering_free(struct mpc_ordering *o);

/*
 * mpc_ordering_find_spans(S, o, keys, n_keys, spans, n_spans):
 * The same for several spans of places.
 */
int mpc_ordering_find_spans(struct mpc *S, struct mpc_ordering *o,
    const struct mpc_ordering_key *keys, size_t n_keys, const struct mpc_ordering_span *spans,
    size_t n_spans);

/*
 * mpc_ordering_rows(S, o, y, x, first, count):
 * Take the rows in places ${first} .. ${first} + ${count} - 1, which must have been found, of
 * ${x}: rows as the keys were of, of any width.
 *
 * Masks    taken from keys, if ${y} has some.
 * Cost     that of mpc_permute_to_choose and mpc_choose.
 */
int mpc_ordering_rows(struct mpc *S, const struct mpc_ordering *o, struct mpc_vector *y,
    const struct mpc_vector *x, size_t first, size_t count);

/*
 * mpc_ordering_take(S, o, y, x, places, count):
 * Take the rows in ${count} places, each of which must have been found.
 *
 * Cost     as above.
 */
int mpc_ordering_take(struct mpc *S, const struct mpc_ordering *o, struct mpc_vector *y,
    const struct mpc_vector *x, const size_t *places, size_t count);

/*
 * mpc_ordering_places(S, o, y):
 * y[i] = the place, from 0, of row i in the order, of which all places must have been found.
 *
 * Cost     that of mpc_permute.
 */
int mpc_ordering_places(struct mpc *S, const struct mpc_ordering *o, struct mpc_vector *y);

#endif /* !SMPC_FUNC_ORDERING_H */
