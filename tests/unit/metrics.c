/*
 * Figures of predictions and labels by masked parties and on the plain engine, against float64:
 * counts by counting, the area under the curve by all pairs, the rest by its definition.
 */

#include <stdbool.h>

#include "base/diag.h"
#include "nn/metrics.h"
#include "func/sort.h"
#include "func/ratio.h"

#include "tap.h"
#include "world.h"

static uint64_t seed = 17;

static double
uniform(void)
{

	return (ldexp((double)(world_random(&seed) >> 11), -53));
}

static double
rounded(double v, unsigned bits)
{

	return (ldexp(rint(ldexp(v, (int)bits)), -(int)bits));
}

static uint64_t
word_of(double v, unsigned bits)
{

	return ((uint64_t)(int64_t)llrint(ldexp(v, (int)bits)));
}

static int64_t
signed_word(uint64_t v)
{

	return ((int64_t)v);
}

/* ---- runs ---- */

struct traffic;

struct run {
	size_t parties, rows, told; /* told: a party, or 0 for all */
	const struct metrics_shape *shape;
	uint64_t *p, *y;
	struct metrics_figures got[WORLD_MAX];
	int rc[WORLD_MAX];
	struct traffic *traffic; /* NULL: nobody listens */
};

/* Rows in two portions, of which the first one is not a multiple of 64. */
static int
score(struct mpc *S, struct run *r, size_t self, const struct mpc_vector *p,
    const struct mpc_vector *y)
{
	size_t first = (r->rows > 1) ? r->rows / 3 + 1 : 1, at, n;
	struct metrics_words x;
	struct metrics m;
	int rc = metrics_new(S, &m, r->shape);

	for (at = 0; at < r->rows && rc == 0; at += n) {
		n = (at == 0) ? first : r->rows - at;
		x.prediction = mpc_part(p, at * r->shape->columns, n * r->shape->columns);
		x.label = mpc_part(y, at * r->shape->labels, n * r->shape->labels);
		x.value = x.prediction;
		x.target = x.label;
		rc = metrics_add(S, &m, &x, n);
	}
	if (rc == 0)
		rc = metrics_reveal(S, &m, (r->told == 0) ? METRICS_TO_ALL : (r->told == self) ?
		    METRICS_TO_US : METRICS_TO_OTHER, &r->got[self]);
	metrics_free(&m);
	return (rc);
}

static int
party(struct mpc *S, size_t self, void *state)
{
	struct run *r = state;
	struct mpc_vector p, y;

	mpc_vector_new(S, &p, r->rows * r->shape->columns);
	mpc_vector_new(S, &y, r->rows * r->shape->labels);
	world_share(r->parties, self, p.held.m, p.held.lam, r->p, p.n, 3, false);
	world_share(r->parties, self, y.held.m, y.held.lam, r->y, y.n, 4, false);
	r->rc[self] = score(S, r, self, &p, &y);
	mpc_vector_free(&p);
	mpc_vector_free(&y);
	return (r->rc[self]);
}

/* On the plain engine, whose figures are those of party 1. */
static void
run_plain(struct run *r)
{
	struct mpc *S = mpc_new_plain(false);
	struct mpc_vector p, y;

	mpc_vector_new(S, &p, r->rows * r->shape->columns);
	mpc_vector_new(S, &y, r->rows * r->shape->labels);
	memcpy(p.held.m, r->p, p.n * sizeof(*p.held.m));
	memcpy(y.held.m, r->y, y.n * sizeof(*y.held.m));
	r->rc[1] = score(S, r, 1, &p, &y);
	mpc_vector_free(&p);
	mpc_vector_free(&y);
	mpc_free(S);
}

static void listen(void *state, size_t from, size_t to, const void *data, size_t bytes);

