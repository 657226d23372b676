#include "data/test_table.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/distribution.h"
#include "data/csv_text.h"
#include "ring/fixed.h"

/*
 * Sums of squares are of numbers that may be rounded at random to whole units.  Below this times
 * the number of rows, in squares of units, too much of them comes from that, or all: what varies so
 * little beside its range counts as constant.
 */
#define ROUNDED_SQUARES 1000

struct test_kind;

struct test_table {
	const struct test_kind *kind;
	struct part *part;
	double *x;
	size_t rows, room; /* room: in rows */
};

struct test_kind {
	const char *name;
	int (*print)(const struct test_table *t, struct buf *text);
};

/* ---- what comes ---- */

static double
at(const struct test_table *t, size_t row, size_t col)
{

	return (t->x[row * t->part->cols + col]);
}

int
test_table_row(struct test_table *t, const uint64_t *words)
{
	const size_t cols = t->part->cols;
	size_t j;

	if (mem_row_reserve(&t->x, t->rows, &t->room, cols) == -1)
		return (-1);
	for (j = 0; j < cols; j++)
		t->x[t->rows * cols + j] = ldexp(fixed_to_double((int64_t)words[j],
		    t->part->fraction_bits, t->part->divisor), part_about(t->part, j)->exponent);
	t->rows++;
	return (0);
}

/* What a column is called behind ${figure} and "_"; NULL: it is not such a column. */
static const char *
of_figure(const struct test_table *t, size_t j, const char *figure)
{
	const size_t n = strlen(figure);
	const char *name;

	if (t->part->columns == NULL || j >= t->part->cols)
		return (NULL);
	name = t->part->columns[j];
	return ((strncmp(name, figure, n) == 0 && name[n] == '_') ? name + n + 1 : NULL);
}

static bool
is_called(const struct test_table *t, size_t j, const char *name)
{

	return (t->part->columns != NULL && j < t->part->cols &&
	    strcmp(t->part->columns[j], name) == 0);
}

static int
refuse_table(const struct test_table *t)
{

	return (fail(ST_FAILED, "tensor '%s' is not what smpc-stat %s writes, and --table cannot "
	    "make its table: take the result as it is, with all columns", t->part->name,
	    t->kind->name));
}

/* Whether columns from ${j} on are ${count} figures of one column, in this order. */
static bool
are_figures(const struct test_table *t, size_t j, const char *const *figures, size_t count)
{
	const char *first = of_figure(t, j, figures[0]), *other;
	size_t i;

	for (i = 1; i < count && first != NULL; i++) {
		if ((other = of_figure(t, j + i, figures[i])) == NULL ||
		    strcmp(other, first) != 0)
			return (false);
	}
	return (first != NULL);
}

/* Whether the first column says which group a row is, of ${rows} groups. */
static bool
has_groups(const struct test_table *t, size_t rows)
{
	const struct column *c = part_about(t->part, 0);

	return (c->kind == COLUMN_CLASS && c->n_values == rows);
}

static const char *
group_name(const struct test_table *t, size_t k)
{

	return (part_about(t->part, 0)->values[k]);
}

/* Squares of numbers that are as good as constant are none. */
static double
squares_beyond(const struct test_table *t, size_t j, double squares, double rows)
{
	const double unit = ldexp(1, part_about(t->part, j)->exponent -
	    (int)t->part->fraction_bits);

	return ((squares <= unit * ROUNDED_SQUARES * rows) ? 0 : squares);
}

/* A count of ${all} that are told; where none are, a group was too small, or no row was in one. */
static double
told(double count, double all)
{

	return ((all > 0) ? count : NAN);
}

/* ---- what is printed ---- */

static int
print_cells(struct buf *text, const double *v, size_t n)
{
	char number[40];
	size_t i;

	for (i = 0; i < n; i++) {
		if (isnan(v[i]))
			snprintf(number, sizeof(number), ",NaN");
		else
			snprintf(number, sizeof(number), ",%.9g", (v[i] == 0) ? 0 : v[i]);
		if (buf_string(text, number) == -1)
			return (-1);
	}
	return (buf_string(text, "\n"));
}

