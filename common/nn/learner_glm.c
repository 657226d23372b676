#include "nn/learner_glm.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/mem.h"
#include "func/beyond.h"
#include "func/function.h"
#include "func/response.h"
#include "mpc/room.h"
#include "nn/glm_internal.h"
#include "nn/prepare.h"
#include "ring/fixed.h"

#define MOST_COLUMNS 257

static const char *const families[GLM_FAMILIES] = { "gaussian", "binomial", "poisson", "gamma" };

static const char *const fault_names[GLM_FAULTS] = {
	"coefficients that have not converged",
	"labels that the family has not",
	"weights below 0",
	"numbers that have no room",
};

static struct glm *
glm_of(struct learner *l)
{

	return ((struct glm *)l);
}

/* ---- what it is ---- */

int
glm_family_find(const char *name, enum glm_family *family)
{
	size_t i;

	for (i = 0; i < GLM_FAMILIES; i++) {
		if (strcmp(families[i], name) == 0) {
			*family = (enum glm_family)i;
			return (0);
		}
	}
	return (-1);
}

void
glm_print(char text[static GLM_TEXT_BYTES], const struct glm_text *t)
{
	char ridge[48] = "";

	if (t->ridge > 0)
		snprintf(ridge, sizeof(ridge), ", ridge %.17g", t->ridge);
	snprintf(text, GLM_TEXT_BYTES, "%s, steps %u%s%s%s%s%s%s", families[t->family], t->steps,
	    t->inverse ? ", inverse" : "", t->intercept ? ", intercept" : "",
	    t->offset ? ", offset" : "", t->weights ? ", weights" : "",
	    t->proportions ? ", proportions" : "", ridge);
}

/* Whether ${text} begins with ", " and ${what}, which it then is behind. */
static bool
take_word(const char **text, const char *what)
{
	size_t n = strlen(what);

	if (strncmp(*text, ", ", 2) != 0 || strncmp(*text + 2, what, n) != 0)
		return (false);
	*text += 2 + n;
	return (true);
}

/* The reverse of glm_print: what is not canonical is not taken. */
static int
read_glm(struct glm_text *t, const char *text)
{
	char again[GLM_TEXT_BYTES], name[16];
	const char *at = text;
	size_t n = strcspn(text, ",");

	memset(t, 0, sizeof(*t));
	if (n >= sizeof(name))
		return (-1);
	snprintf(name, sizeof(name), "%.*s", (int)n, text);
	at += n;
	if (glm_family_find(name, &t->family) == -1 || !take_word(&at, "steps "))
		return (-1);
	for (n = 0; n < 2 && *at >= '0' && *at <= '9'; n++)
		t->steps = 10 * t->steps + (unsigned)(*at++ - '0');
	t->inverse = take_word(&at, "inverse");
	t->intercept = take_word(&at, "intercept");
	t->offset = take_word(&at, "offset");
	t->weights = take_word(&at, "weights");
	t->proportions = take_word(&at, "proportions");
	if ((t->proportions && (t->family != GLM_BINOMIAL || !t->weights)) ||
	    (t->inverse && (t->family != GLM_GAMMA || t->offset)))
		return (-1);
	if (take_word(&at, "ridge ") && (fixed_parse_double(at, strlen(at), &t->ridge) !=
	    FIXED_OK || !(t->ridge > 0) || t->ridge > 1000))
		return (-1);
	glm_print(again, t);
	return ((t->steps >= GLM_LEAST_STEPS && t->steps <= GLM_MOST_STEPS &&
	    strcmp(again, text) == 0) ? 0 : -1);
}

static struct learner *
glm_make(const char *text, struct nn_shape in)
{
	struct glm *g;

	if ((g = mem_array(1, sizeof(*g))) == NULL)
		return (NULL);
	g->n = nn_size(in);
	if (read_glm(&g->how, text) == -1) {
		fail(ST_USAGE, "'%s' is no generalized linear model", text);
		free(g);
		return (NULL);
	}
	g->n += g->how.intercept;
	if (g->n > MOST_COLUMNS) {
		fail(ST_USAGE, "a generalized linear model takes at most %d columns, and there are "
		    "%zu", MOST_COLUMNS - 1, nn_size(in));
		free(g);
		return (NULL);
	}
	glm_print(g->text, &g->how);
	g->is = (struct learner){ .kind = &learner_glm, .text = g->text, .in = in, .out = 1,
		.target = glm_has_classes(g) ? LEARNER_BINARY : LEARNER_NUMBERS,
		.gives = glm_has_classes(g) ? "logit" : NULL,
		.from_zero = !g->how.intercept,
		.offset = g->how.offset,
		.raw = (g->how.family != GLM_GAUSSIAN),
		.widest = g->n };
	return (&g->is);
}