static void
run_masked(struct run *r)
{
	struct world w;
	size_t i, k, cells;

	memset(&w, 0, sizeof(w));
	w.n = r->parties;
	w.seen = (r->traffic != NULL) ? listen : NULL;
	if (world_run(&w, party, r) != 0)
		tap_bail("a run has failed");
	for (i = 0; i <= r->parties; i++) {
		if (memcmp(&w.party[i].declared, &w.party[i].counted, sizeof(struct mpc_cost)) != 0)
			tap_bail("declared and counted costs differ");
	}
	cells = r->shape->wanted[METRIC_CONFUSION] ? r->shape->classes * r->shape->classes : 0;
	for (i = 0; i <= r->parties; i++) {
		for (k = 0; (i == 0 || (r->told != 0 && r->told != i)) && k < METRICS; k++) {
			if (r->got[i].value[k] != 0)
				tap_bail("somebody has a figure who is not told");
		}
		for (k = 0; (i == 0 || (r->told != 0 && r->told != i)) && k < cells; k++) {
			if (r->got[i].confusion[k] != 0)
				tap_bail("somebody has a count who is not told");
		}
	}
	for (i = 2; r->told == 0 && i <= r->parties; i++) {
		for (k = 0; k < METRICS; k++) {
			if (memcmp(&r->got[i].value[k], &r->got[1].value[k], sizeof(double)) != 0)
				tap_bail("parties disagree");
		}
		for (k = 0; k < cells; k++) {
			if (r->got[i].confusion[k] != r->got[1].confusion[k])
				tap_bail("parties disagree");
		}
	}
}

/* ---- float64 ---- */

struct reference {
	double value[METRICS];
	uint64_t confusion[METRICS_MAX_CLASSES * METRICS_MAX_CLASSES];
};

static size_t
clear_label(const struct metrics_shape *s, const double *y)
{
	double label = 0, k;
	size_t i;

	for (i = 0; i < s->labels; i++)
		label += (s->labels == 1) ? y[0] : (double)i * y[i];
	for (k = (double)s->classes - 1; k > 0 && label < k - 0.5; k--)
		;
	return ((size_t)k);
}

static size_t
clear_class(const struct metrics_shape *s, const double *p)
{
	size_t i, best = 0;
	double k;

	for (i = 1; i < s->columns; i++)
		best = (p[i] > p[best]) ? i : best;
	if (s->columns > 1)
		return (best);
	if (s->classes == 2)
		return (p[0] >= s->threshold);
	for (k = (double)s->classes - 1; k > 0 && p[0] < k - 0.5; k--)
		;
	return ((size_t)k);
}

/* True and false positives and negatives of class ${k}. */
struct outcomes {
	double tp, fp, fn, tn;
};

static struct outcomes
outcomes_of(const struct metrics_shape *s, const uint64_t *confusion, size_t k)
{
	struct outcomes o = { 0, 0, 0, 0 };
	size_t i, j;

	for (i = 0; i < s->classes; i++) {
		for (j = 0; j < s->classes; j++)
			*((i == k) ? (j == k) ? &o.tp : &o.fn : (j == k) ? &o.fp : &o.tn) +=
			    (double)confusion[i * s->classes + j];
	}
	return (o);
}

static double
class_figure(enum metric which, const struct outcomes *o)
{
	const double of[METRICS][2] = {
		[METRIC_PRECISION] = { o->tp, o->tp + o->fp },
		[METRIC_RECALL] = { o->tp, o->tp + o->fn },
		[METRIC_SPECIFICITY] = { o->tn, o->tn + o->fp },
		[METRIC_F1] = { 2 * o->tp, 2 * o->tp + o->fp + o->fn },
	};

	return ((of[which][1] == 0) ? NAN : of[which][0] / of[which][1]);
}

static double
mean_quotient(const struct metrics_shape *s, const uint64_t *confusion, enum metric which)
{
	struct outcomes o;
	double sum = 0, v;
	size_t k;

	for (k = (s->classes == 2); k < s->classes; k++) {
		o = outcomes_of(s, confusion, k);
		v = class_figure(which, &o);
		if (s->classes == 2)
			return (v);
		sum += isnan(v) ? 0 : v;
	}
	return (sum / (double)s->classes);
}

static double
clear_balanced(const struct metrics_shape *s, const uint64_t *confusion)
{
	struct outcomes o;
	double sum = 0;
	size_t k;

	for (k = 0; k < s->classes; k++) {
		o = outcomes_of(s, confusion, k);
		sum += class_figure(METRIC_RECALL, &o);
	}
	return (sum / (double)s->classes);
}

