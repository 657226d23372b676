/* Arithmetic mod Q against a reference that adds and doubles, one bit at a time. */

#include <stdlib.h>
#include <string.h>

#include "ring/ring.h"
#include "tap.h"
#include "xorshift.h"

#define N 500

static const uint64_t moduli[] = { 0, 2, 3, 5, 16, 255, 256, 501337, 0x7fffffff, 0x80000000,
	0x100000000,
	0x1fffffffffffffff, 0x8000000000000000, 0x8000000000000001, 0xffffffff00000001,
	    0xffffffffffffffc5,
	0xfffffffffffffffe, 0xffffffffffffffff };
#define N_MODULI (sizeof(moduli) / sizeof(moduli[0]))

static uint64_t
residue(uint64_t q)
{
	static const uint64_t edges[] = { 0, 1, 2, UINT64_MAX };
	uint64_t v = xorshift_next();

	if (v % 8 < 4)
		v = edges[v % 8];
	else if (v % 8 == 4)
		v = q - 1;
	else
		v = xorshift_next();
	return ((q == 0) ? v : v % q);
}

static uint64_t
slow_add(uint64_t q, uint64_t x, uint64_t y)
{

	if (q == 0)
		return (x + y);
	return ((x >= q - y) ? x - (q - y) : x + y);
}

static uint64_t
slow_mul(uint64_t q, uint64_t x, uint64_t y)
{
	uint64_t z = 0;
	int i;

	for (i = 63; i >= 0; i--) {
		z = slow_add(q, z, z);
		if ((y >> i) & 1)
			z = slow_add(q, z, x);
	}
	return (z);
}

static uint64_t
slow_sub(uint64_t q, uint64_t x, uint64_t y)
{

	return ((q == 0) ? x - y : (x >= y) ? x - y : x + (q - y));
}

/* Compare every operation on the same vectors; return the number of wrong words. */
static size_t
compare(uint64_t q)
{
	uint64_t x[N], y[N], z[N], c = residue(q), sum = 0;
	struct ring R;
	size_t i, wrong = 0;

	ring_init(&R, q);
	for (i = 0; i < N; i++) {
		x[i] = residue(q);
		y[i] = residue(q);
		sum = slow_add(q, sum, x[i]);
	}
	ring_add(&R, z, x, y, N);
	for (i = 0; i < N; i++)
		wrong += (z[i] != slow_add(q, x[i], y[i]));
	ring_sub(&R, z, x, y, N);
	for (i = 0; i < N; i++)
		wrong += (z[i] != slow_sub(q, x[i], y[i]));
	ring_mul(&R, z, x, y, N);
	for (i = 0; i < N; i++)
		wrong += (z[i] != slow_mul(q, x[i], y[i]));
	ring_scale(&R, z, x, c, N);
	for (i = 0; i < N; i++)
		wrong += (z[i] != slow_mul(q, c, x[i]));
	wrong += (ring_sum(&R, x, N) != sum);
	wrong += (ring_check(&R, x, N) != 0);
	return (wrong);
}

/* A 7 x 13 by 13 x 5 product, added to what was there. */
static size_t
compare_matmul(uint64_t q)
{
	enum { M = 7, K = 13, C = 5 };
	uint64_t x[M * K], y[K * C], z[M * C], want[M * C];
	struct ring R;
	size_t i, j, l, wrong = 0;

	ring_init(&R, q);
	for (i = 0; i < M * K; i++)
		x[i] = residue(q);
	for (i = 0; i < K * C; i++)
		y[i] = residue(q);
	for (i = 0; i < M * C; i++)
		z[i] = want[i] = residue(q);
	for (i = 0; i < M; i++) {
		for (j = 0; j < C; j++) {
			for (l = 0; l < K; l++)
				want[i * C + j] = slow_add(q, want[i * C + j],
				    slow_mul(q, x[i * K + l], y[l * C + j]));
		}
	}
	ring_matmul_add(&R, z, x, y, M, K, C);
	for (i = 0; i < M * C; i++)
		wrong += (z[i] != want[i]);
	return (wrong);
}

static void
test_from_int(void)
{
	struct ring R;

	ring_init(&R, 501337);
	ok_u64(ring_from_int(&R, -1), 501336, "-1 mod 501337");
	ok_u64(ring_from_int(&R, 501337), 0, "Q mod Q");
	ok_u64(ring_from_int(&R, INT64_MIN), 501337 - (uint64_t)9223372036854775807 % 501337 - 1,
	    "the least integer mod Q");
	ring_init(&R, 0);
	ok_u64(ring_from_int(&R, -1), UINT64_MAX, "-1 mod 2^64");
}

static void
test_uniform(void)
{
	uint64_t pairs[8] = { 0, 0, UINT64_MAX, UINT64_MAX, 0, (uint64_t)1 << 63, UINT64_MAX,
		((uint64_t)1 << 63) - 1 };
	uint64_t z[4];
	struct ring R;

	ring_init(&R, 10);
	ring_uniform(&R, z, pairs, 4);
	ok(z[0] == 0 && z[1] == 9 && z[2] == 5 && z[3] == 4, "pairs are mapped by floor(pair Q / "
	    "2^128)");
	ok(ring_below(UINT64_MAX, 7) == 6 && ring_below(0, 7) == 0 &&
	    ring_below((uint64_t)1 << 63, 7) == 3, "ring_below is floor(u n / 2^64)");
	z[0] = 10;
	ok(ring_check(&R, z, 1) == -1, "a word equal to the modulus is no residue");
}

int
main(void)
{
	size_t i, j, wrong;

	tap_plan(2 * N_MODULI + 7);
	for (i = 0; i < N_MODULI; i++) {
		for (wrong = 0, j = 0; j < 20; j++)
			wrong += compare(moduli[i]);
		ok(wrong == 0, "elementwise operations mod %llu", (unsigned long long)moduli[i]);
		ok(compare_matmul(moduli[i]) == 0, "matrix product mod %llu",
		    (unsigned long long)moduli[i]);
	}
	test_from_int();
	test_uniform();
	return (tap_end());
}
