/*
 * Functions of secret numbers on the masked engine against float64, over their documented domains
 * and beyond; what the table in smpc-map(1) says of their errors is measured here.
 */

#include <stdbool.h>

#include "base/diag.h"
#include "func/function.h"

#include "mapping.h"

#define F MAPPING_BITS

/* A run: one input, one output or two. */
struct run {
	struct mapping m;
	const struct mpc_function *function;
	size_t rows, cols;
};

static uint64_t seed = 5;

/* Rows of the table in smpc-map(1) are printed in place of tests. */
static bool table;

static void
print_row(const char *name, const char *domain, const char *allowed, const char *measured,
    const struct run *r)
{

	printf(".It %s Ta %s Ta %s Ta %s Ta %" PRIu64 " Ta %" PRIu64 " Ta %" PRIu64 "\n", name,
	    domain, allowed, measured, r->m.declared.rounds, r->m.declared.dealt_bits / r->m.out_n,
	    r->m.declared.opened_bits / r->m.out_n);
}

static double
uniform(void)
{

	return (mapping_uniform(&seed));
}

/* ---- functions of one number ---- */

static int
apply(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, const void *state)
{
	const struct run *r = state;

	return (r->function->apply(S, y, x, mpc_unknown_numbers(r->function, F)));
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

	mpc_vector_new(S, &x, r->m.n);
	mpc_vector_new(S, &y, r->m.out_n);
	memcpy(x.held.m, r->m.x, r->m.n * sizeof(uint64_t));
	if (r->m.work(S, &y, &x, r) == -1)
		tap_bail("the plain engine has failed");
	for (i = 0; i < r->m.out_n; i++)
		wrong += y.held.m[i] != r->m.y[i];
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
		snprintf(allowed, sizeof(allowed), "%.0g%s", (f->relative > 0) ? f->relative :
		    f->error, (f->relative > 0) ? " y" : "");
	if (worst > 0)
		snprintf(measured, sizeof(measured), "%.1g%s",
		    worst * ((f->relative > 0) ? f->relative : f->error), (f->relative > 0) ? " y" :
		    "");
	print_row(f->name, domain, allowed, measured, r);
}

