#include "nn/learner_lasso.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/mem.h"
#include "func/beyond.h"
#include "nn/lasso_internal.h"
#include "ring/fixed.h"

#define MOST_FEATURES 256

static struct lasso *
lasso_of(struct learner *l)
{

	return ((struct lasso *)l);
}

/* ---- what it is ---- */

/* A number and what ends it; 0 where there is none. */
static double
take_number(const char **text, const char *before, const char *end)
{
	size_t n = strlen(before);
	double v = 0;

	if (strncmp(*text, before, n) != 0)
		return (0);
	*text += n;
	n = strcspn(*text, end);
	if (fixed_parse_double(*text, n, &v) != FIXED_OK)
		v = 0;
	*text += n;
	return (v);
}

/* The reverse of lasso_print: what is not canonical is not taken. */
static int
read_lasso(struct lasso_text *t, const char *text)
{
	char again[LASSO_TEXT_BYTES], name[16];
	const char *at = text;
	double steps, most;
	size_t n;

	memset(t, 0, sizeof(*t));
	if ((n = strcspn(text, ",")) >= sizeof(name))
		return (-1);
	snprintf(name, sizeof(name), "%.*s", (int)n, text);
	if (glm_family_find(name, &t->family) == -1 ||
	    (t->family != GLM_GAUSSIAN && t->family != GLM_BINOMIAL))
		return (-1);
	at += n;
	t->alpha = take_number(&at, ", alpha ", ",");
	steps = take_number(&at, ", steps ", ",");
	if (!(t->alpha >= LASSO_LEAST_ALPHA && t->alpha <= 1 && steps >= 1 &&
	    steps <= LASSO_MOST_STEPS) || strncmp(at, ", lambda", 8) != 0)
		return (-1);
	t->steps = (unsigned)steps;
	for (at += 8, most = INFINITY; *at != '\0' && t->count < LASSO_MOST_LAMBDAS;
	    most = t->lambda[t->count++]) {
		t->lambda[t->count] = take_number(&at, " ", " ");
		if (!(t->lambda[t->count] >= LASSO_LEAST_LAMBDA &&
		    t->lambda[t->count] <= LASSO_MOST_LAMBDA && t->lambda[t->count] < most))
			return (-1);
	}
	lasso_print(again, t);
	return ((t->count > 0 && strcmp(again, text) == 0) ? 0 : -1);
}

static struct learner *
lasso_make(const char *text, struct nn_shape in)
{
	struct lasso *a;

	if ((a = mem_array(1, sizeof(*a))) == NULL)
		return (NULL);
	if (read_lasso(&a->how, text) == -1 || nn_size(in) > MOST_FEATURES) {
		if (nn_size(in) > MOST_FEATURES)
			fail(ST_USAGE, "a lasso takes at most %d columns, and there are %zu",
			    MOST_FEATURES, nn_size(in));
		else
			fail(ST_USAGE, "'%s' is no lasso", text);
		free(a);
		return (NULL);
	}
	lasso_print(a->text, &a->how);
	a->rows.n = nn_size(in) + 1;
	a->rows.how = (struct glm_text){ .family = a->how.family, .intercept = true };
	a->rows.is = (struct learner){ .kind = &learner_lasso, .text = a->text, .in = in, .out = 1,
		.target = (a->how.family == GLM_BINOMIAL) ? LEARNER_BINARY : LEARNER_NUMBERS,
		.gives = (a->how.family == GLM_BINOMIAL) ? "logit" : NULL,
		.widest = a->rows.n };
	return (&a->rows.is);
}

static void
lasso_free(struct learner *l)
{
	struct lasso *a = lasso_of(l);

	learner_lasso.end(l);
	mpc_vector_free(&a->path);
	mpc_vector_free(&a->figures);
	mpc_vector_free(&a->state);
	mpc_vector_free(&a->faults);
	mpc_vector_free(&a->rows.coefficients);
	free(a);
}

static int
lasso_start(struct learner *l, struct mpc *S, uint64_t seed)
{
	struct lasso *a = lasso_of(l);
	const size_t n = a->rows.n;

	(void)seed;
	return ((mpc_vector_new(S, &a->path, n * a->how.count) == -1 ||
	    mpc_vector_new(S, &a->figures, LASSO_DEVIANCE + a->how.count) == -1 ||
	    mpc_vector_new(S, &a->state, 2 * n) == -1 ||
	    mpc_vector_new(S, &a->faults, a->how.count) == -1 ||
	    mpc_vector_new(S, &a->rows.coefficients, n) == -1) ? -1 : 0);
}

static size_t
lasso_tensors(struct learner *l, struct learner_tensor list[static LEARNER_MAX_TENSORS])
{
	struct lasso *a = lasso_of(l);

	list[0] = (struct learner_tensor){ .name = "coefficients", .rows = a->rows.n,
		.cols = a->how.count,
		.f = GLM_BETA_BITS, .v = &a->path };
	list[1] = (struct learner_tensor){ .name = "figures", .rows = 1,
		.cols = LASSO_DEVIANCE + a->how.count,
		.f = LASSO_FIGURE_BITS, .v = &a->figures };
	list[2] = (struct learner_tensor){ .name = "state", .rows = 2, .cols = a->rows.n,
		.f = LASSO_STATE_BITS,
		.state = true, .v = &a->state };
	list[3] = (struct learner_tensor){ .name = "faults", .rows = 1, .cols = a->how.count,
		.state = true, .v = &a->faults };
	return (4);
}

/* ---- steps ---- */

