#ifndef SMPC_NN_FLOAT64_H
#define SMPC_NN_FLOAT64_H

/*
 * Training in float64, in the clear, by the formulas that the engines emulate.  Layers, shapes,
 * initial weights and the order of the rows are theirs (network.h, train.h); of their arithmetic
 * nothing is used, so that each is a reference for the other.  Products of matrices, and
 * convolutions as such, are OpenBLAS's.
 *
 * Where formulas leave a choice: a relu passes the gradient at 0, a maxpool to the first of the
 * largest, probabilities below 2^-16 count as that in a loss, and Adam's epsilon is 10^-8.
 */

#include "nn/job.h"
#include "nn/network.h"
#include "nn/prepare.h"

/* Rows of all data, row-major. */
struct float64_data {
	size_t rows, cols, out;
	double *x;       /* rows x cols */
	double *labels;  /* rows x out, as the network gives them */
	double *weights; /* of each label, by its class; NULL: all are 1 */
};

/*
 * float64_load(threads):
 * Find OpenBLAS, when it is first needed: tools that never need it start without its threads, and
 * where it is not installed.  Products may take so many threads.  Return 0 or -1 (reported: status
 * 2 where there is none).
 */
int float64_load(unsigned threads);

/*
 * float64_data_new(d, words, net):
 * Make numbers of clear words: features as the network takes them and labels as it gives them, of
 * which one column may stand for all classes; what is beyond counts as the first or last.
 * words->weights is not used.  Return 0 or -1 (reported); to be freed with float64_data_free in any
 * case.
 */
int float64_data_new(struct float64_data *d, const struct nn_data *words,
    const struct nn_network *net);
void float64_data_free(struct float64_data *d);

/*
 * float64_data_standardize(d, mean, scale, fit):
 * x = (x - mean) scale in every row.  With NN_DEVIATIONS these are the mean and the reciprocal of
 * the standard deviation of each column, 0 where the deviation is below 2^-12, and are put into
 * ${mean}, clear words with NN_BITS, and ${scale}, with NN_SCALE_BITS; likewise with NN_ROBUST and
 * NN_MINMAX (prepare.h).  With NN_AS_THEY_ARE they are taken from there.  Return 0 or -1
 * (reported).
 */
int float64_data_standardize(struct float64_data *d, struct mpc_vector *mean,
    struct mpc_vector *scale, enum nn_standard fit);

/*
 * float64_data_standardize_labels(d, mean, deviation, fit):
 * The same for labels, by their deviation, which itself is kept.
 */
int float64_data_standardize_labels(struct float64_data *d, struct mpc_vector *mean,
    struct mpc_vector *deviation, bool fit);

/*
 * float64_data_weigh(d, loss, classes):
 * Weights of labels, by the weight of each class: of the classes of a softmax, or of 0 and 1 after
 * a sigmoid.  Return 0 or -1 (reported).
 */
int float64_data_weigh(struct float64_data *d, enum nn_loss loss, const double *classes);

/*
 * float64_train(j, data):
 * Train from the parameters that j->learner, a network, has, clear words, and put the result in
 * their place, rounded to NN_BITS; as nn_job_run, but that j->task.data is not used and there are
 * no checkpoints.  float64_load comes first.  Return 0 or -1 (reported: status 2 for a learner of
 * another kind, 5 where a parameter leaves the range).
 */
int float64_train(const struct nn_job *j, const struct float64_data *data);

/*
 * float64_solve(j, data):
 * The same as nn_job_solve does.
 */
int float64_solve(const struct nn_job *j, const struct float64_data *data);

/*
 * float64_glm(j):
 * The same for a generalized linear model, with Newton's steps in float64, of j->task.data: clear
 * words that have been standardized by the engine.  Needs no OpenBLAS.
 */
int float64_glm(const struct nn_job *j);

/*
 * float64_lasso(j):
 * The same for a path of lassos, by coordinate descent, which shares no formula with the steps of
 * the engine.
 */
int float64_lasso(const struct nn_job *j);

/*
 * float64_trees(j):
 * The same for trees, by histograms, with sums and divisions that are not rounded to words.
 */
int float64_trees(const struct nn_job *j);

#endif /* !SMPC_NN_FLOAT64_H */
