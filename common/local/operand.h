#ifndef SMPC_LOCAL_OPERAND_H
#define SMPC_LOCAL_OPERAND_H

/*
 * A public operand: a constant, or a vector or matrix from a CSV, .npy or .idx file or a public
 * share stream.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "data/part.h"

/* The row, or column, whose numbers rounding changes most, as a part of the largest of them. */
struct operand_rounding {
	size_t at;
	double part;
};

struct operand {
	uint64_t modulus; /* 0 stands for 2^64 */
	unsigned fraction_bits;
	uint64_t divisor;
	size_t rows;
	size_t cols;
	char **columns; /* NULL: without names */
	uint64_t *words;
	int *exponents; /* of columns, whose words stand for 2^exponent times as much; or NULL */
	struct operand_rounding row, column; /* of a factor; 0 where none was measured */
	double off; /* of operand_load_matrix: by which part of its range a product is */
	bool is_stream; /* a public stream, which keeps its fraction bits */
	struct part *part; /* its first part; NULL: it is none */
	uint8_t digest[ID_BYTES]; /* stands for its id */
};

/*
 * operand_load(text, fraction_bits, modulus, operand):
 * Read ${text}: a decimal constant, else the name of a file.  Numbers are rounded to
 * ${fraction_bits}; with a modulus other than 2^64 they must be whole.  A first line of CSV that
 * holds nothing but numbers is data, not a header.  Return 0 or -1 (reported).
 */
int operand_load(const char *text, unsigned fraction_bits, uint64_t modulus,
    struct operand **operand);

/*
 * operand_load_terms(text, bits, cols, fraction_bits, operand):
 * The same, modulo 2^64, of a term for ${cols} columns: column c of a table of as many has bits[c]
 * fraction bits, which is to say ${fraction_bits} of them and an exponent.  Other numbers have the
 * most of ${bits}.  A public stream keeps what it has, exponents included; operand_fit is for those
 * without.
 */
int operand_load_terms(const char *text, const unsigned *bits, size_t cols,
    unsigned fraction_bits, struct operand **operand);

/*
 * operand_load_factor(text, of, modulus, operand):
 * The same, of a factor for shares with ${of} fraction bits.  It has 16 fraction bits; or fewer,
 * if it has numbers so large that a product by numbers of 2^15 would have no room; or, where all
 * its numbers are below 1, so many more that the largest of them has 16 bits, as far as a product
 * has room for them.  A public stream keeps what it has.  What rounding does to rows and columns
 * is measured, for operand_check_*.
 */
int operand_load_factor(const char *text, unsigned of, uint64_t modulus, struct operand **operand);

/*
 * operand_load_factors(text, of, operand):
 * The same, modulo 2^64, for a product whose columns may have exponents: a column of factors whose
 * largest number would have fewer than 16 bits gets an exponent with which it has 16.  So rounding
 * takes nothing that would have to be measured.  A public stream may have exponents, too.
 */
int operand_load_factors(const char *text, unsigned of, struct operand **operand);

/*
 * operand_load_matrix(text, of, sizes, n, operand):
 * As operand_load_factor, modulo 2^64, of a matrix that stands on the right of rows of ${n} words,
 * of which word j is at most sizes[j] in magnitude.  It gets more fraction bits, as far as the
 * product has room for them, until rounding changes no product by more than 2^-17 of its range.
 */
int operand_load_matrix(const char *text, unsigned of, const double *sizes, size_t n,
    struct operand **operand);

/*
 * operand_check_columns(o), operand_check_rows(o):
 * Refuse a factor, as it was loaded, if rounding changes a number of a column, or of a row, by more
 * than a thousandth of the largest one there; or, where sizes were given, a product by more than
 * 1e-4 of its range.  Return 0 or -1 (reported, status 5).
 */
int operand_check_columns(const struct operand *o);
int operand_check_rows(const struct operand *o);

/*
 * operand_reduce(o):
 * Drop fraction bits that are zero in all values: 3 and 0.5 scale by no more than they need.
 */
void operand_reduce(struct operand *o);

/*
 * operand_coarsen(o, c, bits):
 * Leave the largest number of column ${c} so many bits, or 16, by an exponent, if it has more.
 * Return 0, or -1 (reported: at status 5, that changes another one by more than a thousandth).
 */
int operand_coarsen(struct operand *o, size_t c, unsigned bits);

/*
 * operand_fit(o, cols, bits):
 * Make it one of ${cols} columns, of which it has as many, or 1, which is repeated.  Round the
 * words of column c to bits[c] fraction bits, where they have more; set bits[c] to how many they
 * have then.  o->fraction_bits stays what it was.  Return 0, or -1 (reported: out of memory, or, at
 * status 5, a single constant rounds to 0).
 */
int operand_fit(struct operand *o, size_t cols, unsigned *bits);

/*
 * operand_free(o):
 * Free; harmless on NULL.
 */
void operand_free(struct operand *o);

#endif /* !SMPC_LOCAL_OPERAND_H */
