#ifndef SMPC_DATA_READER_H
#define SMPC_DATA_READER_H

/*
 * Reading a share stream: record by record, or as rows of words whatever the records are and
 * whether keys or words stand for them.  One record is read, and its payload hashed, ahead.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "data/part.h"
#include "data/record.h"
#include "data/source.h"

struct reader;

/* Consecutive rows of one part. */
struct rows {
	struct part *part;
	uint64_t first_row; /* of these rows in their part */
	size_t rows;
	size_t n_planes;
	/* each rows x part->cols words, row-major; valid until the next call */
	const uint64_t *plane[PART_MAX_PLANES];
	bool ends_part;
};

/*
 * reader_open(path, keyring):
 * Read ${path}, "-" for standard input.  Return NULL, having reported, on failure.
 */
struct reader *reader_open(const char *path, const struct keyring *keyring);

/*
 * reader_from(source):
 * Read from ${source}, which becomes the reader's own, also on failure.
 */
struct reader *reader_from(struct source *source);

/*
 * reader_name(r):
 * What messages call the input.
 */
const char *reader_name(const struct reader *r);

/*
 * reader_sealed(r, sealed):
 * Say whether the stream is sealed.  Return 0 or -1 (reported).
 */
int reader_sealed(struct reader *r, bool *sealed);

/*
 * reader_sender(r, sender):
 * Set *${sender} to the name of who sealed the stream, as long as the reader is where it is, or to
 * "" where nobody has.  Return 0 or -1 (reported).
 */
int reader_sender(struct reader *r, const char **sender);

/*
 * reader_part(r, part):
 * Set *${part} to the part whose rows come next, NULL at the end of the stream.  It is the
 * reader's; part_ref keeps it.  Return 0 or -1 (reported).
 */
int reader_part(struct reader *r, struct part **part);

/*
 * reader_shapes_only(r):
 * From now on what keys stand for is not computed: rows of a record that has any come without it, a
 * plane of NULL, and any number of them at a time.  For a plan, which takes no words.
 */
void reader_shapes_only(struct reader *r);

/*
 * reader_takes_exponents(r):
 * Columns may have exponents.  Otherwise they are refused, as whoever took the words for numbers
 * would be off by a power of two.
 */
void reader_takes_exponents(struct reader *r);

/*
 * reader_takes_missing(r):
 * Columns may have words that are missing (column.h).  Otherwise they are refused, as whoever took
 * the zeroes in their place for numbers would be wrong.
 */
void reader_takes_missing(struct reader *r);

/*
 * reader_takes_keys(r):
 * Columns may be words of keys (part.h).  Otherwise they are refused, with status 2: sums of such
 * words are nothing.
 */
void reader_takes_keys(struct reader *r);

/*
 * reader_takes_row_exponents(r):
 * Rows may, too (part.h).
 */
void reader_takes_row_exponents(struct reader *r);

/*
 * reader_row(r):
 * The number, in its part, of the row that comes next.
 */
uint64_t reader_row(const struct reader *r);

/*
 * reader_starts_tensor(r):
 * Whether the row that comes next is the first of its tensor; after reader_part has given a part.
 */
bool reader_starts_tensor(const struct reader *r);

/*
 * reader_single_row(r, single):
 * Whether the tensor that starts next has a single row; reads one record ahead.  Return 0 or -1
 * (reported).
 */
int reader_single_row(struct reader *r, bool *single);

/*
 * reader_rows(r, max_rows, rows):
 * Take up to ${max_rows} rows, all of one part, as many as lie together in memory.  A part without
 * rows gives one result of 0 rows.  Return 1, or 0 at the end of the stream, or -1 (reported).
 */
int reader_rows(struct reader *r, size_t max_rows, struct rows *rows);

/*
 * reader_available(r):
 * How many rows reader_rows would give at most, after reader_part has given a part.
 */
size_t reader_available(const struct reader *r);

/*
 * reader_rows_known(r, last):
 * How many rows of the part that comes next are known, after reader_part has given it; set *${last}
 * to whether those are all.
 */
uint64_t reader_rows_known(const struct reader *r, bool *last);

/*
 * reader_record(r, record):
 * Take the next record whole, of which no row was taken before.  Return 1, 0 or -1 as reader_rows
 * does; the record is the reader's and valid until the next call.
 */
int reader_record(struct reader *r, const struct record **record);

/*
 * reader_close(r):
 * Wipe and free; harmless on NULL.
 */
void reader_close(struct reader *r);

#endif /* !SMPC_DATA_READER_H */
