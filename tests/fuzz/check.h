#ifndef SMPC_FUZZ_CHECK_H
#define SMPC_FUZZ_CHECK_H

/* What must hold whatever the input is. */

#include <stdlib.h>

/*
 * fuzz_check(condition):
 * End the run as a crash, which the fuzzer keeps, unless ${condition} holds.
 */
static inline void
fuzz_check(int condition)
{

	if (!condition)
		abort();
}

#endif /* !SMPC_FUZZ_CHECK_H */
