#include "nn/learner_network.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "func/function.h"
#include "nn/measure.h"
#include "nn/prepare.h"
#include "nn/train.h"
#include "nn/watch.h"

_Static_assert(LEARNER_MAX_TENSORS == 3 * 2 * NN_MAX_LAYERS + 1,
    "a weight and a bias for each layer, two numbers of the optimizer for each of theirs, counts");

/* Notes of steps are judged after so many of them at the latest. */
#define JUDGE_STEPS 128

struct network_learner {
	struct learner is;
	struct nn_network *net;
	/* a view of its layers, but for those that data have been passed through already */
	struct nn_network trained;
	struct nn_watch watch;
	bool prepared;            /* what it trains on is what layers gave that are not trained */
	/* From begin to end. */
	const struct nn_task *task;
	uint64_t quiet;           /* first steps of all in which everything is known to have room */
	uint64_t taken;           /* of all */
	bool noted;               /* the last step was watched, as those behind it are */
	size_t rows;              /* of a batch */
	size_t *order;            /* of the rows, in the epoch ${ordered} */
	bool has_order;
	uint64_t ordered;
	/*
	 * What the network gave for each row in that order, before the step that the row was used
	 * in: figures are made of it.  n = 0: nobody asks for them.
	 */
	struct nn_tensor given;
};

static struct network_learner *
network_learner(struct learner *l)
{

	return ((struct network_learner *)l);
}

/* The last layer's numbers are the network's. */
static struct nn_layer *
last_layer(const struct nn_network *net)
{

	return (&net->layers[net->n - 1]);
}

struct nn_network *
learner_network_of(struct learner *l)
{

	return ((l->kind == &learner_network) ? network_learner(l)->net : NULL);
}

/* ---- what it is ---- */

static size_t
widest_layer(const struct nn_network *net)
{
	size_t widest = nn_size(net->in), i;

	for (i = 0; i < net->n; i++)
		widest = (nn_size(net->layers[i].out) > widest) ? nn_size(net->layers[i].out) :
		    widest;
	return (widest);
}

static enum learner_target
network_target(const struct nn_network *net)
{

	return ((net->loss == NN_BCE) ? LEARNER_BINARY : (net->loss == NN_CROSS_ENTROPY) ?
	    LEARNER_CLASSES : LEARNER_NUMBERS);
}

static void
network_free(struct learner *l)
{
	struct network_learner *n = network_learner(l);

	learner_network.end(l);
	nn_watch_free(&n->watch);
	nn_network_free(n->net);
	free(n);
}

static struct learner *
network_make(const char *text, struct nn_shape in)
{
	struct network_learner *n;
	const struct nn_network *net;

	if ((n = mem_array(1, sizeof(*n))) == NULL)
		return (NULL);
	if ((net = n->net = nn_network_new(text, in)) == NULL) {
		free(n);
		return (NULL);
	}
	n->trained = *net;
	n->is = (struct learner){ .kind = &learner_network, .text = net->text, .in = net->in,
		.out = nn_size(last_layer(net)->out),
		.target = network_target(net),
		.widest = widest_layer(net) };
	if (n->is.target != LEARNER_NUMBERS)
		n->is.gives = last_layer(net)->type->name;
	return (&n->is);
}

/* A reservoir's weights are not in the model: they are made again. */
static bool
network_seeded(const char *text)
{

	return (strstr(text, "reservoir") != NULL);
}

static int
network_start(struct learner *l, struct mpc *S, uint64_t seed)
{
	struct network_learner *n = network_learner(l);

	return ((nn_network_start(n->net, S, seed) == -1) ? -1 :
	    nn_watch_new(S, &n->watch, n->net->n));
}

/* ---- tensors ---- */

/* Fraction bits of what an optimizer keeps: nn/train.c's own affair, and kept as words. */
#define STATE_BITS 0

static struct learner_tensor
parameter_tensor(const struct nn_parameter *p, const char *suffix, unsigned f, struct mpc_vector *v)
{
	struct learner_tensor t = { .rows = p->rows, .cols = p->cols, .f = f, .v = v };

	snprintf(t.name, sizeof(t.name), "%s%s", p->name, suffix);
	return (t);
}

