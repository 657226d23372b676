/* Every kernel of the matrix product against sums taken one word at a time. */

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "ring/gemm.h"
#include "tap.h"
#include "xorshift.h"

#define GUARD 3 /* words around and between rows of z that nobody may touch */
#define RANDOM_SHAPES 250

static const char *const kernels[] = { "reference", "portable", "avx2", "avx512" };
#define N_KERNELS (sizeof(kernels) / sizeof(kernels[0]))

/* Tiles, strips and blocks of k all end somewhere in these. */
static const size_t edges[] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 15, 16, 17, 31, 32, 33, 40 };
#define N_EDGES (sizeof(edges) / sizeof(edges[0]))

enum words { RANDOM, ONES, HALVES, N_WORDS };

static size_t
below(size_t n)
{

	return ((size_t)(xorshift_next() % n));
}

static uint64_t
a_word(enum words words)
{

	if (words == ONES)
		return (UINT64_MAX);
	if (words == HALVES)
		return ((xorshift_next() & 1) ? UINT64_C(0xffffffff) :
		    UINT64_C(0xffffffff00000000));
	return (xorshift_next());
}

static uint64_t *
fresh(size_t count, enum words words)
{
	uint64_t *p = malloc((count + 1) * sizeof(*p));
	size_t i;

	if (p == NULL)
		tap_bail("out of memory");
	for (i = 0; i < count; i++)
		p[i] = a_word(words);
	return (p);
}

/*
 * A rows x columns view of exactly the words it may read: row-major, transposed, or with gaps both
 * ways.
 */
static struct gemm_view
view(uint64_t **owned, size_t rows, size_t columns, int layout, enum words words)
{
	struct gemm_view v = { NULL, columns, 1 };
	size_t count;

	if (layout == 1)
		v = (struct gemm_view){ NULL, 1, rows };
	else if (layout == 2)
		v = (struct gemm_view){ NULL, 3 * columns + 2, 3 };
	else if (layout == 3)
		v = (struct gemm_view){ NULL, columns + 5, 1 };
	count = (rows == 0 || columns == 0) ? 0 : (rows - 1) * v.row + (columns - 1) * v.col + 1;
	v.data = *owned = fresh(count, words);
	return (v);
}

struct shape {
	size_t m, k, n;
	int x, y; /* layouts */
	size_t gap;
	int sign;
	unsigned threads;
	enum words words;
};

/* Whether all words of z, and those between and around its rows, are as they must be. */
static bool
right(const uint64_t *z, const uint64_t *before, size_t ldz, struct gemm_view x, struct gemm_view y,
    const struct shape *s)
{
	size_t i, j, l, at, total = s->m * ldz + 2 * GUARD;
	uint64_t want;
	bool good = true;

	for (at = 0; at < total; at++) {
		want = before[at];
		if (at >= GUARD && at < GUARD + s->m * ldz && (at - GUARD) % ldz < s->n) {
			i = (at - GUARD) / ldz;
			j = (at - GUARD) % ldz;
			for (l = 0; l < s->k; l++) {
				uint64_t product = x.data[i * x.row + l * x.col] *
				    y.data[l * y.row + j * y.col];

				want = (s->sign < 0) ? want - product : want + product;
			}
		}
		good = good && z[at] == want;
	}
	return (good);
}

static bool
check(const struct shape *s)
{
	size_t ldz = s->n + s->gap, total = s->m * ldz + 2 * GUARD;
	uint64_t *xs, *ys, *z = fresh(total, s->words), *before = fresh(total, s->words);
	struct gemm_view x = view(&xs, s->m, s->k, s->x, s->words), y = view(&ys, s->k, s->n, s->y,
	    s->words);
	bool good;

	memcpy(before, z, total * sizeof(*z));
	good = gemm_add(z + GUARD, ldz, x, y, s->m, s->k, s->n, s->sign, s->threads) == 0 &&
	    right(z, before, ldz, x, y, s);
	if (!good)
		tap_note("%zu x %zu x %zu, layouts %d %d, gap %zu, sign %d, threads %u, words %d",
		    s->m, s->k, s->n, s->x, s->y, s->gap, s->sign, s->threads, (int)s->words);
	free(xs);
	free(ys);
	free(z);
	free(before);
	return (good);
}

