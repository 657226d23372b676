#include "nn/watch.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "func/beyond.h"
#include "mpc/room.h"

/*
 * A group has few rows, as its norm is larger than that of any of them, but so many that the work
 * on them is more than that on their norm.  In the work on a row an output counts as 1, and one
 * that becomes a probability as 16 more.
 */
#define GROUP_WORK ((size_t)64)         /* of a group, at least */
#define PROBABILITY_WORK 16
#define GROUP_LEAST ((size_t)4)         /* rows */
#define GROUP_NUMBERS ((size_t)1 << 12) /* of the widest layer, at most, unless one row has more */

#define BLOCK_WORDS ((size_t)1 << 17) /* of rows, measured at a time */
#define JUDGE_WORDS ((size_t)1 << 20) /* noted, and then judged; or so many norms */
#define JUDGE_NORMS ((size_t)1 << 17)

/* |W| and |b| may be this, and a step may add as much to them (train.c). */
#define WEIGHTS_LIMIT 0x1p14

/*
 * A gradient on its way back has 20 fraction bits, so that its squares have 40; they add up to less
 * than 2^63 where the norm is below 2^11.5 = 2896.
 */
#define BACK_LIMIT 2700

/*
 * Gradients of a mean of squares are larger, so that their squares may wrap.  Then the product that
 * bounds them counts in place of their norm, up to this, whose square is below 2^31.
 */
#define BACK_LIMIT_UNMEASURED 46000

/*
 * What a mean of squares has room for.  Differences from labels are measured over a group: |d| is
 * at most 28000 + 2^14 < 2^15.5.  And each is squared for the loss: 28000 + 2^12 < 2^15.
 */
#define OUTPUT_LIMIT 28000
#define LABELS_LIMIT_BITS 14 /* of a group */
#define LABEL_LIMIT_BITS 12  /* of one label */

/* Functions are a little off, and so is what is bounded by 1, or a gradient by its row's weight. */
#define NEARLY 1.03

/* Of the room for x W + b, what b has; x W has the rest. */
#define BIAS_SHARE 0.1
#define BIAS_SHARE_OUTPUT 0.25 /* where b may be the mean of labels */

/* Norms of data are below this, as the other factor of a test is below 2^28 (weights) or 2^31. */
#define INPUT_LIMIT 0x1p30
#define INPUT_LIMIT_ALONE 0x1p33 /* where that is always of weights, or of what is public */

#define TEST_LIMIT 0x1p61

static const struct nn_watch_norms one = { MPC_NORM_ONE, 0, 1 };

/* ---- what is public ---- */

static size_t
positions(const struct nn_layer *l)
{

	return ((l->kernel > 0) ? l->out.height * l->out.width : 1);
}

static bool
is_trained(const struct nn_layer *l)
{

	return (l->weight.rows > 0);
}

static size_t
first_trained(const struct nn_network *net)
{
	size_t i;

	for (i = 0; !is_trained(&net->layers[i]); i++)
		continue;
	return (i);
}

static bool
one_is_trained(const struct nn_network *net)
{
	size_t count = 0, i;

	for (i = 0; i < net->n; i++)
		count += is_trained(&net->layers[i]);
	return (count == 1);
}

static bool
has_fixed(const struct nn_network *net)
{
	size_t i;

	for (i = 0; i < net->n && net->layers[i].fixed == NULL; i++)
		continue;
	return (i < net->n);
}

static double
back_gain(const struct nn_layer *l)
{
	double gain = l->type->gain(l);

	return ((gain == 0) ? 1 : gain);
}

/* How large outputs may be, for the loss, or for answers. */
static double
loss_room(const struct nn_watch *w, const struct nn_network *net)
{

	return ((w->asks || net->loss == NN_CROSS_ENTROPY) ? INFINITY : (net->loss == NN_BCE) ?
	    NN_LOGISTIC_LIMIT : OUTPUT_LIMIT);
}

/* With how many fraction bits layer ${l} takes what has ${f} of them. */
static unsigned
bits_taken(const struct nn_layer *l, unsigned f)
{
	const unsigned most = l->type->pending ? 2 * NN_BITS : NN_BITS;

	return ((f < most) ? f : most);
}

