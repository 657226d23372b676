#include "mpc/order.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "crypto/prg.h"
#include "mpc/cost_internal.h"
#include "mpc/engine_internal.h"
#include "ring/bits.h"

/*
 * Random orders: who draws which, from what.  How rows are moved is in moving.c, passes.c and
 * dealer_passes.c.
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
next_drawn(struct words *w)
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
 * next one is taken.  That happens, or does not, whatever the data are.  Only a word below ${n}
 * can be one of these, and so is worth a division.
 */
static uint64_t
next_below(struct words *w, uint64_t n)
{
	word u;

	do {
		u = next_drawn(w);
	} while (u < n && u < (0 - n) % n);
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
