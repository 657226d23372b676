#ifndef SMPC_DATA_SAFETENSORS_H
#define SMPC_DATA_SAFETENSORS_H

/*
 * The safetensors format: 8 bytes with the length of a header; the header, a JSON object, which gives type, shape and place
 * of each tensor, and strings under "__metadata__"; and the numbers, without holes.  What we put into the metadata is in
 * smpc-share(5), Models.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "base/mem.h"
#include "data/cells.h"
#include "data/part.h"
#include "data/tensors.h"

/*
 * safetensors_is(data, bytes):
 * Whether a file begins like that: with a possible length, and an object.
 */
bool safetensors_is(const void *data, size_t bytes);

/* ---- reading, for tensors.c ---- */

/*
 * safetensors_read(t):
 * Read the file that t->window shows, up to its numbers.  Return 0 or -1 (reported).
 */
int safetensors_read(struct tensors *t);

/*
 * safetensors_number(type, at, cells, j, row, words):
 * Convert the number at *${at}, that of column ${j}, and go to the next one.  Return 0 or -1 (reported).
 */
int safetensors_number(const struct tensor_type *type, const char **at, const struct cells *cells, size_t j, uint64_t row,
    uint64_t *words);

/* ---- writing ---- */

/* A header that is being made; zeroed, it is empty. */
struct safetensors_header {
	json_t *root, *metadata, *columns, *bits;
	uint64_t bytes; /* of the tensors so far */
};

/*
 * safetensors_add(h, part, rows, type, model):
 * A tensor of ${rows} rows follows those before it: ${type} is F64, I64 or U64; ${model} describes a model, or is NULL.
 * Return 0 or -1 (reported).
 */
int safetensors_add(struct safetensors_header *h, const struct part *part, uint64_t rows, const char *type,
    const char *model);

/*
 * safetensors_encode(h, text):
 * Append to ${text} all that stands before the numbers.  Return 0 or -1 (reported).
 */
int safetensors_encode(struct safetensors_header *h, struct buf *text);

void safetensors_header_free(struct safetensors_header *h);

#endif /* !SMPC_DATA_SAFETENSORS_H */