static size_t
network_tensors(struct learner *l, struct learner_tensor list[static LEARNER_MAX_TENSORS])
{
	static const char *const suffixes[2] = { ".state1", ".state2" };
	struct network_learner *of = network_learner(l);
	struct nn_parameter *p[2 * NN_MAX_LAYERS];
	size_t count = nn_network_parameters(of->net, p), n = 0, i;

	for (i = 0; i < count; i++) {
		list[n] = parameter_tensor(p[i], "", NN_BITS, &p[i]->value);
		/* The last layer that is trained need not be as wide as what the network gives. */
		list[n++].outputs = (i + 2 >= count && p[i]->cols == l->out);
	}
	for (i = 0; i < 2 * count; i++) {
		list[n] = parameter_tensor(p[i / 2], suffixes[i % 2], STATE_BITS,
		    &p[i / 2]->state[i % 2]);
		list[n++].state = true;
	}
	/* What is found to have had no room stays found when training goes on. */
	list[n++] = (struct learner_tensor){ .name = "beyond", .rows = 1, .cols = of->net->n,
		.state = true,
		.v = &of->watch.norms.count };
	return (n);
}

/* ---- layers that are not trained ---- */

#define FIXED_MAX_WORDS ((size_t)1 << 24)
#define FIXED_BLOCK_WORDS ((size_t)1 << 17)

/*
 * How many layers, a reservoir among them, stand before all that are trained, and are the same in
 * every step.
 */
static size_t
fixed_layers(const struct nn_network *net)
{
	bool worth = false;
	size_t i;

	for (i = 0; i < net->n && net->layers[i].weight.rows == 0; i++)
		worth = worth || net->layers[i].fixed != NULL;
	return ((worth && i < net->n) ? i : 0);
}

/* y = what the first ${layers} layers give for all rows. */
static int
pass_fixed(struct nn_network *net, size_t layers, struct nn_pass pass, const struct nn_data *data,
    struct mpc_vector *y)
{
	struct nn_layer *last = &net->layers[layers - 1];
	size_t in = nn_size(net->in), out = nn_size(last->out), block, first;
	struct nn_tensor x = { .f = NN_BITS };
	struct mpc_vector part;

	block = (FIXED_BLOCK_WORDS / out > 0) ? FIXED_BLOCK_WORDS / out : 1;
	for (first = 0; first < data->rows; first += pass.rows) {
		pass.rows = (data->rows - first < block) ? data->rows - first : block;
		x.v = mpc_part(&data->x, first * in, pass.rows * in);
		if (nn_watch_pass(pass.S, pass.watch, NULL, first, pass.rows) == -1 ||
		    nn_forward(net, &pass, &x, layers) == -1 ||
		    nn_settle(pass.S, &last->given, NN_BITS) == -1)
			return (-1);
		part = mpc_part(y, first * out, pass.rows * out);
		mpc_copy(&part, &last->given.v);
	}
	return (0);
}

/* A bound of features. */
static double
features_limit(const struct nn_data *data)
{

	return ((data->most > 0) ? data->most : ldexp(1, NN_FEATURE_RANGE - NN_BITS));
}

/*
 * Pass the data through the layers that are not trained, once and for all; what is trained is the
 * rest.
 */
static int
network_prepare(struct learner *l, struct mpc *S, const struct nn_training *how,
    struct nn_data *data)
{
	struct network_learner *n = network_learner(l);
	const struct nn_pass pass = { .S = S, .threads = how->threads, .watch = &n->watch };
	const double most = features_limit(data);
	size_t layers = fixed_layers(n->net), width;
	struct mpc_vector y = { .n = 0 };

	if (layers == 0)
		return (0);
	width = nn_size(n->net->layers[layers - 1].out);
	if (data->rows > FIXED_MAX_WORDS / width)
		return (0);
	nn_watch_network(&n->watch, n->net, data->rows);
	if (nn_watch_rows(S, &n->watch, n->net, &data->x, data->rows, most,
	    most * sqrt((double)nn_size(n->net->in))) == -1 ||
	    mpc_vector_new(S, &y, data->rows * width) == -1 ||
	    pass_fixed(n->net, layers, pass, data, &y) == -1) {
		mpc_vector_free(&y);
		return (-1);
	}
	mpc_vector_free(&data->x);
	data->x = y;
	n->prepared = true;
	n->trained.in = n->net->layers[layers - 1].out;
	n->trained.layers += layers;
	n->trained.n -= layers;
	return (0);
}

/* ---- steps ---- */

static uint64_t
network_steps(const struct learner *l, const struct nn_training *how, size_t rows)
{

	(void)l;
	return (nn_steps_per_epoch(how, rows));
}

static size_t
batch_rows(const struct nn_training *how, size_t rows)
{

	return ((rows < how->batch) ? rows : how->batch);
}

