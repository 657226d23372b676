/*
 * Every operation of the engine, by two and by three computing parties and a dealer, against exact
 * integer arithmetic; what it declares to cost against what passed.
 */

#include <stdbool.h>

#include "base/diag.h"
#include "ring/bits.h"
#include "ring/ring.h"

#include "tap.h"
#include "world.h"

#define MAX_IN 4
#define MAX_OUT 4

/* One run of an operation: clear inputs, what to do, what comes out. */
struct job {
	const char *name;
	size_t n;            /* values in each input */
	size_t in, bits_in;  /* inputs: words, bits */
	size_t out, bits_out;
	size_t out_n;        /* values in each output; 0: n */
	int (*work)(struct mpc *S, struct mpc_vector *x, struct mpc_bits *a, struct mpc_vector *y,
	    struct mpc_bits *d);
	uint64_t *x[MAX_IN], *a[MAX_IN]; /* clear inputs */
	uint64_t *y[MAX_OUT], *d[MAX_OUT]; /* clear outputs */
	size_t parties;
	struct world_held held[2 * MAX_OUT];
};

static uint64_t seed = 1;
static _Thread_local size_t own_party; /* whose thread this is */

static uint64_t
random_word(void)
{

	return (world_random(&seed));
}

static int
run_party(struct mpc *S, size_t self, void *state)
{
	struct job *j = state;
	struct mpc_vector x[MAX_IN], y[MAX_OUT];
	struct mpc_bits a[MAX_IN], d[MAX_OUT];
	size_t i, out_n = (j->out_n == 0) ? j->n : j->out_n;
	int rc;

	own_party = self;
	memset(x, 0, sizeof(x));
	memset(y, 0, sizeof(y));
	memset(a, 0, sizeof(a));
	memset(d, 0, sizeof(d));
	for (i = 0; i < j->in; i++) {
		mpc_vector_new(S, &x[i], j->n);
		world_share(j->parties, self, x[i].held.m, x[i].held.lam, j->x[i], j->n, 17 + i,
		    false);
	}
	for (i = 0; i < j->bits_in; i++) {
		mpc_bits_new(S, &a[i], j->n);
		world_share(j->parties, self, a[i].held.m, a[i].held.lam, j->a[i], bits_words(j->n),
		    99 + i, true);
	}
	for (i = 0; i < j->out; i++)
		mpc_vector_new(S, &y[i], out_n);
	for (i = 0; i < j->bits_out; i++)
		mpc_bits_new(S, &d[i], out_n);
	rc = j->work(S, x, a, y, d);
	if (rc == 0)
		rc = mpc_check(S);
	for (i = 0; i < j->out; i++)
		world_hold(&j->held[i], self, y[i].held.m, y[i].held.lam, out_n);
	for (i = 0; i < j->bits_out; i++)
		world_hold(&j->held[MAX_OUT + i], self, d[i].held.m, d[i].held.lam,
		    bits_words(out_n));
	for (i = 0; i < MAX_IN; i++) {
		mpc_vector_free(&x[i]);
		mpc_bits_free(&a[i]);
	}
	for (i = 0; i < MAX_OUT; i++) {
		mpc_vector_free(&y[i]);
		mpc_bits_free(&d[i]);
	}
	return (rc);
}

/* Run a job among ${parties} and put its outputs together. */
static void
run_job(struct job *j, size_t parties, bool faithful)
{
	struct world w;
	size_t i, p, out_n = (j->out_n == 0) ? j->n : j->out_n;
	bool good = true, costs = true;

	memset(&w, 0, sizeof(w));
	w.n = parties;
	w.faithful = faithful;
	j->parties = parties;
	if (world_run(&w, run_party, j) != 0) {
		ok(false, "%s: %zu parties: runs", j->name, parties);
		exit(1);
	}
	for (i = 0; i < j->out; i++)
		good = world_open(&j->held[i], parties, j->y[i], out_n, false) && good;
	for (i = 0; i < j->bits_out; i++)
		good = world_open(&j->held[MAX_OUT + i], parties, j->d[i], bits_words(out_n),
		    true) && good;
	for (p = 0; p <= parties; p++)
		costs = costs &&
		    memcmp(&w.party[p].declared, &w.party[p].counted, sizeof(struct mpc_cost)) == 0;
	ok(good, "%s: %zu parties: all computing parties hold the same m, and the dealer its mask",
	    j->name, parties);
	if (!costs)
		printf("# declared %" PRIu64 " rounds, %" PRIu64 " dealt, %" PRIu64 " opened; "
		    "counted %" PRIu64 ", %" PRIu64 ", %" PRIu64 "\n", w.party[1].declared.rounds,
		    w.party[1].declared.dealt_bits, w.party[1].declared.opened_bits,
		    w.party[1].counted.rounds, w.party[1].counted.dealt_bits,
		    w.party[1].counted.opened_bits);
	ok(costs, "%s: %zu parties: costs what it declares", j->name, parties);
}

