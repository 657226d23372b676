/*
 * Statistics of secret numbers on the masked engine against float64, with the errors that
 * func/divisor.h, extreme.h, histogram.h and moments.h allow.
 */

#include <stdbool.h>

#include "base/diag.h"
#include "func/beyond.h"
#include "func/divisor.h"
#include "func/extreme.h"
#include "func/function.h"
#include "func/histogram.h"
#include "func/moments.h"

#include "mapping.h"

#define F MAPPING_BITS

/* A run: words in, words out. */
struct run {
	struct mapping m;
	uint64_t divisor;
	unsigned bits;
	size_t rows, cols, step;
	enum mpc_moments_kind kind;
	const int64_t *edge;
	size_t edges;
};

static uint64_t seed = 11;

static double
uniform(void)
{

	return (mapping_uniform(&seed));
}

/* ---- division ---- */

static int
divide(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, const void *state)
{
	const struct run *r = state;

	return ((r->bits > MPC_DIVIDE_BITS) ? mpc_divide_any(S, y, x, r->divisor) :
	    mpc_divide_public(S, y, x, r->divisor, r->bits));
}

static void
test_divide(uint64_t divisor, unsigned bits, size_t parties)
{
	struct run r = { .divisor = divisor, .bits = bits };
	double worst = 0;
	int64_t v, q, d = (int64_t)divisor;
	size_t i;

	mapping_begin(&r.m, parties, 3000, 3000, divide, &r);
	for (i = 0; i < r.m.n; i++) {
		v = (int64_t)(world_random(&seed) >>
		    (64 - bits + ((i % 4 == 0) ? world_random(&seed) % bits : 0)));
		v = (i == 0) ? (int64_t)(((uint64_t)1 << bits) - 1) : (i == 2) ? 0 : v;
		r.m.x[i] = (uint64_t)((i & 1) ? -v : v);
	}
	mapping_run(&r.m);
	for (i = 0; i < r.m.n; i++) {
		v = (int64_t)r.m.x[i];
		q = v / d;
		worst = fmax(worst, fabs((double)((int64_t)r.m.y[i] - q) - (double)(v - q * d) /
		    (double)d));
	}
	ok(worst < 1.3, "division of %u bits by %" PRIu64 ": %zu parties: off by %.3f", bits,
	    divisor, parties, worst);
	mapping_end(&r.m);
}

/* ---- what a result can be ---- */

static int
clip_near(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, const void *state)
{

	(void)state;
	mpc_copy(y, x);
	return (mpc_clip_near(S, y, -100, 1000, 7));
}

/* What is beyond an end by up to 7 is brought there, and what is beyond by more stays. */
static void
test_clip_near(size_t parties)
{
	static const int64_t in[] = { -100, -101, -107, -108, 1000, 1001, 1007, 1008, 0, -5000,
		5000, (int64_t)1 << 62, -((int64_t)1 << 62), INT64_MAX / 2 };
	static const int64_t out[] = { -100, -100, -100, -108, 1000, 1000, 1000, 1008, 0, -5000,
		5000, (int64_t)1 << 62, -((int64_t)1 << 62), INT64_MAX / 2 };
	struct run r = { .bits = 0 };
	size_t n = sizeof(in) / sizeof(*in), i, wrong = 0;

	mapping_begin(&r.m, parties, n, n, clip_near, &r);
	for (i = 0; i < n; i++)
		r.m.x[i] = (uint64_t)in[i];
	mapping_run(&r.m);
	for (i = 0; i < n; i++)
		wrong += ((int64_t)r.m.y[i] != out[i]);
	ok(wrong == 0, "what rounding carries beyond an end is brought back, and nothing else: %zu "
	    "parties", parties);
	mapping_end(&r.m);
}

/* ---- largest of columns ---- */