/*
 * How large |y| of a group may be for what layer ${i}, which has weights, gives: as large as all
 * layers behind it take, up to the next that has weights, divided by the gains on the way there.
 */
static double
forward_room(const struct nn_watch *w, const struct nn_network *net, size_t i)
{
	const struct nn_layer *l = &net->layers[i];
	unsigned f = 2 * NN_BITS;
	double room = ldexp(1, MPC_NUMBER_RANGE - 1 - (int)f), gain = 1;

	if (l->fixed != NULL)
		room = NN_NORM_LIMIT; /* for the relu in it */
	for (i++; i < net->n; i++) {
		l = &net->layers[i];
		if (i + 1 == net->n && net->loss != NN_MSE)
			break;
		f = bits_taken(l, f);
		room = fmin(room, l->type->room(l, &f) / gain);
		gain *= l->type->gain(l);
		if (is_trained(l) || l->fixed != NULL || gain == 0)
			return (room);
	}
	return (fmin(room, loss_room(w, net) / gain));
}

/* By how much a norm grows on its way back from layer ${i} to the next that has weights. */
static double
gain_between(const struct nn_network *net, size_t i)
{
	double gain = net->layers[i].type->gain(&net->layers[i]);

	while (i-- > 0 && !is_trained(&net->layers[i]))
		gain *= back_gain(&net->layers[i]);
	return (gain);
}

/* A bound of the square of |d| for a row's gradient at the output, of a loss of probabilities. */
static double
output_norm(const struct nn_network *net, double heaviest)
{
	double most = (net->loss == NN_CROSS_ENTROPY) ? 2 :
	    (double)nn_size(net->layers[net->n - 1].out);

	return (NEARLY * most * heaviest * heaviest);
}

double
nn_watch_safe_sum(const struct nn_watch *w, const struct nn_network *net, size_t rows)
{
	size_t first = first_trained(net);

	if (net->loss == NN_MSE || net->layers[first].kernel > 0 || first + 2 != net->n ||
	    !one_is_trained(net) || has_fixed(net))
		return (INFINITY);
	return (NEARLY * (double)rows * fmax(w->most, NEARLY) * w->heaviest);
}

/*
 * Steps are bounded in two ways, and the better bound counts.  Of one step: over a batch, the mean
 * of |x| is at most the root of the mean of squares.  Of an epoch, in which a row is used once at
 * most: the sum of |x| is at most the root of the number of rows times the sum of squares.
 */
double
nn_watch_quiet(const struct nn_network *net, const struct nn_data *data, size_t batch, double rate,
    double step)
{
	const struct nn_watch w = { .asks = false };
	const double rows = (double)data->rows, all = data->squares + rows,
	    row = sqrt(fmin((double)nn_size(net->in) * data->most * data->most, data->squares) + 1),
	    by = rate * sqrt(output_norm(net, data->heaviest));
	double room;

	if (net->loss == NN_MSE || !is_trained(&net->layers[0]) || net->layers[0].kernel > 0 ||
	    net->n != 2)
		return (0);
	room = fmin(forward_room(&w, net, 0) / row, WEIGHTS_LIMIT);
	step = fmin(step, by * fmin(row, sqrt(all / (double)batch)));
	return (fmax(floor(room / step), floor(rows / (double)batch) *
	    floor(room / (by * sqrt(rows * all) / (double)batch))));
}

/* ---- life ---- */

int
nn_watch_new(struct mpc *S, struct nn_watch *w, size_t layers)
{

	memset(w, 0, sizeof(*w));
	w->heaviest = 1;
	return (mpc_norms_new(S, &w->norms, layers));
}

void
nn_watch_free(struct nn_watch *w)
{

	mpc_norms_free(&w->norms);
	mpc_vector_free(&w->rows);
	mpc_vector_free(&w->known);
}

