#ifndef SMPC_MPC_AES_INTERNAL_H
#define SMPC_MPC_AES_INTERNAL_H

/*
 * AES-128 as the dealer and the computing parties walk through it: all that is linear, on the
 * planes that they hold (aes_linear.c).  S-boxes are each engine's own (aes.c, dealer_aes.c).
 *
 * Of all blocks at once, each bit of the state is a plane.  The planes of a chunk of blocks lie
 * together, bit after bit; the four S-boxes of the key's schedule are a chunk of their own, a word
 * wide, which comes last and passes through the same rounds.
 */

#include "mpc/engine_internal.h"
#include "ring/gf16.h"

#define AES_ROUNDS 10
#define AES_BYTES 16
#define AES_KEY_BOXES 4

struct aes {
	struct mpc *S;
	size_t blocks, parts; /* chunks, and the key's */
	size_t words;         /* of a plane for each bit of each byte */
	struct mpc_planes state;           /* 8 planes a byte */
	struct mpc_planes norm, inverse;   /* 4 planes a byte */
	struct mpc_planes boxed;           /* 8 planes a byte */
	struct mpc_planes key;             /* of a round: 128 words, of which bit 0 counts */
};

/* Bytes side by side: a chunk of blocks, or the key's. */
struct aes_part {
	size_t bytes, words; /* of a plane */
	size_t at;           /* where planes begin, 8 a byte; half of that, 4 a byte */
};

/*
 * aes_run(S, y, x, key, rounds, substitute):
 * Encrypt, if ${rounds} is AES_ROUNDS; fewer are for tests.  ${substitute} computes S-boxes of all
 * bytes of a->state, without what is linear in them: from a->state to a->boxed, both as elements of
 * GF(256) in the form of ring/gf16.h.  Return 0 or -1 (reported).
 */
int aes_run(struct mpc *S, struct mpc_bits *y, const struct mpc_bits *x,
    const struct mpc_bits *key, unsigned rounds, int (*substitute)(struct aes *a));

int masked_substitute(struct aes *a);
int dealer_substitute(struct aes *a);

/*
 * aes_part(a, i):
 * Part ${i}.
 */
struct aes_part aes_part(const struct aes *a, size_t i);

/*
 * aes_monomials():
 * The sets of bits of an element of GF(16) whose products are dealt, GF16_MONOMIALS of them.
 */
const unsigned *aes_monomials(void);

#endif /* !SMPC_MPC_AES_INTERNAL_H */
