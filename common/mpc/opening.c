#include "mpc/engine_internal.h"

#include <string.h>

#include "base/diag.h"
#include "base/mem.h"
#include "crypto/prg.h"

/*
 * Draw a party's masks for words ${first} .. of ${y}: from its keys, of which the party's has
 * position ${key}, or from the stream that we share with the party.
 */
static void
draw(struct mpc *S, const struct mpc_vector *y, size_t party, size_t key, uint64_t *z, size_t first,
    size_t n)
{

	if (y->mask != NULL)
		prg_words(z, n, y->mask->keys[key], first);
	else
		stream_words(S, party, STREAM_MASK, z, n);
}

void
mask_words(struct mpc *S, struct mpc_vector *y, size_t first, size_t n)
{
	uint64_t *lam = y->lam + first, room[DRAWN_WORDS];
	size_t i, j, p, c;

	if (S->self > 0) {
		draw(S, y, 0, 0, lam, first, n);
		return;
	}
	draw(S, y, 1, 0, lam, first, n);
	for (p = 2; p <= S->n; p++) {
		for (i = 0; i < n; i += c) {
			c = (n - i < DRAWN_WORDS) ? n - i : DRAWN_WORDS;
			draw(S, y, p, p - 1, room, first + i, c);
			for (j = 0; j < c; j++)
				lam[i + j] += room[j];
		}
	}
	mem_wipe(room, sizeof(room));
}

void
mask_bits(struct mpc *S, uint64_t *lam, size_t words)
{
	uint64_t room[DRAWN_WORDS];
	size_t i, j, p, c;

	if (S->self > 0) {
		stream_words(S, 0, STREAM_MASK, lam, words);
		return;
	}
	stream_words(S, 1, STREAM_MASK, lam, words);
	for (p = 2; p <= S->n; p++) {
		for (i = 0; i < words; i += c) {
			c = (words - i < DRAWN_WORDS) ? words - i : DRAWN_WORDS;
			stream_words(S, p, STREAM_MASK, room, c);
			for (j = 0; j < c; j++)
				lam[i + j] ^= room[j];
		}
	}
	mem_wipe(room, sizeof(room));
}

int
open_send(struct mpc *S, const uint64_t *share, size_t words)
{
	size_t p;

	if (S->self == 0)
		return (0);
	for (p = 1; p <= S->n; p++) {
		if (p != S->self && S->net.send(S->net.state, p, share,
		    words * sizeof(*share)) == -1)
			return (-1);
	}
	return (0);
}

/* Add the shares that party ${p} sends. */
static int
take(struct mpc *S, size_t p, uint64_t *z, size_t words, enum opening how, uint64_t *room)
{
	size_t i, j, c;

	for (i = 0; i < words; i += c) {
		c = chunk_of(words - i);
		if (S->net.receive(S->net.state, p, room, c * sizeof(*room)) == -1)
			return (-1);
		if (how == OPEN_XOR) {
			for (j = 0; j < c; j++)
				z[i + j] ^= room[j];
		} else {
			for (j = 0; j < c; j++)
				z[i + j] += room[j];
		}
	}
	return (0);
}

static void
hash_opened(struct mpc *S, const uint64_t *z, size_t words)
{
	size_t p;

	for (p = 1; p <= S->n; p++) {
		if (p != S->self)
			crypto_onetimeauth_update(&S->opened[p], (const uint8_t *)z,
			    words * sizeof(*z));
	}
}

int
open_take(struct mpc *S, uint64_t *z, size_t words, enum opening how)
{
	uint64_t *room;
	size_t p;
	int rc = 0;

	cost_add(&S->counted, 0, 0, 64 * (uint64_t)words);
	if (S->self == 0)
		return (0);
	if ((room = mem_array(chunk_of(words), sizeof(*room))) == NULL)
		return (-1);
	for (p = 1; p <= S->n && rc == 0; p++) {
		if (p != S->self)
			rc = take(S, p, z, words, how, room);
	}
	mem_wipe_free(room, chunk_of(words) * sizeof(*room));
	if (rc == 0)
		hash_opened(S, z, words);
	return (rc);
}

void
open_round(struct mpc *S)
{

	cost_add(&S->counted, 1, 0, 0);
}

