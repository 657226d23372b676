#ifndef SMPC_DATA_DERIVE_H
#define SMPC_DATA_DERIVE_H

/* Ids: where a part comes from (smpc-share(5), Ids). */

#include <stddef.h>
#include <stdint.h>

#include "data/part.h"

/*
 * An input of an operation: a part, and the row of it at which the result begins, or
 * INPUT_REPEATED.
 */
#define INPUT_REPEATED UINT64_MAX
struct input {
	const uint8_t *id;
	uint64_t row;
	/* that part, where rows of the result are its rows, or come of them one by one; or NULL */
	const struct part *rows;
};

/*
 * part_derive(p, op, params, inputs, count):
 * Return a copy of ${p} that is the result of ${op} on ${inputs}: with that op, those inputs and
 * the id that follows, of whose columns and words nothing is known.  Of its rows is known what
 * inputs[i].rows say of theirs.  The caller changes what else the operation changes.  NULL on
 * failure (reported).
 */
struct part *part_derive(const struct part *p, const char *op, const char *params,
    const struct input *inputs, size_t count);

/*
 * part_keep_about(q, p):
 * ${q}, derived from ${p}, has the same columns, in order, with the same numbers in them: what is
 * known of these, and the schema, are kept.  Return 0 or -1 (reported).
 */
int part_keep_about(struct part *q, const struct part *p);

/*
 * part_add_origins(q, origins):
 * Rows of ${q}, a result, are of these sharings, whose owners left rows out.  Return 0 or -1
 * (reported).
 */
int part_add_origins(struct part *q, const struct ids *origins);

/*
 * part_derive_interactive(p, origin, inputs, count):
 * The same for a result of all parties together: a part of one session, whose number enters the id,
 * and which other parts of that session are numbered against.
 */
struct interactive_origin {
	const char *op;
	const char *params;
	const uint8_t *session; /* its number, HASH_BYTES */
	uint64_t index;         /* of the part among the results of the session */
};
struct part *part_derive_interactive(const struct part *p, const struct interactive_origin *origin,
    const struct input *inputs, size_t count);

/*
 * public_digest(id, modulus, fraction_bits, divisor, rows, cols, words, exponents):
 * The digest that stands for a public operand among the inputs; NULL stands for exponents that are
 * all 0.
 */
void public_digest(uint8_t id[static ID_BYTES], uint64_t modulus, unsigned fraction_bits,
    uint64_t divisor, uint64_t rows, uint64_t cols, const uint64_t *words, const int *exponents);

#endif /* !SMPC_DATA_DERIVE_H */
