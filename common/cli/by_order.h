#ifndef SMPC_CLI_BY_ORDER_H
#define SMPC_CLI_BY_ORDER_H

/*
 * Statistics of columns that are found by the order of their rows, which are kept until all have
 * come.  All that return an int return 0 or -1 (reported).
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "data/part.h"
#include "func/quantile.h"

enum by_order_figure {
	BY_ORDER_MEDIAN,
	BY_ORDER_QUANTILE,
	BY_ORDER_IQR,
	BY_ORDER_MODE,
	BY_ORDER_CORRELATION, /* of ranks */
	BY_ORDER_FIGURES
};

#define BY_ORDER_MAX_AT 64
#define BY_ORDER_QUARTILES 3 /* the median and two more, behind what is asked for */

/* What is asked for, and what is known of a tensor.  Zero it before its first use. */
struct by_order {
	bool wanted[BY_ORDER_FIGURES];
	uint64_t at[BY_ORDER_MAX_AT + BY_ORDER_QUARTILES]; /* numerators of quantiles */
	size_t n_at;            /* those of by_order_parse_at */
	uint64_t denominator;
	unsigned bits;          /* words of undeclared columns are below 2^bits in magnitude */
	/* Of the tensor. */
	const struct part *part;
	unsigned more; /* fraction bits that quantiles have, and words have not */
	/* of each column, that which tells what is missing; SIZE_MAX: none */
	size_t *presence;
	struct mpc_ranked *columns;
	struct mpc_vector x;
	size_t room, rows;
	/* all quantiles of the first column, then those of the next, once they are found */
	struct mpc_between between;
};

/*
 * by_order_is_wanted(o):
 * Whether any of it is asked for.
 */
bool by_order_is_wanted(const struct by_order *o);

/*
 * by_order_parse_at(o, text):
 * Take shares from 0 to 1, decimals of up to six places, separated by commas; NULL: none (reported:
 * status 2).
 *
 * by_order_describe_at(o, text, size):
 * Write them as all parties must have given them.
 */
int by_order_parse_at(struct by_order *o, const char *text);
#define BY_ORDER_AT_TEXT (BY_ORDER_MAX_AT * 9 + 1)
void by_order_describe_at(const struct by_order *o, char *text, size_t size);

/*
 * by_order_begin(o, p, where, f):
 * Begin with a tensor, whose quantiles get ${f} fraction bits.  Status 5 where numbers may not fit.
 */
int by_order_begin(struct by_order *o, const struct part *p, const char *where, unsigned f);

/*
 * by_order_add(S, o, x, rows):
 * Go on with rows, words as they were read.
 */
int by_order_add(struct mpc *S, struct by_order *o, const struct mpc_vector *x, size_t rows);

/*
 * by_order_rows(o, figure), by_order_fraction_bits(o, figure):
 * How many rows and fraction bits a figure has.
 */
size_t by_order_rows(const struct by_order *o, enum by_order_figure figure);
unsigned by_order_fraction_bits(const struct by_order *o, enum by_order_figure figure);

/*
 * by_order_about(o, figure, j, c):
 * Make ${c}, which is undeclared, what is known of a figure's column ${j}.
 */
int by_order_about(const struct by_order *o, enum by_order_figure figure, size_t j,
    struct column *c);

/*
 * by_order_find(S, o, figure, y):
 * Find a figure of all rows, of which there is at least one.
 */
int by_order_find(struct mpc *S, struct by_order *o, enum by_order_figure figure,
    struct mpc_vector *y);

/*
 * by_order_end(o):
 * Forget the tensor.
 */
void by_order_end(struct by_order *o);

#endif /* !SMPC_CLI_BY_ORDER_H */
