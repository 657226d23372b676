#include "mpc/engine_internal.h"

#include <string.h>

#include "base/mem.h"

/*
 * Rows of an engine's planes, copied in an order; and a secret order, pass after pass, whoever does
 * the passes (passes.c, dealer_passes.c).
 */

/* ---- copies ---- */

#define AHEAD ((size_t)16) /* rows that are fetched before they are copied */

static void
prefetch_row(const word *row, size_t cols)
{

	__builtin_prefetch(row);
	__builtin_prefetch(row + cols - 1);
}

void
order_gather(word *z, const word *x, const uint32_t *at, size_t rows, size_t cols)
{
	size_t i;

	if (cols == 1) {
		for (i = 0; i < rows; i++)
			z[i] = x[at[i]];
		return;
	}
	for (i = 0; i < rows; i++) {
		if (i + AHEAD < rows)
			prefetch_row(x + at[i + AHEAD] * cols, cols);
		memcpy(z + i * cols, x + at[i] * cols, cols * sizeof(*z));
	}
}

void
choose_rows(word *z, const word *x, const struct row_choice *c, size_t row, size_t rows)
{
	size_t i;

	if (c->index == NULL) {
		memcpy(z, x + row * c->cols, rows * c->cols * sizeof(*z));
		return;
	}
	for (i = 0; i < rows; i++) {
		if (i + AHEAD < rows)
			prefetch_row(x + c->index[row + i + AHEAD] * c->cols, c->cols);
		memcpy(z + i * c->cols, x + c->index[row + i] * c->cols, c->cols * sizeof(*z));
	}
}

/* The reverse of each permutation that we know. */
static uint32_t *
turn_back(const struct mpc_order *order)
{
	uint32_t *back;
	size_t i, k;

	if ((back = mem_array(order->count * order->rows, sizeof(*back))) == NULL)
		return (NULL);
	for (k = 0; k < order->count; k++) {
		for (i = 0; i < order->rows; i++)
			back[k * order->rows + order->at[k * order->rows + i]] = (uint32_t)i;
	}
	return (back);
}

/* Where the permutation of pass ${party} is among those that we know; NULL: we do not. */
static const uint32_t *
order_of(const struct mpc *S, const struct mpc_order *order, const uint32_t *at, size_t party)
{

	if (S->holders > 1)
		return (at + (party - 1) * order->rows);
	return ((party == S->self) ? at : NULL);
}

/* How many permutations an order is made of. */
static size_t
passes_of(const struct mpc *S)
{

	return ((S->holders > 0) ? S->n : 1);
}

int
order_run(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x,
    const struct mpc_order *order, enum direction direction, enum sharing how)
{
	struct pass p = { .rows = order->rows, .cols = x->n / order->rows, .how = how };
	size_t passes = passes_of(S), k;
	struct mpc_vector other, via, *to;
	const struct mpc_vector *from = x;
	bool deals = S->holders > 1, back = direction == BACK;
	uint32_t *at = order->at;
	int rc = 0;

	memset(&other, 0, sizeof(other));
	if ((back && (at = turn_back(order)) == NULL) ||
	    (deals && mpc_vector_new(S, &other, y->n) == -1))
		rc = -1;
	/*
	 * Only the last result is the caller's, with the masks that it is to have.  On the way, a
	 * computing party has an m alone, and room for it where these masks will be.
	 */
	via = mpc_part(y, 0, y->n);
	if (!deals)
		via.held = (struct mpc_planes){ .m = y->held.lam };
	for (k = 1; k <= passes && rc == 0; k++) {
		p.last = k == passes;
		p.kept = p.last && direction == FORTH_TO_CHOOSE;
		to = p.last ? y : (deals && (passes - k) % 2 == 1) ? &other : &via;
		p.party = back ? passes + 1 - k : k;
		p.at = order_of(S, order, at, p.party);
		rc = S->engine->pass(S, to, from, &p);
		from = to;
	}
	mpc_vector_free(&other);
	if (back)
		mem_wipe_free(at, order->count * order->rows * sizeof(*at));
	return (rc);
}
