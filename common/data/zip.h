#ifndef SMPC_DATA_ZIP_H
#define SMPC_DATA_ZIP_H

/*
 * Several streams side by side, tensor by tensor and row by row, with broadcasting: a tensor of one
 * row is repeated for every row of the others.  Records and parts need not be cut alike; what is
 * given out never crosses the end of a part of any stream, so that a run of rows between two such
 * ends is a result of its own (a segment).  Parts without rows are passed over; a tensor of nothing
 * else gives one segment without rows.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "data/derive.h"
#include "data/part.h"
#include "data/reader.h"

struct zip;

/*
 * zip_new(readers, count):
 * The readers stay the caller's.  Return NULL, having reported, when memory is short.
 */
struct zip *zip_new(struct reader *const *readers, size_t count);

/*
 * zip_tensor(z):
 * Go to the next tensor of all streams.  Return 1; 0 when all end; -1, having reported, when a
 * stream has no more tensors but another one has, when names of second and later tensors differ, or
 * when the shares are not of the same party and sharing parameters (public streams go with every
 * share of the same modulus), or when an owner left rows out of one of them, and others are of
 * another sharing.
 */
int zip_tensor(struct zip *z);

/*
 * zip_part(z, i):
 * The part of stream ${i} that comes next; after zip_tensor or zip_segment returned 1.
 */
struct part *zip_part(const struct zip *z, size_t i);

/*
 * zip_repeats(z, i):
 * Whether stream ${i} has a single row in this tensor, which is repeated.
 */
bool zip_repeats(const struct zip *z, size_t i);

/*
 * zip_repeat_all(z):
 * After zip_tensor, if all tensors have a single row: repeat them, too, for another operand that
 * the caller has.  Then the caller says how many rows there are, and zip_segment ends the tensor.
 * Return 0; -1 (reported).
 */
int zip_repeat_all(struct zip *z);

/*
 * zip_inputs(z, inputs):
 * Set ${inputs}, one for each stream, to the parts and rows at which the segment begins.
 */
void zip_inputs(const struct zip *z, struct input *inputs);

/*
 * zip_rows(z, rows, count, ends):
 * Set ${rows}, one for each stream, to the next *${count} rows, which all lie in one segment; where
 * zip_repeats, to the one row.  *${count} is SIZE_MAX if all streams repeat.  *${ends} tells if the
 * segment ends behind them.  Return 0 or -1 (reported).
 */
int zip_rows(struct zip *z, struct rows *rows, size_t *count, bool *ends);

/*
 * zip_segment(z):
 * Behind the end of a segment, go to the next one.  Return 1; 0 when the tensor ends; -1, having
 * reported, also when it ends in some of the streams only, or when their rows do not belong
 * together.
 */
int zip_segment(struct zip *z);

/*
 * zip_free(z):
 * Wipe and free; harmless on NULL.
 */
void zip_free(struct zip *z);

#endif /* !SMPC_DATA_ZIP_H */
