#include "mpc/engine_internal.h"

#include "base/mem.h"
#include "mpc/cost_internal.h"

/*
 * Openings: computing parties send each other their shares of a masked value, and all add them up.
 * Nothing else that depends on a secret ever leaves a computing party, but for the hash of all of
 * it, which they compare before anything is revealed.
 */

int
open_send(struct mpc *S, const word *share, size_t words)
{
	size_t p;

	for (p = 1; p <= S->n; p++) {
		if (p != S->self &&
		    S->net.send(S->net.state, p, share, words * sizeof(*share)) == -1)
			return (-1);
	}
	return (0);
}

/* Add the shares that party ${p} sends. */
static int
add_shares_of(struct mpc *S, size_t p, word *z, size_t words, enum sharing how, word *room)
{
	size_t i, c;

	for (i = 0; i < words; i += c) {
		c = chunk_of(words - i);
		if (S->net.receive(S->net.state, p, room, c * sizeof(*room)) == -1)
			return (-1);
		put_on(z + i, room, c, how);
	}
	return (0);
}

int
open_pieces(struct mpc *S, word *z, size_t words, enum sharing how)
{
	word *room;
	size_t p;
	int rc = 0;

	cost_add(&S->counted, 0, 0, WORD_BITS * (uint64_t)words);
	if ((room = mem_array(chunk_of(words), sizeof(*room))) == NULL)
		return (-1);
	for (p = 1; p <= S->n && rc == 0; p++) {
		if (p != S->self)
			rc = add_shares_of(S, p, z, words, how, room);
	}
	mem_wipe_free(room, chunk_of(words) * sizeof(*room));
	if (rc == 0)
		opened_add(S, z, words);
	return (rc);
}

/*
 * Links keep only so much that nobody wants yet (net/channel.h): parties who all send more than
 * that before they take anything would wait for each other for ever.
 */
#define WORDS_AHEAD ((size_t)1 << 19)

int
open_behind(struct mpc *S, word *z, size_t sent, size_t *taken, enum sharing how)
{
	size_t n = sent - *taken;

	if (n <= 2 * WORDS_AHEAD)
		return (0);
	n -= WORDS_AHEAD;
	if (open_pieces(S, z + *taken, n, how) == -1)
		return (-1);
	*taken += n;
	return (0);
}

void
open_round(struct mpc *S)
{

	cost_add(&S->counted, 1, 0, 0);
}

int
open_receive(struct mpc *S, word *z, size_t words, enum sharing how)
{

	open_round(S);
	return (open_pieces(S, z, words, how));
}

int
open_words(struct mpc *S, struct mpc_vector *y)
{

	return (open_receive(S, y->held.m, y->n, SHARES_ADD));
}

/* ---- the hash of what was opened ---- */

void
opened_begin(struct mpc *S)
{
	word key[crypto_onetimeauth_KEYBYTES / sizeof(word)];
	size_t p;

	for (p = 1; p <= S->n; p++) {
		if (p == S->self)
			continue;
		stream_words(S, p, STREAM_CHECK, key, sizeof(key) / sizeof(*key));
		crypto_onetimeauth_init(&S->opened[p], (const uint8_t *)key);
	}
	stream_end(S);
	mem_wipe(key, sizeof(key));
}

void
opened_add(struct mpc *S, const word *z, size_t words)
{
	size_t p;

	for (p = 1; p <= S->n; p++) {
		if (p != S->self)
			crypto_onetimeauth_update(&S->opened[p], (const uint8_t *)z,
			    words * sizeof(*z));
	}
}

/*
 * Without ending it: one key serves several of these in a session, so they go to the one who has
 * it, inside an encrypted link, and nowhere else.
 */
void
opened_hash(const struct mpc *S, size_t p, uint8_t out[static crypto_onetimeauth_BYTES])
{
	crypto_onetimeauth_state copy = S->opened[p];

	crypto_onetimeauth_final(&copy, out);
	mem_wipe(&copy, sizeof(copy));
}