void
nn_watch_network(struct nn_watch *w, const struct nn_network *net, size_t rows)
{
	size_t work = (net->loss == NN_MSE) ? 0 :
	    PROBABILITY_WORK * nn_size(net->layers[net->n - 1].out), widest = nn_size(net->in),
	    most, size, i;

	for (i = 0; i < net->n; i++) {
		size = nn_size(net->layers[i].out);
		widest = (size > widest) ? size : widest;
		if (is_trained(&net->layers[i]) || net->layers[i].fixed != NULL)
			work += size;
	}
	w->group = (work > GROUP_WORK / GROUP_LEAST) ? GROUP_LEAST : GROUP_WORK / work;
	most = (widest > GROUP_NUMBERS) ? 1 : GROUP_NUMBERS / widest;
	w->group = (w->group > GROUP_LEAST || w->group < most) ? w->group : most;
	w->group = (w->group < rows) ? w->group : rows;
}

/* ---- what may be anything ---- */

/* How norms are made of groups of ${width} words: of words without their last ${cut} bits. */
struct measuring {
	size_t width;
	unsigned cut, unit; /* norms are in units of 2^unit */
};

/*
 * |x| of a group is ${norm} at most.  If sums of squares would not be below 2^61, words lose so
 * many bits that they are below 2^57, which leaves room for the error that is added (measure).
 */
static struct measuring
measuring_of(size_t width, double norm, unsigned unit)
{
	struct measuring m = { .width = width, .unit = unit };
	const double bits = 2 * log2(fmax(norm, 1));

	if (bits + 2 * NN_BITS <= 61)
		return (m);
	while (m.cut < NN_BITS && bits + 2 * (NN_BITS - m.cut) > 57)
		m.cut++;
	return (m);
}

/*
 * norms = the sums of squares of groups of ${x}, which have ${width} words at most.
 *
 * What is cut off each number is less than c = 2^(cut - 16), so that the root of the sum is off by
 * c sqrt(width) at most, and the sum is below 17/16 of what is found, and 17 c^2 width.
 */
static int
measure(struct mpc *S, struct mpc_vector *norms, const struct mpc_vector *x, const size_t *ends,
    const struct measuring *m)
{
	const struct bilinear groups = bilinear_groups(ends, norms->n);
	const unsigned bits = 2 * (NN_BITS - m->cut);
	const double lost = ldexp(17.0 * (double)m->width, -(int)(bits + m->unit));
	struct mpc_vector some = { .n = 0 };
	int rc = -1;

	if (m->cut == 0)
		rc = mpc_product(S, norms, &groups, x, x);
	else if (mpc_vector_new(S, &some, x->n) == 0 && mpc_truncate(S, &some, x, m->cut) == 0)
		rc = mpc_product(S, norms, &groups, &some, &some);
	if (m->cut > 0)
		mpc_scale(norms, norms, 17);
	if (rc == 0)
		rc = mpc_truncate(S, norms, norms, bits + m->unit + ((m->cut > 0) ? 4 : 0));
	mpc_add_public(norms, norms, 1 + ((m->cut > 0) ? (int64_t)ceil(lost) : 0));
	mpc_vector_free(&some);
	return (rc);
}

/* norms = the sums of squares of all rows, block by block. */
static int
measure_blocks(struct mpc *S, struct mpc_vector *norms, const struct mpc_vector *x, size_t width,
    double norm)
{
	const struct measuring m = measuring_of(width, norm, 0);
	size_t most = (width > BLOCK_WORDS) ? 1 : BLOCK_WORDS / width, *ends, i, n;
	struct mpc_vector rows, some;
	int rc = 0;

	most = (most < norms->n) ? most : norms->n;
	if ((ends = mem_array(most, sizeof(*ends))) == NULL)
		return (-1);
	for (i = 0; i < most; i++)
		ends[i] = (i + 1) * width;
	for (i = 0; i < norms->n && rc == 0; i += n) {
		n = (norms->n - i < most) ? norms->n - i : most;
		rows = mpc_part(x, i * width, n * width);
		some = mpc_part(norms, i, n);
		rc = measure(S, &some, &rows, ends, &m);
	}
	free(ends);
	return (rc);
}

/* The count of a layer. */
static struct mpc_vector
count_of(const struct nn_watch *w, const struct nn_layer *l)
{

	return (mpc_part(&w->norms.count, l->index - 1, 1));
}

