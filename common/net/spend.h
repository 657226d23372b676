#ifndef SMPC_NET_SPEND_H
#define SMPC_NET_SPEND_H

/*
 * How a step says in its descriptor what it spends of owners' budgets: a line for each origin,
 * "spend=ORIGIN UNITS of LIMIT".  Units are 2^-40 of rho, zero-concentrated differential privacy
 * (base/privacy.h), so that what is spent adds up.
 */

#include <stdbool.h>
#include <stdint.h>

#include "net/descriptor.h"

#define SPEND_UNIT_BITS 40
#define SPEND_MAX ((uint64_t)1 << 50)
#define SPEND_ORIGIN_BYTES 65

struct spend {
	char origin[SPEND_ORIGIN_BYTES];
	uint64_t units, limit; /* at most SPEND_MAX */
};

/*
 * spend_add(d, s):
 * Append a line to a descriptor.
 */
void spend_add(struct descriptor *d, const struct spend *s);

/*
 * spend_next(text, s, bad):
 * Find the next one in a descriptor, from *${text} on, and move that behind it.  Return whether
 * there is one; *${bad} is set if it cannot be understood.
 */
bool spend_next(const char **text, struct spend *s, bool *bad);

#endif /* !SMPC_NET_SPEND_H */
