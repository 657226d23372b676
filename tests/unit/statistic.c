/*
 * Statistics of secret numbers on the masked engine against float64, with the errors that
 * func/divisor.h, extreme.h, histogram.h and moments.h allow.
 */

#include <stdbool.h>

#include "base/diag.h"
#include "func/divisor.h"
#include "func/extreme.h"
#include "func/function.h"
#include "func/histogram.h"
#include "func/moments.h"
#include "func/squares.h"

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

	return (mpc_divide_public(S, y, x, r->divisor, r->bits));
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
		v = (i == 0) ? ((int64_t)1 << bits) - 1 : (i == 2) ? 0 : v;
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

/* ---- sums of squares ---- */

/* low, high, and the sum divided by 2^bits, for each column. */
static int
squares(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, const void *state)
{
	const struct run *r = state;
	size_t first, n;
	struct mpc_squares q;
	struct mpc_vector part, low = mpc_part(y, 0, r->cols), high = mpc_part(y, r->cols, r->cols),
	    pick = mpc_part(y, 2 * r->cols, r->cols);
	int rc;

	rc = mpc_squares_new(S, &q, r->cols);
	for (first = 0; first < r->rows && rc == 0; first += n) {
		n = (r->rows - first < r->step) ? r->rows - first : r->step;
		part = mpc_part(x, first * r->cols, n * r->cols);
		rc = mpc_squares_add(S, &q, &part, n);
	}
	if (rc == 0 && (rc = mpc_squares_pick(S, &pick, &q, r->bits)) == 0) {
		mpc_copy(&low, &q.low);
		mpc_copy(&high, &q.high);
	}
	mpc_squares_free(&q);
	return (rc);
}

/* Columns of all sizes, from a unit to the end of the range. */
static void
test_squares(size_t rows, size_t step, size_t parties)
{
	static const unsigned bits[] = { 0, 10, 25, 31, 33, 33 };
	enum { COLS = sizeof(bits) / sizeof(*bits) };
	struct run r = { .rows = rows, .cols = COLS, .step = step, .bits = 24 };
	double sum, groups = 0, off_high = 0, off_pick = 0;
	uint64_t low;
	int64_t v;
	size_t i, j, wrong = 0;

	mapping_begin(&r.m, parties, rows * COLS, 3 * COLS, squares, &r);
	for (i = 0; i < r.m.n; i++) {
		v = (int64_t)(world_random(&seed) >> (64 - bits[i % COLS]) % 64);
		v = (bits[i % COLS] == 0) ? 1 : (i % COLS == COLS - 1) ? ((int64_t)1 << 33) - 1 : v;
		r.m.x[i] = (uint64_t)((i & 1) ? -v : v);
	}
	mapping_run(&r.m);
	for (i = 0; i < rows; i += step)
		groups += ceil((double)((rows - i < step) ? rows - i : step) / 1024);
	for (j = 0; j < COLS; j++) {
		for (sum = 0, low = 0, i = j; i < r.m.n; i += COLS) {
			low += r.m.x[i] * r.m.x[i];
			sum += pow((double)(int64_t)r.m.x[i], 2);
		}
		wrong += (r.m.y[j] != low);
		off_high = fmax(off_high, fabs((double)(int64_t)r.m.y[COLS + j] -
		    ldexp(sum, -34)) - 1e-14 * ldexp(sum, -34));
		off_pick = fmax(off_pick, fabs((double)(int64_t)r.m.y[2 * COLS + j] -
		    ldexp(sum, -24)) / ((sum < 0x1p60) ? 1 + 1e-14 * ldexp(sum, -24) :
		    ldexp(groups + 1, 10) + 1e-14 * ldexp(sum, -24)));
	}
	ok(wrong == 0 && off_high <= groups && off_pick <= 1, "squares of %zu rows, %zu at once: "
	    "%zu parties: exact mod 2^64, off by %.2f groups of %g beyond, %.2f of what is allowed "
	    "in one word", rows, step, parties, off_high, groups, off_pick);
	mapping_end(&r.m);
}

/* ---- moments ---- */

static int
moments(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, const void *state)
{
	const struct run *r = state;
	size_t first, n, second = r->m.out_n - r->cols;
	struct mpc_vector part, mean = mpc_part(y, 0, r->cols), central = mpc_part(y, r->cols,
	    second);
	struct mpc_moments m;
	int rc;

	rc = mpc_moments_new(S, &m, r->kind, r->cols, F);
	for (first = 0; first < r->rows && rc == 0; first += n) {
		n = (r->rows - first < r->step) ? r->rows - first : r->step;
		part = mpc_part(x, first * r->cols, n * r->cols);
		rc = mpc_moments_add(S, &m, &part, n);
	}
	if (rc == 0 && (rc = mpc_moments_mean(S, &mean, &m)) == 0)
		rc = mpc_moments_central(S, &central, &m);
	mpc_moments_free(&m);
	return (rc);
}

