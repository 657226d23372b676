#include "mpc/room.h"

#include <string.h>

#include "base/diag.h"

int
room_open(struct room *r, const struct mpc *S, size_t n, size_t words, size_t bits)
{
	size_t i;

	memset(r, 0, sizeof(*r));
	if (words > ROOM_MAX || bits > ROOM_MAX)
		return (fail(ST_FAILED, "no room for %zu vectors and %zu of bits", words, bits));
	for (i = 0; i < words; i++) {
		if (mpc_vector_new(S, &r->word[i], n) == -1)
			return (-1);
	}
	for (i = 0; i < bits; i++) {
		if (mpc_bits_new(S, &r->bit[i], n) == -1)
			return (-1);
	}
	return (0);
}

void
room_close(struct room *r)
{
	size_t i;

	for (i = 0; i < ROOM_MAX; i++) {
		mpc_vector_free(&r->word[i]);
		mpc_bits_free(&r->bit[i]);
	}
}