static double
clear_mcc(const struct metrics_shape *s, const uint64_t *confusion, double rows)
{
	double hits = 0, products = 0, predicted = 0, labels = 0;
	struct outcomes o;
	size_t k;

	for (k = 0; k < s->classes; k++) {
		o = outcomes_of(s, confusion, k);
		hits += o.tp;
		products += (o.tp + o.fp) * (o.tp + o.fn);
		predicted += pow(o.tp + o.fp, 2);
		labels += pow(o.tp + o.fn, 2);
	}
	predicted = rows * rows - predicted;
	labels = rows * rows - labels;
	return ((predicted * labels == 0) ? NAN : (rows * hits - products) / sqrt(predicted *
	    labels));
}

static double
clear_score(const struct metrics_shape *s, const double *p)
{

	return ((s->columns == 1) ? p[0] : p[1] - p[0]);
}

/* Of one class against the others. */
static double
class_auc(const struct metrics_shape *s, const double *p, const double *y, size_t rows,
    size_t class)
{
	double hits = 0, all = 0, a, b;
	size_t i, j;

	for (i = 0; i < rows; i++) {
		for (j = 0; j < rows; j++) {
			if (clear_label(s, y + i * s->labels) != class ||
			    clear_label(s, y + j * s->labels) == class)
				continue;
			a = (s->classes > 2) ? p[i * s->columns + class] : clear_score(s, p +
			    i * s->columns);
			b = (s->classes > 2) ? p[j * s->columns + class] : clear_score(s, p +
			    j * s->columns);
			hits += (a > b) ? 1 : (a == b) ? 0.5 : 0;
			all++;
		}
	}
	return ((all == 0) ? NAN : hits / all);
}

static double
clear_auc(const struct metrics_shape *s, const double *p, const double *y, size_t rows)
{
	double sum = 0;
	size_t k;

	if (s->classes == 2)
		return (class_auc(s, p, y, rows, 1));
	if (s->columns != s->classes)
		return (NAN);
	for (k = 0; k < s->classes; k++)
		sum += class_auc(s, p, y, rows, k);
	return (sum / (double)s->classes);
}

static void
clear_rest(const struct metrics_shape *s, const double *p, const double *y, size_t rows,
    struct reference *f)
{
	double loss = 0, square = 0, total = 0, mean = 0, brier = 0, absolute = 0, relative = 0, q,
	    e;
	size_t i, k;

	for (i = 0; i < rows; i++) {
		k = clear_label(s, y + i * s->labels);
		q = (s->columns > 1) ? p[i * s->columns + ((k < s->columns) ? k : 0)] : (k == 1) ?
		    p[i] : 1 - p[i];
		loss -= log(fmax(q, ldexp(1, -16)));
		mean += y[i * s->labels] / (double)rows;
		brier += pow(p[(i + 1) * s->columns - 1] - (double)k, 2);
		for (k = 0; k < s->columns && s->labels == s->columns; k++) {
			e = fabs(p[i * s->columns + k] - y[i * s->columns + k]);
			square += e * e;
			absolute += e;
			relative += e / fabs(y[i * s->columns + k]);
		}
	}
	for (i = 0; i < rows; i++)
		total += pow(y[i * s->labels] - mean, 2);
	f->value[METRIC_LOG_LOSS] = loss / (double)rows;
	f->value[METRIC_BRIER] = brier / (double)rows;
	f->value[METRIC_MSE] = square / (double)(rows * s->columns);
	f->value[METRIC_MAE] = absolute / (double)(rows * s->columns);
	f->value[METRIC_MAPE] = relative / (double)(rows * s->columns);
	f->value[METRIC_R2] = (total < 1e-20) ? NAN : 1 - square / total;
}

static void
clear_figures(const struct metrics_shape *s, const double *p, const double *y, size_t rows,
    struct reference *f)
{
	size_t i, right = 0, label, class;

	memset(f, 0, sizeof(*f));
	for (i = 0; i < rows; i++) {
		label = clear_label(s, y + i * s->labels);
		class = clear_class(s, p + i * s->columns);
		f->confusion[label * s->classes + class]++;
		right += (label == class);
	}
	f->value[METRIC_ACCURACY] = (double)right / (double)rows;
	f->value[METRIC_BALANCED_ACCURACY] = clear_balanced(s, f->confusion);
	f->value[METRIC_MCC] = clear_mcc(s, f->confusion, (double)rows);
	for (i = METRIC_PRECISION; i <= METRIC_F1; i++)
		f->value[i] = mean_quotient(s, f->confusion, i);
	f->value[METRIC_AUC] = clear_auc(s, p, y, rows);
	clear_rest(s, p, y, rows, f);
}

