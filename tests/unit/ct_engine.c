/*
 * The engine takes no branch and reads no address that depends on a secret, in any operation, at
 * any party: memcheck.h.
 *
 * All that is not a length is marked as undefined: m and shares of masks at the computing parties,
 * masks at the dealer, and the seeds, so that what is drawn is undefined, too, and what is dealt
 * and opened.  It stays so on its way through the queues.
 *
 * The one exception are random orders, by which memory is read (order.h): the words that they are
 * drawn from count as public.  They are no function of the data.  What is revealed is public, too.
 */

#include "memcheck.h"

#ifndef MEMCHECK

int
main(void)
{

	tap_skip_all(memcheck_why);
}

#else

#include <sodium.h>

#include "base/diag.h"

#include "mpc/engine_internal.h"
#include "func/beyond.h"
#include "func/function.h"
#include "func/moments.h"
#include "nn/labels.h"
#include "nn/learner_lasso.h"
#include "nn/least_squares.h"
#include "nn/prepare.h"
#include "nn/train.h"
#include "nn/watch.h"
#include "operations.h"
#include "ring/gemm.h"
#include "train_epoch.h"

/*
 * What mpc_check finds is for all to see: whether hashes are the same is the one thing to branch
 * on.
 */
static int
public_memcmp(const void *a, const void *b, size_t len)
{
	int differ = sodium_memcmp(a, b, len);

	(void)VALGRIND_MAKE_MEM_DEFINED(&differ, sizeof(differ));
	return (differ);
}

int real_masked_reveal_bits(struct mpc *S, word *clear, const struct mpc_bits *d);
void real_stream_words(struct mpc *S, size_t peer, enum stream_purpose purpose, word *z, size_t n);

/* In place of the library's revealing.o, with that comparison. */
#define sodium_memcmp public_memcmp
#define masked_reveal_bits real_masked_reveal_bits
#include "mpc/revealing.c"
#undef sodium_memcmp
#undef masked_reveal_bits

/* And of its stream.o. */
#define stream_words real_stream_words
#include "mpc/stream.c"
#undef stream_words

int
masked_reveal_bits(struct mpc *S, word *clear, const struct mpc_bits *d)
{
	int rc = real_masked_reveal_bits(S, clear, d);

	(void)VALGRIND_MAKE_MEM_DEFINED(clear, bits_words(d->n) * sizeof(*clear));
	return (rc);
}

/* An order is drawn from whole batches of words; of what is common, bits of these tests are not. */
void
stream_words(struct mpc *S, size_t peer, enum stream_purpose purpose, word *z, size_t n)
{

	real_stream_words(S, peer, purpose, z, n);
	if (purpose == STREAM_ORDER || (purpose == STREAM_COMMON && n == DRAWN_WORDS))
		(void)VALGRIND_MAKE_MEM_DEFINED(z, n * sizeof(*z));
}

#define N 131 /* two words of bits and a rest */

struct secret_run {
	const struct operation *op;
	size_t parties;
	struct clear clear;
	/* By party: whether results were still undefined. */
	bool m_followed[WORLD_MAX], lam_followed[WORLD_MAX];
};

/* ---- operations that leak: each must be found */

static volatile uint64_t sink; /* no compiler makes a conditional store to it unconditional */

/* A branch on a word, at one role. */
static int
leak(const struct mpc *S, const struct operands *o, bool dealer, const uint64_t *v)
{

	(void)o;
	if (mpc_is_dealer(S) == dealer && (*v & 1) != 0)
		sink = 1;
	return (0);
}

static int
leak_mask_at_dealer(struct mpc *S, struct operands *o)
{

	return (leak(S, o, true, &o->x[0].held.lam[3]));
}

static int
leak_share(struct mpc *S, struct operands *o)
{

	return (leak(S, o, false, &o->x[0].held.lam[3]));
}

static int
leak_opened(struct mpc *S, struct operands *o)
{

	return (operation_product(S, o) == -1 ? -1 : leak(S, o, false, mpc_is_dealer(S) ?
	    o->y[0].held.lam : o->y[0].held.m));
}

static int
leak_compared(struct mpc *S, struct operands *o)
{

	return (operation_compare_63(S, o) == -1 ? -1 : leak(S, o, false, mpc_is_dealer(S) ?
	    o->d[0].held.lam : o->d[0].held.m));
}

static int
leak_new_mask(struct mpc *S, struct operands *o)
{

	return (operation_truncate(S, o) == -1 ? -1 : leak(S, o, true, &o->y[0].held.lam[N - 1]));
}

