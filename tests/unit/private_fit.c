/*
 * Models from sums with noise, without the noise: rows within their bounds to the unit; moments
 * exactly, and no pair of rows that changes them by more than is said; lines and logistic
 * regressions by masked parties against float64; and where the noise of a step goes.
 */

#include <math.h>

#include "nn/private.h"
#include "nn/tensor.h"

#include "mapping.h"
#include "tap.h"

#define PARTIES 2
#define COLS 4
#define WIDTH (COLS + 1)
#define ROWS 400

/* ---- rows ---- */

static const struct nn_private_span spans[COLS] = { { 0, 1 << 30 }, { -7, 8 }, { 3, 3 },
	{ -(1 << 30), (1 << 30) + 12346 } };

static int
work_rows(struct mpc *S, struct mpc_vector *z, const struct mpc_vector *x, const void *state)
{

	(void)state;
	return (nn_private_rows(S, z, x, spans, ROWS, COLS));
}

/* Words of every span, its ends among them. */
static void
fill_spans(uint64_t *x)
{
	uint64_t random = 3;
	size_t i, j;

	for (i = 0; i < ROWS; i++) {
		for (j = 0; j < COLS; j++)
			x[i * COLS + j] = (uint64_t)((i % 4 == 0) ? spans[j].low : (i % 4 == 1) ?
			    spans[j].high : spans[j].low + (int64_t)(mapping_uniform(&random) *
			    (double)(spans[j].high - spans[j].low)));
	}
}

static double
expected_unit(const struct nn_private_span *s, int64_t x)
{

	return ((s->high == s->low) ? 0 : (2.0 * (double)x - (double)s->low - (double)s->high) /
	    (double)(s->high - s->low));
}

static void
test_rows(void)
{
	struct mapping m;
	double off = 0, most = 0, u;
	size_t i, j;
	bool ends = true;

	mapping_begin(&m, PARTIES, ROWS * COLS, ROWS * WIDTH, work_rows, NULL);
	fill_spans(m.x);
	mapping_run(&m);
	for (i = 0; i < ROWS; i++) {
		ends = ends && m.y[i * WIDTH] == 1 << NN_PRIVATE_BITS;
		for (j = 0; j < COLS; j++) {
			u = ldexp((double)(int64_t)m.y[i * WIDTH + 1 + j], -NN_PRIVATE_BITS);
			most = fmax(most, fabs(u));
			off = fmax(off, fabs(u - expected_unit(&spans[j],
			    (int64_t)m.x[i * COLS + j])));
		}
	}
	ok(ends && most == 1 && off < 1.001 / (1 << NN_PRIVATE_BITS),
	    "rows are -1 to 1 and not a unit more, and off by less than one");
	ok(m.declared.rounds == 1, "in a round");
	mapping_end(&m);
}

/* ---- moments ---- */

struct moments_state {
	size_t rows, width;
};

static int
work_moments(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *z, const void *state)
{
	const struct moments_state *s = state;

	return (nn_private_moments(S, y, z, s->rows, s->width, 1));
}

/* The moments of a few rows, exactly. */
static void
exact_moments(int64_t *to, const int64_t *z, size_t rows, size_t width)
{
	size_t r, i, j, at = 0;

	for (i = 0; i < width; i++) {
		for (j = (i == 0) ? 1 : i; j < width; j++, at++) {
			to[at] = 0;
			for (r = 0; r < rows; r++)
				to[at] += z[r * width + i] * z[r * width + j];
		}
	}
}

static int64_t
random_unit(uint64_t *random, bool corner)
{
	double u = mapping_uniform(random);

	return ((int64_t)((corner ? ((u < 0.5) ? -1 : 1) : 2 * u - 1) * (1 << NN_PRIVATE_BITS)));
}

