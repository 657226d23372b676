#ifndef SMPC_MPC_LINEAR_H
#define SMPC_MPC_LINEAR_H

/*
 * Local operations on secret vectors, bits and matrices (row-major): no message, no cost.  Each
 * party does the same to all planes that it holds; public numbers alone are added to one of them.
 *
 * What masks a result follows from the masks of the operands: no keys stand for it, and it is not
 * fresh.  Results may stand where an operand stood if that is said, and must not
 * overlap one otherwise.  mpc.h includes this.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ring/word.h"

struct bilinear;
struct mpc;
struct mpc_bits;
struct mpc_vector;

/* ---- words ---- */

/* z = x + y; z = x - y; z = c x; z = x + c; z = x + y for public ${y}.  ${z} may be an operand. */
void mpc_add(struct mpc_vector *z, const struct mpc_vector *x, const struct mpc_vector *y);
void mpc_subtract(struct mpc_vector *z, const struct mpc_vector *x, const struct mpc_vector *y);
void mpc_scale(struct mpc_vector *z, const struct mpc_vector *x, int64_t c);
void mpc_add_public(struct mpc_vector *z, const struct mpc_vector *x, int64_t c);
void mpc_add_public_words(struct mpc_vector *z, const struct mpc_vector *x, const word *y);

/* z = 0; z = x; z = z + c x.  ${z} may be ${x}. */
void mpc_zero(struct mpc_vector *z);
void mpc_copy(struct mpc_vector *z, const struct mpc_vector *x);
void mpc_add_scaled(struct mpc_vector *z, const struct mpc_vector *x, int64_t c);

/* sum[0] += x[0] + x[1] + ... */
void mpc_add_sum(struct mpc_vector *sum, const struct mpc_vector *x);

/*
 * mpc_product_public(z, B, x, y):
 * z = B(x, y) for public words ${y} and B of elements or matrices (bilinear.h), in one thread.
 */
void mpc_product_public(struct mpc_vector *z, const struct bilinear *B, const struct mpc_vector *x,
    const word *y);

/*
 * mpc_gather(z, x, index, n), mpc_scatter(z, index, x), mpc_scatter_add(z, index, x):
 * z[i] = x[index[i]] for ${n} words; z[index[i]] = x[i] and z[index[i]] += x[i] for all of ${x}.
 * Indices are public.
 */
void mpc_gather(struct mpc_vector *z, const struct mpc_vector *x, const size_t *index, size_t n);
void mpc_scatter(struct mpc_vector *z, const size_t *index, const struct mpc_vector *x);
void mpc_scatter_add(struct mpc_vector *z, const size_t *index, const struct mpc_vector *x);

/*
 * mpc_part(x, first, n):
 * A view of some of the words of ${x}; not to be freed.  Keys are not part of it: a vector whose
 * mask comes from keys must not be given new words through a view.
 */
struct mpc_vector mpc_part(const struct mpc_vector *x, size_t first, size_t n);

/*
 * mpc_grow(S, x, room, more), mpc_append(S, x, room, more):
 * Have room for ${more} words behind those of ${x}, whose length stays; append the words of
 * ${more}.  *${room} is how many words there is room for; ${x} and *${room} begin as zero.  The
 * time taken for a vector that grows to n words is of the order of n.  Return 0 or -1 (reported;
 * ${x} is as it was).
 */
int mpc_grow(const struct mpc *S, struct mpc_vector *x, size_t *room, size_t more);
int mpc_append(const struct mpc *S, struct mpc_vector *x, size_t *room,
    const struct mpc_vector *more);

/* ---- bits ---- */

/* d = a xor b; d = not a; d = a.  ${d} may be an operand. */
void mpc_xor(struct mpc_bits *d, const struct mpc_bits *a, const struct mpc_bits *b);
void mpc_not(struct mpc_bits *d, const struct mpc_bits *a);
void mpc_bits_copy(struct mpc_bits *d, const struct mpc_bits *a);

/*
 * mpc_bits_part(d, first, n):
 * A view of some of the bits of ${d}, where ${first} is a multiple of 64; not to be freed.
 */
struct mpc_bits mpc_bits_part(const struct mpc_bits *d, size_t first, size_t n);

/*
 * mpc_bits_stride(n):
 * How far apart vectors of ${n} bits lie, so that each is such a part: ${n}, rounded up to whole
 * words.
 */
size_t mpc_bits_stride(size_t n);

/*
 * mpc_bits_as_words(d), mpc_words_as_bits(x):
 * A view of bits as words of 64, or the reverse; not to be freed.  Such words are shared by XOR:
 * they may be copied, gathered and laid down like others, and nothing else.
 */
struct mpc_vector mpc_bits_as_words(const struct mpc_bits *d);
struct mpc_bits mpc_words_as_bits(const struct mpc_vector *x);

/*
 * mpc_bits_turn(d, a, rows, words):
 * Of ${rows} rows of ${words} whole words, bit j of row r goes to bit r of vector j; vectors lie
 * mpc_bits_stride(rows) bits apart in ${d}.
 */
