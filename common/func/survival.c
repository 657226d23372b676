#include "func/survival.h"

#include <stdlib.h>

#include "base/mem.h"
#include "func/moments.h"
#include "mpc/room.h"

int
mpc_survival_new(struct mpc *S, struct mpc_survival *t)
{
	const size_t n = t->groups * t->bins;

	return ((mpc_vector_new(S, &t->risk, n) == -1 || mpc_vector_new(S, &t->leave, n) == -1 ||
	    mpc_vector_new(S, &t->event, n) == -1) ? -1 : 0);
}

void
mpc_survival_free(struct mpc_survival *t)
{

	mpc_vector_free(&t->risk);
	mpc_vector_free(&t->leave);
	mpc_vector_free(&t->event);
}

/* ---- bins of few rows ---- */

/* Of all groups, in one bin: what is there with what the bins before have left. */
enum merge_word { LEAVE, EVENT, RISK, SHOWN, KEPT_LEAVE, KEPT_EVENT, KEPT_RISK, MERGE_WORDS };

/* The words of bin ${b}, added to what has been carried. */
static void
carry_into(const struct mpc_survival *t, struct mpc_vector *w, struct mpc_vector *some, size_t b)
{
	const struct mpc_vector *of[] = { &t->leave, &t->event };
	size_t i;

	for (i = 0; i < 2; i++) {
		mpc_columns_get(some, of[i], t->groups, t->bins, b);
		mpc_add(&w[LEAVE + i], &w[LEAVE + i], some);
	}
	/* At risk, too, were those who left in the bins that are carried. */
	mpc_columns_get(&w[RISK], &t->risk, t->groups, t->bins, b);
	mpc_add(&w[RISK], &w[RISK], &w[LEAVE]);
	mpc_columns_get(some, &t->leave, t->groups, t->bins, b);
	mpc_subtract(&w[RISK], &w[RISK], some);
}

/* What is kept of each word where the bit is 1; what is not is carried on. */
static int
keep_enough(struct mpc *S, struct mpc_vector *w, const struct mpc_bits *enough)
{
	size_t i;

	for (i = LEAVE; i <= RISK; i++) {
		const struct mpc_selection_term term = { .bit = enough, .word = &w[i],
			.weight = { 1 } };

		if (mpc_select(S, &w[KEPT_LEAVE + i], &(struct mpc_selection){ .count = 1,
		    .terms = &term, .results = 1 }) == -1)
			return (-1);
		mpc_subtract(&w[i], &w[i], &w[KEPT_LEAVE + i]);
	}
	const struct mpc_selection_term one = { .bit = enough, .constant = { 1 } };

	return (mpc_select(S, &w[SHOWN], &(struct mpc_selection){ .count = 1, .terms = &one,
		.results = 1 }));
}

static void
put_bin(struct mpc_survival *t, struct mpc_vector *shown, const struct mpc_vector *w, size_t b)
{

	mpc_columns_set(&t->leave, &w[KEPT_LEAVE], t->groups, t->bins, b);
	mpc_columns_set(&t->event, &w[KEPT_EVENT], t->groups, t->bins, b);
	mpc_columns_set(&t->risk, &w[KEPT_RISK], t->groups, t->bins, b);
	mpc_columns_set(shown, &w[SHOWN], t->groups, t->bins, b);
}

int
mpc_survival_merge(struct mpc *S, struct mpc_survival *t, struct mpc_vector *shown, uint64_t least)
{
	const uint64_t most = (uint64_t)1 << t->most_log;
	const int64_t edge = (int64_t)((least == 0) ? 1 : (least > most) ? most : least);
	const struct mpc_comparison c = { .high = t->most_log + 2, .count = 1,
		.thresholds = &edge };
	struct room r;
	size_t b;
	int rc = room_open(&r, S, t->groups, MERGE_WORDS + 1, 1);

	for (b = 0; b < t->bins && rc == 0; b++) {
		carry_into(t, r.word, &r.word[MERGE_WORDS], b);
		if ((rc = mpc_compare(S, r.bit, &r.word[LEAVE], &c)) == 0 &&
		    (rc = keep_enough(S, r.word, r.bit)) == 0)
			put_bin(t, shown, r.word, b);
	}
	room_close(&r);
	return (rc);
}

/* ---- log-rank ---- */

#define SHARE_BITS 30 /* of a share of the risk */
#define REST_BITS 29  /* of (n - d) / (n - 1), which is 2 at most where n is 2 */

/* sum[bin] = that over all groups. */
static void
sum_all_groups(struct mpc_vector *sum, const struct mpc_vector *x, const struct mpc_survival *t)
{

	mpc_columns_sum(sum, x, t->groups, t->bins, 1);
}

/* A bin's word for each group. */
static void
spread_bins(struct mpc_vector *z, const struct mpc_vector *v, size_t groups)
{

	mpc_columns_spread(z, v, groups, v->n);
}

/* Shares of the risk, with SHARE_BITS: 0 in a bin without rows. */
static int
find_shares(struct mpc *S, struct mpc_vector *share, const struct mpc_survival *t,
    const struct mpc_vector *all)
{
	struct room r;
	int rc = -1;

	if (room_open(&r, S, share->n, 2, 0) == 0) {
		mpc_scale(&r.word[0], &t->risk, (int64_t)1 << SHARE_BITS);
		spread_bins(&r.word[1], all, t->groups);
		rc = mpc_mean_present(S, share, &r.word[0], &r.word[1]);
	}
	room_close(&r);
	return (rc);
}

