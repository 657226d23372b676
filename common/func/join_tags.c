/* Tags of keys, that nobody can compute by himself. */

#include "func/join_internal.h"

/* t = AES(t xor key), from t = 0 on: the keys of all rows at once, column by column. */
int
join_tags(struct mpc *S, const struct mpc_join *j, struct mpc_bits *tags, size_t first,
    size_t rows)
{
	struct mpc_bits secret, key;
	size_t i;
	int rc;

	if ((rc = mpc_bits_new(S, &secret, MPC_AES_BITS)) == 0)
		rc = mpc_random_bits(S, &secret);
	for (i = 0; rc == 0 && i < j->keys; i++) {
		key = mpc_bits_part(&j->key[i], first * MPC_JOIN_KEY_BITS,
		    rows * MPC_JOIN_KEY_BITS);
		if (i == 0)
			mpc_bits_copy(tags, &key);
		else
			mpc_xor(tags, tags, &key);
		rc = mpc_aes128(S, tags, tags, &secret);
	}
	mpc_bits_free(&secret);
	return (rc);
}