static int
extreme(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, const void *state)
{
	const struct run *r = state;
	struct mpc_vector part, value = mpc_part(y, 0, r->cols), index = mpc_part(y, r->cols,
	    r->cols);
	struct mpc_extreme e;
	size_t first, n;
	int rc = 0;

	memset(&e, 0, sizeof(e));
	for (first = 0; first < r->rows && rc == 0; first += n) {
		n = (r->rows - first < r->step) ? r->rows - first : r->step;
		part = mpc_part(x, first * r->cols, n * r->cols);
		rc = mpc_extreme_add(S, &e, &part, n, r->cols, true, 63);
	}
	if (rc == 0) {
		mpc_copy(&value, &e.value);
		mpc_copy(&index, &e.index);
	}
	mpc_extreme_free(&e);
	return (rc);
}

static void
test_extreme(size_t rows, size_t cols, size_t step, bool far, size_t parties)
{
	struct run r = { .rows = rows, .cols = cols, .step = step };
	size_t i, j, best, wrong = 0;

	mapping_begin(&r.m, parties, rows * cols, 2 * cols, extreme, &r);
	for (i = 0; i < r.m.n; i++)
		r.m.x[i] = far ? (uint64_t)((int64_t)world_random(&seed) / 2) :
		    (uint64_t)(int64_t)floor(4 * uniform()) - 9;
	mapping_run(&r.m);
	for (j = 0; j < cols; j++) {
		for (best = 0, i = 1; i < rows; i++)
			best = ((int64_t)r.m.x[i * cols + j] > (int64_t)r.m.x[best * cols + j]) ?
			    i : best;
		wrong += (r.m.y[j] != r.m.x[best * cols + j] || r.m.y[cols + j] != best);
	}
	ok(wrong == 0, "largest of the columns of %zu x %zu, %zu rows at once: %zu parties: and "
	    "its first row", rows, cols, step, parties);
	mapping_end(&r.m);
}

/* ---- beyond ---- */

/* y[0]: whether all are in range, y[1 ...]: whether those of each column are. */
static int
beyond(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, const void *state)
{
	const struct run *r = state;
	struct mpc_vector count = { .n = 0 }, part;
	word none[8] = { 0 };
	bool all = false;
	size_t half = r->rows / 2 * r->cols, j;
	int rc = -1;

	part = mpc_part(x, 0, half);
	if (mpc_vector_new(S, &count, r->cols) == 0 &&
	    mpc_count_beyond(S, &count, &part, r->rows / 2, r->cols, r->bits) == 0) {
		part = mpc_part(x, half, x->n - half);
		rc = mpc_count_beyond(S, &count, &part, r->rows - r->rows / 2, r->cols, r->bits);
	}
	if (rc == 0 && (rc = mpc_open_all_none(S, &all, &count)) == 0)
		rc = mpc_open_none(S, none, &count);
	mpc_vector_free(&count);
	for (j = 0; rc == 0 && j <= r->cols; j++) {
		part = mpc_part(y, j, 1);
		mpc_add_public(&part, &part, (int64_t)((j == 0) ? all : none[j - 1]));
	}
	return (rc);
}

/* A word of column 1 is ${odd}, and no other one is out of range. */
static void
test_beyond(int64_t odd, bool in, unsigned bits, size_t parties)
{
	struct run r = { .rows = 11, .cols = 3, .bits = bits };
	size_t i;

	mapping_begin(&r.m, parties, r.rows * r.cols, 1 + r.cols, beyond, &r);
	for (i = 0; i < r.m.n; i++)
		r.m.x[i] = (uint64_t)(((i % 2 == 0) ? -1 : 1) * (int64_t)(world_random(&seed) >>
		    (64 - bits)));
	r.m.x[7 * r.cols + 1] = (uint64_t)odd;
	mapping_run(&r.m);
	ok(r.m.y[0] == in && r.m.y[1] == 1 && r.m.y[2] == in && r.m.y[3] == 1, "%" PRId64 " is %s "
	    "%u bits: %zu parties", odd, in ? "within" : "beyond", bits, parties);
	mapping_end(&r.m);
}

/* y: how many words are beyond, the magnitudes of all, and how many of these are above a limit. */
static int
beyond_sums(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, const void *state)
{
	const struct run *r = state;
	struct mpc_vector count = mpc_part(y, 0, r->cols), sums = mpc_part(y, r->cols, r->cols),
	    above = mpc_part(y, 2 * r->cols, r->cols);

	return ((mpc_count_beyond_sums(S, &count, &sums, x, r->rows, r->cols, r->bits) == -1 ||
	    mpc_count_above(S, &above, &sums, (int64_t)1 << r->bits) == -1) ? -1 : 0);
}

