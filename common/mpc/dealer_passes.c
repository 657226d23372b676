#include <inttypes.h>
#include <string.h>

#include "base/diag.h"
#include "base/mem.h"
#include "mpc/correlated_internal.h"
#include "mpc/cost_internal.h"

/*
 * Secret order, at the dealer: it knows every permutation, and deals what changes the masks with it
 * (passes.c).  Of choices that the computing parties make it knows the numbers of rows.
 */

/* Rows ${row} .. of a pass; ${moved}: room for P lam. */
static int
deal_pass_rows(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x,
    const struct pass *p, size_t row, size_t rows, word *moved)
{
	size_t first = row * p->cols, n = rows * p->cols;
	word *lam = y->held.lam + first;
	size_t i;

	order_gather(moved, x->held.lam, p->at + row, rows, p->cols);
	if (p->last && p->party == S->n) {
		mask_moved_rows(S, y, p, first, n);
		for (i = 0; i < n; i++)
			moved[i] = (p->how == SHARES_XOR) ? lam[i] ^ moved[i] : lam[i] - moved[i];
		return (deal_difference(S, moved, n));
	}
	deal_pad(S, p->party, lam, n);
	put_on(lam, moved, n, p->how);
	if (!p->last)
		return (0);
	memcpy(moved, lam, n * sizeof(*moved));
	return (deal_last_mask(S, moved, n, p->how));
}

int
dealer_pass(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, const struct pass *p)
{
	size_t rows = chunk_rows(p->cols), i, c;
	word *moved;
	int rc = 0;

	/* Every party has one pass in which it sends the others all rows. */
	cost_add(&S->counted, p->kept ? 0 : 1, 0, p->last ? WORD_BITS * (uint64_t)y->n : 0);
	if ((moved = mem_array(rows * p->cols, sizeof(*moved))) == NULL)
		return (-1);
	for (i = 0; i < p->rows && rc == 0; i += c) {
		c = (p->rows - i < rows) ? p->rows - i : rows;
		rc = deal_pass_rows(S, y, x, p, i, c, moved);
	}
	mem_wipe_free(moved, rows * p->cols * sizeof(*moved));
	return (rc);
}

int
dealer_choose(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x,
    const struct row_choice *c)
{

	(void)x;
	cost_add(&S->counted, 1, 0, WORD_BITS * (uint64_t)y->n);
	mask_rows(S, y, 0, y->n, c->how);
	return (0);
}

int
dealer_tell(struct mpc *S, size_t *count, size_t most)
{
	uint8_t bytes[8];
	uint64_t told = 0;
	size_t i;

	cost_add(&S->counted, 1, 0, 0);
	if (S->net.receive(S->net.state, 1, bytes, sizeof(bytes)) == -1)
		return (-1);
	for (i = 0; i < sizeof(bytes); i++)
		told |= (uint64_t)bytes[i] << (8 * i);
	if (told > most)
		return (fail(ST_REFUSED, "a computing party says that it needs %" PRIu64 " of what "
		    "it can need at most %zu of", told, most));
	*count = (size_t)told;
	return (0);
}