static int
correlation(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, const void *state)
{
	const struct run *r = state;
	struct mpc_moments m;
	struct mpc_vector w;
	int rc = -1;

	memset(&w, 0, sizeof(w));
	if (mpc_moments_new(S, &m, MPC_PRODUCTS, r->cols, F) == 0 &&
	    mpc_vector_new(S, &w, r->cols * r->cols) == 0 &&
	    mpc_moments_add(S, &m, x, r->rows) == 0 && mpc_moments_central(S, &w, &m) == 0)
		rc = mpc_correlation(S, y, &w, r->cols, r->rows, F);
	mpc_moments_free(&m);
	mpc_vector_free(&w);
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
	double sum = 0, ma = mean_of(r, a), mb = mean_of(r, b);
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
	static const double sigma[] = { 500, 0.004, 1, 30 }, middle[] = { 3000, -0.5, 0, 100 };
	double common;
	size_t i, j;

	for (i = 0; i < r->rows; i++) {
		common = sorted ? 3.4 * (double)i / (double)r->rows - 1.7 : mapping_normal(&seed);
		for (j = 0; j < r->cols; j++)
			r->m.x[i * r->cols + j] = mapping_word(middle[j % 4] +
			    sigma[j % 4] * (0.7 * common + 0.7 * mapping_normal(&seed)));
	}
}

static void
test_moments(enum mpc_moments_kind kind, size_t rows, size_t cols, size_t step, bool sorted,
    size_t parties)
{
	struct run r = { .kind = kind, .rows = rows, .cols = cols, .step = step };
	double got, want, worst = 0, worst_mean = 0, allowed;
	size_t i, j, at;

	mapping_begin(&r.m, parties, rows * cols, cols + ((kind == MPC_SQUARES) ? cols :
	    cols * cols), moments, &r);
	fill(&r, sorted);
	mapping_run(&r.m);
	for (i = 0; i < cols; i++) {
		worst_mean = fmax(worst_mean, fabs((double)(int64_t)r.m.y[i] - ldexp(mean_of(&r, i),
		    F)));
		for (j = 0; j < cols; j++) {
			if (kind == MPC_SQUARES && i != j)
				continue;
			at = cols + ((kind == MPC_SQUARES) ? i : i * cols + j);
			got = ldexp((double)(int64_t)r.m.y[at], -(int)mpc_moments_bits(F)) /
			    (double)rows;
			want = central_of(&r, i, j) / (double)rows;
			/*
			 * In variances: what moments.h has, divided by the rows; d is below the
			 * standard deviation.
			 */
			allowed = (step >= rows) ? ldexp(1, -9) + 1.0 / (double)rows :
			    1.0 / 32 + 1.5 * (sqrt(central_of(&r, i, i) / (double)rows) +
			    sqrt(central_of(&r, j, j) / (double)rows)) +
			    ((double)rows / (double)step + 2) / (double)rows;
			worst = fmax(worst, fabs(got - want) /
			    (ldexp(allowed, -(int)mpc_moments_bits(F)) + 1e-12 * fabs(want)));
		}
	}
	ok(worst_mean < 1.31, "mean of %zu x %zu: %zu parties: off by %.3f units", rows, cols,
	    parties, worst_mean);
	ok(worst <= 1, "%s of %zu x %zu, %zu rows at once: %zu parties: %.3f of the error allowed",
	    (kind == MPC_SQUARES) ? "variances" : "covariances", rows, cols, step, parties, worst);
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
		r.m.x[i * cols + 5] = mapping_word(77.7) + 8 * (i & 1);
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
	test_squares(1, 1, 2);
	test_squares(3000, 3000, 3);
	test_squares(5000, 1300, 2);
	test_clip_near(2);
	test_clip_near(3);
	test_extreme(1, 3, 5, false, 2);
	test_extreme(150, 3, 1000, false, 2);
	test_extreme(50, 70, 7, false, 3);
	test_extreme(45, 2, 16, true, 2);
	test_moments(MPC_SQUARES, 569, 5, 1000, false, 2);
	test_moments(MPC_PRODUCTS, 569, 5, 1000, false, 2);
	test_moments(MPC_PRODUCTS, 1000, 5, 100, false, 3);
	test_moments(MPC_PRODUCTS, 1000, 5, 300, true, 2);
	test_moments(MPC_SQUARES, 1000, 5, 300, true, 2);
	test_moments(MPC_PRODUCTS, 2, 1, 1, false, 2);
	test_correlation(569, 7, 2);
	test_correlation(90, 6, 3);
	test_histogram(300, 3, 2);
	test_histogram(41, 2, 3);
	return (tap_end());
}
