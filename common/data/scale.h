#ifndef SMPC_DATA_SCALE_H
#define SMPC_DATA_SCALE_H

/* The scale of a tensor: a word x stands for x / (2^fraction_bits divisor). */

#include <stdint.h>

#include "data/part.h"
#include "ring/ring.h"

struct scale {
	unsigned fraction_bits;
	uint64_t divisor;
};

struct scale scale_of(const struct part *p);
void scale_set(struct part *p, struct scale s);

/*
 * scale_unite(a, b):
 * Make *${a} the coarsest scale that holds the values of both exactly.  Return 0, or -1 (reported:
 * status 5, the divisor does not fit).
 */
int scale_unite(struct scale *a, struct scale b);

/*
 * scale_multiply(a, b, remedy):
 * Make *${a} the scale of a product.  Return 0, or -1 (reported: status 5, does not fit).  What to
 * do about too many fraction bits depends on what the factors are: SCALE_CUT_SHARES where both are
 * streams, SCALE_SHORTEN_FACTOR where one is a public number.
 */
#define SCALE_CUT_SHARES "cut a factor's off first (smpc-truncate)"
#define SCALE_SHORTEN_FACTOR "use fewer for the public factor (--fraction-bits), or cut the " \
	"shares' off first (smpc-truncate)"
int scale_multiply(struct scale *a, struct scale b, const char *remedy);

/*
 * scale_factor(R, from, to):
 * The ring element that takes words of scale ${from} to ${to}, which scale_unite made of it and
 * others.
 */
uint64_t scale_factor(const struct ring *R, struct scale from, struct scale to);

#endif /* !SMPC_DATA_SCALE_H */
