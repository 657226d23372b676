/*
 * Generalized linear models: the functions that they take, over their domains, against libm;
 * equations that are solved, against elimination in float64; and models of all families by masked
 * parties, against Newton's steps in plain loops.
 */

#include <math.h>

#include "base/diag.h"
#include "base/distribution.h"
#include "func/response.h"
#include "nn/elimination.h"
#include "nn/job.h"
#include "nn/learner_glm.h"

#include "mapping.h"
#include "tap.h"

#define PARTIES 2

/* ---- functions ---- */

#define POINTS 3000

struct curve {
	const char *name;
	int (*work)(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x);
	double (*clear)(double x);
	double low, high, absolute, relative;
	unsigned f, result;
	uint64_t rounds;
};

static double
clear_logistic(double x)
{

	return (1 / (1 + exp(-x)));
}

static double
clear_softplus(double x)
{

	return (log1p(exp(-fabs(x))) + fmax(x, 0));
}

static double
clear_growth(double x)
{

	return (exp(fmin(fmax(x, -17 * log(2)), 11 * log(2))));
}

static double
clear_clip(double x)
{

	return (fmin(fmax(x, -15), 15));
}

static int
growth_of_40(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x)
{

	return (mpc_growth(S, y, x, 40));
}

static int
clip_of_40(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x)
{

	return (mpc_clip_cut(S, y, x, 15, 40, 16));
}

static const struct curve curves[] = {
	{ "logistic", mpc_logistic, clear_logistic, -15, 15, 0x1p-22, 0, 24, 24, 2 },
	{ "softplus", mpc_softplus, clear_softplus, -15, 15, 0x1p-22, 0, 24, 24, 2 },
	{ "growth", growth_of_40, clear_growth, -20, 12, 0x1.4p-20, 0x1p-19, 40, 20, 7 },
	{ "clip", clip_of_40, clear_clip, -100, 100, 0x1p-23, 0, 40, 24, 4 },
};

#define CURVES (sizeof(curves) / sizeof(*curves))

static int
work_curve(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, const void *state)
{

	return (((const struct curve *)state)->work(S, y, x));
}

static void
test_curve(const struct curve *c)
{
	struct mapping m;
	double worst = 0, x, off;
	size_t i;

	mapping_begin(&m, PARTIES, POINTS, POINTS, work_curve, c);
	for (i = 0; i < POINTS; i++)
		m.x[i] = (uint64_t)llrint(ldexp(c->low + (c->high - c->low) * (double)i /
		    (POINTS - 1), (int)c->f));
	mapping_run(&m);
	for (i = 0; i < POINTS; i++) {
		x = ldexp((double)(int64_t)m.x[i], -(int)c->f);
		off = fabs(ldexp((double)(int64_t)m.y[i], -(int)c->result) - c->clear(x));
		worst = fmax(worst, off / fmax(c->absolute, c->relative * fabs(c->clear(x))));
	}
	tap_note("%s: %.2f of its error", c->name, worst);
	ok(worst <= 1 && m.declared.rounds == c->rounds, "%s is right over its domain",
	    c->name);
	mapping_end(&m);
}

/* ---- equations ---- */

#define SIZE 6

/* G of columns of which two are nearly the same, and the fifth, if ${dependent}, follows. */
static void
make_equations(double G[SIZE][SIZE + 1], bool dependent)
{
	double a[40][SIZE], y;
	uint64_t random = 7;
	size_t i, j, k;

	memset(G, 0, SIZE * (SIZE + 1) * sizeof(double));
	for (k = 0; k < 40; k++) {
		for (j = 0; j < SIZE; j++)
			a[k][j] = ldexp((double)(world_random(&random) >> 12), -52) - 0.5;
		a[k][1] = a[k][0] + 0.05 * a[k][1];
		if (dependent)
			a[k][4] = (a[k][2] + a[k][3]) / 2;
		y = a[k][0] - a[k][3] + 0.1 * a[k][5];
		for (i = 0; i < SIZE; i++) {
			for (j = 0; j < SIZE; j++)
				G[i][j] += a[k][i] * a[k][j] / 8;
			G[i][SIZE] += a[k][i] * y / 8;
		}
	}
}

