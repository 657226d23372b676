#include "nn/learner_glm.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/mem.h"
#include "func/beyond.h"
#include "func/divisor.h"
#include "func/function.h"
#include "func/moments.h"
#include "func/response.h"
#include "mpc/room.h"
#include "nn/elimination.h"
#include "nn/prepare.h"
#include "ring/fixed.h"

/*
 * Fraction bits, and magnitudes, of which the products are below 2^62, for n <= N = 2^L rows, q
 * columns with the intercept's, and fx, which leaves the sums room:
 *
 *   x      fx       at most sqrt(n), with a mean square of 1
 *   b      24       at most 2^8 (what a step makes is brought there); 20 in products with x
 *   eta    fx + 20  at most 2^(42 - fx), as numbers that nobody means to be larger are
 *   mu, w  20       at most 1, or 2^11 where it is a power of e; four times w of the binomial
 *   r      20       y / mu at most 2^11; y at most n, as its mean is 1
 *   X'r    fx + 20  at most N by Cauchy and Schwarz where r has a mean square of 1; with 2^6 to
 *                   spare for r of poisson and gamma on the way
 *   w x    fx
 *   X'WX   2 fx     at most N times the largest mean of w x^2: 1, or 2^8 of poisson
 *
 * Divided by N, a truncation, these are the 28 bits of elimination.h.
 */
#define BETA_BITS NN_FACTOR_BITS
#define STEP_BITS 20        /* of b in products, mu, w, r and y */
#define BETA_LIMIT_LOG 8
#define MAX_X_BITS 20
#define MOST_COLUMNS 257

static const char *const families[GLM_FAMILIES] = { "gaussian", "binomial", "poisson", "gamma" };

/* What may be wrong with a model, each counted. */
enum { PIVOTS, DISTANCE, LABELS, PRIORS, ROOM, FAULTS };

static const char *const fault_names[FAULTS] = {
	"columns that follow from others, or all but",
	"coefficients that have not converged",
	"labels that the family has not",
	"weights below 0",
	"numbers that have no room",
};

struct glm {
	struct learner is;
	struct glm_text how;
	char text[GLM_TEXT_BYTES];
	size_t n;                     /* columns, with the intercept */
	struct mpc_vector coefficients, covariance, figures;
	struct mpc_vector faults;
	/* From begin to end. */
	const struct nn_task *task;
	size_t rows;
	unsigned log_rows, x_bits;    /* L, fx */
	double pull;                  /* as it is added to the diagonal */
	struct mpc_vector x, y, ly;   /* with the intercept's column; STEP_BITS, as its logarithm */
	struct mpc_vector labels;     /* as they are; NN_BITS */
	struct mpc_vector ln_scale;   /* of what labels were multiplied by; STEP_BITS */
	bool solved;                  /* the covariance is that of these rows */
	struct mpc_vector information; /* what it is the inverse of; NN_MOMENT_BITS */
	struct nn_equations e;
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
	snprintf(text, GLM_TEXT_BYTES, "%s, steps %u%s%s%s%s", families[t->family], t->steps,
	    t->intercept ? ", intercept" : "", t->offset ? ", offset" : "",
	    t->weights ? ", weights" : "", ridge);
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
	t->intercept = take_word(&at, "intercept");
	t->offset = take_word(&at, "offset");
	t->weights = take_word(&at, "weights");
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
		.target = (g->how.family == GLM_BINOMIAL) ? LEARNER_BINARY : LEARNER_NUMBERS,
		.gives = (g->how.family == GLM_BINOMIAL) ? "logit" : NULL,
		.from_zero = !g->how.intercept,
		.raw = (g->how.family == GLM_POISSON || g->how.family == GLM_GAMMA),
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
	    mpc_vector_new(S, &g->faults, FAULTS) == -1) ? -1 : 0);
}