static uint64_t
lasso_steps(const struct learner *l, const struct nn_training *how, size_t rows)
{

	(void)how;
	(void)rows;
	return (lasso_steps_of(&((const struct lasso *)l)->how));
}

static double
lasso_room(struct learner *l, const struct nn_training *how, size_t rows)
{
	const struct lasso *a = lasso_of(l);
	const double n = (double)a->rows.n;

	(void)how;
	return (5.0 * (double)rows * (n + 4) + 8.0 * n * n);
}

static int
lasso_begin(struct learner *l, struct mpc *S, const struct nn_task *task)
{
	struct lasso *a = lasso_of(l);
	const size_t n = a->rows.n;

	return ((glm_begin_rows(S, &a->rows, task) == -1 ||
	    mpc_vector_new(S, &a->rows.figures, GLM_FIGURES) == -1 ||
	    mpc_vector_new(S, &a->rows.faults, GLM_FAULTS) == -1 ||
	    mpc_vector_new(S, &a->moments, n * n) == -1 ||
	    mpc_vector_new(S, &a->inverse, n * n) == -1 ||
	    mpc_vector_new(S, &a->products, n) == -1 ||
	    mpc_vector_new(S, &a->square, 1) == -1) ? -1 : 0);
}

static void
lasso_end(struct learner *l)
{
	struct lasso *a = lasso_of(l);

	glm_end_rows(&a->rows);
	mpc_vector_free(&a->rows.figures);
	mpc_vector_free(&a->rows.faults);
	mpc_vector_free(&a->moments);
	mpc_vector_free(&a->inverse);
	mpc_vector_free(&a->products);
	mpc_vector_free(&a->square);
	a->ready = false;
	a->inverted = false;
}

static int
lasso_step(struct learner *l, struct mpc *S, uint64_t epoch, uint64_t step)
{
	struct lasso *a = lasso_of(l);

	(void)epoch;
	return (lasso_take_step(S, a, lasso_place_of(&a->how, step)));
}

static int
lasso_measure(struct learner *l, struct mpc *S, struct mpc_vector *loss,
    struct mpc_vector *correct)
{

	(void)l;
	(void)S;
	(void)loss;
	(void)correct;
	return (fail(ST_USAGE, "--reveal is not for --model lasso: its deviances are in the table "
	    "that smpc-reveal makes of the model"));
}

/* Append lambda ${i}, as far as there is room. */
static void
name_lambda(const struct lasso *a, size_t i, char place[static LEARNER_MAX_PLACE_BYTES])
{
	size_t len = strlen(place);
	char number[32];

	fixed_print_shortest(number, a->how.lambda[i]);
	snprintf(place + len, LEARNER_MAX_PLACE_BYTES - len, "%s%s",
	    (len > 0) ? ", " : "lambda ", number);
}

static int
lasso_in_range(struct learner *l, struct mpc *S, bool each,
    char place[static LEARNER_MAX_PLACE_BYTES])
{
	struct lasso *a = lasso_of(l);
	word none[LASSO_MOST_LAMBDAS] = { 0 };
	bool good = false;
	size_t i;

	place[0] = '\0';
	if (!each) {
		if (mpc_open_all_none(S, &good, &a->faults) == -1)
			return (-1);
		snprintf(place, LEARNER_MAX_PLACE_BYTES, "%s", good ? "" : "the model");
		return (0);
	}
	if (mpc_open_none(S, none, &a->faults) == -1)
		return (-1);
	for (i = 0; i < a->faults.n; i++) {
		if (none[i] == 0)
			name_lambda(a, i, place);
	}
	return (0);
}

/* ---- predictions ---- */

/* Put what there is to choose from, as far as there is room. */
static void
list_lambdas(const struct lasso *a, char list[static LEARNER_MAX_PLACE_BYTES])
{
	size_t i;

	list[0] = '\0';
	for (i = 0; i < a->how.count; i++)
		name_lambda(a, i, list);
}

static int
lasso_choose(struct learner *l, double lambda)
{
	struct lasso *a = lasso_of(l);
	char list[LEARNER_MAX_PLACE_BYTES];
	size_t i = 0;

	while (i < a->how.count && a->how.lambda[i] != lambda)
		i++;
	if (isnan(lambda) && a->how.count == 1)
		i = 0;
	if (i == a->how.count) {
		list_lambdas(a, list);
		return (isnan(lambda) ? fail(ST_USAGE, "the model has %s: choose one of them with "
		    "--lambda", list) :
		    fail(ST_USAGE, "--lambda %g: the model has %s, and no other", lambda, list));
	}
	mpc_columns_get(&a->rows.coefficients, &a->path, a->rows.n, a->how.count, i);
	return (0);
}

/* That of the coefficients, as a generalized linear model has it. */
static int
lasso_predict(struct learner *l, const struct nn_pass *p, enum learner_answer answer,
    struct mpc_vector *y, struct nn_tensor *x)
{

	return (learner_glm.predict(l, p, answer, y, x));
}

const struct learner_kind learner_lasso = {
	.name = "lasso",
	.make = lasso_make,
	.free = lasso_free,
	.start = lasso_start,
	.tensors = lasso_tensors,
	.steps = lasso_steps,
	.bits = glm_bits_of_x,
	.room = lasso_room,
	.begin = lasso_begin,
	.step = lasso_step,
	.measure = lasso_measure,
	.in_range = lasso_in_range,
	.end = lasso_end,
	.choose = lasso_choose,
	.predict = lasso_predict,
	.fault = "has coefficients that have not converged: take more --steps, or lambdas "
	    "(--lambda) that are nearer to each other, or none so small (--watch-range reveals "
	    "of which lambdas)",
};
