#ifndef SMPC_TABLE_SAFETENSORS_H
#define SMPC_TABLE_SAFETENSORS_H

/*
 * The safetensors format: 8 bytes with the length of a header; the header, a JSON object, which
 * gives type, shape and place of each tensor, and strings under "__metadata__"; and the numbers,
 * without holes.  What we put into the metadata is in smpc-share(5), Models.
 *
 * How it is told and written; tensors.h reads it.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "base/mem.h"

/*
 * safetensors_is(data, bytes):
 * Whether a file begins like that: with a possible length, and an object.
 */
bool safetensors_is(const void *data, size_t bytes);

/* A header that is being made; zeroed, it is empty. */
struct safetensors_header {
	json_t *root, *metadata, *columns, *bits, *exponents;
	uint64_t bytes; /* of the tensors so far */
};

/* A tensor as the header has it. */
struct safetensors_entry {
	const char *name;
	uint64_t rows;
	size_t cols;
	const char *const *columns; /* their names, or NULL */
	const char *type;           /* F64, I64 or U64 */
	unsigned fraction_bits;
	json_t *exponents;          /* an array of those of its columns, or NULL */
	const char *model;          /* what model it belongs to (smpc-share(5)), or NULL */
};

/*
 * safetensors_add(h, entry):
 * A tensor follows those before it.  Return 0 or -1 (reported).
 */
int safetensors_add(struct safetensors_header *h, const struct safetensors_entry *entry);

/*
 * safetensors_encode(h, text):
 * Append to ${text} all that stands before the numbers.  Return 0 or -1 (reported).
 */
int safetensors_encode(struct safetensors_header *h, struct buf *text);

void safetensors_header_free(struct safetensors_header *h);

#endif /* !SMPC_TABLE_SAFETENSORS_H */