static void
test_moments(void)
{
	const struct moments_state s = { 7, WIDTH };
	int64_t z[7 * WIDTH], due[WIDTH * WIDTH];
	uint64_t random = 5;
	struct mapping m;
	size_t i;

	mapping_begin(&m, PARTIES, 7 * WIDTH, nn_private_moments_count(WIDTH), work_moments, &s);
	for (i = 0; i < 7 * WIDTH; i++) {
		z[i] = (i % WIDTH == 0) ? 1 << NN_PRIVATE_BITS : random_unit(&random, false);
		m.x[i] = (uint64_t)z[i];
	}
	mapping_run(&m);
	exact_moments(due, z, 7, WIDTH);
	ok(memcmp(due, m.y, m.out_n * sizeof(*m.y)) == 0, "moments are exact");
	mapping_end(&m);
}

/* By how much another row in place of one changes the moments, at most, of many pairs. */
static double
largest_change(size_t width, uint64_t *random)
{
	int64_t z[2][8], moments[2][64];
	double most = 0, sum;
	size_t pair, i, k;

	for (pair = 0; pair < 20000; pair++) {
		for (k = 0; k < 2; k++) {
			for (i = 0; i < width; i++)
				z[k][i] = (i == 0) ? 1 << NN_PRIVATE_BITS :
				    random_unit(random, pair % 4 != 0);
			exact_moments(moments[k], z[k], 1, width);
		}
		for (i = 0, sum = 0; i < nn_private_moments_count(width); i++)
			sum += pow((double)(moments[0][i] - moments[1][i]), 2);
		most = fmax(most, sqrt(sum));
	}
	return (most);
}

static void
test_change(void)
{
	uint64_t random = 9;
	double said, met;
	size_t width;
	bool bound = true, near = true;

	for (width = 2; width <= 8; width++) {
		said = nn_private_moments_change(width);
		met = largest_change(width, &random);
		bound = bound && met <= said;
		near = near && met >= 0.85 * said;
		tap_note("%zu columns: %.3f of what is said", width, met / said);
	}
	ok(bound && near, "no row changes moments by more than is said, some by nearly as much");
}

/* ---- models ---- */

/* z, and behind it labels: numbers, or 0 and 1 with NN_PRIVATE_RESPONSE_BITS. */
struct table {
	double z[ROWS][WIDTH], label[ROWS];
};

static void
make_table(struct table *t, bool lines, uint64_t *words)
{
	uint64_t random = 11, *labels = words + ROWS * WIDTH;
	double eta;
	size_t i, j;

	for (i = 0; i < ROWS; i++) {
		for (j = 0, eta = 0; j < WIDTH; j++) {
			words[i * WIDTH + j] = (uint64_t)((j == 0) ? 1 << NN_PRIVATE_BITS :
			    random_unit(&random, j == 3));
			t->z[i][j] = ldexp((double)(int64_t)words[i * WIDTH + j],
			    -NN_PRIVATE_BITS);
			eta += t->z[i][j] * ((double)j - 1.5);
		}
		t->label[i] = lines ? eta / 10 + 0.1 * mapping_normal(&random) :
		    (mapping_uniform(&random) < 1 / (1 + exp(-eta)));
		labels[i] = (uint64_t)llrint(ldexp(t->label[i], lines ? NN_PRIVATE_BITS :
		    NN_PRIVATE_RESPONSE_BITS));
	}
}

/* Solve A x = b, of which A is positive; both are lost. */
static void
solve_float(double A[WIDTH][WIDTH], double b[WIDTH])
{
	size_t k, i, j;
	double by;

	for (k = 0; k < WIDTH; k++) {
		for (i = 0; i < WIDTH; i++) {
			if (i == k)
				continue;
			by = A[i][k] / A[k][k];
			for (j = 0; j < WIDTH; j++)
				A[i][j] -= by * A[k][j];
			b[i] -= by * b[k];
		}
	}
	for (k = 0; k < WIDTH; k++)
		b[k] /= A[k][k];
}

/* The mean of z z', each row counted ${weight} times, with ${pull} in the diagonal. */
static void
mean_products(const struct table *t, const double *weight, double pull, double A[WIDTH][WIDTH])
{
	size_t r, i, j;

	memset(A, 0, WIDTH * WIDTH * sizeof(double));
	for (r = 0; r < ROWS; r++) {
		for (i = 0; i < WIDTH; i++) {
			for (j = 0; j < WIDTH; j++)
				A[i][j] += weight[r] * t->z[r][i] * t->z[r][j] / ROWS;
		}
	}
	for (i = 0; i < WIDTH; i++)
		A[i][i] += pull;
}

