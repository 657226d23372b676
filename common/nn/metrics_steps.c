/* Which of some public bounds words have reached. */

#include "nn/metrics_internal.h"

/* Bits behind the last row have no meaning. */
static void
clear_ends(struct mpc_vector *words, const struct scored_rows *b, size_t lines)
{
	struct mpc_vector part;
	size_t k;

	for (k = 0; k < lines; k++) {
		part = mpc_part(words, k * b->stride + b->rows, b->stride - b->rows);
		mpc_zero(&part);
	}
}

int
metrics_find_steps(struct mpc *S, const struct scored_rows *b, struct mpc_vector *words,
    struct mpc_bits *bits, const struct mpc_vector *x, const int64_t *bounds, size_t n,
    unsigned range)
{
	const struct mpc_comparison c = { .high = range + 1, .count = n, .thresholds = bounds };
	struct mpc_bits own = { .n = 0 }, view[MPC_MAX_THRESHOLDS];
	const struct mpc_selection_term term = { .bit = (bits != NULL) ? bits : &own,
		.constant = { 1 } };
	const struct mpc_selection one = { .count = 1, .terms = &term, .results = 1 };
	struct mpc_vector part = mpc_part(words, b->stride, n * b->stride);
	size_t k;
	int rc = (bits != NULL) ? 0 : mpc_bits_new(S, &own, n * b->stride);

	for (k = 0; k < n && rc == 0; k++)
		view[k] = mpc_bits_part(term.bit, k * b->stride, b->rows);
	if (rc == 0 && (rc = mpc_compare(S, view, x, &c)) == 0 &&
	    (rc = mpc_select(S, &part, &one)) == 0) {
		part = mpc_part(words, 0, b->rows);
		mpc_add_public(&part, &part, 1);
		clear_ends(words, b, n + 1);
	}
	mpc_bits_free(&own);
	return (rc);
}
