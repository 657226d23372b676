/*
 * Chi-square of tables of counts, life tables and the log-rank test, by masked parties, against
 * plain loops in float64: counts of all sizes, up to 2^25 rows, where the command line's tests have
 * few.
 */

#include <math.h>
#include <string.h>

#include "base/diag.h"
#include "func/contingency.h"
#include "func/survival.h"

#include "mapping.h"
#include "tap.h"
#include "world.h"

#define PARTIES 2
#define MOST_LOG 26 /* of log-rank, whatever the counts */

/* ---- chi-square ---- */

struct chi_case {
	const char *name;
	unsigned most_log;
	size_t rows, cols;
	bool corrected;
	double scale;         /* of counts, about */
	double effect;        /* how far from independence */
};

static const struct chi_case chi_cases[] = {
	{ "2 x 2, few", 6, 2, 2, false, 20, 0.5 },
	{ "2 x 2, few, corrected", 6, 2, 2, true, 20, 0.3 },
	{ "2 x 2, next to independent, corrected", 6, 2, 2, true, 10, 0.01 },
	{ "3 x 5", 11, 3, 5, false, 100, 0.2 },
	{ "3 x 5, a million rows, hardly dependent", 21, 3, 5, false, 70000, 0.005 },
	{ "2 x 2, 2^25 rows", 26, 2, 2, false, 8000000, 0.001 },
	{ "2 x 2, 2^25 rows, far off", 26, 2, 2, false, 8000000, 1 },
	{ "40 x 40", 20, 40, 40, false, 500, 1.9 },
	{ "2 x 1000", 20, 2, 1000, false, 300, 0.1 },
};

static int
work_chi(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, const void *state)
{
	const struct chi_case *c = state;
	struct mpc_contingency t = { .rows = c->rows, .cols = c->cols, .most_log = c->most_log };
	int rc = mpc_contingency_new(S, &t);

	if (rc == 0) {
		mpc_copy(&t.count, x);
		mpc_contingency_sum(&t);
		rc = mpc_chi_square(S, y, &t, c->corrected);
	}
	mpc_contingency_free(&t);
	return (rc);
}

static double
clear_chi(const struct chi_case *c, const uint64_t *x)
{
	double row, col, all = 0, sum = 0, expected, off;
	size_t i, j, k;

	for (i = 0; i < c->rows * c->cols; i++)
		all += (double)x[i];
	for (i = 0; i < c->rows; i++) {
		for (j = 0; j < c->cols; j++) {
			row = col = 0;
			for (k = 0; k < c->cols; k++)
				row += (double)x[i * c->cols + k];
			for (k = 0; k < c->rows; k++)
				col += (double)x[k * c->cols + j];
			expected = row * col / all;
			off = fabs((double)x[i * c->cols + j] - expected);
			off = c->corrected ? fmax(off - 0.5, 0) : off;
			sum += (expected > 0) ? off * off / expected : 0;
		}
	}
	return (sum);
}

static double
random_unit(uint64_t *random)
{

	return (ldexp((double)(world_random(random) >> 12), -52));
}

static void
test_chi(const struct chi_case *c)
{
	const size_t n = c->rows * c->cols;
	uint64_t random = 17;
	struct mapping m;
	double due, got, off;
	size_t i;

	mapping_begin(&m, PARTIES, n, 1, work_chi, c);
	for (i = 0; i < n; i++)
		m.x[i] = (uint64_t)(c->scale * (1 + (double)(i / c->cols)) / (double)c->rows *
		    (1 + c->effect * (random_unit(&random) - 0.5)));
	mapping_run(&m);
	due = clear_chi(c, m.x);
	got = ldexp((double)(int64_t)m.y[0], -MPC_CHI_SQUARE_BITS);
	off = fabs(got - due) / (exp2(c->most_log / 2.0 - 26) * (1 + due) + 0x1p-14);
	tap_note("%s: %.9g, %.9g is due, %.2f of its error", c->name, got, due, off);
	ok(off <= 1, "chi-square, %s", c->name);
	mapping_end(&m);
}

/* ---- log-rank ---- */

#define GROUPS 3
#define BINS 6
#define CELLS (GROUPS * BINS)

/* Of x: who leaves in each bin, and with an event; behind them who stays. */
static int
fill_survival(struct mpc *S, struct mpc_survival *t, const struct mpc_vector *x)
{
	const struct mpc_vector leave = mpc_part(x, 0, CELLS), event = mpc_part(x, CELLS, CELLS);
	struct mpc_vector one, more, next;
	size_t g, b;

	t->groups = GROUPS;
	t->bins = BINS;
	t->most_log = MOST_LOG;
	if (mpc_survival_new(S, t) == -1)
		return (-1);
	mpc_copy(&t->leave, &leave);
	mpc_copy(&t->event, &event);
	for (g = 0; g < GROUPS; g++) {
		for (b = BINS; b-- > 0;) {
			one = mpc_part(&t->risk, g * BINS + b, 1);
			more = mpc_part(&leave, g * BINS + b, 1);
			next = (b + 1 < BINS) ? mpc_part(&t->risk, g * BINS + b + 1, 1) :
			    mpc_part(x, 2 * CELLS + g, 1);
			mpc_add(&one, &more, &next);
		}
	}
	return (0);
}

static int
work_log_rank(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, const void *state)
{
	struct mpc_vector expected = mpc_part(y, 0, GROUPS),
	    variance = mpc_part(y, GROUPS, GROUPS * GROUPS);
	struct mpc_survival t;
	int rc;

	(void)state;
	memset(&t, 0, sizeof(t));
	if ((rc = fill_survival(S, &t, x)) == 0)
		rc = mpc_log_rank(S, &expected, &variance, &t);
	mpc_survival_free(&t);
	return (rc);
}

