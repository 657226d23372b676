#ifndef SMPC_DATA_WRITER_H
#define SMPC_DATA_WRITER_H

/*
 * Writing a share stream as rows of words; records are formed, hashed and written beside the
 * caller's work.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "data/part.h"
#include "data/reader.h"
#include "data/record.h"
#include "data/sink.h"

struct writer;

/*
 * writer_open(path, mode, text, seal):
 * Write to ${path} ("-" or NULL: standard output, which must not be a terminal unless ${text}),
 * sealed unless ${seal} is NULL.  Return NULL, having reported, on failure.
 */
struct writer *writer_open(const char *path, enum output_mode mode, bool text,
    const struct seal_to *seal);

/*
 * writer_to(sink, text):
 * Write to ${sink}, which becomes the writer's own, also on failure.
 */
struct writer *writer_to(struct sink *sink, bool text);

/*
 * writer_begin(w, part):
 * Begin a part, of which a reference is taken.  Return 0 or -1 (reported).
 */
int writer_begin(struct writer *w, struct part *part);

/*
 * writer_rows(w, rows, planes):
 * Append ${rows} rows; ${planes} are part_planes(part) arrays of rows x cols words.  Return 0 or -1
 * (reported).
 */
int writer_rows(struct writer *w, size_t rows, const uint64_t *const planes[PART_MAX_PLANES]);

/*
 * writer_space(w, max_rows, planes):
 * The same without a copy: set ${planes} to room for up to ${max_rows} rows and return for how many
 * (0 on failure, reported).  writer_filled says how many of them were filled in.
 */
size_t writer_space(struct writer *w, size_t max_rows, uint64_t *planes[PART_MAX_PLANES]);
void writer_filled(struct writer *w, size_t rows);

/*
 * writer_end(w):
 * End the part.  Its last record is held back until the next part begins, whose id it then names,
 * or the stream is closed: a stream that was cut, anywhere, can be told from a whole one.  Return 0
 * or -1 (reported).
 */
int writer_end(struct writer *w);

/*
 * writer_record(w, record):
 * Pass a whole record on as it was read.  Return 0 or -1 (reported).
 */
int writer_record(struct writer *w, const struct record *record);

/*
 * writer_record_as(w, record, part):
 * The same, with ${part} in place of its part: other headers of the same words.
 */
int writer_record_as(struct writer *w, const struct record *record, struct part *part);

/*
 * writer_finish(w):
 * Let everything leave, and see that it has arrived (sink.h, sink_finish), without giving the
 * output its name yet.  Return 0 or -1 (reported).
 */
int writer_finish(struct writer *w);

/*
 * writer_close_both(w, other):
 * Finish both, ${other} unless it is NULL, give both outputs their names or none (io.h,
 * output_commit_all), and free both in any case.  Return 0 or -1 (reported).
 */
int writer_close_both(struct writer *w, struct writer *other);

/*
 * writer_appear(w), writer_stay(w):
 * Give the output of what is finished its name, which writer_abort takes back (0 or -1, reported);
 * let it stay, and free ${w}.
 */
int writer_appear(struct writer *w);
void writer_stay(struct writer *w);

/*
 * writer_close(w):
 * Wait for what is being written, give the output its name, and free ${w} in any case.  Return 0 or
 * -1 (reported).
 */
int writer_close(struct writer *w);

/*
 * writer_abort(w):
 * Leave nothing behind; harmless on NULL.
 */
void writer_abort(struct writer *w);

#endif /* !SMPC_DATA_WRITER_H */
