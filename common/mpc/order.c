#include "mpc/order.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "crypto/prg.h"
#include "mpc/cost_internal.h"
#include "mpc/engine_internal.h"
#include "ring/bits.h"

/*
 * Random orders: who draws which, from what.  How rows are moved is in permute.c and
 * dealer_permute.c.
 */

/* ---- drawing ---- */

/* Words one after the other: of a stream, or, in clear, of a key. */
struct words {
	struct mpc *S;
	size_t peer;
	enum stream_purpose purpose;
	const uint8_t *key; /* NULL: of the stream */
	uint64_t first;     /* of the key's words */
	word batch[DRAWN_WORDS];
	size_t used;
};

static word
next_word(struct words *w)
{

	if (w->used == DRAWN_WORDS) {
		if (w->key == NULL)
			stream_words(w->S, w->peer, w->purpose, w->batch, DRAWN_WORDS);
		else
			prg_words(w->batch, DRAWN_WORDS, w->key, w->first);
		w->first += DRAWN_WORDS;
		w->used = 0;
	}
	return (w->batch[w->used++]);
}

/*
 * A number below ${n}, each as likely as the other: of the words, 2^64 mod n are not used, and the
 * next one is taken.  That happens, or does not, whatever the data are.
 */
static uint64_t
next_below(struct words *w, uint64_t n)
{
	uint64_t unused = (0 - n) % n;
	word u;

	do {
		u = next_word(w);
	} while (u < unused);
	return (u % n);
}

/* Fisher and Yates, from the end. */
static void
draw_order(struct words *w, uint32_t *at, size_t n)
{
	size_t i, j;
	uint32_t t;

	w->used = DRAWN_WORDS;
	for (i = 0; i < n; i++)
		at[i] = (uint32_t)i;
	for (i = n; i-- > 1;) {
		j = (size_t)next_below(w, i + 1);
		t = at[i];
		at[i] = at[j];
		at[j] = t;
	}
	mem_wipe(w->batch, sizeof(w->batch));
}

/* An order that no other party has a part in. */
static void
draw_own_order(uint32_t *at, size_t n)
{
	uint8_t key[PRG_KEY_BYTES];
	struct words w = { .key = key };

	prg_new_key(key);
	draw_order(&w, at, n);
	mem_wipe(key, sizeof(key));
}

/* ---- orders that only the dealer knows ---- */

/* How many permutations this party knows: a plan, none. */
static size_t
known_orders(const struct mpc *S)
{

	return (mpc_holds_words(S) ? (S->holders > 0 ? S->holders : 1) : 0);
}

int
mpc_order_new(struct mpc *S, struct mpc_order *order, size_t rows)
{
	struct words w = { .S = S, .purpose = STREAM_ORDER };
	size_t k;

	*order = (struct mpc_order){ .rows = rows, .count = known_orders(S) };
	if (rows > MPC_MAX_ORDERED)
		return (misfit("order"));
	if (order->count > 0 &&
	    (order->at = mem_array(order->count * rows, sizeof(*order->at))) == NULL)
		return (-1);
	stream_begin(S);
	for (k = 0; k < order->count; k++) {
		w.peer = S->first_holder + k;
		if (S->holders > 0)
			draw_order(&w, order->at + k * rows, rows);
		else
			draw_own_order(order->at, rows);
	}
	stream_end(S);
	return (0);
}

void
mpc_order_free(struct mpc_order *order)
{

	mem_wipe_free(order->at, order->count * order->rows * sizeof(*order->at));
	memset(order, 0, sizeof(*order));
}

/* ---- moving rows ---- */

void
order_gather(word *z, const word *x, const uint32_t *at, size_t rows, size_t cols)
{
	size_t i;

	if (cols == 1) {
		for (i = 0; i < rows; i++)
			z[i] = x[at[i]];
		return;
	}
	for (i = 0; i < rows; i++)
		memcpy(z + i * cols, x + at[i] * cols, cols * sizeof(*z));
}