static int
print_named(struct buf *text, const char *name, const double *v, size_t n)
{

	return ((csv_text_name(text, name) == -1) ? -1 : print_cells(text, v, n));
}

/* A name of a column of the table, behind those before it: that of a figure of a group. */
static int
print_group_column(struct buf *text, const char *figure, const char *group)
{
	struct buf name = { NULL, 0, 0 };
	int rc = -1;

	if (buf_string(&name, figure) == 0 && buf_string(&name, "_") == 0 &&
	    buf_string(&name, group) == 0 && buf_append(&name, "", 1) == 0 &&
	    buf_string(text, ",") == 0)
		rc = csv_text_name(text, name.data);
	buf_free(&name);
	return (rc);
}

/* ---- t tests ---- */

/* What a t test says. */
struct t_found {
	double estimate, mu, error, freedom;
};

/* An estimate with its error: R says that numbers without one are not tested. */
static int
print_t(struct buf *text, const char *name, const struct t_found *f, const double *more, size_t n)
{
	enum { ESTIMATE, ERROR, T, FREEDOM, P, LOW, HIGH, MORE, CELLS = MORE + 4 };
	double v[CELLS], far;
	size_t i;

	v[ESTIMATE] = f->estimate;
	v[ERROR] = (f->error > 0) ? f->error : NAN;
	v[FREEDOM] = (f->error > 0 && f->freedom > 0) ? f->freedom : NAN;
	v[T] = (f->estimate - f->mu) / v[ERROR];
	v[P] = isnan(v[FREEDOM]) ? NAN : distribution_student(v[T], v[FREEDOM]);
	far = isnan(v[FREEDOM]) ? NAN : distribution_student_beyond(0.05, v[FREEDOM]) * v[ERROR];
	v[LOW] = f->estimate - far;
	v[HIGH] = f->estimate + far;
	for (i = 0; i < n; i++)
		v[MORE + i] = more[i];
	return (print_named(text, name, v, MORE + n));
}

static int
print_one_mean(const struct test_table *t, struct buf *text)
{
	static const char *const figures[] = { "mu", "count", "sum", "squares" };
	struct t_found f;
	double n, squares, more[2];
	size_t j;

	if (buf_string(text, "name,mean,std_error,t,df,p,low_95,high_95,mu,count\n") == -1)
		return (-1);
	for (j = 0; j < t->part->cols; j += 4) {
		if (!are_figures(t, j, figures, 4))
			return (refuse_table(t));
		n = at(t, 0, j + 1);
		squares = squares_beyond(t, j + 3, at(t, 0, j + 3), n);
		f = (struct t_found){ .estimate = (n > 0) ? at(t, 0, j + 2) / n : NAN,
			.mu = at(t, 0, j), .freedom = n - 1,
			.error = (n > 1) ? sqrt(squares / (n - 1) / n) : NAN };
		more[0] = at(t, 0, j);
		more[1] = n;
		if (print_t(text, of_figure(t, j, "mu"), &f, more, 2) == -1)
			return (-1);
	}
	return (0);
}

/* Welch's: each group has a variance of its own. */
static void
find_welch(struct t_found *f, const double n[2], const double squares[2])
{
	double v[2];
	int k;

	for (k = 0; k < 2; k++)
		v[k] = (n[k] > 1) ? squares[k] / (n[k] - 1) / n[k] : NAN;
	f->error = sqrt(v[0] + v[1]);
	f->freedom = (v[0] + v[1]) * (v[0] + v[1]) / (v[0] * v[0] / (n[0] - 1) +
	    v[1] * v[1] / (n[1] - 1));
}

/* Student's: both have one. */
static void
find_student(struct t_found *f, const double n[2], double squares)
{

	f->freedom = n[0] + n[1] - 2;
	f->error = (f->freedom > 0) ? sqrt(squares / f->freedom * (1 / n[0] + 1 / n[1])) : NAN;
}

