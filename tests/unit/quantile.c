/*
 * Quantiles, modes and ranks of secret numbers: against plain loops on sorted words, by two and
 * three computing parties and in the clear.
 */

#include <math.h>

#include "base/diag.h"
#include "func/quantile.h"
#include "func/ranks.h"

#include "tap.h"
#include "world.h"

#define MAX_ROWS 2000
#define AT 6       /* quantiles */
#define COLS 3     /* of correlations */
/* quantiles, the mode, ranks, their correlations */
#define RESULTS (AT + 1 + MAX_ROWS + COLS * COLS)
#define CORRELATIONS (RESULTS - COLS * COLS)
#define F 16

static const uint64_t numerators[AT] = { 0, 250000, 500000, 123457, 900000, 1000000 };
#define DENOMINATOR ((uint64_t)1000000)

struct test {
	const char *name;
	size_t rows, parties;
	int64_t low, high;
	bool sparse;       /* values are missing: each third, or all */
	bool none;
	bool two;          /* values are in two rows alone */
	size_t first;      /* so many rows have the lowest word, all others the highest */
	uint64_t x[MAX_ROWS], present[MAX_ROWS];
	/* beside x: a column with values missing in other rows, and one that is whole */
	uint64_t other[2][MAX_ROWS], other_present[MAX_ROWS];
	struct world_held results;
};

/* ---- what is right ---- */

static int
compare_words(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return ((x > y) - (x < y));
}

/* Those that are there, in order. */
static size_t
sorted_values(const struct test *t, int64_t *sorted)
{
	size_t i, n = 0;

	for (i = 0; i < t->rows; i++) {
		if (t->present[i] != 0)
			sorted[n++] = (int64_t)t->x[i];
	}
	qsort(sorted, n, sizeof(*sorted), compare_words);
	return (n);
}

/* below + weight / D (above - below), where above - below = a D + b. */
static int64_t
right_quantile(const int64_t *sorted, size_t n, uint64_t numerator)
{
	uint64_t h, weight, apart;
	size_t k;

	if (n == 0)
		return (0);
	h = (n - 1) * numerator;
	k = (size_t)(h / DENOMINATOR);
	weight = h % DENOMINATOR;
	if (weight == 0)
		return (sorted[k]);
	apart = (uint64_t)sorted[k + 1] - (uint64_t)sorted[k];
	return ((int64_t)((uint64_t)sorted[k] + apart / DENOMINATOR * weight +
	    (apart % DENOMINATOR * weight + DENOMINATOR / 2) / DENOMINATOR));
}

static int64_t
right_mode(const int64_t *sorted, size_t n)
{
	size_t i, run = 0, most = 0;
	int64_t mode = 0;

	for (i = 0; i < n; i++) {
		run = (i > 0 && sorted[i] == sorted[i - 1]) ? run + 1 : 1;
		if (run > most) {
			most = run;
			mode = sorted[i];
		}
	}
	return (mode);
}

static bool
is_there(const struct test *t, size_t column, size_t row)
{

	return ((column == 0) ? t->present[row] != 0 : (column == 1) ?
	    !t->sparse || t->other_present[row] != 0 : true);
}

/* As many as are less, less as many as are greater, of the rows that two columns have. */
static int64_t
right_rank(const struct test *t, size_t column, size_t beside, size_t row)
{
	const uint64_t *words = (column == 0) ? t->x : t->other[column - 1];
	int64_t rank = 0, x = (int64_t)words[row];
	size_t i;

	if (!is_there(t, column, row) || !is_there(t, beside, row))
		return (0);
	for (i = 0; i < t->rows; i++) {
		if (is_there(t, column, i) && is_there(t, beside, i))
			rank += ((int64_t)words[i] < x) - ((int64_t)words[i] > x);
	}
	return (rank);
}

static double
right_correlation(const struct test *t, size_t a, size_t b)
{
	double x, y, xx = 0, xy = 0, yy = 0;
	size_t i;

	for (i = 0; i < t->rows; i++) {
		x = (double)right_rank(t, a, b, i);
		y = (double)right_rank(t, b, a, i);
		xx += x * x;
		xy += x * y;
		yy += y * y;
	}
	return ((xx == 0 || yy == 0) ? 0 : xy / sqrt(xx * yy));
}

