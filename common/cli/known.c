#include "cli/known.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/diag.h"
#include "cli/stage.h"
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

void
known_width_begin(struct known_width *w, unsigned most)
{

	*w = (struct known_width){ .most = most, .need = 1 };
}

/*
 * The least n >= 1 with |x - y| < 2^n for words of ${a} and ${b}, both known; 64, which no
 * comparison has, where a difference may not fit a word.
 */
static unsigned
difference_bits(struct bounds a, struct bounds b)
{
	unsigned bits;

	if (bounds_subtract(&a, b) == -1 || a.low == INT64_MIN)
		return (MPC_WORD_RANGE + 1);
	bits = bounds_bits((struct bounds){ 0, (a.high > -a.low) ? a.high : -a.low });
	return ((bits > 0) ? bits : 1);
}

int
known_width_add(struct known_width *w, const struct part *p, size_t j, struct bounds a,
    struct bounds b)
{
	unsigned need;

	if (!bounds_known(a) || !bounds_known(b)) {
		w->unknown = true;
		return (0);
	}
	need = difference_bits(a, b);
	w->need = (need > w->need) ? need : w->need;
	if (need <= w->most)
		return (0);
	return (known_refuse(p, j, "numbers may differ by 2^%u units or more, and --bits says that "
	    "they differ by less than 2^%u: %s", need - 1, w->most, (w->most < STAGE_MAX_BITS) ?
	    "give more bits" : "give it narrower bounds (smpc-map clip)"));
}

unsigned
known_width_bits(const struct known_width *w)
{

	return (w->unknown ? w->most : w->need);
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