static void
make_room(struct job *j)
{
	size_t i, out_n = (j->out_n == 0) ? j->n : j->out_n;

	for (i = 0; i < MAX_IN; i++) {
		j->x[i] = calloc(j->n + 1, sizeof(uint64_t));
		j->a[i] = calloc(bits_words(j->n) + 1, sizeof(uint64_t));
	}
	for (i = 0; i < MAX_OUT; i++) {
		j->y[i] = calloc(out_n + 1, sizeof(uint64_t));
		j->d[i] = calloc(bits_words(out_n) + 1, sizeof(uint64_t));
	}
}

static void
free_room(struct job *j)
{
	size_t i;

	for (i = 0; i < MAX_IN; i++) {
		free(j->x[i]);
		free(j->a[i]);
	}
	for (i = 0; i < MAX_OUT; i++) {
		free(j->y[i]);
		free(j->d[i]);
	}
}

static bool
bit(const uint64_t *plane, size_t i)
{

	return ((plane[i / 64] >> (i % 64) & 1) != 0);
}

static int64_t
floor_shift(int64_t v, unsigned shift)
{
	int64_t unit = (int64_t)1 << shift, rest = v % unit;

	return ((v - ((rest < 0) ? rest + unit : rest)) / unit);
}

/* A signed number below 2^bits in magnitude, edges among them. */
static int64_t
number(unsigned bits, size_t i)
{
	int64_t top = (int64_t)(((uint64_t)1 << bits) - 1);
	const int64_t edges[] = { 0, 1, -1, top, -top, top - 1, 1 - top, (int64_t)1 << (bits / 2),
		-((int64_t)1 << (bits / 2)),
		-top - 1 };

	if (i < sizeof(edges) / sizeof(*edges))
		return (edges[i]);
	return ((int64_t)(random_word() >> (64 - bits + ((i % 3 != 0) ? 0 : bits / 2))) *
	    ((random_word() & 1) ? 1 : -1));
}

/* ---- products ---- */

static struct bilinear map;

static int
do_product(struct mpc *S, struct mpc_vector *x, struct mpc_bits *a, struct mpc_vector *y,
    struct mpc_bits *d)
{
	struct mpc_vector left = mpc_part(&x[0], 0, bilinear_x(&map)), right = mpc_part(&x[1], 0,
	    bilinear_y(&map));

	(void)a;
	(void)d;
	return (mpc_product(S, &y[0], &map, &left, &right));
}

static void
test_map(const char *name, size_t parties)
{
	struct job j;
	struct mpc *plain = mpc_new_plain(true);
	struct mpc_vector x, y, z;
	size_t i;

	memset(&j, 0, sizeof(j));
	j.name = name;
	j.n = bilinear_x(&map) > bilinear_y(&map) ? bilinear_x(&map) : bilinear_y(&map);
	j.out_n = bilinear_z(&map);
	j.in = 2;
	j.out = 1;
	j.work = do_product;
	make_room(&j);
	for (i = 0; i < j.n; i++) {
		j.x[0][i] = random_word();
		j.x[1][i] = random_word();
	}
	run_job(&j, parties, false);
	mpc_vector_new(plain, &x, bilinear_x(&map));
	mpc_vector_new(plain, &y, bilinear_y(&map));
	mpc_vector_new(plain, &z, bilinear_z(&map));
	memcpy(x.held.m, j.x[0], x.n * sizeof(uint64_t));
	memcpy(y.held.m, j.x[1], y.n * sizeof(uint64_t));
	/*
	 * Words of 64 bits are not what products of numbers come to; the words of the result are
	 * right nevertheless.
	 */
	ok(mpc_product(plain, &z, &map, &x, &y) == -1 &&
	    memcmp(z.held.m, j.y[0], z.n * sizeof(uint64_t)) == 0, "%s: %zu parties: exact, and "
	    "too large", name, parties);
	mpc_vector_free(&x);
	mpc_vector_free(&y);
	mpc_vector_free(&z);
	mpc_free(plain);
	free_room(&j);
}

