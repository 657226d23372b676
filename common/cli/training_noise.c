#include "cli/training_noise.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/mem.h"
#include "cli/classes.h"
#include "cli/dataset.h"
#include "cli/features.h"
#include "cli/known.h"
#include "cli/model_columns.h"
#include "cli/models.h"
#include "data/bounds.h"
#include "func/divisor.h"
#include "nn/learner_network.h"
#include "nn/prepare.h"
#include "nn/private.h"
#include "table/columns.h"

/* A training on its way. */
struct noisy_course {
	struct stage *stage;
	struct noisy_training *t;
	struct dataset features, labels;
	struct stage_inputs inputs;
	struct model model;
	struct nn_private_span *spans; /* of features, and of a label that is a number */
	size_t width;                  /* of z: 1, features, and such a label */
	struct mpc_vector z, labels01, w;
};

/* Sums that get noise: ${rows} words of one column, a share of all that is spent. */
struct noisy_sums {
	struct part *part;
	double change;
	struct noise_tensor t;
};

/* ---- what headers tell ---- */

#define NO_RANGE "no range is declared, from which follows how much noise it takes (smpc-share " \
	"--range, smpc-map clip)"

static int
check_declared(const struct part *p)
{
	size_t j;

	for (j = 0; j < p->cols; j++) {
		if (!bounds_known(bounds_of(part_about(p, j))))
			return (known_refuse(p, j, NO_RANGE));
	}
	return (0);
}

/* A label of a logistic regression is from 0 to 1, which no bit can be opened about. */
static int
check_binary_label(const struct part *p, size_t j)
{
	const struct bounds b = bounds_of(part_about(p, j));
	int bits = (int)p->fraction_bits - part_about(p, j)->exponent;

	return ((b.low >= 0 && bits >= 0 && bits <= MPC_NUMBER_RANGE &&
	    b.high <= (int64_t)1 << bits) ? 0 :
	    known_refuse(p, j, "labels of a logistic regression are 0 and 1, and its range says "
	    "that they may be others (smpc-share --codes, smpc-share --range)"));
}

static int
check_number_label(const struct part *p, size_t j)
{

	return (!column_is_renumbered(part_about(p, j)) ? 0 :
	    known_refuse(p, j, "labels were declared as classes, and are shared as 0, 1 and so "
	    "on: a model that learns numbers takes them with a range (smpc-share --range)"));
}

static int
check_noisy_label(const struct noisy_training *t, const struct part *p, const uint8_t *marks)
{
	size_t j, at = 0, n = 0;

	for (j = 0; j < p->cols; j++) {
		at = marks[j] ? j : at;
		n += marks[j];
	}
	if (n != 1)
		return (fail(ST_USAGE, "with noise one column is learnt, and '%s' names %zu",
		    t->label, n));
	if (p->cols - 1 > NN_PRIVATE_MAX_FEATURES)
		return (fail(ST_USAGE, "with noise a model takes at most %d features, and there "
		    "are %zu", NN_PRIVATE_MAX_FEATURES, p->cols - 1));
	return (t->lines ? check_number_label(p, at) : check_binary_label(p, at));
}

int
noisy_training_check(const struct stage *stage, void *state)
{
	struct noisy_training *t = state;
	const char *where = reader_name(stage->readers[0]);
	uint8_t *marks;
	struct part *p;
	int rc = -1;

	if (reader_part(stage->readers[0], &p) == -1 || stage_refuse_divisor(p, where) == -1 ||
	    (marks = mem_array(p->cols, sizeof(*marks))) == NULL)
		return (-1);
	if ((part_once(p) ? 0 : exposure_refuse(p)) == 0 &&
	    columns_mark(t->label, strlen(t->label), (const char *const *)p->columns, p->cols,
	    where, marks) == 0 && check_declared(p) == 0 &&
	    check_noisy_label(t, p, marks) == 0)
		rc = noise_begin(&t->noise, stage);
	free(marks);
	return (rc);
}

void
noisy_training_describe(void *state, struct descriptor *d)
{

	noise_describe(&((const struct noisy_training *)state)->noise, d);
}

/* ---- rows ---- */

static int
read_rows_to_learn(struct noisy_course *c)
{

	if (dataset_read(c->stage, 0, &c->features, c->t->label, &c->labels, &c->inputs) == -1)
		return (-1);
	if (c->features.rows == 0)
		return (fail(ST_FAILED, "there are no rows to learn from"));
	if (c->features.rows > NN_PRIVATE_MAX_ROWS)
		return (fail(ST_RANGE, "there are %zu rows, and with noise a model takes at most "
		    "%zu", c->features.rows, NN_PRIVATE_MAX_ROWS));
	return (0);
}

