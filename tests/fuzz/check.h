#ifndef SMPC_FUZZ_CHECK_H
#define SMPC_FUZZ_CHECK_H

/* What must hold whatever the input is. */

#include <stdio.h>
#include <stdlib.h>

/*
 * fuzz_check(condition):
 * End the run as a crash, which the fuzzer keeps, unless ${condition} holds; say where.
 */
#define fuzz_check(condition) fuzz_check_at((condition), __FILE__, __LINE__, #condition)

static inline void
fuzz_check_at(int condition, const char *file, int line, const char *text)
{

	if (condition)
		return;
	fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, text);
	abort();
}

#endif /* !SMPC_FUZZ_CHECK_H */
