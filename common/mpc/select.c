#include "mpc/correlated_internal.h"

#include <string.h>

#include "base/mem.h"
#include "ring/bits.h"

/* One chunk of a term, at a computing party. */
struct term_work {
	/* Of the word: its public part, all ones where it wraps, and our additive share of it. */
	uint64_t public[CHUNK], wraps[CHUNK], word[CHUNK];
	/* Of the bit: its public part, and our share of its mask. */
	uint64_t md[CHUNK], l[CHUNK];
	/* Dealt: of the word, and of the bit's mask times the word. */
	uint64_t high[CHUNK], top[CHUNK], lhigh[CHUNK], ltop[CHUNK];
	uint64_t sum[MPC_MAX_SELECTED][CHUNK];
};

/*
 * The word of a term is first met: split floor(word / 2^shift), or the word, into a public and a
 * shared part.
 */
static int
take_word(struct mpc *S, struct term_work *w, const struct mpc_vector *word, size_t first, size_t n,
    unsigned shift)
{
	const uint64_t *m = word->m + first, *lam = word->lam + first;
	uint64_t one = (S->self == 1) ? UINT64_MAX : 0, offset;
	size_t i;

	if (shift > 0 && source_truncation(S, w->high, w->top, lam, n, shift) == -1)
		return (-1);
	for (i = 0; S->self > 0 && shift > 0 && i < n; i++) {
		offset = m[i] + ((uint64_t)1 << OFFSET_BIT);
		w->wraps[i] = (offset >> 63) - 1;
		w->public[i] = (offset >> shift) - ((uint64_t)1 << (OFFSET_BIT - shift));
		w->word[i] = (w->public[i] & one) - w->high[i] + ((w->top[i] << (64 - shift)) &
		    w->wraps[i]);
	}
	for (i = 0; S->self > 0 && shift == 0 && i < n; i++) {
		w->wraps[i] = 0;
		w->public[i] = m[i];
		w->word[i] = (m[i] & one) - lam[i];
	}
	return (0);
}

/* The bit of a term: shares of its mask, and of that times the word. */
static int
take_bit(struct mpc *S, struct term_work *w, const struct mpc_selection_term *term, size_t first,
    size_t n, unsigned shift)
{
	const struct bit_shares shares = { w->l, w->lhigh, w->ltop };

	if (S->self > 0)
		bits_to_words(w->md, term->bit->m + first / 64, n);
	return (source_bit_word(S, &shares, term->bit->lam + first / 64,
	    (term->word == NULL) ? NULL : term->word->lam + first, n, shift));
}

/* sum += weight * word + constant. */
static void
add_word(const struct mpc *S, struct term_work *w, const struct mpc_selection_term *term,
    size_t result, size_t n)
{
	uint64_t weight = (uint64_t)term->weight[result], constant = (S->self == 1) ?
	    (uint64_t)term->constant[result] : 0;
	uint64_t *sum = w->sum[result];
	size_t i;

	for (i = 0; i < n; i++)
		sum[i] += ((term->word == NULL) ? 0 : weight * w->word[i]) + constant;
}

/*
 * sum += bit * (weight * word + constant): md v + (1 - 2 md) l v, and l v is local for a v with a
 * public part.
 */
static void
add_bit_word(const struct mpc *S, struct term_work *w, const struct mpc_selection_term *term,
    size_t result, size_t n, unsigned shift)
{
	uint64_t weight = (uint64_t)term->weight[result],
	    constant = (uint64_t)term->constant[result];
	uint64_t one = (S->self == 1) ? constant : 0, *sum = w->sum[result], v, lv, take;
	unsigned up = (64 - shift) % 64;
	size_t i;

	for (i = 0; i < n; i++) {
		v = one;
		lv = constant * w->l[i];
		if (term->word != NULL) {
			v += weight * w->word[i];
			lv += weight * (w->l[i] * w->public[i] - w->lhigh[i] +
			    ((w->ltop[i] << up) & w->wraps[i]));
		}
		take = 0 - w->md[i];
		sum[i] += (take & (v - lv)) + (~take & lv);
	}
}

static int
add_term(struct mpc *S, struct term_work *w, const struct mpc_selection_term *term, size_t results,
    size_t first, size_t n, unsigned shift)
{
	size_t k;

	if (term->bit != NULL && take_bit(S, w, term, first, n, shift) == -1)
		return (-1);
	for (k = 0; S->self > 0 && k < results; k++) {
		if (term->bit == NULL)
			add_word(S, w, term, k, n);
		else
			add_bit_word(S, w, term, k, n, shift);
	}
	return (0);
}

static int
select_chunk(struct mpc *S, struct mpc_vector *y, size_t results, const struct mpc_selection *s,
    size_t first, size_t n, struct term_work *w)
{
	const struct mpc_vector *met = NULL;
	size_t i, k;

	memset(w->sum, 0, sizeof(w->sum));
	for (i = 0; i < s->count; i++) {
		if (s->terms[i].word != NULL && s->terms[i].word != met) {
			met = s->terms[i].word;
			if (take_word(S, w, met, first, n, s->shift) == -1)
				return (-1);
		}
		if (add_term(S, w, &s->terms[i], results, first, n, s->shift) == -1)
			return (-1);
	}
	/* A result may stand where a word stood: from here on, that is not needed. */
	for (k = 0; k < results; k++) {
		mask_words(S, &y[k], first, n);
		for (i = 0; S->self > 0 && i < n; i++)
			w->sum[k][i] += y[k].lam[first + i];
		if (S->self > 0) {
			memcpy(y[k].m + first, w->sum[k], n * sizeof(*w->sum[k]));
			if (open_send(S, y[k].m + first, n) == -1)
				return (-1);
		}
	}
	return (0);
}

/* Both results of a chunk were sent one after the other: take them in that order, in one round. */
static int
receive_results(struct mpc *S, struct mpc_vector *y, size_t results)
{
	size_t i, k, n = y[0].n;

	if (results == 1)
		return (open_receive(S, y[0].m, n, OPEN_ADD));
	for (i = 0; i < n; i += CHUNK) {
		for (k = 0; k < results; k++) {
			if (open_take(S, (S->self > 0) ? y[k].m + i : NULL, chunk_of(n - i),
			    OPEN_ADD) == -1)
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

	if ((w = mem_array(1, sizeof(*w))) == NULL)
		return (-1);
	for (i = 0; i < y->n && rc == 0; i += CHUNK)
		rc = select_chunk(S, y, results, selection, i, chunk_of(y->n - i), w);
	mem_wipe_free(w, sizeof(*w));
	return ((rc == 0) ? receive_results(S, y, results) : -1);
}