/* In place, by Gauss and Jordan in float64, without what is next to 0. */
static void
clear_solve(double G[SIZE][2 * SIZE + 1])
{
	double f;
	size_t i, j, k;

	for (k = 0; k < SIZE; k++) {
		f = (G[k][k] < 0x1p-16) ? 0 : 1 / G[k][k];
		for (j = 0; j < 2 * SIZE + 1; j++)
			G[k][j] *= f;
		for (i = 0; i < SIZE; i++) {
			f = G[i][k];
			for (j = 0; j < 2 * SIZE + 1 && i != k; j++)
				G[i][j] -= f * G[k][j];
		}
	}
}

static int
work_equations(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, const void *state)
{
	struct nn_equations e;
	struct mpc_vector part;
	int rc = -1;

	if (nn_equations_new(S, &e, SIZE, 1) == 0) {
		e.inverse = *(const bool *)state;
		mpc_copy(&e.rows, x);
		rc = nn_equations_solve(S, &e);
		part = mpc_part(y, 0, x->n);
		mpc_copy(&part, &e.rows);
		part = mpc_part(y, x->n, SIZE);
		mpc_copy(&part, &e.pivots);
	}
	nn_equations_free(&e);
	return (rc);
}

/* The worst of w, and of the inverse, off by so much of itself. */
static void
compare_solution(const struct mapping *m, double due[SIZE][2 * SIZE + 1], bool inverse,
    double *w_off, double *off)
{
	double v;
	size_t i, j;

	*w_off = *off = 0;
	for (i = 0; i < SIZE; i++) {
		v = ldexp((double)(int64_t)m->y[i * (SIZE + 1) + SIZE], -NN_FACTOR_BITS);
		*w_off = fmax(*w_off, fabs(v - due[i][2 * SIZE]));
		for (j = 0; j < SIZE && inverse; j++) {
			v = ldexp((double)(int64_t)m->y[i * (SIZE + 1) + j], -NN_INVERSE_BITS);
			*off = fmax(*off, fabs(v - due[i][SIZE + j]) / (1 +
			    fabs(due[i][SIZE + j])));
		}
	}
}

static void
test_equations(bool dependent, bool inverse)
{
	double G[SIZE][SIZE + 1], due[SIZE][2 * SIZE + 1], w_off, off;
	struct mapping m;
	size_t i, j;

	make_equations(G, dependent);
	memset(due, 0, sizeof(due));
	mapping_begin(&m, PARTIES, SIZE * (SIZE + 1), SIZE * (SIZE + 2), work_equations, &inverse);
	for (i = 0; i < SIZE; i++) {
		for (j = 0; j <= SIZE; j++) {
			m.x[i * (SIZE + 1) + j] = (uint64_t)llrint(ldexp(G[i][j], NN_MOMENT_BITS));
			due[i][(j == SIZE) ? 2 * SIZE : j] = G[i][j];
		}
		due[i][SIZE + i] = 1;
	}
	clear_solve(due);
	mapping_run(&m);
	compare_solution(&m, due, inverse, &w_off, &off);
	tap_note("w off by %.1e, the inverse by %.1e of itself", w_off, off);
	ok(w_off < 2e-5 && off < 2e-4 && m.declared.rounds == 18 * SIZE,
	    "equations%s%s", dependent ? " of which one follows from others" : "",
	    inverse ? ", with the inverse" : "");
	if (dependent)
		ok((int64_t)m.y[SIZE * (SIZE + 1) + 4] < 1 << (NN_MOMENT_BITS - NN_PIVOT_LOG),
		    "its pivot is seen");
	mapping_end(&m);
}

/* ---- models ---- */

#define ROWS 300
#define COLS 3
#define N (COLS + 1)

struct sample {
	double x[ROWS][N], y[ROWS];
	double b[N], se[N];      /* of the plain loops, without the dispersion */
};

/* mu and the weight of a row, and the residual that goes with it. */
static void
respond(enum glm_family family, double eta, double y, double *w, double *r)
{
	double mu = (family == GLM_BINOMIAL) ? clear_logistic(eta) : (family == GLM_GAUSSIAN) ?
	    eta : exp(eta);

	*w = (family == GLM_BINOMIAL) ? mu * (1 - mu) : (family == GLM_POISSON) ? mu : 1;
	*r = (family == GLM_GAMMA) ? y / mu - 1 : y - mu;
}