static int
describe_model(struct noisy_course *c)
{
	const char *where = reader_name(c->stage->readers[0]);
	const struct model_columns_of features = { .part = c->features.parts[0].part,
		.where = where, .positions = c->features.positions, .cols = c->features.cols },
	    labels = { .part = c->labels.parts[0].part, .where = where,
		.positions = c->labels.positions, .cols = c->labels.cols };
	struct model *m = &c->model;

	m->spent = &c->t->noise.shares;
	if ((m->learner = learner_network.make(c->t->lines ? "dense 1" : "dense 1, sigmoid",
	    (struct nn_shape){ c->features.cols, 1, 1 })) == NULL ||
	    m->learner->kind->start(m->learner, c->stage->S, 0) == -1 ||
	    (m->about = nn_model_new(m->learner, 0)) == NULL)
		return (-1);
	return ((model_columns_note(m, &features, &labels) == -1 ||
	    nn_model_names(&m->about->features, &m->about->n_features,
	    (const char *const *)c->features.names, c->features.cols) == -1 ||
	    nn_model_names(&m->about->labels, &m->about->n_labels,
	    (const char *const *)c->labels.names, c->labels.cols) == -1) ? -1 : 0);
}

/* What is scaled by has no room where a column's words are less far apart. */
#define LEAST_WIDTH 4

/* The words of a column, once they are multiplied by 2^shift; their middle is a word. */
static int
find_span(const struct dataset *d, size_t j, int shift, struct nn_private_span *span)
{
	const struct part *p = d->parts[0].part;
	struct bounds b = bounds_of(part_about(p, d->positions[j]));

	if (shift >= 0) {
		b.low *= (int64_t)1 << shift;
		b.high *= (int64_t)1 << shift;
	} else {
		b.low >>= -shift;
		b.high = -(-b.high >> -shift);
	}
	b.high += (b.high - b.low) % 2;
	*span = (struct nn_private_span){ b.low, b.high };
	return ((b.high == b.low || b.high - b.low >= LEAST_WIDTH) ? 0 :
	    known_refuse(p, d->positions[j], "its range is narrower than 2^-14, of which too few "
	    "bits are left: multiply it (smpc-mul), or declare the range when it is shared "
	    "(smpc-share --range)"));
}

/*
 * Bring numbers to the words that models take, in units that the model keeps, and say what they
 * can be then.  All of them have ranges, so that no bit is opened.
 */
static int
settle_numbers_within(struct noisy_course *c, struct dataset *d, int **units,
    struct nn_private_span *spans)
{
	struct features_plan plan;
	size_t j;
	int rc = features_settle(c->stage, d, reader_name(c->stage->readers[0]), &plan, NULL,
	    true);

	for (j = 0; j < d->cols && rc == 0; j++)
		rc = find_span(d, j, plan.shift[j], &spans[j]);
	if (rc == 0) {
		*units = plan.exponent;
		plan.exponent = NULL;
	}
	features_plan_free(&plan);
	return (rc);
}

/* Words of a vector that everybody knows. */
static int
share_public(struct mpc *S, struct mpc_vector *v, const int64_t *words, size_t n)
{

	return ((mpc_vector_new(S, v, n) == -1) ? -1 : nn_add_to_columns(v, n, words, 1));
}

/* What smpc-predict standardizes by: u = (x - middle) 2 / width, and back. */
static int
keep_spans(struct noisy_course *c)
{
	size_t n = c->features.cols, j;
	int64_t *words = mem_array(2 * (n + 1), sizeof(*words)), *scale = words + n + 1, width;
	struct mpc *S = c->stage->S;
	struct model *m = &c->model;
	int rc = -1;

	if (words == NULL)
		return (-1);
	for (j = 0; j < c->width - 1; j++) {
		width = c->spans[j].high - c->spans[j].low;
		words[j] = (c->spans[j].low + c->spans[j].high) / 2;
		scale[j] = (j == n) ? width << (NN_DEVIATION_BITS - NN_BITS - 1) :
		    (width > 0) ? llrint(ldexp(1, NN_SCALE_BITS + NN_BITS + 1) / (double)width) : 0;
	}
	if (share_public(S, &m->mean, words, n) == 0 &&
	    share_public(S, &m->scale, scale, n) == 0)
		rc = (!c->t->lines) ? 0 : (share_public(S, &m->label_mean, words + n, 1) == -1 ||
		    share_public(S, &m->label_scale, scale + n, 1) == -1) ? -1 : 0;
	free(words);
	return (rc);
}

