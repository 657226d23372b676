#include "mpc/engine_internal.h"

#include <string.h>

#include "base/mem.h"
#include "crypto/hash.h"
#include "crypto/prg.h"

void
stream_key(const struct mpc *S, size_t peer, enum stream_purpose purpose, uint64_t index,
    uint8_t key[static PRG_KEY_BYTES])
{
	static const char label[16] = "smpc engine prg";
	uint8_t input[sizeof(label) + HASH_BYTES + 9];
	size_t i;

	memcpy(input, label, sizeof(label));
	memcpy(input + sizeof(label), S->number, HASH_BYTES);
	input[sizeof(label) + HASH_BYTES] = (uint8_t)purpose;
	for (i = 0; i < 8; i++)
		input[sizeof(label) + HASH_BYTES + 1 + i] = (uint8_t)(index >> (8 * i));
	(void)crypto_generichash(key, PRG_KEY_BYTES, input, sizeof(input), S->seeds[peer],
	    sizeof(S->seeds[peer]));
}

void
stream_begin(struct mpc *S)
{

	stream_end(S);
	S->operation++;
}

void
stream_words(struct mpc *S, size_t peer, enum stream_purpose purpose, word *z, size_t n)
{
	struct stream *s = &S->streams[peer][purpose];

	if (!s->open) {
		stream_key(S, peer, purpose, S->operation, s->key);
		s->open = true;
		s->next = 0;
	}
	prg_words(z, n, s->key, s->next);
	s->next += n;
}

void
stream_end(struct mpc *S)
{
	size_t i, p;

	for (i = 0; i <= S->n; i++) {
		for (p = 0; p < STREAM_PURPOSES; p++) {
			if (S->streams[i][p].open)
				mem_wipe(&S->streams[i][p], sizeof(S->streams[i][p]));
		}
	}
}