static int
note_beyond(struct mpc *S, struct nn_watch *w, const struct nn_layer *l,
    const struct mpc_vector *x, unsigned range)
{
	struct mpc_vector count = count_of(w, l);

	return (mpc_count_beyond(S, &count, x, x->n, 1, range));
}

/*
 * The weights of a layer that gives answers with so much room may be larger than others; they are
 * measured in larger units.
 */
#define ANSWER_ROOM 0x1p28
#define ANSWER_BITS 19
#define ANSWER_UNIT 8

static bool
gives_answers(const struct nn_watch *w, const struct nn_network *net, size_t i)
{

	return (w->asks && forward_room(w, net, i) >= ANSWER_ROOM);
}

/* Parameters that are looked at together: their words, where each ends, and which is its norm. */
struct batch {
	struct mpc_vector words;
	size_t room, n, widest, ends[2 * NN_MAX_LAYERS], places[2 * NN_MAX_LAYERS];
	const struct nn_layer *first;
};

static int
batch_add(struct mpc *S, struct batch *b, const struct nn_parameter *q, size_t place)
{

	if (mpc_append(S, &b->words, &b->room, &q->value) == -1)
		return (-1);
	b->ends[b->n] = b->words.n;
	b->places[b->n++] = place;
	b->widest = (q->value.n > b->widest) ? q->value.n : b->widest;
	return (0);
}

/* Collect the parameters of all layers that give ${answers}, or of all others. */
static int
batch_fill(struct mpc *S, struct batch *b, const struct nn_watch *w, const struct nn_network *net,
    bool answers)
{
	const struct nn_layer *l;
	size_t i;

	memset(b, 0, sizeof(*b));
	for (i = 0; i < net->n; i++) {
		l = &net->layers[i];
		if (!is_trained(l) || gives_answers(w, net, i) != answers)
			continue;
		b->first = (b->n == 0) ? l : b->first;
		if (batch_add(S, b, &l->weight, 2 * (l->index - 1)) == -1 ||
		    batch_add(S, b, &l->bias, 2 * (l->index - 1) + 1) == -1)
			return (-1);
	}
	return (0);
}

static int
know_batch(struct mpc *S, struct nn_watch *w, struct batch *b, unsigned bits, unsigned unit)
{
	const struct measuring m = measuring_of(b->widest, ldexp(sqrt((double)b->widest),
	    (int)bits), unit);
	struct mpc_vector norms = { .n = 0 };
	int rc = -1;

	if (b->n == 0)
		return (0);
	if (note_beyond(S, w, b->first, &b->words, NN_BITS + bits) == 0 &&
	    mpc_vector_new(S, &norms, b->n) == 0 &&
	    measure(S, &norms, &b->words, b->ends, &m) == 0) {
		mpc_scatter(&w->known, b->places, &norms);
		rc = 0;
	}
	mpc_vector_free(&norms);
	return (rc);
}

int
nn_watch_weights(struct mpc *S, struct nn_watch *w, const struct nn_network *net, unsigned bits)
{
	struct batch b;
	int answers, rc;

	rc = mpc_vector_new(S, &w->known, 2 * w->norms.count.n);
	for (answers = 0; answers < 2 && rc == 0; answers++) {
		if ((rc = batch_fill(S, &b, w, net, answers > 0)) == 0)
			rc = know_batch(S, w, &b, (answers > 0) ? ANSWER_BITS : bits,
			    (answers > 0) ? ANSWER_UNIT : 0);
		mpc_vector_free(&b.words);
	}
	return (rc);
}

int
nn_watch_rows(struct mpc *S, struct nn_watch *w, const struct nn_network *net,
    const struct mpc_vector *x, size_t rows, double most, double norm)
{
	const bool alone = w->asks || (net->loss != NN_MSE && one_is_trained(net));
	const double limit = (alone ? INPUT_LIMIT_ALONE : INPUT_LIMIT) / (double)w->group;
	int rc;

	w->most = most;
	mpc_vector_free(&w->rows);
	if ((rc = mpc_vector_new(S, &w->rows, rows)) == 0)
		rc = measure_blocks(S, &w->rows, x, nn_size(net->in), norm);
	if (rc == 0 && norm * norm > limit / 2)
		rc = note_beyond(S, w, &net->layers[first_trained(net)], &w->rows,
		    (unsigned)log2(limit));
	return (rc);
}