static void
test_function(const struct mpc_function *f, size_t parties, bool faithful)
{
	static const double far[] = { -1e9, -500, -200.5, -30, -0.5, -1e-4, 0, 1e-4, 0.005, 200.5,
		500, 1e4, 1e6, 1e9, 1.5e-5, -1.5e-5 };
	const size_t n_far = sizeof(far) / sizeof(*far);
	struct run r = { .function = f };
	double x, want, got, error, worst = 0, worst_at = 0, rough;
	size_t i, bad = 0;

	mapping_begin(&r.m, parties, (faithful ? 3000 : 20016) + n_far, (faithful ? 3000 : 20016) +
	    n_far, apply, &r);
	r.m.faithful = faithful;
	for (i = 0; i < r.m.n; i++)
		r.m.x[i] = mapping_word((i < n_far) ? far[i] : sample(f, i - n_far));
	mapping_run(&r.m);
	for (i = 0; i < r.m.n; i++) {
		x = mapping_real(r.m.x[i]);
		got = mapping_real(r.m.y[i]);
		want = f->clear(x, mpc_unknown_numbers(f, F));
		/* Error as a part of what is allowed. */
		error = fabs(got - want) / fmax(fmax(f->error, f->relative * fabs(want)),
		    0.5 / 65536);
		if (x >= f->low && x <= f->high && error > worst) {
			worst = error;
			worst_at = x;
		}
		/*
		 * Beyond the domain: what the function has become there, roughly; where it is
		 * steep, between its bounds.
		 */
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
	printf("# %s: %" PRIu64 " rounds, %" PRIu64 " bits dealt, %" PRIu64 " opened; error %.2f "
	    "of what is allowed, at %g\n", f->name, r.m.declared.rounds, r.m.declared.dealt_bits /
	    r.m.n, r.m.declared.opened_bits / r.m.n, worst, worst_at);
	ok(worst <= 1, "%s: %zu parties: within its error over its domain (%g of it, at %g)",
	    f->name, parties, worst, worst_at);
	ok(bad == 0, "%s: %zu parties: saturates beyond", f->name, parties);
	if (faithful)
		ok(differs_from_plain(&r) == 0, "%s: faithful: bit for bit what the plain engine "
		    "gives", f->name);
out:
	mapping_end(&r.m);
}

/* ---- thresholds inside of functions ---- */

/*
 * Numbers at and around what a function compares with, each under many masks: next to a threshold
 * the coin may fall either way, and what is then taken, a piece or the other, must be right.
 */
#define MASKS 24
#define AROUND 2 /* units to either side */

struct points {
	double *at;
	size_t n;
};

static void
add_point(struct points *p, double x)
{

	p->at = realloc(p->at, (p->n + 1) * sizeof(*p->at));
	p->at[p->n++] = x;
}

/* Ends of pieces, by a grid that is finer than any blur; and all powers of two, and 7/8 of them. */
static void
add_points(struct points *p, const struct mpc_function *f)
{
	static const struct {
		const char *name;
		double from, to;
	} ends[] = { { "exp", -11.85, -11.65 }, { "exp", 10.25, 10.45 }, { "sigmoid", -8.2, -7.8 },
		{ "sigmoid", 7.8, 8.2 }, { "sigmoid-exact", -20.7, -20.3 },
		{ "sigmoid-exact", 20.3, 20.7 }, { "tanh", -4.1, -3.9 }, { "tanh", 3.9, 4.1 } };
	static const double parts[] = { 1, 0.875, -1, -0.875 };
	double x;
	size_t i;
	int power, unit;

	for (i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
		for (x = ends[i].from; strcmp(ends[i].name, f->name) == 0 && x < ends[i].to;
		    x += 0x1p-11)
			add_point(p, x);
	}
	for (power = -F; power < 28; power++) {
		for (i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
			for (unit = -AROUND; unit <= AROUND; unit++)
				add_point(p, parts[i] * ldexp(1, power) + ldexp(unit, -F));
		}
	}
}

/* Whether ${got} is not ${want}; small results may be off by 3 units. */
static bool
is_off(const struct mpc_function *f, double got, double want)
{
	double allowed = fmax(f->error, f->relative * fabs(want));

	if (f->error > 0)
		allowed = fmax(allowed, 3.0 / 65536);
	return (!(fabs(got - want) <= allowed));
}

/*
 * Next to an end a function may have ended or not: exp from a sixteenth below its ends on, the
 * reciprocal from an eighth below 1/256 on.
 */
static bool
is_wrong(const struct mpc_function *f, double x, double got)
{
	bool is_exp = (strcmp(f->name, "exp") == 0), goes_on = false;

	if (is_exp)
		goes_on = (x >= -11.71875 - 0.0625 && x < 10.375);
	else if (strcmp(f->name, "reciprocal") == 0)
		goes_on = (fabs(x) >= 0.875 / 256);
	return (is_off(f, got, f->clear(x, mpc_unknown_numbers(f, F))) &&
	    (!goes_on || is_off(f, got, is_exp ? exp(x) : 1 / x)) &&
	    (!is_exp || is_off(f, got, f->clear(x + 0.0625, mpc_unknown_numbers(f, F)))));
}

static void
test_thresholds(const struct mpc_function *f)
{
	struct points p = { .n = 0 };
	struct run r = { .function = f };
	double x, got;
	size_t i, wrong = 0;

	add_points(&p, f);
	mapping_begin(&r.m, 2, MASKS * p.n, MASKS * p.n, apply, &r);
	for (i = 0; i < r.m.n; i++)
		r.m.x[i] = mapping_word(p.at[i / MASKS]);
	mapping_run(&r.m);
	for (i = 0; i < r.m.n; i++) {
		x = mapping_real(r.m.x[i]);
		got = mapping_real(r.m.y[i]);
		if (is_wrong(f, x, got) && wrong++ < 5)
			printf("# %s(%.9g) = %.9g, not %g\n", f->name, x, got,
			    f->clear(x, mpc_unknown_numbers(f, F)));
	}
	ok(wrong == 0, "%s: right on both sides of all thresholds, whatever the masks (%zu wrong)",
	    f->name, wrong);
	mapping_end(&r.m);
	free(p.at);
}

/* ---- rows ---- */

static int
row_max(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, const void *state)
{
	const struct run *r = state;
	struct mpc_vector largest = mpc_part(y, 0, r->rows), index = mpc_part(y, r->rows, r->rows);

	return (mpc_max_rows(S, &largest, &index, x, r->rows, r->cols, MPC_WORD_RANGE));
}

static void
test_max(size_t rows, size_t cols, size_t parties)
{
	struct run r = { .rows = rows, .cols = cols };
	size_t i, j, best, wrong = 0;

	mapping_begin(&r.m, parties, rows * cols, 2 * rows, row_max, &r);
	for (i = 0; i < r.m.n; i++)
		r.m.x[i] = mapping_word(floor(20 * uniform()) - 10);
	mapping_run(&r.m);
	for (i = 0; i < rows; i++) {
		for (best = 0, j = 1; j < cols; j++)
			best = (int64_t)r.m.x[i * cols + j] > (int64_t)r.m.x[i * cols + best] ? j :
			    best;
		wrong += r.m.y[i] != r.m.x[i * cols + best] || r.m.y[rows + i] != best;
	}
	ok(wrong == 0, "max of %zu x %zu: %zu parties: largest and its first position (%zu wrong), "
	    "%" PRIu64 " rounds", rows, cols, parties, wrong, r.m.declared.rounds);
	mapping_end(&r.m);
}

static int
row_softmax(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, const void *state)
{
	const struct run *r = state;

	return (mpc_softmax(S, y, x, r->rows, r->cols, mpc_unknown_numbers(NULL, F)));
}

static int
row_log_softmax(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, const void *state)
{
	const struct run *r = state;

	return (mpc_log_softmax(S, y, x, r->rows, r->cols, mpc_unknown_numbers(NULL, F)));
}

enum logits { NORMAL, EQUAL, GAP };

static void
test_softmax(size_t rows, size_t cols, enum logits logits, bool logarithm, size_t parties)
{
	struct run r = { .rows = rows, .cols = cols };
	double top, sum, want, worst = 0;
	char measured[40];
	size_t i, j;

	mapping_begin(&r.m, parties, rows * cols, rows * cols, logarithm ? row_log_softmax :
	    row_softmax, &r);
	for (i = 0; i < r.m.n; i++)
		r.m.x[i] = mapping_word((logits == NORMAL) ? mapping_normal(&seed) :
		    (logits == EQUAL) ? -3.25 : (i % 3 == 0) ? 300 : -300);
	mapping_run(&r.m);
	for (i = 0; i < rows; i++) {
		for (top = -1e9, j = 0; j < cols; j++)
			top = fmax(top, mapping_real(r.m.x[i * cols + j]));
		for (sum = 0, j = 0; j < cols; j++)
			sum += exp(mapping_real(r.m.x[i * cols + j]) - top);
		for (j = 0; j < cols; j++) {
			want = mapping_real(r.m.x[i * cols + j]) - top;
			want = logarithm ? want - log(sum) : exp(want) / sum;
			worst = fmax(worst, fabs(mapping_real(r.m.y[i * cols + j]) - want));
		}
	}
	if (table) {
		snprintf(measured, sizeof(measured), "%.1g", worst);
		print_row(logarithm ? "log-softmax" : "softmax", "all", "0.001", measured, &r);
		goto out;
	}
	ok(worst <= 1e-3, "%ssoftmax of %zu x %zu, logits %d: %zu parties: off by %g, %" PRIu64 " "
	    "rounds", logarithm ? "log-" : "", rows, cols, (int)logits, parties, worst,
	    r.m.declared.rounds);
	if (cols == 10 && !logarithm)
		ok(r.m.declared.rounds <= 26, "in at most 26 rounds");
out:
	mapping_end(&r.m);
}

static int
quotient(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, const void *state)
{
	const struct run *r = state;
	struct mpc_vector a = mpc_part(x, 0, r->m.out_n), b = mpc_part(x, r->m.out_n, r->m.out_n);

	const struct mpc_division d = mpc_unknown_division(F);

	return (mpc_divide(S, y, &a, &b, &d));
}

#define DIVIDED 1984 /* whole words of bits */

static void
test_divide(size_t parties)
{
	struct run r = { .m = { .n = 0 } };
	double want, worst = 0;
	char measured[40];
	size_t i;

	mapping_begin(&r.m, parties, 2 * DIVIDED, DIVIDED, quotient, &r);
	for (i = 0; i < r.m.n; i++)
		r.m.x[i] = mapping_word((i < DIVIDED) ? 200 * uniform() - 100 :
		    (0.02 + 900 * uniform() * uniform()) * ((i & 1) ? 1 : -1));
	mapping_run(&r.m);
	for (i = 0; i < r.m.out_n; i++) {
		want = mapping_real(r.m.x[i]) / mapping_real(r.m.x[DIVIDED + i]);
		worst = fmax(worst, fabs(ldexp((double)(int64_t)r.m.y[i],
		    -(int)mpc_unknown_division(F).result) - want) / (1e-3 * fabs(want) +
		    ldexp(2, -(int)mpc_unknown_division(F).result)));
	}
	snprintf(measured, sizeof(measured), "%.1g y", 1e-3 * worst);
	if (table)
		print_row("divide", "as reciprocal", "0.001 y", measured, &r);
	else
		ok(worst <= 1, "division: %zu parties: %g of what is allowed", parties, worst);
	mapping_end(&r.m);
}

/* ---- other fraction bits ---- */

#define OTHERS 960 /* numbers of a run; whole words of bits */

enum other { RECIPROCAL, DIVISION, LOG_SOFTMAX };

static int
with_other_bits(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, const void *state)
{
	const struct run *r = state;
	struct mpc_vector a = mpc_part(x, 0, OTHERS), b = mpc_part(x, OTHERS, OTHERS);
	struct mpc_numbers n = mpc_any_numbers((unsigned)r->cols);
	const struct mpc_division d = mpc_unknown_division((unsigned)r->cols);

	switch (r->rows) {
	case RECIPROCAL:
		return (mpc_reciprocal(S, y, &b, n));
	case DIVISION:
		return (mpc_divide(S, y, &a, &b, &d));
	default:
		return (mpc_log_softmax(S, y, &b, OTHERS / 2, 2, n));
	}
}

/* What is due of numbers a and b; of the latter's row, of two, for a softmax. */
static double
other_due(enum other what, double a, double b, double neighbour)
{

	double over = neighbour - b;

	return ((what == RECIPROCAL) ? 1 / b : (what == DIVISION) ? a / b :
	    -fmax(over, 0) - log1p(exp(-fabs(over))));
}

/* Divisors evenly in their logarithm, from the least that is not saturated to 2^10. */
static void
test_other_bits(enum other what, unsigned f)
{
	static const char *const names[] = { "reciprocal", "division", "log-softmax" };
	struct run r = { .rows = what, .cols = f };
	const unsigned bits = (what == DIVISION) ? mpc_unknown_division(f).result : f;
	double least = ldexp(1, -(int)(f / 2)), unit = ldexp(1, -(int)f), a, b, due, worst = 0,
	    limit = (what == DIVISION) ? 32767 : 1e6;
	size_t i;

	mapping_begin(&r.m, 2, 2 * OTHERS, OTHERS, with_other_bits, &r);
	for (i = 0; i < OTHERS; i++) {
		b = least * exp2(uniform() * (10 + f / 2)) + unit;
		r.m.x[i] = (uint64_t)llrint(ldexp(limit * (2 * uniform() - 1), (int)f));
		r.m.x[OTHERS + i] = (uint64_t)llrint(ldexp((i & 2) ? -b : b, (int)f));
	}
	mapping_run(&r.m);
	for (i = 0; i < OTHERS; i++) {
		a = ldexp((double)(int64_t)r.m.x[i], -(int)f);
		b = ldexp((double)(int64_t)r.m.x[OTHERS + i], -(int)f);
		due = other_due(what, a, b, ldexp((double)(int64_t)r.m.x[OTHERS + (i ^ 1)],
		    -(int)f));
		worst = fmax(worst, fabs(ldexp((double)(int64_t)r.m.y[i], -(int)bits) - due) /
		    (1e-3 * ((what == LOG_SOFTMAX) ? 1 : fabs(due)) + ((what == DIVISION) ?
		    ldexp(2, -(int)bits) : 3 * unit)));
	}
	ok(worst <= 1, "%s, %u fraction bits: %g of what is allowed", names[what], f, worst);
	mapping_end(&r.m);
}

static void
test_other_scales(void)
{
	static const unsigned bits[] = { 4, 8, 12, 17, 18, 19, 20 };
	size_t i;

	for (i = 0; i < sizeof(bits) / sizeof(*bits); i++) {
		test_other_bits(RECIPROCAL, bits[i]);
		test_other_bits(DIVISION, bits[i]);
		test_other_bits(LOG_SOFTMAX, bits[i]);
	}
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
after_product(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *x, const void *state)
{
	const struct run *r = state;
	const struct bilinear times = bilinear_elements(r->m.out_n);
	struct mpc_vector a = mpc_part(x, 0, r->m.out_n), b = mpc_part(x, r->m.out_n, r->m.out_n),
	    z, t;
	struct mpc_bits d;
	uint64_t product;
	int rc;

	mpc_vector_new(S, &z, r->m.out_n);
	mpc_vector_new(S, &t, r->m.out_n);
	mpc_bits_new(S, &d, r->m.out_n);
	rc = mpc_product(S, &z, &times, &a, &b);
	product = mpc_counted(S)->rounds;
	rc |= mpc_truncate(S, &t, &z, F);
	rounds_truncate = (unsigned)mpc_counted(S)->rounds;
	rc |= mpc_relu(S, &t, &d, &z, 48, F);
	rounds_relu = (unsigned)(mpc_counted(S)->rounds - rounds_truncate + product);
	rc |= mpc_sigmoid_within(S, &t, &z, 2 * F) | mpc_truncate(S, y, &t, MPC_SIGMOID_BITS - F);
	rounds_sigmoid = (unsigned)(mpc_counted(S)->rounds - rounds_relu - rounds_truncate + 2 *
	    product);
	mpc_vector_free(&z);
	mpc_vector_free(&t);
	mpc_bits_free(&d);
	return (rc);
}

static void
test_after_product(void)
{
	struct run r = { .m = { .n = 0 } };
	double worst = 0, x;
	size_t i;

	mapping_begin(&r.m, 2, 8000, 4000, after_product, &r);
	for (i = 0; i < r.m.n; i++)
		r.m.x[i] = mapping_word(15 * uniform() - 7.5);
	mapping_run(&r.m);
	for (i = 0; i < r.m.out_n; i++) {
		x = mapping_real(r.m.x[i]) * mapping_real(r.m.x[4000 + i]);
		worst = fmax(worst, fabs(mapping_real(r.m.y[i]) - 1 / (1 + exp(-x))));
	}
	ok(worst < 5e-4, "sigmoid of an untruncated product: off by %g", worst);
	ok(rounds_truncate == 2 && rounds_relu == 5 && rounds_sigmoid == 3,
	    "with a product: truncation %u rounds, relu %u, sigmoid within its range %u",
	    rounds_truncate, rounds_relu, rounds_sigmoid);
	mapping_end(&r.m);
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
	for (f = mpc_functions; f->name != NULL; f++)
		test_thresholds(f);
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
	test_other_scales();
	test_after_product();
	return (tap_end());
}