/* What may be off; how much R2 is off depends on what it is. */
static double
allowed(enum metric which, double want)
{

	switch (which) {
	case METRIC_ACCURACY:
		return (0);
	case METRIC_MCC:
		return (1.2e-5);
	case METRIC_LOG_LOSS:
		return (5e-4);
	case METRIC_BRIER:
	case METRIC_MAE:
		return (4e-5);
	case METRIC_MAPE:
		return (1e-3 * want + 4e-5);
	case METRIC_MSE:
		return (ldexp(1, -19) * (1 + sqrt(want)));
	case METRIC_R2:
		return (1e-6 * (1 - want) * (1 - want) + 1e-6);
	default:
		return (ldexp(1, -22));
	}
}

/* ---- cases ---- */

enum data { RANDOM, TIES, NO_POSITIVES, ALL_POSITIVES, NONE_PREDICTED, CERTAIN, CLASSES, SOFTMAX,
	SCORES, CURVE, CONSTANT };

struct test {
	const char *name;
	/*
	 * a letter for each: Accuracy, Balanced, Kappa's kin mcc, Confusion, Precision, Recall,
	 * Specificity, F1, aUc, Log-loss, brier (Q), Mse, maE, mape (V), R2 (2)
	 */
	const char *wanted;
	enum data data;
	size_t rows, classes, columns, labels;
	unsigned bits, label_bits;
	double threshold;
};

static const char letters[METRICS + 1] = "ABKCPRSFULQMEV2rpc";

static const struct test tests[] = {
	{ "random probabilities", "ABKCPRSFULQME", RANDOM, 700, 2, 1, 1, 16, 16, 0.5 },
	{ "a single figure", "F", RANDOM, 65, 2, 1, 1, 16, 16, 0.5 },
	{ "another threshold", "ACPR", RANDOM, 300, 2, 1, 1, 16, 0, 0.8 },
	{ "other fraction bits", "ABKCPRSFULQME", RANDOM, 300, 2, 1, 1, 30, 8, 0.5 },
	{ "few fraction bits", "ACULQ", TIES, 300, 2, 1, 1, 3, 0, 0.5 },
	{ "ties", "ABKCPRSFULQ", TIES, 333, 2, 1, 1, 16, 16, 0.5 },
	{ "no positive row", "ABKCPRSFULQ", NO_POSITIVES, 100, 2, 1, 1, 16, 16, 0.5 },
	{ "no negative row", "ABKCPRSFULQ", ALL_POSITIVES, 100, 2, 1, 1, 16, 16, 0.5 },
	{ "no positive prediction", "ABKCPRSFULQ", NONE_PREDICTED, 100, 2, 1, 1, 16, 16, 0.5 },
	{ "probabilities 0 and 1", "ABKCPRSFULQ", CERTAIN, 100, 2, 1, 1, 16, 16, 0.5 },
	{ "one row", "ABKCPRSFULQME", RANDOM, 1, 2, 1, 1, 16, 16, 0.5 },
	{ "two rows", "ABKCPRSFULQME2", RANDOM, 2, 2, 1, 1, 16, 16, 0.5 },
	{ "classes 0 and 1", "ABKCPRSFUME", CLASSES, 200, 2, 1, 1, 0, 0, 0.5 },
	{ "scores", "ABKCPRSFU", SCORES, 200, 2, 1, 1, 16, 16, 0 },
	{ "two columns", "ABKCPRSFULQ", SOFTMAX, 200, 2, 2, 1, 16, 16, 0.5 },
	{ "two columns of each", "ABKCPRSFULQME", SOFTMAX, 200, 2, 2, 2, 16, 16, 0.5 },
	{ "five classes", "ABKCPRSFUL", SOFTMAX, 400, 5, 5, 1, 16, 16, 0.5 },
	{ "five classes, labels in columns", "ABKCPRSFLM", SOFTMAX, 130, 5, 5, 5, 16, 16, 0.5 },
	{ "five classes by number", "ABKCPRSF", CLASSES, 130, 5, 1, 1, 16, 16, 0.5 },
	{ "five classes of which one is neither there nor predicted", "ABKPRSF", CLASSES, 4, 5, 1,
	    1, 16, 16, 0.5 },
	{ "65 classes", "ABKCPRSFL", SOFTMAX, 30, 65, 65, 1, 16, 16, 0.5 },
	{ "regression", "MEV2", CURVE, 3000, 0, 1, 1, 16, 16, 0.5 },
	{ "regression at other scales", "MEV2", CURVE, 500, 0, 1, 1, 20, 10, 0.5 },
	{ "a worse regression than the mean", "2", SCORES, 300, 0, 1, 1, 16, 16, 0.5 },
	{ "constant labels", "MEV2", CONSTANT, 100, 0, 1, 1, 16, 16, 0.5 },
};