static int
leak_permuted(struct mpc *S, struct operands *o)
{

	return (operation_permute_wide(S, o) == -1 ? -1 : leak(S, o, false, mpc_is_dealer(S) ?
	    o->y[0].held.lam : &o->y[0].held.m[N / 2]));
}

static int
leak_permuted_mask(struct mpc *S, struct operands *o)
{

	return (operation_permute(S, o) == -1 ? -1 : leak(S, o, true, &o->y[0].held.lam[N - 1]));
}

static int
leak_chosen(struct mpc *S, struct operands *o)
{

	return (operation_choose(S, o) == -1 ? -1 : leak(S, o, false, mpc_is_dealer(S) ?
	    o->y[0].held.lam : o->y[0].held.m));
}

static int
leak_common_bits(struct mpc *S, struct operands *o)
{

	return (operation_random_bits(S, o) == -1 ? -1 : leak(S, o, false, mpc_is_dealer(S) ?
	    o->d[0].held.lam : o->d[0].held.m));
}

static int
leak_noisy(struct mpc *S, struct operands *o)
{

	return (operation_noise(S, o) == -1 ? -1 : leak(S, o, false, mpc_is_dealer(S) ?
	    o->y[0].held.lam : o->y[0].held.m));
}

static int
leak_address(struct mpc *S, struct operands *o)
{
	static const volatile uint64_t table[4] = { 1, 2, 3, 4 };

	(void)S;
	sink = table[o->x[1].held.lam[0] % 4];
	return (0);
}

static const struct operation leaks[] = {
	{ "a branch on a mask at the dealer", false, leak_mask_at_dealer },
	{ "a branch on a share of a mask", false, leak_share },
	{ "a branch on a word opened in a product", false, leak_opened },
	{ "a branch on a bit opened in a comparison", false, leak_compared },
	{ "a branch on a fresh mask at the dealer", false, leak_new_mask },
	{ "a branch on a word of rows in secret order", false, leak_permuted },
	{ "a branch on the mask of one at the dealer", false, leak_permuted_mask },
	{ "a branch on a word that was chosen", false, leak_chosen },
	{ "a branch on what is common to the computing parties", false, leak_common_bits },
	{ "a branch on a word with noise", false, leak_noisy },
	{ "an address", false, leak_address },
};

/* ---- what is made of operations: functions, rows, training ---- */

static const struct mpc_function *function;

static int
composed_function(struct mpc *S, struct operands *o)
{

	return (function->apply(S, &o->y[0], &o->x[0], mpc_any_numbers(16)));
}

static int
composed_softmax(struct mpc *S, struct operands *o)
{
	struct mpc_vector x = mpc_part(&o->x[0], 0, 130), y = mpc_part(&o->y[0], 0, 130);

	return (mpc_softmax(S, &y, &x, 13, 10, mpc_any_numbers(16)));
}

static int
composed_max(struct mpc *S, struct operands *o)
{
	struct mpc_vector x = mpc_part(&o->x[0], 0, 119), y = mpc_part(&o->y[0], 0, 7),
	    index = mpc_part(&o->y[1], 0, 7);

	return (mpc_max_rows(S, &y, &index, &x, 7, 17, mpc_range_bits(16)));
}

static int
composed_standardize(struct mpc *S, struct operands *o)
{
	struct mpc_vector x = mpc_part(&o->x[0], 0, 120), y = mpc_part(&o->y[0], 0, 120),
	    mean = mpc_part(&o->y[1], 0, 6), scale = mpc_part(&o->y[1], 6, 6);

	return ((nn_standardize_fit(S, &mean, &scale, NULL, &x, 20, 6) == -1) ? -1 :
	    nn_standardize(S, &y, &x, 20, 6, &mean, &scale));
}

/* Whether labels are classes, and words in range, before the bit is opened. */
static int
composed_labels(struct mpc *S, struct operands *o)
{
	static const struct nn_labels forms[] = {
		{ NN_LABELS_ONE_HOT, 6, 6, 16 },
		{ NN_LABELS_NUMBERS, 1, 5, 16 },
	};
	struct mpc_vector x, y;
	struct nn_labels_test t;
	size_t i;
	int rc = 0;

	for (i = 0; i < 2 && rc == 0; i++) {
		x = mpc_part(&o->x[0], 0, 20 * forms[i].columns);
		y = mpc_part(&o->y[0], i, 1);
		if ((rc = nn_labels_begin(S, &t, &forms[i])) == 0 &&
		    (rc = nn_labels_add(S, &t, &x, 20)) == 0)
			mpc_copy(&y, &t.right);
		nn_labels_free(&t);
	}
	return (rc);
}