int
nn_watch_labels(struct mpc *S, struct nn_watch *w, const struct nn_network *net,
    const struct mpc_vector *labels)
{
	const struct nn_layer *last = &net->layers[net->n - 1];
	const double numbers = (double)(w->group * nn_size(last->out));
	const int bits = (int)fmin(floor(LABELS_LIMIT_BITS - log2(numbers) / 2), LABEL_LIMIT_BITS);

	if (net->loss != NN_MSE)
		return (0);
	return (note_beyond(S, w, last, labels, (unsigned)((bits > 0) ? NN_BITS + bits :
	    NN_BITS)));
}

/* ---- notes of a pass ---- */

static int
note(struct mpc *S, struct nn_watch *w, struct nn_watch_norms *to, const struct nn_tensor *x,
    size_t width)
{

	to->step = 1;
	to->scale = ldexp(1, MPC_NORM_BITS - 2 * (int)x->f);
	return (mpc_norms_squares(S, &w->norms, &x->v, width, &to->first));
}

/* Note the test (a + plus) b <= limit for the norms a and b of group ${k}. */
static int
test(struct nn_watch *w, const struct nn_layer *l, const struct nn_watch_norms *a, double plus,
    const struct nn_watch_norms *b, size_t k, double limit)
{
	const struct mpc_norms_test t = { .a = a->first + k * a->step,
		.b = b->first + k * b->step,
		.plus = (int64_t)ceil(plus / a->scale),
		.limit = (int64_t)fmin(limit / (a->scale * b->scale), TEST_LIMIT),
		.kind = l->index - 1 };

	return (mpc_norms_test(&w->norms, &t));
}

static int
test_groups(struct nn_watch *w, const struct nn_layer *l, const struct nn_watch_norms *a,
    double plus, const struct nn_watch_norms *b, double limit)
{
	size_t k;

	for (k = 0; k < w->groups; k++) {
		if (test(w, l, a, plus, b, k, limit) == -1)
			return (-1);
	}
	return (0);
}

/* sums = those of groups of rows. */
static void
sum_groups(struct mpc_vector *sums, const struct mpc_vector *rows, size_t group)
{
	size_t full = rows->n / group, rest = rows->n % group;
	struct mpc_vector from = mpc_part(rows, 0, full * group), to = mpc_part(sums, 0, full);

	mpc_rows_sum(&to, &from, full, group);
	if (rest == 0)
		return;
	from = mpc_part(rows, full * group, rest);
	to = mpc_part(sums, full, 1);
	mpc_rows_sum(&to, &from, 1, rest);
}

int
nn_watch_pass(struct mpc *S, struct nn_watch *w, const size_t *order, size_t first, size_t rows)
{
	struct mpc_vector sums = { .n = 0 }, some = { .n = 0 };
	int rc = -1;

	w->groups = (rows + w->group - 1) / w->group;
	w->measured = false;
	w->returned = 0;
	w->features = (struct nn_watch_norms){ .step = 1, .scale = 1 };
	if (mpc_vector_new(S, &sums, w->groups) == 0 && mpc_vector_new(S, &some, rows) == 0) {
		if (order != NULL) {
			mpc_rows_gather(&some, &w->rows, order + first, rows, 1);
		} else {
			const struct mpc_vector part = mpc_part(&w->rows, first, rows);

			mpc_copy(&some, &part);
		}
		sum_groups(&sums, &some, w->group);
		rc = mpc_norms_known(S, &w->norms, &sums, &w->features.first);
	}
	mpc_vector_free(&sums);
	mpc_vector_free(&some);
	return (rc);
}

/* ---- forward ---- */

