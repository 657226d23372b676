#include "ring/monomial.h"

/*
 * Substitute bit by bit: T[K without i] = T[K with i] ^ c_i T[K without i], from the highest bit
 * on.
 */
static inline uint64_t
fold(word t[1 << MONOMIAL_WIDTH_MAX], const word *c, unsigned width)
{
	unsigned i, k;

	for (i = width; i-- > 0;) {
		for (k = 0; k < 1U << i; k++)
			t[k] = t[k + (1U << i)] ^ (c[i] & t[k]);
	}
	return (t[0]);
}

static inline void
add_monomial_product(word *out, const word *const *monomials, const word *const *m,
    unsigned width, size_t words)
{
	word t[1 << MONOMIAL_WIDTH_MAX], c[MONOMIAL_WIDTH_MAX];
	unsigned k;
	size_t i;

	for (i = 0; i < words; i++) {
		for (k = 0; k < 1U << width; k++)
			t[k] = monomials[k][i];
		for (k = 0; k < width; k++)
			c[k] = m[k][i];
		out[i] ^= fold(t, c, width);
	}
}

void
monomial_add_product(word *out, const word *const *monomials, const word *const *m,
    unsigned width, size_t words)
{

	switch (width) {
	case 1:
		add_monomial_product(out, monomials, m, 1, words);
		break;
	case 2:
		add_monomial_product(out, monomials, m, 2, words);
		break;
	case 3:
		add_monomial_product(out, monomials, m, 3, words);
		break;
	default:
		add_monomial_product(out, monomials, m, 4, words);
	}
}

static inline void
equal(word *out, const word *monomials, const word *c, unsigned width, size_t words,
    uint64_t one)
{
	word t[1 << MONOMIAL_WIDTH_MAX], bit[MONOMIAL_WIDTH_MAX];
	unsigned k;
	size_t i;

	for (i = 0; i < words; i++) {
		t[0] = one;
		for (k = 1; k < 1U << width; k++)
			t[k] = monomials[(k - 1) * words + i];
		for (k = 0; k < width; k++)
			bit[k] = c[k * words + i];
		out[i] = fold(t, bit, width);
	}
}

/* sum over i of r_i c_i prod_{j > i} (c_j ^ r_j): the highest bit that differs decides. */
static inline void
greater(word *out, const word *monomials, const word *c, unsigned width, size_t words)
{
	word t[1 << MONOMIAL_WIDTH_MAX], bit[MONOMIAL_WIDTH_MAX], sum;
	unsigned b, k;
	size_t i;

	for (i = 0; i < words; i++) {
		for (k = 0; k < width; k++)
			bit[k] = c[k * words + i];
		for (sum = 0, b = 0; b < width; b++) {
			for (k = 0; k < 1U << (width - 1 - b); k++)
				t[k] = monomials[((k << (b + 1) | 1U << b) - 1) * words + i];
			sum ^= bit[b] & fold(t, bit + b + 1, width - 1 - b);
		}
		out[i] = sum;
	}
}

void
monomial_equal(word *out, const word *monomials, const word *c, unsigned width,
    size_t words, uint64_t one)
{

	switch (width) {
	case 1:
		equal(out, monomials, c, 1, words, one);
		break;
	case 2:
		equal(out, monomials, c, 2, words, one);
		break;
	case 3:
		equal(out, monomials, c, 3, words, one);
		break;
	default:
		equal(out, monomials, c, 4, words, one);
	}
}

void
monomial_greater(word *out, const word *monomials, const word *c, unsigned width,
    size_t words)
{

	switch (width) {
	case 1:
		greater(out, monomials, c, 1, words);
		break;
	case 2:
		greater(out, monomials, c, 2, words);
		break;
	case 3:
		greater(out, monomials, c, 3, words);
		break;
	default:
		greater(out, monomials, c, 4, words);
	}
}
