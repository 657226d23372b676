#ifndef SMPC_TABLE_TENSORS_INTERNAL_H
#define SMPC_TABLE_TENSORS_INTERNAL_H

/*
 * For the formats that tensors.h reads: what a format is, and how its reader notes down what it
 * finds.  A new format is a struct tensors_format in a file of its own, and a line in tensors.c.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "table/cells.h"
#include "table/tensors.h"

struct tensors_format {
	/* Whether a file begins like that, as far as ${bytes} bytes of it tell. */
	bool (*begins)(const void *data, size_t bytes);
	/* Read the file that t->window shows, up to its numbers.  Return 0 or -1 (reported). */
	int (*read)(struct tensors *t);
	/*
	 * Convert the number of ${x} at *${at}, that of column ${j}, into its place in a row of
	 * ${words}, and go to the next one.  Return 0 or -1 (reported).
	 */
	int (*number)(const struct tensor *x, const char **at, const struct cells *cells, size_t j,
	    uint64_t row, uint64_t *words);
};

extern const struct tensors_format safetensors_format, xgboost_format,
    tensors_json_format;

/*
 * tensors_add(t, name):
 * Append a tensor with fraction_bits -1, without anything else; readers see to it that names
 * differ.  Return it, valid until the next one, or NULL (reported).
 */
struct tensor *tensors_add(struct tensors *t, const char *name);

/*
 * tensors_find(t, name):
 * Return the tensor of that name, or NULL.
 */
struct tensor *tensors_find(const struct tensors *t, const char *name);

/*
 * tensors_set_shape(t, x, shape, dimensions), tensors_set_columns(t, x, names, n):
 * Check and set.  Return 0 or -1 (reported).
 */
int tensors_set_shape(const struct tensors *t, struct tensor *x, const uint64_t *shape,
    size_t dimensions);
int tensors_set_columns(const struct tensors *t, struct tensor *x, const char *const *names,
    size_t n);

/*
 * tensors_set_bits(x, v), tensors_set_exponents(x, v):
 * Set from JSON: a number of fraction bits, an array of exponents.  Return 0; 1 where it is none
 * of this tensor; -1 (reported, at status 5 for an empty array: rows have exponents of their own).
 */
int tensors_set_bits(struct tensor *x, const json_t *v);
int tensors_set_exponents(struct tensor *x, const json_t *v);

#endif /* !SMPC_TABLE_TENSORS_INTERNAL_H */