static bool
are_right_correlations(const struct test *t, const uint64_t *results)
{
	size_t i, j;
	double due;

	for (i = 0; i < COLS; i++) {
		for (j = 0; j < COLS; j++) {
			due = right_correlation(t, i, j);
			if (fabs(ldexp((double)(int64_t)results[i * COLS + j], -F) - due) > 3e-5)
				return (false);
		}
	}
	return (true);
}

static bool
is_right(const struct test *t, const uint64_t *results)
{
	static int64_t sorted[MAX_ROWS];
	size_t n = sorted_values(t, sorted), i;
	bool right = true;

	for (i = 0; i < AT; i++)
		right = right && (int64_t)results[i] == right_quantile(sorted, n, numerators[i]);
	right = right && (int64_t)results[AT] == right_mode(sorted, n);
	for (i = 0; i < t->rows; i++)
		right = right && (int64_t)results[AT + 1 + i] == right_rank(t, 0, 0, i);
	return (right && are_right_correlations(t, results + CORRELATIONS));
}

/* ---- computing ---- */

static int
find_quantiles(struct mpc *S, struct mpc_vector *y, const struct mpc_ranked *r)
{
	const struct mpc_quantiles q = { AT, numerators, DENOMINATOR };
	struct mpc_neighbours nb;
	struct mpc_between z;
	int rc = 0;

	rc |= mpc_neighbours_new(S, &nb, AT);
	rc |= mpc_between_new(S, &z, AT);
	if (rc == 0 && (rc = mpc_neighbours_find(S, &nb, 0, r, &q)) == 0 &&
	    (rc = mpc_interpolate(S, &z, &nb, DENOMINATOR)) == 0)
		rc = mpc_between_round(S, y, &z, DENOMINATOR);
	mpc_neighbours_free(&nb);
	mpc_between_free(&z);
	return (rc);
}

/* What a test computes on, each of ${rows} words. */
enum { X, PRESENT, OTHER, WHOLE, OTHER_PRESENT, INPUTS };

static const uint64_t *
input_words(const struct test *t, int i)
{

	return ((i == X) ? t->x : (i == PRESENT) ? t->present : (i == OTHER_PRESENT) ?
	    t->other_present : t->other[i - OTHER]);
}

static int
find_all(struct mpc *S, const struct test *t, struct mpc_vector *results,
    const struct mpc_vector in[INPUTS])
{
	const struct mpc_ranked columns[COLS] = {
		{ &in[X], t->sparse ? &in[PRESENT] : NULL, t->low, t->high, false },
		{ &in[OTHER], t->sparse ? &in[OTHER_PRESENT] : NULL, -3, 3, false },
		{ &in[WHOLE], NULL, 1, 9, false },
	};
	struct mpc_vector quantiles = mpc_part(results, 0, AT), mode = mpc_part(results, AT, 1),
	    ranks = mpc_part(results, AT + 1, t->rows),
	    correlations = mpc_part(results, CORRELATIONS, COLS * COLS);

	if (find_quantiles(S, &quantiles, columns) == -1 || mpc_mode(S, &mode, columns) == -1 ||
	    mpc_ranks(S, &ranks, columns) == -1)
		return (-1);
	return (mpc_rank_correlation(S, &correlations, columns, COLS, F));
}

static int
run_party(struct mpc *S, size_t self, void *state)
{
	struct test *t = state;
	struct mpc_vector in[INPUTS], results;
	int rc = 0, i;

	for (i = 0; i < INPUTS; i++) {
		rc |= mpc_vector_new(S, &in[i], t->rows);
		world_share(t->parties, self, in[i].held.m, in[i].held.lam, input_words(t, i),
		    t->rows, (uint64_t)i + 1, false);
	}
	rc |= mpc_vector_new(S, &results, RESULTS);
	if (rc == 0 && (rc = find_all(S, t, &results, in)) == 0)
		rc = mpc_check(S);
	world_hold(&t->results, self, results.held.m, results.held.lam, results.n);
	for (i = 0; i < INPUTS; i++)
		mpc_vector_free(&in[i]);
	mpc_vector_free(&results);
	return (rc);
}

static void
test_clear(const struct test *t, bool faithful)
{
	struct mpc *S = mpc_new_plain(faithful);
	struct mpc_vector in[INPUTS], results;
	int rc = 0, i;

	for (i = 0; i < INPUTS; i++) {
		rc |= mpc_vector_new(S, &in[i], t->rows);
		memcpy(in[i].held.m, input_words(t, i), t->rows * sizeof(uint64_t));
	}
	rc |= mpc_vector_new(S, &results, RESULTS);
	if (rc == 0)
		rc = find_all(S, t, &results, in);
	ok(rc == 0 && is_right(t, results.held.m), "%s: in the clear%s: as sorted words have it",
	    t->name, faithful ? ", faithful" : "");
	for (i = 0; i < INPUTS; i++)
		mpc_vector_free(&in[i]);
	mpc_vector_free(&results);
	mpc_free(S);
}