/* Values, gradients and two of a step's intermediates, the optimizer's past, and a batch's pass. */
static double
network_room(struct learner *l, const struct nn_training *how, size_t rows)
{
	const struct nn_network *net = network_learner(l)->net;
	size_t passed = 0, i;

	for (i = 0; i < net->n; i++)
		passed += 2 * nn_size(net->layers[i].out) + nn_size(net->layers[i].in);
	return ((4.0 + how->optimizer) * (double)learner_size(l) +
	    (double)batch_rows(how, rows) * (double)passed);
}

static uint64_t
all_steps(const struct nn_task *t)
{

	return (t->how.epochs * nn_steps_per_epoch(&t->how, t->data.rows));
}

/* Measure what all steps have in common, unless nothing needs to be tested in any of them. */
static int
begin_watch(struct network_learner *n, struct mpc *S)
{
	const struct nn_task *t = n->task;
	const double width = (double)nn_size(n->trained.in);
	struct nn_data data = t->data;
	struct nn_watch *w = &n->watch;
	struct mpc_vector first;

	data.most = n->prepared ? NN_NORM_LIMIT : features_limit(&data);
	data.heaviest = w->heaviest = (data.heaviest > 0) ? data.heaviest : 1;
	if (data.squares == 0 || n->prepared)
		data.squares = (double)data.rows * width * data.most * data.most;
	nn_watch_network(w, &n->trained, n->rows);
	if (nn_check_rate(&n->trained, &t->how) == -1)
		return (-1);
	n->quiet = t->given ? 0 : (uint64_t)fmin(nn_quiet_steps(&n->trained, &t->how, &data),
	    0x1p62);
	if (n->quiet > all_steps(t))
		return (0);
	first = mpc_part(&w->norms.count, 0, 1);
	mpc_add_sum(&first, &data.far);
	if (t->given && nn_watch_weights(S, w, &n->trained, NN_RANGE_BITS) == -1)
		return (-1);
	return ((nn_watch_labels(S, w, &n->trained, &data.labels) == -1) ? -1 :
	    nn_watch_rows(S, w, &n->trained, &data.x, data.rows, data.most,
	    n->prepared ? NN_NORM_LIMIT : data.most * sqrt(width)));
}

static int
network_begin(struct learner *l, struct mpc *S, const struct nn_task *task)
{
	struct network_learner *n = network_learner(l);
	size_t rows = task->data.rows;

	n->task = task;
	n->rows = batch_rows(&task->how, rows);
	/* Until an order is drawn, as in a plan, the rows stand as they are. */
	if ((n->order = mem_array(rows, sizeof(*n->order))) == NULL || begin_watch(n, S) == -1)
		return (-1);
	if (!task->loss && !task->accuracy)
		return (0);
	return (mpc_vector_new(S, &n->given.v, rows * l->out));
}

static void
network_end(struct learner *l)
{
	struct network_learner *n = network_learner(l);

	mpc_vector_free(&n->given.v);
	free(n->order);
	n->order = NULL;
	n->has_order = false;
	n->task = NULL;
	n->trained = *n->net;
}

static void
take_order(struct network_learner *n, uint64_t epoch)
{
	const struct nn_task *t = n->task;

	if (t->plan || (n->has_order && n->ordered == epoch))
		return;
	nn_order(n->order, t->data.rows, t->how.seed, epoch);
	n->ordered = epoch;
	n->has_order = true;
}

/* Keep what the network gave for ${rows} rows from ${first} of the order on. */
static void
keep_given(struct network_learner *n, size_t first, size_t rows)
{
	const struct nn_layer *last = last_layer(&n->trained);
	struct mpc_vector part;

	if (n->given.v.n == 0)
		return;
	part = mpc_part(&n->given.v, first * n->is.out, rows * n->is.out);
	mpc_copy(&part, &last->given.v);
	n->given.f = last->given.f;
}

/* The watch that notes whether the next pass has room; NULL: it is known to have. */
static struct nn_watch *
watch_of(struct network_learner *n)
{

	return ((n->taken < n->quiet) ? NULL : &n->watch);
}