/* Solve H d = g in place, and give the diagonal of the inverse of H. */
static void
small_solve(double H[N][N], double g[N], double diagonal[N])
{
	double m[N][2 * N + 1], f;
	size_t i, j, k;

	memset(m, 0, sizeof(m));
	for (i = 0; i < N; i++) {
		memcpy(m[i], H[i], sizeof(H[i]));
		m[i][N + i] = 1;
		m[i][2 * N] = g[i];
	}
	for (k = 0; k < N; k++) {
		f = m[k][k];
		for (j = 0; j < 2 * N + 1; j++)
			m[k][j] /= f;
		for (i = 0; i < N; i++) {
			f = m[i][k];
			for (j = 0; j < 2 * N + 1 && i != k; j++)
				m[i][j] -= f * m[k][j];
		}
	}
	for (i = 0; i < N; i++) {
		g[i] = m[i][2 * N];
		diagonal[i] = m[i][N + i];
	}
}

static void
clear_fit(enum glm_family family, struct sample *s)
{
	double H[N][N], g[N], diagonal[N], eta, w, r;
	size_t step, i, j, k;

	memset(s->b, 0, sizeof(s->b));
	for (step = 0; step < 40; step++) {
		memset(H, 0, sizeof(H));
		memset(g, 0, sizeof(g));
		for (i = 0; i < ROWS; i++) {
			for (eta = 0, j = 0; j < N; j++)
				eta += s->x[i][j] * s->b[j];
			respond(family, eta, s->y[i], &w, &r);
			for (j = 0; j < N; j++) {
				g[j] += s->x[i][j] * r;
				for (k = 0; k < N; k++)
					H[j][k] += s->x[i][j] * s->x[i][k] * w;
			}
		}
		small_solve(H, g, diagonal);
		for (j = 0; j < N; j++) {
			s->b[j] += g[j];
			s->se[j] = sqrt(diagonal[j]);
		}
	}
}

/* Columns with 16 bits, of about mean 0 and deviation 1, and labels that the family has. */
static void
make_sample(enum glm_family family, struct sample *s)
{
	const double root12 = sqrt(12);
	uint64_t random = 99;
	double u, eta;
	size_t i, j;

	for (i = 0; i < ROWS; i++) {
		s->x[i][0] = 1;
		for (j = 1, eta = 0.3; j < N; j++) {
			u = ldexp((double)(world_random(&random) >> 12), -52) - 0.5;
			s->x[i][j] = ldexp(rint(ldexp(u * root12, 16)), -16);
			eta += (j == 2 ? -0.7 : 0.4) * s->x[i][j];
		}
		u = ldexp((double)(world_random(&random) >> 12), -52);
		s->y[i] = (family == GLM_GAUSSIAN) ? 0.5 * eta + 0.4 * (u - 0.5) :
		    (family == GLM_BINOMIAL) ? (u < clear_logistic(eta)) :
		    (family == GLM_POISSON) ? floor(exp(eta) * 2 * u + 0.5) :
		    exp(eta) * (0.1 + 2 * u);
		s->y[i] = ldexp(rint(ldexp(s->y[i], 16)), -16);
	}
	clear_fit(family, s);
}

struct fit {
	enum glm_family family;
	struct sample sample;
};

/* y: coefficients, the covariance, figures. */
static int
fit_task(struct mpc *S, struct mpc_vector *y, struct learner *l, struct nn_job *job)
{
	struct learner_tensor list[LEARNER_MAX_TENSORS];
	struct mpc_vector part;
	size_t n, i, at = 0;

	if (l->kind->start(l, S, 0) == -1 || nn_job_run(job, S) == -1)
		return (-1);
	n = l->kind->tensors(l, list);
	for (i = 0; i < n; i++) {
		if (list[i].state)
			continue;
		part = mpc_part(y, at, list[i].v->n);
		mpc_copy(&part, list[i].v);
		at += list[i].v->n;
	}
	return (0);
}