/* Labels of 0 to 1, as the header says, with NN_PRIVATE_RESPONSE_BITS. */
static int
settle_binary(struct noisy_course *c)
{
	const struct dataset *y = &c->labels;
	unsigned bits = classes_bits(y->parts[0].part, y->positions, 1);

	return ((mpc_vector_new(c->stage->S, &c->labels01, y->rows) == -1) ? -1 :
	    mpc_shift(c->stage->S, &c->labels01, &y->x, NN_PRIVATE_RESPONSE_BITS - (int)bits));
}

/* z, of features and a label that is a number. */
static int
make_rows(struct noisy_course *c)
{
	size_t rows = c->features.rows, n = c->features.cols, cols = c->width - 1;
	struct mpc *S = c->stage->S;
	struct mpc_vector x;
	int rc = -1;

	if (mpc_vector_new(S, &x, rows * cols) == 0 &&
	    mpc_vector_new(S, &c->z, rows * c->width) == 0) {
		mpc_columns_lay(&x, cols, 0, &c->features.x, n, 0, n);
		if (cols > n)
			mpc_columns_lay(&x, cols, n, &c->labels.x, 1, 0, 1);
		rc = nn_private_rows(S, &c->z, &x, c->spans, rows, cols);
	}
	mpc_vector_free(&x);
	return (rc);
}

static int
prepare_rows(struct noisy_course *c)
{
	size_t n = c->features.cols;

	c->width = 1 + n + c->t->lines;
	if ((c->spans = mem_array(n + 1, sizeof(*c->spans))) == NULL ||
	    settle_numbers_within(c, &c->features, &c->model.units, c->spans) == -1)
		return (-1);
	if ((c->t->lines ? settle_numbers_within(c, &c->labels, &c->model.label_units,
	    c->spans + n) : settle_binary(c)) == -1)
		return (-1);
	return ((keep_spans(c) == -1) ? -1 : make_rows(c));
}

/* ---- noise ---- */

/*
 * How much noise ${rows} words take of which one row of a table changes ${change}, together, if
 * they have one of ${shares} parts of what is spent.
 */
static int
settle_noisy_sums(struct noisy_course *c, struct noisy_sums *s, const char *what, size_t rows,
    double change, size_t shares)
{
	const char *const column[] = { "sums" };

	s->change = exposure_times_change(&c->inputs.exposure, change);
	if (!(s->change > 0))
		return (exposure_refuse(c->features.parts[0].part));
	s->part = noise_part(1, column, NULL, (struct scale){ NN_PRIVATE_SUM_BITS, 1 });
	if (s->part == NULL)
		return (-1);
	s->t = (struct noise_tensor){ .part = s->part, .name = what, .rows = rows,
		.change = &s->change, .columns = shares };
	return (noise_settle(&c->t->noise, c->stage, &s->t));
}

static void
noisy_sums_free(struct noisy_sums *s)
{

	noise_tensor_free(&s->t);
	part_free(s->part);
}

/* Twice what the diagonal of moments is at most, divided by the rows: all is noise then. */
#define MOST_RIDGE 1.0

static int
find_ridge(const struct noisy_course *c, const struct noisy_sums *moments, double *ridge)
{

	*ridge = nn_private_ridge((double)moments->t.noise[0], c->features.rows, c->width);
	if (!(*ridge < MOST_RIDGE))
		return (fail(ST_RANGE, "the noise is as large as the sums of %zu rows are, and the "
		    "model would say nothing: spend more epsilon, or take more rows or fewer "
		    "features", c->features.rows));
	warn("the model has a ridge of %.3g, for the noise (smpc-train(1), NOISE)", *ridge);
	return (0);
}

/* The moments with noise: nothing else of them is used. */
static int
noisy_moments(struct noisy_course *c, const struct noisy_sums *s, struct mpc_vector *m)
{

	return ((mpc_vector_new(c->stage->S, m, nn_private_moments_count(c->width)) == -1 ||
	    nn_private_moments(c->stage->S, m, &c->z, c->features.rows, c->width,
	    c->t->threads) == -1 || noise_add(c->stage, &s->t, m, m) == -1) ? -1 : 0);
}

