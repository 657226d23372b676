#ifndef SMPC_NN_FLOAT64_INTERNAL_H
#define SMPC_NN_FLOAT64_INTERNAL_H

/* What the files float64*.c have in common. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "nn/layers.h"
#include "nn/task.h"

struct float64_layer_type;

/* A layer on its way through a batch. */
struct float64_layer {
	const struct nn_layer *l;  /* shapes */
	const struct float64_layer_type *type;
	double *weight, *bias;     /* among the parameters of the network; NULL: has none */
	double *d_weight, *d_bias; /* their gradients, of the sum over the batch */
	double *fixed;             /* of a reservoir: public weights */
	double *columns;           /* of a convolution: the windows of an image, side by side */
	double *given;             /* rows x out */
	double *gradient;          /* rows x in, at what it took; NULL: nobody asks for it */
};

struct float64_layer_type {
	const char *name;
	/* given = layer(x). */
	void (*forward)(struct float64_layer *l, const double *x, size_t rows);
	/*
	 * From the gradient dy at what was given: gradients of parameters, and l->gradient.  NULL:
	 * never has to.
	 */
	void (*backward)(struct float64_layer *l, const double *x, const double *dy, size_t rows);
};

/*
 * float64_layer_find(name):
 * Return the layer's float64 form, or NULL if it has none.
 */
const struct float64_layer_type *float64_layer_find(const char *name);

/* A product of matrices: x is m x k, y is k x n, or as many the other way round. */
struct float64_product {
	size_t m, k, n;
	bool x_transposed, y_transposed;
	bool add; /* to what is there */
};

/*
 * float64_multiply(z, p, x, y):
 * z = x y, or z += x y; row-major; sides below 2^31.  float64_load comes first.
 */
void float64_multiply(double *z, const struct float64_product *p, const double *x, const double *y);

/*
 * float64_from_words(n, words, f), float64_to_words(words, x, n, f, what):
 * Numbers of ${n} words with ${f} fraction bits, or NULL (reported); the reverse, rounded to the
 * nearest.  Return 0 or -1 (reported: status 5 where one of ${what} does not fit).
 */
double *float64_from_words(size_t n, const uint64_t *words, unsigned f);
int float64_to_words(uint64_t *words, const double *x, size_t n, unsigned f, const char *what);

/*
 * float64_features(data, n, first):
 * Features as rows of ${n} numbers, behind ${first} ones; NULL on failure (reported).
 */
double *float64_features(const struct nn_data *data, size_t n, size_t first);

#endif /* !SMPC_NN_FLOAT64_INTERNAL_H */