static void
make_row(const struct test *t, size_t i, double *p, double *y)
{
	size_t label = (size_t)(uniform() * (double)((t->classes > 0) ? t->classes : 2)), k;
	double sum = 0;

	if (t->data == NO_POSITIVES || t->data == ALL_POSITIVES)
		label = (t->data == ALL_POSITIVES);
	for (k = 0; k < t->labels; k++)
		y[k] = (t->labels == 1) ? (double)label : (k == label);
	switch (t->data) {
	case TIES:
		p[0] = floor(uniform() * 3 + 2 * (double)label) / 4;
		break;
	case NONE_PREDICTED:
		p[0] = uniform() * 0.49;
		break;
	case CERTAIN:
		p[0] = (uniform() < 0.9) ? (double)label : 1 - (double)label;
		break;
	case CLASSES:
		p[0] = (uniform() < 0.6) ? (double)label : floor(uniform() * (double)t->classes);
		break;
	case SCORES:
		p[0] = 4 * (uniform() + uniform() - 1) + (double)label;
		break;
	case CURVE:
		y[0] = 300 + 40 * uniform();
		p[0] = y[0] + 8 * (uniform() - 0.5);
		break;
	case CONSTANT:
		y[0] = 7;
		p[0] = 7 + uniform();
		break;
	case SOFTMAX:
		for (k = 0; k < t->columns; k++)
			sum += p[k] = exp(3 * uniform() + 2 * (k == label));
		for (k = 0; k < t->columns; k++)
			p[k] /= sum;
		break;
	default:
		p[0] = fmin(1, fmax(0, uniform() * 0.8 + 0.2 * (double)label + ((i % 7 == 0) ? 0.4 :
		    0)));
	}
}

static void
compare(const struct test *t, const struct run *r, const struct reference *want, const char *where)
{
	const struct metrics_figures *told = &r->got[(r->told == 0) ? 1 : r->told];
	const double *got = told->value;
	size_t k, cells = t->classes * t->classes;
	double error, worst = 0;
	bool same = true, good;

	for (k = 0; k < METRICS; k++) {
		if (k == METRIC_CONFUSION || !r->shape->wanted[k]) {
			same = same && (k == METRIC_CONFUSION || got[k] == 0);
			continue;
		}
		error = fabs(got[k] - want->value[k]);
		good = isnan(want->value[k]) ? isnan(got[k]) : error <= allowed(k, want->value[k]);
		if (!good)
			tap_note("%s: got %.9g, want %.9g", metric_names[k], got[k],
			    want->value[k]);
		same = same && good;
		if (!isnan(error) && allowed(k, want->value[k]) > 0)
			worst = fmax(worst, error / allowed(k, want->value[k]));
	}
	for (k = 0; r->shape->wanted[METRIC_CONFUSION] && k < cells; k++)
		same = same && told->confusion[k] == want->confusion[k];
	ok(same, "%s, %s: the largest error is %.2f of what is allowed", t->name, where, worst);
}

