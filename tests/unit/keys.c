/*
 * No two keys of a session are the same: for each peer, purpose and operation there is one, other
 * ones for another session number and for another seed, and those of records and of shares that are
 * masked anew are none of them.
 */

#include <stdlib.h>

#include "base/diag.h"
#include "catch.h"
#include "crypto/prg.h"
#include "joint/reveal_internal.h"
#include "mpc/engine_internal.h"
#include "tap.h"

#define MAX_KEYS 4096

static uint8_t keys[MAX_KEYS][PRG_KEY_BYTES];
static size_t n_keys;

static int
compare_keys(const void *a, const void *b)
{

	return (memcmp(a, b, PRG_KEY_BYTES));
}

/* How many of the keys were there before. */
static size_t
repeated(void)
{
	size_t i, n = 0;

	qsort(keys, n_keys, sizeof(*keys), compare_keys);
	for (i = 1; i < n_keys; i++)
		n += (memcmp(keys[i - 1], keys[i], sizeof(*keys)) == 0);
	return (n);
}

static uint8_t *
next_key(void)
{

	if (n_keys == MAX_KEYS)
		tap_bail("too many keys");
	return (keys[n_keys++]);
}

/* A party's context with the seeds that it shares with peers 0 to 2. */
static struct mpc *
context(uint8_t number, uint8_t seeds)
{
	struct mpc *S = calloc(1, sizeof(*S));
	size_t i;

	if (S == NULL)
		tap_bail("memory");
	memset(S->number, number, sizeof(S->number));
	for (i = 0; i < 3; i++)
		memset(S->seeds[i], seeds + (int)i, sizeof(S->seeds[i]));
	return (S);
}

static void
add_stream_keys(const struct mpc *S)
{
	static const uint64_t indices[] = { 0, 1, 2, 255, 256, (uint64_t)1 << 32,
		(uint64_t)1 << 56 };
	size_t peer, purpose, i;

	for (peer = 0; peer < 3; peer++) {
		for (purpose = 0; purpose < STREAM_PURPOSES; purpose++) {
			for (i = 0; i < sizeof(indices) / sizeof(*indices); i++)
				stream_key(S, peer, (enum stream_purpose)purpose, indices[i],
				    next_key());
		}
	}
}

static void
test_streams(void)
{
	struct mpc *first = context(1, 10), *second = context(2, 10), *third = context(1, 20);

	add_stream_keys(first);
	ok(n_keys == 3 * 7 * STREAM_PURPOSES && repeated() == 0, "for each purpose, peer and "
	    "operation a key of its own");
	add_stream_keys(second);
	ok_u64(repeated(), 0, "other ones under another session number");
	add_stream_keys(third);
	ok_u64(repeated(), 0, "and other ones from other seeds");
	n_keys = 0;
	add_stream_keys(first);
	add_stream_keys(first);
	ok_u64(repeated(), n_keys / 2, "the same ones again for the same");
	n_keys = 0;
	add_stream_keys(first);
	free(first);
	free(second);
	free(third);
}

static void
test_records(void)
{
	uint8_t part[2][PRG_KEY_BYTES] = { { 1 }, { 2 } };
	size_t i, j;

	for (j = 0; j < 2; j++) {
		prg_record_key(next_key(), part[j], 0);
		for (i = 0; i < 64; i++)
			prg_record_key(next_key(), part[j], (uint64_t)1 << i);
	}
	ok_u64(repeated(), 0, "for each record of each part a key of its own");
}

/* The keys that ${own} has for ${receiver}, in a session of 4 computing parties, 1 to 4. */
static size_t
reveal_keys_of(size_t own, size_t receiver, struct reveal_key list[SESSION_MAX_MEMBERS])
{
	static const uint8_t number[SESSION_NUMBER_BYTES];
	struct session *s = session_join(number, own, 1, 4);
	struct session_peer peer;
	size_t i, n;

	if (s == NULL)
		tap_bail("no session");
	for (i = 0; i <= 4; i++) {
		if (i == own)
			continue;
		memset(&peer, 0, sizeof(peer));
		peer.index = i;
		peer.role = (i == 0) ? PARTY_DEALER : PARTY_COMPUTING;
		/* each two share one */
		memset(peer.seed, (int)(10 * ((own < i) ? own : i) + ((own < i) ? i : own)),
		    sizeof(peer.seed));
		session_add(s, &peer, NULL);
	}
	n = reveal_keys(s, receiver, list);
	session_abort(s);
	return (n);
}

/* How many pairs of parties have the same key for a receiver, which one adds and one takes off. */
static size_t
matches(size_t receiver)
{
	struct reveal_key list[5][SESSION_MAX_MEMBERS];
	size_t n[5] = { 0 }, i, j, a, b, found = 0;

	for (i = 1; i <= 4; i++)
		n[i] = (i == receiver) ? 0 : reveal_keys_of(i, receiver, list[i]);
	for (i = 1; i <= 4; i++) {
		for (j = i + 1; j <= 4; j++) {
			for (a = 0; a < n[i]; a++) {
				for (b = 0; b < n[j]; b++)
					found += (memcmp(list[i][a].key, list[j][b].key,
					    PRG_KEY_BYTES) == 0 && list[i][a].add !=
					    list[j][b].add);
			}
		}
	}
	return (found);
}

static void
test_reveal(void)
{
	struct reveal_key list[SESSION_MAX_MEMBERS];
	size_t receiver, n, i;
	bool right = true;

	for (receiver = 0; receiver <= 5; receiver++) {
		n = reveal_keys_of(1, receiver, list);
		right = right && n == (size_t)((receiver == 1 || receiver == 0 || receiver == 5) ?
		    3 : 2);
		for (i = 0; i < n && receiver != 1; i++)
			memcpy(next_key(), list[i].key, PRG_KEY_BYTES);
	}
	ok(right, "what is sent to a receiver is masked by keys shared with all other computing "
	    "parties");
	ok_u64(repeated(), 0, "and no two receivers get words of one key");
	ok_u64(matches(5), 6, "each two have the same key for a receiver, and their masks cancel");
	ok_u64(matches(2), 3, "so it is where he computes");
}

/* Seeds from which keys were made serve for nothing else. */
static void
test_claim(void)
{
	static const uint8_t number[SESSION_NUMBER_BYTES];
	struct session *s = session_join(number, 1, 1, 1);
	const char *said;

	if (s == NULL)
		tap_bail("no session");
	ok(session_claim_seeds(s) == 0, "the seeds of a session are used once");
	catch_begin();
	ok(session_claim_seeds(s) == -1, "and not a second time");
	said = catch_end();
	ok(strstr(said, "a second time") != NULL, "which is said");
	session_abort(s);
}

int
main(void)
{

	diag_init("keys");
	if (sodium_init() == -1)
		tap_bail("libsodium does not start");
	tap_plan(12);
	test_streams();
	test_records();
	test_reveal();
	test_claim();
	return (tap_end());
}
