#ifndef SMPC_DATA_COMBINE_H
#define SMPC_DATA_COMBINE_H

/*
 * Putting shares together (smpc-share(5)): m less all lam_i, or less the dealer's lam; the sum of
 * all x_i.
 *
 * Refused with status 4 and the party named: shares of different ids, schemes or scales, a party
 * that comes twice or is missing, computing parties whose m differ, a dealer whose lam is not the
 * sum of the others'.  With status 5: a number that is not in the range that the header says.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "data/part.h"
#include "data/reader.h"

struct combine;

/*
 * combine_new(readers, count, partial):
 * The readers stay the caller's.  With ${partial} an insufficient set is combined as far as it
 * goes, to noise.  Return NULL, having reported, when memory is short.
 */
struct combine *combine_new(struct reader *const *readers, size_t count, bool partial);

/*
 * combine_part(c, part, starts_tensor):
 * Go to the next part.  Return 1; 0 at the end of all streams; -1 (reported).
 */
int combine_part(struct combine *c, const struct part **part, bool *starts_tensor);

/*
 * combine_rows(c, words, rows):
 * Set *${words} to the next *${rows} rows of the part in the clear.  Return 1; 0 at the end of the
 * part; -1 (reported).
 */
int combine_rows(struct combine *c, const uint64_t **words, size_t *rows);

/*
 * combine_free(c):
 * Wipe and free; harmless on NULL.
 */
void combine_free(struct combine *c);

#endif /* !SMPC_DATA_COMBINE_H */