static void
clear_log_rank(const uint64_t *x, double *expected, double variance[GROUPS][GROUPS])
{
	double risk[GROUPS], n, d;
	size_t b, i, j, k;

	memset(expected, 0, GROUPS * sizeof(double));
	memset(variance, 0, GROUPS * GROUPS * sizeof(double));
	for (b = 0; b < BINS; b++) {
		n = d = 0;
		for (i = 0; i < GROUPS; i++) {
			risk[i] = (double)x[2 * CELLS + i];
			for (k = b; k < BINS; k++)
				risk[i] += (double)x[i * BINS + k];
			n += risk[i];
			d += (double)x[CELLS + i * BINS + b];
		}
		for (i = 0; i < GROUPS && n > 0; i++) {
			expected[i] += d * risk[i] / n;
			for (j = 0; j < GROUPS && n > 1; j++)
				variance[i][j] += d * (n - d) / (n - 1) * risk[i] / n *
				    ((double)(i == j) - risk[j] / n);
		}
	}
}

/* ${scale} rows leave a bin, or so; the last groups are gone before the last bins. */
static void
test_log_rank(double scale, double rate, const char *name)
{
	double expected[GROUPS], variance[GROUPS][GROUPS], worst = 0, v;
	uint64_t random = 5;
	struct mapping m;
	size_t i, b;

	mapping_begin(&m, PARTIES, 2 * CELLS + GROUPS, GROUPS * (GROUPS + 1), work_log_rank, NULL);
	for (i = 0; i < CELLS; i++) {
		b = i % BINS;
		m.x[i] = (b + i / BINS < BINS) ?
		    (uint64_t)(scale * (1 + random_unit(&random))) : 0;
		m.x[CELLS + i] = (uint64_t)((double)m.x[i] * rate * random_unit(&random) + 0.3);
	}
	m.x[2 * CELLS] = 1;
	mapping_run(&m);
	clear_log_rank(m.x, expected, variance);
	for (i = 0; i < GROUPS * (GROUPS + 1); i++) {
		v = (i < GROUPS) ? expected[i] : variance[i / GROUPS - 1][i % GROUPS];
		worst = fmax(worst, fabs(ldexp((double)(int64_t)m.y[i], -MPC_LOG_RANK_BITS) - v) /
		    (0x1p-22 + 1e-8 * fabs(v)));
	}
	tap_note("%s: %.2f of its error", name, worst);
	ok(worst <= 1, "log-rank, %s", name);
	mapping_end(&m);
}

/* ---- merged bins ---- */

#define LEAST 10

static int
work_merge(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, const void *state)
{
	struct mpc_vector shown = mpc_part(y, 0, CELLS), to;
	const struct mpc_vector *of[3];
	struct mpc_survival t;
	size_t i;
	int rc;

	(void)state;
	memset(&t, 0, sizeof(t));
	if ((rc = fill_survival(S, &t, x)) == 0 &&
	    (rc = mpc_survival_merge(S, &t, &shown, LEAST)) == 0) {
		of[0] = &t.risk;
		of[1] = &t.leave;
		of[2] = &t.event;
		for (i = 0; i < 3; i++) {
			to = mpc_part(y, (i + 1) * CELLS, CELLS);
			mpc_copy(&to, of[i]);
		}
	}
	mpc_survival_free(&t);
	return (rc);
}

/* What is due of a group: the same, row by row. */
static bool
merge_is_right(const uint64_t *x, const uint64_t *y, size_t g)
{
	uint64_t risk = x[2 * CELLS + g], leave = 0, event = 0;
	size_t b, i;
	bool shown, right = true;

	for (b = 0; b < BINS; b++)
		risk += x[g * BINS + b];
	for (b = 0; b < BINS; b++) {
		i = g * BINS + b;
		leave += x[i];
		event += x[CELLS + i];
		shown = (leave >= LEAST);
		right = right && y[i] == shown && y[CELLS + i] == (shown ? risk : 0) &&
		    y[2 * CELLS + i] == (shown ? leave : 0) &&
		    y[3 * CELLS + i] == (shown ? event : 0);
		if (shown) {
			risk -= leave;
			leave = event = 0;
		}
	}
	return (right);
}

static void
test_merge(void)
{
	uint64_t random = 23;
	struct mapping m;
	size_t round, i, wrong = 0;

	for (round = 0; round < 20; round++) {
		mapping_begin(&m, PARTIES, 2 * CELLS + GROUPS, 4 * CELLS, work_merge, NULL);
		for (i = 0; i < CELLS; i++) {
			m.x[i] = world_random(&random) % 16;
			m.x[CELLS + i] = world_random(&random) % (m.x[i] + 1);
		}
		for (i = 0; i < GROUPS; i++)
			m.x[2 * CELLS + i] = world_random(&random) % 3;
		mapping_run(&m);
		for (i = 0; i < GROUPS; i++)
			wrong += !merge_is_right(m.x, m.y, i);
		mapping_end(&m);
	}
	ok(wrong == 0, "bins of few rows are part of the next one");
}

int
main(void)
{
	size_t i;

	diag_init("contingency");
	for (i = 0; i < sizeof(chi_cases) / sizeof(*chi_cases); i++)
		test_chi(&chi_cases[i]);
	test_log_rank(3, 1, "few rows");
	test_log_rank(500, 0.3, "some");
	test_log_rank(2000000, 0.00001, "many rows with few events");
	test_log_rank(1500000, 1, "many of both");
	test_merge();
	return (tap_end());
}
