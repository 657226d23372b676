#include <string.h>

#include "base/mem.h"
#include "mpc/correlated_internal.h"
#include "mpc/cost_internal.h"
#include "mpc/engine_internal.h"

/*
 * Secret order, at a computing party.
 *
 * Pass k puts rows into the order of party k.  For x = m - lam, with rows P x in that order, all
 * take fresh masks lam' and the dealer gives party k
 *
 *	d = lam' - P lam,   so that   P m + d = P x + lam' = m'
 *
 * which party k sends to the others.  d is noise to party k, as it lacks a share of lam'; m' is
 * noise to the others, who lack the same.
 *
 * Of d and the parties' shares of lam', all but one are free.  For k < n, that is the share of the
 * last party: d comes from the pad of party k, and the dealer sends the last party its share.  For
 * k = n it is d itself.  So only the last party is sent anything, as in all other operations.
 */

/* Masks of rows, by whichever sum they are shared. */
void
mask_rows(struct mpc *S, struct mpc_vector *y, size_t first, size_t n, enum sharing how)
{

	if (how == SHARES_XOR)
		mask_bits(S, y->held.lam + first, n);
	else
		mask_words(S, y, first, n);
}

/* z = z + x, and z = z - x */
void
put_on(word *z, const word *x, size_t n, enum sharing how)
{
	size_t i;

	if (how == SHARES_XOR) {
		for (i = 0; i < n; i++)
			z[i] ^= x[i];
	} else {
		for (i = 0; i < n; i++)
			z[i] += x[i];
	}
}

void
take_off(word *z, const word *x, size_t n, enum sharing how)
{
	size_t i;

	if (how == SHARES_XOR) {
		for (i = 0; i < n; i++)
			z[i] ^= x[i];
	} else {
		for (i = 0; i < n; i++)
			z[i] -= x[i];
	}
}

/* ---- orders ---- */

/* Our shares of the fresh masks, and what else is ours of a pass. */
static int
take_shares(struct mpc *S, struct mpc_vector *y, const struct pass *p, size_t first, size_t n,
    word *difference)
{
	bool last = S->self == S->n, ours = p->party == S->self;

	if (last && p->party < S->n)
		return (correlated_rows(S, y->held.lam + first, n));
	mask_rows(S, y, first, n, p->how);
	if (ours)
		return (correlated_rows(S, difference, n));
	cost_add(&S->counted, 0, WORD_BITS * (uint64_t)n, 0);
	return (0);
}

/* Rows ${row} .. of a pass. */
static int
pass_rows(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, const struct pass *p,
    size_t row, size_t rows, word *difference)
{
	size_t first = row * p->cols, n = rows * p->cols;
	word *m = y->held.m + first;

	if (take_shares(S, y, p, first, n, difference) == -1)
		return (-1);
	if (p->party != S->self)
		return (S->net.receive(S->net.state, p->party, m, n * sizeof(*m)));
	order_gather(m, x->held.m, p->at + row, rows, p->cols);
	put_on(m, difference, n, p->how);
	return (open_send(S, m, n));
}

int
masked_pass(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, const struct pass *p)
{
	size_t rows = chunk_rows(p->cols), i, c;
	word *difference;
	int rc = 0;

	if (p->party == S->self)
		cost_add(&S->counted, 0, 0, WORD_BITS * (uint64_t)y->n);
	open_round(S);
	if ((difference = mem_array(rows * p->cols, sizeof(*difference))) == NULL)
		return (-1);
	for (i = 0; i < p->rows && rc == 0; i += c) {
		c = (p->rows - i < rows) ? p->rows - i : rows;
		rc = pass_rows(S, y, x, p, i, c, difference);
	}
	mem_wipe_free(difference, rows * p->cols * sizeof(*difference));
	if (rc == 0)
		opened_add(S, y->held.m, y->n);
	return (rc);
}

/* ---- choices ---- */

/*
 * Our share of x under the fresh masks is lam'_i - lam_i, and m is the first party's: nothing is
 * dealt, so the dealer need not know which row is which.
 */
static int
send_choice(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x,
    const struct choice *c, size_t row, size_t rows, word *chosen)
{
	size_t first = row * c->cols, n = rows * c->cols;
	word *share = y->held.m + first;

	mask_rows(S, y, first, n, c->how);
	memcpy(share, y->held.lam + first, n * sizeof(*share));
	choose_rows(chosen, x->held.lam, c, row, rows);
	take_off(share, chosen, n, c->how);
	if (is_first(S)) {
		choose_rows(chosen, x->held.m, c, row, rows);
		put_on(share, chosen, n, c->how);
	}
	return (open_send(S, share, n));
}

int
masked_choose(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x,
    const struct choice *c)
{
	size_t rows = y->n / c->cols, chunk = chunk_rows(c->cols), i, n;
	word *chosen;
	int rc = 0;

	if ((chosen = mem_array(chunk * c->cols, sizeof(*chosen))) == NULL)
		return (-1);
	for (i = 0; i < rows && rc == 0; i += n) {
		n = (rows - i < chunk) ? rows - i : chunk;
		rc = send_choice(S, y, x, c, i, n, chosen);
	}
	mem_wipe_free(chosen, chunk * c->cols * sizeof(*chosen));
	return ((rc == 0) ? open_receive(S, y->held.m, y->n, c->how) : -1);
}

int
masked_tell(struct mpc *S, size_t *count, size_t most)
{
	const word told = *count;
	uint8_t bytes[8];
	size_t i;

	(void)most;
	cost_add(&S->counted, 1, 0, 0);
	opened_add(S, &told, 1);
	for (i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(told >> (8 * i));
	return (is_first(S) ? S->net.send(S->net.state, 0, bytes, sizeof(bytes)) : 0);
}
