/*
 * The streams that keys stand for: published key streams of ChaCha20, seeking, residues, derived
 * keys.
 */

#include <sodium.h>

#include <string.h>

#include "base/hex.h"
#include "crypto/prg.h"
#include "data/part.h"
#include "local/permute.h"
#include "tap.h"

#define N 1000

static void
test_published(void)
{
	/*
	 * Strombergson, draft-strombergson-chacha-test-vectors-01, TC1, 256-bit key, 20 rounds:
	 * blocks 0 and 1.
	 */
	static const char *const blocks[] = {
		"76b8e0ada0f13d90405d6ae55386bd28bdd219b8a08ded1aa836efcc8b770dc7"
		"da41597c5157488d7724e03fb8d84a376a43b8f41518a11cc387b669b2ee6586",
		"9f07e7be5551387a98ba977c732d080dcb0f29a048e3656912c6533e32ee7aed"
		"29b721769ce64e43d57133b074d839d531ed1f28510afb45ace10a1f4b794d6f"
	};
	uint8_t key[PRG_KEY_BYTES] = { 0 }, want[64];
	uint64_t words[8];
	int i;

	for (i = 0; i < 2; i++) {
		ok(hex_decode(want, sizeof(want), blocks[i]) == 0, "the published block %d is read",
		    i);
		prg_words(words, 8, key, 8 * (uint64_t)i);
		ok_bytes(words, want, sizeof(want), "block of ChaCha20 under a key of zeros");
	}
}

/* Any piece of a stream is the same however it is asked for. */
static void
test_seeking(void)
{
	uint8_t key[PRG_KEY_BYTES] = { 1, 2, 3 };
	uint64_t whole[N], piece[N];
	size_t first, n, wrong = 0;

	prg_words(whole, N, key, 0);
	for (first = 0; first < 40; first++) {
		for (n = 0; n < 40; n++) {
			prg_words(piece, n, key, first);
			wrong += (memcmp(piece, whole + first, n * sizeof(*piece)) != 0);
		}
	}
	ok_u64(wrong, 0, "pieces of a stream of words");
	prg_words(piece, 3, key, ((uint64_t)1 << 40) + 5);
	prg_words(whole, 8, key, (uint64_t)1 << 40);
	ok_bytes(piece, whole + 5, 3 * sizeof(*piece), "far positions");
}

static void
test_residues(void)
{
	uint8_t key[PRG_KEY_BYTES] = { 9 };
	uint64_t whole[2 * N], piece[N], pairs[4 * N], want;
	struct ring R;
	size_t i, wrong = 0;

	ring_init(&R, 501337);
	prg_values(&R, whole, 2 * N, key, 0);
	prg_words(pairs, 4 * N, key, 0);
	for (i = 0; i < 2 * N; i++) {
		ring_uniform(&R, &want, pairs + 2 * i, 1);
		wrong += (whole[i] != want || whole[i] >= 501337);
	}
	ok_u64(wrong, 0, "value v mod Q comes from words 2v and 2v + 1");
	prg_values(&R, piece, N, key, 777);
	ok_bytes(piece, whole + 777, N * sizeof(*piece), "residues from the middle of a stream");
}

static void
test_record_key(void)
{
	/* Computed with python3's hashlib.blake2b (key, salt, person). */
	static const char want_hex[] =
	    "1ceeba713b5e30d4c60c821e219cc985d579f86aa624b620e59468f461550216";
	uint8_t part_key[PRG_KEY_BYTES], key[PRG_KEY_BYTES], want[PRG_KEY_BYTES];
	size_t i;

	for (i = 0; i < sizeof(part_key); i++)
		part_key[i] = (uint8_t)i;
	prg_record_key(key, part_key, 5);
	ok(hex_decode(want, sizeof(want), want_hex) == 0, "the reference is read");
	ok_bytes(key, want, sizeof(key), "record key 5 of a part key");
}

static void
test_permute(void)
{
	uint64_t order[N], again[N], seen[N] = { 0 };
	size_t i, bad = 0, moved = 0;

	permute(order, N, "seed", 0);
	permute(again, N, "seed", 0);
	for (i = 0; i < N; i++) {
		bad += (order[i] >= N || seen[order[i] % N]++ != 0);
		moved += (order[i] != i);
	}
	ok_u64(bad, 0, "a permutation");
	ok(moved > N / 2, "that moves most elements");
	ok_bytes(order, again, sizeof(order), "and is the same again");
	permute(again, N, "seed", 1);
	ok(memcmp(order, again, sizeof(order)) != 0, "another number gives another one");
	permute(again, N, "seee", 0);
	ok(memcmp(order, again, sizeof(order)) != 0, "and so does another seed");
	ok(permute_check_seed(NULL) == -1 && permute_check_seed("") == -1 &&
	    permute_check_seed("1") == 0, "a seed must be given");
}

int
main(void)
{

	if (sodium_init() == -1)
		tap_bail("no libsodium");
	tap_plan(16);
	test_published();
	test_seeking();
	test_residues();
	test_record_key();
	test_permute();
	return (tap_end());
}
