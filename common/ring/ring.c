#include "ring/ring.h"

#include <string.h>

#include "ring/gemm.h"

__extension__ typedef unsigned __int128 u128;

void
ring_init(struct ring *R, uint64_t q)
{

	memset(R, 0, sizeof(*R));
	R->q = q;
	if (q == 0)
		return;
	while (((q << R->shift) >> 63) == 0)
		R->shift++;
	R->normalized = q << R->shift;
	R->reciprocal = (uint64_t)(~(u128)0 / R->normalized - ((u128)1 << 64));
}

uint64_t
ring_from_int(const struct ring *R, int64_t v)
{
	uint64_t magnitude = (v < 0) ? -(uint64_t)v : (uint64_t)v;

	if (R->q == 0)
		return ((uint64_t)v);
	magnitude %= R->q;
	return ((v < 0 && magnitude != 0) ? R->q - magnitude : magnitude);
}

static inline uint64_t
add_mod(uint64_t q, uint64_t x, uint64_t y)
{
	u128 d = (u128)x + y - q;

	/* The high half is all ones where x + y < q. */
	return ((uint64_t)d + (q & (uint64_t)(d >> 64)));
}

static inline uint64_t
sub_mod(uint64_t q, uint64_t x, uint64_t y)
{
	u128 d = (u128)x - y;

	return ((uint64_t)d + (q & (uint64_t)(d >> 64)));
}

/*
 * p mod q for p < q 2^64: Moller and Granlund, Improved division by invariant integers, algorithm
 * 4, without branches.
 */
static inline uint64_t
reduce(const struct ring *R, u128 p)
{
	u128 u = p << R->shift;
	uint64_t u1 = (uint64_t)(u >> 64), u0 = (uint64_t)u, q1, q0, r;
	u128 t = (u128)R->reciprocal * u1 + u;

	q1 = (uint64_t)(t >> 64) + 1;
	q0 = (uint64_t)t;
	r = u0 - q1 * R->normalized;
	r += R->normalized & (uint64_t)(((u128)q0 - r) >> 64);
	r -= R->normalized & ~(uint64_t)(((u128)r - R->normalized) >> 64);
	return (r >> R->shift);
}

static inline uint64_t
mul_mod(const struct ring *R, uint64_t x, uint64_t y)
{

	return (reduce(R, (u128)x * y));
}

int
ring_check(const struct ring *R, const word *x, size_t n)
{
	uint64_t bad = 0;
	size_t i;

	if (R->q == 0)
		return (0);
	for (i = 0; i < n; i++)
		bad |= ~(uint64_t)(((u128)x[i] - R->q) >> 64);
	return ((bad != 0) ? -1 : 0);
}

void
ring_add(const struct ring *R, word *z, const word *x, const word *y, size_t n)
{
	size_t i;

	if (R->q == 0) {
		for (i = 0; i < n; i++)
			z[i] = x[i] + y[i];
	} else {
		for (i = 0; i < n; i++)
			z[i] = add_mod(R->q, x[i], y[i]);
	}
}

void
ring_sub(const struct ring *R, word *z, const word *x, const word *y, size_t n)
{
	size_t i;

	if (R->q == 0) {
		for (i = 0; i < n; i++)
			z[i] = x[i] - y[i];
	} else {
		for (i = 0; i < n; i++)
			z[i] = sub_mod(R->q, x[i], y[i]);
	}
}

void
ring_mul(const struct ring *R, word *z, const word *x, const word *y, size_t n)
{
	size_t i;

	if (R->q == 0) {
		for (i = 0; i < n; i++)
			z[i] = x[i] * y[i];
	} else {
		for (i = 0; i < n; i++)
			z[i] = mul_mod(R, x[i], y[i]);
	}
}

void
ring_scale(const struct ring *R, word *z, const word *x, uint64_t c, size_t n)
{
	size_t i;

	if (R->q == 0) {
		for (i = 0; i < n; i++)
			z[i] = c * x[i];
	} else {
		for (i = 0; i < n; i++)
			z[i] = mul_mod(R, c, x[i]);
	}
}

uint64_t
ring_sum(const struct ring *R, const word *x, size_t n)
{
	uint64_t s = 0;
	size_t i;

	if (R->q == 0) {
		for (i = 0; i < n; i++)
			s += x[i];
	} else {
		for (i = 0; i < n; i++)
			s = add_mod(R->q, s, x[i]);
	}
	return (s);
}

void
ring_matmul_add(const struct ring *R, word *z, const word *x, const word *y, size_t m,
    size_t k, size_t n)
{
	size_t i, j, l;
	uint64_t c;

	if (R->q == 0) {
		/* With one thread it cannot fail. */
		(void)gemm_add(z, n, (struct gemm_view){ x, k, 1 }, (struct gemm_view){ y, n, 1 },
		    m, k, n, 1, 1);
		return;
	}
	for (i = 0; i < m; i++) {
		for (l = 0; l < k; l++) {
			c = x[i * k + l];
			for (j = 0; j < n; j++)
				z[i * n + j] = add_mod(R->q, z[i * n + j],
				    mul_mod(R, c, y[l * n + j]));
		}
	}
}

uint64_t
ring_below(uint64_t u, uint64_t n)
{

	return ((uint64_t)(((u128)u * n) >> 64));
}

void
ring_uniform(const struct ring *R, word *z, const word *pairs, size_t n)
{
	size_t i;
	u128 low;

	for (i = 0; i < n; i++) {
		low = ((u128)pairs[2 * i] * R->q) >> 64;
		z[i] = (uint64_t)(((u128)pairs[2 * i + 1] * R->q + low) >> 64);
	}
}
