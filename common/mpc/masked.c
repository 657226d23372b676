#include "mpc/engine_internal.h"

/* A computing party: the protocols of smpc-protocol(7), each in a file of its own. */
const struct mpc_engine engine_masked = {
	.product = masked_product,
	.truncate = masked_truncate,
	.compare = masked_compare,
	.equal = masked_equal,
	.and = masked_and,
	.select = masked_select,
	.series = masked_series,
	.exp2 = masked_exp2,
	.add_noise = masked_add_noise,
	.pass = masked_pass,
	.choose = masked_choose,
	.tell = masked_tell,
	.aes128 = masked_aes128,
	.reveal = masked_reveal,
	.reveal_bits = masked_reveal_bits,
	.reveal_to_us = masked_reveal_to_us,
	.check = masked_check,
	.input = masked_input,
	.knows = { .m = true, .lam = true },
};