int
open_receive(struct mpc *S, uint64_t *z, size_t words, enum opening how)
{

	open_round(S);
	return (open_take(S, z, words, how));
}

size_t
mpc_output_keys(struct mpc *S, uint8_t (*keys)[32])
{
	uint64_t index = S->results++;
	size_t i;

	if (S->self > 0) {
		stream_key(S, 0, STREAM_OUTPUT, index, keys[0]);
		return (1);
	}
	for (i = 1; i <= S->n; i++)
		stream_key(S, i, STREAM_OUTPUT, index, keys[i - 1]);
	return (S->n);
}

/* ---- consistency and revealing ---- */

void
open_begin(struct mpc *S)
{
	uint64_t key[crypto_onetimeauth_KEYBYTES / 8];
	size_t p;

	for (p = 1; p <= S->n; p++) {
		if (S->self == 0 || p == S->self)
			continue;
		stream_words(S, p, STREAM_CHECK, key, sizeof(key) / sizeof(*key));
		crypto_onetimeauth_init(&S->opened[p], (const uint8_t *)key);
	}
	stream_end(S);
	mem_wipe(key, sizeof(key));
}

void
mpc_input(struct mpc *S, const struct mpc_vector *x)
{

	if (S->engine == &engine_masked && S->self > 0)
		hash_opened(S, x->m, x->n);
}

/*
 * The hash so far, as we compare it with party ${p}, without ending it.  One key serves several of
 * these in a session, so they go to the one who has it, inside an encrypted link, and nowhere else.
 */
static void
opened_hash(const struct mpc *S, size_t p, uint8_t out[static crypto_onetimeauth_BYTES])
{
	crypto_onetimeauth_state copy = S->opened[p];

	crypto_onetimeauth_final(&copy, out);
	mem_wipe(&copy, sizeof(copy));
}

int
open_check(struct mpc *S)
{
	uint8_t own[crypto_onetimeauth_BYTES], other[sizeof(own)];
	size_t p;

	cost_add(&S->counted, 1, 0, 8 * sizeof(own));
	for (p = 1; S->self > 0 && p <= S->n; p++) {
		if (p == S->self)
			continue;
		opened_hash(S, p, own);
		if (S->net.send(S->net.state, p, own, sizeof(own)) == -1)
			return (-1);
	}
	for (p = 1; S->self > 0 && p <= S->n; p++) {
		if (p == S->self)
			continue;
		if (S->net.receive(S->net.state, p, other, sizeof(other)) == -1)
			return (-1);
		opened_hash(S, p, own);
		if (sodium_memcmp(own, other, sizeof(own)) != 0)
			return (fail(ST_REFUSED, "the computing parties have not worked on the "
			    "same values: an owner gave them different shares, or files of "
			    "different runs were mixed; nothing is revealed"));
	}
	return (0);
}

/* Add our share of zero, made of words that each two computing parties have in common. */
static void
add_zero(struct mpc *S, uint64_t *z, size_t n)
{
	uint64_t room[DRAWN_WORDS];
	size_t i, j, p, c;

	for (p = 1; p <= S->n; p++) {
		for (i = 0; p != S->self && i < n; i += c) {
			c = (n - i < DRAWN_WORDS) ? n - i : DRAWN_WORDS;
			stream_words(S, p, STREAM_ZERO, room, c);
			for (j = 0; j < c; j++)
				z[i + j] += (p < S->self) ? room[j] : 0 - room[j];
		}
	}
	mem_wipe(room, sizeof(room));
}

int
masked_reveal(struct mpc *S, uint64_t *clear, const struct mpc_vector *x)
{
	size_t i;

	memset(clear, 0, x->n * sizeof(*clear));
	mpc_input(S, x);
	if (open_check(S) == -1)
		return (-1);
	if (S->self > 0) {
		memcpy(clear, x->lam, x->n * sizeof(*clear));
		add_zero(S, clear, x->n);
	}
	if (open_send(S, clear, x->n) == -1 || open_receive(S, clear, x->n, OPEN_ADD) == -1)
		return (-1);
	for (i = 0; S->self > 0 && i < x->n; i++)
		clear[i] = x->m[i] - clear[i];
	return (0);
}
