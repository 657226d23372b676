/*
 * Functions of secret numbers on the masked engine against float64, over their documented domains and beyond; what the
 * table in smpc-map(1) says of their errors is measured here.
 */

#include <stdbool.h>

#include "base/diag.h"
#include "mpc/function.h"

#include "tap.h"
#include "world.h"

#define F 16

/* A run: one input, one output or two; ${work} is the same at all parties. */
struct run {
	size_t parties, n, out_n;
	bool faithful;
	int (*work)(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, const struct run *r);
	const struct mpc_function *function;
	size_t rows, cols;
	uint64_t *x, *y;
	struct world_held held;
	struct mpc_cost declared;
};

static uint64_t seed = 5;

/* Rows of the table in smpc-map(1) are printed in place of tests. */
static bool table;

static void
print_row(const char *name, const char *domain, const char *allowed, const char *measured, const struct run *r)
{

	printf(".It %s Ta %s Ta %s Ta %s Ta %" PRIu64 " Ta %" PRIu64 " Ta %" PRIu64 "\n", name, domain, allowed, measured,
	    r->declared.rounds, r->declared.dealt_bits / r->out_n, r->declared.opened_bits / r->out_n);
}

static int
party(struct mpc *S, size_t self, void *state)
{
	struct run *r = state;
	struct mpc_vector x, y;
	int rc;

	mpc_vector_new(S, &x, r->n);
	mpc_vector_new(S, &y, r->out_n);
	world_share(r->parties, self, x.m, x.lam, r->x, r->n, 3, false);
	rc = r->work(S, &y, &x, r);
	world_hold(&r->held, self, y.m, y.lam, r->out_n);
	mpc_vector_free(&x);
	mpc_vector_free(&y);
	return (rc);
}

static void
go(struct run *r)
{
	struct world w;
	size_t p;

	memset(&w, 0, sizeof(w));
	w.n = r->parties;
	w.faithful = r->faithful;
	if (world_run(&w, party, r) != 0)
		tap_bail("a run has failed");
	if (!world_open(&r->held, r->parties, r->y, r->out_n, false))
		tap_bail("parties disagree");
	for (p = 0; p <= r->parties; p++) {
		if (memcmp(&w.party[p].declared, &w.party[p].counted, sizeof(struct mpc_cost)) != 0)
			tap_bail("declared and counted costs differ");
	}
	r->declared = w.party[1].declared;
}

static double
real(uint64_t v)
{

	return (ldexp((double)(int64_t)v, -F));
}

static uint64_t
word(double v)
{

	return ((uint64_t)(int64_t)llrint(ldexp(v, F)));
}

static double
uniform(void)
{

	return (ldexp((double)(world_random(&seed) >> 11), -53));
}

/* ---- functions of one number ---- */

static int
apply(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, const struct run *r)
{

	return (r->function->apply(S, y, x, F));
}

/* A number of the domain: from its ends, near zero, evenly or evenly in its logarithm. */
static double
sample(const struct mpc_function *f, size_t i)
{
	double low = (f->low < -1000) ? -1000 : f->low, high = f->high, v;

	if (i < 4)
		return ((i % 2 == 0) ? f->low : f->high);
	if (i % 4 == 0)
		return (low + (((high > 1000) ? 1000 : high) - low) * uniform());
	if (i % 4 == 1 && f->low < 0)
		return (((low < -16) ? -16 : low) + ((high > 16) ? 32 : high - low) * uniform());
	v = exp(log(1e-5) + (log(high) - log(1e-5)) * uniform());
	v = (f->low < 0 && (i & 2) != 0) ? -v : v;
	return ((v < f->low) ? f->low + (high - f->low) * uniform() / 100 : (v > high) ? high : v);
}

/* What the plain engine gives. */
static size_t
differs_from_plain(const struct run *r)
{
	struct mpc *S = mpc_new_plain(true);
	struct mpc_vector x, y;
	size_t i, wrong = 0;

	mpc_vector_new(S, &x, r->n);
	mpc_vector_new(S, &y, r->out_n);
	memcpy(x.m, r->x, r->n * sizeof(uint64_t));
	if (r->work(S, &y, &x, r) == -1)
		tap_bail("the plain engine has failed");
	for (i = 0; i < r->out_n; i++)
		wrong += y.m[i] != r->y[i];
	mpc_vector_free(&x);
	mpc_vector_free(&y);
	mpc_free(S);
	return (wrong);
}