static void
test_beyond_sums(size_t parties)
{
	/* The words of three columns: in range, with sums at the limit and below; one beyond. */
	static const int64_t words[] = {
		-1000, 1000, 5,
		-24, -23, -1024,
		0, 0, 1,
	};
	struct run r = { .rows = 3, .cols = 3, .bits = 10 };
	size_t i;

	mapping_begin(&r.m, parties, r.rows * r.cols, 3 * r.cols, beyond_sums, &r);
	for (i = 0; i < r.m.n; i++)
		r.m.x[i] = (uint64_t)words[i];
	mapping_run(&r.m);
	ok(r.m.y[0] == 0 && r.m.y[1] == 0 && r.m.y[2] == 1 && r.m.y[3] == 1024 &&
	    r.m.y[4] == 1023 && r.m.y[5] == 1030 && r.m.y[6] == 1 && r.m.y[7] == 0,
	    "sums of magnitudes, and those that are too large: %zu parties", parties);
	mapping_end(&r.m);
}

static int
squares(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, const void *state)
{
	const struct run *r = state;

	return (mpc_add_squares(S, y, x, r->rows, r->cols));
}

/* Squares of words of up to 31 bits: each is off by less than 1 unit. */
static void
test_squares(size_t parties)
{
	struct run r = { .rows = 50, .cols = 3 };
	double sum[3] = { 0 };
	size_t i;
	bool right = true;

	mapping_begin(&r.m, parties, r.rows * r.cols, r.cols, squares, &r);
	for (i = 0; i < r.m.n; i++) {
		r.m.x[i] = (uint64_t)((int64_t)world_random(&seed) >> (33 + 7 * (i % r.cols)));
		sum[i % r.cols] += (double)(int64_t)r.m.x[i] * (double)(int64_t)r.m.x[i];
	}
	mapping_run(&r.m);
	for (i = 0; i < r.cols; i++)
		right = right && fabs((double)(int64_t)r.m.y[i] - ldexp(sum[i],
		    -BEYOND_SQUARE_CUT)) < (double)r.rows;
	ok(right, "sums of squares: %zu parties", parties);
	mapping_end(&r.m);
}

/* ---- moments ---- */

#define RANGE 31 /* of words, as of numbers below 2^15 */

static size_t
second_words(const struct run *r)
{

	return ((r->kind == MPC_PRODUCTS) ? r->cols * r->cols : r->cols);
}

/* y = the means, and the second moments, divided by the rows. */
static int
moments(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, const void *state)
{
	const struct run *r = state;
	struct mpc_vector part, mean = mpc_part(y, 0, r->cols),
	    second = mpc_part(y, r->cols, second_words(r));
	struct mpc_moments m;
	struct mpc_central w;
	size_t first, n;
	int rc;

	memset(&w, 0, sizeof(w));
	rc = mpc_moments_new(S, &m, r->kind, r->cols, r->bits);
	for (first = 0; first < r->rows && rc == 0; first += n) {
		n = (r->rows - first < r->step) ? r->rows - first : r->step;
		part = mpc_part(x, first * r->cols, n * r->cols);
		rc = mpc_moments_add(S, &m, &part, n);
	}
	if (rc == 0 && (rc = mpc_moments_mean(S, &mean, &m)) == 0 &&
	    (rc = mpc_moments_central(S, &w, &m)) == 0)
		rc = mpc_central_divide(S, &second, &w, r->rows, F);
	mpc_central_free(&w);
	mpc_moments_free(&m);
	return (rc);
}

static int
correlation(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, const void *state)
{
	const struct run *r = state;
	struct mpc_moments m;
	struct mpc_central w;
	int rc = -1;

	memset(&w, 0, sizeof(w));
	if (mpc_moments_new(S, &m, MPC_PRODUCTS, r->cols, RANGE) == 0 &&
	    mpc_moments_add(S, &m, x, r->rows) == 0 && mpc_moments_central(S, &w, &m) == 0)
		rc = mpc_correlation(S, y, &w, F);
	mpc_moments_free(&m);
	mpc_central_free(&w);
	return (rc);
}