/* Of two terms; each of them fits. */
static void
test_plain_limit(void)
{
	static const struct {
		int64_t x[2], y[2];
		int rc;
	} cases[] = {
		{ { 1 << 30, -1 }, { (int64_t)1 << 32, 1 }, 0 },
		{ { (int64_t)1 << 31, -1 }, { (int64_t)1 << 31, -((int64_t)1 << 62) }, -1 },
		{ { (int64_t)1 << 31, 1 },
		    { (int64_t)1 << 31, ((int64_t)1 << 62) - ((int64_t)1 << 40) }, 0 },
		{ { (int64_t)1 << 31, 1 }, { -((int64_t)1 << 31), (int64_t)1 << 62 }, -1 },
	};
	const struct bilinear inner = bilinear_matrices(1, 2, 1);
	struct mpc *plain = mpc_new_plain(false);
	struct mpc_vector x, y, z;
	size_t i;

	mpc_vector_new(plain, &x, 2);
	mpc_vector_new(plain, &y, 2);
	mpc_vector_new(plain, &z, 1);
	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		memcpy(x.held.m, cases[i].x, sizeof(cases[i].x));
		memcpy(y.held.m, cases[i].y, sizeof(cases[i].y));
		ok(mpc_product(plain, &z, &inner, &x, &y) == cases[i].rc, "plain: terms that come "
		    "to less than 2^63, or not: %zu", i);
	}
	mpc_vector_free(&x);
	mpc_vector_free(&y);
	mpc_vector_free(&z);
	mpc_free(plain);
}

static void
test_products(size_t parties)
{
	static const size_t ends[] = { 3, 4, 4, 1004 };
	struct convolution c = { 2, 3, 7, 6, 4, 3, 2, 2, 1, CONVOLUTION_FORWARD };

	map = bilinear_elements(9001);
	test_map("elements", parties);
	map = bilinear_groups(ends, sizeof(ends) / sizeof(*ends));
	test_map("groups", parties);
	map = bilinear_columns(3, 17, 5);
	test_map("columns", parties);
	map = bilinear_matrices(7, 13, 5);
	test_map("matrices", parties);
	map.x_transposed = true;
	test_map("matrices, the left one transposed", parties);
	map.y_transposed = true;
	test_map("matrices, both transposed", parties);
	map = bilinear_convolution(&c);
	test_map("convolution", parties);
	c.side = CONVOLUTION_FILTERS;
	test_map("convolution, gradient of filters", parties);
	c.side = CONVOLUTION_IMAGES;
	test_map("convolution, gradient of images", parties);
}

/* ---- truncation ---- */

static unsigned shift;

static int
do_truncate(struct mpc *S, struct mpc_vector *x, struct mpc_bits *a, struct mpc_vector *y,
    struct mpc_bits *d)
{

	(void)a;
	(void)d;
	return (mpc_truncate(S, &y[0], &x[0], shift));
}

static void
test_truncate(unsigned by, size_t parties, bool faithful)
{
	struct job j;
	size_t i, wrong = 0;
	double error = 0;
	int64_t z, e;

	memset(&j, 0, sizeof(j));
	j.name = faithful ? "faithful truncation" : "truncation";
	j.n = 20000;
	j.in = j.out = 1;
	j.work = do_truncate;
	shift = by;
	make_room(&j);
	for (i = 0; i < j.n; i++)
		j.x[0][i] = (uint64_t)number(62, i);
	run_job(&j, parties, faithful);
	for (i = 0; i < j.n; i++) {
		z = (int64_t)j.x[0][i];
		e = (int64_t)j.y[0][i] - floor_shift(z, by);
		wrong += e != 0 && (faithful || e != 1);
		error += (double)e - ((double)(j.x[0][i] & (((uint64_t)1 << by) - 1))) /
		    (double)((uint64_t)1 << by);
	}
	ok(wrong == 0, "truncation by %u: %zu parties: the floor%s (%zu wrong)", by, parties,
	    faithful ? "" : " or one more", wrong);
	if (!faithful)
		ok(fabs(error / (double)j.n) < 0.02, "truncation by %u: without bias (%g)", by,
		    error / (double)j.n);
	free_room(&j);
}