struct model_state {
	bool lines;
	double l2;
	unsigned steps;
	const word *noise; /* of party 1 alone */
};

#define RIDGE 0.01

static int
work_lines(struct mpc *S, struct mpc_vector *w, const struct mpc_vector *x, double l2)
{
	const struct nn_private_lines is = { .rows = ROWS, .width = WIDTH + 1, .l2 = l2,
		.ridge = RIDGE };
	struct mpc_vector z, moments, part = mpc_part(x, 0, ROWS * WIDTH),
	    labels = mpc_part(x, ROWS * WIDTH, ROWS);
	int rc = -1;

	if (mpc_vector_new(S, &z, ROWS * (WIDTH + 1)) == 0 &&
	    mpc_vector_new(S, &moments, nn_private_moments_count(WIDTH + 1)) == 0) {
		mpc_columns_lay(&z, WIDTH + 1, 0, &part, WIDTH, 0, WIDTH);
		mpc_columns_lay(&z, WIDTH + 1, WIDTH, &labels, 1, 0, 1);
		if (nn_private_moments(S, &moments, &z, ROWS, WIDTH + 1, 1) == 0)
			rc = nn_private_lines(S, w, &moments, &is);
	}
	mpc_vector_free(&z);
	mpc_vector_free(&moments);
	return (rc);
}

static int
work_logistic(struct mpc *S, struct mpc_vector *w, const struct mpc_vector *x,
    const struct model_state *s)
{
	const struct mpc_vector z = mpc_part(x, 0, ROWS * WIDTH),
	    labels = mpc_part(x, ROWS * WIDTH, ROWS);
	struct mpc_vector moments;
	word *none = calloc(s->steps * WIDTH, sizeof(*none));
	const struct nn_private_logistic l = { .rows = ROWS, .width = WIDTH, .steps = s->steps,
		.threads = 1, .l2 = s->l2, .ridge = RIDGE, .moments = &moments, .z = &z,
		.labels = &labels,
		.noise = (s->noise != NULL && mpc_is_dealer(S)) ? s->noise : none };
	int rc = -1;

	if (mpc_vector_new(S, &moments, nn_private_moments_count(WIDTH)) == 0 &&
	    nn_private_moments(S, &moments, &z, ROWS, WIDTH, 1) == 0)
		rc = nn_private_fit_logistic(S, w, &l);
	mpc_vector_free(&moments);
	free(none);
	return (rc);
}

static int
work_model(struct mpc *S, struct mpc_vector *w, const struct mpc_vector *x, const void *state)
{
	const struct model_state *s = state;

	return (s->lines ? work_lines(S, w, x, s->l2) : work_logistic(S, w, x, s));
}

/* Words of a model that is learnt of the table. */
static void
learn_table(struct table *t, const struct model_state *s, bool faithful, double w[WIDTH])
{
	struct mapping m;
	size_t i;

	mapping_begin(&m, PARTIES, ROWS * (WIDTH + 1), WIDTH, work_model, s);
	m.faithful = faithful;
	make_table(t, s->lines, m.x);
	mapping_run(&m);
	for (i = 0; i < WIDTH; i++)
		w[i] = mapping_real(m.y[i]);
	mapping_end(&m);
}

static double
farthest(const double *a, const double *b)
{
	double off = 0;
	size_t i;

	for (i = 0; i < WIDTH; i++)
		off = fmax(off, fabs(a[i] - b[i]));
	return (off);
}

static void
ones(double weight[ROWS])
{
	size_t i;

	for (i = 0; i < ROWS; i++)
		weight[i] = 1;
}

