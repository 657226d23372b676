#include "data/bounds.h"

#include <math.h>

#include "base/diag.h"
#include "ring/word.h"

struct bounds
bounds_any(void)
{

	return ((struct bounds){ INT64_MIN, INT64_MAX });
}

bool
bounds_known(struct bounds b)
{

	return (b.low != INT64_MIN || b.high != INT64_MAX);
}

struct bounds
bounds_of(const struct column *c)
{

	return ((struct bounds){ c->low, c->high });
}

bool
bounds_known_of_all(const struct part *p)
{
	size_t j;

	for (j = 0; j < p->cols && p->about != NULL && bounds_known(bounds_of(part_about(p, j)));
	    j++)
		continue;
	return (j == p->cols);
}

unsigned
bounds_bits(struct bounds b)
{
	uint64_t most = (b.high < 0) ? 0 : (uint64_t)b.high;

	if (b.low < 0 && ~(uint64_t)b.low > most)
		most = ~(uint64_t)b.low;
	return (word_bits(most));
}

/* Whether both are known; else nothing is of what comes of them. */
static bool
both_known(struct bounds *a, struct bounds b)
{

	if (bounds_known(*a) && bounds_known(b))
		return (true);
	*a = bounds_any();
	return (false);
}

int
bounds_add(struct bounds *a, struct bounds b)
{

	if (!both_known(a, b))
		return (0);
	return ((__builtin_add_overflow(a->low, b.low, &a->low) ||
	    __builtin_add_overflow(a->high, b.high, &a->high)) ? -1 : 0);
}

int
bounds_subtract(struct bounds *a, struct bounds b)
{

	if (!both_known(a, b))
		return (0);
	return ((__builtin_sub_overflow(a->low, b.high, &a->low) ||
	    __builtin_sub_overflow(a->high, b.low, &a->high)) ? -1 : 0);
}

int
bounds_multiply(struct bounds *a, struct bounds b)
{
	const int64_t x[2] = { a->low, a->high }, y[2] = { b.low, b.high };
	int64_t product;
	size_t i;

	if (!both_known(a, b))
		return (0);
	*a = (struct bounds){ INT64_MAX, INT64_MIN };
	for (i = 0; i < 4; i++) {
		if (__builtin_mul_overflow(x[i / 2], y[i % 2], &product))
			return (-1);
		bounds_unite(a, (struct bounds){ product, product });
	}
	return (0);
}

int
bounds_scale(struct bounds *a, uint64_t factor, unsigned bits)
{
	int64_t f;

	if (!bounds_known(*a))
		return ((bits > 0) ? -1 : 0);
	if (bits > 62 || factor > (uint64_t)INT64_MAX >> bits)
		return ((a->low == 0 && a->high == 0) ? 0 : -1);
	f = (int64_t)(factor << bits);
	return (bounds_multiply(a, (struct bounds){ f, f }));
}

void
bounds_unite(struct bounds *a, struct bounds b)
{

	a->low = (b.low < a->low) ? b.low : a->low;
	a->high = (b.high > a->high) ? b.high : a->high;
}

struct bounds
bounds_of_words(const uint64_t *words, size_t rows, size_t cols, size_t col)
{
	struct bounds b;
	size_t i;

	if (rows == 0)
		return ((struct bounds){ 0, 0 });
	b.low = b.high = (int64_t)words[col];
	for (i = cols + col; i < rows * cols; i += cols)
		bounds_unite(&b, (struct bounds){ (int64_t)words[i], (int64_t)words[i] });
	return (b);
}

void
column_result(struct column *c, struct bounds b, int exponent)
{

	column_init(c);
	c->kind = (exponent != 0 || bounds_known(b)) ? COLUMN_NUMBER : COLUMN_UNDECLARED;
	c->low = b.low;
	c->high = b.high;
	c->exponent = exponent;
}

double
supposed_words(const struct part *p, size_t j)
{
	const struct column *c = part_about(p, j);

	if (column_has_range(c))
		return (fmax(fabs((double)c->low), fabs((double)c->high)));
	return (ldexp(1, (c->supposed != 0) ? (int)c->supposed : COLUMN_SUPPOSED_BITS));
}

int
supposed_result(struct column *c, const struct part *p, size_t j, double words, const char *what)
{
	char name[PART_SHOWN_BYTES];
	int bits = 0;

	c->supposed = 0;
	if (column_has_range(c) || p->modulus != 0 || p->scheme == SCHEME_PUBLIC)
		return (0);
	if (words > 0x1p63) {
		part_show_column(p, j, name);
		return (fail(ST_RANGE, "tensor '%s', column %s: how large its numbers are is not "
		    "known, and with undeclared ones up to 32768 %s may not fit 64 bits: %sgive "
		    "them bounds (smpc-map clip), or cut fraction bits off first (smpc-truncate)",
		    p->name, name, what, (part_intact(p) == PART_CHANGED) ? "" :
		    "declare their range (smpc-share --range), "));
	}
	while (ldexp(1, bits) < words)
		bits++;
	if (bits > COLUMN_SUPPOSED_BITS)
		c->supposed = (unsigned)bits;
	return (0);
}

int
bounds_refuse(const struct part *p, size_t j, const char *why)
{
	char name[PART_SHOWN_BYTES];

	part_show_column(p, j, name);
	return (fail(ST_RANGE, "tensor '%s', column %s: %s may not fit 64 bits: cut fraction bits "
	    "off first (smpc-truncate), or have owners declare ranges that are nearer to each "
	    "other in size (smpc-share --range)", p->name, name, why));
}

int
bounds_refuse_unit(const struct part *p, size_t j)
{
	char name[PART_SHOWN_BYTES];

	part_show_column(p, j, name);
	if (!column_has_range(part_about(p, j)))
		return (fail(ST_RANGE, "tensor '%s', column %s: how large its numbers are is not "
		    "known, and what they meet is in a finer unit: %ssmpc-map clip gives it bounds",
		    p->name, name, (part_intact(p) == PART_CHANGED) ? "" :
		    "its owner declares its range, too (smpc-share --range), or "));
	return (fail(ST_RANGE, "tensor '%s', column %s: its numbers may not fit 64 bits in the "
	    "unit of what they meet, which is finer by far: owners declare ranges that are nearer "
	    "to each other in size (smpc-share --range)", p->name, name));
}

int
columns_align(const struct part *p, unsigned *shifts, int *exponent)
{
	struct bounds b;
	size_t j;

	*exponent = part_about(p, 0)->exponent;
	for (j = 1; j < p->cols; j++) {
		if (part_about(p, j)->exponent < *exponent)
			*exponent = part_about(p, j)->exponent;
	}
	for (j = 0; j < p->cols; j++) {
		shifts[j] = (unsigned)(part_about(p, j)->exponent - *exponent);
		b = bounds_of(part_about(p, j));
		if (bounds_scale(&b, 1, shifts[j]) == -1)
			return (bounds_refuse_unit(p, j));
	}
	return (0);
}