static void
test_secret(struct test *t)
{
	static uint64_t results[RESULTS];
	bool opens, costs = true;
	struct world w;
	size_t p;

	memset(&w, 0, sizeof(w));
	w.n = t->parties;
	if (!ok(world_run(&w, run_party, t) == 0, "%s: %zu parties: runs", t->name, t->parties))
		exit(1);
	opens = world_open(&t->results, t->parties, results, RESULTS, false);
	ok(opens && is_right(t, results), "%s: %zu parties: as sorted words have it", t->name,
	    t->parties);
	for (p = 0; p <= t->parties; p++)
		costs = costs && memcmp(&w.party[p].declared, &w.party[p].counted,
		    sizeof(struct mpc_cost)) == 0;
	ok(costs, "%s: %zu parties: costs what it declares", t->name, t->parties);
}

#define ANY_LOW (-((int64_t)1 << 62))
#define ANY_HIGH (((int64_t)1 << 62) - 1)

/* Both ends are there, if there is room. */
static void
fill(struct test *t, uint64_t *state)
{
	uint64_t width = (uint64_t)t->high - (uint64_t)t->low + 1, other = t->rows;
	size_t i;

	for (i = 0; i < t->rows; i++) {
		t->present[i] = t->two ? (i == 3 || i == 4) :
		    !t->sparse || (!t->none && world_random(state) % 3 > 0);
		t->x[i] = (t->present[i] == 0) ? 0 : (t->first > 0) ? (uint64_t)((i < t->first) ?
		    t->low : t->high) : (i == 3) ? (uint64_t)t->high : (i == 4) ?
		    (uint64_t)t->low : (uint64_t)t->low + world_random(state) % width;
	}
	/* From a state of its own, so that x is what it was. */
	for (i = 0; i < t->rows; i++) {
		t->other_present[i] = world_random(&other) % 4 > 0;
		t->other[0][i] = t->other_present[i] * (world_random(&other) % 7 - 3);
		t->other[1][i] = 1 + world_random(&other) % 3 + t->x[i] % 7;
	}
}

int
main(void)
{
	static struct test tests[] = {
		{ .name = "one row", .rows = 1, .low = -5, .high = 5 },
		{ .name = "two rows", .rows = 2, .low = -50, .high = 50 },
		{ .name = "three rows", .rows = 3, .low = -1, .high = 1 },
		{ .name = "numbers", .rows = 900, .low = -(1 << 30), .high = 1 << 30 },
		{ .name = "ties", .rows = 1300, .low = -3, .high = 3 },
		{ .name = "all the same", .rows = 64, .low = 7, .high = 7 },
		{ .name = "two long runs", .rows = 100, .low = 0, .high = 1, .first = 55 },
		{ .name = "any words", .rows = 65, .low = ANY_LOW, .high = ANY_HIGH },
		{ .name = "five of any words", .rows = 5, .low = ANY_LOW, .high = ANY_HIGH },
		{ .name = "missing values", .rows = 700, .low = -90, .high = 90, .sparse = true },
		{ .name = "few, some missing", .rows = 7, .low = 0, .high = 3, .sparse = true },
		{ .name = "wide, some missing", .rows = 40, .low = ANY_LOW / 2,
		    .high = ANY_HIGH / 2, .sparse = true },
		{ .name = "all missing", .rows = 9, .low = -9, .high = 90, .sparse = true,
		    .none = true },
		{ .name = "two of many", .rows = 1000, .low = 0, .high = 9, .sparse = true,
		    .two = true },
		{ .name = "one, missing", .rows = 1, .low = 0, .high = 9, .sparse = true,
		    .none = true },
	};
	uint64_t state = 7;
	size_t i;

	diag_init("quantile");
	for (i = 0; i < sizeof(tests) / sizeof(*tests); i++) {
		fill(&tests[i], &state);
		test_clear(&tests[i], false);
		test_clear(&tests[i], true);
		for (tests[i].parties = 2; tests[i].parties <= 3; tests[i].parties++)
			test_secret(&tests[i]);
	}
	return (tap_end());
}