/* Data pass a layer without weights, which changes their norms by its gain. */
static void
pass_by(struct nn_watch *w, const struct nn_layer *l)
{
	double gain = l->type->gain(l);

	if (w->measured)
		return;
	if (gain > 0)
		w->features.scale *= gain * gain;
	else
		w->features = (struct nn_watch_norms){ .first = MPC_NORM_ONE,
			.scale = NEARLY * (double)(w->group * nn_size(l->out)) };
}

/* Note what a layer with weights takes: the first one takes rows whose norms are known. */
static int
note_input(const struct nn_pass *p, const struct nn_layer *l, const struct nn_tensor *x)
{
	struct nn_watch *w = p->watch;
	struct nn_watch_norms *input = &w->layer[l->index - 1].input;
	bool measured = w->measured;

	w->measured = true;
	if (measured)
		return (note(p->S, w, input, x, w->group * nn_size(l->in)));
	*input = w->features;
	return (0);
}

/* Note a layer's weights and biases, or the norms that nn_watch_weights has measured. */
static int
take_weights(const struct nn_pass *p, const struct nn_network *net, size_t i)
{
	const struct nn_layer *l = &net->layers[i];
	const struct nn_tensor weight = { .v = mpc_part(&l->weight.value, 0, l->weight.value.n),
		.f = NN_BITS };
	const struct nn_tensor bias = { .v = mpc_part(&l->bias.value, 0, l->bias.value.n),
		.f = NN_BITS };
	struct nn_watch *w = p->watch;
	struct nn_watch_layer *to = &w->layer[l->index - 1];
	struct mpc_vector known;

	if (w->known.n > 0) {
		known = mpc_part(&w->known, 2 * (l->index - 1), 2);
		to->weight = to->bias = one;
		if (mpc_norms_known(p->S, &w->norms, &known, &to->weight.first) == -1)
			return (-1);
		to->bias.first = to->weight.first + 1;
		if (gives_answers(w, net, i))
			to->weight.scale = to->bias.scale = ldexp(1, ANSWER_UNIT);
		return (0);
	}
	if (note(p->S, w, &to->weight, &weight, weight.v.n) == -1 ||
	    note(p->S, w, &to->bias, &bias, bias.v.n) == -1)
		return (-1);
	to->weight.step = to->bias.step = 0;
	return (0);
}

/*
 * Over a group, |y| of what a layer with weights gives is at most
 *
 *   gain |W| |x| + |b| sqrt(rows positions),
 *
 * where both terms have a share of the room.
 */
static int
test_trained(struct nn_watch *w, const struct nn_network *net, size_t i)
{
	const struct nn_layer *l = &net->layers[i];
	const struct nn_watch_layer *of = &w->layer[l->index - 1];
	const double room = forward_room(w, net, i), share = (net->loss == NN_MSE) ?
	    BIAS_SHARE_OUTPUT : BIAS_SHARE, product = (1 - share) * room / l->type->gain(l),
	    bias = fmin(w->asks ? INFINITY : WEIGHTS_LIMIT * WEIGHTS_LIMIT, share * share * room *
	    room / (double)(w->group * positions(l)));

	return ((test(w, l, &of->weight, 0, &one, 0, WEIGHTS_LIMIT * WEIGHTS_LIMIT *
	    of->weight.scale) == -1 ||
	    test(w, l, &of->bias, 0, &one, 0, bias) == -1) ? -1 :
	    test_groups(w, l, &of->input, 0, &of->weight, product * product));
}

/* The same of a layer with public weights, which has no biases. */
static int
test_fixed(struct nn_watch *w, const struct nn_network *net, size_t i)
{
	const struct nn_layer *l = &net->layers[i];
	const double room = forward_room(w, net, i);
	double squares = 0, weight;
	size_t k, n = nn_size(l->in) * l->count;

	for (k = 0; k < n; k++) {
		weight = (double)(int64_t)l->fixed[k];
		squares += weight * weight;
	}
	squares = fmax(ldexp(squares, -2 * NN_BITS), 1);
	return (test_groups(w, l, &w->layer[l->index - 1].input, 0, &one, room * room / squares));
}

