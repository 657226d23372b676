#include <string.h>

#include "base/mem.h"
#include "mpc/correlated_internal.h"
#include "mpc/cost_internal.h"
#include "mpc/engine_internal.h"

/*
 * Secret order, at a computing party.
 *
 * Pass k puts rows into the order of party k, which sends the others
 *
 *	m' = P m + d,   so that   x = m - lam   becomes   P x = m' - lam',   lam' = P lam + d
 *
 * But for the last pass, d is a pad that party k has in common with the dealer: m' is noise to all
 * others.  The dealer knows lam'; nobody needs a share of it.
 *
 * In the last pass all take fresh masks lam'.  If it is that of party n, the dealer sends it d =
 * lam' - P lam, which is noise to it, as it lacks a share of lam'.  If it is another's, on the way
 * back, d is a pad as ever, and the dealer sends party n its share of lam' = P lam + d.  So only
 * the last party is sent anything, as in all other operations, and one word for each.
 *
 * If rows are moved only to be chosen from, the last pass is party n's as ever, but it keeps m',
 * and all others take fresh masks: what it has is x under masks of which it has no share.  Where
 * rows are chosen, m' goes with its share of the result, under a mask of its own.
 */

/* ---- orders ---- */

/* The d of our own pass. */
static int
take_difference(struct mpc *S, const struct pass *p, word *d, size_t n)
{

	if (p->last && S->self == S->n)
		return (correlated_rows(S, d, n));
	correlated_pad(S, d, n);
	return (0);
}

/* Our shares of the last pass's masks. */
static int
take_masks(struct mpc *S, struct mpc_vector *y, const struct pass *p, size_t first, size_t n)
{

	if (S->self == S->n && p->party < S->n)
		return (correlated_rows(S, y->held.lam + first, n));
	mask_moved_rows(S, y, p, first, n);
	return (0);
}

/* Rows ${row} .. of another's pass. */
static int
take_pass_rows(struct mpc *S, struct mpc_vector *y, const struct pass *p, size_t row, size_t rows)
{
	size_t first = row * p->cols, n = rows * p->cols;
	word *taken = y->held.m + first;

	if (S->net.receive(S->net.state, p->party, taken, n * sizeof(*taken)) == -1 ||
	    (p->last && take_masks(S, y, p, first, n) == -1))
		return (-1);
	opened_add(S, taken, n);
	return (0);
}

/* And of ours; of what is not the last pass, we have no use for the rows ourselves. */
static int
give_pass_rows(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x,
    const struct pass *p, size_t row, size_t rows, word *room)
{
	size_t n = rows * p->cols;
	word *d = room, *m = p->last ? y->held.m + row * p->cols : room + n;

	if (take_difference(S, p, d, n) == -1)
		return (-1);
	order_gather(m, x->held.m, p->at + row, rows, p->cols);
	put_on(m, d, n, p->how);
	if (p->kept)
		return (0);
	opened_add(S, m, n);
	return (open_send(S, m, n));
}

static int
give_all_rows(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x,
    const struct pass *p)
{
	size_t rows = chunk_rows(p->cols), i, c;
	word *room;
	int rc = 0;

	if (!p->kept)
		cost_add(&S->counted, 0, 0, WORD_BITS * (uint64_t)y->n);
	if ((room = mem_array(2 * rows * p->cols, sizeof(*room))) == NULL)
		return (-1);
	for (i = 0; i < p->rows && rc == 0; i += c) {
		c = (p->rows - i < rows) ? p->rows - i : rows;
		rc = give_pass_rows(S, y, x, p, i, c, room);
	}
	mem_wipe_free(room, 2 * rows * p->cols * sizeof(*room));
	/* Not before: what we moved may be where our masks go. */
	return ((rc == 0 && p->last) ? take_masks(S, y, p, 0, y->n) : rc);
}

int
masked_pass(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, const struct pass *p)
{
	size_t rows = chunk_rows(p->cols), i, c;
	int rc = 0;

	if (!p->kept)
		open_round(S);
	if (p->last && S->self < S->n)
		cost_add(&S->counted, 0, WORD_BITS * (uint64_t)y->n, 0);
	if (p->party == S->self)
		return (give_all_rows(S, y, x, p));
	if (p->kept)
		return (take_masks(S, y, p, 0, y->n));
	for (i = 0; i < p->rows && rc == 0; i += c) {
		c = (p->rows - i < rows) ? p->rows - i : rows;
		rc = take_pass_rows(S, y, p, i, c);
	}
	return (rc);
}

/* ---- choices ---- */

/*
 * Our share of x under the fresh masks is lam'_i - lam_i, and m is the last party's: nothing is
 * dealt, so the dealer need not know which row is which.  Others may lack m (above).
 */
static int
send_choice(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x,
    const struct row_choice *c, size_t row, size_t rows, word *chosen)
{
	size_t first = row * c->cols, n = rows * c->cols;
	word *share = y->held.m + first;

	mask_rows(S, y, first, n, c->how);
	memcpy(share, y->held.lam + first, n * sizeof(*share));
	choose_rows(chosen, x->held.lam, c, row, rows);
	take_off(share, chosen, n, c->how);
	if (S->self == S->n) {
		choose_rows(chosen, x->held.m, c, row, rows);
		put_on(share, chosen, n, c->how);
	}
	return (open_send(S, share, n));
}

int
masked_choose(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x,
    const struct row_choice *c)
{
	size_t rows = y->n / c->cols, chunk = chunk_rows(c->cols), taken = 0, i, n;
	word *chosen;
	int rc = 0;

	if ((chosen = mem_array(chunk * c->cols, sizeof(*chosen))) == NULL)
		return (-1);
	for (i = 0; i < rows && rc == 0; i += n) {
		n = (rows - i < chunk) ? rows - i : chunk;
		rc = send_choice(S, y, x, c, i, n, chosen);
		if (rc == 0)
			rc = open_behind(S, y->held.m, (i + n) * c->cols, &taken, c->how);
	}
	mem_wipe_free(chosen, chunk * c->cols * sizeof(*chosen));
	return ((rc == 0) ? open_receive(S, y->held.m + taken, y->n - taken, c->how) : -1);
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