/* ${worst}: the largest error, as a part of what is allowed. */
static void
print_function(const struct mpc_function *f, const struct run *r, double worst)
{
	char domain[40] = "all", allowed[40] = "exact", measured[40] = "0";

	if (f->high < 1e9)
		snprintf(domain, sizeof(domain), "%g to %g", f->low, f->high);
	if (f->error > 0)
		snprintf(allowed, sizeof(allowed), "%.0g%s", (f->relative > 0) ? f->relative : f->error,
		    (f->relative > 0) ? " y" : "");
	if (worst > 0)
		snprintf(measured, sizeof(measured), "%.1g%s", worst * ((f->relative > 0) ? f->relative : f->error),
		    (f->relative > 0) ? " y" : "");
	print_row(f->name, domain, allowed, measured, r);
}

static void
test_function(const struct mpc_function *f, size_t parties, bool faithful)
{
	static const double far[] = { -1e9, -500, -200.5, -30, -0.5, -1e-4, 0, 1e-4, 0.005, 200.5, 500, 1e4, 1e6, 1e9, 1.5e-5, -1.5e-5 };
	const size_t n_far = sizeof(far) / sizeof(*far);
	struct run r;
	double x, want, got, error, worst = 0, worst_at = 0, rough;
	size_t i, bad = 0;

	memset(&r, 0, sizeof(r));
	r.parties = parties;
	r.n = r.out_n = (faithful ? 3000 : 20016) + n_far;
	r.work = apply;
	r.function = f;
	r.faithful = faithful;
	r.x = calloc(r.n, sizeof(uint64_t));
	r.y = calloc(r.n, sizeof(uint64_t));
	for (i = 0; i < r.n; i++)
		r.x[i] = word((i < n_far) ? far[i] : sample(f, i - n_far));
	go(&r);
	for (i = 0; i < r.n; i++) {
		x = real(r.x[i]);
		got = real(r.y[i]);
		want = f->clear(x);
		/* Error as a part of what is allowed. */
		error = fabs(got - want) / fmax(fmax(f->error, f->relative * fabs(want)), 0.5 / 65536);
		if (x >= f->low && x <= f->high && error > worst) {
			worst = error;
			worst_at = x;
		}
		/* Beyond the domain: what the function has become there, roughly; where it is steep, between its bounds. */
		rough = fmax(0.01 * fabs(want), 0.01);
		if (strcmp(f->name, "reciprocal") == 0 && fabs(x) < 0.01)
			rough = 256.5;
		if ((strcmp(f->name, "log") == 0 || strcmp(f->name, "rsqrt") == 0) && x < 0.01)
			rough = fmax(0.05 * fabs(want), 0.02);
		bad += (x < f->low || x > f->high) && fabs(got - want) > rough;
		if ((x < f->low || x > f->high) && fabs(got - want) > rough)
			printf("# %s(%g) = %g, not %g\n", f->name, x, got, want);
	}
	if (table) {
		print_function(f, &r, worst);
		goto out;
	}
	printf("# %s: %" PRIu64 " rounds, %" PRIu64 " bits dealt, %" PRIu64 " opened; error %.2f of what is allowed, at %g\n", f->name,
	    r.declared.rounds, r.declared.dealt_bits / r.n, r.declared.opened_bits / r.n, worst, worst_at);
	ok(worst <= 1, "%s: %zu parties: within its error over its domain (%g of it, at %g)", f->name, parties, worst, worst_at);
	ok(bad == 0, "%s: %zu parties: saturates beyond", f->name, parties);
	if (faithful)
		ok(differs_from_plain(&r) == 0, "%s: faithful: bit for bit what the plain engine gives", f->name);
out:
	free(r.x);
	free(r.y);
}

/* ---- rows ---- */

static int
row_max(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, const struct run *r)
{
	struct mpc_vector largest = mpc_part(y, 0, r->rows), index = mpc_part(y, r->rows, r->rows);

	return (mpc_max_rows(S, &largest, &index, x, r->rows, r->cols, F));
}

static void
test_max(size_t rows, size_t cols, size_t parties)
{
	struct run r;
	size_t i, j, best, wrong = 0;

	memset(&r, 0, sizeof(r));
	r.parties = parties;
	r.rows = rows;
	r.cols = cols;
	r.n = rows * cols;
	r.out_n = 2 * rows;
	r.work = row_max;
	r.x = calloc(r.n, sizeof(uint64_t));
	r.y = calloc(r.out_n, sizeof(uint64_t));
	for (i = 0; i < r.n; i++)
		r.x[i] = word(floor(20 * uniform()) - 10);
	go(&r);
	for (i = 0; i < rows; i++) {
		for (best = 0, j = 1; j < cols; j++)
			best = (int64_t)r.x[i * cols + j] > (int64_t)r.x[i * cols + best] ? j : best;
		wrong += r.y[i] != r.x[i * cols + best] || r.y[rows + i] != best;
	}
	ok(wrong == 0, "max of %zu x %zu: %zu parties: largest and its first position (%zu wrong), %" PRIu64 " rounds", rows,
	    cols, parties, wrong, r.declared.rounds);
	free(r.x);
	free(r.y);
}