/* Everything but the sizes is drawn. */
static bool
check_size(size_t m, size_t k, size_t n)
{
	struct shape s = { m, k, n, (int)below(4), (int)below(4), below(3) * below(5),
		1 - 2 * (int)below(2),
		(unsigned)below(3), (enum words)below(N_WORDS) };

	return (check(&s));
}

static size_t
random_shapes(void)
{
	size_t i, wrong = 0;

	for (i = 0; i < RANDOM_SHAPES; i++)
		wrong += !check_size(edges[below(N_EDGES)], edges[below(N_EDGES)],
		    edges[below(N_EDGES)]);
	return (wrong);
}

/* One dimension at a time is 1, 2 or 10, in all layouts: the direct paths. */
static size_t
skinny_shapes(void)
{
	static const size_t thin[] = { 1, 2, 4, 5, 10 };
	size_t i, wrong = 0;
	int x, y;

	for (i = 0; i < sizeof(thin) / sizeof(thin[0]); i++) {
		for (x = 0; x < 4; x++) {
			for (y = 0; y < 4; y++) {
				wrong += !check(&(struct shape){ thin[i], 37, 41, x, y, 0, 1, 1,
				    RANDOM });
				wrong += !check(&(struct shape){ 43, thin[i], 35, x, y, 1, -1, 1,
				    RANDOM });
				wrong += !check(&(struct shape){ 39, 45, thin[i], x, y, 0, -1, 1,
				    RANDOM });
				wrong += !check(&(struct shape){ 39, 45, thin[i], x, y, 2, 1, 1,
				    RANDOM });
			}
		}
	}
	return (wrong);
}

/*
 * Longer than a block of k, more rows than are multiplied without copying, a vector longer than its
 * copy.
 */
static size_t
long_shapes(void)
{
	static const size_t shapes[][3] = { { 9, 513, 35 }, { 270, 20, 40 }, { 3, 1030, 1 },
		{ 1, 1030, 3 },
		{ 2, 1025, 5 }, { 301, 2, 3 } };
	size_t i, wrong = 0;
	struct shape s = { 0, 0, 0, 0, 0, 0, 1, 1, ONES };

	for (i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
		s.m = shapes[i][0];
		s.k = shapes[i][1];
		s.n = shapes[i][2];
		for (s.x = 0; s.x < 4; s.x++) {
			s.y = 3 - s.x;
			wrong += !check(&s);
		}
	}
	return (wrong);
}

/* Enough work that two and three threads get some, along either side, the last with less. */
static size_t
threaded_shapes(void)
{
	size_t wrong = 0;

	wrong += !check(&(struct shape){ 200, 230, 190, 0, 0, 3, 1, 2, RANDOM });
	wrong += !check(&(struct shape){ 101, 290, 300, 1, 1, 0, -1, 2, RANDOM });
	wrong += !check(&(struct shape){ 300, 290, 150, 0, 1, 1, -1, 3, ONES });
	return (wrong);
}

static void
test_kernel(const char *name)
{

	if (gemm_select(name) == -1) {
		tap_skip(5, "this processor cannot run it");
		return;
	}
	ok(strcmp(gemm_kernel(), name) == 0, "%s is in use", name);
	ok(random_shapes() == 0, "%s: random shapes, strides, signs and words", name);
	ok(skinny_shapes() == 0, "%s: rows, columns and outer products", name);
	ok(long_shapes() == 0, "%s: all-ones words over more than one block", name);
	ok(threaded_shapes() == 0, "%s: two and three threads", name);
}

int
main(void)
{
	const char *best = gemm_kernel();
	size_t i;

	tap_plan(5 * N_KERNELS + 2);
	ok(strcmp(best, "avx512") == 0 || strcmp(best, "avx2") == 0 ||
	    strcmp(best, "portable") == 0, "a kernel is chosen without being asked for: %s", best);
	for (i = 0; i < N_KERNELS; i++)
		test_kernel(kernels[i]);
	ok(gemm_select("no such kernel") == -1, "an unknown kernel is refused");
	return (tap_end());
}