int
nn_watch_forward(const struct nn_pass *p, const struct nn_network *net, size_t i,
    const struct nn_tensor *x)
{
	const struct nn_layer *l = &net->layers[i];

	if (p->watch == NULL)
		return (0);
	if (!is_trained(l) && l->fixed == NULL) {
		pass_by(p->watch, l);
		return (0);
	}
	if (note_input(p, l, x) == -1)
		return (-1);
	if (l->fixed != NULL)
		return (test_fixed(p->watch, net, i));
	return ((take_weights(p, net, i) == -1) ? -1 : test_trained(p->watch, net, i));
}

/* ---- back ---- */

int
nn_watch_loss(const struct nn_pass *p, const struct nn_network *net, const struct nn_tensor *v)
{
	struct nn_watch *w = p->watch;
	const struct nn_layer *last = &net->layers[net->n - 1];

	if (w == NULL)
		return (0);
	if (v == NULL) {
		w->loss = (struct nn_watch_norms){ .first = MPC_NORM_ONE,
			.scale = (double)w->group * output_norm(net, w->heaviest) };
		return (0);
	}
	if (note(p->S, w, &w->loss, v, w->group * nn_size(last->out)) == -1)
		return (-1);
	w->loss.scale *= 4; /* the gradient is twice the difference */
	return (0);
}

/*
 * The norms of a gradient that goes back from layer ${from} to layer ${i}: as measured, where the
 * bound by what layer ${from} had says that they can be; else that bound.
 */
static int
choose_norms(struct mpc *S, struct nn_watch *w, const struct nn_network *net, size_t i, size_t from)
{
	const struct nn_watch_layer *of = &w->layer[net->layers[from].index - 1];
	struct nn_watch_norms *delta = &w->layer[net->layers[i].index - 1].delta;
	const double gain = gain_between(net, from);
	struct mpc_norms_choice c = { .a = of->weight.first, .level = w->returned - 2,
		.factor = (int64_t)ceil(of->delta.scale * gain * gain),
		.limit = (int64_t)BACK_LIMIT * BACK_LIMIT,
		.shift = (unsigned)-ilogb(delta->scale) };
	size_t k, first = 0;

	for (k = 0; k < w->groups; k++) {
		c.b = of->delta.first + k * of->delta.step;
		c.measured = delta->first + k;
		if (mpc_norms_choose(S, &w->norms, &c) == -1)
			return (-1);
		first = (k == 0) ? c.made : first;
	}
	*delta = (struct nn_watch_norms){ .first = first, .step = 1, .scale = 1 };
	return (0);
}

/* Note the gradient at what layer ${i}, which has weights, gave. */
static int
take_gradient(const struct nn_pass *p, const struct nn_network *net, size_t i,
    const struct nn_tensor *d)
{
	const struct nn_layer *l = &net->layers[i];
	struct nn_watch *w = p->watch;
	struct nn_watch_norms *delta = &w->layer[l->index - 1].delta;
	size_t from = i + 1;

	if (w->returned++ == 0) {
		*delta = w->loss;
		return (0);
	}
	if (note(p->S, w, delta, d, w->group * nn_size(l->out)) == -1)
		return (-1);
	while (!is_trained(&net->layers[from]))
		from++;
	return ((net->loss == NN_MSE) ? choose_norms(p->S, w, net, i, from) : 0);
}

/*
 * The last layer with weights takes the gradient of the loss, whose norm is known, times the gains
 * between; gradients of the layers before it are measured.  So what a layer with weights gives back
 * is tested for having a norm that can be measured, unless it is the first one.
 */
int
nn_watch_back(const struct nn_pass *p, const struct nn_network *net, size_t i,
    const struct nn_tensor *d)
{
	const struct nn_layer *l = &net->layers[i];
	struct nn_watch *w = p->watch;
	const struct nn_watch_layer *of;
	double room;

	if (w == NULL)
		return (0);
	if (!is_trained(l)) {
		if (w->returned == 0)
			w->loss.scale *= back_gain(l) * back_gain(l);
		return (0);
	}
	if (take_gradient(p, net, i, d) == -1)
		return (-1);
	if (i == first_trained(net))
		return (0);
	of = &w->layer[l->index - 1];
	room = ((net->loss == NN_MSE) ? BACK_LIMIT_UNMEASURED : BACK_LIMIT) / gain_between(net, i);
	return (test_groups(w, l, &of->weight, 0, &of->delta, room * room));
}