static void
glm_free(struct learner *l)
{
	struct glm *g = glm_of(l);

	learner_glm.end(l);
	mpc_vector_free(&g->coefficients);
	mpc_vector_free(&g->covariance);
	mpc_vector_free(&g->figures);
	mpc_vector_free(&g->faults);
	free(g);
}

static int
glm_start(struct learner *l, struct mpc *S, uint64_t seed)
{
	struct glm *g = glm_of(l);

	(void)seed;
	return ((mpc_vector_new(S, &g->coefficients, g->n) == -1 ||
	    mpc_vector_new(S, &g->covariance, g->n * g->n) == -1 ||
	    mpc_vector_new(S, &g->figures, GLM_FIGURES) == -1 ||
	    mpc_vector_new(S, &g->faults, GLM_FAULTS + g->n) == -1) ? -1 : 0);
}

static size_t
glm_tensors(struct learner *l, struct learner_tensor list[static LEARNER_MAX_TENSORS])
{
	struct glm *g = glm_of(l);

	list[0] = (struct learner_tensor){ .name = "coefficients", .rows = g->n, .cols = 1,
		.f = GLM_BETA_BITS, .outputs = true, .v = &g->coefficients };
	list[1] = (struct learner_tensor){ .name = "covariance", .rows = g->n, .cols = g->n,
		.f = NN_INVERSE_BITS, .v = &g->covariance };
	list[2] = (struct learner_tensor){ .name = "figures", .rows = 1, .cols = GLM_FIGURES,
		.f = GLM_FIGURE_BITS, .v = &g->figures };
	list[3] = (struct learner_tensor){ .name = "faults", .rows = 1,
		.cols = GLM_FAULTS + g->n,
		.state = true, .v = &g->faults };
	return (4);
}

static uint64_t
glm_steps(const struct learner *l, const struct nn_training *how, size_t rows)
{

	(void)how;
	(void)rows;
	return (((const struct glm *)l)->how.steps + 1);
}

static double
glm_room(struct learner *l, const struct nn_training *how, size_t rows)
{
	const struct glm *g = glm_of(l);

	(void)how;
	return (5.0 * (double)rows * (double)(g->n + 4) + 6.0 * (double)g->n * (double)g->n);
}

/* ---- begin and end ---- */

static int
glm_begin(struct learner *l, struct mpc *S, const struct nn_task *task)
{
	struct glm *g = glm_of(l);

	if (glm_begin_rows(S, g, task) == -1)
		return (-1);
	g->pull = g->how.ridge * glm_unit(g) * ldexp((double)g->rows, -(int)g->log_rows);
	return ((nn_equations_new(S, &g->e, g->n, 1) == -1 ||
	    mpc_vector_new(S, &g->information, g->n * g->n) == -1) ? -1 : 0);
}

static void
glm_end(struct learner *l)
{
	struct glm *g = glm_of(l);

	glm_end_rows(g);
	mpc_vector_free(&g->information);
	nn_equations_free(&g->e);
	g->solved = false;
}

/* ---- a step ---- */

/* To where column ${first} of the equations is, ${cols} of them. */
static void
put_columns(struct glm *g, const struct mpc_vector *z, size_t first, size_t cols)
{

	mpc_columns_lay(&g->e.rows, g->e.width, first, z, cols, 0, cols);
}

/* What the pull is multiplied by, of so many bits that a product with b has room. */
static unsigned
pull_bits(const struct glm *g)
{
	int bits = 24 - (int)ceil(log2(g->pull));

	return ((bits > 30) ? 30 : (unsigned)bits);
}

/* gradient -= pull b, of the slopes. */
static int
pull_gradient(struct mpc *S, struct glm *g, struct mpc_vector *gradient)
{
	size_t first = g->how.intercept, n = g->n - first;
	struct mpc_vector slopes = mpc_part(&g->coefficients, first, n),
	    to = mpc_part(gradient, first, n);
	struct room r;
	unsigned bits;
	int rc = -1;

	if (g->pull == 0)
		return (0);
	bits = pull_bits(g);
	if (room_open(&r, S, n, 1, 0) == 0) {
		mpc_scale(&r.word[0], &slopes, llrint(ldexp(g->pull, (int)bits)));
		rc = mpc_truncate(S, &r.word[0], &r.word[0], GLM_BETA_BITS + bits - NN_MOMENT_BITS);
		mpc_subtract(&to, &to, &r.word[0]);
	}
	room_close(&r);
	return (rc);
}

