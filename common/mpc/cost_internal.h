#ifndef SMPC_MPC_COST_INTERNAL_H
#define SMPC_MPC_COST_INTERNAL_H

/* What operations declare to cost, and the sums that they count; for mpc/ alone. */

#include "mpc/mpc.h"

/*
 * cost_add(total, rounds, dealt_bits, opened_bits):
 * Add to a sum.
 */
void cost_add(struct mpc_cost *total, uint64_t rounds, uint64_t dealt_bits, uint64_t opened_bits);

/*
 * cost_product(c, B) and so on:
 * Add the cost of one operation on ${n} values to ${c}; exact, as far as ${n} is public.
 */
void cost_product(struct mpc_cost *c, const struct bilinear *B);
void cost_truncate(struct mpc_cost *c, size_t n, unsigned shift, bool faithful);
void cost_compare(struct mpc_cost *c, size_t n, const struct mpc_comparison *comparison);
void cost_equal(struct mpc_cost *c, size_t n, unsigned bits);
void cost_and(struct mpc_cost *c, size_t n, size_t count);
void cost_select(struct mpc_cost *c, size_t n, const struct mpc_selection *s);
void cost_series(struct mpc_cost *c, size_t n, const struct mpc_series *s);
void cost_exp2(struct mpc_cost *c, size_t n);
void cost_add_noise(struct mpc_cost *c, size_t n);
void cost_permute(struct mpc_cost *c, size_t n, size_t parties);
void cost_permute_to_choose(struct mpc_cost *c, size_t n, size_t parties, bool last_party);
void cost_choose(struct mpc_cost *c, size_t n);
void cost_tell(struct mpc_cost *c);
void cost_aes128(struct mpc_cost *c, size_t blocks);
void cost_reveal_bits(struct mpc_cost *c, size_t n);
void cost_check(struct mpc_cost *c);
void cost_reveal(struct mpc_cost *c, size_t n);

#endif /* !SMPC_MPC_COST_INTERNAL_H */