/* ---- models ---- */

static int
learn_lines(struct noisy_course *c)
{
	struct nn_private_lines l = { .rows = c->features.rows, .width = c->width,
		.l2 = c->t->l2 };
	struct noisy_sums s = { .change = 0 };
	struct mpc_vector moments = { .n = 0 };
	int rc = -1;

	if (settle_noisy_sums(c, &s, "moments", nn_private_moments_count(c->width),
	    nn_private_moments_change(c->width), 1) == 0 && find_ridge(c, &s, &l.ridge) == 0 &&
	    noisy_moments(c, &s, &moments) == 0)
		rc = nn_private_lines(c->stage->S, &c->w, &moments, &l);
	mpc_vector_free(&moments);
	noisy_sums_free(&s);
	return (rc);
}

/* Of what is spent, moments have a quarter, and each step a part of the rest. */
#define MOMENT_SHARES 4
#define step_shares(steps) ((4 * (size_t)(steps) + 2) / 3)

/* The penalty of the gradients' sums has a word. */
#define MOST_PENALTY 0x1p24

static int
settle_logistic(struct noisy_course *c, struct noisy_sums *moments, struct noisy_sums *gradients,
    double *ridge)
{
	const unsigned steps = c->t->steps;

	if (c->t->l2 * (double)c->features.rows > MOST_PENALTY)
		return (fail(ST_RANGE, "--l2 %g has no room with %zu rows", c->t->l2,
		    c->features.rows));
	return ((settle_noisy_sums(c, moments, "moments", nn_private_moments_count(c->width),
	    nn_private_moments_change(c->width), MOMENT_SHARES) == -1 ||
	    settle_noisy_sums(c, gradients, "gradient of each step", c->width * steps,
	    nn_private_gradient_change(c->width), step_shares(steps)) == -1) ? -1 :
	    find_ridge(c, moments, ridge));
}

static int
learn_logistic(struct noisy_course *c)
{
	struct noisy_sums m = { .change = 0 }, g = { .change = 0 };
	struct mpc_vector moments = { .n = 0 };
	struct nn_private_logistic l = { .rows = c->features.rows, .width = c->width,
		.steps = c->t->steps, .threads = c->t->threads, .l2 = c->t->l2, .z = &c->z,
		.labels = &c->labels01, .moments = &moments };
	word *own = NULL;
	int rc = -1;

	if (settle_logistic(c, &m, &g, &l.ridge) == 0 &&
	    noise_draw(c->stage, &g.t, &own) == 0 && noisy_moments(c, &m, &moments) == 0) {
		l.noise = own;
		rc = nn_private_fit_logistic(c->stage->S, &c->w, &l);
	}
	mem_wipe_free(own, g.t.rows * sizeof(*own));
	mpc_vector_free(&moments);
	noisy_sums_free(&m);
	noisy_sums_free(&g);
	return (rc);
}

/* ---- all of it ---- */

/* The coefficient of the 1 is the bias. */
static void
take_coefficients(struct noisy_course *c)
{
	struct learner_tensor list[LEARNER_MAX_TENSORS];
	struct mpc_vector bias = mpc_part(&c->w, 0, 1),
	    weights = mpc_part(&c->w, 1, c->features.cols);

	(void)c->model.learner->kind->tensors(c->model.learner, list);
	mpc_copy(list[0].v, &weights);
	mpc_copy(list[1].v, &bias);
}

static int
learn_noisy(struct noisy_course *c)
{

	if (read_rows_to_learn(c) == -1 || describe_model(c) == -1 || prepare_rows(c) == -1 ||
	    mpc_vector_new(c->stage->S, &c->w, 1 + c->features.cols) == -1 ||
	    (c->t->lines ? learn_lines(c) : learn_logistic(c)) == -1)
		return (-1);
	take_coefficients(c);
	return (model_write(&c->stage->result, &c->model, &c->inputs));
}

int
noisy_training_run(struct stage *stage, void *state)
{
	struct noisy_course c;
	int rc;

	memset(&c, 0, sizeof(c));
	c.stage = stage;
	c.t = state;
	rc = learn_noisy(&c);
	mpc_vector_free(&c.z);
	mpc_vector_free(&c.labels01);
	mpc_vector_free(&c.w);
	dataset_free(&c.features);
	dataset_free(&c.labels);
	stage_inputs_free(&c.inputs);
	model_free(&c.model);
	free(c.spans);
	return (rc);
}