/* X'WX / N and the pull. */
static int
find_information(struct mpc *S, struct glm *g, const struct mpc_vector *w)
{
	struct mpc_vector z = { .n = 0 }, one;
	size_t j;
	int rc;

	if ((rc = mpc_vector_new(S, &z, g->n * g->n)) == 0 &&
	    (rc = glm_find_moments(S, g, &z, w)) == 0) {
		put_columns(g, &z, 0, g->n);
		for (j = g->how.intercept; j < g->n; j++) {
			one = mpc_part(&g->e.rows, j * g->e.width + j, 1);
			mpc_add_public(&one, &one, llrint(ldexp(g->pull, NN_MOMENT_BITS)));
		}
		mpc_columns_lay(&g->information, g->n, 0, &g->e.rows, g->e.width, 0, g->n);
		g->e.inverse = true;
	}
	mpc_vector_free(&z);
	return (rc);
}

/* Of the equations, solved: the inverse. */
static void
keep_inverse(struct glm *g)
{

	mpc_columns_lay(&g->covariance, g->n, 0, &g->e.rows, g->e.width, 0, g->n);
}

/*
 * d = (X'WX / N + pull)^-1 gradient, with GLM_BETA_BITS; where weights stay as they are by the
 * inverse of before: at most 2^18 with 44 bits.
 */
static int
find_direction(struct mpc *S, struct glm *g, struct mpc_vector *d,
    const struct mpc_vector *gradient, const struct mpc_vector *w)
{
	const struct bilinear B = bilinear_matrices(g->n, g->n, 1);

	if (g->solved && !glm_changes(g))
		return (glm_times(S, d, &B, &g->covariance, gradient,
		    NN_INVERSE_BITS + NN_MOMENT_BITS - GLM_BETA_BITS));
	if (find_information(S, g, w) == -1)
		return (-1);
	put_columns(g, gradient, g->n, 1);
	if (nn_equations_solve(S, &g->e) == -1)
		return (-1);
	mpc_columns_get(d, &g->e.rows, g->n, g->e.width, g->n);
	keep_inverse(g);
	g->solved = true;
	return (0);
}

/* b += d, and not beyond its limit. */
static int
add_direction(struct mpc *S, struct glm *g, const struct mpc_vector *d)
{
	const int64_t most = (int64_t)1 << (GLM_BETA_LIMIT_LOG + GLM_BETA_BITS);
	struct room r;
	int rc = -1;

	if (room_open(&r, S, g->n, 1, 0) == 0) {
		mpc_add(&r.word[0], &g->coefficients, d);
		rc = mpc_clip_any(S, &g->coefficients, &r.word[0], -most, most);
	}
	room_close(&r);
	return (rc);
}

/* ---- the end of it ---- */

/* What is measured once b is what it is, but for d. */
static int
measure_end(struct mpc *S, struct glm *g, struct glm_rows *v, const struct mpc_vector *d,
    const struct mpc_vector *gradient, const struct mpc_vector *w)
{

	if ((g->how.inverse && glm_find_inverse_distance(S, g, v) == -1) ||
	    glm_check_pivots(S, g) == -1 || glm_check_inverse(S, g) == -1 ||
	    glm_check_moments(S, g, w) == -1 ||
	    (g->how.family != GLM_GAUSSIAN && glm_check_distance(S, g, d, gradient) == -1))
		return (-1);
	if (glm_find_figures(S, g, v) == -1)
		return (-1);
	return ((g->how.family == GLM_BINOMIAL && g->how.offset) ? glm_find_null(S, g) : 0);
}

