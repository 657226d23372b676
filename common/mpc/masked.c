#include "mpc/engine_internal.h"

/* The protocols of smpc-protocol(7), each in a file of its own. */
const struct mpc_engine engine_masked = { masked_product, masked_truncate, masked_compare,
	masked_equal, masked_and,
	masked_select, masked_series, masked_exp2, masked_reveal, open_check, true };