static void
test_case(const struct test *t)
{
	struct metrics_shape shape = { .classes = t->classes, .threshold = t->threshold,
		.columns = t->columns,
		.labels = t->labels, .bits = (int)t->bits, .label_bits = t->label_bits,
		.value_bits = t->bits, .target_bits = t->label_bits };
	double *p = calloc(t->rows * t->columns, sizeof(double)), *y = calloc(t->rows * t->labels,
	    sizeof(double));
	struct reference *want = calloc(1, sizeof(*want));
	struct run r;
	char where[32];
	size_t i;

	for (i = 0; i < METRICS; i++)
		shape.wanted[i] = strchr(t->wanted, letters[i]) != NULL;
	memset(&r, 0, sizeof(r));
	r.rows = t->rows;
	r.shape = &shape;
	r.p = calloc(t->rows * t->columns, sizeof(uint64_t));
	r.y = calloc(t->rows * t->labels, sizeof(uint64_t));
	for (i = 0; i < t->rows; i++)
		make_row(t, i, p + i * t->columns, y + i * t->labels);
	for (i = 0; i < t->rows * t->columns; i++)
		p[i] = rounded(p[i], t->bits);
	for (i = 0; i < t->rows * t->labels; i++)
		y[i] = rounded(y[i], t->label_bits);
	for (i = 0; i < t->rows * t->columns; i++)
		r.p[i] = word_of(p[i], t->bits);
	for (i = 0; i < t->rows * t->labels; i++)
		r.y[i] = word_of(y[i], t->label_bits);
	clear_figures(&shape, p, y, t->rows, want);
	for (r.parties = 1; r.parties <= 3; r.parties++) {
		snprintf(where, sizeof(where), (r.parties == 1) ? "in the clear" : "%zu parties",
		    r.parties);
		memset(r.got, 0, sizeof(r.got));
		/* With three parties, one is told in every other case. */
		r.told = (r.parties == 3 && (t - tests) % 2 == 0) ? 1 + (size_t)(t - tests) % 3 : 0;
		if (r.parties == 1)
			run_plain(&r);
		else
			run_masked(&r);
		compare(t, &r, want, where);
		for (i = 0; i < WORLD_MAX; i++)
			metrics_figures_free(&r.got[i]);
	}
	free(p);
	free(y);
	free(r.p);
	free(r.y);
	free(want);
}

/* ---- large and small numbers ---- */

#define WIDE_ROWS 3000

/* Labels and predictions of any size; those that ascend are far from the first ones' mean. */
static int
run_wide(struct run *r, double middle, double spread, double error, bool ascend, double *mse,
    double *r2)
{
	static uint64_t p[WIDE_ROWS], y[WIDE_ROWS];
	static struct metrics_shape shape = { .wanted = { [METRIC_MSE] = true, [METRIC_R2] = true },
		.columns = 1, .labels = 1, .bits = 16, .label_bits = 16, .value_bits = 16,
		.target_bits = 16 };
	double sum = 0, total = 0, residual = 0;
	struct world w;
	size_t i;

	for (i = 0; i < WIDE_ROWS; i++) {
		y[i] = word_of(middle + spread * (ascend ? 2.0 * (double)i / WIDE_ROWS - 1 :
		    2 * uniform() - 1), 16);
		p[i] = word_of(ldexp((double)signed_word(y[i]), -16) + error * (2 * uniform() - 1),
		    16);
		sum += ldexp((double)signed_word(y[i]), -16);
	}
	for (i = 0; i < WIDE_ROWS; i++) {
		total += pow(ldexp((double)signed_word(y[i]), -16) - sum / WIDE_ROWS, 2);
		residual += pow(ldexp((double)signed_word(p[i] - y[i]), -16), 2);
	}
	*mse = residual / WIDE_ROWS;
	*r2 = 1 - residual / total;
	*r = (struct run){ .parties = 2, .rows = WIDE_ROWS, .shape = &shape, .p = p, .y = y };
	memset(&w, 0, sizeof(w));
	w.n = 2;
	return (world_run(&w, party, r));
}

static void
test_wide(double middle, double spread, double error, bool ascend)
{
	struct run r;
	double mse, r2, off, off_r2;

	if (run_wide(&r, middle, spread, error, ascend, &mse, &r2) != 0)
		tap_bail("a run has failed");
	off = fabs(r.got[1].value[METRIC_MSE] / mse - 1);
	off_r2 = fabs(r.got[1].value[METRIC_R2] - r2);
	ok(off < 1e-5 && off_r2 < 1e-5 * (1 + (1 - r2) * (1 - r2)), "labels %g +- %g%s, errors up "
	    "to %g: mse off by %.1e of it, r2 by %.1e", middle, spread, ascend ? ", ascending" : "",
	    error, off, off_r2);
}

