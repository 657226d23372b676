#ifndef SMPC_MPC_AES_H
#define SMPC_MPC_AES_H

/*
 * AES-128 on secret bits, under a secret key: the pseudorandom function of joins.  mpc.h includes
 * this.
 */

struct mpc;
struct mpc_bits;

#define MPC_AES_BITS 128
#define MPC_AES_WORDS 2

/*
 * mpc_aes128(S, y, x, key):
 * Encrypt each block of ${x}.
 *
 * Shapes   x, y: 128 bits a block, two words, byte i of a block in bits 8 (i % 8) .. of word i / 8;
 *          key: one block.  ${y} may be ${x}.
 * Cost     30 rounds: ten times an S-box, which takes 3.  23 bits dealt and 16 opened for each
 *          S-box, of which there are 160 a block and 40 for the key.
 * Reveals  nothing.
 * Source   FIPS 197; smpc-protocol(7), AES: the inverse in GF(256) by one in GF(16), whose products
 *          cost what their results have bits.
 */
int mpc_aes128(struct mpc *S, struct mpc_bits *y, const struct mpc_bits *x,
    const struct mpc_bits *key);

#endif /* !SMPC_MPC_AES_H */
