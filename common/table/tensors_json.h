#ifndef SMPC_TABLE_TENSORS_JSON_H
#define SMPC_TABLE_TENSORS_JSON_H

/* The JSON that smpc-reveal prints, an object for each tensor, for tensors.c. */

#include "table/cells.h"
#include "table/tensors.h"

/*
 * tensors_read_json(t):
 * Read the file that t->window shows, up to its numbers.  Return 0 or -1 (reported).
 */
int tensors_read_json(struct tensors *t);

/*
 * tensors_json_number(at, cells, j, row, words):
 * Convert the number at *${at}, that of column ${j}, and go to the next one.  Return 0 or -1
 * (reported).
 */
int tensors_json_number(const char **at, const struct cells *cells, size_t j, uint64_t row,
    uint64_t *words);

#endif /* !SMPC_TABLE_TENSORS_JSON_H */
