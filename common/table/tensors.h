#ifndef SMPC_TABLE_TENSORS_H
#define SMPC_TABLE_TENSORS_H

/*
 * Named tensors of clear numbers, out of a safetensors file, the JSON that smpc-reveal prints, or a
 * model of xgboost (xgboost.h).
 * The format is told by the first bytes.  The file is held in memory, and wiped.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "table/window.h"

/*
 * What fits a share stream (smpc-share(5)); data/part.h has the same limits, and cli/import.c
 * checks that.
 */
#define TENSOR_MAX_NAME_BYTES 255
#define TENSOR_MAX_COLUMNS ((size_t)1 << 19)
#define TENSOR_MAX_ROWS ((uint64_t)1 << 40)
#define TENSOR_MAX_FRACTION_BITS 62
#define TENSOR_MAX_EXPONENT 960

#define TENSORS_MAX_DIMENSIONS 8

/* How a number is stored in the file (safetensors.c). */
struct tensor_type;

/* How a file is read (tensors_internal.h). */
struct tensors_format;

struct tensor {
	char *name;
	size_t dimensions;
	uint64_t shape[TENSORS_MAX_DIMENSIONS];
	/* as in a table: the first dimension, and all others together; none is 0 */
	size_t rows, cols;
	char **columns;                 /* names of ${cols} columns, or NULL */
	int fraction_bits;              /* that the file says, or -1 */
	int *exponents;                 /* that the file says, of ${cols} columns, or NULL */
	const struct tensor_type *type; /* NULL: the format has only one */
	const char *data;               /* its numbers */
};

struct tensors {
	struct window window; /* shows the whole file */
	const struct tensors_format *format;
	size_t n;
	struct tensor *list;
	void *made;           /* numbers that the file does not have as they are, or NULL */
	size_t made_bytes;
	/*
	 * field "model" of smpc-share(5), or NULL: this is no model, or does not say of what
	 * network
	 */
	char *model;
};

/* What numbers become: words as in table.h. */
struct tensors_scale {
	unsigned fraction_bits;
	/* of columns, whose words stand for 2^exponent times as much; NULL: all are 0 */
	const int *exponents;
	uint64_t modulus; /* 0: 2^64, signed; else whole numbers from 0 to modulus - 1 */
	bool integers;    /* whole numbers alone */
	/* refuse a column of which all numbers that are not 0 would become 0 */
	bool refuse_lost;
};

/*
 * tensors_is(w):
 * Whether the window, of at least 9 bytes if the input has them, shows the beginning of one of
 * the formats.
 */
bool tensors_is(const struct window *w);

/*
 * tensors_open(w):
 * Read the file that the window, which is taken over, shows from its beginning.  Return NULL
 * (reported) on failure.
 */
struct tensors *tensors_open(struct window *w);

/*
 * tensors_words(t, k, scale, words):
 * Convert the numbers of tensor ${k}, in their order, to ${words}, rounded to nearest.  Return 0 or
 * -1 (reported with tensor, row and column; status 5 for what does not fit, nan and infinities).
 */
int tensors_words(const struct tensors *t, size_t k, const struct tensors_scale *scale,
    uint64_t *words);

/*
 * tensors_numbers(t, k, x):
 * Convert them to doubles.  Return 0 or -1 (reported in the same way).
 */
int tensors_numbers(const struct tensors *t, size_t k, double *x);

/*
 * tensors_free(t):
 * Wipe and free; harmless on NULL.
 */
void tensors_free(struct tensors *t);

#endif /* !SMPC_TABLE_TENSORS_H */
