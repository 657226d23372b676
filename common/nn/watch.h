#ifndef SMPC_NN_WATCH_H
#define SMPC_NN_WATCH_H

/*
 * Whether the numbers of a network have room, in training and in predictions.  A number that has
 * wrapped does not show it.  So the watch measures what goes into each product, and counts, for
 * each layer, how often a product, or what is made of it, might have no room.
 *
 * With a row's numbers a, weights W, a bias b, and gradients d on their way back,
 *
 *   forward    |a W + b|     <=  |a| |W| + |b|       has to fit what the layers behind take
 *   back       |d W'|        <=  |d| |W|             what can be truncated, and measured again
 *   gradient   |sum of a' d| <=  |A| |D|             what the optimizer has room for
 *
 * where |x| is the root of the sum of squares, over a group of rows for a, d, A and D.  Its square
 * is a norm (func/norms.h), and a test of a product costs one word for a group.  What is measured
 * was made by products that are tested themselves.  So, by induction, nothing ever wrapped if no
 * test fails; and if something does, the first of it is counted.  Weights are measured in every
 * step, before they are used: a step that a test lets pass cannot carry them from where their
 * squares have room to where they have none.
 *
 * What is public needs no test: features that are known to be small, and how far weights can have
 * come since they began at 0 (nn_watch_quiet).
 *
 * Functions return 0 or -1 (reported), unless they say what else.  Nothing is revealed: counts stay
 * secret, and it is for callers to open whether they are 0.
 */

#include "func/norms.h"
#include "nn/network.h"
#include "nn/task.h"

/* Norms of the groups of rows that pass: of group k, ${scale} times norm number first + k step. */
struct nn_watch_norms {
	size_t first, step;
	double scale;
};

struct nn_watch {
	struct mpc_norms norms;     /* counts: one for each layer, by its index */
	bool asks;                  /* for predictions: passes have no loss */
	size_t group;               /* rows of a group */
	double heaviest;            /* the largest weight that a row counts with */
	/* Of rows of data: a bound of their numbers, and the norm of each row. */
	double most;
	struct mpc_vector rows;
	/* Norms of each layer's weight and bias (nn_watch_weights); n = 0: each pass notes them. */
	struct mpc_vector known;
	/* Of the pass at hand. */
	size_t groups;
	bool measured;              /* data have come to a layer with weights */
	size_t returned;            /* layers with weights that the loss has come back to */
	struct nn_watch_norms features, loss;
	struct nn_watch_layer {
		struct nn_watch_norms weight, bias, input, delta;
	} layer[NN_MAX_LAYERS];
};

/* The sum of a gradient over a batch, and what an optimizer has room for. */
struct nn_watch_gradient {
	const struct nn_tensor *sum; /* of all parameters, as the optimizer takes it */
	size_t rows;                 /* of the batch */
	bool compare;                /* its numbers may be compared, as they are not clipped */
	/* What these have to be below: */
	double room;                 /* each number */
	double step;                 /* |sum| of a layer, so that its weights can be measured */
	double weights;              /* |W| of a layer, for what l2 adds */
};

/*
 * nn_watch_new(S, w, layers):
 * Begin to count, for networks of up to ${layers} layers.  nn_watch_free is due in any case, and
 * harmless on a zeroed one.
 */
int nn_watch_new(struct mpc *S, struct nn_watch *w, size_t layers);
void nn_watch_free(struct nn_watch *w);

/*
 * nn_watch_network(w, net, rows):
 * Choose the size of groups, for passes of ${rows} rows or more.
 */
void nn_watch_network(struct nn_watch *w, const struct nn_network *net, size_t rows);

/*
 * nn_watch_weights(S, w, net, bits):
 * Measure weights of which nothing is known, once for all passes, and test whether they are below
 * 2^bits; those of answers that have more room, below 2^19.
 *
 * Cost     a comparison, a selection and two truncations of each.
 */
int nn_watch_weights(struct mpc *S, struct nn_watch *w, const struct nn_network *net,
    unsigned bits);

/*
 * nn_watch_rows(S, w, net, x, rows, most, norm):
 * Measure ${rows} rows ${x}, with NN_BITS, of which two bounds are public: no number is larger than
 * ${most}, and |x| of no row is larger than ${norm}.
 *
 * Cost     a product and a truncation for each row; where squares of such numbers have no room, a
 *          truncation of each number, too, and where norms would be too large, a comparison of
 *          each.
 */
int nn_watch_rows(struct mpc *S, struct nn_watch *w, const struct nn_network *net,
    const struct mpc_vector *x, size_t rows, double most, double norm);

/*
 * nn_watch_labels(S, w, net, labels):
 * Test whether labels of a mean of squares are so small that differences from them have room;
 * nothing for other losses.
 *
 * Cost     a comparison of each.
 */
int nn_watch_labels(struct mpc *S, struct nn_watch *w, const struct nn_network *net,
    const struct mpc_vector *labels);

/*
 * nn_watch_pass(S, w, order, first, rows):
 * Begin a pass of ${rows} of the rows that were measured: those that ${order} lists from ${first}
 * on; NULL: from row ${first} on.
 */
int nn_watch_pass(struct mpc *S, struct nn_watch *w, const size_t *order, size_t first,
    size_t rows);

/*
 * nn_watch_forward(p, net, i, x), nn_watch_loss(p, net, v), nn_watch_back(p, net, i, d):
 * Note what layer ${i} is about to take; the difference from labels of a mean of squares, or NULL
 * for other losses; the gradient at what layer ${i} gave.  Each layer is noted, in the order of the
 * pass.  Where p->watch is NULL, nothing is done.
 */
int nn_watch_forward(const struct nn_pass *p, const struct nn_network *net, size_t i,
    const struct nn_tensor *x);
int nn_watch_loss(const struct nn_pass *p, const struct nn_network *net,
    const struct nn_tensor *v);
int nn_watch_back(const struct nn_pass *p, const struct nn_network *net, size_t i,
    const struct nn_tensor *d);

/*
 * nn_watch_sum(S, w, net, g):
 * Note the gradient that came of the pass.
 */
int nn_watch_sum(struct mpc *S, struct nn_watch *w, const struct nn_network *net,
    const struct nn_watch_gradient *g);

/*
 * nn_watch_reserve(S, w, most):
 * Behind a step whose notes are between mpc_norms_begin and mpc_norms_end: if they are the first
 * since some were judged, make room for those of ${most} more steps, or of as many as
 * nn_watch_settle waits for.
 */
int nn_watch_reserve(struct mpc *S, struct nn_watch *w, size_t most);

/*
 * nn_watch_settle(S, w, all):
 * Judge what was noted (mpc_norms_judge, with its cost), if it takes much room by now, or ${all}.
 */
int nn_watch_settle(struct mpc *S, struct nn_watch *w, bool all);

/*
 * nn_watch_safe_sum(w, net, rows):
 * A public bound of each number of a gradient's sum over ${rows} rows; INFINITY: there is none.
 */
double nn_watch_safe_sum(const struct nn_watch *w, const struct nn_network *net, size_t rows);

/*
 * nn_watch_quiet(net, data, batch, rate, step):
 * How many steps can be taken from weights of 0 on before anything has to be tested; 0: none.  Sums
 * of gradients have room, and a step moves weights by ${rate} times the gradient's mean at most,
 * and by |step| = ${step} at most.  The bounds of ${data} are set, and a ${batch} has no more rows
 * than there are.
 */
double nn_watch_quiet(const struct nn_network *net, const struct nn_data *data, size_t batch,
    double rate, double step);

#endif /* !SMPC_NN_WATCH_H */