static int
glm_step(struct learner *l, struct mpc *S, uint64_t epoch, uint64_t step)
{
	enum { GRADIENT, DIRECTION, WORDS };
	struct glm *g = glm_of(l);
	const bool first = (step == 0), last = (step == g->how.steps);
	const struct nn_task *task = g->task;
	struct mpc_vector w, r;
	struct glm_rows v;
	struct room b;
	int rc = -1;

	(void)epoch;
	memset(&b, 0, sizeof(b));
	memset(&w, 0, sizeof(w));
	memset(&r, 0, sizeof(r));
	if (glm_rows_new(S, &v, g->rows) == -1 || room_open(&b, S, g->n, WORDS, 0) == -1 ||
	    mpc_vector_new(S, &w, g->rows) == -1 || mpc_vector_new(S, &r, g->rows) == -1 ||
	    glm_find_rows(S, g, &v, first) == -1)
		goto out;
	mpc_copy(&w, &v.w);
	mpc_copy(&r, &v.r);
	if (task->data.prior.n > 0 && !glm_changes(g))
		mpc_copy(&w, &task->data.prior);
	else if (glm_weigh_rows(S, g, &w) == -1)
		goto out;
	if (glm_weigh_rows(S, g, &r) == -1 ||
	    glm_find_gradient(S, g, &b.word[GRADIENT], &r) == -1 ||
	    pull_gradient(S, g, &b.word[GRADIENT]) == -1 ||
	    find_direction(S, g, &b.word[DIRECTION], &b.word[GRADIENT], &w) == -1 ||
	    (last && measure_end(S, g, &v, &b.word[DIRECTION], &b.word[GRADIENT], &w) == -1))
		goto out;
	rc = add_direction(S, g, &b.word[DIRECTION]);
out:
	mpc_vector_free(&w);
	mpc_vector_free(&r);
	glm_rows_free(&v);
	room_close(&b);
	return (rc);
}

/* Half of the deviance is the loss. */
static int
glm_measure(struct learner *l, struct mpc *S, struct mpc_vector *loss, struct mpc_vector *correct)
{

	(void)l;
	(void)S;
	(void)loss;
	(void)correct;
	return (fail(ST_USAGE, "--reveal is not for --model glm: its deviance is in the table that "
	    "smpc-reveal makes of the model"));
}

/* Append what fault ${i} is, as far as there is room. */
static void
name_fault(const struct glm *g, size_t i, char place[static LEARNER_MAX_PLACE_BYTES])
{
	size_t len = strlen(place), left = LEARNER_MAX_PLACE_BYTES - len, column = i - GLM_FAULTS;
	const char *separator = (len > 0) ? "; " : "";

	if (i < GLM_FAULTS)
		snprintf(place + len, left, "%s%s", separator, fault_names[i]);
	else if (column < g->how.intercept)
		snprintf(place + len, left, "%sno intercept", separator);
	else
		snprintf(place + len, left, "%sfeature %zu follows from those before", separator,
		    column + 1 - g->how.intercept);
}

static int
glm_in_range(struct learner *l, struct mpc *S, bool each,
    char place[static LEARNER_MAX_PLACE_BYTES])
{
	struct glm *g = glm_of(l);
	word none[GLM_FAULTS + MOST_COLUMNS] = { 0 };
	bool good = false;
	size_t i;

	place[0] = '\0';
	if (!each) {
		if (mpc_open_all_none(S, &good, &g->faults) == -1)
			return (-1);
		snprintf(place, LEARNER_MAX_PLACE_BYTES, "%s", good ? "" : "the model");
		return (0);
	}
	if (mpc_open_none(S, none, &g->faults) == -1)
		return (-1);
	for (i = 0; i < g->faults.n; i++) {
		if (none[i] == 0)
			name_fault(g, i, place);
	}
	return (0);
}

/* ---- predictions ---- */

/*
 * Of b so many bits are kept that 256 features up to 2^NN_NEAR_BITS, times coefficients up to 2^8,
 * have room.
 */
#define PREDICT_BITS 17
#define PREDICTED_BITS (NN_BITS + PREDICT_BITS)

_Static_assert(8 + NN_NEAR_BITS + GLM_BETA_LIMIT_LOG + PREDICTED_BITS <= MPC_NUMBER_RANGE,
    "sums have room");

/* eta with PREDICTED_BITS. */
static int
predict_eta(struct mpc *S, const struct glm *g, struct mpc_vector *eta, const struct nn_tensor *x,
    size_t rows)
{
	const size_t cols = nn_size(g->is.in);
	const struct bilinear B = bilinear_matrices(rows, cols, 1);
	struct mpc_vector b = { .n = 0 }, spread = { .n = 0 }, slopes, one;
	int rc = -1;

	if (mpc_vector_new(S, &spread, rows) == 0 && mpc_vector_new(S, &b, g->n) == 0 &&
	    mpc_truncate(S, &b, &g->coefficients, GLM_BETA_BITS - PREDICT_BITS) == 0) {
		slopes = mpc_part(&b, g->how.intercept, cols);
		one = mpc_part(&b, 0, 1);
		rc = mpc_product(S, eta, &B, &x->v, &slopes);
		mpc_columns_spread(&spread, &one, rows, 1);
		if (g->how.intercept)
			mpc_add_scaled(eta, &spread, (int64_t)1 << NN_BITS);
	}
	mpc_vector_free(&b);
	mpc_vector_free(&spread);
	return (rc);
}