static int
composed_beyond(struct mpc *S, struct operands *o)
{
	struct mpc_vector x = mpc_part(&o->x[0], 0, 120), beyond = mpc_part(&o->y[0], 0, 6),
	    sums = mpc_part(&o->y[0], 6, 6);

	return ((mpc_count_beyond_sums(S, &beyond, &sums, &x, 20, 6, 31) == -1 ||
	    mpc_add_squares(S, &sums, &x, 20, 6) == -1) ? -1 :
	    mpc_count_above(S, &beyond, &sums, (int64_t)1 << 32));
}

/* A mean of what is there, and what is far from it. */
static int
composed_means(struct mpc *S, struct operands *o)
{
	struct mpc_vector x = mpc_part(&o->x[0], 0, 120), sum = mpc_part(&o->x[0], 0, 6),
	    count = mpc_part(&o->x[1], 0, 6), scale = mpc_part(&o->x[1], 6, 6),
	    mean = mpc_part(&o->y[0], 0, 6), limits = mpc_part(&o->y[0], 6, 6),
	    far = mpc_part(&o->y[0], 12, 6);

	return ((mpc_mean_present(S, &mean, &sum, &count) == -1 ||
	    nn_standardize_limits(S, &limits, &scale) == -1) ? -1 :
	    nn_count_far(S, &far, &x, 20, 6, &mean, &limits));
}

static int
composed_lines(struct mpc *S, struct operands *o)
{
	const struct nn_lines lines = { .rows = 20, .features = 3, .outputs = 1, .l2 = 0.1,
		.threads = 1 };
	struct mpc_vector x = mpc_part(&o->x[0], 0, 60), y = mpc_part(&o->x[1], 0, 20),
	    w = mpc_part(&o->y[0], 0, 3), b = mpc_part(&o->y[0], 3, 1),
	    loss = mpc_part(&o->y[0], 4, 1);

	return (nn_least_squares(S, &w, &b, &loss, &lines, &x, &y));
}

/* All steps of a learner, with offsets and weights; its tensors, what is wrong with them among. */
static int
learn_all(struct mpc *S, struct operands *o, const struct learner_kind *kind, const char *text)
{
	struct nn_task task = { .how = { .epochs = 1, .threads = 1 } };
	struct learner *l = kind->make(text, (struct nn_shape){ 2, 1, 1 });
	struct learner_tensor list[LEARNER_MAX_TENSORS];
	struct mpc_vector y;
	uint64_t step;
	size_t n, i, at = 0;
	int rc;

	if (l == NULL)
		return (-1);
	task.data = (struct nn_data){ .rows = 8, .x = mpc_part(&o->x[0], 0, 16),
		.labels = mpc_part(&o->x[1], 0, 8),
		.bits = kind->bits(l, 8) };
	if (strstr(text, "offset") != NULL)
		task.data.offset = mpc_part(&o->x[0], 16, 8);
	if (strstr(text, "weights") != NULL)
		task.data.prior = mpc_part(&o->x[1], 8, 8);
	if ((rc = kind->start(l, S, 0)) == 0)
		rc = kind->begin(l, S, &task);
	for (step = 0; rc == 0 && step < kind->steps(l, &task.how, 8); step++)
		rc = kind->step(l, S, 0, step);
	n = kind->tensors(l, list);
	for (i = 0; rc == 0 && i < n; at += list[i++].v->n) {
		y = mpc_part(&o->y[0], at, list[i].v->n);
		mpc_copy(&y, list[i].v);
	}
	learner_free(l);
	return (rc);
}

static int
composed_gaussian(struct mpc *S, struct operands *o)
{

	return (learn_all(S, o, &learner_glm, "gaussian, steps 1, intercept, ridge 0.5"));
}

static int
composed_binomial(struct mpc *S, struct operands *o)
{

	return (learn_all(S, o, &learner_glm, "binomial, steps 1, intercept, offset, weights"));
}

static int
composed_poisson(struct mpc *S, struct operands *o)
{

	return (learn_all(S, o, &learner_glm, "poisson, steps 1, intercept, offset, weights"));
}

