#ifndef SMPC_DATA_PUBLISH_H
#define SMPC_DATA_PUBLISH_H

/* Numbers in the clear as a public share stream. */

#include "data/part.h"
#include "data/writer.h"
#include "table/table.h"

/*
 * publish_begin(w, part):
 * Begin a public part with the name, columns, scale and model of ${part}, which stays the caller's:
 * a sharing of its own, with a random id.  Return 0 or -1 (reported).
 */
int publish_begin(struct writer *w, const struct part *part);

/*
 * publish_table(w, t):
 * Append all rows of a table to the part.  Return 0 or -1 (reported).
 */
int publish_table(struct writer *w, struct table *t);

#endif /* !SMPC_DATA_PUBLISH_H */