/* ---- who is told ---- */

/* What a party sends, as a checksum. */
struct traffic {
	size_t from;
	uint64_t sum;
};

static void
listen(void *state, size_t from, size_t to, const void *data, size_t bytes)
{
	struct traffic *t = ((struct run *)state)->traffic;
	const unsigned char *p = data;
	size_t i;

	(void)to;
	for (i = 0; from == t->from && i < bytes; i++)
		t->sum = (t->sum ^ p[i]) * 0x100000001b3U;
}

/*
 * Everything but the noise of the one who is told follows from the seeds, which are always the same
 * here.
 */
static uint64_t
traffic_of(size_t from, size_t told)
{
	static uint64_t p[100], y[100];
	struct metrics_shape shape = { .wanted = { [METRIC_ACCURACY] = true }, .classes = 2,
		.threshold = 0.5, .columns = 1,
		.labels = 1, .bits = 16, .label_bits = 0 };
	struct traffic t = { from, 0 };
	struct run r = { .parties = 3, .rows = 100, .told = told, .shape = &shape, .p = p, .y = y,
		.traffic = &t };
	size_t i;

	for (i = 0; i < 100; i++) {
		p[i] = i * 655;
		y[i] = i % 2;
	}
	run_masked(&r);
	if (r.got[(told == 0) ? 1 : told].value[METRIC_ACCURACY] != 0.51)
		tap_bail("a wrong accuracy");
	return (t.sum);
}

static void
test_told(void)
{

	ok(traffic_of(2, 0) == traffic_of(2, 0), "runs with the same seeds are the same");
	ok(traffic_of(2, 2) != traffic_of(2, 2), "but for the noise that the party sends which "
	    "alone is told");
	ok(traffic_of(1, 2) == traffic_of(1, 2), "and which the others do not send");
}

/* ---- what does not fit ---- */

static void
test_refused(const char *name, const char *wanted, size_t classes, size_t columns, size_t labels,
    unsigned bits)
{
	struct metrics_shape shape = { .classes = classes, .threshold = 0.5, .columns = columns,
		.labels = labels, .bits = (int)bits };
	struct mpc *S = mpc_new_plain(false);
	struct metrics m;
	size_t i;

	for (i = 0; i < METRICS; i++)
		shape.wanted[i] = strchr(wanted, letters[i]) != NULL;
	ok(metrics_new(S, &m, &shape) == -1, "refused: %s", name);
	metrics_free(&m);
	mpc_free(S);
}

/* ---- quotients ---- */

#define QUOTIENTS 2000

static uint64_t quotient_a[QUOTIENTS], quotient_b[QUOTIENTS];

static int
quotient_party(struct mpc *S, size_t self, void *state)
{
	struct world_held *held = state;
	struct mpc_vector a, b, q;
	int rc;

	mpc_vector_new(S, &a, QUOTIENTS);
	mpc_vector_new(S, &b, QUOTIENTS);
	mpc_vector_new(S, &q, QUOTIENTS);
	world_share(2, self, a.held.m, a.held.lam, quotient_a, QUOTIENTS, 5, false);
	world_share(2, self, b.held.m, b.held.lam, quotient_b, QUOTIENTS, 6, false);
	rc = mpc_ratio(S, &q, &a, &b, -5);
	world_hold(held, self, q.held.m, q.held.lam, QUOTIENTS);
	mpc_vector_free(&a);
	mpc_vector_free(&b);
	mpc_vector_free(&q);
	return (rc);
}

