#ifndef SMPC_FUZZ_STREAM_H
#define SMPC_FUZZ_STREAM_H

/*
 * Reading a whole stream from memory and checking what it gives; shared by the targets of the
 * record layer.
 */

#include <sodium.h>

#include <string.h>

#include "check.h"
#include "data/reader.h"

#define FUZZ_MAX_ROWS 100000 /* keys stand for any number of rows; so many are enough */

/* What every reader promises of the rows that it gives. */
static inline void
fuzz_check_rows(const struct rows *rows)
{
	const struct part *p = rows->part;
	struct ring R;
	size_t i;

	fuzz_check(p->cols >= 1 && p->cols <= PART_MAX_COLUMNS &&
	    p->fraction_bits <= PART_MAX_FRACTION_BITS);
	fuzz_check(p->modulus == 0 || p->fraction_bits == 0);
	fuzz_check(p->scheme == SCHEME_PUBLIC || p->party < p->n_parties);
	fuzz_check(rows->first_row + rows->rows <= PART_MAX_ROWS &&
	    rows->n_planes == part_planes(p));
	ring_init(&R, p->modulus);
	for (i = 0; i < rows->n_planes; i++)
		fuzz_check(ring_check(&R, rows->plane[i], rows->rows * p->cols) == 0);
}

/*
 * Read the stream by rows; return how many there were, or -1 where it was refused or stands for
 * very many.
 */
static inline int64_t
fuzz_read(const void *data, size_t bytes, const struct keyring *keyring)
{
	struct reader *r;
	struct rows rows;
	int64_t total = 0;
	int rc = -1;

	if ((r = reader_from(source_memory(data, bytes, "fuzz", keyring))) == NULL)
		return (-1);
	while (total < FUZZ_MAX_ROWS && (rc = reader_rows(r, 1000, &rows)) == 1) {
		fuzz_check_rows(&rows);
		total += (int64_t)rows.rows;
	}
	reader_close(r);
	return ((rc == 0) ? total : -1);
}

#endif /* !SMPC_FUZZ_STREAM_H */