/* ---- gradients ---- */

/*
 * Whether each number of a gradient is compared with its limit, as its bound by norms of groups may
 * be far larger than it is: with few parameters that costs little.
 */
static bool
are_compared(const struct nn_network *net, const struct nn_watch_gradient *g)
{
	size_t outputs = 0, i;

	for (i = 0; i < net->n; i++)
		outputs += is_trained(&net->layers[i]) ? nn_size(net->layers[i].out) : 0;
	if (net->loss == NN_MSE)
		return (g->sum->v.n <= g->rows * outputs / 8);
	return (one_is_trained(net) && g->sum->v.n <= g->rows * outputs);
}

/*
 * A number of a gradient is a sum over groups of rows.  Each group's part is at most |x| |d|, of
 * what the layer took and of the gradient at what it gave; of a bias, which counts ${positions}
 * times in each row, likewise.  The same holds for |sum| of all of a layer's numbers.
 */
static int
test_layer(struct nn_watch *w, const struct nn_layer *l, double limit)
{
	const struct nn_watch_layer *of = &w->layer[l->index - 1];
	const double part = limit / (double)w->groups;

	return (test_groups(w, l, &of->input, (double)(w->group * positions(l)), &of->delta,
	    part * part));
}

/* Compare each number with its limit; that none has wrapped before is known by norms. */
static int
compare_sum(struct mpc *S, struct nn_watch *w, const struct nn_network *net,
    const struct nn_watch_gradient *g)
{
	const double limit = fmin(g->room, g->step / sqrt((double)g->sum->v.n));

	return (mpc_norms_within(S, &w->norms, &g->sum->v,
	    (int64_t)ldexp(limit, (int)g->sum->f), net->layers[first_trained(net)].index - 1));
}

int
nn_watch_sum(struct mpc *S, struct nn_watch *w, const struct nn_network *net,
    const struct nn_watch_gradient *g)
{
	const double safe = nn_watch_safe_sum(w, net, g->rows);
	const bool is_safe = safe <= g->room && safe * sqrt((double)g->sum->v.n) <= g->step,
	    compared = !is_safe && g->compare && are_compared(net, g);
	const double limit = compared ? ldexp(1, MPC_NUMBER_RANGE - 1 - (int)g->sum->f) :
	    fmin(g->room, g->step);
	const struct nn_layer *l;
	size_t i;

	if (compared && compare_sum(S, w, net, g) == -1)
		return (-1);
	for (i = 0; i < net->n; i++) {
		l = &net->layers[i];
		if (!is_trained(l))
			continue;
		if ((g->weights < WEIGHTS_LIMIT && test(w, l, &w->layer[l->index - 1].weight, 0,
		    &one, 0, g->weights * g->weights) == -1) ||
		    (!is_safe && test_layer(w, l, limit) == -1))
			return (-1);
	}
	return (0);
}

/* How many more notes of ${size} come, behind the first, before there are ${most} words. */
static size_t
more_until(size_t most, size_t size)
{

	return ((size > 0) ? (most - 1) / size : SIZE_MAX);
}

int
nn_watch_reserve(struct mpc *S, struct nn_watch *w, size_t most)
{
	const struct mpc_norms *n = &w->norms;
	const size_t words = more_until(JUDGE_WORDS, n->between.words),
	    norms = more_until(JUDGE_NORMS, n->between.norms);

	if (n->before.words > 0 || n->before.values > 0)
		return (0);
	most = (most < words) ? most : words;
	return (mpc_norms_reserve(S, &w->norms, (most < norms) ? most : norms));
}

int
nn_watch_settle(struct mpc *S, struct nn_watch *w, bool all)
{

	return ((all || w->norms.words.n >= JUDGE_WORDS || w->norms.norms.n >= JUDGE_NORMS) ?
	    mpc_norms_judge(S, &w->norms) : 0);
}