static double
mean_of(const struct run *r, size_t col)
{
	double sum = 0;
	size_t i;

	for (i = 0; i < r->rows; i++)
		sum += mapping_real(r->m.x[i * r->cols + col]);
	return (sum / (double)r->rows);
}

static double
central_of(const struct run *r, size_t a, size_t b)
{
	bool errors = (r->kind == MPC_ERRORS);
	double sum = 0, ma = errors ? 0 : mean_of(r, a), mb = errors ? 0 : mean_of(r, b);
	size_t i;

	for (i = 0; i < r->rows; i++)
		sum += (mapping_real(r->m.x[i * r->cols + a]) - ma) *
		    (mapping_real(r->m.x[i * r->cols + b]) - mb);
	return (sum);
}

/*
 * Columns of very different sizes that have something to do with each other; sorted, the first rows
 * are not like others.
 */
static void
fill(struct run *r, bool sorted)
{
	static const double sigma[] = { 500, 0.004, 1, 30, 7000 }, middle[] = { 3000, -0.5, 0, 100,
	    6000 };
	double common;
	size_t i, j;

	for (i = 0; i < r->rows; i++) {
		common = sorted ? 3.4 * (double)i / (double)r->rows - 1.7 : mapping_normal(&seed);
		for (j = 0; j < r->cols; j++)
			r->m.x[i * r->cols + j] = mapping_word(middle[j % 5] +
			    sigma[j % 5] * (0.7 * common + 0.7 * mapping_normal(&seed)));
	}
}

/*
 * What a covariance may be off by: units of the last place; what a division loses; and, for each
 * column that may be a coarse one, what cutting off 15 bits does at random to so many rows.
 */
static double
allowed(const struct run *r, size_t i, size_t j, double want)
{
	double rows = (double)r->rows, cut = (r->bits < 17) ? 0 : ldexp(1, (int)r->bits - 16 - F),
	    si = sqrt(central_of(r, i, i) / rows), sj = sqrt(central_of(r, j, j) / rows);

	si = (si * sqrt(rows) < ldexp(1, 30 - F) / 2) ? 0 : si;
	sj = (sj * sqrt(rows) < ldexp(1, 30 - F) / 2) ? 0 : sj;
	return (ldexp(3, -F) + ldexp(fabs(want), -16) + 2 * cut * (((si > 0) ?
	    sqrt(central_of(r, j, j) / rows) : 0) + ((sj > 0) ? sqrt(central_of(r, i, i) / rows) :
	    0)) / sqrt(rows) + ((si > 0 && sj > 0) ? cut * cut / 2 : 0));
}

static void
test_moments(enum mpc_moments_kind kind, size_t rows, size_t cols, size_t step, bool sorted,
    size_t parties, unsigned range)
{
	struct run r = { .kind = kind, .rows = rows, .cols = cols, .step = step, .bits = range };
	double want, worst = 0, worst_mean = 0;
	size_t i, j, at;

	mapping_begin(&r.m, parties, rows * cols, cols + second_words(&r), moments, &r);
	fill(&r, sorted);
	for (i = 0; range < RANGE && i < r.m.n; i++)
		r.m.x[i] = (uint64_t)((int64_t)r.m.x[i] >> (RANGE - range));
	mapping_run(&r.m);
	for (i = 0; i < cols; i++) {
		worst_mean = fmax(worst_mean, fabs((double)(int64_t)r.m.y[i] - ldexp(mean_of(&r, i),
		    F)));
		for (j = 0; j < cols; j++) {
			if (kind != MPC_PRODUCTS && i != j)
				continue;
			at = cols + ((kind == MPC_PRODUCTS) ? i * cols + j : i);
			want = central_of(&r, i, j) / (double)rows;
			worst = fmax(worst, fabs(mapping_real(r.m.y[at]) - want) / allowed(&r, i, j,
			    want));
		}
	}
	ok(worst_mean < 1.31, "mean of %zu x %zu: %zu parties: off by %.3f units", rows, cols,
	    parties, worst_mean);
	ok(worst <= 1, "%s of %zu x %zu, %zu rows at once, below 2^%u: %zu parties: %.3f of the "
	    "error allowed", (kind == MPC_PRODUCTS) ? "covariances" : (kind == MPC_ERRORS) ?
	    "mean squares" : "variances", rows, cols, step, range, parties, worst);
	mapping_end(&r.m);
}