static int
row_softmax(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, const struct run *r)
{

	return (mpc_softmax(S, y, x, r->rows, r->cols, F));
}

static int
row_log_softmax(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, const struct run *r)
{

	return (mpc_log_softmax(S, y, x, r->rows, r->cols, F));
}

enum logits { NORMAL, EQUAL, GAP };

static double
normal(void)
{

	return (sqrt(-2 * log(1 - uniform())) * cos(6.283185307179586 * uniform()));
}

static void
test_softmax(size_t rows, size_t cols, enum logits logits, bool logarithm, size_t parties)
{
	struct run r;
	double top, sum, want, worst = 0;
	char measured[40];
	size_t i, j;

	memset(&r, 0, sizeof(r));
	r.parties = parties;
	r.rows = rows;
	r.cols = cols;
	r.n = r.out_n = rows * cols;
	r.work = logarithm ? row_log_softmax : row_softmax;
	r.x = calloc(r.n, sizeof(uint64_t));
	r.y = calloc(r.out_n, sizeof(uint64_t));
	for (i = 0; i < r.n; i++)
		r.x[i] = word((logits == NORMAL) ? normal() : (logits == EQUAL) ? -3.25 : (i % 3 == 0) ? 300 : -300);
	go(&r);
	for (i = 0; i < rows; i++) {
		for (top = -1e9, j = 0; j < cols; j++)
			top = fmax(top, real(r.x[i * cols + j]));
		for (sum = 0, j = 0; j < cols; j++)
			sum += exp(real(r.x[i * cols + j]) - top);
		for (j = 0; j < cols; j++) {
			want = real(r.x[i * cols + j]) - top;
			want = logarithm ? want - log(sum) : exp(want) / sum;
			worst = fmax(worst, fabs(real(r.y[i * cols + j]) - want));
		}
	}
	if (table) {
		snprintf(measured, sizeof(measured), "%.1g", worst);
		print_row(logarithm ? "log-softmax" : "softmax", "all", "0.001", measured, &r);
		goto out;
	}
	ok(worst <= 1e-3, "%ssoftmax of %zu x %zu, logits %d: %zu parties: off by %g, %" PRIu64 " rounds", logarithm ? "log-" : "",
	    rows, cols, (int)logits, parties, worst, r.declared.rounds);
	if (cols == 10 && !logarithm)
		ok(r.declared.rounds <= 26, "in at most 26 rounds");
out:
	free(r.x);
	free(r.y);
}

static int
quotient(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, const struct run *r)
{
	struct mpc_vector a = mpc_part(x, 0, r->out_n), b = mpc_part(x, r->out_n, r->out_n);

	return (mpc_divide(S, y, &a, &b, F));
}

#define DIVIDED 1984 /* whole words of bits */

static void
test_divide(size_t parties)
{
	struct run r;
	double want, worst = 0;
	char measured[40];
	size_t i;

	memset(&r, 0, sizeof(r));
	r.parties = parties;
	r.n = 2 * DIVIDED;
	r.out_n = DIVIDED;
	r.work = quotient;
	r.x = calloc(r.n, sizeof(uint64_t));
	r.y = calloc(r.out_n, sizeof(uint64_t));
	for (i = 0; i < r.n; i++)
		r.x[i] = word((i < DIVIDED) ? 200 * uniform() - 100 : (0.02 + 900 * uniform() * uniform()) * ((i & 1) ? 1 : -1));
	go(&r);
	for (i = 0; i < r.out_n; i++) {
		want = real(r.x[i]) / real(r.x[DIVIDED + i]);
		worst = fmax(worst, fabs(real(r.y[i]) - want) / fmax(1e-3 * fabs(want), 2e-5 * (100 + 1)));
	}
	/* The relative error of a quotient is that of the reciprocal. */
	snprintf(measured, sizeof(measured), "%.1g y", 1e-3 * worst);
	if (table)
		print_row("divide", "as reciprocal", "0.001 y", measured, &r);
	else
		ok(worst <= 1, "division: %zu parties: %g of what is allowed", parties, worst);
	free(r.x);
	free(r.y);
}