static int
work_fit(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, const void *state)
{
	const struct fit *fit = state;
	const struct glm_text how = { .family = fit->family, .intercept = true,
		.steps = (fit->family == GLM_GAUSSIAN) ? 1 : 10 };
	char text[GLM_TEXT_BYTES];
	struct nn_job job = { .task = { .how = { .epochs = 1, .threads = 1 } } };
	struct learner *l;
	int rc;

	glm_print(text, &how);
	if ((l = learner_glm.make(text, (struct nn_shape){ COLS, 1, 1 })) == NULL)
		return (-1);
	job.learner = l;
	job.task.data = (struct nn_data){ .rows = ROWS, .x = mpc_part(x, 0, ROWS * COLS),
		.labels = mpc_part(x, ROWS * COLS, ROWS),
		.bits = (fit->family == GLM_GAUSSIAN) ? 16 : 0 };
	rc = fit_task(S, y, l, &job);
	learner_free(l);
	return (rc);
}

#define FIT_WORDS (N + N * N + GLM_FIGURES)

static double
figure_of(const struct mapping *m, enum glm_figure which)
{

	return (ldexp((double)(int64_t)m->y[N + N * N + which], -GLM_FIGURE_BITS));
}

/* Coefficients, off by so many standard errors, and these, off by so much of themselves. */
static void
compare_fit(const struct mapping *m, const struct fit *fit, double *b_off, double *se_off)
{
	const bool power = (fit->family == GLM_POISSON || fit->family == GLM_GAMMA);
	const double scale = power ? figure_of(m, GLM_SCALE) / 4096 : 1;
	double b, se;
	size_t j;

	*b_off = *se_off = 0;
	for (j = 0; j < N; j++) {
		b = ldexp((double)(int64_t)m->y[j], -NN_FACTOR_BITS);
		if (j == 0 && power)
			b -= log(scale);
		se = sqrt(ldexp((double)(int64_t)m->y[N + j * N + j], -NN_INVERSE_BITS) *
		    exp2(-figure_of(m, GLM_UNIT)) * ((fit->family == GLM_POISSON) ? scale : 1));
		*b_off = fmax(*b_off, fabs(b - fit->sample.b[j]) / fit->sample.se[j]);
		*se_off = fmax(*se_off, fabs(se / fit->sample.se[j] - 1));
	}
}

static void
test_fit(enum glm_family family, const char *name)
{
	struct fit fit = { .family = family };
	struct mapping m;
	double b_off, se_off;
	size_t i, j;

	make_sample(family, &fit.sample);
	mapping_begin(&m, PARTIES, ROWS * (COLS + 1), FIT_WORDS, work_fit, &fit);
	for (i = 0; i < ROWS; i++) {
		for (j = 0; j < COLS; j++)
			m.x[i * COLS + j] = (uint64_t)llrint(ldexp(fit.sample.x[i][j + 1], 16));
		m.x[ROWS * COLS + i] = (uint64_t)llrint(ldexp(fit.sample.y[i], 16));
	}
	mapping_run(&m);
	compare_fit(&m, &fit, &b_off, &se_off);
	tap_note("%s: off by %.1e standard errors, and these by %.1e", name, b_off, se_off);
	ok(b_off < 3e-4 && se_off < 3e-4, "%s, as plain loops have it", name);
	mapping_end(&m);
}

/* ---- distributions: R's pt, pnorm, qt, qnorm ---- */

static bool
is_near(double v, double due)
{

	return (fabs(v / due - 1) < 1e-9);
}

int
main(void)
{
	size_t i;

	diag_init("glm");
	for (i = 0; i < CURVES; i++)
		test_curve(&curves[i]);
	test_equations(false, true);
	test_equations(false, false);
	test_equations(true, true);
	test_fit(GLM_GAUSSIAN, "gaussian");
	test_fit(GLM_BINOMIAL, "binomial");
	test_fit(GLM_POISSON, "poisson");
	test_fit(GLM_GAMMA, "gamma");
	ok(is_near(distribution_student(2, 10), 0.0733880347707) &&
	    is_near(distribution_student(-0.1, 3), 0.926652348801) &&
	    is_near(distribution_student(-35.276, 50), 5.38359803252e-37) &&
	    is_near(distribution_student(5, 10000), 5.83032661366e-07) &&
	    is_near(distribution_student(1.5, 1), 0.374334083622), "Student's distribution");
	ok(is_near(distribution_normal(-1.959963984540054), 0.05) &&
	    is_near(distribution_normal_beyond(0.05), 1.95996398454) &&
	    is_near(distribution_student_beyond(0.05, 29), 2.04522964213), "and where it ends");
	return (tap_end());
}