void
choose_rows(word *z, const word *x, const struct choice *c, size_t row, size_t rows)
{
	size_t i;

	if (c->index == NULL) {
		memcpy(z, x + row * c->cols, rows * c->cols * sizeof(*z));
		return;
	}
	for (i = 0; i < rows; i++)
		memcpy(z + i * c->cols, x + c->index[row + i] * c->cols, c->cols * sizeof(*z));
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
    const struct mpc_order *order, bool back, enum sharing how)
{
	struct pass p = { .rows = order->rows, .cols = x->n / order->rows, .how = how };
	size_t passes = passes_of(S), k;
	struct mpc_vector other, via, *to;
	const struct mpc_vector *from = x;
	bool deals = S->holders > 1;
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

/* ---- what the computing parties have in common, and the dealer does not know ---- */

/*
 * The key of it stands where a seed shared with ourselves would.  It comes from the seed that
 * parties 1 and 2 share; the first tells the others.  mpc_check finds keys that differ, as all that
 * is drawn of them is taken for common.
 */
static int
make_common_key(struct mpc *S)
{
	uint8_t *key = S->seeds[S->self];
	word words[PRG_KEY_BYTES / sizeof(word)];
	size_t p;

	if (S->self <= 2)
		stream_key(S, 3 - S->self, STREAM_COMMON, 0, key);
	if (S->n > 2)
		cost_add(&S->counted, 1, 0, 8 * PRG_KEY_BYTES);
	for (p = 3; is_first(S) && p <= S->n; p++) {
		if (S->net.send(S->net.state, p, key, PRG_KEY_BYTES) == -1)
			return (-1);
	}
	if (S->self > 2 && S->net.receive(S->net.state, 1, key, PRG_KEY_BYTES) == -1)
		return (-1);
	memcpy(words, key, sizeof(words));
	opened_add(S, words, PRG_KEY_BYTES / sizeof(word));
	mem_wipe(words, sizeof(words));
	return (0);
}

/* Whether computing parties have more than one plane, and so something to agree on. */
static bool
shares_common(const struct mpc *S)
{

	return (S->engine == &engine_masked);
}

/* At the first use: in all engines, as it costs a round where there are more than two parties. */
static int
begin_common(struct mpc *S)
{

	stream_begin(S);
	if (S->has_common)
		return (0);
	S->has_common = true;
	if (S->n > 2)
		cost_add(&S->declared, 1, 0, 8 * PRG_KEY_BYTES);
	if (S->n > 2 && mpc_is_dealer(S))
		cost_add(&S->counted, 1, 0, 8 * PRG_KEY_BYTES);
	return (shares_common(S) ? make_common_key(S) : 0);
}

int
mpc_common_order(struct mpc *S, size_t *index, size_t n)
{
	struct words w = { .S = S, .peer = S->self, .purpose = STREAM_COMMON };
	uint32_t *at;
	size_t i;
	int rc;

	if (n > MPC_MAX_ORDERED)
		return (misfit("order"));
	if ((rc = begin_common(S)) == -1 || index == NULL || !mpc_sees_revealed(S))
		goto out;
	if ((at = mem_array(n, sizeof(*at))) == NULL) {
		rc = -1;
		goto out;
	}
	if (shares_common(S))
		draw_order(&w, at, n);
	else
		draw_own_order(at, n);
	for (i = 0; i < n; i++)
		index[i] = at[i];
	mem_wipe_free(at, n * sizeof(*at));
out:
	stream_end(S);
	return (rc);
}

/* The m of bits that nobody knows, which the dealer must not: no mask of ours is part of it. */
static void
draw_common_bits(struct mpc *S, word *m, size_t words)
{
	uint8_t key[PRG_KEY_BYTES];

	if (shares_common(S)) {
		stream_words(S, S->self, STREAM_COMMON, m, words);
		return;
	}
	prg_new_key(key);
	prg_words(m, words, key, 0);
	mem_wipe(key, sizeof(key));
}

int
mpc_random_bits(struct mpc *S, struct mpc_bits *d)
{
	size_t words = bits_words(d->n);
	int rc;

	if ((rc = begin_common(S)) == 0) {
		if (d->held.m != NULL)
			draw_common_bits(S, d->held.m, words);
		if (d->held.lam != NULL)
			mask_bits(S, d->held.lam, words);
	}
	stream_end(S);
	return (rc);
}