static int
composed_gamma(struct mpc *S, struct operands *o)
{

	return (learn_all(S, o, &learner_glm, "gamma, steps 1, offset"));
}

static int
composed_inverse(struct mpc *S, struct operands *o)
{

	return (learn_all(S, o, &learner_glm, "gamma, steps 1, inverse, intercept"));
}

static int
composed_lasso(struct mpc *S, struct operands *o)
{

	return (learn_all(S, o, &learner_lasso, "gaussian, alpha 0.5, steps 2, lambda 0.5 0.01"));
}

static int
composed_logistic_lasso(struct mpc *S, struct operands *o)
{

	return (learn_all(S, o, &learner_lasso, "binomial, alpha 1, steps 2, lambda 0.9"));
}

/* Two steps of training; the first parameter is the result. */
static int
train_steps(struct mpc *S, struct operands *o, const char *text, struct nn_shape in, size_t out,
    enum nn_optimizer optimizer)
{
	const struct nn_training t = { .optimizer = optimizer, .rate = 0.1, .momentum = 0.9,
		.beta1 = 0.9, .beta2 = 0.999,
		.batch = 4, .epochs = 1, .threads = 1 };
	struct nn_network *net = nn_network_new(text, in);
	struct nn_parameter *list[2 * NN_MAX_LAYERS];
	struct mpc_vector y;
	struct nn_data data;
	int rc;

	memset(&data, 0, sizeof(data));
	data.rows = 8;
	data.x = mpc_part(&o->x[0], 0, 8 * nn_size(in));
	data.labels = mpc_part(&o->x[1], 0, 8 * out);
	if (net == NULL)
		return (-1);
	if ((rc = nn_network_start(net, S, 1)) == 0 &&
	    (rc = train_epoch(net, S, &t, &data, 0)) == 0) {
		(void)nn_network_parameters(net, list);
		y = mpc_part(&o->y[0], 0, list[0]->value.n);
		mpc_copy(&y, &list[0]->value);
	}
	nn_network_free(net);
	return (rc);
}

static int
composed_network(struct mpc *S, struct operands *o)
{

	return (train_steps(S, o, "dense 3, relu, dense 2, softmax", (struct nn_shape){ 6, 1, 1 },
	    2, NN_SGD));
}

static int
composed_logistic(struct mpc *S, struct operands *o)
{

	return (train_steps(S, o, "dense 2, tanh, dense 1, sigmoid", (struct nn_shape){ 6, 1, 1 },
	    1, NN_ADAM));
}

static int
composed_convolution(struct mpc *S, struct operands *o)
{

	return (train_steps(S, o, "conv2d 2 2, maxpool 2, relu, dense 1", (struct nn_shape){ 1, 4,
	    4 }, 1, NN_MOMENTUM));
}

/*
 * A step whose numbers are watched, from weights of which nothing is known; counts are the result.
 */
static int
watch_step(struct mpc *S, struct operands *o, struct nn_network *net, const struct nn_training *t,
    struct nn_data *data)
{
	static const size_t order[] = { 3, 1, 0, 2 };
	struct mpc_vector counts;
	struct nn_watch w;
	int rc = -1;

	if (nn_watch_new(S, &w, net->n) == 0 && nn_network_start(net, S, 1) == 0) {
		nn_watch_network(&w, net, data->rows);
		rc = (nn_watch_weights(S, &w, net, NN_RANGE_BITS) == -1 ||
		    nn_watch_labels(S, &w, net, &data->labels) == -1 ||
		    nn_watch_rows(S, &w, net, &data->x, data->rows, 0x1p15, 0x1p18) == -1 ||
		    nn_step(net, S, t, data, order, 0, 0, &w) == -1 ||
		    nn_watch_settle(S, &w, true) == -1) ? -1 : 0;
		counts = mpc_part(&o->y[0], 0, w.norms.count.n);
		mpc_copy(&counts, &w.norms.count);
	}
	nn_watch_free(&w);
	return (rc);
}

static int
watch_network(struct mpc *S, struct operands *o, const char *text, size_t out)
{
	const struct nn_training t = { .optimizer = NN_SGD, .rate = 0.1, .clip = 0.5, .batch = 4,
		.epochs = 1,
		.threads = 1 };
	struct nn_network *net = nn_network_new(text, (struct nn_shape){ 6, 1, 1 });
	struct nn_data data;
	int rc;

	if (net == NULL)
		return (-1);
	memset(&data, 0, sizeof(data));
	data.rows = 4;
	data.x = mpc_part(&o->x[0], 0, 4 * 6);
	data.labels = mpc_part(&o->x[1], 0, 4 * out);
	rc = watch_step(S, o, net, &t, &data);
	nn_network_free(net);
	return (rc);
}