static int
print_two_means(const struct test_table *t, struct buf *text, size_t j, bool pooled)
{
	const double n[2] = { at(t, 0, j), at(t, 1, j) };
	double squares[2], more[4];
	struct t_found f;
	int k;

	for (k = 0; k < 2; k++) {
		squares[k] = squares_beyond(t, j + 2, at(t, (size_t)k, j + 2),
		    pooled ? n[0] + n[1] : n[k]);
		more[k] = (n[k] > 0) ? at(t, (size_t)k, j + 1) / n[k] : NAN;
		more[2 + k] = told(n[k], n[0] + n[1]);
	}
	f = (struct t_found){ .estimate = more[0] - more[1] };
	if (pooled)
		find_student(&f, n, squares[0]);
	else
		find_welch(&f, n, squares);
	return (print_t(text, of_figure(t, j, "count"), &f, more, 4));
}

static int
print_t_groups(const struct test_table *t, struct buf *text)
{
	static const char *const welch[] = { "count", "sum", "squares" },
	    *const student[] = { "count", "sum", "pooled" };
	bool pooled;
	size_t j;
	int k;

	if (!has_groups(t, 2) || t->rows != 2)
		return (refuse_table(t));
	if (buf_string(text, "name,difference,std_error,t,df,p,low_95,high_95") == -1)
		return (-1);
	for (k = 0; k < 4; k++) {
		if (print_group_column(text, (k < 2) ? "mean" : "count",
		    group_name(t, (size_t)k % 2)) == -1)
			return (-1);
	}
	if (buf_string(text, "\n") == -1)
		return (-1);
	for (j = 1; j < t->part->cols; j += 3) {
		pooled = are_figures(t, j, student, 3);
		if (!pooled && !are_figures(t, j, welch, 3))
			return (refuse_table(t));
		if (print_two_means(t, text, j, pooled) == -1)
			return (-1);
	}
	return (0);
}

static int
print_t_test(const struct test_table *t, struct buf *text)
{

	return ((t->rows == 1 && of_figure(t, 0, "mu") != NULL) ? print_one_mean(t, text) :
	    print_t_groups(t, text));
}

/* ---- analysis of variance ---- */

static int
print_anova(const struct test_table *t, struct buf *text)
{
	static const char *const figures[] = { "count", "groups", "between", "within" };
	enum { BETWEEN, BETWEEN_FREEDOM, WITHIN, WITHIN_FREEDOM, F, P, CELLS };
	double v[CELLS], n, groups;
	size_t j;

	if (t->rows != 1)
		return (refuse_table(t));
	if (buf_string(text, "name,squares_between,df_between,squares_within,df_within,f,p\n") ==
	    -1)
		return (-1);
	for (j = 0; j < t->part->cols; j += 4) {
		if (!are_figures(t, j, figures, 4))
			return (refuse_table(t));
		n = at(t, 0, j);
		groups = at(t, 0, j + 1);
		v[BETWEEN] = (n > 0) ? at(t, 0, j + 2) : NAN;
		v[WITHIN] = (n > 0) ? squares_beyond(t, j + 3, at(t, 0, j + 3), n) : NAN;
		v[BETWEEN_FREEDOM] = (groups > 1) ? groups - 1 : NAN;
		v[WITHIN_FREEDOM] = (n > groups) ? n - groups : NAN;
		v[F] = (v[WITHIN] > 0) ? v[BETWEEN] / v[BETWEEN_FREEDOM] /
		    (v[WITHIN] / v[WITHIN_FREEDOM]) : NAN;
		v[P] = distribution_fisher(v[F], v[BETWEEN_FREEDOM], v[WITHIN_FREEDOM]);
		if (print_named(text, of_figure(t, j, "count"), v, CELLS) == -1)
			return (-1);
	}
	return (0);
}

/* ---- chi-square ---- */