/* ---- the table of smpc-map(1) ---- */

static int
print_table(void)
{
	const struct mpc_function *f;

	table = true;
	for (f = mpc_functions; f->name != NULL; f++)
		test_function(f, 2, false);
	test_divide(2);
	test_softmax(640, 10, NORMAL, false, 2);
	test_softmax(640, 10, NORMAL, true, 2);
	for (f = mpc_functions; f->name != NULL; f++) {
		if (f->beyond[0] != '\0')
			printf(".It %s Ta %s\n", f->name, f->beyond);
	}
	return (fflush(stdout) != 0);
}

/* ---- after a product ---- */

static unsigned rounds_truncate, rounds_relu, rounds_sigmoid;

static int
after_product(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, const struct run *r)
{
	const struct bilinear times = bilinear_elements(r->out_n);
	struct mpc_vector a = mpc_part(x, 0, r->out_n), b = mpc_part(x, r->out_n, r->out_n), z, t;
	struct mpc_bits d;
	uint64_t product;
	int rc;

	mpc_vector_new(S, &z, r->out_n);
	mpc_vector_new(S, &t, r->out_n);
	mpc_bits_new(S, &d, r->out_n);
	rc = mpc_product(S, &z, &times, &a, &b);
	product = mpc_counted(S)->rounds;
	rc |= mpc_truncate(S, &t, &z, F);
	rounds_truncate = (unsigned)mpc_counted(S)->rounds;
	rc |= mpc_relu(S, &t, &d, &z, F - 1, F);
	rounds_relu = (unsigned)(mpc_counted(S)->rounds - rounds_truncate + product);
	rc |= mpc_sigmoid_within(S, &t, &z, 2 * F) | mpc_truncate(S, y, &t, MPC_SIGMOID_BITS - F);
	rounds_sigmoid = (unsigned)(mpc_counted(S)->rounds - rounds_relu - rounds_truncate + 2 * product);
	mpc_vector_free(&z);
	mpc_vector_free(&t);
	mpc_bits_free(&d);
	return (rc);
}

static void
test_after_product(void)
{
	struct run r;
	double worst = 0, x;
	size_t i;

	memset(&r, 0, sizeof(r));
	r.parties = 2;
	r.n = 8000;
	r.out_n = 4000;
	r.work = after_product;
	r.x = calloc(r.n, sizeof(uint64_t));
	r.y = calloc(r.out_n, sizeof(uint64_t));
	for (i = 0; i < r.n; i++)
		r.x[i] = word(15 * uniform() - 7.5);
	go(&r);
	for (i = 0; i < r.out_n; i++) {
		x = real(r.x[i]) * real(r.x[4000 + i]);
		worst = fmax(worst, fabs(real(r.y[i]) - 1 / (1 + exp(-x))));
	}
	ok(worst < 5e-4, "sigmoid of an untruncated product: off by %g", worst);
	ok(rounds_truncate == 2 && rounds_relu == 5 && rounds_sigmoid == 3,
	    "with a product: truncation %u rounds, relu %u, sigmoid within its range %u", rounds_truncate, rounds_relu, rounds_sigmoid);
	free(r.x);
	free(r.y);
}

/* Without an argument, tests; with "table", what smpc-map(1) says of the functions. */
int
main(int argc, char **argv)
{
	const struct mpc_function *f;

	diag_init("function");
	if (argc == 2 && strcmp(argv[1], "table") == 0)
		return (print_table());
	for (f = mpc_functions; f->name != NULL; f++)
		test_function(f, 2, false);
	for (f = mpc_functions; f->name != NULL; f++)
		test_function(f, 2, true);
	test_function(mpc_function_find("reciprocal"), 3, false);
	test_function(mpc_function_find("sigmoid"), 3, false);
	test_max(70, 10, 2);
	test_max(3, 2, 3);
	test_max(5, 16, 2);
	test_max(3, 101, 3);
	test_max(130, 1, 2);
	test_softmax(100, 10, NORMAL, false, 2);
	test_softmax(100, 10, NORMAL, true, 2);
	test_softmax(5, 3, NORMAL, false, 3);
	test_softmax(1, 1000, EQUAL, false, 2);
	test_softmax(7, 9, GAP, false, 2);
	test_softmax(7, 9, GAP, true, 2);
	test_divide(2);
	test_after_product();
	return (tap_end());
}