static int
composed_watch(struct mpc *S, struct operands *o)
{

	return (watch_network(S, o, "dense 3, relu, dense 2, softmax", 2));
}

/* Of a mean of squares, norms are chosen. */
static int
composed_watch_numbers(struct mpc *S, struct operands *o)
{

	return (watch_network(S, o, "dense 3, relu, dense 2, dense 1", 1));
}

/* Words beside norms. */
static int
composed_norms(struct mpc *S, struct operands *o)
{
	struct mpc_vector count;
	struct mpc_norms n;
	int rc = -1;

	if (mpc_norms_new(S, &n, 1) == 0 &&
	    mpc_norms_within(S, &n, &o->x[0], (int64_t)1 << 40, 0) == 0) {
		rc = mpc_norms_judge(S, &n);
		count = mpc_part(&o->y[0], 0, 1);
		mpc_copy(&count, &n.count);
	}
	mpc_norms_free(&n);
	return (rc);
}

static int
composed_far_labels(struct mpc *S, struct operands *o)
{
	struct mpc_vector x = mpc_part(&o->x[0], 0, 40), mean = mpc_part(&o->x[1], 0, 2),
	    deviation = mpc_part(&o->x[1], 2, 2), far = mpc_part(&o->y[0], 0, 2);

	return (nn_count_far_labels(S, &far, &x, 20, 2, &mean, &deviation));
}

/* Rows in a secret order, and then in one that the dealer does not know, are compared openly. */
static int
composed_shown_order(struct mpc *S, struct operands *o)
{
	size_t index[N] = { 0 }, i;
	uint64_t clear[3]; /* bits_words(N) */

	if (operation_permute(S, o) == -1 || mpc_common_order(S, index, N) == -1 ||
	    mpc_choose(S, &o->y[1], &o->y[0], mpc_is_dealer(S) ? NULL : index, 1) == -1 ||
	    mpc_equal(S, &o->d[0], &o->y[1], 64) == -1 ||
	    mpc_reveal_bits(S, clear, &o->d[0]) == -1)
		return (-1);
	for (i = 0; i < N; i++)
		index[i] = ((clear[i / 64] >> (i % 64) & 1) != 0) ? i : 0;
	return (mpc_choose(S, &o->y[0], &o->y[1], mpc_is_dealer(S) ? NULL : index, 1));
}

static const struct operation composed[] = {
	{ "softmax", false, composed_softmax },
	{ "softmax, faithful", true, composed_softmax },
	{ "largest of rows", false, composed_max },
	{ "standardizing", false, composed_standardize },
	{ "whether labels are classes", false, composed_labels },
	{ "whether words are in range", false, composed_beyond },
	{ "means and what is far from them", false, composed_means },
	{ "least squares", false, composed_lines },
	{ "a gaussian model", false, composed_gaussian },
	{ "a binomial model", false, composed_binomial },
	{ "a poisson model", false, composed_poisson },
	{ "a gamma model", false, composed_gamma },
	{ "a gamma model of reciprocals", false, composed_inverse },
	{ "an elastic net", false, composed_lasso },
	{ "a lasso of labels 0 and 1", false, composed_logistic_lasso },
	{ "training a network", false, composed_network },
	{ "training by Adam", false, composed_logistic },
	{ "training a convolution", false, composed_convolution },
	{ "whether a step has room", false, composed_watch },
	{ "whether a step has room, of numbers", false, composed_watch_numbers },
	{ "whether words are within a limit", false, composed_norms },
	{ "labels that are far away", false, composed_far_labels },
	{ "a choice by what was revealed", false, composed_shown_order },
};

/* ---- secrets */

static void
hide(uint64_t *words, size_t n)
{

	if (words != NULL)
		(void)VALGRIND_MAKE_MEM_UNDEFINED(words, n * sizeof(*words));
}

static void
hide_all(struct mpc *S, struct operands *o)
{
	size_t i;

	for (i = 0; i < 2; i++) {
		hide(o->x[i].held.m, N);
		hide(o->x[i].held.lam, N);
	}
	for (i = 0; i < 4; i++) {
		hide(o->a[i].held.m, bits_words(N));
		hide(o->a[i].held.lam, bits_words(N));
	}
	(void)VALGRIND_MAKE_MEM_UNDEFINED(S->seeds, sizeof(S->seeds));
}