/* ---- comparisons ---- */

static struct mpc_comparison comparison;
static unsigned equal_bits;

static int
do_compare(struct mpc *S, struct mpc_vector *x, struct mpc_bits *a, struct mpc_vector *y,
    struct mpc_bits *d)
{

	(void)a;
	(void)y;
	return (mpc_compare(S, d, &x[0], &comparison));
}

static int
do_equal(struct mpc *S, struct mpc_vector *x, struct mpc_bits *a, struct mpc_vector *y,
    struct mpc_bits *d)
{

	(void)a;
	(void)y;
	return (mpc_equal(S, &d[0], &x[0], equal_bits));
}

static void
test_compare(unsigned low, unsigned high, size_t parties)
{
	static const int64_t thresholds[] = { 0, 77777, -1234567 };
	struct job j;
	size_t i, t, wrong = 0;
	int64_t z;

	memset(&j, 0, sizeof(j));
	j.name = "comparison";
	j.n = 5000;
	j.in = 1;
	comparison = (struct mpc_comparison){ low, high, (high > 30) ? 3 : 1, thresholds };
	j.bits_out = comparison.count;
	j.work = do_compare;
	make_room(&j);
	for (i = 0; i < j.n; i++)
		j.x[0][i] = (uint64_t)number((high > 61) ? 61 : (low > 0) ? high - 1 :
		    high - (high > 30), i);
	if (low == 0 && high <= 30)
		j.x[0][9] = 0; /* -2^high is out of range */
	run_job(&j, parties, false);
	for (t = 0; t < comparison.count; t++) {
		for (i = 0; i < j.n; i++) {
			z = (int64_t)j.x[0][i] - thresholds[t];
			if (low > 0 && z < 0 && z > -((int64_t)1 << low))
				continue;
			wrong += bit(j.d[t], i) != (z >= 0);
		}
	}
	ok(wrong == 0, "comparison, bits %u to %u: %zu parties (%zu wrong)", low, high, parties,
	    wrong);
	free_room(&j);
}

static void
test_equal(unsigned bits, size_t parties)
{
	struct job j;
	size_t i, wrong = 0;

	memset(&j, 0, sizeof(j));
	j.name = "equality";
	j.n = 5000;
	j.in = j.bits_out = 1;
	j.work = do_equal;
	equal_bits = bits;
	make_room(&j);
	for (i = 0; i < j.n; i++)
		j.x[0][i] = (i % 2 == 0) ? 0 : (i % 3 == 0) ? (uint64_t)1 << (i % bits) :
		    random_word();
	run_job(&j, parties, false);
	for (i = 0; i < j.n; i++)
		wrong += bit(j.d[0], i) != ((j.x[0][i] << (64 - bits)) == 0);
	ok(wrong == 0, "equality of %u bits: %zu parties (%zu wrong)", bits, parties, wrong);
	free_room(&j);
}

/* ---- bits ---- */

static size_t and_count;

static int
do_and(struct mpc *S, struct mpc_vector *x, struct mpc_bits *a, struct mpc_vector *y,
    struct mpc_bits *d)
{
	const struct mpc_bits *list[MPC_MAX_AND] = { &a[0], &a[1], &a[2], &a[3] };

	(void)x;
	(void)y;
	return (mpc_and(S, &d[0], list, and_count));
}

static void
test_and(size_t count, size_t parties)
{
	struct job j;
	size_t i, k, wrong = 0;
	uint64_t all;

	memset(&j, 0, sizeof(j));
	j.name = "and";
	j.n = 9000;
	j.bits_in = count;
	j.bits_out = 1;
	j.work = do_and;
	and_count = count;
	make_room(&j);
	for (k = 0; k < count; k++) {
		for (i = 0; i < bits_words(j.n); i++)
			j.a[k][i] = random_word() | random_word();
	}
	run_job(&j, parties, false);
	for (i = 0; i < j.n / 64; i++) {
		for (all = UINT64_MAX, k = 0; k < count; k++)
			all &= j.a[k][i];
		wrong += all != j.d[0][i];
	}
	ok(wrong == 0, "and of %zu: %zu parties", count, parties);
	free_room(&j);
}

/* ---- selection ---- */

