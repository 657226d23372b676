/*
 * Truncation over many numbers of up to 2^61 and the edges of its range: never a large error, no
 * bias.  And products of numbers that others get wrong now and then.
 *
 *	truncation [COUNT]	so many numbers (default 1000000)
 */

#include <stdbool.h>

#include "base/diag.h"
#include "base/num.h"

#include "tap.h"
#include "world.h"

#define BLOCK 250000

struct run {
	uint64_t *x, *y;
	unsigned shift;
	bool squares; /* truncate x * x */
	struct world_held held;
};

static uint64_t seed = 9;

static int
party(struct mpc *S, size_t self, void *state)
{
	struct run *r = state;
	const struct bilinear times = bilinear_elements(BLOCK);
	struct mpc_vector x, z;
	int rc;

	mpc_vector_new(S, &x, BLOCK);
	mpc_vector_new(S, &z, BLOCK);
	world_share(2, self, x.held.m, x.held.lam, r->x, BLOCK, seed, false);
	if (r->squares)
		rc = (mpc_product(S, &z, &times, &x, &x) == -1) ? -1 :
		    mpc_truncate(S, &z, &z, r->shift);
	else
		rc = mpc_truncate(S, &z, &x, r->shift);
	world_hold(&r->held, self, z.held.m, z.held.lam, BLOCK);
	mpc_vector_free(&x);
	mpc_vector_free(&z);
	return (rc);
}

static void
go(struct world *w, struct run *r)
{

	w->n = 2;
	if (world_run(w, party, r) != 0 || !world_open(&r->held, 2, r->y, BLOCK, false))
		tap_bail("the parties have failed");
}

static int64_t
number(size_t i)
{
	static const int64_t edges[] = { -((int64_t)1 << 62), ((int64_t)1 << 62) - 1, 0, -1, 1,
		(int64_t)1 << 61,
		-((int64_t)1 << 61) };
	const size_t n_edges = sizeof(edges) / sizeof(*edges);
	uint64_t v = world_random(&seed);

	if (i % 1000 < n_edges)
		return (edges[i % 1000]);
	return ((int64_t)(v >> (3 + (i % 3) * 10)) * ((v & 1) ? 1 : -1));
}

int
main(int argc, char **argv)
{
	const unsigned shifts[] = { 16, 1, 28, 44, 61 };
	struct world w;
	struct run r;
	uint64_t count = 1000000, done, wrong = 0, unit, fraction;
	int64_t z, e;
	double bias = 0;
	size_t i;

	diag_init("truncation");
	if (argc > 1 && num_parse(argv[1], BLOCK, UINT64_MAX, &count) == -1)
		tap_bail("COUNT is a number");
	memset(&w, 0, sizeof(w));
	memset(&r, 0, sizeof(r));
	r.x = calloc(BLOCK, sizeof(uint64_t));
	r.y = calloc(BLOCK, sizeof(uint64_t));
	for (done = 0; done < count; done += BLOCK) {
		memset(w.number, 0, sizeof(w.number));
		memcpy(w.number + 8, &done, sizeof(done));
		r.shift = shifts[done / BLOCK % 5];
		unit = (uint64_t)1 << r.shift;
		for (i = 0; i < BLOCK; i++)
			r.x[i] = (uint64_t)number(i);
		go(&w, &r);
		for (i = 0; i < BLOCK; i++) {
			z = (int64_t)r.x[i];
			fraction = r.x[i] & (unit - 1);
			e = (int64_t)r.y[i] - (z - (int64_t)fraction) / (int64_t)unit;
			wrong += e != 0 && e != 1;
			bias += (double)e - (double)fraction / (double)unit;
		}
	}
	ok(wrong == 0, "%" PRIu64 " numbers: the floor or one more, always (%" PRIu64 " wrong)",
	    done, wrong);
	ok(fabs(bias / (double)done) < 0.01, "without bias: mean error %g", bias / (double)done);
	r.squares = true;
	r.shift = 16;
	for (wrong = 0, done = 0; done < 1000000; done += BLOCK) {
		memcpy(w.number + 8, &done, sizeof(done));
		w.number[1] = 1;
		for (i = 0; i < BLOCK; i++)
			r.x[i] = (uint64_t)3000 << 16;
		go(&w, &r);
		for (i = 0; i < BLOCK; i++)
			wrong += r.y[i] != (uint64_t)9000000 << 16;
	}
	ok(wrong == 0, "a million products 3000 * 3000 (%" PRIu64 " wrong)", wrong);
	free(r.x);
	free(r.y);
	return (tap_end());
}
