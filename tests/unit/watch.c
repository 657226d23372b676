/*
 * What a watch lets pass has had room: random networks, on features, labels, weights and with
 * options of random sizes, so that many are near what there is room for, are trained for some
 * steps in the clear. Where nothing was counted, the plain engine, which looks at every number,
 * must not find one that has no room, and in float64 the same steps must lead to the same weights.
 *
 * And predictions, likewise.
 */

#include <stdbool.h>
#include <string.h>

#include "base/diag.h"
#include "nn/float64.h"
#include "nn/learner_network.h"
#include "nn/prepare.h"
#include "nn/watch.h"

#include "catch.h"
#include "tap.h"
#include "world.h"

static uint64_t seed = 3;

static double
uniform(double low, double high)
{

	return (low + (high - low) * ldexp((double)(world_random(&seed) >> 11), -53));
}

static size_t
below(size_t n)
{

	return ((size_t)(world_random(&seed) % n));
}

static const struct net {
	const char *text;
	struct nn_shape in;
	bool alone; /* of one layer: float64 does the same, but for roundings */
} nets[] = {
	{ "dense 1", { 5, 1, 1 }, true },
	{ "dense 1, sigmoid", { 5, 1, 1 }, true },
	{ "dense 3, softmax", { 5, 1, 1 }, true },
	{ "dense 2", { 40, 1, 1 }, true },
	{ "dense 6, relu, dense 1, sigmoid", { 5, 1, 1 }, false },
	{ "dense 6, relu, dense 1", { 5, 1, 1 }, false },
	{ "dense 6, relu, dense 5, relu, dense 3, softmax", { 5, 1, 1 }, false },
	{ "dense 5, tanh, dense 4, relu, dense 2", { 5, 1, 1 }, false },
	{ "dense 6, sigmoid, dense 5, dense 1, sigmoid", { 5, 1, 1 }, false },
	{ "dense 5, dense 4, dense 1", { 5, 1, 1 }, false },
	{ "conv2d 2 2, relu, maxpool 2 1, conv2d 3 2, relu, dense 3, softmax", { 1, 6, 6 }, false },
	{ "maxpool 2 1, conv2d 3 3 2 1, avgpool 3 2, relu, dense 2", { 2, 6, 6 }, false },
	{ "conv2d 3 3, avgpool 2, flatten, dense 1, sigmoid", { 1, 6, 6 }, false },
	{ "reservoir 9, dense 1", { 5, 1, 1 }, false },
	{ "reservoir 9, dense 4, tanh, dense 2, softmax", { 5, 1, 1 }, false },
};

#define NETS (sizeof(nets) / sizeof(*nets))

/* A case: all that is public of it, and words. */
struct trial {
	const struct net *net;
	struct nn_training how;
	size_t rows, out;
	double most, heaviest;  /* heaviest 0: rows are not weighed */
	double least_weight, most_weight; /* of those that are given, 2 to these */
	bool flat;              /* numbers of a kind are nearly equal, so that no sum cancels */
	bool given;             /* weights that are not those of the start */
	uint64_t start, *x, *labels, *weights;
};

/* 2 to a random power. */
static double
size_between(double low, double high)
{

	return (exp2(uniform(low, high)));
}

static void
make_training(struct nn_training *how, bool alone)
{

	*how = (struct nn_training){ .optimizer = (enum nn_optimizer)below(3),
		.momentum = (below(2) == 0) ? 0.9 : 1 - size_between(-12, 0),
		.decay = (below(3) == 0) ? size_between(-8, 3) : 0,
		.beta1 = 0.9, .beta2 = 0.999, .batch = (size_t)1 << below(7), .epochs = 1,
		.seed = seed,
		.threads = 1 };
	how->rate = (how->optimizer == NN_ADAM) ? size_between(-10, 3) : size_between(-25, 5);
	if (alone)
		how->optimizer = NN_SGD;
	if (below(3) == 0)
		how->clip = size_between(-5, 9);
	if (below(4) == 0)
		how->l2 = size_between(-12, 2);
}

/* A word of a number of a magnitude up to ${most}. */
static uint64_t
word_up_to(const struct trial *t, double most)
{

	return ((uint64_t)(int64_t)(ldexp(most, NN_BITS) * uniform(t->flat ? 0.9 : -1, 1)));
}

