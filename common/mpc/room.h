#ifndef SMPC_MPC_ROOM_H
#define SMPC_MPC_ROOM_H

/* Temporary vectors of one length, freed together; for func/ and nn/. */

#include "mpc/mpc.h"

#define ROOM_MAX 48

struct room {
	struct mpc_vector word[ROOM_MAX];
	struct mpc_bits bit[ROOM_MAX];
};

/*
 * room_open(r, S, n, words, bits):
 * Make room for ${words} vectors and ${bits} vectors of bits, at most ROOM_MAX each, of length
 * ${n}.  Return 0 or -1 (reported, as larger counts are); room_close is harmless in either case.
 */
int room_open(struct room *r, const struct mpc *S, size_t n, size_t words, size_t bits);
void room_close(struct room *r);

#endif /* !SMPC_MPC_ROOM_H */
