#ifndef SMPC_FUNC_QUANTILE_H
#define SMPC_FUNC_QUANTILE_H

/*
 * Quantiles of a column, exact: of n numbers in order, x[0] to x[n - 1], and a share p, with
 * h = (n - 1) p and k = floor(h), it is x[k] + (h - k) (x[k + 1] - x[k]).  R calls that type 7, and
 * it is R's default.
 *
 * All that take an engine return 0 or -1 (reported), and reveal nothing but what func/ordering.h
 * says; they cannot be dealt beforehand.
 */

#include "func/ordering.h"
#include "mpc/mpc.h"

/* Shares p from 0 to 1, as fractions with one denominator. */
struct mpc_quantiles {
	size_t count;
	const uint64_t *numerators;
	uint64_t denominator; /* at most MPC_QUANTILE_MOST */
};

#define MPC_QUANTILE_MOST ((uint64_t)1 << 20)

/* A column: words from low to high. */
struct mpc_ranked {
	const struct mpc_vector *x;
	/* 1 where a value is there, and 0 where it is missing, and the word 0; NULL: all are */
	const struct mpc_vector *present;
	int64_t low, high; /* less than 2^63 apart, 0 among them where values may be missing */
	bool guessed;      /* nobody has declared these bounds (ordering.h) */
};

/*
 * mpc_ranked_keys(r, keys):
 * What rows are ordered by so that missing values come last: the number of keys.
 */
#define MPC_RANKED_KEYS 2
size_t mpc_ranked_keys(const struct mpc_ranked *r,
    struct mpc_ordering_key keys[static MPC_RANKED_KEYS]);

/* What quantiles lie between: below + weight / denominator (above - below). */
struct mpc_neighbours {
	struct mpc_vector below, above, weight;
};

/*
 * mpc_neighbours_new(S, nb, n), mpc_neighbours_free(nb):
 * Make room for those of ${n} quantiles; free it, which is harmless on zeroes.
 *
 * mpc_neighbours_find(S, nb, first, r, q):
 * Find those of the quantiles ${q} of a column of at least one row, and put them in from ${first}
 * on.  Where no value is there, neighbours are 0.
 *
 * Range    where values are missing, fewer than 2^40 rows.
 * Cost     of a column without missing values, an order of a few places (mpc_ordering_find_spans),
 *          and taking them; with some, an order of all, and for each quantile a comparison of all
 *          rows, a selection and two sums of products, and about 12 rounds for the positions.
 */
int mpc_neighbours_new(struct mpc *S, struct mpc_neighbours *nb, size_t n);
void mpc_neighbours_free(struct mpc_neighbours *nb);
int mpc_neighbours_find(struct mpc *S, struct mpc_neighbours *nb, size_t first,
    const struct mpc_ranked *r, const struct mpc_quantiles *q);

/* Quantiles that are not rounded yet: whole + rest / denominator, |rest| < 2^54. */
struct mpc_between {
	struct mpc_vector whole, rest;
};

/*
 * mpc_between_new(S, z, n), mpc_between_free(z):
 * Make room for ${n}; free it, which is harmless on zeroes.
 *
 * mpc_interpolate(S, z, nb, denominator):
 * Find them between neighbours that are from 0 to 2^63 - 1 apart, or anything where the weight is
 * 0.
 *
 * Cost     about 7 rounds; meant for a few numbers.
 *
 * mpc_between_round(S, y, z, denominator):
 * y = the nearest whole number, and the upper one of two that are as near; also of a difference of
 * two quantiles.
 *
 * Cost     about 7 rounds.
 */
int mpc_between_new(struct mpc *S, struct mpc_between *z, size_t n);
void mpc_between_free(struct mpc_between *z);
int mpc_interpolate(struct mpc *S, struct mpc_between *z, const struct mpc_neighbours *nb,
    uint64_t denominator);
int mpc_between_round(struct mpc *S, struct mpc_vector *y, const struct mpc_between *z,
    uint64_t denominator);

#endif /* !SMPC_FUNC_QUANTILE_H */