void mpc_bits_turn(struct mpc_bits *d, const struct mpc_bits *a, size_t rows, size_t words);

/*
 * mpc_bits_spread(d, a, words):
 * All bits of row r, of ${words} whole words, are bit r of ${a}.
 */
void mpc_bits_spread(struct mpc_bits *d, const struct mpc_bits *a, size_t words);

/* ---- matrices ---- */

/*
 * mpc_columns_sum(sum, x, rows, cols, repeat), mpc_rows_sum(sum, x, rows, cols):
 * sum[c] = sum of column c of x, where ${repeat} neighbours count as one column: 1, or the size of
 * a plane of an image; sum[r] = sum of row r of x.
 */
void mpc_columns_sum(struct mpc_vector *sum, const struct mpc_vector *x, size_t rows, size_t cols,
    size_t repeat);
void mpc_rows_sum(struct mpc_vector *sum, const struct mpc_vector *x, size_t rows, size_t cols);

/*
 * mpc_columns_spread(z, v, rows, cols), mpc_rows_spread(z, v, rows, cols):
 * z[r][c] = v[c]; z[r][c] = v[r].
 */
void mpc_columns_spread(struct mpc_vector *z, const struct mpc_vector *v, size_t rows, size_t cols);
void mpc_rows_spread(struct mpc_vector *z, const struct mpc_vector *v, size_t rows, size_t cols);

/*
 * mpc_columns_subtract(z, x, v, rows, cols):
 * z[r][c] = x[r][c] - v[c].  ${z} may be ${x}.
 */
void mpc_columns_subtract(struct mpc_vector *z, const struct mpc_vector *x,
    const struct mpc_vector *v, size_t rows, size_t cols);

/*
 * mpc_columns_add_scaled(z, v, rows, repeat, c):
 * z[r][j] += c v[j / repeat]: the reverse of mpc_columns_sum.
 */
void mpc_columns_add_scaled(struct mpc_vector *z, const struct mpc_vector *v, size_t rows,
    size_t repeat, int64_t c);

/*
 * mpc_columns_get(z, x, rows, cols, k), mpc_columns_set(z, x, rows, cols, k):
 * z[r] = x[r][k]; z[r][k] = x[r].
 */
void mpc_columns_get(struct mpc_vector *z, const struct mpc_vector *x, size_t rows, size_t cols,
    size_t k);
void mpc_columns_set(struct mpc_vector *z, const struct mpc_vector *x, size_t rows, size_t cols,
    size_t k);

/*
 * mpc_columns_diagonal(z, x, cols):
 * z[c] = x[c][c], of a square matrix.
 */
void mpc_columns_diagonal(struct mpc_vector *z, const struct mpc_vector *x, size_t cols);

/*
 * mpc_rows_gather(z, x, index, rows, cols):
 * z[r] = x[index[r]], whole rows; the indices are public.
 */
void mpc_rows_gather(struct mpc_vector *z, const struct mpc_vector *x, const size_t *index,
    size_t rows, size_t cols);

/*
 * mpc_rows_lay(z, width, first, x, cols, index, rows):
 * z[r][first + c] = x[index[r]][c] for ${cols} columns, or 0 where index[r] is MPC_NO_ROW; rows of
 * ${z} have ${width} words.  Whoever calls it knows the indices.
 */
#define MPC_NO_ROW SIZE_MAX
void mpc_rows_lay(struct mpc_vector *z, size_t width, size_t first, const struct mpc_vector *x,
    size_t cols, const size_t *index, size_t rows);

/*
 * mpc_columns_lay(z, width, first, x, cols, from, count):
 * z[r][first + c] = x[r][from + c] for ${count} columns; rows of ${z} have ${width} words, those of
 * ${x} have ${cols}.
 */
void mpc_columns_lay(struct mpc_vector *z, size_t width, size_t first, const struct mpc_vector *x,
    size_t cols, size_t from, size_t count);

/* ---- words in and out ---- */

#define MPC_MAX_PLANES 2

/*
 * mpc_store(x, planes), mpc_load(x, first, planes, n), mpc_load_public(x, first, public, n):
 * List the planes of ${x}, to be read, as a share stream has them one after the other, and return
 * how many there are: none in a plan.  Take ${n} words from such planes, or of public numbers, to
 * ${first}.
 */
size_t mpc_store(const struct mpc_vector *x, word *planes[static MPC_MAX_PLANES]);
void mpc_load(struct mpc_vector *x, size_t first, const word *const *planes, size_t n);
void mpc_load_public(struct mpc_vector *x, size_t first, const word *public, size_t n);

/*
 * mpc_clear_words(x):
 * The words of ${x} if it holds clear ones, as vectors of the plain engine do; else NULL.
 */
word *mpc_clear_words(const struct mpc_vector *x);

#endif /* !SMPC_MPC_LINEAR_H */
