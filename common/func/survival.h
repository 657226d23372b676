#ifndef SMPC_FUNC_SURVIVAL_H
#define SMPC_FUNC_SURVIVAL_H

/*
 * Tables of survival, and the log-rank test, of rows whose times lie in public bins; which bin and
 * which group a row is in are secrets.  Times within a bin are one time: whoever was last seen in
 * it was at risk of its events.
 *
 * All that take an engine return 0 or -1 (reported), and reveal nothing.
 */

#include "mpc/mpc.h"

/* Counts of ${groups} x ${bins}, group by group, which are below 2^${most_log}. */
struct mpc_survival {
	size_t groups, bins;
	unsigned most_log;       /* at most 26 */
	struct mpc_vector risk;  /* rows last seen in this bin or later */
	struct mpc_vector leave; /* rows last seen in this bin */
	struct mpc_vector event; /* of these, in how many the event was seen */
};

/*
 * mpc_survival_new(S, t), mpc_survival_free(t):
 * Make room for a table whose sizes are set; the latter is harmless on zeroes, and where the former
 * failed.
 */
int mpc_survival_new(struct mpc *S, struct mpc_survival *t);
void mpc_survival_free(struct mpc_survival *t);

/*
 * mpc_survival_merge(S, t, shown, least):
 * Make each bin in which fewer than ${least} rows leave a part of the next one, so that what is
 * left of the table is that of wider bins: shown[group][bin] = 1, and risk, leave and event are
 * those of this bin and of those before it that became part of it; else 0, and all these are 0.
 * Rows behind the last bin that is shown are not in the table.
 *
 * Why merged, and not set to 0: a table without some of its events would tell of another survival.
 * The differences of risk are the rows that left, so that no more follows from them.
 *
 * Cost     5 rounds for each bin, one after the other.
 */
int mpc_survival_merge(struct mpc *S, struct mpc_survival *t, struct mpc_vector *shown,
    uint64_t least);

#define MPC_LOG_RANK_BITS 24

/*
 * mpc_log_rank(S, expected, variance, t):
 * expected[group] = the sum over all bins of its share of the risk times all events; and
 * variance[group][other] that of the hypergeometric distribution; both with MPC_LOG_RANK_BITS.
 *
 * Error    2^-23, and 10^-8 of the result.
 * Cost     about 70 rounds.
 */
int mpc_log_rank(struct mpc *S, struct mpc_vector *expected, struct mpc_vector *variance,
    const struct mpc_survival *t);

#endif /* !SMPC_FUNC_SURVIVAL_H */