static int
print_chi_square(const struct test_table *t, struct buf *text)
{
	double v[4], n;

	if (t->rows != 1 || t->part->cols != 3 || !is_called(t, 0, "chi_square") ||
	    !is_called(t, 1, "df") || !is_called(t, 2, "count"))
		return (refuse_table(t));
	n = at(t, 0, 2);
	v[0] = (n > 0) ? at(t, 0, 0) : NAN;
	v[1] = told(at(t, 0, 1), n);
	v[2] = distribution_chi_square(v[0], v[1]);
	v[3] = told(n, n);
	return ((buf_string(text, "name,chi_square,df,p,count\n") == -1) ? -1 :
	    print_named(text, "independence", v, 4));
}

/* ---- Mann and Whitney ---- */

/*
 * U of the first group, which R calls W; and, of the ranks of all, twice their distances from the
 * middle, squared and added up: 4 times what the variance of U is made of.  A half is what the
 * normal distribution, which has no steps, is corrected by.
 */
static int
print_mann_whitney_column(const struct test_table *t, struct buf *text, size_t j)
{
	const double n[2] = { at(t, 0, j), at(t, 1, j) }, all = n[0] + n[1], u = at(t, 0, j + 1),
	    squares = at(t, 0, j + 2), away = u - n[0] * n[1] / 2,
	    deviation = sqrt(n[0] * n[1] * squares / 4 / (all * (all - 1)));
	const bool defined = (n[0] > 0 && n[1] > 0 && squares > 0);
	double v[5];

	v[0] = (n[0] > 0 && n[1] > 0) ? u : NAN;
	v[1] = defined ? (away - copysign((away == 0) ? 0 : 0.5, away)) / deviation : NAN;
	v[2] = distribution_normal(v[1]);
	v[3] = told(n[0], all);
	v[4] = told(n[1], all);
	return (print_named(text, of_figure(t, j, "count"), v, 5));
}

static int
print_mann_whitney(const struct test_table *t, struct buf *text)
{
	static const char *const figures[] = { "count", "u", "squares" };
	size_t j;

	if (!has_groups(t, 2) || t->rows != 2)
		return (refuse_table(t));
	if (buf_string(text, "name,w,z,p") == -1 ||
	    print_group_column(text, "count", group_name(t, 0)) == -1 ||
	    print_group_column(text, "count", group_name(t, 1)) == -1 ||
	    buf_string(text, "\n") == -1)
		return (-1);
	for (j = 1; j < t->part->cols; j += 3) {
		if (!are_figures(t, j, figures, 3))
			return (refuse_table(t));
		if (print_mann_whitney_column(t, text, j) == -1)
			return (-1);
	}
	return (0);
}

/* ---- survival ---- */

/* A survivor function so far, and the sum of Greenwood's formula. */
struct survival {
	double survival, sum, from;
};

enum { FROM, TO, AT_RISK, EVENTS, SHOWN, SURVIVAL_COLUMNS };

static int
print_bin(const struct test_table *t, struct buf *text, struct survival *s, size_t i,
    size_t first, const char *name)
{
	enum { BEGIN, END, RISK, DEAD, SURVIVAL, ERROR, LOW, HIGH, CELLS };
	const double n = at(t, i, first + AT_RISK), d = at(t, i, first + EVENTS);
	double v[CELLS], far;

	s->survival *= 1 - d / n;
	s->sum += d / (n * (n - d));
	far = distribution_normal_beyond(0.05) * sqrt(s->sum);
	v[BEGIN] = s->from;
	v[END] = at(t, i, first + TO);
	v[RISK] = n;
	v[DEAD] = d;
	v[SURVIVAL] = s->survival;
	v[ERROR] = (s->survival > 0) ? s->survival * sqrt(s->sum) : NAN;
	v[LOW] = (s->survival > 0) ? s->survival * exp(-far) : NAN;
	v[HIGH] = (s->survival > 0) ? fmin(s->survival * exp(far), 1) : NAN;
	return (print_named(text, name, v, CELLS));
}

