#include <string.h>

#include "base/mem.h"
#include "mpc/correlated_internal.h"
#include "ring/bits.h"

/*
 * Selections: sums over terms of d (w v + c), with secret bits d, public weights w and constants c,
 * and v = floor(z / 2^s), or z itself where s = 0.
 *
 * A word z = m - r splits v into a public part and one that is linear in what depends on r alone
 * (truncate.c, with m' = m + 2^62 and k = [top bit of m' is clear]):
 *
 *	v = u - (r >> s) + 2^(64 - s) k r63,   u = (m' >> s) - 2^(62 - s)          (s > 0)
 *	v = u - r,                             u = m                               (s = 0)
 *
 * A bit is d = md xor l, where md is public and l its mask, so as a number d = md + (1 - 2 md) l:
 *
 *	d v = l v where md = 0,   v - l v where md = 1
 *	l v = u l - l (r >> s) + 2^(64 - s) k l r63
 *
 * Both are local, given dealt shares of l, l (r >> s) and l r63.  A constant is a v with u = c
 * alone.  One opening puts the mask of the result on: one round for any number of terms.
 */

/* One chunk of a term. */
struct term_work {
	/* Of the word: u; all ones where k = 1; our additive share of v. */
	word public[CHUNK], wraps[CHUNK], value[CHUNK];
	/* Of the bit: md, and our share of l. */
	word md[CHUNK], l[CHUNK];
	/* Our shares of r >> s, r63, l (r >> s) or l r, and l r63. */
	word high[CHUNK], top[CHUNK], lhigh[CHUNK], ltop[CHUNK];
	word sum[MPC_MAX_SELECTED][CHUNK];
};

/*
 * The wrap counts 2^(64 - s): its exponent.  For s = 0 nothing wraps, and 0 keeps the shift
 * defined.
 */
static unsigned
up_of(unsigned shift)
{

	return ((WORD_BITS - shift) % WORD_BITS);
}

/* The first term with this word: make its u, k and share. */
static int
split_word(struct mpc *S, struct term_work *w, const struct mpc_vector *z, size_t first, size_t n,
    unsigned shift)
{
	const word *m = z->held.m + first, *lam = z->held.lam + first;
	word one = first_alone(S, ~(word)0), offset;
	size_t i;

	if (shift == 0) {
		for (i = 0; i < n; i++) {
			w->wraps[i] = 0;
			w->public[i] = m[i];
			w->value[i] = (m[i] & one) - lam[i];
		}
		return (0);
	}
	if (correlated_truncation(S, w->high, w->top, n, shift) == -1)
		return (-1);
	for (i = 0; i < n; i++) {
		offset = m[i] + OFFSET;
		w->wraps[i] = (offset >> TOP_BIT) - 1;
		w->public[i] = (offset >> shift) - (OFFSET >> shift);
		w->value[i] = (w->public[i] & one) - w->high[i] +
		    ((w->top[i] << up_of(shift)) & w->wraps[i]);
	}
	return (0);
}

/* The bit of a term: md, and our shares of what its mask multiplies. */
static int
split_bit(struct mpc *S, struct term_work *w, const struct mpc_selection_term *term, size_t first,
    size_t n, unsigned shift)
{
	const struct bit_shares shares = { .bit = w->l, .high = w->lhigh, .top = w->ltop };

	bits_to_words(w->md, term->bit->held.m + first / WORD_BITS, n);
	return (correlated_bit_word(S, &shares, term->word != NULL, n, shift));
}

/* A term without a bit: sum += weight v + constant. */
static void
add_value(const struct mpc *S, struct term_work *w, const struct mpc_selection_term *term,
    size_t result, size_t n)
{
	word weight = (word)term->weight[result];
	word constant = first_alone(S, (word)term->constant[result]), *sum = w->sum[result];
	size_t i;

	for (i = 0; i < n; i++)
		sum[i] += ((term->word == NULL) ? 0 : weight * w->value[i]) + constant;
}