/* What two passes with the ridge leave of the solution without it. */
static void
test_lines(double l2)
{
	const struct model_state s = { .lines = true, .l2 = l2 };
	double w[WIDTH], due[WIDTH] = { 0 }, A[WIDTH][WIDTH], step[WIDTH], weight[ROWS], fit;
	struct table t;
	size_t pass, r, i, j;

	learn_table(&t, &s, false, w);
	ones(weight);
	for (pass = 0; pass < 2; pass++) {
		for (i = 0; i < WIDTH; i++)
			step[i] = -l2 / 2 * due[i];
		for (r = 0; r < ROWS; r++) {
			for (j = 0, fit = t.label[r]; j < WIDTH; j++)
				fit -= t.z[r][j] * due[j];
			for (i = 0; i < WIDTH; i++)
				step[i] += t.z[r][i] * fit / ROWS;
		}
		mean_products(&t, weight, RIDGE + l2 / 2, A);
		solve_float(A, step);
		for (i = 0; i < WIDTH; i++)
			due[i] += step[i];
	}
	tap_note("off by %.2g", farthest(w, due));
	ok(farthest(w, due) < 5e-5, "lines with l2 %g are those of float64", l2);
}

/* Newton's steps, to the end. */
static void
float_logistic(const struct table *t, double l2, double w[WIDTH])
{
	double A[WIDTH][WIDTH], g[WIDTH], weight[ROWS], eta, p;
	size_t step, r, i, j;

	memset(w, 0, WIDTH * sizeof(*w));
	for (step = 0; step < 30; step++) {
		for (i = 0; i < WIDTH; i++)
			g[i] = l2 * w[i];
		for (r = 0; r < ROWS; r++) {
			for (j = 0, eta = 0; j < WIDTH; j++)
				eta += t->z[r][j] * w[j];
			p = 1 / (1 + exp(-eta));
			weight[r] = p * (1 - p);
			for (i = 0; i < WIDTH; i++)
				g[i] += t->z[r][i] * (p - t->label[r]) / ROWS;
		}
		mean_products(t, weight, l2, A);
		solve_float(A, g);
		for (i = 0; i < WIDTH; i++)
			w[i] -= g[i];
	}
}

static void
test_logistic(double l2, bool faithful)
{
	const struct model_state s = { .l2 = l2, .steps = 90 };
	double w[WIDTH], due[WIDTH];
	struct table t;

	learn_table(&t, &s, faithful, w);
	float_logistic(&t, l2, due);
	tap_note("off by %.2g", farthest(w, due));
	ok(farthest(w, due) < (faithful ? 2e-4 : 1e-4), "a logistic regression with l2 %g%s is "
	    "that of float64", l2, faithful ? ", faithful," : "");
}

/* The noise of the last step, of one element, moves w by 4 (M + ridge)^-1 of it. */
static void
test_noise(void)
{
	word noise[2 * WIDTH] = { 0 };
	struct model_state s = { .steps = 2 };
	double without[WIDTH], with[WIDTH], due[WIDTH] = { 0 }, A[WIDTH][WIDTH], weight[ROWS];
	struct table t;
	size_t i;

	learn_table(&t, &s, false, without);
	noise[WIDTH + 2] = (word)ROWS << (NN_PRIVATE_SUM_BITS - 4);
	s.noise = noise;
	learn_table(&t, &s, false, with);
	ones(weight);
	mean_products(&t, weight, RIDGE, A);
	due[2] = -4.0 / 16;
	solve_float(A, due);
	for (i = 0; i < WIDTH; i++)
		with[i] -= without[i];
	ok(farthest(with, due) < 1e-3 && fabs(due[2]) > 0.1, "the noise of a step is in that step");
}

int
main(void)
{

	test_rows();
	test_moments();
	test_change();
	test_lines(0);
	test_lines(0.2);
	test_logistic(0, false);
	test_logistic(0.05, false);
	test_logistic(0.05, true);
	test_noise();
	ok(nn_private_ridge(0, 100, 4) == 0x1p-12 && fabs(nn_private_ridge(0x1p28, 1000, 4) -
	    0.012) < 1e-12, "the ridge is that of the noise, and never nothing");
	return (tap_end());
}