/* The target and how many outputs there are, which the learner knows. */
static struct learner *
make_learner(const struct trial *t)
{
	struct learner *l = learner_network.make(t->net->text, t->net->in);

	if (l == NULL)
		tap_bail("a network");
	return (l);
}

static void
fill_rows(struct trial *t, size_t cols, enum learner_target target, double label)
{
	size_t i, k;

	for (i = 0; i < t->rows * cols; i++)
		t->x[i] = word_up_to(t, t->most);
	for (i = 0; i < t->rows; i++) {
		k = below(t->out);
		for (size_t j = 0; j < t->out; j++)
			t->labels[i * t->out + j] = (target == LEARNER_NUMBERS) ?
			    word_up_to(t, label) :
			    (uint64_t)((target == LEARNER_BINARY) ? below(2) == 1 : j == k) <<
			    NN_BITS;
	}
}

static void
weigh_rows(struct trial *t)
{
	size_t i;

	t->heaviest = size_between(-6, 9);
	t->weights = calloc(t->rows * t->out, sizeof(*t->weights));
	for (i = 0; i < t->rows * t->out; i++)
		t->weights[i] = (uint64_t)(int64_t)(ldexp(t->heaviest, NN_WEIGHT_BITS) *
		    uniform(0, 1));
}

/* So large that what is measured has no room itself. */
static void
make_large(struct trial *t)
{

	t->most = size_between(12, 15);
	t->given = true;
	t->least_weight = 7;
	t->most_weight = 24;
}

static void
trial_open(struct trial *t)
{
	struct learner *l;

	memset(t, 0, sizeof(*t));
	t->net = &nets[below(NETS)];
	l = make_learner(t);
	make_training(&t->how, t->net->alone);
	t->rows = t->how.batch * (1 + below(3));
	t->out = l->out;
	t->most = size_between(-4, 15);
	t->given = (below(2) == 0);
	t->least_weight = -9;
	t->most_weight = 10.5;
	if (below(8) == 0)
		make_large(t);
	t->flat = (below(2) == 0);
	t->start = seed;
	t->x = calloc(t->rows * nn_size(t->net->in), sizeof(*t->x));
	t->labels = calloc(t->rows * t->out, sizeof(*t->labels));
	fill_rows(t, nn_size(t->net->in), l->target, size_between(-3, 15));
	if (l->target != LEARNER_NUMBERS && below(3) == 0)
		weigh_rows(t);
	learner_free(l);
}

static void
trial_close(struct trial *t)
{

	free(t->x);
	free(t->labels);
	free(t->weights);
}

/* ---- training ---- */

struct outcome {
	int rc;
	bool counted;  /* something had no room */
	size_t n;
	uint64_t *w;   /* parameters */
};

/* Weights that somebody has given, of any size; the same every time. */
static void
set_weights(const struct trial *t, struct learner *l)
{
	struct learner_tensor list[LEARNER_MAX_TENSORS];
	size_t n = l->kind->tensors(l, list), i, j;
	uint64_t kept = seed;
	double most;

	seed = t->start;
	for (i = 0; i < n && t->given; i++) {
		most = size_between(t->least_weight, t->most_weight);
		for (j = 0; !list[i].state && j < list[i].v->n; j++)
			list[i].v->held.m[j] = word_up_to(t, most);
	}
	seed = kept;
}

static void
take_outcome(struct outcome *o, struct learner *l)
{
	struct learner_tensor list[LEARNER_MAX_TENSORS];
	size_t n = l->kind->tensors(l, list), i, j;

	o->w = calloc(learner_size(l), sizeof(*o->w));
	for (i = 0; i < n; i++) {
		for (j = 0; j < list[i].v->n; j++) {
			if (!list[i].state)
				o->w[o->n++] = list[i].v->held.m[j];
			else if (strcmp(list[i].name, "beyond") == 0)
				o->counted = o->counted || list[i].v->held.m[j] != 0;
		}
	}
}

/* All steps of an epoch, and what is put off. */
static int
take_steps(struct learner *l, struct mpc *S, const struct nn_task *task)
{
	uint64_t steps = l->kind->steps(l, &task->how, task->data.rows), i;
	int rc = l->kind->begin(l, S, task);

	for (i = 0; i < steps && rc == 0; i++)
		rc = l->kind->step(l, S, 0, i);
	if (rc == 0)
		rc = l->kind->settle(l, S, true);
	l->kind->end(l);
	return (rc);
}