/*
 * A term with a bit: sum += d V for V = weight v + constant, by our shares of V and of l V, which
 * is linear in the parts of V.  Which of them it is, md says; all computing parties know it, but
 * nobody else may, so it is no branch.
 */
static void
add_bit_value(const struct mpc *S, struct term_work *w, const struct mpc_selection_term *term,
    size_t result, size_t n, unsigned shift)
{
	word weight = (word)term->weight[result], constant = (word)term->constant[result];
	word own = first_alone(S, constant), *sum = w->sum[result], v, lv, take;
	unsigned up = up_of(shift);
	size_t i;

	for (i = 0; i < n; i++) {
		v = own;
		lv = constant * w->l[i];
		if (term->word != NULL) {
			v += weight * w->value[i];
			lv += weight * (w->l[i] * w->public[i] - w->lhigh[i] +
			    ((w->ltop[i] << up) & w->wraps[i]));
		}
		take = 0 - w->md[i];
		sum[i] += (take & (v - lv)) + (~take & lv);
	}
}

static int
add_selection_term(struct mpc *S, struct term_work *w, const struct mpc_selection_term *term,
    size_t results, size_t first, size_t n, unsigned shift)
{
	size_t k;

	if (term->bit != NULL && split_bit(S, w, term, first, n, shift) == -1)
		return (-1);
	for (k = 0; k < results; k++) {
		if (term->bit == NULL)
			add_value(S, w, term, k, n);
		else
			add_bit_value(S, w, term, k, n, shift);
	}
	return (0);
}

static int
select_chunk(struct mpc *S, struct mpc_vector *y, size_t results, const struct mpc_selection *s,
    size_t first, size_t n, struct term_work *w)
{
	const struct mpc_vector *met = NULL;
	word *m;
	size_t i, k;

	memset(w->sum, 0, sizeof(w->sum));
	for (i = 0; i < s->count; i++) {
		/* Neighbouring terms of one word share its split, and so its coin. */
		if (s->terms[i].word != NULL && s->terms[i].word != met) {
			met = s->terms[i].word;
			if (split_word(S, w, met, first, n, s->shift) == -1)
				return (-1);
		}
		if (add_selection_term(S, w, &s->terms[i], results, first, n, s->shift) == -1)
			return (-1);
	}
	/* y may be one of the words; from here on they are not needed. */
	for (k = 0; k < results; k++) {
		mask_words(S, &y[k], first, n);
		m = y[k].held.m + first;
		for (i = 0; i < n; i++)
			m[i] = w->sum[k][i] + y[k].held.lam[first + i];
		if (open_send(S, m, n) == -1)
			return (-1);
	}
	return (0);
}

/*
 * Both results of a chunk were sent one after the other: take them in that order, in one round.
 */
static int
receive_results(struct mpc *S, struct mpc_vector *y, size_t results)
{
	size_t i, k, n = y[0].n;

	if (results == 1)
		return (open_words(S, &y[0]));
	for (i = 0; i < n; i += CHUNK) {
		for (k = 0; k < results; k++) {
			if (open_pieces(S, y[k].held.m + i, chunk_of(n - i), SHARES_ADD) == -1)
				return (-1);
		}
	}
	open_round(S);
	return (0);
}

int
masked_select(struct mpc *S, struct mpc_vector *y, const struct mpc_selection *selection)
{
	size_t results = (selection->results > 1) ? selection->results : 1, i;
	struct term_work *w;
	int rc = 0;

	if ((w = work_room(S, WORK_SELECT, sizeof(*w))) == NULL)
		return (-1);
	for (i = 0; i < y->n && rc == 0; i += CHUNK)
		rc = select_chunk(S, y, results, selection, i, chunk_of(y->n - i), w);
	return ((rc == 0) ? receive_results(S, y, results) : -1);
}
