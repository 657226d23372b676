#ifndef SMPC_DATA_SHARER_H
#define SMPC_DATA_SHARER_H

/*
 * Sharing: rows of cleartext words in, one share stream per party out (smpc-share(5)).
 *
 *   masked    a part key K_i per computing party i, drawn here; record b of party i is masked by
 *             the record key k_(i,b) derived from K_i.  Party i gets m = x + sum_i S(k_(i,b)) and
 *             k_(i,b); the dealer gets all K_i.  In columns of keys (part.h) sums are XOR.
 *   additive  a part key for every party but the last, which gets x - sum_i S(k_(i,b)).
 *
 * Every key is drawn for one sharing and drawn once, and is written to the files of those who may
 * know it alone.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "data/part.h"
#include "data/sink.h"

struct sharer;

/*
 * sharer_new(part, sinks, text):
 * Share one part, described by ${part} but for party, id and op, to ${sinks}, one for each of
 * part->parties in their order; they stay the caller's.  Return NULL, having reported, on failure.
 */
struct sharer *sharer_new(const struct part *part, struct sink *const *sinks, bool text);

/*
 * sharer_space(s, words):
 * Set *${words} to room for rows of cleartext words and return for how many rows, at least 1; 0 on
 * failure (reported).
 */
size_t sharer_space(struct sharer *s, uint64_t **words);

/*
 * sharer_filled(s, rows):
 * ${rows} rows, or none, were written to the room given out last.  Return 0 or -1 (reported).
 */
int sharer_filled(struct sharer *s, size_t rows);

/*
 * sharer_next(s, part):
 * End the part, and begin another one in the same streams, described by ${part}, of the same
 * scheme, modulus and parties.  Return 0 or -1 (reported).
 */
int sharer_next(struct sharer *s, const struct part *part);

/*
 * sharer_end(s):
 * Write what is left and the records that hold keys alone.  Return 0 or -1 (reported).
 */
int sharer_end(struct sharer *s);

/*
 * sharer_free(s):
 * Wipe and free; harmless on NULL.
 */
void sharer_free(struct sharer *s);

#endif /* !SMPC_DATA_SHARER_H */