/* By the plain engine, which minds what has no room, or does not; or in float64. */
enum means { STRICT, LENIENT, FLOAT64 };

static struct outcome
train(const struct trial *t, enum means how)
{
	struct mpc *S = mpc_new_plain(false);
	struct learner *l = make_learner(t);
	struct nn_job job = { .learner = l, .task = { .how = t->how, .given = t->given } };
	struct nn_data *d = &job.task.data;
	struct float64_data numbers;
	struct outcome o = { .rc = -1 };

	d->rows = t->rows;
	d->most = t->most;
	if (l->kind->start(l, S, t->how.seed) == -1 ||
	    mpc_vector_new(S, &d->x, t->rows * nn_size(l->in)) == -1 ||
	    mpc_vector_new(S, &d->labels, t->rows * l->out) == -1)
		tap_bail("memory");
	memcpy(d->x.held.m, t->x, d->x.n * sizeof(*t->x));
	memcpy(d->labels.held.m, t->labels, d->labels.n * sizeof(*t->labels));
	if (t->weights != NULL) {
		if (mpc_vector_new(S, &d->weights, d->labels.n) == -1)
			tap_bail("memory");
		memcpy(d->weights.held.m, t->weights, d->weights.n * sizeof(*t->weights));
		d->heaviest = t->heaviest;
	}
	set_weights(t, l);
	(void)mpc_may_wrap(S, how == LENIENT);
	if (how != FLOAT64) {
		if ((o.rc = learner_prepare(l, S, &t->how, d)) == 0)
			o.rc = take_steps(l, S, &job.task);
	} else if (float64_data_new(&numbers, d, learner_network_of(l)) == 0) {
		o.rc = float64_train(&job, &numbers);
		float64_data_free(&numbers);
	}
	take_outcome(&o, l);
	mpc_vector_free(&d->x);
	mpc_vector_free(&d->labels);
	mpc_vector_free(&d->weights);
	learner_free(l);
	mpc_free(S);
	return (o);
}

/*
 * Whether weights are those of float64: within a fiftieth of how far they moved, and what features
 * make of a function that is a thousandth off, and of roundings of gradients.
 */
static bool
agree(const struct trial *t, const struct outcome *a, const struct outcome *b,
    const struct outcome *begin)
{
	double moved = 0, off = 0;
	size_t i;

	for (i = 0; i < a->n; i++) {
		moved = fmax(moved, fabs(ldexp((double)(int64_t)(b->w[i] - begin->w[i]),
		    -NN_BITS)));
		off = fmax(off, fabs(ldexp((double)(int64_t)(a->w[i] - b->w[i]), -NN_BITS)));
	}
	return (off <= 0.05 * moved + t->how.rate * t->most * 0.01 + 0x1p-12);
}

static size_t passed, refused, needlessly, compared;

/* The weights to begin with. */
static struct outcome
beginning(const struct trial *t)
{
	struct mpc *S = mpc_new_plain(false);
	struct learner *l = make_learner(t);
	struct outcome o = { .rc = 0 };

	if (l->kind->start(l, S, t->how.seed) == -1)
		tap_bail("memory");
	set_weights(t, l);
	take_outcome(&o, l);
	learner_free(l);
	mpc_free(S);
	return (o);
}

/* Return whether a trial contradicts what is claimed. */
static bool
try_one(const struct trial *t)
{
	struct outcome lenient, strict, exact, begin;
	bool wrong = false;

	lenient = train(t, LENIENT);
	strict = train(t, STRICT);
	if (lenient.rc == -1) {
		/* Such as a rate at which steps vanish. */
		wrong = (strict.rc == 0);
	} else if (lenient.counted) {
		refused++;
		needlessly += (strict.rc == 0);
	} else {
		passed++;
		wrong = (strict.rc == -1 ||
		    memcmp(lenient.w, strict.w, strict.n * sizeof(*strict.w)) != 0);
		begin = beginning(t);
		exact = train(t, FLOAT64);
		/* Of a single step: what rounding does to one, the next may make large. */
		if (t->net->alone && exact.rc == 0 && t->rows == t->how.batch &&
		    t->weights == NULL) {
			compared++;
			wrong = wrong || !agree(t, &strict, &exact, &begin);
		}
		free(begin.w);
		free(exact.w);
	}
	free(lenient.w);
	free(strict.w);
	return (wrong);
}

