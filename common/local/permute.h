#ifndef SMPC_LOCAL_PERMUTE_H
#define SMPC_LOCAL_PERMUTE_H

/* Public pseudorandom orders, the same at all parties.  They hide nothing and never feed a mask. */

#include <stddef.h>
#include <stdint.h>

#define PERMUTE_MAX_SEED_BYTES 128

/*
 * permute_check_seed(seed):
 * Return 0 if ${seed} is a string of 1 to PERMUTE_MAX_SEED_BYTES bytes, -1 if it is not, or is
 * NULL.
 */
int permute_check_seed(const char *seed);

/*
 * permute(order, n, seed, index):
 * Set ${order} to permutation number ${index} of 0 .. ${n} - 1 that the public ${seed} stands for
 * (smpc-share(5), Orders).
 */
void permute(uint64_t *order, size_t n, const char *seed, uint64_t index);

#endif /* !SMPC_LOCAL_PERMUTE_H */