static int
do_select(struct mpc *S, struct mpc_vector *x, struct mpc_bits *a, struct mpc_vector *y,
    struct mpc_bits *d)
{
	const struct mpc_selection_term terms[] = { { &a[0], &x[0], { 3, 1 }, { 0, 9 } },
		{ &a[1], &x[0], { -2, 0 }, { 5, 0 } },
		{ NULL, &x[1], { 1, 0 }, { 0, 0 } }, { &a[0], NULL, { 0, 0 }, { -1000, 1 } },
		    { NULL, NULL, { 0, 0 }, { 77, -3 } } };
	const struct mpc_selection selection = { 5, terms, shift, 2 };

	(void)d;
	return (mpc_select(S, y, &selection));
}

static void
test_select(unsigned by, size_t parties)
{
	struct job j;
	size_t i, wrong = 0;
	int64_t low, high, got, w0, w1;
	bool b0, b1;

	memset(&j, 0, sizeof(j));
	j.name = "selection";
	j.n = 9000;
	j.in = j.bits_in = j.out = 2;
	j.work = do_select;
	shift = by;
	make_room(&j);
	for (i = 0; i < j.n; i++) {
		j.x[0][i] = (uint64_t)number(58, i);
		j.x[1][i] = (uint64_t)number(58, i + 3);
	}
	for (i = 0; i < bits_words(j.n); i++) {
		j.a[0][i] = random_word();
		j.a[1][i] = random_word();
	}
	run_job(&j, parties, false);
	for (i = 0; i < j.n; i++) {
		b0 = bit(j.a[0], i);
		b1 = bit(j.a[1], i);
		w0 = floor_shift((int64_t)j.x[0][i], by);
		w1 = floor_shift((int64_t)j.x[1][i], by);
		low = (b0 ? 3 * w0 - 1000 : 0) + (b1 ? -2 * w0 + 5 : 0) + w1 + 77;
		high = (by == 0) ? 0 : 3 + 2 + 1;
		got = (int64_t)j.y[0][i];
		wrong += got < low - high || got > low + high;
		got = (int64_t)j.y[1][i] - (b0 ? w0 + 10 : 0) + 3;
		wrong += got != 0 && (got != 1 || by == 0 || !b0);
	}
	ok(wrong == 0, "selection, shift %u: %zu parties (%zu wrong)", by, parties, wrong);
	free_room(&j);
}

/* ---- series and powers ---- */

static int
do_series(struct mpc *S, struct mpc_vector *x, struct mpc_bits *a, struct mpc_vector *y,
    struct mpc_bits *d)
{
	static const unsigned harmonic[] = { 1, 3, 4 };
	static const int64_t sine[] = { 1 << 17, -30000, 700 }, cosine[] = { 40000, 1 << 16, -5 };
	const struct mpc_series series = { 37, 3, harmonic, sine, cosine, 123456789, 18, 20 };

	(void)a;
	(void)d;
	return (mpc_series(S, &y[0], &x[0], &series));
}

static void
test_series(size_t parties)
{
	struct job j;
	size_t i;
	double worst = 0, t, want;
	const double pi = 3.14159265358979323846;

	memset(&j, 0, sizeof(j));
	j.name = "series";
	j.n = 5000;
	j.in = j.out = 1;
	j.work = do_series;
	make_room(&j);
	for (i = 0; i < j.n; i++)
		j.x[0][i] = random_word();
	run_job(&j, parties, false);
	for (i = 0; i < j.n; i++) {
		t = 2 * pi * ldexp((double)(j.x[0][i] & (((uint64_t)1 << 37) - 1)), -37);
		want = ldexp((1 << 17) * sin(t) - 30000 * sin(3 * t) + 700 * sin(4 * t) + 40000 *
		    cos(t) + (1 << 16) * cos(3 * t) - 5 * cos(4 * t), -18) + ldexp(123456789, -38);
		t = fabs(ldexp((double)(int64_t)j.y[0][i], -38) - want);
		worst = (t > worst) ? t : worst;
	}
	ok(worst < 2e-5, "series: %zu parties: off by %g at most", parties, worst);
	free_room(&j);
}

static int
do_exp2(struct mpc *S, struct mpc_vector *x, struct mpc_bits *a, struct mpc_vector *y,
    struct mpc_bits *d)
{

	(void)a;
	(void)d;
	return (mpc_exp2(S, &y[0], &x[0], 32));
}

