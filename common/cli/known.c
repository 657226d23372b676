#include "cli/known.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/diag.h"
#include "mpc/mpc.h"
#include "ring/fixed.h"

int
known_of(const struct part *p, size_t j, struct scale to, struct known *k)
{
	const struct column *c = part_about(p, j);
	char text[KNOWN_TEXT];
	struct ring R;

	ring_init(&R, 0);
	*k = (struct known){ bounds_of(c), c->exponent };
	if (bounds_scale(&k->words, scale_factor(&R, scale_of(p), to), 0) == 0)
		return (0);
	known_text(p, j, text);
	return (known_refuse(p, j, "its numbers, %s, may not fit 64 bits at the scale of the other "
	    "operands: give it narrower bounds (smpc-map clip)", text));
}

int
known_shift(struct known *k, int shift)
{
	const unsigned bits = (shift < 0) ? (unsigned)-shift : (unsigned)shift;

	k->exponent -= shift;
	if (shift > 0)
		return (bounds_scale(&k->words, 1, bits));
	if (shift < 0 && bounds_known(k->words)) {
		k->words.low >>= bits;
		k->words.high = (k->words.high >> bits) + 1;
	}
	return (0);
}

unsigned
known_difference_bits(struct bounds a, struct bounds b)
{
	unsigned bits;

	if (bounds_subtract(&a, b) == -1 || a.low == INT64_MIN)
		return (MPC_WORD_RANGE + 1);
	bits = bounds_bits((struct bounds){ 0, (a.high > -a.low) ? a.high : -a.low });
	return ((bits > 0) ? bits : 1);
}

int
known_refuse(const struct part *p, size_t j, const char *format, ...)
{
	char why[600];
	va_list args;

	va_start(args, format);
	vsnprintf(why, sizeof(why), format, args);
	va_end(args);
	if (p->columns == NULL)
		return (fail(ST_RANGE, "tensor '%s', column %zu: %s", p->name, j + 1, why));
	return (fail(ST_RANGE, "tensor '%s', column '%s': %s", p->name, p->columns[j], why));
}

void
known_text(const struct part *p, size_t j, char text[static KNOWN_TEXT])
{
	const struct column *c = part_about(p, j);
	char low[FIXED_MAX_TEXT + 1], high[FIXED_MAX_TEXT + 1];

	low[fixed_format_scaled(low, c->low, p->fraction_bits, c->exponent, p->divisor)] = '\0';
	high[fixed_format_scaled(high, c->high, p->fraction_bits, c->exponent, p->divisor)] = '\0';
	snprintf(text, KNOWN_TEXT, "from %s to %s", low, high);
}
