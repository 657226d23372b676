#ifndef SMPC_CLI_KEYED_H
#define SMPC_CLI_KEYED_H

/*
 * Rows with keys among their columns.  Numbers are shared by addition and words of keys by XOR
 * (data/part.h), so they are held apart, and moved alike.  All that return an int return 0 or -1
 * (reported).
 */

#include <stddef.h>

#include "data/part.h"
#include "mpc/mpc.h"

struct keyed {
	size_t rows;
	size_t cols, words; /* columns of a row: numbers, and words of keys */
	struct mpc_vector x;   /* rows x cols */
	struct mpc_vector key; /* rows x words */
	size_t x_room, key_room;
};

/*
 * keyed_begin(k, p):
 * No rows, with the columns of ${p}.
 *
 * keyed_new(S, k, like, rows), keyed_free(k):
 * Make room for ${rows} rows of the same columns; keyed_free is due in either case, and harmless on
 * a zeroed one.
 */
void keyed_begin(struct keyed *k, const struct part *p);
int keyed_new(struct mpc *S, struct keyed *k, const struct keyed *like, size_t rows);
void keyed_free(struct keyed *k);

/*
 * keyed_append(S, k, p, x, rows):
 * Append rows as they are read: ${x} has all columns of ${p} side by side.
 *
 * keyed_lay(y, k, p):
 * Put all rows into ${y} as they are written.
 */
int keyed_append(struct mpc *S, struct keyed *k, const struct part *p, const struct mpc_vector *x,
    size_t rows);
void keyed_lay(struct mpc_vector *y, const struct keyed *k, const struct part *p);

/*
 * keyed_column(z, k, p, j):
 * z[r] = column ${j} of ${p}, which is no key, of row r.
 */
void keyed_column(struct mpc_vector *z, const struct keyed *k, const struct part *p, size_t j);

/*
 * keyed_refuse(p, where, j):
 * Rows are ordered by no key.  Return 0, or -1 (reported, status 2) if column ${j} is of one;
 * messages begin with ${where}.
 */
int keyed_refuse(const struct part *p, const char *where, size_t j);

/*
 * keyed_part(k, first, rows), keyed_gather(y, k, index):
 * A view of some rows, not to be freed; row i of ${y} is row index[i].
 */
struct keyed keyed_part(const struct keyed *k, size_t first, size_t rows);
void keyed_gather(struct keyed *y, const struct keyed *k, const size_t *index);

/*
 * keyed_permute(S, y, k, order), keyed_choose(S, y, k, index):
 * As mpc_permute_to_choose and mpc_choose do: rows that were moved are good for being chosen from
 * alone.
 *
 * Cost     that of these, and where there are keys that of the same for bits.
 */
int keyed_permute(struct mpc *S, struct keyed *y, const struct keyed *k,
    const struct mpc_order *order);
int keyed_choose(struct mpc *S, struct keyed *y, const struct keyed *k, const size_t *index);

#endif /* !SMPC_CLI_KEYED_H */