/* y = mu times the mean of the labels that mu was divided by. */
static int
predict_power(struct mpc *S, const struct glm *g, struct mpc_vector *y,
    const struct mpc_vector *eta)
{
	const struct bilinear times = bilinear_elements(y->n);
	struct mpc_vector mean = mpc_part(&g->figures, GLM_MEAN, 1);
	struct room r;
	struct mpc_vector m;
	int rc = -1;

	if (room_open(&r, S, y->n, 3, 0) == 0 && (g->how.inverse ? glm_find_reciprocal :
	    mpc_growth)(S, &r.word[0], eta, PREDICTED_BITS) == 0) {
		m = mpc_part(&r.word[1], 0, 1);
		if (mpc_truncate(S, &m, &mean, GLM_FIGURE_BITS - NN_BITS) == 0) {
			mpc_columns_spread(&r.word[2], &m, y->n, 1);
			rc = glm_times(S, y, &times, &r.word[0], &r.word[2], MPC_GROWTH_BITS);
		}
	}
	room_close(&r);
	return (rc);
}

static int
predict_probability(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *eta)
{
	struct room r;
	int rc = -1;

	if (room_open(&r, S, y->n, 2, 0) == 0 && mpc_clip_cut(S, &r.word[0], eta, MPC_RESPONSE_MOST,
	    PREDICTED_BITS, PREDICTED_BITS - MPC_RESPONSE_BITS) == 0 &&
	    mpc_logistic(S, &r.word[1], &r.word[0]) == 0)
		rc = mpc_truncate(S, y, &r.word[1], MPC_RESPONSE_BITS - NN_BITS);
	room_close(&r);
	return (rc);
}

static int
predict_class(struct mpc *S, struct mpc_vector *y, const struct mpc_vector *eta)
{
	static const int64_t zero = 0;
	const struct mpc_comparison c = { .high = MPC_NUMBER_RANGE, .count = 1,
		.thresholds = &zero };
	struct room r;
	int rc = -1;

	if (room_open(&r, S, y->n, 0, 1) == 0 && mpc_compare(S, r.bit, eta, &c) == 0) {
		const struct mpc_selection_term term = { .bit = r.bit, .constant = { 1 } };

		rc = mpc_select(S, y, &(struct mpc_selection){ .count = 1, .terms = &term,
			.results = 1 });
	}
	room_close(&r);
	return (rc);
}

static int
glm_predict(struct learner *l, const struct nn_pass *p, enum learner_answer answer,
    struct mpc_vector *y, struct nn_tensor *x)
{
	struct glm *g = glm_of(l);
	struct mpc_vector eta = { .n = 0 };
	int rc;

	if ((rc = mpc_vector_new(p->S, &eta, p->rows)) == 0 &&
	    (rc = predict_eta(p->S, g, &eta, x, p->rows)) == 0) {
		if (p->offset != NULL)
			glm_add_bits(&eta, p->offset, PREDICT_BITS, 1);
		rc = (answer == LEARNER_PROBABILITIES || g->how.proportions) ?
		    predict_probability(p->S, y, &eta) :
		    (answer == LEARNER_DECISIONS) ? predict_class(p->S, y, &eta) :
		    glm_is_power(g) ? predict_power(p->S, g, y, &eta) :
		    mpc_truncate(p->S, y, &eta, PREDICT_BITS);
	}
	mpc_vector_free(&eta);
	return (rc);
}

const struct learner_kind learner_glm = {
	.name = "glm",
	.make = glm_make,
	.free = glm_free,
	.start = glm_start,
	.tensors = glm_tensors,
	.steps = glm_steps,
	.bits = glm_bits_of_x,
	.room = glm_room,
	.begin = glm_begin,
	.step = glm_step,
	.measure = glm_measure,
	.in_range = glm_in_range,
	.end = glm_end,
	.predict = glm_predict,
	.fault = "is of no use: a column is constant or nearly follows from others (leave it "
	    "out, or try --ridge); or coefficients have not converged, as where a column tells "
	    "all labels (--ridge, more --steps); or labels or weights are not what the family "
	    "takes; or numbers have no room (--watch-range reveals which)",
};