static void
test_correlation(size_t rows, size_t cols, size_t parties)
{
	struct run r = { .rows = rows, .cols = cols };
	double want, worst = 0;
	size_t i, j, wrong = 0;

	mapping_begin(&r.m, parties, rows * cols, cols * cols, correlation, &r);
	fill(&r, false);
	/* One column hardly varies. */
	for (i = 0; i < rows; i++)
		r.m.x[i * cols + 5] = mapping_word(77.7) + (i & 1);
	mapping_run(&r.m);
	for (i = 0; i < cols; i++) {
		for (j = 0; j < cols; j++) {
			want = central_of(&r, i, j) / sqrt(central_of(&r, i, i) * central_of(&r, j,
			    j));
			if (i == 5 || j == 5)
				wrong += (r.m.y[i * cols + j] != 0);
			else
				worst = fmax(worst, fabs(mapping_real(r.m.y[i * cols + j]) - want));
		}
	}
	ok(worst < 2.6e-5, "correlation of %zu x %zu: %zu parties: off by %.2g", rows, cols,
	    parties, worst);
	ok(wrong == 0, "that with a column that hardly varies is 0");
	mapping_end(&r.m);
}

/* ---- means of what is there ---- */

static int
present(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, const void *state)
{
	const struct run *r = state;
	struct mpc_vector sum = mpc_part(x, 0, r->cols), count = mpc_part(x, r->cols, r->cols);

	return (mpc_mean_present(S, y, &sum, &count));
}

static void
test_present(size_t parties)
{
	struct run r = { .cols = 2000 };
	double worst = 0;
	size_t i;
	int64_t count, mean;

	mapping_begin(&r.m, parties, 2 * r.cols, r.cols, present, &r);
	for (i = 0; i < r.cols; i++) {
		count = (int64_t)(world_random(&seed) >> (38 + world_random(&seed) % 26));
		count = (i == 0) ? 0 : (i == 1) ? 1 : (i == 2) ? (1 << 26) - 1 : count;
		mean = (int64_t)(world_random(&seed) >> (33 + world_random(&seed) % 31));
		mean = (i == 2) ? INT64_C(0x7fffffff) : (i % 2 == 0) ? mean : -mean;
		r.m.x[i] = (uint64_t)(mean * count + ((mean > 0) ? -count / 3 : count / 3));
		r.m.x[r.cols + i] = (uint64_t)count;
	}
	mapping_run(&r.m);
	for (i = 0; i < r.cols; i++) {
		count = (int64_t)r.m.x[r.cols + i];
		worst = fmax(worst, fabs((double)(int64_t)r.m.y[i] - ((count == 0) ? 0 :
		    (double)(int64_t)r.m.x[i] / (double)count)));
	}
	ok(r.m.y[0] == 0 && worst < 2, "means of what is there, divided by secret counts: %zu "
	    "parties: off by %.3f units", parties, worst);
	mapping_end(&r.m);
}

/* ---- histograms ---- */

static int
histogram(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, const void *state)
{
	const struct run *r = state;
	size_t cells = (r->edges - 1) * r->cols, half = r->rows / 3;
	struct mpc_vector all = mpc_part(y, 0, cells), large = mpc_part(y, cells, cells);
	struct mpc_vector one = mpc_part(x, 0, half * r->cols), two = mpc_part(x, half * r->cols,
	    (r->rows - half) * r->cols);
	struct mpc_histogram h;
	int rc = -1;

	if (mpc_histogram_new(S, &h, r->cols, r->edge, r->edges) == 0 &&
	    mpc_histogram_add(S, &h, &one, half) == 0 &&
	    mpc_histogram_add(S, &h, &two, r->rows - half) == 0 &&
	    mpc_histogram_cells(S, &all, &h, 1) == 0)
		rc = mpc_histogram_cells(S, &large, &h, 11);
	mpc_histogram_free(&h);
	return (rc);
}

