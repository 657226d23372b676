#ifndef SMPC_NN_ELIMINATION_H
#define SMPC_NN_ELIMINATION_H

/* Linear equations G w = C of secret, symmetric and positive G. */

#include <stdbool.h>
#include <stddef.h>

#include "mpc/mpc.h"

/* Fraction bits of G and C, of w, and of the inverse of G. */
#define NN_MOMENT_BITS 28
#define NN_FACTOR_BITS 24
#define NN_INVERSE_BITS 16

/* A pivot below 2^-NN_PIVOT_LOG counts as 0. */
#define NN_PIVOT_LOG 16

/*
 * ${n} rows: G, and C behind it.  In the end C is w; with ${inverse} G is its inverse with
 * NN_INVERSE_BITS, and else of no use.
 */
struct nn_equations {
	size_t n, width;          /* rows, and columns of both */
	bool inverse;
	double pull;              /* what has been added to the diagonal: 0, or up to 2^10 */
	struct mpc_vector rows;   /* n x width */
	struct mpc_vector pivots; /* as they were met; NN_MOMENT_BITS */
	size_t *index;            /* for elimination.c */
};

/*
 * nn_equations_new(S, e, n, outputs), nn_equations_free(e):
 * Make room.  The latter is harmless where the former failed, and on zeroes.
 */
int nn_equations_new(struct mpc *S, struct nn_equations *e, size_t n, size_t outputs);
void nn_equations_free(struct nn_equations *e);

/*
 * nn_equations_solve(S, e):
 * Solve, by Gauss and Jordan.  What a variable that counts as 0 would give is 0, and so are its row
 * and column of the inverse.
 *
 * Range    G without pull has a diagonal of at most 2^8, and of at most 2^20 times any pivot; |C_i|
 *          is at most the root of G_ii, so that w is below 2^8; the inverse is below 2^18.
 * Cost     18 rounds for each row, and n x width words in each of these, half of them without
 *          inverse.
 */
int nn_equations_solve(struct mpc *S, struct nn_equations *e);

#endif /* !SMPC_NN_ELIMINATION_H */