static void
test_quotients(void)
{
	static uint64_t clear[QUOTIENTS];
	struct world_held held;
	struct world w;
	double error, small = 0, large = 0;
	bool none = true;
	size_t i;

	memset(&w, 0, sizeof(w));
	memset(&held, 0, sizeof(held));
	w.n = 2;
	for (i = 0; i < QUOTIENTS; i++) {
		quotient_b[i] = (i < 4) ? 0 : (i < 100) ? i - 3 : (uint64_t)exp2(60 * uniform());
		quotient_a[i] = (i < 4) ? 0 : (i % 5 == 0) ? quotient_b[i] :
		    (uint64_t)(uniform() * (double)quotient_b[i]);
	}
	if (world_run(&w, quotient_party, &held) != 0 ||
	    !world_open(&held, 2, clear, QUOTIENTS, false))
		tap_bail("quotients");
	for (i = 0; i < QUOTIENTS; i++) {
		if (i < 4) {
			none = none && signed_word(clear[i]) == -5;
			continue;
		}
		error = fabs((double)signed_word(clear[i]) - ldexp((double)quotient_a[i] /
		    (double)quotient_b[i], MPC_RATIO_BITS));
		if (quotient_b[i] < (uint64_t)1 << 28)
			small = fmax(small, error);
		else
			large = fmax(large, error);
	}
	ok(none, "quotients by 0 are what was said");
	ok(small < 1.5, "quotients of small numbers are off by at most %.3f units", small);
	ok(large < 2, "quotients of large numbers are off by at most %.3f units", large);
}

/* ---- sorting ---- */

/* Two lists at once, by a network: on the plain engine, as it is the network that is looked at. */
static bool
sorts(size_t n, uint64_t values)
{
	struct mpc *S = mpc_new_plain(false);
	int64_t sum[2] = { 0, 0 };
	struct mpc_vector x;
	bool good = true;
	size_t i;

	mpc_vector_new(S, &x, 2 * n);
	for (i = 0; i < 2 * n; i++) {
		x.held.m[i] = world_random(&seed) % values - values / 2;
		sum[i / n] += signed_word(x.held.m[i]) * 3 + signed_word(x.held.m[i]) *
		    signed_word(x.held.m[i]);
	}
	good = mpc_sort(S, &x, 2, n, 40) == 0;
	for (i = 0; i < 2 * n; i++) {
		good = good &&
		    (i % n == 0 || signed_word(x.held.m[i - 1]) <= signed_word(x.held.m[i]));
		sum[i / n] -= signed_word(x.held.m[i]) * 3 + signed_word(x.held.m[i]) *
		    signed_word(x.held.m[i]);
	}
	mpc_vector_free(&x);
	mpc_free(S);
	return (good && sum[0] == 0 && sum[1] == 0);
}

static void
test_sorting(void)
{
	bool good = true;
	size_t n, i;

	for (n = 1; n <= 130; n++) {
		for (i = 0; i < 3; i++)
			good = good && sorts(n, (i == 0) ? 4 : 1000000);
	}
	ok(good, "lists of 1 to 130 numbers are sorted");
	ok(sorts(100000, 1000000), "and lists of 100,000, whose stages are done in pieces");
}

int
main(void)
{
	size_t i;

	diag_init("metrics");
	tap_plan(3 * sizeof(tests) / sizeof(*tests) + 7 + 3 + 11 + 3 + 2);
	for (i = 0; i < sizeof(tests) / sizeof(*tests); i++)
		test_case(&tests[i]);
	test_wide(0.5, 0.5, 0.1, false);
	test_wide(0.5, 0.5, 0.1, true);
	test_wide(0.01, 0.01, 0.002, true);
	test_wide(-8000, 3000, 700, false);
	test_wide(14000, 2000, 9000, true);
	test_wide(0, 32000, 32000, true);
	test_wide(30000, 900, 0.5, false);
	test_told();
	test_refused("auc of class numbers", "U", 3, 1, 1, 16);
	test_refused("brier of three classes", "Q", 0, 3, 1, 16);
	test_refused("log-loss of class numbers", "L", 4, 1, 1, 16);
	test_refused("66 classes", "A", 66, 1, 1, 16);
	test_refused("one class", "A", 1, 1, 1, 16);
	test_refused("predictions of other columns than classes", "A", 3, 2, 1, 16);
	test_refused("labels of other columns than classes", "A", 0, 3, 2, 16);
	test_refused("mse of other columns than labels", "M", 0, 3, 1, 16);
	test_refused("r2 of two columns", "2", 0, 2, 2, 16);
	test_refused("too many fraction bits", "A", 0, 1, 1, 39);
	test_refused("of anything, no less", "AQ", 0, 5, 5, 16);
	test_quotients();
	test_sorting();
	return (tap_end());
}