static void
test_exp2(size_t parties)
{
	struct job j;
	size_t i;
	double worst = 0, t, want, got;

	memset(&j, 0, sizeof(j));
	j.name = "exp2";
	j.n = 20000;
	j.in = j.out = 1;
	j.work = do_exp2;
	make_room(&j);
	for (i = 0; i < j.n; i++)
		j.x[0][i] = random_word() >> 27;
	j.x[0][0] = 1;
	j.x[0][1] = ((uint64_t)1 << 37) - ((uint64_t)1 << 20);
	j.x[0][2] = (uint64_t)8 << 32;
	run_job(&j, parties, false);
	for (i = 0; i < j.n; i++) {
		want = exp2(ldexp((double)j.x[0][i], -32));
		got = ldexp((double)(int64_t)j.y[0][i], -30);
		t = fabs(got - want) / want;
		worst = (t > worst) ? t : worst;
	}
	ok(worst < 8e-4, "exp2: %zu parties: relative error %g at most", parties, worst);
	free_room(&j);
}

/* ---- noise ---- */

/* What each party brings along. */
static uint64_t
noise_of(size_t party, size_t i)
{
	uint64_t state = 1000 * i + party;

	return (world_random(&state));
}

static int
do_add_noise(struct mpc *S, struct mpc_vector *x, struct mpc_bits *a, struct mpc_vector *y,
    struct mpc_bits *d)
{
	word *own = calloc(x[0].n, sizeof(*own));
	struct mpc_vector half = mpc_part(&x[0], 0, x[0].n / 2), other = mpc_part(&y[0], 0,
	    x[0].n / 2);
	size_t i;
	int rc;

	(void)a;
	(void)d;
	for (i = 0; i < x[0].n; i++)
		own[i] = noise_of(own_party, i);
	rc = mpc_add_noise(S, &y[0], &x[0], own);
	/* The first half again, where it stands. */
	mpc_copy(&other, &half);
	if (rc == 0)
		rc = mpc_add_noise(S, &other, &other, own);
	free(own);
	return (rc);
}

static void
test_add_noise(size_t parties)
{
	struct job j;
	size_t i, p, wrong = 0;
	uint64_t sum;

	memset(&j, 0, sizeof(j));
	j.name = "noise";
	j.n = 9001;
	j.in = j.out = 1;
	j.work = do_add_noise;
	make_room(&j);
	for (i = 0; i < j.n; i++)
		j.x[0][i] = random_word();
	run_job(&j, parties, false);
	for (i = 0; i < j.n; i++) {
		for (sum = j.x[0][i], p = 0; p <= parties; p++)
			sum += noise_of(p, i);
		wrong += j.y[0][i] != sum;
	}
	ok(wrong == 0, "noise: %zu parties: the sum of what all bring along (%zu wrong)", parties,
	    wrong);
	free_room(&j);
}

/* ---- what is compared, and public numbers ---- */

static int
run_spoiled(struct mpc *S, size_t self, void *state)
{
	const struct bilinear times = bilinear_elements(5);
	struct mpc_vector x, y;
	int rc;

	(void)self, (void)state;
	rc = mpc_vector_new(S, &x, 5) | mpc_vector_new(S, &y, 5);
	if (rc == 0 && (rc = mpc_product(S, &y, &times, &x, &x)) == 0)
		rc = mpc_check(S);
	mpc_vector_free(&x);
	mpc_vector_free(&y);
	return (rc);
}

/* The same, revealed without a check before it: to all, and to the one who has no part in it. */
static int
run_spoiled_reveal(struct mpc *S, size_t self, void *state)
{
	const struct bilinear times = bilinear_elements(5);
	struct mpc_vector x, y;
	word clear[5] = { 1, 1, 1, 1, 1 };
	bool *told = state;
	int rc;

	rc = mpc_vector_new(S, &x, 5) | mpc_vector_new(S, &y, 5);
	if (rc == 0 && (rc = mpc_product(S, &y, &times, &x, &x)) == 0)
		rc = mpc_reveal(S, clear, &y);
	told[self] = (memcmp(clear, (word[5]){ 1, 1, 1, 1, 1 }, sizeof(clear)) != 0);
	mpc_vector_free(&x);
	mpc_vector_free(&y);
	return (rc);
}

