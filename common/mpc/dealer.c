#include "mpc/engine_internal.h"

#include <string.h>

#include "base/mem.h"
#include "mpc/correlated_internal.h"
#include "mpc/cost_internal.h"
#include "ring/bits.h"

/*
 * The engine of the dealer.  It holds the masks, and no m: in every operation it draws the masks of
 * the results and deals the computing parties what depends on masks, in the order in which they
 * take it.  It waits for nobody and receives nothing; rounds and openings it only counts, since
 * what an operation costs is the same at all parties.
 */

/* What the computing parties open of a result, in one round. */
static void
count_opened(struct mpc *S, size_t words)
{

	cost_add(&S->counted, 1, 0, WORD_BITS * (uint64_t)words);
}

static int
deal_product(struct mpc *S, struct mpc_vector *z, size_t first, const struct bilinear *B,
    const struct mpc_vector *x, const struct mpc_vector *y)
{

	mask_words(S, z, first, bilinear_z(B));
	return (deal_bilinear(S, B, x->held.lam, y->held.lam, z->held.lam + first));
}

static int
dealer_product(struct mpc *S, struct mpc_vector *z, const struct bilinear *B,
    const struct mpc_vector *x, const struct mpc_vector *y)
{
	struct mpc_vector part_x, part_y;
	struct bilinear part;
	size_t i, c;

	count_opened(S, z->n);
	if (B->kind != BILINEAR_ELEMENTS)
		return (deal_product(S, z, 0, B, x, y));
	for (i = 0; i < z->n; i += c) {
		c = chunk_of(z->n - i);
		part_x = mpc_part(x, i, c);
		part_y = mpc_part(y, i, c);
		part = bilinear_elements(c);
		if (deal_product(S, z, i, &part, &part_x, &part_y) == -1)
			return (-1);
	}
	return (0);
}

static int
deal_truncation_with_coin(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *z,
    unsigned shift)
{
	size_t i, c;

	for (i = 0; i < z->n; i += c) {
		c = chunk_of(z->n - i);
		if (deal_truncation(S, z->held.lam + i, c, shift) == -1)
			return (-1);
		/* Not before: y may be z. */
		mask_words(S, y, i, c);
	}
	count_opened(S, z->n);
	return (0);
}

static int
dealer_truncate(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *z, unsigned shift)
{

	if (S->faithful)
		return (truncate_faithfully(S, y, z, shift, dealer_borrow,
		    deal_truncation_with_coin));
	return (deal_truncation_with_coin(S, y, z, shift));
}

static int
deal_selection(struct mpc *S, struct mpc_vector *y, size_t results, const struct mpc_selection *s,
    size_t first, size_t n)
{
	const struct mpc_selection_term *t;
	const struct mpc_vector *met = NULL;
	size_t i, k;

	for (i = 0; i < s->count; i++) {
		t = &s->terms[i];
		if (t->word != NULL && t->word != met) {
			met = t->word;
			if (s->shift > 0 &&
			    deal_truncation(S, met->held.lam + first, n, s->shift) == -1)
				return (-1);
		}
		if (t->bit != NULL &&
		    deal_bit_word(S, t->bit->held.lam + first / WORD_BITS,
		    (t->word == NULL) ? NULL : t->word->held.lam + first, n, s->shift) == -1)
			return (-1);
	}
	for (k = 0; k < results; k++)
		mask_words(S, &y[k], first, n);
	return (0);
}

static int
dealer_select(struct mpc *S, struct mpc_vector *y, const struct mpc_selection *s)
{
	size_t results = (s->results > 1) ? s->results : 1, i;

	for (i = 0; i < y->n; i += CHUNK) {
		if (deal_selection(S, y, results, s, i, chunk_of(y->n - i)) == -1)
			return (-1);
	}
	count_opened(S, results * y->n);
	return (0);
}

static int
dealer_series(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *z,
    const struct mpc_series *series)
{
	size_t words = 2 * series->count * chunk_of(z->n), i, c;
	word *room;
	int rc = 0;

	if ((room = mem_array(words, sizeof(*room))) == NULL)
		return (-1);
	for (i = 0; i < z->n && rc == 0; i += c) {
		c = chunk_of(z->n - i);
		rc = deal_trigonometric(S, room, z->held.lam + i, c, series);
		if (rc == 0)
			mask_words(S, y, i, c);
	}
	mem_wipe_free(room, words * sizeof(*room));
	count_opened(S, z->n);
	return (rc);
}

static int
dealer_exp2(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *z, unsigned f)
{
	const struct borrow borrow = { .low = f - EXP2_FRACTION,
		.high = f - EXP2_FRACTION + EXP2_LOW, .count = 1 };
	size_t words = 2 * EXP2_DIGITS * chunk_of(z->n), i, c;
	struct mpc_bits b = { .n = 0 };
	word *room = NULL;
	int rc = -1;

	if (mpc_bits_new(S, &b, z->n) == -1 || dealer_borrow(S, &b, z, &borrow) == -1 ||
	    (room = mem_array(words, sizeof(*room))) == NULL)
		goto out;
	for (i = 0, rc = 0; i < z->n && rc == 0; i += c) {
		c = chunk_of(z->n - i);
		rc = deal_exp2(S, room, z->held.lam + i, b.held.lam + i / WORD_BITS, c, borrow.low);
		if (rc == 0)
			mask_words(S, y, i, c);
	}
	count_opened(S, z->n);
out:
	mem_wipe_free(room, words * sizeof(*room));
	mpc_bits_free(&b);
	return (rc);
}

static int
dealer_add_noise(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, const word *own)
{
	size_t i, c;

	(void)x;
	for (i = 0; i < y->n; i += c) {
		c = chunk_of(y->n - i);
		if (deal_noise(S, own + i, c) == -1)
			return (-1);
		mask_words(S, y, i, c);
	}
	count_opened(S, y->n);
	return (0);
}

static int
dealer_check(struct mpc *S)
{

	cost_add(&S->counted, 1, 0, 8 * crypto_onetimeauth_BYTES);
	return (0);
}

/* The computing parties reveal to each other; the dealer learns nothing. */
static int
dealer_reveal(struct mpc *S, word *clear, const struct mpc_vector *x)
{

	memset(clear, 0, x->n * sizeof(*clear));
	(void)dealer_check(S);
	count_opened(S, x->n);
	return (0);
}

static int
dealer_reveal_bits(struct mpc *S, word *clear, const struct mpc_bits *d)
{

	memset(clear, 0, bits_words(d->n) * sizeof(*clear));
	(void)dealer_check(S);
	count_opened(S, bits_words(d->n));
	return (0);
}

static int
dealer_reveal_to_us(struct mpc *S, word *clear, struct mpc_vector *x)
{

	return (dealer_reveal(S, clear, x));
}

/* There is no m to cover. */
static void
dealer_input(struct mpc *S, const struct mpc_vector *x)
{

	(void)S, (void)x;
}

const struct mpc_engine engine_dealer = {
	.product = dealer_product,
	.truncate = dealer_truncate,
	.compare = dealer_compare,
	.equal = dealer_equal,
	.and = dealer_and,
	.select = dealer_select,
	.series = dealer_series,
	.exp2 = dealer_exp2,
	.add_noise = dealer_add_noise,
	.pass = dealer_pass,
	.choose = dealer_choose,
	.tell = dealer_tell,
	.aes128 = dealer_aes128,
	.reveal = dealer_reveal,
	.reveal_bits = dealer_reveal_bits,
	.reveal_to_us = dealer_reveal_to_us,
	.check = dealer_check,
	.input = dealer_input,
	.knows = { .m = false, .lam = true },
};