static int
network_step(struct learner *l, struct mpc *S, uint64_t epoch, uint64_t step)
{
	struct network_learner *n = network_learner(l);
	struct nn_watch *w = &n->watch;
	const struct nn_task *t = n->task;

	take_order(n, epoch);
	n->taken = epoch * nn_steps_per_epoch(&t->how, t->data.rows) + step;
	n->noted = (watch_of(n) != NULL && w->known.n == 0);
	mpc_norms_begin(&w->norms);
	if (nn_step(&n->trained, S, &t->how, &t->data, n->order, step, epoch, watch_of(n)) == -1)
		return (-1);
	mpc_norms_end(&w->norms);
	if (n->noted && nn_watch_reserve(S, w, (size_t)fmin((double)(all_steps(t) - n->taken),
	    JUDGE_STEPS)) == -1)
		return (-1);
	mpc_vector_free(&w->known); /* that weights can be measured is known from now on */
	n->taken++;
	keep_given(n, step * n->rows, n->rows);
	return (0);
}

/*
 * The rate, which decides how many bits are cut off, changes with decay; Adam's in every step.
 * Notes cost nothing until they are judged, and are taken again.
 */
static bool
network_repeats(struct learner *l, struct mpc *S, uint64_t epoch, uint64_t step)
{
	struct network_learner *n = network_learner(l);
	const struct nn_training *how = &n->task->how;
	bool watched = (watch_of(n) != NULL);

	(void)epoch;
	if (how->optimizer == NN_ADAM || (step == 0 && how->decay != 0) || watched != n->noted ||
	    mpc_norms_repeat(S, &n->watch.norms) == -1)
		return (false);
	n->taken++;
	return (true);
}

static int
network_settle(struct learner *l, struct mpc *S, bool all)
{
	struct network_learner *n = network_learner(l);

	return (nn_watch_settle(S, &n->watch, all || n->taken % JUDGE_STEPS == 0));
}

/* ---- figures ---- */

/*
 * Rows that do not fill a batch have no step; for the measures they are passed through at the end.
 */
static int
give_rest(struct network_learner *n, struct mpc *S)
{
	const struct nn_task *t = n->task;
	size_t first = nn_steps_per_epoch(&t->how, t->data.rows) * n->rows,
	    rows = t->data.rows - first;

	if (rows == 0)
		return (0);
	if (nn_give_rows(&n->trained, S, &t->how, &t->data, n->order, first, rows,
	    watch_of(n)) == -1)
		return (-1);
	keep_given(n, first, rows);
	return (0);
}

static int
network_measure(struct learner *l, struct mpc *S, struct mpc_vector *loss,
    struct mpc_vector *correct)
{
	struct network_learner *n = network_learner(l);
	size_t rows = n->task->data.rows;
	struct mpc_vector labels = { .n = 0 };
	struct nn_tensor given;
	int rc = -1;

	if (give_rest(n, S) == -1 || mpc_vector_new(S, &labels, rows * l->out) == -1)
		goto out;
	mpc_rows_gather(&labels, &n->task->data.labels, n->order, rows, l->out);
	/* n->given keeps its fraction bits, as a plan's steps that are not run do not set them. */
	given = n->given;
	given.v = mpc_part(&n->given.v, 0, n->given.v.n);
	if (nn_settle(S, &given, NN_BITS) == -1)
		goto out;
	if (loss != NULL && nn_loss(S, loss, n->net->loss, &given.v, &labels, rows) == -1)
		goto out;
	if (correct != NULL && nn_correct(S, correct, n->net->loss, &given.v, &labels, rows) == -1)
		goto out;
	rc = 0;
out:
	mpc_vector_free(&labels);
	return (rc);
}

/* ---- range ---- */

void
learner_network_name(const struct nn_network *net, const bool *in,
    char place[static LEARNER_MAX_PLACE_BYTES])
{
	const struct nn_layer *l;
	size_t i, len = 0;

	place[0] = '\0';
	for (i = 0; i < net->n && len < LEARNER_MAX_PLACE_BYTES; i++) {
		l = &net->layers[i];
		if (!in[i])
			len += (size_t)snprintf(place + len, LEARNER_MAX_PLACE_BYTES - len,
			    "%slayer %zu (%s %zu)", (len > 0) ? ", of " : "", l->index,
			    l->type->name, l->count);
	}
}

static int
network_in_range(struct learner *l, struct mpc *S, bool each,
    char place[static LEARNER_MAX_PLACE_BYTES])
{
	struct network_learner *n = network_learner(l);
	const struct mpc_vector *beyond = &n->watch.norms.count;
	bool layers[NN_MAX_LAYERS], in;

	if (network_settle(l, S, each || n->task == NULL || n->taken == all_steps(n->task)) == -1)
		return (-1);
	if (each) {
		if (nn_layers_in_range(S, n->net, beyond, layers) == -1)
			return (-1);
		learner_network_name(n->net, layers, place);
		return (0);
	}
	if (nn_in_range(S, n->net, beyond, &in) == -1)
		return (-1);
	snprintf(place, LEARNER_MAX_PLACE_BYTES, "%s", in ? "" : "the model");
	return (0);
}