static void
test_spoiled_reveal(size_t parties)
{
	bool told[WORLD_MAX] = { false };
	struct world w;

	memset(&w, 0, sizeof(w));
	w.n = parties;
	w.spoil = true;
	ok(world_run(&w, run_spoiled_reveal, told) == -1 && w.party[1].rc == -1 &&
	    w.party[2].rc == -1, "reveal: %zu parties: none goes on where one has opened something "
	    "else", parties);
	ok(!told[1] && !told[2], "reveal: %zu parties: and nobody is told anything", parties);
}

/* A bit that is flipped on its way to one party makes it open something else than the others. */
static void
test_spoiled(size_t parties)
{
	struct world w;

	memset(&w, 0, sizeof(w));
	w.n = parties;
	ok(world_run(&w, run_spoiled, NULL) == 0, "check: %zu parties agree", parties);
	w.spoil = true;
	ok(world_run(&w, run_spoiled, NULL) == -1 && !w.spoil,
	    "check: %zu parties: one that has opened something else is found", parties);
	ok(w.party[1].rc == -1 && w.party[2].rc == -1 && w.party[0].rc == 0,
	    "check: %zu parties: by itself and by the others, and the dealer is not asked",
	    parties);
}

/* Public words replace what was in a vector, in its middle, too. */
static void
test_public(void)
{
	const word first[] = { 1, 2, 3, 4 }, then[] = { 50, 60 }, want[] = { 1, 50, 60, 4 };
	struct mpc *S = mpc_new_plain(false);
	struct mpc_vector x;

	if (S == NULL || mpc_vector_new(S, &x, 4) == -1)
		tap_bail("out of memory");
	mpc_load_public(&x, 0, first, 4);
	mpc_load_public(&x, 1, then, 2);
	ok(memcmp(mpc_clear_words(&x), want, sizeof(want)) == 0, "public words are loaded anew");
	mpc_vector_free(&x);
	mpc_free(S);
}

/* Clear words with clear noise; none without a word of it, but in a plan. */
static void
test_clear_noise(void)
{
	const word first[] = { 1, 2, ~(word)0 }, own[] = { 7, ~(word)1, 2 }, want[] = { 8, 0, 1 };
	const struct mpc_cost cost = { .rounds = 1, .dealt_bits = 192, .opened_bits = 192 };
	struct mpc *S = mpc_new_plain(false), *plan = mpc_new_plan(3, false);
	struct mpc_vector x, y;
	struct failure refused;

	if (S == NULL || plan == NULL || mpc_vector_new(S, &x, 3) == -1)
		tap_bail("out of memory");
	mpc_load_public(&x, 0, first, 3);
	ok(mpc_add_noise(S, &x, &x, own) == 0 && memcmp(mpc_clear_words(&x), want, sizeof(want)) ==
	    0, "plain: noise is added, mod 2^64");
	diag_divert(&refused);
	ok(mpc_add_noise(S, &x, &x, NULL) == -1 && refused.status == ST_FAILED,
	    "plain: no noise is no noise of 0");
	diag_divert(NULL);
	mpc_vector_free(&x);
	mpc_vector_new(plan, &x, 3);
	mpc_vector_new(plan, &y, 3);
	ok(mpc_add_noise(plan, &y, &x, NULL) == 0 && memcmp(mpc_declared(plan), &cost,
	    sizeof(cost)) == 0, "plan: what noise costs");
	mpc_vector_free(&x);
	mpc_vector_free(&y);
	mpc_free(S);
	mpc_free(plan);
}

int
main(void)
{
	size_t parties;

	diag_init("engine");
	test_plain_limit();
	test_public();
	test_clear_noise();
	for (parties = 2; parties <= 3; parties++) {
		test_products(parties);
		test_truncate(16, parties, false);
		test_truncate(1, parties, false);
		test_truncate(61, parties, false);
		test_truncate(16, parties, true);
		test_truncate(23, parties, true);
		test_compare(0, 63, parties);
		test_compare(16, 63, parties);
		test_compare(16, 48, parties);
		test_compare(0, 20, parties);
		test_compare(0, 3, parties);
		test_equal(64, parties);
		test_equal(17, parties);
		test_equal(2, parties);
		test_and(2, parties);
		test_and(4, parties);
		test_select(0, parties);
		test_select(16, parties);
		test_series(parties);
		test_exp2(parties);
		test_add_noise(parties);
		test_spoiled(parties);
		test_spoiled_reveal(parties);
	}
	return (tap_end());
}
