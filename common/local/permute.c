#include "local/permute.h"

#include <string.h>

#include "crypto/hash.h"
#include "crypto/prg.h"

#define BATCH 256

int
permute_check_seed(const char *seed)
{

	return ((seed != NULL && seed[0] != '\0' && strlen(seed) <= PERMUTE_MAX_SEED_BYTES) ? 0 :
	    -1);
}

/*
 * Fisher and Yates, from the end: element i changes places with floor(u_i (i + 1) / 2^64), word u_i
 * of the stream.
 */
void
permute(uint64_t *order, size_t n, const char *seed, uint64_t index)
{
	uint8_t key[PRG_KEY_BYTES];
	uint64_t words[BATCH], t;
	struct hash h;
	size_t i, j, used = BATCH;

	hash_init(&h);
	hash_string(&h, "smpc-order-1");
	hash_string(&h, seed);
	hash_u64(&h, index);
	hash_final(&h, key);
	for (i = 0; i < n; i++)
		order[i] = i;
	for (i = n; i-- > 1; used++) {
		if (used == BATCH) {
			prg_words(words, BATCH, key, n - 1 - i);
			used = 0;
		}
		j = (size_t)ring_below(words[used], i + 1);
		t = order[i];
		order[i] = order[j];
		order[j] = t;
	}
}