static void
test_training(size_t count)
{
	struct trial t;
	size_t i, wrong = 0;

	catch_begin();
	for (i = 0; i < count; i++) {
		trial_open(&t);
		if (try_one(&t) && wrong++ == 0)
			tap_note("%s: batch %zu of %zu, optimizer %d, rate %g, clip %g, l2 %g, "
			    "features %g, weights %g, momentum %g, decay %g%s%s", t.net->text,
			    t.how.batch, t.rows,
			    (int)t.how.optimizer, t.how.rate, t.how.clip, t.how.l2, t.most,
			    t.heaviest, t.how.momentum, t.how.decay,
			    t.flat ? ", flat" : "", t.given ? ", given" : "");
		trial_close(&t);
	}
	(void)catch_end();
	tap_note("%zu passed, %zu were refused, %zu of them needlessly; %zu compared with float64",
	    passed, refused, needlessly, compared);
	ok(wrong == 0, "of %zu trainings none passes where a number has no room: %zu", count,
	    wrong);
	ok(passed > count / 8 && refused - needlessly > count / 8 && compared > count / 100, "some "
	    "pass, and some have no room");
}

/* ---- predictions ---- */

/* Ask for all rows; whether numbers had room goes to *${counted}. */
static int
predict(const struct trial *t, bool may_wrap, enum learner_answer answer, bool *counted)
{
	struct mpc *S = mpc_new_plain(false);
	struct learner *l = make_learner(t);
	struct nn_watch watch;
	const struct nn_pass pass = { .S = S, .rows = t->rows, .threads = 1, .watch = &watch };
	struct nn_tensor x = { .f = NN_BITS };
	struct mpc_vector y;
	size_t i;
	int rc;

	answer = (l->target == LEARNER_NUMBERS) ? LEARNER_SCORES : answer;
	if (l->kind->start(l, S, t->how.seed) == -1 ||
	    nn_watch_new(S, &watch, NN_MAX_LAYERS) == -1 ||
	    mpc_vector_new(S, &x.v, t->rows * nn_size(l->in)) == -1 ||
	    mpc_vector_new(S, &y, t->rows * learner_columns(l, answer)) == -1)
		tap_bail("memory");
	memcpy(x.v.held.m, t->x, x.v.n * sizeof(*t->x));
	set_weights(t, l);
	watch.most = t->most;
	(void)mpc_may_wrap(S, may_wrap);
	if ((rc = l->kind->predict(l, &pass, answer, &y, &x)) == 0)
		rc = nn_watch_settle(S, &watch, true);
	for (*counted = false, i = 0; i < NN_MAX_LAYERS; i++)
		*counted = *counted || watch.norms.count.held.m[i] != 0;
	mpc_vector_free(&x.v);
	mpc_vector_free(&y);
	nn_watch_free(&watch);
	learner_free(l);
	mpc_free(S);
	return (rc);
}

static void
test_predictions(size_t count)
{
	size_t good = 0, bad = 0, needless = 0, wrong = 0, i;
	enum learner_answer answer;
	struct trial t;
	bool counted, same;
	int rc;

	catch_begin();
	for (i = 0; i < count; i++) {
		trial_open(&t);
		t.given = true;
		answer = (enum learner_answer)below(3);
		if (predict(&t, true, answer, &counted) == -1)
			tap_bail("a prediction");
		rc = predict(&t, false, answer, &same);
		good += !counted;
		bad += counted && rc == -1;
		needless += counted && rc == 0;
		wrong += !counted && rc == -1;
		trial_close(&t);
	}
	(void)catch_end();
	tap_note("%zu passed, %zu had no room, %zu were refused needlessly", good, bad, needless);
	ok(wrong == 0, "of %zu predictions none passes where a number has no room: %zu", count,
	    wrong);
	ok(good > count / 8 && bad > count / 50, "some pass, and some have no room");
}

/* watch [TRAININGS [SEED]] */
int
main(int argc, char **argv)
{

	diag_init("watch");
	if (float64_load(1) == -1)
		tap_bail("no OpenBLAS");
	if (argc > 2)
		seed = strtoull(argv[2], NULL, 10);
	test_training((argc > 1) ? strtoul(argv[1], NULL, 10) : 3000);
	test_predictions(2000);
	return (tap_end());
}