static size_t
glm_tensors(struct learner *l, struct learner_tensor list[static LEARNER_MAX_TENSORS])
{
	struct glm *g = glm_of(l);

	list[0] = (struct learner_tensor){ .name = "coefficients", .rows = g->n, .cols = 1,
		.f = BETA_BITS, .outputs = true, .v = &g->coefficients };
	list[1] = (struct learner_tensor){ .name = "covariance", .rows = g->n, .cols = g->n,
		.f = NN_INVERSE_BITS, .v = &g->covariance };
	list[2] = (struct learner_tensor){ .name = "figures", .rows = 1, .cols = GLM_FIGURES,
		.f = GLM_FIGURE_BITS, .v = &g->figures };
	list[3] = (struct learner_tensor){ .name = "faults", .rows = 1, .cols = FAULTS,
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

/* ---- room ---- */

static unsigned
log_ceiling(size_t n)
{
	unsigned bits = 0;

	while (((size_t)1 << bits) < n)
		bits++;
	return (bits);
}

static bool
is_power(const struct glm *g)
{

	return (g->how.family == GLM_POISSON || g->how.family == GLM_GAMMA);
}

/* Whether weights change with b. */
static bool
changes(const struct glm *g)
{

	return (g->how.family == GLM_BINOMIAL || g->how.family == GLM_POISSON);
}

/* fx: what X'WX, X'r and eta have room for, of at least 2^4 in eta beyond b's limit. */
static unsigned
bits_of_x(const struct learner *l, size_t rows)
{
	const struct glm *g = (const struct glm *)l;
	unsigned L = log_ceiling(rows), fx = MAX_X_BITS,
	    spare = (g->how.family == GLM_POISSON) ? 9 : 2;

	while (2 * fx + L + spare > 61 || fx + STEP_BITS + L + (is_power(g) ? 6 : 2) > 61)
		fx--;
	return (fx);
}

/* ---- small things ---- */

/* z = x y, without its last ${shift} bits. */
static int
times_less(struct mpc *S, struct mpc_vector *z, const struct bilinear *B,
    const struct mpc_vector *x, const struct mpc_vector *y, unsigned shift)
{
	struct mpc_vector product;
	int rc;

	if ((rc = mpc_vector_new(S, &product, z->n)) == 0 &&
	    (rc = mpc_product(S, &product, B, x, y)) == 0)
		rc = mpc_truncate(S, z, &product, shift);
	mpc_vector_free(&product);
	return (rc);
}

static int
times_step(struct mpc *S, struct mpc_vector *z, const struct mpc_vector *x,
    const struct mpc_vector *y)
{
	const struct bilinear B = bilinear_elements(z->n);

	return (times_less(S, z, &B, x, y, STEP_BITS));
}

/* x = x times the weights of rows, if there are any. */
static int
weigh_rows(struct mpc *S, const struct glm *g, struct mpc_vector *x)
{

	const struct mpc_vector *prior = &g->task->data.prior;

	return ((prior->n == 0) ? 0 : times_step(S, x, x, prior));
}

/* ---- labels ---- */

/*
 * Labels below 0, or below a unit for gamma, are counted, and become that, so that nothing of them
 * has too many bits.
 */
static int
bound_labels(struct mpc *S, struct glm *g, struct mpc_vector *y, const struct mpc_vector *labels)
{
	const int64_t least = (g->how.family == GLM_GAMMA) ? 1 : 0;
	struct mpc_vector count = mpc_part(&g->faults, LABELS, 1);
	struct room r;
	int rc = -1;

	if (room_open(&r, S, g->rows, 2, 1) == 0) {
		const struct mpc_selection_term term = { .bit = r.bit, .constant = { 1 } };

		mpc_add_public(&r.word[0], labels, -least);
		if (mpc_relu(S, y, r.bit, &r.word[0], NN_FEATURE_RANGE + 1, 0) == 0) {
			mpc_add_public(y, y, least);
			mpc_not(r.bit, r.bit);
			rc = mpc_select(S, &r.word[1], &(struct mpc_selection){ .count = 1,
				.terms = &term,
				.results = 1 });
			mpc_zero(&count);
			mpc_add_sum(&count, &r.word[1]);
		}
	}
	room_close(&r);
	return (rc);
}

/* ln s of minus the logarithm of the mean, about, where powers of e are good. */
static int
begin_scale(struct mpc *S, struct mpc_vector *ln_s, const struct mpc_vector *mean)
{
	const struct mpc_numbers n = { .f = STEP_BITS, .range = MPC_NUMBER_RANGE, .wide = true };
	const int64_t low = llrint(ldexp(-11.7, STEP_BITS)), high = llrint(ldexp(7.6, STEP_BITS));
	struct room r;
	int rc = -1;

	if (room_open(&r, S, 1, 1, 0) == 0 && mpc_log(S, &r.word[0], mean, n) == 0) {
		mpc_scale(&r.word[0], &r.word[0], -1);
		rc = mpc_clip_any(S, ln_s, &r.word[0], low, high);
	}
	room_close(&r);
	return (rc);
}

/*
 * s = e^ln_s, rounded to STEP_BITS; and ln_s is its logarithm after a step of Newton's, as it was
 * off by less than 2^-8.
 */
static int
settle_scale(struct mpc *S, struct mpc_vector *s, struct mpc_vector *ln_s)
{
	const int64_t more = (int64_t)1 << STEP_BITS;
	struct room r;
	int rc = -1;

	if (room_open(&r, S, 1, 2, 0) == 0) {
		mpc_scale(&r.word[0], ln_s, more);
		if (mpc_growth(S, s, &r.word[0], 2 * STEP_BITS) == 0) {
			mpc_scale(&r.word[0], ln_s, -more);
			if (mpc_growth(S, &r.word[1], &r.word[0], 2 * STEP_BITS) == 0 &&
			    times_step(S, &r.word[0], &r.word[1], s) == 0) {
				mpc_add_public(&r.word[0], &r.word[0], -more);
				mpc_add(ln_s, ln_s, &r.word[0]);
				rc = 0;
			}
		}
	}
	room_close(&r);
	return (rc);
}

/* mean = 1 / s */
static int
invert_scale(struct mpc *S, struct mpc_vector *mean, const struct mpc_vector *ln_s)
{
	struct room r;
	int rc = -1;

	if (room_open(&r, S, 1, 1, 0) == 0) {
		mpc_scale(&r.word[0], ln_s, -((int64_t)1 << STEP_BITS));
		rc = mpc_growth(S, mean, &r.word[0], 2 * STEP_BITS);
	}
	room_close(&r);
	return (rc);
}

/*
 * About the reciprocal of the mean of labels with NN_BITS, below 2^31 as words, is s; both are kept
 * as figures: GLM_SCALE, and its reciprocal, GLM_MEAN.
 */
#define SCALE_MORE_BITS 12

static int
find_scale(struct mpc *S, struct glm *g, struct mpc_vector *s, const struct mpc_vector *labels)
{
	struct mpc_vector mean = mpc_part(&g->figures, GLM_MEAN, 1),
	    scale = mpc_part(&g->figures, GLM_SCALE, 1);
	struct room r;
	int rc = -1;

	if (mpc_vector_new(S, &g->ln_scale, 1) == 0 && room_open(&r, S, 1, 2, 0) == 0) {
		mpc_add_sum(&r.word[0], labels);
		mpc_scale(&r.word[0], &r.word[0], (int64_t)1 << (STEP_BITS - NN_BITS));
		if (mpc_divide_public(S, &r.word[1], &r.word[0], g->rows, MPC_DIVIDE_BITS) == 0 &&
		    begin_scale(S, &g->ln_scale, &r.word[1]) == 0 &&
		    settle_scale(S, s, &g->ln_scale) == 0) {
			mpc_scale(&scale, s, (int64_t)1 << SCALE_MORE_BITS);
			rc = invert_scale(S, &mean, &g->ln_scale);
		}
		room_close(&r);
	}
	return (rc);
}

/* y = s labels: at most n, as their mean is 1, in products with 36 bits. */
static int
scale_labels(struct mpc *S, struct glm *g, const struct mpc_vector *labels)
{
	const struct bilinear times = bilinear_elements(g->rows);
	struct mpc_vector s = { .n = 0 };
	struct room r;
	int rc = -1;

	if (room_open(&r, S, g->rows, 1, 0) == 0 && mpc_vector_new(S, &s, 1) == 0 &&
	    mpc_vector_new(S, &g->labels, g->rows) == 0 &&
	    bound_labels(S, g, &g->labels, labels) == 0 &&
	    find_scale(S, g, &s, &g->labels) == 0) {
		mpc_columns_spread(&r.word[0], &s, g->rows, 1);
		rc = times_less(S, &g->y, &times, &r.word[0], &g->labels, NN_BITS);
	}
	mpc_vector_free(&s);
	room_close(&r);
	return (rc);
}

/*
 * ly += y e^-ly - 1, a step of Newton's, which makes of an error e about e^2 / 2.  It is 2^-13 at
 * most, and what comes out as more, where y is 2^-11 of the mean or less, is brought to that.
 */
#define LOGARITHM_ERROR_LOG 13

static int
refine_logarithm(struct mpc *S, struct glm *g)
{
	const int64_t most = (int64_t)1 << (STEP_BITS - LOGARITHM_ERROR_LOG);
	struct room r;
	int rc = -1;

	if (room_open(&r, S, g->rows, 2, 0) == 0) {
		mpc_scale(&r.word[0], &g->ly, -((int64_t)1 << STEP_BITS));
		if (mpc_growth(S, &r.word[1], &r.word[0], 2 * STEP_BITS) == 0 &&
		    times_step(S, &r.word[0], &r.word[1], &g->y) == 0) {
			mpc_add_public(&r.word[0], &r.word[0], -((int64_t)1 << STEP_BITS));
			rc = mpc_clip_any(S, &r.word[1], &r.word[0], -most, most);
			mpc_add(&g->ly, &g->ly, &r.word[1]);
		}
	}
	room_close(&r);
	return (rc);
}

static int
take_labels(struct mpc *S, struct glm *g, const struct nn_data *d)
{
	const struct mpc_numbers n = { .f = STEP_BITS, .range = MPC_NUMBER_RANGE, .wide = true };
	const unsigned bits = (d->bits > 0) ? d->bits : NN_BITS;

	if (mpc_vector_new(S, &g->y, g->rows) == -1)
		return (-1);
	if (!is_power(g)) {
		const unsigned has = (g->how.family == GLM_BINOMIAL) ? NN_BITS : bits;

		mpc_scale(&g->y, &d->labels, (int64_t)1 << (STEP_BITS - has));
		return (0);
	}
	if (mpc_vector_new(S, &g->ly, g->rows) == -1)
		return (-1);
	return ((scale_labels(S, g, &d->labels) == -1 ||
	    mpc_log(S, &g->ly, &g->y, n) == -1) ? -1 : refine_logarithm(S, g));
}

/* ---- begin and end ---- */

/* x, with the intercept's column in front. */
static int
lay_features(struct mpc *S, struct glm *g, const struct nn_data *d)
{
	size_t cols = nn_size(g->is.in), first = g->how.intercept;
	const unsigned bits = (d->bits > 0) ? d->bits : NN_BITS;
	struct mpc_vector ones = { .n = 0 };
	int rc = -1;

	if (mpc_vector_new(S, &g->x, g->rows * g->n) == 0 &&
	    mpc_vector_new(S, &ones, g->rows) == 0) {
		mpc_columns_lay(&g->x, g->n, first, &d->x, cols, 0, cols);
		if (bits < g->x_bits)
			mpc_scale(&g->x, &g->x, (int64_t)1 << (g->x_bits - bits));
		mpc_add_public(&ones, &ones, (int64_t)1 << g->x_bits);
		if (first > 0)
			mpc_columns_set(&g->x, &ones, g->rows, g->n, 0);
		rc = 0;
	}
	mpc_vector_free(&ones);
	if (rc == 0 && bits > g->x_bits)
		rc = mpc_truncate(S, &g->x, &g->x, bits - g->x_bits);
	return (rc);
}

/* Four times what the binomial family has. */
static double
unit_of(const struct glm *g)
{

	return ((g->how.family == GLM_BINOMIAL) ? 4 : 1);
}

static int
glm_begin(struct learner *l, struct mpc *S, const struct nn_task *task)
{
	struct glm *g = glm_of(l);
	const struct nn_data *d = &task->data;

	g->task = task;
	g->rows = d->rows;
	g->log_rows = log_ceiling(g->rows);
	g->x_bits = bits_of_x(l, g->rows);
	g->pull = g->how.ridge * unit_of(g) * ldexp((double)g->rows, -(int)g->log_rows);
	if (g->rows < 2 || g->rows > MPC_MOMENTS_MAX_ROWS)
		return (fail(ST_RANGE, "a generalized linear model takes 2 to %llu rows",
		    (unsigned long long)MPC_MOMENTS_MAX_ROWS));
	return ((nn_equations_new(S, &g->e, g->n, 1) == -1 ||
	    mpc_vector_new(S, &g->information, g->n * g->n) == -1 || lay_features(S, g, d) == -1 ||
	    take_labels(S, g, d) == -1) ? -1 : 0);
}

static void
glm_end(struct learner *l)
{
	struct glm *g = glm_of(l);

	mpc_vector_free(&g->x);
	mpc_vector_free(&g->y);
	mpc_vector_free(&g->ly);
	mpc_vector_free(&g->ln_scale);
	mpc_vector_free(&g->labels);
	mpc_vector_free(&g->information);
	nn_equations_free(&g->e);
	g->solved = false;
	g->task = NULL;
}

/* ---- what the family says ---- */

/* Vectors of all rows. */
struct glm_rows {
	struct mpc_vector eta;     /* x_bits + STEP_BITS; with the offset */
	struct mpc_vector distance; /* gamma: ln y - eta; the same */
	struct mpc_vector clipped; /* binomial: MPC_RESPONSE_BITS */
	struct mpc_vector w, r;    /* STEP_BITS, without the weights of rows */
};

static void
glm_rows_free(struct glm_rows *v)
{

	mpc_vector_free(&v->eta);
	mpc_vector_free(&v->distance);
	mpc_vector_free(&v->clipped);
	mpc_vector_free(&v->w);
	mpc_vector_free(&v->r);
}

static int
glm_rows_new(struct mpc *S, struct glm_rows *v, size_t n)
{

	memset(v, 0, sizeof(*v));
	return ((mpc_vector_new(S, &v->eta, n) == -1 ||
	    mpc_vector_new(S, &v->distance, n) == -1 ||
	    mpc_vector_new(S, &v->clipped, n) == -1 || mpc_vector_new(S, &v->w, n) == -1 ||
	    mpc_vector_new(S, &v->r, n) == -1) ? -1 : 0);
}

static unsigned
eta_bits(const struct glm *g)
{

	return (g->x_bits + STEP_BITS);
}

/* eta = X b, of b without its last bits, which it keeps losing. */
static int
find_eta(struct mpc *S, struct glm *g, struct mpc_vector *eta)
{
	struct bilinear B = bilinear_matrices(g->rows, g->n, 1);
	struct room r;
	int rc = -1;

	B.threads = g->task->how.threads;
	if (room_open(&r, S, g->n, 1, 0) == 0 && mpc_truncate(S, &r.word[0], &g->coefficients,
	    BETA_BITS - STEP_BITS) == 0) {
		mpc_scale(&g->coefficients, &r.word[0], (int64_t)1 << (BETA_BITS - STEP_BITS));
		rc = mpc_product(S, eta, &B, &g->x, &r.word[0]);
	}
	room_close(&r);
	return (rc);
}

/* to = from with ${bits} more. */
static void
add_bits(struct mpc_vector *to, const struct mpc_vector *from, unsigned bits, int sign)
{

	mpc_add_scaled(to, from, sign * ((int64_t)1 << bits));
}

static int
gaussian_rows(struct mpc *S, const struct glm *g, struct glm_rows *v)
{

	mpc_scale(&v->distance, &v->eta, -1);
	add_bits(&v->distance, &g->y, g->x_bits, 1);
	return (mpc_truncate(S, &v->r, &v->distance, g->x_bits));
}

/* r = 4 (y - mu), w = 4 mu (1 - mu) */
static int
binomial_rows(struct mpc *S, const struct glm *g, struct glm_rows *v)
{
	const struct bilinear times = bilinear_elements(g->rows);
	struct room r;
	int rc = -1;

	if (room_open(&r, S, g->rows, 2, 0) == 0 && mpc_clip_cut(S, &v->clipped, &v->eta,
	    MPC_RESPONSE_MOST, eta_bits(g), eta_bits(g) - MPC_RESPONSE_BITS) == 0 &&
	    mpc_logistic(S, &r.word[0], &v->clipped) == 0) {
		mpc_scale(&r.word[1], &r.word[0], -1);
		mpc_add_public(&r.word[1], &r.word[1], (int64_t)1 << MPC_RESPONSE_BITS);
		rc = times_less(S, &v->w, &times, &r.word[0], &r.word[1],
		    2 * MPC_RESPONSE_BITS - STEP_BITS - 2);
		mpc_scale(&r.word[0], &r.word[0], -4);
		add_bits(&r.word[0], &g->y, MPC_RESPONSE_BITS - STEP_BITS + 2, 1);
		if (rc == 0)
			rc = mpc_truncate(S, &v->r, &r.word[0], MPC_RESPONSE_BITS - STEP_BITS);
	}
	room_close(&r);
	return (rc);
}

/* A first step from mu = y and a tenth of its mean: r = mu ln mu, without the offset. */
static int
poisson_first(struct mpc *S, const struct glm *g, struct glm_rows *v)
{
	const struct mpc_numbers n = { .f = STEP_BITS, .range = MPC_NUMBER_RANGE, .wide = true };
	struct room r;
	int rc = -1;

	if (room_open(&r, S, g->rows, 2, 0) == 0) {
		mpc_add_public(&v->w, &g->y, llrint(ldexp(0.1, STEP_BITS)));
		if (mpc_log(S, &r.word[0], &v->w, n) == 0 &&
		    mpc_truncate(S, &r.word[1], &v->eta, g->x_bits) == 0) {
			mpc_subtract(&r.word[0], &r.word[0], &r.word[1]);
			rc = times_step(S, &v->r, &v->w, &r.word[0]);
		}
	}
	room_close(&r);
	return (rc);
}

static int
poisson_rows(struct mpc *S, const struct glm *g, struct glm_rows *v)
{

	if (mpc_growth(S, &v->w, &v->eta, eta_bits(g)) == -1)
		return (-1);
	mpc_subtract(&v->r, &g->y, &v->w);
	return (0);
}

/* A first step from mu = y: r = ln y - offset. */
static int
gamma_rows(struct mpc *S, const struct glm *g, struct glm_rows *v, bool first)
{

	mpc_scale(&v->distance, &v->eta, -1);
	add_bits(&v->distance, &g->ly, g->x_bits, 1);
	if (first)
		return (mpc_truncate(S, &v->r, &v->distance, g->x_bits));
	if (mpc_growth(S, &v->r, &v->distance, eta_bits(g)) == -1)
		return (-1);
	mpc_add_public(&v->r, &v->r, -((int64_t)1 << STEP_BITS));
	return (0);
}

static int
find_rows(struct mpc *S, struct glm *g, struct glm_rows *v, bool first)
{
	const struct mpc_vector *offset = &g->task->data.offset;

	if (find_eta(S, g, &v->eta) == -1)
		return (-1);
	if (offset->n > 0)
		add_bits(&v->eta, offset, eta_bits(g) - NN_BITS, 1);
	/* No intercept takes it. */
	if (is_power(g) && !g->how.intercept) {
		mpc_columns_spread(&v->clipped, &g->ln_scale, g->rows, 1);
		add_bits(&v->eta, &v->clipped, g->x_bits, 1);
	}
	switch (g->how.family) {
	case GLM_BINOMIAL:
		return (binomial_rows(S, g, v));
	case GLM_POISSON:
		return (first ? poisson_first(S, g, v) : poisson_rows(S, g, v));
	case GLM_GAMMA:
		return (gamma_rows(S, g, v, first));
	case GLM_GAUSSIAN:
	case GLM_FAMILIES:
	default:
		return (gaussian_rows(S, g, v));
	}
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
		rc = mpc_truncate(S, &r.word[0], &r.word[0], BETA_BITS + bits - NN_MOMENT_BITS);
		mpc_subtract(&to, &to, &r.word[0]);
	}
	room_close(&r);
	return (rc);
}

static int
find_gradient(struct mpc *S, struct glm *g, struct mpc_vector *gradient,
    const struct mpc_vector *r)
{
	struct bilinear B = bilinear_matrices(g->n, g->rows, 1);

	B.x_transposed = true;
	B.threads = g->task->how.threads;
	return ((times_less(S, gradient, &B, &g->x, r, g->x_bits + STEP_BITS + g->log_rows -
	    NN_MOMENT_BITS) == -1) ? -1 : pull_gradient(S, g, gradient));
}

/* wx = W X; X itself, where all weights are 1. */
static int
weigh_features(struct mpc *S, struct glm *g, struct mpc_vector *wx, const struct mpc_vector *w)
{
	const struct bilinear times = bilinear_elements(g->x.n);
	struct mpc_vector spread = { .n = 0 };
	int rc;

	if ((rc = mpc_vector_new(S, &spread, g->x.n)) == 0) {
		mpc_rows_spread(&spread, w, g->rows, g->n);
		rc = times_less(S, wx, &times, &g->x, &spread, STEP_BITS);
	}
	mpc_vector_free(&spread);
	return (rc);
}

/* X'WX / N and the pull. */
static int
find_information(struct mpc *S, struct glm *g, const struct mpc_vector *w)
{
	struct bilinear B = bilinear_matrices(g->n, g->rows, g->n);
	struct mpc_vector wx = { .n = 0 }, z = { .n = 0 }, one;
	const bool weighted = changes(g) || g->task->data.prior.n > 0;
	size_t j;
	int rc = -1;

	B.x_transposed = true;
	B.threads = g->task->how.threads;
	if (mpc_vector_new(S, &z, g->n * g->n) == 0 && (!weighted ||
	    (mpc_vector_new(S, &wx, g->x.n) == 0 && weigh_features(S, g, &wx, w) == 0)) &&
	    times_less(S, &z, &B, &g->x, weighted ? &wx : &g->x,
	    2 * g->x_bits + g->log_rows - NN_MOMENT_BITS) == 0) {
		put_columns(g, &z, 0, g->n);
		for (j = g->how.intercept; j < g->n; j++) {
			one = mpc_part(&g->e.rows, j * g->e.width + j, 1);
			mpc_add_public(&one, &one, llrint(ldexp(g->pull, NN_MOMENT_BITS)));
		}
		mpc_columns_lay(&g->information, g->n, 0, &g->e.rows, g->e.width, 0, g->n);
		g->e.inverse = true;
		rc = 0;
	}
	mpc_vector_free(&wx);
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
 * d = (X'WX / N + pull)^-1 gradient, with BETA_BITS; where weights stay as they are by the inverse
 * of before: at most 2^18 with 44 bits.
 */
static int
find_direction(struct mpc *S, struct glm *g, struct mpc_vector *d,
    const struct mpc_vector *gradient, const struct mpc_vector *w)
{
	const struct bilinear B = bilinear_matrices(g->n, g->n, 1);

	if (g->solved && !changes(g))
		return (times_less(S, d, &B, &g->covariance, gradient,
		    NN_INVERSE_BITS + NN_MOMENT_BITS - BETA_BITS));
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
	const int64_t most = (int64_t)1 << (BETA_LIMIT_LOG + BETA_BITS);
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

/* count += how many words of ${x} are below ${low}, or not below ${high}. */
static int
count_outside(struct mpc *S, struct mpc_vector *count, const struct mpc_vector *x, int64_t low,
    int64_t high)
{
	const int64_t ends[] = { low, high };
	const struct mpc_comparison c = { .high = MPC_WORD_RANGE, .count = 2,
		.thresholds = ends };
	struct room r;
	int rc = -1;

	if (room_open(&r, S, x->n, 1, 2) == 0 && mpc_compare(S, r.bit, x, &c) == 0) {
		const struct mpc_selection_term terms[] = {
			{ .bit = &r.bit[0], .constant = { 1 } },
			{ .bit = &r.bit[1], .constant = { 1 } },
		};

		mpc_not(&r.bit[0], &r.bit[0]);
		rc = mpc_select(S, &r.word[0], &(struct mpc_selection){ .count = 2,
			.terms = terms,
			.results = 1 });
		mpc_add_sum(count, &r.word[0]);
	}
	room_close(&r);
	return (rc);
}

/*
 * Whether d is next to nothing: d' gradient is its square in standard errors, over N and the unit,
 * and Newton's next step would be about its square.
 */
#define MOST_DISTANCE 0.01

static int
check_distance(struct mpc *S, struct glm *g, const struct mpc_vector *d,
    const struct mpc_vector *gradient)
{
	const struct bilinear inner = bilinear_columns(1, g->n, 1);
	struct mpc_vector count = mpc_part(&g->faults, DISTANCE, 1);
	const double most = ldexp(MOST_DISTANCE * MOST_DISTANCE * unit_of(g),
	    NN_MOMENT_BITS + STEP_BITS - (int)g->log_rows);
	struct room r;
	struct mpc_vector square;
	int rc = -1;

	if (room_open(&r, S, g->n, 2, 0) == 0) {
		square = mpc_part(&r.word[1], 0, 1);
		if (mpc_truncate(S, &r.word[0], d, BETA_BITS - STEP_BITS) == 0 &&
		    mpc_product(S, &square, &inner, &r.word[0], gradient) == 0)
			rc = count_outside(S, &count, &square, -llrint(most), llrint(most) + 1);
	}
	room_close(&r);
	return (rc);
}

static int
check_pivots(struct mpc *S, struct glm *g)
{
	struct mpc_vector count = mpc_part(&g->faults, PIVOTS, 1);

	return (count_outside(S, &count, &g->e.pivots,
	    (int64_t)1 << (NN_MOMENT_BITS - NN_PIVOT_LOG), (int64_t)1 << MPC_NUMBER_RANGE));
}

/*
 * The information times its inverse has 1 on its diagonal.  Where something has wrapped, or nothing
 * was inverted, that is not so.
 */
static int
check_inverse(struct mpc *S, struct glm *g)
{
	const struct bilinear rows = bilinear_columns(g->n, g->n, 1);
	struct mpc_vector count = mpc_part(&g->faults, ROOM, 1);
	const int64_t one = (int64_t)1 << (NN_MOMENT_BITS + NN_INVERSE_BITS);
	struct room r;
	int rc = -1;

	if (room_open(&r, S, g->n, 1, 0) == 0 &&
	    mpc_product(S, &r.word[0], &rows, &g->information, &g->covariance) == 0)
		rc = count_outside(S, &count, &r.word[0], one - one / 16, one + one / 16);
	room_close(&r);
	return (rc);
}

/*
 * Sums of w x^2 have room up to 2^9 N: so all do if the sum over the columns does, of w and squares
 * with ${bits}, which keep it below 2^61: w is at most 2^11, and the squares of a row 2^8 n.
 */
#define MOST_MEAN_LOG 9

static int
check_moments(struct mpc *S, struct glm *g, const struct mpc_vector *w)
{
	const struct bilinear squares = bilinear_columns(g->rows, g->n, 1),
	    inner = bilinear_columns(1, g->rows, 1);
	const unsigned bits = (61 - 19 - 2 * g->log_rows) / 2 < 6 ?
	    (61 - 19 - 2 * g->log_rows) / 2 : 6;
	struct mpc_vector count = mpc_part(&g->faults, ROOM, 1), sum;
	struct room r;
	int rc = -1;

	if (g->how.family != GLM_POISSON)
		return (0);
	if (room_open(&r, S, g->rows, 3, 0) == 0 &&
	    mpc_product(S, &r.word[0], &squares, &g->x, &g->x) == 0 &&
	    mpc_truncate(S, &r.word[1], &r.word[0], 2 * g->x_bits - bits) == 0 &&
	    mpc_truncate(S, &r.word[2], w, STEP_BITS - bits) == 0) {
		sum = mpc_part(&r.word[0], 0, 1);
		if (mpc_product(S, &sum, &inner, &r.word[1], &r.word[2]) == 0)
			rc = count_outside(S, &count, &sum, -(int64_t)g->rows,
			    (int64_t)1 << (2 * bits + g->log_rows + MOST_MEAN_LOG));
	}
	room_close(&r);
	return (rc);
}

/* Figure ${which} is the weighted sum of ${x}. */
static int
sum_figure(struct mpc *S, struct glm *g, enum glm_figure which, const struct mpc_vector *x)
{
	const struct bilinear inner = bilinear_columns(1, g->rows, 1);
	const struct mpc_vector *prior = &g->task->data.prior;
	struct mpc_vector to = mpc_part(&g->figures, which, 1);

	mpc_zero(&to);
	if (prior->n > 0)
		return (times_less(S, &to, &inner, x, prior, STEP_BITS));
	mpc_add_sum(&to, x);
	return (0);
}

/* Figure ${which} is the weighted sum of the products of ${x} and ${y}. */
static int
add_product_figure(struct mpc *S, struct glm *g, enum glm_figure which, const struct mpc_vector *x,
    const struct mpc_vector *y)
{
	struct room r;
	int rc = -1;

	if (room_open(&r, S, g->rows, 1, 0) == 0 && times_step(S, &r.word[0], x, y) == 0)
		rc = sum_figure(S, g, which, &r.word[0]);
	room_close(&r);
	return (rc);
}

static void
set_figure(struct glm *g, enum glm_figure which, double v)
{
	struct mpc_vector to = mpc_part(&g->figures, which, 1);

	mpc_zero(&to);
	mpc_add_public(&to, &to, llrint(ldexp(v, GLM_FIGURE_BITS)));
}

/* to = from less the offset, both with STEP_BITS. */
static void
less_offset(const struct glm *g, struct mpc_vector *to, const struct mpc_vector *from)
{
	const struct mpc_vector *offset = &g->task->data.offset;

	mpc_copy(to, from);
	if (offset->n > 0)
		add_bits(to, offset, STEP_BITS - NN_BITS, -1);
}

static int
gaussian_figures(struct mpc *S, struct glm *g, const struct glm_rows *v)
{
	struct room r;
	int rc = -1;

	if (room_open(&r, S, g->rows, 1, 0) == 0) {
		less_offset(g, &r.word[0], &g->y);
		if (sum_figure(S, g, GLM_LABEL, &r.word[0]) == 0 &&
		    add_product_figure(S, g, GLM_NULL, &r.word[0], &r.word[0]) == 0)
			rc = add_product_figure(S, g, GLM_DEVIANCE, &v->r, &v->r);
	}
	room_close(&r);
	return (rc);
}

/* ln(1 + e^eta) - y eta */
static int
binomial_figures(struct mpc *S, struct glm *g, const struct glm_rows *v)
{
	struct room r;
	int rc = -1;

	if (room_open(&r, S, g->rows, 2, 0) == 0 && mpc_softplus(S, &r.word[0], &v->clipped) == 0 &&
	    times_step(S, &r.word[1], &g->y, &v->clipped) == 0) {
		mpc_subtract(&r.word[0], &r.word[0], &r.word[1]);
		if (mpc_truncate(S, &r.word[0], &r.word[0], MPC_RESPONSE_BITS - STEP_BITS) == 0 &&
		    sum_figure(S, g, GLM_DEVIANCE, &r.word[0]) == 0)
			rc = sum_figure(S, g, GLM_LABEL, &g->y);
	}
	room_close(&r);
	return (rc);
}

/* e^(sign offset), or 1. */
static int
offset_power(struct mpc *S, const struct glm *g, struct mpc_vector *z, int sign)
{
	const struct mpc_vector *offset = &g->task->data.offset;
	struct room r;
	int rc = -1;

	if (offset->n == 0) {
		mpc_zero(z);
		mpc_add_public(z, z, (int64_t)1 << STEP_BITS);
		return (0);
	}
	if (room_open(&r, S, g->rows, 1, 0) == 0) {
		add_bits(&r.word[0], offset, eta_bits(g) - NN_BITS, sign);
		rc = mpc_growth(S, z, &r.word[0], eta_bits(g));
	}
	room_close(&r);
	return (rc);
}

/*
 * ln z! - z ln z + z = ln(2 pi z) / 2 + p(1 / z) for z >= 1, by Stirling's series; p is fitted, and
 * off by 2e-7 at the whole numbers.  Of 0 it is any number.
 */
#define STIRLING_BITS 24
static const double stirling[] = { 8.33326578e-02, 2.92257640e-05, -3.02439355e-03,
	7.23968461e-04 };
#define STIRLING_CONSTANT 0.91893853320467274

static int
stirling_series(struct mpc *S, struct mpc_vector *z, const struct mpc_vector *labels,
    const struct mpc_bits *are_positive)
{
	const struct mpc_numbers n = { .f = NN_BITS, .range = MPC_NUMBER_RANGE, .wide = true };
	struct room r;
	const struct mpc_selection_term positive = { .bit = are_positive, .word = &r.word[4],
		.weight = { 1 } };
	size_t i;
	int rc = -1;

	if (room_open(&r, S, z->n, 6, 0) == -1 || mpc_log(S, &r.word[4], labels, n) == -1)
		goto out;
	mpc_scale(&r.word[5], &r.word[4], -((int64_t)1 << STEP_BITS));
	if (mpc_growth(S, &r.word[4], &r.word[5], NN_BITS + STEP_BITS) == -1 ||
	    mpc_select(S, &r.word[0], &(struct mpc_selection){ .count = 1, .terms = &positive,
	    .results = 1 }) == -1 ||
	    times_step(S, &r.word[1], &r.word[0], &r.word[0]) == -1 ||
	    times_step(S, &r.word[2], &r.word[1], &r.word[0]) == -1 ||
	    times_step(S, &r.word[3], &r.word[1], &r.word[1]) == -1)
		goto out;
	mpc_zero(&r.word[5]);
	for (i = 0; i < 4; i++)
		mpc_add_scaled(&r.word[5], &r.word[i], llrint(ldexp(stirling[i], STIRLING_BITS)));
	mpc_add_public(&r.word[5], &r.word[5], llrint(ldexp(STIRLING_CONSTANT,
	    STIRLING_BITS + STEP_BITS)));
	rc = mpc_truncate(S, z, &r.word[5], STIRLING_BITS);
out:
	room_close(&r);
	return (rc);
}

/* What makes the likelihood of the deviance: of labels that are not 0. */
static int
factorial_figures(struct mpc *S, struct glm *g)
{
	static const int64_t half = (int64_t)1 << (NN_BITS - 1);
	enum { SERIES, SUM, CHOSEN, WHERE, WORDS };
	const struct mpc_comparison c = { .high = MPC_NUMBER_RANGE, .count = 1,
		.thresholds = &half };
	const struct mpc_vector *labels = &g->labels;
	struct room r;
	int rc = -1;

	if (room_open(&r, S, g->rows, WORDS, 1) == 0 &&
	    mpc_compare(S, r.bit, labels, &c) == 0 &&
	    stirling_series(S, &r.word[SERIES], labels, r.bit) == 0) {
		const struct mpc_selection_term terms[] = {
			{ .bit = r.bit, .word = &r.word[SUM], .weight = { 1, 0 },
			    .constant = { 0, (int64_t)1 << STEP_BITS } },
		};

		mpc_scale(&r.word[SERIES], &r.word[SERIES], 2);
		mpc_add(&r.word[SUM], &r.word[SERIES], &g->ly);
		if (mpc_truncate(S, &r.word[SUM], &r.word[SUM], 1) == 0 &&
		    mpc_select(S, &r.word[CHOSEN], &(struct mpc_selection){ .count = 1,
			.terms = terms,
			.results = 2 }) == 0 &&
		    sum_figure(S, g, GLM_LOGARITHM, &r.word[CHOSEN]) == 0)
			rc = sum_figure(S, g, GLM_POSITIVE, &r.word[WHERE]);
	}
	room_close(&r);
	return (rc);
}

/* y (ln y - eta) - r; what eta lost beyond its bounds does not count: there nothing converges. */
static int
poisson_figures(struct mpc *S, struct glm *g, const struct glm_rows *v)
{
	enum { ETA, LOGARITHM, TERM, NULL_TERM, POWER, WORDS };
	struct mpc_vector *w;
	struct room r;
	int rc = -1;

	if (room_open(&r, S, g->rows, WORDS, 0) == 0 &&
	    mpc_truncate(S, &r.word[ETA], &v->eta, g->x_bits) == 0) {
		w = r.word;
		mpc_subtract(&w[LOGARITHM], &g->ly, &w[ETA]);
		less_offset(g, &w[NULL_TERM], &g->ly);
		if (times_step(S, &w[TERM], &g->y, &w[LOGARITHM]) == 0) {
			mpc_subtract(&w[TERM], &w[TERM], &v->r);
			if (sum_figure(S, g, GLM_DEVIANCE, &w[TERM]) == 0 &&
			    sum_figure(S, g, GLM_LABEL, &g->y) == 0 &&
			    add_product_figure(S, g, GLM_NULL, &g->y, &w[NULL_TERM]) == 0 &&
			    offset_power(S, g, &w[POWER], 1) == 0 &&
			    sum_figure(S, g, GLM_OFFSET, &w[POWER]) == 0)
				rc = factorial_figures(S, g);
		}
	}
	room_close(&r);
	return (rc);
}

/* r - (ln y - eta) */
static int
gamma_figures(struct mpc *S, struct glm *g, const struct glm_rows *v)
{
	enum { TERM, NULL_TERM, POWER, WORDS };
	struct mpc_vector *w;
	struct room r;
	int rc = -1;

	if (room_open(&r, S, g->rows, WORDS, 0) == 0 &&
	    mpc_truncate(S, &r.word[TERM], &v->distance, g->x_bits) == 0) {
		w = r.word;
		mpc_subtract(&w[TERM], &v->r, &w[TERM]);
		less_offset(g, &w[NULL_TERM], &g->ly);
		if (sum_figure(S, g, GLM_DEVIANCE, &w[TERM]) == 0 &&
		    sum_figure(S, g, GLM_NULL, &w[NULL_TERM]) == 0 &&
		    sum_figure(S, g, GLM_LOGARITHM, &g->ly) == 0 &&
		    add_product_figure(S, g, GLM_PEARSON, &v->r, &v->r) == 0 &&
		    offset_power(S, g, &w[POWER], -1) == 0)
			rc = add_product_figure(S, g, GLM_LABEL, &g->y, &w[POWER]);
	}
	room_close(&r);
	return (rc);
}

/* How many rows there are, or have weights; and whether any has less than 0. */
static int
figure_rows(struct mpc *S, struct glm *g)
{
	const struct mpc_vector *prior = &g->task->data.prior;
	struct mpc_vector rows = mpc_part(&g->figures, GLM_ROWS, 1), none = { .n = 0 },
	    bad = mpc_part(&g->faults, PRIORS, 1);
	int rc;

	set_figure(g, GLM_ROWS, (double)g->rows);
	if (prior->n == 0)
		return (0);
	if ((rc = mpc_vector_new(S, &none, 1)) == 0 &&
	    (rc = count_outside(S, &none, prior, 1, (int64_t)1 << MPC_NUMBER_RANGE)) == 0) {
		mpc_add_scaled(&rows, &none, -((int64_t)1 << GLM_FIGURE_BITS));
		rc = count_outside(S, &bad, prior, 0, (int64_t)1 << MPC_NUMBER_RANGE);
	}
	mpc_vector_free(&none);
	return (rc);
}

static int
find_figures(struct mpc *S, struct glm *g, const struct glm_rows *v)
{
	struct room r;
	int rc = -1;

	set_figure(g, GLM_PRIOR, g->task->data.prior_log);
	set_figure(g, GLM_UNIT, (double)g->log_rows - log2(unit_of(g)));
	if (room_open(&r, S, g->rows, 1, 0) == 0) {
		mpc_add_public(&r.word[0], &r.word[0], (int64_t)1 << STEP_BITS);
		if ((rc = sum_figure(S, g, GLM_WEIGHT, &r.word[0])) == 0)
			rc = figure_rows(S, g);
	}
	room_close(&r);
	if (rc == -1)
		return (-1);
	switch (g->how.family) {
	case GLM_BINOMIAL:
		return (binomial_figures(S, g, v));
	case GLM_POISSON:
		return (poisson_figures(S, g, v));
	case GLM_GAMMA:
		return (gamma_figures(S, g, v));
	case GLM_GAUSSIAN:
	case GLM_FAMILIES:
	default:
		return (gaussian_figures(S, g, v));
	}
}

/* What is measured once b is what it is, but for d. */
static int
measure_end(struct mpc *S, struct glm *g, const struct glm_rows *v, const struct mpc_vector *d,
    const struct mpc_vector *gradient, const struct mpc_vector *w)
{

	if (check_pivots(S, g) == -1 || check_inverse(S, g) == -1 ||
	    check_moments(S, g, w) == -1 ||
	    (g->how.family != GLM_GAUSSIAN && check_distance(S, g, d, gradient) == -1))
		return (-1);
	return (find_figures(S, g, v));
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
	    find_rows(S, g, &v, first) == -1)
		goto out;
	mpc_copy(&w, &v.w);
	mpc_copy(&r, &v.r);
	if (task->data.prior.n > 0 && !changes(g))
		mpc_copy(&w, &task->data.prior);
	else if (weigh_rows(S, g, &w) == -1)
		goto out;
	if (weigh_rows(S, g, &r) == -1 || find_gradient(S, g, &b.word[GRADIENT], &r) == -1 ||
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

static int
glm_in_range(struct learner *l, struct mpc *S, bool each,
    char place[static LEARNER_MAX_PLACE_BYTES])
{
	struct glm *g = glm_of(l);
	word none[FAULTS] = { 0 };
	bool good = false;
	size_t i, len = 0;

	place[0] = '\0';
	if (!each) {
		if (mpc_open_all_none(S, &good, &g->faults) == -1)
			return (-1);
		snprintf(place, LEARNER_MAX_PLACE_BYTES, "%s", good ? "" : "the model");
		return (0);
	}
	if (mpc_open_none(S, none, &g->faults) == -1)
		return (-1);
	for (i = 0; i < FAULTS; i++) {
		if (none[i] == 0)
			len += (size_t)snprintf(place + len, LEARNER_MAX_PLACE_BYTES - len, "%s%s",
			    (len > 0) ? "; " : "", fault_names[i]);
	}
	return (0);
}

/* ---- predictions ---- */

/* eta with NN_BITS + BETA_BITS. */
static int
predict_eta(struct mpc *S, const struct glm *g, struct mpc_vector *eta, const struct nn_tensor *x,
    size_t rows)
{
	const size_t cols = nn_size(g->is.in);
	const struct bilinear B = bilinear_matrices(rows, cols, 1);
	struct mpc_vector slopes = mpc_part(&g->coefficients, g->how.intercept, cols), one =
	    mpc_part(&g->coefficients, 0, 1), spread = { .n = 0 };
	int rc = -1;

	if (mpc_vector_new(S, &spread, rows) == 0 &&
	    (rc = mpc_product(S, eta, &B, &x->v, &slopes)) == 0 && g->how.intercept) {
		mpc_columns_spread(&spread, &one, rows, 1);
		mpc_add_scaled(eta, &spread, (int64_t)1 << NN_BITS);
	}
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

	if (room_open(&r, S, y->n, 3, 0) == 0 &&
	    mpc_growth(S, &r.word[0], eta, NN_BITS + BETA_BITS) == 0) {
		m = mpc_part(&r.word[1], 0, 1);
		if (mpc_truncate(S, &m, &mean, GLM_FIGURE_BITS - NN_BITS) == 0) {
			mpc_columns_spread(&r.word[2], &m, y->n, 1);
			rc = times_less(S, y, &times, &r.word[0], &r.word[2], MPC_GROWTH_BITS);
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
	    NN_BITS + BETA_BITS, NN_BITS + BETA_BITS - MPC_RESPONSE_BITS) == 0 &&
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

	if (g->how.offset)
		return (fail(ST_USAGE, "the model has an offset, which predictions do not take"));
	if ((rc = mpc_vector_new(p->S, &eta, p->rows)) == 0 &&
	    (rc = predict_eta(p->S, g, &eta, x, p->rows)) == 0)
		rc = (answer == LEARNER_PROBABILITIES) ? predict_probability(p->S, y, &eta) :
		    (answer == LEARNER_DECISIONS) ? predict_class(p->S, y, &eta) :
		    is_power(g) ? predict_power(p->S, g, y, &eta) :
		    mpc_truncate(p->S, y, &eta, BETA_BITS);
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
	.bits = bits_of_x,
	.room = glm_room,
	.begin = glm_begin,
	.step = glm_step,
	.measure = glm_measure,
	.in_range = glm_in_range,
	.end = glm_end,
	.predict = glm_predict,
	.fault = "is of no use: a column is constant, or follows from others, or all but (leave it "
	    "out, or try --ridge); or the coefficients have not converged, as where columns tell "
	    "all labels (--ridge, more --steps); or labels or weights are not what the family "
	    "takes (--watch-range reveals which)",
};