/* Bins that are not shown are part of the next one that is. */
static int
print_curve(const struct test_table *t, struct buf *text, size_t first_row, size_t rows,
    size_t first, const char *name)
{
	struct survival s = { .survival = 1, .from = at(t, first_row, first + FROM) };
	size_t i;

	for (i = first_row; i < first_row + rows; i++) {
		if (at(t, i, first + SHOWN) == 0)
			continue;
		if (print_bin(t, text, &s, i, first, name) == -1)
			return (-1);
		s.from = at(t, i, first + TO);
	}
	return (0);
}

static int
print_survival(const struct test_table *t, struct buf *text)
{
	static const char *const figures[] = { "from", "to", "at_risk", "events", "shown" };
	const bool grouped = (part_about(t->part, 0)->kind == COLUMN_CLASS);
	const size_t first = grouped, groups = grouped ? part_about(t->part, 0)->n_values : 1,
	    bins = t->rows / groups;
	size_t i;

	for (i = 0; i < SURVIVAL_COLUMNS && is_called(t, first + i, figures[i]); i++)
		continue;
	if (i < SURVIVAL_COLUMNS || t->part->cols != first + i || bins * groups != t->rows)
		return (refuse_table(t));
	if (buf_string(text,
	    "name,from,to,at_risk,events,survival,std_error,low_95,high_95\n") == -1)
		return (-1);
	for (i = 0; i < groups; i++) {
		if (print_curve(t, text, i * bins, bins, first,
		    grouped ? group_name(t, i) : "all") == -1)
			return (-1);
	}
	return (0);
}

/* ---- log-rank ---- */

#define MAX_GROUPS 64

/*
 * v' V^-1 v of the first ${n} groups, and how many of these V has: those without rows, or always
 * alone, have a variance of 0, and are left out, as R leaves them out.
 */
static double
quadratic_form(double V[MAX_GROUPS][MAX_GROUPS], double *v, size_t n, double *freedom)
{
	double sum = 0, f;
	size_t i, j, k;

	*freedom = 0;
	for (k = 0; k < n; k++) {
		if (V[k][k] <= 1e-6)
			continue;
		sum += v[k] * v[k] / V[k][k];
		*freedom += 1;
		for (i = k + 1; i < n; i++) {
			f = V[i][k] / V[k][k];
			for (j = k; j < n; j++)
				V[i][j] -= f * V[k][j];
			v[i] -= f * v[k];
		}
	}
	return (sum);
}

static double
find_log_rank(const struct test_table *t, double *freedom)
{
	const size_t n = t->rows;
	double V[MAX_GROUPS][MAX_GROUPS], v[MAX_GROUPS];
	size_t at_row[MAX_GROUPS], m = 0, i, j;

	for (i = 0; i < n; i++) {
		if (at(t, i, 3) > 0)
			at_row[m++] = i;
	}
	for (i = 0; i < m; i++) {
		v[i] = at(t, at_row[i], 2) - at(t, at_row[i], 3);
		for (j = 0; j < m; j++)
			V[i][j] = at(t, at_row[i], 4 + at_row[j]);
	}
	return (quadratic_form(V, v, (m > 0) ? m - 1 : 0, freedom));
}

/* A figure of all groups, and commas where a group has more. */
static int
print_single(struct buf *text, const char *name, double v)
{

	if (buf_string(text, name) == -1 || print_cells(text, &v, 1) == -1)
		return (-1);
	text->len--;
	return (buf_string(text, ",,\n"));
}