/* Whether any of them is undefined. */
static bool
followed(const uint64_t *words, size_t n)
{
	uint64_t bits;
	size_t i;

	for (i = 0; words != NULL && i < n; i++) {
		if (VALGRIND_GET_VBITS(&words[i], &bits, sizeof(bits)) == 1 && bits != 0)
			return (true);
	}
	return (false);
}

static int
run_party(struct mpc *S, size_t self, void *state)
{
	struct secret_run *r = state;
	struct operands o;
	size_t i;
	int rc;

	operands_new(S, &o, N);
	operands_share(&o, r->parties, self, &r->clear, 2);
	hide_all(S, &o);
	rc = r->op->run(S, &o);
	for (i = 0; i < 2; i++) {
		r->m_followed[self] = r->m_followed[self] || followed(o.y[i].held.m, N) ||
		    followed(o.x[i].held.m, N);
		r->lam_followed[self] = r->lam_followed[self] || followed(o.y[i].held.lam, N);
	}
	for (i = 0; i < 3; i++) {
		r->m_followed[self] = r->m_followed[self] || followed(o.d[i].held.m, bits_words(N));
		r->lam_followed[self] = r->lam_followed[self] ||
		    followed(o.d[i].held.lam, bits_words(N));
	}
	operands_free(&o);
	return (rc);
}

/* Run an operation on secrets; return how many jumps and addresses depended on them. */
static unsigned
count_leaks(struct secret_run *r)
{
	unsigned before = VALGRIND_COUNT_ERRORS;
	struct world w;

	memset(&w, 0, sizeof(w));
	w.n = r->parties;
	w.faithful = r->op->faithful;
	clear_new(&r->clear, N);
	if (world_run(&w, run_party, r) != 0)
		tap_bail("an operation does not run");
	clear_free(&r->clear);
	return (VALGRIND_COUNT_ERRORS - before);
}

/* Operations that leave no result, or where their operand was. */
static bool
leaves_no_result(const struct operation *op)
{
	static const char *const names[] = { "check", "truncation in place", "noise in place",
		"common order", "what the dealer is told" };
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (strcmp(op->name, names[i]) == 0)
			return (true);
	}
	return (false);
}

static void
test_operation(const struct operation *op, size_t parties, bool leaks_expected)
{
	struct secret_run r = { .op = op, .parties = parties };
	unsigned leaked = count_leaks(&r);
	bool m = true, lam = true;
	size_t p;

	if (leaks_expected) {
		ok(leaked > 0, "%s: %zu parties: a leak that is found", op->name, parties);
		return;
	}
	if (!ok(leaked == 0, "%s: %zu parties: no branch and no address depends on a secret",
	    op->name, parties))
		tap_note("%u that do; valgrind says where on standard error", leaked);
	for (p = 0; p <= parties; p++) {
		m = m && (p == 0 || r.m_followed[p]);
		lam = lam && r.lam_followed[p];
	}
	/* Secrets were followed to the end: nothing on the way made them defined. */
	ok(m && (lam || leaves_no_result(op)), "%s: %zu parties: results are secrets", op->name,
	    parties);
}

int
main(int argc, char **argv)
{
	size_t i, parties;

	memcheck_enter(argc, argv);
	diag_init("ct_engine");
	if (sodium_init() == -1)
		tap_bail("no libsodium");
	for (parties = 2; parties <= 3; parties++) {
		for (i = 0; i < sizeof(leaks) / sizeof(*leaks); i++)
			test_operation(&leaks[i], parties, true);
		for (i = 0; i < OPERATIONS; i++)
			test_operation(&operations[i], parties, false);
	}

	/* Functions, faithful ones too; and what is built of all this. */
	for (function = mpc_functions; function->name != NULL; function++) {
		for (i = 0; i < 2; i++) {
			const struct operation op = { function->name, i == 1, composed_function };

			test_operation(&op, 2, false);
		}
	}
	for (i = 0; i < sizeof(composed) / sizeof(*composed); i++)
		test_operation(&composed[i], 2, false);

	/* Products on processors without vectors. */
	if (gemm_select("portable") == -1)
		tap_bail("no portable kernel");
	for (i = 0; i < OPERATIONS; i++) {
		if (operations[i].run == operation_matrices ||
		    operations[i].run == operation_transposed)
			test_operation(&operations[i], 2, false);
	}
	return (tap_end());
}

#endif