static void
test_histogram(size_t rows, size_t cols, size_t parties)
{
	static const int64_t edge[] = { -50, -5, 0, 1, 5, 40, 41 };
	const size_t edges = sizeof(edge) / sizeof(*edge);
	struct run r = { .rows = rows, .cols = cols, .edge = edge, .edges = edges };
	size_t i, j, k, wrong = 0;
	uint64_t want;

	mapping_begin(&r.m, parties, rows * cols, 2 * (edges - 1) * cols, histogram, &r);
	for (i = 0; i < r.m.n; i++)
		r.m.x[i] = (uint64_t)(int64_t)floor(120 * uniform() - 60);
	r.m.x[0] = (uint64_t)INT64_MAX / 2;
	r.m.x[1] = (uint64_t)(INT64_MIN / 2);
	mapping_run(&r.m);
	for (k = 0; k + 1 < edges; k++) {
		for (j = 0; j < cols; j++) {
			for (want = 0, i = 0; i < rows; i++)
				want += ((int64_t)r.m.x[i * cols + j] >= edge[k] &&
				    (int64_t)r.m.x[i * cols + j] < edge[k + 1]);
			wrong += (r.m.y[k * cols + j] != want);
			wrong += (r.m.y[(edges - 1 + k) * cols + j] != (want >= 11 ? want : 0));
		}
	}
	ok(wrong == 0, "histogram of %zu x %zu: %zu parties: cells, and those of 11 and more", rows,
	    cols, parties);
	mapping_end(&r.m);
}

int
main(void)
{

	diag_init("statistic");
	test_divide(1, 61, 2);
	test_divide(2, 61, 2);
	test_divide(3, 61, 2);
	test_divide(3, 20, 2);
	test_divide(7, 61, 3);
	test_divide(569, 61, 2);
	test_divide(4096, 61, 3);
	test_divide(1000003, 61, 2);
	test_divide(((uint64_t)1 << 35) - 1, 61, 2);
	test_divide(((uint64_t)1 << 34) + 1, 40, 2);
	test_divide(1, 63, 2);
	test_divide(3, 63, 2);
	test_divide(4, 63, 3);
	test_divide(569, 63, 2);
	test_divide(((uint64_t)1 << 35) - 1, 63, 3);
	test_clip_near(2);
	test_clip_near(3);
	test_extreme(1, 3, 5, false, 2);
	test_extreme(150, 3, 1000, false, 2);
	test_extreme(50, 70, 7, false, 3);
	test_extreme(45, 2, 16, true, 2);
	test_beyond(INT64_C(1) << 31, false, 31, 2);
	test_beyond((INT64_C(1) << 31) - 1, true, 31, 3);
	test_beyond(-(INT64_C(1) << 31), false, 31, 2);
	test_beyond(1 - (INT64_C(1) << 31), true, 31, 2);
	test_beyond(INT64_MAX, false, 31, 2);
	test_beyond(INT64_MIN, false, 31, 2);
	test_beyond_sums(2);
	test_beyond_sums(3);
	test_squares(2);
	test_squares(3);
	test_moments(MPC_SQUARES, 569, 6, 1000, false, 2, RANGE);
	test_moments(MPC_ERRORS, 569, 6, 100, false, 2, RANGE);
	test_moments(MPC_PRODUCTS, 569, 6, 1000, false, 2, RANGE);
	test_moments(MPC_PRODUCTS, 1000, 6, 100, false, 3, RANGE);
	test_moments(MPC_PRODUCTS, 1000, 6, 300, true, 2, RANGE);
	test_moments(MPC_PRODUCTS, 1000, 6, 300, true, 2, 26);
	test_moments(MPC_PRODUCTS, 1000, 6, 300, true, 2, 16);
	test_moments(MPC_SQUARES, 1000, 6, 300, true, 2, RANGE);
	test_moments(MPC_PRODUCTS, 2, 1, 1, false, 2, RANGE);
	test_present(2);
	test_present(3);
	test_correlation(569, 7, 2);
	test_correlation(90, 6, 3);
	test_histogram(300, 3, 2);
	test_histogram(41, 2, 3);
	return (tap_end());
}