/* expected[group] = the sum of all events times the group's share of the risk. */
static int
find_expected(struct mpc *S, struct mpc_vector *expected, const struct mpc_survival *t,
    const struct mpc_vector *share, const struct mpc_vector *events)
{
	const struct bilinear sums = bilinear_matrices(t->groups, t->bins, 1);
	struct mpc_vector product;
	int rc;

	if ((rc = mpc_vector_new(S, &product, t->groups)) == 0 &&
	    (rc = mpc_product(S, &product, &sums, share, events)) == 0)
		rc = mpc_truncate(S, expected, &product, SHARE_BITS - MPC_LOG_RANK_BITS);
	mpc_vector_free(&product);
	return (rc);
}

/* w[bin] = (n - d) / (n - 1), of n at risk and d events; 0 for one row, or none. */
static int
find_rests(struct mpc *S, struct mpc_vector *w, const struct mpc_vector *all,
    const struct mpc_vector *events)
{
	struct room r;
	int rc = -1;

	if (room_open(&r, S, w->n, 2, 0) == 0) {
		mpc_subtract(&r.word[0], all, events);
		mpc_scale(&r.word[0], &r.word[0], (int64_t)1 << REST_BITS);
		mpc_add_public(&r.word[1], all, -1);
		rc = mpc_mean_present(S, w, &r.word[0], &r.word[1]);
	}
	room_close(&r);
	return (rc);
}

/* pair[i][j] = share i (1 - share i), or - share i share j, in each bin; with SHARE_BITS. */
static int
find_pairs(struct mpc *S, struct mpc_vector *pair, const struct mpc_survival *t,
    const struct mpc_vector *share)
{
	const size_t k = t->groups, n = pair->n;
	const struct bilinear times = bilinear_elements(n);
	size_t *first = mem_array(n, sizeof(*first)), *second = mem_array(n, sizeof(*second)), i;
	struct mpc_vector view;
	struct room r;
	int rc = -1;

	if (room_open(&r, S, n, 3, 0) == 0 && first != NULL && second != NULL) {
		for (i = 0; i < n; i++) {
			first[i] = i / (k * t->bins) * t->bins + i % t->bins;
			second[i] = i % (k * t->bins);
		}
		mpc_gather(&r.word[0], share, first, n);
		mpc_gather(&r.word[1], share, second, n);
		mpc_scale(&r.word[1], &r.word[1], -1);
		for (i = 0; i < k; i++) {
			view = mpc_part(&r.word[1], (i * k + i) * t->bins, t->bins);
			mpc_add_public(&view, &view, (int64_t)1 << SHARE_BITS);
		}
		if (mpc_product(S, &r.word[2], &times, &r.word[0], &r.word[1]) == 0)
			rc = mpc_truncate(S, pair, &r.word[2], SHARE_BITS);
	}
	room_close(&r);
	free(first);
	free(second);
	return (rc);
}

static int
find_variances_of_groups(struct mpc *S, struct mpc_vector *variance, const struct mpc_survival *t,
    const struct mpc_vector *pair, const struct mpc_vector *rest, const struct mpc_vector *events)
{
	enum { REST, PRODUCT, WORDS };
	const size_t groups = t->groups * t->groups;
	const struct bilinear times = bilinear_elements(pair->n),
	    sums = bilinear_matrices(groups, t->bins, 1);
	struct mpc_vector sum = { .n = 0 };
	struct room r;
	int rc = -1;

	if (room_open(&r, S, pair->n, WORDS, 0) == 0 && mpc_vector_new(S, &sum, groups) == 0) {
		spread_bins(&r.word[REST], rest, groups);
		if (mpc_product(S, &r.word[PRODUCT], &times, pair, &r.word[REST]) == 0 &&
		    mpc_truncate(S, &r.word[PRODUCT], &r.word[PRODUCT], REST_BITS) == 0 &&
		    mpc_product(S, &sum, &sums, &r.word[PRODUCT], events) == 0)
			rc = mpc_truncate(S, variance, &sum, SHARE_BITS - MPC_LOG_RANK_BITS);
	}
	mpc_vector_free(&sum);
	room_close(&r);
	return (rc);
}

int
mpc_log_rank(struct mpc *S, struct mpc_vector *expected, struct mpc_vector *variance,
    const struct mpc_survival *t)
{
	enum { ALL, EVENTS, RESTS, WORDS };
	struct mpc_vector share = { .n = 0 }, pair = { .n = 0 };
	struct room r;
	int rc = -1;

	if (room_open(&r, S, t->bins, WORDS, 0) == 0 &&
	    mpc_vector_new(S, &share, t->groups * t->bins) == 0 &&
	    mpc_vector_new(S, &pair, t->groups * t->groups * t->bins) == 0) {
		sum_all_groups(&r.word[ALL], &t->risk, t);
		sum_all_groups(&r.word[EVENTS], &t->event, t);
		if (find_shares(S, &share, t, &r.word[ALL]) == 0 &&
		    find_expected(S, expected, t, &share, &r.word[EVENTS]) == 0 &&
		    find_rests(S, &r.word[RESTS], &r.word[ALL], &r.word[EVENTS]) == 0 &&
		    find_pairs(S, &pair, t, &share) == 0)
			rc = find_variances_of_groups(S, variance, t, &pair, &r.word[RESTS],
			    &r.word[EVENTS]);
	}
	mpc_vector_free(&share);
	mpc_vector_free(&pair);
	room_close(&r);
	return (rc);
}
