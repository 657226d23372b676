#include "cli/stage_product.h"

#include <string.h>

int
product_scale(struct scale *s, struct scale factor, bool keep, unsigned *shift)
{
	unsigned kept = (factor.fraction_bits > s->fraction_bits) ? factor.fraction_bits :
	    s->fraction_bits;

	if (scale_multiply(s, factor, SCALE_CUT_SHARES) == -1)
		return (-1);
	*shift = keep ? 0 : s->fraction_bits - kept;
	s->fraction_bits -= *shift;
	return (0);
}

int
product_cut(struct mpc *S, struct mpc_vector *y, const struct bilinear *B,
    const struct mpc_vector *a, const struct mpc_vector *b, unsigned shift)
{
	struct mpc_vector z;
	int rc;

	if (shift == 0)
		return (mpc_product(S, y, B, a, b));
	rc = mpc_vector_new(S, &z, y->n);
	if (rc == 0 && (rc = mpc_product(S, &z, B, a, b)) == 0)
		rc = mpc_truncate(S, y, &z, shift);
	mpc_vector_free(&z);
	return (rc);
}

unsigned
product_limit(const struct part *p, unsigned number_bits)
{
	unsigned bits = p->fraction_bits + number_bits;

	return ((bits < PRODUCT_BITS) ? bits : PRODUCT_BITS - 1);
}

bool
product_fits(struct bounds b)
{
	const int64_t most = (int64_t)1 << PRODUCT_BITS;

	return (b.low > -most && b.high < most);
}

/* ---- what is known of factors ---- */

struct factor
factor_of(const struct part *p, size_t j, unsigned limit)
{
	const struct column *c = part_about(p, j);
	const int64_t most = ((int64_t)1 << limit) - 1;
	struct factor f = { .words = bounds_of(c), .exponent = c->exponent };

	f.declared = (bounds_known(f.words) && (part_intact(p) != PART_CHANGED ||
	    (p->scheme == SCHEME_PUBLIC && strcmp(p->op, "reveal") == 0)));
	if (!bounds_known(f.words))
		f.words = (struct bounds){ -most, most };
	return (f);
}

static uint64_t
magnitude(const struct factor *f)
{
	uint64_t low = (f->words.low < 0) ? -(uint64_t)f->words.low : 0;
	uint64_t high = (f->words.high < 0) ? 0 : (uint64_t)f->words.high;

	return ((low > high) ? low : high);
}

unsigned
factor_bits(const struct factor *f)
{

	return (word_bits(magnitude(f)));
}

unsigned
factor_spare(const struct factor *f, unsigned keep)
{
	unsigned bits = factor_bits(f), spare = (f->exponent < 0) ? (unsigned)-f->exponent : 0;

	if ((f->declared || f->exponent > 0) && bits > keep && bits - keep > spare)
		spare = bits - keep;
	if (bits < 2 || !product_fits(f->words))
		return (0);
	return ((spare < bits) ? spare : bits - 1);
}

void
factor_truncate(struct factor *f, unsigned shift)
{

	if (shift == 0)
		return;
	f->words.low >>= shift;
	f->words.high = (f->words.high >> shift) + 1;
}

void
factor_cut(struct factor *f, unsigned bits)
{

	factor_truncate(f, bits);
	f->exponent += (int)bits;
}

bool
factor_raise(struct factor *f, unsigned bits)
{

	f->exponent -= (int)bits;
	return (bounds_scale(&f->words, 1, bits) == 0 && product_fits(f->words));
}

bool
factor_multiply(struct factor *f, const struct factor *g)
{
	struct bounds product = f->words;

	if (bounds_multiply(&product, g->words) == -1 || !product_fits(product))
		return (false);
	f->words = product;
	f->exponent += g->exponent;
	f->declared = f->declared && g->declared;
	return (true);
}
