#ifndef SMPC_DATA_BOUNDS_H
#define SMPC_DATA_BOUNDS_H

/*
 * What words of columns may be after an operation, from what they may have been before: intervals,
 * exact on integers, and exponents.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "data/column.h"
#include "data/part.h"

/* From low to high, read as signed; from INT64_MIN to INT64_MAX, nothing is known. */
struct bounds {
	int64_t low, high;
};

struct bounds bounds_any(void);
bool bounds_known(struct bounds b);
struct bounds bounds_of(const struct column *c);

/*
 * bounds_known_of_all(p):
 * Whether bounds are known of every column of ${p}.
 */
bool bounds_known_of_all(const struct part *p);

/*
 * bounds_bits(b):
 * The least n with b.low >= -2^n and b.high < 2^n.
 */
unsigned bounds_bits(struct bounds b);

/*
 * bounds_add(a, b), bounds_subtract(a, b), bounds_multiply(a, b):
 * Make *${a} the bounds of all sums, differences or products; of what is not known nothing is
 * known.  Return 0, or -1 (not reported) if one of them does not fit a word.
 */
int bounds_add(struct bounds *a, struct bounds b);
int bounds_subtract(struct bounds *a, struct bounds b);
int bounds_multiply(struct bounds *a, struct bounds b);

/*
 * bounds_scale(a, factor, bits):
 * Make *${a} those of words times factor 2^bits.  Return 0, or -1 (not reported) if one of them
 * does not fit a word, or if nothing is known of it and it is multiplied by more than ${factor}.
 */
int bounds_scale(struct bounds *a, uint64_t factor, unsigned bits);

/*
 * bounds_unite(a, b):
 * Make *${a} the bounds of all words that are within one of both.
 */
void bounds_unite(struct bounds *a, struct bounds b);

/*
 * bounds_of_words(words, rows, cols, col):
 * Those of the words that are there in one column of a matrix; 0 where it has no rows.
 */
struct bounds bounds_of_words(const uint64_t *words, size_t rows, size_t cols, size_t col);

/*
 * column_result(c, b, exponent):
 * Make ${c}, which is overwritten, the column of a result with these words; undeclared where that
 * says nothing.
 */
void column_result(struct column *c, struct bounds b, int exponent);

/*
 * columns_align(p, shifts, exponent):
 * Columns that are to be added up need one exponent: set *${exponent} to the least of them, and
 * shifts[j] to the bits by which the words of column j are multiplied.  Return 0 or -1 (reported:
 * they would not fit).
 */
int columns_align(const struct part *p, unsigned *shifts, int *exponent);

/*
 * word_shifted(x, bits):
 * x 2^bits mod 2^64.  From 64 bits on, which only a column has that holds nothing but 0, it is 0.
 */
static inline uint64_t
word_shifted(uint64_t x, unsigned bits)
{

	return ((bits < 64) ? x << bits : 0);
}

/*
 * supposed_words(p, j):
 * What the words of column ${j} are supposed to be below in magnitude (column.h), or are at most.
 *
 * supposed_result(c, p, j, words, what):
 * Suppose that those of a result ${c} are; where a range is known of it, or it is public, nothing
 * is supposed.
 * Return 0 or -1 (reported, status 5: ${what}, which comes of column ${j}, would have no room).
 */
double supposed_words(const struct part *p, size_t j);
int supposed_result(struct column *c, const struct part *p, size_t j, double words,
    const char *what);

/*
 * bounds_refuse(p, j, why):
 * Report with status 5 that what becomes of column ${j} may not fit a word; return -1.
 */
int bounds_refuse(const struct part *p, size_t j, const char *why);

/*
 * bounds_refuse_unit(p, j):
 * The same of its numbers themselves, in the finer unit of what they meet.
 */
int bounds_refuse_unit(const struct part *p, size_t j);

#endif /* !SMPC_DATA_BOUNDS_H */