/* ---- predictions ---- */

/* y = [x >= 0], at 0 fraction bits: that is where a sigmoid is at least 1/2. */
static int
predict_sides(struct mpc *S, struct mpc_vector *y, const struct nn_tensor *x)
{
	static const int64_t zero = 0;
	const struct mpc_comparison c = { .high = MPC_NUMBER_RANGE, .count = 1,
		.thresholds = &zero };
	struct mpc_bits bits;
	const struct mpc_selection_term term = { .bit = &bits, .constant = { 1 } };
	int rc;

	if ((rc = mpc_bits_new(S, &bits, y->n)) == 0 &&
	    (rc = mpc_compare(S, &bits, &x->v, &c)) == 0)
		rc = mpc_select(S, y, &(struct mpc_selection){ .count = 1, .terms = &term,
		    .results = 1 });
	mpc_bits_free(&bits);
	return (rc);
}

/*
 * y from what the network gives, or gives before its last activation.  What stays in the layers is
 * not used again, so that it may be truncated there.
 */
static int
predict_from(const struct network_learner *n, const struct nn_pass *p, enum learner_answer answer,
    struct nn_tensor *given, struct mpc_vector *y)
{
	struct nn_layer *last = last_layer(n->net);
	struct nn_tensor t;
	int rc;

	if (answer == LEARNER_SCORES && given->f > NN_BITS)
		return (mpc_truncate(p->S, y, &given->v, given->f - NN_BITS));
	if (answer == LEARNER_DECISIONS && n->is.target == LEARNER_BINARY)
		return (predict_sides(p->S, y, given));
	if (nn_settle(p->S, given, NN_BITS) == -1)
		return (-1);
	if (answer == LEARNER_DECISIONS)
		return (mpc_max_rows(p->S, NULL, y, &given->v, p->rows, n->is.out,
		    mpc_range_bits(NN_BITS)));
	if (answer == LEARNER_SCORES) {
		mpc_copy(y, &given->v);
		return (0);
	}
	/* With the mask of y, which is drawn in the layer. */
	t = (struct nn_tensor){ .v = *y, .f = NN_BITS };
	if ((rc = last->type->forward(last, p, given, &t)) == 0)
		*y = t.v;
	return (rc);
}

/* Of a model nothing is known but that predictions with it shall have room. */
#define ASKED_RANGE_BITS (NN_FEATURE_RANGE - NN_BITS)

static int
begin_asking(struct network_learner *n, const struct nn_pass *p, const struct nn_tensor *x)
{
	const double width = (double)nn_size(n->net->in);
	struct nn_watch *w = p->watch;

	if (w == NULL)
		return (0);
	w->asks = true;
	nn_watch_network(w, n->net, p->rows);
	if (w->known.n == 0 && nn_watch_weights(p->S, w, n->net, ASKED_RANGE_BITS) == -1)
		return (-1);
	return ((nn_watch_rows(p->S, w, n->net, &x->v, p->rows, w->most,
	    w->most * sqrt(width)) == -1) ? -1 : nn_watch_pass(p->S, w, NULL, 0, p->rows));
}

/* Pass rows through the network, but for its last activation. */
static int
network_predict(struct learner *l, const struct nn_pass *p, enum learner_answer answer,
    struct mpc_vector *y, struct nn_tensor *x)
{
	struct network_learner *n = network_learner(l);
	size_t layers = n->net->n - (l->target != LEARNER_NUMBERS);

	if (begin_asking(n, p, x) == -1 || nn_forward(n->net, p, x, layers) == -1)
		return (-1);
	return (predict_from(n, p, answer, (layers > 0) ? &n->net->layers[layers - 1].given : x,
	    y));
}

const struct learner_kind learner_network = {
	.name = "network",
	.make = network_make,
	.free = network_free,
	.seeded = network_seeded,
	.start = network_start,
	.tensors = network_tensors,
	.steps = network_steps,
	.room = network_room,
	.prepare = network_prepare,
	.begin = network_begin,
	.step = network_step,
	.repeats = network_repeats,
	.settle = network_settle,
	.measure = network_measure,
	.in_range = network_in_range,
	.end = network_end,
	.predict = network_predict,
};