static int
print_log_rank(const struct test_table *t, struct buf *text)
{
	const size_t n = t->rows;
	double freedom, square, last[3], all = 0;
	size_t i;

	if (n > MAX_GROUPS || !has_groups(t, n) || t->part->cols != 4 + n ||
	    !is_called(t, 1, "count") || !is_called(t, 2, "observed") ||
	    !is_called(t, 3, "expected"))
		return (refuse_table(t));
	if (buf_string(text, "name,count,observed,expected\n") == -1)
		return (-1);
	for (i = 0; i < n; i++)
		all += at(t, i, 1);
	for (i = 0; i < n; i++) {
		last[0] = told(at(t, i, 1), all);
		last[1] = told(at(t, i, 2), all);
		last[2] = told(at(t, i, 3), all);
		if (print_named(text, group_name(t, i), last, 3) == -1)
			return (-1);
	}
	square = find_log_rank(t, &freedom);
	last[0] = (freedom > 0) ? square : NAN;
	last[1] = (freedom > 0) ? freedom : NAN;
	last[2] = distribution_chi_square(last[0], last[1]);
	return ((print_single(text, "(Chi-square)", last[0]) == -1 ||
	    print_single(text, "(df)", last[1]) == -1) ? -1 :
	    print_single(text, "(p)", last[2]));
}

/* ---- variance inflation ---- */

/* Factors are at least 1; 0 says that columns are collinear. */
static int
print_inflation(const struct test_table *t, struct buf *text)
{
	char number[24];
	double v;
	size_t j;

	if (t->rows != 1)
		return (refuse_table(t));
	if (buf_string(text, "name,vif\n") == -1)
		return (-1);
	for (j = 0; j < t->part->cols; j++) {
		snprintf(number, sizeof(number), "%zu", j + 1);
		v = (at(t, 0, j) > 0) ? at(t, 0, j) : NAN;
		if (print_named(text, (t->part->columns != NULL) ? t->part->columns[j] : number,
		    &v, 1) == -1)
			return (-1);
	}
	return (0);
}

/* ---- which one ---- */

static const struct test_kind kinds[] = {
	{ "t-test", print_t_test },
	{ "anova", print_anova },
	{ "chi-square", print_chi_square },
	{ "mann-whitney", print_mann_whitney },
	{ "survival", print_survival },
	{ "log-rank", print_log_rank },
	{ "vif", print_inflation },
};

#define KINDS (sizeof(kinds) / sizeof(*kinds))

/* The name of a tensor is that of the test, behind a point where it was not the default one. */
static const struct test_kind *
kind_of_tensor(const struct part *part)
{
	const char *point = strrchr(part->name, '.'), *name;
	size_t i;

	name = (point != NULL) ? point + 1 : part->name;
	for (i = 0; i < KINDS && strcmp(kinds[i].name, name) != 0; i++)
		continue;
	return ((i < KINDS && part->model == NULL) ? &kinds[i] : NULL);
}

bool
test_table_is(const struct part *part)
{

	return (kind_of_tensor(part) != NULL);
}

/* Figures of two tests, such as of two owners' rows, do not add up to those of one. */
static int
check_computed(const struct part *part)
{
	static const char *const ops[] = { "add", "sub", "mul", "matmul", "sum", "map",
		"truncate" };
	size_t i;

	for (i = 0; i < sizeof(ops) / sizeof(*ops); i++) {
		if (strcmp(part->op, ops[i]) == 0)
			return (fail(ST_FAILED, "tensor '%s' was made by smpc-%s of what a test "
			    "has found, and figures of tests do not add up: test all rows "
			    "together (smpc-cat)", part->name, part->op));
	}
	return (0);
}

struct test_table *
test_table_new(const struct part *part)
{
	struct test_table *t;

	if (check_computed(part) == -1)
		return (NULL);
	t = mem_array(1, sizeof(*t));
	if (t != NULL && (t->part = part_copy(part)) == NULL) {
		free(t);
		t = NULL;
	}
	if (t != NULL)
		t->kind = kind_of_tensor(part);
	return (t);
}

int
test_table_print(const struct test_table *t, struct buf *text)
{

	return ((t->rows == 0) ? refuse_table(t) : t->kind->print(t, text));
}

void
test_table_free(struct test_table *t)
{

	if (t == NULL)
		return;
	mem_wipe_free(t->x, t->room * t->part->cols * sizeof(*t->x));
	part_free(t->part);
	free(t);
}
