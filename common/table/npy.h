#ifndef SMPC_TABLE_NPY_H
#define SMPC_TABLE_NPY_H

/*
 * Arrays of numbers in, words out: .npy (NumPy's format, versions 1.0 to 3.0) and .idx (that of the
 * MNIST files).  The first dimension counts rows; the others together are the columns.
 */

#include <stddef.h>
#include <stdint.h>

#include "table/cells.h"
#include "table/window.h"

struct npy {
	struct window *w;
	char kind;         /* as in a dtype: f, i, u or b */
	unsigned size;     /* bytes of an element */
	int big_endian;
	uint64_t rows;
	size_t columns;
	size_t data_start; /* bytes of the header */
	uint64_t next;     /* row */
};

/*
 * npy_is(w), idx_is(w):
 * Return whether the window, of at least 8 bytes if the input has them, shows the beginning of such
 * a file.
 */
int npy_is(const struct window *w);
int idx_is(const struct window *w);

/*
 * npy_open(a, w), idx_open(a, w):
 * Read the header.  Return 0 or -1 (reported).  ${w} is borrowed; there is nothing to free.
 */
int npy_open(struct npy *a, struct window *w);
int idx_open(struct npy *a, struct window *w);

/*
 * npy_read(a, cells, words, max_rows, rows):
 * Convert up to ${max_rows} rows.  Return 1, 0 at the end, or -1 (reported).
 */
int npy_read(struct npy *a, const struct cells *cells, uint64_t *words, size_t max_rows,
    size_t *rows);

/*
 * npy_restart(a):
 * Begin again with the first row.  Return 0 or -1 (reported).
 */
int npy_restart(struct npy *a);

#endif /* !SMPC_TABLE_NPY_H */
