#ifndef SMPC_LOCAL_LOCAL_INTERNAL_H
#define SMPC_LOCAL_LOCAL_INTERNAL_H

/* What the operations of local.h are made of; for local_*.c alone. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "data/derive.h"
#include "local/operand.h"
#include "data/reader.h"
#include "data/writer.h"

/* The parts that an operation on a whole tensor has met, as inputs of its result. */
struct origins {
	uint8_t (*ids)[ID_BYTES];
	size_t count;
	size_t size;
};

int origins_add(struct origins *o, const uint8_t *id);
void origins_free(struct origins *o);

/*
 * origins_derive(o, p, op, params, extra):
 * Derive a part (derive.h) from all origins, each from its row 0, and the public operand of digest
 * ${extra} unless NULL.
 */
struct part *origins_derive(const struct origins *o, const struct part *p, const char *op,
    const char *params, const uint8_t *extra);

/*
 * tensor_each(r, each, state, part, origins):
 * Hand all rows of the next tensor to each(state, rows, row in the tensor); keep its first part as
 * *${part} (the caller's to free) and its parts' ids.  Return 1; 0 at the end of the stream; -1
 * (reported).
 */
int tensor_each(struct reader *r, int (*each)(void *state, const struct rows *rows, uint64_t row),
    void *state, struct part **part, struct origins *origins);

/*
 * local_load_factor(r, text, fraction_bits, operand):
 * Load a public factor for the stream, with the modulus of its first part, reduced.  Return 0 or -1
 * (reported).
 */
int local_load_factor(struct reader *r, const char *text, unsigned fraction_bits,
    struct operand **operand);

int local_matmul_right(struct reader *r, const char *matrix, unsigned fraction_bits,
    struct writer *w);
int local_sum_across(struct reader *r, bool mean, struct writer *w);

#endif /* !SMPC_LOCAL_LOCAL_INTERNAL_H */
